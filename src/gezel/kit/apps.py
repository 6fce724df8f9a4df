from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "gezel.kit"
    label = "kit"
