"""The groups of a session: formed, changed by hand, taken back; and who reads what of it."""

import uuid
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.actions import give_up, groups
from gezel.gatherings.grouping import Asked, Hall
from gezel.gatherings.models import Division, Gathering, GroupMove, GroupWish, Place
from gezel.gatherings.rules.groups import Dials, Impossible
from gezel.gatherings.tests.builders import a_past_place, a_place, a_session
from gezel.people.api import Employment, Organisation, Person
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.skills.tests.builders import a_skill, an_evidence

Visit = Callable[[Person], Client]


def a_full_session(van_dijk: Organisation, daan: Person, people: int = 12) -> Gathering:
    """A session with people of three departments."""
    session = a_session(van_dijk, by=daan)
    units = [a_unit(van_dijk, name) for name in ("Workshop", "Sales", "Parts")]
    for number in range(people):
        person = a_colleague(van_dijk, f"P{number:02}", unit=units[number % 3])
        a_place(session, person)
    return session


def formed(session: Gathering, by: Person, count: int = 3, mode: str = "rule") -> Division:
    return groups.form_groups(session, Asked(groups=count), mode, by=by, key=uuid.uuid4())


def sizes(session: Gathering) -> list[int]:
    hall = Hall(session)
    return sorted(list(hall.where.values()).count(at) for at in range(hall.count))


def test_groups_are_formed_once_for_a_form_sent_twice(van_dijk: Organisation, daan: Person) -> None:
    session, key = a_full_session(van_dijk, daan), uuid.uuid4()

    first = groups.form_groups(session, Asked(groups=3), "rule", by=daan, key=key)
    second = groups.form_groups(session, Asked(groups=3), "rule", by=daan, key=key)

    assert first == second
    assert sizes(session) == [4, 4, 4]
    hall = Hall(session)
    for at in range(3):
        units = {hall.seated[key].unit for key, group in hall.where.items() if group == at}
        assert units == {"Workshop", "Sales", "Parts"}


def test_forming_anew_is_another_version_and_the_first_stays(
    van_dijk: Organisation, daan: Person
) -> None:
    session = a_full_session(van_dijk, daan)
    first = formed(session, daan)
    where = Hall(session).where

    second = formed(session, daan, mode="chance")

    assert Hall(session).division == second
    assert Hall(session, first).where == where
    assert Hall(session, first).count == 3


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        (Asked(groups=0), "groups", "at least one group"),
        (Asked(groups=13), "groups", "12 people cannot fill 13 groups"),
        (Asked(groups=2, largest=5), "largest", "have room for 10, and 12 people come"),
        (Asked(groups=3, smallest=5), "smallest", "too few for 3 groups"),
    ],
)
def test_numbers_that_do_not_fit_are_refused_with_what_would(
    van_dijk: Organisation, daan: Person, asked: Asked, field: str, words: str
) -> None:
    session = a_full_session(van_dijk, daan)

    with pytest.raises(ValidationError) as refusal:
        groups.form_groups(session, asked, "rule", by=daan, key=uuid.uuid4())

    assert words in refusal.value.message_dict[field][0]
    assert not Division.objects.exists()


def test_what_is_locked_and_who_is_kept_stays(van_dijk: Organisation, daan: Person) -> None:
    session = a_full_session(van_dijk, daan)
    first = formed(session, daan)
    before = Hall(session).where
    kept = next(key for key, at in before.items() if at == 2)
    groups.lock_group(first, 0, locked=True)
    groups.keep_person(first, kept, fixed=True)

    formed(session, daan, count=4, mode="chance")

    after = Hall(session).where
    assert {k for k, at in after.items() if at == 0} == {k for k, at in before.items() if at == 0}
    assert after[kept] == 2
    with pytest.raises(ValidationError, match="Group 3"):
        formed(session, daan, count=2)


def test_together_and_apart_hold_and_a_clash_is_named(van_dijk: Organisation, daan: Person) -> None:
    session = a_full_session(van_dijk, daan)
    people = [seated.person for seated in Hall(session).seated.values()]
    assert groups.say(session, people[0], people[1], "together")
    assert not groups.say(session, people[1], people[0], "together")
    assert groups.say(session, people[0], people[2], "apart")

    formed(session, daan, mode="chance")

    where = Hall(session).where
    assert where[people[0].pk] == where[people[1].pk] != where[people[2].pk]
    with pytest.raises(ValidationError, match="opposite"):
        groups.say(session, people[0], people[1], "apart")
    assert groups.say(session, people[1], people[2], "together")
    with pytest.raises(Impossible) as refusal:
        formed(session, daan)
    assert {rule.kind for rule in refusal.value.clash} == {"together", "apart"}


