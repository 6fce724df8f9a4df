"""What the evidence says, as cases from practice, and the sum that must be right."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.skills.rules import (
    NOTHING_KNOWN,
    Case,
    Estimate,
    Faded,
    Leniency,
    Piece,
    Prior,
    Source,
    aged,
    beliefs,
    estimate,
    estimates,
    history,
    narrowing,
    sinks_below,
)

TODAY = date(2026, 11, 22)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_without_evidence_nothing_is_known() -> None:
    assert estimate([], TODAY) is NOTHING_KNOWN
    assert estimate([Piece(1, "lead", 4, TODAY, "daan")], ago(1)) is NOTHING_KNOWN


def test_version_1_answers_what_it_always_answered() -> None:
    """Whoever changes a figure makes a new version; this one stays as it is."""
    noor = [
        Piece(1, "lead", 3, ago(400), "daan"),
        Piece(2, "self", 4, ago(300), "noor"),
        Piece(3, "module", 4, ago(200)),
        Piece(4, "certificate", 4, ago(150)),
        Piece(5, "test", 3.62, ago(100), sd=0.35),
        Piece(6, "colleague", 5, ago(30), "karim", leniency=Leniency(0.4, 0.2)),
    ]
    told = estimate(noor, TODAY, prior=Prior(3.1, 1.0, 12), half_life=6.5, version=1)

    assert (told.level, told.sd) == (3.859, 0.319)
    assert [(type(s).__name__, s.adds, s.after) for s in told.steps] == PINNED


PINNED = [
    ("Part", -0.073, 3.027),
    ("Part", 0.154, 3.181),
    ("Faded", -0.015, 3.166),
    ("Part", 0.63, 3.796),
    ("Faded", -0.037, 3.759),
    ("Part", 0.244, 4.003),
    ("Faded", -0.036, 3.967),
    ("Part", -0.196, 3.771),
    ("Faded", -0.036, 3.735),
    ("Part", 0.14, 3.875),
    ("Faded", -0.016, 3.859),
]


def test_a_lead_weighs_more_than_ones_own_view() -> None:
    found = estimate(
        [Piece(1, "self", 5, TODAY, "noor"), Piece(2, "lead", 2, TODAY, "daan")], TODAY
    )

    assert 2 < found.level < 3.5


def test_ones_own_view_is_corrected_for_how_people_rate_themselves() -> None:
    [part] = estimate([Piece(1, "self", 4, TODAY, "noor")], TODAY).parts

    assert part.bias < 0
    assert part.raw + part.bias == pytest.approx(part.adds)


def test_a_strict_rater_is_corrected_upwards() -> None:
    plain = Piece(1, "lead", 3, TODAY, "daan")
    strict = replace(plain, leniency=Leniency(-0.5, 0.1))

    [part] = estimate([strict], TODAY).parts
    assert part.leniency > 0.3
    assert estimate([strict], TODAY).level > estimate([plain], TODAY).level


def test_the_organisations_own_ratings_replace_the_published_figures() -> None:
    piece = Piece(1, "self", 4, TODAY, "noor")
    honest = estimate([piece], TODAY, sources={"self": Source(0.0, 0.3, 0.1)})

    assert honest.level > estimate([piece], TODAY).level
    assert honest.sd < estimate([piece], TODAY).sd


def test_who_gives_a_five_had_no_six_to_give() -> None:
    """Two fives do not pull down someone of whom we already believe the highest level."""
    believed = estimate([Piece(1, "lead", 5, TODAY, "daan")], TODAY)
    again = estimate(
        [Piece(1, "lead", 5, TODAY, "daan"), Piece(2, "self", 5, TODAY, "noor")], TODAY
    )

    assert again.level >= believed.level > 4.5


def test_a_one_says_that_someone_knows_of_it() -> None:
    """Two who both see level 1 do not together come to less than it."""
    both = [Piece(1, "lead", 1, TODAY, "daan"), Piece(2, "self", 1, TODAY, "noor")]

    assert 1 <= estimate(both, TODAY).level < 1.2


def test_a_module_adds_a_little_and_never_more_than_it_assessed() -> None:
    lead = Piece(1, "lead", 2, ago(1), "daan")
    before = estimate([lead], TODAY)

    assert 0.4 < estimate([lead, Piece(2, "module", 4, TODAY)], TODAY).level - before.level < 0.64
    assert estimate([lead, Piece(2, "module", 1, TODAY)], TODAY).level == before.level
    assert estimate([Piece(1, "module", 1, TODAY)], TODAY).level == 1
    many = [Piece(n, "module", 3, TODAY) for n in range(9)]
    assert estimate(many, TODAY).level == 3


def test_a_certificate_says_at_least() -> None:
    expert = [Piece(1, "lead", 5, TODAY, "daan"), Piece(2, "lead", 5, TODAY, "eva")]
    held = Piece(3, "certificate", 3, TODAY)

    assert 3 < estimate([held], TODAY).level < 4
    assert estimate([*expert, held], TODAY).level == pytest.approx(
        estimate(expert, TODAY).level, abs=0.01
    )


def test_of_one_rater_only_the_newest_view_counts() -> None:
    old, new = Piece(1, "lead", 1, ago(90), "daan"), Piece(2, "lead", 3, TODAY, "daan")

    assert len(estimate([old, new], TODAY).parts) == 1
    assert estimate([old, new], TODAY).level == estimate([new], TODAY).level


def test_without_use_half_a_gain_is_gone_after_the_half_life() -> None:
    """Someone fresh from training, who does it with help: the published figures, to the day."""
    for months in (6.5, 11.0, 13.0):
        level, _sd = aged(
            2.0, 0.5, ahead_days=months * 30.4375, base=1.0, spread=1.4, stability_months=months
        )
        assert level == pytest.approx(1.5)


def test_who_stands_higher_or_showed_it_often_forgets_slower() -> None:
    def left(level: int, *days: int) -> float:
        pieces = [Piece(n, "lead", level, ago(d), n) for n, d in enumerate(days)]
        told = estimate(pieces, TODAY, prior=Prior(1.0, 1.4), half_life=6.5)
        newest = told.parts[0].after
        return (told.level - 1) / (newest - 1)

    assert left(2, 400) < left(4, 400)
    assert left(2, 400) < left(2, 400, 500, 600, 700)


def test_fading_stops_where_learning_began_and_leaves_us_less_sure() -> None:
    fresh = [Piece(1, "lead", 4, TODAY, "daan")]
    stale = [Piece(1, "lead", 4, ago(4000), "daan")]
    low = [Piece(1, "lead", 1, ago(4000), "daan")]

    assert 2.5 < estimate(stale, TODAY).level < estimate(fresh, TODAY).level
    assert estimate(stale, TODAY).sd > estimate(fresh, TODAY).sd
    assert estimate(low, TODAY).level == estimate(low, ago(4000)).level


def test_two_steps_fade_as_one_long_step() -> None:
    whole = aged(4.0, 0.5, ahead_days=900, base=2.5, spread=1.4, stability_months=20)
    half = aged(4.0, 0.5, ahead_days=300, base=2.5, spread=1.4, stability_months=20)
    then = aged(*half, ahead_days=600, age_days=300, base=2.5, spread=1.4, stability_months=20)
    assert np.allclose(whole, then)


def test_a_later_piece_starts_the_clock_anew() -> None:
    old = [Piece(1, "lead", 4, ago(700), "daan")]
    seen = [*old, Piece(2, "colleague", 4, ago(10), "karim")]

    fading = [s for s in estimate(seen, TODAY).steps if isinstance(s, Faded)]
    assert [f.until_on for f in fading] == [ago(10), TODAY]
    assert estimate(seen, TODAY).level > estimate(old, TODAY).level


def test_history_tells_how_a_level_rose_and_sank() -> None:
    told = history(
        [Piece(1, "lead", 2, ago(400), "daan"), Piece(2, "lead", 4, ago(100), "daan")], TODAY
    )

    assert [day for day, _level in told] == [ago(400), ago(101), ago(100), TODAY]
    levels = [level for _day, level in told]
    assert levels[0] < levels[2] > levels[3]
    assert history([], TODAY) == []


def test_the_next_best_piece_is_the_one_that_narrows_most() -> None:
    case = Case([Piece(1, "lead", 3, ago(20), "daan")])
    found = narrowing(
        case, TODAY, [("self", "noor"), ("test", None), ("colleague", None), ("lead", "daan")]
    )

    assert found[0].kind == "test"
    # His view of three weeks ago would only be replaced.
    assert "lead" not in [one.kind for one in found]
    then = estimate([*case.pieces, Piece(2, "test", 3, TODAY)], TODAY)
    assert found[0].sd == then.sd


def test_when_a_level_sinks_below_what_is_asked() -> None:
    told = estimate([Piece(1, "lead", 4, TODAY, "daan")], TODAY, half_life=6.5)
    found = sinks_below(told, 4, TODAY, half_life=6.5)

    assert found
    assert found.until_on
    early, late = ((d - TODAY).days for d in (found.from_on, found.until_on))
    # At the middle of the two (on a scale of ratios) the level is what the line says.
    middle = TODAY + timedelta(days=round((early * late) ** 0.5))
    at = estimate([Piece(1, "lead", 4, TODAY, "daan")], middle, half_life=6.5)
    assert at.level == pytest.approx(3.5, abs=0.01)
    assert sinks_below(told, 5, TODAY, half_life=6.5) is None
    assert sinks_below(told, 3, TODAY, half_life=6.5) is None


kinds = st.sampled_from(["self", "colleague", "lead", "module", "certificate", "test", "practical"])


def test_work_that_was_looked_at_weighs_between_a_lead_and_a_colleague() -> None:
    def bridged(kind: str) -> float:
        (part,) = estimate([Piece(1, kind, 4, TODAY, "daan")], TODAY).parts
        assert part.weight is not None
        return part.weight

    order = ["self", "colleague", "practical", "lead", "test"]
    assert [bridged(kind) for kind in order] == sorted(bridged(kind) for kind in order)
    # Each piece of work counts; of a colleague's views only the newest.
    twice = [Piece(n, "practical", 4, TODAY, None) for n in (1, 2)]
    assert len(estimate(twice, TODAY).parts) == 2


pieces = st.lists(
    st.builds(
        Piece,
        key=st.integers(),
        kind=kinds,
        level=st.integers(1, 5),
        observed_on=st.dates(date(2015, 1, 1), TODAY),
        rater=st.one_of(st.none(), st.integers(1, 4)),
        leniency=st.one_of(
            st.none(), st.builds(Leniency, st.floats(-1.5, 1.5), st.floats(0.05, 0.6))
        ),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda p: p.key,
)
priors = st.one_of(st.none(), st.builds(Prior, st.floats(0.5, 4.5), st.floats(0.5, 1.5)))


def thousandths(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")


def check_the_sum(told: Estimate) -> None:
    """As a reader with a pocket calculator would."""
    reached = thousandths(told.start.mean)
    for step in told.steps:
        if not isinstance(step, Faded):
            parts = [step.raw, step.bias, step.leniency]
            assert sum(map(thousandths, parts)) == thousandths(step.adds)
            assert all(abs(1000 * v - round(1000 * v)) < 1e-6 for v in parts)
        reached += thousandths(step.adds)
        assert reached == thousandths(step.after)
    assert reached == thousandths(told.level)


@given(pieces, priors, st.floats(1, 240))
@settings(max_examples=1_000, deadline=None)
def test_the_steps_as_printed_add_up_to_the_figure_as_printed(
    found: list[Piece], prior: Prior | None, months: float
) -> None:
    told = estimate(found, TODAY, prior=prior, half_life=months)

    check_the_sum(told)
    assert 0 <= told.low <= told.level <= told.high <= 5
    assert told.sd > 0


@settings(deadline=None)
@given(st.lists(st.builds(Case, pieces, priors, st.floats(1, 240)), min_size=1, max_size=6))
def test_many_at_once_are_what_each_is_alone(cases: list[Case]) -> None:
    together = beliefs(cases, TODAY)
    told = estimates(cases, TODAY)
    for at, case in enumerate(cases):
        alone = estimate(case.pieces, TODAY, prior=case.prior, half_life=case.half_life)
        assert alone == told[at]
        assert (together.level[at], together.sd[at]) == (alone.level, alone.sd)
        assert together.pieces[at] == len(alone.parts)
        assert together.uses[at] == alone.uses


@settings(deadline=None)
@given(pieces, st.randoms())
def test_the_order_in_which_evidence_came_in_does_not_matter(found, random) -> None:  # type: ignore[no-untyped-def]
    one_a_day = list({p.observed_on: p for p in found}.values())
    shuffled = random.sample(one_a_day, len(one_a_day))

    assert estimate(shuffled, TODAY) == estimate(one_a_day, TODAY)
