"""What stood here before levels said where they were made, is read by the same employer after."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gezel.kit.management.commands.migrate import copied_fields, drawn_alone
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.skills.models import Evidence, Showing, Standing

BEFORE = [("skills", "0014_a_correction_goes_along")]


@pytest.mark.django_db(transaction=True)
def test_0016_levels_say_where_they_were_made(
    van_dijk: Organisation, de_linde: Organisation, noor: Person, daan: Person
) -> None:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    with copied_fields(), drawn_alone():
        executor.migrate(BEFORE)
        try:
            old = executor.loader.project_state(BEFORE).apps
            brought = _as_they_were(old, van_dijk.pk, de_linde.pk, noor.pk, daan.pk)
        finally:
            MigrationExecutor(connection).migrate(latest)

    told = Standing.objects.values_list("person_id", "skill__name_en", "all_from")
    assert set(told) == {
        (noor.pk, "here", van_dijk.pk),
        (noor.pk, "there", de_linde.pk),
        (noor.pk, "both", None),
        (noor.pk, "brought", None),
        (daan.pk, "here", van_dijk.pk),
    }
    # Taken over from a file was chosen at the time: it counts there still, and is the person's own.
    assert Evidence.objects.get(pk=brought).organisation is None
    shown = Showing.objects.get()
    assert (shown.evidence_id, shown.organisation) == (brought, van_dijk)
    # Of who has evidence from elsewhere the levels are worked out anew, by the job of the night.
    anew = Task.objects.filter(name="skills.recompute_organisation", state=Task.State.WAITING)
    assert [task.arguments for task in anew] == [{"organisation": van_dijk.pk}]


def _as_they_were(old: Any, van_dijk: int, de_linde: int, noor: int, daan: int) -> int:
    skill = old.get_model("skills", "Skill").objects.create
    skills = {name: skill(name_en=name) for name in ("here", "there", "both", "brought")}
    standing = old.get_model("skills", "Standing").objects.create
    day = date(2025, 1, 1)

    def evidence(person: int, name: str, at: int, rests_on: str = "") -> int:
        made = old.get_model("skills", "Evidence").objects.create(
            person_id=person, skill=skills[name], organisation_id=at, kind="lead", level=3,
            observed_on=day, rests_on=rests_on,
        )  # fmt: skip
        pk: int = made.pk
        return pk

    evidence(noor, "here", van_dijk)
    evidence(noor, "there", de_linde)
    evidence(noor, "both", van_dijk)
    evidence(noor, "both", de_linde)
    evidence(daan, "here", van_dijk)
    brought = evidence(noor, "brought", van_dijk, rests_on="profile:brought:1")
    for person, name in [*((noor, name) for name in skills), (daan, "here")]:
        standing(person_id=person, skill=skills[name], level=3, sd=1, pieces=1, computed_on=day)
    return brought
