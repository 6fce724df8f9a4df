"""Taking in a framework: all of it or nothing, and the second time only what changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.skills.actions import findable
from gezel.skills.events import FrameworkTakenIn
from gezel.skills.frameworks import BadPackage, Framework, RelationRow, read_esco, read_onet
from gezel.skills.models import (
    FrameworkRelease,
    Occupation,
    OccupationLink,
    OccupationSkill,
    Skill,
)

BATCH = 2_000
# A release grows or changes; one that is a tenth smaller than what stands was cut off.
SMALLEST_SHARE = 0.9

SKILL_TEXTS = (
    *("name_en", "name_nl", "about_en", "about_nl", "aliases_en", "aliases_nl"),
    *("kind", "is_knowledge"),
)
OCCUPATION_TEXTS = (
    *("code", "name_en", "name_nl", "about_en", "about_nl", "aliases_en", "aliases_nl"),
)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one kind of row."""

    total: int
    added: int = 0
    changed: int = 0
    gone: int = 0

    @property
    def touched(self) -> int:
        return self.added + self.changed + self.gone


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import did, to be printed and kept."""

    source: str
    skills: Tally
    occupations: Tally
    relations: Tally
    links: Tally
    notes: Sequence[str] = ()

    @property
    def changed(self) -> bool:
        parts = (self.skills, self.occupations, self.relations, self.links)
        return any(part.touched for part in parts)


def import_esco(
    folder: Path | str, *, progress: Progress | None = None, smaller: bool = False
) -> TakenIn:
    """Take in an ESCO package; see `take_in`."""
    tell = progress or _quiet
    tell(_("reading the files"), 0, 0)
    return take_in(read_esco(Path(folder)), progress=tell, smaller=smaller)


def import_onet(
    folder: Path | str, *, progress: Progress | None = None, smaller: bool = False
) -> TakenIn:
    """Take in an O*NET package; see `take_in`."""
    tell = progress or _quiet
    tell(_("reading the files"), 0, 0)
    return take_in(read_onet(Path(folder)), progress=tell, smaller=smaller)


def _quiet(step: str, done: int, of: int) -> None:
    """Nobody watches."""


@transaction.atomic
def take_in(framework: Framework, *, progress: Progress, smaller: bool = False) -> TakenIn:
    """Keep a framework that was read: adds, changes what differs, and retires what is gone.

    A skill that a newer release no longer has stays, for evidence and profiles may rest on it,
    but it is no longer offered. An empty value in the package erases nothing that stands: the
    Dutch name someone filled in for a shared skill survives a release without one.

    Args:
        smaller: take it in although it holds much less than what stands.

    Raises:
        BadPackage: it holds much less than what stands.
    """
    source = framework.source
    if not smaller:
        _refuse_if_cut(framework)
    with_addresses = [(s.uri, {f: getattr(s, f) for f in SKILL_TEXTS}) for s in framework.skills]
    skills, skill_rows = _keep(
        Skill,
        Skill.objects.filter(source=source, organisation=None).exclude(uri=""),
        {"source": source, "organisation": None},
        dict(with_addresses),
        lambda done, of: progress(_("skills"), done, of),
    )
    occupations, occupation_rows = _keep(
        Occupation,
        Occupation.objects.filter(source=source),
        {"source": source},
        {o.uri: {f: getattr(o, f) for f in OCCUPATION_TEXTS} for o in framework.occupations},
        lambda done, of: progress(_("occupations"), done, of),
    )
    skill_keys, occupation_keys = skill_rows.keys, occupation_rows.keys
    relations = _keep_relations(
        source,
        framework.relations,
        occupation_keys,
        skill_keys,
        lambda done, of: progress(_("relations"), done, of),
    )
    links = _keep_links(source, framework.links, occupation_keys)
    _make_findable(skill_rows, occupation_rows, progress)
    outcome = TakenIn(source, skills, occupations, relations, links, framework.notes)
    if outcome.changed:
        FrameworkRelease.objects.create(
            source=source,
            counts={
                "skills": skills.total,
                "occupations": occupations.total,
                "relations": relations.total,
            },
        )
        announce(FrameworkTakenIn(source))
    return outcome


def _make_findable(
    skills: "_Kept[Skill]", occupations: "_Kept[Occupation]", progress: Progress
) -> None:
    of = len(skills.touched) + len(occupations.touched)
    findable.make_skills_findable(
        skills.touched, lambda done: progress(_("making them findable"), done, of)
    )
    findable.make_occupations_findable(
        occupations.touched,
        lambda done: progress(_("making them findable"), len(skills.touched) + done, of),
    )
    findable.forget_skills(row.pk for row in skills.gone)
    findable.forget_occupations(row.pk for row in occupations.gone)


def _refuse_if_cut(framework: Framework) -> None:
    standing = {
        _("skills"): (
            Skill.objects.filter(source=framework.source, retired=False, organisation=None).count(),
            len(framework.skills),
        ),
        _("occupations"): (
            Occupation.objects.filter(source=framework.source, retired=False).count(),
            len(framework.occupations),
        ),
        _("relations"): (
            OccupationSkill.objects.filter(
                occupation__source=framework.source, occupation__retired=False
            ).count(),
            len(framework.relations),
        ),
    }
    for what, (now, new) in standing.items():
        if new < now * SMALLEST_SHARE:
            raise BadPackage(
                _(
                    "This package holds %(new)s %(what)s where %(now)s stand now: it looks cut"
                    " off, and nothing was changed. If this is meant, say so with --smaller."
                )
                % {"new": new, "what": what, "now": now}
            )


Row = TypeVar("Row", Skill, Occupation)


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Row]):
    """The key of each address, and which rows are new or changed, or no longer offered."""

    keys: Mapping[str, int]
    touched: Sequence[Row]
    gone: Sequence[Row]


def _keep(
    model: type[Row],
    standing: "models.QuerySet[Row]",
    fixed: Mapping[str, Any],
    wanted: Mapping[str, Mapping[str, Any]],
    progress: Callable[[int, int], None],
) -> tuple[Tally, _Kept[Row]]:
    """Make the rows of one model as the package has them."""
    found = {row.uri: row for row in standing}
    new: list[Row] = []
    changed: list[Row] = []
    gone: list[Row] = []
    for uri, values in wanted.items():
        row = found.get(uri)
        if row is None:
            new.append(model(uri=uri, **fixed, **values))
            continue
        differing = {
            name: value
            for name, value in values.items()
            if getattr(row, name) != value and (value != "" or name == "code")
        }
        if differing or row.retired:
            for name, value in differing.items():
                setattr(row, name, value)
            row.retired = False
            changed.append(row)
    for uri, row in found.items():
        if uri not in wanted and not row.retired:
            row.retired = True
            gone.append(row)
    manager = model._default_manager
    for at in range(0, len(new), BATCH):
        manager.bulk_create(new[at : at + BATCH], batch_size=500)
        progress(min(at + BATCH, len(new)), len(wanted))
    if changed or gone:
        fields = [*next(iter(wanted.values())), "retired"]
        manager.bulk_update(changed + gone, fields, batch_size=200)
    progress(len(wanted), len(wanted))
    keys = {uri: row.pk for uri, row in found.items()} | {row.uri: row.pk for row in new}
    tally = Tally(len(wanted), len(new), len(changed), len(gone))
    return tally, _Kept(keys, new + changed, gone)


def _keep_relations(
    source: str,
    relations: Iterable[RelationRow],
    occupations: Mapping[str, int],
    skills: Mapping[str, int],
    progress: Callable[[int, int], None],
) -> Tally:
    wanted = {
        (occupations[r.occupation], skills[r.skill], r.essential): (r.level, r.importance)
        for r in relations
    }
    found = {
        (occupation, skill, essential): (pk, (level, importance))
        for pk, occupation, skill, essential, level, importance in OccupationSkill.objects.filter(
            occupation__source=source
        ).values_list("pk", "occupation_id", "skill_id", "essential", "level", "importance")
    }
    gone = [pk for key, (pk, _values) in found.items() if key not in wanted]
    changed = [
        OccupationSkill(pk=found[key][0], level=values[0], importance=values[1])
        for key, values in wanted.items()
        if key in found and found[key][1] != values
    ]
    new = [
        OccupationSkill(
            occupation_id=key[0],
            skill_id=key[1],
            essential=key[2],
            level=values[0],
            importance=values[1],
        )
        for key, values in wanted.items()
        if key not in found
    ]
    for at in range(0, len(gone), BATCH):
        OccupationSkill.objects.filter(pk__in=gone[at : at + BATCH]).delete()
    OccupationSkill.objects.bulk_update(changed, ["level", "importance"], batch_size=500)
    for at in range(0, len(new), BATCH * 5):
        OccupationSkill.objects.bulk_create(new[at : at + BATCH * 5], batch_size=BATCH)
        progress(min(at + BATCH * 5, len(new)), len(wanted))
    progress(len(wanted), len(wanted))
    return Tally(len(wanted), len(new), len(changed), len(gone))


def _keep_links(
    source: str, links: Iterable[tuple[str, str, str]], occupations: Mapping[str, int]
) -> Tally:
    """The codes by which these occupations are known in O*NET; without a crosswalk all stay."""
    wanted = {(occupations[uri], code): match for uri, code, match in links}
    if not wanted:
        return Tally(0)
    found = {
        (link.occupation_id, link.identifier): link
        for link in OccupationLink.objects.filter(occupation__source=source, scheme="onet")
    }
    new = [
        OccupationLink(occupation_id=key[0], scheme="onet", identifier=key[1], match=match)
        for key, match in wanted.items()
        if key not in found
    ]
    changed = []
    for key, match in wanted.items():
        if key in found and found[key].match != match:
            found[key].match = match
            changed.append(found[key])
    gone = [link.pk for key, link in found.items() if key not in wanted]
    OccupationLink.objects.filter(pk__in=gone).delete()
    OccupationLink.objects.bulk_create(new, batch_size=BATCH)
    OccupationLink.objects.bulk_update(changed, ["match"], batch_size=500)
    return Tally(len(wanted), len(new), len(changed), len(gone))
