"""Panels of certificates for the notice boards of other rooms; each asks one to four queries."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gezel.certificates import everyone, policy, queries, rules, words
from gezel.certificates.team import looked_after, team_of
from gezel.paths.api import Path
from gezel.people.api import Request, at_work, require, signed_in

MOST = 5


@signed_in
def panel_mine(request: Request) -> HttpResponse:
    """What of mine lapses first or is missing; nothing at all when nothing is due."""
    visitor = request.visitor
    rows = queries.mine(visitor.person, queries.employer_of(visitor))
    due = [r for r in rows if r.standing.asks_attention]
    if not due:
        raise Http404
    told = {
        "first": due[0],
        "others": due[1:MOST],
        "refreshers": queries.refreshers({due[0].type.pk}, timezone.localdate()),
        "reminded": next(
            (r for r in queries.reminders_of(visitor.person) if r.type_id == due[0].type.pk), None
        ),
    }
    return render(request, "certificates/panel_mine.html", told)


@at_work
def panel_team(request: Request) -> HttpResponse:
    """For a lead: who may not work next week, what lapses, and what waits for me."""
    visitor = request.visitor
    if not visitor.leads:
        raise Http404
    next_week = timezone.localdate() + timedelta(days=7)
    people, _beyond = looked_after(visitor)
    rows = queries.rows_of(people, visitor.organisation, on=next_week)
    blocked = [r for r in rows if not r.standing.may_work]
    soon = [r for r in rows if r.standing.state == rules.State.EXPIRING]
    waiting = [r for r in rows if r.standing.waiting is not None]
    if not (blocked or soon or waiting):
        raise Http404
    told = {
        "blocked": blocked[:MOST],
        "blocked_more": max(0, len(blocked) - MOST),
        "soon": soon[:MOST],
        "waiting": waiting[:MOST],
        "next_week": next_week,
    }
    return render(request, "certificates/panel_team.html", told)


@at_work
def panel_organisation(request: Request) -> HttpResponse:
    """For HR: how many duties are met, about to lapse, lapsed, missing, and what waits."""
    visitor = request.visitor
    if not visitor.is_hr:
        raise Http404
    counted = everyone.counts_here(visitor.organisation.pk, timezone.localdate())
    counts = counted.duties
    # Nobody decides about their own.
    waiting = counted.to_decide and counted.to_decide - queries.own_waiting(visitor)
    if not any(counts.values()) and not waiting:
        raise Http404
    told = {
        "valid": counts[rules.State.VALID],
        "expiring": counts[rules.State.EXPIRING],
        "expired": counts[rules.State.EXPIRED],
        "missing": counts[rules.State.MISSING],
        "all": sum(counts.values()),
        "waiting": waiting,
        "today": timezone.localdate(),
    }
    return render(request, "certificates/panel_organisation.html", told)


@at_work
def panel_confirm(request: Request) -> HttpResponse:
    """On the team's board: what my people sent in and I can confirm here and now."""
    require(request.visitor.leads)
    team = team_of(request)
    if not (team.waiting or team.hours):
        raise Http404
    return render(request, "certificates/panel_confirm.html", {"team": team})


@at_work
def panel_may(request: Request) -> HttpResponse:
    """On the team's board: who may do which task this week, and who may not do their work."""
    require(request.visitor.leads)
    team = team_of(request)
    if not (team.tasks or team.blocked):
        raise Http404
    return render(request, "certificates/panel_may.html", {"team": team})


@at_work
def panel_lapsing(request: Request) -> HttpResponse:
    """On the team's board: whose certificate lapses when, half a year ahead."""
    require(request.visitor.leads)
    team = team_of(request)
    if not team.coming:
        raise Http404
    return render(request, "certificates/panel_lapsing.html", {"team": team})


@at_work
def panel_path(request: Request, pk: int) -> HttpResponse:
    """On a learning path: the certificate at its end; for HR also where that is said."""
    visitor = request.visitor
    types = list(
        policy.types_to_read(visitor)
        .filter(brought_by_paths__path=pk)
        .order_by("name_nl", "name_en")
    )
    ours = Path.objects.filter(pk=pk, organisation=visitor.organisation)
    if not types and not (visitor.is_hr and ours.exists()):
        raise Http404
    ground, today = everyone.ground_of(visitor.organisation.pk), timezone.localdate()
    terms = [(one, ground.terms_on(one.pk, today)) for one in types]
    told = {"types": [(one, words.term(its) if its else "") for one, its in terms]}
    return render(request, "certificates/panel_path.html", told)
