"""Judging a dossier: each assessor alone, then together, then the result."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.assessment import letters, queries
from gezel.assessment.actions.dossiers import Stage, locked_in, note
from gezel.assessment.models import (
    Dossier,
    DossierFact,
    DossierRole,
    Judgement,
    Outcome,
    StandardPart,
)
from gezel.assessment.rules import dossier as course
from gezel.assessment.rules import judging
from gezel.people.api import Person


def _seat(dossier: Dossier, assessor: Person) -> DossierRole:
    """The seat someone judges from, if they may today: a line drawn since closes it.

    Raises:
        ValidationError: they may not.
    """
    role = (
        DossierRole.objects.open_to(assessor.pk)
        .filter(dossier=dossier, kind=DossierRole.Kind.ASSESSOR)
        .first()
    )
    if role is None:
        raise ValidationError(_("You do not assess this dossier, or not any more."))
    return role


@transaction.atomic
def write_judgement(
    dossier: Dossier,
    part: StandardPart,
    *,
    by: Person,
    criteria: Mapping[str, tuple[str, str]],
    result: str,
    why: str,
    at: datetime | None = None,
) -> Judgement:
    """An assessor writes what they find of a part; it may be half a thought until they finish.

    Raises:
        ValidationError: they may not judge here, or have finished.
    """
    found = locked_in(dossier, Stage.ASSESSMENT)
    role = _seat(found, by)
    if role.final_at is not None:
        raise ValidationError(_("You have finished judging; that stands."))
    if part.standard_id != found.standard_id:
        raise ValidationError(_("This part is not of this standard."))
    now = at or timezone.now()
    judgement, _new = Judgement.objects.update_or_create(
        role=role,
        part=part,
        round=found.round,
        defaults={
            "criteria": {name: list(said) for name, said in criteria.items()},
            "result": result,
            "why": why.strip(),
            "written_at": now,
        },
    )
    Dossier.objects.filter(pk=found.pk).update(last_at=now)
    return judgement


@transaction.atomic
def finish_judging(dossier: Dossier, *, by: Person, at: datetime | None = None) -> bool:
    """An assessor has judged every part: it stands. Returns whether all have finished now, so
    that they see each other's. Where one was asked to judge, this is the result.

    Raises:
        ValidationError: a part is not judged in full, or fewer than two instruments were used.
    """
    found = locked_in(dossier, Stage.ASSESSMENT)
    role = _seat(found, by)
    told = queries.desk(found, part="assessor", reader=by.pk)
    if role.final_at is not None:
        return told.are_open
    if left := told.to_judge:
        names = [p.name for p in told.parts if p.pk in set(left)]
        raise ValidationError(
            _("Not judged in full yet: %(parts)s.") % {"parts": ", ".join(names[:5])}
        )
    if len(told.instruments) < course.FEWEST_INSTRUMENTS:
        raise ValidationError(
            _("Only one instrument was used. Add a visit, a practical test or an interview.")
        )
    now = at or timezone.now()
    DossierRole.objects.filter(pk=role.pk).update(final_at=now)
    note(found, DossierFact.Kind.FINAL, by=by, at=now)
    fresh = queries.desk(found, part="assessor", reader=by.pk)
    if not fresh.are_open:
        return False
    if found.assessors == 1:
        _keep_outcomes(found, {pk: (str(j.result), j.why) for pk, j in fresh.own_views.items()})
        _settle(found, proposed_by=by, agreed_by=by, at=now)
    else:
        for each in fresh.assessors:
            letters.tell(each.person, found, letters.AGREE, once=f"{found.key}/agree/{found.round}")
    return True


def _keep_outcomes(dossier: Dossier, results: Mapping[int, tuple[str, str]]) -> None:
    for part, (result, why) in results.items():
        Outcome.objects.update_or_create(
            dossier=dossier,
            part_id=part,
            round=dossier.round,
            defaults={"result": result, "why": why},
        )


def _settle(dossier: Dossier, *, proposed_by: Person, agreed_by: Person, at: datetime) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(
        stage=Stage.RESULT, proposed_by=proposed_by, agreed_by=agreed_by, result_at=at
    )
    note(dossier, DossierFact.Kind.RESULT, by=agreed_by, at=at)
    letters.tell(dossier.person, dossier, letters.RESULT, once=f"{dossier.key}/{dossier.round}")


@transaction.atomic
def propose_outcome(
    dossier: Dossier,
    results: Mapping[int, tuple[str, str]],
    *,
    by: Person,
    at: datetime | None = None,
) -> None:
    """After both finished, one writes what they came to together: per part a result and why.

    Whoever wrote it waits for the other; a later proposal takes the place of the former.

    Raises:
        ValidationError: not both have finished, or a part misses its result or reason.
    """
    found = locked_in(dossier, Stage.ASSESSMENT)
    _seat(found, by)
    told = queries.desk(found, part="assessor", reader=by.pk)
    if not told.are_open:
        raise ValidationError(_("Not all assessors have finished yet."))
    for part in told.parts:
        result, why = results.get(part.pk, ("", ""))
        if result not in set(judging.Shown) or not why.strip():
            raise ValidationError(
                _("Give a result and a reason for “%(part)s”.") % {"part": part.name}
            )
    kept = {p.pk: (results[p.pk][0], results[p.pk][1].strip()) for p in told.parts}
    _keep_outcomes(found, kept)
    Dossier.objects.filter(pk=found.pk).update(proposed_by=by)
    note(found, DossierFact.Kind.PROPOSED, by=by, at=at)


@transaction.atomic
def agree_outcome(
    dossier: Dossier, *, by: Person, seen: str = "", at: datetime | None = None
) -> None:
    """The other assessor agrees with what was proposed: that is the result.

    Args:
        seen: the proposal as the page showed it; another one since is not agreed unseen.

    Raises:
        ValidationError: there is nothing to agree with, it is one's own, or it changed.
    """
    found = locked_in(dossier, Stage.ASSESSMENT)
    _seat(found, by)
    told = queries.desk(found, part="assessor", reader=by.pk)
    if found.proposed_by_id is None or not told.are_open:
        raise ValidationError(_("There is no proposal to agree with yet."))
    if found.proposed_by_id == by.pk:
        raise ValidationError(_("The other assessor agrees, not who wrote it."))
    if seen and seen != proposal_mark(told):
        raise ValidationError(_("The proposal changed since this page was opened. Read it again."))
    proposer = Person.objects.get(pk=found.proposed_by_id)
    _settle(found, proposed_by=proposer, agreed_by=by, at=at or timezone.now())


def proposal_mark(told: queries.Desk) -> str:
    """What tells one proposal from a later one."""
    last = told.dossier.facts.filter(kind=DossierFact.Kind.PROPOSED).last()
    return str(last.pk) if last else ""
