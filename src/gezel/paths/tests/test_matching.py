"""Whom a rule means: in SQL for everyone, for one who moved, and in words; complaint 11."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezel.kit.events import announce
from gezel.kit.jobs import begin_night, run_waiting
from gezel.paths import actions, queries
from gezel.paths.actions import ruling
from gezel.paths.kinds import Ground, in_words
from gezel.paths.models import Enrolment, Rule
from gezel.paths.rules import conditions
from gezel.paths.rules.conditions import Condition, Group, Leaf
from gezel.paths.tests.builders import (
    a_path,
    a_rule,
    a_step,
    a_walker,
    all_of,
    leaf,
    one_of,
    people_on,
)
from gezel.people.actions import end_employment
from gezel.people.api import Employment, Organisation, Person, Unit, root_of
from gezel.people.events import EmploymentChanged
from gezel.people.models import Job, Location
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

pytestmark = pytest.mark.django_db


def meant(tree: Condition, organisation: Organisation) -> set[str]:
    found = queries.meant(tree, Ground(organisation), timezone.localdate())
    return {e.person.first_name for e in found.select_related("person")}


def moves(person: Person, **to: Any) -> None:
    """Someone gets another unit or job, as a staff list would say."""
    Employment.objects.filter(person=person).update(**to)
    announce(EmploymentChanged(person.employments.get().organisation_id, (person.pk,)))


def test_complaint_11_routes_are_assigned_by_department_and_follow_who_moves(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    """Complaint 11 of practice.md: routes cannot be assigned by department or in bulk."""
    workshop = a_unit(van_dijk, "Workshop")
    bay = a_unit(van_dijk, "Bay 2", below=workshop)
    office = a_unit(van_dijk, "Office")
    in_bay = a_colleague(van_dijk, "Karim", unit=bay)
    in_office = a_colleague(van_dijk, "Joost", unit=office)
    path = a_path(van_dijk)

    a_rule(path, leaf("unit", unit=workshop.pk, below=True))
    assert people_on(path) == {in_bay.pk}

    moves(in_office, unit=workshop)
    assert people_on(path) == {in_bay.pk, in_office.pk}

    actions.mark_done(
        Enrolment.objects.get(person=in_bay), "read", on=timezone.localdate(), by=in_bay
    )
    moves(in_bay, unit=office)
    left = Enrolment.objects.get(person=in_bay)
    assert left.is_open, "nobody is silently dropped"
    assert left.unmatched_on == timezone.localdate()
    assert left.steps_settled == 1

    moves(in_bay, unit=bay)
    assert Enrolment.objects.get(person=in_bay).unmatched_on is None
    departments = queries.by_department(path, timezone.localdate(), everything=True)
    assert [(d.name, d.people) for d in departments] == [("Workshop", 2)]


def test_each_sort_of_condition_means_whom_it_says(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    today = timezone.localdate()
    workshop = a_unit(van_dijk, "Workshop")
    a_unit(van_dijk, "Bay 2", below=workshop)
    utrecht = Location.objects.create(organisation=van_dijk, name="Utrecht")
    skill, other = a_skill(), a_skill("Battery")
    a_profile(van_dijk, {skill: 3}, essential=True)
    an_evidence(daan, skill, level=5, kind="test", by=None)
    Employment.objects.filter(person=noor).update(
        unit=workshop, location=utrecht, contract_hours=Decimal(24),
        starts_on=today - timedelta(days=10),
    )  # fmt: skip
    everyone = {"Noor", "Daan", "Femke"}

    assert meant(leaf("unit", unit=workshop.pk, below=True), van_dijk) == {"Noor"}
    assert meant(leaf("unit", unit=root_of(van_dijk).pk, below=True), van_dijk) == everyone
    assert meant(leaf("unit", unit=root_of(van_dijk).pk), van_dijk) == {"Daan", "Femke"}
    mechanic = Job.objects.get(organisation=van_dijk, name="Mechanic")
    assert meant(leaf("job", job=mechanic.pk), van_dijk) == {"Noor"}
    assert meant(leaf("job", no=True, job=mechanic.pk), van_dijk) == {"Daan", "Femke"}
    assert meant(leaf("place", place=utrecht.pk), van_dijk) == {"Noor"}
    assert meant(leaf("place", no=True, place=utrecht.pk), van_dijk) == {"Daan", "Femke"}
    assert meant(leaf("started", way="less", days=11), van_dijk) == {"Noor"}
    assert meant(leaf("started", way="less", days=10), van_dijk) == set()
    assert meant(leaf("started", way="more", days=10), van_dijk) == everyone
    assert meant(leaf("hours", way="least", hours=24), van_dijk) == {"Noor"}
    assert meant(leaf("hours", way="most", hours=23), van_dijk) == set()
    assert meant(leaf("skill", skill=skill.pk, level=4), van_dijk) == {"Noor", "Femke"}
    assert meant(leaf("skill", skill=other.pk, level=1), van_dijk) == everyone
    assert meant(leaf("role", which="essential"), van_dijk) == {"Noor"}
    an_evidence(noor, skill, level=5, kind="test", by=None)
    assert meant(leaf("role", which="any"), van_dijk) == set()


def test_a_condition_nobody_knows_any_more_means_nobody(
    van_dijk: Organisation, noor: Person
) -> None:
    assert meant(all_of(leaf("horoscope", sign="fish")), van_dijk) == set()
    assert meant(leaf("horoscope", no=True, sign="fish"), van_dijk) == set()
    assert meant(leaf("unit", unit=0, below=True), van_dijk) == set()


def test_another_organisation_is_never_meant(
    van_dijk: Organisation, noor: Person, sam: Person
) -> None:
    assert meant(conditions.EVERYONE, van_dijk) == {"Noor", "Daan"}


def test_who_left_is_not_meant_any_more_and_stays_marked(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_path(van_dijk)
    a_rule(path)
    end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))

    assert Enrolment.objects.get(person=noor).unmatched_on == timezone.localdate()


def test_who_moves_between_two_rules_of_one_path_is_not_marked(
    van_dijk: Organisation, noor: Person
) -> None:
    here, there = a_unit(van_dijk, "Here"), a_unit(van_dijk, "There")
    Employment.objects.filter(person=noor).update(unit=here)
    path = a_path(van_dijk)
    a_rule(path, leaf("unit", unit=here.pk, below=True))
    a_rule(path, leaf("unit", unit=there.pk, below=True))

    moves(noor, unit=there)
    assert Enrolment.objects.get(person=noor).unmatched_on is None
    actions.run_rules(van_dijk, timezone.localdate())
    assert Enrolment.objects.get(person=noor).unmatched_on is None


def test_what_was_put_into_sql_once_follows_the_tree_and_the_day(
    van_dijk: Organisation, noor: Person
) -> None:
    """SQL is kept for one who moves: never that of yesterday, or of a unit that was elsewhere."""
    today = timezone.localdate()
    workshop, office = a_unit(van_dijk, "Workshop"), a_unit(van_dijk, "Office")
    bay = a_unit(van_dijk, "Bay 2", below=office)
    Employment.objects.filter(person=noor).update(unit=bay, starts_on=today - timedelta(days=10))
    path = a_path(van_dijk)
    a_rule(path, all_of(
        leaf("unit", unit=workshop.pk, below=True), leaf("started", way="more", days=11),
    ))  # fmt: skip
    actions.run_rules_for(van_dijk, [noor.pk], today)
    tomorrow = today + timedelta(days=1)
    actions.run_rules_for(van_dijk, [noor.pk], tomorrow)
    assert people_on(path) == set()

    # The whole workshop moves, and the bay comes to lie under it.
    Unit.objects.filter(pk=workshop.pk).update(path=office.path + "0009")
    Unit.objects.filter(pk=bay.pk).update(path=office.path + "00090001")
    actions.run_rules_for(van_dijk, [noor.pk], today)
    assert people_on(path) == set(), "not in service for eleven days"
    actions.run_rules_for(van_dijk, [noor.pk], tomorrow)
    assert people_on(path) == {noor.pk}


def test_who_moves_costs_no_new_sql(van_dijk: Organisation, noor: Person, daan: Person) -> None:
    """Putting fifty rules into SQL took most of the time that one who moves may take."""
    today = timezone.localdate()
    a_rule(a_path(van_dijk), leaf("started", way="less", days=3))
    actions.run_rules_for(van_dijk, [noor.pk], today)
    kept = dict(ruling._answers._kept)
    actions.run_rules_for(van_dijk, [daan.pk], today)

    assert kept
    assert ruling._answers._kept == kept


def test_every_night_rules_look_at_everyone(van_dijk: Organisation, noor: Person) -> None:
    path = a_path(van_dijk)
    skill = a_skill()
    a_rule(path, leaf("skill", skill=skill.pk, level=2))
    late = a_colleague(van_dijk, "Late")
    Enrolment.objects.filter(person=late).delete()

    begin_night(timezone.localtime().replace(hour=3, minute=0))
    run_waiting()

    assert late.pk in people_on(path)


def test_a_rule_that_hits_nobody_or_everybody_asks_first(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_path(van_dijk)
    rule = actions.make_rule(path)

    with pytest.raises(actions.AskFirst) as asked:
        actions.use_rule(rule, begins="match", seen=rule.revision)
    assert (asked.value.hit.people, asked.value.hit.here) == (2, 2)
    assert not Rule.objects.get().active
    assert people_on(path) == set()

    rule = actions.change_rule(
        rule, lambda _tree: leaf("started", way="less", days=1), seen=rule.revision
    )
    with pytest.raises(actions.AskFirst):
        actions.use_rule(rule, begins="match", seen=rule.revision)
    actions.use_rule(rule, begins="match", seen=rule.revision, sure=True)
    assert Rule.objects.get().active


def test_what_is_written_counts_only_when_taken_into_use(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    mechanic = noor.employments.get().job_id
    path = a_path(van_dijk)
    rule = a_rule(path, leaf("job", job=mechanic))

    actions.change_rule(rule, lambda _t: conditions.EVERYONE, seen=rule.revision)
    actions.run_rules(van_dijk, timezone.localdate())

    assert people_on(path) == {noor.pk}


def test_who_was_put_on_by_hand_is_never_marked(van_dijk: Organisation, noor: Person) -> None:
    path = a_path(van_dijk)
    a_walker(path, noor)
    a_rule(path, leaf("started", way="less", days=1))

    assert Enrolment.objects.get(person=noor).unmatched_on is None


def test_a_rule_costs_the_same_number_of_questions_for_any_number_of_people(
    van_dijk: Organisation, noor: Person
) -> None:
    a_rule(a_path(van_dijk, a_step("a")))
    today = timezone.localdate()

    def cost(run: Callable[[], Any]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            run()
        return len(asked)

    few = cost(lambda: actions.run_rules(van_dijk, today))
    for number in range(12):
        a_colleague(van_dijk, f"P{number}")
    actions.run_rules(van_dijk, today)
    assert cost(lambda: actions.run_rules(van_dijk, today)) == few
    one = cost(lambda: actions.run_rules_for(van_dijk, [noor.pk], today))
    for number in range(8):
        a_rule(a_path(van_dijk, name=f"Path {number}"))
    assert cost(lambda: actions.run_rules_for(van_dijk, [noor.pk], today)) == one


@pytest.mark.parametrize("turned", [False, True])
def test_a_condition_that_no_room_tells_of_means_nobody_whichever_way_round(
    van_dijk: Organisation, noor: Person, *, turned: bool
) -> None:
    """Also inside a group that is turned round: no rule hits everyone as a room was taken out."""
    tree = Group(parts=(Leaf("of a room that is gone", {}),), no=turned)
    path = a_path(van_dijk)
    a_rule(path, tree)

    assert meant(tree, van_dijk) == set()
    assert not people_on(path)
    moves(noor)
    assert not people_on(path)


def test_a_rule_reads_as_a_sentence(van_dijk: Organisation, noor: Person) -> None:
    workshop = a_unit(van_dijk, "Workshop")
    tree = all_of(
        leaf("unit", unit=workshop.pk, below=True),
        one_of(
            leaf("job", job=noor.employments.get().job_id),
            leaf("started", way="less", days=90),
        ),
        leaf("hours", no=True, way="most", hours=12),
    )
    ground = Ground(van_dijk)

    assert in_words(tree, ground) == (
        "in Workshop and below, and (in the job Mechanic, or in service for less than 90 days), "
        "and not with a contract of at most 12 hours"
    )
    assert in_words(conditions.EVERYONE, ground) == "everyone"
    with translation.override("nl"):
        assert in_words(tree, Ground(van_dijk)).startswith("in Workshop en daaronder, en (")


def test_a_tree_is_changed_at_a_place_and_stays_small() -> None:
    tree: Condition = conditions.EVERYONE
    tree = conditions.added(tree, (), leaf("job", job=1))
    tree = conditions.added(tree, (), Group(False))
    tree = conditions.added(tree, (1,), leaf("job", job=2))
    tree = conditions.turned(tree, (1, 0))
    tree = conditions.joined(tree, (), every=False)

    assert tree == one_of(leaf("job", job=1), one_of(leaf("job", no=True, job=2)))
    assert conditions.without(tree, (1,)) == one_of(leaf("job", job=1))
    assert conditions.without(tree, ()) == conditions.EVERYONE
    assert conditions.read(conditions.written(tree)) == tree
    with pytest.raises(conditions.Wrong):
        conditions.added(tree, (0,), leaf("job", job=3))
    for _more in range(conditions.MOST - 4):
        tree = conditions.added(tree, (), leaf("job", job=3))
    with pytest.raises(conditions.Wrong):
        conditions.added(tree, (), leaf("job", job=3))


@pytest.fixture
def crowd(van_dijk: Organisation) -> Organisation:
    """Forty people in three units, two jobs, with hours and first days of all sorts."""
    units = [root_of(van_dijk), a_unit(van_dijk, "A")]
    units.append(a_unit(van_dijk, "B", below=units[1]))
    today = timezone.localdate()
    for number in range(40):
        person = a_colleague(
            van_dijk, f"P{number}", unit=units[number % 3], job=f"Job {number % 2}",
            starts_on=today - timedelta(days=number * 9),
        )  # fmt: skip
        if number % 4:
            Employment.objects.filter(person=person).update(contract_hours=number)
    return van_dijk


def _leaves(organisation: Organisation) -> st.SearchStrategy[Condition]:
    units = list(Unit.objects.filter(organisation=organisation).values_list("pk", flat=True))
    jobs = list(Job.objects.filter(organisation=organisation).values_list("pk", flat=True))
    value: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
        st.builds(
            lambda u, b: ("unit", {"unit": u, "below": b}), st.sampled_from(units), st.booleans()
        ),
        st.builds(lambda j: ("job", {"job": j}), st.sampled_from(jobs)),
        st.builds(
            lambda w, d: ("started", {"way": w, "days": d}),
            st.sampled_from(["less", "more"]), st.integers(1, 400),
        ),
        st.builds(
            lambda w, h: ("hours", {"way": w, "hours": h}),
            st.sampled_from(["least", "most"]), st.integers(0, 40),
        ),
    )  # fmt: skip
    return st.builds(lambda told, no: Leaf(told[0], told[1], no), value, st.booleans())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_means_the_same_people_as_reading_them_one_by_one(
    crowd: Organisation, data: st.DataObject
) -> None:
    tree = data.draw(
        st.recursive(
            _leaves(crowd),
            lambda parts: st.builds(
                lambda every, below, no: Group(every, tuple(below), no),
                st.booleans(), st.lists(parts, max_size=3), st.booleans(),
            ),
            max_leaves=6,
        )
    )  # fmt: skip
    today = timezone.localdate()
    paths = dict(Unit.objects.values_list("pk", "path"))
    people = list(Employment.objects.filter(organisation=crowd).select_related("unit"))

    def fits(e: Employment, one: Leaf) -> bool:
        v = one.value
        if one.kind == "unit":
            wanted: str = paths[v["unit"]]
            here: str = e.unit.path
            return here.startswith(wanted) if v["below"] else here == wanted
        if one.kind == "job":
            return bool(e.job_id == v["job"])
        if one.kind == "started":
            served = (today - e.starts_on).days
            return bool((served < v["days"]) == (v["way"] == "less"))
        if e.contract_hours is None:
            return False
        if v["way"] == "least":
            return bool(e.contract_hours >= v["hours"])
        return bool(e.contract_hours <= v["hours"])

    expected = {e.pk for e in people if conditions.holds(tree, partial(fits, e))}
    found = queries.meant(tree, Ground(crowd), today)

    assert set(found.values_list("pk", flat=True)) == expected
