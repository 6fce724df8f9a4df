from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gezel.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from gezel.catalogue import listeners, route  # noqa: PLC0415 - models must stand before

        listeners.begin()
        route.begin()
