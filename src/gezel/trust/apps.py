from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "gezel.trust"
    label = "trust"

    def ready(self) -> None:
        """Tell the works council how often someone opened a great many people."""
        from gezel.trust import noticed  # noqa: F401, PLC0415 # models come first
