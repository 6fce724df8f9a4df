"""What is asked of who makes a key."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.connect.models import ApiToken


class TokenForm(forms.Form):
    """A name, a purpose and an end: a key without an end is a key that is forgotten."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        help_text=_("The name of the system, so that you know later what you can close."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label=_("Last day it works"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("At most two years ahead."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=365)

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=731):
            raise ValidationError(_("Choose a day between today and two years from now."))
        return day
