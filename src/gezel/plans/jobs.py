"""Plans from a large catalogue are made in the background."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Outcome, Progress, Refused, job
from gezel.kit.order import Circle
from gezel.plans import maker
from gezel.plans.rules.optimise import Impossible


@job(title=gettext_lazy("Make three plans"))
def make_plans(progress: Progress, *, digest: str, url: str) -> Outcome:
    """Make the plans of a case that was laid ready; the page finds them there."""
    progress.begin(1)
    try:
        there = maker.make_waiting(digest)
    except (Circle, Impossible):
        there = True  # the page says what is wrong, where one can do something about it
    if not there:
        raise Refused(_("This took too long to begin. Open the page again."))
    progress.step(1)
    return Outcome(_("Three plans are ready for you to look at."), url=url)
