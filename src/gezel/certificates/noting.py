"""Who reads about others leaves a trace for those others."""

from collections.abc import Collection

from gezel.certificates import policy
from gezel.people.api import Person, Request
from gezel.trust.api import note_reading


def note(request: Request, about: Collection[Person]) -> None:
    """Who reads about others leaves a trace for those others."""
    others = [p for p in about if p.pk != request.user.pk]
    if others:
        purpose = (
            policy.why_reading(request.visitor, others[0])
            if len(others) == 1
            else ("hr" if request.visitor.is_hr else "lead")
        )
        note_people(request, {p.pk for p in others}, purpose)


def note_people(request: Request, about: set[int], purpose: str) -> None:
    """The same, by number, before anything is shown: also of all a director leads."""
    about = about - {request.user.pk}
    if about:
        note_reading(reader_pk=request.user.pk, about=about, matter="certificates", purpose=purpose)
