"""What certificates and learning paths have to do with each other."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.certificates.actions import confirm
from gezel.certificates.models import Holding, PathBrings
from gezel.certificates.tests.builders import a_holding, a_type, days
from gezel.connect.models import Message
from gezel.content.tests.builders import a_module
from gezel.paths.actions import mark_done
from gezel.paths.api import Path
from gezel.paths.kinds import Ground, in_words
from gezel.paths.queries import meant
from gezel.paths.rules import Skip
from gezel.paths.tests.builders import a_path, a_rule, a_step, a_walker, leaf, people_on
from gezel.people.api import Organisation, Person
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill, an_evidence

pytestmark = pytest.mark.django_db


def test_a_path_that_is_completed_gives_its_certificate_once(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    kind = a_type(van_dijk, "EV technician", months=24)
    path = a_path(van_dijk, a_step("a"))
    PathBrings.objects.create(type=kind, path=path)
    today = timezone.localdate()

    mark_done(a_walker(path, noor), "a", on=today, by=daan)

    holding = Holding.objects.get(person=noor)
    assert (holding.type, holding.issued_on, holding.state) == (kind, today, "confirmed")
    mark_done(a_walker(path, noor), "a", on=today, by=daan)
    assert Holding.objects.filter(person=noor).count() == 2, "walked again, it is a new dated fact"


def test_nobody_gives_themselves_a_certificate_by_marking_steps(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    """Attack 42: a step that is one's own word would otherwise end in a confirmed certificate, in
    evidence of a skill, and in leave to do the work."""
    skill = a_skill("High voltage", organisation=van_dijk)
    kind = a_type(van_dijk, "VP", months=36, shows={skill: 3})
    path = a_path(van_dijk, a_step("a"), a_step("b"))
    PathBrings.objects.create(type=kind, path=path)
    today = timezone.localdate()
    walk = a_walker(path, noor)
    mark_done(walk, "a", on=today, by=daan)
    mark_done(walk, "b", on=today, by=noor)

    holding = Holding.objects.get(person=noor)
    assert (holding.state, holding.decided_at) == ("waiting", None)
    assert not Evidence.objects.filter(person=noor).exists()
    assert Message.objects.filter(person=daan, kind="certificates.confirm").exists()
    assert confirm(holding, by=daan)
    assert Evidence.objects.get(person=noor).level == 3


def test_what_was_skipped_waits_where_nobody_saw_it(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    module = a_module(van_dijk)
    seen, said = (a_skill(name, organisation=van_dijk) for name in ("Wiring", "Drawings"))
    own = a_module(van_dijk, title="Hers", shared_by=noor)
    for done in (module, own):
        done.attempts.create(person=noor, completed_at=timezone.now(), passed=True)
    an_evidence(noor, seen, level=4, kind="lead", by=daan)
    for _ in range(3):
        an_evidence(noor, said, level=5, kind="self", by=noor)
    skips = {
        "finished here": Skip(activity=module.activity_id),
        "a lead saw it": Skip(skill=seen.pk, level=2),
        "own view": Skip(skill=said.pk, level=2),
        "own module": Skip(activity=own.activity_id),
    }
    for name, skip in skips.items():
        path = a_path(van_dijk, a_step("a", skips=(skip,)), name=name)
        PathBrings.objects.create(type=a_type(van_dijk, name, months=24), path=path)
        a_walker(path, noor)

    assert dict(Holding.objects.values_list("type__name_en", "state")) == {
        "finished here": "confirmed",
        "a lead saw it": "confirmed",
        "own view": "waiting",
        "own module": "waiting",
    }


def test_a_rule_of_a_path_may_ask_for_a_certificate(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    kind = a_type(van_dijk, "BHV", months=12)
    a_holding(noor, kind, issued_on=days(-30), confirmed_by=femke)
    a_holding(daan, kind, issued_on=days(-800), confirmed_by=femke)
    ground = Ground(van_dijk)

    def who(state: str, on: date) -> set[str]:
        found = meant(leaf("holds", type=kind.pk, state=state), ground, on)
        return {e.person.first_name for e in found}

    today = timezone.localdate()
    assert who("valid", today) == {"Noor"}
    assert who("lapsed", today) == {"Daan"}
    assert who("lacking", today) == {"Daan", "Femke"}
    assert who("valid", days(400)) == set()
    lapsed = leaf("holds", type=kind.pk, state="lapsed")
    assert in_words(lapsed, ground) == "whose certificate BHV has lapsed"
    path = a_path(van_dijk)
    a_rule(path, lapsed)
    assert people_on(path) == {daan.pk}


def test_hr_says_which_path_brings_a_certificate(
    van_dijk: Organisation, de_linde: Organisation, femke: Person, visit: Callable[[Person], Client]
) -> None:
    kind = a_type(van_dijk)
    path, other = a_path(van_dijk), a_path(de_linde, name="Elsewhere")
    client, address = visit(femke), reverse("certificates:type", args=[kind.pk])
    page = client.get(address).content.decode()
    assert path.name in page
    assert other.name not in page
    form = {
        "name_nl": "BHV", "name_en": "BHV", "version": kind.version, "paths": [path.pk],
        "shows-TOTAL_FORMS": 0, "shows-INITIAL_FORMS": 0,
        "brings-TOTAL_FORMS": 0, "brings-INITIAL_FORMS": 0,
    }  # fmt: skip

    client.post(address, form)
    assert list(Path.objects.filter(brings__type=kind)) == [path]
    kind.refresh_from_db()
    client.post(address, {**form, "version": kind.version, "paths": [other.pk]})
    assert list(Path.objects.filter(brings__type=kind)) == [path]
    client.post(address, {**form, "version": kind.version, "paths": []})
    assert not PathBrings.objects.exists()


def test_a_path_shows_the_certificate_at_its_end(
    *,
    van_dijk: Organisation,
    noor: Person,
    femke: Person,
    sam: Person,
    visit: Callable[[Person], Client],
) -> None:
    path = a_path(van_dijk, a_step("a"))
    walk = a_walker(path, noor)
    build = reverse("paths:build", args=[path.pk])
    assert "No certificate. At a certificate" in visit(femke).get(build).content.decode()
    pages = [(noor, reverse("paths:walk", args=[walk.pk]))]
    assert "At the end" not in visit(noor).get(pages[0][1]).content.decode()

    kind = a_type(van_dijk, "EV technician", months=24)
    PathBrings.objects.create(type=kind, path=path)

    for person, address in [*pages, (femke, build)]:
        page = " ".join(visit(person).get(address).content.decode().split())
        assert "At the end" in page
        assert "EV technician" in page
        assert "Counts for 24 months" in page
    panel = reverse("certificates:panel_path", args=[path.pk])
    assert visit(sam).get(panel).status_code == 404
