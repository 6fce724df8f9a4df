"""What gatherings does every night."""

import time

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.gatherings import actions
from gezel.gatherings.actions import choosing as choosings
from gezel.gatherings.actions import timetables
from gezel.gatherings.models import Choosing, Timetable
from gezel.gatherings.rules import schedule
from gezel.gatherings.timetabling import Desk
from gezel.gatherings.timetabling_words import broken
from gezel.kit.jobs import Errand, Outcome, Progress, Refused, job

# Wishes times parts of days: beyond this one looks for longer than anyone waits.
MOST_TO_TRY = 80_000
SECONDS = 30.0


@job(title=gettext_lazy("Let sessions count that nobody rounded off"))
def round_off_sessions(progress: Progress) -> Outcome:
    """Every night: sessions of over a day ago, with people noted, count."""
    return Outcome("", figures={"sessions": actions.round_off_forgotten(timezone.now())})


@job(title=gettext_lazy("Free the places of people who left"))
def free_places(progress: Progress) -> Outcome:
    """Every night: who left has no place any more, and the line moves up."""
    return Outcome("", figures={"places": actions.free_places_of_leavers(timezone.now())})


@job(title=gettext_lazy("Tidy what was kept of sessions"))
def tidy_gatherings(progress: Progress) -> None:
    """Every night: what was kept as long as we said it would be, goes."""
    actions.forget_old(timezone.now())


@job(title=gettext_lazy("Make a timetable"))
def propose_timetable(progress: Progress, *, timetable: int) -> Outcome:
    """Look for the best timetable; whoever waits may stop it, and has the best so far."""
    found = Timetable.objects.filter(pk=timetable, state=Timetable.State.OPEN).first()
    if found is None:
        raise Refused(_("This timetable is gone, or was accepted."))
    desk = Desk(found)
    case = desk.case
    if sum(len(p.wishes) for p in case.people) * len(case.slots) > MOST_TO_TRY:
        raise Refused(_("These are too many people and days for one timetable. Choose fewer days."))
    began, stopped = time.monotonic(), False
    progress.begin(100, _("Looking …"))

    def tell(granted: int, most: int) -> None:
        told = {"granted": granted, "most": most}
        progress.message = (
            _("%(granted)s wishes come true so far; %(most)s at the very most.") % told
        )

    def stop() -> bool:
        nonlocal stopped
        progress.done = min(99, int(100 * (time.monotonic() - began) / (2 * SECONDS)))
        try:
            asked = Timetable.objects.filter(pk=timetable, stop_asked=True)
            stopped = stopped or asked.exists()
        except DatabaseError:
            return stopped  # another writes at this moment; it is asked again soon
        finally:
            connection.close()  # this is a thread of its own
        return stopped

    try:
        best = schedule.propose(case, seconds=SECONDS, progress=tell, stop=stop)
    except schedule.CannotStand as cannot:
        why = ", ".join(broken(one) for one in cannot.broken)
        raise Refused(
            _("What is locked can no longer hold: %(why)s. Unlock it, and plan again.")
            % {"why": why}
        ) from cannot
    first = sum(len(s.people) for s in schedule.first_come(case))
    try:
        timetables.keep_proposal(found, desk, best, first=first, stopped=stopped)
    except timetables.ChangedMeanwhile as changed:
        raise Refused(
            _("This timetable was accepted while the computer was working on it.")
        ) from changed
    return Outcome(
        _("There is a proposal. Nobody was told yet."),
        url=reverse("gatherings:timetable_board", args=[timetable]),
    )


@job(title=gettext_lazy("Tell people that they can choose from sessions"))
def announce_choosing(progress: Progress, *, choosing: int) -> Outcome:
    """Who may choose hears of it, once."""
    found = Choosing.objects.filter(pk=choosing, placed_at=None).first()
    told = choosings.announce(found) if found else 0
    return Outcome("", figures={"people": told})


@job(title=gettext_lazy("Share out the places of sessions"))
def share_out_places(progress: Progress, *, choosing: int, digest: str) -> Outcome:
    """Everyone has the place that was shown, or a turn on a waiting list."""
    found = Choosing.objects.filter(pk=choosing).first()
    if found is None:
        raise Refused(_("This choice is gone."))
    try:
        shares = choosings.share_out(found, digest=digest)
    except choosings.ChangedMeanwhile as changed:
        raise Refused(
            _("A wish or a place changed since this was shown. Look once more.")
        ) from changed
    except ValidationError as problem:
        raise Refused(problem.messages[0]) from problem
    placed = len(shares.session) if shares else 0
    return Outcome(
        _("The places were shared out, and everyone was told."),
        url=reverse("gatherings:choosing", args=[choosing]),
        figures={"people": placed},
    )


def tonight() -> list[Errand]:
    """What is to be done every night."""
    return [(round_off_sessions, {}), (free_places, {}), (tidy_gatherings, {})]
