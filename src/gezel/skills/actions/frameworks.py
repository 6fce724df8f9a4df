"""Taking in a framework in steps that others can write between, shown whole at the end.

What is new stays unseen (`retired`) until the last step shows it all. Each step is whole by itself:
who is interrupted begins again and finds what was done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.kit.turns import one_step
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
# So many rows with their index are written in one step: under a second on a busy machine.
A_STEP = 250
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


def take_in(framework: Framework, *, progress: Progress, smaller: bool = False) -> TakenIn:
    """Keep a framework that was read: adds, changes what differs, and retires what is gone.

    A skill that a newer release no longer has stays, for evidence and profiles may rest on it,
    but it is no longer offered. An empty value in the package erases nothing that stands: the
    Dutch name someone filled in for a shared skill survives a release without one.

    Args:
        smaller: take it in although it holds much less than what stands.

    Raises:
        BadPackage: it holds much less than what stands, or someone else takes it in now.
    """
    if not smaller:
        _refuse_if_cut(framework)
    try:
        return _take_in(framework, progress)
    except IntegrityError:
        raise BadPackage(
            _(
                "Someone else takes in this framework at this moment. Wait until that is done and"
                " do it again."
            )
        ) from None


def _take_in(framework: Framework, progress: Progress) -> TakenIn:
    source = framework.source
    skills, skill_rows = _keep(
        Skill,
        Skill.objects.filter(source=source, organisation=None).exclude(uri=""),
        {"source": source, "organisation": None},
        {s.uri: {f: getattr(s, f) for f in SKILL_TEXTS} for s in framework.skills},
        make_findable=findable.make_skills_findable,
        progress=lambda done, of: progress(_("skills"), done, of),
    )
    occupations, occupation_rows = _keep(
        Occupation,
        Occupation.objects.filter(source=source),
        {"source": source},
        {o.uri: {f: getattr(o, f) for f in OCCUPATION_TEXTS} for o in framework.occupations},
        make_findable=findable.make_occupations_findable,
        progress=lambda done, of: progress(_("occupations"), done, of),
    )
    relations = _keep_relations(
        source,
        framework.relations,
        occupation_rows.keys,
        skill_rows.keys,
        lambda done, of: progress(_("relations"), done, of),
    )
    links = _keep_links(source, framework.links, occupation_rows.keys)
    outcome = TakenIn(source, skills, occupations, relations, links, framework.notes)
    if outcome.changed:
        _show(outcome, skill_rows, occupation_rows)
    return outcome


@transaction.atomic
def _show(outcome: TakenIn, skills: "_Kept[Skill]", occupations: "_Kept[Occupation]") -> None:
    """The last step: what is new is there for all to see, what is gone is no longer offered."""
    for model, kept in ((Skill, skills), (Occupation, occupations)):
        rows: models.Manager[Any] = model._default_manager
        for pks, retired in ((kept.unseen, False), ([row.pk for row in kept.gone], True)):
            for at in range(0, len(pks), BATCH):
                rows.filter(pk__in=pks[at : at + BATCH]).update(retired=retired)
    findable.forget_skills(row.pk for row in skills.gone)
    findable.forget_occupations(row.pk for row in occupations.gone)
    FrameworkRelease.objects.create(
        source=outcome.source,
        counts={
            "skills": outcome.skills.total,
            "occupations": outcome.occupations.total,
            "relations": outcome.relations.total,
        },
    )
    announce(FrameworkTakenIn(outcome.source))


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
    """The key of each address, which rows are there but not to be seen yet, and which go."""

    keys: Mapping[str, int]
    unseen: Sequence[int]
    gone: Sequence[Row]


def _keep(
    model: type[Row],
    standing: "models.QuerySet[Row]",
    fixed: Mapping[str, Any],
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    make_findable: Callable[[Sequence[Row]], None],
    progress: Callable[[int, int], None],
) -> tuple[Tally, _Kept[Row]]:
    """Make the rows of one model as the package has them; a row and its index go together."""
    found = {row.uri: row for row in standing}
    new: list[Row] = []
    changed: list[Row] = []
    returning: list[Row] = []
    for uri, values in wanted.items():
        row = found.get(uri)
        if row is None:
            new.append(model(uri=uri, retired=True, **fixed, **values))
            continue
        differing = {
            name: value
            for name, value in values.items()
            if getattr(row, name) != value and (value != "" or name == "code")
        }
        for name, value in differing.items():
            setattr(row, name, value)
        if row.retired:
            returning.append(row)
        elif differing:
            changed.append(row)
    gone = [row for uri, row in found.items() if uri not in wanted and not row.retired]
    fields = list(next(iter(wanted.values()), ()))
    manager = model._default_manager
    done = 0
    for rows, is_new in ((new, True), (changed, False), (returning, False)):
        for at in range(0, len(rows), A_STEP):
            part = rows[at : at + A_STEP]
            with one_step():
                if is_new:
                    manager.bulk_create(part, batch_size=A_STEP)
                else:
                    manager.bulk_update(part, fields, batch_size=200)
                make_findable(part)
            done += len(part)
            progress(done, len(wanted))
    progress(len(wanted), len(wanted))
    keys = {uri: row.pk for uri, row in found.items()} | {row.uri: row.pk for row in new}
    tally = Tally(len(wanted), len(new), len(changed) + len(returning), len(gone))
    return tally, _Kept(keys, [row.pk for row in (*new, *returning)], gone)


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
    gone = [key for key in found if key not in wanted]
    changed = [key for key, values in wanted.items() if key in found and found[key][1] != values]
    new = [key for key in wanted if key not in found]
    # An occupation asks all it asks in one step: never half of an old and half of a new release.
    touched = sorted({*gone, *changed, *new})
    done = 0
    for keys in _whole_occupations(touched):
        with one_step():
            OccupationSkill.objects.filter(
                pk__in=[found[key][0] for key in keys if key not in wanted]
            ).delete()
            OccupationSkill.objects.bulk_update(
                [
                    OccupationSkill(
                        pk=found[key][0], level=wanted[key][0], importance=wanted[key][1]
                    )
                    for key in keys
                    if key in found and key in wanted
                ],
                ["level", "importance"],
                batch_size=500,
            )
            OccupationSkill.objects.bulk_create(
                [
                    OccupationSkill(
                        occupation_id=key[0],
                        skill_id=key[1],
                        essential=key[2],
                        level=wanted[key][0],
                        importance=wanted[key][1],
                    )
                    for key in keys
                    if key not in found
                ],
                batch_size=BATCH,
            )
        done += len(keys)
        progress(min(done, len(wanted)), len(wanted))
    progress(len(wanted), len(wanted))
    return Tally(len(wanted), len(new), len(changed), len(gone))


_Relation = tuple[int, int, bool]


def _whole_occupations(relations: Sequence[_Relation]) -> Iterator[list[_Relation]]:
    """Sorted relations in parts of about a batch, each with all of its occupations."""
    part: list[_Relation] = []
    for _occupation, asked in groupby(relations, key=lambda key: key[0]):
        part += asked
        if len(part) >= BATCH:
            yield part
            part = []
    if part:
        yield part


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
    with one_step():
        OccupationLink.objects.filter(pk__in=gone).delete()
        OccupationLink.objects.bulk_create(new, batch_size=BATCH)
        OccupationLink.objects.bulk_update(changed, ["match"], batch_size=500)
    return Tally(len(wanted), len(new), len(changed), len(gone))
