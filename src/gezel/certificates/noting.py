"""Who reads about others leaves a trace for those others."""

from collections.abc import Collection

from gezel.certificates import policy
from gezel.certificates.jobs import note_certificates
from gezel.kit.jobs import enqueue
from gezel.people.api import Person, Request
from gezel.trust.api import brake, note_reading

# More people than this are noted in the background: the line of a director.
NOTED_AT_ONCE = 5_000


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
    """The same, by number; of very many in the background."""
    about = about - {request.user.pk}
    if len(about) > NOTED_AT_ONCE:
        brake(request.user.pk, about, purpose)
        enqueue(
            note_certificates,
            by=request.user,
            about=sorted(about),
            reader=request.user.pk,
            purpose=purpose,
        )
    elif about:
        note_reading(reader_pk=request.user.pk, about=about, matter="certificates", purpose=purpose)
