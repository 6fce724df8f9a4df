"""The pages of plans: my plan, one goal, my line's shared goals, the goals of a group."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gezel.catalogue.api import Activity
from gezel.people.api import Organisation, Request, Visitor, at_work, require, signed_in
from gezel.plans import actions, policy, queries, rules
from gezel.plans.actions import ChangedMeanwhileError
from gezel.plans.forms import (
    AsideForm,
    FindPlansForm,
    GoalForm,
    PickForm,
    SharedGoalForm,
    StepForm,
    WishForm,
)
from gezel.plans.models import Goal, Wish
from gezel.skills.api import (
    RoleProfile,
    Skill,
    find_skills,
    give_own_names,
    needs_of,
    profiles_to_read,
    reads_as,
)
from gezel.trust.api import note_reading

PLANS_A_PAGE = 30
FEW = 5  # of what waits or is late beside the whole list, which can be asked for those alone
PEOPLE_SHOWN = 20  # to write a wish to; who leads more searches by name

MEANWHILE = gettext_lazy(
    "Somebody changed this while you were writing. Nothing is lost: look at both and save."
)


# -- my plan ------------------------------------------------------------------------------------


@signed_in
def mine(request: Request) -> HttpResponse:
    """My goals, my next step, my plan in order of date."""
    visitor = request.visitor
    goals = queries.own_goals(visitor)
    under_way = [g for g in goals if g.is_open]
    steps = queries.steps_for(under_way, visitor)
    first = under_way[0] if under_way else None
    progress = queries.progress_of(under_way[1:], at=None)
    shown = {
        "goals": [
            (g, queries.progress_since(g, at=None) if g is first else progress[g])
            for g in under_way
        ],
        "closed": [g for g in goals if not g.is_open],
        "ahead": [s for s in steps if s.step.done_on is None],
        "done": [s for s in steps if s.step.done_on],
        "wishes": queries.wishes_for_me(visitor),
        "starts": [] if goals or visitor.employment is None else needs_of(visitor.person)[:3],
    }
    return render(request, "plans/mine.html", shown)


@at_work
def set_goal(request: Request) -> HttpResponse:
    """Choose a role or a skill; then by when and why."""
    visitor = request.visitor
    profile, skill = _target(request)
    wish = policy.wishes_for_me(visitor).filter(pk=_whole(request, "wish")).first()
    if profile is None and skill is None:
        return _choose_target(request, wish)
    form = GoalForm(
        request.POST or None, skill=skill, initial={"level": _whole(request, "level") or 3}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            goal = actions.set_goal(
                visitor.person,
                organisation=visitor.organisation,
                profile=profile,
                skill=skill,
                level=given.get("level"),
                due_on=given["due_on"],
                own_words=given["own_words"],
                shared=given["shared"],
                wish=wish,
                key=_key(request),
            )
        except ValidationError as problem:
            form.add_error(None, problem.messages[0])
        else:
            messages.success(request, _("Your goal is set. Now pick a first small step."))
            return redirect("plans:steps", goal.pk)
    told = {"form": form, "profile": profile, "skill": skill, "wish": wish}
    return render(request, "plans/set_goal.html", told, status=422 if form.errors else 200)


def _choose_target(request: Request, wish: Wish | None) -> HttpResponse:
    visitor, words = request.visitor, request.GET.get("q", "").replace("\x00", "").strip()[:100]
    start = request.GET.get("start", "")
    if start not in {"needs", "role", "skill"}:
        start = "skill" if words else ""
    today = timezone.localdate()
    needs = needs_of(visitor.person) if start == "needs" else []
    if start == "needs" and not needs:
        needs = needs_of(visitor.person, rules.months_later(today, 12))
    shown = {
        "start": start,
        "words": words,
        "wish": wish,
        "needs": needs[:6],
        "roles": queries.roles_ahead(
            visitor.person, visitor.organisation, rules.months_later(today, 12)
        )
        if start == "role"
        else [],
        "skills": find_skills(visitor, words) if words else [],
    }
    return render(request, "plans/choose.html", shown)


def _target(request: Request) -> tuple[RoleProfile | None, Skill | None]:
    """The role or skill named in the address, if the visitor may see it."""
    if pk := _whole(request, "profile"):
        return get_object_or_404(profiles_to_read(request.visitor), pk=pk), None
    if pk := _whole(request, "skill"):
        skills = Skill.objects.usable_by(request.visitor).worded_by(request.visitor.organisation)
        return None, get_object_or_404(skills, pk=pk)
    return None, None


# -- one goal -----------------------------------------------------------------------------------


def _goal(request: Request, pk: int, among: Callable[[Visitor], Any] | None = None) -> Goal:
    """A goal the visitor may read; who reads another's leaves a trace for that other."""
    goals = (among or policy.goals_to_read)(request.visitor)
    goal: Goal = get_object_or_404(
        goals.select_related("profile", "skill", "agreement", "person", "agreement__wished_by"),
        pk=pk,
    )
    if goal.person_id != request.user.pk:
        note_reading(
            reader_pk=request.user.pk, about=[goal.person_id], matter="plans", purpose="lead"
        )
    return goal


