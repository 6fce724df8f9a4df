"""Plans made to measure: three within one's limits, one chosen; and how HR has them made.

The address holds the whole question (goal, limits, what was fixed or left out), so nothing is
kept until a plan is chosen, going back works, and a link made elsewhere can lead here.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.kit.jobs import enqueue
from gezel.kit.order import Circle
from gezel.people.api import Request, at_work, require
from gezel.plans import actions, jobs, maker, policy
from gezel.plans.actions import ChangedMeanwhileError
from gezel.plans.drawing import timeline
from gezel.plans.forms import MakeForm, PlanningRulesForm
from gezel.plans.models import Goal, PlanningRules, Step
from gezel.plans.rules.optimise import Impossible, Made
from gezel.plans.rules.planning import Limits
from gezel.skills.api import Skill, profile_of, profiles_to_read

MOST_FIXED = 50


@dataclass(frozen=True)
class Asked:
    """The question an address or a form holds."""

    start: maker.Start
    form: MakeForm
    kept: PlanningRules
    locked: frozenset[int]
    dropped: frozenset[int]
    asked: bool

    def query(self, **changes: frozenset[int]) -> str:
        """The address of this question, with other things fixed or left out."""
        told: list[tuple[str, str]] = list(self.start.query.items())
        for name in self.form.fields:
            told += [(name, value) for value in self.form.data_of(name)]
        for name, keys in (("lock", self.locked), ("drop", self.dropped)):
            told += [(name, str(k)) for k in sorted(changes.get(name, keys))]
        return f"?{urlencode(told)}"

    def with_locked(self, key: int, *, without: int | None = None) -> str:
        dropped = self.dropped - {key} | ({without} if without else set())
        return self.query(lock=self.locked - {without or 0} | {key}, drop=frozenset(dropped))

    def with_dropped(self, key: int) -> str:
        return self.query(lock=self.locked - {key}, drop=self.dropped | {key})

    def let_go(self, key: int) -> str:
        return self.query(lock=self.locked - {key}, drop=self.dropped - {key})


def _read(request: Request, data: QueryDict) -> Asked:
    kept = maker.rules_of(request.visitor.organisation)
    asked = "hours" in data
    start = _start(request, data, maker.HALF_A_YEAR)
    form = MakeForm(
        data if asked else None, initial=maker.first_limits(request.visitor, start, kept)
    )
    if asked and form.is_valid():
        until = form.cleaned_data["until"]
        start = _start(request, data, until - timezone.localdate())
    return Asked(start, form, kept, _keys(data, "lock"), _keys(data, "drop"), asked)


def _start(request: Request, data: QueryDict, ahead: timedelta) -> maker.Start:
    """What the plan is for, among what the visitor may plan; only one's own goals."""
    visitor, until = request.visitor, timezone.localdate() + ahead
    mine = (
        policy.own_goals(visitor)
        .filter(state=Goal.State.OPEN, organisation=visitor.organisation)
        .select_related("profile", "skill", "agreement")
    )
    if pk := _number(data.get("goal", "")):
        return maker.from_goal(get_object_or_404(mine, pk=pk))
    if pk := _number(data.get("profile", "")):
        profile = get_object_or_404(profiles_to_read(visitor), pk=pk)
        # Whoever is on the way there already plans that goal, and does not set a second one.
        if under_way := mine.filter(profile=profile).order_by("pk").first():
            return maker.from_goal(under_way)
        return maker.from_role(visitor.person, profile, until)
    if pk := _number(data.get("skill", "")):
        skills = Skill.objects.usable_by(visitor).worded_by(visitor.organisation)
        level = min(5, max(1, _number(data.get("level", "")) or 3))
        skill = get_object_or_404(skills, pk=pk)
        if under_way := mine.filter(skill=skill, level=level).order_by("pk").first():
            return maker.from_goal(under_way)
        return maker.from_skill(visitor.person, skill, level, until)
    return maker.from_needs(visitor, until)


@at_work
def make(request: Request) -> HttpResponse:
    """Three plans side by side, within limits one sets; what one fixes or leaves out is kept to."""
    asked = _read(request, request.GET)
    told: dict[str, object] = {"asked": asked, "start": asked.start, "form": asked.form}
    if not asked.asked or asked.form.errors or not asked.start.gaps:
        status = 422 if asked.form.errors else 200
        return render(request, "plans/make.html", told, status=status)
    question = _question(request, asked)
    told["question"] = question
    status = 200
    try:
        found = maker.made(question)
    except (Circle, Impossible) as problem:
        told["problem"] = maker.refusal(question, problem)
        status = 422
    else:
        if found is None:
            told["task"] = _task(request, question, asked)
        else:
            told |= _shown(request, asked, question, found)
    return render(request, "plans/make.html", told, status=status)


def _question(request: Request, asked: Asked) -> maker.Question:
    given = asked.form.cleaned_data
    limits = Limits(
        until=given["until"],
        minutes_a_week=int(given["hours"] * 60),
        money_cents=_cents(given["money"]),
        cost_cents=_cents(given["cost"]),
        no_evenings=given["no_evenings"],
        forms=tuple(sorted(given["forms"])),
        language=given["language"],
    )
    return maker.question(
        request.visitor,
        asked.start,
        limits,
        asked.kept,
        locked=asked.locked,
        dropped=asked.dropped,
    )


