"""What the pages tell is what the doors do."""

import ast
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.text import capfirst
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

import gezel
from gezel.people.api import (
    Employment,
    Organisation,
    Person,
    Visitor,
    end_employment,
    give_mandate,
)
from gezel.people.audience import Audience
from gezel.people.tests.builders import a_colleague
from gezel.trust import queries, words
from gezel.trust.api import computations, declarations, note_reading
from gezel.trust.models import Reading
from gezel.trust.queries.kept import fields_of

Visit = Callable[[Person], Client]
AsVisitor = Callable[[Person], Visitor]


def test_columns_go_by_words_a_council_reads() -> None:
    """A name that Django made of a column is no word in any language."""
    with translation.override("nl"):
        told = fields_of(Person)
        made_up = [
            f"{declaration.kind}.{name}"
            for declaration in declarations()
            for name, label in fields_of(declaration.model).items()
            if "_" in name and label == capfirst(name.replace("_", " "))
        ]
        nameless = {
            name
            for declaration in declarations()
            for name, label in fields_of(declaration.model).items()
            if label == name
        }
    assert told["created_at"] == "Wanneer gemaakt"
    assert told["email"] == "E-mailadres"  # words of its own
    assert made_up == []
    assert len(nameless) < 10, sorted(nameless)  # of 400: what is nothing but technique


def readers_told_to(person: Person) -> dict[str, set[str]]:
    """Per kind of data the names on the page, without those told as a whole organisation."""
    organisations = {str(o) for o in Organisation.objects.all()}
    return {
        kept.declaration.model._meta.label: {
            name for r in kept.readers for name in r.names if name not in organisations
        }
        for kept in queries.kept_about(person)
    }


def test_whoever_is_named_can_read_and_nobody_else(
    noor: Person, daan: Person, femke: Person, sam: Person, as_visitor: AsVisitor
) -> None:
    """The page and the policies, asked one by one about Noor for everyone there is."""
    told = readers_told_to(noor)
    asked = 0
    for declaration in declarations():
        audience = declaration.audience
        if not isinstance(audience, Audience):
            continue
        for someone in (noor, daan, femke, sam):
            may = audience.people_for(as_visitor(someone)).filter(pk=noor.pk).exists()
            named = someone.name in told[declaration.model._meta.label]
            everyone = any(str(r.because).startswith("Everyone") for r in audience.relations)
            if not everyone:
                assert may == named, (declaration.model, someone.name)
            asked += 1
    assert asked > 20


