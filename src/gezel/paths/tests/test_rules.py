"""How a path is built and walked, told as cases from practice and as what holds of every path."""

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gezel.paths.rules import (
    Kind,
    Mark,
    Node,
    Problem,
    Skip,
    State,
    What,
    beside,
    changes,
    circle_in,
    effect,
    found,
    moved,
    problems,
    put,
    read,
    skip_met,
    walked,
    without,
    written,
)
from gezel.paths.tests.strategies import BEGAN, marks_on, paths


def step(key: str, **more: object) -> Node:
    return Node(key, Kind.TASK, en=key, **more)  # type: ignore[arg-type]


def block(kind: Kind, *children: Node, key: str = "block", **more: object) -> Node:
    return Node(key, kind, en=key, children=children, **more)  # type: ignore[arg-type]


def path(*children: Node, kind: Kind = Kind.SEQUENCE) -> Node:
    return Node("root", kind, children=children)


def did(*keys: str, on: date = BEGAN) -> list[Mark]:
    return [Mark(key, What.DONE, on) for key in keys]


def states(root: Node, marks: list[Mark], on: date = BEGAN) -> Mapping[str, State]:
    return {key: s.state for key, s in walked(root, marks, BEGAN, on).stands.items()}


def test_in_a_row_one_step_opens_after_the_other() -> None:
    root = path(step("read"), step("practise"), step("test"))

    walk = walked(root, did("read"), BEGAN, BEGAN)

    assert walk.now == ("practise",)
    assert walk.stands["test"].state is State.LATER
    assert walk.stands["test"].waits_for == ("practise",)
    assert (walk.settled, walk.asked, walk.percent) == (1, 3, 33)


def test_side_by_side_all_are_open_at_once() -> None:
    root = path(block(Kind.PARALLEL, step("a"), step("b")), step("after"))

    assert walked(root, [], BEGAN, BEGAN).now == ("a", "b")
    assert walked(root, did("b", "a"), BEGAN, BEGAN).now == ("after",)


def test_two_of_five_let_the_other_three_fall_away_and_ask_two() -> None:
    root = path(block(Kind.CHOICE, *(step(k) for k in "abcde"), pick=2))

    assert walked(root, [], BEGAN, BEGAN).now == ("block",)
    assert walked(root, [], BEGAN, BEGAN).asked == 2
    walk = walked(root, did("b", "e"), BEGAN, BEGAN)
    assert walk.complete
    assert walk.stands["a"].state is State.LEFT
    assert walk.stands["a"].left_for == "block"


def test_a_choice_can_be_made_before_anything_is_done_and_made_again() -> None:
    root = path(block(Kind.CHOICE, step("a"), step("b"), step("c")))
    picked = [Mark("b", What.PICKED, BEGAN)]

    assert walked(root, picked, BEGAN, BEGAN).now == ("b",)
    again = [*picked, Mark("b", What.UNPICKED, BEGAN)]
    assert walked(root, again, BEGAN, BEGAN).now == ("block",)


def test_what_was_done_before_its_turn_counts() -> None:
    root = path(step("first"), step("second"))

    walk = walked(root, did("second"), BEGAN, BEGAN)

    assert walk.stands["second"].state is State.DONE
    assert walk.now == ("first",)


def test_what_is_skipped_is_settled_and_doing_it_anyway_opens_it_again() -> None:
    root = path(step("known"), step("next"))
    skipped = [Mark("known", What.SKIPPED, BEGAN)]

    walk = walked(root, skipped, BEGAN, BEGAN)
    assert (walk.now, walk.skipped, walk.settled) == (("next",), 1, 1)
    anyway = [*skipped, Mark("known", What.WANTED, BEGAN)]
    assert walked(root, anyway, BEGAN, BEGAN).now == ("known",)


def test_a_skipped_block_holds_nothing_up_that_needs_a_step_of_it() -> None:
    root = path(
        block(Kind.PARALLEL, step("inner"), step("other")),
        step("needs it", needs=("inner",)),
    )

    assert walked(root, [Mark("block", What.SKIPPED, BEGAN)], BEGAN, BEGAN).now == ("needs it",)


def test_deadlines_count_from_the_first_day_and_a_block_lends_its_own() -> None:
    root = path(block(Kind.PARALLEL, step("a"), step("b", due_days=5), due_days=30))

    walk = walked(root, [], BEGAN, BEGAN + timedelta(days=6))

    assert walk.stands["a"].due_on == BEGAN + timedelta(days=30)
    assert walk.stands["b"].due_on == BEGAN + timedelta(days=5)
    assert walk.stands["b"].late
    assert not walk.stands["a"].late
    assert walk.due_on == BEGAN + timedelta(days=5)


