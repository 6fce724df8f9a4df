from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "gezel.content"
    label = "content"

    def ready(self) -> None:
        """A module someone completed needs no tip."""
        from gezel.catalogue.api import keep_out_of_tips  # noqa: PLC0415 # models come first
        from gezel.content.queries import completed_activities  # noqa: PLC0415

        keep_out_of_tips(completed_activities)
