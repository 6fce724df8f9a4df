"""What people show and see of each other: evidence comes in, is corrected, stands disputed."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.people.api import Employment, Organisation, Person
from gezel.skills import queries, rules
from gezel.skills.events import EvidenceAdded
from gezel.skills.models import (
    Evidence,
    EvidenceRequest,
    Showing,
    Skill,
    Standing,
    StandingAt,
)
from gezel.trust.api import an_event, note_events

# A year beyond which a date is a slip of the hand, not something anyone saw.
OLDEST = timedelta(days=60 * 365)


@transaction.atomic
def add_evidence(
    person: Person,
    skill: Skill,
    *,
    kind: str,
    level: int,
    on: date,
    by: Person | None,
    organisation: Organisation | None = None,
    note: str = "",
    rests_on: str = "",
    exact: float | None = None,
    sd: float | None = None,
    key: uuid.UUID | None = None,
    elsewhere: bool = False,
) -> Evidence:
    """A dated fact about what someone showed; the estimate of that skill is made anew.

    Adds to the ledger and leaves what was there: an earlier, other opinion stays a fact of its
    own day. The same `key` again gives back the fact that stands, so a form sent twice is one.

    Args:
        exact: the level with decimals, where the source says it so finely (a test); `level` is
            then the same figure as a whole.
        sd: how far that may lie off, in levels.
        organisation: where it was made; without one, where the person works now.
        elsewhere: it was seen before the person came here, and brought along: made nowhere here.

    Raises:
        ValidationError: the date lies ahead or before anyone here could have seen it, the level
            is off the scale, someone leads themselves, or the key was used for another fact.
    """
    _check(level, on)
    if kind == Evidence.Kind.LEAD and by is not None and by.pk == person.pk:
        raise ValidationError(
            {"level": _("Nobody vouches for themselves. Give it as your own view.")}
        )
    if not elsewhere and kind != Evidence.Kind.CERTIFICATE:
        _check_known(person, on)
    if organisation is None and not elsewhere:
        organisation = _works_at(person)
    evidence, new = Evidence.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "person": person,
            "skill": skill,
            "organisation": organisation,
            "kind": kind,
            "level": level,
            "given_by": by,
            "observed_on": on,
            "note": note,
            "rests_on": rests_on,
            "exact": exact,
            "sd": sd,
        },
    )
    if new:
        estimate_anew(evidence)
    elif (evidence.person_id, evidence.skill_id, evidence.kind, evidence.level) != (
        person.pk,
        skill.pk,
        kind,
        level,
    ):
        raise ValidationError(_sent_before())
    return evidence


@dataclass(frozen=True, slots=True)
class GivenPiece:
    """One of several pieces of evidence that are given together."""

    person: Person
    skill: Skill
    kind: str
    level: int
    on: date
    by: Person | None
    organisation: Organisation
    key: uuid.UUID
    note: str = ""
    rests_on: str = ""


@transaction.atomic
def add_evidence_of_many(pieces: Mapping[str, GivenPiece]) -> dict[str, Evidence]:
    """`add_evidence` for several people and skills at once: all of it, or nothing.

    Written and estimated in a handful of questions for any number; what other rooms make of each
    piece comes on top.

    Raises:
        ValidationError: by the name of the piece, for the reasons of `add_evidence`.
    """
    wrong: dict[str, list[str]] = {}
    stand = {
        one.key: one for one in Evidence.objects.filter(key__in=[p.key for p in pieces.values()])
    }
    for name, piece in pieces.items():
        try:
            _check_piece(piece, stand.get(piece.key))
        except ValidationError as refused:
            wrong[name] = refused.messages
    if wrong:
        raise ValidationError(wrong)
    fresh = Evidence.objects.bulk_create(
        Evidence(
            key=piece.key,
            person=piece.person,
            skill=piece.skill,
            organisation=piece.organisation,
            kind=piece.kind,
            level=piece.level,
            given_by=piece.by,
            observed_on=piece.on,
            note=piece.note,
            rests_on=piece.rests_on,
        )
        for piece in pieces.values()
        if piece.key not in stand
    )
    at: dict[int, list[Evidence]] = defaultdict(list)
    for one in fresh:
        at[one.organisation_id or 0].append(one)
    for organisation, those in at.items():
        recompute(
            {one.person_id for one in those},
            skill_pks={one.skill_id for one in those},
            told_at=organisation,
        )
    for one in fresh:
        announce(EvidenceAdded(one.person_id, one.skill_id, one.observed_on))
    found = stand | {one.key: one for one in fresh}
    return {name: found[piece.key] for name, piece in pieces.items()}


def _check_piece(piece: GivenPiece, standing: Evidence | None) -> None:
    _check(piece.level, piece.on)
    if piece.kind == Evidence.Kind.LEAD and piece.by is not None and piece.by == piece.person:
        raise ValidationError(
            {"level": _("Nobody vouches for themselves. Give it as your own view.")}
        )
    if piece.kind != Evidence.Kind.CERTIFICATE:
        _check_known(piece.person, piece.on)
    if standing is not None and (
        standing.person_id, standing.skill_id, standing.kind, standing.level,
    ) != (piece.person.pk, piece.skill.pk, piece.kind, piece.level):  # fmt: skip
        raise ValidationError(_sent_before())


def _works_at(person: Person) -> Organisation | None:
    now = Employment.objects.current().filter(person=person).select_related("organisation")
    seat = now.order_by("pk").first()
    return seat.organisation if seat else None


def _check(level: int, on: date) -> None:
    today = timezone.localdate()
    if on > today:
        raise ValidationError({"observed_on": _("This date lies ahead. Choose today or earlier.")})
    if on < today - OLDEST:
        raise ValidationError({"observed_on": _("This date lies too far back. Check the year.")})
    if not 1 <= level <= 5:
        raise ValidationError({"level": _("Choose a level from 1 to 5.")})


def _check_known(person: Person, on: date) -> None:
    """Before an account or a first day at work nobody here can have seen anything.

    A certificate may be older: someone else saw that.
    """
    account = timezone.localdate(person.created_at)
    if on >= account:
        return
    first = Employment.objects.filter(person=person).aggregate(first=Min("starts_on"))["first"]
    known = min(account, first or account)
    if on < known:
        raise ValidationError(
            {
                "observed_on": _("That is before %(name)s was known here. Choose %(day)s or later.")
                % {"name": person.first_name, "day": formats.date_format(known, "DATE_FORMAT")}
            }
        )


def _sent_before() -> str:
    return _(
        "This form was sent before, with other answers; those were kept. "
        "Reload the page to add something new."
    )


def estimate_anew(evidence: Evidence) -> None:
    """What a piece says, or whether it counts, changed: that skill of that person anew."""
    recompute([evidence.person_id], skill_pks=[evidence.skill_id], told_at=evidence.organisation_id)
    announce(EvidenceAdded(evidence.person_id, evidence.skill_id, evidence.observed_on))


def rate_oneself(
    person: Person,
    skill: Skill,
    *,
    level: int,
    on: date,
    organisation: Organisation | None = None,
    note: str = "",
    key: uuid.UUID | None = None,
) -> Evidence:
    """Someone says what they think they can."""
    return add_evidence(
        person,
        skill,
        kind=Evidence.Kind.SELF,
        level=level,
        on=on,
        by=person,
        organisation=organisation,
        note=note,
        key=key,
    )


def vouch(
    person: Person,
    skill: Skill,
    *,
    level: int,
    by: Person,
    on: date,
    organisation: Organisation | None = None,
    note: str = "",
    key: uuid.UUID | None = None,
) -> Evidence:
    """Someone who knows the work vouches for a level."""
    return add_evidence(
        person,
        skill,
        kind=Evidence.Kind.LEAD,
        level=level,
        on=on,
        by=by,
        organisation=organisation,
        note=note,
        key=key,
    )


@transaction.atomic
def correct(
    evidence: Evidence,
    *,
    by: Person,
    reason: str,
    level: int | None = None,
    key: uuid.UUID | None = None,
) -> Evidence:
    """Who gave a piece says that it was wrong: a new fact that names the old one.

    The old one stays readable and counts no more. With a level, that level counts instead, on
    the same day; without, nothing does.

    Raises:
        ValidationError: it was corrected before, or the level is off the scale.
    """
    if level is not None and not 1 <= level <= 5:
        raise ValidationError({"level": _("Choose a level from 1 to 5.")})
    try:
        # Two who correct at once: the database keeps the first, the second is told.
        with transaction.atomic():
            correction, new = Evidence.objects.get_or_create(
                key=key or uuid.uuid4(),
                defaults={
                    "person_id": evidence.person_id,
                    "skill_id": evidence.skill_id,
                    "organisation_id": evidence.organisation_id,
                    "kind": evidence.kind,
                    "level": level or 0,
                    "given_by": by,
                    "observed_on": evidence.observed_on,
                    "note": reason,
                    "rests_on": evidence.rests_on,
                    "corrects": evidence,
                },
            )
    except IntegrityError as twice:
        raise ValidationError(_("This piece was corrected before. Reload the page.")) from twice
    if new:
        # Who was shown the piece sees it crossed out, and what took its place.
        Showing.objects.bulk_create(
            Showing(evidence=correction, organisation_id=one.organisation_id, shown_on=one.shown_on)
            for one in evidence.showings.all()
        )
        estimate_anew(correction)
    elif correction.corrects_id != evidence.pk:
        raise ValidationError(_sent_before())
    return correction


@transaction.atomic
def ask_view(
    person: Person,
    skill: Skill,
    *,
    of: Person,
    organisation: Organisation,
    note: str = "",
    key: uuid.UUID | None = None,
) -> EvidenceRequest:
    """Someone asks a colleague or lead what they see of a skill.

    Asking the same person again while the question is open changes nothing.

    Raises:
        ValidationError: one asks oneself.
    """
    if of.pk == person.pk:
        raise ValidationError({"of": _("Choose someone else than yourself.")})
    if standing := EvidenceRequest.objects.filter(
        person=person, skill=skill, asked_of=of, closed_at=None
    ).first():
        return standing
    request, _new = EvidenceRequest.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "organisation": organisation,
            "person": person,
            "skill": skill,
            "asked_of": of,
            "note": note,
        },
    )
    return request


@transaction.atomic
def answer_request(
    request: EvidenceRequest,
    *,
    level: int,
    on: date,
    note: str = "",
    as_lead: bool = False,
    key: uuid.UUID | None = None,
) -> Evidence:
    """The one who was asked says what they see; it becomes evidence and closes the question.

    Raises:
        ValidationError: the question was withdrawn meanwhile, or the answer is not possible.
    """
    waiting = EvidenceRequest.objects.select_for_update().get(pk=request.pk)
    if waiting.closed_at is not None and waiting.answer_id is None:
        raise ValidationError(_("This question was closed meanwhile; nothing was kept."))
    evidence = add_evidence(
        waiting.person,
        waiting.skill,
        kind=Evidence.Kind.LEAD if as_lead else Evidence.Kind.COLLEAGUE,
        level=level,
        on=on,
        by=waiting.asked_of,
        organisation=waiting.organisation,
        note=note,
        key=key,
    )
    if waiting.closed_at is None:
        waiting.answer = evidence
        waiting.closed_at = timezone.now()
        waiting.save(update_fields=["answer", "closed_at"])
    return evidence


@transaction.atomic
def close_request(request: EvidenceRequest) -> None:
    """The asker withdraws the question, or the one asked would rather not answer."""
    EvidenceRequest.objects.filter(pk=request.pk, closed_at=None).update(closed_at=timezone.now())


@transaction.atomic
def recompute(
    person_pks: Collection[int],
    *,
    skill_pks: Collection[int] | None = None,
    on: date | None = None,
    told_at: int | None = None,
) -> int:
    """Make the stored estimates anew from the evidence; returns how many were written.

    Over everything, and for each employer who may count something else. Where no evidence is
    left, the stored estimate goes. A whole level that changed is told to the
    log of the organisation `told_at`; where a rule changed, and with it everyone's, that the rule
    did is told instead.
    """
    day = on or timezone.localdate()
    if skill_pks is not None:
        skill_pks = queries.same_skills(skill_pks, queries.merged_skills())
    kept = queries.beliefs_to_keep(person_pks, day, skill_pks=skill_pks)
    stored = Standing.objects.filter(person__in=person_pks)
    apart = StandingAt.objects.filter(person__in=person_pks)
    if skill_pks is not None:
        stored, apart = stored.filter(skill__in=skill_pks), apart.filter(skill__in=skill_pks)
    before = {
        (person, skill): (pk, level, origin)
        for pk, person, skill, level, origin in stored.values_list(
            "pk", "person_id", "skill_id", "level", "all_from_id"
        )
    }
    before_apart = {
        (employer, person, skill): (pk, level)
        for pk, employer, person, skill, level in apart.values_list(
            "pk", "organisation_id", "person_id", "skill_id", "level"
        )
    }
    if gone := [pk for pair, (pk, *_) in before.items() if pair not in kept.whole]:
        Standing.objects.filter(pk__in=gone).delete()
    if gone := [pk for key, (pk, _level) in before_apart.items() if key not in kept.parts]:
        StandingAt.objects.filter(pk__in=gone).delete()
    Standing.objects.bulk_create(
        [
            Standing(person_id=person, skill_id=skill, all_from_id=origin, **_stored(held, day))
            for (person, skill), (held, origin) in kept.whole.items()
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["person", "skill"],
        update_fields=[*_STORED, "all_from"],
    )
    StandingAt.objects.bulk_create(
        [
            StandingAt(
                organisation_id=employer, person_id=person, skill_id=skill, **_stored(held, day)
            )
            for (employer, person, skill), held in kept.parts.items()
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["person", "organisation", "skill"],
        update_fields=_STORED,
    )
    if told_at is not None:
        old = {pair: level for pair, (_pk, level, origin) in before.items() if origin == told_at}
        old |= {key[1:]: level for key, (_pk, level) in before_apart.items() if key[0] == told_at}
        now = {pair: held[0] for pair, (held, origin) in kept.whole.items() if origin == told_at}
        now |= {key[1:]: held[0] for key, held in kept.parts.items() if key[0] == told_at}
        _note_levels(told_at, old, now)
    return len(kept.whole)


_STORED = ["level", "sd", "pieces", "newest_on", "computed_on", "version"]


def _stored(held: queries.Held, day: date) -> dict[str, Any]:
    level, sd, pieces, newest = held
    told = (level, sd, pieces, newest, day, rules.CURRENT)
    return dict(zip(_STORED, told, strict=True))


def _note_levels(
    organisation: int, before: Mapping[tuple[int, int], float], now: Mapping[tuple[int, int], float]
) -> None:
    """Tell the log of whole levels that changed: what people read, not every decimal."""
    changed = {
        pair: (round(before.get(pair, 0)), round(now.get(pair, 0)))
        for pair in before.keys() | now.keys()
    }
    changed = {pair: levels for pair, levels in changed.items() if levels[0] != levels[1]}
    if not changed:
        return
    names = Skill.objects.in_bulk({skill for _person, skill in changed})
    note_events(
        an_event(
            organisation,
            "level",
            about=person,
            subject=f"skill:{skill}",
            # In both languages: it stands for good, and who reads it later may read another.
            skill_nl=names[skill].own_nl or names[skill].name_nl,
            skill_en=names[skill].own_en or names[skill].name_en,
            before=old,
            now=new,
            rule=rules.CURRENT,
        )
        for (person, skill), (old, new) in changed.items()
    )
