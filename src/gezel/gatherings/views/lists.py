"""Which sessions there are, mine, and those I run."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gezel.gatherings import actions, queries
from gezel.gatherings.models import News
from gezel.gatherings.views.shared import note
from gezel.gatherings.words import STATES
from gezel.people.api import Request, at_work, require, signed_in

PAGE = 30


@at_work
@require_safe
def coming(request: Request) -> HttpResponse:
    """What is given here from now on, where I go, and what I was told."""
    visitor, now = request.visitor, timezone.now()
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    free = request.GET.get("free") == "1"
    found = queries.coming(visitor, now=now, words=words, free=free)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    sessions = list(page.object_list)
    states = queries.states_of(visitor.person, sessions)
    shown = {
        "page": page,
        "sessions": [(g, states.get(g.pk)) for g in sessions],
        "states": STATES,
        "words": words,
        "free": free,
        "mine": queries.my_places(visitor, now=now)[:10],
        "running": queries.running(visitor, now=now)[:10],
        "to_decide": {g.pk for g in queries.to_decide(visitor, now=now)},
        "news": queries.unseen_news(visitor.person),
        "asked": queries.to_approve(visitor, now=now).count() if visitor.leads else 0,
        "may_edit_resources": visitor.is_author,
    }
    part = "#sessions" if request.htmx else ""
    return render(request, f"gatherings/coming.html{part}", shown)


@signed_in
@require_safe
def been(request: Request) -> HttpResponse:
    """Where I was, from every employer: it is mine."""
    return render(
        request, "gatherings/been.html", {"facts": queries.my_past(request.visitor.person)}
    )


@at_work
@require_safe
def approvals(request: Request) -> HttpResponse:
    """Places of my people that wait for my yes."""
    visitor = request.visitor
    require(visitor.leads or visitor.is_hr)
    asked = list(queries.to_approve(visitor, now=timezone.now())[:200])
    note(request, [place.person for place in asked])
    return render(request, "gatherings/approvals.html", {"asked": asked})


@signed_in
@require_POST
def seen(request: Request, pk: int) -> HttpResponse:
    """I have seen what I was told; it need not stand there any more."""
    news = get_object_or_404(News.objects.filter(person=request.visitor.person), pk=pk)
    actions.put_aside(news)
    return redirect("gatherings:session", news.gathering_id)
