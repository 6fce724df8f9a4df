"""Drafts made of the running settings: the DPIA and the register of processing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezel.kit.export import csv_response, xlsx_response
from gezel.trust import actions, paper, queries, words
from gezel.trust.forms import FillForm
from gezel.trust.views.shared import for_hr, for_the_file, is_hr, visitor_of


@require_GET
@for_the_file
def dpia(request: HttpRequest) -> HttpResponse:
    """The draft assessment, with the places that wait for a human."""
    parts = queries.dpia(visitor_of(request).organisation)
    told = {"parts": parts, "open": sum(p.is_open for p in parts), "may_fill": is_hr(request)}
    return render(request, "trust/dpia.html", told)


@require_GET
@for_the_file
def dpia_paper(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    here = visitor_of(request).organisation
    made = paper.page(
        queries.dpia(here),
        title=_("Data protection impact assessment, draft"),
        lead=_("Made from the running settings. A human fills what is open, and decides."),
        organisation=str(here),
    )
    answer = HttpResponse(made, content_type="application/pdf")
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="gezel-dpia-{day}.pdf"'
    return answer


@require_GET
@for_the_file
def register(request: HttpRequest) -> HttpResponse:
    """The register of processing activities."""
    told = {
        "register": queries.register(visitor_of(request).organisation),
        "may_fill": is_hr(request),
    }
    return render(request, "trust/register.html", told)


@require_GET
@for_the_file
def register_sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The register as a sheet."""
    made = queries.register(visitor_of(request).organisation)
    write = {"csv": csv_response, "xlsx": xlsx_response}[form]
    return write(_("Register of processing"), made.header, made.rows)


@require_http_methods(["GET", "POST"])
@for_hr
def fill(request: HttpRequest, place: str) -> HttpResponse:
    """Write at one place of a draft."""
    if place not in words.PLACES:
        raise Http404
    here = visitor_of(request).organisation
    back = "trust:dpia" if place.startswith("dpia") else "trust:register"
    form = FillForm(
        request.POST or None,
        asks=str(words.PLACES[place]),
        initial={"text": queries.filled_of(here).get(place, "")},
    )
    if request.method == "POST" and form.is_valid():
        actions.fill(here, place=place, text=form.cleaned_data["text"], by=request.user)
        return redirect(back)
    told = {"form": form, "back": back}
    return render(request, "trust/fill.html", told, status=422 if form.errors else 200)
