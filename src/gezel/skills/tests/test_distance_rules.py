"""How far it is to another role: cases from practice, and the arithmetic behind the interval."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezel.skills.rules.distance import (
    ANCHOR,
    ANCHOR_PIECES,
    HALF,
    HOURS_A_LEVEL,
    Edges,
    HoursPerLevel,
    Own,
    Part,
    Target,
    back_again,
    distance,
    distances,
    expected_short,
    hours_per_level,
    route,
)

MECHANIC = [Target("brakes", 3, True), Target("diesel", 3), Target("hv safety", 2, True)]
EV = [Target("hv safety", 3, True), Target("battery", 3, True), Target("brakes", 3)]
SURE = {"brakes": Own(3, 0, 2), "diesel": Own(4, 0, 2), "hv safety": Own(2, 0, 1)}
TEN = {name: HoursPerLevel(10, 0, 0) for name in ("brakes", "diesel", "hv safety", "battery")}


def test_a_mechanic_who_would_work_on_electric_cars() -> None:
    told = distance(EV, SURE, TEN)

    assert [(p.target.skill, p.short, p.hours) for p in told.parts] == [
        ("hv safety", 1.0, 10),
        ("battery", 3.0, 30),
        ("brakes", 0.0, 0),
    ]
    assert (told.hours, told.low, told.high, told.unsure) == (40, 40, 40, 0)
    assert (told.whole, told.carried, told.percent) == (90, 50, 56)
    assert [p.target.skill for p in told.carrying] == ["brakes"]
    assert told.unknown_hours == 30


def test_the_way_back_is_another_way() -> None:
    there = distance(EV, back_again(EV, MECHANIC), TEN)
    back = distance(MECHANIC, back_again(MECHANIC, EV), TEN)

    assert (there.hours, back.hours) == (40, 30)
    assert [p.target.skill for p in back.missing] == ["diesel"]


def test_being_further_than_asked_pays_for_nothing_else() -> None:
    told = distance([Target("a", 3), Target("b", 3)], {"a": Own(5, 0, 1)})

    assert told.hours == 3 * HOURS_A_LEVEL


def test_what_is_only_useful_counts_half() -> None:
    told = distance([Target("a", 2, weight=HALF)], {}, {"a": HoursPerLevel(10, 0, 0)})

    assert told.hours == 10


def test_a_role_that_asks_nothing_is_no_distance() -> None:
    told = distance([], SURE)

    assert (told.hours, told.low, told.high, told.percent) == (0, 0, 0, 100)


def test_a_level_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        distance([Target("a", 6)], {})
    with pytest.raises(ValueError, match="from 0 to 1"):
        distance([Target("a", 3, weight=2.0)], {})


def test_doubt_about_a_level_costs_hours_and_is_said() -> None:
    """Level 3 of 3, but not sure: it may turn out to be less, and more saves nothing."""
    told = distance([Target("a", 3)], {"a": Own(3, 0.6, 1)})

    assert told.parts[0].hours == 0
    # Half the spread of a normal lies below: 0.6 / √(2π) levels of 32 hours.
    assert told.hours == told.unsure == round(0.6 / math.sqrt(2 * math.pi) * HOURS_A_LEVEL)


def test_one_short_module_does_not_make_a_craft_quick() -> None:
    one, many = hours_per_level([0.25]), hours_per_level([8.0] * 40)

    assert one.hours > 10
    assert 8 < many.hours < 10
    assert (one.pieces, one.seen) == (1, 0.2)
    assert many.doubt < one.doubt < ANCHOR.doubt
    assert hours_per_level([]) == ANCHOR


def test_as_many_activities_as_the_anchor_weighs_come_half_way() -> None:
    told = hours_per_level([8.0] * ANCHOR_PIECES)

    assert told.hours == pytest.approx(math.sqrt(8 * HOURS_A_LEVEL), abs=0.05)


def test_an_activity_of_nothing_or_of_years_is_a_misprint() -> None:
    assert hours_per_level([0.0]).seen == 0.2
    assert hours_per_level([1e9]).seen == 2_500


def test_the_route_begins_with_what_is_essential_and_with_knowing() -> None:
    asked = [
        Target("report", 2),
        Target("isolate", 3, True),
        Target("dangers of high voltage", 2, True, is_knowledge=True),
        Target("brakes", 3, True),
    ]
    told = distance(asked, {"brakes": Own(3, 0, 1)})

    assert [p.target.skill for p in route(told.parts)] == [
        "dangers of high voltage",
        "isolate",
        "report",
    ]


@pytest.mark.parametrize(("mean", "sd"), [(2.6, 0.5), (3.4, 0.8), (0.3, 0.7), (4.9, 0.4)])
def test_the_closed_form_is_what_chance_shows(mean: float, sd: float) -> None:
    drawn = np.random.default_rng(1).normal(mean, sd, 400_000)
    short = np.minimum(3, np.maximum(0, 3 - drawn))

    first, variance = expected_short(3, mean, sd)

    assert first == pytest.approx(short.mean(), abs=0.004)
    assert variance == pytest.approx(short.var(), abs=0.004)


def _drawn(parts: "list[Part]", chance: np.random.Generator, times: int) -> np.ndarray:
    """The sum as it would turn out: levels, and hours with what they share and what is theirs."""
    shared = chance.standard_normal(times)
    total = np.zeros(times)
    for part in parts:
        level = chance.normal(part.own.level, part.own.sd, times) if part.known else 0.0
        short = np.clip(part.target.level - np.maximum(0, level), 0, None)
        a, s = part.per_level.doubt, part.per_level.differ
        hours = part.per_level.hours * np.exp(
            a * shared - a * a / 2 + s * chance.standard_normal(times) - s * s / 2
        )
        total += part.target.weight * short * hours
    return total


def test_eight_out_of_ten_lie_in_the_interval_and_the_figure_in_the_middle() -> None:
    """Sixty made-up people and roles; for each the sum drawn 4,000 times."""
    chance = np.random.default_rng(7)
    covered, off = [], []
    for _ in range(60):
        asked = [
            Target(i, int(chance.integers(1, 5)), bool(chance.random() < 0.5),
                   HALF if chance.random() < 0.3 else 1.0)
            for i in range(int(chance.integers(5, 30)))
        ]  # fmt: skip
        held = {
            t.skill: Own(float(chance.uniform(0, 5)), float(chance.uniform(0.2, 0.9)), 2)
            for t in asked
            if chance.random() < 0.6
        }
        rates = {
            t.skill: hours_per_level(list(chance.uniform(2, 40, int(chance.integers(1, 8)))))
            for t in asked
            if chance.random() < 0.4
        }
        told = distance(asked, held, rates)
        drawn = _drawn(list(told.parts), chance, 4_000)
        covered.append(float(np.mean((told.low <= drawn) & (drawn <= told.high))))
        off.append(told.hours / float(drawn.mean()))

    assert 0.75 <= float(np.mean(covered)) <= 0.85
    assert float(np.mean(off)) == pytest.approx(1.0, abs=0.02)


levels = st.floats(0, 5)
people = st.dictionaries(st.integers(0, 9), st.builds(Own, levels, st.floats(0, 1.5), st.just(1)))
roles = st.lists(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(1, 5), st.sampled_from([0.5, 1.0])),
        max_size=8, unique_by=lambda row: row[0],
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(people, roles)
def test_many_at_once_is_the_same_sum_as_one_by_one(
    held: dict[int, Own], told: list[list[tuple[int, int, float]]]
) -> None:
    edges = Edges.of([(r, s, level, w) for r, row in enumerate(told) for s, level, w in row])
    near = distances(edges, len(told), held, skills=10)

    for place, row in enumerate(told):
        one = distance([Target(s, level, weight=w) for s, level, w in row], dict(held))
        assert (near.hours[place], near.low[place], near.high[place], near.whole[place]) == (
            one.hours, one.low, one.high, one.whole,
        )  # fmt: skip
        assert near.percent(place) == one.percent
        assert sum(p.hours for p in one.parts) + one.unsure == one.hours
        assert one.low <= one.hours <= one.high
        assert 0 <= near.nearness[place] < 1


def test_a_list_of_two_skills_is_not_near_by_accident() -> None:
    """Half of two skills, or most of twenty: the second is the one that lies near."""
    rows = [(0, 0, 3, 1.0), (0, 1, 3, 1.0)]
    rows += [(1, s, 3, 1.0) for s in range(2, 22)]
    held = {s: Own(3, 0.0, 1) for s in (0, *range(2, 14))}

    near = distances(Edges.of(rows), 3, held, skills=22)

    assert near.nearest(5) == [1, 0]


def test_nearness_orders_as_a_library_does_where_both_say_the_same() -> None:
    """With equal weights, levels and sizes, hours carried over order as scikit-learn's cosine."""
    metrics = pytest.importorskip("sklearn.metrics.pairwise")
    chance = np.random.default_rng(3)
    asked = np.zeros((40, 60))
    for row in asked:
        row[chance.choice(60, 12, replace=False)] = 3
    own = asked[0]
    edges = Edges.of([(r, s, 3, 1.0) for r, s in zip(*np.nonzero(asked), strict=True)])
    held = {int(s): Own(3.0, 0.0, 1) for s in np.nonzero(own)[0]}

    near = distances(edges, 40, held, skills=60)
    cosine = metrics.cosine_similarity(own.reshape(1, -1), asked)[0]

    assert np.array_equal(np.argsort(-near.nearness, kind="stable"),
                          np.argsort(-cosine.round(9), kind="stable"))  # fmt: skip


def test_a_chain_of_roles_is_the_shortest_path_that_a_library_finds() -> None:
    """From A to C over B is never shorter than straight on: hours obey the triangle."""
    networkx = pytest.importorskip("networkx")
    chance = np.random.default_rng(5)
    roles = {
        name: [Target(s, int(chance.integers(1, 5))) for s in sorted(chance.choice(12, 6, False))]
        for name in "abcdefg"
    }
    graph = networkx.DiGraph()
    for one, holds in roles.items():
        for other, asks in roles.items():
            hours = distance(asks, back_again(asks, holds), {}).hours
            graph.add_edge(one, other, weight=hours)

    for one in roles:
        shortest = networkx.single_source_dijkstra_path_length(graph, one)
        for other in roles:
            assert shortest[other] == graph[one][other]["weight"]
