"""Which skill here it may be that someone brings along under another name."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from gezel.people.api import Visitor
from gezel.profile.models import Brought
from gezel.skills.api import Skill, SkillLink, find_skills, skills_by_key

# Looked for one by one are only names that are nowhere written the same.
MOST_SEARCHED = 60
MOST_GUESSES = 5


def skills_guessed(visitor: Visitor, items: Sequence[Brought]) -> dict[int, Skill]:
    """The skills that items may be, with the names they have here."""
    return skills_by_key(visitor, {g["skill"] for item in items for g in item.guesses})


def guesses_for(
    visitor: Visitor, named: Sequence[tuple[str, Sequence[str]]]
) -> dict[str, list[dict[str, Any]]]:
    """For each name the skills here it may be, the surest first; `how` tells by what.

    First by address (ESCO, O*NET, or the same skill where both use one), then by a name that is
    written the same, then by search. None is taken without the person saying so.

    Args:
        named: a name, and other names and addresses of the same skill.
    """
    usable = Skill.objects.usable_by(visitor).filter(merged_into=None, retired=False)
    addresses = {a for _n, known in named for a in known if ":" in a}
    by_address: dict[str, int] = dict(
        usable.filter(uri__in=addresses).exclude(uri="").values_list("uri", "pk")
    )
    by_address |= dict(
        SkillLink.objects.filter(
            identifier__in=addresses, skill__in=usable.values("pk")
        ).values_list("identifier", "skill_id")
    )
    names = {n.casefold() for name, known in named for n in (name, *known) if ":" not in n}
    by_name: dict[str, int] = {}
    rows = usable.annotate(nl=Lower("name_nl"), en=Lower("name_en")).filter(
        Q(nl__in=names) | Q(en__in=names)
    )
    # An own skill leads a shared one of the same name.
    for pk, nl, en in rows.order_by("organisation_id", "-pk").values_list("pk", "nl", "en"):
        for word in (nl, en):
            if word:
                by_name[word] = pk
    found: dict[str, list[dict[str, Any]]] = {}
    searched = 0
    for name, known in named:
        guesses = [{"skill": by_address[a], "how": "address"} for a in known if a in by_address]
        guesses += [
            {"skill": by_name[n.casefold()], "how": "name"}
            for n in (name, *known)
            if n.casefold() in by_name
        ]
        if not guesses and searched < MOST_SEARCHED:
            searched += 1
            guesses = [
                {"skill": s.pk, "how": "search"}
                for s in find_skills(visitor, name, limit=MOST_GUESSES)
            ]
        distinct = {g["skill"]: g for g in reversed(guesses)}
        found[name] = list(reversed(distinct.values()))[:MOST_GUESSES]
    return found
