"""What is read of the log: its tiles, its proofs, and where one event stands in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from gezel.trust.models import Checkpoint, Event, Leaf, Log, Reading, Tile, Witness
from gezel.trust.rules import audit, checkpoint, merkle
from gezel.trust.rules.commitment import parsed
from gezel.trust.rules.proof import KIND

A_STEP = 2_000
ERASED = "erased"


def log_of(organisation: Any) -> Log | None:
    """The log of an organisation; none where nothing was ever taken up."""
    return Log.objects.filter(organisation=organisation.pk).first()


def something_waits() -> bool:
    """Whether anything happened that has no place yet."""
    return (
        Event.objects.filter(place=None).exists() or Reading.objects.filter(logged=False).exists()
    )


def key_of(log: Log) -> checkpoint.Key:
    """With which checkpoints of it are checked."""
    return checkpoint.Key(log.origin, bytes(log.public))


def address_of(log: Log) -> str:
    """Where everyone reads it; tiles and checkpoint stand beneath."""
    return settings.BASE_URL + reverse("trust:log", args=[log.organisation.slug])


def tiles(log: Log) -> Callable[[int, int], bytes]:
    """Its tiles by level and number, each read once."""
    read: dict[tuple[int, int], bytes] = {}

    def tile(level: int, number: int) -> bytes:
        if (level, number) not in read:
            found = Tile.objects.filter(log=log, level=level, number=number).first()
            read[level, number] = bytes(found.hashes) if found else b""
        return read[level, number]

    return tile


def root_at(log: Log, size: int, tile: Callable[[int, int], bytes] | None = None) -> bytes:
    """The root over its first entries, as the tiles have it now.

    Raises:
        ValueError: the tiles do not reach that far.
    """
    return merkle.root(size, merkle.node_from(tile or tiles(log)))


def consistency(log: Log, old: int, new: int) -> list[bytes]:
    """That the log of size `new` begins with that of size `old`.

    Raises:
        ValueError: there is no such way.
    """
    if new > log.size:
        raise ValueError(f"no way from {old} to {new}")
    return merkle.consistency_proof(old, new, merkle.node_from(tiles(log)))


def inclusion(log: Log, place: int, size: int) -> list[bytes]:
    """That the entry at `place` is in the log of that size.

    Raises:
        ValueError: it is not.
    """
    if size > log.size:
        raise ValueError(f"no leaf {place} among {size}")
    return merkle.inclusion_proof(place, size, merkle.node_from(tiles(log)))


def promises(log: Log, start: int, end: int) -> list[bytes]:
    """What is promised at places from `start` up to `end`."""
    found = Leaf.objects.filter(log=log, place__gte=start, place__lt=end).order_by("place")
    return [bytes(p) for p in found.values_list("promise", flat=True)]


# -- checkpoints ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealed:
    """A checkpoint as pages tell it: by whom it was seen, of all who could."""

    checkpoint: Checkpoint
    seen: int
    witnesses: int


def latest(log: Log) -> Checkpoint | None:
    """The checkpoint over most entries."""
    return log.checkpoints.order_by("-size").first()


def first_over(log: Log, place: int) -> Checkpoint | None:
    """The first checkpoint under which a place stands: since then nothing there can change."""
    return log.checkpoints.filter(size__gt=place).order_by("size").first()


def witnesses(log: Log) -> QuerySet[Witness]:
    """Who looks along now."""
    return Witness.objects.filter(log=log, removed_at=None).order_by("added_at", "pk")


def seen_by(one: Checkpoint) -> int:
    """How many of today's witnesses saw it."""
    return one.cosignatures.filter(witness__removed_at=None).count()


def with_witnesses(one: Checkpoint) -> str:
    """The note with the lines of who saw it."""
    lines = one.cosignatures.order_by("seen_at", "pk").values_list("line", flat=True)
    return one.note + "".join(lines)


def newest(log: Log, most: int) -> list[Checkpoint]:
    """The last checkpoints with how many witnesses saw each (`seen`)."""
    active = Count("cosignatures", filter=Q(cosignatures__witness__removed_at=None))
    return list(log.checkpoints.annotate(seen=active).order_by("-size")[:most])


def unchanged(log: Log, over: Sequence[Checkpoint]) -> Checkpoint | None:
    """The first of these checkpoints with which the tiles of now do not agree."""
    tile, key = tiles(log), key_of(log)
    for one in over:
        try:
            said = checkpoint.read(one.note, key)
            fine = said.size == one.size and said.root == root_at(log, one.size, tile)
        except (checkpoint.BadNote, ValueError):
            fine = False
        if not fine:
            return one
    return None


# -- one event ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an event stands in the log, in facts that the page tells."""

    event: Event
    since: datetime | None = None
    size: int = 0
    seen: int = 0
    witnesses: int = 0


