"""My certificates, one of them, and a colleague's."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.certificates import actions, files, forms, policy, queries
from gezel.certificates.everyone import ground_of
from gezel.certificates.models import Holding
from gezel.certificates.noting import note
from gezel.certificates.views.shared import STATES, key, state_words
from gezel.people.api import Request, at_work, require, signed_in

# -- my own -------------------------------------------------------------------------------------


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """What I must have and have, what lapses first, and every certificate I ever sent in."""
    visitor = request.visitor
    employer = queries.employer_of(visitor)
    book = queries.book_of(visitor.person)
    rows = queries.mine(visitor.person, employer, book=book)
    pressing = [r for r in rows if r.standing.asks_attention]
    today = timezone.localdate()
    refreshers = queries.refreshers({r.type.pk for r in pressing}, today) if pressing else {}
    first = refreshers.get(pressing[0].type.pk, []) if pressing else []
    shown = {
        "rows": rows,
        "book_at": first[0].activity_pk if first else None,
        "first": pressing[0] if pressing else None,
        "holdings": queries.history(book),
        "hours": queries.hours_of(
            visitor.person, rows, ground_of(employer.pk) if employer else None
        ),
        "refreshers": refreshers,
        "reminders": queries.reminders_of(visitor.person),
        "states": STATES,
        "words": state_words(),
        "may_register": visitor.employment is not None and policy.types_to_read(visitor).exists(),
    }
    return render(request, "certificates/mine.html", shown)


@at_work
def register(request: Request, person_pk: int | None = None) -> HttpResponse:
    """Someone sends in a certificate: their own, or a lead or HR for someone they answer for."""
    visitor = request.visitor
    person = visitor.person
    if person_pk is not None:
        person = get_object_or_404(policy.people_to_answer_for(visitor), pk=person_pk)
    form = forms.RegisterForm(
        request.POST or None,
        request.FILES or None,
        types=policy.types_to_read(visitor).order_by("name_nl", "name_en"),
        initial={"type": request.GET.get("type", "")[:9]},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            holding = actions.register(
                person,
                given["type"],
                issued_on=given["issued_on"],
                printed_until=given["valid_until"],
                number=given["number"],
                refresher=given["refresher"],
                upload=given["file"],
                by=visitor.person,
                key=key(request),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(
                request, _("Kept. It counts once someone who may confirm it has seen it.")
            )
            return redirect("certificates:holding", holding.pk)
    told = {
        "form": form,
        "person": person,
        "own": person == visitor.person,
        "confirmers": queries.who_may_confirm(person),
    }
    return render(request, "certificates/register.html", told, status=422 if form.errors else 200)


# -- one holding --------------------------------------------------------------------------------


def _holding(request: Request, pk: int) -> Holding:
    """A holding the visitor may read; who reads another's leaves a trace for that other."""
    found: Holding = get_object_or_404(
        policy.holdings_to_read(request.visitor).select_related(
            "type__organisation", "person", "decided_by", "registered_by"
        ),
        pk=pk,
    )
    note(request, [found.person])
    return found


@signed_in
def holding(request: Request, pk: int) -> HttpResponse:
    """One certificate: until when and why, who confirmed it; here it is confirmed or refused."""
    return _holding_page(request, _holding(request, pk))


def _holding_page(
    request: Request, found: Holding, form: forms.RefuseForm | None = None
) -> HttpResponse:
    waiting = found.state == Holding.State.WAITING
    own = found.person_id == request.user.pk
    left = (found.valid_until - timezone.localdate()).days if found.valid_until else None
    book = queries.book_of(found.person, found.type.organisation)
    shown = {
        "holding": found,
        "near": left is not None and abs(left) < 400,
        "own": own,
        "why": book.why(book.holdings[found.pk]),
        "steps": book.steps(book.holdings[found.pk]),
        "counts": book.held[found.pk].counts,
        "grace_until": book.held[found.pk].grace_until,
        "may_decide": waiting and not own,
        "shows": found.type.shows.select_related("skill"),
        "confirmers": queries.who_may_confirm(found.person) if waiting and own else [],
        "form": form or forms.RefuseForm(),
        "ran_out": left is not None and left < 0,
    }
    status = 422 if form and form.errors else 200
    return render(request, "certificates/holding.html", shown, status=status)


