"""Reads what rules and pages need about sessions, in a handful of questions whatever the number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from gezel.catalogue.api import Activity, ActivitySkill, activities_to_read
from gezel.gatherings import policy
from gezel.gatherings.models import (
    Attendance,
    Gathering,
    GatheringQuerySet,
    News,
    Place,
    PlaceQuerySet,
    Role,
    Series,
    SessionWish,
    Takeaway,
    Timetable,
    Wisher,
)
from gezel.gatherings.rules import attending, places, seeing
from gezel.kit.likeness import folded
from gezel.people.api import Employment, Mandate, Organisation, Person, Visitor
from gezel.skills.api import Evidence, Level, standing_evidence

# How far back what one was at stands on the page of one's own.
LOOK_BACK = timedelta(days=60)

# -- attendance ------------------------------------------------------------------------------------


def newest_of(gathering: Gathering, people: Collection[int]) -> dict[int, Attendance]:
    """How it stands of each of these people: the fact that came in last."""
    found: dict[int, Attendance] = {}
    facts = Attendance.objects.filter(gathering=gathering, person__in=people)
    for fact in facts.select_related("noted_by").order_by("noted_at", "pk"):
        found[fact.person_id] = fact
    return found


def course_of(gathering: Gathering) -> attending.Course:
    """What it takes, as the rule reads it."""
    whole = gathering.series
    parts = whole.parts_needed if whole is not None and whole.kind == Series.Kind.PARTS else None
    return attending.Course(gathering.completes, gathering.least_percent, parts)


def as_fact(found: Attendance) -> attending.Fact:
    """As the rule reads it."""
    return attending.Fact(
        found.pk,
        found.gathering_id,
        found.person_id,
        found.noted_at,
        attending.Kind(found.kind),
        found.minutes,
        found.of_minutes,
    )


def parts_done(gathering: Gathering, people: Collection[int]) -> dict[int, int]:
    """At how many parts of its course each was long enough, this one too."""
    if gathering.series_id is None:
        return dict.fromkeys(people, 1)
    rows = (
        Attendance.objects.filter(gathering__series=gathering.series_id, person__in=people)
        .order_by("person_id", "gathering_id", "noted_at", "pk")
        .select_related("gathering")
    )
    found: dict[int, int] = {}
    for (person, _session), facts in groupby(rows, key=lambda f: (f.person_id, f.gathering_id)):
        last = list(facts)[-1]
        if attending.counts(as_fact(last), last.gathering.least_percent):
            found[person] = found.get(person, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class Was:
    """What someone's being there came to: the fact, why it counts or not, and the parts."""

    fact: Attendance
    because: attending.Because
    parts: int
    parts_needed: int | None


def was_there(gathering: Gathering, person: Person) -> Was | None:
    """How someone's own attendance stands; None: nothing was noted."""
    fact = newest_of(gathering, [person.pk]).get(person.pk)
    if fact is None:
        return None
    course = course_of(gathering)
    parts = parts_done(gathering, [person.pk]).get(person.pk, 0)
    because = attending.verdict(course, as_fact(fact), parts)
    return Was(fact, because, parts, course.parts_needed)


# -- what the trainer saw --------------------------------------------------------------------------


def taught_at(gathering: Gathering) -> list[ActivitySkill]:
    """The skills a session is about: those of its activity, by name of the skill."""
    if gathering.activity_id is None:
        return []
    found = ActivitySkill.objects.filter(activity=gathering.activity_id).select_related("skill")
    return sorted(found, key=lambda row: (row.skill.name.casefold(), row.pk))


def were_there(gathering: Gathering) -> list[Person]:
    """Who was there, as it stands now, and works here still; by name, two questions."""
    facts = Attendance.objects.filter(gathering=gathering).order_by("noted_at", "pk")
    # Of each the one that came in last.
    stands = dict(facts.values_list("person_id", "kind"))
    there = [pk for pk, kind in stands.items() if kind in seeing.THERE]
    at_work = Person.objects.working_at(gathering.organisation).filter(pk__in=there)
    return list(at_work.order_by("last_name", "first_name", "pk"))


def ground_of(gathering: Gathering) -> str:
    """What evidence from a session rests on, as an address within Gezel."""
    return f"gatherings:session:{gathering.pk}"