def _shown(
    request: Request, asked: Asked, question: maker.Question, found: Made
) -> dict[str, object]:
    goal = asked.start.goal
    steps = (
        list(Step.objects.filter(goal=goal, done_on=None, activity__isnull=False)) if goal else []
    )
    planned = {s.activity_id or 0 for s in steps}
    plans = maker.told(question, found, planned)
    return {
        "plans": [
            {
                "plan": plan,
                "drawing": timeline(plan, question.case.today, question.case.limits.until),
                "rows": [
                    {
                        "step": step,
                        "lock": asked.with_locked(step.step.activity.key),
                        "drop": asked.with_dropped(step.step.activity.key),
                        "free": asked.let_go(step.step.activity.key),
                        "swap": asked.with_locked(step.instead_pk, without=step.step.activity.key)
                        if step.instead_pk
                        else "",
                        "swap_title": question.title(step.instead_pk or 0),
                    }
                    for step in plan.steps
                ],
                "left": [s for s in steps if s.activity_id not in plan.plan.keys],
            }
            for plan in plans
        ],
        "fixed": [
            (question.title(k), asked.let_go(k), kind)
            for kind, keys in (("lock", asked.locked), ("drop", asked.dropped))
            for k in sorted(keys)
            if k in question.activities
        ],
        "others": [
            (activity, asked.with_locked(activity.pk))
            for activity in maker.candidates(question, found.plans[0])
        ],
        "more": maker.more(question, found),
        "unmet": maker.unmet(question, found),
        "mandatory_left_out": maker.mandatory_left_out(question, found),
        "hidden": _pairs(asked),
    }


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    return [(k, v) for k, values in QueryDict(asked.query()[1:]).lists() for v in values]


def _task(request: Request, question: maker.Question, asked: Asked) -> uuid.UUID:
    """The job that makes these plans; asked for once, however often one looks."""
    name = f"plan-task:{question.digest}:{request.user.pk}"
    known: uuid.UUID | None = cache.get(name)
    if known is None:
        maker.hand_over(question)
        with transaction.atomic():
            task = enqueue(
                jobs.make_plans,
                by=request.user,
                digest=question.digest,
                url=reverse("plans:make") + asked.query(),
            )
        known = task.pk
        cache.set(name, known, maker.KEPT_SECONDS)
    return known


@at_work
@require_POST
def choose(request: Request) -> HttpResponse:
    """One of the three becomes the plan of the goal; only now something is kept."""
    asked = _read(request, request.POST)
    back = reverse("plans:make") + asked.query()
    if asked.form.errors or not asked.asked or not asked.start.gaps:
        return redirect(back)
    question = _question(request, asked)
    try:
        found = maker.made(question)
    except (Circle, Impossible):
        return redirect(back)
    chosen = next(
        (
            p
            for p in (maker.told(question, found) if found else [])
            if p.aim == request.POST.get("aim") and p.seen == request.POST.get("seen")
        ),
        None,
    )
    if chosen is None:
        messages.warning(
            request, _("Something changed since you looked. These are the plans as they are now.")
        )
        return redirect(back)
    try:
        goal = _take(request, asked, chosen)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect(back)
    messages.success(request, _("The plan is yours. Each step has its date."))
    return redirect("plans:goal", goal.pk)


@transaction.atomic
def _take(request: Request, asked: Asked, chosen: maker.ToldPlan) -> Goal:
    visitor, start = request.visitor, asked.start
    key = maker.key_of(request.POST.get("key", ""))
    goal = start.goal or actions.set_goal(
        visitor.person,
        organisation=visitor.organisation,
        profile=None if start.skill else start.profile or profile_of(visitor.person),
        skill=start.skill,
        level=start.level,
        due_on=asked.form.cleaned_data["until"],
        key=uuid.uuid5(key, "goal"),
    )
    actions.take_plan(
        goal,
        [actions.Planned(*step) for step in maker.planned_steps(chosen)],
        by=visitor.person,
        key=key,
        take_out=request.POST.get("take_out") == "1",
    )
    return goal


@at_work
def planning_rules(request: Request) -> HttpResponse:
    """HR says what an hour costs and from which limits a plan starts."""
    require(request.visitor.is_hr)
    kept = maker.rules_of(request.visitor.organisation)
    form = PlanningRulesForm(
        request.POST or None,
        initial={
            "wage": Decimal(kept.wage_cents) / 100,
            "money": None if kept.money_cents is None else Decimal(kept.money_cents) / 100,
            "hours": maker.hours_of(kept.minutes_a_week),
            "both_ways": kept.both_ways,
        },
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_planning_rules(
                request.visitor.organisation,
                wage_cents=int(given["wage"] * 100),
                both_ways=given["both_ways"],
                money_cents=_cents(given["money"]),
                minutes_a_week=int(given["hours"] * 60),
                seen=_number(request.POST.get("version", "")),
            )
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("plans:planning_rules")
    told = {"form": form, "kept": kept, "stale": stale}
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "plans/planning_rules.html", told, status=status)


def _cents(euros: Decimal | None) -> int | None:
    return None if euros is None else int(euros * 100)


def _keys(data: QueryDict, name: str) -> frozenset[int]:
    numbers = (_number(text) for text in data.getlist(name)[:MOST_FIXED])
    return frozenset(n for n in numbers if n)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
