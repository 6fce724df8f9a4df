"""The look ahead: what people will show and what will be asked, on days up to two years on.

Everything here is put together from the same facts for everyone who may ask: a lead reads the
forecast of a person that the person reads.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from django.utils import timezone

from gezel.people.api import Employment, Organisation
from gezel.skills.models import AheadCounting, Demand, Skill
from gezel.skills.queries.fading import Fading, Row, fading_of
from gezel.skills.queries.fitted import fitted_for
from gezel.skills.queries.merged import as_one, merged_skills
from gezel.skills.queries.needs import levels
from gezel.skills.rules import ageing, forecast
from gezel.skills.rules.needs import DatedDemand

# How far one looks ahead, in months, where no day is named.
HORIZONS = (6, 12, 24)


def months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(
        date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1)
    )


# --- what rooms above know --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlannedLearning:
    """Someone agreed with their lead to learn something by a day, up to a level."""

    person_pk: int
    skill_pk: int
    to_level: int
    due_on: date


# Asked for people of an organisation; gives what is shared and agreed, never a private plan.
Source = Callable[[Collection[int], Organisation, date], Iterable[PlannedLearning]]
_planned: list[Source] = []


def tell_planned_learning(source: Source) -> None:
    """A room above says what people agreed to learn; called once, at the start.

    What it gives is read by whoever leads the person and counted in groups, so a source gives
    only what the person shared and both agreed on.
    """
    if source not in _planned:
        _planned.append(source)


# --- who and what -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at work, the role profile of their job, and their last day if that is known."""

    person_pk: int
    profile_pk: int
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What a profile asks of one skill: today, and on each of the days ahead."""

    skill_pk: int
    essential: bool
    asked: int
    ahead: tuple[forecast.Asked, ...]
    # The day from which something else is asked, if one lies in the look ahead.
    changes_on: date | None


@dataclass(frozen=True)
class Look:
    """People and the skills asked of them, today and on days ahead.

    Rows are numbered: row i is about `rows[i]`, (seat, skill); of arrays per row and day, the
    first index is the day.
    """

    on: date
    days: tuple[date, ...]
    seats: Sequence[Seat]
    skills: Mapping[int, Skill]
    rows: Sequence[tuple[int, Asking]]
    cells: forecast.Cells
    ahead: Sequence[forecast.Ahead]
    # Days since the skill was last shown, and pieces of evidence: 0 pieces is nothing known.
    pieces: forecast.Floats
    newest: Sequence[date | None]
    fading: Fading
    # The share of people who still work here after two years; None where it cannot be told.
    stays: float | None
    planned: Mapping[tuple[int, int], Sequence[PlannedLearning]] = field(default_factory=dict)


def look(
    organisation: Organisation,
    seats: Sequence[Seat],
    days: Sequence[date],
    *,
    at: int | None,
    on: date | None = None,
) -> Look:
    """Look ahead for these people: eight queries, however many they are.

    Args:
        at: the employer who looks, with what it may count; None is the person, with everything.
    """
    today = on or timezone.localdate()
    asking, skills = _asking({seat.profile_pk for seat in seats}, today, tuple(days))
    rows = [(i, a) for i, seat in enumerate(seats) for a in asking.get(seat.profile_pk, ())]
    people = [seat.person_pk for seat in seats]
    who = [(seats[i].person_pk, a.skill_pk) for i, a in rows]
    roles = [(seats[i].profile_pk, a.skill_pk) for i, a in rows]
    held = levels(people, at=at, skill_pks=list(skills))
    nothing = (0.0, 0.0, 0, None)
    told = [held.get(key, nothing) for key in who]
    level, sd, pieces = (np.array([row[n] for row in told], dtype=np.float64) for n in range(3))
    newest = [row[3] for row in told]
    fitted = fitted_for({seat.profile_pk for seat in seats}, [organisation.pk], today)
    fading = fading_of(
        [
            Row(person, profile, skill, row[0], row[3])
            for (person, skill), (profile, _skill), row in zip(who, roles, told, strict=True)
        ],
        skills=skills,
        priors=fitted.priors,
        settings=fitted.fading.get(organisation.pk, ()),
        on=today,
        at=at,
    )
    planned = _planned_for(organisation, people, today)
    cells = forecast.Cells(
        who=forecast.keys_of(*_columns(who)),
        ask=forecast.keys_of(*_columns(roles)),
        skill=forecast.keys_of([skill for _person, skill in who]),
        seat=np.array([i for i, _a in rows], dtype=np.intp),
        level=level,
        sd=sd,
        asked=np.array([a.asked for _i, a in rows], dtype=np.float64),
    )
    stays = stays_two_years(organisation)
    comes = [fitted.priors.get(role) for role in roles]
    new_level = np.array([p.mean if p else np.nan for p in comes])
    new_sd = np.array([p.sd if p else np.nan for p in comes])
    ahead = []
    for n, day in enumerate(days):
        later, wider = fading.at(level, sd, (day - today).days)
        gain, reach, kept = _learned(who, planned, day, fading)
        share = 1.0 if stays is None else stays ** ((day - today).days / 730)
        gone = [seat.ends_on is not None and seat.ends_on < day for seat in seats]
        ahead.append(
            forecast.Ahead(
                level=later,
                sd=wider,
                low=np.array([a.ahead[n].low for _i, a in rows]),
                expected=np.array([a.ahead[n].expected for _i, a in rows]),
                high=np.array([a.ahead[n].high for _i, a in rows]),
                gain=gain,
                reach=reach,
                kept=kept,
                stays=np.full(len(seats), share),
                gone=np.array(gone, dtype=np.bool_),
                new_level=new_level,
                new_sd=new_sd,
            )
        )
    return Look(
        today,
        tuple(days),
        seats,
        skills,
        rows,
        cells,
        ahead,
        pieces,
        newest,
        fading,
        stays,
        planned,
    )


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [one for one, _other in pairs], [other for _one, other in pairs]


def _asking(
    profile_pks: Collection[int], today: date, days: tuple[date, ...]
) -> tuple[dict[int, list[Asking]], dict[int, Skill]]:
    """What each profile asks today and on the days ahead, in its own order; one query."""
    skills: dict[int, Skill] = {}
    rows: dict[int, list[DatedDemand]] = defaultdict(list)
    for d in (
        Demand.objects.filter(profile__in=profile_pks)
        .select_related("skill__merged_into")
        .order_by("position", "pk")
    ):
        skill = skills.setdefault(d.skill_id, d.skill)
        rows[d.profile_id].append(
            DatedDemand(skill, d.level, d.essential, d.from_on, d.low, d.high)
        )
    told: dict[int, list[Asking]] = {}
    kept: dict[int, Skill] = {}
    for profile, written in rows.items():
        by_skill: dict[Skill, list[DatedDemand]] = {}
        for demand in as_one(written):
            if isinstance(demand.skill, Skill):
                by_skill.setdefault(demand.skill, []).append(demand)
        told[profile] = []
        for skill, dated in by_skill.items():
            asking = _asking_of(skill.pk, sorted(dated, key=_begins), today, days)
            if asking is not None:
                told[profile].append(asking)
                kept[skill.pk] = skill
    return told, kept


def _begins(demand: DatedDemand) -> date:
    return demand.from_on


def _asking_of(
    skill_pk: int, demands: Sequence[DatedDemand], today: date, days: Sequence[date]
) -> Asking | None:
    """One skill: None where it is asked neither today nor on any of the days."""
    begun = [d for d in demands if d.from_on <= today]
    coming = [d for d in demands if d.from_on > today]
    now = begun[-1] if begun else None
    asked = now.level if now else 0
    ahead = []
    for day in days:
        holds = [d for d in coming if d.from_on <= day]
        if holds:
            ahead.append(_said(holds[-1]))
        else:
            # Where HR said nothing of later dates, how it was revised may tell something.
            trend = None
            if asked and not coming:
                trend = forecast.damped_trend([(d.from_on, d.level) for d in begun], today, day)
            ahead.append(trend or forecast.Asked(asked, asked, asked))
    if not asked and not any(a.high for a in ahead):
        return None
    within = [d for d in coming if days and d.from_on <= days[-1]]
    essential = now.essential if now and asked else within[-1].essential
    changes = [d.from_on for d in within if (d.level, d.low, d.high) != (asked, None, None)]
    return Asking(skill_pk, essential, asked, tuple(ahead), changes[0] if changes else None)


def _said(demand: DatedDemand) -> forecast.Asked:
    return forecast.Asked(
        demand.level if demand.low is None else demand.low,
        demand.level,
        demand.level if demand.high is None else demand.high,
    )


# --- planned learning -------------------------------------------------------------------------


def _planned_for(
    organisation: Organisation, people: Collection[int], today: date
) -> dict[tuple[int, int], list[PlannedLearning]]:
    told = [each for source in _planned for each in source(people, organisation, today)]
    found: dict[tuple[int, int], list[PlannedLearning]] = defaultdict(list)
    merged = merged_skills() if told else {}
    for each in told:
        if each.due_on >= today:
            found[each.person_pk, merged.get(each.skill_pk, each.skill_pk)].append(each)
    return found


def _learned(
    who: Sequence[tuple[int, int]],
    planned: Mapping[tuple[int, int], Sequence[PlannedLearning]],
    day: date,
    fading: Fading,
) -> tuple[forecast.Floats, forecast.Floats, forecast.Floats]:
    """Per row: levels planned learning adds, up to which level, and the share left on the day."""
    gain, reach, kept = np.zeros(len(who)), np.zeros(len(who)), np.ones(len(who))
    if not planned:
        return gain, reach, kept
    for row, key in enumerate(who):
        done = [each for each in planned.get(key, ()) if each.due_on <= day]
        if done:
            since = np.array([(day - each.due_on).days for each in done], dtype=np.float64)
            left = ageing.retention(since, np.full(len(done), fading.stability[row]))
            gain[row] = forecast.GAIN_OF_A_STEP * len(done)
            reach[row] = max(each.to_level for each in done)
            kept[row] = float(left.mean())
    return gain, reach, kept


# --- who stays --------------------------------------------------------------------------------


def stays_two_years(organisation: Organisation) -> float | None:
    """The share of people here who still work here after two years, as it was worked out last."""
    counting = AheadCounting.objects.filter(organisation=organisation).first()
    return counting.stays_two_years if counting else None


def spells_of(organisation: Organisation) -> list[tuple[date, date | None]]:
    """First and last day of everyone who ever worked here; who changed jobs did not leave."""
    first: dict[int, date] = {}
    last: dict[int, date | None] = {}
    for person, start, end in (
        Employment.objects.filter(organisation=organisation)
        .order_by("starts_on")
        .values_list("person_id", "starts_on", "ends_on")
    ):
        first.setdefault(person, start)
        last[person] = end
    return [(start, last[person]) for person, start in first.items()]


def seats_of_places(
    organisation: Organisation, *, below: str = "", unit_pks: Collection[int] | None = None
) -> list[tuple[Seat, int, str]]:
    """Everyone at work here today whose job has a profile: seat, key and path of the unit."""
    found = Employment.objects.current().filter(
        organisation=organisation, job__profile_job__isnull=False
    )
    if below:
        found = found.filter(unit__path__startswith=below)
    if unit_pks is not None:
        found = found.filter(unit__in=unit_pks)
    return [
        (Seat(person, profile, ends), unit, path)
        for person, profile, ends, unit, path in found.order_by("unit__path", "pk").values_list(
            "person_id", "job__profile_job__profile_id", "ends_on", "unit_id", "unit__path"
        )
    ]


def seat_of(employment: Employment) -> Seat | None:
    """The seat of an employment; None where the job has no role profile."""
    serving = getattr(employment.job, "profile_job", None)
    if serving is None:
        return None
    return Seat(employment.person_id, serving.profile_id, employment.ends_on)
