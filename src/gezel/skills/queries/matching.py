"""From words to skills: what a question is about, and which skills a text speaks of.

The names of the frameworks (14,000 skills of ESCO, in two languages) are put into an index once,
by a job, and kept as a file; a process reads it when first asked. The names an organisation gave,
its own skills and confirmed aliases are few and change at any moment, so their index is made when
they are asked for, and kept for as long as they stay the same.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Count, Max

from gezel.kit import search
from gezel.people.api import Visitor
from gezel.skills.models import FrameworkRelease, Skill, SkillAlias, SkillLabel
from gezel.skills.queries import meaning, taxonomy
from gezel.skills.rules.matching import SURE, VERSION, Match, Name, NameIndex, together

MOST_SENSES = 4
# Up to so many shared skills are put into an index at once; more is work for a job.
FEW_SKILLS = 1_500


def senses(organisation_pk: int, text: str) -> list[search.Sense]:
    """The skills a question may be about, each with all words by which it goes.

    Every word asked must be in the name or an alias of the skill, in Dutch or English; so a
    question in one language leads to what is told in the other, by names people confirmed.
    `name` of each sense is the key of the skill.
    """
    hits = taxonomy.skill_hits(organisation_pk, text, limit=MOST_SENSES * 2, nearest=False)
    keys = taxonomy.skill_keys(organisation_pk, hits)
    words: dict[int, set[str]] = {}
    for key, hit in zip(keys, hits, strict=True):
        if key is not None:
            words.setdefault(key, set()).update(hit.about.split())
    return [search.Sense(key, frozenset(some)) for key, some in [*words.items()][:MOST_SENSES]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A skill a text may be about: how sure, by which name, and which words of the text say so."""

    skill: Skill
    chance: float
    name: str
    words: tuple[str, ...]

    @property
    def likely(self) -> bool:
        return self.chance >= SURE


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a text may teach. `ready` is false while the names of a framework are being put in."""

    found: list[Proposal]
    ready: bool = True


def propose(visitor: Visitor, text: str, language: str = "") -> Proposals:
    """Skills the visitor may use that a text seems to speak of; a person confirms or does not."""
    if not text.strip():
        return Proposals([])
    own = _own_names(visitor)
    indexes = [_index(own)]
    fingerprint = shared_fingerprint()
    shared = _shared(fingerprint)
    if shared is not None:
        indexes.append(shared)
    near = meaning.nearness(text, fingerprint)
    matches = together(index.match(text, language, meanings=near) for index in indexes)
    skills = taxonomy.skills_by_key(visitor, [match.skill for _, match in matches])
    return Proposals(
        [
            Proposal(skills[m.skill], m.chance, indexes[place].texts[m.name], _once(m))
            for place, m in matches
            if m.skill in skills and skills[m.skill].merged_into_id is None
        ],
        ready=shared is not None,
    )


def _once(match: Match) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.words))


def _own_names(visitor: Visitor) -> tuple[Name, ...]:
    """What an organisation calls its own skills and the shared ones, and every confirmed alias."""
    organisation_pk = visitor.organisation.pk
    own = Skill.objects.filter(organisation=organisation_pk, retired=False, merged_into=None)
    labels = SkillLabel.objects.filter(organisation=organisation_pk)
    aliases = SkillAlias.objects.filter(organisation=organisation_pk)
    pairs = [
        *own.values_list("pk", "name_nl", "name_en"),
        *labels.values_list("skill_id", "name_nl", "name_en"),
    ]
    names = [
        Name(pk, text, language)
        for pk, nl, en in pairs
        for language, text in (("nl", nl), ("en", en))
        if text
    ]
    told = aliases.values_list("skill_id", "words", "language")
    return tuple(sorted({*names, *(Name(*one) for one in told)}, key=lambda n: (n.skill, n.text)))


@lru_cache(maxsize=16)
def _index(names: tuple[Name, ...]) -> NameIndex:
    return NameIndex.of(names)


def shared_fingerprint() -> str:
    """What stands of the shared skills now: another release is another index."""
    told = Skill.objects.filter(organisation=None).aggregate(skills=Count("pk"), last=Max("pk"))
    release = FrameworkRelease.objects.aggregate(last=Max("pk"))["last"]
    return f"{VERSION}-{told['skills']}-{told['last'] or 0}-{release or 0}"


def shared_names() -> list[Name]:
    """Every name of every shared skill that is still offered."""
    rows = Skill.objects.filter(organisation=None, retired=False).order_by("pk")
    found = []
    for pk, *told in rows.values_list("pk", "name_nl", "name_en", "aliases_nl", "aliases_en"):
        for place, text in enumerate(told):
            found += [
                Name(pk, line, ("nl", "en")[place % 2], place < 2)
                for line in text.splitlines()
                if line
            ]
    return list(dict.fromkeys(found))


def _file(fingerprint: str) -> str:
    return f"matching/names-{fingerprint}.npz"


@lru_cache(maxsize=2)
def _read(fingerprint: str) -> NameIndex:
    with default_storage.open(_file(fingerprint)) as file:
        return NameIndex.restored(file.read())


def is_prepared(fingerprint: str) -> bool:
    """Whether the index of the shared names stands, or is made in a moment."""
    return int(fingerprint.split("-")[1]) <= FEW_SKILLS or default_storage.exists(
        _file(fingerprint)
    )


def _shared(fingerprint: str) -> NameIndex | None:
    if int(fingerprint.split("-")[1]) <= FEW_SKILLS:
        return _index(tuple(shared_names()))
    return _read(fingerprint) if is_prepared(fingerprint) else None


def prepare(fingerprint: str) -> int:
    """Make the index of the shared names and keep it; returns how many names it holds."""
    index = NameIndex.of(shared_names())
    if default_storage.exists(_file(fingerprint)):
        default_storage.delete(_file(fingerprint))
    default_storage.save(_file(fingerprint), ContentFile(index.stored()))
    return len(index.texts)
