"""Making tests: a second pair of eyes, versions, files, figures."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from gezel.assessment.actions import (
    approve,
    bring_in,
    change_item,
    figure_out,
    name_parts,
    open_test,
    put_in_use,
    receive,
    retire,
    trial_passed,
)
from gezel.assessment.models import Asked, Intake, Item, Sitting, Test
from gezel.assessment.rules.bodies import Words
from gezel.assessment.rules.measuring import logit_of
from gezel.assessment.tests.builders import (
    a_choice,
    a_test,
    an_item,
    said,
    sit_out,
    sit_out_alike,
)
from gezel.kit.tests.test_questions import BOMB, MOODLE
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def test(van_dijk: Organisation) -> Test:
    return a_test(van_dijk, opened=False)


@pytest.fixture
def karim(van_dijk: Organisation) -> Person:
    return a_colleague(van_dijk, "Karim Author", mandates=["author"])


def fields(**changes: Any) -> dict[str, Any]:
    told = {
        "prompt_nl": "Wat doe je eerst?", "prompt_en": "What do you do first?",
        "text1_nl": "Uit", "text1_en": "Off", "right1": "on",
        "text2_nl": "Meten", "text2_en": "Measure", "hardness": "6",
    }  # fmt: skip
    return {k: v for k, v in (told | changes).items() if v is not None}


def post(client: Client, test: Test, kind: str = "one", **changes: Any) -> Any:
    told = fields(**changes) | {"part": test.parts.all()[0].pk}
    return client.post(reverse("assessment:add", args=[test.pk, kind]), told)


def test_a_question_from_draft_to_use_in_the_browser(
    visit: Visit, femke: Person, karim: Person, test: Test
) -> None:
    client = visit(femke)
    assert post(client, test).status_code == 302
    item = Item.objects.get()
    step = reverse("assessment:step", args=[item.pk])
    assert item.state == "draft"

    assert client.post(step, {"step": "approve"}).status_code == 404  # one's own
    client.post(step, {"step": "use"})
    item.refresh_from_db()
    assert item.state == "draft"

    other = visit(karim)
    other.post(step, {"step": "send_back", "remark": "Is measuring not right too?"})
    item.refresh_from_db()
    assert item.remark == "Is measuring not right too?"
    other.post(step, {"step": "approve"})
    client.post(step, {"step": "use"})
    item.refresh_from_db()

    assert item.state == "live"
    assert item.reviewed_by == karim
    assert item.difficulty == logit_of(3)
    client.post(reverse("assessment:open", args=[test.pk]), {"state": "open"})
    test.refresh_from_db()
    assert test.state == "open"


@pytest.mark.parametrize(
    ("kind", "changes", "field", "words"),
    [
        ("one", {"prompt_nl": "", "prompt_en": " "}, "prompt_nl", "at least one language"),
        ("one", {"right1": None}, "right1", "Tick which answer is right"),
        ("one", {"right2": "on"}, "right1", "More than one answer is ticked"),
        ("one", {"text2_nl": "", "text2_en": ""}, "text2_nl", "at least two answers"),
        ("one", {"right5": "on"}, "text5_nl", "ticked as right and is empty"),
        ("one", {"text2_nl": "uit", "text2_en": ""}, "text1_nl", "read the same"),
        ("order", {"text2_nl": "", "text2_en": ""}, "text2_nl", "nothing to put in order"),
        ("number", {"value": "3", "off": ""}, "off", "how far off"),
        ("number", {"value": "", "off": "1"}, "value", "Write the right answer"),
        ("number", {"value": "three", "off": "1"}, "value", "Write a number"),
        ("number", {"value": "3", "off": "-1"}, "off", "below zero"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    *, visit: Visit, femke: Person, test: Test, kind: str, changes: dict[str, Any], field: str,
    words: str,
) -> None:  # fmt: skip
    answer = post(visit(femke), test, kind, **changes)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert not Item.objects.exists()


def a_picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 90, 10)).save(drawn, "PNG")
    return drawn.getvalue()


def test_a_picture_needs_words_and_is_shown_to_who_has_the_question(
    *, visit: Visit, femke: Person, karim: Person, noor: Person, sam: Person, test: Test
) -> None:
    client = visit(femke)

    def upload() -> SimpleUploadedFile:
        return SimpleUploadedFile("p.png", a_picture(), "image/png")

    assert post(client, test, picture=upload()).status_code == 422
    bad = SimpleUploadedFile("p.png", b"<svg onload=alert(1)>", "image/png")
    told = post(client, test, picture=bad, alt_en="A glove")
    assert "not a picture we can show" in str(told.context["form"].errors["picture"])
    post(client, test, picture=upload(), alt_en="A glove")
    item = Item.objects.get()
    address = reverse("assessment:picture", args=[item.pk, item.media.name])  # type: ignore[union-attr]
    shown = client.get(address)
    assert shown["Content-Type"] == "image/webp"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert visit(noor).get(address).status_code == 404
    approve(item, by=karim)
    item.refresh_from_db()
    put_in_use(item)
    open_test(test)
    visit(noor).post(reverse("assessment:start", args=[test.pk]))
    assert visit(noor).get(address).status_code == 200
    assert visit(sam).get(address).status_code == 404


def test_changing_what_is_in_use_is_a_new_version_and_old_answers_stay(
    noor: Person, femke: Person, karim: Person, van_dijk: Organisation
) -> None:
    test = a_test(van_dijk, items=3)
    sitting = sit_out(noor, test, up_to=9)
    item = test.items.all()[0]
    body = a_choice("A better question")

    new = change_item(item, edition=item.edition, part=item.part, body=body, hardness=5, by=femke)

    item.refresh_from_db()
    assert (item.state, item.version) == ("live", 1)
    assert (new.state, new.version, new.lineage) == ("draft", 2, item.lineage)
    with pytest.raises(ValidationError, match="being made"):
        change_item(item, edition=item.edition, part=item.part, body=body, hardness=5, by=karim)
    approve(new, by=karim)
    new.refresh_from_db()
    put_in_use(new)
    item.refresh_from_db()
    new.refresh_from_db()
    assert (item.state, new.state) == ("retired", "trial")
    assert Asked.objects.get(sitting=sitting, item=item).answer.right
    assert item.first_words == "Question 0"


def test_two_who_edit_at_once_the_second_is_told_and_keeps_their_text(
    visit: Visit, femke: Person, karim: Person, test: Test
) -> None:
    item = an_item(test, by=karim)
    told = fields(prompt_en="Mine") | {"part": item.part_id, "edition": item.edition}
    address = reverse("assessment:change", args=[item.pk])
    visit(karim).post(address, told)

    late = visit(femke).post(address, told | {"prompt_en": "Hers"})

    assert late.status_code == 422
    assert "Someone changed this question" in late.content.decode()
    assert "Hers" in late.content.decode()
    item.refresh_from_db()
    assert item.body["prompt"]["en"] == "Mine"


def test_a_changed_draft_must_be_checked_again(test: Test, femke: Person, karim: Person) -> None:
    item = an_item(test, state="reviewed", by=femke, checker=karim)

    changed = change_item(
        item, edition=item.edition, part=item.part, body=item.body, hardness=4, by=karim
    )

    assert changed.state == "draft"
    assert changed.reviewed_by is None
    with pytest.raises(ValidationError, match="yourself"):
        approve(changed, by=karim)


def test_the_database_lets_nobody_check_their_own(test: Test, femke: Person) -> None:
    item = an_item(test, by=femke)

    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(reviewed_by=femke)


def test_without_a_level_nothing_is_checked(test: Test, karim: Person) -> None:
    with pytest.raises(ValidationError, match="which level"):
        approve(an_item(test, hardness=None), by=karim)


def test_a_question_on_trial_counts_only_after_thirty_answers(
    noor: Person, van_dijk: Organisation
) -> None:
    test = a_test(van_dijk, items=60)
    sit_out(noor, test, up_to=0)
    test.refresh_from_db()
    item = an_item(test, state="live")

    assert item.state == "trial"
    with pytest.raises(ValidationError, match="Fewer than 30"):
        trial_passed(item)
    Item.objects.filter(pk=item.pk).update(figures={"answers": 30})
    item.refresh_from_db()
    trial_passed(item)
    item.refresh_from_db()
    assert item.state == "live"


def test_a_part_with_questions_stays(test: Test) -> None:
    an_item(test, part=test.parts.all()[1])

    with pytest.raises(ValidationError, match="still has questions"):
        name_parts(test, [Words("Een", "One")])
    name_parts(test, [Words("Een", "One"), Words("Twee", "Two"), Words("", "Three")])
    assert [p.name_en for p in test.parts.all()] == ["One", "Two", "Three"]


def test_only_makers_see_how_tests_are_made(
    visit: Visit, noor: Person, daan: Person, sam: Person, test: Test
) -> None:
    item = an_item(test)
    for person in (noor, daan, sam):
        client = visit(person)
        for page, pk in (("bank", test.pk), ("figures", test.pk), ("item", item.pk)):
            assert client.get(reverse(f"assessment:{page}", args=[pk])).status_code == 404
        assert client.get(reverse("assessment:banks")).status_code == 404


def test_the_bank_page_asks_as_much_for_many_items_as_for_few(
    visit: Visit, femke: Person, test: Test, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(30):
        an_item(test, n=n)
    client = visit(femke)
    client.get(reverse("assessment:bank", args=[test.pk]))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("assessment:bank", args=[test.pk]))
    assert "Question 29" in page.content.decode()
    found = client.get(reverse("assessment:bank", args=[test.pk]) + "?q=question 29")
    assert "Question 28" not in found.content.decode()


# --- Files ---------------------------------------------------------------------------------------

GIFT = """$CATEGORY: Protection

