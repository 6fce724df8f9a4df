"""My paths, and one of them; the same page for who leads me, to read."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.paths import actions, policy, queries
from gezel.paths.forms import ReplyForm, StopForm
from gezel.paths.models import Enrolment
from gezel.paths.web import key, note
from gezel.people.api import Request, at_work, require, signed_in


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """The paths I am on and those behind me."""
    today = timezone.localdate()
    own = queries.in_full(policy.own_enrolments(request.visitor))
    under_way = own.filter(state=Enrolment.State.OPEN).order_by("next_due_on", "begins_on", "pk")
    closed = own.exclude(state=Enrolment.State.OPEN).order_by("-completed_on", "-ended_on")
    shown = {"rows": queries.rows(under_way, today), "closed": closed, "today": today}
    return render(request, "paths/mine.html", shown)


@signed_in
@require_safe
def walk(request: Request, pk: int) -> HttpResponse:
    """One path: what is now, what comes, what may be chosen, what was skipped and why."""
    return _walk(request, pk)


def _walk(
    request: Request,
    pk: int,
    *,
    form: ReplyForm | None = None,
    step: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    visitor = request.visitor
    own = queries.in_full(policy.own_enrolments(visitor)).filter(pk=pk).first()
    enrolment = own or get_object_or_404(
        queries.in_full(policy.enrolments_of_others(visitor)), pk=pk
    )
    if own is None:
        purpose = policy.why_reading(visitor, enrolment.person_id)
        note(request, [enrolment.person_id], purpose)
    today = timezone.localdate()
    told = queries.tell(enrolment, today, policy.replies_to_read(visitor, enrolment))
    may_decide = (
        own is None
        and visitor.is_hr
        and policy.enrolments_to_decide(visitor).filter(pk=pk).exists()
    )
    shown = {
        "told": told,
        "enrolment": enrolment,
        "own": own is not None,
        "may_decide": may_decide,
        "stop": StopForm() if may_decide else None,
        "reply": form or ReplyForm(auto_id="reply_%s"),
        "wrong_step": step,
        "problem": problem,
        "today": today,
    }
    part = "#walk" if request.htmx else ""
    return render(request, f"paths/walk.html{part}", shown, status=status)


def _do(request: Request, pk: int, step: str, act: Callable[[Enrolment], object]) -> HttpResponse:
    """Do something on one's own path; what cannot be is told at its step."""
    enrolment = get_object_or_404(
        policy.own_enrolments(request.visitor).select_related("version"), pk=pk
    )
    try:
        act(enrolment)
    except ValidationError as wrong:
        return _walk(request, pk, step=step, problem=wrong.messages[0], status=422)
    if request.htmx:
        return _walk(request, pk)
    return redirect("paths:walk", pk)


@signed_in
@require_POST
def done(request: Request, pk: int, step: str) -> HttpResponse:
    """I did this step."""
    return _do(
        request,
        pk,
        step,
        lambda enrolment: actions.mark_done(
            enrolment, step, on=_day(request), by=request.user, key=key(request)
        ),
    )


def _day(request: Request) -> date:
    try:
        return parse_date(request.POST.get("on", "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


@signed_in
@require_POST
def undone(request: Request, pk: int, step: str) -> HttpResponse:
    """I did not do it after all."""
    return _do(
        request, pk, step, lambda enrolment: actions.mark_undone(enrolment, step, by=request.user)
    )


@signed_in
@require_POST
def choose(request: Request, pk: int, step: str) -> HttpResponse:
    """Which of these I will do."""
    return _do(
        request,
        pk,
        step,
        lambda enrolment: actions.choose(
            enrolment, request.POST.getlist("pick"), choice=step, by=request.user
        ),
    )


@signed_in
@require_POST
def anyway(request: Request, pk: int, step: str) -> HttpResponse:
    """I need not, and want to."""
    return _do(
        request, pk, step, lambda enrolment: actions.do_anyway(enrolment, step, by=request.user)
    )


@signed_in
@require_POST
def reply(request: Request, pk: int, step: str) -> HttpResponse:
    """My answer to a question on the way."""
    form = ReplyForm(request.POST, auto_id="reply_%s")
    get_object_or_404(policy.own_enrolments(request.visitor), pk=pk)
    if not form.is_valid():
        return _walk(request, pk, form=form, step=step, status=422)
    return _do(
        request,
        pk,
        step,
        lambda enrolment: actions.reply(
            enrolment, step, text=form.cleaned_data["text"], by=request.user, key=key(request)
        ),
    )


@at_work
@require_safe
def team(request: Request) -> HttpResponse:
    """For a lead: where each of their people stands, and what they can do now."""
    visitor = request.visitor
    require(visitor.leads)
    today = timezone.localdate()
    line = queries.in_full(policy.enrolments_of_my_line(visitor))
    rows = queries.rows(
        line.filter(state=Enrolment.State.OPEN).order_by(
            "person__last_name", "person__first_name", "next_due_on", "pk"
        ),
        today,
    )
    lately = line.filter(state=Enrolment.State.DONE).order_by("-completed_on")[:10]
    note(request, {r.enrolment.person_id for r in rows} | {e.person_id for e in lately}, "lead")
    shown = {
        "rows": rows,
        "late": [r for r in rows if r.late],
        "away": sum(r.left.off_the_job for r in rows),
        "unmatched": [r for r in rows if r.enrolment.unmatched_on],
        "lately": lately,
    }
    return render(request, "paths/team.html", shown)


@at_work
@require_POST
def stay(request: Request, pk: int) -> HttpResponse:
    """HR: this person goes on, although the rule no longer means them."""
    enrolment = get_object_or_404(policy.enrolments_to_decide(request.visitor), pk=pk)
    actions.let_stay(enrolment)
    messages.success(request, _("They go on."))
    return redirect("paths:people", enrolment.path_id)


@at_work
@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """HR: this person is taken off the path, with the reason."""
    enrolment = get_object_or_404(policy.enrolments_to_decide(request.visitor), pk=pk)
    try:
        actions.stop(enrolment, why=request.POST.get("why", ""), on=timezone.localdate())
    except ValidationError as wrong:
        return _walk(request, pk, problem=wrong.messages[0], status=422)
    messages.success(request, _("Taken off this path; what was done stays."))
    return redirect("paths:people", enrolment.path_id)
