from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "gezel.connect"
    label = "connect"

    def ready(self) -> None:
        """Declare what allauth keeps, and listen to it."""
        from gezel.connect import declared, invitations, listeners, many, traces, widened  # noqa: F401, PLC0415 # models come first
