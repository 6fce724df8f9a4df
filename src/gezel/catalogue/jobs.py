"""Work of the catalogue in the background."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.catalogue import actions
from gezel.kit.jobs import Outcome, Progress, job, nightly


@job(title=gettext_lazy("Remove who shared what is no longer on offer"))
def forget(progress: Progress) -> Outcome:
    """Every night: what was kept as long as we said it would be, goes."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_old(timezone.localdate())})


nightly(lambda: [(forget, {})])
