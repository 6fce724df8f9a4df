"""What someone did elsewhere, and what of it an employer may count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gezel.people.api import Organisation, Person
from gezel.skills.models import Showing, Skill
from gezel.skills.queries.facts import Held, standing_evidence
from gezel.skills.queries.merged import stays
from gezel.skills.queries.needs import NOT_HELD, computed


def _shown(organisation: Organisation) -> Exists:
    return Exists(Showing.objects.filter(evidence=OuterRef("pk"), organisation=organisation))


def pieces_elsewhere(person: Person, organisation: Organisation) -> QuerySet[Any]:
    """Evidence that counts for the person and was not made with this employer, oldest first.

    Each with `read_as`, the skill it is read as, and `is_shown`. Not of a skill that is another
    employer's own: nobody here knows it.
    """
    known = Q(skill__organisation=None) | Q(skill__organisation=organisation)
    return (
        standing_evidence()
        .filter(known, person=person)
        .exclude(organisation=organisation)
        .annotate(read_as=stays(), is_shown=_shown(organisation))
        .order_by("observed_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A piece as the employer reads it once it may: not who gave it, nor their words."""

    pk: int
    kind: str
    level: int
    on: date
    where: str
    shown: bool


@dataclass(frozen=True, slots=True)
class SkillElsewhere:
    """A skill with evidence from elsewhere: the level here without it and with all of it."""

    skill: Skill
    without: Held
    counted: Held
    lines: Sequence[Line]

    @property
    def shown(self) -> bool:
        """Whether any of it counts here already."""
        return any(line.shown for line in self.lines)

    @property
    def is_new(self) -> bool:
        """Whether something came that the person did not choose about yet, in a skill they show."""
        return self.shown and not all(line.shown for line in self.lines)


def skills_elsewhere(person: Person, organisation: Organisation) -> list[SkillElsewhere]:
    """By skill what an employer would count if it might; for the person alone."""
    found = list(
        pieces_elsewhere(person, organisation).select_related("skill__merged_into", "organisation")
    )
    if not found:
        return []
    skills = {piece.read_as: piece.skill.merged_into or piece.skill for piece in found}
    lines: dict[int, list[Line]] = {}
    for piece in found:
        lines.setdefault(piece.read_as, []).append(
            Line(
                piece.pk,
                str(piece.get_kind_display()),
                piece.level,
                piece.observed_on,
                str(piece.organisation or ""),
                piece.is_shown,
            )
        )
    everything = [piece.pk for piece in found]
    without = computed([person.pk], at=organisation.pk, skill_pks=list(skills), but=everything)
    counted = computed([person.pk], at=organisation.pk, skill_pks=list(skills), also=everything)
    return sorted(
        (
            SkillElsewhere(
                skill,
                without.get((person.pk, pk), NOT_HELD),
                counted.get((person.pk, pk), NOT_HELD),
                lines[pk],
            )
            for pk, skill in skills.items()
        ),
        key=lambda row: row.skill.name.casefold(),
    )


def waits_for_choice(person: Person, organisation: Organisation) -> bool:
    """Whether there is evidence from elsewhere of which nothing is shown to this employer yet."""
    return pieces_elsewhere(person, organisation).filter(~_shown(organisation)).exists()
