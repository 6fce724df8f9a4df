from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gezel.catalogue"
    label = "catalogue"
