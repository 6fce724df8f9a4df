"""Making the figures of items anew from the answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from gezel.assessment import queries
from gezel.assessment.models import Item, Test
from gezel.assessment.rules import calibrating, measuring
from gezel.assessment.rules.figures import Difference, Taken, difference, drift, figures, flags

LANGUAGES = ("nl", "en")


@transaction.atomic
def figure_out(test: Test) -> int:
    """Difficulty, slope and figures of every item in use, anew; returns for how many.

    What is shown of an item changes only when as many people more as the organisation's smallest
    group answered it: two looks a day apart would otherwise tell how the one in between answered.
    """
    now = timezone.now()
    items = list(test.items.exclude(state__in=[Item.State.DRAFT, Item.State.REVIEWED]))
    place = {item.pk: i for i, item in enumerate(items)}
    sittings, answers = queries.answers_for_figures(test)
    row = {sitting[0]: i for i, sitting in enumerate(sittings)}
    right = np.full((len(sittings), len(items)), np.nan)
    for given in answers:
        right[row[given.sitting_pk], place[given.item_pk]] = float(given.right)
    if not sittings or not items:
        return 0
    known = calibrating.calibrate(
        right,
        calibrating.Priors(np.array([item.expected for item in items])),
        starts=np.array([[s[1], s[2]] for s in sittings]),
    )
    people: defaultdict[int, set[int]] = defaultdict(set)
    taken: defaultdict[int, list[tuple[str, Taken]]] = defaultdict(list)
    for sitting, own in _by_sitting(answers).items():
        about = sittings[row[sitting]]
        for given, ability in _abilities(own, known, place, about[1], about[2]):
            told = Taken(ability, given.right, given.chosen)
            taken[given.item_pk].append((about[3], told))
            people[given.item_pk].add(about[4])
    smallest = test.organisation.smallest_group
    changed: list[Item] = []
    for item in items:
        many, before = len(people[item.pk]), item.figures.get("people", 0)
        if many < smallest or many - before < smallest:
            continue
        i = place[item.pk]
        item.figures = _told(item, taken[item.pk], known, i) | {"people": many}
        item.difficulty, item.slope = float(known.difficulty[i]), float(known.slope[i])
        changed.append(item)
    Item.objects.bulk_update(changed, ["figures", "difficulty", "slope"], batch_size=500)
    Test.objects.filter(pk=test.pk).update(figured_at=now)
    return len(changed)


def _by_sitting(answers: Sequence[queries.Given]) -> Mapping[int, list[queries.Given]]:
    told: defaultdict[int, list[queries.Given]] = defaultdict(list)
    for given in answers:
        told[given.sitting_pk].append(given)
    return told


def _abilities(
    own: Sequence[queries.Given],
    known: calibrating.Calibrated,
    place: Mapping[int, int],
    mean: float,
    sd: float,
) -> list[tuple[queries.Given, float]]:
    """Each answer with the ability that the *other* answers of the same sitting show."""
    told = [
        measuring.Answered(
            float(known.difficulty[place[g.item_pk]]), float(known.slope[place[g.item_pk]]), g.right
        )
        for g in own
    ]
    start = measuring.starting_from(mean, sd)
    return [
        (given, measuring.believed(start, [*told[:i], *told[i + 1 :]]).mean)
        for i, given in enumerate(own)
    ]


def _told(
    item: Item, taken: Sequence[tuple[str, Taken]], known: calibrating.Calibrated, i: int
) -> dict[str, Any]:
    """The figures of one item as they are kept."""
    options = getattr(item.content, "options", ())
    seen = figures(
        [t for _language, t in taken],
        float(known.difficulty[i]),
        float(known.slope[i]),
        [(o.key, o.right) for o in options],
    )
    first, second = ([t for spoken, t in taken if spoken == code] for code in LANGUAGES)
    apart = difference(first, second)
    moved = drift([t for _language, t in taken])
    return {
        "answers": seen.answers,
        "share_right": round(seen.share_right, 4),
        "correlation": _rounded(seen.correlation),
        "infit": _rounded(seen.infit),
        "outfit": _rounded(seen.outfit),
        "difficulty_sd": round(float(known.difficulty_sd[i]), 4),
        "options": [
            asdict(o) | {"share": round(o.share, 4), "ability": _rounded(o.ability)}
            for o in seen.options
        ],
        "language": _difference(apart),
        "drift": _difference(moved),
        "flags": list(flags(seen, [("language", apart)], moved)),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)


def _difference(found: Difference | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)
