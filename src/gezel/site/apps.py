from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "gezel.site"
    label = "site"
