"""What pages and verifiers read."""

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings
from django.core.cache import caches
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.assessment.api import OwnFact
from gezel.certificates.api import Holding
from gezel.kit.outside import NotReached, ask_outside
from gezel.people.api import Employment, Organisation, Person
from gezel.profile import sealing
from gezel.profile.models import LIST_SIZE, Achievement, Credential, SigningKey, SpentPlace
from gezel.profile.rules import proofs, status
from gezel.profile.rules.bundle import ISSUING, LOG_SERVICE, bundle
from gezel.profile.rules.dates import written
from gezel.profile.rules.did import document_of, web_address, web_did
from gezel.profile.rules.earning import Shown, grounds
from gezel.profile.rules.jwt import looks_like_one
from gezel.profile.rules.keys import jwk, thumbprint, unbase58
from gezel.profile.rules.text import MOST_BYTES, Unreadable, decoded, id_of, read_json
from gezel.skills.api import Evidence
from gezel.trust.api import Standing, address_of, key_of, log_of, proof_of, standing_of

# A withdrawn credential is told of within a minute; a list is asked for by everyone who checks one.
LIST_COUNTS_FOR = timedelta(days=1)
LIST_KEPT_SECONDS = 30
PATIENCE, MOST_QUESTIONS = 10, 8


def did_of(organisation: Organisation) -> str:
    """The organisation's name as issuer: an address of ours where its keys stand."""
    return web_did(urlsplit(settings.BASE_URL).netloc.lower(), "did", organisation.slug)


def method_of(key: SigningKey) -> str:
    """The name of a key within the organisation's document."""
    return f"{did_of(key.organisation)}#{key.public}"


def token_method_of(key: SigningKey) -> str:
    """The name of the same key as verifiers of tokens look it up: there as a JWK."""
    return f"{did_of(key.organisation)}#{thumbprint(jwk(_public(key)))}"


def _public(key: SigningKey) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(unbase58(key.public)[2:])


def list_address(organisation: Organisation, number: int, purpose: str = status.REVOCATION) -> str:
    """Where a status list stands, as a verifier asks for it."""
    name = "profile:status" if purpose == status.REVOCATION else "profile:suspended"
    return settings.BASE_URL + reverse(name, args=[organisation.slug, number])


def lists_of(credential: Credential) -> list[dict[str, Any]]:
    """Every list in which its status stands, as it is now."""
    number = credential.place // LIST_SIZE
    purposes = [status.REVOCATION]
    if credential.can_be_suspended:
        purposes.append(status.SUSPENSION)
    found = (status_list(credential.organisation, number, purpose) for purpose in purposes)
    return [one for one in found if one is not None]


def signing_key(organisation: Organisation) -> SigningKey | None:
    """The key that signs now."""
    return SigningKey.objects.filter(organisation=organisation, retired_at=None).first()


def opened(key: SigningKey) -> Ed25519PrivateKey:
    """The secret half.

    Raises:
        CannotOpen: the key it lies under is no longer in the environment.
    """
    return Ed25519PrivateKey.from_private_bytes(sealing.unseal(bytes(key.sealed)))


def did_document(organisation: Organisation) -> dict[str, Any]:
    """Every key it ever signed with; one that was put away keeps vouching for what it signed."""
    did = did_of(organisation)
    methods: list[Mapping[str, Any]] = []
    for key in SigningKey.objects.filter(organisation=organisation).order_by("made_at", "pk"):
        ends = {}
        if key.leaked_from:
            ends["revoked"] = written(key.leaked_from)
        elif key.retired_at:
            ends["expires"] = written(key.retired_at + timedelta(seconds=1))
        methods.append(
            {"id": f"{did}#{key.public}", "publicKeyMultibase": key.public, **ends},
        )
        # A method holds a key in one form, so for who reads the other it stands there once more.
        web_key = jwk(_public(key))
        methods.append(
            {
                "id": f"{did}#{thumbprint(web_key)}",
                "type": "JsonWebKey",
                "publicKeyJwk": web_key,
                **ends,
            }
        )
    document = document_of(did, methods)
    if (log := log_of(organisation)) is not None:
        document["service"] = [
            {
                "id": f"{did}#log",
                "type": LOG_SERVICE,
                "serviceEndpoint": address_of(log),
                "key": key_of(log).written(),
            }
        ]
    return document


def status_list(
    organisation: Organisation, number: int, purpose: str = status.REVOCATION
) -> dict[str, Any] | None:
    """The signed list of what was withdrawn, or of what is suspended; None where there is none."""
    kept = caches["near"]
    name = f"profile:status:{organisation.pk}:{number}:{purpose}"
    found: dict[str, Any] | None = kept.get(name)
    if found is None:
        found = _signed_list(organisation, number, purpose)
        if found is not None:
            kept.set(name, found, LIST_KEPT_SECONDS)
    return found


