"""Which skills are the same under another row: by their addresses, never by their looks.

Two skills are the same when one bears the other's address (ESCO, O*NET, CompetentNL, a page) or
both bear one address. What merely looks alike does not count: nobody showed it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from gezel.skills.models import Skill, SkillLink
from gezel.skills.queries.facts import Held
from gezel.skills.rules import distance as far


def own_of(held: Held) -> far.Own:
    """What someone holds, as the rule of distance needs it."""
    level, sd, pieces, _newest = held
    return far.Own(level, sd, pieces)


def same_as(held: Collection[int], asked: Collection[int]) -> dict[int, list[int]]:
    """For each asked skill the ones of `held` that are it, itself first; four queries in all."""
    found: dict[int, list[int]] = defaultdict(list)
    for pk in held:
        if pk in asked:
            found[pk].append(pk)
    held_at: dict[str, list[int]] = defaultdict(list)
    for pk, address in [
        *Skill.objects.filter(pk__in=held).exclude(uri="").values_list("pk", "uri"),
        *SkillLink.objects.filter(skill__in=held).values_list("skill_id", "identifier"),
    ]:
        held_at[address].append(pk)
    for other, address in [
        *Skill.objects.filter(uri__in=held_at).values_list("pk", "uri"),
        *SkillLink.objects.filter(identifier__in=held_at).values_list("skill_id", "identifier"),
    ]:
        if other in asked:
            found[other] += [pk for pk in held_at[address] if pk not in found[other]]
    return dict(found)


def stand_ins(
    held: Mapping[int, Held], same: Mapping[int, list[int]]
) -> tuple[dict[int, Held], dict[int, int]]:
    """What someone holds of the asked skills, and through which other row where it is another.

    Their own evidence of the skill itself comes first; else that of the same skill elsewhere, the
    surest where there are more.

    Args:
        same: as `same_as` says, of these held skills and perhaps others.
    """
    through = {}
    for pk, rows in same.items():
        if mine := [other for other in rows if other in held]:
            through[pk] = pk if pk in held else min(mine, key=lambda row: (held[row][1], row))
    return (
        {pk: held[other] for pk, other in through.items()},
        {pk: other for pk, other in through.items() if other != pk},
    )
