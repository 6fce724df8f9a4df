"""What the pages about data need, read from the running declarations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Func, IntegerField, Q, QuerySet, Subquery
from django.utils import timezone

from gezel.trust import words
from gezel.trust.declarations import (
    Declaration,
    ReadableBy,
    Readers,
    Text,
    computations,
    declarations,
)
from gezel.trust.models import Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data about someone: the declaration, who reads it today, how much there is."""

    declaration: Declaration
    readers: Sequence[Readers]
    rows: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What one relation lets people see."""

    because: Text
    what: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Look:
    """Someone looked, in words."""

    reader: str
    what: Text
    why: Text
    at: datetime


def kept_about(person: Any) -> list[Kept]:
    """Every kind of data, with its readers by name. Each audience is asked once."""
    told = declarations()
    asked: dict[ReadableBy, Sequence[Readers]] = {}
    for declaration in told:
        if declaration.audience not in asked:
            asked[declaration.audience] = declaration.audience.readers_of(person)
    rows = _counted(told, person)
    return [Kept(d, asked[d.audience], rows[d]) for d in told]


def _counted(told: Sequence[Declaration], person: Any) -> dict[Declaration, int]:
    """How many rows there are about someone, of all kinds in one query."""
    if not told:
        return {}
    counts = {f"n{number}": _count_of(d, person) for number, d in enumerate(told)}
    everyone = get_user_model()._default_manager.filter(pk=person.pk)
    found = everyone.annotate(**counts).values_list(*counts).get()
    return dict(zip(told, (n or 0 for n in found), strict=True))


def _count_of(declaration: Declaration, person: Any) -> Subquery:
    about = Q()
    for field in declaration.person:
        about |= Q(**{field: person.pk})
    rows: QuerySet[Any] = declaration.model._base_manager.filter(about).order_by()
    counted = rows.annotate(
        n=Func(F("pk"), template="COUNT(DISTINCT %(expressions)s)", output_field=IntegerField())
    )
    return Subquery(counted.values("n"), output_field=IntegerField())


def seen_by_relation() -> list[Seen]:
    """The other way round: per relation, the kinds of data it opens. Oneself is left out."""
    seen: dict[str, tuple[Text, list[Text]]] = {}
    for declaration in declarations():
        for relation in declaration.audience.relations:
            _because, kinds = seen.setdefault(str(relation.because), (relation.because, []))
            kinds.append(declaration.what)
    return [Seen(because, kinds) for because, kinds in list(seen.values())[1:]]


def looks_at(person: Any) -> QuerySet[Reading]:
    """Who looked at someone's data, newest first."""
    return (
        Reading.objects.filter(about=person).select_related("reader").order_by("-first_at", "-pk")
    )


def in_words(readings: Sequence[Reading]) -> list[Look]:
    """Readings as the person reads them."""
    return [
        Look(
            str(reading.reader),
            words.matter(reading.matter),
            words.purpose(reading.purpose),
            reading.first_at,
        )
        for reading in readings
    ]


def file_of(organisation: Any) -> dict[str, Any]:
    """The file for the works council: what the running system does with data, about nobody."""
    return {
        "organisation": str(organisation),
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "smallest_group": organisation.smallest_group,
        "kept": [
            {
                "what": str(d.what),
                "purpose": str(d.purpose),
                "readers": [str(relation.because) for relation in d.audience.relations],
                "ground": str(d.ground),
                "term": str(d.term),
                "table": d.model._meta.label,
                "fields": sorted(
                    str(f.name) for f in d.model._meta.concrete_fields if not f.primary_key
                ),
            }
            for d in declarations()
        ],
        "computed": [
            {"what": str(c.what), "how": str(c.how), "rule": c.rule} for c in computations()
        ],
        "never": [str(sentence) for sentence in words.NEVER],
    }
