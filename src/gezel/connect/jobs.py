"""Every night: what was kept as long as we said it would be, goes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.connect import actions
from gezel.kit.jobs import Outcome, Progress, job, nightly


@job(title=gettext_lazy("Remove old answers, keys and sessions"))
def forget(progress: Progress) -> Outcome:
    """Answers to other systems, keys that opened nothing for two years, sessions that ended."""
    return Outcome(_("Removed."), figures=actions.forget_old())


nightly(lambda: [(forget, {})])
