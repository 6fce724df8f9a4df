"""A database from before the index knew concepts gets them by a job."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from gezel.kit import jobs
from gezel.kit.models import SearchEntry, Task
from gezel.people.tests.builders import an_organisation
from gezel.skills.actions import make_aliases_findable, make_skills_findable
from gezel.skills.models import Occupation, Skill, SkillAlias
from gezel.skills.queries.matching import senses

pytestmark = pytest.mark.django_db

upgrade = import_module("gezel.skills.migrations.0008_findable_by_all_names").ask_for_a_job


def test_names_from_before_lead_to_the_other_language_after_the_job() -> None:
    house = an_organisation()
    skill = Skill.objects.create(organisation=house, name_nl="leidinggeven", name_en="leadership")
    make_skills_findable([skill])
    alias = SkillAlias.objects.create(
        organisation=house, skill=skill, language="nl", words="aansturen"
    )
    make_aliases_findable([alias])
    SearchEntry.objects.update(concepts="")
    assert not any("leadership" in s.words for s in senses(house.pk, "aansturen"))

    upgrade(apps, connection.schema_editor())
    task = Task.objects.get()
    assert jobs.run(task.pk)

    task.refresh_from_db()
    assert (task.state, task.all_steps) == (Task.State.DONE, Skill.objects.count() + 1)
    assert any("leadership" in s.words for s in senses(house.pk, "aansturen"))
    assert not SearchEntry.objects.filter(concepts="").exists()


def test_what_knows_its_concepts_asks_for_no_job() -> None:
    make_skills_findable([Skill.objects.create(name_nl="lassen", name_en="welding")])
    assert not Occupation.objects.exists()
    upgrade(apps, connection.schema_editor())
    assert not Task.objects.exists()
