"""The look ahead: one's own skills, a team's, the organisation's, up to two years on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.charts import Spread
from gezel.people.api import (
    Employment,
    Person,
    Request,
    Unit,
    at_work,
    require,
    root_of,
    signed_in,
)
from gezel.skills import policy, queries
from gezel.skills.heat import ahead_cells
from gezel.skills.models import Level, RoleProfile, Skill
from gezel.skills.queries import ahead as read
from gezel.skills.queries import one_ahead, outlooks
from gezel.skills.queries.taxonomy import give_own_names
from gezel.skills.rules import forecast
from gezel.skills.rules.forecast import Driver
from gezel.skills.rules.widening import AS_RECKONED
from gezel.skills.views.asked import day_asked, key_asked
from gezel.trust.api import note_reading

COLUMNS = 12
PEOPLE_A_PAGE = 60
# Up to so many people a team's total is drawn while the lead waits; of more, that of a page.
MOST_IN_ONE_TOTAL = 300

DRIVER_WORDS: Mapping[Driver, str | Promise] = {
    Driver.NO_USE: gettext_lazy("not using skills"),
    Driver.DEMAND: gettext_lazy("other demand"),
    Driver.LEAVERS: gettext_lazy("people who leave"),
    Driver.LEARNING: gettext_lazy("planned learning"),
}


@dataclass(frozen=True, slots=True)
class Horizon:
    """Which day ahead is shown: one of the usual, or a day that was asked for."""

    on: date
    months: int | None

    @property
    def latest(self) -> date:
        return read.months_on(timezone.localdate(), forecast.MOST_MONTHS)


def _horizon(request: Request) -> Horizon:
    """Two years on, or what was chosen; a day beyond that is the last one we look at."""
    today = timezone.localdate()
    last = read.months_on(today, forecast.MOST_MONTHS)
    day = day_asked(request, "to", ahead=True)
    if day is not None and day > today:
        return Horizon(min(day, last), None)
    chosen = request.GET.get("months", "")
    months = int(chosen) if chosen in {str(m) for m in read.HORIZONS} else forecast.MOST_MONTHS
    return Horizon(read.months_on(today, months), months)


def _tabs() -> list[tuple[int, date]]:
    today = timezone.localdate()
    return [(months, read.months_on(today, months)) for months in read.HORIZONS]


@dataclass(frozen=True, slots=True)
class DriverRow:
    """One or more drivers in words, and the levels they add together."""

    words: str
    adds: float

    @property
    def sign(self) -> str:
        return "+" if self.adds > 0 else "−" if self.adds < 0 else ""

    @property
    def size(self) -> float:
        return abs(self.adds)


def _driver_rows(drivers: Iterable[tuple[Driver, float]]) -> list[DriverRow]:
    return [
        DriverRow(_joined([str(DRIVER_WORDS[d]) for d in Driver if d & together]), adds)
        for together, adds in drivers
    ]


def _joined(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s and %(last)s, together") % {
        "first": ", ".join(words[:-1]),
        "last": words[-1],
    }


def _fan(today: date, days: Sequence[date], fans: Sequence[forecast.Fan]) -> list[Spread]:
    """Today and days ahead as a chart takes them; times lie to scale."""
    last = max((days[-1] - today).days, 1)
    named = [_("today"), *(formats.date_format(day, "M Y") for day in days)]
    places = [0.0, *((day - today).days / last for day in days)]
    return [
        Spread(at, told.median, told.low, told.high, name)
        for at, told, name in zip(places, fans, named, strict=True)
    ]


# --- one person -------------------------------------------------------------------------------


@signed_in
def mine(request: Request) -> HttpResponse:
    """What of my skills will hold, what will be asked, and what would prevent a need."""
    return _person_page(request, request.visitor.person)


@at_work
def person(request: Request, pk: int) -> HttpResponse:
    """The same about someone one leads: word for word what they see themselves."""
    visitor = request.visitor
    about = get_object_or_404(policy.people_to_vouch_for(visitor), pk=pk)
    note_reading(reader_pk=visitor.person.pk, about=[about.pk], matter="skills", purpose="lead")
    return _person_page(request, about)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A skill ahead with until when it holds."""

    ahead: one_ahead.SkillAhead
    refresh: one_ahead.Refresh | None
    planned: Sequence[read.PlannedLearning]


