"""The start of a module on a phone: a slowed processor, a slow connection, an empty cache.

The profile is the one Lighthouse calls slow 4G, applied by Chromium itself: 150 ms there and back,
1.6 Mbit/s down, 750 kbit/s up, processor four times slower. What is visible is the largest piece of
content (LCP), as the browser reports it.
"""

import os
import shutil
from collections.abc import Iterator
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.urls import reverse

from gezel.content.api import Module, start
from gezel.people.api import Person
from gezel.site.bench.figures import Figure, at_most, skipped
from gezel.site.bench.first import CHROMIUM, PHONE
from gezel.site.bench.serving import Served, served
from gezel.site.bench.sessions import cookie

TIMES = 5
SLOWER = 4
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
LARGEST = """() => new Promise((done) => new PerformanceObserver(
  (list) => done(list.getEntries().at(-1).startTime)
).observe({ type: "largest-contentful-paint", buffered: true }))"""


def measure() -> Iterator[Figure]:
    """The intro, the player and the cards, as Noor's phone loads them for the first time."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield skipped("play: start of a module", "playwright is not installed")
        return
    # Django's guard sees Playwright's event loop in this thread and would refuse the database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    call_command("demo", verbosity=0)
    noor = Person.objects.get(email=settings.DEMO_CAST[0][0])
    organisation = noor.employments.all()[0].organisation
    modules = (
        Module.objects.filter(activity__organisation=organisation, activity__state="open")
        .annotate(steps=Count("blocks"))
        .order_by("-steps", "pk")
    )
    module = modules.filter(attempts__person=noor, attempts__completed_at=None).first()
    module = module or modules[0]
    attempt = start(noor, module, organisation=organisation)
    fresh = modules.exclude(attempts__person=noor).first() or module
    with served(GEZEL_DEMO="1") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        own = cookie(noor)
        for name, path, promised in (
            ("start of a module (player)", reverse("content:play", args=[module.pk]), True),
            ("before the start (intro)", reverse("content:play", args=[fresh.pk]), True),
            ("cards of today", reverse("content:cards"), False),
        ):
            seen = [_load(browser, server, own, path) for _ in range(TIMES)]
            where = (
                f"median of {TIMES}, {SLOWER}× slower processor, 150 ms, 1.6 Mbit/s, empty cache;"
                f" {attempt.module.blocks.count()} blocks in the player"
            )
            visible = median(milliseconds for milliseconds, _ in seen) / 1000
            weight = median(size for _, size in seen) / 1024
            if promised:
                yield at_most(f"play: {name}, content visible", visible, "s", 2, conditions=where)
                yield at_most(f"play: {name}, script and style", weight, "KB", 150)
            else:
                yield Figure(f"play: {name}, content visible", visible, "s", conditions=where)
                yield Figure(f"play: {name}, script and style", weight, "KB")
        browser.close()


def _load(browser: Any, server: Served, own: str, path: str) -> tuple[float, int]:
    """One visit with an empty cache: milliseconds until seen, bytes of script and style."""
    context = browser.new_context(
        base_url=server.address, viewport=PHONE, is_mobile=True, has_touch=True, locale="nl"
    )
    name, _, value = own.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.address}])
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_4G)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    kinds: dict[str, str] = {}
    sizes: list[int] = []
    client.on("Network.responseReceived", lambda e: kinds.__setitem__(e["requestId"], e["type"]))

    def finished(event: dict[str, Any]) -> None:
        if kinds.get(event["requestId"]) in {"Script", "Stylesheet"}:
            sizes.append(int(event["encodedDataLength"]))

    client.on("Network.loadingFinished", finished)
    page.goto(path, wait_until="networkidle")
    visible = float(page.evaluate(LARGEST))
    context.close()
    return visible, sum(sizes)
