from django.apps import AppConfig

from gezel.kit.events import listen


class PathsConfig(AppConfig):
    name = "gezel.paths"
    label = "paths"

    def ready(self) -> None:
        """What is completed ticks steps, what is shown skips them, and who moves is looked at."""
        from gezel.catalogue.api import tell_completions  # noqa: PLC0415 - models first
        from gezel.catalogue.events import ActivityCompleted  # noqa: PLC0415
        from gezel.content.events import (  # noqa: PLC0415
            ActivityWaived,
            ModuleCompleted,
            WaiverTakenBack,
        )
        from gezel.kit.jobs import nightly  # noqa: PLC0415
        from gezel.paths import jobs, listeners, queries  # noqa: PLC0415
        from gezel.people.events import EmploymentChanged  # noqa: PLC0415
        from gezel.skills.events import EvidenceAdded  # noqa: PLC0415

        listen(ActivityCompleted, listeners.on_activity_completed)
        listen(ModuleCompleted, listeners.on_module_completed)
        listen(ActivityWaived, listeners.on_activity_waived)
        listen(WaiverTakenBack, listeners.on_waiver_taken_back)
        listen(EvidenceAdded, listeners.on_evidence_added)
        listen(EmploymentChanged, listeners.on_employment_changed)
        tell_completions(queries.completions_here)
        nightly(jobs.tonight)
