"""Rules are held against everyone every night; very many at once are moved in the background."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.figures import grouped
from gezel.kit.jobs import Errand, Outcome, Progress, Refused, job
from gezel.kit.statistics import renew_statistics
from gezel.paths import actions
from gezel.paths.models import Enrolment, Mark, Path, Rule
from gezel.people.api import Organisation


@job(title=gettext_lazy("See whom the rules of paths mean"))
def run_rules_of(progress: Progress, *, organisation: int) -> Outcome:
    """Everyone who came to fit a rule is put on its path; who no longer fits is marked."""
    found = Organisation.objects.filter(pk=organisation).first()
    if found is None:
        return Outcome("")
    put = actions.run_rules(found, timezone.localdate())
    if put > 1_000:
        renew_statistics(Enrolment, Mark)
    return Outcome("", figures={"put": put})


@job(title=gettext_lazy("Move people to the newest version of a path"))
def move_everyone(progress: Progress, *, path: int) -> Outcome:
    """Who is under way in an older version goes on in the newest."""
    found = Path.objects.filter(pk=path).first()
    if found is None:
        raise Refused(_("This path is no longer there."))
    moved = actions.move(found)
    return Outcome(
        _("%(n)s people go on in the newest version.") % {"n": grouped(moved)},
        url=reverse("paths:people", args=[found.pk]),
    )


@job(title=gettext_lazy("Count the hours off the job of learning paths"))
def count_hours(progress: Progress, *, organisation: int) -> Outcome:
    """Every night: what activities ask may have been written anew."""
    found = Organisation.objects.filter(pk=organisation).first()
    changed = actions.count_hours(found, timezone.localdate()) if found else 0
    return Outcome("", figures={"people": changed})


@job(title=gettext_lazy("Tidy exceptions to paths"))
def tidy_paths(progress: Progress) -> None:
    """Every night: what was kept as long as we said it would be, goes."""
    actions.forget_old_exemptions(timezone.localdate())


def tonight() -> list[Errand]:
    """What is to be done every night: for each organisation with rules in use, then with people
    on paths."""
    asking = Rule.objects.filter(active=True).order_by("path__organisation")
    pks = asking.values_list("path__organisation", flat=True).distinct()
    errands: list[Errand] = [(run_rules_of, {"organisation": pk}) for pk in pks]
    walked = Path.objects.filter(enrolments__isnull=False).order_by("organisation")
    errands += [
        (count_hours, {"organisation": pk})
        for pk in walked.values_list("organisation", flat=True).distinct()
    ]
    return [*errands, (tidy_paths, {})]
