"""Pages: queries and CPU per request beside a bare Django page, and p95 with eight at once.

The bare page has a session, a user and fifty rows: what any Django page costs before it does
anything of its own.
"""

import threading
from collections.abc import Iterator
from statistics import median, quantiles
from time import perf_counter, thread_time
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from gezel.people.api import Person
from gezel.site.bench.data import busiest_lead, scale_organisation, someone
from gezel.site.bench.figures import Figure, at_most

PEOPLE = 5_000
RUNS = 25


def bare(request: HttpRequest) -> HttpResponse:
    """The page everything is held against."""
    rows = Person.objects.order_by("pk")[:50]
    page = engines["django"].from_string(
        "<!doctype html><title>Bare</title><p>{{ user.email }}</p><table>{% for p in rows %}"
        "<tr><td>{{ p.first_name }}</td><td>{{ p.last_name }}</td><td>{{ p.email }}</td></tr>"
        "{% endfor %}</table>"
    )
    return HttpResponse(page.render({"rows": rows, "user": request.user}, request))


urlpatterns = [path("bare/", bare), path("", include("gezel.site.urls"))]
handler404 = "gezel.site.views.not_found"


def _cpu(client: Client, url: str) -> float:
    """Median CPU milliseconds of one request, after three that warm the caches."""
    for _ in range(3):
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
    taken = []
    for _ in range(RUNS):
        before = thread_time()
        client.get(url)
        taken.append((thread_time() - before) * 1000)
    return median(taken)


def _p95(people: list[Person], url: str, users: int = 8, each: int = 12) -> float:
    """95th percentile of wall milliseconds with some users asking at once."""
    taken: list[float] = []

    def ask(person: Person) -> None:
        client = Client()
        client.force_login(person)
        client.get(url)
        for _ in range(each):
            before = perf_counter()
            client.get(url)
            taken.append((perf_counter() - before) * 1000)
        connection.close()

    threads = [threading.Thread(target=ask, args=(p,)) for p in people[:users]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return quantiles(taken, n=20)[-1]


def measure() -> Iterator[Figure]:
    """Home, team map, organisation, plan, catalogue at 5,000 people."""
    organisation = scale_organisation(PEOPLE)
    employee, lead, hr = (
        someone(organisation),
        busiest_lead(organisation),
        someone(organisation, mandate="hr"),
    )
    where = f"{PEOPLE} people, {connection.vendor}"
    with override_settings(ROOT_URLCONF="gezel.site.bench.pages", ALLOWED_HOSTS=["*"]):
        base = _cpu(_signed_in(employee), "/bare/")
        yield Figure("bare Django page, CPU", base, "ms", conditions=where)
        pages: list[tuple[str, Person, str]] = [
            ("home (employee)", employee, reverse("home")),
            ("home (lead)", lead, reverse("home")),
            ("home (HR)", hr, reverse("home")),
            ("my skills", employee, reverse("skills:mine")),
            ("need map of the team", lead, reverse("skills:team")),
            ("need map of the organisation", hr, reverse("skills:organisation")),
            ("plan", employee, reverse("plans:mine")),
            ("catalogue search", employee, reverse("catalogue:search") + "?q=veiligheid"),
        ]
        for name, person, url in pages:
            yield from _page(name, person, url, base, where)
        crowd: list[Any] = list(Person.objects.working_at(organisation).order_by("pk")[100:108])
        for name, url in (("home", reverse("home")), ("catalogue search", pages[-1][2])):
            yield at_most(
                f"{name}, p95 with 8 users at once", _p95(crowd, url), "ms", 150, conditions=where
            )


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _page(name: str, person: Person, url: str, base: float, where: str) -> Iterator[Figure]:
    client = _signed_in(person)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    yield at_most(f"{name}, queries", len(queries), "queries", 12, conditions=where)
    cpu = _cpu(client, url)
    yield at_most(f"{name}, CPU", cpu, "ms", 20, baseline=base, conditions=where)
    yield at_most(
        f"{name}, CPU ÷ bare page",
        cpu / base,
        "×",
        2.5,
        conditions=f"{where}, {len(response.content) / 1024:.0f} KB",
    )
