"""Cards come back when about to be forgotten, once, calmly, and only to their owner."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gezel.catalogue.api import Activity
from gezel.content import decks
from gezel.content.actions import (
    add_card,
    finish,
    gather,
    look_at_cards,
    retire_card,
    start,
    wish,
)
from gezel.content.actions.cards import Looked, reckon
from gezel.content.models import Attempt, Block, Card, CardWishes, DeckCard, Module, Review
from gezel.content.rules import cards as rules
from gezel.content.rules.cards import Look, standing
from gezel.content.tests.builders import QUESTION, SEVERAL, TEXT, a_module, answer_everything
from gezel.content.tests.test_testing_out import KINDS
from gezel.people.api import Organisation, Person, end_employment, mark_of

Visit = Callable[[Person], Client]
MONDAY = date(2026, 11, 23)


def look(day: int, rating: int | None, key: str = "", undoes: str | None = None) -> Look:
    on = MONDAY + timedelta(days=day)
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return Look(key or f"{day}-{rating}", at, on, rating, undoes)


def days_to(looks: list[Look], likely: int = 90) -> int:
    due = standing(looks, added_on=MONDAY, likely=likely).due_on
    return (due - looks[-1].on).days


# Rules


def test_a_new_card_comes_the_day_after() -> None:
    assert standing([], added_on=MONDAY).due_on == MONDAY + timedelta(days=1)


def test_what_goes_well_comes_later_and_what_was_forgotten_sooner() -> None:
    assert days_to([look(0, 1)]) < days_to([look(0, 3)]) < days_to([look(0, 4)])
    assert days_to([look(0, 3), look(2, 3)]) > days_to([look(0, 3)])
    assert days_to([look(0, 3), look(2, 3), look(12, 1)]) < days_to([look(0, 3), look(2, 3)])


def test_who_wants_to_be_surer_sees_it_sooner() -> None:
    looks = [look(0, 3), look(3, 3), look(14, 3)]
    assert days_to(looks, 95) < days_to(looks, 90) < days_to(looks, 80)


def test_taken_back_is_as_if_it_never_was_whatever_came_first() -> None:
    kept, slip = look(0, 3, "a"), look(2, 1, "b")
    undo = look(2, None, "c", undoes="b")
    assert standing([undo, slip, kept], added_on=MONDAY) == standing([kept], added_on=MONDAY)


@given(st.permutations([look(0, 3), look(3, 1), look(4, 3), look(9, 4)]))
def test_the_order_of_arrival_does_not_matter(looks: list[Look]) -> None:
    assert standing(looks, added_on=MONDAY) == standing(
        sorted(looks, key=lambda one: one.at), added_on=MONDAY
    )


def test_it_is_the_library_that_says_when() -> None:
    """FSRS-6 with its published parameters: its own numbers for good, good after three days."""
    from fsrs import Card as Peer
    from fsrs import Rating, Scheduler

    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    peer = Peer()
    for day in (0, 3):
        moment = datetime(2026, 11, 23 + day, 12, tzinfo=UTC)
        peer, _log = scheduler.review_card(peer, Rating.Good, moment)
    ours = standing([look(0, 3), look(3, 3)], added_on=MONDAY)
    assert (ours.stability, ours.difficulty) == (peer.stability, peer.difficulty)
    assert ours.due_on == peer.due.date()


def test_no_more_comes_than_fits_in_the_minutes() -> None:
    assert rules.room_today(5, 12.0, 0) == 25
    assert rules.room_today(5, 12.0, 24) == 1
    assert rules.room_today(5, 12.0, 40) == 0
    assert rules.seconds_a_card([2.0] * 20) == rules.LEAST_SECONDS
    assert rules.seconds_a_card([500.0] * 20) == rules.MOST_SECONDS
    assert rules.seconds_a_card([7.0] * 3) == rules.USUAL_SECONDS
    assert rules.first({"a": 0.9, "b": 0.4, "c": 0.7}, 2) == ["b", "c"]


def test_a_week_counts_days_and_takes_nothing_away() -> None:
    week = rules.week({MONDAY, MONDAY - timedelta(days=1)}, MONDAY + timedelta(days=2))
    assert [day.done for day in week] == [True, *[False] * 6]
    assert [day.ahead for day in week] == [*[False] * 3, *[True] * 4]


# Decks


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk, [TEXT, QUESTION, SEVERAL], pass_percent=50)


def completed(person: Person, module: Module, days_ago: int = 10, *, right: bool = True) -> Attempt:
    at = timezone.now() - timedelta(days=days_ago)
    organisation = module.activity.organisation
    attempt = start(person, module, organisation=organisation, at=at)
    answer_everything(attempt, right=right, at=at)
    return finish(attempt, organisation=organisation, at=at)


def rated(row: DeckCard, rating: int = 3, **more: Any) -> Looked:
    return Looked(uuid.uuid4(), row.pk, timezone.now(), rating, **more)


@pytest.mark.django_db
def test_questions_of_a_completed_module_become_cards_once(noor: Person, module: Module) -> None:
    completed(noor, module)
    assert gather(noor) == 0

    assert DeckCard.objects.filter(person=noor).count() == 2
    assert set(Review.objects.values_list("rating", flat=True)) == {rules.GOOD}
    assert all(row.stability for row in DeckCard.objects.all())


@pytest.mark.django_db
def test_questions_of_every_kind_become_cards_with_their_answer_behind(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    completed(noor, a_module(van_dijk, KINDS))
    assert DeckCard.objects.filter(person=noor).count() == 4
    page = visit(noor).get(reverse("content:cards")).content.decode()
    for prompt, behind in {
        "In order?": "Measure", "Which is which?": "L1 → brown", "How much?": "<b>12.6 V</b>",
        "Which colour?": "orange",
    }.items():  # fmt: skip
        card = next(part for part in page.split("<section") if prompt in part)
        front, back = card.split("data-flip")
        assert behind in back
        assert behind not in front or prompt == "In order?", "the steps are told, not their order"


@pytest.mark.django_db
def test_of_a_module_that_was_not_enough_there_are_none(noor: Person, module: Module) -> None:
    completed(noor, module, right=False)
    gather(noor)
    assert not DeckCard.objects.exists()


@pytest.mark.django_db
def test_who_wants_no_cards_gets_none(noor: Person, module: Module) -> None:
    wish(noor, minutes=5, likely=90, off=True, paused_until=None)
    completed(noor, module)
    gather(noor)
    assert not DeckCard.objects.exists()


@pytest.mark.django_db
def test_rounds_from_before_there_were_cards_come_along(noor: Person, module: Module) -> None:
    completed(noor, module)
    Review.objects.all().delete()
    DeckCard.objects.all().delete()
    Card.objects.all().delete()
    assert gather(noor) == 2
    assert gather(noor) == 0


@pytest.mark.django_db
def test_a_card_an_author_adds_comes_to_who_completed_it(
    noor: Person, daan: Person, module: Module
) -> None:
    completed(noor, module)
    card = add_card(module, front={"nl": "Waar?", "en": ""}, back={"nl": "Hier.", "en": ""})
    assert (gather(noor), gather(daan)) == (1, 0)
    retire_card(card)
    assert gather(noor) == 0


@pytest.mark.django_db
def test_a_question_in_other_words_keeps_what_one_knew(noor: Person, module: Module) -> None:
    completed(noor, module)
    old = module.blocks.get(position=1)
    before = DeckCard.objects.get(card__block=old)
    Block.objects.filter(pk=old.pk).update(retired_in=2)
    new = Block.objects.create(module=module, position=1, kind="question", body=old.body, since=2)
    assert gather(noor) == 1
    after = DeckCard.objects.get(pk=before.pk)
    assert after.card.block == new
    assert after.reviews.count() == 1
    assert gather(noor) == 0


@pytest.mark.django_db
def test_the_same_batch_in_any_order_changes_nothing(noor: Person, module: Module) -> None:
    completed(noor, module)
    one, other = DeckCard.objects.all()
    first = rated(one, 3)
    batch = [first, rated(other, 1), Looked(uuid.uuid4(), one.pk, timezone.now(), undoes=first.key)]
    for said in (batch, batch[::-1], batch):
        assert {t.state for t in look_at_cards(noor, said)} == {"kept"}
    assert Review.objects.count() == 2 + 3
    stands = list(DeckCard.objects.order_by("pk").values("due_on", "stability", "difficulty"))
    DeckCard.objects.update(due_on=MONDAY, stability=None, difficulty=None)
    reckon(DeckCard.objects.values_list("pk", flat=True), CardWishes.of(noor))
    again = list(DeckCard.objects.order_by("pk").values("due_on", "stability", "difficulty"))
    assert again == stands
    other_words = Looked(first.key, one.pk, first.at, 1)
    assert look_at_cards(noor, [other_words])[0].state == "conflict"


@pytest.mark.django_db
def test_nobody_reviews_the_cards_of_another(noor: Person, daan: Person, module: Module) -> None:
    completed(noor, module)
    row = DeckCard.objects.all()[0]
    assert look_at_cards(daan, [rated(row)])[0].state == "refused"
    assert Review.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "one",
    [
        {"rating": 0}, {"rating": 5}, {"rating": None},
        {"rating": 3, "rest": "today"}, {"rating": 3, "undoes": uuid.uuid4()},
    ],
)  # fmt: skip
def test_what_says_nothing_or_two_things_is_refused(
    noor: Person, module: Module, one: dict[str, Any]
) -> None:
    completed(noor, module)
    row = DeckCard.objects.all()[0]
    said = Looked(uuid.uuid4(), row.pk, timezone.now(), **one)
    assert look_at_cards(noor, [said])[0].state == "refused"


@pytest.mark.django_db
def test_put_to_rest_and_brought_back(noor: Person, module: Module, as_visitor: Any) -> None:
    completed(noor, module, days_ago=60)
    today, visitor = timezone.localdate(), as_visitor(noor)
    one, other = DeckCard.objects.all()
    now = timezone.now()
    look_at_cards(noor, [Looked(uuid.uuid4(), one.pk, now, rest="today"),
                         Looked(uuid.uuid4(), other.pk, now, rest="always")])  # fmt: skip
    assert not decks.due(visitor, today).exists()
    assert list(decks.due(visitor, today + timedelta(days=1))) == [one]
    later = Looked(uuid.uuid4(), other.pk, timezone.now(), rest="back")
    look_at_cards(noor, [later])
    look_at_cards(noor, [Looked(uuid.uuid4(), other.pk, now, rest="always")])  # came late
    assert other in decks.due(visitor, today)


@pytest.mark.django_db
def test_cards_of_what_is_gone_go_quiet(noor: Person, module: Module, as_visitor: Any) -> None:
    completed(noor, module, days_ago=60)
    visitor = as_visitor(noor)
    assert decks.waiting(visitor, timezone.localdate()) == 2
    Activity.objects.update(state=Activity.State.CLOSED)
    assert decks.waiting(visitor, timezone.localdate()) == 0
    assert decks.faded(visitor) == 2


@pytest.mark.django_db
def test_a_rest_is_a_rest(noor: Person, module: Module, as_visitor: Any) -> None:
    completed(noor, module, days_ago=60)
    today = timezone.localdate()
    wish(noor, minutes=5, likely=90, off=False, paused_until=today + timedelta(days=3))
    assert decks.waiting(as_visitor(noor), today) == 0
    assert decks.today_of(as_visitor(noor), today).paused
    wish(noor, minutes=5, likely=90, off=False, paused_until=today)
    assert len(decks.today_of(as_visitor(noor), today).faces) == 2


@pytest.mark.django_db
def test_surer_moves_every_date(noor: Person, module: Module) -> None:
    completed(noor, module)
    before = set(DeckCard.objects.values_list("due_on", flat=True))
    wish(noor, minutes=5, likely=80, off=False, paused_until=None)
    assert min(DeckCard.objects.values_list("due_on", flat=True)) > max(before)


# Pages


@pytest.mark.django_db
def test_cards_are_asked_in_few_questions_however_many(
    noor: Person, van_dijk: Organisation, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    for n in range(3):
        completed(noor, a_module(van_dijk, [QUESTION] * 8, title=f"M{n}"), days_ago=60)
    client = visit(noor)
    with django_assert_max_num_queries(13):
        page = client.get(reverse("content:cards")).content.decode()
    assert page.count("data-card=") == 24
    with django_assert_max_num_queries(10):
        client.get(reverse("content:my_cards"))
    with django_assert_max_num_queries(8):
        assert client.get(reverse("content:panel_cards")).status_code == 200


@pytest.mark.django_db
def test_without_scripts_a_card_is_a_form(noor: Person, module: Module, visit: Visit) -> None:
    completed(noor, module, days_ago=60)
    client, row = visit(noor), DeckCard.objects.all()[0]
    for _ in range(2):
        key = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
        answer = client.post(
            reverse("content:card_review", args=[row.pk]), {"rating": "3", "key": key}
        )
    assert answer.status_code == 302
    assert Review.objects.filter(deck_card=row).count() == 2
    client.post(reverse("content:card_review", args=[row.pk]), {"rating": "9"})
    assert Review.objects.filter(deck_card=row).count() == 2


@pytest.mark.django_db
def test_a_batch_from_a_phone(noor: Person, daan: Person, module: Module, visit: Visit) -> None:
    completed(noor, module, days_ago=60)
    row, at = DeckCard.objects.all()[0], timezone.now().isoformat()
    entry = {"key": str(uuid.uuid4()), "card": row.pk, "rating": 3, "at": at, "took": 4200}

    def post(person: Person | None, **body: Any) -> Any:
        client = visit(person) if person else Client()
        return client.post(
            reverse("content:reviews"), json.dumps(body), content_type="application/json"
        )

    for _ in range(3):
        told = post(noor, owner=mark_of(noor), reviews=[entry]).json()["answers"]
        assert told == [{"key": entry["key"], "state": "kept"}]
    assert Review.objects.filter(deck_card=row, took_ms=4200).count() == 1
    assert post(noor, reviews=[entry | {"rating": 1}]).status_code == 409
    assert post(daan, owner=mark_of(noor), reviews=[entry]).status_code == 404
    assert post(None, reviews=[entry]).status_code == 401
    assert post(noor, reviews="x").status_code == 400
    for wrong in ({"card": "x"}, {"at": "2026"}, {"rest": "ever"}, {"key": 5}, {"rating": "3"}):
        assert post(noor, reviews=[entry | wrong]).json()["answers"][0]["state"] == "refused"


@pytest.mark.django_db
def test_the_cards_of_who_left_close(noor: Person, module: Module, visit: Visit) -> None:
    completed(noor, module, days_ago=60)
    end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))
    client = visit(noor)
    assert client.get(reverse("content:cards")).status_code == 404
    assert client.get(reverse("content:kept"), {"ids": "cards"}).json()["things"] == {}


@pytest.mark.django_db
def test_wishes_say_what_is_wrong_at_the_field(noor: Person, visit: Visit) -> None:
    client, address = visit(noor), reverse("content:my_cards")
    page = client.post(address, {"minutes": "0", "likely": "99", "paused_until": "soon"})
    assert page.content.decode().count('class="error"') == 3
    client.post(address, {"minutes": "3", "likely": "95"})
    wishes = CardWishes.of(noor)
    assert (wishes.minutes, wishes.likely) == (3, 95)


@pytest.mark.django_db
def test_authors_add_and_remove_cards(
    noor: Person, femke: Person, module: Module, visit: Visit
) -> None:
    address = reverse("content:edit_cards", args=[module.pk])
    assert visit(noor).get(address).status_code == 404
    client = visit(femke)
    page = client.post(address, {"front_nl": "Waar?"}).content.decode()
    assert "Say what is on the back." in page
    assert 'class="error"' in client.post(address, {}).content.decode()
    client.post(address, {"front_nl": "Waar?", "back_nl": "Hier."})
    card = Card.objects.get(block=None)
    assert "Waar?" in client.get(address).content.decode()
    remove = reverse("content:remove_card", args=[module.pk, card.pk])
    assert visit(noor).post(remove).status_code == 404
    client.post(remove)
    assert Card.objects.get(pk=card.pk).retired_at is not None
