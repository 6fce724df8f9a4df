"""SCORM where every document is alone: no star, and so no page of ours around a unit."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from gezel.content.actions import bring_package, store
from gezel.content.models import PackageAttempt, UnitState
from gezel.content.origin import first_of_all
from gezel.content.rules.bodies import Words
from gezel.people.api import Organisation, Person

PAGE_12 = """<!doctype html><html lang="en"><head><title>Knots</title><script>
// As in the field: looked for at once, in this window and then in the ones around it.
let api = window.API || parent.API;
api.LMSInitialize("");
const before = api.LMSGetValue("cmi.suspend_data");
function done() {
  api.LMSSetValue("cmi.suspend_data", "three knots");
  api.LMSSetValue("cmi.core.score.raw", "80");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
  api.LMSFinish("");
}
</script></head><body><h1>Knots</h1><button onclick="done()">Done</button></body></html>"""
PAGE_2004 = PAGE_12.replace("window.API || parent.API", "window.API_1484_11 || parent.API_1484_11")
for _old, _new in (
    ("LMSInitialize", "Initialize"),
    ("LMSGetValue", "GetValue"),
    ("LMSSetValue", "SetValue"),
    ("LMSFinish", "Terminate"),
    ('"cmi.core.score.raw", "80"', '"cmi.score.scaled", "0.8"'),
    ('"cmi.core.lesson_status", "passed"', '"cmi.success_status", "passed"'),
    ("api.Terminate", 'api.SetValue("cmi.completion_status", "completed"); api.Terminate'),
):
    PAGE_2004 = PAGE_2004.replace(_old, _new)
MANIFEST = """<manifest identifier="m" xmlns="{ns}" xmlns:adlcp="{adlcp}"><metadata>
<schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Knots</title>
<item identifier="i" identifierref="r"><title>Knots</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:{kind}="sco" href="knots.html">
<file href="knots.html"/></resource></resources></manifest>"""
FORMS = {
    "scorm12": (
        PAGE_12,
        MANIFEST.format(
            ns="http://www.imsproject.org/xsd/imscp_rootv1p1p2",
            adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2",
            version="1.2",
            kind="scormtype",
        ),
    ),
    "scorm2004": (
        PAGE_2004,
        MANIFEST.format(
            ns="http://www.imsglobal.org/xsd/imscp_v1p1",
            adlcp="http://www.adlnet.org/xsd/adlcp_v1p3",
            version="2004 4th Edition",
            kind="scormType",
        ),
    ),
}


@pytest.mark.parametrize(
    ("page", "begins"),
    [
        (b"<!DOCTYPE html><html><HEAD lang='x'><title>", b"<!DOCTYPE html><html><HEAD lang='x'><s"),
        (b"<html lang=nl><body>", b"<html lang=nl><script"),
        (b"<!doctype html>\n<h1>", b"<!doctype html><script"),
        (b"<header>x</header>", b"<script"),
        ("<html>".encode("utf-16"), "<html>".encode("utf-16")),
    ],
)
def test_our_scripts_come_before_anything_of_the_page(page: bytes, begins: bytes) -> None:
    assert first_of_all(page, ["/k/one.js"]).startswith(begins)


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMS)
def test_a_unit_alone_finds_its_run_time_in_its_own_window(  # noqa: PLR0917 # fixtures
    page_of: PageOf,
    van_dijk: Organisation,
    noor: Person,
    femke: Person,
    settings: Settings,
    live_server: Any,
    tmp_path: Path,
    form: str,
) -> None:
    port = live_server.url.rpartition(":")[2]
    settings.BASE_URL = live_server.url
    settings.CONTENT_URL = f"http://127.0.0.1:{port}"
    settings.ALLOWED_HOSTS = ["*"]
    page, manifest = FORMS[form]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest)
        archive.writestr("knots.html", page)
    (tmp_path / "knots.zip").write_bytes(packed.getvalue())
    package = bring_package(
        van_dijk,
        store(tmp_path / "knots.zip"),
        by=femke,
        title=Words(),
        goal=Words(),
        minutes=10,
        state="open",
    )
    phone = page_of(noor, phone=True)
    phone.goto(reverse("content:package", args=[package.pk]))
    phone.locator("main form button").click()
    unit = phone.frame_locator("[data-room] iframe")
    unit.get_by_role("button", name="Done").click()
    phone.wait_for_url(lambda url: "/attempts/" in url or "/packages/" in url)
    expect(phone.locator("[data-state]").or_(phone.locator("h1")).first).to_be_visible()
    for _try in range(50):
        if UnitState.objects.filter(attempt__package=package, passed=True).exists():
            break
        phone.wait_for_timeout(100)
    kept = UnitState.objects.get(attempt__package=package)
    assert (kept.completed, kept.passed, kept.score) == (True, True, 0.8)
    assert "three knots" in str(kept.data)
    assert PackageAttempt.objects.get(package=package).score == 0.8
