"""What HR's home counts, remembered in parts, is what the rule says one by one."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gezel.certificates import actions, queries, rules
from gezel.certificates.everyone import Counts
from gezel.certificates.everyone import counts_here as counts_of
from gezel.certificates.models import CertificateType, CountedPart, Duty, Holding
from gezel.certificates.tests.builders import a_holding, a_type, days
from gezel.people.api import Employment, Job, Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague, an_organisation

pytestmark = pytest.mark.django_db


def counts_here(organisation: Organisation, on: date) -> Counts:
    return counts_of(organisation.pk, on)


@contextmanager
def undone() -> Iterator[None]:
    """What an example makes goes before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    caches["near"].clear()


def one_by_one(organisation: Organisation, on: date) -> Counts:
    """The same, by the rule, person by person."""
    people = Person.objects.working_at(organisation)
    told = Counter(
        str(row.standing.state)
        for row in queries.rows_of(people, organisation, on=on)
        if row.standing.must
    )
    waiting = Holding.objects.filter(
        type__organisation=organisation, state=Holding.State.WAITING, person__in=people
    )
    return Counts({str(state): told[state] for state in rules.State}, waiting.count())


class House:
    """Two jobs, two certificates, a few people, and HR who decides."""

    def __init__(self) -> None:
        self.organisation = an_organisation("House", slug="house")
        self.hr = a_colleague(self.organisation, "Femke de Boer", job="HR", mandates=["hr"])
        self.types = [
            a_type(self.organisation, f"Type {n}", jobs=("Mechanic",), months=months)
            for n, months in enumerate((12, None))
        ]
        self.people = [
            a_colleague(self.organisation, f"P{n}", job="Mechanic" if n % 3 else "Driver")
            for n in range(5)
        ]
        # A child of another house: what counts there does not count here.
        self.elsewhere = an_organisation("Elsewhere", slug="elsewhere")

    def do(self, what: str, first: int, second: int) -> None:
        """One thing that happens in the life of an organisation."""
        person, type_ = self.people[first % len(self.people)], self.types[second % 2]
        match what:
            case "register":
                a_holding(person, type_, issued_on=days(-((first * 37 + second * 11) % 800)))
            case "decide":
                waiting = Holding.objects.filter(state=Holding.State.WAITING).order_by("pk")
                if found := waiting.first():
                    if second % 3:
                        actions.confirm(found, by=self.hr)
                    else:
                        actions.refuse(found, by=self.hr, reason="No")
            case "employ":
                job = "Mechanic" if second % 2 else "Driver"
                self.people.append(a_colleague(self.organisation, f"New {first}", job=job))
            case "leave":
                employment = Employment.objects.filter(person=person, ends_on=None).first()
                if employment is not None:
                    end_employment(employment, last_day=days(-(first % 3) - 1))
            case "duty":
                jobs = Job.objects.filter(organisation=self.organisation).order_by("name")
                asked = [job for n, job in enumerate(jobs) if (first >> n) % 2]
                self._asked_of(type_, asked, from_on=days(-(second % 5) - 2))

    def _asked_of(self, type_: CertificateType, jobs: list[Job], *, from_on: date) -> None:
        type_.refresh_from_db()
        actions.save_type(
            self.organisation,
            {"name_nl": type_.name_nl},
            duties=[(job, from_on) for job in jobs],
            certificate=type_,
            seen=type_.version,
        )


numbers = st.integers(0, 40)
words = st.sampled_from(["register", "register", "decide", "decide", "employ", "leave", "duty"])


@given(st.lists(st.tuples(words, numbers, numbers), max_size=10))
@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_remembered_is_what_the_rule_says_after_whatever_happens(
    happens: list[tuple[str, int, int]],
) -> None:
    today = timezone.localdate()
    with undone():
        house = House()
        for what, first, second in [("register", 1, 0), *happens]:
            house.do(what, first, second)
            assert counts_here(house.organisation, today) == one_by_one(house.organisation, today)
            assert counts_here(house.elsewhere, today) == one_by_one(house.elsewhere, today)


@pytest.mark.parametrize("ahead", [-400, -61, -1, 0, 1, 59, 60, 61, 300])
def test_each_day_is_counted_for_itself(van_dijk: Organisation, femke: Person, ahead: int) -> None:
    type_ = a_type(van_dijk, jobs=("Mechanic",))
    later = a_type(van_dijk, "Later", jobs=("Mechanic",), from_on=days(30))
    for n in range(6):
        person = a_colleague(van_dijk, f"M{n}")
        a_holding(person, type_, issued_on=days(-60 * n), confirmed_by=femke if n % 3 else None)
        a_holding(person, later, issued_on=days(-300 - n), confirmed_by=femke)
    on = timezone.localdate() + timedelta(days=ahead)

    counts_here(van_dijk, timezone.localdate())
    told = counts_here(van_dijk, on)

    people = Person.objects.working_at(van_dijk)
    ruled = Counter(
        str(row.standing.state)
        for row in queries.rows_of(people, van_dijk, on=on)
        if row.standing.must
    )
    assert told.duties == {str(state): ruled[state] for state in rules.State}


def test_after_one_change_only_its_part_is_counted_again(
    van_dijk: Organisation, femke: Person, noor: Person
) -> None:
    type_ = a_type(van_dijk, jobs=("Mechanic",))
    holding = a_holding(noor, type_)
    today = timezone.localdate()
    with CaptureQueriesContext(connection) as first:
        counts_here(van_dijk, today)
    with CaptureQueriesContext(connection) as again:
        told = counts_here(van_dijk, today)
    # The marks, what holds for all, and the two sorts of facts; then the marks alone.
    assert len(first) <= 12
    assert len(again) == 1
    assert (told.duties["waiting"], told.to_decide) == (1, 1)
    before = dict(CountedPart.objects.values_list("part", "mark"))

    actions.confirm(holding, by=femke)

    after = dict(CountedPart.objects.values_list("part", "mark"))
    assert [p for p in after if after[p] != before.get(p)] == [noor.pk % CountedPart.PARTS]
    told = counts_here(van_dijk, today)
    assert (told.duties["valid"], told.to_decide) == (1, 0)


def test_hr_is_not_told_that_their_own_waits_for_them(
    van_dijk: Organisation,
    femke: Person,
    noor: Person,
    visit: Callable[[Person], Client],
) -> None:
    type_ = a_type(van_dijk, jobs=("Mechanic",))
    a_holding(femke, type_)
    panel = reverse("certificates:panel_organisation")
    assert "waiting" not in visit(femke).get(panel).content.decode()

    a_holding(noor, type_)

    assert "1 waits for confirmation" in visit(femke).get(panel).content.decode()
    assert Duty.objects.filter(type=type_).count() == 1
