"""Short ways to keys and mail."""

import uuid
from collections.abc import Collection
from datetime import date

from django.utils import timezone

from gezel.connect.actions import NewToken, make_token
from gezel.connect.models import ApiToken, Mail, Message
from gezel.connect.widened import PERSONAL_KEYS
from gezel.people.api import Organisation, Person
from gezel.trust.tests.builders import a_consent


def a_token(
    organisation: Organisation,
    by: Person,
    *,
    name: str = "Roster",
    scopes: Collection[str] = tuple(ApiToken.Scope.values),
    expires_on: date | None = None,
) -> NewToken:
    if ApiToken.PERSONAL & set(scopes):
        a_consent(organisation, PERSONAL_KEYS)
    return make_token(organisation, name=name, scopes=scopes, by=by, expires_on=expires_on)


def bearing(secret: str) -> dict[str, str]:
    """The header a system sends along."""
    return {"Authorization": f"Bearer {secret}"}


def a_mail(
    person: Person,
    organisation: Organisation,
    *,
    state: str = Mail.State.FAILED,
    kind: str = "connect.invitation",
    subject: str = "Your place in Gezel",
    problem: str = "550 no such mailbox",
) -> Mail:
    """A mail as a worker left it."""
    now = timezone.now()
    mail = Mail.objects.create(
        id=uuid.uuid4(), person=person, state=state, goes_at=now, subject=subject, problem=problem,
        sent_at=now if state == Mail.State.SENT else None,
    )  # fmt: skip
    Message.objects.create(
        person=person, organisation=organisation, kind=kind, once=str(mail.pk), mail=mail,
        goes_at=now, alone=True,
    )  # fmt: skip
    return mail
