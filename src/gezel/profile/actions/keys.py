"""A person's own key: made when they ask, named in what is issued to them, shown to who asks."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.people.api import Person
from gezel.profile import sealing
from gezel.profile.actions.credentials import (
    _free_place,
    _note,
    make_key,
    tell_list_anew,
)
from gezel.profile.models import (
    LIST_SIZE,
    Answered,
    Credential,
    PersonKey,
    SpentPlace,
)
from gezel.profile.queries import (
    ANSWER_KEPT,
    domain,
    list_address,
    method_of,
    opened,
    opened_own,
    signing_key,
)
from gezel.profile.rules import keyfile, proofs, status
from gezel.profile.rules.holding import Held, key_named, present, to_key
from gezel.profile.rules.keys import multikey

# Each time takes a place of the list that is never given again.
MOST_BOUND = 20
MOST_KEYS = 20
_NAME_OF_KEY = re.compile(r"keys/(z6Mk[1-9A-HJ-NP-Za-km-z]{44})\.pem")


@transaction.atomic
def make_own_key(person: Person) -> PersonKey:
    """A fresh key is named in what is issued from now on; earlier ones still prove their own.

    Raises:
        ValidationError: there are so many that this cannot be meant.
    """
    Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    if PersonKey.objects.filter(person=person).count() >= MOST_KEYS:
        raise ValidationError(_("You have %(n)s keys. Remove one first.") % {"n": MOST_KEYS})
    PersonKey.objects.filter(person=person, put_away_at=None).update(put_away_at=timezone.now())
    return _keep(person, Ed25519PrivateKey.generate(), brought=False)


def _keep(person: Person, secret: Ed25519PrivateKey, *, brought: bool) -> PersonKey:
    """A key of theirs already is kept as it is. It is named from now on where none is."""
    public = multikey(secret.public_key())
    named = PersonKey.objects.filter(person=person, put_away_at=None).exists()
    key, _new = PersonKey.objects.get_or_create(
        person=person,
        public=public,
        defaults={
            "sealed": sealing.seal(secret.private_bytes_raw()),
            "sealed_with": sealing.current(),
            "put_away_at": timezone.now() if named else None,
            "brought": brought,
        },
    )
    return key


def remove_own_key(key: PersonKey) -> None:
    """It is gone from here; what was issued to it stays valid, and nobody proves it is theirs."""
    key.delete()


@transaction.atomic
def bind(credential: Credential, key: PersonKey | None) -> bool:
    """Issue a credential anew, word for word, to a key of its person; or to none.

    In a new place of the list: the copy from before is of no use to who has it, and that is no
    judgement on the person, so it is kept apart from what was withdrawn. False where it is so
    already.

    Raises:
        ValidationError: it no longer counts, or it was done so often that this cannot be meant.
    """
    held = (
        Credential.objects.select_for_update(of=("self",))
        .select_related("organisation", "person", "achievement")
        .get(pk=credential.pk)
    )
    did = key.did if key else ""
    if key_named(held.document) == did:
        return False
    over = held.valid_until is not None and held.valid_until < timezone.localdate()
    if not held.counts or over:
        raise ValidationError(_("It no longer counts, so it is not issued anew."))
    if held.bound >= MOST_BOUND:
        raise ValidationError(_("It was issued anew so often that it stays as it is now."))
    organisation, old = held.organisation, held.place
    signs = signing_key(organisation) or make_key(organisation)
    now = timezone.now().replace(microsecond=0)
    # Taken before it is spent, so that both are different.
    held.place = _free_place(organisation)
    SpentPlace.objects.create(organisation=organisation, place=old, why=SpentPlace.Why.REPLACED)
    held.document, *held.editions = [
        proofs.prove(
            _at_place(to_key(document, did), held), opened(signs), method=method_of(signs), at=now
        )
        for document in held.documents
    ]
    held.signed_with, held.signed_at, held.bound = signs, now, held.bound + 1
    held.save(update_fields=["document", "editions", "place", "signed_with", "signed_at", "bound"])
    for document in held.documents:
        _note(held, "credential.signed_again", document)
    tell_list_anew(organisation.pk, old)
    return True


def _at_place(document: dict[str, Any], credential: Credential) -> dict[str, Any]:
    organisation, number = credential.organisation, credential.place // LIST_SIZE
    lists = {
        one["statusPurpose"]: list_address(organisation, number, one["statusPurpose"])
        for one in status.entries(document)
    }
    return document | {"credentialStatus": status.stands_in(lists, credential.place % LIST_SIZE)}


def keep_places(rows: "QuerySet[Any]") -> Callable[[], None]:
    """Of credentials that go with their person, the place in the list stays as it is: what was
    withdrawn is not valid again, and nobody else gets the place."""
    why = SpentPlace.Why
    kept = [
        SpentPlace(
            organisation_id=organisation,
            place=place,
            why=why.WITHDRAWN if withdrawn else why.SUSPENDED if suspended else why.STANDS,
        )
        for organisation, place, withdrawn, suspended in rows.values_list(
            "organisation", "place", "revoked_at", "suspended_at"
        )
    ]
    return lambda: _keep_all(kept)


def _keep_all(places: list[SpentPlace]) -> None:
    SpentPlace.objects.bulk_create(places, ignore_conflicts=True)


# -- showing --------------------------------------------------------------------------------------


def answer_for(credential: Credential, key: PersonKey, *, challenge: str, domain: str) -> Any:
    """What a holder hands over: one credential, signed with its key for this question."""
    return present(
        [credential.here],
        opened_own(key),
        at=timezone.now().replace(microsecond=0),
        challenge=challenge,
        domain=domain,
    )


def show(credential: Credential, key: PersonKey, *, challenge: str) -> bool:
    """Answer a question that was asked here; False where it was answered already."""
    document = answer_for(credential, key, challenge=challenge, domain=domain())
    _row, new = Answered.objects.get_or_create(
        digest=digest_of_question(challenge),
        defaults={"person": credential.person, "document": document},
    )
    return new


def settle(challenge: str, held: Held) -> bool:
    """An answer that came as a file counts once; False where one came before.

    Nothing of it is kept. One that is not theirs settles nothing: else anyone could shut a
    question that is not for them.
    """
    if not held.is_theirs:
        return True
    _row, new = Answered.objects.get_or_create(digest=digest_of_question(challenge))
    return new


def digest_of_question(challenge: str) -> str:
    return hashlib.sha256(challenge.encode()).hexdigest()


def forget_answers(now: datetime | None = None) -> int:
    """Answers of an hour ago go; returns how many."""
    before = (now or timezone.now()) - ANSWER_KEPT
    return Answered.objects.filter(shown_at__lt=before).delete()[0]


# -- taking along ---------------------------------------------------------------------------------


def locked_keys(person: Person, passphrase: str) -> dict[str, str]:
    """Every key of someone by its name, locked with a passphrase that is kept nowhere."""
    return {
        key.public: keyfile.lock(opened_own(key), passphrase)
        for key in PersonKey.objects.filter(person=person)
    }


def name_of_file(public: str) -> str:
    return f"keys/{public}.pem"


def key_in(name: str) -> str:
    """Of which key a file of an archive is; empty where it is of none."""
    found = _NAME_OF_KEY.fullmatch(name)
    return found[1] if found else ""


@transaction.atomic
def take_in_keys(person: Person, files: dict[str, str], passphrase: str) -> int:
    """Keys from an archive become keys of this person here; returns how many were taken in.

    Raises:
        WrongPassphrase: none of them opens with it.
        NoKeyFile: a file is not as we write them, or of another key than it says.
    """
    Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    taken, wrong = 0, 0
    for public, pem in files.items():
        try:
            secret = keyfile.unlock(pem, passphrase)
        except keyfile.WrongPassphrase:
            # Another archive, another passphrase: one may hold keys of both.
            wrong += 1
            continue
        if multikey(secret.public_key()) != public:
            raise keyfile.NoKeyFile
        _keep(person, secret, brought=True)
        taken += 1
    if wrong and not taken:
        raise keyfile.WrongPassphrase
    return taken
