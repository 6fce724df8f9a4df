"""The first visit: the demo built, the server started, and what a phone loads to see home."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from gezel.people.api import Person
from gezel.site.bench.figures import Figure, at_least, at_most, seconds, skipped
from gezel.site.bench.serving import Served, served
from gezel.site.bench.sessions import cookie
from gezel.site.management.commands.demo import build_demo

ROOT = Path(__file__).resolve().parents[4]
# Installed apart, because it brings two hundred packages that nothing else here needs:
# npm install --no-save --prefix .tools/lighthouse lighthouse
LIGHTHOUSE = ROOT / ".tools/lighthouse/node_modules/.bin/lighthouse"
JUDGED = ("performance", "accessibility", "best-practices")
PHONE = {"width": 390, "height": 844}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def measure() -> Iterator[Figure]:
    """The demo, the start, then Noor's home with an empty cache."""
    yield at_most("demo organisations, built", seconds(_build_and_undo), "s", 20)
    call_command("demo", verbosity=0)
    with served():
        pass  # the first start collects the static files
    starts = []
    for _ in range(5):
        with served() as server:
            starts.append(server.taken)
    yield at_most("process start to first answer", median(starts), "s", 3)
    noor = Person.objects.get(email=settings.DEMO_CAST[0][0])
    with served(GEZEL_DEMO="1") as server:
        yield from _load(server, cookie(noor))
        yield from _lighthouse(server, cookie(noor))


def _build_and_undo() -> None:
    with transaction.atomic():
        build_demo()
        transaction.set_rollback(True)


def _load(server: Served, own: str) -> Iterator[Figure]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield skipped("home, first load", "playwright is not installed")
        return
    loads: list[tuple[float, int]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        for _ in range(3):
            fresh = browser.new_context(base_url=server.address, viewport=PHONE)  # type: ignore[arg-type] # a dict of two whole numbers
            fresh.add_cookies([_as_cookie(own, server)])
            page = fresh.new_page()
            client = fresh.new_cdp_session(page)
            client.send("Network.enable")
            sizes: list[int] = []

            def count(event: dict[str, Any], sizes: list[int] = sizes) -> None:
                sizes.append(int(event["encodedDataLength"]))

            client.on("Network.loadingFinished", count)
            page.goto("/", wait_until="networkidle")
            loads.append((sum(sizes) / 1024, len(sizes)))
            fresh.close()
        browser.close()
    where = "Noor's home on a phone, empty cache, brotli, headers counted"
    yield at_most(
        "home, first load", median(size for size, _ in loads), "KB", 150, conditions=where
    )
    yield at_most(
        "home, first load, requests",
        median(count for _, count in loads),
        "requests",
        12,
        conditions=where,
    )


def _as_cookie(own: str, server: Served) -> Any:
    name, _, value = own.partition("=")
    return {"name": name, "value": value, "url": server.address}


def _lighthouse(server: Served, own: str) -> Iterator[Figure]:
    if not LIGHTHOUSE.exists():
        for name in JUDGED:
            yield skipped(f"Lighthouse {name}, home", "Lighthouse is not in .tools/lighthouse")
        return
    scores: dict[str, list[float]] = {name: [] for name in JUDGED}
    with TemporaryDirectory(prefix="gezel-lighthouse-") as folder:
        headers, out = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps({"Cookie": own}), encoding="utf-8")
        for _ in range(3):
            out.unlink(missing_ok=True)
            subprocess.run(
                [
                    str(LIGHTHOUSE),
                    f"{server.address}/",
                    f"--chrome-flags=--headless {' '.join(CHROMIUM)}",
                    f"--extra-headers={headers}",
                    "--output=json",
                    f"--output-path={out}",
                    "--quiet",
                    f"--only-categories={','.join(JUDGED)}",
                ],
                env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=180,
            )
            if out.exists():
                told = json.loads(out.read_text(encoding="utf-8"))
                for name in JUDGED:
                    scores[name].append(100 * (told["categories"][name]["score"] or 0))
        if kept := os.environ.get("GEZEL_LIGHTHOUSE_REPORT"):
            shutil.copy(out, kept)
    for name in JUDGED:
        if not scores[name]:
            yield skipped(f"Lighthouse {name}, home", "Lighthouse gave no report")
            continue
        where = "Noor's home signed in, phone profile (slow 4G, 4× slower CPU)"
        yield at_least(
            f"Lighthouse {name}, home", median(scores[name]), "points", 95, conditions=where
        )
