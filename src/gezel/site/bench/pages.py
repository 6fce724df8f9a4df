"""Pages: queries and CPU per request beside a bare Django page, and p95 with eight at once.

The bare page (`bench/bare.py`) has a session, a user and fifty rows: what any Django page costs
before it does anything of its own. It is Django's, not ours: nothing of our stack stands before it.
"""

import gc
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from time import perf_counter

from django.db import connection
from django.test.utils import override_settings
from django.urls import reverse

from gezel.people.api import Person
from gezel.site.bench import bare, cost
from gezel.site.bench.data import busiest_lead, scale_organisation, someone
from gezel.site.bench.figures import Figure, at_most, percentile
from gezel.site.bench.serving import served
from gezel.site.bench.sessions import cookie, signed_in

PEOPLE = 5_000
USERS = 8


def measure() -> Iterator[Figure]:
    """Home, team map, organisation, plan, catalogue at 5,000 people."""
    organisation = scale_organisation(PEOPLE)
    employee, lead, hr = (
        someone(organisation),
        busiest_lead(organisation),
        someone(organisation, mandate="hr"),
    )
    # As `gezel serve` does with what it begins with: else Python's collector goes through all that
    # making the data left behind, in the middle of what is measured.
    gc.collect()
    gc.freeze()
    where = f"{PEOPLE} people, {connection.vendor}"
    pages: list[tuple[str, Person, str]] = [
        ("home (employee)", employee, reverse("home")),
        ("home (lead)", lead, reverse("home")),
        ("home (HR)", hr, reverse("home")),
        ("my skills", employee, reverse("skills:mine")),
        ("need map of a team", lead, reverse("skills:team")),
        ("need map of the organisation", hr, reverse("skills:organisation")),
        ("plan", employee, reverse("plans:mine")),
        ("catalogue search", employee, reverse("catalogue:search") + "?q=veiligheid"),
    ]
    with override_settings(ALLOWED_HOSTS=["*"]):
        with bare.stock_django():
            bare_page = cost.cpu_ms(signed_in(employee), bare.PAGE)
            asked, size = cost.queries(signed_in(employee), bare.PAGE)
        told = f"{where}, {asked} queries, {size / 1024:.0f} KB"
        yield Figure("bare Django page, CPU", bare_page, "ms", conditions=told)
        bare_one = bare.KeptAside(employee)
        for name, person, url in pages:
            yield from _page(name, person, url, bare_one, where)
    crowd = list(Person.objects.working_at(organisation).order_by("pk")[100 : 100 + USERS])
    with served() as server:
        for name, url in (("home", reverse("home")), ("catalogue search", pages[-1][2])):
            taken = [_p95(server.port, crowd, url) for _ in range(3)]
            yield at_most(
                f"{name}, p95 with {USERS} users at once",
                percentile(taken, 0.5),
                "ms",
                150,
                conditions=f"{where}, gezel serve, each asks on without a pause",
            )


def _page(
    name: str, person: Person, url: str, bare_one: bare.KeptAside, where: str
) -> Iterator[Figure]:
    client = signed_in(person)
    asked, size = cost.queries(client, url)
    yield at_most(f"{name}, queries", asked, "queries", 12, conditions=where)
    cpu = cost.beside(bare_one, client, url)
    yield at_most(f"{name}, CPU", cpu.ms, "ms", 20, baseline=cpu.base, conditions=where)
    yield at_most(
        f"{name}, CPU ÷ bare page",
        cpu.times,
        "×",
        2.5,
        baseline=1,
        conditions=f"{where}, {size / 1024:.0f} KB",
    )


def _p95(port: int, people: list[Person], url: str, each: int = 15) -> float:
    """95th percentile of the milliseconds each of these people waits, all asking at once."""
    taken: list[float] = []
    problems: list[str] = []
    cookies = [cookie(person) for person in people]
    ready = threading.Barrier(len(people))

    def ask(own: str) -> None:
        kept = HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Host": f"localhost:{port}", "Cookie": own}
        for turn in range(each + 2):
            if turn == 2:  # the first two warm up
                ready.wait()
            began = perf_counter()
            kept.request("GET", url, headers=headers)
            response = kept.getresponse()
            response.read()
            if response.status != 200:
                problems.append(f"{url} answered {response.status}")
            if turn >= 2:
                taken.append((perf_counter() - began) * 1000)
        kept.close()

    threads = [threading.Thread(target=ask, args=(own,)) for own in cookies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise RuntimeError(problems[0])
    return percentile(taken, 0.95)
