from django.apps import AppConfig

from gezel.content.events import ModuleCompleted
from gezel.kit.events import listen
from gezel.skills.events import EvidenceAdded


class PlansConfig(AppConfig):
    name = "gezel.plans"
    label = "plans"

    def ready(self) -> None:
        """News from content ticks steps; news from skills may show a goal reached."""
        from gezel.plans import listeners  # noqa: PLC0415 # models are not there before this

        listen(ModuleCompleted, listeners.on_module_completed)
        listen(EvidenceAdded, listeners.on_evidence_added)
