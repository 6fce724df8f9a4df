"""While a long list comes in, others go on working: none waits for all of it to write."""

from pathlib import Path
from time import perf_counter

import pytest

from gezel.people.api import Person, Unit, apply_staff_list, found
from gezel.site.bench.intake import brought_in, staff_list
from gezel.site.bench.waiting import Bystander
from gezel.skills.actions import import_esco
from gezel.skills.models import Occupation, OccupationLink, OccupationSkill, Skill
from gezel.skills.queries import taxonomy

ESCO = Path(__file__).resolve().parents[2] / "shared" / "data" / "esco"
# In proportion, so that a busy machine does not decide. The seconds, ten thousand people and all of
# ESCO on PostgreSQL are for `./gezel bench intake`.
SHARE = 2
pytestmark = [pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]


def test_three_thousand_people_come_in_and_others_write_meanwhile() -> None:
    elsewhere, here = found("Elsewhere", slug="elsewhere"), found("Here", slug="here")
    content = staff_list(3_000, domain="here.example")
    began = perf_counter()
    with Bystander(elsewhere) as other:
        intake = brought_in(here, content)
        apply_staff_list(intake, digest=intake.digest)
    taken = perf_counter() - began

    assert Person.objects.working_at(here).count() == 3_000
    assert not any(Unit.find_problems()), "the tree holds together"
    assert len(other.waits) > 10
    assert other.longest < taken / SHARE


@pytest.mark.once
def test_all_of_esco_comes_in_whole_is_found_and_others_write_meanwhile() -> None:
    if not ESCO.is_dir():
        pytest.skip(f"THE REAL ESCO PACKAGE IS NOT HERE: {ESCO} is missing")
    elsewhere = found("Elsewhere", slug="elsewhere")
    began = perf_counter()
    with Bystander(elsewhere) as other:
        import_esco(ESCO)
    taken = perf_counter() - began

    assert Skill.objects.filter(source="esco", retired=False).count() == 13_939
    assert Occupation.objects.filter(source="esco").count() == 3_039
    assert OccupationSkill.objects.count() == 129_004
    assert OccupationLink.objects.count() > 4_000
    for typed in ("automonteur", "automontuer", "auto monteur", "car mechanic"):
        told = [str(f.occupation) for f in taxonomy.find_occupations(typed, "nl", limit=5)]
        assert any("mechanic" in name or "technician" in name for name in told), typed
    assert len(other.waits) > 50
    assert other.longest < taken / SHARE
