"""The need map: my skills, my team, the organisation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.kit.addresses import around
from gezel.kit.export import FORMS
from gezel.people.api import (
    Employment,
    Location,
    Person,
    PersonQuerySet,
    Request,
    Unit,
    Visitor,
    at_work,
    require,
    signed_in,
)
from gezel.skills import policy, queries
from gezel.skills.heat import people_cells, place_cell, spokes
from gezel.skills.models import RoleProfile, Skill
from gezel.skills.queries.taxonomy import find_skills, give_own_names, skills_worded
from gezel.skills.views.asked import day_asked, key_asked, words_asked
from gezel.skills.words import needs_told, skills_told
from gezel.trust.api import note_event, note_reading

# As many columns as can be read at a glance; the rest is one click away.
COLUMNS = 12
PEOPLE_A_PAGE = 60


# --- one person -------------------------------------------------------------------------------


@signed_in
def mine(request: Request) -> HttpResponse:
    """My role beside what I show, my first needs, and what is asked of me from dates ahead."""
    return _skills_page(request, request.visitor.person)


@at_work
def person(request: Request, pk: int) -> HttpResponse:
    """The same about someone else, for who may read it."""
    visitor = request.visitor
    about = get_object_or_404(policy.people_whose_skills(visitor), pk=pk)
    if about.pk != visitor.person.pk:
        note_reading(
            reader_pk=visitor.person.pk,
            about=[about.pk],
            matter="skills",
            purpose=policy.why_reading(visitor, about),
        )
    return _skills_page(request, about)


def _skills_page(request: Request, about: Person) -> HttpResponse:
    visitor = request.visitor.itself
    on, asked_on = day_asked(request, "on"), day_asked(request, "asked_on", ahead=True)
    own = about.pk == visitor.person.pk
    at = policy.reads_as(visitor, about)
    found = queries.skills_of(about, at=at, on=on, asked_on=asked_on)
    needs = found.needs
    # Who reaches all that is asked now is told what comes next.
    coming = found.coming[:3] if not (asked_on or needs) else []
    compared = _compared(request, visitor, found, asked_on or on)
    words = words_asked(request, "find")
    results = find_skills(visitor, words, limit=12) if own and words and visitor.employment else []
    if visitor.employment:
        rows = [*found.rows, *found.outside, *(compared.rows if compared else ())]
        give_own_names([row.skill for row in rows], visitor.organisation)
    return render(
        request,
        "skills/mine.html",
        {
            "person": about,
            "mine": own,
            "at_work": own and visitor.employment is not None,
            "today": timezone.localdate(),
            "found": found,
            "rows": skills_told(about, found.rows),
            "outside": skills_told(about, found.outside),
            "needs": needs_told(about, needs[:3] or coming),
            "coming": bool(coming),
            "coming_on": found.later_dates[0] if coming else asked_on,
            "spokes": spokes(found.rows),
            "on": on,
            "asked_on": asked_on,
            "compared": compared,
            "profiles": _other_profiles(visitor, found.role),
            "words": words,
            "results": results,
            "requests": queries.open_requests(visitor) if own and visitor.employment else [],
            "elsewhere": own
            and visitor.employment is not None
            and bool(found.made_at - {visitor.organisation.pk})
            and queries.waits_for_choice(about, visitor.organisation),
        },
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Another role beside what someone shows."""

    role: RoleProfile
    rows: list[queries.SkillAsked]
    percent: int

    @property
    def carried(self) -> list[queries.SkillAsked]:
        return [row for row in self.rows if not row.is_need]

    @property
    def missing(self) -> list[queries.SkillAsked]:
        return [row for row in self.rows if row.is_need]


def _compared(
    request: Request, visitor: Visitor, found: queries.PersonSkills, on: date | None
) -> Compared | None:
    pk = key_asked(request, "role")
    if pk is None or visitor.employment is None:
        return None
    role = policy.profiles_to_read(visitor).filter(pk=pk).first()
    if role is None:
        return None
    rows = queries.rows_of(queries.demands_of([role.pk]).get(role.pk, []), found.held, on)
    return Compared(role, rows, round(100 * queries.fit_of(rows)))


def _other_profiles(visitor: Visitor, role: RoleProfile | None) -> tuple[queries.RoleNamed, ...]:
    if visitor.employment is None:
        return ()
    return tuple(p for p in queries.profiles_here(visitor) if role is None or p.pk != role.pk)


# --- a team -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on the team page."""

    below: bool
    unit: Unit | None
    profile: RoleProfile | None
    kind: str
    only_gaps: bool
    words: str
    on: date | None
    asked_on: date | None


