"""A person's own keys, and questions that are asked of who shows a credential."""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core import signing
from django.utils import timezone

from gezel.people.api import Person
from gezel.profile import sealing
from gezel.profile.models import Answered, Arrival, Credential, PersonKey
from gezel.profile.rules.holding import key_named

# How long a question can be answered, and how long who asked can read the answer.
ASKED_FOR = timedelta(minutes=15)
ANSWER_KEPT = timedelta(hours=1)
_QUESTION, _ASKER = "profile: question", "profile: who asked"
MOST_NAME = 60


def own_keys(person: Person) -> list[PersonKey]:
    """Those of one person, the newest first."""
    return list(PersonKey.objects.filter(person=person))


def keys_to_open(arrival: Arrival) -> list[str]:
    """Keys in a file that someone brought which are not theirs here yet."""
    told = arrival.told.get("keys", [])
    mine = PersonKey.objects.filter(person=arrival.person_id, public__in=told)
    here = set(mine.values_list("public", flat=True)) if told else set()
    return [public for public in told if public not in here]


def named_key_of(person: Person) -> str:
    """The key that is named in what is issued to someone now (did:key); empty where none is."""
    key = PersonKey.objects.filter(person=person, put_away_at=None).first()
    return key.did if key else ""


def opened_own(key: PersonKey) -> Ed25519PrivateKey:
    """The secret half.

    Raises:
        CannotOpen: the key it lies under is no longer in the environment.
    """
    return Ed25519PrivateKey.from_private_bytes(sealing.unseal(bytes(key.sealed)))


def domain() -> str:
    """For whom an answer to a question of ours is made."""
    return urlsplit(settings.BASE_URL).netloc.lower()


# -- questions: nothing is kept of one before it is answered ---------------------------------------


def new_question(who: str) -> str:
    """A word that nobody knew before, with who says to ask; signed, so that it is ours."""
    told = {"w": who[:MOST_NAME], "n": secrets.token_urlsafe(16)}
    return signing.dumps(told, salt=_QUESTION)


def asker_of(question: str, *, age: timedelta | None = ASKED_FOR) -> str | None:
    """Who says to ask it; None where it is none of ours, or too old."""
    try:
        told = signing.loads(question, salt=_QUESTION, max_age=age)
    except signing.BadSignature:
        return None
    return str(told["w"])


def address_of_answer(question: str) -> str:
    """The last part of the address at which who asked reads the answer: not to be guessed by who
    was asked."""
    return signing.Signer(salt=_ASKER).sign(question)


def question_at(address: str) -> str | None:
    """The question whose answer stands at this address."""
    try:
        return signing.Signer(salt=_ASKER).unsign(address)
    except signing.BadSignature:
        return None


def answer_to(digest: str) -> Answered | None:
    """The answer, as long as it can be read."""
    since = timezone.now() - ANSWER_KEPT
    return Answered.objects.filter(digest=digest, shown_at__gte=since).first()


def answers_over() -> bool:
    """Whether an answer has served its hour."""
    return Answered.objects.filter(shown_at__lt=timezone.now() - ANSWER_KEPT).exists()


def bound_to(person: Person) -> dict[str, list[Credential]]:
    """Credentials of someone that count, by the key each was issued to; of "" none."""
    found: dict[str, list[Credential]] = {}
    today = timezone.localdate()
    rows = Credential.objects.filter(person=person, revoked_at=None).select_related(
        "organisation", "achievement"
    )
    for one in rows:
        if one.valid_until is None or one.valid_until >= today:
            found.setdefault(key_named(one.document), []).append(one)
    return found
