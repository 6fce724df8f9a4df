"""What dossiers, their pages and their rules read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.functional import cached_property

from gezel.assessment.models import (
    KEPT,
    AskedStatement,
    Dossier,
    DossierObjection,
    DossierPiece,
    DossierRole,
    EvcPerson,
    EvcSetup,
    HoursKept,
    Judgement,
    Outcome,
    Standard,
    StandardPart,
)
from gezel.assessment.rules import dossier as course
from gezel.assessment.rules import judging
from gezel.people.api import Employment, Mandate, Organisation, Person, PersonQuerySet, Visitor
from gezel.skills.api import Occupation, Skill


def setup_of(organisation: Organisation) -> EvcSetup:
    """How the organisation goes about EVC; as it is made where nobody set it."""
    found = EvcSetup.objects.filter(organisation=organisation)
    found = found.select_related("objections_to", "deputy")
    return found.first() or EvcSetup(organisation=organisation)


def lines_of(candidate: int) -> set[tuple[int, int]]:
    """The reporting lines a candidate stands in, as (leader, led), at whatever organisation."""
    above = Person.objects.get_queryset().filter(lines_as_lead__member=candidate)
    below = Person.objects.get_queryset().filter(lines_as_member__lead=candidate)
    return {(pk, candidate) for pk in above.values_list("pk", flat=True)} | {
        (candidate, pk) for pk in below.values_list("pk", flat=True)
    }


def conflicts_of(
    dossier: Dossier, people: Iterable[int], kind: str
) -> dict[int, list[course.Conflict]]:
    """Who of these may not take this role here, and why."""
    lines = lines_of(dossier.person_id)
    held = dict(dossier.roles.values_list("person", "kind"))
    return {
        pk: course.conflicts(pk, dossier.person_id, lines=lines, held=held, wanted=kind)
        for pk in people
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """Someone who guides or assesses here, and what keeps them from this dossier."""

    person: Person
    outside: bool
    conflicts: Sequence[course.Conflict]


def choices(dossier: Dossier, kind: str) -> list[Choice]:
    """Who said yes to this role here, by name; those who may not are told with the reason."""
    tasks = EvcPerson.objects.filter(
        organisation=dossier.organisation_id, state=EvcPerson.State.YES
    )
    tasks = tasks.filter(may_guide=True) if kind == "guide" else tasks.filter(may_assess=True)
    people = {t.person.pk: t.person for t in tasks.select_related("person") if t.person}
    inside = set(
        Employment.objects.current()
        .filter(organisation=dossier.organisation_id, person__in=people)
        .values_list("person", flat=True)
    )
    found = conflicts_of(dossier, people, kind)
    rows = [Choice(person, pk not in inside, found[pk]) for pk, person in people.items()]
    return sorted(rows, key=lambda c: (bool(c.conflicts), c.person.last_name, c.person.pk))


@dataclass(frozen=True)
class Desk:
    """A dossier with all that hangs on it, read once; what a reader may see of it is asked with
    `part`, what they are in it."""

    dossier: Dossier
    part: str
    reader: int

    @cached_property
    def parts(self) -> list[StandardPart]:
        return list(self.dossier.standard.parts.select_related("skill"))

    @cached_property
    def roles(self) -> list[DossierRole]:
        return list(self.dossier.roles.filter(ended_at=None).select_related("person"))

    @cached_property
    def conflicted(self) -> set[int]:
        """Roles of people who came into the candidate's line after they were chosen."""
        return set(self.dossier.roles.in_line().values_list("pk", flat=True))

    @property
    def guide(self) -> DossierRole | None:
        return next((r for r in self.roles if r.kind == DossierRole.Kind.GUIDE), None)

    @property
    def assessors(self) -> list[DossierRole]:
        return [r for r in self.roles if r.kind == DossierRole.Kind.ASSESSOR]

    @property
    def own_role(self) -> DossierRole | None:
        return next((r for r in self.roles if r.person_id == self.reader), None)

    @cached_property
    def pieces(self) -> list[DossierPiece]:
        return list(
            self.dossier.pieces.select_related("media", "by").prefetch_related(
                Prefetch("parts", StandardPart.objects.order_by("position", "pk"))
            )
        )

    @cached_property
    def asked(self) -> list[AskedStatement]:
        """Questions to colleagues that wait or were declined."""
        return list(self.dossier.asked.filter(piece=None).select_related("of"))

    @cached_property
    def matrix(self) -> list[tuple[StandardPart, list[DossierPiece]]]:
        tied = {p.pk: {part.pk for part in p.parts.all()} for p in self.pieces}
        by_pk = {p.pk: p for p in self.pieces}
        covered = course.matrix((part.pk for part in self.parts), tied)
        parts = {part.pk: part for part in self.parts}
        return [(parts[c.part], [by_pk[pk] for pk in c.pieces]) for c in covered]

    @property
    def covered(self) -> int:
        return sum(bool(pieces) for _part, pieces in self.matrix)

    @cached_property
    def instruments(self) -> frozenset[str]:
        return course.instruments(p.kind for p in self.pieces)

    @cached_property
    def outcomes(self) -> dict[int, Outcome]:
        """The result per part, once there is one; to assessors also what is proposed."""
        dossier = self.dossier
        if dossier.result_at is None and not self.may_compare:
            return {}
        return {o.part_id: o for o in dossier.outcomes.filter(round=dossier.round)}

    @property
    def remaining(self) -> list[StandardPart]:
        results = {pk: o.result for pk, o in self.outcomes.items()}
        left = set(judging.remaining((p.pk for p in self.parts), results))
        return [part for part in self.parts if part.pk in left]

    @cached_property
    def objection(self) -> DossierObjection | None:
        """The last one."""
        return self.dossier.objections.select_related("to").last()

    @property
    def finals(self) -> int:
        return sum(role.final_at is not None for role in self.assessors)

    @property
    def are_open(self) -> bool:
        return judging.opened(
            [role.final_at is not None for role in self.assessors], asked=self.dossier.assessors
        )

    @property
    def may_compare(self) -> bool:
        """An assessor, once all have finished."""
        return self.part == "assessor" and self.are_open

    @cached_property
    def views(self) -> dict[int, dict[int, Judgement]]:
        """Role → part → judgement, as far as this reader may see them: the only way to them."""
        found: dict[int, dict[int, Judgement]] = {}
        for one in judgements_to_read(self):
            found.setdefault(one.role_id, {})[one.part_id] = one
        return found

    @cached_property
    def own_views(self) -> dict[int, Judgement]:
        return self.views.get(self.own_role.pk, {}) if self.own_role else {}

    @property
    def to_judge(self) -> list[int]:
        return judging.unfinished(
            (p.pk for p in self.parts), {pk: view_of(j) for pk, j in self.own_views.items()}
        )

    @property
    def apart(self) -> set[int]:
        """Parts on which the assessors differed; nothing before these may be read."""
        if not self.are_open:
            return set()
        seats = {role.pk for role in self.assessors}
        views = [
            {pk: view_of(j) for pk, j in told.items()}
            for role, told in self.views.items()
            if role in seats
        ]
        return set(judging.apart(views, (p.pk for p in self.parts)))

    @cached_property
    def hours(self) -> list[HoursKept]:
        return list(self.dossier.hours.select_related("by"))

    @property
    def situation(self) -> course.Situation:
        dossier = self.dossier
        bad = self.conflicted
        standing = [r for r in self.roles if r.pk not in bad or r.final_at is not None]
        return course.Situation(
            stage=course.Stage(dossier.stage),
            has_guide=self.guide is not None,
            assessors=len([r for r in standing if r.kind == DossierRole.Kind.ASSESSOR]),
            asked_assessors=dossier.assessors,
            conflicted=len(standing) < len(self.roles),
            pieces=len(self.pieces),
            bare_parts=len(self.parts) - self.covered,
            instruments=self.instruments,
            finals=self.finals,
            has_outcome=dossier.result_at is not None,
            objection_open=self.objection is not None and self.objection.decided_at is None,
            remaining=len(self.remaining) if dossier.result_at else 0,
            ended=dossier.ended_at is not None,
        )

    @property
    def next_step(self) -> tuple[course.Next, course.Who]:
        return course.next_step(self.situation)


