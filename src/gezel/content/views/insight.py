"""For who makes a module: where people stop, and which question tells nobody apart."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezel.content import policy
from gezel.content.insights import insight_of
from gezel.content.rules.insight import FEW, Advice
from gezel.people.api import Request, at_work

ADVICE = {
    Advice.TOO_FEW: _("Few answers yet: this says little."),
    Advice.UPSIDE_DOWN: _(
        "Who does well on the rest gets this wrong more often. See whether the right answer is"
        " marked, and whether the question can be read in two ways."
    ),
    Advice.TOO_EASY: _("Nearly everyone knows this. Ask something harder, or leave it out."),
    Advice.TOO_HARD: _(
        "Few have this right. See whether the part before it explains it, and whether the question"
        " is clear."
    ),
    Advice.SAYS_NOTHING: _(
        "Who knows the rest does no better here. Perhaps one can guess it, or it asks something"
        " that the module is not about."
    ),
    Advice.UNSURE: _(
        "Who knows the rest does a little better here, or it is chance: more answers will tell."
    ),
    Advice.FINE: _("A good question: who knows the rest knows this too."),
}
# What asks nothing of who makes it.
CALM = {Advice.TOO_FEW, Advice.UNSURE, Advice.FINE}


@at_work
@require_safe
def module_insight(request: Request, module_pk: int) -> HttpResponse:
    """How a module is played, about groups of at least five."""
    module = get_object_or_404(
        policy.modules_to_edit(request.visitor).select_related("activity"), pk=module_pk
    )
    found = insight_of(module, request.visitor)
    rows = [
        {
            "step": step,
            "advice": ADVICE[step.item.advice] if step.item else "",
            "calm": step.item is not None and step.item.advice in CALM,
        }
        for step in found.steps
    ]
    told = {"module": module, "insight": found, "rows": rows, "few": FEW}
    return render(request, "content/insight.html", told)