def test_a_new_lead_is_named_the_same_day(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    assert daan.name in visit(noor).get("/trust/").content.decode()
    end_employment(
        Employment.objects.get(person=daan), last_day=timezone.localdate() - timedelta(days=1)
    )

    assert daan.name not in visit(noor).get("/trust/").content.decode()


def test_someone_between_jobs_is_read_by_nobody(noor: Person, visit: Visit) -> None:
    end_employment(
        Employment.objects.get(person=noor), last_day=timezone.localdate() - timedelta(days=1)
    )

    assert visit(noor).get("/trust/").status_code == 200
    assert all(names <= {noor.name} for names in readers_told_to(noor).values())


def test_rows_are_counted_now(noor: Person, daan: Person) -> None:
    def readings() -> int:
        return next(k.rows for k in queries.kept_about(noor) if k.declaration.model is Reading)

    assert readings() == 0
    note_reading(reader_pk=daan.pk, about=[noor.pk], matter="skills", purpose="lead")
    assert readings() == 1
    assert next(k.rows for k in queries.kept_about(daan) if k.declaration.model is Reading) == 0


def test_the_page_costs_few_queries(
    noor: Person, daan: Person, visit: Visit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        a_colleague(noor.employments.get().organisation, "Extra", lead=daan, mandates=["hr"])
    client = visit(noor)
    # One or two for each way of having to do with someone, of which each room may bring its own
    # (gives their session, is in their group, …); none for each person or kind of data.
    with django_assert_max_num_queries(46):
        assert client.get("/trust/").status_code == 200


def test_who_looked_is_told_to_who_was_looked_at_and_to_nobody_else(
    noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    note_reading(reader_pk=daan.pk, about=[noor.pk, daan.pk], matter="skills", purpose="lead")
    note_reading(reader_pk=daan.pk, about=[noor.pk], matter="skills", purpose="lead")

    page = visit(noor).get("/trust/looked/").content.decode()
    assert page.count(f'<th scope="row">{daan.name}</th>') == 1
    assert "Your skills and the evidence for them" in page
    assert "leads you" in page
    for other in (daan, femke):
        assert "Nobody looked so far" in visit(other).get("/trust/looked/").content.decode()


def test_what_was_noted_this_hour_costs_nothing_and_who_is_new_is_noted(
    noor: Person,
    daan: Person,
    femke: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def look(*about: Person, matter: str = "skills") -> None:
        with django_capture_on_commit_callbacks(execute=True):
            note_reading(
                reader_pk=daan.pk, about=[p.pk for p in about], matter=matter, purpose="lead"
            )

    look(noor)
    with django_assert_num_queries(0):
        look(noor)
    look(noor, femke)
    look(noor, matter="plans")
    with django_assert_num_queries(0):
        look(femke, noor, daan)

    told = Reading.objects.order_by("pk").values_list("about", "matter")
    assert list(told) == [(noor.pk, "skills"), (femke.pk, "skills"), (noor.pk, "plans")]


@pytest.mark.parametrize("page", ["1", "2", "0", "-1", "99", "x", "", "1\x00"])
def test_many_looks_are_paged(noor: Person, daan: Person, visit: Visit, page: str) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    Reading.objects.bulk_create(
        Reading(
            reader=daan,
            about=noor,
            matter="skills",
            purpose="lead",
            hour=now - timedelta(hours=number),
        )
        for number in range(60)
    )

    answer = visit(noor).get("/trust/looked/", {"page": page})

    assert answer.status_code == 200
    assert 0 < answer.content.decode().count('<th scope="row">') <= 25


class TestTheFileForTheCouncil:
    @pytest.mark.parametrize("address", ["/trust/organisation/", "/trust/organisation.json"])
    def test_works_council_and_hr_read_it_and_nobody_else(
        self,
        *,
        address: str,
        noor: Person,
        daan: Person,
        femke: Person,
        sam: Person,
        van_dijk: Organisation,
        visit: Visit,
    ) -> None:
        mitchell = a_colleague(van_dijk, "Mitchell Pinas", mandates=["council"])
        assert [visit(p).get(address).status_code for p in (noor, daan, sam)] == [404] * 3
        assert [visit(p).get(address).status_code for p in (femke, mitchell)] == [200] * 2
        assert Client().get(address).status_code == 302

    def test_it_says_what_runs_and_names_nobody(
        self, noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        van_dijk.smallest_group = 7
        van_dijk.save()
        file = json.loads(visit(femke).get("/trust/organisation.json").content)

        assert file["smallest_group"] == 7
        assert {row["table"] for row in file["kept"]} == {
            d.model._meta.label for d in declarations()
        }
        assert all(row["purpose"] and row["readers"] and row["term"] for row in file["kept"])
        assert {row["rule"] for row in file["computed"]} == {c.rule for c in computations()}
        assert noor.last_name not in str(file)

    def test_a_mandate_that_ended_closes_it(self, noor: Person, van_dijk: Organisation) -> None:
        mandate = give_mandate(noor, van_dijk, "council")
        client = Client()
        client.force_login(noor)
        assert client.get("/trust/organisation/").status_code == 200

        mandate.until_on = timezone.localdate() - timedelta(days=1)
        mandate.from_on = mandate.until_on
        mandate.save()

        assert client.get("/trust/organisation/").status_code == 404


def _codes_in_use() -> Iterator[tuple[str, str, str]]:
    for file in Path(gezel.__file__).parent.rglob("*.py"):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note_reading":
                for given in node.keywords:
                    for part in ast.walk(given.value):
                        # A comparison holds codes of something else.
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield str(given.arg), part.value, f"{file}:{node.lineno}"


def test_every_code_of_the_reading_log_has_words() -> None:
    known = {"matter": set(words.MATTERS), "purpose": set(words.PURPOSES)}
    used = list(_codes_in_use())

    assert used
    assert not [u for u in used if u[0] in known and u[1] not in known[u[0]]]
