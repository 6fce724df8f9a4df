"""What was done, in the field's own language: xAPI statements, only ever added."""

import json
import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

# Only the person reads what they did; others see what follows from it, the evidence.
STATEMENTS_OF_A_PERSON = Audience(SELF)


class OnlyEverAdded(TypeError):  # noqa: N818 - reads as what it is where it is raised
    """A statement is a fact of its day; it is not changed or taken back from code."""


class StatementQuerySet(models.QuerySet["Statement"]):
    """No way to change or delete by query. The database refuses changes too (migration 0002);
    statements go only with the person they are about."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise OnlyEverAdded

    def delete(self) -> NoReturn:
        raise OnlyEverAdded


@personal_data(
    what=_("What you did while learning: started, completed, passed or not"),
    purpose=_("To go on where you were, and as the proof behind your evidence."),
    audience=STATEMENTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; others see only what follows from it, your evidence."),
    order=45,
)
class Statement(models.Model):
    """An xAPI 2.0 statement, whole in `raw`, with the columns that questions need beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="statements"
    )
    verb = models.CharField(max_length=200)
    object_id = models.CharField(max_length=500)
    registration = models.UUIDField(null=True)
    timestamp = models.DateTimeField()
    stored = models.DateTimeField()
    raw = models.JSONField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-stored"], name="statement_by_person"),
            models.Index(fields=["object_id", "-stored"], name="statement_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.verb} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the statement; one that stands cannot be saved again."""
        if not self._state.adding:
            raise OnlyEverAdded
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Not from code: a statement goes only with the person it is about."""
        raise OnlyEverAdded

    @property
    def object_name(self) -> str:
        """What it is about, in the reader's language."""
        name = self.raw.get("object", {}).get("definition", {}).get("name", {})
        return in_language(nl=name.get("nl", ""), en=name.get("en", ""))

    @property
    def pretty(self) -> str:
        """The statement as it travels, for who wants to see exactly what is kept."""
        return json.dumps(self.raw, ensure_ascii=False, indent=2)

    @property
    def score(self) -> tuple[int, int] | None:
        """How many were right, of how many; None where nothing was asked."""
        score = self.raw.get("result", {}).get("score")
        return (score["raw"], score["max"]) if score else None
