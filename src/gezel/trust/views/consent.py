"""What the works council is asked and says, setting by setting."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezel.trust import actions, paper, queries
from gezel.trust.forms import DecisionForm
from gezel.trust.queries.consent import Standing
from gezel.trust.views.shared import for_the_file, visitor_of


def _standing(organisation: Any, setting: str) -> Standing:
    found = next((s for s in queries.standings(organisation) if s.widening.code == setting), None)
    if found is None:
        raise Http404
    return found


@require_GET
@for_the_file
def consent(request: HttpRequest) -> HttpResponse:
    """Every setting that widens: how it stands, and the last word of the council."""
    here = visitor_of(request).organisation
    return render(request, "trust/consent.html", {"standings": queries.standings(here)})


@require_http_methods(["GET", "POST"])
@for_the_file
def decision(request: HttpRequest, setting: str) -> HttpResponse:
    """One setting: what it opens, what was said so far, and the next step."""
    visitor = visitor_of(request)
    here = visitor.organisation
    standing = _standing(here, setting)
    in_the_council = "council" in visitor.mandates
    has_council = queries.has_anyone_as("council", here)
    form = DecisionForm(
        request.POST or None,
        # Where someone of the council is in Gezel, HR only asks; the council itself says.
        only_ask=has_council and not in_the_council,
        needs_document=not in_the_council,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_decision(here, setting, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("trust:decision", setting)
    told = {
        "standing": standing,
        "form": form,
        "only_ask": has_council and not in_the_council,
    }
    return render(request, "trust/decision.html", told, status=422 if form.errors else 200)


@require_GET
@for_the_file
def consent_pack(request: HttpRequest, setting: str) -> HttpResponse:
    """All the council needs to decide on one setting, on paper."""
    here = visitor_of(request).organisation
    standing = _standing(here, setting)
    made = paper.page(
        queries.consent_pack(here, standing),
        title=_("Request for consent: %s") % standing.widening.what,
        lead=_("To the works council, under article 27 of the Works Councils Act."),
        organisation=str(here),
    )
    answer = HttpResponse(made, content_type="application/pdf")
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="gezel-consent-{day}.pdf"'
    return answer
