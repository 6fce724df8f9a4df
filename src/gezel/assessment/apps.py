from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "gezel.assessment"
    label = "assessment"

    def ready(self) -> None:
        """Every night the figures of items follow the answers of the day."""
        from gezel.assessment import jobs  # noqa: PLC0415 # models come first
        from gezel.kit.jobs import nightly  # noqa: PLC0415

        nightly(jobs.tonight)
