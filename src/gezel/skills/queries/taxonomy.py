"""Looking for occupations and skills, and reading what an occupation asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language

from gezel.kit import search
from gezel.kit.likeness import folded, stem
from gezel.kit.prepared import prepared
from gezel.people.api import Organisation, Visitor, stand_in
from gezel.skills import rules
from gezel.skills.models import (
    FrameworkRelease,
    Level,
    Occupation,
    OccupationLink,
    OccupationSkill,
    Skill,
    SkillAlias,
    SkillLabel,
    Source,
)
from gezel.skills.rules import merging

# As many pairs as someone would look through in one sitting.
MOST_PAIRS = 60
# What things are called in the index; one word each, as it asks.
OCCUPATION, SKILL, LABEL, ALIAS = "occupation", "skill", "skilllabel", "skillalias"
HEAVY = ("about_nl", "about_en", "levels_nl", "levels_en")


@dataclass(frozen=True, slots=True)
class FoundOccupation:
    """An occupation that answers; `also` is the other name by which it was found, if it was."""

    occupation: Occupation
    also: str = ""


def find_occupations(
    text: str, language: str | None = None, *, limit: int = 20
) -> list[FoundOccupation]:
    """Occupations by name or other name, forgiving of a slip, best first."""
    spoken = (language or get_language() or "en")[:2]
    hits = search.search(text, kinds=[OCCUPATION], organisation=None, language=spoken, limit=limit)
    # One of a release that is still being taken in is in the index, but not to be seen yet.
    offered = Occupation.objects.filter(retired=False).defer("about_nl", "about_en")
    rows = offered.in_bulk(h.object_id for h in hits)
    return [
        FoundOccupation(row, _also(text, row, spoken))
        for hit in hits
        if (row := rows.get(hit.object_id))
    ]


def _also(text: str, row: Occupation, language: str) -> str:
    """The other name that holds what was typed, where the name itself does not."""
    asked = text.casefold().strip()
    if asked in row.name.casefold():
        return ""
    names = [row.name_nl, row.aliases_nl, row.name_en, row.aliases_en]
    if language != "nl":
        names = [*names[2:], *names[:2]]
    holding = (n for part in names for n in part.splitlines() if asked in n.casefold())
    return next((name for name in holding if name != row.name), "")


def find_skills(visitor: Visitor, text: str, *, limit: int = 20) -> list[Skill]:
    """Skills the visitor's organisation may use, by any name it or the framework gives them."""
    organisation = visitor.organisation
    hits = skill_hits(organisation.pk, text, limit=limit)
    wanted = skill_keys(organisation.pk, hits)
    rows = {
        skill.pk: skill
        for skill in Skill.objects.usable_by(visitor)
        .worded_by(organisation)
        .defer(*HEAVY, "aliases_nl", "aliases_en")
        .filter(pk__in=[pk for pk in wanted if pk], merged_into=None, retired=False)
    }
    return [rows[pk] for pk in dict.fromkeys(wanted) if pk and pk in rows]


def skill_hits(
    organisation_pk: int, text: str, *, limit: int, nearest: bool = True
) -> list[search.Hit]:
    """Names of skills that answer: the frameworks', the organisation's own and its aliases."""
    return search.search(
        text,
        kinds=[SKILL, LABEL, ALIAS],
        organisation=organisation_pk,
        language=(get_language() or "en")[:2],
        limit=limit,
        nearest=nearest,
    )


def skill_keys(organisation_pk: int, hits: Iterable[search.Hit]) -> list[int | None]:
    """The skills of which these are names, one for each in the same order; None: it is gone."""
    names = list(hits)
    of: dict[tuple[str, int], int] = {}
    for kind, model in ((LABEL, SkillLabel), (ALIAS, SkillAlias)):
        pks = [h.object_id for h in names if h.kind == kind]
        if pks:
            rows = model.objects.filter(organisation=organisation_pk, pk__in=pks)
            of |= {(kind, pk): skill for pk, skill in rows.values_list("pk", "skill_id")}
    return [h.object_id if h.kind == SKILL else of.get((h.kind, h.object_id)) for h in names]


