"""An organisation's own skills, and its own names for skills that all share."""

import uuid
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gezel.people.api import Organisation
from gezel.skills.actions import findable
from gezel.skills.models import Skill, SkillLabel, SkillLink, Source

LONGEST_NAME = 250


@transaction.atomic
def make_skill(
    organisation: Organisation,
    *,
    name_nl: str,
    name_en: str,
    kind: str = Skill.Kind.TECHNICAL,
    is_knowledge: bool = False,
    about_nl: str = "",
    about_en: str = "",
    levels_nl: Sequence[str] = (),
    levels_en: Sequence[str] = (),
    address: str = "",
    key: uuid.UUID | None = None,
) -> Skill:
    """A skill of our own; the same `key` again gives back the one that stands.

    Raises:
        ValidationError: it has no name, or there is one of that name already.
    """
    name_nl, name_en = name_nl.strip(), name_en.strip()
    _need_a_name(name_nl, name_en)
    key = key or uuid.uuid4()
    standing = Skill.objects.filter(key=key, organisation=organisation).first()
    if standing:
        return standing
    _refuse_a_second(organisation, name_nl, name_en)
    skill = Skill.objects.create(
        organisation=organisation,
        source=Source.OWN,
        name_nl=name_nl,
        name_en=name_en,
        kind=kind,
        is_knowledge=is_knowledge,
        about_nl=about_nl,
        about_en=about_en,
        levels_nl=_words(levels_nl),
        levels_en=_words(levels_en),
        key=key,
    )
    _link(skill, address)
    findable.make_skills_findable([skill])
    return skill


@transaction.atomic
def change_skill(
    skill: Skill,
    *,
    name_nl: str,
    name_en: str,
    kind: str,
    is_knowledge: bool,
    about_nl: str,
    about_en: str,
    levels_nl: Sequence[str],
    levels_en: Sequence[str],
    address: str,
) -> Skill:
    """Say anew what a skill of our own is. Shared skills are not ours to change.

    Raises:
        ValidationError: it has no name, there is another of that name, or it is a shared one.
    """
    if skill.organisation is None:
        raise ValidationError(_("This skill is shared by all; give it a name of your own instead."))
    name_nl, name_en = name_nl.strip(), name_en.strip()
    _need_a_name(name_nl, name_en)
    _refuse_a_second(skill.organisation, name_nl, name_en, besides=skill)
    skill.name_nl, skill.name_en = name_nl, name_en
    skill.kind, skill.is_knowledge = kind, is_knowledge
    skill.about_nl, skill.about_en = about_nl, about_en
    skill.levels_nl, skill.levels_en = _words(levels_nl), _words(levels_en)
    skill.save()
    _link(skill, address)
    findable.make_skills_findable([skill])
    return skill


def _need_a_name(name_nl: str, name_en: str) -> None:
    if not (name_nl or name_en):
        raise ValidationError({"name_nl": _("Give the skill a name, in Dutch or in English.")})


def _refuse_a_second(
    organisation: Organisation, name_nl: str, name_en: str, *, besides: Skill | None = None
) -> None:
    """Two own skills of one name would split the evidence between them."""
    own = Skill.objects.filter(organisation=organisation)
    if besides:
        own = own.exclude(pk=besides.pk)
    for field, name in (("name_nl", name_nl), ("name_en", name_en)):
        if name and own.filter(**{f"{field}__iexact": name}).exists():
            raise ValidationError({field: _("You already have a skill of this name.")})


def _words(told: Sequence[str]) -> list[str]:
    words = [word.strip() for word in told][:5]
    return words + [""] * (5 - len(words)) if any(words) else []


def _link(skill: Skill, address: str) -> None:
    """The one outside address of an own skill; empty takes it away."""
    SkillLink.objects.filter(skill=skill, scheme="web").exclude(identifier=address).delete()
    if address:
        SkillLink.objects.get_or_create(skill=skill, scheme="web", identifier=address)


@transaction.atomic
def name_skills(organisation: Organisation, names: Mapping[int, tuple[str, str]]) -> int:
    """Call shared skills as this organisation does: key → (Dutch, English).

    An empty pair takes the own names away. The skill itself stays as it is for all others.
    Returns how many names changed.
    """
    standing = {
        label.skill_id: label
        for label in SkillLabel.objects.filter(organisation=organisation, skill__in=names)
    }
    shared = set(Skill.objects.filter(pk__in=names, organisation=None).values_list("pk", flat=True))
    changed = 0
    for pk in sorted(shared):
        nl, en = (name.strip()[:LONGEST_NAME] for name in names[pk])
        label = standing.get(pk)
        if label is None and (nl or en):
            label = SkillLabel(organisation=organisation, skill_id=pk)
        if label is None or (label.pk and (label.name_nl, label.name_en) == (nl, en)):
            continue
        changed += 1
        if nl or en:
            label.name_nl, label.name_en = nl, en
            label.save()
            findable.make_label_findable(label)
        else:
            findable.forget_labels([label.pk])
            label.delete()
    return changed
