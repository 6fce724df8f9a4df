"""What gatherings does every night."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from gezel.gatherings import actions
from gezel.kit.jobs import Errand, Outcome, Progress, job


@job(title=gettext_lazy("Let sessions count that nobody rounded off"))
def round_off_sessions(progress: Progress) -> Outcome:
    """Every night: sessions of over a day ago, with people noted, count."""
    return Outcome("", figures={"sessions": actions.round_off_forgotten(timezone.now())})


@job(title=gettext_lazy("Free the places of who left"))
def free_places(progress: Progress) -> Outcome:
    """Every night: who left has no place any more, and the line moves up."""
    return Outcome("", figures={"places": actions.free_places_of_leavers(timezone.now())})


@job(title=gettext_lazy("Tidy what was kept of sessions"))
def tidy_gatherings(progress: Progress) -> None:
    """Every night: what was kept as long as we said it would be, goes."""
    actions.forget_old(timezone.now())


def tonight() -> list[Errand]:
    """What is to be done every night."""
    return [(round_off_sessions, {}), (free_places, {}), (tidy_gatherings, {})]
