"""Certificates: everyone's status from the facts, the screen, a team, and a list of 50,000."""

import csv
import io
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from time import perf_counter

from django.core.cache import caches
from django.db import connection
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from gezel.certificates.api import (
    CertificateType,
    Holding,
    apply_load,
    changed,
    everyone,
    facts_of,
    ground_of,
    prepare_load,
    receive_load,
    stand_from,
)
from gezel.people.api import Employment, Organisation, Person, redraw_lines
from gezel.site.bench import cost
from gezel.site.bench.figures import Figure, at_most, percentile
from gezel.site.bench.sessions import signed_in
from gezel.site.demo.scale import build_holders

PEOPLE = 100_000
ROWS = 50_000
TEAM = 60


def measure() -> Iterator[Figure]:
    """100,000 people × 12 types, and 50,000 rows of history."""
    organisation = build_holders(PEOPLE)
    held = Holding.objects.filter(type__organisation=organisation).count()
    where = f"{connection.vendor}, {PEOPLE:,} people × 12 types, {held:,} certificates"
    yield from _status(organisation, where)
    with override_settings(ALLOWED_HOSTS=["*"]):
        yield from _screen(organisation, where)
        yield _team(organisation, where)
    yield from _loading(organisation)


def _status(organisation: Organisation, where: str) -> Iterator[Figure]:
    today = timezone.localdate()
    whole, reckoning, part = [], [], []
    for _run in range(3):
        caches["near"].clear()
        began = perf_counter()
        everyone(organisation.pk, today, today)
        whole.append(perf_counter() - began)
        facts, ground = facts_of(organisation.pk), ground_of(organisation.pk)
        began = perf_counter()
        stand_from(facts, ground, today, today)
        reckoning.append(perf_counter() - began)
        changed(organisation.pk, [1])
        began = perf_counter()
        everyone(organisation.pk, today, today)
        part.append(perf_counter() - began)
    yield at_most(
        "status of everyone, from the facts",
        median(whole),
        "s",
        5,
        conditions=f"{where}, nothing remembered; of which reckoning {median(reckoning):.2f} s",
    )
    yield Figure("status of everyone, after one change", median(part), "s", conditions=where)


def _screen(organisation: Organisation, where: str) -> Iterator[Figure]:
    """The screen as HR goes through it: tiles, filters, pages, other days."""
    hr = Person.objects.filter(mandates__organisation=organisation, mandates__kind="hr")[0]
    client, address = signed_in(hr), reverse("certificates:overview")
    type_ = CertificateType.objects.filter(organisation=organisation)[0]
    unit = Employment.objects.filter(organisation=organisation).order_by("pk")[500].unit_id
    asked = [
        "", "?state=expired", "?state=missing&page=7", f"?type={type_.pk}", f"?unit={unit}",
        "?ahead=3", f"?month={timezone.localdate():%Y-%m}", "?must=1&state=expiring",
        "?state=waiting", "?page=400",
    ]  # fmt: skip
    for query in asked:
        client.get(address + query)
    taken = []
    for _round in range(4):
        for query in asked:
            began = perf_counter()
            answer = client.get(address + query)
            taken.append(1000 * (perf_counter() - began))
            if answer.status_code != 200:
                raise RuntimeError(f"{query}: {answer.status_code}")
    queries, size = cost.queries(client, address)
    yield at_most(
        "compliance screen, p95",
        percentile(taken, 0.95),
        "ms",
        300,
        conditions=f"{where}, {len(taken)} views of {len(asked)} sorts, {queries} queries, "
        f"{size / 1024:.0f} KB",
    )
    other = []
    for n in range(10):
        day = timezone.localdate() - timedelta(days=30 * (n + 1))
        began = perf_counter()
        client.get(f"{address}?on={day.isoformat()}")
        other.append(1000 * (perf_counter() - began))
    yield Figure(
        "compliance screen as of a day nobody asked before, median",
        median(other),
        "ms",
        conditions=where,
    )


def _team(organisation: Organisation, where: str) -> Figure:
    """The page of a lead with sixty people."""
    seats = Employment.objects.filter(organisation=organisation).order_by("-pk")
    lead = seats.filter(person__direct_reports=None)[0].person
    team = list(
        seats.filter(person__direct_reports=None)
        .exclude(person=lead)[:TEAM]
        .values_list("pk", flat=True)
    )
    Employment.objects.filter(pk__in=team).update(lead=lead)
    redraw_lines(organisation)
    client, address = signed_in(lead), reverse("certificates:team")
    queries, size = cost.queries(client, address)
    taken = []
    for _run in range(20):
        began = perf_counter()
        client.get(address)
        taken.append(1000 * (perf_counter() - began))
    return at_most(
        f"team page of {TEAM} people",
        median(taken),
        "ms",
        100,
        conditions=f"{where}, median of {len(taken)}, {queries} queries, {size / 1024:.0f} KB",
    )


def _history(organisation: Organisation) -> bytes:
    """A list as an old system gives it: by address, with number and dates of years ago."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerow(["E-mail", "Certificaat", "Nummer", "Behaald op"])
    emails = Person.objects.working_at(organisation).order_by("pk")[:ROWS]
    for n, email in enumerate(emails.values_list("email", flat=True)):
        day = date(2012 + n % 8, n % 12 + 1, n % 28 + 1)
        rows.writerow([email, f"Certificaat {n % 12 + 1}", f"H-{n}", f"{day:%d-%m-%Y}"])
    return out.getvalue().encode()


def _loading(organisation: Organisation) -> Iterator[Figure]:
    content = _history(organisation)
    before = Holding.objects.count()
    taken, looked = [], []
    for _time in range(2):
        began = perf_counter()
        load = receive_load(
            organisation, by=None, name="history.csv", content=content, key=uuid.uuid4()
        )
        prepare_load(load)
        looked.append(perf_counter() - began)
        apply_load(load, digest=load.digest)
        taken.append(perf_counter() - began)
        if Holding.objects.count() != before + ROWS:
            raise RuntimeError(f"{Holding.objects.count() - before} came in instead of {ROWS}")
    yield at_most(
        f"loading of {ROWS:,} certificates, with preview",
        taken[0],
        "s",
        120,
        conditions=f"{connection.vendor}, of which {looked[0]:.1f} s until the preview; once",
    )
    yield at_most(
        "rows changed by the same list again",
        load.counts["new"],
        "rows",
        0,
        conditions=f"{load.counts['known']:,} stood there, {taken[1]:.1f} s",
    )