def test_a_move_and_a_swap_are_taken_back_step_by_step(
    van_dijk: Organisation, daan: Person
) -> None:
    session = a_full_session(van_dijk, daan)
    division = formed(session, daan)
    before = Hall(session).where
    one = next(k for k, at in before.items() if at == 0)
    other = next(k for k, at in before.items() if at == 1)
    step = uuid.uuid4()

    groups.move(division, one, 1, swap=other, version=1, step=step)
    groups.move(division, one, 1, swap=other, version=2, step=step)  # sent twice
    groups.move(division, one, 2, version=2, step=uuid.uuid4())

    after = Hall(session).where
    assert (after[one], after[other]) == (2, 0)
    assert GroupMove.objects.count() == 3
    with pytest.raises(groups.ChangedMeanwhile):
        groups.move(division, one, 0, version=2, step=uuid.uuid4())
    assert groups.undo(division, version=3)
    assert Hall(session).where[one] == 1
    assert groups.undo(division, version=4)
    assert Hall(session).where == before
    assert not groups.undo(division, version=5)

    formed(session, daan, mode="chance")
    latest = Hall(session).division
    assert latest
    assert groups.undo(latest, version=1)
    assert Hall(session).where == before


def test_a_group_has_a_name_that_stays_when_it_is_formed_anew(
    van_dijk: Organisation, daan: Person
) -> None:
    session = a_full_session(van_dijk, daan, 6)
    division = formed(session, daan, 2)
    groups.call_group(division, 0, "  The  early birds ")
    with pytest.raises(ValidationError):
        groups.call_group(division, 1, "the early birds")

    again = formed(session, daan, 2)

    assert [g.name for g in again.groups.all()] == ["The early birds", "Group 2"]
    groups.call_group(again, 0, "")
    assert again.groups.all()[0].name == "Group 1"


def test_splitting_merging_and_evening_out(van_dijk: Organisation, daan: Person) -> None:
    session = a_full_session(van_dijk, daan)
    formed(session, daan)

    groups.split(session, 0, by=daan, key=uuid.uuid4())
    assert sizes(session) == [2, 2, 4, 4]
    groups.merge(session, 1, 2, by=daan, key=uuid.uuid4())
    assert sizes(session) == [2, 2, 8]
    groups.even_out(session, by=daan, key=uuid.uuid4())
    assert sizes(session) == [4, 4, 4]
    assert [d.mode for d in Division.objects.order_by("pk")] == ["rule", "split", "merge", "even"]


def test_who_leaves_is_out_and_who_comes_later_has_no_group_until_placed(
    van_dijk: Organisation, daan: Person
) -> None:
    session = a_full_session(van_dijk, daan)
    division = formed(session, daan)
    leaving = Place.objects.filter(gathering=session).first()
    assert leaving
    give_up(leaving, by=leaving.person)
    late = a_colleague(van_dijk, "Late")
    a_place(session, late)

    hall = Hall(session)
    assert leaving.person_id not in hall.where
    assert hall.left_over == [late.pk]
    groups.move(division, late.pk, 1, version=1, step=uuid.uuid4())
    assert Hall(session).where[late.pk] == 1


def test_who_met_before_and_wishes_count(van_dijk: Organisation, daan: Person) -> None:
    before = a_session(van_dijk, by=daan, days=-20)
    session = a_session(van_dijk, by=daan)
    people = [a_colleague(van_dijk, f"P{n}") for n in range(4)]
    for person in people:
        a_past_place(before, person)
        a_place(session, person)
    formed(before, daan, count=2)
    met = Hall(before).where
    asked = Asked(groups=2, dials=Dials(levels=0, units=0, new=3, wishes=0))
    groups.form_groups(session, asked, "rule", by=daan, key=uuid.uuid4())

    now = Hall(session).where
    pairs = [(a.pk, b.pk) for a in people for b in people if a.pk < b.pk]
    assert not any(met[a] == met[b] and now[a] == now[b] for a, b in pairs)

    groups.wish_for(session, people[0], [people[3]])
    formed(session, daan, count=2, mode="wish")
    now = Hall(session).where
    assert now[people[0].pk] == now[people[3].pk]


