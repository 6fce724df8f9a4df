"""What was done, in the field's own language: xAPI statements, only ever added."""

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gezel.records.models.readers import STATEMENTS_OF_A_PERSON
from gezel.records.rules.forms import best
from gezel.records.rules.house import authority
from gezel.records.rules.reading import write_json
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
else:
    _Text = models.TextField  # which takes no parameters at run time


class JsonText(_Text):
    """JSON kept as the text it is: numbers as they were written, nothing parsed on the way in.

    PostgreSQL's jsonb would write `1.0` otherwise than it came, and refuses an escaped NUL.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any
        _pyi_lookup_exact_type: Any

    def from_db_value(self, value: str | None, *_args: object) -> Any:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else write_json(value)

    def to_python(self, value: Any) -> Any:
        return value


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
    stays=("terms",),
)
class Statement(models.Model):
    """An xAPI statement, whole in `raw`, with the columns that questions need beside it.

    The table is made by hand (migration 0003): on PostgreSQL in parts of a month, by `stored`. An
    id is one in each shelf and not in the whole table, so ask by `queries.statement_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # Which organisation's store it stands in: its number for what came from outside, minus that
    # for what Gezel recorded itself, 0 for what only the person can ever see. No foreign key: a
    # statement outlives the organisation, and then nobody's key opens that shelf any more.
    shelf = models.BigIntegerField(default=0)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="statements"
    )
    verb = models.TextField()
    object_id = models.TextField()
    registration = models.UUIDField(null=True)
    timestamp = models.DateTimeField()
    stored = models.DateTimeField()
    voided = models.BooleanField(default=False)
    # What it is found by (`rules.finding`), so that the index can be cleared when it goes.
    terms = JsonText(default=list)
    raw = JsonText()

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shelf", "stored"], name="statement_place")]
        indexes = [models.Index(fields=["person", "-stored"], name="statement_by_person")]

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
        """What it is about, in the reader's language; its address where it has no name."""
        found = self.raw.get("object", {})
        name = found.get("definition", {}).get("name") or {"und": found.get("name", "")}
        return _understood(name) or found.get("id", "")

    @property
    def verb_name(self) -> str:
        """What was done, in the reader's language, as who wrote it calls it."""
        display = self.raw.get("verb", {}).get("display", {})
        return _understood(display) or self.verb.rstrip("/").rpartition("/")[2]

    @property
    def source(self) -> str:
        """Which outside system wrote it; empty for what Gezel recorded itself."""
        by = self.raw.get("authority", {})
        if self.shelf <= 0 or by == authority(settings.BASE_URL):
            return ""
        name: str = by.get("name", "")
        return name

    @property
    def pretty(self) -> str:
        """The statement as it travels, for who wants to see exactly what is kept."""
        return json.dumps(self.raw, ensure_ascii=False, indent=2)

    @property
    def score(self) -> tuple[int, int] | None:
        """How many were right, of how many; None where nothing was asked."""
        score = self.raw.get("result", {}).get("score", {})
        return (score["raw"], score["max"]) if {"raw", "max"} <= score.keys() else None


def _understood(words: Mapping[str, str]) -> str:
    """The words in the reader's language, else in English, else in whichever there is."""
    there = {tag: text for tag, text in words.items() if text}
    return there[best(there, [get_language() or "en"])] if there else ""


class Shelf(models.Model):
    """One organisation's record store: its lock, and the moment of the last statement in it.

    Who writes takes this row first. So `stored` only ever goes up, in the order in which others
    come to see it, and two who write the same cannot wait for each other. No personal data.
    """

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    last = models.DateTimeField()
    # Whether any statement here points at another; most stores have none, and then nobody asks.
    refers = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.organisation_id} until {self.last}"


class Address(models.Model):
    """Where the statement of an id stands; what keeps an id to one statement a shelf.

    Holds no personal data; goes with its statement, by a trigger.
    """

    pk = models.CompositePrimaryKey("shelf", "id")
    shelf = models.BigIntegerField()
    id = models.UUIDField()
    stored = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.id}"


class Mention(models.Model):
    """That a statement is found by a term (`rules.finding`): the one index behind every filter.

    A term is a digest that cannot be read back; goes with its statement, by a trigger.
    """

    pk = models.CompositePrimaryKey("term", "stored")
    term = models.BigIntegerField()
    stored = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.term}"


class Reference(models.Model):
    """That a statement points at another (a StatementRef), which it may void.

    Holds no personal data; goes with the statement that points, by a trigger.
    """

    shelf = models.BigIntegerField()
    target = models.UUIDField()
    stored = models.DateTimeField()
    voids = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["shelf", "target"], name="reference_by_target")]

    def __str__(self) -> str:
        return f"→ {self.target}"


class Activity(models.Model):
    """What an activity is, as the statements of one store tell it. No personal data."""

    term = models.BigIntegerField(primary_key=True)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    iri = models.TextField()
    definition = JsonText()

    class Meta:
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.iri


class Attachment(models.Model):
    """A file that came with a statement; the bytes lie under their own digest.

    Holds what its statement holds; the row goes with the statement, by a trigger, and the file
    in the night after the last row that names it.
    """

    shelf = models.BigIntegerField()
    stored = models.DateTimeField()
    sha2 = models.CharField(max_length=128, db_index=True)
    content_type = models.CharField(max_length=200)
    length = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["shelf", "stored"], name="attachment_by_statement")]

    def __str__(self) -> str:
        return self.sha2
