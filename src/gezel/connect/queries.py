"""What the pages of one's account and mail need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise

from gezel.connect.kinds import kind_named
from gezel.connect.models import Invitation, Mail, MailWishes, Message
from gezel.people.api import Employment, Organisation, Person, PersonQuerySet


@dataclass(frozen=True, slots=True)
class Account:
    """How someone comes in, for them to look over."""

    email: str
    waiting_for: str
    own: str
    has_password: bool
    passkeys: int
    authenticator: bool
    recovery_codes_left: int | None
    sessions: int


def account_of(person: Person) -> Account:
    """One overview of all ways in, in three queries."""
    others = dict(
        EmailAddress.objects.filter(user=person)
        .exclude(email__iexact=person.email)
        .order_by("-pk")
        .values_list("verified", "email")
    )
    waiting, own = others.get(False, ""), others.get(True, "")
    of_kind: dict[str, list[Authenticator]] = {}
    for authenticator in Authenticator.objects.filter(user=person):
        of_kind.setdefault(authenticator.type, []).append(authenticator)
    codes = of_kind.get(Authenticator.Type.RECOVERY_CODES)
    return Account(
        email=person.email,
        waiting_for=waiting,
        own=own,
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


def mail_wishes_of(person: Person) -> MailWishes | None:
    """What someone chose, if they ever did."""
    return MailWishes.objects.filter(person=person).first()


def lately_sent_to(person: Person) -> QuerySet[Mail]:
    """The last mails that went out to someone, newest first."""
    return Mail.objects.filter(person=person, state=Mail.State.SENT).order_by("-sent_at")[:10]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail that went wrong: to whom, about what kind of thing, why."""

    mail: Mail
    about: str


def troubles(wrong: QuerySet[Mail], organisation: Organisation) -> list[Trouble]:
    """The mails that went wrong, newest first, with the kinds of what was said from here."""
    said = Message.objects.filter(organisation=organisation)
    found = wrong.select_related("person").prefetch_related(Prefetch("messages", said))
    return [
        Trouble(mail, ", ".join(sorted({_title(m.kind) for m in mail.messages.all()})))
        for mail in found.order_by("-goes_at")[:MOST_TROUBLES]
    ]


def _title(name: str) -> str:
    kind = kind_named(name)
    return str(kind.title) if kind else name


MOST_TROUBLES = 200


@dataclass(frozen=True, slots=True)
class MailState:
    """How the mail of an organisation runs."""

    sent: int
    late: int
    late_since: datetime | None
    broken: int


def state_of_mail(organisation: Organisation, now: datetime) -> MailState:
    """What went out in a week, what should have gone an hour ago, what could not be written."""
    week = now - timedelta(days=7)
    said = Message.objects.filter(organisation=organisation)
    late = (
        said.filter(fate=Message.Fate.WAITING, goes_at__lt=now - timedelta(hours=1))
        .filter(Q(mail=None) | Q(mail__state__in=[Mail.State.WAITING, Mail.State.HELD]))
        .aggregate(n=Count("pk"), since=Min("goes_at"))
    )
    sent = Mail.objects.filter(
        state=Mail.State.SENT, sent_at__gte=week, messages__organisation=organisation
    )
    return MailState(
        sent=sent.distinct().count(),
        late=late["n"],
        late_since=late["since"],
        broken=said.filter(fate=Message.Fate.BROKEN, goes_at__gte=week).count(),
    )


def invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """Every invitation an organisation sent, also to who came in since."""
    return Invitation.objects.filter(organisation=organisation.pk)


def never_invited(people: PersonQuerySet, organisation: Organisation) -> PersonQuerySet:
    """Those of them who never got an invitation of this organisation."""
    asked = invitations_of(organisation).filter(person=OuterRef("pk"))
    return people.filter(~Exists(asked))


# As many names as one looks over before sending; the rest is a number.
NAMES_SHOWN = 20


def to_come_in(people: PersonQuerySet, organisation: Organisation) -> dict[str, Any]:
    """Who of `people` (who cannot sign in yet) was never invited and who was, in four queries."""
    new = never_invited(people, organisation).order_by("last_name", "first_name", "pk")
    again = (
        people.filter(invitations__organisation=organisation)
        .annotate(last=Max("invitations__sent_at"))
        .order_by("last", "pk")
    )
    return {
        "new": new.count(),
        "new_people": new[:NAMES_SHOWN],
        "again": again.count(),
        "again_people": again[:NAMES_SHOWN],
        "mail_stays": settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"),
    }
