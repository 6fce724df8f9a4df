from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "gezel.connect"
    label = "connect"
