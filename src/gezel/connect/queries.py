"""What the pages of one's account need."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils.functional import Promise

from gezel.people.api import Employment, Person


@dataclass(frozen=True, slots=True)
class Account:
    """How someone comes in, for them to look over."""

    email: str
    waiting_for: str
    has_password: bool
    passkeys: int
    authenticator: bool
    recovery_codes_left: int | None
    sessions: int


def account_of(person: Person) -> Account:
    """One overview of all ways in, in three queries."""
    waiting = (
        EmailAddress.objects.filter(user=person, verified=False)
        .exclude(email__iexact=person.email)
        .values_list("email", flat=True)
        .first()
    )
    of_kind: dict[str, list[Authenticator]] = {}
    for authenticator in Authenticator.objects.filter(user=person):
        of_kind.setdefault(authenticator.type, []).append(authenticator)
    codes = of_kind.get(Authenticator.Type.RECOVERY_CODES)
    return Account(
        email=person.email,
        waiting_for=waiting or "",
        has_password=person.has_usable_password(),
        passkeys=len(of_kind.get(Authenticator.Type.WEBAUTHN, [])),
        authenticator=Authenticator.Type.TOTP in of_kind,
        recovery_codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
        sessions=UserSession.objects.filter(user=person).count(),
    )


@dataclass(frozen=True, slots=True)
class Role:
    """Someone of the demo one can step in as."""

    person: Person
    work: str
    what: str | Promise


def cast() -> list[Role]:
    """The cast of the demo, in the order of the settings; empty when there is no demo."""
    if not settings.DEMO:
        return []
    what = dict(settings.DEMO_CAST)
    people = {p.email: p for p in Person.objects.filter(email__in=what)}
    work = {
        e.person_id: f"{e.job} · {e.organisation}"
        for e in Employment.objects.current()
        .filter(person__email__in=what)
        .select_related("job", "organisation")
    }
    return [
        Role(people[email], work.get(people[email].pk, ""), text)
        for email, text in what.items()
        if email in people
    ]
