"""What someone did elsewhere, and what of it the employer where they work now may count."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gezel.people.api import Request, at_work
from gezel.skills import actions, queries
from gezel.skills.forms.elsewhere import ShowForm
from gezel.skills.queries.taxonomy import give_own_names


@at_work
@require_http_methods(["GET", "POST"])
def elsewhere(request: Request) -> HttpResponse:
    """One's own evidence from elsewhere, by skill, with the level it gives; choose what counts.

    What the page shows of each piece is what a lead or HR reads once it counts.
    """
    visitor = request.visitor
    here = visitor.organisation
    rows = queries.skills_elsewhere(visitor.person, here)
    form = ShowForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        changed = actions.choose_what_counts(
            visitor.person,
            here,
            [row.skill.pk for row in rows]
            if "all" in request.POST
            else form.cleaned_data["skills"],
            seen=form.cleaned_data["seen"],
        )
        said = ngettext(
            "Kept: %(n)s skill changed at %(organisation)s.",
            "Kept: %(n)s skills changed at %(organisation)s.",
            changed,
        )
        if not changed:
            said = _("Nothing changed at %(organisation)s.")
        messages.success(request, said % {"n": changed, "organisation": here})
        return redirect("skills:elsewhere")
    give_own_names([row.skill for row in rows], here)
    return render(
        request,
        "skills/elsewhere.html",
        {"rows": rows, "form": form, "organisation": here},
        status=422 if form.errors else 200,
    )
