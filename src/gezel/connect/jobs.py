"""Mail goes out every minute; every night what was kept as long as we said it would be, goes."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.connect import actions
from gezel.kit.jobs import Errand, Outcome, Progress, each_minute, job, nightly


@job(title=gettext_lazy("Send mail"))
def send_mail(progress: Progress) -> Outcome:
    """Send what is due, until nothing is or the mail server does not answer."""
    came = actions.deliver()
    return Outcome(
        "",
        figures={
            "sent": came.sent, "empty": came.empty, "failed": came.failed, "later": came.later,
        },
    )  # fmt: skip


@job(title=gettext_lazy("Remove old answers, keys, sessions and mail"))
def forget(progress: Progress) -> Outcome:
    """What served its time: answers to other systems, closed keys, ended sessions, old mail."""
    figures = {**actions.forget_old(), **actions.forget_old_mail(timezone.now())}
    return Outcome(_("Removed."), figures=figures)


def _to_send() -> list[Errand]:
    return [(send_mail, {})] if actions.something_to_send() else []


@job(title=gettext_lazy("Your own address leads from now on"))
def own_addresses(progress: Progress) -> Outcome:
    """Who works nowhere any more is known by their own address."""
    return Outcome("", figures={"people": actions.own_address_leads()})


@job(title=gettext_lazy("Close keys whose maker left"))
def close_keys(progress: Progress) -> Outcome:
    """Whoever made a key knows its secret."""
    return Outcome("", figures={"closed": actions.close_keys_of_leavers()})


def _keys_to_close() -> list[Errand]:
    return [(close_keys, {})] if actions.keys_of_leavers().exists() else []


def _own_addresses() -> list[Errand]:
    return [(own_addresses, {})] if actions.people_who_left_with_an_own_address().exists() else []


nightly(lambda: [(forget, {})])
each_minute(_to_send)
each_minute(_own_addresses)
each_minute(_keys_to_close)
