from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "gezel.records"
    label = "records"
