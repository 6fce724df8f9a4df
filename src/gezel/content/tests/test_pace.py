"""A pace of one's own: one number from one's own reviews, for oneself alone."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone
from fsrs import Card as Peer
from fsrs import Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from gezel.content.actions import fit_paces, gather, look_at_cards, wish
from gezel.content.actions.cards import Looked
from gezel.content.jobs import fit_paces as nightly
from gezel.content.jobs import tonight
from gezel.content.models import CardPace, CardWishes, DeckCard, Review
from gezel.content.rules import pace as rules
from gezel.content.rules.cards import Look, days_until, recalls, standing
from gezel.content.tests.test_cards import MONDAY, Visit, completed, look, module
from gezel.people.api import Organisation, Person

__all__ = ["module"]

# One review: days since the last, stability in days, known or not.
REVIEWS = st.lists(
    st.tuples(st.integers(1, 400), st.floats(0.2, 900), st.booleans()), min_size=1, max_size=40
)
Told = list[tuple[int, float, bool]]
QUERIES = 5  # of a night: the reviews, what came out, what goes; two mark the transaction


def fitted(*people: Told) -> rules.Paces:
    """The paces of people of one organisation."""
    flat = [one for told in people for one in told]
    whose = [n for n, told in enumerate(people) for _one in told]
    return rules.paces(
        np.array([days for days, _s, _k in flat], dtype=np.float64),
        np.array([stability for _d, stability, _k in flat], dtype=np.float64),
        np.array([knew for _d, _s, knew in flat], dtype=np.bool_),
        np.array(whose, dtype=np.int64),
        np.zeros(len(people), dtype=np.int64),
    )


def pace_of(told: Told) -> float:
    return float(fitted(told).person[0])


# Rules


def test_without_reviews_it_is_as_published() -> None:
    assert pace_of([]) == 1.0
    assert fitted([], [(3, 3.0, False)] * 50).person[0] == 1.0
    assert fitted().person.size == 0


@given(REVIEWS, st.data())
def test_more_forgetting_never_lengthens(told: Told, data: st.DataObject) -> None:
    before = pace_of(told)
    at = data.draw(st.integers(0, len(told) - 1))
    slipped = [(d, s, k and n != at) for n, (d, s, k) in enumerate(told)]
    assert pace_of(slipped) <= before
    assert pace_of([*told, (told[at][0], told[at][1], False)]) <= before
    for likely in (80, 90, 95):
        assert days_until(told[at][1] * pace_of(slipped), likely) <= days_until(
            told[at][1] * before, likely
        )


@given(REVIEWS, st.data())
def test_a_colleague_who_forgets_more_never_lengthens_mine(told: Told, data: st.DataObject) -> None:
    others = [told, told[::-1], told, told[:1], told]
    at = data.draw(st.integers(0, len(told) - 1))
    slipped = [(d, s, k and n != at) for n, (d, s, k) in enumerate(told)]
    mine = [(4, 4.0, True)]
    assert fitted(mine, slipped, *others).person[0] <= fitted(mine, told, *others).person[0]


@given(REVIEWS)
def test_the_more_reviews_the_further_from_the_organisation(told: Told) -> None:
    away = [abs(np.log(pace_of(told * times))) for times in (1, 2, 5, 20)]
    assert away == sorted(away)


def test_with_many_reviews_the_true_number_comes_back() -> None:
    dice = np.random.default_rng(7)
    for true in (0.4, 1.0, 2.5):
        days = dice.integers(1, 60, 4000).astype(float)
        stability = dice.uniform(2, 60, 4000)
        knew = dice.random(4000) < rules.chances(days, stability, true)
        told = list(zip(days.tolist(), stability.tolist(), knew.tolist(), strict=True))
        assert pace_of(told) == pytest.approx(true, rel=0.2)
        assert abs(np.log(pace_of(told[:5]))) < abs(np.log(true)) + 0.2


def test_few_people_say_nothing_of_an_organisation_and_nobody_counts_for_all() -> None:
    forgets, newcomer = [(5, 5.0, False)] * 40, [(5, 5.0, True)]
    assert fitted(newcomer, *[forgets] * 3).organisation[0] == 1.0
    together = fitted(newcomer, *[forgets] * 5)
    assert together.organisation[0] < 1
    assert together.person[0] < pace_of(newcomer)
    heavy = [(5, 5.0, False)] * 5000
    remembers = [(5, 5.0, True)] * 200
    assert fitted(heavy, *[remembers] * 30).organisation[0] > 1


def test_it_says_on_what_it_stands() -> None:
    found = fitted([(5, 5.0, False), (5, 5.0, True), (5, 5.0, True)])
    assert (found.reviews[0], found.knew[0]) == (3, 2)
    assert found.expected[0] == pytest.approx(2.7)
    words = ["sooner", "little_sooner", "usual", "little_later", "later"]
    assert [rules.told(pace) for pace in (0.5, 0.8, 1.05, 1.2, 3.0)] == words


def test_version_one_answers_as_it_did() -> None:
    assert rules.VERSION == 1
    told = [(3, 2.3, False), (5, 2.3, True), (9, 11.0, False)] * 10
    assert pace_of(told) == pytest.approx(0.19715166)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 4)), min_size=1, max_size=8))
def test_at_pace_one_the_library_says_when_and_the_pace_stretches(
    told: list[tuple[int, int]],
) -> None:
    scheduler = Scheduler(
        learning_steps=(), relearning_steps=(), enable_fuzzing=False, maximum_interval=365 * 5
    )
    peer, looks, day = Peer(card_id=1), [], 0
    for n, (gap, rating) in enumerate(told):
        day += gap
        at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        peer, _log = scheduler.review_card(peer, Rating(rating), at)
        looks.append(Look(f"{n:02}", at, at.date(), rating))
    ours = standing(looks, added_on=MONDAY)
    assert (ours.due_on, ours.stability) == (peer.due.date(), peer.stability)
    slow, fast = (standing(looks, added_on=MONDAY, pace=pace) for pace in (0.5, 2.0))
    assert slow.due_on <= ours.due_on <= fast.due_on
    assert fast.stability == pytest.approx(2 * (ours.stability or 0))


def test_only_a_look_on_a_later_day_says_something() -> None:
    looks = [look(0, 3), look(0, 1, "again"), look(4, 3), look(9, 1)]
    found = list(recalls(looks))
    assert [(one.days, one.knew) for one in found] == [(4, True), (5, False)]
    assert found[1].stability == standing(looks[:3], added_on=MONDAY).stability


# In the house


def forgetful(person: Person, rows: list[DeckCard], times: int = 12, rating: int = 1) -> None:
    """Someone who, day after day until yesterday, forgets (or knows) their cards."""
    now = timezone.now()
    DeckCard.objects.filter(person=person).update(added_at=now - timedelta(days=60))
    for ago in range(times, 0, -1):
        look_at_cards(
            person,
            [Looked(uuid.uuid4(), row.pk, now - timedelta(days=3 * ago), rating) for row in rows],
        )


def deck_of(person: Person) -> list[DeckCard]:
    return list(DeckCard.objects.filter(person=person).order_by("pk"))


def wished(person: Person, *, fitted: bool) -> CardWishes:
    return wish(person, minutes=5, likely=90, off=False, paused_until=None, fitted=fitted)


@pytest.mark.django_db
def test_the_night_works_it_out_and_the_next_look_follows(noor: Person, module: Any) -> None:
    completed(noor, module, days_ago=60)
    gather(noor)
    forgetful(noor, deck_of(noor))
    before = deck_of(noor)
    assert fit_paces(timezone.now()) == 1
    found = CardPace.objects.get(person=noor)
    assert found.pace < 1
    assert (found.knew, found.version) == (0, rules.VERSION)
    assert (
        found.reviews == Review.objects.exclude(at__lte=timezone.now() - timedelta(days=50)).count()
    )
    assert [row.due_on for row in deck_of(noor)] == [row.due_on for row in before]
    usual = standing(_looks(before[0]), added_on=MONDAY).stability
    slip = Looked(uuid.uuid4(), before[0].pk, timezone.now(), 4)
    look_at_cards(noor, [slip])
    back = Looked(uuid.uuid4(), before[0].pk, timezone.now(), undoes=slip.key)
    look_at_cards(noor, [back])
    assert deck_of(noor)[0].stability == pytest.approx((usual or 0) * found.pace)


def _looks(row: DeckCard) -> list[Look]:
    return [Look(str(r.key), r.at, timezone.localdate(r.at), r.rating) for r in row.reviews.all()]


@pytest.mark.django_db
def test_twice_is_as_once_and_what_was_taken_back_counts_no_more(noor: Person, module: Any) -> None:
    completed(noor, module, days_ago=60)
    gather(noor)
    forgetful(noor, deck_of(noor), times=2)
    now = timezone.now()
    fit_paces(now)
    once = list(CardPace.objects.values())
    fit_paces(now)
    assert list(CardPace.objects.values()) == once
    own = Review.objects.filter(rating=1)
    look_at_cards(noor, [Looked(uuid.uuid4(), r.deck_card_id, now, undoes=r.key) for r in own])
    fit_paces(now + timedelta(days=1))
    assert not CardPace.objects.exists()


@pytest.mark.django_db
def test_switched_off_it_is_gone_and_cards_come_by_the_published_schedule(
    noor: Person, module: Any
) -> None:
    completed(noor, module, days_ago=60)
    gather(noor)
    forgetful(noor, deck_of(noor))
    published = [row.stability for row in deck_of(noor)]
    fit_paces(timezone.now())
    wished(noor, fitted=False)
    assert not CardPace.objects.exists()
    assert fit_paces(timezone.now()) == 0
    assert not CardPace.objects.exists()
    assert [row.stability for row in deck_of(noor)] == published
    wished(noor, fitted=True)
    assert fit_paces(timezone.now()) == 1


@pytest.mark.django_db
def test_a_batch_from_a_phone_in_any_order_comes_to_the_same(noor: Person, module: Any) -> None:
    completed(noor, module, days_ago=60)
    gather(noor)
    forgetful(noor, deck_of(noor))
    fit_paces(timezone.now())
    card, now = deck_of(noor)[0].pk, timezone.now()
    batch = [Looked(uuid.uuid4(), card, now - timedelta(hours=n), n) for n in (1, 2, 3)]
    look_at_cards(noor, batch)
    first = deck_of(noor)[0]
    Review.objects.filter(key__in=[one.key for one in batch]).delete()
    for one in reversed(batch):
        look_at_cards(noor, [one, one])
    again = deck_of(noor)[0]
    assert (again.due_on, again.stability) == (first.due_on, first.stability)


@pytest.mark.django_db
def test_the_night_asks_as_much_for_one_as_for_many(
    noor: Person, daan: Person, femke: Person, module: Any, django_assert_num_queries: Any
) -> None:
    assert (nightly, {}) in tonight()
    for person in (noor, daan, femke):
        completed(person, module, days_ago=60)
        gather(person)
        forgetful(person, deck_of(person), times=3)
    wished(daan, fitted=False)
    Review.objects.filter(deck_card__person=femke).delete()
    with django_assert_num_queries(QUERIES):
        assert fit_paces(timezone.now()) == 1
    completed(femke, module, days_ago=50)
    forgetful(femke, deck_of(femke), times=3)
    wished(daan, fitted=True)
    with django_assert_num_queries(QUERIES):
        assert fit_paces(timezone.now()) == 3


@pytest.mark.django_db
def test_the_page_tells_its_owner_alone_and_why(
    noor: Person, daan: Person, module: Any, visit: Visit
) -> None:
    completed(noor, module, days_ago=60)
    gather(noor)
    forgetful(noor, deck_of(noor))
    address = reverse("content:my_cards")
    assert "the schedule expected" not in visit(noor).get(address).content.decode()
    fit_paces(timezone.now())
    found = CardPace.objects.get()
    page = visit(noor).get(address).content.decode()
    assert "sooner than the published schedule says" in page
    assert f"Of {found.reviews} reviews you knew 0, where the schedule expected" in page
    assert "the schedule expected" not in visit(daan).get(address).content.decode()
    visit(noor).post(address, {"minutes": "5", "likely": "90"})
    assert not CardWishes.of(noor).fitted
    assert "the schedule expected" not in visit(noor).get(address).content.decode()


@pytest.mark.django_db
def test_an_organisation_without_reviews_has_no_paces(van_dijk: Organisation) -> None:
    assert fit_paces(timezone.now()) == 0
