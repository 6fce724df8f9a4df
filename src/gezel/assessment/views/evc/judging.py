"""Judging: part by part, alone; then together."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.assessment import actions, queries
from gezel.assessment.forms import JudgeForm, OutcomeForm
from gezel.assessment.models import Dossier
from gezel.assessment.rules.dossier import FEWEST_INSTRUMENTS
from gezel.assessment.views.evc.common import desk_of, kept, tried
from gezel.people.api import Request, require, signed_in


def _judging(request: Request, key: uuid.UUID) -> queries.Desk:
    told = desk_of(request, key, "assessor")
    require(told.dossier.stage == Dossier.Stage.ASSESSMENT and told.dossier.ended_at is None)
    return told


@signed_in
@require_safe
def judging(request: Request, key: uuid.UUID) -> HttpResponse:
    """The parts one is to judge, with how far one is. Nothing of the other assessor."""
    told = _judging(request, key)
    if told.are_open:
        return redirect("evc:together", key)
    role = told.own_role
    left = set(told.to_judge)
    context = {
        "desk": told,
        "dossier": told.dossier,
        "rows": [
            (part, pieces, part.pk not in left, told.own_views.get(part.pk))
            for part, pieces in told.matrix
        ],
        "left": len(left),
        "final": role is not None and role.final_at is not None,
        "enough": len(told.instruments) >= FEWEST_INSTRUMENTS,
    }
    return render(request, "assessment/evc/judging.html", context)


@signed_in
def judge(request: Request, key: uuid.UUID, part_pk: int) -> HttpResponse:
    """Judge one part on the five criteria, with reasons."""
    told = _judging(request, key)
    part = get_object_or_404(told.dossier.standard.parts, pk=part_pk)
    role = told.own_role
    require(role is not None and role.final_at is None)
    mine = told.own_views.get(part.pk)
    form = JudgeForm(request.POST or None, initial=JudgeForm.initial_of(mine))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if kept(
            form,
            lambda: actions.write_judgement(
                told.dossier,
                part,
                by=request.user,
                criteria=form.criteria,
                result=data["result"],
                why=data["why"],
            ),
        ):
            messages.success(request, _("Saved. Only you can read it until all have finished."))
            return redirect("evc:judging", key)
    pieces = next((found for one, found in told.matrix if one.pk == part.pk), [])
    context = {
        "desk": told, "dossier": told.dossier, "part": part, "form": form, "pieces": pieces,
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/judge.html", context, status=status)


@signed_in
@require_POST
def finish(request: Request, key: uuid.UUID) -> HttpResponse:
    """An assessor has finished: their judgement stands."""
    told = _judging(request, key)
    opened: list[bool] = []
    if tried(
        request,
        lambda: opened.append(actions.finish_judging(told.dossier, by=request.user)),
        _("Finished. Your judgement stands."),
    ):
        told.dossier.refresh_from_db()
        if told.dossier.result_at is not None:
            return redirect("evc:result", key)
        if opened[0]:
            return redirect("evc:together", key)
    return redirect("evc:judging", key)


@signed_in
def together(request: Request, key: uuid.UUID) -> HttpResponse:
    """Both have finished: they read each other's, one writes the result, the other agrees."""
    told = _judging(request, key)
    require(told.are_open and told.dossier.assessors > 1)
    dossier = told.dossier
    initial: dict[str, str] = {}
    for pk, outcome in told.outcomes.items():
        initial |= {f"result_{pk}": outcome.result, f"why_{pk}": outcome.why}
    form = OutcomeForm(request.POST or None, parts=told.parts, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(form, lambda: actions.propose_outcome(dossier, form.results, by=request.user))
    ):
        messages.success(
            request, _("Written down. The other assessor reads it and agrees, or not.")
        )
        return redirect("evc:together", key)
    by_role = {role.pk: role for role in told.assessors}
    rows = [
        {
            "part": part,
            "views": [
                (by_role[role], views[part.pk])
                for role, views in told.views.items()
                if role in by_role and part.pk in views
            ],
            "apart": part.pk in told.apart,
            "fields": form.fields_of(part),
            "outcome": told.outcomes.get(part.pk),
        }
        for part in told.parts
    ]
    proposed = dossier.proposed_by_id
    context = {
        "desk": told,
        "dossier": dossier,
        "form": form,
        "rows": rows,
        "n_apart": len(told.apart),
        "to_agree": proposed is not None and proposed != request.user.pk,
        "waits": proposed == request.user.pk,
        "mark": actions.proposal_mark(told),
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/together.html", context, status=status)


@signed_in
@require_POST
def agree(request: Request, key: uuid.UUID) -> HttpResponse:
    """The other assessor agrees: that is the result."""
    told = _judging(request, key)
    seen = request.POST.get("mark", "")[:20]
    if tried(
        request,
        lambda: actions.agree_outcome(told.dossier, by=request.user, seen=seen or "none"),
        _("This is the result. The candidate reads it now."),
    ):
        return redirect("evc:result", key)
    return redirect("evc:together", key)
