"""Letting a colleague off: the page of who need not do something, and taking it back."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.content import actions, policy, queries
from gezel.content.forms.waiving import WaiverForm
from gezel.people.api import Request, at_work
from gezel.trust.api import note_reading

_MOST_SHOWN = 200


@at_work
def waivers(request: Request, activity_pk: int) -> HttpResponse:
    """Who need not do this and why, of those one may know; and letting another off."""
    visitor = request.visitor
    activity = get_object_or_404(policy.activities_to_waive(visitor), pk=activity_pk)
    people = policy.people_to_let_off(visitor, activity)
    parts = queries.parts_to_let_off(activity.pk)
    form = WaiverForm(
        request.POST or None, people=people, organisation=visitor.organisation, parts=parts
    )
    if request.method == "POST" and form.is_valid():
        someone = form.cleaned_data["someone"]
        try:
            actions.waive(
                someone,
                activity,
                part=form.cleaned_data.get("part", ""),
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
                by=request.user,
                key=form.cleaned_data["key"],
            )
        except ValidationError as error:
            form.add_error("someone", error)
        else:
            told = {"name": someone.name, "part": parts.get(form.cleaned_data.get("part", ""), "")}
            messages.success(
                request,
                _("%(name)s need not do “%(part)s”, and reads why.") % told
                if told["part"]
                else _("%(name)s need not do this, and reads why.") % told,
            )
            return redirect("content:waivers", activity.pk)
    found = policy.waivers_to_see(visitor).filter(activity=activity)
    shown = list(found.select_related("person", "by").order_by("-at", "-pk")[:_MOST_SHOWN])
    theirs = people.filter(pk__in=[one.person_id for one in shown])
    mine = set(theirs.values_list("pk", flat=True))
    if about := {one.person_id for one in shown}:
        note_reading(
            reader_pk=request.user.pk,
            about=about,
            matter="learning",
            purpose="hr" if visitor.is_hr else "lead" if visitor.leads and not visitor.is_author
            else "author",
        )  # fmt: skip
    told = {
        "activity": activity,
        "form": form,
        "shown": [(one, one.taken_back_at is None and one.person_id in mine) for one in shown],
    }
    return render(request, "content/waivers.html", told, status=422 if form.errors else 200)


@at_work
@require_POST
def take_back(request: Request, key: uuid.UUID) -> HttpResponse:
    """They are asked to do it after all."""
    waiver = get_object_or_404(
        policy.waivers_to_take_back(request.visitor).select_related(
            "person", "activity__organisation"
        ),
        key=key,
    )
    actions.take_waiver_back(waiver)
    messages.success(
        request, _("%(name)s is asked to do this again.") % {"name": waiver.person.name}
    )
    return redirect("content:waivers", waiver.activity_id)
