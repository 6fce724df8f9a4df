"""What is asked of who lets a system in, or statements out."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.outside import checked_address
from gezel.records.models import Key
from gezel.records.rules.shapes import is_iri

YEARS_MOST = 731


class KeyForm(forms.Form):
    """A name, what it may do, and an end."""

    name = forms.CharField(
        label=_("Which system is it for?"),
        max_length=100,
        help_text=_("People read this name beside what that system records about them."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Key.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    reads_house = forms.BooleanField(
        label=_("It also reads what people learn in Gezel itself"),
        required=False,
        help_text=_("Everyone it is about sees this system at “who sees what”."),
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
        if not today <= day <= today + timedelta(days=YEARS_MOST):
            raise ValidationError(_("Choose a day between today and two years from now."))
        return day


class ForwardForm(forms.Form):
    """Another record store, how to come in there, and what goes on to it."""

    name = forms.CharField(label=_("What is the other store called?"), max_length=100)
    address = forms.CharField(
        label=_("Its address"),
        max_length=500,
        help_text=_("The address that its own settings call the endpoint, such as https://…/xapi"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    user = forms.CharField(
        label=_("User"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        help_text=_("It is kept sealed and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    version = forms.ChoiceField(
        label=_("Version of xAPI it understands"), choices=[("1.0.3", "1.0.3"), ("2.0.0", "2.0")]
    )
    verbs = forms.CharField(
        label=_("Only these verbs"),
        required=False,
        help_text=_("One address a line. Leave it empty to hand on everything."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    includes_house = forms.BooleanField(
        label=_("Also what people learn in Gezel itself"),
        required=False,
        help_text=_("Everyone it is about sees the other store at “who sees what”."),
    )
    from_start = forms.BooleanField(
        label=_("Begin with everything that is here already"), required=False
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        try:
            checked_address(address, anywhere=settings.FORWARD_ANYWHERE)
        except ValueError as problem:
            if str(problem) == "scheme":
                raise ValidationError(_("Begin the address with https://.")) from None
            raise ValidationError(
                _("This is no address of a record store. It looks like https://example.org/xapi.")
            ) from None
        return address

    def clean_verbs(self) -> list[str]:
        told = [line.strip() for line in self.cleaned_data["verbs"].splitlines() if line.strip()]
        for verb in told:
            if not is_iri(verb):
                raise ValidationError(
                    _("“%(verb)s” is no address of a verb. It begins with http:// or https://.")
                    % {"verb": verb[:80]}
                )
        return told
