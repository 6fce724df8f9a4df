"""What is said by mail about paths: that one was put on one; never that one is behind.

It goes along in the weekly mail, and sooner only where a step must be done before that comes.
Looked at again when the mail is made: who is done, or no longer on it, hears nothing.
"""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.connect.api import Letter, Message, Note, Way, declare_kind, say_each
from gezel.paths.models import Enrolment


def _put_on(message: Message) -> Letter | None:
    found = (
        Enrolment.objects.filter(
            pk=message.about["enrolment"], person=message.person, state=Enrolment.State.OPEN
        )
        .select_related("path", "enrolled_by")
        .first()
    )
    if found is None:
        return None
    lines = []
    if found.how == Enrolment.How.RULE:
        lines.append(_("A rule of your organisation puts you on it."))
    elif found.enrolled_by is not None and found.enrolled_by_id != found.person_id:
        lines.append(_("%(name)s put you on it.") % {"name": found.enrolled_by.name})
    left = found.steps_asked - found.steps_settled
    if found.steps_settled:
        told = {"n": found.steps_settled, "left": left}
        lines.append(_("%(n)s steps you have done or shown already; %(left)s to go.") % told)
    if found.next_due_on is not None:
        day = formats.date_format(found.next_due_on, "DATE_FORMAT")
        lines.append(_("The first step with a date is to be done by %(day)s.") % {"day": day})
    return Letter(
        _("You are on a path: %(name)s") % {"name": found.path.name},
        tuple(lines),
        reverse("paths:walk", args=[found.pk]),
        _("See the path"),
    )


PUT_ON = declare_kind(
    "paths.put_on",
    title=gettext_lazy("That you were put on a learning path"),
    because=gettext_lazy("You get this because you were put on a learning path."),
    write=_put_on,
    way=Way.WEEKLY,
)


def tell_who_was_put_on(enrolments: Iterable[Enrolment], *, organisation: int) -> int:
    """In the transaction of its cause; who put themselves on it knows."""
    return say_each(
        PUT_ON,
        (
            Note(one.person_id, str(one.pk), {"enrolment": one.pk}, one.next_due_on)
            for one in enrolments
            if one.enrolled_by_id != one.person_id and one.completed_on is None
        ),
        organisation=organisation,
    )
