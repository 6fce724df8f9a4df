"""Long lists in the background; and every night who is to be reminded."""

import uuid

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.certificates import actions
from gezel.certificates.models import CertificateType, Holding, Load
from gezel.kit.jobs import Errand, Outcome, Progress, Refused, job
from gezel.kit.statistics import renew_statistics
from gezel.people.api import Organisation
from gezel.trust.api import note_taken


def _found(load: str) -> Load:
    try:
        return Load.objects.get(pk=uuid.UUID(load))
    except Load.DoesNotExist:
        raise Refused(_("This list was thrown away meanwhile.")) from None


@job(title=gettext_lazy("Look through a list of certificates"))
def look_through_certificates(progress: Progress, *, load: str) -> Outcome:
    """Work out what a long list would add."""
    found = _found(load)
    actions.prepare(found, progress)
    return Outcome(
        _("The list is looked through. See what it would change."),
        url=reverse("certificates:load_preview", args=[found.pk]),
    )


@job(title=gettext_lazy("Take over a list of certificates"))
def take_over_certificates(
    progress: Progress, *, load: str, digest: str, leave_out: bool
) -> Outcome:
    """Take over a long list, as it was shown."""
    found = _found(load)
    try:
        actions.apply(found, digest=digest, leave_out=leave_out, progress=progress)
    except actions.LoadChanged:
        raise Refused(
            _("Something changed since you looked, so nothing was done. Look again and confirm.")
        ) from None
    except actions.LoadRefused as refusal:
        raise Refused(str(refusal)) from None
    renew_statistics(Holding)
    return Outcome(
        _("The list is taken over."), url=reverse("certificates:load_preview", args=[found.pk])
    )


@job(title=gettext_lazy("Note who was in an exported list of certificates"))
def note_certificates(
    progress: Progress, *, about: list[int], reader: int, purpose: str
) -> Outcome:
    """Everyone in an exported list can see that it was taken along."""
    progress.begin(len(about))
    for start in range(0, len(about), 2_000):
        part = about[start : start + 2_000]
        note_taken(reader_pk=reader, about=part, matter="certificates", purpose=purpose)
        progress.step(len(part))
    return Outcome(_("Noted; each of them can see that this list was taken along."))


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
    actions.forget_old_loads(timezone.now())


def tonight() -> list[Errand]:
    """What is to be done every night: for each organisation that keeps track of certificates."""
    kept = CertificateType.objects.order_by("organisation").values_list("organisation", flat=True)
    errands: list[Errand] = [
        (remind_of_certificates, {"organisation": pk}) for pk in kept.distinct()
    ]
    return [*errands, (tidy_certificates, {})]
