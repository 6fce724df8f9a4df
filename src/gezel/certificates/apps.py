from django.apps import AppConfig

from gezel.kit.events import listen


class CertificatesConfig(AppConfig):
    name = "gezel.certificates"
    label = "certificates"

    def ready(self) -> None:
        from gezel.catalogue.events import ActivityCompleted  # noqa: PLC0415 - models first
        from gezel.certificates import by_law, everyone, jobs, listeners  # noqa: F401, PLC0415 - the same
        from gezel.certificates.conditions import HOLDS  # noqa: PLC0415 - the same
        from gezel.content.events import ModuleCompleted  # noqa: PLC0415 - the same
        from gezel.kit.jobs import nightly  # noqa: PLC0415 - the same
        from gezel.paths.api import tell_kind  # noqa: PLC0415 - the same
        from gezel.paths.events import PathCompleted  # noqa: PLC0415 - the same
        from gezel.people.events import EmploymentChanged  # noqa: PLC0415 - the same

        listen(EmploymentChanged, everyone.on_employment_changed)
        listen(ActivityCompleted, listeners.on_activity_completed)
        listen(ModuleCompleted, listeners.on_module_completed)
        listen(PathCompleted, listeners.on_path_completed)
        tell_kind(HOLDS)
        nightly(jobs.tonight)
