"""Keeping skills and occupations findable: what changes here is in the index at once."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Model

from gezel.kit import search
from gezel.kit.events import announce
from gezel.skills.events import SkillNamesChanged
from gezel.skills.models import Occupation, Skill, SkillAlias, SkillLabel
from gezel.skills.queries.taxonomy import ALIAS, LABEL, OCCUPATION, SKILL

STEP = 2_000
# Beside people at work: each step keeps other writers waiting no longer than a moment.
SMALL_STEP = 500


def make_skills_findable(
    skills: Iterable[Skill], progress: Callable[[int], None] | None = None
) -> None:
    """By every name in either language; an own skill only within its organisation."""
    rows = list(skills)
    _in_steps(SKILL, rows, _of_skill, progress)
    announce(SkillNamesChanged(frozenset(row.pk for row in rows)))


def make_occupations_findable(
    occupations: Iterable[Occupation], progress: Callable[[int], None] | None = None
) -> None:
    _in_steps(OCCUPATION, list(occupations), _of_occupation, progress)


def make_label_findable(label: SkillLabel) -> None:
    """Within the organisation that says so, and for nobody else."""
    about = _names(label.skill)
    search.index(
        LABEL,
        [
            search.Entry(label.pk, label.organisation_id, language, name, about=about)
            for language, name in (("nl", label.name_nl), ("en", label.name_en))
            if name
        ],
    )
    announce(SkillNamesChanged(frozenset([label.skill_id]), label.organisation_id))


def make_aliases_findable(aliases: Iterable[SkillAlias]) -> None:
    """Other names that someone confirmed, within the organisation that says so."""
    rows = sorted(aliases, key=lambda a: a.pk)
    search.index(
        ALIAS,
        [
            search.Entry(a.pk, a.organisation_id, a.language, a.words, about=_names(a.skill))
            for a in rows
        ],
    )
    for organisation in sorted({a.organisation_id for a in rows}):
        changed = frozenset(a.skill_id for a in rows if a.organisation_id == organisation)
        announce(SkillNamesChanged(changed, organisation))


def make_all_findable_anew(begin: Callable[[int], None], step: Callable[[int], None]) -> int:
    """Every name of everyone, step by step, each in a transaction of its own.

    Until a step has been taken, what it holds is found as it was. May run twice. Returns how many
    rows there are; `begin` is told so first, `step` how many more are done.
    """
    models: list[tuple[type[Model], Callable[[list[Any]], None]]] = [
        (Skill, make_skills_findable),
        (Occupation, make_occupations_findable),
        (SkillLabel, _make_labels_findable),
        (SkillAlias, make_aliases_findable),
    ]
    pks = [(model, make, list(model._default_manager.values_list("pk"))) for model, make in models]
    rows = sum(len(some) for _, _, some in pks)
    begin(rows)
    for model, make, some in pks:
        for at in range(0, len(some), SMALL_STEP):
            batch = [pk for (pk,) in some[at : at + SMALL_STEP]]
            with transaction.atomic():
                make(list(model._default_manager.filter(pk__in=batch)))
            step(len(batch))
    return rows


def _make_labels_findable(labels: Iterable[SkillLabel]) -> None:
    for label in labels:
        make_label_findable(label)


def forget_skills(pks: Iterable[int]) -> None:
    search.forget(SKILL, pks)


def forget_occupations(pks: Iterable[int]) -> None:
    search.forget(OCCUPATION, pks)


def forget_labels(pks: Iterable[int]) -> None:
    search.forget(LABEL, pks)


def forget_aliases(pks: Iterable[int]) -> None:
    search.forget(ALIAS, pks)


def names_changed(skill_pk: int, organisation_pk: int) -> None:
    """A name of this skill is gone; to be told after it is."""
    announce(SkillNamesChanged(frozenset([skill_pk]), organisation_pk))


def _in_steps(
    kind: str,
    rows: list[Skill] | list[Occupation],
    entries: Callable[[Skill | Occupation], Iterator[search.Entry]],
    progress: Callable[[int], None] | None,
) -> None:
    for at in range(0, len(rows), STEP):
        search.index(kind, [e for row in rows[at : at + STEP] for e in entries(row)])
        if progress:
            progress(min(at + STEP, len(rows)))


def _of_skill(row: Skill | Occupation) -> Iterator[search.Entry]:
    return _entries(row, getattr(row, "organisation_id", None))


def _of_occupation(row: Skill | Occupation) -> Iterator[search.Entry]:
    return _entries(row, None)


def _entries(row: Skill | Occupation, organisation: int | None) -> Iterator[search.Entry]:
    """One for each language that has a name; other names go along where theirs has none."""
    nl, en = row.aliases_nl, row.aliases_en
    about = _names(row)
    if row.name_nl:
        rest = nl if row.name_en else f"{nl}\n{en}"
        yield search.Entry(row.pk, organisation, "nl", row.name_nl, rest, about)
    if row.name_en:
        rest = en if row.name_nl else f"{en}\n{nl}"
        yield search.Entry(row.pk, organisation, "en", row.name_en, rest, about)


def _names(row: Skill | Occupation) -> str:
    """All that the framework calls it, in both languages: words under which to look further."""
    return "\n".join([row.name_nl, row.name_en, row.aliases_nl, row.aliases_en])
