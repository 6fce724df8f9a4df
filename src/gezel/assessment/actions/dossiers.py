"""The course of a dossier: who begins it, who helps, who judges, who may know, how it ends."""

import uuid
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.assessment import letters, queries
from gezel.assessment.models import (
    Dossier,
    DossierFact,
    DossierObjection,
    DossierPiece,
    DossierRole,
    EvcPerson,
    HoursKept,
    Standard,
    StandardPart,
)
from gezel.assessment.rules import dossier as course
from gezel.assessment.rules import judging
from gezel.assessment.words import CONFLICTS, HINDRANCES
from gezel.content.api import Media
from gezel.people.api import Employment, Organisation, Person
from gezel.plans.api import Goal, add_step, set_goal
from gezel.skills.api import add_evidence

Stage = Dossier.Stage


@transaction.atomic
def begin_dossier(
    person: Person,
    standard: Standard,
    *,
    organisation: Organisation,
    aim: str = "",
    key: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Dossier:
    """Someone begins EVC against a standard. Nobody is told.

    The same `key` again, or a second dossier against the same standard, is the one that stands.

    Raises:
        ValidationError: the standard is not in use.
    """
    now = at or timezone.now()
    locked = Standard.objects.select_for_update().get(pk=standard.pk)
    if known := Dossier.objects.filter(person=person, standard=locked, ended_at=None).first():
        return known
    if locked.state != Standard.State.LIVE:
        raise ValidationError(
            _("This standard is not in use any more. Choose another, or its newer version.")
        )
    dossier, new = Dossier.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "person": person,
            "organisation": organisation,
            "standard": locked,
            "aim": aim.strip(),
            "assessors": queries.setup_of(organisation).assessors,
            "began_at": now,
            "last_at": now,
        },
    )
    if dossier.person_id != person.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    if new:
        note(dossier, DossierFact.Kind.BEGAN, by=person, at=now)
    return dossier


def note(
    dossier: Dossier,
    kind: str,
    *,
    by: Person | None,
    about: str = "",
    at: datetime | None = None,
) -> None:
    """Add what happened to the course of the dossier; its term counts from here."""
    now = at or timezone.now()
    DossierFact.objects.create(dossier=dossier, kind=kind, by=by, about=about[:300], at=now)
    Dossier.objects.filter(pk=dossier.pk).update(last_at=now)


def locked_in(dossier: Dossier, *stages: str) -> Dossier:
    """The dossier, held until the transaction ends, if it runs and stands in one of these stages.

    Raises:
        ValidationError: it does not, any more.
    """
    found = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("person", "organisation", "standard")
        .get(pk=dossier.pk)
    )
    if found.ended_at is not None:
        raise ValidationError(_("This dossier is closed."))
    if stages and found.stage not in stages:
        raise ValidationError(
            _("The dossier has moved on since this page was opened. Look at where it stands now.")
        )
    return found


def _to(dossier: Dossier, stage: str, **also: Any) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(stage=stage, **also)
    dossier.stage = stage


@transaction.atomic
def ready_for_intake(dossier: Dossier, *, aim: str, at: datetime | None = None) -> None:
    """The candidate knows enough and wants to go on."""
    found = locked_in(dossier, Stage.INFORMATION)
    _to(found, Stage.INTAKE, aim=aim.strip()[:1_000])
    note(found, DossierFact.Kind.READY, by=found.person, at=at)


# -- who guides and who assesses -----------------------------------------------------------------


@transaction.atomic
def choose(
    dossier: Dossier, person: Person, *, kind: str, seat: int = 0, at: datetime | None = None
) -> DossierRole:
    """The candidate chooses a guide or an assessor. Who held the seat hands it back.

    Judged here anew, whatever the page showed: a line may have been drawn since.

    Raises:
        ValidationError: this person may not, and why; or the seat's holder has finished judging.
    """
    found = locked_in(dossier, Stage.INTAKE, Stage.PORTFOLIO, Stage.ASSESSMENT)
    now = at or timezone.now()
    if kind == DossierRole.Kind.ASSESSOR and not 1 <= seat <= found.assessors:
        raise ValidationError(_("This dossier has no such seat."))
    may = EvcPerson.objects.filter(
        organisation=found.organisation, person=person, state=EvcPerson.State.YES
    )
    may = may.filter(may_guide=True) if kind == "guide" else may.filter(may_assess=True)
    if not may.exists():
        raise ValidationError(_("%(name)s does not do this here.") % {"name": person.name})
    if why := queries.conflicts_of(found, [person.pk], kind)[person.pk]:
        raise ValidationError(
            _("%(name)s cannot do this: %(why)s")
            % {"name": person.name, "why": " ".join(str(CONFLICTS[c]) for c in why)}
        )
    holder = found.roles.filter(kind=kind, seat=seat, ended_at=None).first()
    if holder is not None and holder.person_id == person.pk:
        return holder
    if holder is not None:
        if holder.final_at is not None:
            raise ValidationError(_("This assessor has finished judging and stays."))
        _end_role(holder, _("The candidate chose someone else."), now)
    # Before the unique rows of the database say it: one sits in one seat.
    if found.roles.filter(person=person, ended_at=None).exists():
        raise ValidationError(_("%(name)s already assesses this dossier.") % {"name": person.name})
    inside = Employment.objects.current().filter(organisation=found.organisation, person=person)
    try:
        with transaction.atomic():
            role, _new = DossierRole.objects.update_or_create(
                dossier=found,
                person=person,
                kind=kind,
                defaults={
                    "candidate": found.person,
                    "seat": seat,
                    "inside": inside.exists(),
                    "since_at": now,
                    "ended_at": None,
                    "why_ended": "",
                },
            )
    except IntegrityError:
        raise ValidationError(
            _("%(name)s cannot do this: one person never guides and judges the same dossier.")
            % {"name": person.name}
        ) from None
    note(found, DossierFact.Kind(kind), by=found.person, about=person.name, at=now)
    letters.tell(person, found, letters.ROLE, once=f"{found.key}/{kind}/{now:%Y%m%d}")
    return role


