"""Sequencing and navigation of SCORM 2004, held against the pseudo code of the specification.

Sections are those of ADL SCORM 2004 4th edition, Sequencing and Navigation, appendix C. Roll-up is
compared with a second, slower reading of it, line by line with its pairs of status and flag.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gezel.content.rules.packages.sequencing.cmi import track
from gezel.content.rules.packages.sequencing.definitions import sequencing_of
from gezel.content.rules.packages.sequencing.engine import Sequencer
from gezel.content.rules.packages.sequencing.tracking import Activity

Told = dict[str, Any]
DEFAULTS = sequencing_of(etree.fromstring("<item/>"), {})


def node(name: str, *children: Told, **said: Any) -> Told:
    """An activity as a manifest says it; what is given lies over the defaults."""
    told = deepcopy(DEFAULTS)
    for part, value in said.items():
        told[part] = told[part] | value if isinstance(value, dict) else value
    return told | {"id": name, "title": name, "visible": True, "children": list(children)}


def flowing(name: str, *children: Told, **said: Any) -> Told:
    return node(name, *children, control={"flow": True} | said.pop("control", {}), **said)


def rule(action: str, condition: str, *, turned: bool = False) -> Told:
    one = {"objective": "", "measure": 0.0, "not": turned, "condition": condition}
    return {"combination": "all", "conditions": [one], "action": action}


def rules(**kinds: list[Told]) -> Told:
    return {"pre": [], "exit": [], "post": []} | kinds


def begun(tree: Told) -> Sequencer:
    sequencer = Sequencer(tree, {}, {})
    assert sequencer.request("start").opens
    return sequencer


def leaves(*names: str) -> list[Told]:
    return [node(name) for name in names]


def says(sequencer: Sequencer, **cmi: Any) -> None:
    """The unit that is open says something of itself, and is left."""
    assert sequencer.current is not None
    track(sequencer.current, {"cmi": cmi}, end=True)


# -- where requests lead --------------------------------------------------------------------------


def test_sb_2_1_it_flows_through_all_and_ends() -> None:
    sequencer = begun(flowing("r", flowing("a", *leaves("1", "2")), *leaves("3")))
    seen = ["1"]
    while opens := (outcome := sequencer.request("continue")).opens:
        seen.append(opens)
    assert (seen, outcome.ended) == (["1", "2", "3"], True)


def test_sb_2_1_backward_into_what_goes_forward_only_begins_at_its_first() -> None:
    part = flowing("a", *leaves("1", "2"), control={"forwardOnly": True})
    sequencer = begun(flowing("r", part, *leaves("3")))
    for _twice in range(2):
        sequencer.request("continue")
    assert sequencer.current is sequencer.by_id["3"]
    assert sequencer.request("previous").opens == "1"
    assert sequencer.request("previous").why == "NB.2.1-5"


def test_sb_2_2_what_is_skipped_or_disabled() -> None:
    skipped = node("2", rules=rules(pre=[rule("skip", "always")]))
    sequencer = begun(flowing("r", *leaves("1"), skipped, *leaves("3")))
    assert sequencer.request("continue").opens == "3"
    assert sequencer.request("previous").opens == "1"
    barred = node("2", rules=rules(pre=[rule("disabled", "always")]))
    sequencer = begun(flowing("r", *leaves("1"), barred))
    assert sequencer.request("continue").why == "SB.2.2-2"
    assert sequencer.request("choice", "2").why == "DB.1.1-3"


@pytest.mark.parametrize("asked", ["continue", "previous", "choice"])
def test_tb_2_3_exit_all_afterwards_ends_whatever_was_asked(asked: str) -> None:
    """Also on the way back or to a chosen place: what was asked is not carried out after it."""
    last = node("2", rules=rules(post=[rule("exitAll", "always")]))
    sequencer = begun(flowing("r", *leaves("1"), last, *leaves("3")))
    sequencer.request("continue")
    outcome = sequencer.request(asked, "3" if asked == "choice" else "")
    assert (outcome.ended, outcome.opens, outcome.why) == (True, "", "")


def test_tb_2_3_retry_all_begins_anew() -> None:
    last = node("2", rules=rules(post=[rule("retryAll", "satisfied", turned=True)]))
    sequencer = begun(flowing("r", *leaves("1"), last))
    sequencer.request("continue")
    says(sequencer, success_status="failed")
    assert sequencer.request("continue").opens == "1"
    assert sequencer.root.attempts == 2
    sequencer.request("continue")
    says(sequencer, success_status="passed")
    assert sequencer.request("continue").ended


@pytest.mark.parametrize("action", ["skip", "disabled"])
def test_sb_2_10_3_where_nothing_can_be_begun_anew(action: str) -> None:
    once = node("1", rules=rules(pre=[rule(action, "attempted")],
                                 post=[rule("exitParent", "always")]))  # fmt: skip
    part = flowing("a", once, rules=rules(post=[rule("retry", "always")]))
    sequencer = begun(flowing("r", *leaves("2"), part))
    sequencer.request("continue")
    outcome = sequencer.request("continue")
    assert (outcome.opens, outcome.ended, outcome.why) == ("", False, "SB.2.10-3")
    assert sequencer.current is sequencer.by_id["a"]
    assert sequencer.request("choice", "2").opens == "2", "and one may go elsewhere"


def test_tb_2_3_4_the_root_has_nothing_above_it_to_leave() -> None:
    leave = rules(post=[rule("exitParent", "always")])
    sequencer = begun(flowing("r", node("1", rules=leave), rules=leave))
    outcome = sequencer.request("continue")
    assert (outcome.opens, outcome.why) == ("", "TB.2.3-4")


def test_tb_2_2_what_is_put_aside_asks_nothing_afterwards() -> None:
    part = node("1", rules=rules(post=[rule("exitAll", "always")]))
    sequencer = begun(flowing("r", part, *leaves("2")))
    says(sequencer, exit="suspend")
    assert sequencer.request("continue").opens == "2"


def test_sb_2_11_leaving_one_unit_does_not_end_the_whole() -> None:
    sequencer = begun(flowing("r", *leaves("1", "2")))
    outcome = sequencer.request("exit")
    assert (outcome.opens, outcome.ended, outcome.why) == ("", False, "")
    assert sequencer.request("exit").why == "NB.2.1-12"
    assert sequencer.request("continue").opens == "2"
    sequencer.request("abandon")
    assert sequencer.by_id["2"].attempts == 1
    assert sequencer.request("exitAll").ended


def test_tb_2_2_leaving_the_whole_from_within_ends_it_whatever_follows() -> None:
    inner = node("1", rules=rules(post=[rule("exitParent", "always")]))
    part = flowing("a", inner, rules=rules(post=[rule("exitParent", "always")]))
    sequencer = begun(flowing("r", part, *leaves("2")))
    assert sequencer.request("continue").ended
    assert not sequencer.root.active


def test_tb_2_2_a_rule_afterwards_goes_before_what_was_asked() -> None:
    back = node("2", rules=rules(post=[rule("previous", "always")]))
    sequencer = begun(flowing("r", *leaves("1"), back, *leaves("3")))
    sequencer.request("continue")
    assert sequencer.request("continue").opens == "1"


def test_up_2_1_of_several_conditions_what_is_not_known_decides_nothing() -> None:
    one = {"objective": "", "measure": 0.0, "not": False, "condition": "satisfied"}
    known = one | {"condition": "attempted"}
    for combination, opens in (("all", "2"), ("any", "3")):
        skip = {"combination": combination, "conditions": [one, known | {"not": True}],
                "action": "skip"}  # fmt: skip
        part = node("2", rules=rules(pre=[skip]))
        sequencer = begun(flowing("r", *leaves("1"), part, *leaves("3")))
        assert sequencer.request("continue").opens == opens


def test_tb_2_2_leaving_what_is_above_asks_its_rules_too() -> None:
    part = flowing("a", node("1", rules=rules(post=[rule("exitParent", "always")])), *leaves("2"),
                   rules=rules(post=[rule("retry", "attempted")]))  # fmt: skip
    sequencer = begun(flowing("r", part, *leaves("3")))
    says(sequencer, completion_status="completed")
    assert sequencer.request("continue").opens == "1"
    assert sequencer.by_id["a"].attempts == 2


def test_tb_2_1_what_is_above_may_end_with_it() -> None:
    part = flowing("a", *leaves("1", "2"), rules=rules(exit=[rule("exit", "attempted")]))
    sequencer = begun(flowing("r", part, *leaves("3")))
    assert sequencer.request("continue").opens == "3"


def test_up_1_attempts_are_counted_and_used_up() -> None:
    once = node("1", limits={"attempts": 1})
    sequencer = begun(flowing("r", once, *leaves("2")))
    sequencer.request("continue")
    assert sequencer.request("previous").why == "SB.2.2-2"
    assert sequencer.request("choice", "1").why == "DB.1.1-3"
    sequencer = begun(flowing("r", once, *leaves("2")))
    says(sequencer, exit="suspend")
    sequencer.request("continue")
    assert sequencer.request("previous").opens == "1"  # it goes on: no new attempt


def test_sb_2_6_what_was_put_aside_goes_on_where_it_was() -> None:
    sequencer = begun(flowing("r", flowing("a", *leaves("1", "2")), *leaves("3")))
    sequencer.request("continue")
    assert sequencer.request("suspendAll").ended
    assert sequencer.request("resumeAll").opens == "2"
    assert [sequencer.by_id[name].attempts for name in ("r", "a", "2")] == [1, 1, 1]


def test_nb_2_1_where_nothing_may_be_chosen() -> None:
    part = flowing("a", *leaves("2"), control={"choice": False})
    sequencer = begun(flowing("r", *leaves("1"), part))
    assert sequencer.request("choice", "2").why == "NB.2.1-10"
    assert sequencer.request("choice", "nowhere").why == "NB.2.1-11"
    assert sequencer.request("choice", "a").opens == "2"


def test_sb_2_9_inside_what_must_be_begun_by_flowing() -> None:
    part = flowing("a", *leaves("2", "3"), choice={"prevent_activation": True})
    sequencer = begun(flowing("r", *leaves("1"), part))
    assert sequencer.request("choice", "3").why == "SB.2.9-6"
    assert sequencer.request("choice", "a").opens == "2"
    assert sequencer.request("choice", "3").opens == "3"


def test_sb_2_9_who_is_constrained_reaches_the_next_only() -> None:
    part = flowing("b", *leaves("2"), choice={"constrain": True})
    tree = flowing("r", *leaves("0", "1"), part, *leaves("3", "4"))
    for goal, code in (("0", "SB.2.9-8"), ("1", ""), ("3", ""), ("4", "SB.2.9-8")):
        sequencer = begun(tree)
        assert sequencer.request("choice", "b").opens == "2"
        assert sequencer.request("choice", goal).why == code, goal


def test_sb_2_4_past_what_stops_nobody_chooses() -> None:
    stops = node("2", rules=rules(pre=[rule("stopForwardTraversal", "completed", turned=True)]))
    sequencer = begun(flowing("r", *leaves("1"), stops, *leaves("3")))
    assert sequencer.request("choice", "3").why == ""  # whether it is completed is not known
    stops = node("2", rules=rules(pre=[rule("stopForwardTraversal", "always")]))
    sequencer = begun(flowing("r", *leaves("1"), stops, *leaves("3")))
    assert sequencer.request("choice", "3").why == "SB.2.4-1"
    assert sequencer.request("choice", "2").opens == "2"


STOPS = rules(pre=[rule("stopForwardTraversal", "always")])


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("left", ""), ("between", ""), ("common", "SB.2.4-1"), ("entered", "SB.2.4-1"),
        ("deeper", "SB.2.4-1"), ("target", ""),
    ],
)  # fmt: skip
def test_sb_2_9_across_the_tree_only_the_way_down_stops(where: str, code: str) -> None:
    """11.6 to 11.8: from the common activity, which counts, to above the target. Neither what one
    comes from nor what is passed on the way is asked."""

    def part(name: str, *children: Told) -> Told:
        return flowing(name, *children, **({"rules": STOPS} if name == where else {}))

    goal = node("goal", **({"rules": STOPS} if where == "target" else {}))
    tree = part("common", part("left", *leaves("1")), part("between", *leaves("2")),
                part("entered", part("deeper", *leaves("3"), goal)))  # fmt: skip
    sequencer = begun(flowing("r", tree))

    assert sequencer.request("choice", "goal").why == code
    # On the way back nothing stops: forward traversal is what the rule is about.
    sequencer = begun(flowing("r", tree))
    sequencer.request("jump", "goal")
    assert sequencer.request("choice", "1").opens == "1"


def test_nb_2_1_what_may_not_be_left_by_choice() -> None:
    part = flowing("a", *leaves("1", "2"), control={"choiceExit": False})
    sequencer = begun(flowing("r", part, *leaves("3")))
    assert sequencer.request("choice", "3").why == "NB.2.1-8"
    assert sequencer.request("choice", "2").opens == "2"


def objective(name: str, **said: Any) -> Told:
    return {"id": name, "primary": False, "by_measure": False, "min": 1.0, "maps": []} | said


def test_an_objective_that_its_score_decides_tells_others_so() -> None:
    """4.5.2: what the unit says of it does not count, in the global objective neither."""
    told = {"target": "global", "writeSatisfiedStatus": True, "writeNormalizedMeasure": True}
    primary = objective("p", primary=True)
    scored = objective("o", by_measure=True, min=0.6, maps=[told])
    shared: dict[str, Told] = {}
    sequencer = Sequencer(flowing("r", node("1", objectives=[primary, scored])), {}, shared)
    sequencer.request("start")
    one = {"id": "o", "success_status": "passed", "score": {"scaled": "0.4"}}
    says(sequencer, objectives=[one])
    assert shared["global"] == {"satisfied": False, "measure": 0.4}
    says(sequencer, objectives=[one | {"score": {}}])
    assert shared["global"] == {}


# -- roll-up, read a second time ------------------------------------------------------------------

CONDITIONS = ("satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "completed",
              "activityProgressKnown", "attempted", "attemptLimitExceeded", "never")  # fmt: skip
WHEN = ("always", "ifNotSuspended", "ifAttempted", "ifNotSkipped")
NEEDED = ("requiredForSatisfied", "requiredForNotSatisfied", "requiredForCompleted",
          "requiredForIncomplete")  # fmt: skip


@st.composite
def families(draw: st.DrawFn) -> tuple[Told, dict[str, Told]]:
    """A parent with children of whom something is known, and a roll-up rule or two."""
    children, states = [], {}
    for name in "abcd"[: draw(st.integers(1, 4))]:
        skipped = [rule("skip", "attempted")] if draw(st.booleans()) else []
        children.append(
            node(
                name,
                rules=rules(pre=skipped),
                delivery={"tracked": draw(st.integers(0, 5)) > 0},
                limits={"attempts": draw(st.sampled_from([None, 1, 2]))},
                considerations={name: draw(st.sampled_from(WHEN)) for name in NEEDED},
                rollup={"objective": draw(st.integers(0, 3)) > 0,
                        "progress": draw(st.integers(0, 3)) > 0,
                        "weight": draw(st.sampled_from([0.0, 0.5, 1.0]))},
            )
        )  # fmt: skip
        known = {
            "satisfied": draw(st.sampled_from([None, False, True])),
            "completed": draw(st.sampled_from([None, False, True])),
            "measure": draw(st.sampled_from([None, -0.5, 0.0, 0.8])),
        }
        states[name] = {
            "attempts": draw(st.integers(0, 2)),
            "suspended": draw(st.booleans()),
            "objectives": {"": {k: v for k, v in known.items() if v is not None}},
        }
    found = [
        {
            "children": draw(st.sampled_from(["all", "any", "none", "atLeastCount",
                                              "atLeastPercent"])),
            "count": draw(st.integers(0, 3)),
            "percent": draw(st.sampled_from([0.0, 0.5, 1.0])),
            "combination": draw(st.sampled_from(["any", "all"])),
            "conditions": [
                {"not": draw(st.booleans()), "condition": draw(st.sampled_from(CONDITIONS))}
                for _n in range(draw(st.integers(1, 3)))
            ],
            "action": draw(st.sampled_from(["satisfied", "notSatisfied", "completed",
                                            "incomplete"])),
        }
        for _n in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return flowing("r", *children, rollup={"rules": found}), states


def evaluated(one: Mapping[str, Any], told: Told, state: Told) -> str:
    """UP.2.1 and RB.1.4.1 of one condition: "true", "false" or "unknown"."""
    known = state["objectives"][""] if told["delivery"]["tracked"] else {}
    limit = told["limits"]["attempts"]
    words: dict[Any, str] = {True: "true", False: "false"}
    answer = {
        "satisfied": words.get(known.get("satisfied"), "unknown"),
        "objectiveStatusKnown": words["satisfied" in known],
        "objectiveMeasureKnown": words["measure" in known],
        "completed": words.get(known.get("completed"), "unknown"),
        "activityProgressKnown": words["completed" in known],
        "attempted": words[state["attempts"] > 0],
        "attemptLimitExceeded": words[limit is not None and state["attempts"] >= limit],
        "never": "false",
    }[one["condition"]]
    if one["not"]:
        return {"true": "false", "false": "true", "unknown": "unknown"}[answer]
    return answer


def bag_of(found: Told, tree: Told, states: dict[str, Told]) -> list[str]:
    """RB.1.4, steps 1 to 4: what each child that takes part says."""
    bag = []
    for child in tree["children"]:
        state = states[child["id"]]
        if not child["delivery"]["tracked"]:
            continue
        about_objective = found["action"] in ("satisfied", "notSatisfied")
        if not child["rollup"]["objective" if about_objective else "progress"]:
            continue
        word = found["action"][0].upper() + found["action"][1:]
        when = child["considerations"][f"requiredFor{word}"]
        begun = state["attempts"] > 0  # the Activity Progress Status
        if when == "ifNotSuspended" and (not begun or state["suspended"]):
            continue
        if when == "ifAttempted" and state["attempts"] == 0:
            continue
        if when == "ifNotSkipped" and child["rules"]["pre"] and state["attempts"] > 0:
            continue
        said = [evaluated(one, child, state) for one in found["conditions"]]
        if found["combination"] == "all":
            order = ("false", "unknown", "true")  # the worst of them decides
        else:
            order = ("true", "unknown", "false")
        bag.append(next(word for word in order if word in said))
    return bag


def holds(found: Told, tree: Told, states: dict[str, Told]) -> bool:
    """RB.1.4, step 5."""
    bag = bag_of(found, tree, states)
    if not bag:
        return False
    yes = bag.count("true")
    if found["children"] == "all":
        return "false" not in bag and "unknown" not in bag
    if found["children"] == "any":
        return yes > 0
    if found["children"] == "none":
        return yes == 0 and "unknown" not in bag
    if found["children"] == "atLeastCount":
        return bool(yes >= found["count"])
    return bool(yes >= found["percent"] * len(bag))


def by_default(condition: str, action: str) -> Told:
    told = {"not": False, "condition": condition}
    return {"children": "all", "combination": "any", "conditions": [told], "action": action}


def rolled(tree: Told, states: dict[str, Told], no: str, yes: str, known: str) -> bool | None:
    """RB.1.2.b and RB.1.3.b: the rules against first, those for have the last word."""
    said = [one for one in tree["rollup"]["rules"] if one["action"] in (no, yes)]
    said = said or [by_default(known, no), by_default(yes, yes)]
    result = None
    for action, value in ((no, False), (yes, True)):
        if any(holds(one, tree, states) for one in said if one["action"] == action):
            result = value
    return result


@given(families())
def test_rb_1_what_children_come_to_is_as_a_slower_reading_has_it(
    family: tuple[Told, dict[str, Told]],
) -> None:
    tree, states = family
    weighed = total = 0.0
    measured = False
    for child in tree["children"]:
        if child["delivery"]["tracked"]:
            weight = child["rollup"]["weight"]
            weighed += weight
            if (measure := states[child["id"]]["objectives"][""].get("measure")) is not None:
                total, measured = total + measure * weight, True
    objective = rolled(tree, states, "notSatisfied", "satisfied", "objectiveStatusKnown")
    progress = rolled(tree, states, "incomplete", "completed", "activityProgressKnown")

    root = Activity(tree, None, deepcopy(states), {})
    root.roll_up()

    assert root.satisfied() is objective
    assert root.completed is progress
    mean = total / weighed if measured and weighed > 0 else None
    assert root.primary.measure == (None if mean is None else pytest.approx(mean))
    before = deepcopy(root.state)
    root.roll_up()
    assert root.state == before  # twice is as once
