"""How allauth behaves in this house."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Person

WAYS = {
    "reauthenticate": _("With your password"),
    "mfa_reauthenticate": _("With a code"),
    "mfa_reauthenticate:webauthn": _("With a passkey"),
}
ANYWHERE = {"app": "allauth.account", "action": "login_failed_anywhere"}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from an import or an invitation, not from a stranger at the door.

    Guessing a password is stopped twice. From one place it stops after five tries, and only for
    that place: whoever types wrong passwords for a colleague does not keep the colleague out.
    From many places together it stops at a larger number; then a place where the owner signed
    in before still works, and so do a passkey and the link by mail.
    """

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Ask HR of your organisation."),
        "email_password_mismatch": _("This address and password do not belong together."),
        "too_many_login_attempts": _(
            "Too many wrong passwords, so no password is taken now. Wait five minutes and try "
            "again, or choose a new password by “Forgot your password?”. A passkey always works."
        ),
        "rate_limited": _("That was often in a short time. Wait a few minutes and try again."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "duplicate_email": _("This address is on your account already."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
    }

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show that one is still the one who signed in, in our words.

        Who has none of them, like who stepped in at the demo, would find a closed door there;
        they are led to where one gets a way. Whether anything is asked at all is not decided
        here: that stays allauth's.
        """
        ways = super().get_reauthentication_methods(user)
        if not ways and user.is_authenticated:
            return [{"id": "first_password", "url": reverse("account_set_password")}]
        return [way | {"description": WAYS[way["id"]]} for way in ways]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the overview: the form once more looks as if it were not kept."""
        return reverse("connect:account")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        self._anywhere = None
        email = _address(credentials)
        if self._signed_in_from_here_before(request, email):
            return
        self._anywhere = ratelimit.consume(request, key=email, **ANYWHERE)
        if not self._anywhere:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if anywhere := getattr(self, "_anywhere", None):
            anywhere.rollback()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{_address(credentials)} {self.get_client_ip(request)}"

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(request, key=_address(credentials), **ANYWHERE)

    def _signed_in_from_here_before(self, request: HttpRequest, email: str) -> bool:
        return bool(
            UserSession.objects.filter(
                user__email__iexact=email, ip=self.get_client_ip(request)
            ).exists()
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language of whoever receives it, not of whoever asked.

        With where to choose a new password: a notice says so to who did not do this themselves.
        """
        forgotten = settings.BASE_URL + reverse("account_reset_password")
        with translation.override(language_of(email, context.get("user"))):
            super().send_mail(template_prefix, email, {"forgotten": forgotten} | context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """With whose account it is: the address it goes to may just have ceased to tell that."""
        told = {"user": user} | (context or {})
        super().send_notification_mail(template_prefix, user, told, email)


class MfaAdapter(DefaultMFAAdapter):
    """The second step, in our words."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or too old. Take the one shown now."),
        "incorrect_passkey": _("This passkey did not work. Try it again, or choose another way."),
        "too_many_codes": _("That went wrong too often. Wait five minutes and try again."),
        "cannot_generate_recovery_codes": _(
            "Recovery codes go with a passkey or a code from an app. Add one of those first."
        ),
        "unverified_email": _(
            "Confirm first that your address is yours: ask for the link by “E-mail address”, and "
            "open it in your mail."
        ),
        "add_email_blocked": _(
            "As long as you have a passkey or a code from an app, your address stays as it is. "
            "Remove those, change your address, and add them again."
        ),
    }

    def generate_authenticator_name(self, user: Any, kind: Authenticator.Type) -> str:
        """What a new passkey is called until its owner says otherwise.

        Allauth's "Master key" sounds as if it opened more than the next one does.
        """
        number = Authenticator.objects.filter(user_id=user.pk, type=kind).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def _address(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "").strip().lower()


def language_of(email: str, person: Person | None = None) -> str:
    """The language someone reads; without a choice of their own, that of where they work."""
    person = person or Person.objects.filter(email__iexact=email).first()
    if person is None:
        return translation.get_language() or settings.LANGUAGE_CODE
    if person.language:
        return person.language
    work = person.employments.current().select_related("organisation").first()
    return work.organisation.language if work else settings.LANGUAGE_CODE


def know_address(person: Person) -> None:
    """Give allauth its row of the address by which we know someone.

    Accounts come by import, without such a row. To have set a password by a link in the mail is
    to have shown that the address is one's own.
    """
    EmailAddress.objects.update_or_create(
        user=person, email=person.email.lower(), defaults={"verified": True, "primary": True}
    )
