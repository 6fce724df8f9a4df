"""People choose among sessions; the places are shared out as shown, once, and all of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.tests.builders import an_activity
from gezel.connect.models import Message
from gezel.gatherings.actions import book, timetables
from gezel.gatherings.actions import choosing as actions
from gezel.gatherings.models import Choosing, Gathering, Place, SessionWish
from gezel.gatherings.tests.builders import a_place, a_session
from gezel.gatherings.tests.timetabling import NEVER, a_choosing, a_timetable, wanted
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague


def ended(choosing: Choosing) -> Choosing:
    """Choosing was over yesterday."""
    choosing.until_on = timezone.localdate() - timedelta(days=1)
    choosing.save()
    return choosing


def shared(choosing: Choosing) -> actions.Shares:
    found = actions.share_out(choosing, digest=actions.shares(choosing, timezone.now()).digest)
    assert found is not None
    return found


def test_places_go_by_wish_and_who_has_none_waits_and_hears_why(
    van_dijk: Organisation, femke: Person, noor: Person, daan: Person
) -> None:
    one = a_session(van_dijk, by=femke, days=9, seats=1)
    other = a_session(van_dijk, by=femke, days=10, seats=1)
    third = a_colleague(van_dijk, "Third")
    choosing = a_choosing(van_dijk, one, other, by=femke)
    actions.choose(choosing, noor, [one, other])
    actions.choose(choosing, daan, [one])
    actions.choose(choosing, third, [one])
    with pytest.raises(ValidationError):
        book(one, noor, by=noor, key=uuid.uuid4())
    with pytest.raises(ValidationError):
        shared(choosing)  # people can still choose

    found = shared(ended(choosing))

    # Nobody goes without to give Noor her first; which of the other two is no matter of who.
    [lucky] = {daan.pk, third.pk} & set(found.session)
    [late] = {daan.pk, third.pk} - {lucky}
    assert found.session == {noor.pk: other.pk, lucky: one.pk}
    assert found.rank == {noor.pk: 2, lucky: 1}
    assert found.without == {late: "full"}
    states = {(p.person_id, p.gathering_id): p.state for p in Place.objects.all()}
    assert states == {
        (noor.pk, other.pk): "booked", (lucky, one.pk): "booked", (late, one.pk): "waiting",
    }  # fmt: skip
    assert list(Gathering.objects.order_by("pk").values_list("taken", flat=True)) == [1, 1]
    kinds = set(Message.objects.values_list("person_id", "kind"))
    assert kinds == {
        (noor.pk, "gatherings.session"), (lucky, "gatherings.session"),
        (late, "gatherings.no_place"),
    }  # fmt: skip
    # Accepted twice is accepted once.
    assert actions.share_out(choosing, digest=found.digest) is None
    assert Place.objects.count() == 3


def test_what_was_shown_is_what_it_becomes_or_it_is_shown_anew(
    van_dijk: Organisation, femke: Person, noor: Person, daan: Person
) -> None:
    one, other = (a_session(van_dijk, by=femke, days=d, seats=1) for d in (9, 10))
    choosing = a_choosing(van_dijk, one, other, by=femke)
    actions.choose(choosing, noor, [one])
    shown = actions.shares(choosing, timezone.now()).digest
    actions.choose(choosing, daan, [other])

    with pytest.raises(actions.ChangedMeanwhile):
        actions.share_out(ended(choosing), digest=shown)

    assert not Place.objects.exists()


def test_who_is_elsewhere_then_has_no_place_there_and_who_has_one_keeps_it(
    van_dijk: Organisation, femke: Person, noor: Person, daan: Person
) -> None:
    one, other = (a_session(van_dijk, by=femke, days=d, seats=5) for d in (9, 10))
    a_place(a_session(van_dijk, by=femke, days=9, title="Elsewhere"), noor)
    a_place(one, daan)
    choosing = a_choosing(van_dijk, one, other, by=femke)
    actions.choose(choosing, noor, [one])
    actions.choose(choosing, daan, [other])

    found = actions.shares(choosing, timezone.now())

    assert found.without == {noor.pk: "busy"}
    assert (found.session, found.kept) == ({}, 1)


def test_a_change_of_mind_keeps_its_turn(
    van_dijk: Organisation, femke: Person, noor: Person
) -> None:
    one, other = (a_session(van_dijk, by=femke, days=d) for d in (9, 10))
    choosing = a_choosing(van_dijk, one, other, by=femke)
    actions.choose(choosing, noor, [one])
    first = SessionWish.objects.get().asked_at
    actions.choose(choosing, noor, [other, one])

    assert list(SessionWish.objects.order_by("rank").values_list("gathering_id", "asked_at")) == [
        (other.pk, first), (one.pk, first),
    ]  # fmt: skip
    for wrong in ([one, one], [a_session(van_dijk, by=femke, days=11)]):
        with pytest.raises(ValidationError):
            actions.choose(choosing, noor, wrong)
    actions.choose(choosing, noor, [])
    assert not SessionWish.objects.exists()


def test_all_or_nothing_when_it_goes_wrong_half_way(
    van_dijk: Organisation, femke: Person, noor: Person
) -> None:
    one, other = (a_session(van_dijk, by=femke, days=d) for d in (9, 10))
    choosing = ended(a_choosing(van_dijk, one, other, by=femke))
    SessionWish.objects.create(choosing=choosing, person=noor, gathering=one)

    with patch.object(actions, "_line_up", side_effect=RuntimeError), pytest.raises(RuntimeError):
        shared(choosing)

    assert not Place.objects.exists()
    choosing.refresh_from_db()
    assert choosing.placed_at is None


def test_a_thousand_wishes_cost_no_more_questions(
    van_dijk: Organisation,
    femke: Person,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    sessions = [a_session(van_dijk, by=femke, days=d, seats=10) for d in range(8, 13)]
    choosing = a_choosing(van_dijk, *sessions, by=femke)
    people = [a_colleague(van_dijk, f"P{n}") for n in range(30)]
    SessionWish.objects.bulk_create(
        SessionWish(choosing=choosing, person=p, gathering=sessions[(n + r) % 5], rank=r + 1)
        for n, p in enumerate(people)
        for r in range(5)
    )

    with django_assert_max_num_queries(6):
        found = actions.shares(choosing, timezone.now())

    assert len(found.session) == 30
    ended(choosing)
    # By session, not by person: places, the count, news and mail.
    with django_assert_max_num_queries(90):
        shared(choosing)


def test_a_session_is_in_one_open_choice(van_dijk: Organisation, femke: Person) -> None:
    one, other = (a_session(van_dijk, by=femke, days=d) for d in (9, 10))
    a_choosing(van_dijk, one, other, by=femke)

    with pytest.raises(ValidationError, match="already"):
        a_choosing(van_dijk, one, other, by=femke)


def test_the_pages(
    van_dijk: Organisation,
    femke: Person,
    noor: Person,
    sam: Person,
    visit: Callable[[Person], Client],
) -> None:
    one, other = (a_session(van_dijk, by=femke, days=d) for d in (9, 10))
    hr = visit(femke)
    told = {
        "title": "Spring", "until_on": (timezone.localdate() + timedelta(days=2)).isoformat(),
        "sessions": [one.pk, other.pk], "key": str(uuid.uuid4()),
    }  # fmt: skip
    late = {**told, "until_on": (timezone.localdate() + timedelta(days=20)).isoformat()}
    assert hr.post(reverse("gatherings:new_choosing"), late).status_code == 422
    assert (
        hr.post(reverse("gatherings:new_choosing"), {**told, "sessions": [one.pk]}).status_code
        == 422
    )
    assert hr.post(reverse("gatherings:new_choosing"), told).status_code == 302
    assert hr.post(reverse("gatherings:new_choosing"), told).status_code == 302
    choosing = Choosing.objects.get()
    page = reverse("gatherings:choose", args=[choosing.pk])
    client = visit(noor)
    twice = {"wish_1": one.pk, "wish_2": one.pk}
    assert client.post(page, twice).status_code == 422
    assert client.post(page, {"wish_1": one.pk, "wish_2": ""}).status_code == 302
    assert b"Wish 1" in hr.get(reverse("gatherings:choosing", args=[choosing.pk])).content
    for shut in ("choosing", "edit_choosing"):
        assert client.get(reverse(f"gatherings:{shut}", args=[choosing.pk])).status_code == 404
    assert visit(sam).get(page).status_code == 404


def test_home_asks_who_may_choose_and_did_not_yet(
    van_dijk: Organisation,
    noor: Person,
    femke: Person,
    visit: Callable[[Person], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    panel = reverse("gatherings:panel_choose")
    client = visit(noor)
    assert client.get(panel).status_code == 404
    first, other = (a_session(van_dijk, by=femke, days=n) for n in (9, 10))
    choosing = a_choosing(van_dijk, first, other, by=femke)
    made = a_timetable(van_dijk, by=femke, wish_until=timezone.localdate(), title="Autumn")
    one = wanted(made, an_activity(van_dijk))

    with django_assert_max_num_queries(6):
        page = client.get(panel).content.decode()
    assert "Workshops" in page
    assert "Autumn" in page

    actions.choose(choosing, noor, [first])
    timetables.wish(made, noor, [one], NEVER)
    assert client.get(panel).status_code == 404
