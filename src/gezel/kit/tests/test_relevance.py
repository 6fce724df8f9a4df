"""What answers best, and why."""

from gezel.kit.relevance import (
    ABOUT,
    BEGINS,
    BENT,
    KIN,
    REST,
    SAME,
    SLIP,
    TITLE,
    Row,
    Why,
    fused,
    score,
    telling,
    whys,
    worth,
)  # fmt: skip


def row(title: str, about: str = "", language: str = "nl") -> Row:
    return Row("activity", 1, language, title, about)


def test_the_best_way_in_which_a_word_is_answered_is_told() -> None:
    told = whys(
        row("monteurs lassen", "welding weld metal"),
        ["lassen", "monteur", "weld", "feebdack"],
        {"lassen": {}, "monteur": {"monteurs": BENT}, "weld": {}, "feebdack": {}},
        whole=True,
    )

    assert told == [
        Why("lassen", "lassen", SAME, TITLE),
        Why("monteur", "monteurs", BEGINS, TITLE),
        Why("weld", "weld", SAME, ABOUT),
        Why("feebdack", "", SAME, REST),
    ]


def test_what_is_not_known_to_be_whole_answers_only_what_is_seen() -> None:
    assert whys(row("lassen"), ["solderen"], {"solderen": {}}, whole=False) == []


def test_a_title_counts_more_than_what_it_is_about_and_that_more_than_the_rest() -> None:
    ways = [worth(Why("x", "x", SAME, field)) for field in (TITLE, ABOUT, REST)]

    assert ways[0] == 3 * ways[2]
    assert ways[1] == 2 * ways[2]


def test_a_word_that_few_hold_tells_more_and_a_faint_word_little() -> None:
    answers = [[Why("werken", "werken", SAME, TITLE)]] * 9 + [
        [Why("hoogte", "hoogte", SAME, TITLE)]
    ]

    weights = telling(["werken", "hoogte"], answers)

    assert weights["hoogte"] > 5 * weights["werken"]


def test_a_slip_counts_less_than_the_word_itself() -> None:
    weights = {"lasen": 1.0}
    slipped = score(
        row("laden"), [Why("lasen", "laden", SLIP, TITLE)], weights, typed="lasen", language="nl"
    )
    right = score(
        row("lasen"), [Why("lasen", "lasen", SAME, TITLE)], weights, typed="lasen", language="nl"
    )

    assert right > slipped


def test_what_stands_high_in_two_lists_comes_before_the_first_of_one() -> None:
    points = fused([(["a", "b", "c"], 1.0), (["b", "d"], 1.0)])

    assert sorted(points, key=lambda thing: -points[thing]) == ["b", "a", "d", "c"]


def test_a_word_that_may_mean_another_is_not_said_to_stand_in_the_rest_itself() -> None:
    assert whys(row("accu"), ["feebdack"], {"feebdack": {"feedback": SLIP}}, whole=True) == [
        Why("feebdack", "", KIN, REST)
    ]
