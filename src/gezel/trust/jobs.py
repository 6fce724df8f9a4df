"""Every night: what was kept as long as we said it would be, goes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Outcome, Progress, job, nightly
from gezel.trust import actions


@job(title=gettext_lazy("Remove who looked, after two years"))
def forget(progress: Progress) -> Outcome:
    """Rows of readings that are two years old."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_readings()})


nightly(lambda: [(forget, {})])
