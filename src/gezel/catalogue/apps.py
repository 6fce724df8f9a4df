from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gezel.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from gezel.catalogue import (  # noqa: PLC0415 - models must stand before
            jobs,  # noqa: F401 - so that the night knows of them
            listeners,
            route,
        )

        listeners.begin()
        route.begin()
