"""The form for how fast a kind of skill fades."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.skills.forms.ledger import KeyedForm


class FadingForm(KeyedForm):
    """Months, from when, and why."""

    half_life_months = forms.FloatField(
        label=_("Months without use until half is gone"),
        min_value=1,
        max_value=240,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
        error_messages={
            "min_value": _("Give between 1 and 240 months."),
            "max_value": _("Give between 1 and 240 months."),
        },
    )
    from_on = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        help_text=_("Today or later. Estimates of earlier days stay as they were."),
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example what you see in your own work. It stays readable in the history."),
        error_messages={"required": _("Say why in a few words; who reads it later will ask.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("from_on", timezone.localdate())
