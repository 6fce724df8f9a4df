"""Handing statements on: in order, each at least once, and never into the house itself."""

import base64
import hashlib
import json
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gezel.kit.outside import NotReached, ask_outside, checked_address
from gezel.people.api import Organisation, Person
from gezel.records.actions.files import read_file
from gezel.records.models import Forward, Undelivered
from gezel.records.queries import finding
from gezel.records.queries.finding import Filters, Row
from gezel.records.rules.files import announced
from gezel.records.rules.outside import waits
from gezel.records.widened import FORWARDING
from gezel.trust.api import note_setting, require_consent

log = logging.getLogger(__name__)
A_BATCH, BATCHES = 50, 20
PATIENCE = 15
_MOST_SAID = 500
_GOOD = range(200, 300)
# What is wrong with one statement and not with the way there.
_STATEMENT_AT_FAULT = frozenset({400, 403, 409, 413, 422})
_THERE_ALREADY = 409


def _box() -> Fernet:
    key = hashlib.sha256(f"gezel.records.forward:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def forward_to(
    organisation: Organisation,
    *,
    name: str,
    address: str,
    user: str,
    password: str,
    version: str,
    verbs: Sequence[str],
    includes_house: bool,
    by: Person | None,
    from_start: bool = False,
) -> Forward:
    """Begin to hand on what comes in from now on, or all there is.

    Raises:
        ValueError: the address is none that statements may go to (`kit.outside`).
        ValidationError: the works council has not agreed to handing on.
    """
    checked_address(address, anywhere=settings.FORWARD_ANYWHERE)
    require_consent(organisation, FORWARDING)
    note_setting(organisation, FORWARDING, before="", after=name, by=by)
    return Forward.objects.create(
        organisation=organisation,
        made_by=by,
        name=name,
        address=address.strip().rstrip("/"),
        user=user,
        password=_box().encrypt(password.encode()).decode() if password else "",
        version=version,
        verbs=list(verbs),
        includes_house=includes_house,
        after=datetime.fromtimestamp(0, tz=timezone.now().tzinfo) if from_start else timezone.now(),
    )


@transaction.atomic
def set_running(forward: Forward, *, running: bool) -> None:
    """Pause, or go on where it was; going on also forgets the wait after a failure.

    Raises:
        ValidationError: to go on, the works council has not agreed, or took that back.
    """
    if running:
        require_consent(forward.organisation, FORWARDING)
    Forward.objects.filter(pk=forward.pk).update(
        running=running, failures=0, next_at=None, problem=""
    )


def due(now: datetime | None = None) -> list[int]:
    """The forwardings that have something to hand on and need not wait."""
    moment = now or timezone.now()
    found = []
    for forward in Forward.objects.filter(running=True):
        if forward.next_at is not None and forward.next_at > moment:
            continue
        if finding.find(forward.shelves, _next(forward, moment, limit=1)).rows:
            found.append(forward.pk)
    return found


def hand_on(pk: int) -> int:
    """Hand on what waits, some batches of it; returns how many statements arrived."""
    arrived = 0
    for _batch in range(BATCHES):
        forward = Forward.objects.filter(pk=pk, running=True).first()
        if forward is None:
            break
        through = finding.consistent_through(forward.shelves)
        rows = finding.find(forward.shelves, _next(forward, through, limit=A_BATCH)).rows
        if not rows:
            break
        try:
            came, apart = _deliver(forward, [row for row in rows if _wanted(forward, row)])
        except NotReached as problem:
            _later(forward, str(problem))
            break
        with transaction.atomic():
            for row, status, said in apart:
                Undelivered.objects.get_or_create(
                    forward=forward,
                    statement=uuid.UUID(json.loads(row.raw)["id"]),
                    defaults={"shelf": row.shelf, "status": status, "said": said},
                )
            Forward.objects.filter(pk=pk).update(
                after=rows[-1].stored,
                sent=forward.sent + came,
                last_sent_at=timezone.now() if came else forward.last_sent_at,
                failures=0,
                next_at=None,
                problem="",
            )
        arrived += came
    return arrived