def test_a_group_shares_a_part_of_the_day(van_dijk: Organisation, daan: Person) -> None:
    session = a_full_session(van_dijk, daan, people=6)
    for number, key in enumerate(Hall(session).seated):
        shift = ("early", "night")[number % 2]
        Employment.objects.filter(person=key).update(shift=shift)
    asked = Asked(groups=2, same_times=True)

    groups.form_groups(session, asked, "chance", by=daan, key=uuid.uuid4())

    hall = Hall(session)
    shifts = dict(Employment.objects.filter(person__in=hall.where).values_list("person", "shift"))
    for at in range(2):
        assert len({shifts[k] for k, group in hall.where.items() if group == at}) == 1


def test_a_new_colleague_is_not_alone(van_dijk: Organisation, daan: Person) -> None:
    session = a_full_session(van_dijk, daan, people=9)
    new = list(Hall(session).seated)[:2]
    Employment.objects.filter(person__in=new).update(starts_on=timezone.localdate())
    asked = Asked(groups=3, not_alone=True)

    groups.form_groups(session, asked, "chance", by=daan, key=uuid.uuid4())

    where = Hall(session).where
    assert where[new[0]] == where[new[1]]


# -- the pages ------------------------------------------------------------------------------------


def told(**changed: object) -> dict[str, object]:
    whole = {"mode": "rule", "groups": "3", "levels": "2", "units": "2", "new": "1",
             "wishes": "1", "even": "2", "key": str(uuid.uuid4())}  # fmt: skip
    return whole | changed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"groups": "0"}, "Make at least one group."),
        ({"groups": "60"}, "12 people cannot fill 60 groups"),
        ({"groups": ""}, "This field is required."),
        ({"smallest": "5", "largest": "4"}, "less than the smallest"),
        ({"groups": "2", "largest": "5"}, "have room for 10"),
        ({"mode": "by mood"}, "Select a valid choice"),
    ],
)
def test_a_form_that_does_not_fit_says_why_at_the_field(
    van_dijk: Organisation, daan: Person, visit: Visit, changed: dict[str, object], words: str
) -> None:
    session = a_full_session(van_dijk, daan)
    page = visit(daan).post(reverse("gatherings:form_groups", args=[session.pk]), told(**changed))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Division.objects.exists()


def test_levels_are_used_and_never_told_of_one_person(
    van_dijk: Organisation, daan: Person, visit: Visit
) -> None:
    """With few people in a group, or after a move by hand, nothing is said of levels at all."""
    skill = a_skill(organisation=van_dijk)
    session = a_session(van_dijk, by=daan, activity=an_activity(van_dijk, teaches={skill: (1, 3)}))
    for number in range(12):
        person = a_colleague(van_dijk, f"P{number:02}")
        an_evidence(person, skill, level=1 + number % 5, kind="lead", by=daan)
        a_place(session, person)
    client, url = visit(daan), reverse("gatherings:groups", args=[session.pk])

    formed(session, daan, count=2)
    assert "levels as among everyone" in client.get(url).content.decode()
    division = Hall(session).division
    assert division
    mover = next(k for k, at in Hall(session).where.items() if at == 0)
    groups.move(division, mover, 1, version=1, step=uuid.uuid4())
    page = client.get(url).content.decode()
    assert "levels as" not in page
    assert "levels somewhat" not in page
    assert "Levels spread" not in page

    formed(session, daan, count=3)
    page = client.get(url).content.decode()
    assert "levels as" not in page
    assert "levels somewhat" not in page
    ways = client.get(reverse("gatherings:move_in_groups", args=[session.pk, mover]))
    assert "level" not in ways.content.decode().lower()


def test_the_move_page_tells_what_each_way_brings_and_does_it(
    van_dijk: Organisation, daan: Person, visit: Visit
) -> None:
    session = a_full_session(van_dijk, daan)
    formed(session, daan)
    who = next(k for k, at in Hall(session).where.items() if at == 0)
    client = visit(daan)
    url = reverse("gatherings:move_in_groups", args=[session.pk, who])

    page = client.get(url).content.decode()
    assert "further from what was asked" in page
    assert "Swap with" in page
    answer = client.post(url, {"group": "1", "version": "1", "key": str(uuid.uuid4())}, follow=True)
    assert "is in “Group 2” now" in answer.content.decode()
    assert Hall(session).where[who] == 1
    answer = client.post(url, {"group": "0", "version": "1", "key": str(uuid.uuid4())}, follow=True)
    assert "Meanwhile somebody changed the groups" in answer.content.decode()
    assert Hall(session).where[who] == 1
    answer = client.post(url, {"group": "99", "version": "2"}, follow=True)
    assert "not there any more" in answer.content.decode()


