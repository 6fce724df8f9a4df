"""Making standards, and setting up how an organisation goes about EVC."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.assessment.models import EvcPerson, EvcSetup, Standard, StandardPart
from gezel.assessment.rules.standards import StandardRead
from gezel.people.api import Organisation, Person
from gezel.skills.api import Occupation, Skill

MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class PartSaid:
    """A part of a standard as someone fills it in."""

    name_nl: str = ""
    name_en: str = ""
    code: str = ""
    criteria_nl: str = ""
    criteria_en: str = ""
    skill: Skill | None = None
    level: int = 3

    def fields(self) -> dict[str, Any]:
        return {
            "name_nl": self.name_nl,
            "name_en": self.name_en,
            "code": self.code,
            "criteria_nl": self.criteria_nl,
            "criteria_en": self.criteria_en,
            "skill": self.skill,
            "level": self.level,
        }


@transaction.atomic
def make_standard(
    organisation: Organisation,
    *,
    name_nl: str,
    name_en: str,
    code: str = "",
    source: str = Standard.Source.OWN,
    origin: str = "",
    parts: list[PartSaid] | None = None,
    key: uuid.UUID | None = None,
) -> Standard:
    """A new standard, as a draft; the same `key` again is the one that stands."""
    standard, new = Standard.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "organisation": organisation,
            "name_nl": name_nl,
            "name_en": name_en,
            "code": code,
            "source": source,
            "origin": origin,
        },
    )
    if standard.organisation_id != organisation.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    if new:
        StandardPart.objects.bulk_create(
            StandardPart(standard=standard, position=n, **part.fields())
            for n, part in enumerate(parts or [], start=1)
        )
    return standard


def standard_of_occupation(
    organisation: Organisation, occupation: Occupation, *, key: uuid.UUID
) -> Standard:
    """A draft with the essential skills of an occupation as its parts.

    Raises:
        ValidationError: the occupation has none.
    """
    asks = occupation.asks.filter(essential=True).select_related("skill")
    parts = [
        PartSaid(
            name_nl=row.skill.name_nl[:250],
            name_en=row.skill.name_en[:250],
            skill=row.skill,
            level=row.level or 3,
        )
        for row in sorted(asks, key=lambda row: row.skill.name.casefold())
    ][:MOST_PARTS]
    if not parts:
        raise ValidationError(_("This occupation names no essential skills. Choose another."))
    return make_standard(
        organisation,
        name_nl=occupation.name_nl,
        name_en=occupation.name_en,
        code=occupation.code,
        source=Standard.Source.OCCUPATION,
        origin=occupation.uri,
        parts=parts,
        key=key,
    )


def standard_of_file(
    organisation: Organisation,
    read: StandardRead,
    *,
    skills: Mapping[str, Skill],
    key: uuid.UUID,
) -> Standard:
    """A draft with what a qualification file holds. Skills it names that are not here stay out."""
    return make_standard(
        organisation,
        name_nl=read.name["nl"],
        name_en=read.name["en"],
        code=read.code,
        source=Standard.Source.FILE,
        parts=[
            PartSaid(
                name_nl=part.name["nl"],
                name_en=part.name["en"],
                code=part.code,
                criteria_nl="\n".join(part.criteria["nl"]),
                criteria_en="\n".join(part.criteria["en"]),
                skill=skills.get(part.skill),
                level=part.level,
            )
            for part in read.parts
        ],
        key=key,
    )


def _draft(standard: Standard) -> Standard:
    locked = Standard.objects.select_for_update().get(pk=standard.pk)
    if locked.state != Standard.State.DRAFT:
        raise ValidationError(
            _("This version is in use and stays as it is. Make a new version to change it.")
        )
    return locked


@transaction.atomic
def rename_standard(standard: Standard, *, name_nl: str, name_en: str, code: str) -> None:
    """Change the name or code of a draft."""
    locked = _draft(standard)
    locked.name_nl, locked.name_en, locked.code = name_nl, name_en, code
    locked.save(update_fields=["name_nl", "name_en", "code"])


@transaction.atomic
def save_part(standard: Standard, part: StandardPart | None, said: PartSaid) -> StandardPart:
    """A part comes into a draft, or is changed there.

    Raises:
        ValidationError: the standard is in use, or has as many parts as a dossier can hold.
    """
    locked = _draft(standard)
    if part is not None:
        StandardPart.objects.filter(pk=part.pk, standard=locked).update(**said.fields())
        return StandardPart.objects.get(pk=part.pk)
    if locked.parts.count() >= MOST_PARTS:
        raise ValidationError(_("A standard has at most sixty parts. Join some."))
    last = locked.parts.aggregate(last=Max("position"))["last"] or 0
    return StandardPart.objects.create(standard=locked, position=last + 1, **said.fields())


@transaction.atomic
def remove_part(standard: Standard, part: StandardPart) -> None:
    """A part leaves a draft."""
    StandardPart.objects.filter(pk=part.pk, standard=_draft(standard)).delete()


@transaction.atomic
def put_standard_in_use(standard: Standard) -> None:
    """From now on dossiers begin with this version; the one before it is replaced.

    Raises:
        ValidationError: it has no parts.
    """
    locked = _draft(standard)
    if not locked.parts.exists():
        raise ValidationError(_("Give it at least one part first."))
    Standard.objects.filter(lineage=locked.lineage, state=Standard.State.LIVE).update(
        state=Standard.State.REPLACED
    )
    locked.state, locked.in_use_on = Standard.State.LIVE, timezone.localdate()
    locked.save(update_fields=["state", "in_use_on"])


@transaction.atomic
def new_version(standard: Standard) -> Standard:
    """A draft that begins as this version is; the draft that stands, where there is one."""
    versions = Standard.objects.select_for_update().filter(lineage=standard.lineage)
    if draft := versions.filter(state=Standard.State.DRAFT).first():
        return draft
    last = max(one.version for one in versions)
    fresh = Standard.objects.create(
        organisation=standard.organisation,
        lineage=standard.lineage,
        version=last + 1,
        name_nl=standard.name_nl,
        name_en=standard.name_en,
        code=standard.code,
        source=standard.source,
        origin=standard.origin,
    )
    for part in standard.parts.all():
        part.pk, part.standard = None, fresh
        part.save(force_insert=True)
    return fresh


def withdraw_standard(standard: Standard, *, why: str) -> None:
    """No new dossier begins with it. Those under way go on with it, and say that it was withdrawn.

    Raises:
        ValidationError: no reason is given.
    """
    if not why.strip():
        raise ValidationError(_("Say why: candidates who are under way read it."))
    Standard.objects.filter(
        pk=standard.pk, state__in=[Standard.State.LIVE, Standard.State.REPLACED]
    ).update(
        state=Standard.State.WITHDRAWN,
        withdrawn_on=timezone.localdate(),
        why_withdrawn=why.strip()[:300],
    )


def drop_draft(standard: Standard) -> None:
    """Throw a draft away; nothing stands on it."""
    Standard.objects.filter(pk=standard.pk, state=Standard.State.DRAFT).delete()


def set_up(
    organisation: Organisation,
    *,
    candidate_hours: int,
    guide_hours: int,
    assessors: int,
    objections_to: Person | None,
    deputy: Person | None,
) -> EvcSetup:
    """HR says how EVC goes here. What was agreed with dossiers under way stays.

    Raises:
        ValidationError: one person is both who decides and who does so in their place.
    """
    if objections_to is not None and objections_to == deputy:
        raise ValidationError({"deputy": _("Choose someone else than the first one.")})
    setup, _new = EvcSetup.objects.update_or_create(
        organisation=organisation,
        defaults={
            "candidate_hours": candidate_hours,
            "guide_hours": guide_hours,
            "assessors": assessors,
            "objections_to": objections_to,
            "deputy": deputy,
        },
    )
    return setup


@transaction.atomic
def ask_for_evc(
    organisation: Organisation, *, email: str, may_guide: bool, may_assess: bool
) -> EvcPerson:
    """HR asks someone to guide or assess here, by e-mail address, whether or not they work here.

    Whether there is such an account is not told. Who was asked before and does other things from
    now on keeps their yes; who stopped is asked anew.

    Raises:
        ValidationError: neither of both.
    """
    if not (may_guide or may_assess):
        raise ValidationError({"may_guide": _("Choose guiding, assessing, or both.")})
    task, new = EvcPerson.objects.select_for_update().get_or_create(
        organisation=organisation,
        email=email.strip().lower(),
        defaults={"may_guide": may_guide, "may_assess": may_assess},
    )
    if not new:
        task.may_guide, task.may_assess = may_guide, may_assess
        if task.state in {EvcPerson.State.NO, EvcPerson.State.ENDED}:
            task.state, task.asked_at = EvcPerson.State.ASKED, timezone.now()
        task.save()
    return task


def answer_task(task: EvcPerson, person: Person, *, yes: bool) -> None:
    """Who was asked says yes or no, or stops. Dossiers in which one has a role go on."""
    if yes:
        state = EvcPerson.State.YES
    else:
        state = EvcPerson.State.ENDED if task.state == EvcPerson.State.YES else EvcPerson.State.NO
    EvcPerson.objects.filter(pk=task.pk).update(
        person=person, state=state, answered_at=timezone.now()
    )


def end_task(task: EvcPerson) -> None:
    """HR takes someone off the list: candidates cannot choose them any more."""
    EvcPerson.objects.filter(pk=task.pk).update(
        state=EvcPerson.State.ENDED, answered_at=timezone.now()
    )
