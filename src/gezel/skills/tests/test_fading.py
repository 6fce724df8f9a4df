"""HR says how fast kinds of skill fade: with a reason, after seeing what it would change."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills import actions
from gezel.skills.models import FadingRule, Skill
from gezel.skills.queries import fading as read
from gezel.skills.queries import levels
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

Visit = Callable[[Person], Client]
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
ADDRESS = "/skills/fading/technical/"


@pytest.fixture
def diesel(van_dijk: Organisation) -> Skill:
    """A technical skill that ten mechanics showed a year ago, just above what is asked."""
    skill = a_skill("Diesel")
    a_profile(van_dijk, {skill: 4})
    lead = a_colleague(van_dijk, "Anna Lead", job="Lead")
    for n in range(10):
        person = a_colleague(van_dijk, f"Piet {n}", lead=lead)
        an_evidence(person, skill, level=5, by=lead, on=TODAY() - timedelta(days=365))
    return skill


def told(**changes: object) -> dict[str, object]:
    return {
        "key": str(uuid.uuid4()), "half_life_months": "1", "from_on": TODAY().isoformat(),
        "reason": "Diagnosis changes every year", "do": "see", **changes,
    }  # fmt: skip


def set_here(
    organisation: Organisation, by: Person, months: float = 2, *, from_on: date | None = None
) -> FadingRule:
    return actions.set_fading(
        organisation, of="technical", half_life_months=months, reason="We see it fade",
        from_on=from_on or TODAY(), by=by,
    )  # fmt: skip


def test_only_hr_sets_it(
    *, noor: Person, daan: Person, femke: Person, sam: Person, visit: Visit
) -> None:
    assert visit(femke).get("/skills/fading/").status_code == 200
    assert visit(femke).get(ADDRESS).status_code == 200
    assert visit(femke).get("/skills/fading/luck/").status_code == 404
    for other in (noor, daan, sam):
        assert visit(other).get("/skills/fading/").status_code == 404
        assert visit(other).post(ADDRESS, told(do="save")).status_code == 404
    assert not FadingRule.objects.exists()


def test_published_figures_stand_beside_what_holds_here(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    kinds = {k.of: k for k in read.kinds_of_fading(van_dijk, TODAY())}
    assert {of: k.published for of, k in kinds.items()} == {
        "knowledge": 6.5, "data": 6.5, "technical": 11.0, "interpersonal": 11.0, "digital": 13.0,
    }  # fmt: skip
    assert all(k.is_published for k in kinds.values())

    set_here(van_dijk, femke, 8)
    set_here(van_dijk, femke, 9, from_on=TODAY() + timedelta(days=30))

    page = visit(femke).get("/skills/fading/").content.decode()
    kind = {k.of: k for k in read.kinds_of_fading(van_dijk, TODAY())}["technical"]
    assert (kind.months, kind.published) == (8, 11.0)
    assert kind.coming is not None
    assert kind.coming.half_life_months == 9
    assert "Tatel and Ackerman (2025)" in page
    assert page.count("We see it fade") == 3
    assert "Femke de Boer, on" in page


def test_one_sees_what_it_would_change_before_it_is_saved(
    van_dijk: Organisation, diesel: Skill, femke: Person, visit: Visit
) -> None:
    client = visit(femke)

    seen = client.post(ADDRESS, told(do="save"))

    # Saving unseen shows it first.
    page = seen.content.decode()
    assert "of 10 people whose role asks such skills: 10 people would get a need" in page
    assert "nobody would lose one" in page
    assert not FadingRule.objects.exists()

    key = str(uuid.uuid4())
    saved = told(do="save", seen=f"1 {TODAY()}", key=key)
    for _twice in range(2):
        assert client.post(ADDRESS, saved).status_code in {302, 422}
    rule = FadingRule.objects.get()
    assert (rule.half_life_months, rule.set_by, rule.from_on) == (1, femke, TODAY())


def test_what_was_seen_is_what_comes_true(
    van_dijk: Organisation, diesel: Skill, femke: Person
) -> None:
    people = [e.person_id for e in diesel.evidence.all()]
    before = levels(people, at=None)
    effect = read.effect_of(van_dijk, "technical", 1.0, TODAY())

    set_here(van_dijk, femke, 1.0)
    actions.recompute(people)

    after = levels(people, at=None)
    fell = [k for k, held in after.items() if round(held[0], 1) <= 3.5 < before[k][0]]
    assert effect.more == len(fell) == 10
    assert Task.objects.filter(name="skills.recompute_organisation").count() == 1


def test_of_too_few_people_nothing_is_shown(
    van_dijk: Organisation, femke: Person, daan: Person, noor: Person, visit: Visit
) -> None:
    skill = a_skill("Diesel")
    a_profile(van_dijk, {skill: 3})
    an_evidence(noor, skill, level=4, by=daan, on=TODAY() - timedelta(days=365))

    page = visit(femke).post(ADDRESS, told()).content.decode()

    assert "too few to show" in page
    assert "would get a need" not in page


def test_few_of_many_are_not_counted_out(
    van_dijk: Organisation, diesel: Skill, femke: Person, visit: Visit
) -> None:
    for person in [e.person for e in diesel.evidence.all()][:8]:
        an_evidence(person, diesel, level=5, kind="test", on=TODAY())

    page = visit(femke).post(ADDRESS, told()).content.decode()

    assert "fewer than 5 people would get a need" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"half_life_months": "0"}, "between 1 and 240"),
        ({"half_life_months": "9999"}, "between 1 and 240"),
        ({"half_life_months": "much"}, "Enter a number"),
        ({"half_life_months": "nan"}, "Enter a number"),
        ({"half_life_months": "11"}, "what holds on that day already"),
        ({"reason": "  "}, "Say why in a few words"),
        ({"from_on": "2020-01-01"}, "This date lies behind"),
        ({"from_on": "some day"}, "Enter a valid date"),
    ],
)
def test_what_nobody_can_mean_is_told_at_its_field(
    change: dict[str, str], said: str, *, femke: Person, visit: Visit
) -> None:
    (field,) = change
    answer = visit(femke).post(ADDRESS, told(**change))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'aria-invalid="true"' in page
    assert f'name="{field}"' in page
    assert not FadingRule.objects.exists()


def test_a_later_day_is_taken_up_that_night_and_earlier_days_stay(
    van_dijk: Organisation, femke: Person
) -> None:
    later = TODAY() + timedelta(days=40)
    set_here(van_dijk, femke, 4, from_on=later)

    now, then = (
        {k.of: k.months for k in read.kinds_of_fading(van_dijk, day)} for day in (TODAY(), later)
    )
    assert (now["technical"], then["technical"]) == (11.0, 4)
    assert not Task.objects.filter(name="skills.recompute_organisation").exists()


def test_another_organisation_keeps_its_own(
    van_dijk: Organisation, de_linde: Organisation, femke: Person
) -> None:
    set_here(van_dijk, femke, 4)
    assert all(k.is_published for k in read.kinds_of_fading(de_linde, TODAY()))
    with pytest.raises(ValidationError, match="already"):
        set_here(van_dijk, femke, 4)
