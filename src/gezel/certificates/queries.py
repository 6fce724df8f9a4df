"""Reads what rules and pages need about certificates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone

from gezel.certificates import everyone as all_here
from gezel.certificates import rules, words
from gezel.certificates.everyone import Everyone, Ground, ground_of
from gezel.certificates.models import (
    CERTIFICATES_OF_A_PERSON,
    Brings,
    CertificateType,
    Holding,
    HoursDone,
    Reminder,
    TypeTerms,
    WorkTask,
)
from gezel.certificates.rules import many
from gezel.kit.prepared import prepared
from gezel.people.api import (
    Employment,
    Location,
    Organisation,
    Person,
    PersonQuerySet,
    Unit,
    Visitor,
)

# -- what someone holds, reckoned -----------------------------------------------------------------


class Book:
    """Certificates of some people with all that follows from them.

    Made of holdings with their type and terms; refused ones are told apart and count nowhere.
    """

    def __init__(self, holdings: Iterable[Holding]) -> None:
        self.holdings: dict[int, Holding] = {}
        chains: dict[tuple[int, int], list[Holding]] = defaultdict(list)
        for holding in holdings:
            self.holdings[holding.pk] = holding
            if holding.state == Holding.State.REFUSED:
                chains[holding.person_id, -holding.pk].append(holding)  # a chain of its own
            else:
                chains[holding.person_id, holding.type_id].append(holding)
        self.held: dict[int, rules.Held] = {}
        self.chains: dict[tuple[int, int], list[rules.Held]] = {}
        for key, chain in chains.items():
            told = rules.reckoned(one.given for one in chain)
            self.held |= {int(str(one.key)): one for one in told}
            if key[1] > 0:
                self.chains[key] = told

    def why(self, holding: Holding) -> str:
        """Until when this one counts and why."""
        return words.why(self.held[holding.pk], holding.type, holding.terms)

    def steps(self, holding: Holding) -> list[str]:
        """The sum behind it."""
        return words.steps(self.held[holding.pk])

    def of(self, person: int, type_: int, ground: Ground | None) -> list[rules.Held]:
        """What counts for this type: its own, and what it takes of others."""
        found = list(self.chains.get((person, type_), ()))
        for taker, other, begins, ends in ground.accepted if ground else ():
            if taker == type_:
                found += [
                    held
                    for held in self.chains.get((person, other), ())
                    if begins <= held.issued_on < ends
                ]
        return found


def book_of(person: Person, organisation: Organisation | None = None) -> Book:
    """All that someone holds, or what of it is of this organisation: one query."""
    found = Holding.objects.filter(person=person).select_related(
        "type", "terms", "decided_by", "registered_by"
    )
    if organisation is not None:
        found = found.filter(type__organisation=organisation)
    return Book(found)


@dataclass(frozen=True, slots=True)
class Row:
    """How one person stands with one certificate."""

    person: Person
    type: CertificateType
    standing: rules.Standing
    unit: str = ""
    job: str = ""
    location: str = ""
    # The certificate behind it, and what its type says of one issued today.
    holding: Holding | None = None
    terms: TypeTerms | None = None

    @property
    def holding_pk(self) -> int | None:
        """The holding behind it: what waits, else what counts."""
        held = self.standing.waiting or self.standing.held
        return int(str(held.key)) if held else None

    @property
    def valid_until(self) -> date | None:
        return self.standing.held.valid_until if self.standing.held else None

    @property
    def issued_on(self) -> date | None:
        return self.standing.held.issued_on if self.standing.held else None

    @property
    def number(self) -> str:
        return self.holding.number if self.holding else ""

    @property
    def decided_by(self) -> str:
        return self.holding.decided_by.name if self.holding and self.holding.decided_by else ""

    @property
    def why(self) -> str:
        """Until when and why, of the one that counts."""
        if self.standing.held is None:
            return ""
        held = self.holding
        return words.why(self.standing.held, held.type if held else self.type, self.terms)


def _rows(
    seats: Sequence[Employment],
    ground: Ground,
    *,
    on: date,
    types: Collection[int],
    pairs: Collection[tuple[int, int]] | None = None,
    decided_by: bool = False,
) -> list[Row]:
    """Rows of people with these seats, by the rule, one query for what they hold.

    Args:
        seats: with person, unit, job and location at hand.
        pairs: only these of person and type.
        decided_by: who confirmed each is read along.
    """
    people = {seat.person_id for seat in seats}
    others = {other for type_, other, *_days in ground.accepted if type_ in types}
    held = Holding.objects.filter(person__in=people, type__in={*types, *others}).exclude(
        state=Holding.State.REFUSED
    )
    if decided_by:
        held = held.select_related("decided_by")
    book = Book(_known(held, ground))
    asked: dict[int, set[int]] = defaultdict(set)
    place: dict[int, Employment] = {}
    for seat in seats:
        place[seat.person_id] = seat
        asked[seat.person_id] |= rules.asked_of(seat_of(seat), ground.rules, ground.exempt, on)
    if pairs is None:
        pairs = [(person, type_) for person in place for type_ in types]
    rows = []
    for person, type_ in pairs:
        one = rules.standing(book.of(person, type_, ground), must=type_ in asked[person], on=on)
        if one is None:
            continue
        seat = place[person]
        behind = one.held or one.waiting
        holding = book.holdings[int(str(behind.key))] if behind else None
        rows.append(
            Row(
                seat.person,
                ground.types[type_],
                one,
                seat.unit.name,
                seat.job.name,
                seat.location.name if seat.location else "",
                holding,
                holding.terms if holding else ground.terms_on(type_, on),
            )
        )
    return rows


def _known(held: Iterable[Holding], ground: Ground) -> Iterable[Holding]:
    """Holdings with their type and terms, of which the organisation has few: from memory. Reading
    them along with each of a thousand holdings takes longer than the rest of a page."""
    terms = {one.pk: one for versions in ground.terms.values() for one in versions}
    for one in held:
        if type_ := ground.types.get(one.type_id):
            one.type = type_
        if one.terms_id in terms:
            one.terms = terms[one.terms_id]
        yield one


def seat_of(employment: Employment) -> rules.Seat:
    """An employment as the rule reads it."""
    hours = employment.contract_hours
    return rules.Seat(
        employment.person_id,
        employment.job_id,
        employment.unit.path,
        employment.location_id,
        None if hours is None else float(hours),
    )


def _seats(organisation: Organisation, on: date) -> QuerySet[Employment]:
    return (
        Employment.objects.current(on)
        .filter(organisation=organisation)
        .select_related("person", "unit", "job", "location")
        .order_by("starts_on")
    )


def seats_of(
    people: PersonQuerySet | Collection[int], organisation: Organisation, on: date
) -> list[Employment]:
    """The places these people have there on a day: one query."""
    return list(_seats(organisation, on).filter(person__in=people))


def rows_of(
    people: PersonQuerySet | Collection[int],
    organisation: Organisation,
    *,
    on: date | None = None,
    unit: Unit | None = None,
    types: Collection[CertificateType] | None = None,
    seats: list[Employment] | None = None,
) -> list[Row]:
    """How these people stand with these certificates of the organisation (or all): three queries
    while the organisation's rules are remembered.

    Those they must have by their place on that date, and those they hold besides; what asks
    attention first.

    Args:
        seats: their places, where these were read already.
    """
    day = on or timezone.localdate()
    if seats is None:
        seats = seats_of(people, organisation, day)
    if unit is not None:
        seats = [seat for seat in seats if seat.unit.path.startswith(unit.path)]
    ground = ground_of(organisation.pk)
    wanted = list(ground.types) if types is None else [t.pk for t in types]
    rows = _rows(seats, ground, on=day, types=wanted)
    return sorted(rows, key=lambda r: (*rules.pressing(r.standing), r.person.last_name))


# -- the overview ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows an overview is to show: of whom, as of when, and what of it.

    Args:
        people: whom the reader may read about; None: everyone at work here today.
        types: the certificates to look at.
        unit: only who works there or below it.
        location: only who works at this site.
        state: only these; "waiting" also where a renewal waits, "grace" what lapsed and may go on.
        until: only what lapses from `on` to this day.
        must: only what must be held.
    """

    people: PersonQuerySet | None
    organisation: Organisation
    types: list[CertificateType]
    on: date
    unit: Unit | None = None
    location: Location | None = None
    state: str = ""
    since: date | None = None
    until: date | None = None
    must: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that were asked for: how many stand how, and which, in order."""

    asked: Asked
    told: Everyone
    counts: dict[str, int]
    which: many.Numbers
    months: list[tuple[date, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.which)

    def rows(self, start: int, size: int) -> list[Row]:
        """Some of the rows, by the rule itself: the table only found and ordered them."""
        rows = self.which[start : start + size]
        table = self.told.table
        pairs = list(zip(table.person[rows].tolist(), table.type[rows].tolist(), strict=True))
        if not pairs:
            return []
        organisation = self.asked.organisation
        seats = list(
            _seats(organisation, self.asked.on).filter(person__in={pair[0] for pair in pairs})
        )
        types = {pair[1] for pair in pairs}
        return _rows(
            seats, ground_of(organisation.pk), on=self.asked.on, types=types, pairs=pairs,
            decided_by=True,
        )  # fmt: skip


def find(asked: Asked) -> Found:
    """The rows that were asked for, found among everyone: one query while nothing changed, and
    one for whom the reader may read about unless that is everyone here."""
    told = all_here.everyone(asked.organisation.pk, asked.on, timezone.localdate())
    table = told.table
    which = np.isin(table.type, [type_.pk for type_ in asked.types])
    if asked.people is None:
        which &= np.isin(table.person, told.at_work)
    else:
        which &= np.isin(table.person, list(asked.people.values_list("pk", flat=True)))
    if asked.unit is not None:
        paths = ground_of(asked.organisation.pk).units
        path = asked.unit.path
        which &= np.isin(told.unit, [pk for pk, p in paths.items() if p.startswith(path)])
    if asked.location is not None:
        which &= told.location == asked.location.pk
    if asked.must:
        which &= table.must
    numbers = np.bincount(table.state[which], minlength=len(many.CODES))
    counts = {str(state): int(numbers[many.CODES.index(state)]) for state in rules.State}
    months = _months_ahead(table.until[which & table.holds], asked.on)
    if asked.state:
        chosen = table.state == many.CODES.index(asked.state)
        if asked.state == rules.State.WAITING:
            chosen |= table.renewal
        which &= chosen
    if asked.until is not None:
        since = asked.since or asked.on
        which &= (table.until >= many.number(since)) & (table.until <= many.number(asked.until))
    return Found(asked, told, counts, told.order[which[told.order]], months)


def _months_ahead(until: many.Numbers, on: date, number: int = 12) -> list[tuple[date, int]]:
    """How many lapse in each month from this one on."""
    first = on.replace(day=1)
    begins = [rules.months_after(first, n) for n in range(number + 1)]
    edges = [many.number(max(day, on)) for day in begins]
    return [
        (day, int(((until >= low) & (until < high)).sum()))
        for day, low, high in zip(begins, edges, edges[1:], strict=False)
    ]


# -- my own ---------------------------------------------------------------------------------------


def mine(
    person: Person,
    organisation: Organisation | None,
    *,
    on: date | None = None,
    only_here: bool = False,
    book: Book | None = None,
) -> list[Row]:
    """How someone stands with what they must have and all they hold: three queries.

    Args:
        only_here: leave out what belongs to other employers; for who looks at a colleague.
        book: what they hold, where that was read already.
    """
    day = on or timezone.localdate()
    if book is None:
        book = book_of(person, organisation if only_here else None)
    ground = ground_of(organisation.pk) if organisation else None
    must: set[int] = set()
    seat: Employment | None = None
    if organisation is not None and ground is not None:
        for seat in _seats(organisation, day).filter(person=person):
            must |= rules.asked_of(seat_of(seat), ground.rules, ground.exempt, day)
    types = {h.type_id: h.type for h in book.holdings.values()}
    if ground is not None:
        types |= {pk: ground.types[pk] for pk in must}
    rows = []
    for pk, type_ in types.items():
        one = rules.standing(book.of(person.pk, pk, ground), must=pk in must, on=day)
        if one is None:
            continue
        behind = one.held or one.waiting
        holding = book.holdings[int(str(behind.key))] if behind else None
        terms = holding.terms if holding else ground.terms_on(pk, day) if ground else None
        rows.append(Row(person, type_, one, holding=holding, terms=terms))
    return sorted(rows, key=lambda r: (*rules.pressing(r.standing), r.type.name))


def employer_of(visitor: Visitor) -> Organisation | None:
    """Where they work, if anywhere: one's certificates are there between jobs too."""
    return visitor.employment.organisation if visitor.employment else None


