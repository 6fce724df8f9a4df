"""Paths: fifty rules held against everyone and against one person, and the completion report."""

import gc
import io
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter, process_time

from django.db import connection, transaction
from django.utils import timezone

from gezel.kit.export import csv_response, write_xlsx
from gezel.kit.statistics import renew_statistics
from gezel.paths.actions import make_path, publish, run_rules, run_rules_for
from gezel.paths.models import Enrolment, Mark, Path, Rule, Version
from gezel.paths.queries import report, report_steps
from gezel.paths.rules import ROOT, Kind, Node
from gezel.paths.rules.conditions import Group, Leaf, written
from gezel.people.api import Employment, Organisation, Unit
from gezel.site.bench.figures import Figure, at_most
from gezel.site.demo.scale import build_holders

PEOPLE = 100_000
RULES = 50
REPORTED = 10_000
STEPS = 20
MOVED = 500


def measure() -> Iterator[Figure]:
    """100,000 people × 50 rules, each on a path of its own; a report of 10,000 people."""
    organisation = build_holders(PEOPLE)
    where = f"{connection.vendor}, {PEOPLE:,} people × {RULES} rules"
    _rules(organisation)
    began = perf_counter()
    put = run_rules(organisation, timezone.localdate())
    first = perf_counter() - began
    renew_statistics(Enrolment, Mark)
    yield Figure(
        "rules of paths, the first time", first, "s",
        conditions=f"{where}, which puts {put:,} people on their paths",
    )  # fmt: skip
    yield from _again(organisation, where)
    yield _one(organisation, where)
    yield from _report(organisation)


def _rules(organisation: Organisation) -> None:
    """Fifty rules of two to four conditions, each of another department, job and time."""
    units = list(Unit.objects.filter(organisation=organisation, depth=3).order_by("path"))
    jobs = list(organisation.jobs.values_list("pk", flat=True))
    for number in range(RULES):
        path = _path(organisation, f"Path {number}")
        tree = Group(
            True,
            (
                Leaf("unit", {"unit": units[number % len(units)].pk, "below": True}),
                Group(
                    False,
                    (
                        Leaf("job", {"job": jobs[number % len(jobs)]}),
                        Leaf("started", {"way": "less", "days": 400 + number}),
                        Leaf("hours", {"way": "least", "hours": 30}),
                    ),
                ),
                Leaf("role", {"which": "any"}, no=True),
            ),
        )
        Rule.objects.create(path=path, condition=written(tree), draft=written(tree), active=True)


def _path(organisation: Organisation, name: str) -> Path:
    steps = tuple(Node(f"s{n}", Kind.TASK, nl=f"Stap {n}", due_days=n) for n in range(STEPS))
    path = make_path(
        organisation, {"name_nl": name}, structure=Node(ROOT, Kind.SEQUENCE, children=steps)
    )
    publish(path, seen=path.revision)
    path.refresh_from_db()
    return path


def _again(organisation: Organisation, where: str) -> Iterator[Figure]:
    """Every night: nearly everyone fits as before, some moved."""
    moved = Employment.objects.filter(organisation=organisation).order_by("pk")[:MOVED]
    other = Unit.objects.filter(organisation=organisation).order_by("-path")[0]
    Employment.objects.filter(pk__in=[e.pk for e in moved]).update(unit=other)
    began = perf_counter()
    put = run_rules(organisation, timezone.localdate())
    yield at_most(
        "rules of paths, held against everyone again",
        perf_counter() - began,
        "s",
        60,
        conditions=f"{where}, {MOVED} people moved, {put} put on a path, the rest stands",
    )


def _one(organisation: Organisation, where: str) -> Figure:
    people = list(
        Employment.objects.filter(organisation=organisation)
        .order_by("-pk")
        .values_list("person_id", flat=True)[:25]
    )
    # As a server that has started: else one of these looks through all that was built here for
    # garbage, which took five times as long as the rules did.
    gc.collect()
    gc.freeze()
    taken = []
    for person in people:
        began = perf_counter()
        with transaction.atomic():
            run_rules_for(organisation, [person], timezone.localdate())
        taken.append(1000 * (perf_counter() - began))
    return at_most(
        "rules of paths, when one person moves",
        median(taken),
        "ms",
        50,
        conditions=f"{where}, median of {len(taken)}, the slowest {max(taken):.0f} ms",
    )


def _report(organisation: Organisation) -> Iterator[Figure]:
    path = _path(organisation, "Reported")
    _walkers(organisation, path)
    there = Enrolment.objects.filter(path=path)
    steps, today = report_steps(path), timezone.localdate()
    header = ["x"] * 13 + [title for _key, title in steps]
    where = f"{connection.vendor}, {REPORTED:,} people × {STEPS} steps, every other step done"
    began = process_time()
    size = sum(
        len(part)
        for part in csv_response("report", header, report(there, organisation, steps, today))
    )
    yield at_most(
        "completion report as CSV, CPU", process_time() - began, "s", 2,
        baseline=49, conditions=f"{where}, {size / 2**20:.1f} MB; Moodle 49 s",
    )  # fmt: skip
    began = perf_counter()
    write_xlsx(io.BytesIO(), header, report(there, organisation, steps, today))
    yield at_most("completion report as XLSX", perf_counter() - began, "s", 5, conditions=where)


def _walkers(organisation: Organisation, path: Path) -> None:
    version, today = Version.objects.get(path=path), timezone.localdate()
    people = (
        Employment.objects.filter(organisation=organisation)
        .order_by("pk")
        .values_list("person_id", flat=True)[:REPORTED]
    )
    Enrolment.objects.bulk_create(
        (
            Enrolment(
                path=path, version=version, person_id=pk, begins_on=today - timedelta(days=30),
                steps_asked=STEPS, steps_settled=STEPS // 2,
            )
            for pk in people
        ),
        batch_size=2_000,
    )  # fmt: skip
    Mark.objects.bulk_create(
        (
            Mark(enrolment_id=pk, step=f"s{n}", what="done", on=today - timedelta(days=n))
            for pk in Enrolment.objects.filter(path=path).values_list("pk", flat=True)
            for n in range(0, STEPS, 2)
        ),
        batch_size=5_000,
    )
    renew_statistics(Enrolment, Mark)
