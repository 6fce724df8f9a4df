"""What paths does with news from the rooms below."""

from django.utils import timezone

from gezel.catalogue.events import ActivityCompleted
from gezel.content.events import ActivityWaived, ModuleCompleted, WaiverTakenBack
from gezel.kit.jobs import enqueue
from gezel.paths import actions
from gezel.paths.jobs import run_rules_of
from gezel.people.api import Organisation
from gezel.people.events import EmploymentChanged
from gezel.skills.events import EvidenceAdded


def on_module_completed(event: ModuleCompleted) -> None:
    """A finished module is a step done, unless it was not passed."""
    if event.passed is not False:
        actions.tick(event.person_pk, event.activity_pk, event.on, vouched=not event.made_it)


def on_activity_waived(event: ActivityWaived) -> None:
    """What someone need not do, is skipped on their paths."""
    actions.let_off(event.person_pk, event.activity_pk)


def on_waiver_taken_back(event: WaiverTakenBack) -> None:
    """What they are asked to do after all, stands open again."""
    actions.let_off_no_more(event.person_pk, event.activity_pk)


def on_activity_completed(event: ActivityCompleted) -> None:
    """Who was at sessions of an activity did that step."""
    actions.tick(event.person_pk, event.activity_pk, event.on, vouched=event.vouched)


def on_evidence_added(event: EvidenceAdded) -> None:
    """What someone shows now, they need not do."""
    actions.look_at_skill(event.person_pk, event.skill_pk)


def on_employment_changed(event: EmploymentChanged) -> None:
    """Who moves may be meant by another rule: looked at right away, of many in the background."""
    if len(event.person_pks) > actions.AT_ONCE:
        enqueue(run_rules_of, by=None, organisation=event.organisation_pk)
        return
    organisation = Organisation(pk=event.organisation_pk)
    actions.run_rules_for(organisation, event.person_pks, timezone.localdate())
