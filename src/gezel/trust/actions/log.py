"""Writing in the log: noting, taking up, sealing, witnessing, erasing.

`note_event` costs one row in the transaction of its cause and waits for nobody. A job takes up
what waits, in one order, with the log's row held: only there places are given, so there is never
a gap, and nobody who writes waits for the tree.
"""

import hashlib
import inspect
import secrets
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel import __version__
from gezel.kit.sealing import Safe, current
from gezel.kit.turns import one_step
from gezel.trust import queries
from gezel.trust.declarations import computations
from gezel.trust.models import (
    Checkpoint,
    Cosignature,
    Event,
    Leaf,
    Log,
    Reading,
    Tile,
    Witness,
)
from gezel.trust.rules import checkpoint, merkle
from gezel.trust.rules.commitment import SALT, canonical, commitment, parsed, ranges

# As long as "who looked" is kept: the term that its declaration tells.
KEPT = timedelta(days=730)
A_STEP = 5_000
# What is told as long as "who looked" is; the rest stays as long as the person is here.
GOES_AFTER_TWO_YEARS = ("reading", "level", "export", "many_looks")
_safe = Safe(b"trust: keys of logs")
# A witness whose clock is a little ahead has not seen tomorrow.
CLOCKS_DIFFER = timedelta(minutes=5)


class Tampered(Exception):  # noqa: N818 - reads as what it is where it is raised
    """What is stored does not fit what was signed; nothing is signed on top of that."""


# -- noting ---------------------------------------------------------------------------------------


def an_event(
    organisation: int,
    kind: str,
    *,
    subject: str = "",
    about: int | None = None,
    at: datetime | None = None,
    **told: Any,
) -> Event:
    """One thing that happened, with its promise; written by `note_events`.

    Args:
        organisation: key of whose log it goes in.
        kind: a code that `words.KINDS` puts into words ("credential.issued").
        subject: what it is about, by name ("urn:uuid:…").
        about: key of the person it is about, who reads it.
        at: when, if not now.
        told: facts as JSON has them; whole numbers, texts, lists.
    """
    moment = at or timezone.now()
    facts = {**told, "kind": kind, "at": moment.isoformat(timespec="seconds")}
    if subject:
        facts["subject"] = subject
    if about is not None:
        facts["about"] = about
    words, salt = canonical(facts), secrets.token_bytes(SALT)
    return Event(
        organisation_id=organisation,
        kind=kind,
        subject=subject[:200],
        about_id=about,
        words=words,
        salt=salt,
        promise=commitment(salt, words),
        at=moment,
    )


def note_events(events: Iterable[Event]) -> None:
    """Write down what happened, in the transaction of who tells it."""
    Event.objects.bulk_create(events, batch_size=1_000)


def note_event(organisation: int, kind: str, **told: Any) -> None:
    """Write down one thing that happened; see `an_event`."""
    note_events([an_event(organisation, kind, **told)])


def _note_readings(most: int) -> int:
    """Readings wait in their own table, so that looking costs nobody another write."""
    waiting = list(Reading.objects.filter(logged=False).order_by("pk")[:most])
    if not waiting:
        return 0
    readers = {r.reader_id for r in waiting if r.reader_id is not None}
    where = _places_of_work(readers | {r.about_id for r in waiting})
    note_events(
        an_event(
            organisation,
            "reading",
            about=r.about_id,
            at=r.first_at,
            reader=r.reader_id,
            matter=r.matter,
            purpose=r.purpose,
        )
        for r in waiting
        if r.reader_id is not None  # erased before it was taken up: then nobody is left to name
        for organisation in _log_for(where[r.reader_id], where[r.about_id])
    )
    Reading.objects.filter(pk__in=[r.pk for r in waiting]).update(logged=True)
    return len(waiting)


def _log_for(reader: list[int], about: list[int]) -> list[int]:
    """In whose log a reading goes: of where both work, else of where the reader does."""
    return ([one for one in reader if one in about] or reader)[-1:]


