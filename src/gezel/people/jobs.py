"""Long lists are looked through and taken over in the background."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.incoming import work
from gezel.kit.jobs import Outcome, Progress, job, nightly
from gezel.kit.statistics import renew_statistics
from gezel.people import actions
from gezel.people.models import Employment, Intake, LeadLine, Person, Unit
from gezel.trust.api import note_taken


@job(title=gettext_lazy("Look through a staff list"))
def look_through(progress: Progress, *, intake: str) -> Outcome:
    """Work out what a long list would do."""
    found = work.found(Intake, intake)
    actions.prepare(found, progress)
    return work.looked_through(found, "people:import_preview")


@job(title=gettext_lazy("Take over a staff list"))
def take_over(progress: Progress, *, intake: str, digest: str, brake_off: bool) -> Outcome:
    """Take over a long list, as it was shown."""
    found = work.found(Intake, intake)
    done = work.taken_over(
        found,
        "people:import_preview",
        lambda: actions.apply(found, digest=digest, brake_off=brake_off, progress=progress),
    )
    renew_statistics(Person, Employment, LeadLine, Unit)
    return done


@job(title=gettext_lazy("Note who was in an exported list"))
def note_list(progress: Progress, *, about: list[int], reader: int) -> Outcome:
    """Everyone in an exported list can see that it was taken along.

    Asked for by earlier versions; what still waits of theirs is done.
    """
    progress.begin(len(about))
    for start in range(0, len(about), 2_000):
        part = about[start : start + 2_000]
        note_taken(reader_pk=reader, about=part, matter="employment", purpose="hr")
        progress.step(len(part))
    return Outcome(_("Noted. Each of them can see that this list was exported."))


@job(title=gettext_lazy("Remove old lists, and who left two years ago"))
def forget(progress: Progress) -> Outcome:
    """Every night: what was kept as long as we said it would be, goes."""
    actions.forget_old()
    return Outcome(_("Removed."))


nightly(lambda: [(forget, {})])
