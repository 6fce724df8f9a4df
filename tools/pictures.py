"""Take the pictures of `docs/pictures.md` anew, from a running demo.

    ./gezel run --port 8000
    .venv/bin/python tools/pictures.py http://localhost:8000 [NAME ...]

The demo tells the same story each time, so a picture differs from the one before where the
product does, and by its dates.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image  # noqa: TID251 - read when pictures are taken, not when Gezel starts
from playwright.sync_api import Browser, Page, ViewportSize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402 - it is found by the line above

FOLDER = ROOT / "docs" / "pictures"
DESK: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
HIGHEST = 1500  # of a desk: what a reader of the docs looks at without scrolling far


@dataclass(frozen=True)
class Picture:
    """One picture: of which page, for whom, how looked at.

    `follow` are selectors of links to go by from there, `press` the names of buttons pressed then.
    """

    name: str
    who: str
    address: str
    phone: bool = False
    dark: bool = False
    follow: tuple[str, ...] = ()
    press: tuple[str, ...] = ()


NOOR, DAAN, FEMKE = "Noor", "Daan", "Femke"
PICTURES = (
    Picture("home-employee", NOOR, "/"),
    Picture("home-employee-phone", NOOR, "/", phone=True, dark=True),
    Picture("home-lead", DAAN, "/"),
    Picture("home-hr", FEMKE, "/"),
    Picture(
        "ledger",
        NOOR,
        "/skills/mine/",
        follow=("main .bars a:has-text('Working safely on high voltage')",),
    ),
    Picture("three-plans", NOOR, "/plan/make/", press=("Make three plans",)),
    Picture("ahead-phone", NOOR, "/skills/mine/ahead/", phone=True),
    Picture("near-phone", NOOR, "/skills/near/", phone=True),
    Picture("ahead-team", DAAN, "/skills/team/ahead/"),
    Picture("ahead-organisation", FEMKE, "/skills/organisation/ahead/"),
    Picture("team", DAAN, "/skills/team/"),
    Picture("organisation", FEMKE, "/skills/organisation/"),
    Picture(
        "role-profile",
        FEMKE,
        "/skills/roles/",
        follow=("main a[href^='/skills/roles/']:has-text('Car mechanic')",),
    ),
    Picture("catalogue-phone", NOOR, "/learn/", phone=True),
    Picture("plan-goal", NOOR, "/", follow=("main a:has-text('Goal: EV technician')",)),
    Picture("who-sees-what-phone", NOOR, "/trust/", phone=True),
    # The last one, as it begins a module and so changes what Start tells.
    Picture(
        "player-phone",
        NOOR,
        "/",
        phone=True,
        follow=("main a:has-text('Start')",),
        press=("Start", "Next", "Next", "Next"),
    ),
)


def main(arguments: list[str]) -> int:
    base, *names = arguments
    with chromium() as browser:
        for picture in PICTURES:
            if not names or picture.name in names:
                take(browser, base.rstrip("/"), picture)
                print(picture.name, flush=True)
    return 0


def take(browser: Browser, base: str, picture: Picture) -> None:
    """Go there as they would, and keep what is seen."""
    context = browser.new_context(
        base_url=base,
        viewport=PHONE if picture.phone else DESK,
        device_scale_factor=2 if picture.phone else 1,
        is_mobile=picture.phone,
        has_touch=picture.phone,
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        locale="en",
        service_workers="block",
    )
    page = context.new_page()
    page.goto("/")
    page.locator(".cast-list button", has_text=picture.who).first.click()
    page.goto(picture.address)
    for way in picture.follow:
        page.goto(page.locator(way).first.get_attribute("href") or "/")
    for button in picture.press:
        page.get_by_role("button", name=button).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_load_state("networkidle")
    keep(page, FOLDER / f"{picture.name}.png", whole=not picture.phone)
    context.close()


def keep(page: Page, file: Path, *, whole: bool) -> None:
    """As a picture of 256 colours: a third of the size, and nobody sees it on these pages."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    if whole:
        picture = picture.crop((0, 0, picture.width, min(picture.height, HIGHEST)))
    picture.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
