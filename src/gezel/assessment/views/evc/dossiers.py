"""The course of a dossier, as the candidate, guide, assessors and who decides see it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.assessment import actions, paper, policy, queries
from gezel.assessment.forms import (
    AimForm,
    ChooseForm,
    DecisionForm,
    HoursForm,
    IntakeForm,
    KeyedForm,
    ObjectionForm,
    PlanForm,
    WhyForm,
)
from gezel.assessment.models import Dossier, DossierRole, EvcPerson, HoursKept
from gezel.assessment.rules import dossier as course
from gezel.assessment.rules import judging
from gezel.assessment.views.evc.common import desk_of, form_page, kept, tried
from gezel.assessment.words import CONFLICTS, NEXT, WHO
from gezel.people.api import Request, at_work, require, signed_in
from gezel.plans.api import Goal

Stage = Dossier.Stage


@signed_in
@require_safe
def home(request: Request) -> HttpResponse:
    """What EVC is, one's own dossiers, and what others ask of one."""
    visitor = request.visitor
    working = visitor.employment is not None
    told = {
        "mine": policy.own_dossiers(visitor).select_related("standard").order_by("-last_at"),
        "standards": queries.standards(policy.standards_to_begin(visitor)).order_by(
            "name_nl", "name_en"
        )
        if working
        else [],
        "roles": policy.roles_carried(visitor)
        .select_related("dossier__person", "dossier__standard")
        .order_by("dossier__ended_at", "-dossier__last_at")[:100],
        "shut": policy.roles_shut(visitor).select_related("dossier__standard"),
        "asked": policy.statements_to_give(visitor).select_related("dossier__person"),
        "objections": policy.objections_to_decide(visitor)
        .filter(decided_at=None)
        .select_related("dossier__person", "dossier__standard"),
        "tasks": policy.tasks_to_answer(visitor)
        .filter(state__in=[EvcPerson.State.ASKED, EvcPerson.State.YES])
        .select_related("organisation"),
        "may_know": working and (visitor.is_hr or visitor.leads),
    }
    return render(request, "assessment/evc/home.html", told)


@signed_in
@require_safe
def standard(request: Request, pk: int) -> HttpResponse:
    """A standard to read, and to begin with."""
    visitor = request.visitor
    found = get_object_or_404(policy.standards_to_read(visitor), pk=pk)
    begins = visitor.employment is not None and policy.standards_to_begin(visitor).filter(pk=pk)
    told = {
        "standard": found,
        "parts": found.parts.select_related("skill"),
        "may_begin": bool(begins),
        "running": policy.own_dossiers(visitor).filter(standard=found, ended_at=None).first(),
        "setup": queries.setup_of(visitor.organisation) if visitor.employment else None,
        "form": KeyedForm(),
    }
    return render(request, "assessment/evc/standard.html", told)


@at_work
@require_POST
def begin(request: Request, pk: int) -> HttpResponse:
    """Begin a dossier. Only the candidate knows."""
    visitor = request.visitor
    found = get_object_or_404(policy.standards_to_read(visitor), pk=pk)
    sent = KeyedForm(request.POST)
    require(sent.is_valid() and found.organisation_id == visitor.organisation.pk)
    made: list[Dossier] = []
    if tried(
        request,
        lambda: made.append(
            actions.begin_dossier(
                visitor.person,
                found,
                organisation=visitor.organisation,
                key=sent.cleaned_data["key"],
            )
        ),
    ):
        return redirect("evc:dossier", made[0].key)
    return redirect("evc:standard", pk)


@signed_in
@require_POST
def answer_task(request: Request, pk: int) -> HttpResponse:
    """Say yes or no to guiding or assessing, or stop with it."""
    task = get_object_or_404(policy.tasks_to_answer(request.visitor), pk=pk)
    yes = request.POST.get("answer") == "yes"
    actions.answer_task(task, request.user, yes=yes)
    messages.success(
        request,
        _("Thank you. Candidates can choose you now.")
        if yes
        else _("Noted. Candidates cannot choose you."),
    )
    return redirect("evc:home")


def _words_of_next(told: queries.Desk) -> dict[str, object]:
    what, who = told.next_step
    mine = who == told.part
    return {
        "next": str(what),
        "next_is_mine": mine,
        "next_words": NEXT[what][0 if mine else 1],
        "next_who": WHO.get(who, ""),
    }


