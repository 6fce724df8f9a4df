"""Short ways to paths and people on them, through the actions the product uses."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.paths.actions import (
    change_rule,
    enrol,
    excuse,
    make_path,
    make_rule,
    publish,
    use_rule,
)
from gezel.paths.models import Enrolment, Exemption, Path, Rule
from gezel.paths.rules import Kind, Node, Readers, Skip
from gezel.paths.rules.conditions import Condition, Group, Leaf
from gezel.people.api import Organisation, Person
from gezel.skills.api import Skill

EVERYONE = Group()


def a_step(key: str, **more: Any) -> Node:
    """A step in one's own words."""
    return Node(key, Kind.TASK, nl=key, en=key, **more)


def a_lesson(key: str, activity: Activity, **more: Any) -> Node:
    """A step that is an activity of the catalogue."""
    return Node(key, Kind.ACTIVITY, activity=activity.pk, **more)


def a_question(key: str, readers: Readers = Readers.LEAD, **more: Any) -> Node:
    """A question on the way."""
    return Node(key, Kind.FEEDBACK, nl=key, en=key, readers=readers, **more)


def a_block(kind: Kind, *children: Node, key: str = "block", **more: Any) -> Node:
    return Node(key, kind, nl=key, en=key, children=children, **more)


def a_structure(*steps: Node, kind: Kind = Kind.SEQUENCE) -> Node:
    return Node("root", kind, children=steps)


def a_path(
    organisation: Organisation,
    *steps: Node,
    name: str = "First ninety days",
    kind: Kind = Kind.SEQUENCE,
    published: bool = True,
) -> Path:
    """A path, by default published, with two steps."""
    there = steps or (a_step("read"), a_step("practise", due_days=30))
    path = make_path(
        organisation, {"name_nl": name, "name_en": name}, structure=a_structure(*there, kind=kind)
    )
    if published:
        publish(path, seen=path.revision)
        path.refresh_from_db()
    return path


def a_walker(path: Path, person: Person, *, begins_on: date | None = None) -> Enrolment:
    """Someone on a path, put there by hand."""
    enrol(
        path,
        [person.pk],
        begins_on=begins_on or timezone.localdate(),
        how=Enrolment.How.HAND,
    )
    return Enrolment.objects.filter(path=path, person=person).latest("pk")


def a_rule(path: Path, condition: Condition = EVERYONE, *, begins: str = "match") -> Rule:
    """A rule in use."""
    rule = make_rule(path)
    rule = change_rule(rule, lambda _tree: condition, seen=rule.revision)
    use_rule(rule, begins=begins, seen=rule.revision, sure=True)
    rule.refresh_from_db()
    return rule


def all_of(*parts: Condition) -> Group:
    return Group(True, tuple(parts))


def one_of(*parts: Condition) -> Group:
    return Group(False, tuple(parts))


def leaf(kind: str, *, no: bool = False, **value: Any) -> Leaf:
    return Leaf(kind, value, no)


def a_full_path(
    organisation: Organisation, course: Activity, module: Activity, skill: Skill
) -> Path:
    """One with everything in it, as far as pages can show it at once."""
    return a_path(
        organisation,
        a_step("s1", skips=(Skip(skill=skill.pk, level=1),)),
        a_lesson("s2", module, due_days=0),
        a_block(
            Kind.CHOICE, a_step("s5"), a_lesson("s6", course), a_step("s7", optional=False),
            key="s3", pick=2, due_days=30,
        ),
        a_question("s4"),
        a_block(
            Kind.BLEND, a_lesson("s8", course, part="theory"), a_step("s9", part="applied"),
            key="s10", needs=("s2",),
        ),
        a_step("s11", opens_days=30, due_days=60, optional=True),
        name="EV technician, the whole way with everything that may stand in a path",
        kind=Kind.PARALLEL,
    )  # fmt: skip


def a_condition(person: Person, skill: Skill) -> Condition:
    """A rule with a group in it, that means this person."""
    return all_of(
        leaf("job", job=person.employments.get().job_id),
        one_of(
            leaf("started", no=True, way="less", days=1),
            leaf("skill", skill=skill.pk, level=5),
        ),
    )


def an_exemption(path: Path, person: Person, *, by: Person) -> Exemption:
    """Someone need not follow it, from today."""
    return excuse(
        path, person, reason="Teaches it", from_on=timezone.localdate(), until_on=None, by=by
    )


def people_on(path: Path, states: Iterable[str] = ("open",)) -> set[int]:
    """Who is on it."""
    return set(
        Enrolment.objects.filter(path=path, state__in=list(states)).values_list(
            "person_id", flat=True
        )
    )


def addresses(
    path: Path, walks: Person, skill: Skill, *, lead: Person, hr: Person
) -> dict[str, object]:
    """What the addresses of paths need for a walk through every page: "page:argument"."""
    walker = a_walker(path, walks)
    a_walker(path, lead)
    rule = a_rule(path, a_condition(walks, skill))
    told: dict[str, object] = {"paths:add_step:into": "root", "paths:add_step:kind": "activity"}
    told["paths:end_exemption:pk"] = an_exemption(path, hr, by=hr).pk
    steps = {"done": "s1", "undone": "s1", "choose": "s3", "anyway": "s1", "reply": "s4"}
    for page in ("walk", "stay", "stop", *steps):
        told[f"paths:{page}:pk"] = walker.pk
    for page, step in steps.items():
        told[f"paths:{page}:step"] = step
    for page in (
        "build", "about", "order", "publish", "in_use", "drop", "versions", "move", "figures",
        "add_step", "edit_step", "remove_step", "move_step", "which_form", "people", "by_list",
        "exemptions", "new_rule",
    ):  # fmt: skip
        told[f"paths:{page}:pk"] = path.pk
    told["certificates:panel_path:pk"] = path.pk
    for page in ("edit_step", "remove_step", "move_step"):
        told[f"paths:{page}:step"] = "s3"
    told["paths:which_form:step"] = "s2"
    for page in ("rule", "change_rule", "use_rule", "stop_rule"):
        told[f"paths:{page}:pk"] = rule.pk
    return told