def test_why_not_with_someone(van_dijk: Organisation, daan: Person, visit: Visit) -> None:
    session = a_full_session(van_dijk, daan)
    people = [seated.person for seated in Hall(session).seated.values()]
    groups.say(session, people[0], people[1], "apart")
    formed(session, daan)
    client, url = visit(daan), reverse("gatherings:why_not_together", args=[session.pk])

    page = client.get(url, {"one": people[0].pk, "other": people[1].pk}).content.decode()
    assert "P00 and P01 are to be apart." in page
    assert client.get(url, {"one": people[0].pk, "other": people[0].pk}).status_code == 422
    assert client.get(url, {"one": "x"}).status_code == 422


def test_a_participant_sees_the_own_group_and_nobody_elses(
    van_dijk: Organisation, daan: Person, noor: Person, visit: Visit
) -> None:
    session = a_full_session(van_dijk, daan, people=5)
    a_place(session, noor)
    formed(session, daan, count=2)
    where = Hall(session).where
    client, url = visit(noor), reverse("gatherings:my_group", args=[session.pk])

    page = client.get(url).content.decode()
    for key, seated in Hall(session).seated.items():
        assert (seated.person.name in page) == (where[key] == where[noor.pk])

    answer = client.post(url, {"others": f"{daan.email}, nobody@example.test"})
    assert answer.status_code == 422
    assert "nobody@example.test" in answer.content.decode()
    client.post(url, {"others": daan.email})
    assert GroupWish.objects.get().other == daan
    client.post(url, {"others": ""})
    assert not GroupWish.objects.exists()


def test_an_earlier_division_can_be_read_and_not_changed(
    van_dijk: Organisation, daan: Person, visit: Visit
) -> None:
    session = a_full_session(van_dijk, daan)
    first = formed(session, daan)
    formed(session, daan, mode="chance")
    client, url = visit(daan), reverse("gatherings:groups", args=[session.pk])

    page = client.get(url, {"division": first.pk}).content.decode()

    assert "as they were formed on" in page
    assert "Take back the last step" not in page
    other = formed(a_full_session(van_dijk, daan), daan)
    assert client.get(url, {"division": other.pk}).status_code == 404
    assert client.get(url, {"division": "x"}).status_code == 404


@pytest.mark.parametrize("what", ["even", "split", "merge", "undo", "lock", "keep"])
def test_steps_without_groups_or_with_nonsense_break_nothing(
    van_dijk: Organisation, daan: Person, visit: Visit, what: str
) -> None:
    session = a_full_session(van_dijk, daan, people=3)
    client, url = visit(daan), reverse("gatherings:change_groups", args=[session.pk])

    assert client.post(url, {"what": what}).status_code == 302
    assert not Division.objects.exists()
    formed(session, daan, count=1)
    wrong = {"what": what, "group": "77", "other": "-3", "person": "x", "version": "z"}
    assert client.post(url, wrong, follow=True).status_code == 200
    assert sizes(session) == [3]


def test_sixty_people_in_groups_cost_no_more_questions_than_six(
    van_dijk: Organisation,
    daan: Person,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    small, large = a_full_session(van_dijk, daan, 6), a_full_session(van_dijk, daan, 60)
    for session in (small, large):
        formed(session, daan, count=3)
    client = visit(daan)
    for session in (small, large):
        url = reverse("gatherings:groups", args=[session.pk])
        client.get(url)
        with django_assert_max_num_queries(26):  # type: ignore[attr-defined]
            assert client.get(url).status_code == 200


def test_groups_of_a_large_session_are_folded_and_whom_one_looks_for_is_found(
    van_dijk: Organisation, daan: Person, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = a_full_session(van_dijk, daan)
    formed(session, daan)
    client, page = visit(daan), reverse("gatherings:groups", args=[session.pk])
    assert "Find someone" not in client.get(page).content.decode()

    monkeypatch.setattr("gezel.gatherings.views.groups.MANY", 10)
    folded = client.get(page).content.decode()
    assert folded.count('<details class="group-fold">') == 3
    found = client.get(page, {"who": "p07"}).content.decode()
    assert found.count('<details class="group-fold" open>') == 1
    assert found.count('<details class="group-fold">') == 2
    assert "Nobody here has that name." in client.get(page, {"who": "<b>x"}).content.decode()
