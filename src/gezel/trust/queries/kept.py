"""What the pages about data need, read from the running declarations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import (
    Count,
    F,
    Func,
    IntegerField,
    Min,
    Model,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel import __version__
from gezel.trust import words
from gezel.trust.declarations import (
    Declaration,
    ReadableBy,
    Readers,
    Text,
    Until,
    computations,
    declarations,
    declared,
)
from gezel.trust.fields import name_of
from gezel.trust.models import Counted, Reading
from gezel.trust.queries.braking import reasons_for
from gezel.trust.queries.consent import standings
from gezel.trust.widening import facts, widenings


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data about someone: the declaration, who reads it today, how much there is."""

    declaration: Declaration
    readers: Sequence[Readers]
    rows: int
    # The first day on which some of it goes by itself.
    next_on: date | None = None


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
    # What they said themselves, where they opened a great many people that day.
    reason: str = ""


def kept_about(person: Any) -> list[Kept]:
    """Every kind of data, with its readers by name. Each audience is asked once."""
    told = declarations()
    asked: dict[ReadableBy, Sequence[Readers]] = {}
    for declaration in told:
        if declaration.audience not in asked:
            asked[declaration.audience] = declaration.audience.readers_of(person)
    rows, first = rows_about(told, person), _first_days(told, person)
    today = timezone.localdate()
    return [
        Kept(d, asked[d.audience], rows[d], goes_on(first.get(d), d.until, today)) for d in told
    ]


def rows_about(told: Sequence[Declaration], person: Any) -> dict[Declaration, int]:
    """How many rows there are about someone, of all kinds in one query."""
    asked = [d for d in told if d.person]
    if not asked:
        return dict.fromkeys(told, 0)
    counts = {f"n{number}": _count_of(d, person) for number, d in enumerate(asked)}
    everyone = get_user_model()._default_manager.filter(pk=person.pk)
    found = everyone.annotate(**counts).values_list(*counts).get()
    return dict.fromkeys(told, 0) | dict(zip(asked, (n or 0 for n in found), strict=True))


def _first_days(told: Sequence[Declaration], person: Any) -> dict[Declaration, Any]:
    """The oldest day of each kind that goes by itself, in one query."""
    going = {f"m{n}": d for n, d in enumerate(told) if d.until and d.person}
    if not going:
        return {}
    asked = {
        name: Subquery(
            d.model._base_manager.filter(_about(d, person))
            .exclude(**{f"{d.until.field}__isnull": True})
            .order_by(d.until.field)
            .values(d.until.field)[:1]
        )
        for name, d in going.items()
        if d.until
    }
    everyone = get_user_model()._default_manager.filter(pk=person.pk)
    found = everyone.annotate(**asked).values_list(*asked).get()
    return dict(zip(going.values(), found, strict=True))


def _about(declaration: Declaration, person: Any) -> Q:
    about = Q()
    for field in declaration.person:
        about |= Q(**{field: person.pk})
    return about


def _count_of(declaration: Declaration, person: Any) -> Subquery:
    rows: QuerySet[Any] = declaration.model._base_manager.filter(
        _about(declaration, person)
    ).order_by()
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
    reasons = reasons_for(readings)
    return [
        Look(
            str(reading.reader or _("Someone whose account is erased")),
            words.matter(reading.matter),
            words.purpose(reading.purpose),
            reading.first_at,
            reasons.get((reading.reader_id, timezone.localdate(reading.first_at)), ""),
        )
        for reading in readings
    ]


def fields_of(model: type[Model]) -> dict[str, str]:
    """The columns of a table, by name, as a reader calls them."""
    return {
        str(f.name): name_of(f)
        for f in sorted(model._meta.concrete_fields, key=lambda f: str(f.name))
        if not f.primary_key
    }


def columns_of(kind: str) -> dict[str, str]:
    """The same by the name of a table; nothing of one that nobody declared here."""
    known = declared(kind)
    return fields_of(known.model) if known else {}