def _end_role(role: DossierRole, why: str, at: datetime) -> None:
    role.ended_at, role.why_ended = at, why[:300]
    role.save(update_fields=["ended_at", "why_ended"])


@transaction.atomic
def hand_back(role: DossierRole, *, why: str) -> None:
    """A guide or assessor steps back, for a conflict of interest or another reason.

    Raises:
        ValidationError: no reason is given, or the judgement is final.
    """
    if not why.strip():
        raise ValidationError({"why": _("Say in a few words why: the candidate reads it.")})
    found = locked_in(role.dossier)
    held = DossierRole.objects.get(pk=role.pk)
    if held.ended_at is not None:
        return
    if held.final_at is not None:
        raise ValidationError({"why": _("You have finished judging; that stands.")})
    _end_role(held, why.strip(), timezone.now())
    note(found, DossierFact.Kind.ENDED_ROLE, by=held.person, about=why.strip())


@transaction.atomic
def do_intake(
    dossier: Dossier, *, by: Person, said: str, ready_by: date, at: datetime | None = None
) -> None:
    """The guide writes down what the two agreed on; the portfolio begins."""
    found = locked_in(dossier, Stage.INTAKE)
    if ready_by < timezone.localdate(at or timezone.now()):
        raise ValidationError({"ready_by": _("Choose a date that lies ahead.")})
    _to(found, Stage.PORTFOLIO, intake=said.strip()[:3_000], ready_by=ready_by)
    note(found, DossierFact.Kind.INTAKE, by=by, at=at)


@transaction.atomic
def hand_in(dossier: Dossier, *, at: datetime | None = None) -> None:
    """The candidate hands the portfolio in: what is in it stays as it is while it is judged.

    Raises:
        ValidationError: something is still missing, and what.
    """
    found = locked_in(dossier, Stage.PORTFOLIO)
    told = queries.desk(found, part="candidate", reader=found.person_id)
    if missing := course.may_hand_in(told.situation):
        raise ValidationError(str(HINDRANCES[missing]))
    _to(found, Stage.ASSESSMENT)
    note(found, DossierFact.Kind.HANDED_IN, by=found.person, at=at)
    for role in told.assessors:
        letters.tell(role.person, found, letters.JUDGE, once=f"{found.key}/judge/{found.round}")


@transaction.atomic
def return_portfolio(dossier: Dossier, *, by: Person, why: str) -> None:
    """An assessor asks for more evidence: the portfolio is open again.

    Raises:
        ValidationError: it says nothing, or someone has finished judging.
    """
    if not why.strip():
        raise ValidationError({"why": _("Say what is still missing.")})
    found = locked_in(dossier, Stage.ASSESSMENT)
    if found.roles.filter(ended_at=None, final_at__isnull=False).exists():
        raise ValidationError({"why": _("An assessor has finished judging. It goes on from here.")})
    _to(found, Stage.PORTFOLIO)
    note(found, DossierFact.Kind.RETURNED, by=by, about=why.strip())


# -- who may know, what it takes -----------------------------------------------------------------


@transaction.atomic
def tell_employer(dossier: Dossier, *, known: bool) -> None:
    """The candidate lets lead and HR know of it, or takes that back: then there is no trace."""
    changed = Dossier.objects.filter(pk=dossier.pk, opened_at__isnull=known).update(
        opened_at=timezone.now() if known else None
    )
    if changed:
        kind = DossierFact.Kind.OPENED if known else DossierFact.Kind.CLOSED
        note(dossier, kind, by=dossier.person)


