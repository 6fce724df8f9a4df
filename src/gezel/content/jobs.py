"""Work of content in the background."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content import actions
from gezel.content.actions import launches
from gezel.content.actions.bringing import sweep_intakes
from gezel.content.actions.packages import sweep_packages
from gezel.content.models import Proof, Writing
from gezel.kit.jobs import Errand, Progress, job

A_YEAR = timedelta(days=365)
A_MONTH = timedelta(days=30)


@job(title=_("Remove uploads nobody went on with"))
def remove_uploads(progress: Progress) -> None:
    """Every night: a file that was begun and left goes after a day."""
    actions.sweep_uploads(timezone.now())


@job(title=_("Remove packages that never came in whole"))
def remove_leftover_packages(progress: Progress) -> None:
    """Every night: folders that no package is in."""
    sweep_packages()


@job(title=_("Close cmi5 sessions nobody ended"))
def close_silent_launches(progress: Progress) -> None:
    """Every night: a session that is silent is abandoned; old registrations from outside go."""
    launches.abandon_silent(timezone.now())
    launches.forget_outside(timezone.now())


@job(title=_("Remove files nobody made modules of"))
def remove_intakes(progress: Progress) -> None:
    """Every night: a file that was looked at and left goes after a day."""
    sweep_intakes(timezone.now())


@job(title=_("Remove photos of work after a year"))
def remove_proofs(progress: Progress) -> None:
    """Every night: the photo goes a year after it was looked at, and what was never looked at a
    year after it was sent. The evidence stays."""
    old = timezone.now() - A_YEAR
    looked = Q(looked_at__lt=old) | Q(looked_at=None, sent_at__lt=old)
    actions.drop_proofs(list(Proof.objects.filter(looked).values_list("pk", flat=True)))


@job(title=_("Remove what was written and never saved"))
def remove_writings(progress: Progress) -> None:
    """Every night: a form someone left goes after thirty days."""
    Writing.objects.filter(at__lt=timezone.now() - A_MONTH).delete()


@job(title=_("Finish packages that were completed and left"))
def finish_packages(progress: Progress) -> None:
    """Every night: whoever closed the window at the end has completed it all the same."""
    actions.finish_left_alone(timezone.now())


def tonight() -> list[Errand]:
    """What is to be done every night."""
    return [
        (remove_uploads, {}),
        (remove_leftover_packages, {}),
        (close_silent_launches, {}),
        (remove_intakes, {}),
        (remove_proofs, {}),
        (remove_writings, {}),
        (finish_packages, {}),
    ]
