from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "gezel.skills"
    label = "skills"
