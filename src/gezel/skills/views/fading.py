"""How fast kinds of skill fade here: read with the published defaults, set by HR with a reason."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.models import Task
from gezel.people.api import Request, at_work, require
from gezel.skills import actions, jobs
from gezel.skills.forms.fading import FadingForm
from gezel.skills.models import FadingRule
from gezel.skills.queries import fading as read

# What the study measured, in words; the kinds are put under these by `rules.ageing.FADES_AS`.
MEASURES: Mapping[str, str | Promise] = {
    "accuracy": gettext_lazy("measured as accuracy"),
    "mixed": gettext_lazy("measured as accuracy and speed together"),
    "speed": gettext_lazy("measured as speed"),
}


@at_work
def fading(request: Request) -> HttpResponse:
    """Each kind with the published half-life and what holds here, and everything ever set."""
    visitor = request.visitor
    require(visitor.is_hr)
    today = timezone.localdate()
    kinds = read.kinds_of_fading(visitor.organisation, today)
    waiting = Task.objects.filter(
        name=jobs.recompute_organisation.name,
        arguments={"organisation": visitor.organisation.pk},
        state__in=[Task.State.WAITING, Task.State.RUNNING],
    )
    return render(
        request,
        "skills/fading.html",
        {
            "kinds": [(kind, MEASURES[kind.measured_as]) for kind in kinds],
            "history": read.rules_said(visitor.organisation),
            "today": today,
            "counting": waiting.exists(),
        },
    )


@at_work
def fading_of(request: Request, of: str) -> HttpResponse:
    """Set one kind: first see what it would change, then save it with a reason."""
    visitor = request.visitor
    require(visitor.is_hr)
    if of not in FadingRule.Of.values:
        raise Http404
    here, today = visitor.organisation, timezone.localdate()
    kind = next(k for k in read.kinds_of_fading(here, today) if k.of == of)
    form = FadingForm(request.POST or None, initial={"half_life_months": f"{kind.months:g}"})
    effect, seen = None, ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        seen = f"{told['half_life_months']:g} {told['from_on']}"
        try:
            if request.POST.get("do") == "save" and request.POST.get("seen") == seen:
                actions.set_fading(here, of=of, by=visitor.person, **told)
                messages.success(request, _saved(told["from_on"] <= today))
                return redirect("skills:fading")
            actions.check_fading(here, of=of, **{k: v for k, v in told.items() if k != "key"})
            effect = read.effect_of(here, of, told["half_life_months"], told["from_on"])
        except ValidationError as wrong:
            for name, said in wrong.message_dict.items():
                form.add_error(name if name in form.fields else None, said)
    return render(
        request,
        "skills/fading_of.html",
        {
            "kind": kind,
            "measure": MEASURES[kind.measured_as],
            "form": form,
            "effect": effect,
            "seen": seen,
            "smallest": here.smallest_group,
            "enough": effect is not None and effect.people >= here.smallest_group,
            "more": _figure(effect.more, here.smallest_group) if effect else "",
            "less": _figure(effect.less, here.smallest_group) if effect else "",
        },
        status=422 if form.errors else 200,
    )


def _saved(now: bool) -> str:
    if now:
        return _("Saved. All estimates are being made anew; this takes a few minutes.")
    return _("Saved. Estimates follow in the night before that day.")


def _figure(people: int, smallest: int) -> str:
    """How many people, without pointing at a few."""
    if not people:
        return _("nobody")
    if people < smallest:
        return _("fewer than %(smallest)s people") % {"smallest": smallest}
    return _("%(n)s people") % {"n": people}
