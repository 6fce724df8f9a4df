"""Taking a test: each answer once, whatever the phone does; the result is the person's."""

import json
import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gezel.assessment import queries
from gezel.assessment.actions import Said, keep_answer, put_in_profile, start
from gezel.assessment.actions.taking import result_of
from gezel.assessment.models import Answer, Asked, Item, Sitting, Test
from gezel.assessment.rules.measuring import logit_of
from gezel.assessment.tests.builders import (
    a_number,
    a_test,
    an_item,
    an_order,
    answer_one,
    right_value,
    sit_out,
)
from gezel.people.api import Organisation, Person, give_mandate
from gezel.records.api import Statement
from gezel.skills.api import estimates
from gezel.skills.tests.builders import an_evidence

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


@pytest.fixture
def test(van_dijk: Organisation) -> Test:
    return a_test(van_dijk, items=64)


def send(client: Client, sitting: Sitting, number: int, value: Any, key: str = "") -> Any:
    return client.post(
        reverse("assessment:answers"),
        json.dumps(
            {
                "attempt": str(sitting.registration),
                "answers": [{"key": key or str(uuid.uuid4()), "block": number, "value": value}],
            }
        ),
        content_type="application/json",
    )


def test_a_whole_test_comes_to_a_level_and_stays_private(
    noor: Person, test: Test, visit: Visit
) -> None:
    sitting = sit_out(noor, test, up_to=logit_of(3.5))

    assert sitting.form == "adaptive"
    assert sitting.result["level"] == 3 or sitting.result["level"] == 4
    assert 6 <= sitting.result["questions"] <= 25
    assert round(sum(sitting.result["levels"].values()), 9) == 1
    assert not noor.evidence.exists()
    page = visit(noor).get(reverse("assessment:result", args=[sitting.registration]))
    assert "Put it in my profile" in page.content.decode()
    verbs = [s.verb.rsplit("/", 1)[-1] for s in Statement.objects.order_by("stored")]
    assert verbs == ["initialized", "completed"]
    assert all("score" not in s.raw.get("result", {}) for s in Statement.objects.all())


def test_the_result_can_be_computed_again_from_what_is_kept(noor: Person, test: Test) -> None:
    sitting = sit_out(noor, test, up_to=0.5)
    course = queries.course(Sitting.objects.get(pk=sitting.pk))
    Item.objects.update(difficulty=3.0)  # what became of the items since does not matter

    assert result_of(course, sitting.result["stop"]) == sitting.result


def test_putting_it_in_the_profile_makes_evidence_once_with_the_reason(
    noor: Person, van_dijk: Organisation, test: Test
) -> None:
    sitting = sit_out(noor, test, up_to=logit_of(3.5))

    put_in_profile(sitting, organisation=van_dijk)
    put_in_profile(sitting, organisation=van_dijk)

    evidence = noor.evidence.get()
    assert evidence.kind == "test"
    assert evidence.given_by is None
    assert (evidence.exact, evidence.sd) == (
        sitting.result["shown"]["exact"], sitting.result["shown"]["sd"],
    )  # fmt: skip
    assert evidence.note.startswith(f"{sitting.result['questions']} questions. Level ")
    completed = Statement.objects.get(verb__endswith="completed")
    assert evidence.rests_on == f"records:statement:{completed.pk}"
    found = estimates([noor.pk], evidence.observed_on, skill_pks=[test.skill_id], at=None)
    assert found[noor.pk, test.skill_id].level > 0


def test_only_the_latest_result_goes_in(noor: Person, van_dijk: Organisation, test: Test) -> None:
    first = sit_out(noor, test, up_to=2)
    sit_out(noor, test, up_to=-2)

    with pytest.raises(ValidationError, match="Only the latest"):
        put_in_profile(first, organisation=van_dijk)
    assert not noor.evidence.exists()


