"""The evidence ledger of a person and a skill, and what people do with it."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.kit.charts import Point
from gezel.people.api import Person, Request, Visitor, at_work, signed_in
from gezel.skills import actions, policy, queries, rules
from gezel.skills.forms.ledger import (
    AskForm,
    CorrectForm,
    KeyedForm,
    LevelForm,
    ObjectForm,
    RateForm,
    VouchForm,
)
from gezel.skills.models import Evidence, EvidenceRequest, Skill
from gezel.skills.queries import offer
from gezel.skills.queries.taxonomy import give_own_names
from gezel.skills.views.asked import day_asked
from gezel.trust.api import note_reading


def keep(form: KeyedForm, act: Callable[[], object]) -> bool:
    """Do it; what the action refuses stands at the field it is about."""
    try:
        act()
    except ValidationError as refused:
        names = {"observed_on": "on"}
        if not hasattr(refused, "error_dict"):
            form.add_error(None, refused)
            return False
        for field, errors in refused.error_dict.items():
            at = names.get(field, field)
            for error in errors:
                form.add_error(at if at in form.fields else None, error)
        return False
    return True


@signed_in
def ledger(request: Request, person_pk: int, skill_pk: int) -> HttpResponse:
    """Each piece of evidence, and how the level follows from them; add one's own view."""
    visitor = request.visitor
    person = get_object_or_404(policy.people_whose_skills(visitor), pk=person_pk)
    skill = get_object_or_404(policy.skills_to_read(visitor), pk=skill_pk)
    if skill.merged_into_id is not None:
        return redirect("skills:ledger", person.pk, skill.merged_into_id)
    mine = person.pk == visitor.person.pk
    leads = not mine and policy.people_to_vouch_for(visitor).filter(pk=person.pk).exists()
    form = _form_for(request, skill, mine=mine, leads=leads)
    status = 200
    if request.method == "POST" and form is not None:
        sent = form
        if sent.is_valid() and keep(sent, lambda: _add(visitor, person, skill, sent)):
            if not request.htmx:
                messages.success(request, _("Kept. The level is computed anew."))
                return redirect("skills:ledger", person.pk, skill.pk)
            form = _form_for(request, skill, mine=mine, leads=leads, fresh=True)
        else:
            status = 422
    if not mine:
        note_reading(
            reader_pk=visitor.person.pk,
            about=[person.pk],
            matter="skills",
            purpose="lead" if leads else "hr",
        )
    on = day_asked(request, "on")
    told = queries.ledger(person, skill, on, at=policy.reads_as(visitor, person))
    if visitor.employment:
        give_own_names([skill], visitor.organisation)
    asked = _asked(person, skill, told, on)
    part = "#ledger" if request.htmx and request.method == "POST" else ""
    return render(
        request,
        f"skills/ledger.html{part}",
        {
            "ledger": told,
            "person": person,
            "skill": skill,
            "mine": mine,
            "leads": leads,
            "form": form,
            "asked": asked,
            "asked_level": asked.asked or None if asked else None,
            "narrowing": _narrowing(visitor, told, skill, mine=mine),
            "sinking": told.sinking(asked.asked) if asked and asked.asked else None,
            "points": _points(told),
            "correctable": set(
                policy.evidence_to_correct(visitor)
                .filter(person=person, skill=skill)
                .values_list("pk", flat=True)
            ),
            "open_requests": _open_requests(visitor, skill) if mine else [],
            "on": on,
            "kept": request.method == "POST" and status == 200,
        },
        status=status,
    )


def _narrowing(
    visitor: Visitor, told: queries.Ledger, skill: Skill, *, mine: bool
) -> list[tuple[rules.Narrowing, str]]:
    """What would make the level surer, with the address where one does it oneself.

    A test is named only to who can take it: nobody else can do anything about it.
    """
    test = offer.tests_of(visitor, [skill.pk]).get(skill.pk, "") if mine else ""
    shown = []
    for one in told.narrowing():
        if one.kind != Evidence.Kind.TEST:
            shown.append((one, ""))
        elif test:
            shown.append((one, test))
    return shown[:3]