def events_about(person: Any) -> QuerySet[Event]:
    """What the logs of all employers tell about someone, newest first."""
    return (
        Event.objects.filter(about=person.pk)
        .select_related("organisation", "organisation__log")
        .order_by("-at", "-pk")
    )


def in_logs(events: Sequence[Event]) -> list[tuple[Event, Checkpoint | None]]:
    """Each event with the checkpoint that covers it; as many questions as there are logs."""
    covering: dict[int, list[Checkpoint]] = {}
    for organisation in {e.organisation_id for e in events}:
        covering[organisation] = list(
            Checkpoint.objects.filter(log__organisation=organisation)
            .only("pk", "size", "made_at", "log")
            .order_by("size")
        )
    return [(e, _covering(covering[e.organisation_id], e.place)) for e in events]


def _covering(checkpoints: Sequence[Checkpoint], place: int | None) -> Checkpoint | None:
    return next((c for c in checkpoints if place is not None and c.size > place), None)


def standing_of(organisation: Any, subject: str, kinds: Iterable[str]) -> Standing | None:
    """Where the last event of these kinds about a subject stands; None where there is none."""
    event = (
        Event.objects.filter(organisation=organisation.pk, subject=subject, kind__in=list(kinds))
        .select_related("organisation", "organisation__log")
        .order_by("-pk")
        .first()
    )
    if event is None:
        return None
    covering = first_over(event.organisation.log, event.place) if event.place is not None else None
    if covering is None:
        return Standing(event)
    newest_one = latest(event.organisation.log) or covering
    return Standing(
        event,
        since=covering.made_at,
        size=newest_one.size,
        seen=seen_by(newest_one),
        witnesses=witnesses(event.organisation.log).count(),
    )


def proof_of(event: Event) -> dict[str, Any] | None:
    """All that an outsider needs to check one event without us; None until it is sealed."""
    log = Log.objects.filter(organisation=event.organisation_id).first()
    sealed = latest(log) if log else None
    if log is None or sealed is None or event.place is None or event.place >= sealed.size:
        return None
    return {
        "type": KIND,
        "log": key_of(log).written(),
        "witnesses": [w.key for w in witnesses(log)],
        "event": parsed(bytes(event.words)),
        "salt": bytes(event.salt).hex(),
        "place": event.place,
        "proof": [step.hex() for step in inclusion(log, event.place, sealed.size)],
        "checkpoint": with_witnesses(sealed),
    }


# -- is it whole ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Audited:
    """What came out of looking at every entry."""

    size: int
    sealed: int
    found: audit.Found | None = None
    # The first moment since which everything is proved to be as it was.
    since: datetime | None = None
    not_ours: list[str] = field(default_factory=list)


def audited(log: Log, others: Sequence[str] = ()) -> Audited:
    """Every entry against its promise, the tiles and every checkpoint.

    Args:
        log: the log.
        others: checkpoints that someone kept outside of us; these nobody here could change.
    """
    key = key_of(log)
    rows = list(log.checkpoints.order_by("size"))
    sealed, not_ours = [], []
    for note in [*(row.note for row in rows), *others]:
        try:
            sealed.append(checkpoint.read(note, key))
        except checkpoint.BadNote as problem:
            not_ours.append(problem.code)
    found = audit.audit(_entries(log), hashes=_hashes(log), sealed=sealed, size=log.size)
    if found is None and not_ours:
        found = audit.Found(audit.Fault.NOTE, 0, 0)
    return Audited(
        log.size,
        len(sealed),
        found,
        rows[0].made_at if rows and found is None else None,
        not_ours,
    )


def _entries(log: Log) -> Iterator[audit.Entry]:
    gone = _erased_places(log)
    after = -1
    while True:
        leaves = list(
            Leaf.objects.filter(log=log, place__gt=after)
            .order_by("place")
            .values_list("place", "promise")[:A_STEP]
        )
        if not leaves:
            return
        within = Q(organisation=log.organisation_id, place__gt=after, place__lte=leaves[-1][0])
        told = {
            place: (bytes(words), bytes(salt))
            for place, words, salt in Event.objects.filter(within).values_list(
                "place", "words", "salt"
            )
        }
        for place, promise in leaves:
            words, salt = told.get(place, (None, None))
            yield audit.Entry(place, bytes(promise), words, salt, erased=place in gone)
        after = leaves[-1][0]


def _erased_places(log: Log) -> set[int]:
    """The places of which the log itself tells that they were erased."""
    found: set[int] = set()
    told = Event.objects.filter(organisation=log.organisation_id, kind=ERASED)
    for words in told.exclude(place=None).values_list("words", flat=True):
        for first, last in parsed(bytes(words)).get("places", []):
            found.update(range(first, last + 1))
    return found


def _hashes(log: Log) -> Iterator[bytes]:
    level = Tile.objects.filter(log=log, level=0).order_by("number")
    for number, (at, hashes) in enumerate(level.values_list("number", "hashes").iterator(50)):
        if at != number:
            return
        yield from merkle.cut(bytes(hashes))
