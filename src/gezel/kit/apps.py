from datetime import date
from functools import lru_cache

from django.apps import AppConfig
from django.core.files.base import File
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.forms import ModelForm
from django.utils.dateparse import parse_date
from django.utils.module_loading import autodiscover_modules

# `ModelForm[Activity]` and `UploadedFile[bytes]` mean nothing to Django at run time; the type
# checker reads them. What django-stubs-ext does for every such class costs half a second a start.
for generic in (ModelForm, File):
    if not hasattr(generic, "__class_getitem__"):
        setattr(generic, "__class_getitem__", classmethod(lambda cls, _kind: cls))  # noqa: B010


# SQLite keeps a day as text. A need map reads hundreds of them, of a few dozen days: each is read
# from its text once. As Django reads it, which registered its own way just before.
@lru_cache(maxsize=8192)
def _day(kept: bytes) -> date | None:
    return parse_date(kept.decode())


DatabaseWrapper.Database.register_converter("date", _day)


class KitConfig(AppConfig):
    name = "gezel.kit"
    label = "kit"

    def ready(self) -> None:
        """Every room's `jobs.py` is known before the first job is asked for or done."""
        autodiscover_modules("jobs")