@signed_in
def goal(request: Request, pk: int) -> HttpResponse:
    """One goal: how far, the steps, and the organisation's wish beside it."""
    found = _goal(request, pk)
    return _goal_page(request, found)


def _goal_page(
    request: Request, goal: Goal, *, wish: WishForm | None = None, status: int = 200
) -> HttpResponse:
    own = goal.person_id == request.user.pk
    agreement = queries.agreement_of(goal)
    progress = queries.progress_since(goal, at=reads_as(request.visitor, goal.person))
    queries.name_our_way([goal], [progress], _organisation(request.visitor))
    if wish is None and not own:
        wish = WishForm(initial={"wish": goal.agreement.wish})
    confirmed_at = (
        agreement.agreement.person_confirmed_at if own else agreement.agreement.lead_confirmed_at
    )
    # What someone did elsewhere counts for them, and for their lead only once they say so.
    here = _organisation(request.visitor)
    mine_alone = (
        own
        and goal.shared
        and goal.is_open
        and progress.reached
        and here is not None
        and not queries.progress_of([goal], at=here.pk)[goal].reached
    )
    shown = {
        "goal": goal,
        "own": own,
        "mine_alone": mine_alone,
        "progress": progress,
        "plan": queries.plan_of(goal, request.visitor),
        "agreement": agreement,
        "wish_form": wish,
        "may_confirm": goal.shared and goal.is_open and confirmed_at is None,
    }
    return render(request, "plans/goal.html", shown, status=status)


