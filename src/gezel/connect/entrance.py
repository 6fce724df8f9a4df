"""The forms by which one comes in, shows who one is, and keeps a password: allauth's, in our words.

A label says what a field is for; the same word again inside the field only hides what is typed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class _Plain(forms.BaseForm):
    """Fields by their label alone, in the words of the form that is asked."""

    labels: ClassVar[dict[str, Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, account.LoginForm):
    """The form one signs in with."""

    labels: ClassVar = {
        "login": _("Email address"),
        "remember": _("Keep me signed in on this device"),
    }


class ForgottenForm(_Plain, account.ResetPasswordForm):
    """Where the link goes with which one chooses a new password."""

    labels: ClassVar = {"email": _("Email address")}


class NewAddressForm(_Plain, account.AddEmailForm):
    """The address one wants to sign in with from now on."""

    labels: ClassVar = {"email": _("New address")}


class _Twice(_Plain):
    """A password that is new, typed twice."""

    labels: ClassVar = {"password1": _("New password"), "password2": _("The same password again")}

    def clean(self) -> dict[str, Any]:
        # Not by way of allauth, which looks at the same and says it in words of its own.
        typed: dict[str, Any] = super(account.PasswordVerificationMixin, self).clean() or {}
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("These two are not the same. Type the password again."))
        return typed


class FirstPasswordForm(_Twice, account.SetPasswordForm):
    """A password for who had none."""


class PasswordByLinkForm(_Twice, account.ResetPasswordKeyForm):
    """A password for who came by the link in the mail."""


class OtherPasswordForm(_Twice, account.ChangePasswordForm):
    """Another password, for who knows the one there is."""

    labels: ClassVar = {"oldpassword": _("Your password now"), **_Twice.labels}


class PasswordAgainForm(_Plain, account.ReauthenticateForm):
    """Showing by password that one is still the one who signed in."""

    labels: ClassVar = {"password": _("Your password")}


class _Code(_Plain):
    """A code, from an app or from the list one kept."""

    labels: ClassVar = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _(
            "The one your app shows now, or one of your recovery codes."
        )

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            raise said(error, {"too_many_login_attempts": "too_many_codes"}) from error
        return code


class SecondStepForm(_Code, codes.AuthenticateForm):
    """The code that is asked after the password."""


class CodeAgainForm(_Code, codes.ReauthenticateForm):
    """Showing by a code that one is still the one who signed in."""


class _Passkey(forms.BaseForm):
    """A passkey, when one comes in or shows who one is."""

    def clean_credential(self) -> Any:
        with passkey_told():
            return super().clean_credential()  # type: ignore[misc]


@contextmanager
def passkey_told() -> Iterator[None]:
    """A passkey that did not work is told as a passkey, not as a code that is wrong.

    So is what no device ever made: allauth counts on all its parts being there.
    """
    try:
        yield
    except ValidationError as error:
        raise said(error, PASSKEY) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_passkey") from error


PASSKEY = {"incorrect_code": "incorrect_passkey", "too_many_login_attempts": "too_many_codes"}


class PasskeyInForm(_Passkey, passkeys.LoginWebAuthnForm):
    """Coming in by a passkey."""


class PasskeyStepForm(_Passkey, passkeys.AuthenticateWebAuthnForm):
    """A passkey after the password."""


class PasskeyAgainForm(_Passkey, passkeys.ReauthenticateWebAuthnForm):
    """Showing by a passkey that one is still the one who signed in."""


def said(error: ValidationError, by: dict[str, str]) -> ValidationError:
    """The same refusal, in the words for what was tried."""
    if error.code not in by:
        return error
    told: ValidationError = get_adapter().validation_error(by[error.code])
    return told