# What a skill is in words, and what its levels mean: four texts and two lists in JSON, of which
# who only names a skill tells nothing.
WIDE = ("about_nl", "about_en", "aliases_nl", "aliases_en", "levels_nl", "levels_en")


@prepared
def _own_names(organisation: int, skills: Collection[int]) -> QuerySet[SkillLabel, Any]:
    return SkillLabel.objects.filter(organisation=organisation, skill__in=skills).values_list(
        "skill_id", "name_nl", "name_en"
    )


@prepared
def _worded(organisation: int, skills: Collection[int]) -> QuerySet[Skill]:
    named = Skill.objects.worded_by(Organisation(pk=organisation)).defer(*WIDE)
    return named.filter(pk__in=skills)


def skills_worded(organisation: Organisation, keys: Collection[int]) -> dict[int, Skill]:
    """These skills by key, with the names this organisation gave them, to be named: one query."""
    return {skill.pk: skill for skill in _worded(organisation.pk, list(keys))}


def give_own_names(skills: Iterable[Skill], organisation: Organisation) -> None:
    """Let these skills answer to the names this organisation gave them (one query)."""
    by_key: dict[int, list[Skill]] = {}
    for skill in skills:
        by_key.setdefault(skill.pk, []).append(skill)
    for pk, nl, en in _own_names(organisation.pk, list(by_key)):
        for skill in by_key[pk]:
            skill.own_nl, skill.own_en = nl, en


@dataclass(frozen=True, slots=True)
class Suggested:
    """A skill an occupation asks, with the level we suggest to begin with."""

    skill: Skill
    essential: bool
    level: int
    from_framework: bool

    @property
    def level_word(self) -> str:
        return str(Level(self.level).label)


def asked_by(occupation: Occupation, organisation: Organisation) -> list[Suggested]:
    """What an occupation asks: the essential first, then by weight, then by name.

    A pair that ESCO gives both ways (there are 17) counts once, as essential.
    """
    found: dict[int, OccupationSkill] = {}
    rows = (
        OccupationSkill.objects.filter(occupation=occupation, skill__retired=False)
        .select_related("skill")
        .defer(*(f"skill__{name}" for name in ("about_nl", "about_en", "aliases_nl", "aliases_en")))
        .order_by("-essential")
    )
    for row in rows:
        found.setdefault(row.skill_id, row)
    give_own_names((row.skill for row in found.values()), organisation)
    ordered = sorted(
        found.values(),
        key=lambda r: (not r.essential, -(r.importance or 0), r.skill.name.casefold()),
    )
    return [
        Suggested(
            row.skill,
            row.essential,
            rules.suggested_level(essential=row.essential, level=row.level),
            row.level is not None,
        )
        for row in ordered
    ]


def same_elsewhere(occupation: Occupation) -> list[tuple[Occupation, str]]:
    """The same or a neighbouring occupation in the other framework, nearest first."""
    order = {"exactMatch": 0, "closeMatch": 1, "narrowMatch": 2, "broadMatch": 3}
    if occupation.source == Source.ONET:
        linked = OccupationLink.objects.filter(
            scheme="onet", identifier=occupation.code, occupation__retired=False
        ).select_related("occupation")
        found = [(link.occupation, link.match) for link in linked]
    else:
        links = dict(
            OccupationLink.objects.filter(occupation=occupation, scheme="onet").values_list(
                "identifier", "match"
            )
        )
        found = [
            (other, links[other.code])
            for other in Occupation.objects.filter(
                source=Source.ONET, code__in=links, retired=False
            )
        ]
    return sorted(found, key=lambda f: (order.get(f[1], 4), f[0].name))


def releases() -> dict[str, FrameworkRelease]:
    """What stands of each framework: its newest release."""
    found: dict[str, FrameworkRelease] = {}
    for release in FrameworkRelease.objects.order_by("taken_in_at"):
        found[release.source] = release
    return found