@pytest.mark.parametrize("how", ["wrote", "checked", "author", "hr"])
def test_who_can_read_the_answers_puts_nothing_in_their_profile(
    *, noor: Person, daan: Person, van_dijk: Organisation, test: Test, visit: Visit, how: str
) -> None:
    """Attack 42: the answers of one's own test would show any level one likes."""
    if how in {"wrote", "checked"}:
        name = "written_by" if how == "wrote" else "reviewed_by"
        test.items.filter(state=Item.State.LIVE).update(**{name: noor})
    else:
        give_mandate(noor, van_dijk, how)
    for person in (noor, daan):
        told = visit(person).get(reverse("assessment:about", args=[test.pk])).content.decode()
        assert ("its result is for yourself alone" in told) is (person == noor)
    sitting, other = sit_out(noor, test, up_to=5), sit_out(daan, test, up_to=5)

    with pytest.raises(ValidationError, match="for yourself alone"):
        put_in_profile(sitting, organisation=van_dijk)
    assert not noor.evidence.exists()
    page = reverse("assessment:result", args=[sitting.registration])
    told = visit(noor).get(page).content.decode()
    assert "Put it in my profile" not in told
    assert reverse("skills:ask", args=[test.skill_id]) in told
    put_in_profile(other, organisation=van_dijk)
    assert daan.evidence.get().kind == "test"


def test_it_begins_where_the_profile_stands(
    noor: Person, daan: Person, van_dijk: Organisation, test: Test
) -> None:
    an_evidence(noor, test.skill, level=4, by=daan)

    sitting = start(noor, test, organisation=van_dijk)

    assert sitting.start_mean > 0.5
    assert sitting.start_sd >= 1.0
    assert Asked.objects.get(sitting=sitting).item.difficulty >= 0


def test_one_open_sitting_and_one_question_however_often_one_begins(
    noor: Person, van_dijk: Organisation, test: Test, visit: Visit
) -> None:
    client = visit(noor)
    for _ in range(3):
        client.post(reverse("assessment:start", args=[test.pk]))

    assert Sitting.objects.count() == 1
    assert Asked.objects.count() == 1
    test.refresh_from_db()
    assert test.started == 1


def test_the_same_answer_five_times_is_one(noor: Person, test: Test, visit: Visit) -> None:
    client = visit(noor)
    sitting = start(noor, test, organisation=test.organisation)
    value = right_value(sitting, sitting.asked.get().item)
    key = str(uuid.uuid4())

    told = [send(client, sitting, 1, value, key) for _ in range(5)]

    assert [t.status_code for t in told] == [200] * 5
    assert {t.json()["answers"][0]["state"] for t in told} == {"kept"}
    assert Answer.objects.count() == 1
    assert Asked.objects.count() == 2


def test_the_same_key_with_other_words_is_told(noor: Person, test: Test, visit: Visit) -> None:
    client = visit(noor)
    sitting = start(noor, test, organisation=test.organisation)
    item = sitting.asked.get().item
    key = str(uuid.uuid4())
    send(client, sitting, 1, right_value(sitting, item), key)

    again = send(client, sitting, 1, right_value(sitting, item, right=False), key)
    elsewhere = send(client, sitting, 2, right_value(sitting, item), key)

    assert (again.status_code, elsewhere.status_code) == (409, 409)
    assert Answer.objects.get().right


def test_two_devices_the_first_answer_stands_and_the_other_is_told(
    noor: Person, test: Test, visit: Visit
) -> None:
    client = visit(noor)
    sitting = start(noor, test, organisation=test.organisation)
    item = sitting.asked.get().item
    send(client, sitting, 1, right_value(sitting, item))

    late = send(client, sitting, 1, right_value(sitting, item, right=False)).json()["answers"][0]

    assert late["state"] == "refused"
    assert "that answer stands" in late["message"]
    assert Answer.objects.get().right


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"attempt": 1}', b'{"attempt": "x", "answers": []}', b"[" * 100_000,
     b'{"attempt": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "answers": {}}', b"\xff\xfe"],
)  # fmt: skip
def test_nonsense_from_a_device_is_refused(visit: Visit, noor: Person, body: bytes) -> None:
    told = visit(noor).post(reverse("assessment:answers"), body, content_type="application/json")

    assert told.status_code == 400