@signed_in
@require_safe
def dossier(request: Request, key: uuid.UUID) -> HttpResponse:
    """A dossier on one page: where it stands, what comes next, what covers what, who helps."""
    told = desk_of(request, key)
    found = told.dossier
    minutes = queries.minutes_by([found]).get(found.pk, (0, 0))
    stage = course.STAGES.index(course.Stage(found.stage))
    context = {
        "desk": told,
        "dossier": found,
        "own": told.part == "candidate",
        "stages": [
            (choice.label, "done" if n < stage or found.ended_at else "now" if n == stage else "")
            for n, choice in enumerate(Stage)
        ],
        "roles": [(role, role.pk in told.conflicted) for role in told.roles],
        # By name, since a template knows no numbers as keys.
        "first_seat": any(role.seat == 1 for role in told.roles),
        "second_seat": any(role.seat == 2 for role in told.roles),
        "setup": queries.setup_of(found.organisation),
        "own_minutes": minutes[0],
        "other_minutes": minutes[1],
        "facts": found.facts.select_related("by"),
        "open": found.ended_at is None,
        **_words_of_next(told),
    }
    return render(request, "assessment/evc/dossier.html", context)


@signed_in
def aim(request: Request, key: uuid.UUID) -> HttpResponse:
    """From information to intake: the candidate says what they want to reach."""
    told = desk_of(request, key, "candidate")
    if told.dossier.stage != Stage.INFORMATION:
        return redirect("evc:dossier", key)
    form = AimForm(request.POST or None, initial={"aim": told.dossier.aim})
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(form, lambda: actions.ready_for_intake(told.dossier, **form.cleaned_data))
    ):
        return redirect("evc:dossier", key)
    return form_page(
        request, told, form, title=_("Go to the intake"), submit=_("Go to the intake"),
        lead=_("Your guide and assessors read this. You can still stop at any moment."),
    )  # fmt: skip


@signed_in
def people(request: Request, key: uuid.UUID, kind: str, seat: int) -> HttpResponse:
    """Choose a guide or an assessor; who may not is told with the reason."""
    told = desk_of(request, key, "candidate")
    if kind not in DossierRole.Kind.values:
        raise Http404
    found = queries.choices(told.dossier, kind)
    there = {role.person_id for role in told.roles}
    free = [(c.person, c.outside) for c in found if not c.conflicts and c.person.pk not in there]
    form = ChooseForm(request.POST or None, people=free)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        if kept(form, lambda: actions.choose(told.dossier, person, kind=kind, seat=seat)):
            messages.success(
                request, _("%(name)s can see your dossier from now on.") % {"name": person.name}
            )
            return redirect("evc:dossier", key)
    guide = kind == DossierRole.Kind.GUIDE
    return form_page(
        request, told, form,
        title=_("Choose a guide") if guide else _("Choose an assessor"),
        lead=_(
            "A guide helps you to collect and never judges. Whom you choose can read your dossier."
        )
        if guide
        else _("An assessor judges and never helps. Whom you choose can read your dossier."),
        submit=_("Choose"),
        nobody=not free,
        barred=[(c.person, [CONFLICTS[why] for why in c.conflicts]) for c in found if c.conflicts],
    )  # fmt: skip


@signed_in
def hand_back(request: Request, key: uuid.UUID) -> HttpResponse:
    """A guide or assessor steps back, for a conflict of interest or another reason."""
    told = desk_of(request, key, "guide", "assessor")
    role = told.own_role
    form = WhyForm(request.POST or None)
    if role is None:
        raise Http404
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(form, lambda: actions.hand_back(role, **form.cleaned_data))
    ):
        messages.success(request, _("Handed back. The candidate chooses someone else."))
        return redirect("evc:home")
    return form_page(
        request, told, form, title=_("Step back"), submit=_("Step back"),
        lead=_("For a conflict of interest, also one that arose later, or another reason. "
               "From then on you cannot open the dossier."),
    )  # fmt: skip


@signed_in
def intake(request: Request, key: uuid.UUID) -> HttpResponse:
    """The guide writes down what was agreed at the intake."""
    told = desk_of(request, key, "guide")
    if told.dossier.stage != Stage.INTAKE:
        return redirect("evc:dossier", key)
    form = IntakeForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(
            form, lambda: actions.do_intake(told.dossier, by=request.user, **form.cleaned_data)
        )
    ):
        return redirect("evc:dossier", key)
    return form_page(
        request, told, form, title=_("The intake"), submit=_("Done: to the portfolio"),
        lead=told.dossier.aim and _("What the candidate wants to reach: %(aim)s")
        % {"aim": told.dossier.aim},
    )  # fmt: skip