def desk(dossier: Dossier, *, part: str, reader: int) -> Desk:
    """A dossier as someone in it sees it."""
    return Desk(dossier, part, reader)


def judgements_to_read(told: Desk) -> QuerySet[Judgement]:
    """Who may read which judgements of a dossier.

    An assessor their own, and those of others once all who were asked have finished. Everyone
    else in it: once there is a result. An earlier round, judged anew since: as everyone else, not
    the assessors who are judging now, so that they judge the evidence.
    """
    dossier = told.dossier
    found = Judgement.objects.filter(role__dossier=dossier, round=dossier.round)
    if told.part == "assessor":
        if not told.are_open:
            found = found.filter(role__person=told.reader)
    elif dossier.result_at is None:
        found = found.none()
    return found.select_related("role__person")


def view_of(judgement: Judgement) -> judging.View:
    """A judgement as the rules know it."""
    return judging.View(
        judgement.part_id,
        judgement.result,
        judgement.why,
        {name: (said[0], said[1]) for name, said in judgement.criteria.items()},
    )


def minutes_by(dossiers: Iterable[Dossier]) -> dict[int, tuple[int, int]]:
    """Per dossier the minutes of the candidate, and of everyone else in it."""
    rows = (
        HoursKept.objects.filter(dossier__in=[d.pk for d in dossiers])
        .order_by()
        .values("dossier")
        .annotate(
            own=Sum("minutes", filter=Q(by=F("dossier__person"))), every=Sum("minutes", default=0)
        )
    )
    return {r["dossier"]: (r["own"] or 0, r["every"] - (r["own"] or 0)) for r in rows}