Good one {=a ~b}

Good two {#3:0.5}

Bad {=a
"""


def bring(client: Client, test: Test, content: bytes, name: str = "q.txt") -> Any:
    return client.post(
        reverse("assessment:bring", args=[test.pk]),
        {
            "file": SimpleUploadedFile(name, content),
            "language": "en",
            "key": str(uuid.uuid4()),
        },
    )


def test_a_file_is_looked_at_first_then_comes_in_whole_and_only_once(
    visit: Visit, femke: Person, test: Test
) -> None:
    client = visit(femke)
    answer = bring(client, test, GIFT.encode())
    intake = Intake.objects.get()
    assert answer.url == reverse("assessment:intake", args=[intake.pk])
    page = client.get(answer.url).content.decode()
    assert "Question 3, line 7" in page
    assert "The braces { } do not match" in page
    assert not Item.objects.exists()

    for _ in range(2):
        client.post(reverse("assessment:take_over", args=[intake.pk]), {"expected": 2})
    assert [str(i.part) for i in Item.objects.all()] == ["Protection", "Protection"]
    assert {i.state for i in Item.objects.all()} == {"draft"}
    intake.refresh_from_db()
    assert bytes(intake.content) == b""

    bring(client, test, GIFT.encode() + b"\n\nThird {T}\n")
    second = Intake.objects.exclude(pk=intake.pk).get()
    page = client.get(reverse("assessment:intake", args=[second.pk])).content.decode()
    assert "Bring in 1 question" in page
    client.post(reverse("assessment:take_over", args=[second.pk]), {"expected": 2})
    assert Item.objects.count() == 2  # not what was shown, so nothing
    client.post(reverse("assessment:take_over", args=[second.pk]), {"expected": 1})
    assert Item.objects.count() == 3


def test_a_picture_that_is_none_stops_the_whole_file(femke: Person, test: Test) -> None:
    intake = receive(
        test, by=femke, name="m.xml", language="en", content=MOODLE.encode(), key=uuid.uuid4()
    )

    with pytest.raises(ValidationError, match=r"Question 1 \(Gloves\).*Nothing was brought in"):
        bring_in(intake, by=femke, expected=5)
    assert not Item.objects.exists()
    intake.refresh_from_db()
    assert intake.state == "read"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (BOMB.encode(), "document type or entities"),
        (b"<quiz><question>", "broken near line"),
        (b"PK\x03\x04\x00", "no text file"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_at_the_field(
    visit: Visit, femke: Person, test: Test, content: bytes, words: str
) -> None:
    answer = bring(visit(femke), test, content)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["file"])
    assert not Intake.objects.exists()


def test_a_file_can_be_thrown_away(visit: Visit, femke: Person, test: Test) -> None:
    client = visit(femke)
    bring(client, test, GIFT.encode())
    intake = Intake.objects.get()

    client.post(reverse("assessment:drop", args=[intake.pk]))
    client.post(reverse("assessment:take_over", args=[intake.pk]), {"expected": 2})

    assert not Item.objects.exists()
    intake.refresh_from_db()
    assert (intake.state, bytes(intake.content)) == ("dropped", b"")


def test_what_people_write_is_never_more_than_words(
    visit: Visit, femke: Person, karim: Person, noor: Person, test: Test
) -> None:
    evil = "<img src=x onerror=alert(1)>{{7*7}}"
    item = an_item(test, body=a_choice(evil) | {"options": [
        {"text": said(evil), "right": True}, {"text": said("b"), "right": False}]},
        state="live", by=femke, checker=karim)  # fmt: skip
    open_test(test)
    visit(noor).post(reverse("assessment:start", args=[test.pk]))
    pages = [
        visit(noor).get(reverse("assessment:sit", args=[Sitting.objects.get().registration])),
        visit(femke).get(reverse("assessment:item", args=[item.pk])),
        visit(femke).get(reverse("assessment:bank", args=[test.pk])),
    ]

    for page in pages:
        told = page.content.decode()
        assert "<img src=x" not in told
        assert "&lt;img src=x" in told
        assert "49" not in told.split("&lt;img src=x")[1][:40]


# --- Figures -------------------------------------------------------------------------------------


def test_figures_wait_for_enough_people_and_for_enough_more(
    van_dijk: Organisation, visit: Visit, femke: Person
) -> None:
    test = a_test(van_dijk, items=4)
    people = [a_colleague(van_dijk, f"Person {n}") for n in range(10)]
    for person in people[:4]:
        sit_out(person, test, up_to=-1)
    assert figure_out(test) == 0
    for again in range(3):  # the same few, more often, stay few
        sit_out(people[again], test, up_to=-1)
    assert figure_out(test) == 0
    page = visit(femke).get(reverse("assessment:figures", args=[test.pk])).content.decode()
    assert "From 5 people on" in page

    sit_out(people[4], test, up_to=-1)
    assert figure_out(test) == 4
    before = dict(Item.objects.values_list("pk", "figures"))
    sit_out(people[5], test, up_to=9)
    assert figure_out(test) == 0  # one more would show how that one answered
    assert dict(Item.objects.values_list("pk", "figures")) == before
    for person in people[6:]:
        sit_out(person, test, up_to=9)
    assert figure_out(test) == 4


def test_answers_move_the_difficulty_and_name_a_question_that_says_nothing(
    van_dijk: Organisation, visit: Visit, femke: Person
) -> None:
    test = a_test(van_dijk, items=9)
    item = test.items.all()[2]
    people = [a_colleague(van_dijk, f"Person {n}") for n in range(50)]

    def is_right(n: int, asked: Item) -> bool:
        # Every question follows ability, but this one: the able get it wrong.
        good = asked.difficulty <= -4 + 8 * n / 50
        return not good if asked.pk == item.pk else good

    sit_out_alike(people, test, is_right)
    figure_out(test)
    item.refresh_from_db()

    assert item.figures["answers"] == 50
    assert item.figures["flags"][0] == "backwards"
    assert item.difficulty != logit_of(item.hardness / 2)  # type: ignore[operator]
    page = visit(femke).get(reverse("assessment:figures", args=[test.pk])).content.decode()
    assert "Who can do more gets it wrong more often" in page
    assert "Which answers are chosen" in visit(femke).get(
        reverse("assessment:item", args=[item.pk])
    ).content.decode()  # fmt: skip


def test_hr_sees_banks_and_no_result(
    visit: Visit, femke: Person, noor: Person, van_dijk: Organisation
) -> None:
    sit_out(noor, a_test(van_dijk, items=3), up_to=9)

    page = visit(femke).get(reverse("assessment:banks")).content.decode()

    assert "fixed: fewer than 60 questions" in page
    assert noor.last_name not in page


def test_a_test_for_another_skill(visit: Visit, femke: Person, van_dijk: Organisation) -> None:
    skill = a_skill("Measuring")
    a_profile(van_dijk, {skill: 2})
    client = visit(femke)

    wrong = client.post(
        reverse("assessment:new"), {"skill": skill.pk, "parts_nl": "a\nb", "parts_en": "a"}
    )
    right = client.post(
        reverse("assessment:new"), {"skill": skill.pk, "parts_nl": "a\nb", "parts_en": "c\nd"}
    )

    assert wrong.status_code == 422
    assert "as many parts" in str(wrong.context["form"].errors["parts_en"])
    assert right.status_code == 302
    assert [p.name_en for p in Test.objects.get().parts.all()] == ["c", "d"]


def test_a_retired_question_comes_to_nobody(noor: Person, van_dijk: Organisation) -> None:
    test = a_test(van_dijk, items=2)
    item = test.items.all()[0]
    retire(item)

    sitting = sit_out(noor, test, up_to=9)

    assert [a.item_id for a in sitting.asked.all()] == [test.items.all()[1].pk]
