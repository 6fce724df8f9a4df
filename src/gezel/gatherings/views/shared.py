"""What the pages of gatherings share: keys, refusals at their field, the trace."""

import uuid
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from gezel.gatherings import policy
from gezel.people.api import Person, Request
from gezel.trust.api import note_reading


def key(request: Request, name: str = "key") -> uuid.UUID:
    """The form's own key; one that is no key is replaced, so only double sending is lost."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return uuid.uuid4()


def add_errors(form: BaseForm, problem: ValidationError) -> None:
    """What an action refused, at the field it names; what the form does not ask stands on top."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    told: Mapping[str, list[ValidationError]] = problem.error_dict
    for name, errors in told.items():
        for error in errors:
            form.add_error(name if name in form.fields else None, error)


def note(request: Request, about: Collection[Person]) -> None:
    """Who reads where others go leaves a trace for those others."""
    others = {p.pk for p in about} - {request.user.pk}
    if not others:
        return
    visitor = request.visitor
    led: set[int] = set()
    if visitor.leads:
        mine = policy.people_i_lead(visitor).filter(pk__in=others)
        led = set(mine.values_list("pk", flat=True))
    # Apart, since whom one leads does not count for the brake and the others of a list do.
    for people, purpose in ((others - led, "hr" if visitor.is_hr else "session"), (led, "lead")):
        if people:
            note_reading(
                reader_pk=request.user.pk, about=people, matter="sessions", purpose=purpose
            )