def _signed_list(organisation: Organisation, number: int, purpose: str) -> dict[str, Any] | None:
    key = signing_key(organisation)
    of_list = {
        "organisation": organisation,
        "place__range": (number * LIST_SIZE, (number + 1) * LIST_SIZE - 1),
    }
    mine, spent = Credential.objects.filter(**of_list), SpentPlace.objects.filter(**of_list)
    if key is None or not (number == 0 or mine.exists() or spent.exists()):
        return None
    why = SpentPlace.Why
    if purpose == status.SUSPENSION:
        mine, spent = mine.filter(suspended_at__isnull=False), spent.filter(why=why.SUSPENDED)
    else:
        mine = mine.filter(revoked_at__isnull=False)
        spent = spent.exclude(why__in=[why.STANDS, why.SUSPENDED])
    marked = [
        *mine.values_list("place", flat=True),
        *spent.values_list("place", flat=True),
    ]
    try:
        secret = opened(key)
    except sealing.CannotOpen:
        return None  # nobody can say, so what stands in it is of unknown status
    now = timezone.now()
    unsigned = status.list_credential(
        address=list_address(organisation, number, purpose),
        issuer=did_of(organisation),
        purpose=purpose,
        bits={place % LIST_SIZE for place in marked},
        since=written(now),
        until=written(now + LIST_COUNTS_FOR),
        size=LIST_SIZE,
    )
    return proofs.prove(unsigned, secret, method=method_of(key), at=now)


def place_in_log(document: dict[str, Any]) -> Standing | None:
    """Where a credential that was issued here stands in the log; None of any other."""
    credential = _issued_here(document)
    return _standing(credential, document) if credential else None


def _issued_here(document: dict[str, Any]) -> Credential | None:
    """Of which credential this very document is one; by its place in the list, since each language
    has an identifier of its own. Of what was signed around as a token, it is the same words."""
    found = _place_here(document)
    if found is None:
        return None
    organisation, place = found
    at = Credential.objects.filter(organisation=organisation, place=place)
    credential = at.select_related("organisation").first()
    if credential is None:
        return None
    signed = credential.documents
    if "proof" not in document:
        signed = [proofs.without_proof(one) for one in signed]
    return credential if document in signed else None


def was_replaced(document: dict[str, Any]) -> bool:
    """Whether it is a copy from before it was issued anew to a key: no judgement on anybody."""
    found = _place_here(document)
    if found is None:
        return False
    organisation, place = found
    spent = SpentPlace.objects.filter(organisation=organisation, place=place)
    return spent.filter(why=SpentPlace.Why.REPLACED).exists()


def _place_here(document: dict[str, Any]) -> tuple[Organisation, int] | None:
    """In which place of whose list it says to stand, where that is a list of ours."""
    issuer = id_of(document.get("issuer"))
    organisation = Organisation.objects.filter(slug=issuer.rpartition(":")[2]).first()
    entry = status.entry_for(document, status.REVOCATION)
    if organisation is None or did_of(organisation) != issuer or entry is None:
        return None
    start = list_address(organisation, 0).removesuffix("0/")
    number = str(entry.get("statusListCredential")).removeprefix(start).removesuffix("/")
    index = str(entry.get("statusListIndex"))
    if not re.fullmatch(r"[0-9]{1,4}", number) or not re.fullmatch(r"[0-9]{1,6}", index):
        return None
    return organisation, int(number) * LIST_SIZE + int(index)


def _standing(credential: Credential, document: dict[str, Any]) -> Standing | None:
    return standing_of(credential.organisation, document["id"], ISSUING)


def bundle_of(credential: Credential, document: dict[str, Any]) -> dict[str, Any]:
    """A credential with its lists of now and its place in the log, to keep."""
    return bundle(
        document,
        lists=lists_of(credential),
        proof=log_proof_of(credential, document),
    )


def log_proof_of(credential: Credential, document: dict[str, Any]) -> dict[str, Any] | None:
    """Its place in the log of who issued it; none until the log was signed over it."""
    standing = _standing(credential, document)
    return proof_of(standing.event) if standing else None


# How an address of a list ends, by what it tells.
_PURPOSES = {"": status.REVOCATION, "suspended": status.SUSPENSION}


class OurOwn:
    """Tells about issuers and lists of this installation, without a network."""

    def document(self, address: str) -> Any | None:
        for organisation in Organisation.objects.all():
            if address == web_address(did_of(organisation)):
                return did_document(organisation)
            start = list_address(organisation, 0).removesuffix("0/")
            number, _, more = address.removeprefix(start).removesuffix("/").partition("/")
            if address.startswith(start) and number.isdecimal() and len(number) < 5:
                purpose = _PURPOSES.get(more)
                return status_list(organisation, int(number), purpose) if purpose else None
        return None


