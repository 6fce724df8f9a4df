"""What is to be said becomes mail, and goes out: once, however many workers there are.

    message ──pack──▶ mail: waiting ─▶ held ─▶ handing ─▶ sent
                        ▲               │         │
                        └── lease out ──┘         └─▶ waiting again, failed, or unsure

A worker holds a mail by a lease. Just before the mail server gets it, `handing` is written and
committed. Should the worker die after that, nobody knows whether it went; it then becomes unsure,
and an administrator decides. Should it die before, another worker takes the mail up.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone, translation

from gezel.connect import rules
from gezel.connect.actions.saying import Hearing, way_of
from gezel.connect.kinds import Kind, Letter, kind_named
from gezel.connect.models import Invitation, Mail, MailWishes, Message
from gezel.connect.post import Said, compose
from gezel.connect.rules import Way
from gezel.kit.turns import one_step
from gezel.people.api import Employment, Person

log = logging.getLogger(__name__)

_MAILS = uuid.UUID("5c4f8e0c-4a4b-4f0e-9a6e-0d1f0c7a2b10")
_PACKED = 500
# Few at a time: what is judged for a batch must still hold when its last mail goes.
_CLAIMED = 20
# Longer than a mail server may take for one mail (`EMAIL_TIMEOUT`, several times over).
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=365)

State, Fate = Mail.State, Message.Fate


@dataclass(slots=True)
class Tally:
    """What came of one round."""

    sent: int = 0
    empty: int = 0
    failed: int = 0
    later: int = 0


class _NoServer(Exception):  # noqa: N818 - no error of ours: the mail server does not answer
    pass


def something_to_send(now: datetime | None = None) -> bool:
    """Whether a worker is to be woken for mail."""
    moment = now or timezone.now()
    due = _due_messages(moment).exists() or _free_mails(moment).exists()
    return bool(due or _lapsed(moment).exists())


def deliver(now: datetime | None = None) -> Tally:
    """Send what is due. Returns when nothing is, or when the mail server does not answer."""
    moment = now or timezone.now()
    tally = Tally()
    _tell_what_is_unsure(moment)
    while _pack(moment):
        pass
    server = get_connection()
    try:
        while batch := _claim(moment):
            if not _send_all(batch, server, moment, tally):
                break
    finally:
        server.close()
    return tally


# --- Packing -------------------------------------------------------------------------------------


def _due_messages(now: datetime) -> Any:
    return Message.objects.filter(mail=None, fate=Fate.WAITING, goes_at__lte=now)


def _pack(now: datetime) -> int:
    """Put messages that are due into mails; whoever does it too comes to the same mails.

    The key of a mail is made of what is in it, so that two workers who pack at once make one.
    """
    with one_step():
        due = list(_due_messages(now).order_by("goes_at", "pk")[:_PACKED])
        if not due:
            return 0
        week = rules.monday_of(timezone.localdate(now))
        weekly = {m.person_id: _weekly_key(m.person_id, week) for m in due if not m.alone}
        alone = {m.pk: uuid.uuid5(_MAILS, f"message:{m.pk}") for m in due if m.alone}
        Mail.objects.bulk_create(
            [
                *(Mail(pk=key, person_id=p, week=week, goes_at=now) for p, key in weekly.items()),
                *(Mail(pk=alone[m.pk], person_id=m.person_id, goes_at=now) for m in due if m.alone),
            ],
            ignore_conflicts=True,
        )
        still_open = set(
            Mail.objects.select_for_update()
            .filter(pk__in=weekly.values(), state=State.WAITING)
            .values_list("pk", flat=True)
        )
        hearing = Hearing({m.person_id for m in due}, now)
        for message in due:
            if message.alone:
                message.mail_id = alone[message.pk]
            elif weekly[message.person_id] in still_open:
                message.mail_id = weekly[message.person_id]
            else:  # this week's mail has gone: the next one takes it along
                message.goes_at = hearing.weekly(message.person_id)
        Message.objects.bulk_update(due, ["mail", "goes_at"])
    return len(due)


def _weekly_key(person_pk: int, week: object) -> uuid.UUID:
    return uuid.uuid5(_MAILS, f"week:{person_pk}:{week}")


# --- Holding -------------------------------------------------------------------------------------


def _free(now: datetime) -> Q:
    return Q(state=State.WAITING, goes_at__lte=now) | Q(state=State.HELD, held_until__lt=now)


def _free_mails(now: datetime) -> Any:
    return Mail.objects.filter(_free(now))


def _claim(now: datetime) -> list[Mail]:
    """Hold some mails: one conditional update, so two workers never hold the same."""
    holder = uuid.uuid4()
    keys = list(_free_mails(now).order_by("goes_at", "pk").values_list("pk", flat=True)[:_CLAIMED])
    if not keys:
        return []
    _free_mails(now).filter(pk__in=keys).update(
        state=State.HELD, holder=holder, held_until=timezone.now() + LEASE
    )
    held = Mail.objects.filter(holder=holder, state=State.HELD)
    return list(held.select_related("person").order_by("goes_at", "pk"))


def _ours(mail: Mail, *states: str) -> Any:
    return Mail.objects.filter(pk=mail.pk, holder=mail.holder, state__in=states)


def _lapsed(now: datetime) -> Any:
    return Mail.objects.filter(state=State.HANDING, held_until__lt=now)


def _tell_what_is_unsure(now: datetime) -> None:
    _lapsed(now).update(state=State.UNSURE)


# --- Judging and writing -------------------------------------------------------------------------


class _Judge:
    """What may still be told to the people of some mails, in a handful of questions."""

    def __init__(self, mails: Sequence[Mail]) -> None:
        people = {mail.person_id for mail in mails}
        self.messages: dict[uuid.UUID, list[Message]] = {}
        for message in (
            Message.objects.filter(mail__in=[mail.pk for mail in mails], fate=Fate.WAITING)
            .select_related("person", "organisation")
            .order_by("kind", "by", "pk")
        ):
            if message.mail_id:
                self.messages.setdefault(message.mail_id, []).append(message)
        self.at_work = set(
            Employment.objects.current()
            .filter(person__in=people)
            .values_list("person_id", "organisation_id")
        )
        self.wishes = {w.person_id: w for w in MailWishes.objects.filter(person__in=people)}
        self.came_in = set(
            Person.objects.get_queryset()
            .filter(pk__in=people)
            .filter(
                Q(last_login__isnull=False)
                | Exists(Invitation.objects.filter(person=OuterRef("pk")))
            )
            .values_list("pk", flat=True)
        )

    def kind_to_tell(self, message: Message) -> Kind | None:
        """The kind of a message that may be told now; None: not any more."""
        kind, person = kind_named(message.kind), message.person
        if kind is None or not person.is_active:
            return None
        if (person.pk, message.organisation_id) not in self.at_work:
            return None
        if not (kind.before_first_visit or person.pk in self.came_in):
            return None
        if way_of(self.wishes.get(person.pk), kind) == Way.NOT:
            return None
        return kind


def _letter(message: Message, kind: Kind) -> tuple[Letter | None, str]:
    """The words, and what became of the message; one that breaks does not spoil a whole mail."""
    try:
        with transaction.atomic():
            letter = kind.write(message)
    except Exception:
        log.exception("Message %s (%s) cannot be written", message.pk, message.kind)
        return None, Fate.BROKEN
    return letter, Fate.TOLD if letter else Fate.MOOT


def _said(mail: Mail, judge: _Judge) -> tuple[list[Said], dict[int, str]]:
    said: list[Said] = []
    fates: dict[int, str] = {}
    for message in judge.messages.get(mail.pk, []):
        kind = judge.kind_to_tell(message)
        if kind is None:
            fates[message.pk] = Fate.MOOT
            continue
        letter, fates[message.pk] = _letter(message, kind)
        if letter is not None:
            said.append(Said(kind, letter, message.organisation))
    return said, fates


def _language(mail: Mail, judge: _Judge) -> str:
    if mail.person.language:
        return mail.person.language
    first = next(iter(judge.messages.get(mail.pk, [])), None)
    return first.organisation.language if first else translation.get_language() or "en"


# --- Handing over --------------------------------------------------------------------------------


def _send_all(batch: list[Mail], server: Any, now: datetime, tally: Tally) -> bool:
    """Send the mails of a batch; False when the server does not answer, and the rest is let go."""
    judge = _Judge(batch)
    for mail in batch:
        try:
            _send(mail, judge, server, tally)
        except _NoServer:
            holder = batch[0].holder
            tally.later += Mail.objects.filter(holder=holder, state=State.HELD).update(
                state=State.WAITING,
                holder=None,
                held_until=None,
                goes_at=now + rules.wait_after(2),
            )
            return False
    return True


def _send(mail: Mail, judge: _Judge, server: Any, tally: Tally) -> None:
    with translation.override(_language(mail, judge)):
        said, fates = _said(mail, judge)
        post = compose(mail, said, judge.wishes.get(mail.person_id), server) if said else None
    if post is None:
        if _end(mail, State.EMPTY, fates, State.HELD):
            tally.empty += 1
        return
    try:
        server.open()
    except (OSError, SMTPException) as problem:
        log.warning("The mail server does not answer: %s", problem)
        raise _NoServer from problem
    taken = _ours(mail, State.HELD).update(
        state=State.HANDING,
        subject=post.subject[:200],
        tries=F("tries") + 1,
        held_until=timezone.now() + LEASE,
    )
    if not taken:  # our lease ran out, and it is someone else's
        return
    mail.tries += 1
    try:
        server.send_messages([post])
    except (OSError, SMTPException) as problem:
        server.close()
        _try_later(mail, problem, tally)
        return
    # Later than the lease allows it may be unsure by now: it is not.
    if _end(mail, State.SENT, fates, State.HANDING, State.UNSURE):
        tally.sent += 1


def _try_later(mail: Mail, problem: Exception, tally: Tally) -> None:
    """The server did not take it: again later, or never if it says so."""
    for_ever = _refused_for_ever(problem) or mail.tries >= rules.MOST_TRIES
    _ours(mail, State.HANDING, State.UNSURE).update(
        state=State.FAILED if for_ever else State.WAITING,
        holder=None,
        held_until=None,
        problem=_told(problem)[:300],
        goes_at=timezone.now() + rules.wait_after(mail.tries),
    )
    if for_ever:
        tally.failed += 1
    else:
        tally.later += 1


def _refused_for_ever(problem: Exception) -> bool:
    if isinstance(problem, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in problem.recipients.values())
    return isinstance(problem, SMTPResponseException) and 500 <= problem.smtp_code < 600


def _told(problem: Exception) -> str:
    if isinstance(problem, SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(text)}" for code, text in problem.recipients.values())
    if isinstance(problem, SMTPResponseException):
        return f"{problem.smtp_code} {_text(problem.smtp_error)}"
    return str(problem) or type(problem).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


@transaction.atomic
def _end(mail: Mail, state: str, fates: dict[int, str], *from_states: str) -> bool:
    ended = _ours(mail, *from_states).update(
        state=state,
        holder=None,
        held_until=None,
        problem="",
        sent_at=timezone.now() if state == State.SENT else None,
    )
    if not ended:
        return False
    for fate in set(fates.values()):
        keys = [pk for pk, told in fates.items() if told == fate]
        Message.objects.filter(pk__in=keys, fate=Fate.WAITING).update(fate=fate)
    return True


# --- What an administrator does ------------------------------------------------------------------


def send_again(mail: Mail) -> bool:
    """Offer a mail once more that failed or perhaps went; False when it is neither any more."""
    again = Mail.objects.filter(pk=mail.pk, state__in=[State.FAILED, State.UNSURE]).update(
        state=State.WAITING, tries=0, problem="", goes_at=timezone.now()
    )
    return bool(again)


def leave_it(mail: Mail) -> bool:
    """It is not sent any more, and stands no longer among what did not arrive."""
    left = Mail.objects.filter(pk=mail.pk, state__in=[State.FAILED, State.UNSURE])
    return bool(left.update(state=State.LEFT))


def forget_old_mail(now: datetime) -> dict[str, int]:
    """A year after it was to be sent, mail goes, and what was in it."""
    return {
        "messages": _forget(Message.objects.filter(goes_at__lt=now - KEPT)),
        "mails": _forget(Mail.objects.filter(goes_at__lt=now - KEPT)),
    }


def _forget(old: QuerySet[Any]) -> int:
    gone = 0
    while keys := list(old.values_list("pk", flat=True)[:1_000]):
        with one_step():
            old.filter(pk__in=keys).delete()
        gone += len(keys)
    return gone
