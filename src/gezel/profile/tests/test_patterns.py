"""One's own learning patterns: what comes out, what it was made from, and for nobody else."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.house import pages

from gezel.content.actions import add_card
from gezel.content.models import Answer, DeckCard, Review
from gezel.content.tests.builders import a_module
from gezel.people.api import Organisation, Person, Visitor, give_mandate
from gezel.people.tests.builders import a_colleague
from gezel.profile import queries
from gezel.profile.models import PatternsSwitch
from gezel.profile.rules.patterns import (
    LEAST_RECALLS,
    Moment,
    Recall,
    patterns,
    sittings,
)

Visit = Callable[[Person], Client]
AsVisitor = Callable[[Person], Visitor]
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NONE = timedelta(0)


def learned(*hours: float, day: int = 0, form: str = "module") -> list[Moment]:
    """At these hours of a day, counted from a Monday."""
    begin = MONDAY.replace(hour=0) + timedelta(days=day)
    return [Moment(begin + timedelta(hours=h), NONE, form) for h in hours]


def test_half_an_hour_of_nothing_ends_a_sitting() -> None:
    found = sittings(learned(9, 9.25, 9.5, 11))

    assert [round(s.length.total_seconds() / 60) for s in found] == [31, 1]


def test_too_little_says_nothing() -> None:
    told = patterns(learned(9, 10), [Recall(MONDAY, 3, True, "Locks")])

    assert (told.days, told.recalls) == (1, 1)
    assert (told.by_part, told.minutes, told.by_form, told.by_span) == ((), None, (), ())
    assert told.suggests == ()
    assert patterns([], []).first_on is None


def test_when_how_long_and_in_what_form() -> None:
    moments = [m for day in range(5) for m in learned(9, 9.2, day=day)]
    moments += learned(20, day=2, form="cards")
    told = patterns(moments, [])

    assert {s.code: s.count for s in told.by_part} == {
        "night": 0,
        "morning": 5,
        "afternoon": 0,
        "evening": 1,
    }
    assert [s.count for s in told.by_weekday] == [1, 1, 1, 1, 1, 0, 0]
    assert told.minutes == 13
    assert [(s.code, s.count) for s in told.by_form] == [("module", 65), ("cards", 1)]
    assert told.suggests == ("moment",)


def test_what_sticks_is_told_by_how_long_it_was_and_by_subject() -> None:
    recalls = [Recall(MONDAY, 2, True, "Locks")] * 10 + [Recall(MONDAY, 20, False, "Volts")] * 10
    told = patterns([], recalls)

    assert [(s.low, s.high, s.count, s.of) for s in told.by_span] == [
        (1, 3, 10, 10),
        (11, 30, 0, 10),
    ]
    assert [(s.code, s.percent) for s in told.sticks] == [("Locks", 100), ("Volts", 0)]
    assert told.suggests == ("sooner", "again")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 80_000).map(lambda m: MONDAY + timedelta(minutes=m)),
            st.integers(0, 7_200),
            st.sampled_from(["module", "cards", "session"]),
        ),
        max_size=60,
    )
)
def test_no_order_of_arrival_changes_a_figure_and_no_share_is_more_than_all(
    told: list[tuple[datetime, int, str]],
) -> None:
    moments = [Moment(at, timedelta(seconds=s), form) for at, s, form in told]
    found = patterns(moments, [])

    assert patterns(moments[::-1], []) == found
    assert all(0 <= s.count <= s.of for s in (*found.by_part, *found.by_weekday, *found.by_form))
    assert sum(s.count for s in found.by_weekday) in {0, found.days}
    assert len(found.suggests) <= 2


def test_what_is_told_of_cards_never_exceeds_what_came_back() -> None:
    few = [Recall(MONDAY, 2, True, "Locks")] * (LEAST_RECALLS - 1)

    assert patterns([], few).by_span == ()
    assert patterns([], few + few[:1]).by_span[0].of == LEAST_RECALLS


# -- on the page -----------------------------------------------------------------------------------


def _a_year_of_learning(noor: Person, organisation: Organisation) -> None:
    module = a_module(organisation)
    block = module.blocks.all()[0]
    attempt = module.attempts.create(person=noor)
    card = add_card(module, front={"en": "Where?"}, back={"en": "Here."})
    now = timezone.now()
    deck = DeckCard.objects.create(
        person=noor, card=card, due_on=now.date(), added_at=now - timedelta(days=90)
    )
    for day in range(1, 25):
        at = now - timedelta(days=day * 3)
        Answer.objects.create(
            attempt=attempt, block=block, key=uuid.uuid4(), value={}, answered_at=at
        )
        Review.objects.create(deck_card=deck, key=uuid.uuid4(), rating=3, at=at, took_ms=4_000)


def test_off_until_switched_on_and_off_again_leaves_nothing(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    _a_year_of_learning(noor, van_dijk)
    me = visit(noor)
    page, switch = reverse("profile:patterns"), reverse("profile:switch_patterns")
    assert "They are off" in me.get(page).content.decode()

    me.post(switch, {"wish": "on"})
    me.post(switch, {"wish": "on"})
    text = me.get(page).content.decode()
    for figure in ("At what time of day", "How long at a time", "In what form", "What sticks"):
        assert figure in text
    assert "You still knew 24 of 24." in text
    assert "From 24 cards that came back" in text
    assert "This might help" in text
    me.post(switch, {"wish": "quiet"})
    assert "This might help" not in me.get(page).content.decode()

    me.post(switch, {"wish": "off"})
    assert not PatternsSwitch.objects.exists()
    assert "They are off" in me.get(page).content.decode()


def test_nobody_else_can_ask_for_them(
    noor: Person, daan: Person, van_dijk: Organisation, as_visitor: AsVisitor
) -> None:
    _a_year_of_learning(noor, van_dijk)
    switch = PatternsSwitch.objects.create(person=noor)

    assert queries.own_patterns(as_visitor(daan), switch) is None
    assert queries.switch_of(as_visitor(daan)) is None
    mine = queries.own_patterns(as_visitor(noor), switch)
    assert mine is not None
    assert mine.days == 24


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Every question put to the database meanwhile."""
    asked: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield asked


def test_lead_hr_admin_and_exports_hold_no_trace_of_them(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """No page that needs no number, and none about Noor, so much as asks whether they are on."""
    _a_year_of_learning(noor, van_dijk)
    PatternsSwitch.objects.create(person=noor)
    admin = a_colleague(van_dijk, "Amir Bakker")
    for person, mandate in ((admin, "admin"), (femke, "council"), (femke, "author")):
        give_mandate(person, van_dijk, mandate)
    about_noor = [
        reverse(name, args=[noor.pk])
        for name in ("people:person", "skills:person", "certificates:person")
    ]
    # One's own pages ask of oneself; "who sees what" and what can be erased count one's own
    # rows in every table.
    own = {
        "profile:patterns",
        "profile:switch_patterns",
        "trust:who_sees_what",
        "trust:erase",
        "kit:bundle",
    }
    plain = [
        reverse(page.name)
        for page in pages()
        if page.name not in own and "<" not in page.route and "(?P" not in page.route
    ]
    heard: dict[str, str] = {}
    with _overheard() as asked:
        for reader in (daan, femke, admin):
            client = visit(reader)
            for address in (*about_noor, *plain, reverse("profile:given") + "?export=csv"):
                asked.clear()
                answer: Any = client.get(address)
                if getattr(answer, "streaming", False):
                    b"".join(answer.streaming_content)
                if any("patternsswitch" in sql for sql in asked):
                    heard[address] = reader.name
    assert heard == {}
    assert len(plain) > 60
