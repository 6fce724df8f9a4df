from django.apps import AppConfig

from gezel.kit.events import listen


class CertificatesConfig(AppConfig):
    name = "gezel.certificates"
    label = "certificates"

    def ready(self) -> None:
        from gezel.certificates import counting  # noqa: PLC0415 - models must stand before
        from gezel.people.events import EmploymentChanged  # noqa: PLC0415

        listen(EmploymentChanged, counting.on_employment_changed)