def skills_without_name(organisation: Organisation, language: str = "nl") -> "QuerySet[Skill]":
    """Skills that this organisation's roles ask, now or later, and that have no name in a language.

    Neither the framework nor the organisation itself gave one. `roles` counts who asks each; what
    most roles ask comes first, so that the first names typed help the most.
    """
    field = f"name_{language}"
    named = SkillLabel.objects.filter(organisation=organisation).exclude(**{field: ""})
    asked = Q(demands__profile__organisation=organisation, demands__level__gt=0)
    return (
        Skill.objects.filter(asked, merged_into=None, **{field: ""})
        .exclude(pk__in=named.values("skill_id"))
        .annotate(roles=Count("demands__profile", filter=asked, distinct=True))
        .worded_by(organisation)
        .order_by("-roles", "name_en", "name_nl", "pk")
    )


def names_elsewhere(organisation: Organisation) -> dict[int, list[tuple[str, str]]]:
    """The other names that an organisation confirmed, by skill: language and words."""
    found: dict[int, list[tuple[str, str]]] = {}
    for skill, language, words in SkillAlias.objects.filter(organisation=organisation).values_list(
        "skill_id", "language", "words"
    ):
        found.setdefault(skill, []).append((language, words))
    return found


@dataclass(frozen=True, slots=True)
class Pair:
    """Two skills that may be one: `going` is an own skill, `staying` own or shared."""

    going: Skill
    staying: Skill
    likeness: int


def likely_same(organisation: Organisation, *, only: Skill | None = None) -> list[Pair]:
    """Own skills that may be the same as another, by their names, likest first.

    Held against the other own skills, the shared ones that roles here ask, and any shared one of
    exactly the same name.
    """
    columns = ("pk", "organisation_id", "name_nl", "name_en")
    own = Skill.objects.filter(organisation=organisation, merged_into=None)
    lower = [
        name
        for nl, en in own.annotate(nl=Lower("name_nl"), en=Lower("name_en")).values_list("nl", "en")
        for name in (nl, en)
        if name
    ]
    shared = Skill.objects.filter(organisation=None, retired=False).filter(
        Q(demands__profile__organisation=organisation)
        | Q(pk__in=Skill.objects.annotate(low=Lower("name_nl")).filter(low__in=lower).values("pk"))
        | Q(pk__in=Skill.objects.annotate(low=Lower("name_en")).filter(low__in=lower).values("pk"))
    )
    rows = {row[0]: row for row in own.values_list(*columns)}
    mine = {pk: _names(row) for pk, row in rows.items() if only is None or pk == only.pk}
    rows |= {row[0]: row for row in shared.distinct().values_list(*columns)}
    pairs = merging.likely_same(mine, {pk: _names(row) for pk, row in rows.items()})[:MOST_PAIRS]
    skills = Skill.objects.defer(*HEAVY, "aliases_nl", "aliases_en").in_bulk(
        {pk for going, staying, _ in pairs for pk in (going, staying)}
    )
    give_own_names(skills.values(), organisation)
    return [Pair(skills[a], skills[b], round(100 * likeness)) for a, b, likeness in pairs]


def _names(row: tuple[int, int | None, str, str]) -> list[list[str]]:
    """The names of a skill as lists of bare words."""
    return [[stem(word) for word in folded(name)] for name in row[2:] if name]


@prepared
def _usable(pks: Collection[int], person: int, organisation: int) -> QuerySet[Skill]:
    visitor = stand_in(person, organisation)
    return (
        Skill.objects.usable_by(visitor)
        .worded_by(visitor.organisation)
        .defer("about_nl", "about_en", "aliases_nl", "aliases_en")
        .filter(pk__in=pks)
    )


def skills_by_key(visitor: Visitor, pks: Collection[int]) -> dict[int, Skill]:
    """These skills, as far as the visitor may use them, with the organisation's own names."""
    found = _usable(pks, visitor.person.pk, visitor.organisation.pk)
    return {skill.pk: skill for skill in found}
