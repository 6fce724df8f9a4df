"""Someone's card, and what HR does there."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.people import actions, policy, queries
from gezel.people.forms import EndForm, MandateForm
from gezel.people.middleware import EMPLOYMENT_KEY
from gezel.people.models import Employment, Mandate, Person
from gezel.people.web import Request, at_work, require, signed_in
from gezel.trust.api import note_reading


@at_work
def person(request: Request, pk: int) -> HttpResponse:
    """A colleague's card; dates and hours for who may know them, and that is noted."""
    found = get_object_or_404(policy.people_to_look_up(request.visitor), pk=pk)
    return _card(request, found)


def _card(
    request: Request,
    found: Person,
    *,
    end_form: EndForm | None = None,
    mandate_form: MandateForm | None = None,
) -> HttpResponse:
    visitor, today = request.visitor, timezone.localdate()
    history = list(
        policy.employments(visitor)
        .filter(person=found)
        .select_related("unit", "job", "location", "lead", "organisation")
        .order_by("-starts_on")
    )
    now = next(
        (e for e in history if e.starts_on <= today and (not e.ends_on or e.ends_on >= today)), None
    )
    own = found.pk == visitor.person.pk
    terms = own or visitor.is_hr or policy.people_whose_terms(visitor).filter(pk=found.pk).exists()
    if terms and not own:
        note_reading(
            reader_pk=visitor.person.pk,
            about=[found.pk],
            matter="employment",
            purpose="hr" if visitor.is_hr else "lead",
        )
    keeps = policy.history(visitor, found).exists() if terms else False
    wrong = bool((end_form and end_form.errors) or (mandate_form and mandate_form.errors))
    return render(
        request,
        "people/person.html",
        {
            "person": found,
            "own": own,
            "now": now,
            "shown": now or (history[0] if terms and history else None),
            "terms": terms,
            "history": history if keeps and len(history) > 1 else [],
            "reports": list(
                queries.led_directly(found, visitor.organisation).order_by(
                    "person__first_name", "person__last_name"
                )[:60]
            ),
            "mandates": Mandate.objects.current()
            .filter(organisation=visitor.organisation, person=found)
            .order_by("from_on"),
            "elsewhere": _own_employments(found) if own else [],
            "end_form": end_form or EndForm(initial={"last_day": today}),
            "mandate_form": mandate_form or MandateForm(),
        },
        status=422 if wrong else 200,
    )


def _own_employments(found: Person) -> list[Employment]:
    return list(
        Employment.objects.current()
        .filter(person=found)
        .select_related("organisation", "job")
        .order_by("starts_on")
    )


@at_work
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """HR ends an employment; it stays as a fact."""
    require(request.visitor.is_hr)
    employment = get_object_or_404(
        policy.employments_to_keep(request.visitor).select_related("person", "organisation"), pk=pk
    )
    # Nobody ends their own work by a slip: someone else of HR does.
    require(employment.person_id != request.visitor.person.pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_employment(employment, last_day=form.cleaned_data["last_day"])
        except ValidationError as error:
            form.add_error("last_day", error.messages[0])
        else:
            messages.success(
                request,
                _("The employment of %(name)s ends. What was learned stays with the person.")
                % {"name": employment.person.name},
            )
            return redirect("people:person", employment.person_id)
    return _card(request, employment.person, end_form=form)


@at_work
@require_POST
def give(request: Request, pk: int) -> HttpResponse:
    """HR gives someone a task that opens pages."""
    require(request.visitor.is_hr)
    found = get_object_or_404(policy.colleagues(request.visitor), pk=pk)
    form = MandateForm(request.POST)
    if not form.is_valid():
        return _card(request, found, mandate_form=form)
    actions.give_mandate(found, request.visitor.organisation, form.cleaned_data["kind"])
    messages.success(request, _("The task is given; it opens its pages at once."))
    return redirect("people:person", found.pk)


@at_work
@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    """HR ends a task: from today on it opens nothing."""
    mandate = get_object_or_404(policy.mandates(request.visitor), pk=pk, until_on=None)
    yesterday = timezone.localdate() - timedelta(days=1)
    try:
        actions.end_mandate(mandate, last_day=yesterday)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("The task has ended."))
    return redirect("people:person", mandate.person_id)


@signed_in
@require_POST
def switch(request: Request) -> HttpResponse:
    """Who works at two places chooses where they are now."""
    found = get_object_or_404(
        Employment.objects.current().filter(person=request.user),
        pk=request.POST.get("employment") if request.POST.get("employment", "").isdecimal() else 0,
    )
    request.session[EMPLOYMENT_KEY] = found.pk
    return redirect("home")


@signed_in
def asked(request: Request) -> HttpResponse:
    """Organisations that say I work for them, waiting for my yes or no."""
    waiting = policy.requests_to_answer(request.user).select_related(
        "organisation", "unit", "job", "location"
    )
    return render(request, "people/asked.html", {"waiting": waiting})


@signed_in
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """I say yes or no."""
    found = get_object_or_404(
        policy.requests_to_answer(request.user).select_related("organisation", "person", "lead"),
        pk=pk,
    )
    if request.POST.get("answer") == "yes":
        try:
            employment = actions.accept(found)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("people:asked")
        request.session[EMPLOYMENT_KEY] = employment.pk
        messages.success(
            request,
            _("You are at work at %(organisation)s.") % {"organisation": employment.organisation},
        )
        return redirect("home")
    if request.POST.get("answer") == "no":
        actions.decline(found)
        messages.success(request, _("You said no; what they wrote about you is gone."))
    return redirect("people:asked")