def _places_of_work(people: Collection[int]) -> dict[int, list[int]]:
    """Where each works or worked, the latest last; asked by name, since `people` lies above."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = get_user_model()._base_manager.filter(pk__in=people).exclude(employments=None)
    for person, organisation in rows.order_by("employments__starts_on").values_list(
        "pk", "employments__organisation"
    ):
        found[person].append(organisation)
    return found


def note_computations() -> int:
    """Rules about people whose text changed since the log last told of them; returns how many.

    The fingerprint is of the whole file a rule stands in, so that a change beside it counts too.
    """
    told: dict[tuple[int, str], str] = {}
    before = Event.objects.filter(kind="computation").order_by("pk")
    for organisation, subject, words in before.values_list("organisation", "subject", "words"):
        told[organisation, subject] = parsed(bytes(words))["source"]
    now = {c.rule: _source_of(c.rule) for c in computations()}
    everywhere = apps.get_model("people", "Organisation")._base_manager.values_list("pk", flat=True)
    changed = [
        an_event(pk, "computation", subject=rule, source=source, version=__version__)
        for pk in everywhere
        for rule, source in now.items()
        if told.get((pk, rule)) != source
    ]
    with transaction.atomic():
        note_events(changed)
    return len(changed)


def _source_of(rule: str) -> str:
    """A fingerprint of the file in which a rule stands."""
    module = rule
    while module not in sys.modules:
        module = module.rpartition(".")[0]
    return hashlib.sha256(inspect.getsource(sys.modules[module]).encode()).hexdigest()


# -- taking up ------------------------------------------------------------------------------------


def take_up(organisation: int | None = None) -> int:
    """Give what waits its place in the log, some thousands at a time; returns how many.

    Raises:
        Tampered: the stored tree was changed, so nothing is built on it.
    """
    while _reading_step():
        pass
    waiting = Event.objects.filter(place=None)
    if organisation is not None:
        waiting = waiting.filter(organisation=organisation)
    done = 0
    for pk in list(waiting.order_by().values_list("organisation", flat=True).distinct()):
        while taken := _take_up(pk):
            done += taken
    return done


def _reading_step() -> int:
    if not Reading.objects.filter(logged=False).exists():
        return 0
    with one_step():
        # Of two workers the second waits here, and finds the first's done.
        list(Reading.objects.select_for_update().filter(logged=False).order_by("pk")[:A_STEP])
        return _note_readings(A_STEP)


def _take_up(organisation: int) -> int:
    with one_step():
        log = _held(organisation)
        waiting = list(
            Event.objects.filter(organisation=organisation, place=None)
            .order_by("pk")
            .values_list("pk", "promise")[:A_STEP]
        )
        if not waiting:
            return 0
        promises = [bytes(promise) for _pk, promise in waiting]
        changed = merkle.grown(log.size, _edge(log), map(merkle.leaf_hash, promises))
        Leaf.objects.bulk_create(
            [Leaf(log=log, place=log.size + n, promise=p) for n, p in enumerate(promises)],
            batch_size=1_000,
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {Event._meta.db_table} SET place = %s WHERE id = %s",  # noqa: S608 # no words of others
                [(log.size + n, pk) for n, (pk, _promise) in enumerate(waiting)],
            )
        Tile.objects.bulk_create(
            [Tile(log=log, level=v, number=n, hashes=h) for (v, n), h in changed.items()],
            batch_size=200,
            update_conflicts=True,
            unique_fields=["log", "level", "number"],
            update_fields=["hashes"],
        )
        Log.objects.filter(pk=log.pk).update(size=log.size + len(waiting))
    return len(waiting)


def _held(organisation: int) -> Log:
    """The log, held until this transaction ends; made at its first event."""
    found = Log.objects.select_for_update().filter(organisation=organisation).first()
    if found is not None:
        return found
    slug = (
        apps.get_model("people", "Organisation")
        ._base_manager.values_list("slug")
        .get(pk=organisation)[0]
    )
    secret = Ed25519PrivateKey.generate()
    raw = secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    Log.objects.get_or_create(
        organisation_id=organisation,
        defaults={
            # As it is addressed, without the scheme: so it is known whose it is.
            "origin": (
                urlsplit(settings.BASE_URL).netloc.lower()
                + reverse("trust:log", args=[slug]).rstrip("/")
            ),
            "public": secret.public_key().public_bytes_raw(),
            "sealed": _safe.seal(raw),
            "sealed_with": current(),
            "made_at": timezone.now(),
        },
    )
    return Log.objects.select_for_update().get(organisation=organisation)


def _edge(log: Log) -> dict[int, bytes]:
    """The unfinished tiles at the right of the tree.

    Raises:
        Tampered: they do not hold what they should.
    """
    tile = queries.tiles(log)
    found = {}
    for level, number, width in merkle.tiles_of(log.size):
        found[level] = tile(level, number)
        if len(found[level]) != width * merkle.HASH:
            raise Tampered(f"{log.origin}: tile {level}/{number}")
    return found


def reseal_logs() -> int:
    """Every key of a log under the newest key of the environment; returns how many were not."""
    done = 0
    for log in Log.objects.exclude(sealed_with=current()):
        fresh = _safe.seal(_safe.unseal(bytes(log.sealed)))
        done += Log.objects.filter(pk=log.pk, sealed_with=log.sealed_with).update(
            sealed=fresh, sealed_with=current()
        )
    return done


# -- sealing --------------------------------------------------------------------------------------


@transaction.atomic
def seal(log: Log) -> Checkpoint | None:
    """Sign the log as it is now. Nothing new gives the one that stands; None of an empty log.

    Raises:
        Tampered: it does not begin with what was signed before, so it is not signed.
    """
    found = Log.objects.select_for_update().get(pk=log.pk)
    last = queries.latest(found)
    if not found.size or (last and last.size == found.size):
        return last
    tile = queries.tiles(found)
    try:
        if last and queries.root_at(found, last.size, tile) != bytes(last.root):
            raise Tampered(f"{found.origin}: other than at {last.size}")
        root = queries.root_at(found, found.size, tile)
    except ValueError as problem:
        raise Tampered(f"{found.origin}: {problem}") from None
    secret = Ed25519PrivateKey.from_private_bytes(_safe.unseal(bytes(found.sealed)))
    note = checkpoint.sign(
        checkpoint.Checkpoint(found.origin, found.size, root), queries.key_of(found), secret
    )
    return Checkpoint.objects.create(
        log=found, size=found.size, root=root, note=note, made_at=timezone.now()
    )


def seal_all() -> int:
    """Take up what waits and sign every log; returns how many logs there are."""
    take_up()
    logs = list(Log.objects.all())
    for log in logs:
        seal(log)
    return len(logs)


# -- witnesses ------------------------------------------------------------------------------------


def add_witness(log: Log, text: str) -> Witness:
    """The council tells the key with which it looks along; we never have its secret half.

    Raises:
        ValidationError: it is no key of a witness.
    """
    try:
        key = checkpoint.read_key(text)
    except checkpoint.BadNote:
        raise ValidationError(_("This is no key. Paste the line that your tool shows.")) from None
    if key.kind != checkpoint.WITNESS or key.name == log.origin:
        raise ValidationError(_("This is no key of a witness."))
    found, _new = Witness.objects.get_or_create(
        log=log, key=key.written(), removed_at=None, defaults={"added_at": timezone.now()}
    )
    return found


def remove_witness(witness: Witness) -> None:
    """It looks along no more; what it saw stays seen."""
    Witness.objects.filter(pk=witness.pk, removed_at=None).update(removed_at=timezone.now())


def take_cosignature(log: Log, text: str) -> Cosignature:
    """A line with which a witness says to have seen a checkpoint of this log.

    Raises:
        ValidationError: no witness of this log signed any checkpoint of it with this.
    """
    lines = [f"{line.strip()}\n" for line in text.splitlines() if line.strip().startswith("— ")]
    for one in log.checkpoints.order_by("-size")[:400]:
        for witness in queries.witnesses(log):
            key = checkpoint.read_key(witness.key)
            for line in lines:
                try:
                    seconds = checkpoint.seen_at(one.note + line, key)
                except checkpoint.BadNote:
                    continue
                if seconds is None or seconds > (timezone.now() + CLOCKS_DIFFER).timestamp():
                    continue
                found, _new = Cosignature.objects.get_or_create(
                    checkpoint=one,
                    witness=witness,
                    defaults={
                        "line": line,
                        "seen_at": datetime.fromtimestamp(seconds, timezone.get_current_timezone()),
                    },
                )
                return found
    raise ValidationError(
        _("This is no signature of a witness named here under a checkpoint of this log.")
    )


# -- erasing --------------------------------------------------------------------------------------


def forget_events(now: datetime | None = None) -> int:
    """Words about people that are two years old go; returns how many."""
    before = (now or timezone.now()) - KEPT
    gone = 0
    old = Event.objects.filter(kind__in=GOES_AFTER_TWO_YEARS, at__lt=before)
    while pks := list(old.order_by("pk").values_list("pk", flat=True)[:A_STEP]):
        gone += _erase(pks)
    return gone


def erase_events(person: int) -> int:
    """All words about someone go; the log stays as it is, and tells that places were erased.

    To be called before an account is removed: words that go without this count as tampered with.
    """
    gone = 0
    mine = Event.objects.filter(about=person)
    while pks := list(mine.order_by("pk").values_list("pk", flat=True)[:A_STEP]):
        gone += _erase(pks)
    return gone


def _erase(pks: list[int]) -> int:
    """What waits is taken up first: the log never loses a place, only words."""
    found = Event.objects.filter(pk__in=pks)
    for organisation in list(
        found.filter(place=None).order_by().values_list("organisation", flat=True).distinct()
    ):
        take_up(organisation)
    with one_step():
        places: dict[int, list[int]] = defaultdict(list)
        rows = found.filter(place__isnull=False).values_list("organisation", "place")
        for organisation, place in rows:
            places[organisation].append(place or 0)
        note_events(
            an_event(organisation, queries.ERASED, places=ranges(which))
            for organisation, which in places.items()
        )
        gone, _each = found.exclude(place=None).delete()
    return gone
