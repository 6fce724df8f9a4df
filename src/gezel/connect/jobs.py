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


nightly(lambda: [(forget, {})])
each_minute(_to_send)
