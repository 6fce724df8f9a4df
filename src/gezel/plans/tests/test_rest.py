"""Plans over the API: no further than the maker of the key may read."""

from typing import Any

import pytest
from ninja.testing import TestClient

from gezel.connect.tests.builders import a_token, bearing
from gezel.people.api import Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague
from gezel.plans import actions
from gezel.plans.rest import router
from gezel.plans.tests.builders import a_goal, a_step, in_days
from gezel.skills.tests.builders import a_skill, an_evidence
from gezel.trust.models import Reading

client = TestClient(router)


def ask(path: str, organisation: Organisation, by: Person, scope: str = "plans:read") -> Any:
    made = a_token(organisation, by, name=f"{path} {by.pk} {scope}", scopes=[scope])
    return client.get(path, headers=bearing(made.secret))


def test_a_lead_reads_what_was_shared_and_leaves_a_trace(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    shared = a_goal(noor, skill=a_skill(), shared=True, own_words="My reasons")
    a_step(shared, "Ask Karim")
    private = a_goal(noor, skill=a_skill("Beekeeping"))
    answer = ask("/plans", van_dijk, daan)
    assert [g["id"] for g in answer.json()["items"]] == [shared.pk]
    assert answer.json()["items"][0]["steps"][0]["title"] == "Ask Karim"
    assert "My reasons" not in answer.content.decode()
    assert ask(f"/plans/{shared.pk}", van_dijk, daan).status_code == 200
    assert ask(f"/plans/{private.pk}", van_dijk, daan).status_code == 404
    assert Reading.objects.filter(reader=daan, about=noor).exists()


@pytest.mark.parametrize("who", ["femke", "noor"])
def test_who_does_not_lead_reads_nobodys_plan(
    noor: Person, femke: Person, van_dijk: Organisation, who: str
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    by = {"femke": femke, "noor": noor}[who]
    assert ask("/plans", van_dijk, by).json()["items"] == []
    assert ask(f"/plans/{goal.pk}", van_dijk, by).status_code == 404


def test_another_organisation_and_a_leaver_find_nothing(
    noor: Person, daan: Person, sam: Person, van_dijk: Organisation, de_linde: Organisation
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    assert ask(f"/plans/{goal.pk}", de_linde, sam).status_code == 404
    assert ask(f"/plans/{goal.pk}", de_linde, daan).status_code == 404
    end_employment(daan.employments.get(), last_day=in_days(-1))
    assert ask(f"/plans/{goal.pk}", van_dijk, daan).status_code == 404


def test_another_scope_does_not_open_it(daan: Person, van_dijk: Organisation) -> None:
    # The frame answers in the house's own form; the bare router raises what that form is made of.
    assert ask("/plans", van_dijk, daan, scope="skills:read").status_code == 403


def test_small_groups_are_dark_here_too(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    skill = a_skill()
    actions.set_shared_goal(van_dijk, skill=skill, level=3, people=5, due_on=in_days(9), by=femke)
    an_evidence(noor, skill, level=3)
    assert ask("/shared-goals", van_dijk, femke).json()[0]["reached"] is None
    for n in range(4):
        a_colleague(van_dijk, f"Colleague {n}")
    (told,) = ask("/shared-goals?", van_dijk, femke).json()
    assert (told["group"], told["reached"]) == (7, 1)