@signed_in
@require_POST
def hand_in(request: Request, key: uuid.UUID) -> HttpResponse:
    """The candidate hands the portfolio in."""
    told = desk_of(request, key, "candidate")
    tried(request, lambda: actions.hand_in(told.dossier), _("Handed in. Your assessors are next."))
    return redirect("evc:dossier", key)


@signed_in
def back_to_portfolio(request: Request, key: uuid.UUID) -> HttpResponse:
    """An assessor asks for more evidence."""
    told = desk_of(request, key, "assessor")
    form = WhyForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(
            form,
            lambda: actions.return_portfolio(told.dossier, by=request.user, **form.cleaned_data),
        )
    ):
        return redirect("evc:dossier", key)
    return form_page(
        request, told, form, title=_("Ask for more evidence"), submit=_("Send back"),
        lead=_("The portfolio opens again. What you wrote so far stays yours."),
    )  # fmt: skip


@signed_in
@require_POST
def employer(request: Request, key: uuid.UUID) -> HttpResponse:
    """The candidate lets the employer know, or takes that back."""
    told = desk_of(request, key, "candidate")
    known = request.POST.get("known") == "yes"
    actions.tell_employer(told.dossier, known=known)
    messages.success(
        request,
        _("Your lead and HR can see that it runs, where it stands and the hours.")
        if known
        else _("Your lead and HR see nothing of it any more."),
    )
    return redirect("evc:dossier", key)


