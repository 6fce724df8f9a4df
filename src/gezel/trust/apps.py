from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "gezel.trust"
    label = "trust"
