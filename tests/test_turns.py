"""While a long list comes in, others go on working: they wait less than two seconds to write."""

import os
from pathlib import Path

import pytest

from gezel.people.api import Person, Unit, apply_staff_list, found
from gezel.site.bench.intake import brought_in, staff_list
from gezel.site.bench.waiting import Bystander
from gezel.skills.actions import import_esco
from gezel.skills.models import Skill

ESCO = Path(__file__).resolve().parents[2] / "shared" / "data" / "esco"
# Two seconds, where nobody else wants the processor; longer in proportion where others do.
MOST = 2.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
pytestmark = [pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]


def test_ten_thousand_people_come_in_and_others_write_meanwhile() -> None:
    elsewhere, here = found("Elsewhere", slug="elsewhere"), found("Here", slug="here")
    content = staff_list(10_000, domain="here.example")
    with Bystander(elsewhere) as other:
        intake = brought_in(here, content)
        apply_staff_list(intake, digest=intake.digest)

    assert Person.objects.working_at(here).count() == 10_000
    assert not any(Unit.find_problems()), "the tree holds together"
    assert len(other.waits) > 10
    assert other.longest < MOST


def test_all_of_esco_comes_in_and_others_write_meanwhile() -> None:
    if not ESCO.is_dir():
        pytest.skip(f"THE REAL ESCO PACKAGE IS NOT HERE: {ESCO} is missing")
    with Bystander(found("Elsewhere", slug="elsewhere")) as other:
        import_esco(ESCO)

    assert Skill.objects.filter(source="esco", retired=False).count() == 13_939
    assert len(other.waits) > 50
    assert other.longest < MOST
