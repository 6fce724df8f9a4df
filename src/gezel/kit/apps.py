from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    name = "gezel.kit"
    label = "kit"

    def ready(self) -> None:
        """Every room's `jobs.py` is known before the first job is asked for or done."""
        autodiscover_modules("jobs")
