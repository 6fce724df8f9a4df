from django.apps import AppConfig

from gezel.catalogue.events import ActivityCompleted
from gezel.content.events import ActivityWaived, ModuleCompleted, WaiverTakenBack
from gezel.kit.events import listen
from gezel.people.events import EmploymentChanged
from gezel.skills.events import EvidenceAdded


class PlansConfig(AppConfig):
    name = "gezel.plans"
    label = "plans"

    def ready(self) -> None:
        """News of modules and sessions, and of who need not do one, ticks steps; news from skills
        may show a goal reached; who comes back to an employer shares nothing of before; what is in
        a plan already is no tip, what was agreed to learn counts in the look ahead, and what an
        hour costs is said once."""
        from gezel.catalogue.api import keep_out_of_tips  # noqa: PLC0415 # the same
        from gezel.plans import listeners, queries  # noqa: PLC0415 # models are not there before this
        from gezel.skills.api import tell_planned_learning, tell_wage  # noqa: PLC0415 # the same

        listen(ModuleCompleted, listeners.on_module_completed)
        listen(ActivityCompleted, listeners.on_activity_completed)
        listen(ActivityWaived, listeners.on_activity_waived)
        listen(WaiverTakenBack, listeners.on_waiver_taken_back)
        listen(EvidenceAdded, listeners.on_evidence_added)
        listen(EmploymentChanged, listeners.on_employment_changed)
        keep_out_of_tips(queries.settled_activities)
        tell_planned_learning(queries.agreed_learning)
        tell_wage(queries.wage_cents)
