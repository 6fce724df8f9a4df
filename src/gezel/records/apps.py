from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "gezel.records"
    label = "records"

    def ready(self) -> None:
        """Tell what can be widened here."""
        from gezel.records import widened  # noqa: F401, PLC0415 # models come first
