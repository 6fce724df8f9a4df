from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "gezel.profile"
    label = "profile"

    def ready(self) -> None:
        from gezel.kit.jobs import nightly  # noqa: PLC0415 - models first
        from gezel.profile import jobs  # noqa: PLC0415

        nightly(jobs.tonight)
