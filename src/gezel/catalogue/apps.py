from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gezel.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from gezel.catalogue import route  # noqa: PLC0415 - models must stand before

        route.begin()