@transaction.atomic
def keep_hours(
    dossier: Dossier, *, by: Person, on: date, minutes: int, what: str, key: uuid.UUID
) -> HoursKept:
    """Someone writes down the time they spent. The same `key` again is one.

    Raises:
        ValidationError: the day lies ahead or before the dossier began.
    """
    if on > timezone.localdate():
        raise ValidationError({"on": _("This date lies ahead. Choose today or earlier.")})
    if on < timezone.localdate(dossier.began_at):
        raise ValidationError({"on": _("This day lies before the dossier began.")})
    found, _new = HoursKept.objects.get_or_create(
        key=key,
        defaults={"dossier": dossier, "by": by, "on": on, "minutes": minutes, "what": what.strip()},
    )
    if found.dossier_id != dossier.pk or found.by_id != by.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    Dossier.objects.filter(pk=dossier.pk).update(last_at=timezone.now())
    return found


def take_back_hours(hours: HoursKept) -> None:
    """Who wrote it down takes it back."""
    HoursKept.objects.filter(pk=hours.pk).delete()


# -- after the result ----------------------------------------------------------------------------


@transaction.atomic
def put_result_in_profile(dossier: Dossier, *, at: datetime | None = None) -> int:
    """The candidate puts the shown parts in their profile, once a round; returns how many.

    Only parts that stand for a skill say something there. Below "shown" nothing goes in: not yet
    having shown something is no evidence of a lower level.

    Raises:
        ValidationError: there is no result.
    """
    found = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if found.result_at is None:
        raise ValidationError(_("There is no result yet."))
    if found.in_profile_at is not None:
        return 0
    shown = found.outcomes.filter(
        round=found.round, result=judging.Shown.SHOWN, part__skill__isnull=False
    ).select_related("part__skill")
    judged = list(found.roles.filter(final_at__isnull=False).values_list("pk", flat=True))
    spread = judging.surety(judged)
    for outcome in shown:
        part = outcome.part
        if part.skill is None:
            continue
        add_evidence(
            found.person,
            part.skill,
            kind="evc",
            level=part.level,
            exact=float(part.level),
            sd=spread,
            on=timezone.localdate(found.result_at),
            by=None,
            organisation=found.organisation,
            note=_("EVC, %(standard)s: %(part)s")
            % {"standard": found.standard.name[:200], "part": part.name[:200]},
            rests_on=f"assessment:dossier:{found.key}",
            key=uuid.uuid5(found.key, f"round {found.round} part {part.pk}"),
        )
    Dossier.objects.filter(pk=found.pk).update(in_profile_at=at or timezone.now())
    note(found, DossierFact.Kind.KEPT, by=found.person, at=at)
    return len(shown)


@transaction.atomic
def plan_the_rest(
    dossier: Dossier,
    *,
    due_on: date,
    goal: Goal | None = None,
    part: StandardPart | None = None,
    at: datetime | None = None,
) -> Goal:
    """The parts that remain become steps of a goal of the candidate's own plan.

    Args:
        goal: an open goal of the candidate; without one a goal is made of `part` and its skill.

    Raises:
        ValidationError: the goal is not theirs, is shared while the employer does not know, or
            the date lies behind.
    """
    found = locked_in(dossier, Stage.RESULT, Stage.PLAN)
    today = timezone.localdate(at or timezone.now())
    if due_on <= today:
        raise ValidationError({"due_on": _("Choose a date that lies ahead.")})
    told = queries.desk(found, part="candidate", reader=found.person_id)
    if goal is None:
        if part is None or part.skill is None:
            raise ValidationError({"goal": _("Choose where the steps belong.")})
        goal = set_goal(
            found.person,
            due_on=due_on,
            organisation=found.organisation,
            skill=part.skill,
            level=part.level,
            set_on=today,
            key=uuid.uuid5(found.key, f"goal {found.round} {part.pk}"),
        )
    elif goal.person_id != found.person_id or (goal.shared and found.opened_at is None):
        raise ValidationError({"goal": _("Choose where the steps belong.")})
    for left in told.remaining:
        add_step(
            goal,
            due_on=due_on,
            by=found.person,
            title=left.name,
            key=uuid.uuid5(found.key, f"step {found.round} {left.pk}"),
        )
    _to(found, Stage.PLAN, goal=goal)
    if found.goal_id != goal.pk:
        note(found, DossierFact.Kind.PLANNED, by=found.person, at=at)
    return goal


@transaction.atomic
def round_off(dossier: Dossier) -> None:
    """The candidate is done with it: the dossier stays to be read, until its term."""
    found = locked_in(dossier, Stage.RESULT, Stage.PLAN)
    if found.objections.filter(decided_at=None).exists():
        raise ValidationError(_("Your objection is not decided yet."))
    Dossier.objects.filter(pk=found.pk).update(ended_at=timezone.now())
    note(found, DossierFact.Kind.DONE, by=found.person)


