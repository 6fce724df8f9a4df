"""Rooms and things that sessions can have."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezel.gatherings import actions, forms, policy
from gezel.gatherings.models import Use
from gezel.gatherings.views.shared import add_errors
from gezel.people.api import Request, at_work, require


@at_work
@require_safe
def resources(request: Request) -> HttpResponse:
    """What there is, and by what it is taken next."""
    visitor = request.visitor
    found = list(policy.resources_to_read(visitor).select_related("location"))
    taken: dict[int, list[Use]] = {}
    uses = Use.objects.filter(resource__in=found, gathering__ends_at__gt=timezone.now()).exclude(
        gathering__state="cancelled"
    )
    for use in uses.select_related("gathering__activity").order_by("gathering__starts_at")[:2_000]:
        taken.setdefault(use.resource_id, []).append(use)
    shown = {
        "resources": [(r, taken.get(r.pk, [])[:5]) for r in found],
        "may_edit": visitor.is_author,
    }
    return render(request, "gatherings/resources.html", shown)


@at_work
def resource(request: Request, pk: int | None = None) -> HttpResponse:
    """A room or a thing is added or changed."""
    visitor = request.visitor
    require(visitor.is_author)
    found = get_object_or_404(policy.resources_to_edit(visitor), pk=pk) if pk else None
    form = forms.ResourceForm(
        request.POST or None, instance=found, organisation=visitor.organisation
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_resource(visitor.organisation, resource=found, **form.cleaned_data)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("gatherings:resources")
    return render(
        request,
        "gatherings/resource.html",
        {"form": form, "resource": found},
        status=422 if form.errors else 200,
    )