@signed_in
def hours(request: Request, key: uuid.UUID) -> HttpResponse:
    """Hours of everyone in the dossier; one adds one's own."""
    told = desk_of(request, key, "candidate", "guide", "assessor")
    form = HoursForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if kept(
            form,
            lambda: actions.keep_hours(
                told.dossier,
                by=request.user,
                on=data["on"],
                minutes=round(data["hours"] * 60),
                what=data["what"],
                key=data["key"],
            ),
        ):
            messages.success(request, _("Written down."))
            return redirect("evc:hours", key)
    found = told.dossier
    own, other = queries.minutes_by([found]).get(found.pk, (0, 0))
    context = {
        "desk": told, "dossier": found, "form": form, "rows": told.hours,
        "own_minutes": own, "other_minutes": other, "setup": queries.setup_of(found.organisation),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/hours.html", context, status=status)


@signed_in
@require_POST
def take_back_hours(request: Request, key: uuid.UUID, row_key: uuid.UUID) -> HttpResponse:
    """Take back hours one wrote down oneself."""
    told = desk_of(request, key, "candidate", "guide", "assessor")
    row = get_object_or_404(HoursKept, key=row_key, dossier=told.dossier, by=request.user)
    actions.take_back_hours(row)
    messages.success(request, _("Taken back."))
    return redirect("evc:hours", key)


@signed_in
@require_POST
def end(request: Request, key: uuid.UUID) -> HttpResponse:
    """The candidate rounds it off, stops, or throws the dossier away."""
    told = desk_of(request, key, "candidate")
    how = request.POST.get("how", "")
    if how == "done":
        tried(request, lambda: actions.round_off(told.dossier), _("Rounded off."))
    elif how == "stop":
        tried(request, lambda: actions.stop(told.dossier), _("Stopped. You can still read it."))
    elif how == "throw_away":
        actions.drop_dossiers([told.dossier.pk])
        messages.success(request, _("The dossier and its files are gone."))
        return redirect("evc:home")
    else:
        raise Http404
    return redirect("evc:dossier", key)


@signed_in
def throw_away(request: Request, key: uuid.UUID) -> HttpResponse:
    """Are you sure? Nothing brings it back."""
    told = desk_of(request, key, "candidate")
    return render(
        request, "assessment/evc/throw_away.html", {"desk": told, "dossier": told.dossier}
    )


# -- the result and after ------------------------------------------------------------------------


@signed_in
@require_safe
def result(request: Request, key: uuid.UUID) -> HttpResponse:
    """The result part by part, with the reasons and where assessors differed."""
    told = desk_of(request, key)
    found = told.dossier
    require(found.result_at is not None)
    seats = {role.pk: role for role in found.roles.filter(kind="assessor").select_related("person")}
    rows = [
        {
            "part": part,
            "outcome": told.outcomes.get(part.pk),
            "views": [
                (seats[role], views[part.pk])
                for role, views in told.views.items()
                if part.pk in views and role in seats
            ],
            "apart": part.pk in told.apart,
        }
        for part in told.parts
    ]
    context = {
        "desk": told,
        "dossier": found,
        "own": told.part == "candidate",
        "rows": rows,
        "judged_by": [r.person.name for r in seats.values() if r.final_at],
        "for_profile": sum(
            outcome.result == judging.Shown.SHOWN
            for part in told.parts
            if part.skill_id and (outcome := told.outcomes.get(part.pk))
        ),
        "objections": found.objections.select_related("to"),
        "open": found.ended_at is None,
    }
    return render(request, "assessment/evc/result.html", context)


@signed_in
@require_POST
def keep(request: Request, key: uuid.UUID) -> HttpResponse:
    """The candidate puts the shown parts in their profile."""
    told = desk_of(request, key, "candidate")
    tried(
        request,
        lambda: actions.put_result_in_profile(told.dossier),
        _("In your profile. Who may read your skills reads that it comes from EVC."),
    )
    return redirect("evc:result", key)


@signed_in
def plan(request: Request, key: uuid.UUID) -> HttpResponse:
    """What is left becomes steps of one's plan."""
    told = desk_of(request, key, "candidate")
    found = told.dossier
    require(found.result_at is not None and found.ended_at is None)
    goals = Goal.objects.filter(person=request.user, state=Goal.State.OPEN)
    if found.opened_at is None:
        goals = goals.filter(shared=False)
    left = told.remaining
    form = PlanForm(
        request.POST or None,
        goals=list(goals.select_related("skill", "profile")[:20]),
        parts=[part for part in left if part.skill_id][:8],
    )
    if request.method == "POST" and form.is_valid():
        goal, part = form.chosen
        if kept(
            form,
            lambda: actions.plan_the_rest(
                found, due_on=form.cleaned_data["due_on"], goal=goal, part=part
            ),
        ):
            found.refresh_from_db()
            messages.success(request, _("The parts that are left are steps of your plan now."))
            return redirect(reverse("plans:goal", args=[found.goal_id]))
    return form_page(
        request, told, form, title=_("A plan for what is left"), submit=_("Make the plan"),
        lead=_("Each part below becomes a step. A goal that only you read stays so."),
        items=[part.name for part in left],
        nowhere=not form.fields["to"].choices,  # type: ignore[attr-defined]
    )  # fmt: skip


@signed_in
def object_to(request: Request, key: uuid.UUID) -> HttpResponse:
    """The candidate does not agree with the result."""
    told = desk_of(request, key, "candidate")
    found = told.dossier
    require(found.result_at is not None and found.ended_at is None)
    form = ObjectionForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(form, lambda: actions.object_to_result(found, **form.cleaned_data))
    ):
        messages.success(request, _("Sent. You read the decision here, with the reasons."))
        return redirect("evc:result", key)
    to = actions.decider_for(found)
    return form_page(
        request, told, form, title=_("Object to the result"), submit=_("Send the objection"),
        lead=_("It goes to %(name)s, who had no part in your dossier and can then read it.")
        % {"name": to.name}
        if to
        else _("Nobody is named yet to decide. Ask HR to name someone in the set-up of EVC."),
    )  # fmt: skip


@at_work
def decide(request: Request, key: uuid.UUID, objection_key: uuid.UUID) -> HttpResponse:
    """Who was named decides on an objection."""
    told = desk_of(request, key, "decider")
    objection = get_object_or_404(
        policy.objections_to_decide(request.visitor), key=objection_key, dossier=told.dossier
    )
    form = DecisionForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(
            form,
            lambda: actions.decide_objection(objection, by=request.user, **form.cleaned_data),
        )
    ):
        messages.success(request, _("Decided. The candidate and the assessors read it."))
        return redirect("evc:dossier", key)
    return form_page(
        request, told, form, title=_("Decide on the objection"), submit=_("Decide"),
        lead=_("Judged anew means: assessors begin again with nothing filled in."),
        quote=objection.reason,
    )  # fmt: skip


@signed_in
@require_safe
def take_along(request: Request, key: uuid.UUID, form: str) -> HttpResponseBase:
    """The dossier for a recognised provider: as a page on paper, or with all files."""
    told = desk_of(request, key, "candidate")
    if form == "pdf":
        response = HttpResponse(paper.page(told), content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="evc-dossier.pdf"'
    elif form == "zip":
        return paper.download(told)
    else:
        raise Http404
    response["Cache-Control"] = "private, no-store"
    return response
