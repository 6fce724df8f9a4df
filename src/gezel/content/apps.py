from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "gezel.content"
    label = "content"
