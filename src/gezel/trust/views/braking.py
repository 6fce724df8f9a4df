"""Who opens a great many people is asked why; and told when it ends for today."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gezel.trust import actions, queries
from gezel.trust.forms import LetGoOnForm, WhyManyForm
from gezel.trust.models import ManyLooks
from gezel.trust.views.shared import (
    MAY_LET_GO_ON,
    may_let_go_on,
    may_read_the_file,
    may_watch,
    visitor_of,
)

MOST_DIGITS = 9
MOST_ROWS = 200


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def many(request: HttpRequest) -> HttpResponse:
    """Say why you open so many people's data; it exists only for who came to the limit today."""
    done: HttpResponse = _say(request) if request.method == "POST" else _ask(request)
    return done


def _mine_today(request: HttpRequest) -> ManyLooks:
    found = queries.looks_of_day(request.user, timezone.localdate())
    if found is None:
        raise Http404
    return found


def _ask(request: HttpRequest, form: WhyManyForm | None = None) -> HttpResponse:
    looks = _mine_today(request)
    shown = form or WhyManyForm(initial={"next": request.GET.get("next", "")})
    told = {"looks": looks, "form": shown, "limits": actions.limits()}
    return render(request, "trust/many.html", told, status=422 if shown.errors else 200)


@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def _say(request: HttpRequest) -> HttpResponse:
    """What was typed is kept while someone shows that it is they (`suspend_request`)."""
    looks, form = _mine_today(request), WhyManyForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    actions.give_reason(looks, form.cleaned_data["reason"])
    back = form.cleaned_data["next"]
    ours = url_has_allowed_host_and_scheme(back, None)
    return HttpResponseRedirect(back if ours and back.startswith("/") else "/")


@never_cache
@require_GET
@login_required
def stopped(request: HttpRequest) -> HttpResponse:
    """Until when, and whom to ask; it exists only for who was stopped today."""
    looks = _mine_today(request)
    if looks.stopped_at is None:
        raise Http404
    most, asked = actions.limits().most, request.GET.get("people", "")
    few = asked.isascii() and asked.isdecimal() and len(asked) <= MOST_DIGITS
    told = {
        "most": most,
        "too_many_at_once": int(asked) if few and int(asked) > most else 0,
        "until": actions.today_began(timezone.now()) + timedelta(days=1),
    }
    return render(request, "trust/stopped.html", told)


# -- who watches over it --------------------------------------------------------------------------


@never_cache
@require_GET
@login_required
def limits_reached(request: HttpRequest) -> HttpResponse:
    """Who came to the limit, who let them go on and why; the council reads it without the names of
    who read."""
    if not may_watch(request):
        raise Http404
    visitor = visitor_of(request)
    named = bool(visitor.mandates & MAY_LET_GO_ON)
    rows = list(queries.came_to_the_limit(visitor.organisation)[:MOST_ROWS])
    today = timezone.localdate()
    told = {
        "rows": [
            (
                looks,
                named and looks.on == today and looks.stopped_at and looks.reader != request.user,
            )
            for looks in rows
        ],
        "named": named,
        "in_file": may_read_the_file(request),
    }
    return render(request, "trust/limits_reached.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def let_go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague of HR or an administrator lets someone go on today, with a reason."""
    if not may_let_go_on(request):
        raise Http404
    looks = get_object_or_404(
        queries.came_to_the_limit(visitor_of(request).organisation).exclude(reader=None), pk=pk
    )
    if looks.reader == request.user:
        raise Http404
    form = LetGoOnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.let_go_on(looks, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("They can go on today. It stands in the log."))
            return redirect("trust:limits_reached")
    told = {"looks": looks, "form": form, "most": actions.limits().most}
    return render(request, "trust/let_go_on.html", told, status=422 if form.errors else 200)
