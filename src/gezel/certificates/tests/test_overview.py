"""The overview counts and orders in the database what the rule says one by one."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gezel.certificates import queries, rules
from gezel.certificates.actions import reckon_everyone
from gezel.certificates.everyone import changed
from gezel.certificates.models import CertificateType, Duty, Holding, TypeTerms
from gezel.certificates.tests.builders import a_type
from gezel.people.api import Employment, Job, Organisation, Person, root_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(van_dijk: Organisation) -> list[CertificateType]:
    """Sixty people in three jobs, four certificates, and holdings of every sort."""
    random, today = Random(7), timezone.localdate()
    types = [
        a_type(
            van_dijk, f"Type {n}", months=12 if n else None, from_previous=n > 1, grace_days=10 * n
        )
        for n in range(4)
    ]
    terms = {terms.type_id: terms for terms in TypeTerms.objects.all()}
    jobs = [Job.objects.create(organisation=van_dijk, name=f"Job {n}") for n in range(3)]
    for n, type_ in enumerate(types[:3]):
        for job in jobs[: n + 1]:
            begins = today + timedelta(days=30 if n == 2 and job == jobs[2] else -900)
            Duty.objects.create(type=type_, job=job, from_on=begins)
    people = Person.objects.bulk_create(
        Person(email=f"c{n}@example.test", first_name=f"C{n}", last_name=f"L{n % 7}")
        for n in range(60)
    )
    root = root_of(van_dijk)
    Employment.objects.bulk_create(
        Employment(
            organisation=van_dijk,
            person=person,
            unit=root,
            job=jobs[n % 3],
            starts_on=today - timedelta(days=800),
        )
        for n, person in enumerate(people)
    )
    Holding.objects.bulk_create(
        Holding(
            type=type_,
            person=person,
            issued_on=today + timedelta(days=issued),
            printed_until=today + timedelta(days=issued + lasts) if random.random() < 0.5 else None,
            terms=terms[type_.pk],
            refresher=random.random() < 0.3,
            state=random.choice(Holding.State.values),
        )
        for person in people
        for type_ in types
        for _ in range(random.choice((0, 0, 1, 2, 3)))
        for issued, lasts in [(random.randint(-700, 20), random.choice((0, 60, 365, 420)))]
    )
    reckon_everyone(van_dijk.pk)
    changed(van_dijk.pk)
    return types


def _wanted(
    organisation: Organisation,
    types: list[CertificateType],
    *,
    on: date | None = None,
    state: str = "",
    until: date | None = None,
) -> queries.Asked:
    here = Person.objects.working_at(organisation)
    day = on or timezone.localdate()
    return queries.Asked(here, organisation, types, day, state=state, until=until)


@pytest.mark.parametrize("ahead", [-400, -61, -60, -1, 0, 1, 59, 60, 61, 300])
def test_the_database_counts_what_the_rule_says(
    van_dijk: Organisation, crowd: list[CertificateType], ahead: int
) -> None:
    on = timezone.localdate() + timedelta(days=ahead)
    wanted = _wanted(van_dijk, crowd, on=on)
    here = Person.objects.working_at(van_dijk)
    rows = queries.rows_of(here, van_dijk, on=on)
    ruled = Counter(str(row.standing.state) for row in rows)

    found = queries.find(wanted)
    assert found.counts == {state: ruled[state] for state in rules.State}
    page = found.rows(0, 10_000)
    assert len(found) == len(rows) == len(page)
    pressing = [rules.pressing(row.standing) for row in page]
    assert pressing == sorted(pressing)
    for state in rules.State:
        narrowed = queries.find(_wanted(van_dijk, crowd, on=on, state=str(state)))
        shown = narrowed.rows(0, 10_000)
        assert len(narrowed) == len(shown)
        assert {(r.person.pk, r.type.pk) for r in shown} == {
            (r.person.pk, r.type.pk)
            for r in rows
            if r.standing.state == state
            or (state == rules.State.WAITING and r.standing.waiting is not None)
        }, state
    until = on + timedelta(days=90)
    shown = queries.find(_wanted(van_dijk, crowd, on=on, until=until)).rows(0, 10_000)
    assert len(shown) == sum(bool(r.valid_until and on <= r.valid_until <= until) for r in rows)


def test_pages_follow_each_other_and_lose_nobody(
    van_dijk: Organisation, crowd: list[CertificateType]
) -> None:
    found = queries.find(_wanted(van_dijk, crowd))
    whole = found.rows(0, 10_000)
    parts = [row for start in range(0, len(whole), 50) for row in found.rows(start, 50)]
    assert [(r.person.pk, r.type.pk) for r in parts] == [(r.person.pk, r.type.pk) for r in whole]


def test_what_is_written_down_is_what_the_rule_says(
    van_dijk: Organisation, crowd: list[CertificateType]
) -> None:
    book = queries.Book(Holding.objects.select_related("type", "terms"))
    for holding in book.holdings.values():
        if holding.state != Holding.State.REFUSED:
            assert holding.valid_until == book.held[holding.pk].valid_until
    assert reckon_everyone(van_dijk.pk) == 0


def test_the_overview_costs_as_much_for_three_pages_as_for_one(
    femke: Person, crowd: list[CertificateType], visit: Callable[[Person], Client]
) -> None:
    client = visit(femke)
    client.get(reverse("certificates:overview"))
    # Whom one opened is counted (decision 0033), behind a row where two could count side by side.
    most = 12 + connection.features.has_select_for_update
    for query in ("", "?page=3", "?state=waiting", "?ahead=3"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("certificates:overview") + query).status_code == 200
        assert len(asked) <= most, query


def test_who_keeps_track_of_nothing_yet_is_told_where_to_begin_and_not_shown_zeros(
    van_dijk: Organisation, femke: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(femke)
    page = client.get(reverse("certificates:overview")).content.decode()
    assert 'class="cert-counts"' not in page
    assert "export=csv" not in page
    assert f'href="{reverse("certificates:types")}"' in page

    a_type(van_dijk, "BHV", months=12)
    assert 'class="cert-counts"' in client.get(reverse("certificates:overview")).content.decode()
