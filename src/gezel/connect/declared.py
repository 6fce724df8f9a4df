"""What allauth keeps about people, declared like our own tables: theirs stand in our house."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.trust.api import CONTRACT, personal_data

personal_data(
    what=_("Your e-mail address, and whether you confirmed it"),
    purpose=_("So that a link to a new password reaches you and nobody else."),
    audience=Audience(SELF),
    ground=CONTRACT,
    term=_("As long as your account exists."),
    person="user",
    order=72,
)(EmailAddress)
personal_data(
    what=_("Your passkeys, your code from an app, your recovery codes"),
    purpose=_("So that a stolen password is not enough to come in as you."),
    audience=Audience(SELF),
    ground=CONTRACT,
    term=_("Until you remove them."),
    person="user",
    order=73,
    stays=("data",),
)(Authenticator)
personal_data(
    what=_("Where you are signed in: since when, with which browser, from which address"),
    purpose=_("So that you notice a stranger in your account, and can sign them out."),
    audience=Audience(SELF),
    ground=CONTRACT,
    term=_("Until you sign out there; what ended is removed when you sign in again."),
    person="user",
    order=74,
    stays=("session_key", "data"),
)(UserSession)