def _person_page(request: Request, about: Person) -> HttpResponse:
    visitor, today = request.visitor, timezone.localdate()
    chosen = _horizon(request)
    employment = (
        Employment.objects.current()
        .filter(person=about, organisation=visitor.employment.organisation_id)
        .select_related("job__profile_job__profile", "organisation")
        .first()
        if visitor.employment
        else None
    )
    seat = read.seat_of(employment) if employment else None
    rows: list[PersonRow] = []
    role: RoleProfile | None = None
    if employment and seat:
        role = employment.job.profile_job.profile
        grid = one_ahead.grid_of(seat.profile_pk, today)
        found = read.look(
            employment.organisation, [seat], [*grid, chosen.on],
            at=policy.reads_as(visitor, about), on=today,
        )  # fmt: skip
        give_own_names(found.skills.values(), employment.organisation)
        until = one_ahead.refreshes(found, grid)
        rows = [
            PersonRow(
                one_ahead.skill_ahead(found, row, len(grid)),
                until[row],
                [
                    each
                    for each in found.planned.get((seat.person_pk, asking.skill_pk), ())
                    if each.due_on <= chosen.on
                ],
            )
            for row, (_seat, asking) in enumerate(found.rows)
        ]
        rows = [r for r in rows if r.ahead.asked_now or r.ahead.asked.high]
        rows.sort(key=lambda r: (not (r.ahead.short and r.ahead.essential), -r.ahead.gap))
    return render(
        request,
        "skills/ahead_person.html",
        {
            "person": about,
            "mine": about.pk == visitor.person.pk,
            "role": role,
            "rows": rows,
            "short": sum(r.ahead.short for r in rows),
            "chosen": chosen,
            "tabs": _tabs(),
            "today": today,
            "last": read.months_on(today, forecast.MOST_MONTHS),
        },
    )


# --- a team -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Teaching:
    """A skill with who shows enough of it to help others, and who falls short; both by name."""

    skill: Skill
    can: Sequence[Person]
    short: Sequence[Person]


