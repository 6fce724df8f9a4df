"""What the record store does by itself: handing on each minute, and keeping order each night."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Errand, Outcome, Progress, each_minute, job, nightly
from gezel.records.actions import forwarding, keeping
from gezel.records.actions.keys import close_keys_of_leavers, forget_old_keys, keys_of_leavers


@job(title=gettext_lazy("Hand statements on to another record store"))
def hand_on(progress: Progress, *, forward: int) -> Outcome:
    """What waits for one other store."""
    return Outcome(_("Handed on."), figures={"statements": forwarding.hand_on(forward)})


@job(title=gettext_lazy("Keep the record store in order"))
def keep_order(progress: Progress) -> Outcome:
    """Parts for the months to come; old keys and files that nobody names go."""
    figures = {
        "parts": keeping.make_parts_ahead(),
        "keys": forget_old_keys(),
        "files": keeping.forget_files(),
        "undelivered": forwarding.forget_undelivered(),
    }
    return Outcome(_("In order."), figures=figures)


@job(title=gettext_lazy("Close keys of the record store whose maker left"))
def close_keys(progress: Progress) -> Outcome:
    """Whoever made a key knows its password."""
    return Outcome("", figures={"closed": close_keys_of_leavers()})


def _keys_to_close() -> Iterable[Errand]:
    return [(close_keys, {})] if keys_of_leavers().exists() else []


def _to_hand_on() -> Iterable[Errand]:
    return [(hand_on, {"forward": pk}) for pk in forwarding.due()]


nightly(lambda: [(keep_order, {})])
each_minute(_to_hand_on)
each_minute(_keys_to_close)
