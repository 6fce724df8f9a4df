"""The days by which steps have to be done, as a calendar is told: moved, and cancelled in time."""

from datetime import date, timedelta

from django.utils import timezone

from gezel.paths import actions
from gezel.paths.deadlines import Deadline, deadlines_of
from gezel.paths.models import Enrolment, Path
from gezel.paths.rules import Kind, Node, written
from gezel.paths.tests.builders import a_block, a_path, a_step, a_structure, a_walker
from gezel.people.api import Organisation, Person, end_employment
from gezel.people.models import Employment


def told(person: Person, on: date | None = None) -> dict[str, Deadline]:
    return {one.title: one for one in deadlines_of(person, on or timezone.localdate())}


def days(person: Person) -> dict[str, int]:
    """By step in how many days, of what is still asked."""
    today = timezone.localdate()
    return {t: (d.by - today).days for t, d in told(person).items() if not d.cancelled}


def a_dated_path(organisation: Organisation) -> Path:
    return a_path(
        organisation,
        a_step("read", due_days=5),
        a_step("look around"),
        a_block(Kind.CHOICE, a_step("course"), a_step("buddy"), key="how", due_days=30),
        a_step("extra", due_days=40, optional=True),
        kind=Kind.PARALLEL,
    )


def republished(path: Path, *steps: Node) -> None:
    path.draft = written(a_structure(*steps, kind=Kind.PARALLEL))
    path.save()
    actions.publish(path, seen=path.revision)


def test_each_step_that_is_asked_by_a_day_is_one_and_of_a_choice_the_choice(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_dated_path(van_dijk)
    walker = a_walker(path, noor)

    assert days(noor) == {"read": 5, "how": 30}
    assert set(told(noor)) == {"read", "how"}, "what was never asked is not cancelled either"

    actions.choose(walker, ["buddy"], choice="how", by=noor)
    assert days(noor) == {"read": 5, "buddy": 30}
    assert told(noor)["how"].cancelled, "what is chosen stands for it"


def test_a_step_that_is_done_is_cancelled_and_one_taken_back_stands_again(
    van_dijk: Organisation, noor: Person
) -> None:
    walker = a_walker(a_dated_path(van_dijk), noor)
    first = told(noor)["read"]

    actions.mark_done(walker, "read", on=timezone.localdate(), by=noor)
    done = told(noor)["read"]
    actions.mark_undone(walker, "read", by=noor)
    again = told(noor)["read"]

    assert [one.cancelled for one in (first, done, again)] == [False, True, False]
    assert first.key == done.key == again.key
    assert first.sequence < done.sequence < again.sequence
    # Once its day is over, what was done is no longer told of; what was not done is.
    later = timezone.localdate() + timedelta(days=6)
    assert not told(noor, later)["read"].cancelled
    actions.mark_done(walker, "read", on=timezone.localdate(), by=noor)
    assert "read" not in told(noor, later)


def test_a_newer_version_moves_the_day_and_cancels_what_it_drops(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    path = a_dated_path(van_dijk)
    a_walker(path, noor)
    first = told(noor)
    republished(path, a_step("read", due_days=12), a_step("new", due_days=50))
    assert days(noor) == {"read": 5, "how": 30}, "who is under way keeps theirs until moved"

    actions.move(path)

    assert days(noor) == {"read": 12, "new": 50}
    now = told(noor)
    assert now["how"].cancelled
    assert now["how"].key == first["how"].key
    assert now["read"].key == first["read"].key
    assert now["read"].sequence > first["read"].sequence
    # Who began with the newest never had what it dropped.
    a_walker(path, daan)
    assert set(told(daan)) == {"read", "new"}


def test_who_is_excused_stopped_or_through_has_no_days_any_more(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    path = a_path(van_dijk, a_step("read", due_days=5), a_step("practise", due_days=30))
    today = timezone.localdate()
    through, stopped, excused = (a_walker(path, person) for person in (noor, daan, femke))
    for step in ("read", "practise"):
        actions.mark_done(through, step, on=today, by=noor)
    actions.stop(stopped, why="Another job", on=today)
    actions.excuse(path, femke, reason="Teaches it", from_on=today, until_on=None, by=femke)

    assert Enrolment.objects.get(pk=excused.pk).state == "exempt"
    for person in (noor, daan, femke):
        assert days(person) == {}, person
        assert all(one.cancelled for one in told(person).values())
        assert set(told(person)) == {"read", "practise"}


def test_who_left_has_no_days_of_that_employer(van_dijk: Organisation, noor: Person) -> None:
    a_walker(a_dated_path(van_dijk), noor)
    yesterday = timezone.localdate() - timedelta(days=1)
    end_employment(Employment.objects.get(person=noor), last_day=yesterday)

    assert deadlines_of(noor, timezone.localdate()) == []
