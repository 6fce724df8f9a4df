"""Two skills turn out to be one: HR says so, sees first what that does, and can take it back."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.people.api import Organisation, Person
from gezel.skills import rules
from gezel.skills.actions import findable
from gezel.skills.actions.evidence import recompute
from gezel.skills.actions.skills import confirm_alias
from gezel.skills.events import ProfileChanged, SkillsMerged
from gezel.skills.models import Demand, Evidence, RoleProfile, Skill, SkillAlias
from gezel.skills.queries.offer import Use, uses
from gezel.skills.rules.merging import Both, asked_twice

# As many people's estimates in one go as one transaction may hold up others.
A_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Settled:
    """A role that asks both names at once, and what it will ask after merging."""

    profile: RoleProfile
    both: Both


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging does, before anyone says yes."""

    evidence: int
    people: int
    profiles: list[RoleProfile]
    settled: list[Settled]
    along: list[Skill]
    uses: list[Use]


def preview_merge(skill: Skill, into: Skill, organisation: Organisation) -> Preview:
    """What would be read as the skill that stays; nothing is changed."""
    along = list(Skill.objects.filter(merged_into=skill).order_by("name_nl", "name_en", "pk"))
    going = [skill.pk, *(each.pk for each in along)]
    evidence = Evidence.objects.filter(skill__in=going)
    today = timezone.localdate()
    dated: dict[int, list[rules.DatedDemand]] = defaultdict(list)
    here = Demand.objects.filter(profile__organisation=organisation)
    for row in here.filter(
        Q(skill__in=[*going, into.pk]) | Q(skill__merged_into=into.pk)
    ).values_list("profile_id", "skill_id", "level", "essential", "from_on"):
        dated[row[0]].append(rules.DatedDemand(*row[1:]))
    profiles = RoleProfile.objects.in_bulk(dated)
    same = dict.fromkeys([*going, *_merged_into(into)], into.pk)
    return Preview(
        evidence.count(),
        evidence.values("person").distinct().count(),
        sorted(
            (profiles[pk] for pk, told in dated.items() if any(d.skill in going for d in told)),
            key=lambda p: p.name.casefold(),
        ),
        [
            Settled(profiles[pk], both)
            for pk, told in dated.items()
            for both in asked_twice(told, same, today)
        ],
        along,
        uses(organisation, going),
    )


def _merged_into(skill: Skill) -> list[int]:
    return list(Skill.objects.filter(merged_into=skill).values_list("pk", flat=True))


@transaction.atomic
def merge_skill(skill: Skill, into: Skill, *, organisation: Organisation, by: Person) -> Skill:
    """Say that an own skill is the same as another: from now on it is read as that one.

    Nothing moves and nothing is deleted: evidence stays as it was given, demand as it was
    written. Its names help find the skill that stays. Doing it again changes nothing.

    Raises:
        ValidationError: it is not this organisation's own, the other is not theirs to use or is
            gone itself, or the two would go round in a circle.
    """
    # Both in one order, so that two who merge the other way round wait for each other.
    rows = {
        row.pk: row
        for row in Skill.objects.select_for_update(of=("self",))
        .filter(pk__in={skill.pk, into.pk})
        .order_by("pk")
    }
    going, staying = rows.get(skill.pk), rows.get(into.pk)
    if going is None or going.organisation_id != organisation.pk:
        raise ValidationError(_("Only a skill of your own can be merged into another."))
    if staying is None or staying.organisation_id not in {None, organisation.pk}:
        raise ValidationError({"into": _("This skill is not yours to merge into.")})
    if going.pk == staying.pk:
        raise ValidationError({"into": _("A skill cannot be merged into itself.")})
    if going.merged_into_id == staying.pk:
        return staying
    if going.merged_into_id is not None:
        raise ValidationError(
            {"into": _("This skill was merged before. Take it apart first, then merge it anew.")}
        )
    if staying.merged_into_id is not None:
        raise ValidationError(
            {
                "into": _("%(skill)s was itself merged, into %(other)s. Choose that one.")
                % {"skill": staying, "other": staying.merged_into}
            }
        )
    if staying.retired:
        raise ValidationError(
            {"into": _("%(skill)s is no longer offered. Choose another.") % {"skill": staying}}
        )
    moved = [going.pk, *_merged_into(going)]
    Skill.objects.filter(pk__in=moved).update(merged_into=staying)
    findable.forget_skills(moved)
    for each in Skill.objects.filter(pk__in=moved):
        for language, words in (("nl", each.name_nl), ("en", each.name_en)):
            if words:
                confirm_alias(organisation, staying, language=language, words=words, by=by)
    _read_anew(organisation, [*moved, staying.pk])
    announce(SkillsMerged(organisation.pk, going.pk, staying.pk))
    return staying


@transaction.atomic
def separate_skill(skill: Skill, *, organisation: Organisation) -> Skill:
    """Take back that a skill is the same as another: it stands by itself, as it did.

    What was merged into it before went along and stays with the other; each is taken back by
    itself. Doing it again changes nothing.

    Raises:
        ValidationError: it is not this organisation's own.
    """
    going = Skill.objects.select_for_update(of=("self",)).get(pk=skill.pk)
    if going.organisation_id != organisation.pk:
        raise ValidationError(_("Only a skill of your own can be taken apart."))
    if going.merged_into_id is None:
        return going
    staying = going.merged_into_id
    Skill.objects.filter(pk=going.pk).update(merged_into=None)
    names = Q(language="nl", words=going.name_nl) | Q(language="en", words=going.name_en)
    gone = SkillAlias.objects.filter(names, organisation=organisation, skill=staying)
    findable.forget_aliases(list(gone.values_list("pk", flat=True)))
    gone.delete()
    findable.names_changed(staying, organisation.pk)
    going.merged_into = None
    findable.make_skills_findable([going])
    _read_anew(organisation, [going.pk, staying])
    announce(SkillsMerged(organisation.pk, going.pk, None))
    return going


def _read_anew(organisation: Organisation, skill_pks: list[int]) -> None:
    """Estimates of everyone with evidence of these, and the counts of who asks them."""
    evidence = Evidence.objects.filter(skill__in=skill_pks)
    shown_here = Q(skill__organisation=organisation) | Q(
        person__employments__organisation=organisation
    )
    people = sorted(set(evidence.filter(shown_here).values_list("person_id", flat=True)))
    for start in range(0, len(people), A_CHUNK):
        recompute(people[start : start + A_CHUNK], skill_pks=skill_pks)
    for pk in (
        Demand.objects.filter(profile__organisation=organisation, skill__in=skill_pks)
        .order_by("profile_id").values_list("profile_id", flat=True).distinct()
    ):  # fmt: skip
        announce(ProfileChanged(pk))


__all__ = ["Preview", "Settled", "merge_skill", "preview_merge", "separate_skill"]
