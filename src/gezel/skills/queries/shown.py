"""What someone shows, for a page of their own: each skill with its level and where that is from."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gezel.people.api import Person
from gezel.skills import rules
from gezel.skills.models import Evidence, Skill, Standing
from gezel.skills.queries.facts import standing_evidence
from gezel.skills.queries.merged import stays
from gezel.skills.queries.needs import NOT_HELD, computed


@dataclass(frozen=True, slots=True)
class From:
    """Evidence of one kind and one organisation, without who gave it: that is about them."""

    kind: str
    said: str
    organisation: str
    newest_on: date
    pieces: int

    @property
    def is_own_view(self) -> bool:
        """Whether only the person says so."""
        return self.kind == Evidence.Kind.SELF


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """One skill as it stands on a date, with its interval (80 %) and what it rests on."""

    skill: Skill
    level: float
    low: float
    high: float
    newest_on: date
    sources: tuple[From, ...]

    @property
    def is_own_view(self) -> bool:
        """Whether nobody but the person says so."""
        return all(source.is_own_view for source in self.sources)


def shown_skills(person: Person, on: date | None = None) -> list[ShownSkill]:
    """Every skill with evidence that counts, from whatever employer, the highest level first.

    One question for today, when the levels are stored; for another day they are worked out.
    """
    day = on or timezone.localdate()
    pieces: dict[int, list[Evidence]] = {}
    skills: dict[int, Skill] = {}
    held: dict[int, tuple[float, float]] = {}
    of_today = Standing.objects.filter(person=person, skill=OuterRef("root"))
    for piece in (
        standing_evidence()
        .filter(person=person, observed_on__lte=day)
        .select_related("skill__merged_into", "organisation")
        .annotate(root=stays())
        .annotate(now=Subquery(of_today.values("level")), spread=Subquery(of_today.values("sd")))
        .order_by("-observed_on", "-pk")
    ):
        skill = piece.skill.merged_into or piece.skill
        skills[skill.pk] = skill
        pieces.setdefault(skill.pk, []).append(piece)
        held[skill.pk] = (piece.now or 0.0, piece.spread or 0.0)
    if day != timezone.localdate():
        then = computed([person.pk], day, at=None)
        held = {skill: then.get((person.pk, skill), NOT_HELD)[:2] for skill in pieces}
    found = []
    for pk, of_it in pieces.items():
        level, sd = held[pk]
        spread = rules.EIGHTY_PERCENT * sd
        found.append(
            ShownSkill(
                skills[pk],
                level,
                max(0.0, level - spread),
                min(float(rules.HIGHEST_LEVEL), level + spread),
                of_it[0].observed_on,
                _sources(of_it),
            )
        )
    return sorted(found, key=lambda s: (-s.level, s.skill.name.casefold()))


def _sources(pieces: list[Evidence]) -> tuple[From, ...]:
    """One for each kind and organisation, what others said before what one says oneself."""
    by: dict[tuple[str, str], list[Evidence]] = {}
    for piece in pieces:
        by.setdefault((piece.kind, str(piece.organisation or "")), []).append(piece)
    found = [
        From(kind, str(of[0].get_kind_display()), where, of[0].observed_on, len(of))
        for (kind, where), of in by.items()
    ]
    return tuple(sorted(found, key=lambda f: (f.is_own_view, -f.newest_on.toordinal(), f.kind)))
