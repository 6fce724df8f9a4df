"""Dates on which something is given, and what comes first."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.models import Offering, Prerequisite
from gezel.catalogue.offerings import give_on, needs_first, offers_for
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_skill

Visit = Callable[[Person], Client]


def test_a_circle_of_needs_is_refused_and_named(van_dijk: Organisation) -> None:
    basics = an_activity(van_dijk, "Basics")
    middle = an_activity(van_dijk, "Middle")
    expert = an_activity(van_dijk, "Expert")
    needs_first(middle, needs=basics)
    needs_first(expert, needs=middle)

    with pytest.raises(ValidationError, match="Basics → Expert → Middle → Basics"):
        needs_first(basics, needs=expert)
    with pytest.raises(ValidationError, match="Basics → Basics"):
        needs_first(basics, needs=basics)
    assert Prerequisite.objects.count() == 2


def test_the_last_day_does_not_come_before_the_first(van_dijk: Organisation) -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError):
        give_on(an_activity(van_dijk), starts_on=today, ends_on=today - timedelta(days=1))


def test_a_planner_also_gets_what_comes_first_and_knows_how_many_there_were(
    van_dijk: Organisation,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    skill = a_skill("High voltage")
    basics = an_activity(van_dijk, "Basics")
    course = an_activity(van_dijk, "Course", teaches={skill: (0, 2)}, hours=4)
    an_activity(van_dijk, "Longer", teaches={skill: (0, 2)}, hours=40)
    needs_first(course, needs=basics)
    needs_first(course, skill=skill, level=1)
    give_on(course, starts_on=timezone.localdate() + timedelta(days=9))

    with django_assert_num_queries(6):
        offers, there = offers_for(van_dijk, [skill.pk], most=1)

    found = {o.activity.pk: o for o in offers}
    assert there == 2
    assert set(found) == {basics.pk, course.pk}
    assert found[course.pk].needs == (basics.pk,)
    assert found[course.pk].needs_levels == ((skill.pk, 1),)
    assert len(found[course.pk].offerings) == 1


def test_hr_adds_dates_and_what_comes_first_in_the_browser_form(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    course, basics = an_activity(van_dijk, "Course"), an_activity(van_dijk, "Basics")
    skill = a_skill("Measuring")
    page, client = reverse("catalogue:dates", args=[course.pk]), visit(femke)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    form = {"starts_on": day, "place": "Utrecht", "seats_left": "3",
            "key": "00000000-0000-4000-8000-000000000001", "add_dates": "1"}  # fmt: skip

    assert client.post(page, form).status_code == 302
    assert client.post(page, form).status_code == 302  # sent twice is once
    assert client.post(page, {"add_need": basics.pk}).status_code == 302
    assert client.post(page, {"add_level": skill.pk, f"level-{skill.pk}": "2"}).status_code == 302

    assert Offering.objects.get().seats_left == 3
    assert Prerequisite.objects.count() == 2
    shown = client.get(reverse("catalogue:activity", args=[course.pk])).content.decode()
    assert "3 places left" in shown
    assert "Measuring at level 2" in shown
    assert "Basics" in shown
    found = client.get(page, {"q": "basics"}).content.decode()
    assert f'name="add_need" value="{basics.pk}"' in found


def test_a_date_in_the_past_and_a_circle_are_told_where_they_are(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    course, basics = an_activity(van_dijk, "Course"), an_activity(van_dijk, "Basics")
    needs_first(course, needs=basics)
    client = visit(femke)

    past = client.post(
        reverse("catalogue:dates", args=[course.pk]), {"starts_on": "2020-01-01", "add_dates": "1"}
    )
    circle = client.post(reverse("catalogue:dates", args=[basics.pk]), {"add_need": course.pk})

    assert past.status_code == circle.status_code == 422
    assert "Choose a date that lies ahead." in past.content.decode()
    assert "round in a circle" in circle.content.decode()
    assert Offering.objects.count() == 0