def said_in_general() -> dict[str, Any]:
    """What this version does with data, of any organisation: what two versions are compared by."""
    return {
        "kept": [
            {
                "what": str(d.what),
                "purpose": str(d.purpose),
                "readers": [str(relation.because) for relation in d.audience.relations],
                "ground": str(d.ground),
                "term": str(d.term),
                "table": d.kind,
                "fields": [*fields_of(d.model)],
            }
            for d in declarations()
        ],
        "computed": [
            {"what": str(c.what), "how": str(c.how), "rule": c.rule} for c in computations()
        ],
        "settings": [
            {
                "code": w.code,
                "what": str(w.what),
                "sees": str(w.sees),
                "without": str(w.without),
            }
            for w in widenings()
        ],
        "ai": [str(sentence) for sentence in words.AI],
        "never": [str(sentence) for sentence in words.NEVER],
    }


def file_of(organisation: Any) -> dict[str, Any]:
    """The file for the works council: what the running system does with data, about nobody."""
    said = said_in_general()
    counted = {row.kind: row for row in Counted.objects.filter(organisation=organisation)}
    now = readers_now(organisation)
    for row, declaration in zip(said["kept"], declarations(), strict=True):
        row["labels"] = fields_of(declaration.model)
        row["now"] = [now.get(str(r.because)) for r in declaration.audience.relations]
        count = counted.get(declaration.kind)
        if count is not None:
            row |= {
                "rows": shown_count(count, organisation.smallest_group),
                "next_on": count.next_on.isoformat() if count.next_on else None,
            }
    for row, standing in zip(said["settings"], standings(organisation), strict=True):
        last = standing.last
        row |= {
            "stands": str(standing.stands),
            "consent": last.get_step_display() if last else None,
            "consent_on": last.decided_on.isoformat() if last else None,
        }
    newest = max((row.counted_at for row in counted.values()), default=None)
    return {
        "organisation": str(organisation),
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "version": __version__,
        "counted_at": newest.isoformat(timespec="seconds") if newest else None,
        "smallest_group": organisation.smallest_group,
        "facts": {str(fact.what): str(fact.stands(organisation)) for fact in facts()},
        **said,
    }


def shown_count(counted: Counted, smallest: int) -> int | None:
    """How many rows, where they are about enough people to say so; None keeps it dark."""
    return counted.rows if counted.people == 0 or counted.people >= smallest else None


def readers_now(organisation: Any) -> dict[str, int]:
    """How many people stand in each relation that has a number today, by how it reads."""
    relations = {r for d in declarations() for r in d.audience.relations}
    counts = {str(r.because): getattr(r, "count", None) for r in relations}
    return {because: count(organisation) for because, count in counts.items() if count}


def count_kinds(organisation: Any) -> list[Counted]:
    """Count what there is about people of one organisation, now; for the night."""
    people = get_user_model()._default_manager.filter(employments__organisation=organisation)
    now, today = timezone.now(), timezone.localdate()
    found = []
    for declaration in declarations():
        rows = people_in = 0
        next_on = None
        if declaration.person:
            about = Q()
            for path in declaration.person:
                about |= Q(**{f"{path}__in": people.values("pk")})
            of_them = declaration.model._base_manager.filter(about).order_by()
            asked: dict[str, Any] = {
                "n": Count("pk", distinct=True),
                "p": Count(declaration.person[0], distinct=True),
            }
            if declaration.until:
                asked["first"] = Min(declaration.until.field)
            told = of_them.aggregate(**asked)
            rows, people_in = told["n"], told["p"]
            next_on = goes_on(told.get("first"), declaration.until, today)
        found.append(
            Counted(
                organisation=organisation,
                kind=declaration.kind,
                rows=rows,
                people=people_in,
                next_on=next_on,
                counted_at=now,
            )
        )
    return found


def goes_on(first: date | datetime | None, until: Until | None, today: date) -> date | None:
    """The day on which the oldest row goes; one that is due goes tonight."""
    if first is None or until is None:
        return None
    day = timezone.localtime(first).date() if isinstance(first, datetime) else first
    return max(day + timedelta(days=until.days), today)
