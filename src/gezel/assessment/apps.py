from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "gezel.assessment"
    label = "assessment"

    def ready(self) -> None:
        """Every night the figures of items follow the answers of the day; the page of a skill says
        where its test is."""
        from gezel.assessment import jobs, queries, traces  # noqa: F401, PLC0415 # models come first
        from gezel.kit.jobs import nightly  # noqa: PLC0415
        from gezel.skills.api import tell_tests  # noqa: PLC0415

        nightly(jobs.tonight)
        tell_tests(queries.tests_of)
