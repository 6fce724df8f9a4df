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
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Person

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
    }

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
        """Write in the language of whoever receives it, not of whoever asked."""
        with translation.override(language_of(email, context.get("user"))):
            super().send_mail(template_prefix, email, context)


class MfaAdapter(DefaultMFAAdapter):
    """The second step, in our words."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or too old. Take the one shown now."),
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