@dataclass(frozen=True, slots=True)
class Said:
    """What one trainer said before of one person and skill at this session: no one else's."""

    level: int
    note: str
    level_word: str
    disputed: bool


def said_at(gathering: Gathering, by: Person) -> dict[tuple[int, int], Said]:
    """What this trainer said here and did not take back, by person and skill; two questions.

    What is objected to, or was found to be wrong, says so; one such piece says it of all.
    """
    own = Evidence.objects.filter(
        given_by=by, rests_on=ground_of(gathering), corrected_by=None, level__gt=0
    )
    counts = set(
        standing_evidence()
        .filter(given_by=by, rests_on=ground_of(gathering))
        .values_list("pk", flat=True)
    )
    found: dict[tuple[int, int], Said] = {}
    for piece in own.order_by("pk"):
        pair = (piece.person_id, piece.skill_id)
        disputed = piece.pk not in counts or (pair in found and found[pair].disputed)
        word = str(Level(piece.level).label)
        found[pair] = Said(piece.level, piece.note, word, disputed)
    return found


def seen_of(gathering: Gathering, person: Person) -> list[Evidence]:
    """What was said of someone at a session, for themselves to read; newest of each giver first."""
    found = Evidence.objects.filter(
        person=person, rests_on=ground_of(gathering), corrected_by=None, level__gt=0
    )
    newest: dict[tuple[int, int | None], Evidence] = {}
    for piece in found.select_related("skill", "given_by").order_by("pk"):
        newest[piece.skill_id, piece.given_by_id] = piece
    return sorted(newest.values(), key=lambda piece: -piece.pk)


# -- lists -----------------------------------------------------------------------------------------


def coming(
    visitor: Visitor, *, now: datetime, words: str = "", free: bool = False
) -> GatheringQuerySet:
    """What is given here from now on, what comes first first."""
    found = policy.sessions_to_read(visitor).standing().ahead(now).select_related("activity")
    if words:
        found = found.filter(
            Q(title__icontains=words)
            | Q(activity__title_nl__icontains=words)
            | Q(activity__title_en__icontains=words)
            | Q(place__icontains=words)
        )
    if free:
        found = found.filter(Q(seats=None) | Q(taken__lt=F("seats")))
    return found.order_by("starts_at", "pk")


def running(visitor: Visitor, *, now: datetime) -> GatheringQuerySet:
    """What the visitor gives or set up: what is ahead, and what was over lately."""
    given = Role.objects.giving().filter(person=visitor.person).values("gathering")
    return (
        policy.sessions_to_read(visitor)
        .filter(Q(made_by=visitor.person) | Q(pk__in=given))
        .filter(ends_at__gt=now - LOOK_BACK)
        .select_related("activity")
        .order_by("starts_at", "pk")
    )


def my_places(visitor: Visitor, *, now: datetime) -> PlaceQuerySet:
    """Where I go or wait, what comes first first."""
    return (
        policy.own_places(visitor)
        .living()
        .filter(gathering__ends_at__gt=now)
        .select_related("gathering__activity", "gathering__organisation")
        .order_by("gathering__starts_at", "pk")
    )


def my_past(person: Person, *, most: int = 20) -> list[Attendance]:
    """Where I was, newest first: of each session how it stands."""
    found: dict[int, Attendance] = {}
    facts = Attendance.objects.filter(person=person).select_related("gathering__activity")
    for fact in facts.order_by("-starts_at", "-noted_at", "-pk")[: most * 4]:
        found.setdefault(fact.gathering_id, fact)
    return list(found.values())[:most]


def states_of(person: Person, sessions: Iterable[Gathering]) -> dict[int, Place]:
    """My living place at each of these sessions, if I have one."""
    found = Place.objects.living().filter(person=person, gathering__in=[g.pk for g in sessions])
    return {place.gathering_id: place for place in found}


def unseen_news(person: Person) -> list[News]:
    """What I was told and did not put aside yet, newest first."""
    return list(
        News.objects.filter(person=person, seen_at=None).select_related("gathering__activity")[:10]
    )


def turn_in_line(place: Place) -> int:
    """Which turn in the line it is: 1 moves up first."""
    before = Place.objects.in_line().filter(gathering=place.gathering_id)
    return (
        before.filter(
            Q(queued_at__lt=place.queued_at) | Q(queued_at=place.queued_at, pk__lt=place.pk)
        ).count()
        + 1
    )


