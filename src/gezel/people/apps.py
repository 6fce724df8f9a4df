from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gezel.people"
    label = "people"

    def ready(self) -> None:
        """Declare what trust keeps, whose readers are known here, and what can be widened."""
        from gezel.people import declared, traces  # noqa: F401, PLC0415 # models come first