class Asking(OurOwn):
    """Asks issuers elsewhere too, over the network; only where that was said and is allowed.

    A file decides whom we ask, so little is given: https to the open internet, no redirect, a
    megabyte, ten seconds, and no more than a few questions for one file.
    """

    def __init__(self) -> None:
        self.asked: dict[str, Any | None] = {}

    def document(self, address: str) -> Any | None:
        own = super().document(address)
        if own is not None or not address.startswith("https://"):
            return own
        if address not in self.asked:
            most = len(self.asked) >= MOST_QUESTIONS
            self.asked[address] = None if most else _asked_elsewhere(address)
        return self.asked[address]


def _asked_elsewhere(address: str) -> Any | None:
    try:
        status_, said = ask_outside(
            "GET",
            address,
            headers={"Accept": "application/json", "User-Agent": "Gezel"},
            patience=PATIENCE,
            most=MOST_BYTES + 1,
        )
        if status_ != HTTPStatus.OK:
            return None
        text = decoded(said).strip()
        return text if looks_like_one(text) else read_json(text)
    except (NotReached, Unreadable):
        return None


# -- what someone can be certified for ------------------------------------------------------------


def shown_by(person: Person, achievement: Achievement) -> list[Shown]:
    """What bears out this achievement for this person, newest first: what was shown here."""
    today = timezone.localdate()
    found: list[Shown] = []
    if achievement.skill_id is not None:
        evidence = Evidence.objects.filter(
            person=person,
            skill=achievement.skill_id,
            organisation=achievement.organisation_id,
            corrected_by=None,
            level__gte=1,
        ).exclude(given_by=person)
        found += [Shown(f"evidence:{e.pk}", e.kind, e.level, e.observed_on) for e in evidence]
    if achievement.certificate_id is not None:
        holdings = Holding.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today),
            person=person,
            type=achievement.certificate_id,
            state=Holding.State.CONFIRMED,
        )
        level = achievement.level or 0
        found += [Shown(f"holding:{h.pk}", "certificate", level, h.issued_on) for h in holdings]
    return grounds(found, level=achievement.level or 0, today=today)


def certifiable(achievement: Achievement, people: QuerySet[Person]) -> list[tuple[Person, Shown]]:
    """Who showed it and was not yet certified for it, by name.

    Asks three questions, whatever the number of people.
    """
    today = timezone.localdate()
    found: dict[int, list[Shown]] = {}
    if achievement.skill_id is not None:
        rows = Evidence.objects.filter(
            person__in=people,
            skill=achievement.skill_id,
            organisation=achievement.organisation_id,
            corrected_by=None,
            level__gte=1,
        ).only("person_id", "kind", "level", "observed_on", "given_by_id")
        for e in rows:
            if e.given_by_id != e.person_id:
                one = Shown(f"evidence:{e.pk}", e.kind, e.level, e.observed_on)
                found.setdefault(e.person_id, []).append(one)
    if achievement.certificate_id is not None:
        held = Holding.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today),
            person__in=people,
            type=achievement.certificate_id,
            state=Holding.State.CONFIRMED,
        ).only("person_id", "issued_on")
        for h in held:
            one = Shown(f"holding:{h.pk}", "certificate", achievement.level or 0, h.issued_on)
            found.setdefault(h.person_id, []).append(one)
    borne_out = {
        pk: kept[0]
        for pk, shown in found.items()
        if (kept := grounds(shown, level=achievement.level or 0, today=today))
    }
    has = Credential.objects.filter(achievement=achievement, revoked_at=None).filter(
        Q(valid_until=None) | Q(valid_until__gte=today)
    )
    waiting = (
        Person.objects.filter(pk__in=borne_out)
        .exclude(pk__in=has.values("person_id"))
        .order_by("last_name", "first_name", "pk")
    )
    return [(person, borne_out[person.pk]) for person in waiting]


def issued(credentials: QuerySet[Credential], organisation: Organisation) -> QuerySet[Credential]:
    """What was issued, each with whether the person still works here: else their name is theirs."""
    at_work = Employment.objects.current().filter(
        organisation=organisation, person=OuterRef("person")
    )
    return credentials.annotate(works_here=Exists(at_work))


def as_facts(person: Person) -> list[OwnFact]:
    """Someone's credentials that stand, as evidence for a dossier of theirs."""
    rows = (
        Credential.objects.filter(person=person, revoked_at=None, suspended_at=None)
        .select_related("achievement", "organisation")
        .order_by("-issued_at")[:40]
    )
    return [
        OwnFact(
            f"profile:credential:{c.pk}",
            _("Credential"),
            str(c.achievement),
            c.organisation.name,
            timezone.localdate(c.issued_at),
        )
        for c in rows
    ]
