"""Playing a module: by forms, and by answers sent from a phone when it has connection."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, policy, queries
from gezel.content.models import Attempt, Block
from gezel.content.rules import evidence, testing_out
from gezel.content.rules.evidence import Because
from gezel.content.rules.kinds import ASKED_KINDS
from gezel.content.views import framing, posted
from gezel.people.api import Organisation, Request, at_work, signed_in
from gezel.skills.api import Level, Skill


@at_work
@require_safe
def play(request: Request, module_pk: int) -> HttpResponse:
    """Go on where one was; or, before beginning, what this module brings."""
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity"), pk=module_pk
    )
    attempt = queries.latest_attempt(request.user, module)
    if attempt is None or attempt.completed_at is not None:
        not_now = actions.why_not(request.user, module, on=timezone.localdate())
        teaches = queries.taught_to(request.visitor, module.activity, timezone.localdate())
        told = {
            "can_test_out": not_now is None,
            "again_on": not_now.on if not_now else None,
            "module": module,
            "waiver": queries.waiver_of(request.user, module.activity_id),
            "last": attempt,
            "teaches": teaches,
            "tests": [one for one in teaches if one.test],
            "blocks": module.blocks.current().count(),
        }
        return render(request, "content/intro.html", told)
    attempt.module = module
    return _player(request, queries.play(attempt))


def _player(request: Request, playing: queries.Play, *, back: str = "") -> HttpResponse:
    """The player; with `back` as a preview, of which nothing is kept, and which leads there."""
    told = told_of(request, playing) | {"preview": bool(back), "back": back}
    return framing.allow(render(request, "content/play.html", told), playing)


def told_of(request: Request, playing: queries.Play) -> dict[str, Any]:
    """What the player's page says about a round: the step asked for, else where one was."""
    last = len(playing.steps) + 1
    return {
        "play": playing,
        "embed_hosts": framing.hosts_allowed(playing),
        "module": playing.attempt.module,
        "last": last,
        "at": _number(request.GET.get("step"), last) or playing.was_at or playing.next_number,
        "seconds": json.dumps(playing.place.seconds) if playing.place else "",
        "resumed": playing.was_at is not None and "step" not in request.GET and rested(playing),
    }


# Who turned a page a moment ago knows where they are.
_WORTH_SAYING = timedelta(minutes=10)


def rested(playing: queries.Play) -> bool:
    """Whether it is long enough ago to say where someone was."""
    place = playing.place
    return place is not None and timezone.now() - place.at > _WORTH_SAYING


def _number(raw: str | None, highest: int) -> int | None:
    """A step's number from an address; nonsense is no number."""
    if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 5:
        return None
    return min(max(1, int(raw)), highest)


@at_work
@require_safe
def preview(request: Request, module_pk: int) -> HttpResponse:
    """The module as a colleague will see it; nothing is kept."""
    module = get_object_or_404(
        policy.modules_to_preview(request.visitor).select_related("activity"), pk=module_pk
    )
    may_edit = policy.may_edit(request.visitor, module)
    back = reverse("content:edit", args=[module.pk]) if may_edit else reverse("content:making")
    return _player(request, queries.preview(module), back=back)


# The rules of evidence in words, in the order in which they are asked; see `rules.evidence`.
EVIDENCE_RULES = (
    (
        Because.NOTHING_ASKED,
        gettext_lazy("A module without questions: it is recorded, and no evidence. Having seen"
                     " something does not show that you can do it."),
    ),
    (
        Because.NO_MARK,
        gettext_lazy("A module with questions but without a mark to reach: recorded, no evidence."),
    ),
    (
        Because.MADE_IT,
        gettext_lazy("A module you made yourself, alone or with others: recorded, no evidence. You"
                     " wrote the answers."),
    ),
    (
        Because.NOT_ENOUGH,
        gettext_lazy("Fewer questions right than the mark asks: nothing is added, and only you"
                     " see it."),
    ),
    (
        Because.SHOWED_BEFORE,
        gettext_lazy("The questions answered rightly before anything else: evidence, the same as"
                     " after playing it."),
    ),
    (
        Because.PASSED,
        gettext_lazy("The mark reached: evidence for what the module teaches."),
    ),
    (
        Because.SHOWN_THIS_YEAR,
        gettext_lazy("The same module within a year: the evidence of then stands, and none is"
                     " added."),
    ),
)  # fmt: skip


