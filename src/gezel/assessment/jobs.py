"""Work that may wait: the figures of items, and dossiers past their term."""

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


@job(title=gettext_lazy("Remove EVC dossiers past their term"))
def forget_dossiers(progress: Progress) -> Outcome:
    """Dossiers in which nothing happened for two years go, with their files."""
    old = list(queries.outdated().values_list("pk", flat=True)[:1_000])
    return Outcome(_("Removed."), figures={"dossiers": actions.drop_dossiers(old)})


def tonight() -> list[Errand]:
    """Tests that someone finished since their figures were made; dossiers past their term."""
    errands: list[Errand] = [
        (figure_out_test, {"test": pk})
        for pk in queries.tests_with_news().order_by("pk").values_list("pk", flat=True)
    ]
    if queries.outdated().exists():
        errands.append((forget_dossiers, {}))
    return errands
