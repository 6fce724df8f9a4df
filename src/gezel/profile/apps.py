from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "gezel.profile"
    label = "profile"

    def ready(self) -> None:
        from gezel.assessment.api import tell_facts  # noqa: PLC0415 - models first
        from gezel.kit.jobs import each_minute, nightly  # noqa: PLC0415
        from gezel.profile import jobs, letters  # noqa: PLC0415
        from gezel.profile.actions import keep_places  # noqa: PLC0415
        from gezel.profile.models import Credential  # noqa: PLC0415
        from gezel.profile.queries.credentials import as_facts  # noqa: PLC0415
        from gezel.trust.api import goes_along  # noqa: PLC0415

        nightly(jobs.tonight)
        each_minute(jobs.soon)
        letters.listen_for_last_days()
        tell_facts(as_facts)
        goes_along(Credential, keep_places)
