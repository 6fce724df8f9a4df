from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "gezel.plans"
    label = "plans"
