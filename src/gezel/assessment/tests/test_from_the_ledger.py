"""The page of a skill names its test only where there is one, and leads to it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.assessment.models import Test
from gezel.assessment.tests.builders import a_test
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_skill, an_evidence

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


def test_a_test_is_named_where_there_is_one(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    skill = a_skill("Remmen")
    an_evidence(noor, skill, level=2, by=daan, on=timezone.localdate() - timedelta(days=30))
    page = reverse("skills:ledger", args=[noor.pk, skill.pk])
    assert "What would make this surer" in visit(noor).get(page).content.decode()
    assert "The skill test" not in visit(noor).get(page).content.decode()

    test = a_test(van_dijk, skill=skill, items=3)

    assert test.state == Test.State.OPEN
    own = visit(noor).get(page).content.decode()
    assert "The skill test" in own
    assert f'<a class="btn quiet small" href="{reverse("assessment:about", args=[test.pk])}"' in own
    # Her lead cannot take it for her.
    assert "The skill test" not in visit(daan).get(page).content.decode()
