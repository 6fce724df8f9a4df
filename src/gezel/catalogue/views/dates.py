"""When an activity is given and what comes first, kept by who keeps the activity."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.catalogue import offerings, policy, queries
from gezel.catalogue.forms import LEVELS_AFTER
from gezel.catalogue.models import Activity
from gezel.kit.fields import DayField
from gezel.people.api import Request, at_work
from gezel.skills.api import Skill, find_skills

MOST_FOUND = 6


class DatesForm(forms.Form):
    """One time it is given."""

    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: it takes one day."),
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200, required=False)
    seats_left = forms.IntegerField(
        label=gettext_lazy("Places left"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Empty: enough."),
    )

    def clean_starts_on(self) -> object:
        day = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose a date that lies ahead."))
        return day


@at_work
def dates(request: Request, pk: int) -> HttpResponse:
    """Add or take away days on which it is given, and what must come first."""
    found = get_object_or_404(policy.activities_to_edit(request.visitor), pk=pk)
    form, problem = DatesForm(), ""
    if request.method == "POST":
        act = next((name for name in ACTS if name in request.POST), "")
        if act == "add_dates":
            form = DatesForm(request.POST)
        try:
            if act and (act != "add_dates" or form.is_valid()):
                ACTS[act](request, found, form)
                messages.success(request, _("Saved."))
                return redirect("catalogue:dates", pk)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                form.add_error(None, error)
            else:
                problem = error.messages[0]
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    shown = {
        "activity": found,
        "form": form,
        "problem": problem,
        "offerings": found.offerings.all(),
        "first": found.prerequisites.select_related("needs", "skill"),
        "words": words,
        "levels": LEVELS_AFTER,
        "activities": _activities(request, found, words) if words else [],
        "skills": find_skills(request.visitor, words, limit=MOST_FOUND) if words else [],
        "today": timezone.localdate(),
    }
    status = 422 if form.errors or problem else 200
    return render(request, "catalogue/dates.html", shown, status=status)


def _activities(request: Request, found: Activity, words: str) -> list[Activity]:
    question = queries.Question(text=words)
    hits = queries.find(request.visitor, question).activities
    return [a for a in hits if a.pk != found.pk][:MOST_FOUND]


def _add_dates(request: Request, found: Activity, form: forms.Form) -> None:
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    offerings.give_on(found, key=key, **form.cleaned_data)


def _drop_dates(request: Request, found: Activity, form: forms.Form) -> None:
    offerings.no_longer_on(found, _number(request, "drop_dates"))


def _add_need(request: Request, found: Activity, form: forms.Form) -> None:
    needs = get_object_or_404(
        Activity.objects.open_to(request.visitor), pk=_number(request, "add_need")
    )
    offerings.needs_first(found, needs=needs)


def _add_level(request: Request, found: Activity, form: forms.Form) -> None:
    skill = get_object_or_404(
        Skill.objects.usable_by(request.visitor), pk=_number(request, "add_level")
    )
    level = _number(request, f"level-{skill.pk}")
    offerings.needs_first(found, skill=skill, level=min(5, max(1, level)))


def _drop_need(request: Request, found: Activity, form: forms.Form) -> None:
    offerings.no_longer_needs(found, _number(request, "drop_need"))


ACTS: dict[str, Callable[[Request, Activity, forms.Form], None]] = {
    "add_dates": _add_dates,
    "drop_dates": _drop_dates,
    "add_need": _add_need,
    "add_level": _add_level,
    "drop_need": _drop_need,
}


def _number(request: Request, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