def test_day_thirty_opens_on_day_thirty() -> None:
    root = path(step("talk", opens_days=30))

    early = walked(root, [], BEGAN, BEGAN + timedelta(days=29))
    assert early.stands["talk"].opens_on == BEGAN + timedelta(days=30)
    assert early.now == ()
    assert walked(root, [], BEGAN, BEGAN + timedelta(days=30)).now == ("talk",)


def test_what_is_optional_holds_nothing_up_and_is_not_counted() -> None:
    root = path(step("extra", optional=True), step("must"))

    walk = walked(root, did("must"), BEGAN, BEGAN)

    assert walk.complete
    assert walk.asked == 1


def test_what_happened_later_does_not_count_on_an_earlier_day() -> None:
    root = path(step("a"))
    later = did("a", on=BEGAN + timedelta(days=3))

    assert not walked(root, later, BEGAN, BEGAN).complete
    assert walked(root, later, BEGAN, BEGAN + timedelta(days=3)).complete


def test_a_step_is_skipped_by_what_someone_shows_or_did() -> None:
    node = step("isolate", skips=(Skip(skill=7, level=3), Skip(activity=9, months=12)))

    assert skip_met(node, {7: 2.6}, {}, BEGAN) == Skip(skill=7, level=3)
    assert skip_met(node, {7: 2.5}, {}, BEGAN) is None
    assert skip_met(node, {}, {9: date(2025, 3, 3)}, BEGAN) == Skip(activity=9, months=12)
    assert skip_met(node, {}, {9: date(2025, 3, 2)}, BEGAN) is None
    assert skip_met(node, {}, {9: BEGAN + timedelta(days=1)}, BEGAN) is None


def test_a_loop_is_named_by_its_steps() -> None:
    root = path(step("one", needs=("three",)), step("two"), step("three"), kind=Kind.PARALLEL)
    assert problems(root) == []

    looped = path(step("one", needs=("three",)), step("two"), step("three"))
    assert circle_in(looped) == ("three", "one", "two", "three") or set(circle_in(looped)) == {
        "one",
        "two",
        "three",
    }
    assert [p.what for p in problems(looped)] == ["circle"]


def test_a_step_that_needs_the_block_it_stands_in_is_a_loop() -> None:
    root = path(block(Kind.PARALLEL, step("a", needs=("block",)), step("b")))

    assert set(circle_in(root)) == {"a", "block"}


def test_what_is_wrong_is_told_at_its_place() -> None:
    root = path(
        Node("lost", Kind.ACTIVITY),
        Node("mute", Kind.TASK),
        block(Kind.CHOICE, step("only"), pick=2),
        block(Kind.PARALLEL, key="hollow"),
        step("odd", opens_days=20, due_days=10, needs=("gone", "odd")),
    )

    assert set(problems(root)) == {
        Problem("lost", "no_activity"),
        Problem("mute", "no_words"),
        Problem("block", "pick"),
        Problem("hollow", "empty_block"),
        Problem("odd", "due_before_open"),
        Problem("odd", "needs_itself"),
        Problem("odd", "needs_gone"),
    }
    assert problems(path()) == [Problem("root", "empty")]
    assert problems(path(step("a", optional=True))) == [Problem("root", "nothing_asked")]


def test_a_path_five_blocks_deep_is_refused() -> None:
    deep = step("bottom")
    for number in range(4):
        deep = block(Kind.PARALLEL, deep, key=f"b{number}")

    assert [p.what for p in problems(path(deep))] == ["too_deep"]


def test_moving_into_itself_changes_nothing_and_taking_away_forgets_the_needs() -> None:
    root = path(block(Kind.PARALLEL, step("a")), step("b", needs=("a",)))

    assert moved(root, "block", "block", 0) == root
    assert moved(root, "b", "block", 0).children[0].children[0].key == "b"
    left = without(root, "block")
    assert found(left, "b") == step("b")


def test_what_a_version_changes_is_told_by_step() -> None:
    old = path(step("a"), step("b"), step("c"))
    new = path(step("b"), step("a"), step("c", due_days=10), step("d"))

    assert {(c.what, c.node.key) for c in changes(old, new)} == {
        ("moved", "a"), ("moved", "b"), ("other", "c"), ("new", "d"),
    }  # fmt: skip
    assert [(c.what, c.node.key) for c in changes(old, path(step("a"), step("c")))] == [
        ("gone", "b")
    ]


def test_moving_tells_what_someone_loses_and_still_has_to_do() -> None:
    old = path(step("a"), step("b"))

    told = effect(old, path(step("b"), step("c")), did("a"), BEGAN, BEGAN)
    assert (told.lost, told.more, told.finishes) == (("a",), 1, False)
    assert effect(old, path(step("a")), did("a"), BEGAN, BEGAN).finishes


