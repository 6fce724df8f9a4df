"""What is asked of who makes a key, and of who chooses what mail to get."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.connect.actions import way_of
from gezel.connect.entrance import passkey_told
from gezel.connect.kinds import Kind, kinds
from gezel.connect.models import ApiToken, MailWishes, Weekday
from gezel.connect.rules import Way
from gezel.people.api import Visitor


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey, in our words; it opens the door by itself unless someone does not want that."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["name"].label = _("What do you call it?")
        self.fields["name"].help_text = _("For instance the device it is on.")
        self.fields["passwordless"].label = _("Sign in with it without a password")
        self.fields["passwordless"].help_text = _(
            "Without this it is a second step after your password."
        )
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        with passkey_told():
            typed: dict[str, Any] = super().clean()
        return typed


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey one has."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["name"].label = _("What do you call it?")
        self.fields["name"].help_text = _("For instance the device it is on.")


class FirstCodeForm(ActivateTOTPForm):
    """The first code of an app, which shows that it was set up well."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["code"].label = _("Code that the app shows")
        self.fields["code"].widget.attrs |= {"placeholder": "", "inputmode": "numeric"}


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


_WAYS = {
    Way.NOW: _("At once"),
    Way.WEEKLY: _("Weekly, or sooner if it must"),
    Way.NOT: _("Not"),
}


class MailForm(forms.Form):
    """The day of the weekly mail, and how to hear of each kind."""

    weekday = forms.TypedChoiceField(
        label=_("Day of the weekly mail"),
        choices=Weekday.choices,
        coerce=int,
        help_text=_("It goes at seven in the morning, and only when there is something to say."),
    )

    def __init__(
        self, visitor: Visitor, wishes: MailWishes | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekday"].initial = wishes.weekday if wishes else Weekday.MONDAY
        self._to_choose = [k for k in kinds() if k.concerns(visitor) and len(_ways_of(k)) > 1]
        for kind in self._to_choose:
            self.fields[kind.name] = forms.ChoiceField(
                label=str(kind.title),
                choices=_ways_of(kind),
                initial=way_of(wishes, kind).value,
                help_text=str(kind.because),
            )

    def kinds(self) -> Iterator[forms.BoundField]:
        """The fields of the kinds, in the order of their titles."""
        return iter(sorted((self[k.name] for k in self._to_choose), key=lambda f: str(f.label)))

    def always(self) -> list[Kind]:
        """What comes at once and cannot be stopped: there is nothing to choose about it."""
        return [kind for kind in kinds() if len(_ways_of(kind)) == 1]

    def ways(self) -> dict[str, str]:
        """What was chosen, by kind."""
        return {kind.name: self.cleaned_data[kind.name] for kind in self._to_choose}


def _ways_of(kind: Kind) -> list[tuple[str, Any]]:
    """What cannot wait a week has no such choice; what must be said cannot be stopped."""
    ways = [Way.NOW] if kind.way == Way.NOW else [Way.WEEKLY, Way.NOW]
    return [(way.value, _WAYS[way]) for way in [*ways, *([Way.NOT] if kind.may_stop else [])]]


class OwnAddressForm(forms.Form):
    """An address of one's own."""

    email = forms.EmailField(
        label=_("Your own e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