@at_work
def team(request: Request) -> HttpResponseBase:
    """People × skills for who leads them; for HR also those of any unit. Nobody is ranked."""
    visitor = request.visitor.itself
    require(visitor.leads or visitor.is_hr)
    chosen = _chosen(request, visitor)
    require(visitor.leads or chosen.unit is not None)
    seats = _seats(visitor, chosen)
    if form := FORMS.get(request.GET.get("export", "")):
        told = queries.team_map(seats, on=chosen.on, asked_on=chosen.asked_on)
        _note(visitor, told, chosen)
        note_event(
            visitor.organisation.pk,
            "export",
            what="skills",
            by=visitor.person.pk,
            people=len(told.rows),
        )
        return form("need-map", _table_head(), _table_rows(told.rows, _columns(told, chosen)))
    page = Paginator(seats, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    as_table = request.GET.get("view") == "table"
    told = queries.team_map(page, on=chosen.on, asked_on=chosen.asked_on, dated=as_table)
    _note(visitor, told, chosen)
    columns = _columns(told, chosen)
    give_own_names(columns, visitor.organisation)
    shown = columns if request.GET.get("columns") == "all" else columns[:COLUMNS]
    rows = [row for row in told.rows if not chosen.only_gaps or _has_gap(row, shown)]
    language = get_language()
    return render(
        request,
        "skills/team.html",
        {
            "chosen": chosen,
            "page": page,
            "told": told,
            "skills": [skill.named(language) for skill in shown],
            "hidden_columns": len(columns) - len(shown),
            "rows": [] if as_table else _people_rows(rows, shown),
            "feet": [(told.short_in(skill), told.asked_in(skill)) for skill in shown],
            "table": list(_table_rows(rows, columns)) if as_table else None,
            "as_table": as_table,
            "kinds": _kinds(language),
            "profiles": tuple(_profiles_in(told, chosen.profile)),
            "later_dates": tuple(told.later_dates),
            "today": timezone.localdate(),
            "looks_ahead": visitor.leads and not chosen.unit,
            "everyone_has_role": all(row.profile for row in told.rows),
            "others_unit": chosen.unit,
        },
    )


@lru_cache
def _kinds(language: str | None) -> tuple[tuple[str, str], ...]:
    """The kinds of skill to choose among, as the reader calls them."""
    with translation.override(language):
        return tuple((value, str(label)) for value, label in Skill.Kind.choices)


def _people_rows(
    rows: Sequence[queries.TeamRow], skills: Sequence[Skill]
) -> list[tuple[str, str, str, SafeString]]:
    """A row of the map: where the person's page is, their name, their role, their cells."""
    before, after = around("skills:person")
    return [
        (
            f"{before}{row.seat.person_id}{after}",
            row.seat.name,
            row.profile.name if row.profile else "",
            cells,
        )
        for row, cells in zip(rows, people_cells(rows, skills), strict=True)
    ]


def _chosen(request: Request, visitor: Visitor) -> Choice:
    unit_pk, profile_pk = key_asked(request, "unit"), key_asked(request, "profile")
    unit = None
    if unit_pk is not None and visitor.is_hr:
        unit = get_object_or_404(policy.units_to_read(visitor), pk=unit_pk)
    profile = None
    if profile_pk is not None:
        profile = policy.profiles_to_read(visitor).filter(pk=profile_pk).first()
    kind = request.GET.get("kind", "")
    return Choice(
        below=request.GET.get("below") == "1",
        unit=unit,
        profile=profile,
        kind=kind if kind in Skill.Kind.values else "",
        only_gaps=request.GET.get("gaps") == "1",
        words=words_asked(request, "q"),
        on=day_asked(request, "on"),
        asked_on=day_asked(request, "asked_on", ahead=True),
    )


def _seats(
    visitor: Visitor, chosen: Choice
) -> QuerySet[Employment, tuple[Any, ...]] | list[tuple[Any, ...]]:
    if not (chosen.unit or chosen.below or chosen.profile or chosen.words):
        return queries.direct_team(visitor)
    people: PersonQuerySet = (
        policy.people_whose_skills(visitor) if chosen.unit else policy.people_to_vouch_for(visitor)
    )
    seats = queries.seats_of(visitor.organisation.pk, people)
    if chosen.unit:
        seats = seats.filter(unit__path__startswith=chosen.unit.path)
    elif not chosen.below:
        seats = seats.filter(lead=visitor.person)
    if chosen.profile:
        seats = seats.filter(job__profile_job__profile=chosen.profile)
    for word in chosen.words.split():
        seats = seats.filter(
            Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
        )
    return queries.seated(seats)


def _note(visitor: Visitor, told: queries.TeamMap, chosen: Choice) -> None:
    note_reading(
        reader_pk=visitor.person.pk,
        about=[row.seat.person_id for row in told.rows],
        matter="skills",
        purpose="hr" if chosen.unit else "lead",
    )


def _columns(told: queries.TeamMap, chosen: Choice) -> list[Skill]:
    columns = [s for s in told.skills if not chosen.kind or s.kind == chosen.kind]
    if chosen.only_gaps:
        columns = [s for s in columns if told.short_in(s)]
    return columns


def _has_gap(row: queries.TeamRow, skills: Iterable[Skill]) -> bool:
    return any(c.short for s in skills if (c := row.cells.get(s.pk)))


def _profiles_in(told: queries.TeamMap, chosen: RoleProfile | None) -> list[queries.RoleNamed]:
    """The profiles to choose among; the one that is chosen stands there in any case."""
    found = {row.profile for row in told.rows if row.profile}
    listed = sorted(found, key=lambda profile: profile.name.casefold())
    if chosen and chosen.pk not in {profile.pk for profile in listed}:
        listed.append(queries.RoleNamed(chosen.pk, chosen.name))
    return listed


def _table_head() -> list[str]:
    return [
        _("Name"), _("Unit"), _("Role"), _("Skill"), _("Essential"), _("Level"), _("Asked"),
        _("Short"), _("Pieces"), _("Newest on"),
    ]  # fmt: skip


def _table_rows(
    rows: Iterable[queries.TeamRow], columns: Sequence[Skill]
) -> Iterator[list[object]]:
    for row in rows:
        for skill in columns:
            if cell := row.cells.get(skill.pk):
                yield [
                    row.seat.name,
                    row.seat.unit,
                    row.profile.name if row.profile else "",
                    skill.name,
                    cell.essential,
                    round(cell.level, 1) if cell.known else None,
                    cell.asked,
                    cell.gap if cell.short else 0,
                    cell.held[2],
                    cell.held[3],
                ]


# --- the organisation -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShortOf:
    """How many fall short on a day, as the list shows it; of what is dark no number is here."""

    dark: bool
    short: int = 0
    people: int = 0
    essential: int = 0

    @classmethod
    def of(cls, figure: queries.Figure | None) -> "ShortOf | None":
        """None where nobody is asked for it."""
        if figure is None:
            return None
        if figure.dark:
            return cls(dark=True)
        count = figure.count
        return cls(
            dark=False, short=count.short, people=count.people, essential=count.short_essential
        )


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One skill in the list of biggest needs: all that its row shows, it is remembered by this."""

    skill: str
    days: tuple[tuple[date, ShortOf | None], ...]
    mean_gap: float | None

    @classmethod
    def of(
        cls, skill: str, days: Sequence[date], figures: Sequence[queries.Figure | None]
    ) -> "NeedRow":
        """The row of a skill by this name; the first day and figure are those of now."""
        now = figures[0]
        gap = now.count.mean_gap if now and not now.dark and now.count.short else None
        return cls(skill, tuple(zip(days, map(ShortOf.of, figures), strict=True)), gap)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One unit, role profile or location in the map."""

    name: str
    url: str
    cells: SafeString


@at_work
def organisation(request: Request) -> HttpResponseBase:
    """Where are the needs? The biggest ones, now and ahead, and where they sit.

    HR may go down to people. For everyone else small groups stay dark, with whatever would give
    them away, and only the tree of units is offered: two ways of dividing the same people can be
    subtracted from each other.
    """
    visitor = request.visitor.itself
    everything = policy.sees_everyone(visitor)
    here = visitor.organisation
    if (pk := key_asked(request, "unit")) is not None:
        unit, read = get_object_or_404(policy.units_to_read(visitor), pk=pk), None
    else:
        read = queries.from_the_top(here)
        unit = read.here
    by = request.GET.get("by", "unit") if everything else "unit"
    by = by if by in {"unit", "profile", "location"} else "unit"
    today = timezone.localdate()
    days = [today, *queries.later_days(here, today)]
    shown_on = day_asked(request, "asked_on", ahead=True)
    shown_on = shown_on if shown_on in days else today
    on = day_asked(request, "on") if everything else None
    reading = queries.reading_of(here, by=by, below=unit, deep=not everything, on=on, read=read)
    sight = None if everything else _sight(visitor, unit)
    told = queries.need_map(
        reading.whole,
        days,
        sight.of_whole(unit.path) if sight and reading.whole_apart else sight,
        places=[unit.path] if reading.whole_apart else None,
    )
    whole = unit.path if by == "unit" else ""
    ordered = told.skills(whole, shown_on)
    keys = told.skills(whole, *days)
    form = FORMS.get(request.GET.get("export", ""))
    listed = keys if form or request.GET.get("list") == "all" else keys[:COLUMNS]
    across = ordered if request.GET.get("columns") == "all" else ordered[:COLUMNS]
    skills = skills_worded(here, {*listed, *across})
    language = get_language()
    names = {pk: skill.named(language) for pk, skill in skills.items()}
    biggest = [
        NeedRow.of(names[pk], days, [told.figure(whole, pk, day) for day in days]) for pk in listed
    ]
    columns = [skills[pk] for pk in across]
    asked = keys if form or by != "unit" else across
    places = _places(visitor, reading)
    if reading.whole_apart:
        told = queries.need_map(reading.parts(asked), days, sight, places={at.key for at in places})
    places = [at for at in places if _counts(told, at, asked, days)]
    if form:
        head, rows = _organisation_table(told, places, skills, days)
        return form("need-map-organisation", head, rows)
    named = [(skill.pk, escape(names[skill.pk])) for skill in columns]
    return render(
        request,
        "skills/organisation.html",
        {
            "unit": unit,
            "above": queries.units_above(unit),
            "is_root": unit.depth == 1,
            "shapes_roles": unit.depth == 1 and visitor.is_hr,
            "by": by,
            "everything": everything,
            "days": days,
            "shown_on": shown_on,
            "is_today": shown_on == today,
            "on": on,
            "on_refused": on is not None and reading.on is None,
            "reading": reading,
            "biggest": biggest,
            "more_needs": len(keys) - len(listed),
            "columns": [names[skill.pk] for skill in columns],
            "hidden_columns": len(ordered) - len(columns),
            "rows": [_place_row(told, place, named, shown_on) for place in places],
            "smallest": here.smallest_group,
            "without_role": queries.people_without_role(here, unit) if everything else 0,
        },
    )


def _sight(visitor: Visitor, unit: Unit) -> queries.Sight:
    """How far a visitor sees who may not see everyone."""
    here = visitor.organisation
    return queries.Sight(
        here.smallest_group,
        queries.known_to(here, policy.people_whose_skills(visitor), unit),
        queries.spans_asked(here.pk),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where figures are asked for: its key in the map, name, and where it leads."""

    key: str | int | None
    name: str
    url: str


def _places(visitor: Visitor, reading: queries.Reading) -> list[Place]:
    """What the map is divided into, by name."""
    by, unit = reading.by, reading.below
    team = reverse("skills:team")
    if by == "profile":
        profiles = sorted(policy.profiles_to_read(visitor), key=lambda p: p.name.casefold())
        return [Place(p.pk, p.name, f"{team}?unit={unit.pk}&profile={p.pk}") for p in profiles]
    if by == "location":
        found = Location.objects.filter(organisation=visitor.organisation)
        return [*(Place(at.pk, at.name, "") for at in found), Place(None, _("No location"), "")]
    below = [Place(u.path, u.name, f"?unit={u.pk}") for u in reading.beside.below]
    people = f"{team}?unit={unit.pk}" if policy.sees_everyone(visitor) else ""
    direct = _("Directly in %(unit)s") % {"unit": unit.name} if below else unit.name
    return [*below, Place(queries.DIRECT + unit.path, direct, people)]


def _counts(
    told: queries.NeedMap, place: Place, skills: Sequence[int], days: Sequence[date]
) -> bool:
    """Whether anyone at a place is asked anything; a unit is shown in any case, to go down."""
    return place.url.startswith("?") or any(
        told.figure(place.key, pk, day) for pk in skills for day in days
    )


def _place_row(
    told: queries.NeedMap, place: Place, columns: Sequence[tuple[int, SafeString]], day: date
) -> PlaceRow:
    """A row of the map; on a phone, where it stands by itself, each figure names its skill."""
    language = get_language()
    cells = [
        f'<td role="cell" data-label="{name}"'
        + place_cell(told.figure(place.key, pk, day), language).removeprefix("<td")
        for pk, name in columns
    ]
    return PlaceRow(place.name, place.url, mark_safe("".join(cells)))


def _organisation_table(
    told: queries.NeedMap,
    places: Sequence[Place],
    skills: Mapping[int, Skill],
    days: Sequence[date],
) -> tuple[list[str], Iterator[list[Any]]]:
    head = [
        _("Place"), _("Skill"), _("Asked on"), _("People asked"), _("Short"),
        _("Short, essential"), _("Reach what is asked (%)"), _("Mean gap of who falls short"),
    ]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for place in places:
            for pk, skill in skills.items():
                for day in days:
                    figure = told.figure(place.key, pk, day)
                    if figure is None:
                        continue
                    if figure.dark:
                        yield [place.name, skill.name, day, _("too few"), "", "", "", ""]
                        continue
                    count = figure.count
                    yield [
                        place.name, skill.name, day, count.people, count.short,
                        count.short_essential, count.reach_percent, round(count.mean_gap, 1),
                    ]  # fmt: skip

    return head, rows()
