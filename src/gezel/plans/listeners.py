"""What plans does with news from the rooms below."""

from gezel.catalogue.events import ActivityCompleted
from gezel.content.events import ActivityWaived, ModuleCompleted, WaiverTakenBack
from gezel.people.events import EmploymentChanged
from gezel.plans import actions
from gezel.skills.events import EvidenceAdded


def on_module_completed(event: ModuleCompleted) -> None:
    """A finished module ticks the steps that were waiting for it, unless it was not passed."""
    if event.passed is not False:
        actions.tick_steps_with(event.person_pk, event.activity_pk, event.on)


def on_activity_completed(event: ActivityCompleted) -> None:
    """An activity that was done in sessions ticks them too."""
    actions.tick_steps_with(event.person_pk, event.activity_pk, event.on)


def on_activity_waived(event: ActivityWaived) -> None:
    """What someone need not do any more waits for nobody: the next step comes up."""
    actions.tick_steps_with(event.person_pk, event.activity_pk, event.on)


def on_waiver_taken_back(event: WaiverTakenBack) -> None:
    """What they are asked to do after all stands open again."""
    actions.open_steps_again(event.person_pk, event.activity_pk, event.since)


def on_evidence_added(event: EvidenceAdded) -> None:
    """New evidence may show that a goal is reached; closing it is offered, never done."""
    actions.notice_reached_goals(event.person_pk, event.skill_pk, event.observed_on)


def on_employment_changed(event: EmploymentChanged) -> None:
    """Who comes back shares nothing of before."""
    actions.take_back_of_before(event.organisation_pk, event.person_pks)
