"""Long lists in the background; and every night who is to be reminded."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.certificates import actions
from gezel.certificates.models import CertificateType, Holding, Load
from gezel.kit.incoming import work
from gezel.kit.incoming.actions import forget_old
from gezel.kit.jobs import Errand, Outcome, Progress, job
from gezel.kit.statistics import renew_statistics
from gezel.people.api import Organisation
from gezel.trust.api import note_taken


@job(title=gettext_lazy("Look through a list of certificates"))
def look_through_certificates(progress: Progress, *, load: str) -> Outcome:
    """Work out what a long list would add."""
    found = work.found(Load, load)
    actions.prepare(found, progress)
    return work.looked_through(found, "certificates:load_preview")


@job(title=gettext_lazy("Take over a list of certificates"))
def take_over_certificates(
    progress: Progress, *, load: str, digest: str, leave_out: bool
) -> Outcome:
    """Take over a long list, as it was shown."""
    found = work.found(Load, load)
    done = work.taken_over(
        found,
        "certificates:load_preview",
        lambda: actions.apply(found, digest=digest, leave_out=leave_out, progress=progress),
    )
    renew_statistics(Holding)
    return done


@job(title=gettext_lazy("Note who was in an exported list of certificates"))
def note_certificates(
    progress: Progress, *, about: list[int], reader: int, purpose: str
) -> Outcome:
    """Everyone in an exported list can see that it was taken along.

    Asked for by earlier versions; what still waits of theirs is done.
    """
    progress.begin(len(about))
    for start in range(0, len(about), 2_000):
        part = about[start : start + 2_000]
        note_taken(reader_pk=reader, about=part, matter="certificates", purpose=purpose)
        progress.step(len(part))
    return Outcome(_("Noted. Each of them can see that this list was exported."))


@job(title=gettext_lazy("Remind of certificates"))
def remind_of_certificates(progress: Progress, *, organisation: int) -> Outcome:
    """Every night: whose window opened or whose certificate lapsed is told, once."""
    found = Organisation.objects.filter(pk=organisation).first()
    if found is None:
        return Outcome("")
    today = timezone.localdate()
    actions.renew_all_by_hours(found, today)
    return Outcome("", figures={"reminded": actions.remind(found, today)})


@job(title=gettext_lazy("Tidy lists and reminders of certificates"))
def tidy_certificates(progress: Progress) -> None:
    """Every night: what was kept as long as we said it would be, goes."""
    today = timezone.localdate()
    actions.forget_old_reminders(today)
    actions.forget_old_exemptions(today)
    forget_old(Load, timezone.now())


def tonight() -> list[Errand]:
    """What is to be done every night: for each organisation that keeps track of certificates."""
    kept = CertificateType.objects.order_by("organisation").values_list("organisation", flat=True)
    errands: list[Errand] = [
        (remind_of_certificates, {"organisation": pk}) for pk in kept.distinct()
    ]
    return [*errands, (tidy_certificates, {})]
