"""The words of an invitation, and its link, made when it is sent: the link is kept nowhere."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gezel.connect.kinds import Letter, declare_kind
from gezel.connect.models import Invitation, Message
from gezel.connect.rules import Way
from gezel.people.api import Person


def _letter(message: Message) -> Letter | None:
    """An invitation, as long as who was invited has no password yet."""
    invitation = (
        Invitation.objects.filter(pk=message.about["invitation"])
        .select_related("sent_by", "organisation")
        .first()
    )
    if invitation is None or message.person.has_usable_password():
        return None
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    by = invitation.sent_by.name if invitation.sent_by else invitation.organisation.name
    return Letter(
        subject=_("Your place in Gezel at %s") % invitation.organisation.name,
        lines=(
            _(
                "%(by)s invites you to Gezel at %(organisation)s: the place where you see what "
                "your work asks, what you can do already, and what you want to learn."
            )
            % {"by": by, "organisation": invitation.organisation.name},
        ),
        path=first_password_path(message.person),
        action=_("Choose your password"),
        after=(
            ngettext(
                "The link works once, for %(days)s day. If it is too old, ask for a new one at "
                "the sign-in page with “Forgot your password?”.",
                "The link works once, for %(days)s days. If it is too old, ask for a new one at "
                "the sign-in page with “Forgot your password?”.",
                days,
            )
            % {"days": days},
            _("Your account is yours, also when you work elsewhere one day."),
        ),
    )


def first_password_path(person: Person) -> str:
    """Where someone chooses a first password: works once, within `PASSWORD_RESET_TIMEOUT`."""
    key = default_token_generator.make_token(person)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )


INVITATION = declare_kind(
    "connect.invitation",
    title=gettext_lazy("An invitation to come in"),
    because=gettext_lazy("You get this because HR of your organisation invites you."),
    write=_letter,
    way=Way.NOW,
    may_stop=False,
    before_first_visit=True,
)
