"""What an erasure would take from someone, read from the running declarations."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from gezel.trust.declarations import (
    CONSENT,
    CONTRACT,
    LEGAL_DUTY,
    LEGITIMATE_INTEREST,
    Declaration,
    LegalFact,
    declarations,
)
from gezel.trust.models import Erasure, Objection
from gezel.trust.queries.kept import rows_about
from gezel.trust.rules.erasing import About, Fate, fate_of, seen


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of data in the preview: what becomes of it, and what the law keeps of it."""

    declaration: Declaration
    fate: Fate
    rows: int
    kept: Sequence[LegalFact] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What someone sees before they confirm."""

    lines: Sequence[Line]
    everything: bool

    @property
    def digest(self) -> str:
        return seen((line.declaration.kind, line.fate, line.rows) for line in self.lines)

    def with_fate(self, *fates: Fate) -> list[Line]:
        return [line for line in self.lines if line.fate in fates and line.rows]

    @property
    def goes(self) -> list[Line]:
        return self.with_fate(Fate.GOES)

    @property
    def nameless(self) -> list[Line]:
        return self.with_fate(Fate.NAME_GOES)

    @property
    def objectable(self) -> list[Line]:
        return self.with_fate(Fate.OBJECT)

    @property
    def stays(self) -> list[Line]:
        return self.with_fate(Fate.CONTRACT, Fate.LAW)

    @property
    def kept_by_law(self) -> list[LegalFact]:
        return [fact for line in self.lines for fact in line.kept]


@lru_cache(maxsize=256)
def _ways(model: type[models.Model], path: str) -> bool:
    """Whether a row goes when the person at the end of this path goes."""
    if path == "pk":
        return True
    here = model
    for step in path.split("__"):
        field = here._meta.get_field(step)
        if not isinstance(field, models.ForeignKey) or field.remote_field is None:
            return False
        if field.remote_field.on_delete is not models.CASCADE:
            return False
        here = field.related_model
    return True


def owning_paths(declaration: Declaration) -> list[str]:
    """The paths along which rows go with the person; along the others only the name goes."""
    return [path for path in declaration.person if _ways(declaration.model, path)]


def about(declaration: Declaration) -> About:
    """One kind of data as the rule of erasing reads it."""
    return About(
        owned=bool(owning_paths(declaration)),
        contract=declaration.ground == CONTRACT,
        law=declaration.ground == LEGAL_DUTY,
        own_choice=declaration.is_private or declaration.ground == CONSENT,
    )


def may_object(declaration: Declaration) -> bool:
    """Article 21: where it rests on an interest of the employer, and somebody else reads it."""
    return declaration.ground == LEGITIMATE_INTEREST and not declaration.is_private


def works(person: Any) -> bool:
    """Whether someone works anywhere today or will soon."""
    today = timezone.localdate()
    return bool(person.employments.exclude(ends_on__lt=today).exists())


def declared_about_people() -> list[Declaration]:
    """Declarations whose rows lead to a person."""
    return [d for d in declarations() if d.person]


def plan_for(person: Any) -> Plan:
    """What goes and what stays, of all kinds, as it stands now."""
    told = declared_about_people()
    rows = rows_about(told, person)
    working = works(person)
    lines = []
    for declaration in told:
        fate = fate_of(about(declaration), works=working)
        keeps = declaration.keeps
        kept = keeps(person.pk) if keeps and fate.is_erased and rows[declaration] else ()
        lines.append(Line(declaration, fate, rows[declaration], kept))
    return Plan(lines, everything=not working)


def objections_of(person: Any) -> QuerySet[Objection]:
    """What someone objected to, newest first."""
    return Objection.objects.filter(person=person).select_related("organisation", "decided_by")


def objections_at(organisation: Any) -> QuerySet[Objection]:
    """Objections that this organisation decides on, of people who work there today."""
    today = timezone.localdate()
    here = (
        get_user_model()
        ._default_manager.filter(
            employments__organisation=organisation, employments__starts_on__lte=today
        )
        .exclude(
            pk__in=get_user_model()
            ._default_manager.filter(
                employments__organisation=organisation, employments__ends_on__lt=today
            )
            .values("pk")
        )
    )
    return (
        Objection.objects.filter(organisation=organisation, person__in=here.values("pk"))
        .exclude(state=Objection.State.WITHDRAWN)
        .select_related("person", "decided_by")
    )


def erasures_of(person: Any) -> QuerySet[Erasure]:
    """What someone had erased, newest first."""
    return Erasure.objects.filter(person=person)