@signed_in
def edit_goal(request: Request, pk: int) -> HttpResponse:
    """The person changes date, level or words."""
    found = _goal(request, pk, policy.own_goals)
    require(found.is_open)
    form = GoalForm(
        request.POST or None,
        skill=found.skill if found.kind == Goal.Kind.SKILL else None,
        goal=found,
        due_on=found.due_on,
        initial={"level": found.level, "own_words": found.own_words},
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_goal(
                found,
                due_on=form.cleaned_data["due_on"],
                own_words=form.cleaned_data["own_words"],
                level=form.cleaned_data.get("level"),
                by=request.user,
                seen=_seen(request),
            )
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("plans:goal", pk)
    told = {"form": form, "goal": found, "stale": stale}
    return render(request, "plans/edit_goal.html", told, status=_status(form, stale))


@signed_in
@require_POST
def share(request: Request, pk: int) -> HttpResponse:
    """The person shares a goal with their lead, or takes that back."""
    found = _goal(request, pk, policy.own_goals)
    shared = request.POST.get("shared") == "1"
    actions.share(found, shared=shared, by=request.user)
    messages.success(
        request,
        _("Your lead can read this goal from now on.")
        if shared
        else _("Only you can read this goal from now on."),
    )
    return redirect("plans:goal", pk)


@signed_in
@require_POST
def end_goal(request: Request, pk: int) -> HttpResponse:
    """The person closes a goal as reached, stops it, or takes it up again."""
    found = _goal(request, pk, policy.own_goals)
    how = request.POST.get("how")
    if how == "reopen":
        actions.reopen_goal(found, by=request.user)
    elif how in {"reached", "stopped"}:
        reached = how == "reached"
        actions.end_goal(found, reached=reached, by=request.user, on=timezone.localdate())
        messages.success(
            request,
            _("Reached. Well done: this is yours to keep.")
            if reached
            else _("Stopped. It stays in your history; you can take it up again."),
        )
    return redirect("plans:goal", pk)


@at_work
@require_POST
def write_wish(request: Request, pk: int) -> HttpResponse:
    """A lead lays the organisation's wish beside a shared goal."""
    found = _goal(request, pk, policy.goals_to_wish_for)
    form = WishForm(request.POST)
    if not form.is_valid():
        return _goal_page(request, found, wish=form, status=422)
    try:
        actions.write_wish(
            found, text=form.cleaned_data["wish"], by=request.user, seen=_seen(request)
        )
    except ChangedMeanwhileError:
        messages.warning(request, MEANWHILE)
        return _goal_page(request, found, wish=form, status=409)
    messages.success(request, _("Saved. Both of you are asked to confirm."))
    return redirect("plans:goal", pk)


@signed_in
@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """Either side confirms goal, wish and steps as they stand on the screen."""
    found = _goal(request, pk, policy.goals_to_plan)
    try:
        actions.confirm(found, by=request.user, seen=_seen(request))
    except ChangedMeanwhileError:
        messages.warning(
            request,
            _("The plan changed while you were reading. Look at it once more, then confirm."),
        )
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        messages.success(request, _("Confirmed."))
    return redirect("plans:goal", pk)


# -- steps --------------------------------------------------------------------------------------


@at_work
def steps(request: Request, pk: int) -> HttpResponse:
    """Pick steps: suggested from the catalogue, or in one's own words."""
    found = _goal(request, pk, policy.goals_to_plan)
    own = found.person_id == request.user.pk
    form = StepForm(request.POST or None, for_lead=not own, name=found.person.first_name)
    if request.method == "POST" and form.is_valid():
        actions.add_step(
            found,
            title=form.cleaned_data["title"],
            due_on=form.cleaned_data["due_on"],
            who=form.cleaned_data["who"],
            by=request.user,
            key=_key(request),
        )
        messages.success(request, _("The step is in the plan."))
        return redirect("plans:goal", pk)
    at = reads_as(request.visitor, found.person)
    progress = queries.progress_of([found], at=at)[found]
    queries.name_our_way([found], [progress], request.visitor.organisation)
    suggested = queries.suggestions_for(found, progress)
    shown = {
        "goal": found,
        "own": own,
        "form": form,
        "pick": PickForm(auto_id=False),
        "suggested": suggested,
        "mix": rules.mix_counts(s.activity.mix for s in suggested),
    }
    return render(request, "plans/steps.html", shown, status=422 if form.errors else 200)


@at_work
@require_POST
def add_activity(request: Request, activity_pk: int) -> HttpResponse:
    """An activity of the catalogue goes into a plan, with a date."""
    activity = get_object_or_404(Activity.objects.open_to(request.visitor), pk=activity_pk)
    found = get_object_or_404(policy.goals_to_plan(request.visitor), pk=_posted(request, "goal"))
    form = PickForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a date for this step."))
        return redirect(_back(request, "plans:steps", found.pk))
    actions.add_step(
        found,
        activity=activity,
        due_on=form.cleaned_data["due_on"],
        by=request.user,
        key=_key(request),
    )
    messages.success(request, _("“%s” is in the plan.") % activity.title)
    return redirect("plans:goal", found.pk)


@signed_in
def step(request: Request, pk: int) -> HttpResponse:
    """Change a step: its words, its date, who does it."""
    found = get_object_or_404(
        queries.steps_in_full(policy.steps_to_tick(request.visitor)).select_related("goal__person"),
        pk=pk,
    )
    own = found.goal.person_id == request.user.pk
    form = StepForm(
        request.POST or None,
        for_lead=not own,
        name=found.goal.person.first_name,
        due_on=found.due_on,
        fixed_title=found.activity_id is not None,
        initial={"title": found.name, "who": found.who},
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_step(
                found,
                title=given.get("title", found.title),
                due_on=given["due_on"],
                who=given["who"],
                by=request.user,
                seen=_seen(request),
            )
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("plans:goal", found.goal_id)
    told = {"form": form, "step": found, "goal": found.goal, "stale": stale}
    return render(request, "plans/step.html", told, status=_status(form, stale))


@signed_in
@require_POST
def mark_step(request: Request, pk: int) -> HttpResponse:
    """A step is done, or was ticked by mistake."""
    found = get_object_or_404(
        policy.steps_to_tick(request.visitor).select_related("goal", "activity"), pk=pk
    )
    done = request.POST.get("done") == "1"
    actions.mark_step(found, done_on=timezone.localdate() if done else None)
    if done:
        messages.success(request, _("Done: %s. One step further.") % found.name)
    return redirect(_back(request, "plans:goal", found.goal_id))


@signed_in
@require_POST
def remove_step(request: Request, pk: int) -> HttpResponse:
    """The person takes a step out of their plan."""
    found = get_object_or_404(
        policy.steps_to_tick(request.visitor).select_related("goal", "activity"), pk=pk
    )
    actions.remove_step(found, by=request.user)
    messages.success(request, _("The step is out of the plan."))
    return redirect("plans:goal", found.goal_id)


# -- the lead's page ----------------------------------------------------------------------------


@at_work
def team(request: Request) -> HttpResponse:
    """Goals that people in my line shared: what waits for me, what is overdue, wishes to write."""
    visitor = request.visitor
    require(visitor.leads)
    asked = FindPlansForm(request.GET)
    ask, words = asked.chosen()
    waiting = list(queries.goals_shared_with(visitor, queries.Ask.WAITING)[: FEW + 1])
    late = list(queries.goals_shared_with(visitor, queries.Ask.LATE)[: FEW + 1])
    found = Paginator(queries.goals_shared_with(visitor, ask, words), PLANS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    plans = queries.shared_plans([*page, *late], visitor)
    people = list(policy.people_named(visitor, words)[: PEOPLE_SHOWN + 1])
    note_reading(
        reader_pk=request.user.pk,
        about={goal.person_id for goal in [*page, *late, *waiting]},
        matter="plans",
        purpose="lead",
    )
    shown = {
        "form": asked,
        "searched": bool(ask or words),
        "page": page,
        "plans": plans[: len(page)],
        "waiting": waiting[:FEW],
        "more_waiting": len(waiting) > FEW,
        "late": plans[len(page) :][:FEW],
        "more_late": len(late) > FEW,
        "wishes": queries.open_wishes(visitor)[:20],
        "people": people[:PEOPLE_SHOWN],
        "more_people": len(people) > PEOPLE_SHOWN,
    }
    return render(request, "plans/team.html", shown)


@at_work
def make_wish(request: Request, person_pk: int) -> HttpResponse:
    """A lead tells someone in their line what the organisation hopes for."""
    visitor = request.visitor
    person = get_object_or_404(policy.people_i_lead(visitor), pk=person_pk)
    form = WishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.make_wish(
            person,
            visitor.organisation,
            text=form.cleaned_data["wish"],
            by=request.user,
            key=_key(request),
        )
        messages.success(request, _("%s can read your wish now.") % person.first_name)
        return redirect("plans:team")
    told = {"form": form, "person": person}
    return render(request, "plans/make_wish.html", told, status=422 if form.errors else 200)


@signed_in
@require_POST
def put_wish_aside(request: Request, pk: int) -> HttpResponse:
    """The person answers: not now."""
    wish = get_object_or_404(policy.wishes_for_me(request.visitor), pk=pk)
    form = AsideForm(request.POST)
    if form.is_valid():
        actions.put_wish_aside(wish, answer=form.cleaned_data["answer"])
        messages.success(request, _("Put aside. Your lead can read your answer."))
    else:
        messages.error(request, _("Your answer is too long: at most 500 characters."))
    return redirect("plans:mine")


# -- goals of a unit or the organisation --------------------------------------------------------


@at_work
def shared(request: Request) -> HttpResponse:
    """The goals of my unit and of the whole organisation, with how many people are there."""
    visitor = request.visitor
    goals = queries.shared_goals(visitor)
    give_own_names([g.goal.skill for g in goals], visitor.organisation)
    shown = {
        "goals": goals,
        "may_set": visitor.is_hr or policy.units_to_set_goals_for(visitor).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "plans/shared.html", shown)


def _skills_to_choose(visitor: Visitor) -> Any:
    """What role profiles here ask: the skills a shared goal would be about."""
    return (
        Skill.objects.filter(demands__profile__organisation=visitor.organisation)
        .worded_by(visitor.organisation)
        .distinct()
        .order_by("name_nl", "name_en")
    )


@at_work
def set_shared_goal(request: Request) -> HttpResponse:
    """HR or a lead sets a goal for a unit, or HR for everyone."""
    visitor = request.visitor
    units = policy.units_to_set_goals_for(visitor)
    for_all = _("The whole organisation") if policy.may_set_goals_for_all(visitor) else ""
    require(bool(for_all) or units.exists())
    form = SharedGoalForm(
        request.POST or None, units=units, skills=_skills_to_choose(visitor), for_all=for_all
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.set_shared_goal(visitor.organisation, by=request.user, key=_key(request), **given)
        messages.success(request, _("The goal stands. Everyone in this group can see it."))
        return redirect("plans:shared")
    told = {"form": form, "goal": None}
    return render(request, "plans/shared_form.html", told, status=422 if form.errors else 200)


@at_work
def edit_shared_goal(request: Request, pk: int) -> HttpResponse:
    """Who may set it changes a shared goal, or takes it away."""
    visitor = request.visitor
    found = get_object_or_404(
        policy.shared_goals_to_edit(visitor).select_related("unit", "skill"), pk=pk
    )
    if request.method == "POST" and request.POST.get("remove") == "1":
        actions.remove_shared_goal(found)
        messages.success(request, _("The goal no longer stands."))
        return redirect("plans:shared")
    form = SharedGoalForm(
        request.POST or None,
        units=None,
        skills=None,
        goal=found,
        initial={
            "level": found.level,
            "people": found.people,
            "due_on": found.due_on,
            "why": found.why,
        },
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_shared_goal(found, seen=_seen(request), **form.cleaned_data)
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("plans:shared")
    told = {"form": form, "goal": found, "stale": stale}
    return render(request, "plans/shared_form.html", told, status=_status(form, stale))


# -- small things -------------------------------------------------------------------------------


def _organisation(visitor: Visitor) -> Organisation | None:
    """Where they work, if anywhere: one's own plan is there between jobs too."""
    return visitor.employment.organisation if visitor.employment else None


def _status(form: Any, stale: bool) -> int:
    return 409 if stale else 422 if form.errors else 200


def _key(request: Request) -> uuid.UUID:
    """The form's own key; one that is no key is replaced, so only double sending is lost."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _whole(request: Request, name: str) -> int:
    """A row's number from the address; 0 for anything else."""
    return _number(request.GET.get(name, ""))


def _posted(request: Request, name: str) -> int:
    return _number(request.POST.get(name, ""))


def _seen(request: Request) -> int:
    """The version that was on the screen."""
    return _posted(request, "version")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _back(request: Request, name: str, *args: int) -> str:
    """Where the form was, if that is a page of ours."""
    to = request.POST.get("next", "")
    if to and url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}):
        return to
    return reverse(name, args=args)
