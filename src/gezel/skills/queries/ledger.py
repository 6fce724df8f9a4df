"""One skill of one person: every piece, what counts, and how the figure came about."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.people.api import Employment, Person, PersonQuerySet
from gezel.skills import rules
from gezel.skills.models import Evidence, Objection, RaterFit, Skill
from gezel.skills.queries.facts import Held, cases_of, may_count, start_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece in the ledger, and what it does for the figure."""

    evidence: Evidence
    # Nothing where the piece does not count; then `why_not` says why.
    part: rules.Part | None
    correction: Evidence | None
    objections: list[Objection]
    why_not: str
    # Made elsewhere, and read by an employer: who gave it and their words are left out.
    from_elsewhere: bool = False

    @property
    def giver(self) -> Person | None:
        return None if self.from_elsewhere else self.evidence.given_by

    @property
    def words(self) -> str:
        """What was said beside the level; of what was brought along that is its own document."""
        return "" if self.from_elsewhere and not self.evidence.is_brought else self.evidence.note

    @property
    def crossed(self) -> bool:
        return self.correction is not None

    @property
    def open_objection(self) -> Objection | None:
        return next((o for o in self.objections if o.outcome == Objection.Outcome.OPEN), None)

    @property
    def may_be_objected_to(self) -> bool:
        """Nobody decided yet: one decision a piece, and one question about it at a time."""
        return not self.crossed and not any(
            o.outcome != Objection.Outcome.WITHDRAWN for o in self.objections
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum: a piece or a time without news, and where the level is after it."""

    adds: float
    after: float
    entry: Entry | None = None
    part: rules.Part | None = None
    faded: rules.Faded | None = None

    @property
    def before(self) -> float:
        return round(self.after - self.adds, 3)

    @property
    def percent(self) -> float | None:
        """The share of the distance this piece bridged; None where it does not say a level."""
        if self.part is None or self.part.weight is None:
            return None
        return 100 * self.part.weight


@dataclass(frozen=True)
class Ledger:
    """All that is known of one person and skill on a date."""

    person: Person
    skill: Skill
    on: date
    case: rules.Case
    estimate: rules.Estimate
    entries: list[Entry]
    # The employer who reads; None is the person, who reads everything.
    at: int | None = None

    @property
    def held(self) -> Held:
        e = self.estimate
        return e.level, e.sd, len(e.parts), e.newest_on

    @cached_property
    def lines(self) -> list[Line]:
        """The sum as a story, oldest first; with the start, what they add is the level."""
        by_key: dict[Hashable, Entry] = {entry.evidence.pk: entry for entry in self.entries}
        return [
            Line(step.adds, step.after, faded=step)
            if isinstance(step, rules.Faded)
            else Line(step.adds, step.after, entry=by_key[step.piece.key], part=step)
            for step in self.estimate.steps
        ]

    @cached_property
    def history(self) -> list[tuple[date, float]]:
        case = self.case
        return rules.history(
            case.pieces,
            self.on,
            prior=case.prior,
            half_life=case.half_life,
            sources=case.sources,
        )

    def narrowing(self) -> list[rules.Narrowing]:
        """Which next piece would make the level surest, best first."""
        lead = (
            Employment.objects.current(self.on)
            .filter(person=self.person, **({"organisation": self.at} if self.at else {}))
            .exclude(lead=None)
            .values_list("lead", flat=True)
            .first()
        )
        candidates: list[tuple[str, int | None]] = [
            (Evidence.Kind.TEST, None),
            (Evidence.Kind.COLLEAGUE, None),
            (Evidence.Kind.SELF, self.person.pk),
        ]
        if lead:
            candidates.append((Evidence.Kind.LEAD, lead))
        return rules.narrowing(self.case, self.on, candidates)

    def sinking(self, asked: int) -> rules.Sinking | None:
        """When the level is likely to sink below what is asked, if it is not used."""
        return rules.sinks_below(self.estimate, asked, self.on, half_life=self.case.half_life)


def ledger(person: Person, skill: Skill, on: date | None = None, *, at: int | None) -> Ledger:
    """The pieces of one skill up to a date, newest first, with the arithmetic behind the level.

    An employer (`at`) reads what it may count, and of what was not made there neither who gave it
    nor their words: those are about someone else. None is the person, who reads everything.

    A correction or objection counts from when it was written, whatever date is asked for: we show
    what we now know about that day.
    """
    day = on or timezone.localdate()
    pieces = Evidence.objects.filter(
        Q(skill=skill) | Q(skill__merged_into=skill), person=person, observed_on__lte=day
    )
    found = list(
        (pieces if at is None else pieces.filter(may_count(at)))
        .select_related("given_by", "corrects", "skill", "organisation")
        .prefetch_related("objections__decided_by")
        .order_by("observed_on", "pk")
    )
    corrections = {e.corrects_id: e for e in found if e.corrects_id}
    case = cases_of([person.pk], day, at=at, skill_pks=[skill.pk]).get(
        (person.pk, skill.pk)
    ) or rules.Case((), start_of(person.pk, skill.pk, day, at=at))
    [estimate] = rules.estimates([case], day)
    parts = {part.piece.key: part for part in estimate.parts}
    entries = [
        Entry(
            e,
            parts.get(e.pk),
            corrections.get(e.pk),
            list(e.objections.all()) if at in (None, e.organisation_id) else [],
            _why_not(e, corrections, parts),
            at not in (None, e.organisation_id),
        )
        for e in reversed(found)
    ]
    return Ledger(person, skill, day, case, estimate, entries, at)


def _why_not(
    evidence: Evidence,
    corrections: Mapping[int, Evidence],
    counted: Mapping[object, rules.Part],
) -> str:
    if evidence.pk in counted:
        return ""
    if evidence.pk in corrections:
        return _("Corrected: counts no more.")
    if not evidence.level:
        return _("Takes back an earlier piece.")
    outcomes = {objection.outcome for objection in evidence.objections.all()}
    if Objection.Outcome.OPEN in outcomes:
        return _("Disputed: does not count until HR has decided.")
    if Objection.Outcome.UPHELD in outcomes:
        return _("Does not count: the objection was agreed with.")
    return _("Does not count: the same person gave a newer view.")


def evidence_given_by(person: Person, about: PersonQuerySet) -> list[Evidence]:
    """What someone said about these others, newest first, with what those said to it."""
    return list(
        Evidence.objects.filter(given_by=person, person__in=about)
        .exclude(person=person)
        .select_related("person", "skill")
        .prefetch_related("objections__decided_by")
        .order_by("-observed_on", "-pk")[:200]
    )


def how_one_rates(person: Person) -> list[RaterFit]:
    """How strict or mild someone rates, by organisation and kind: the newest figure of each."""
    newest: dict[tuple[int, str], RaterFit] = {}
    for fit in (
        RaterFit.objects.filter(rater=person)
        .select_related("organisation")
        .order_by("fitted_on", "pk")
    ):
        newest[fit.organisation_id, fit.kind] = fit
    return sorted(newest.values(), key=lambda fit: (fit.organisation_id, fit.kind))
