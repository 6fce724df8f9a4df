"""Work that may wait: counting the needs of an organisation."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Outcome, Progress, job
from gezel.people.api import Organisation
from gezel.skills import actions
from gezel.skills.queries import matching, meaning


@job(title=gettext_lazy("Count the needs of the organisation"))
def count_needs(progress: Progress, *, organisation: int) -> Outcome:
    """Roles, jobs or units changed: count anew who reaches what is asked."""
    if found := Organisation.objects.filter(pk=organisation).first():
        actions.count_needs(found)
    return Outcome(_("Counted."))


@job(title=gettext_lazy("Estimate all skills anew"))
def recompute_organisation(progress: Progress, *, organisation: int) -> Outcome:
    """Every night: what was seen grows older, so estimates change also without news."""
    people = 0
    if found := Organisation.objects.filter(pk=organisation).first():
        people = actions.recompute_organisation(found, told=progress)
    return Outcome(_("Estimated anew."), figures={"people": people})


@job(title=gettext_lazy("Look ahead for the organisation"))
def work_out_ahead(progress: Progress, *, organisation: int) -> Outcome:
    """Every night, and when a role or the fading of skills changes: what falls short ahead."""
    figures = 0
    if found := Organisation.objects.filter(pk=organisation).first():
        figures = actions.work_out_ahead(found)
    return Outcome(_("Worked out."), figures={"figures": figures})


@job(title=gettext_lazy("Remove old questions and old figures of raters"))
def forget(progress: Progress) -> Outcome:
    """Every night: what was kept as long as we said it would be, goes."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_old()})


@job(title=gettext_lazy("Prepare the names of skills for proposals"))
def prepare_matching(progress: Progress) -> Outcome:
    """A framework was taken in: its names into the index, and into meanings where there is a model.

    Sets out from what stands, so it may run twice.
    """
    fingerprint = matching.shared_fingerprint()
    names = matching.prepare(fingerprint)
    if meaning.model() is not None:
        told = matching.shared_names()
        progress.begin(len(told))
        meaning.prepare(fingerprint, told, progress.step)
    return Outcome(_("Prepared."), figures={"names": names})


@job(title=gettext_lazy("Make skills findable under all their names"))
def make_findable_anew(progress: Progress) -> Outcome:
    """After an upgrade of the index (migration `findable_by_all_names`), with what teaches them."""
    rows = actions.make_all_findable_anew(progress.begin, progress.step)
    return Outcome(_("Everything is findable."), figures={"rows": rows})