@at_work
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """A lead or HR confirms or refuses; of two at once the first counts."""
    found = _holding(request, pk)
    require(found.person_id != request.user.pk)
    if request.POST.get("how") == "confirm":
        done = actions.confirm(found, by=request.user)
        told = _("Confirmed. The skills it shows have new evidence.")
    else:
        form = forms.RefuseForm(request.POST)
        if not form.is_valid():
            return _holding_page(request, found, form)
        done = actions.refuse(found, by=request.user, reason=form.cleaned_data["reason"])
        told = _("Not accepted. The holder can read why.")
    if done:
        messages.success(request, told)
    else:
        messages.warning(request, _("Somebody decided on this certificate before you did."))
    if request.POST.get("back") == "team":
        return redirect("team")
    return redirect("certificates:holding", pk)


@signed_in
@require_safe
def file(request: Request, pk: int) -> HttpResponseBase:
    """The proof, only as a download and in a box: what is in it cannot touch an account."""
    found = _holding(request, pk)
    name = found.file.name or ""
    if not name or not default_storage.exists(name):
        raise Http404
    ending = name.rpartition(".")[2]
    response = FileResponse(
        default_storage.open(name),
        as_attachment=True,
        filename=f"certificate-{found.pk}.{ending}",
        content_type=files.content_type(name),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@at_work
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    """A colleague's certificates, for who leads them and for HR."""
    visitor = request.visitor
    found = get_object_or_404(policy.people_to_answer_for(visitor), pk=pk)
    note(request, [found])
    book = queries.book_of(found, visitor.organisation)
    rows = queries.mine(found, visitor.organisation, only_here=True, book=book)
    pressing = [r for r in rows if r.standing.asks_attention]
    helps = (
        queries.refreshers({r.type.pk for r in pressing}, timezone.localdate()) if pressing else {}
    )
    shown = {
        "person": found,
        "helps": [(r.type, helps[r.type.pk]) for r in pressing if r.type.pk in helps],
        "rows": rows,
        "holdings": queries.history(book),
        "hours": queries.hours_of(found, rows, ground_of(visitor.organisation.pk)),
        "states": STATES,
        "words": state_words(),
    }
    return render(request, "certificates/person.html", shown)


# -- hours and reminders ------------------------------------------------------------------------


@at_work
def register_hours(request: Request, person_pk: int | None = None) -> HttpResponse:
    """A day of training towards a duty in hours: one's own, or of someone one answers for."""
    visitor = request.visitor
    person = visitor.person
    if person_pk is not None:
        person = get_object_or_404(policy.people_to_answer_for(visitor), pk=person_pk)
    types = policy.types_to_read(visitor).filter(terms__hours_needed__isnull=False).distinct()
    form = forms.HoursForm(
        request.POST or None, types=types, initial={"type": request.GET.get("type", "")[:9]}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.register_hours(
                person,
                given["type"],
                course=given["course"],
                on=given["on"],
                hours=given["hours"],
                practice=given["practice"] or Decimal(0),
                e_learning=given["e_learning"] or Decimal(0),
                by=visitor.person,
                key=key(request),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(
                request, _("Kept. It counts once someone who may confirm it has seen it.")
            )
            if person == visitor.person:
                return redirect("certificates:mine")
            return redirect("certificates:person", person.pk)
    told = {
        "form": form,
        "person": person,
        "own": person == visitor.person,
        "confirmers": queries.who_may_confirm(person),
    }
    return render(request, "certificates/hours.html", told, status=422 if form.errors else 200)


@at_work
@require_POST
def decide_hours(request: Request, pk: int) -> HttpResponse:
    """A lead or HR confirms or refuses a day of training; of two at once the first counts."""
    found = get_object_or_404(
        policy.hours_to_decide(request.visitor).select_related("type__organisation", "person"),
        pk=pk,
    )
    note(request, [found.person])
    accept = request.POST.get("how") == "confirm"
    reason = request.POST.get("reason", "").strip()[:300]
    if not accept and not reason:
        messages.error(request, _("Say why not, so that they know what would make it right."))
    elif actions.decide_hours(found, accept=accept, by=request.user, reason=reason):
        messages.success(request, _("Confirmed.") if accept else _("Not accepted."))
    else:
        messages.warning(request, _("Somebody decided on these hours before you did."))
    if request.POST.get("back") == "team":
        return redirect("team")
    return redirect("certificates:person", found.person_id)


@signed_in
@require_POST
def seen(request: Request, pk: int) -> HttpResponse:
    """I have seen a reminder; it need not stand there any more."""
    actions.put_aside(get_object_or_404(policy.own_reminders(request.visitor), pk=pk))
    return redirect("certificates:mine")
