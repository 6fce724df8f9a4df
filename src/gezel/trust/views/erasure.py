"""One kind of data about you: look, object, have it erased; and HR answering objections."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezel.kit.jobs import enqueue
from gezel.trust import actions, jobs, queries
from gezel.trust.declarations import declared
from gezel.trust.forms import AnswerForm, EraseForm, ObjectionForm
from gezel.trust.models import Erasure, LegalRecord, Objection
from gezel.trust.views.shared import for_hr, visitor_of


@require_http_methods(["GET", "POST"])
@login_required
def object_to(request: HttpRequest, kind: str) -> HttpResponse:
    """Object to what is done with one kind of data about you."""
    declaration, visitor = declared(kind), visitor_of(request)
    if declaration is None or visitor.employment is None or not queries.may_object(declaration):
        raise Http404
    open_one = (
        queries.objections_of(request.user)
        .filter(kind=kind, state=Objection.State.OPEN, organisation=visitor.organisation)
        .first()
    )
    form = ObjectionForm(
        request.POST or None, initial={"reason": open_one.reason if open_one else ""}
    )
    if request.method == "POST" and form.is_valid():
        actions.object_to(
            request.user, visitor.organisation, kind=kind, reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("Your objection is with HR. The answer will stand here."))
        return redirect("trust:mine")
    told = {"declaration": declaration, "form": form, "open_one": open_one}
    return render(request, "trust/object.html", told, status=422 if form.errors else 200)


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What you objected to and had erased, and what came of it."""
    told = {
        "objections": [(o, declared(o.kind)) for o in queries.objections_of(request.user)],
        "erasures": queries.erasures_of(request.user),
    }
    return render(request, "trust/mine.html", told)


@require_POST
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer object."""
    actions.take_back(get_object_or_404(queries.objections_of(request.user), pk=pk))
    return redirect("trust:mine")


@require_GET
@for_hr
def objections(request: HttpRequest) -> HttpResponse:
    """For HR: what people object to, those that wait first; and what the law had kept."""
    here = visitor_of(request).organisation
    found = list(queries.objections_at(here))
    told = {
        "waiting": [(o, declared(o.kind)) for o in found if o.state == Objection.State.OPEN],
        "decided": [(o, declared(o.kind)) for o in found if o.state != Objection.State.OPEN],
        "legal": LegalRecord.objects.filter(organisation=here),
    }
    return render(request, "trust/objections.html", told)


@require_http_methods(["GET", "POST"])
@for_hr
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on one objection, with a reason."""
    here = visitor_of(request).organisation
    objection = get_object_or_404(queries.objections_at(here), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            erasure = actions.decide(
                objection,
                upheld=form.cleaned_data["state"] == Objection.State.UPHELD,
                answer=form.cleaned_data["answer"],
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if erasure is not None:
                enqueue(jobs.erase, by=None, key=erasure.pk, erasure=str(erasure.pk))
            return redirect("trust:objections")
    told = {"objection": objection, "declaration": declared(objection.kind), "form": form}
    return render(request, "trust/answer.html", told, status=422 if form.errors else 200)


@never_cache
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    """See exactly what goes and what stays, and why; confirm, and it goes."""
    done: HttpResponse = _erase(request) if request.method == "POST" else _preview(request)
    return done


def _preview(request: HttpRequest, form: EraseForm | None = None) -> HttpResponse:
    plan = queries.plan_for(request.user)
    shown = form or EraseForm(initial={"seen": plan.digest, "key": uuid.uuid4()})
    told: dict[str, Any] = {"plan": plan, "form": shown}
    return render(request, "trust/erase.html", told, status=422 if shown.errors else 200)


@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def _erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _preview(request, form)
    try:
        asked = actions.ask_erasure(
            request.user, seen=form.cleaned_data["seen"], key=form.cleaned_data["key"]
        )
    except actions.PlanChanged:
        messages.info(request, _("Something changed meanwhile, so nothing went. Look once more."))
        return redirect("trust:erase")
    enqueue(jobs.erase, by=None, key=asked.pk, erasure=str(asked.pk))
    if asked.everything:
        logout(request)
    return redirect("trust:gone", asked.pk)


@never_cache
@require_GET
def gone(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far an erasure is. Open to whoever has the address: after it there is no account."""
    erasure = get_object_or_404(Erasure, pk=pk)
    rows = sum(n for n in erasure.figures.values() if isinstance(n, int))
    return render(request, "trust/gone.html", {"erasure": erasure, "rows": rows})
