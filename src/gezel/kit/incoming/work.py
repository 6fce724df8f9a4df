"""Long lists in the background: what a room's two jobs have in common."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from gezel.kit.incoming.actions import ChangedSince, ListRefused
from gezel.kit.incoming.models import IncomingList
from gezel.kit.jobs import Outcome, Refused

L = TypeVar("L", bound=IncomingList)


def found(model: type[L], key: str) -> L:
    """The list a job is about.

    Raises:
        Refused: it was thrown away meanwhile.
    """
    one = model._default_manager.filter(pk=uuid.UUID(key)).first()
    if one is None:
        raise Refused(_("This list was thrown away meanwhile."))
    return one


def looked_through(incoming: IncomingList, preview: str) -> Outcome:
    """What is told when a long list was looked through; `preview` names its page."""
    return Outcome(
        _("The list is looked through. See what it would change."),
        url=reverse(preview, args=[incoming.pk]),
    )


def taken_over(incoming: IncomingList, preview: str, take: Callable[[], object]) -> Outcome:
    """A long list is taken over, as it was shown.

    Raises:
        Refused: something changed since, or it cannot be taken over.
    """
    try:
        take()
    except ChangedSince:
        raise Refused(changed_since()) from None
    except ListRefused as refusal:
        raise Refused(str(refusal)) from None
    return Outcome(_("The list is taken over."), url=reverse(preview, args=[incoming.pk]))


def changed_since() -> str:
    """What is said when it would no longer do what was shown."""
    return _("Something changed since you looked, so nothing was done. Look again and confirm.")
