"""Short ways to tests, items and sittings, through the actions the product uses."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from gezel.assessment import queries
from gezel.assessment.actions import (
    Said,
    approve,
    draft_item,
    keep_answer,
    make_test,
    open_test,
    put_in_use,
    start,
)
from gezel.assessment.models import Answer, Asked, Item, Part, Sitting, Test
from gezel.assessment.rules import bodies
from gezel.assessment.rules.bodies import Words
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.api import Skill
from gezel.skills.tests.builders import a_skill


def said(text: str) -> dict[str, str]:
    return {"nl": f"{text} (nl)", "en": text}


def a_choice(text: str = "What do you do first?", right: int = 0) -> dict[str, Any]:
    return {
        "prompt": said(text),
        "options": [
            {"text": said(t), "right": i == right}
            for i, t in enumerate(("Switch off", "Measure", "Call"))
        ],
    }


def an_order() -> dict[str, Any]:
    return {"prompt": said("In order"), "steps": [said("Off"), said("Lock"), said("Measure")]}


def a_number() -> dict[str, Any]:
    return {"prompt": said("How many volts?"), "value": "400", "off": "5", "unit": said("V")}


def a_test(
    organisation: Organisation,
    skill: Skill | None = None,
    *,
    items: int = 0,
    parts: Sequence[str] = ("Isolating", "Protection"),
    opened: bool = True,
    by: Person | None = None,
    checker: Person | None = None,
) -> Test:
    """A test with so many items in use, from easy to hard, the parts in turn."""
    test = make_test(
        organisation,
        skill or a_skill(organisation=organisation),
        parts=[Words(f"{p} (nl)", p) for p in parts],
    )
    own = list(test.parts.all())
    if items:
        first = an_item(test, hardness=2, part=own[0], state="live", by=by, checker=checker)
        _like(first, [(n, 2 + n % 9, own[n % len(own)]) for n in range(1, items)])
    if opened and items:
        open_test(test)
    test.refresh_from_db()
    return test


def an_item(
    test: Test,
    kind: str = "one",
    body: dict[str, Any] | None = None,
    *,
    n: int = 0,
    hardness: int | None = 6,
    part: Any = None,
    state: str = "draft",
    by: Person | None = None,
    checker: Person | None = None,
) -> Item:
    """An item, brought as far as `state` says by the actions that do so."""
    item = draft_item(
        test, part=part or test.parts.all()[0], kind=kind,
        body=bodies.body_of(kind, body or a_choice(f"Question {n}")).kept(),
        hardness=hardness, by=by,
    )  # fmt: skip
    if state == "draft":
        return item
    approve(item, by=checker or _checker(test))
    item.refresh_from_db()
    return put_in_use(item) if state in {"live", "trial"} else item


def _like(first: Item, others: Sequence[tuple[int, int, Part]]) -> None:
    """More items that came as far as the first: their number, hardness and part.

    Written in one go. Sixty-four brought there one by one, some twenty questions to the database
    each, were two thirds of what these tests took.
    """
    kept = {
        field.attname: getattr(first, field.attname)
        for field in Item._meta.concrete_fields
        if field.name not in {"id", "key", "lineage"}
    }
    made = [
        Item(**kept | {"hardness": hardness, "part_id": part.pk}
             | {"body": bodies.body_of("one", a_choice(f"Question {n}")).kept()})
        for n, hardness, part in others
    ]  # fmt: skip
    for item in made:
        item.difficulty = item.expected
    Item.objects.bulk_create(made)


def _checker(test: Test) -> Person:
    found = Item.objects.filter(test=test).exclude(reviewed_by=None).first()
    return (found.reviewed_by if found else None) or a_colleague(
        test.organisation, "Karim Second", mandates=["author"]
    )


def right_value(sitting: Sitting, item: Item, *, right: bool = True) -> dict[str, Any]:
    """What a device would send for a right answer to this item in this sitting, or a wrong one."""
    body = item.content
    order = bodies.places(body, sitting.seed, item.pk)
    if isinstance(body, bodies.Number):
        return {"number": str(body.value if right else body.value + body.off + 1)}
    if isinstance(body, bodies.Order):
        places = [order.index(i) for i in range(len(order))]
        return {"places": places if right else places[::-1]}
    good = [i for i, o in enumerate(body.options) if o.right]
    bad = [i for i, o in enumerate(body.options) if not o.right][:1]
    return {"places": [order.index(i) for i in (good if right else bad)]}


def answer_one(
    sitting: Sitting,
    *,
    right: bool = True,
    at: datetime | None = None,
    key: uuid.UUID | None = None,
) -> None:
    """Answer the question that is open."""
    turn = queries.course(sitting).open_turn
    assert turn is not None
    item = Item.objects.get(pk=turn.item_pk)
    keep_answer(
        sitting,
        Said(key or uuid.uuid4(), turn.number, right_value(sitting, item, right=right)),
        organisation=sitting.test.organisation,
        at=at,
    )


def sit_out(
    person: Person, test: Test, *, up_to: float = 0.0, at: datetime | None = None
) -> Sitting:
    """Take the whole test: items up to this difficulty are answered rightly, harder ones not."""
    sitting = start(person, test, organisation=test.organisation, at=at)
    while (turn := queries.course(sitting).open_turn) is not None:
        item = Item.objects.get(pk=turn.item_pk)
        answer_one(sitting, right=item.difficulty <= up_to, at=at)
    sitting.refresh_from_db()
    return sitting


def sit_out_alike(
    people: Sequence[Person], test: Test, is_right: Callable[[int, Item], bool]
) -> None:
    """All of them take the whole of a test that puts the same questions to everyone.

    The first does so by the actions, which set the turns; of the others the rows are written in
    one go, as far as figures of questions ask for them (no result). Fifty people one by one, some
    twenty questions to the database at each answer, were ten seconds.

    Args:
        is_right: whether the person at this place answers this item rightly.
    """
    first = start(people[0], test, organisation=test.organisation)
    while (turn := queries.course(first).open_turn) is not None:
        answer_one(first, right=is_right(0, Item.objects.get(pk=turn.item_pk)))
    first.refresh_from_db()
    turns = list(Asked.objects.filter(sitting=first).select_related("item"))
    kept = {
        field.attname: getattr(first, field.attname)
        for field in Sitting._meta.concrete_fields
        if field.name not in {"id", "person", "registration", "result", "in_profile_at"}
    }
    Sitting.objects.bulk_create(Sitting(**kept | {"person": person}) for person in people[1:])
    sittings = {s.person_id: s for s in Sitting.objects.filter(test=test)}
    Asked.objects.bulk_create(
        Asked(sitting=sittings[person.pk], number=turn.number, item=turn.item)
        for person in people[1:]
        for turn in turns
    )
    place = {person.pk: n for n, person in enumerate(people)}
    Answer.objects.bulk_create(
        Answer(
            asked=asked,
            key=uuid.uuid4(),
            value=bodies.value_of(
                body := asked.item.content,
                right_value(asked.sitting, asked.item, right=right),
                bodies.places(body, asked.sitting.seed, asked.item_id),
            ),
            right=right,
        )
        for asked in Asked.objects.filter(sitting__test=test)
        .exclude(sitting=first)
        .select_related("item", "sitting")
        for right in [is_right(place[asked.sitting.person_id], asked.item)]
    )
