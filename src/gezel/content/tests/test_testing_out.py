"""Who can it already does only the rest; and what counts as evidence, in the same words."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import PageOf
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from gezel.content.actions import NotNow, finish, show_what_one_knows, start
from gezel.content.models import Answer, Attempt, Module, TestOut
from gezel.content.queries import play
from gezel.content.rules.bodies import body_of
from gezel.content.rules.evidence import Because, Completion, verdict, verdict_of_skill
from gezel.content.rules.kinds import ASKED_KINDS
from gezel.content.rules.testing_out import next_go, shown
from gezel.content.tests.builders import (
    CHECKLIST,
    QUESTION,
    REFLECTION,
    TEXT,
    a_module,
    answer_everything,
)
from gezel.people.api import Organisation, Person
from gezel.records.api import Statement
from gezel.skills.tests.builders import a_skill

Visit = Callable[[Person], Client]
PARTS: list[Mapping[str, Any]] = [TEXT, QUESTION, TEXT, REFLECTION, QUESTION, TEXT, QUESTION]
RIGHT, WRONG = {"chosen": ["a"]}, {"chosen": ["b"]}


def bodies() -> list[tuple[str, str, Any]]:
    question = body_of(
        "question",
        {
            "prompt": {"en": "?"},
            "options": [{"text": {"en": "x"}, "right": True}, {"text": {"en": "y"}}],
        },
    )
    text = body_of("text", {"body": {"en": "t"}})
    tick = body_of("checklist", {"items": {"en": ["i"]}})
    return [
        ("t1", "text", text), ("q1", "question", question), ("t2", "text", text),
        ("c", "checklist", tick), ("q2", "question", question), ("q3", "question", question),
        ("t3", "text", text),
    ]  # fmt: skip


def test_a_right_answer_stands_for_what_came_before_it() -> None:
    told = shown(bodies(), {"q1": RIGHT, "q2": WRONG}, 80)
    assert not told.passed
    assert (told.right, told.skipped, told.missed) == (("q1",), ("t1",), ("t2", "q2", "q3"))


def test_enough_skips_what_is_taken_in_and_never_what_is_to_be_done() -> None:
    told = shown(bodies(), {"q1": RIGHT, "q2": RIGHT, "q3": RIGHT}, 0)
    assert told.passed
    assert told.skipped == ("t1", "t2", "t3")


def test_a_low_mark_of_the_module_is_not_enough_to_skip_it() -> None:
    assert not shown(bodies(), {"q1": RIGHT, "q2": RIGHT}, 50).passed


def test_one_go_a_period() -> None:
    assert next_go(None) is None
    assert next_go(date(2026, 11, 1)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("done", "because"),
    [
        (Completion(0, 80, None), Because.NOTHING_ASKED),
        (Completion(3, 0, True), Because.NO_MARK),
        (Completion(0, 80, None, made_it=True), Because.NOTHING_ASKED),
        (Completion(3, 80, True, made_it=True), Because.MADE_IT),
        (Completion(3, 80, True, tested_out=True, made_it=True), Because.MADE_IT),
        (Completion(3, 80, False), Because.NOT_ENOUGH),
        (Completion(3, 80, True), Because.PASSED),
        (Completion(3, 80, True, tested_out=True), Because.SHOWED_BEFORE),
    ],
)
def test_what_counts_and_why(done: Completion, because: Because) -> None:
    assert verdict(done) is because
    assert because.counts is (because in {Because.PASSED, Because.SHOWED_BEFORE})


def test_the_same_within_a_year_adds_nothing() -> None:
    done, on = Completion(3, 80, True), date(2026, 11, 26)
    assert verdict_of_skill(done, on - timedelta(days=364), on) is Because.SHOWN_THIS_YEAR
    assert verdict_of_skill(done, on - timedelta(days=365), on) is Because.PASSED
    assert verdict_of_skill(Completion(0, 0, None), on, on) is Because.NOTHING_ASKED


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk, PARTS, teaches={a_skill(): 2})


Value = Mapping[str, Any]


def answers(module: Module, *said: Value) -> dict[int, Value]:
    questions = module.blocks.filter(kind__in=ASKED_KINDS).order_by("position")
    return {block.pk: value for block, value in zip(questions, said, strict=True) if value}


def tries(person: Person, module: Module, *said: Value, **more: Any) -> TestOut:
    return show_what_one_knows(
        person, module, answers(module, *said), key=more.pop("key", uuid.uuid4()),
        organisation=module.activity.organisation, **more,
    )  # fmt: skip


@pytest.mark.django_db
def test_all_right_is_through_at_once_and_recorded_as_it_was(noor: Person, module: Module) -> None:
    key = uuid.uuid4()
    first = tries(noor, module, RIGHT, RIGHT, RIGHT, key=key)
    assert tries(noor, module, RIGHT, RIGHT, RIGHT, key=key) == first

    attempt = Attempt.objects.get()
    assert attempt.passed
    assert len(attempt.shown_before) == 4
    assert Answer.objects.count() == 3  # nothing was called seen that was not
    assert noor.evidence.count() == 1
    passed = Statement.objects.get(verb__endswith="passed")
    told = passed.raw["result"]["extensions"]
    assert list(told.values()) == [4]


@pytest.mark.django_db
def test_what_was_missed_is_all_that_is_left(noor: Person, module: Module) -> None:
    told = tries(noor, module, RIGHT, WRONG, {})
    round_ = play(Attempt.objects.get())
    assert (told.right, told.passed) == (1, False)
    assert [step.done for step in round_.steps] == [True, True, *[False] * 5]
    assert round_.next_number == 3
    assert [step.said is not None for step in round_.steps] == [False, True, *[False] * 5]
    answer_everything(round_.attempt)
    done = finish(round_.attempt, organisation=module.activity.organisation)
    assert done.passed
    assert noor.evidence.count() == 1


ORDER = {
    "kind": "order",
    "prompt": {"en": "In order?"},
    "steps": [{"en": "Isolate"}, {"en": "Lock"}, {"en": "Measure"}],
}
MATCH = {
    "kind": "match",
    "prompt": {"en": "Which is which?"},
    "pairs": [
        {"left": {"en": "L1"}, "right": {"en": "brown"}},
        {"left": {"en": "N"}, "right": {"en": "blue"}},
    ],
}
NUMBER = {
    "kind": "number",
    "prompt": {"en": "How much?"},
    "value": "12.6",
    "off": "0.2",
    "unit": {"en": "V"},
}
SHORT = {"kind": "short", "prompt": {"en": "Which colour?"}, "accepted": ["orange"]}
KINDS: list[Mapping[str, Any]] = [TEXT, ORDER, MATCH, TEXT, NUMBER, SHORT]  # fmt: skip


def hands_in(module: Module, *, order: list[str], pairs: list[str], number: str, short: str) -> Any:
    """The form of these four questions."""
    asked = {block.kind: block.pk for block in module.blocks.filter(kind__in=ASKED_KINDS)}
    form = {f"q-{asked['order']}-place_{n}": place for n, place in enumerate(order)}
    form |= {f"q-{asked['match']}-pair_{n}": pair for n, pair in enumerate(pairs)}
    return form | {f"q-{asked['number']}-number": number, f"q-{asked['short']}-short": short}


@pytest.mark.django_db
def test_questions_of_every_kind_are_asked_and_stand_for_what_came_before(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    module = a_module(van_dijk, KINDS, teaches={a_skill(): 2})
    address = reverse("content:test_out", args=[module.pk])
    page = visit(noor).get(address).content.decode()
    for told in ("12.6", "0.2", "data-accepted", "orange"):
        assert told not in page, "what is right is not in the page"

    visit(noor).post(
        address, hands_in(module, order=["1", "2", "3"], pairs=["0", "1"], number="12,7",
                          short=" Orange. "),
    )  # fmt: skip
    done = TestOut.objects.get(person=noor)
    assert (done.right, done.questions, done.passed) == (4, 4, True)
    assert done.attempt.completed_at is not None
    assert done.attempt.passed

    visit(daan).post(
        address, hands_in(module, order=["2", "1", "3"], pairs=["0", "1"], number="12.6", short=""),
    )  # fmt: skip
    some = TestOut.objects.get(person=daan)
    assert (some.right, some.passed) == (2, False)
    steps = play(some.attempt).steps
    assert [step.done for step in steps] == [False, False, True, True, True, False]
    answer_everything(some.attempt)
    assert finish(some.attempt, organisation=van_dijk).passed

    visit(femke).post(
        address, hands_in(module, order=["1", "1", ""], pairs=["", "zz"], number="much", short=""),
    )  # fmt: skip
    assert TestOut.objects.get(person=femke).chosen == {}


@pytest.mark.django_db
def test_what_is_to_be_done_stays_open(noor: Person, van_dijk: Organisation) -> None:
    module = a_module(van_dijk, [QUESTION, QUESTION, QUESTION, CHECKLIST])
    tries(noor, module, RIGHT, RIGHT, RIGHT)
    attempt = Attempt.objects.get()
    assert attempt.completed_at is None
    assert play(attempt).next_number == 4


@pytest.mark.django_db
def test_when_one_cannot_try(noor: Person, module: Module, van_dijk: Organisation) -> None:
    tries(noor, module, WRONG, WRONG, WRONG)
    with pytest.raises(NotNow, match="begun"):
        tries(noor, module, RIGHT, RIGHT, RIGHT)
    Attempt.objects.update(completed_at=timezone.now())
    with pytest.raises(NotNow, match="again"):
        tries(noor, module, RIGHT, RIGHT, RIGHT)
    TestOut.objects.update(at=timezone.now() - timedelta(days=31))
    assert tries(noor, module, RIGHT, RIGHT, RIGHT).passed
    with pytest.raises(NotNow, match="few"):
        tries(noor, a_module(van_dijk, [TEXT, QUESTION]), RIGHT)


@pytest.mark.django_db
def test_having_opened_something_is_no_evidence(noor: Person, van_dijk: Organisation) -> None:
    for blocks, mark in (([TEXT, REFLECTION], 80), ([QUESTION], 0)):
        module = a_module(van_dijk, blocks, pass_percent=mark, teaches={a_skill(): 2})
        attempt = start(noor, module, organisation=van_dijk)
        answer_everything(attempt)
        finish(attempt, organisation=van_dijk)
    assert not noor.evidence.exists()
    assert Statement.objects.filter(verb__endswith="completed").count() == 2


@pytest.mark.django_db
def test_the_result_says_why_from_the_rule_that_decided(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    for blocks, words in (
        ([TEXT], "A module without questions: it is recorded, and no evidence."),
        ([QUESTION], "The mark reached: evidence for what the module teaches."),
    ):
        module = a_module(van_dijk, blocks, teaches={a_skill(): 2})
        attempt = start(noor, module, organisation=van_dijk)
        answer_everything(attempt)
        finish(attempt, organisation=van_dijk)
        address = reverse("content:result", args=[attempt.registration])
        page = visit(noor).get(address).content.decode()
        assert page.split('<li class="is-this"><b>')[1].startswith(words)


@pytest.mark.django_db
def test_the_page_does_not_tell_what_is_right(
    noor: Person, module: Module, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    client, address = visit(noor), reverse("content:test_out", args=[module.pk])
    with django_assert_max_num_queries(9):
        page = client.get(address).content.decode()
    assert page.count('type="radio"') == 6
    assert "Exactly." not in page
    assert "is-right" not in page
    client.post(address, {"q-x": "a", "q-99999999999999999": "a", "q-1": ["zz", "b"]})
    assert TestOut.objects.get().right == 0


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", [("nl", True), ("en", False)])
def test_showing_a_part_and_doing_the_rest(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation, look: tuple[str, bool]
) -> None:
    language, phone = look
    words = {
        "nl": ("Dit kan ik al", "Inleveren", "Verder", "Controleren", "Afronden"),
        "en": ("I know this already", "Hand in", "Next", "Check", "Finish"),
    }[language]
    module = a_module(van_dijk, PARTS, teaches={a_skill(): 2})
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("content:play", args=[module.pk]))
    page.get_by_role("link", name=words[0]).click()
    accessible(page)
    groups = page.locator("fieldset")
    groups.nth(0).locator("input").first.check()
    groups.nth(1).locator("input").last.check()
    groups.nth(2).locator("input").first.check()
    page.get_by_role("button", name=words[1]).click()
    expect(page.locator(".play-step:visible")).to_have_attribute("data-step", "3")
    accessible(page)

    def go(name: str) -> None:
        page.locator(f".play-step:visible .play-bar :text-is('{name}'):visible").click()

    go(words[2])
    page.locator("textarea:visible").fill("x")
    go(words[2])
    page.locator(".play-step:visible input[type=radio]").first.check()
    go(words[3])
    go(words[2])
    expect(page.locator(".play-step:visible")).to_have_attribute("data-step", "7")
    go(words[2])
    go(words[4])
    page.wait_for_url("**/attempts/**")
    assert Attempt.objects.get().passed
    accessible(page)