def who_may_confirm(person: Person) -> list[str]:
    """The people who can confirm this person's certificates today, nearest first."""
    told: list[str] = []
    for readers in CERTIFICATES_OF_A_PERSON.readers_of(person):
        told += [name for name in readers.names if name not in told]
    return [name for name in told if name != person.name][:6]


def history(book: Book, *, most: int = 200) -> list[tuple[Holding, str]]:
    """Every certificate that ever came in with its reason, the newest first."""
    newest = sorted(book.holdings.values(), key=lambda h: (h.issued_on, h.pk), reverse=True)
    return [(holding, book.why(holding)) for holding in newest[:most]]


@prepared
def _own_waiting(person: int, organisation: int) -> QuerySet[Holding, int]:
    return Holding.objects.filter(
        person=person, type__organisation=organisation, state=Holding.State.WAITING
    ).values_list("pk", flat=True)


def own_waiting(visitor: Visitor) -> int:
    """How many of the visitor's own certificates wait for someone else here: one query."""
    return len(_own_waiting(visitor.person.pk, visitor.organisation.pk))


@prepared
def _reminders(person: int) -> QuerySet[Reminder]:
    return (
        Reminder.objects.filter(person=person, seen_at=None)
        .select_related("type", "holding")
        .order_by("-on", "pk")
    )


