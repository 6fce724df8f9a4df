"""Skills that were merged: evidence and demand of one count for the one that stays.

Nothing is moved by merging; every reader asks here which skill a row is read as.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from gezel.kit.prepared import prepared
from gezel.people.api import Employment
from gezel.skills.models import Skill
from gezel.skills.rules.merging import joined
from gezel.skills.rules.needs import DatedDemand


def stays(path: str = "skill") -> Coalesce:
    """The key of the skill a row is read as, within a query."""
    return Coalesce(f"{path}__merged_into_id", f"{path}_id")


@prepared
def _merged() -> QuerySet[Skill, tuple[int, int | None]]:
    return Skill.objects.filter(merged_into__gt=0).values_list("pk", "merged_into_id")


def one_with(skill_pks: Iterable[int]) -> "QuerySet[Skill, int]":
    """These skills and those merged into them, as a part of another query that an index serves."""
    pks = list(skill_pks)
    return Skill.objects.filter(Q(pk__in=pks) | Q(merged_into__in=pks)).values_list("pk", flat=True)


def merged_skills() -> dict[int, int]:
    """Every merged skill → the one that stays. Few: the index on the link holds all nulls apart."""
    return {pk: root for pk, root in _merged() if root}


def same_skills(skill_pks: Collection[int], merged: Mapping[int, int]) -> set[int]:
    """These skills with all that are one with them."""
    roots = {merged.get(pk, pk) for pk in skill_pks}
    return roots | {pk for pk, root in merged.items() if root in roots}


def as_one(demands: Iterable[DatedDemand]) -> list[DatedDemand]:
    """Demands of one profile as of the skills that stay.

    Args:
        demands: `skill` of each is a `Skill` as written, its `merged_into` read along.
    """
    dated = list(demands)
    same: dict[Hashable, Hashable] = {
        demand.skill: demand.skill.merged_into
        for demand in dated
        if isinstance(demand.skill, Skill) and demand.skill.merged_into_id
    }
    return joined(dated, same) if same else dated


def by_profile(
    rows: Iterable[tuple[int, int, int, DatedDemand]],
) -> dict[int, list[DatedDemand]]:
    """Profile → demands as of the skills that stay, by keys.

    Args:
        rows: profile, the skill as written, the skill it is read as (`stays`), the demand.
    """
    found: dict[int, list[DatedDemand]] = defaultdict(list)
    same: dict[int, dict[Hashable, Hashable]] = defaultdict(dict)
    for profile, skill, read_as, demand in rows:
        found[profile].append(demand)
        if read_as != skill:
            same[profile][skill] = read_as
    for profile, merged in same.items():
        found[profile] = joined(found[profile], merged)
    return found


Told = TypeVar("Told")


def under_merged_too(
    told: Mapping[tuple[int, int], Told], merged: Mapping[int, int]
) -> dict[tuple[int, int], Told]:
    """What holds of the skill that stays, also under the key of the merged one.

    Who asks for a merged skill by its own key, such as a goal, then finds what holds for both.
    Only for people who work or worked where that skill is one of their own: to others it does
    not exist.
    """
    people: dict[int, set[int]] = defaultdict(set)
    for person, skill in told:
        people[skill].add(person)
    wanted = {skill: root for skill, root in merged.items() if root in people}
    if not wanted:
        return dict(told)
    owners = dict(Skill.objects.filter(pk__in=wanted).values_list("pk", "organisation_id"))
    here = set(
        Employment.objects.filter(
            organisation__in=owners.values(), person__in=set().union(*people.values())
        ).values_list("organisation_id", "person_id")
    )
    return dict(told) | {
        (person, skill): told[person, root]
        for skill, root in wanted.items()
        for person in people[root]
        if (owners[skill], person) in here
    }
