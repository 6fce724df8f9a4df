from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "gezel.site"
    label = "site"

    def ready(self) -> None:
        """Tell what is worked out about people."""
        from gezel.site import at_hand, computed, standing  # noqa: PLC0415 # models are not there before this

        computed.tell()
        at_hand.tell()
        standing.tell()