@transaction.atomic
def stop(dossier: Dossier) -> None:
    """The candidate stops before there is a result. Nobody needs to know why."""
    found = locked_in(dossier, Stage.INFORMATION, Stage.INTAKE, Stage.PORTFOLIO, Stage.ASSESSMENT)
    now = timezone.now()
    Dossier.objects.filter(pk=found.pk).update(ended_at=now, stopped=True)
    note(found, DossierFact.Kind.STOPPED, by=found.person, at=now)


@transaction.atomic
def drop_dossiers(pks: list[int]) -> int:
    """Dossiers go, with their files where nothing else shows those: thrown away, or past their
    term. What was put in a profile or a plan stays there; returns how many went."""
    media = list(
        DossierPiece.objects.filter(dossier__in=pks, media__isnull=False)
        .values_list("media", flat=True)
        .distinct()
    )
    gone = Dossier.objects.filter(pk__in=pks).count()
    Dossier.objects.filter(pk__in=pks).delete()
    let_go(media)
    return gone


def let_go(media: list[int]) -> None:
    """Files of pieces that are gone, where nothing else shows the same file."""
    for file in Media.objects.filter(pk__in=media, blocks=None, proofs=None):
        if DossierPiece.objects.filter(media=file).exists():
            continue
        storage, name = file.file.storage, file.file.name or ""
        # A film has a small one and a still beside it.
        beside = [pk for pk in (file.small_id, file.poster_id) if pk]
        try:
            with transaction.atomic():
                file.delete()
        except ProtectedError:
            continue  # shown elsewhere too, in a question of a test perhaps
        transaction.on_commit(partial(storage.delete, name))
        let_go(beside)


# -- objections ----------------------------------------------------------------------------------


def decider_for(dossier: Dossier) -> Person | None:
    """Who decides on an objection: who was named, or the deputy where the first has a part in it,
    stands in the candidate's line, or no longer works there."""
    setup = queries.setup_of(dossier.organisation)
    parted = set(dossier.roles.values_list("person", flat=True)) | {dossier.person_id}
    parted |= {pk for line in queries.lines_of(dossier.person_id) for pk in line}
    named = [p for p in (setup.objections_to, setup.deputy) if p and p.pk not in parted]
    here = set(
        Employment.objects.current()
        .filter(organisation=dossier.organisation, person__in=[p.pk for p in named])
        .values_list("person", flat=True)
    )
    return next((p for p in named if p.pk in here), None)


@transaction.atomic
def object_to_result(dossier: Dossier, *, reason: str, key: uuid.UUID) -> DossierObjection:
    """The candidate does not agree; it goes to a person by name. The same `key` again is one.

    Raises:
        ValidationError: nobody can decide, or one is open already.
    """
    found = locked_in(dossier, Stage.RESULT, Stage.PLAN)
    if known := found.objections.filter(key=key).first():
        return known
    if found.objections.filter(decided_at=None).exists():
        raise ValidationError({"reason": _("Your earlier objection is not decided yet.")})
    to = decider_for(found)
    if to is None:
        raise ValidationError(
            {
                "reason": _(
                    "Nobody who stands outside this dossier is named to decide. Ask HR to name "
                    "someone in the set-up of EVC; you need not say which dossier it is about."
                )
            }
        )
    made = DossierObjection.objects.create(dossier=found, to=to, reason=reason.strip(), key=key)
    note(found, DossierFact.Kind.OBJECTED, by=found.person, about=to.name)
    letters.tell(to, found, letters.OBJECTION, once=f"{made.key}")
    return made


@transaction.atomic
def decide_objection(
    objection: DossierObjection, *, decision: str, because: str, by: Person
) -> None:
    """Who was named decides. Judged anew: a new round, in which assessors begin with nothing.

    Raises:
        ValidationError: no reason, or it was decided before.
    """
    if not because.strip():
        raise ValidationError({"because": _("Say why. The candidate reads it.")})
    found = locked_in(objection.dossier)
    held = DossierObjection.objects.get(pk=objection.pk)
    if held.decided_at is not None:
        raise ValidationError(_("This objection is decided already."))
    held.decision, held.because = decision, because.strip()
    held.decided_at = timezone.now()
    held.save(update_fields=["decision", "because", "decided_at"])
    note(found, DossierFact.Kind.DECIDED, by=by, about=str(held.get_decision_display()))
    if decision == DossierObjection.Decision.ANEW:
        found.roles.filter(ended_at=None).update(final_at=None)
        _to(
            found,
            Stage.ASSESSMENT,
            round=found.round + 1,
            result_at=None,
            in_profile_at=None,
            proposed_by=None,
            agreed_by=None,
        )
