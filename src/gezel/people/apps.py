from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gezel.people"
    label = "people"
