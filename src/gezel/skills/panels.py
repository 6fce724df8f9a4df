"""What skills puts on the notice board: one's own, a team's, the organisation's needs."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gezel.people.api import Request, at_work
from gezel.skills import queries
from gezel.skills.heat import people_cells, spokes
from gezel.skills.queries.taxonomy import skills_worded
from gezel.skills.words import bars_told
from gezel.trust.api import note_reading

ROWS, PEOPLE, COLUMNS, MOST_COUNTED = 6, 8, 6, 500


@at_work
def panel_mine(request: Request) -> HttpResponse:
    """What my role asks beside what I show; the widest first, also what comes later."""
    visitor = request.visitor
    role, demands = queries.own_demands(visitor)
    if role is None:
        return render(request, "skills/panel_mine_empty.html")
    rows = queries.first_rows(demands, queries.standings_of(visitor))[:ROWS]
    told = {
        "role": role,
        "rows": bars_told(visitor.person, rows),
        "spokes": spokes(rows),
        # Of someone new the web would be a dot in the middle, as if they could do nothing.
        "known": any(row.level for row in rows),
    }
    return render(request, "skills/panel_mine.html", told)


@at_work
def panel_elsewhere(request: Request) -> HttpResponse:
    """What I showed elsewhere waits until I choose what may count here.

    Apart from "your skills", which stands in the page itself: this is rare, and not worth a
    question there each time.
    """
    visitor = request.visitor
    if not queries.waits_for_choice(visitor.person, visitor.organisation):
        raise Http404
    return render(request, "skills/panel_elsewhere.html")


@at_work
def panel_team(request: Request) -> HttpResponse:
    """The first of a team on the skills they lack most."""
    visitor = request.visitor
    if not visitor.leads:
        raise Http404
    seats = queries.direct_team(visitor)
    if not seats:
        raise Http404
    told = queries.team_map(seats, dated=False)
    skills = told.skills[:COLUMNS]
    shown = told.rows[:PEOPLE]
    note_reading(
        reader_pk=visitor.person.pk,
        about=[row.seat.person_id for row in shown],
        matter="skills",
        purpose="lead",
    )
    return render(
        request,
        "skills/panel_team.html",
        {
            "people": len(seats),
            "skills": skills,
            "rows": list(zip(shown, people_cells(shown, skills), strict=True)),
            "more": len(seats) - len(shown),
        },
    )


@at_work
def panel_objections(request: Request) -> HttpResponse:
    """HR: how many objections wait for a decision."""
    if not request.visitor.is_hr:
        raise Http404
    waiting = queries.objections_waiting(request.visitor, most=MOST_COUNTED)
    if not waiting:
        raise Http404
    return render(
        request, "skills/panel_objections.html", {"count": len(waiting), "oldest": waiting[0]}
    )


@at_work
def panel_organisation(request: Request) -> HttpResponse:
    """HR: how many people fall short in what is needed most, now and from days ahead."""
    visitor = request.visitor
    if not visitor.is_hr:
        raise Http404
    today = timezone.localdate()
    found = queries.needed_most(visitor.organisation, today, most=ROWS)
    skills = skills_worded(visitor.organisation, [pk for pk, _figures in found.figures])
    # As values alone: everyone of HR sees the same piece until a count changes.
    biggest = tuple(
        (
            skills[pk].name,
            tuple(at and (at.count.short, at.count.people) for _day, at in figures),
        )
        for pk, figures in found.figures
    )
    told = {"biggest": biggest, "days": tuple(found.days)}
    return render(request, "skills/panel_organisation.html", told)
