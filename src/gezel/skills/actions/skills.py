"""An organisation's own skills, and its own names for skills that all share."""

import uuid
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gezel.people.api import Organisation, Person
from gezel.skills.actions import findable
from gezel.skills.models import Skill, SkillAlias, SkillLabel, SkillLink, Source

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
    own = Skill.objects.filter(organisation=organisation, merged_into=None)
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
def name_skills(
    organisation: Organisation, names: Mapping[int, tuple[str, str]], *, by: Person | None = None
) -> int:
    """Call skills as this organisation does: key → (Dutch, English).

    A shared skill gets a name of this organisation's own, and stays as it is for all others; an
    empty pair takes it away. An own skill gets what is filled in. Every name helps find and
    match from then on, also when another takes its place. Returns how many skills changed.

    Raises:
        ValidationError: an own skill has that name already; nothing is kept then.
    """
    told = {
        pk: (nl.strip()[:LONGEST_NAME], en.strip()[:LONGEST_NAME]) for pk, (nl, en) in names.items()
    }
    skills = Skill.objects.filter(pk__in=told).filter(
        Q(organisation=None) | Q(organisation=organisation)
    )
    labels = {
        label.skill_id: label
        for label in SkillLabel.objects.filter(organisation=organisation, skill__in=told)
    }
    changed = 0
    for skill in skills.order_by("pk"):
        nl, en = told[skill.pk]
        if skill.organisation_id is None:
            done = _label(organisation, skill, labels.get(skill.pk), nl, en)
        else:
            done = _fill_in(organisation, skill, nl, en)
        changed += done
        for language, words in (("nl", nl), ("en", en)):
            if done and words:
                confirm_alias(organisation, skill, language=language, words=words, by=by)
    return changed


def _label(
    organisation: Organisation, skill: Skill, label: SkillLabel | None, nl: str, en: str
) -> bool:
    """What we call a shared skill; whether that is another name than before."""
    if label is None and (nl or en):
        label = SkillLabel(organisation=organisation, skill=skill)
    if label is None or (label.pk and (label.name_nl, label.name_en) == (nl, en)):
        return False
    if nl or en:
        label.name_nl, label.name_en = nl, en
        label.save()
        findable.make_label_findable(label)
    else:
        findable.forget_labels([label.pk])
        label.delete()
        findable.names_changed(skill.pk, organisation.pk)
    return True


def _fill_in(organisation: Organisation, skill: Skill, nl: str, en: str) -> bool:
    """Names of a skill of our own; an empty one leaves what stands."""
    new = (nl or skill.name_nl, en or skill.name_en)
    if new == (skill.name_nl, skill.name_en):
        return False
    try:
        _refuse_a_second(organisation, *new, besides=skill)
    except ValidationError as twice:
        raise ValidationError(
            {str(skill.pk): _("You already have a skill of this name. Are they one? Merge them.")}
        ) from twice
    skill.name_nl, skill.name_en = new
    skill.save(update_fields=["name_nl", "name_en"])
    findable.make_skills_findable([skill])
    return True


@transaction.atomic
def confirm_alias(
    organisation: Organisation, skill: Skill, *, language: str, words: str, by: Person | None
) -> SkillAlias:
    """Someone confirms another name of a skill: it helps find it, and match texts to it.

    Confirming it again changes nothing.

    Raises:
        ValidationError: there are no words in it, or the skill is not theirs to use.
    """
    words = " ".join(words.split())[:LONGEST_NAME]
    if not words:
        raise ValidationError({"words": _("Write the other name.")})
    if skill.organisation_id not in {None, organisation.pk}:
        raise ValidationError(_("This skill is not yours to name."))
    alias, new = SkillAlias.objects.get_or_create(
        organisation=organisation,
        skill=skill,
        language=language,
        words=words,
        defaults={"confirmed_by": by},
    )
    if new:
        findable.make_aliases_findable([alias])
    return alias


@transaction.atomic
def remove_alias(alias: SkillAlias) -> None:
    """This is no other name of that skill after all."""
    findable.forget_aliases([alias.pk])
    alias.delete()
    findable.names_changed(alias.skill_id, alias.organisation_id)