def to_decide(visitor: Visitor, *, now: datetime) -> list[Gathering]:
    """Sessions of mine with too few people on the day on which it is decided."""
    given = Role.objects.giving().filter(person=visitor.person).values("gathering")
    found = policy.sessions_to_read(visitor).filter(
        Q(made_by=visitor.person) | Q(pk__in=given),
        state=Gathering.State.PLANNED,
        starts_at__gt=now,
        decide_at__lte=now,
    )
    return [
        g
        for g in found.select_related("activity").order_by("starts_at")
        if places.going(g.taken, g.least, g.decide_at, now) == places.Going.TO_DECIDE
    ]


def to_approve(visitor: Visitor, *, now: datetime) -> QuerySet[Place]:
    """Places of my people that wait for my yes."""
    return (
        policy.places_to_approve(visitor)
        .filter(gathering__ends_at__gt=now)
        .select_related("person", "gathering__activity")
        .order_by("gathering__starts_at", "queued_at", "pk")
    )


def of_activity(visitor: Visitor, activity: Activity, *, now: datetime) -> list[Gathering]:
    """When an activity is given here, the next ten times."""
    return list(
        policy.sessions_to_read(visitor)
        .filter(activity=activity, starts_at__gt=now)
        .standing()
        .select_related("activity")
        .order_by("starts_at", "pk")[:10]
    )


@dataclass(frozen=True, slots=True)
class Given:
    """An activity with when it is given: where one has a place, else the next few times."""

    activity: Activity
    places: Sequence[Place]
    sessions: Sequence[Gathering]


@dataclass(frozen=True, slots=True)
class ToSay:
    """A choice or a timetable in which someone may still say what they would like."""

    pk: int
    title: str
    until_on: date
    is_choice: bool


def still_to_say(visitor: Visitor, on: date) -> list[ToSay]:
    """Choices and timetables open to the visitor in which they wished nothing yet, soonest first;
    one question."""
    chose = SessionWish.objects.filter(person=visitor.person, choosing=OuterRef("pk"))
    wished = Wisher.objects.filter(person=visitor.person, timetable=OuterRef("pk"))
    choices = policy.choosings_of(visitor).open_on(on).exclude(Exists(chose)).order_by()
    timetables = Timetable.objects.filter(
        organisation=visitor.organisation, state=Timetable.State.OPEN, wish_until__gte=on
    )
    rows = choices.values_list("pk", "title", "until_on", Value(1)).union(
        timetables.exclude(Exists(wished))
        .order_by()
        .values_list("pk", "title", "wish_until", Value(0))
    )
    told = [ToSay(pk, title, until, bool(choice)) for pk, title, until, choice in rows]
    return sorted(told, key=lambda one: (one.until_on, one.title, one.pk))


MOST_TIMES = 3


def given_for(visitor: Visitor, activities: Sequence[int], *, now: datetime) -> list[Given]:
    """Of these activities, in this order, when each is given here; three questions.

    Only what is given together at all: courses and sessions, and what has a session ahead.
    """
    found = {a.pk: a for a in activities_to_read(visitor).filter(pk__in=activities)}
    ahead: dict[int, list[Gathering]] = defaultdict(list)
    sessions = (
        policy.sessions_to_read(visitor)
        .filter(activity__in=found, starts_at__gt=now)
        .standing()
        .select_related("activity")
        .order_by("starts_at", "pk")
    )
    for one in sessions[:100]:
        ahead[one.activity_id or 0].append(one)
    mine = states_of(visitor.person, [one for each in ahead.values() for one in each])
    told = []
    for pk in dict.fromkeys(activities):
        activity = found.get(pk)
        if activity is None:
            continue
        places = []
        for one in ahead[pk]:
            if place := mine.get(one.pk):
                place.gathering = one
                places.append(place)
        if ahead[pk] or activity.kind in {Activity.Kind.COURSE, Activity.Kind.SESSION}:
            told.append(Given(activity, places, [] if places else ahead[pk][:MOST_TIMES]))
    return told


# -- one session -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnList:
    """Someone on the trainer's list: their place, how it stands, and every fact before it."""

    place: Place
    fact: Attendance | None
    earlier: Sequence[Attendance]

    @property
    def person(self) -> Person:
        return self.place.person