def _form_for(
    request: Request, skill: Skill, *, mine: bool, leads: bool, fresh: bool = False
) -> LevelForm | None:
    data = request.POST if request.method == "POST" and not fresh else None
    if mine:
        return RateForm(data, skill=skill)
    return VouchForm(data, skill=skill) if leads else None


def _add(visitor: Visitor, person: Person, skill: Skill, form: LevelForm) -> object:
    given = form.cleaned_data
    told = {"level": given["level"], "on": given["on"], "note": given["note"], "key": given["key"]}
    organisation = visitor.organisation if visitor.employment else None
    if person.pk == visitor.person.pk:
        return actions.rate_oneself(person, skill, organisation=organisation, **told)
    return actions.vouch(person, skill, by=visitor.person, organisation=organisation, **told)


def _asked(
    person: Person, skill: Skill, told: queries.Ledger, on: date | None
) -> queries.SkillAsked | None:
    """What the person's role asks of this skill, beside the level in the ledger."""
    role = queries.profile_of(person, on, at=told.at)
    if role is None:
        return None
    demands = [d for d in queries.demands_of([role.pk]).get(role.pk, []) if d.skill == skill]
    found = queries.rows_of(demands, {skill.pk: told.held}, on)
    if found:
        return found[0]
    coming = min((d for d in demands if d.from_on > told.on), key=lambda d: d.from_on, default=None)
    if coming is None:
        return None
    return queries.asked_row(
        skill, 0, essential=coming.essential, held=told.held,
        later_on=coming.from_on, later=coming.level,
    )  # fmt: skip


def _points(told: queries.Ledger) -> list[Point]:
    """The level over time, each point where its day lies between the first and the last."""
    if len(told.history) < 2:
        return []
    first, last = told.history[0][0], told.history[-1][0]
    whole = (last - first).days or 1
    return [
        Point((day - first).days / whole, level, formats.date_format(day, "SHORT_DATE_FORMAT"))
        for day, level in told.history
    ]


def _open_requests(visitor: Visitor, skill: Skill) -> list[EvidenceRequest]:
    return list(policy.requests_to_withdraw(visitor).filter(skill=skill).select_related("asked_of"))


