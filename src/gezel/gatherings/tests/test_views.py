"""The pages of sessions: what one can do there, and what one is told when it cannot be."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings import actions, own
from gezel.gatherings.actions import round_off, take_along
from gezel.gatherings.models import Attendance, Gathering, Place, Resource
from gezel.gatherings.rules import codes
from gezel.gatherings.tests.builders import (
    a_past_place,
    a_place,
    a_plan,
    a_room,
    a_session,
    in_days,
    there,
)
from gezel.paths.rules import Kind
from gezel.paths.tests.builders import a_block, a_lesson, a_path, a_step, a_walker
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]


def told(**changed: object) -> dict[str, object]:
    """What someone fills in for a session a week from now."""
    day = (timezone.localdate() + timedelta(days=7)).isoformat()
    whole = {"title": "Reading fault codes", "on": day, "start": "15:00", "end": "16:00",
             "completes": "on", "cancel_hours": "24", "key": str(uuid.uuid4())}  # fmt: skip
    return whole | changed


def test_anyone_sets_up_a_session_and_sending_twice_is_one(noor: Person, visit: Visit) -> None:
    form = told()
    client = visit(noor)

    first = client.post(reverse("gatherings:set_up"), form)
    second = client.post(reverse("gatherings:set_up"), form)

    session = Gathering.objects.get()
    assert (
        first["Location"] == second["Location"] == reverse("gatherings:session", args=[session.pk])
    )
    assert client.get(first["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, "Give it a title"),
        ({"on": "2027-03-28", "start": "02:30", "end": "04:00"}, "the clock goes forward"),
        ({"on": "2027-10-31", "start": "02:30", "end": "04:00"}, "twice"),
        ({"on": "2027-02-29"}, "valid date"),
        ({"end": "15:00"}, "ends when it begins"),
        ({"seats": "0"}, "greater than or equal to 1"),
        ({"seats": "5", "least": "6"}, "more than there are seats"),
        ({"on": "2099-01-01"}, "three years"),
        ({"repeat": "week"}, "until when it repeats"),
        ({"trainers": "nobody@example.test"}, "Nobody who works here"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(
    noor: Person, visit: Visit, changed: dict[str, str], words: str
) -> None:
    answer = visit(noor).post(reverse("gatherings:set_up"), told(**changed))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Gathering.objects.exists()


def test_a_room_or_trainer_that_is_taken_is_told_with_what_stands_there(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    room = a_room(van_dijk)
    a_session(van_dijk, by=daan, title="Brakes", resources=((room, 1),), trainers=(daan,))
    clash = told(start="10:00", end="12:00", resources=[room.pk], trainers=daan.email)

    answer = visit(noor).post(reverse("gatherings:set_up"), clash).content.decode()

    assert answer.count("“Brakes”") == 2
    assert "Room 1 is taken on" in answer
    assert "Daan Visser is taken on" in answer
    assert Gathering.objects.count() == 1


def test_sixty_people_do_not_fit_in_a_room_for_ten(
    van_dijk: Organisation, noor: Person, visit: Visit
) -> None:
    room = a_room(van_dijk, seats=10)

    answer = visit(noor).post(reverse("gatherings:set_up"), told(seats="60", resources=[room.pk]))

    assert "Room 1 holds 10 people, not 60" in answer.content.decode()


def test_one_books_gives_up_and_is_told_where_one_stands(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, seats=1)
    a_place(session, daan)
    client = visit(noor)
    page = reverse("gatherings:session", args=[session.pk])

    client.post(reverse("gatherings:book", args=[session.pk]), {"key": str(uuid.uuid4())})

    assert "number 1 on the waiting list" in client.get(page).content.decode()
    visit(daan).post(reverse("gatherings:give_up", args=[session.pk]), {"reason": ""})
    told = client.get(page).content.decode()
    assert "You have a place" in told
    assert "moved up" in client.get(reverse("gatherings:coming")).content.decode()


def test_somebody_changed_it_meanwhile(van_dijk: Organisation, daan: Person, visit: Visit) -> None:
    session = a_session(van_dijk, by=daan)
    client, page = visit(daan), reverse("gatherings:edit", args=[session.pk])
    client.post(page, told(title="One", version="1"))

    answer = client.post(page, told(title="Two", version="1"))

    assert answer.status_code == 422
    assert "Somebody changed it" in answer.content.decode()
    session.refresh_from_db()
    assert session.title == "One"


def test_the_code_on_the_screen_notes_who_is_there_once(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, days=0.001)
    a_place(session, noor)
    screen = visit(daan).get(reverse("gatherings:screen", args=[session.pk])).content.decode()
    step = codes.step_of(timezone.now())
    code = codes.short_code(actions.secret(), str(session.key), step)
    assert "<svg" in screen
    client, here = visit(noor), reverse("gatherings:here", args=[session.pk])

    client.post(here, {"code": code, "key": str(uuid.uuid4())})
    client.post(here, {"code": code, "key": str(uuid.uuid4())})

    fact = Attendance.objects.get()
    assert (fact.person, fact.kind, fact.how, fact.minutes) == (noor, "present", "code", 120)


def test_a_wrong_code_is_told_and_guessing_stops(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, days=0.001)
    client, here = visit(noor), reverse("gatherings:here", args=[session.pk])
    for _ in range(10):
        answer = client.post(here, {"code": "000000x", "key": str(uuid.uuid4())})
        assert "not the code" in answer.content.decode()

    assert "Too many wrong codes" in client.post(here, {"code": "1"}).content.decode()
    assert not Attendance.objects.exists()


def test_a_phone_that_was_offline_tells_it_once_whatever_its_clock_says(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    """What counts is how long ago it was: 40 minutes in a tunnel is no late arrival."""
    session = a_session(van_dijk, by=daan, days=-0.028)
    a_past_place(session, noor)
    then = timezone.now() - timedelta(minutes=40)
    code = codes.short_code(actions.secret(), str(session.key), codes.step_of(then))
    client, here = visit(noor), reverse("gatherings:here", args=[session.pk])
    kept = {"code": code, "key": str(uuid.uuid4()), "ago": str(40 * 60)}

    for _ in range(3):
        assert client.post(here, kept).status_code == 302

    fact = Attendance.objects.get()
    assert fact.kind == "present"
    assert abs((fact.seen_at - then).total_seconds()) < 60


def test_marks_kept_on_a_phone_arrive_once(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.1)
    a_past_place(session, noor)
    mark = {
        "person": noor.pk,
        "kind": "partly",
        "minutes": 30,
        "key": str(uuid.uuid4()),
        "ago": 900,
    }
    address = reverse("gatherings:mark", args=[session.pk])

    answers = [
        visit(daan).post(address, json.dumps({"marks": [mark]}), content_type="application/json")
        for _ in range(5)
    ]

    assert [a.json()["new"] for a in answers] == [1, 0, 0, 0, 0]
    assert all(a.json()["kept"] == [mark["key"]] for a in answers)
    assert Attendance.objects.get().minutes == 30


def test_one_mark_that_cannot_be_keeps_no_other_on_the_phone(
    van_dijk: Organisation, noor: Person, daan: Person, sam: Person, visit: Visit
) -> None:
    """What was kept offline is sent as a whole: until now one wrong figure held back the rest."""
    session = a_session(van_dijk, by=daan, days=-0.05, trainers=(daan,))
    a_past_place(session, noor)
    others = [a_colleague(van_dijk, f"Person{n}") for n in range(3)]
    for person in others:
        a_past_place(session, person)
    keys = [str(uuid.uuid4()) for _ in range(5)]
    marks = [
        {"person": noor.pk, "kind": "present", "key": keys[0], "ago": 60},
        {"person": others[0].pk, "kind": "late", "minutes": 2_000, "key": keys[1]},
        {"person": others[1].pk, "kind": "late", "minutes": 12.5, "key": keys[2]},
        {"person": sam.pk, "kind": "present", "key": keys[3]},
        {"person": others[2].pk, "kind": "present", "key": keys[4], "ago": 400_000},
    ]
    address = reverse("gatherings:mark", args=[session.pk])

    answer = visit(daan).post(
        address, json.dumps({"marks": marks}), content_type="application/json"
    )

    told = answer.json()
    assert (answer.status_code, told["kept"], told["new"]) == (200, [keys[0], keys[4]], 2)
    assert set(told["refused"]) == {keys[1], keys[2], keys[3]}
    assert "whole number" in told["refused"][keys[1]]
    assert told["refused"][keys[3]] == "They have no place here any more."
    assert {a.person for a in Attendance.objects.all()} == {noor, others[2]}
    # Kept for days: that counts as noted now, so nobody writes into last week without a reason.
    late = Attendance.objects.get(person=others[2])
    assert timezone.now() - late.seen_at < timedelta(minutes=5)


def test_what_was_marked_is_not_lost_where_something_is_refused(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    """Without a script the whole list is one form: it comes back as it was sent, with the fault."""
    session = a_session(van_dijk, by=daan, days=-0.05, trainers=(daan,))
    other = a_colleague(van_dijk, "Joost")
    for person in (noor, other):
        a_past_place(session, person)
    sent = {
        "row": [noor.pk, other.pk],
        f"kind-{noor.pk}": "partly", f"minutes-{noor.pk}": "2000",
        f"key-{noor.pk}": str(uuid.uuid4()),
        f"kind-{other.pk}": "absent", f"minutes-{other.pk}": "2000",
        f"key-{other.pk}": str(uuid.uuid4()),
    }  # fmt: skip
    address = reverse("gatherings:mark", args=[session.pk])
    client = visit(daan)
    refused = client.post(address, sent)
    page = refused.content.decode()

    assert refused.status_code == 422
    assert not Attendance.objects.exists()
    assert page.count("Minutes are a whole number") == 1, "of who is absent none are asked"
    assert f'name="kind-{noor.pk}" value="partly" checked' in page
    assert f'name="kind-{other.pk}" value="absent" checked' in page
    assert 'value="2000" aria-invalid="true"' in page
    kept = client.post(address, {**sent, f"minutes-{noor.pk}": "20"})
    assert kept.status_code == 302
    assert Attendance.objects.count() == 2


def test_a_list_that_needs_a_reason_comes_back_as_it_was_marked(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, days=-3, trainers=(daan,))
    a_past_place(session, noor)
    sent = {
        "row": noor.pk, f"kind-{noor.pk}": "excused", f"key-{noor.pk}": str(uuid.uuid4()),
    }  # fmt: skip

    page = visit(daan).post(reverse("gatherings:mark", args=[session.pk]), sent)

    assert page.status_code == 422
    assert f'name="kind-{noor.pk}" value="excused" checked' in page.content.decode()


def test_in_a_long_list_one_looks_for_a_name_or_who_is_left(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.05, trainers=(daan,))
    people = [a_colleague(van_dijk, f"Zoë{n}") for n in range(9)]
    for person in (noor, *people):
        a_past_place(session, person)
    there(session, noor)
    client, address = visit(daan), reverse("gatherings:people", args=[session.pk])

    def seen(**asked: str) -> int:
        page = client.get(address, asked).content.decode()
        assert "<span data-marks-noted>1</span>/10" in page
        rows = re.findall(r'<li data-mark="\d+"[^>]*>', page)
        assert len(rows) == 10, "all are there for who looks again"
        return sum("hidden" not in row for row in rows)

    assert seen() == 10
    assert seen(name="zoe") == 9
    assert seen(name="ZOË3") == 1
    assert seen(only="open") == 9
    assert seen(name="noor", only="open") == 0
    assert "Nobody on the list fits." in client.get(address, {"name": "x"}).content.decode()
    # Keeping the list comes back to the same few.
    mark = reverse("gatherings:mark", args=[session.pk]) + "?name=zoe&only=open"
    assert client.post(mark, {})["Location"].endswith("?name=zoe&only=open")


@pytest.mark.parametrize("body", ["{", "[]", '{"marks": [1]}', '{"marks": [{"person": "x"}]}'])
def test_what_is_no_list_of_marks_is_refused(
    van_dijk: Organisation, daan: Person, visit: Visit, body: str
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.1)

    answer = visit(daan).post(
        reverse("gatherings:mark", args=[session.pk]), body, content_type="application/json"
    )

    assert answer.status_code == 400


def test_a_day_later_the_list_asks_why(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, days=-3.5)
    a_past_place(session, noor)
    address = reverse("gatherings:mark", args=[session.pk])
    row = {"row": [noor.pk], f"kind-{noor.pk}": "present", f"key-{noor.pk}": str(uuid.uuid4())}

    answer = visit(daan).post(address, row)
    assert answer.status_code == 422
    assert "Say why it is noted only now" in answer.content.decode()
    visit(daan).post(address, row | {"reason": "The list lay in the van"})

    assert Attendance.objects.get().reason == "The list lay in the van"


def test_who_does_not_run_it_finds_no_list(
    van_dijk: Organisation, noor: Person, daan: Person, sam: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan)
    for page in ("people", "screen", "edit"):
        assert visit(noor).get(reverse(f"gatherings:{page}", args=[session.pk])).status_code == 404
    assert visit(sam).get(reverse("gatherings:session", args=[session.pk])).status_code == 404


def test_a_link_to_join_is_for_who_has_a_place(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=daan, link="https://meet.example.test/abc")
    page = reverse("gatherings:session", args=[session.pk])
    assert "meet.example.test" not in visit(noor).get(page).content.decode()

    a_place(session, noor)

    assert "meet.example.test" in visit(noor).get(page).content.decode()


def test_what_one_will_use_is_read_by_oneself_and_who_gives_it(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=femke, days=-0.2)
    a_past_place(session, noor)
    there(session, noor)

    visit(noor).post(
        reverse("gatherings:take_along", args=[session.pk]), {"text": "The wiring map"}
    )

    people = reverse("gatherings:people", args=[session.pk])
    assert "The wiring map" in visit(femke).get(people).content.decode()
    assert visit(daan).get(people).status_code == 404
    # Another of HR runs it as well, and does not read what was promised to who gives it.
    hr = a_colleague(van_dijk, "Another of HR", mandates=["hr"])
    other = visit(hr).get(people)
    assert other.status_code == 200
    assert "The wiring map" not in other.content.decode()
    refused = visit(daan).post(
        reverse("gatherings:take_along", args=[session.pk]), {"text": "I was not there"}
    )
    assert refused.status_code == 422


def test_pages_ask_no_more_with_more_people(
    van_dijk: Organisation,
    daan: Person,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.05)
    for n in range(12):
        person = a_colleague(van_dijk, f"Nr {n}", lead=daan)
        a_past_place(session, person)
        there(session, person)
        a_session(van_dijk, by=daan, days=3 + n)
    client = visit(daan)
    for page, most in (("people", 22), ("session", 26)):
        address = reverse(f"gatherings:{page}", args=[session.pk])
        client.get(address)
        with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
            client.get(address)
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        client.get(reverse("gatherings:coming"))


def test_a_lead_approves_on_a_page_of_their_own(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    session = a_session(van_dijk, by=femke, approval=True)
    place = a_place(session, noor)
    client = visit(daan)
    assert "Noor Jansen" in client.get(reverse("gatherings:approvals")).content.decode()
    assert "Noor Jansen" in client.get(reverse("gatherings:panel_run")).content.decode()

    client.post(reverse("gatherings:decide", args=[place.pk]), {"how": "no", "reason": ""})
    assert Place.objects.get(pk=place.pk).state == "asked"
    client.post(reverse("gatherings:decide", args=[place.pk]), {"how": "yes"})

    assert Place.objects.get(pk=place.pk).state == "booked"


def test_too_few_people_on_the_day_asks_who_set_it_up(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    session = a_session(
        van_dijk, by=daan, least=6, seats=10, decide_on=timezone.localdate(), days=3
    )
    a_place(session, noor)
    assert "1 of at least 6" in visit(daan).get(reverse("gatherings:panel_run")).content.decode()

    visit(daan).post(reverse("gatherings:go_on", args=[session.pk]))

    assert visit(daan).get(reverse("gatherings:panel_run")).status_code == 404
    told = visit(noor).get(reverse("gatherings:panel_mine")).content.decode()
    assert "the session goes ahead" in told


def test_rooms_are_kept_by_who_keeps_learning_material(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    form = {"kind": "room", "name": "Workshop", "seats": "12", "amount": "1", "in_use": "on"}
    address = reverse("gatherings:new_resource")
    assert visit(noor).post(address, form).status_code == 404
    assert visit(femke).post(address, form).status_code == 302

    again = visit(femke).post(address, form)

    assert "There is one with this name already" in again.content.decode()
    assert Resource.objects.get().seats == 12


def test_a_series_of_five_thousand_is_a_page_like_another(
    van_dijk: Organisation, daan: Person, visit: Visit
) -> None:
    first = a_session(van_dijk, by=daan)
    Gathering.objects.bulk_create(
        Gathering(
            organisation=van_dijk, title=f"Session {n}", starts_at=in_days(8 + n / 24),
            ends_at=in_days(8 + n / 24 + 0.04), made_by=daan,
        )
        for n in range(5_000)
    )  # fmt: skip
    page = visit(daan).get(reverse("gatherings:coming")).content.decode()

    assert first.name in page
    assert "page 1 of 167" in page
    assert a_plan().title in page


def test_who_is_in_a_blend_books_its_session_from_the_path(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    course = an_activity(van_dijk, "Practice day")
    session = a_session(van_dijk, by=daan, activity=course)
    path = a_path(
        van_dijk,
        a_block(
            Kind.BLEND, a_step("read", part="theory"), a_lesson("day", course, part="practice")
        ),
    )
    walk = reverse("paths:walk", args=[a_walker(path, noor).pk])
    client = visit(noor)
    page = client.get(walk).content.decode()
    assert "Book a place" in page
    assert page.count("Set one up") == 0

    pk = walk.strip("/").rpartition("/")[2]
    answer = client.post(
        reverse("gatherings:book", args=[session.pk]), {"key": str(uuid.uuid4()), "walk": pk}
    )

    assert answer["Location"] == walk
    page = client.get(walk).content.decode()
    assert "You have a place." in page
    assert "Book a place" not in page
    # It is hers: her lead reads how far she is and books nothing there.
    assert "Book a place" not in visit(daan).get(walk).content.decode()


def test_what_sessions_completed_and_who_wrote_what_they_use_is_told_of_without_words(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    course = an_activity(van_dijk, "Practice day")
    session = a_session(van_dijk, by=daan, activity=course, days=-0.2)
    a_past_place(session, noor)
    there(session, noor)
    round_off(session)
    assert [(a, p) for a, p, _on in own.completions_here(van_dijk.pk)] == [(course.pk, noor.pk)]
    assert list(own.uses_here(van_dijk.pk)) == [(course.pk, noor.pk, False)]
    take_along(session, noor, "I isolate first")
    assert list(own.uses_here(van_dijk.pk)) == [(course.pk, noor.pk, True)]


def test_a_lead_sees_on_the_board_of_the_team_where_their_people_go(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    sam: Person,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    soon = a_session(van_dijk, by=femke, title="Brakes", seats=1)
    later = a_session(van_dijk, by=femke, title="Batteries", days=9)
    a_place(soon, femke)
    panel = reverse("gatherings:panel_team")
    assert visit(daan).get(panel).status_code == 404, "Femke is not in his line"
    for session in (later, soon):
        a_place(session, noor)

    lead = visit(daan)
    lead.get(panel)
    with django_assert_max_num_queries(6):
        page = lead.get(panel).content.decode()
    assert page.index("Brakes") < page.index("Batteries")
    assert page.count("Noor Jansen") == 2
    assert "Femke" not in page
    assert "waiting" in page
    assert "Where your people go" in lead.get(reverse("team")).content.decode()
    assert Reading.objects.filter(reader=daan, about=noor, matter="sessions").exists()
    for person in (noor, sam, femke):
        assert visit(person).get(panel).status_code == 404
