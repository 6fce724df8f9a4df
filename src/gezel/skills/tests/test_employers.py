"""What each employer of someone sees of their skills: the one now, another, the one before.

Noor works at Van Dijk, under Daan. Years ago she worked at De Linde, where Sam vouched for her;
what he said there is nobody's business here until she says so.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from ninja.testing import TestClient

from gezel.kit.figures import tenth
from gezel.people.api import (
    Employment,
    Job,
    Organisation,
    Person,
    employ,
    end_employment,
    give_mandate,
    root_of,
)
from gezel.people.tests.builders import a_colleague
from gezel.skills import actions, policy, queries
from gezel.skills.models import Evidence, NeedCount, Objection, Showing, Skill, Standing, StandingAt
from gezel.skills.rest import router
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence
from gezel.skills.tests.test_rest_people import headers

pytestmark = pytest.mark.django_db

Visit = Callable[[Person], Client]
# What only De Linde knew.
WORDS = "She closed the ward alone that night"
YEARS_AGO = date(2022, 3, 1)


@pytest.fixture
def skill(van_dijk: Organisation) -> Skill:
    found = a_skill("Planning")
    a_profile(van_dijk, {found: 4}, essential=True)
    return found


@pytest.fixture
def before(noor: Person, de_linde: Organisation) -> Employment:
    """Her years at De Linde."""
    job = Job.objects.get_or_create(organisation=de_linde, name="Carer")[0]
    return employ(
        noor, de_linde, unit=root_of(de_linde), job=job,
        starts_on=date(2021, 1, 1), ends_on=date(2023, 12, 31),
    )  # fmt: skip


@pytest.fixture
def old(
    before: Employment, noor: Person, sam: Person, skill: Skill, de_linde: Organisation
) -> Evidence:
    """What Sam vouched for at De Linde."""
    return actions.vouch(
        noor, skill, level=5, by=sam, on=YEARS_AGO, organisation=de_linde, note=WORDS
    )


def _read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    told = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined] # a file
    return told.decode(errors="replace")


def _pages(noor: Person, skill: Skill) -> dict[str, str]:
    """Where a lead reads about Noor, each with words that stand there if nothing leaks."""
    return {
        f"/skills/people/{noor.pk}/": "nothing known",
        f"/skills/people/{noor.pk}/{skill.pk}/": "Nothing is known yet",
        "/skills/team/": "Planning",
        "/skills/team/?export=csv": "Planning",
        f"/skills/people/{noor.pk}/ahead/": "Planning",
        "/skills/team/ahead/": "Planning",
        "/skills/panels/team/": "Planning",
    }


def test_a_new_lead_reads_nothing_of_what_another_employer_saw(
    *,
    old: Evidence,
    noor: Person,
    daan: Person,
    sam: Person,
    skill: Skill,
    visit: Visit,
) -> None:
    client = visit(daan)
    shown = tenth(Standing.objects.get(person=noor).level)
    for address, told in _pages(noor, skill).items():
        page = _read(client, address)
        assert told in page, address
        assert WORDS not in page, address
        assert sam.name not in page, address
        assert "De Linde" not in page, address
        assert shown not in re.sub(r"<[^>]*>", " ", page), address


def test_hr_reads_nothing_either_one_by_one_or_counted(
    *,
    old: Evidence,
    noor: Person,
    femke: Person,
    skill: Skill,
    van_dijk: Organisation,
    visit: Visit,
) -> None:
    client = visit(femke)
    for address in (
        f"/skills/people/{noor.pk}/{skill.pk}/",
        f"/skills/team/?unit={root_of(van_dijk).pk}&export=csv",
        "/skills/organisation/",
        "/skills/organisation/?export=csv",
    ):
        page = _read(client, address)
        assert WORDS not in page
        assert "De Linde" not in page
    live = queries.live_counts(van_dijk, by="unit", below=root_of(van_dijk), deep=True)
    assert [(c.people, c.short) for c in live.values()] == [(1, 1)]
    actions.recompute_organisation(van_dijk)
    assert list(NeedCount.objects.values_list("people", "short")) == [(1, 1)]


def test_a_key_reads_nothing_either(
    old: Evidence, noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    api, key = TestClient(router), headers(van_dijk, "needs:read", made_by=femke)
    (item,) = api.get(f"/needs?person={noor.pk}", headers=key).json()["items"]

    assert (item["asked"][0]["level"], item["asked"][0]["pieces"]) == (0, 0)
    assert api.get(f"/evidence?person={noor.pk}", headers=key).json()["items"] == []


def test_the_person_sees_everything_and_that_it_waits_for_a_choice(
    old: Evidence, noor: Person, skill: Skill, visit: Visit
) -> None:
    client = visit(noor)

    assert WORDS in _read(client, f"/skills/people/{noor.pk}/{skill.pk}/")
    assert "Choose what may count" in _read(client, "/skills/mine/")
    assert "Choose what may count" in _read(client, "/skills/panels/elsewhere/")
    (row,) = queries.skills_elsewhere(noor, noor.employments.current().get().organisation)
    assert (row.without[2], row.counted[2], row.shown) == (0, 1, False)
    assert Standing.objects.get(person=noor).level == pytest.approx(row.counted[0], abs=0.3)


def test_colleagues_and_strangers_find_the_door_closed_as_before(
    old: Evidence, noor: Person, van_dijk: Organisation, skill: Skill, visit: Visit
) -> None:
    colleague = visit(a_colleague(van_dijk, "Kim Bos"))
    for address in (f"/skills/people/{noor.pk}/", f"/skills/people/{noor.pk}/{skill.pk}/"):
        assert colleague.get(address).status_code == 404


def test_the_former_employer_reads_nothing_new_and_nothing_old(
    *,
    old: Evidence,
    noor: Person,
    sam: Person,
    daan: Person,
    skill: Skill,
    de_linde: Organisation,
    visit: Visit,
) -> None:
    give_mandate(sam, de_linde, "hr", from_on=date(2024, 1, 1))
    an_evidence(noor, skill, level=2, by=daan)
    hr = visit(sam)

    assert hr.get(f"/skills/people/{noor.pk}/").status_code == 404
    assert hr.get(f"/skills/people/{noor.pk}/{skill.pk}/").status_code == 404
    key = headers(de_linde, "needs:read", made_by=sam)
    told = TestClient(router).get(f"/evidence?person={noor.pk}", headers=key).json()
    assert told["items"] == []


def _choose(noor: Person, organisation: Organisation, *skills: Skill) -> int:
    newest = Evidence.objects.filter(person=noor).latest("pk").pk
    return actions.choose_what_counts(noor, organisation, [s.pk for s in skills], seen=newest)


def test_what_is_shown_counts_everywhere_without_who_said_it_nor_their_words(
    *,
    old: Evidence,
    noor: Person,
    daan: Person,
    femke: Person,
    sam: Person,
    skill: Skill,
    van_dijk: Organisation,
    visit: Visit,
) -> None:
    assert _choose(noor, van_dijk, skill) == 1
    page = _read(visit(daan), f"/skills/people/{noor.pk}/{skill.pk}/")

    assert "confirmed by a lead" in page.lower()
    assert "De Linde" in page
    assert sam.name not in page
    assert WORDS not in page
    stored = queries.levels([noor.pk], at=van_dijk.pk)
    assert stored == queries.computed([noor.pk], at=van_dijk.pk)
    assert stored[noor.pk, skill.pk][3] == YEARS_AGO
    (piece,) = (
        TestClient(router)
        .get(f"/evidence?person={noor.pk}", headers=headers(van_dijk, "needs:read", made_by=femke))
        .json()["items"]
    )
    assert (piece["level"], piece["given_by"], piece["note"]) == (5, None, "")


def test_what_is_taken_back_is_gone_again(
    old: Evidence, noor: Person, daan: Person, skill: Skill, van_dijk: Organisation
) -> None:
    own = an_evidence(noor, skill, level=2, by=daan)
    alone = queries.levels([noor.pk], at=van_dijk.pk)
    assert alone[noor.pk, skill.pk][2] == 1
    _choose(noor, van_dijk, skill)
    assert queries.levels([noor.pk], at=van_dijk.pk)[noor.pk, skill.pk][2] == 2

    assert _choose(noor, van_dijk) == 1
    assert _choose(noor, van_dijk) == 0, "the same choice again changes nothing"

    assert queries.levels([noor.pk], at=van_dijk.pk) == alone
    assert [e.evidence for e in queries.ledger(noor, skill, at=van_dijk.pk).entries] == [own]


def test_what_came_after_the_page_was_opened_waits(
    old: Evidence, noor: Person, skill: Skill, de_linde: Organisation, van_dijk: Organisation
) -> None:
    later = actions.rate_oneself(
        noor, skill, level=4, on=YEARS_AGO + timedelta(days=9), organisation=de_linde
    )
    actions.choose_what_counts(noor, van_dijk, [skill.pk], seen=old.pk)

    assert list(Showing.objects.values_list("evidence", flat=True)) == [old.pk]
    (row,) = queries.skills_elsewhere(noor, van_dijk)
    assert row.is_new
    assert [line.pk for line in row.lines if not line.shown] == [later.pk]


def test_a_correction_of_what_is_shown_goes_along(
    old: Evidence, noor: Person, sam: Person, skill: Skill, van_dijk: Organisation
) -> None:
    _choose(noor, van_dijk, skill)
    actions.correct(old, by=sam, reason="It was someone else", level=2)
    entries = queries.ledger(noor, skill, at=van_dijk.pk).entries

    assert [(e.evidence.level, e.crossed, e.words) for e in entries] == [
        (2, False, ""), (5, True, ""),
    ]  # fmt: skip


def test_leaving_ends_the_choice_and_coming_back_begins_without_one(
    old: Evidence, noor: Person, skill: Skill, van_dijk: Organisation
) -> None:
    today = timezone.localdate()
    _choose(noor, van_dijk, skill)
    now = noor.employments.current().get()
    end_employment(now, last_day=today - timedelta(days=2))
    assert not Showing.objects.exists()
    assert not StandingAt.objects.exists()
    employ(noor, van_dijk, unit=now.unit, job=now.job, starts_on=today)

    assert queries.levels([noor.pk], at=van_dijk.pk) == {}


def test_who_left_over_night_and_came_back_shows_nothing_either(
    old: Evidence, noor: Person, skill: Skill, van_dijk: Organisation
) -> None:
    """A last day that was known beforehand passes without anyone doing anything."""
    today = timezone.localdate()
    _choose(noor, van_dijk, skill)
    Showing.objects.update(shown_on=today - timedelta(days=30))
    now = noor.employments.current().get()
    Employment.objects.filter(pk=now.pk).update(ends_on=today - timedelta(days=10))
    Employment.objects.create(
        person=noor, organisation=van_dijk, unit=now.unit, job=now.job, starts_on=today
    )

    actions.recompute_organisation(van_dijk)

    assert not Showing.objects.exists()
    assert queries.levels([noor.pk], at=van_dijk.pk) == {}


def test_another_job_at_the_same_employer_keeps_the_choice(
    old: Evidence, noor: Person, skill: Skill, van_dijk: Organisation
) -> None:
    today = timezone.localdate()
    _choose(noor, van_dijk, skill)
    now = noor.employments.current().get()
    end_employment(now, last_day=today)
    employ(noor, van_dijk, unit=now.unit, job=now.job, starts_on=today + timedelta(days=1))
    actions.recompute_organisation(van_dijk)

    assert queries.levels([noor.pk], at=van_dijk.pk)[noor.pk, skill.pk][2] == 1


def test_who_is_rehired_finds_what_was_made_there_and_no_more(
    *,
    old: Evidence,
    noor: Person,
    daan: Person,
    skill: Skill,
    before: Employment,
    van_dijk: Organisation,
    de_linde: Organisation,
) -> None:
    an_evidence(noor, skill, level=2, by=daan)
    today = timezone.localdate()
    end_employment(noor.employments.current().get(), last_day=today - timedelta(days=1))
    employ(noor, de_linde, unit=before.unit, job=before.job, starts_on=today)

    assert queries.levels([noor.pk], at=de_linde.pk)[noor.pk, skill.pk][2] == 1
    assert [e.evidence.pk for e in queries.ledger(noor, skill, at=de_linde.pk).entries] == [old.pk]
    assert queries.levels([noor.pk], at=None)[noor.pk, skill.pk][2] == 2


def test_at_two_employers_each_counts_its_own(
    *,
    old: Evidence,
    noor: Person,
    daan: Person,
    skill: Skill,
    before: Employment,
    van_dijk: Organisation,
    de_linde: Organisation,
) -> None:
    employ(noor, de_linde, unit=before.unit, job=before.job, starts_on=timezone.localdate())
    an_evidence(noor, skill, level=2, by=daan)
    here, there = (
        queries.levels([noor.pk], at=at.pk)[noor.pk, skill.pk] for at in (van_dijk, de_linde)
    )

    assert (here[2], there[2]) == (1, 1)
    assert here[0] < 3 < there[0]
    for at, stored in ((van_dijk, here), (de_linde, there)):
        assert queries.computed([noor.pk], at=at.pk)[noor.pk, skill.pk] == pytest.approx(stored)


def test_who_worked_at_one_place_has_no_second_level(
    noor: Person, daan: Person, skill: Skill, van_dijk: Organisation
) -> None:
    an_evidence(noor, skill, level=4, by=daan)

    assert not StandingAt.objects.exists()
    assert Standing.objects.get().all_from == van_dijk
    assert queries.levels([noor.pk], at=van_dijk.pk) == queries.levels([noor.pk], at=None)


def test_nobody_here_decides_about_an_objection_to_what_another_employer_said(
    old: Evidence, noor: Person, femke: Person, as_visitor: Any
) -> None:
    actions.object_to(old, reason="That was not me")

    assert not policy.objections_to_read(as_visitor(femke)).exists()
    assert Objection.objects.get().outcome == Objection.Outcome.OPEN


def test_the_page_to_choose_shows_what_they_read_and_keeps_it(
    *,
    old: Evidence,
    noor: Person,
    sam: Person,
    skill: Skill,
    van_dijk: Organisation,
    visit: Visit,
) -> None:
    client = visit(noor)
    page = _read(client, "/skills/mine/elsewhere/")
    assert "De Linde" in page
    assert sam.name not in page
    assert WORDS not in page

    answer = client.post("/skills/mine/elsewhere/", {"skills": [skill.pk], "seen": old.pk})
    assert answer.status_code == 302
    assert Showing.objects.get().organisation == van_dijk
    client.post("/skills/mine/elsewhere/", {"seen": old.pk})
    assert not Showing.objects.exists()
    client.post("/skills/mine/elsewhere/", {"seen": old.pk, "all": "1"})
    assert Showing.objects.count() == 1
    wrong = client.post("/skills/mine/elsewhere/", {"skills": [skill.pk + 999], "seen": old.pk})
    assert wrong.status_code == 422
