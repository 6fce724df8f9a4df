"""Work that may wait: the figures of items."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.assessment import actions, queries
from gezel.assessment.models import Test
from gezel.kit.jobs import Errand, Outcome, Progress, job


@job(title=gettext_lazy("Work out the figures of test questions"))
def figure_out_test(progress: Progress, *, test: int) -> Outcome:
    """Difficulty, fit and the rest of every item of one test, from all answers."""
    items = 0
    if found := Test.objects.select_related("organisation").filter(pk=test).first():
        items = actions.figure_out(found)
    return Outcome(_("Figures made."), figures={"items": items})


def tonight() -> list[Errand]:
    """Tests that someone finished since their figures were made."""
    return [
        (figure_out_test, {"test": pk})
        for pk in queries.tests_with_news().order_by("pk").values_list("pk", flat=True)
    ]