@at_work
def test_out(request: Request, module_pk: int) -> HttpResponse:
    """The questions of a module alone, for who knows it already; nothing tells what is right."""
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity"), pk=module_pk
    )
    if request.method == "POST":
        said = {
            step.block.pk: posted.value_in(step.block, request, f"q-{step.block.pk}-")
            for step in queries.questions_of(module)
        }
        try:
            told = actions.show_what_one_knows(
                request.user,
                module,
                said,
                key=_key(request),
                organisation=request.visitor.organisation,
            )
        except actions.NotNow:
            messages.info(request, _("You can do this module step by step."))
            return redirect("content:play", module.pk)
        if not told.passed:
            words = _("You showed %(right)s of %(whole)s. Only what is left is open.")
            messages.success(request, words % {"right": told.right, "whole": told.questions})
        return redirect("content:result", told.attempt.registration)
    if actions.why_not(request.user, module, on=timezone.localdate()) is not None:
        return redirect("content:play", module.pk)
    told_ = {
        "module": module,
        "steps": queries.questions_of(module),
        "mark": testing_out.mark_of(module.pass_percent),
        "days": testing_out.ONE_GO_A.days,
    }
    return render(request, "content/test_out.html", told_)


@at_work
@require_POST
def start(request: Request, module_pk: int) -> HttpResponse:
    """Begin, or go on if it was begun."""
    module = get_object_or_404(policy.modules_to_play(request.visitor), pk=module_pk)
    actions.start(request.user, module, organisation=request.visitor.organisation)
    return redirect("content:play", module.pk)


@signed_in
@require_POST
def step(request: Request, registration: uuid.UUID) -> HttpResponse:
    """One answer by plain form: without scripts, every step is one."""
    attempt = get_object_or_404(policy.own_attempts(request.visitor), registration=registration)
    if attempt.completed_at is not None:
        return redirect("content:result", registration)
    playing = queries.play(attempt)
    here = next((s for s in playing.steps if str(s.block.pk) == request.POST.get("block")), None)
    if here is None:
        return redirect("content:play", attempt.module_id)
    again = _step_address(attempt, here.number)
    value = _posted_value(here.block, request)
    if here.said is not None and (here.asks or here.value == value):
        # A question was answered and its why was read: the first answer stands in this round.
        return again if here.asks else _step_address(attempt, here.number + 1)
    kept = actions.keep_answers(
        attempt, [actions.Given(_key(request), here.block.pk, timezone.now(), value)]
    )[0]
    if kept.state in {"refused", "conflict"}:
        messages.error(request, _("Choose an answer first."))
        return again
    if here.asks:
        return again
    return _step_address(attempt, here.number + 1)


def _step_address(attempt: Attempt, number: int) -> HttpResponseRedirect:
    address = reverse("content:play", args=[attempt.module_id])
    return HttpResponseRedirect(f"{address}?step={number}")


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _posted_value(block: Block, request: HttpRequest) -> dict[str, Any]:
    """What a form says about a block, in the shape in which answers are kept."""
    if block.kind in ASKED_KINDS:
        return posted.value_in(block, request)
    if block.kind == Block.Kind.REFLECTION:
        return {"text": request.POST.get("text", "")}
    if block.kind == Block.Kind.CHECKLIST:
        places = request.POST.getlist("ticked")
        return {"ticked": [int(p) for p in places if p.isascii() and p.isdigit() and len(p) < 4]}
    return {"seen": True}


@signed_in
@require_POST
def finish(request: Request, registration: uuid.UUID) -> HttpResponse:
    """Through the module: what it comes to."""
    attempt = get_object_or_404(policy.own_attempts(request.visitor), registration=registration)
    try:
        actions.finish(attempt, organisation=_employer(request))
    except actions.Incomplete as open_still:
        messages.info(request, _("This step is still open. Do it, and you can finish."))
        return _step_address(attempt, open_still.next_number)
    return redirect("content:result", registration)


def _employer(request: Request) -> Organisation | None:
    employment = request.visitor.employment
    return employment.organisation if employment else None


@signed_in
@require_safe
def result(request: Request, registration: uuid.UUID) -> HttpResponse:
    """What a round came to: what one now shows, or what to look at again."""
    attempt = get_object_or_404(
        policy.own_attempts(request.visitor).select_related("module__activity"),
        registration=registration,
    )
    if attempt.completed_at is None:
        return redirect("content:play", attempt.module_id)
    playing = queries.play(attempt)
    skills = Skill.objects.in_bulk([row["skill"] for row in attempt.effect])
    effects = [
        row
        | {
            "skill": skills[row["skill"]],
            "word": Level(row["shown"]).label,
            "mark": row["asked"] or row["coming"] or None,
        }
        for row in attempt.effect
        if row["skill"] in skills
    ]
    done = queries.completion(attempt, playing.state)
    told = {
        "attempt": attempt,
        "module": attempt.module,
        "play": playing,
        "effects": effects,
        "verdict": evidence.verdict(done),
        "rules": EVIDENCE_RULES,
        "mark": done.mark,
        "shown_before": sum(step.shown_before for step in playing.steps),
    }
    return render(request, "content/result.html", told)