@pytest.mark.parametrize("value", [None, {}, {"places": [7]}, {"places": "0"}, {"number": 3}, []])
def test_what_is_no_answer_is_refused_and_the_question_stays(
    visit: Visit, noor: Person, test: Test, value: Any
) -> None:
    sitting = start(noor, test, organisation=test.organisation)

    told = send(visit(noor), sitting, 1, value).json()["answers"][0]

    assert told["state"] == "refused"
    assert told["message"]
    assert not Answer.objects.exists()


def test_a_question_that_was_never_put_cannot_be_answered(
    visit: Visit, noor: Person, test: Test
) -> None:
    sitting = start(noor, test, organisation=test.organisation)

    assert send(visit(noor), sitting, 9, {"places": [0]}).json()["answers"][0]["state"] == "refused"
    assert Asked.objects.count() == 1


def test_nobody_else_comes_near_a_sitting(
    *, visit: Visit, noor: Person, daan: Person, femke: Person, sam: Person, test: Test
) -> None:
    sitting = start(noor, test, organisation=test.organisation)
    for other in (daan, femke, sam):
        client = visit(other)
        for page in ("sit", "result"):
            found = client.get(reverse(f"assessment:{page}", args=[sitting.registration]))
            assert found.status_code == 404
        for page in ("answer", "keep"):
            found = client.post(reverse(f"assessment:{page}", args=[sitting.registration]))
            assert found.status_code == 404
        assert send(client, sitting, 1, {"places": [0]}).status_code == 404
    assert send(Client(), sitting, 1, {"places": [0]}).status_code == 401
    assert not Answer.objects.exists()


def test_what_is_right_never_reaches_the_page(visit: Visit, noor: Person, test: Test) -> None:
    sitting = start(noor, test, organisation=test.organisation)
    for _ in range(5):
        page = visit(noor).get(reverse("assessment:sit", args=[sitting.registration]))
        told = page.content.decode()
        assert '"right"' not in told
        assert "is-right" not in told
        assert "difficulty" not in told
        values = [line.place for line in page.context["lines"]]
        assert values == sorted(values)  # named by where they stand, not by what they are
        answer_one(sitting)
        if Sitting.objects.get().ended_at:
            break


