"""What a drill counts: it must see a lost, a doubled and a half write, or it proves nothing."""

import pytest
from django.utils import timezone

from gezel.people.api import Person
from gezel.site.drill.scene import Writer
from gezel.site.drill.writing import Count, Notebook, Reply, Write, count
from gezel.skills.api import Skill, Standing, rate_oneself

pytestmark = pytest.mark.django_db

HERE = timezone.localdate


@pytest.fixture
def skill() -> Skill:
    return Skill.objects.create(name_nl="Meten", name_en="Measuring")


def a_write(person: Person, skill: Skill) -> Write:
    return Write("rating", Writer(person.pk, skill.pk, 0, "", 0, "", ""), level=3)


def kept(write: Write, person: Person, skill: Skill) -> None:
    rate_oneself(person, skill, level=3, on=HERE(), note=write.mark)


def told(*writes: Write) -> Notebook:
    notebook = Notebook()
    for write in writes:
        notebook.note(write, Reply("kept", 302))
    return notebook


def test_what_was_confirmed_and_is_there_is_in_order(noor: Person, skill: Skill) -> None:
    write = a_write(noor, skill)
    kept(write, noor, skill)

    assert count(told(write)) == Count(1, lost=0, doubled=0, unheard_of=0, half=0)


def test_what_was_confirmed_and_is_not_there_is_lost(noor: Person, skill: Skill) -> None:
    write, lost = a_write(noor, skill), a_write(noor, skill)
    kept(write, noor, skill)

    assert count(told(write, lost)).lost == 1


def test_two_effects_of_one_write_are_seen(noor: Person, skill: Skill) -> None:
    write = a_write(noor, skill)
    kept(write, noor, skill)
    kept(write, noor, skill)

    assert count(told(write)).doubled == 1


def test_an_unconfirmed_write_may_be_there_or_not(noor: Person, skill: Skill) -> None:
    there, absent = a_write(noor, skill), a_write(noor, skill)
    kept(there, noor, skill)
    notebook = Notebook()
    notebook.note(there, Reply("unknown"))
    notebook.note(absent, Reply("unknown"))

    assert count(notebook) == Count(0, lost=0, doubled=0, unheard_of=0, half=0)
    assert notebook.answers == {"rating no answer": 2}
    assert notebook.take_open() == [there, absent]
    assert notebook.open == []


def test_what_nobody_wrote_is_noticed(noor: Person, skill: Skill) -> None:
    kept(a_write(noor, skill), noor, skill)

    assert count(told()).unheard_of == 1


def test_an_estimate_that_does_not_follow_is_a_write_kept_by_half(
    noor: Person, skill: Skill
) -> None:
    write = a_write(noor, skill)
    kept(write, noor, skill)
    Standing.objects.filter(person=noor).update(level=1.0)

    assert count(told(write)).half == 1


def test_sending_again_sends_the_same(noor: Person, skill: Skill) -> None:
    write = Write("answer", Writer(noor.pk, skill.pk, 0, "r", 1, "", ""), level=3)

    assert write.request() == write.request()
