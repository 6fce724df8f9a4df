"""What skills does on news from other rooms and its own: keep the counted needs true."""

from typing import Any

from django.utils import timezone

from gezel.kit.events import listen
from gezel.kit.jobs import Errand, enqueue, nightly
from gezel.kit.models import Task
from gezel.people.api import Organisation
from gezel.people.events import EmploymentChanged
from gezel.skills import actions, jobs
from gezel.skills.events import EvidenceAdded, FadingChanged, FrameworkTakenIn, ProfileChanged
from gezel.skills.models import RoleProfile


def _level_changed(event: EvidenceAdded) -> None:
    actions.recount(event.person_pk, event.skill_pk)


def _employment_changed(event: EmploymentChanged) -> None:
    if not actions.begin_and_end_showing(event.organisation_pk, event.person_pks):
        _soon(jobs.recompute_organisation, event.organisation_pk)
    _count_soon(event.organisation_pk)


def _profile_changed(event: ProfileChanged) -> None:
    for organisation in RoleProfile.objects.filter(pk=event.profile_pk).values_list(
        "organisation_id", flat=True
    ):
        _count_soon(organisation)


def _count_soon(organisation_pk: int) -> None:
    """One count for however many changes come together, such as an import of thousands."""
    if actions.mark_stale(organisation_pk):
        enqueue(jobs.count_needs, by=None, organisation=organisation_pk)


def _look_ahead_soon(event: ProfileChanged) -> None:
    """Another demand changes what is short ahead."""
    for organisation in RoleProfile.objects.filter(pk=event.profile_pk).values_list(
        "organisation_id", flat=True
    ):
        _soon(jobs.work_out_ahead, organisation)


def _fading_changed(event: FadingChanged) -> None:
    """Every estimate there may be another; what begins on a later day is taken up that night."""
    if event.from_on <= timezone.localdate():
        _soon(jobs.recompute_organisation, event.organisation_pk)
    _soon(jobs.work_out_ahead, event.organisation_pk)


def _soon(work: Any, organisation: int) -> None:
    """Have it done once for however many changes come together."""
    waiting = Task.objects.filter(
        name=work.name, arguments={"organisation": organisation}, state=Task.State.WAITING
    )
    if not waiting.exists():
        enqueue(work, by=None, organisation=organisation)


def _framework_taken_in(event: FrameworkTakenIn) -> None:
    enqueue(jobs.prepare_matching, by=None)


def _tonight() -> list[Errand]:
    """Estimates age, so every night they are made anew, and then the look ahead from them."""
    organisations = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    return [
        *(
            (job, {"organisation": pk})
            for job in (jobs.recompute_organisation, jobs.work_out_ahead)
            for pk in organisations
        ),
        (jobs.forget, {}),
    ]


def begin() -> None:
    """Listen from now on, and have the night's work done."""
    nightly(_tonight)
    listen(EvidenceAdded, _level_changed)
    listen(FrameworkTakenIn, _framework_taken_in)
    listen(EmploymentChanged, _employment_changed)
    listen(ProfileChanged, _profile_changed)
    listen(ProfileChanged, _look_ahead_soon)
    listen(FadingChanged, _fading_changed)
