from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "gezel.gatherings"
    label = "gatherings"

    def ready(self) -> None:
        """What sessions completed counts for what activities bring; the night has its work."""
        from gezel.catalogue.api import tell_completions, tell_uses  # noqa: PLC0415 - models first
        from gezel.gatherings import jobs, own  # noqa: PLC0415
        from gezel.kit.jobs import nightly  # noqa: PLC0415

        tell_completions(own.completions_here)
        tell_uses(own.uses_here)
        nightly(jobs.tonight)
