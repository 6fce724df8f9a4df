from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "gezel.gatherings"
    label = "gatherings"

    def ready(self) -> None:
        from gezel.gatherings import jobs  # noqa: PLC0415 - models first
        from gezel.kit.jobs import nightly  # noqa: PLC0415

        nightly(jobs.tonight)
