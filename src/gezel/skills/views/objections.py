"""What people object to in evidence about them, and who decides."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.people.api import Request, at_work, signed_in
from gezel.skills import actions, policy
from gezel.skills.forms.ledger import DecideForm
from gezel.skills.models import Objection
from gezel.skills.queries.taxonomy import give_own_names
from gezel.skills.views.ledger import keep
from gezel.trust.api import note_reading

DECIDED_SHOWN = 50


@at_work
def objections(request: Request) -> HttpResponse:
    """HR: what waits for a decision, oldest first, and what was decided lately."""
    visitor = request.visitor
    if not visitor.is_hr:
        raise Http404
    found = policy.objections_to_read(visitor).select_related(
        "evidence__person", "evidence__skill", "evidence__given_by", "decided_by"
    )
    waiting = list(found.filter(outcome=Objection.Outcome.OPEN))
    decided = list(
        found.exclude(outcome=Objection.Outcome.OPEN).order_by("-decided_at", "-pk")[:DECIDED_SHOWN]
    )
    shown = [*waiting, *decided]
    give_own_names([o.evidence.skill for o in shown], visitor.organisation)
    if shown:
        note_reading(
            reader_pk=visitor.person.pk,
            about=sorted({o.evidence.person_id for o in shown}),
            matter="skills",
            purpose="hr",
        )
    return render(
        request,
        "skills/objections.html",
        {
            "waiting": waiting,
            "decided": decided,
            "mine_to_decide": set(
                policy.objections_to_decide(visitor).values_list("pk", flat=True)
            ),
        },
    )


@at_work
def decide(request: Request, pk: int) -> HttpResponse:
    """HR, but never who gave the piece, says whether it counts and why."""
    visitor = request.visitor
    objection = get_object_or_404(
        policy.objections_to_read(visitor).select_related(
            "evidence__person", "evidence__skill", "evidence__given_by", "decided_by"
        ),
        pk=pk,
    )
    evidence = objection.evidence
    give_own_names([evidence.skill], visitor.organisation)
    may = policy.objections_to_decide(visitor).filter(pk=pk).exists()
    form = DecideForm(request.POST or None)
    if request.method == "POST" and not may:
        messages.info(request, _("Someone decided meanwhile; nothing was changed."))
        return redirect("skills:decide", pk)
    if (
        request.method == "POST"
        and form.is_valid()
        and keep(
            form,
            lambda: actions.decide_objection(
                objection,
                by=visitor.person,
                uphold=form.cleaned_data["uphold"],
                answer=form.cleaned_data["answer"],
            ),
        )
    ):
        messages.success(request, _("Decided. The level is computed anew; both can read why."))
        return redirect("skills:objections")
    note_reading(
        reader_pk=visitor.person.pk, about=[evidence.person_id], matter="skills", purpose="hr"
    )
    return render(
        request,
        "skills/objection_decide.html",
        {"objection": objection, "evidence": evidence, "form": form, "may_decide": may},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@signed_in
def withdraw(request: Request, pk: int) -> HttpResponse:
    """The person takes an objection back; the piece counts again."""
    objection = get_object_or_404(
        policy.objections_to_withdraw(request.visitor).select_related("evidence"), pk=pk
    )
    if actions.withdraw_objection(objection):
        messages.success(request, _("Your objection is taken back; the piece counts again."))
    else:
        messages.info(request, _("Someone decided meanwhile; see the decision beside the piece."))
    return redirect("skills:ledger", objection.evidence.person_id, objection.evidence.skill_id)
