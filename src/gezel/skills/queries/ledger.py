"""One skill of one person: every piece, what counts, and how the figure came about."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.people.api import Person, PersonQuerySet
from gezel.skills import rules
from gezel.skills.models import Evidence, Skill
from gezel.skills.queries.needs import Held, rater_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece in the ledger, and what it does for the figure."""

    evidence: Evidence
    # Nothing where the piece does not count; then `why_not` says why.
    part: rules.Part | None
    correction: Evidence | None
    why_not: str

    @property
    def percent(self) -> float:
        return round(100 * self.part.share, 1) if self.part else 0.0

    @property
    def crossed(self) -> bool:
        return self.correction is not None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is known of one person and skill on a date."""

    person: Person
    skill: Skill
    on: date
    estimate: rules.Estimate
    entries: list[Entry]
    history: list[tuple[date, float]]

    @property
    def counted(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.part]

    @property
    def held(self) -> Held:
        e = self.estimate
        return e.level, e.sd, len(e.parts), e.newest_on


def ledger(person: Person, skill: Skill, on: date | None = None) -> Ledger:
    """The pieces of one skill up to a date, newest first, with the arithmetic behind the level.

    A correction counts from when it was written, whatever date is asked for: we show what we
    now know about that day.
    """
    day = on or timezone.localdate()
    found = list(
        Evidence.objects.filter(
            Q(skill=skill) | Q(skill__merged_into=skill), person=person, observed_on__lte=day
        )
        .select_related("given_by", "corrects", "skill")
        .prefetch_related("objections")
        .order_by("observed_on", "pk")
    )
    corrections = {e.corrects_id: e for e in found if e.corrects_id}
    pieces = [
        rules.Piece(e.pk, e.kind, e.level, e.observed_on, rater_of(e.kind, e.given_by_id))
        for e in found
        if e.level and e.pk not in corrections
    ]
    estimate = rules.estimate(pieces, day)
    parts = {part.piece.key: part for part in estimate.parts}
    entries = [
        Entry(e, parts.get(e.pk), corrections.get(e.pk), _why_not(e, corrections, parts))
        for e in reversed(found)
    ]
    return Ledger(person, skill, day, estimate, entries, rules.history(pieces, day))


def _why_not(
    evidence: Evidence, corrections: dict[int, Evidence], counted: "dict[object, rules.Part]"
) -> str:
    if evidence.pk in counted:
        return ""
    if evidence.pk in corrections:
        return _("Corrected: counts no more.")
    if not evidence.level:
        return _("Takes back an earlier piece.")
    return _("Does not count: the same person gave a newer view.")


def evidence_given_by(person: Person, about: PersonQuerySet) -> list[Evidence]:
    """What someone said about these others, newest first."""
    return list(
        Evidence.objects.filter(given_by=person, person__in=about)
        .exclude(person=person)
        .select_related("person", "skill")
        .order_by("-observed_on", "-pk")[:200]
    )