def test_without_scripts_every_kind_is_answered_by_a_form(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    test = a_test(van_dijk, items=1)
    for kind, body in (("order", an_order()), ("number", a_number())):
        an_item(test, kind, body, hardness=10, state="live")
    client = visit(noor)
    client.post(reverse("assessment:start", args=[test.pk]))
    sitting = Sitting.objects.get()
    address = reverse("assessment:answer", args=[sitting.registration])
    assert sitting.form == "fixed"
    for number in (1, 2, 3):
        asked = Asked.objects.get(sitting=sitting, number=number)
        value = right_value(sitting, asked.item)
        form: dict[str, Any] = {"number": number, "key": str(uuid.uuid4())}
        empty = client.post(address, form, follow=True)
        assert "Choose or fill in an answer first" in empty.content.decode()
        if asked.item.kind == "order":
            twice = {f"place_{p}": 1 for p in range(3)}
            client.post(address, form | twice)
            form |= {f"place_{place}": at for at, place in enumerate(value["places"], 1)}
        elif asked.item.kind == "number":
            form |= {"figure": "402,5"}
        else:
            form |= {"chosen": value["places"]}
        client.post(address, form)
    sitting.refresh_from_db()

    assert sitting.ended_at is not None
    assert [a.right for a in Answer.objects.order_by("asked__number")] == [True] * 3
    again = client.post(address, {"number": 3, "unknown": "1"}, follow=True)
    assert "that answer stands" in again.content.decode()
    page = client.get(reverse("assessment:result", args=[sitting.registration]))
    assert "the same for everyone, because" in page.content.decode()


def test_i_do_not_know_counts_as_not_right(noor: Person, test: Test, visit: Visit) -> None:
    sitting = start(noor, test, organisation=test.organisation)

    send(visit(noor), sitting, 1, {"unknown": True})

    assert Answer.objects.get().right is False


def test_a_small_bank_is_a_fixed_form_and_says_so(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    test = a_test(van_dijk, items=59)

    one, other = sit_out(noor, test, up_to=0), sit_out(daan, test, up_to=1)

    assert one.form == other.form == "fixed"
    items = [[a.item_id for a in s.asked.order_by("number")] for s in (one, other)]
    assert items[0] == items[1]
    assert len(items[0]) == 20
    page = visit(noor).get(reverse("assessment:about", args=[test.pk])).content.decode()
    assert "too few questions yet (fewer than 60)" in page


def test_the_next_time_other_questions_come(noor: Person, test: Test) -> None:
    first, second = sit_out(noor, test, up_to=0), sit_out(noor, test, up_to=0)

    seen = {a.item_id for a in first.asked.all()}
    again = [a.item_id for a in second.asked.all() if a.item_id in seen]
    assert len(again) <= 2


def test_a_question_retired_meanwhile_is_still_answered(noor: Person, test: Test) -> None:
    sitting = start(noor, test, organisation=test.organisation)
    Item.objects.update(state=Item.State.RETIRED)

    answer_one(sitting)

    assert Answer.objects.count() == 1
    assert Asked.objects.count() == 2


def test_an_empty_test_says_so(noor: Person, van_dijk: Organisation) -> None:
    test = a_test(van_dijk)

    with pytest.raises(ValidationError, match="no questions"):
        start(noor, test, organisation=van_dijk)
    assert not Sitting.objects.exists()


def test_items_are_counted_as_shown(noor: Person, daan: Person, test: Test) -> None:
    for person in (noor, daan):
        sit_out(person, test, up_to=0)

    assert sum(Item.objects.values_list("shown", flat=True)) == Asked.objects.count()


def test_a_turn_costs_a_fixed_number_of_queries(
    noor: Person, test: Test, django_assert_max_num_queries: DjangoAssertNumQueries, visit: Visit
) -> None:
    client = visit(noor)
    sitting = start(noor, test, organisation=test.organisation)
    for _ in range(4):
        answer_one(sitting)
    address = reverse("assessment:sit", args=[sitting.registration])
    client.get(address)
    with django_assert_max_num_queries(8):
        client.get(address)
    item = Item.objects.get(pk=queries.course(sitting).open_turn.item_pk)  # type: ignore[union-attr]
    value = right_value(sitting, item)
    with django_assert_max_num_queries(16):
        keep_answer(sitting, Said(uuid.uuid4(), 5, value), organisation=None)


def test_pages_of_tests_do_not_ask_per_row(
    noor: Person,
    van_dijk: Organisation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    visit: Visit,
) -> None:
    client = visit(noor)
    for _ in range(4):
        sit_out(noor, a_test(van_dijk, items=3), up_to=0)
    client.get(reverse("assessment:mine"))
    with django_assert_max_num_queries(14):
        client.get(reverse("assessment:mine"))


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_one_answer_and_one_next_question(
    noor: Person, van_dijk: Organisation
) -> None:
    """Two devices and a nervous finger: eight answers at once, under different keys."""
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    item = sitting.asked.get().item
    told: list[str] = []

    def answer() -> None:
        try:
            value = right_value(sitting, item)
            kept = keep_answer(sitting, Said(uuid.uuid4(), 1, value), organisation=van_dijk)
            told.append(kept.state)
        finally:
            connection.close()

    threads = [Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["kept", *["refused"] * 7]
    assert Answer.objects.count() == 1
    assert Asked.objects.filter(sitting=sitting).count() == 2


@pytest.mark.django_db(transaction=True)
def test_beginning_at_the_same_moment_is_one_test(noor: Person, van_dijk: Organisation) -> None:
    test = a_test(van_dijk, items=60)

    def begin() -> None:
        try:
            start(noor, test, organisation=van_dijk)
        finally:
            connection.close()

    threads = [Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Sitting.objects.count() == Asked.objects.count() == 1
    test.refresh_from_db()
    assert test.started == 1