@given(paths())
def test_a_path_is_kept_as_it_is(root: Node) -> None:
    assert read(written(root)) == root


@given(paths())
def test_a_path_changed_into_itself_changes_nothing(root: Node) -> None:
    assert changes(root, root) == []


@given(st.data())
def test_nobody_is_ever_stuck(data: st.DataObject) -> None:
    """Whoever is not through has something to do or choose, or a day on which it opens."""
    root = data.draw(paths())
    marks = data.draw(marks_on(root))
    walk = walked(root, marks, BEGAN, BEGAN + timedelta(days=80))

    asked = any(not p.optional and not n.is_block for p in root.walk() for n in p.steps)
    if walk.complete or not asked:
        return
    assert walk.now, walk


@given(st.data())
def test_the_figures_follow_from_the_steps(data: st.DataObject) -> None:
    root = data.draw(paths())
    marks = data.draw(marks_on(root))
    on = BEGAN + timedelta(days=data.draw(st.integers(0, 80)))
    walk = walked(root, marks, BEGAN, on)

    assert 0 <= walk.skipped <= walk.settled <= walk.asked
    if walk.asked:
        assert walk.complete == (walk.settled == walk.asked)
    assert set(walk.stands) == {n.key for n in root.walk()}
    for key in walk.now:
        assert walk.stands[key].state in {State.OPEN, State.CHOOSE}
    for stand in walk.stands.values():
        assert bool(stand.left_for) == (stand.state is State.LEFT)


@given(st.data())
def test_doing_what_is_open_always_leads_to_the_end(data: st.DataObject) -> None:
    """However one chooses, as many rounds as there are steps are enough."""
    root = data.draw(paths())
    on = BEGAN + timedelta(days=100)
    marks: list[Mark] = []
    for _round in root.walk():
        walk = walked(root, marks, BEGAN, on)
        if walk.complete:
            break
        key = data.draw(st.sampled_from(walk.now))
        node = found(root, key)
        assert node is not None
        if node.kind is Kind.CHOICE:
            open_ones = [
                c.key for c in node.children
                if walk.stands[c.key].state is not State.DONE and not walk.stands[c.key].picked
            ]  # fmt: skip
            marks.append(Mark(data.draw(st.sampled_from(open_ones)), What.PICKED, on))
        else:
            marks += did(key, on=on)

    if walk.asked:
        assert walked(root, marks, BEGAN, on).complete


def test_putting_a_step_in_a_block_at_a_place() -> None:
    root = put(path(step("a"), step("b")), step("x"), "root", 1)

    assert [c.key for c in root.children] == ["a", "x", "b"]


def test_another_form_stands_beside_a_step_in_its_place() -> None:
    root = Node("root", Kind.BLEND, children=(
        Node("a", Kind.ACTIVITY, activity=1, part="theory"),
        Node("b", Kind.ACTIVITY, activity=2, part="practice", due_days=30, needs=("a",)),
        Node("c", Kind.TASK, nl="c", part="applied", needs=("b",)),
    ))  # fmt: skip

    now = beside(root, "b", Node("d", Kind.ACTIVITY, activity=3), choice="x")

    choice = now.children[1]
    assert (choice.key, choice.kind, choice.pick) == ("x", Kind.CHOICE, 1)
    assert (choice.part, choice.due_days, choice.needs) == ("practice", 30, ("a",))
    assert [(n.key, n.due_days, n.needs) for n in choice.children] == [
        ("b", None, ()), ("d", None, ()),
    ]  # fmt: skip
    # Who chooses the other form must not wait for the one they did not choose.
    assert now.children[2].needs == ("x",)
    assert not problems(now)


def test_a_third_form_joins_the_choice_that_is_there() -> None:
    root = Node("root", Kind.SEQUENCE, children=(
        Node("x", Kind.CHOICE, nl="x", children=(
            Node("a", Kind.ACTIVITY, activity=1), Node("b", Kind.ACTIVITY, activity=2),
        )),
    ))  # fmt: skip

    now = beside(root, "a", Node("c", Kind.ACTIVITY, activity=3), choice="unused")

    assert [n.key for n in now.children[0].children] == ["a", "b", "c"]


def test_who_did_the_step_before_it_became_a_choice_has_made_it() -> None:
    root = Node("root", Kind.SEQUENCE, children=(
        Node("a", Kind.ACTIVITY, activity=1), Node("b", Kind.TASK, nl="b", needs=("a",)),
    ))  # fmt: skip
    now = beside(root, "a", Node("c", Kind.ACTIVITY, activity=3), choice="x")

    walk = walked(now, [Mark("a", What.DONE, BEGAN)], BEGAN, BEGAN)

    assert walk.now == ("b",)
    assert walk.stands["c"].state is State.LEFT
