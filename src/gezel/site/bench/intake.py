"""What comes in from outside: staff lists, looked through and taken over, and ESCO."""

import csv
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from django.core.management import call_command
from django.db import connection

from gezel.kit.models import Task
from gezel.people.api import (
    Intake,
    Organisation,
    Person,
    apply_staff_list,
    choose_columns,
    found,
    prepare_staff_list,
    receive_staff_list,
)
from gezel.site.bench.figures import Figure, at_most, skipped
from gezel.site.bench.serving import served
from gezel.site.bench.waiting import Bystander

ESCO = Path(__file__).resolve().parents[5] / "shared/data/esco"
TEAM = 12


def staff_list(size: int, *, domain: str) -> bytes:
    """A staff list as HR systems give it: a unit path, a lead by address, dates, hours."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerow(
        [
            "Voornaam",
            "Achternaam",
            "E-mail",
            "Afdeling",
            "Functie",
            "Leidinggevende",
            "Locatie",
            "In dienst",
            "Uren",
        ]
    )
    for n in range(size):
        team, place = divmod(n, TEAM)
        head = team * TEAM
        lead = head if place else team // 20 * 20 * TEAM
        rows.writerow(
            [
                *(f"Voornaam{n % 400}", f"van Achternaam {n}", f"m{n}@{domain}"),
                f"Regio {team // 400 + 1}/Afdeling {team // 20 + 1}/Team {team + 1}",
                f"Functie {team % 20 + 1}",
                f"m{lead}@{domain}" if lead != n else "",
                f"Locatie {team % 8 + 1}",
                f"{n % 28 + 1:02}-{n % 12 + 1:02}-{2010 + n % 15}",
                (24, 32, 36, 40)[n % 4],
            ]
        )
    return out.getvalue().encode()


def brought_in(organisation: Organisation, content: bytes) -> Intake:
    """A list read and looked through, ready to be taken over."""
    intake = receive_staff_list(
        organisation, by=None, name="staff.csv", content=content, key=uuid.uuid4()
    )
    choose_columns(intake, intake.columns, everyone=False)
    prepare_staff_list(intake)
    intake.refresh_from_db()
    return intake


def to_be_taken_over(intake: Intake) -> Task:
    """The work of taking it over, written down; a worker finds it when it looks round."""
    arguments = {"intake": str(intake.pk), "digest": intake.digest, "brake_off": False}
    return Task.objects.create(name="people.take_over", arguments=arguments)


def measure() -> Iterator[Figure]:
    """10,000 people with preview, 100,000 in the background, and ESCO."""
    where = connection.vendor
    looked, taken = [], []
    waits = []
    elsewhere = found("Intake elders", slug="intake-elsewhere")
    for number in range(3):
        organisation = found(f"Intake {number}", slug=f"intake-{number}")
        content = staff_list(10_000, domain=f"intake{number}.example")
        began = perf_counter()
        with Bystander(elsewhere) as other:
            intake = brought_in(organisation, content)
            looked.append(perf_counter() - began)
            apply_staff_list(intake, digest=intake.digest)
        taken.append(perf_counter() - began)
        waits.append(other.longest)
        _must_have(organisation, 10_000)
    yield at_most(
        "another writer waits, during 10,000 people",
        median(waits),
        "s",
        2,
        conditions=f"{where}, the longest of each of three imports",
    )
    yield at_most(
        "import of 10,000 people, with preview",
        median(taken),
        "s",
        30,
        conditions=f"{where}, of which {median(looked):.1f} s until the preview",
    )
    if connection.vendor == "postgresql":
        yield _in_background(100_000)
    yield from _esco()


def _must_have(organisation: Organisation, people: int) -> None:
    counted = Person.objects.working_at(organisation).count()
    if counted != people:
        raise RuntimeError(f"{counted} people came in instead of {people}")


def _in_background(size: int) -> Figure:
    """One list by the worker beside a running server, as HR would have it done."""
    organisation = found("Intake groot", slug="intake-large")
    content = staff_list(size, domain="large.example")
    began = perf_counter()
    task = to_be_taken_over(brought_in(organisation, content))
    seen = set()
    with served():
        while True:
            task.refresh_from_db()
            seen.add(task.done_steps)
            if task.state in {Task.State.DONE, Task.State.FAILED}:
                break
            if perf_counter() - began > 900:
                raise TimeoutError("the import did not end")
            sleep(0.2)
    if task.state == Task.State.FAILED:
        raise RuntimeError(task.message)
    _must_have(organisation, size)
    return at_most(
        f"import of {size:,} people in the background",
        perf_counter() - began,
        "s",
        300,
        conditions=f"{connection.vendor}, once, with preview, {len(seen)} steps of progress seen",
    )


def _esco() -> Iterator[Figure]:
    name = "import of ESCO"
    if not ESCO.exists():
        yield skipped(name, "the ESCO files are not beside the repository (../shared/data/esco)")
        return
    began = perf_counter()
    with Bystander(Organisation.objects.order_by("pk")[0]) as other:
        call_command("import", "esco", str(ESCO), verbosity=0)
    first = perf_counter() - began
    yield at_most(
        "another writer waits, during ESCO",
        other.longest,
        "s",
        2,
        conditions=f"{connection.vendor}, the longest of {len(other.waits)} writes",
    )
    again = []
    for _ in range(2):
        began = perf_counter()
        call_command("import", "esco", str(ESCO), verbosity=0)
        again.append(perf_counter() - began)
    yield at_most(
        name,
        first,
        "s",
        60,
        baseline=median(again),
        conditions=f"{connection.vendor}, the first time, once; baseline: again, nothing changed",
    )