def send_again(forward: Forward) -> tuple[int, int]:
    """Try what was set apart once more; how many arrived, and how many still do not."""
    came = left = 0
    for one in forward.undelivered.order_by("pk")[:500]:
        row = finding.one([one.shelf], one.statement, voided=False)
        if row is None:
            one.delete()
            continue
        try:
            status, said = _send(forward, [row])
        except NotReached as problem:
            _later(forward, str(problem))
            return came, forward.undelivered.count()
        if status in _GOOD or status == _THERE_ALREADY:
            one.delete()
            came += 1
        else:
            Undelivered.objects.filter(pk=one.pk).update(status=status, said=said)
            left += 1
    return came, left


def forget_undelivered() -> int:
    """What was set apart and is erased or voided since, is not tried any more; how many."""
    gone = 0
    for one in Undelivered.objects.all().iterator(chunk_size=500):
        if finding.one([one.shelf], one.statement, voided=False) is None:
            one.delete()
            gone += 1
    return gone


def _next(forward: Forward, until: datetime, *, limit: int) -> Filters:
    return Filters(since=forward.after, until=until, ascending=True, limit=limit)


def _wanted(forward: Forward, row: Row) -> bool:
    return not forward.verbs or json.loads(row.raw)["verb"]["id"] in forward.verbs


def _later(forward: Forward, problem: str) -> None:
    Forward.objects.filter(pk=forward.pk).update(
        failures=forward.failures + 1,
        next_at=timezone.now() + timedelta(seconds=waits(forward.failures)),
        problem=problem[:_MOST_SAID],
    )


def _deliver(forward: Forward, rows: Sequence[Row]) -> tuple[int, list[tuple[Row, int, str]]]:
    """How many arrived, and those that were refused for what they say.

    Raises:
        NotReached: nobody answered, or we are not let in: all of it is tried again later.
    """
    if not rows:
        return 0, []
    status, said = _send(forward, rows)
    if status in _GOOD:
        return len(rows), []
    if status not in _STATEMENT_AT_FAULT:
        raise NotReached(f"{status} {said}")
    if len(rows) > 1:  # one of them is at fault: each on its own
        came, apart = 0, []
        for row in rows:
            more, refused = _deliver(forward, [row])
            came += more
            apart += refused
        return came, apart
    if status == _THERE_ALREADY:
        return 1, []
    return 0, [(rows[0], status, said)]


# --- One request ---------------------------------------------------------------------------------


def _send(forward: Forward, rows: Sequence[Row]) -> tuple[int, str]:
    body, kind = _written([row.raw for row in rows])
    headers = {
        "Content-Type": kind,
        "X-Experience-API-Version": forward.version,
        "User-Agent": "Gezel",
    }
    if forward.user or forward.password:
        told = f"{forward.user}:{_opened(forward)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(told).decode()}"
    return post_outside(f"{forward.address}/statements", body, headers)


def _opened(forward: Forward) -> str:
    if not forward.password:
        return ""
    try:
        return _box().decrypt(forward.password.encode()).decode()
    except InvalidToken:
        # The secret key of this installation is another since: nobody can open it any more.
        raise NotReached("The password has to be given again.") from None


def _written(raws: Sequence[str]) -> tuple[bytes, str]:
    """Statements as they are sent, with the files that we have of them."""
    text = f"[{','.join(raws)}]".encode()
    files: dict[str, tuple[str, bytes]] = {}
    for raw in raws:
        if '"attachments"' not in raw:
            continue
        for told in announced(json.loads(raw)):
            digest = told["sha2"].lower()
            if digest not in files and (content := read_file(digest)) is not None:
                files[digest] = told["contentType"], content
    if not files:
        return text, "application/json"
    edge = uuid.uuid4().hex
    parts = [f"--{edge}\r\nContent-Type: application/json\r\n\r\n".encode(), text]
    for digest, (kind, content) in files.items():
        head = (
            f"\r\n--{edge}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {digest}\r\n\r\n"
        )
        parts += [head.encode(), content]
    parts.append(f"\r\n--{edge}--\r\n".encode())
    return b"".join(parts), f"multipart/mixed; boundary={edge}"


def post_outside(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """POST to another store: status, and the beginning of what was said.

    Raises:
        NotReached: nobody answered, or the address lies within the house.
    """
    status, said = ask_outside(
        "POST",
        address,
        body,
        headers,
        patience=PATIENCE,
        most=_MOST_SAID,
        anywhere=settings.FORWARD_ANYWHERE,
    )
    return status, " ".join(said.decode("utf-8", "replace").split()).replace("\x00", "")