@signed_in
def correct(request: Request, pk: int) -> HttpResponse:
    """Who gave a piece says what was wrong with it."""
    evidence = get_object_or_404(
        policy.evidence_to_correct(request.visitor).select_related("person", "skill"), pk=pk
    )
    form = CorrectForm(request.POST or None, skill=evidence.skill)
    if (
        request.method == "POST"
        and form.is_valid()
        and keep(
            form,
            lambda: actions.correct(
                evidence,
                by=request.user,
                reason=form.cleaned_data["reason"],
                level=form.cleaned_data["level"],
                key=form.cleaned_data["key"],
            ),
        )
    ):
        messages.success(request, _("Corrected. The old piece stays readable and counts no more."))
        if policy.people_whose_skills(request.visitor).filter(pk=evidence.person_id).exists():
            return redirect("skills:ledger", evidence.person_id, evidence.skill_id)
        return redirect("skills:given")
    return render(
        request,
        "skills/ledger_correct.html",
        {"evidence": evidence, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@signed_in
def object_to(request: Request, pk: int) -> HttpResponse:
    """Someone sees a piece about themselves differently."""
    evidence = get_object_or_404(
        policy.evidence_to_object_to(request.visitor).select_related("skill", "given_by"), pk=pk
    )
    form = ObjectForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and keep(
            form,
            lambda: actions.object_to(
                evidence, reason=form.cleaned_data["reason"], key=form.cleaned_data["key"]
            ),
        )
    ):
        messages.success(
            request, _("Your objection stands; until HR decides that piece does not count.")
        )
        return redirect("skills:ledger", evidence.person_id, evidence.skill_id)
    return render(
        request,
        "skills/ledger_object.html",
        {"evidence": evidence, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@at_work
def ask(request: Request, skill_pk: int) -> HttpResponse:
    """Ask a colleague or lead what they see of one of your skills."""
    visitor = request.visitor
    skill = get_object_or_404(policy.skills_to_read(visitor), pk=skill_pk)
    give_own_names([skill], visitor.organisation)
    words = " ".join((request.POST.get("q") or request.GET.get("q", "")).split())[:100]
    people = _people_to_choose_from(visitor, words.replace("\x00", ""))
    form = AskForm(request.POST or None, people=people)
    if (
        request.method == "POST"
        and form.is_valid()
        and keep(
            form,
            lambda: actions.ask_view(
                visitor.person,
                skill,
                of=form.cleaned_data["of"],
                organisation=visitor.organisation,
                note=form.cleaned_data["note"],
                key=form.cleaned_data["key"],
            ),
        )
    ):
        asked = form.cleaned_data["of"].name
        messages.success(
            request, _("%(name)s finds your question under “My skills”.") % {"name": asked}
        )
        return redirect("skills:ledger", visitor.person.pk, skill.pk)
    return render(
        request,
        "skills/ledger_ask.html",
        {"skill": skill, "form": form, "words": words, "people": people},
        status=422 if request.method == "POST" else 200,
    )


def _people_to_choose_from(visitor: Visitor, words: str) -> list[Person]:
    """Who answers to these words; without words the lead and the people of the same unit."""
    colleagues = policy.people_to_ask(visitor)
    if words:
        for word in words.split():
            colleagues = colleagues.filter(
                Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__iexact=word)
            )
    elif visitor.employment:
        near = Q(employments__in=queries.seats_beside(visitor.employment))
        colleagues = colleagues.filter(near | Q(pk=visitor.employment.lead_id)).distinct()
    return list(colleagues.order_by("first_name", "last_name")[:25])


@at_work
def answer(request: Request, pk: int) -> HttpResponse:
    """Someone who was asked says what they see, or would rather not."""
    visitor = request.visitor
    asked = get_object_or_404(
        policy.requests_to_answer(visitor).select_related("person", "skill"), pk=pk
    )
    if asked.closed_at:
        messages.info(request, _("This question is closed."))
        return redirect("skills:mine")
    if request.method == "POST" and "decline" in request.POST:
        actions.close_request(asked)
        messages.success(request, _("All right. The question is closed, without a reason."))
        return redirect("skills:mine")
    give_own_names([asked.skill], visitor.organisation)
    form = VouchForm(request.POST or None, skill=asked.skill)
    leads = policy.people_to_vouch_for(visitor).filter(pk=asked.person_id).exists()
    if (
        request.method == "POST"
        and form.is_valid()
        and keep(
            form,
            lambda: actions.answer_request(
                asked,
                level=form.cleaned_data["level"],
                on=form.cleaned_data["on"],
                note=form.cleaned_data["note"],
                as_lead=leads,
                key=form.cleaned_data["key"],
            ),
        )
    ):
        messages.success(request, _("Thank you: your view now stands as evidence."))
        return redirect("skills:mine")
    return render(
        request,
        "skills/ledger_answer.html",
        {"asked": asked, "form": form, "leads": leads},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@signed_in
def withdraw(request: Request, pk: int) -> HttpResponse:
    """The asker no longer needs an answer."""
    asked = get_object_or_404(policy.requests_to_withdraw(request.visitor), pk=pk)
    actions.close_request(asked)
    messages.success(request, _("Your question is withdrawn."))
    return redirect("skills:ledger", asked.person_id, asked.skill_id)


@at_work
def given(request: Request) -> HttpResponse:
    """What one said about colleagues, to look back at and to correct."""
    visitor = request.visitor
    pieces = queries.evidence_given_by(visitor.person, policy.people_to_ask(visitor))
    give_own_names([piece.skill for piece in pieces], visitor.organisation)
    return render(
        request,
        "skills/ledger_given.html",
        {
            "pieces": pieces,
            "correctable": set(policy.evidence_to_correct(visitor).values_list("pk", flat=True)),
        },
    )


@signed_in
def rating(request: Request) -> HttpResponse:
    """How strict or mild one rates, beside others who saw the same people. For oneself alone."""
    return render(
        request,
        "skills/ledger_rating.html",
        {
            "fits": queries.how_one_rates(request.visitor.person),
            "fewest": rules.FEWEST_RATEES,
        },
    )