def reminders_of(person: Person) -> list[Reminder]:
    """What someone was reminded of and has not put aside."""
    return _reminders(person.pk)


@dataclass(frozen=True, slots=True)
class Refresher:
    """An activity that brings a certificate, and the first day it is given."""

    activity_pk: int
    title: str
    next_on: date | None


def refreshers(types: Collection[int], on: date) -> dict[int, list[Refresher]]:
    """For each of these types the activities on offer that bring it: two queries."""
    found: dict[int, list[Refresher]] = defaultdict(list)
    brings = (
        Brings.objects.filter(type__in=types, activity__state="open")
        .select_related("activity")
        .prefetch_related("activity__offerings")
        .order_by("pk")
    )
    for one in brings:
        days = [o.starts_on for o in one.activity.offerings.all() if o.starts_on >= on]
        found[one.type_id].append(
            Refresher(one.activity_id, one.activity.title, min(days, default=None))
        )
    return dict(found)


# -- hours ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoursStand:
    """How someone stands with the hours of one certificate."""

    type: CertificateType
    terms: TypeTerms
    rule: rules.HoursRule
    counted: rules.Counted
    days: list[HoursDone]

    @property
    def percent(self) -> int:
        """How far, for a bar: of what is asked, what is there or not needed any more."""
        left = self.counted.needed / self.rule.needed if self.rule.needed else 0
        return round(100 * max(0.0, 1 - left))

    @property
    def hours(self) -> float:
        return self.counted.hours / 100

    @property
    def asked(self) -> float:
        return self.rule.needed / 100

    @property
    def practice(self) -> float:
        return self.counted.practice / 100

    @property
    def practice_asked(self) -> float:
        return self.rule.practice / 100

    @property
    def e_learning(self) -> float:
        return self.counted.e_learning / 100

    @property
    def e_learning_most(self) -> float | None:
        return None if self.rule.e_learning is None else self.rule.e_learning / 100

    @property
    def needed(self) -> float:
        return self.counted.needed / 100

    @property
    def practice_needed(self) -> float:
        return self.counted.practice_needed / 100

    @property
    def told(self) -> list[tuple[HoursDone, str]]:
        """Each day and how it counts: counts, repeat, outside, waiting, refused."""
        found = []
        for one in self.days:
            if one.state != Holding.State.CONFIRMED:
                found.append((one, one.state))
            elif not self.counted.begins <= one.on <= self.counted.ends:
                found.append((one, "outside"))
            else:
                found.append((one, "counts" if one.pk in self.counted.chosen else "repeat"))
        return found