def with_pieces(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Dossiers for a list, with how many pieces each holds."""
    return dossiers.select_related("standard", "person").annotate(n_pieces=Count("pieces"))


def standards(found: QuerySet[Standard]) -> QuerySet[Standard]:
    """Standards for a list. How many dossiers stand on one is not said: that would be a trace."""
    return found.annotate(n_parts=Count("parts"))


def outdated() -> QuerySet[Dossier]:
    """Dossiers in which nothing happened for two years."""
    return Dossier.objects.filter(last_at__lt=timezone.now() - KEPT)


@dataclass(frozen=True, slots=True)
class Known:
    """What the employer sees of an opened dossier: no evidence, no reasons, no names of others."""

    dossier: Dossier
    own_minutes: int
    other_minutes: int
    shown: int
    parts: int


def known_dossiers(found: QuerySet[Dossier]) -> list[Known]:
    """Opened dossiers for lead and HR, the latest first."""
    rows = list(
        found.select_related("person", "standard")
        .annotate(
            n_parts=Count("standard__parts", distinct=True),
            n_shown=Count(
                "outcomes",
                filter=Q(
                    outcomes__result=judging.Shown.SHOWN,
                    outcomes__round=F("round"),
                    result_at__isnull=False,
                ),
                distinct=True,
            ),
        )
        .order_by("-last_at")[:200]
    )
    minutes = minutes_by(rows)
    return [Known(d, *minutes.get(d.pk, (0, 0)), d.n_shown, d.n_parts) for d in rows]


def who_could_decide(organisation: Organisation) -> PersonQuerySet:
    """Who can be named to decide on objections: those who carry a task for the organisation."""
    tasks = Mandate.objects.current().filter(organisation=organisation)
    people = Person.objects.working_at(organisation).filter(pk__in=tasks.values("person"))
    return people.order_by("last_name", "first_name")


def occupations_called(words: str) -> list[Occupation]:
    """Occupations that bear these words in their name, those with the shortest name first."""
    found = Occupation.objects.filter(retired=False, asks__essential=True)
    for word in words.split()[:6]:
        found = found.filter(Q(name_nl__icontains=word) | Q(name_en__icontains=word))
    rows = found.annotate(n=Length("name_nl")).order_by("n", "pk").distinct()
    return list(rows[:20])


def skills_of_addresses(visitor: Visitor, addresses: Collection[str]) -> dict[str, Skill]:
    """Skills by the address a framework gives them, as far as they may be used here."""
    told = {address for address in addresses if address}
    found = Skill.objects.usable_by(visitor).filter(uri__in=told, retired=False, merged_into=None)
    return {skill.uri: skill for skill in found} if told else {}
