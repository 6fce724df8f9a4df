from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "gezel.connect"
    label = "connect"

    def ready(self) -> None:
        from gezel.connect import listeners  # noqa: F401, PLC0415 - the apps come first