def hours_of(person: Person, rows: Iterable[Row], ground: Ground | None) -> list[HoursStand]:
    """How someone stands with every duty in hours among these certificates: one query if any.

    The period is the one that ends when what they hold lapses, or today where nothing does.
    """
    asked = []
    for row in rows:
        terms = row.terms
        if ground is not None and (newest := ground.terms_on(row.type.pk, row.standing.on)):
            terms = newest
        if terms is not None and (rule := terms.hours_rule):
            asked.append((row, terms, rule))
    if not asked:
        return []
    days: dict[int, list[HoursDone]] = defaultdict(list)
    for one in HoursDone.objects.filter(
        person=person, type__in=[row.type.pk for row, *_rest in asked]
    ).order_by("-on", "-pk"):
        days[one.type_id].append(one)
    told = []
    for row, terms, rule in asked:
        on = row.standing.on
        ends = max(row.valid_until or on, on)
        sure = [d.done for d in days[row.type.pk] if d.state == Holding.State.CONFIRMED]
        counted = rules.counted(rule, sure, ends=ends)
        told.append(HoursStand(row.type, terms, rule, counted, days[row.type.pk]))
    return told


# -- who may do which task ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class May:
    """Whether someone may do a task on a day; `lacking` tells what misses, `until` how long."""

    may: bool
    until: date | None
    lacking: tuple[str, ...] = ()
    job_does_it: bool = False


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task, and who of these people may do it."""

    task: WorkTask
    people: list[tuple[Person, May]]

    @property
    def may(self) -> int:
        return sum(one.may for _person, one in self.people)


def tasks_of(
    people: PersonQuerySet | Collection[int],
    organisation: Organisation,
    *,
    on: date | None = None,
    seats: list[Employment] | None = None,
    known: Iterable[Row] | None = None,
) -> list[TaskRow]:
    """For each task who of these people may do it on a day, and until when: three queries, and
    three more for what is not known yet.

    Whoever holds all certificates of a task may do it. Those whose job does the task come first.

    Args:
        seats: their places, where these were read already.
        known: how they stand with every certificate, idem.
    """
    day = on or timezone.localdate()
    tasks = list(
        WorkTask.objects.filter(organisation=organisation)
        .prefetch_related("needs", "jobs")
        .order_by("name_nl", "name_en")
    )
    if seats is None:
        seats = seats_of(people, organisation, day)
    if known is None:
        needed = {need.pk for task in tasks for need in task.needs.all()}
        ground = ground_of(organisation.pk)
        known = _rows(seats, ground, on=day, types=needed & set(ground.types))
    rows = {(row.person.pk, row.type.pk): row for row in known}
    told = []
    for task in tasks:
        needs = list(task.needs.all())
        jobs = {job.pk for job in task.jobs.all()}
        found = [
            (seat.person, _may(needs, rows, seat.person_id, does=seat.job_id in jobs))
            for seat in {s.person_id: s for s in seats}.values()
        ]
        found = [(person, may) for person, may in found if may.job_does_it or may.may]
        found.sort(key=lambda one: (not one[1].job_does_it, one[1].may, one[0].last_name))
        told.append(TaskRow(task, found))
    return told


def _may(
    needs: list[CertificateType], rows: dict[tuple[int, int], Row], person: int, *, does: bool
) -> May:
    lacking, until = [], []
    for need in needs:
        row = rows.get((person, need.pk))
        if row is None or not row.standing.holds:
            lacking.append(need.name)
        elif row.standing.held is not None and row.standing.held.grace_until is not None:
            until.append(row.standing.held.grace_until)
    return May(not lacking and bool(needs), min(until, default=None), tuple(lacking), does)


# -- whom a rule hits -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """How many people at work here a duty hits, of how many, and how many of those lack it."""

    people: int
    here: int
    lacking: int

    @property
    def is_odd(self) -> bool:
        """Nobody or everybody: asked about before it is kept."""
        return self.people in {0, self.here}


def hit_by(rule: rules.Rule, organisation: Organisation, on: date) -> Hit:
    """Whom a duty would hit on a day, as it stands in the facts in memory."""
    seats, units = all_here.seats_on(organisation.pk, on)
    hit = np.unique(seats.person[many.hit(rule, seats, units)])
    here = len(np.unique(seats.person))
    table = all_here.everyone(organisation.pk, on, timezone.localdate()).table
    has = table.person[(table.type == rule.type) & table.holds]
    return Hit(len(hit), here, len(np.setdiff1d(hit, has)))


@dataclass(frozen=True, slots=True)
class Preview:
    """What new terms would change: nothing of what is held; and the next one of so many."""

    held: int
    in_future: int
    examples: list[tuple[str, date, date | None, date | None]]


def preview_of(type_: CertificateType, terms: TypeTerms, on: date) -> Preview:
    """Whom new terms concern: who holds one keeps it; whose next falls under them gets another
    last day, told for the first few as if they renewed on their last day."""
    held = (
        Holding.objects.filter(type=type_, state=Holding.State.CONFIRMED)
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .filter(person__in=Person.objects.working_at(type_.organisation))
    )
    later = held.filter(valid_until__gte=terms.from_on)
    examples = []
    for one in later.select_related("person", "terms").order_by("valid_until", "pk")[:5]:
        renewed = one.valid_until or on
        old = one.given.terms
        was = rules.reckoned([one.given, rules.Given("n", renewed, old)])[-1].valid_until
        new = rules.reckoned([one.given, rules.Given("n", renewed, terms.rule)])[-1].valid_until
        examples.append((one.person.name, renewed, was, new))
    return Preview(held.count(), later.count(), examples)