@at_work
def team(request: Request) -> HttpResponse:
    """People × skills on a day ahead, the team's total with its drivers, and who could teach.

    For who leads them and nobody else: HR reads no forecast of a person.
    """
    visitor, today = request.visitor, timezone.localdate()
    require(visitor.leads)
    chosen = _horizon(request)
    below = request.GET.get("below") == "1"
    seated = queries.seats_of(visitor.organisation.pk, policy.people_to_vouch_for(visitor))
    if not below:
        seated = seated.filter(lead=visitor.person)
    page = Paginator(seated, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    whole = page.paginator.count <= MOST_IN_ONE_TOTAL
    people = list(seated) if whole and page.has_other_pages() else list(page)
    on_page = {seat.pk for seat in page} if whole and page.has_other_pages() else None
    placed = [(seat, own) for seat in people if (own := read.seat_of(seat))]
    days = sorted({chosen.on, *(day for _m, day in _tabs())})
    found = read.look(
        visitor.organisation, [told for _s, told in placed], days,
        at=visitor.organisation.pk, on=today,
    )  # fmt: skip
    at = days.index(chosen.on)
    note_reading(
        reader_pk=visitor.person.pk,
        about=[seat.person_id for seat, _told in placed],
        matter="skills",
        purpose="lead",
    )
    give_own_names(found.skills.values(), visitor.organisation)
    told = {
        (seat, asking.skill_pk): one_ahead.skill_ahead(found, row, at)
        for row, (seat, asking) in enumerate(found.rows)
    }
    columns = _columns(told)
    shown = columns if request.GET.get("columns") == "all" else columns[:COLUMNS]
    totals = forecast.totals_ahead(
        found.cells, found.ahead, fully=[day == chosen.on for day in days]
    )
    outlook = forecast.outlook(totals[at])
    wider = outlooks.wider_ahead(visitor.organisation)
    each = [outlooks.widening_at(wider, (day - today).days / 30.5) for day in days]
    outlook = replace(outlook, ahead=each[at].of(outlook.ahead))
    fans = [
        outlook.now,
        *(w.of(forecast.fan(t[forecast.EVERYTHING])) for w, t in zip(each, totals, strict=True)),
    ]
    return render(
        request,
        "skills/ahead_team.html",
        {
            "chosen": chosen,
            "tabs": _tabs(),
            "today": today,
            "last": read.months_on(today, forecast.MOST_MONTHS),
            "below": below,
            "page": page,
            "whole": whole,
            "people": len(placed),
            "outlook": outlook,
            "wider": each[at] if each[at] != AS_RECKONED else None,
            "drivers": _driver_rows(outlook.drivers.items()),
            "spreads": _fan(today, days, fans),
            "fans": list(zip([today, *days], fans, strict=True)),
            "stays": found.stays,
            "stays_percent": round(100 * (found.stays or 0)),
            "leaving": sum(1 for _s, s in placed if s.ends_on and s.ends_on < chosen.on),
            "unknown": int((found.pieces == 0).sum()),
            "cells": len(found.rows),
            "skills": shown,
            "hidden_columns": len(columns) - len(shown),
            "rows": [
                (seat, ahead_cells(seat.person_id, {pk: told.get((n, pk)) for pk in _keys(shown)}))
                for n, (seat, _t) in enumerate(placed)
                if on_page is None or seat.pk in on_page
            ],
            "teaching": _teaching(columns, [s.person for s, _t in placed], told),
            "without_role": len(people) - len(placed),
            "teaches_from": Level.HELPS,
        },
    )


def _keys(skills: Iterable[Skill]) -> list[int]:
    return [skill.pk for skill in skills]


def _columns(told: Mapping[tuple[int, int], one_ahead.SkillAhead]) -> list[Skill]:
    """The skills, those in which most will fall short first, essential ones before others."""
    lacking: dict[int, list[int]] = {}
    skills: dict[int, Skill] = {}
    for (_seat, pk), cell in told.items():
        skills[pk] = cell.skill
        count = lacking.setdefault(pk, [0, 0])
        count[0] += cell.short and cell.essential
        count[1] += cell.short
    return sorted(
        skills.values(), key=lambda s: ([-n for n in lacking[s.pk]], s.name.casefold(), s.pk)
    )


def _teaching(
    columns: Sequence[Skill],
    people: Sequence[Person],
    told: Mapping[tuple[int, int], one_ahead.SkillAhead],
) -> list[Teaching]:
    """Where someone shows enough today to help others, beside who is short today or on the day.

    People keep the order they came in, by name: nobody is ranked, and nobody is chosen.
    """
    found = []
    for skill in columns:
        cells = [(person, told.get((n, skill.pk))) for n, person in enumerate(people)]
        can = [p for p, c in cells if c and c.known and c.now.median >= Level.HELPS]
        short = [p for p, c in cells if c and p not in can and (c.short or c.short_now)]
        if can and short:
            found.append(Teaching(skill, can, short))
    return found


# --- the organisation -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A unit or role profile in the table; `shown` is None where it stays dark."""

    name: str
    url: str
    shown: outlooks.Shown | None
    drivers: Sequence[DriverRow]


@at_work
def organisation(request: Request) -> HttpResponse:
    """What units and, for HR, roles fall short today and ahead, and what makes the difference.

    Totals without names. A unit with too few people stays dark, and with it whatever could be
    subtracted; not for HR, who may see everyone's skills one by one.
    """
    visitor, today = request.visitor, timezone.localdate()
    here, everything = visitor.organisation, policy.sees_everyone(visitor)
    chosen = _horizon(request)
    months = chosen.months or forecast.MOST_MONTHS
    unit = root_of(here)
    if (pk := key_asked(request, "unit")) is not None:
        unit = get_object_or_404(policy.units_to_read(visitor), pk=pk)
    by = "profile" if everything and request.GET.get("by") == "profile" else "unit"
    told = outlooks.outlooks(here)
    known = (
        {} if everything else outlooks.seen_one_by_one(here, policy.people_whose_skills(visitor))
    )
    by_months = {
        n: outlooks.shown(told, n, smallest=here.smallest_group, everything=everything, known=known)
        for n in read.HORIZONS
    }
    figures = by_months[months]
    own = figures.get(unit.path)
    ahead = [f for n in read.HORIZONS if (f := by_months[n].get(unit.path))]
    days = [day for _m, day in _tabs()]
    fans = [ahead[0].now, *(f.ahead for f in ahead)] if len(ahead) == len(days) else []
    return render(
        request,
        "skills/ahead_organisation.html",
        {
            "unit": unit,
            "above": queries.units_above(unit),
            "is_root": unit.depth == 1,
            "by": by,
            "everything": everything,
            "chosen": chosen,
            "months": months,
            "day": read.months_on(today, months),
            "tabs": _tabs(),
            "own": own,
            "drivers": _driver_rows(own.drivers) if own else [],
            "spreads": _fan(today, days, fans) if fans else [],
            "fans": list(zip([today, *days], fans, strict=True)) if fans else [],
            "rows": _place_rows(request, by, unit, figures),
            "counted_at": told.counted_at,
            "stays": told.stays_two_years,
            "wider": told.wider.get(months),
            "stays_percent": round(100 * (told.stays_two_years or 0)),
            "smallest": here.smallest_group,
            "any": bool(told.figures),
            "dark": unit.path in figures and own is None,
        },
    )


def _place_rows(
    request: Request,
    by: str,
    unit: Unit,
    figures: Mapping[outlooks.Place, outlooks.Shown | None],
) -> list[PlaceRow]:
    visitor = request.visitor
    places: list[tuple[outlooks.Place, str, str]]
    if by == "profile":
        profiles = sorted(policy.profiles_to_read(visitor), key=lambda p: p.name.casefold())
        places = [(p.pk, p.name, "") for p in profiles]
    else:
        below = outlooks.units_below(unit)
        places = [(u.path, u.name, f"unit={u.pk}") for u in below]
        direct = _("Directly in %(unit)s") % {"unit": unit.name} if below else unit.name
        places.append((queries.DIRECT + unit.path, direct, ""))
    return [
        PlaceRow(
            name,
            url,
            figures[key],
            [row for row in _driver_rows(f.drivers) if row.adds] if (f := figures[key]) else [],
        )
        for key, name, url in places
        if key in figures
    ]
