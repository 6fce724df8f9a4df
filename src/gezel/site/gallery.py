"""The gallery: every component in its states, on one page, in demo mode."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from gezel.kit.charts import Point, Spoke


class SampleForm(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label=_("Name"), help_text=_("As colleagues call you."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    level = forms.ChoiceField(
        label=_("Level"),
        widget=forms.RadioSelect,
        choices=[("2", _("does it with help")), ("3", _("does it alone"))],
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", _("course")), ("b", _("module"))])
    agree = forms.BooleanField(label=_("I agree"), required=False)


LONG = "Anna-Wilhelmina van der Scheldestraat-Oosterhuis tot Nieuwenhoven " * 4


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component, empty, full, wrong and endless. Only in the demo: it helps no user."""
    if not settings.DEMO:
        raise Http404
    wrong = SampleForm({"name": "", "on": "31-02-2026", "level": "9", "kind": "a"})
    wrong.is_valid()
    return render(
        request,
        "site/gallery.html",
        {
            "form": SampleForm(auto_id="fresh_%s"),
            "names": ("Noor Jansen", "ليلى الحسن", LONG),
            "wrong": wrong,
            "long": LONG,
            "levels": [(0, 3, None, None), (2.4, 4, 1.9, 2.9), (5, 3, 4.5, 5), (3, 3, 2.6, 3.4)],
            "spokes": [
                Spoke(str(_("High-voltage safety")), 2, 4),
                Spoke(str(_("Battery diagnosis")), 1, 4),
                Spoke(str(_("Customer talk")), 3, 4),
                Spoke(str(_("Digital work order")), 4, 3),
                Spoke(str(_("Guiding apprentices")), 3, 3),
            ],
            "points": [Point(0, 1, "2025"), Point(0.5, 2.2, ""), Point(1, 3.1, "2026")],
            "heat": [(f"q{i}", i) for i in range(5)],
        },
    )