def the_list(gathering: Gathering) -> list[OnList]:
    """Who comes or came, by name, with what was noted; three questions whatever the number.

    Of who left since, what was noted is theirs: it stands here until their last day.
    """
    at_work = Person.objects.working_at(gathering.organisation)
    seated = (
        Place.objects.seated()
        .filter(gathering=gathering, person__in=at_work)
        .select_related("person")
    )
    facts: dict[int, list[Attendance]] = defaultdict(list)
    for fact in (
        Attendance.objects.filter(gathering=gathering)
        .select_related("noted_by")
        .order_by("-noted_at", "-pk")
    ):
        facts[fact.person_id].append(fact)
    return [
        OnList(place, facts[place.person_id][0] if facts[place.person_id] else None,
               facts[place.person_id][1:])
        for place in seated.order_by("person__last_name", "person__first_name", "pk")
    ]  # fmt: skip


def with_a_place(gathering: Gathering) -> set[int]:
    """Whom one can note there: who has a place, or had one."""
    return set(Place.objects.filter(gathering=gathering).values_list("person_id", flat=True))


def likeness(name: str) -> str:
    """A name as one looks for it on the list: without accents and capitals, word by word."""
    return " ".join(folded(name))


def vouched_for(gathering: Gathering, facts: Mapping[int, Attendance]) -> set[int]:
    """Of whom someone answers for it, who may, that they were there: two questions.

    Everyone may set up a session of anything and note who was there, themselves too. So what it
    brings on top (a certificate, hours) stands at once only where another set it up or noted it
    who looks after learning here (HR, an author) or who leads them.
    """
    behind: dict[int, set[int | None]] = {
        pk: {gathering.made_by_id, fact.noted_by_id} - {pk, None} for pk, fact in facts.items()
    }
    trusted = set(
        Mandate.objects.current()
        .filter(
            organisation=gathering.organisation_id,
            person__in={one for of in behind.values() for one in of},
            kind__in=[Mandate.Kind.HR, Mandate.Kind.AUTHOR],
        )
        .values_list("person_id", flat=True)
    )
    leads = set(
        Employment.objects.filter(
            organisation=gathering.organisation_id, person__in=list(facts), lead__isnull=False
        ).values_list("person_id", "lead_id")
    )
    return {
        pk for pk, of in behind.items() if of & trusted or any((pk, one) in leads for one in of)
    }


def line_of(gathering: Gathering) -> QuerySet[Place]:
    """Who waits, in the order in which they move up."""
    return Place.objects.in_line().filter(gathering=gathering).select_related("person")


def takeaways(gathering: Gathering) -> QuerySet[Takeaway]:
    """What people say they will use, newest first."""
    return (
        Takeaway.objects.filter(gathering=gathering)
        .select_related("person")
        .order_by("-written_at")
    )


def siblings(gathering: Gathering) -> list[Gathering]:
    """The other sessions of its series, by day."""
    if gathering.series_id is None:
        return []
    found = Gathering.objects.filter(series=gathering.series_id).select_related("activity")
    return list(found.order_by("starts_at", "pk"))


def working_here(organisation: Organisation, told: str) -> Person | None:
    """A colleague by e-mail address or staff number."""
    found = (
        Employment.objects.current()
        .filter(Q(person__email__iexact=told) | Q(number=told), organisation=organisation)
        .select_related("person")
        .order_by("-starts_on")
        .first()
    )
    return found.person if found else None


def my_calendar(person: Person, *, now: datetime) -> list[Gathering]:
    """What stands in my own calendar: where I have a place or a role, from half a year ago; and
    what was called off of that, so that it goes."""
    since = now - timedelta(days=183)
    had = Place.objects.filter(
        person=person, state__in=[*Place.SEATED, Place.State.DROPPED]
    ).values("gathering")
    given = Role.objects.filter(person=person).values("gathering")
    # Of where they work today: who left has the address, and nothing of the employer behind it.
    here = Employment.objects.current().filter(person=person).values("organisation")
    return list(
        Gathering.objects.filter(
            Q(pk__in=had) | Q(pk__in=given), ends_at__gt=since, organisation__in=here
        )
        .select_related("activity", "organisation")
        .prefetch_related("uses__resource")
        .order_by("starts_at", "pk")[:2_000]
    )
