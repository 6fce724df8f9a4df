from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "gezel.skills"
    label = "skills"

    def ready(self) -> None:
        from gezel.skills import listeners  # noqa: PLC0415 - models must stand before

        listeners.begin()
