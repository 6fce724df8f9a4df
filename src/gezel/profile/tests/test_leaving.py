"""What someone takes along: all of it, checkable without us, and nothing of others."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import formats, timezone, translation
from pytest_django import Settings

from gezel.connect.models import Message
from gezel.kit.jobs import begin_night, run_waiting
from gezel.people.api import Organisation, Person
from gezel.profile.actions import make_archive, revoke
from gezel.profile.actions.leaving import as_read
from gezel.profile.letters import FIRST_KEY
from gezel.profile.models import SigningKey, Takeout
from gezel.profile.queries import OurOwn, did_document
from gezel.profile.rules import verify
from gezel.profile.rules.bundle import fingerprint
from gezel.profile.rules.verdict import Verdict, check
from gezel.profile.tests.builders import a_credential
from gezel.skills.api import Skill, add_evidence
from gezel.skills.tests.builders import a_skill, an_evidence
from gezel.trust.api import note_event, proof_of
from gezel.trust.models import Event
from gezel.trust.tests.builders import sealed

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


def archive_of(person: Person) -> bytes:
    made = io.BytesIO()
    make_archive(person, made)
    return made.getvalue()


def inside(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one file changed, its list left as it was."""
    made = io.BytesIO()
    with inside(data) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            content = old.read(one)
            new.writestr(one, change(content) if one == name else content)
    return made.getvalue()


def verdict(data: bytes, folder: Path, *, keys: dict[str, object] | None = None) -> tuple[str, str]:
    path = folder / "archive.zip"
    path.write_bytes(data)
    known = verify.Keys()
    if keys:
        known.add(keys, trusted=True)
    found, lines = verify.check_archive(path, known, timezone.now())
    return found, "\n".join(lines)


def noted(person: Person, skill: Skill, *, by: Person, note: str) -> None:
    add_evidence(person, skill, kind="lead", level=3, on=timezone.localdate(), by=by, note=note)


@pytest.fixture
def takes_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_the_verifier_says_valid_only_with_the_issuers_own_keys(
    noor: Person, femke: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    a_credential(noor, van_dijk, by=femke)
    data = archive_of(noor)

    alone, told = verdict(data, tmp_path)
    assert alone == verify.UNKNOWN
    assert "whose key that is was not given" in told
    assert "/did/van-dijk/did.json" in told
    proved, told = verdict(data, tmp_path, keys=did_document(van_dijk))
    assert proved == verify.VALID, told
    assert f"not withdrawn as of {timezone.now().date()}" in told


@pytest.mark.parametrize(
    "name", ["profile.json", "index.html", "statements.jsonl", "credentials/", "manifest.json"]
)
def test_what_is_changed_anywhere_is_seen(
    noor: Person, femke: Person, van_dijk: Organisation, tmp_path: Path, name: str
) -> None:
    a_credential(noor, van_dijk, by=femke)
    data = archive_of(noor)
    name = next(n for n in inside(data).namelist() if n.startswith(name))
    if name == "manifest.json":
        other = changed(data, name, lambda c: c.replace(b"Noor", b"Sam "))
    else:
        other = changed(data, name, lambda c: c + b" ")

    found, told = verdict(other, tmp_path, keys=did_document(van_dijk))
    assert found == verify.INVALID, told


def test_the_verifier_checks_the_place_in_the_log_by_itself(
    noor: Person, femke: Person, van_dijk: Organisation, de_linde: Organisation
) -> None:
    one = a_credential(noor, van_dijk, by=femke)
    assert not [name for name in inside(archive_of(noor)).namelist() if name.startswith("log/")]
    sealed(van_dijk)
    note_event(
        de_linde.pk,
        "credential.issued",
        subject=one.document["id"],
        document=fingerprint(one.document),
    )
    sealed(de_linde)
    with inside(archive_of(noor)) as found:
        proof = json.loads(found.read(f"log/{one.pk}.json"))
    keys = verify.Keys()
    keys.add(did_document(van_dijk), trusted=True)

    def said(told: object, document: dict[str, object] = one.document) -> tuple[str, str]:
        return verify.check_log(document, told, keys)

    verdict, reason = said(proof)
    assert verdict == verify.VALID
    assert f"written in the log on {timezone.now().date()}" in reason
    other = Event.objects.get(organisation=de_linde, kind="credential.issued")
    assert said(proof_of(other)) == (verify.INVALID, "it stands in a log that is not its issuer's")
    assert "another credential" in said(proof, {**one.document, "name": "More"})[1]
    broken: tuple[object, ...] = (
        {**proof, "place": proof["place"] + 1},
        {**proof, "salt": "00" * 32},
        {**proof, "proof": [*proof["proof"], "00" * 32]},
        {**proof, "event": {**proof["event"], "what": "More"}},
        {**proof, "checkpoint": proof["checkpoint"].replace("\n1\n", "\n2\n")},
        {**proof, "checkpoint": proof["checkpoint"].partition("\n\n")[0] + "\n\n"},
        {**proof, "log": proof_of(other)["log"]},  # type: ignore[index]
        None,
        {},
        "text",
    )
    for told in broken:
        if told != proof:
            assert "is not proved" in said(told)[1], told


def test_a_withdrawn_credential_is_told_as_such_and_the_archive_still_holds(
    noor: Person, femke: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    stands = a_credential(noor, van_dijk, by=femke)
    gone = a_credential(noor, van_dijk, by=femke, name_nl="Weg", name_en="Gone")
    revoke(gone, reason="By mistake.", by=femke)
    data = archive_of(noor)
    names = inside(data).namelist()
    assert f"credentials-jcs/{stands.pk}.json" in names
    assert f"credentials-jcs/{gone.pk}.json" not in names, "what was withdrawn is not signed anew"
    assert f"credentials-jwt/{gone.pk}.jwt" not in names
    for document in stands.documents:
        stem = document["id"].removeprefix("urn:uuid:")
        token = inside(data).read(f"credentials-jwt/{stem}.jwt")
        finding = check(token, now=timezone.now(), sources=OurOwn())
        assert (finding.verdict, finding.credential["id"]) == (Verdict.VALID, document["id"])

    found, told = verdict(data, tmp_path, keys=did_document(van_dijk))
    assert found == verify.VALID, told
    assert "withdrawn by who issued it" in told


def test_the_page_opens_from_disk_and_runs_nothing(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    noted(noor, a_skill(), by=daan, note="<script>alert(1)</script>")
    page = inside(archive_of(noor)).read("index.html").decode()

    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert not re.search(r"""(src|href|url\()\s*=?\s*["']?(https?:)?//""", page)


def test_the_page_is_in_the_language_of_the_person(noor: Person) -> None:
    noor.language = "nl"
    noor.save(update_fields=["language"])

    assert '<html lang="nl">' in inside(archive_of(noor)).read("index.html").decode()


def test_a_table_holds_no_formula(noor: Person, daan: Person) -> None:
    noted(noor, a_skill(), by=daan, note="=cmd|' /C calc'!A0")
    table = inside(archive_of(noor)).read("tables/skills.Evidence.csv").decode("utf-8-sig")

    assert "'=cmd" in table
    assert ",=cmd" not in table


def test_others_are_named_and_no_more(noor: Person, daan: Person, femke: Person) -> None:
    an_evidence(noor, a_skill("one"), level=3, kind="lead", by=daan)
    noted(daan, a_skill("two"), by=femke, note="canary of Daan")
    with inside(archive_of(noor)) as found:
        whole = b"".join(found.read(name) for name in found.namelist()).decode("utf-8", "replace")
        facts = json.loads(found.read("profile.json"))["facts"]

    assert "canary of Daan" not in whole
    assert daan.email not in whole
    given = [f["fields"]["given_by"] for f in facts if f["table"] == "skills.Evidence"]
    assert given == [{"name": daan.name}]


def test_secrets_stay_behind(noor: Person) -> None:
    noor.set_password("canary-of-a-password")
    noor.save(update_fields=["password"])
    facts = json.loads(inside(archive_of(noor)).read("profile.json"))["facts"]

    me = next(f for f in facts if f["table"] == "people.Person")
    assert "password" not in me["fields"]
    assert noor.password not in json.dumps(facts)


def test_it_is_made_in_the_background_fetched_and_gone_after_a_week(
    noor: Person, sam: Person, visit: Visit, takes_files: None
) -> None:
    me = visit(noor)
    for _twice in range(2):
        me.post(reverse("profile:take_along"))
    takeout = Takeout.objects.get()
    assert me.get(reverse("profile:takeout", args=[takeout.pk])).status_code == 404
    run_waiting()

    page = me.get(reverse("profile:leaving"))
    assert reverse("profile:takeout", args=[takeout.pk]).encode() in page.content
    answer = me.get(reverse("profile:takeout", args=[takeout.pk]))
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "profile.json" in inside(data).namelist()
    assert visit(sam).get(reverse("profile:takeout", args=[takeout.pk])).status_code == 404

    Takeout.objects.update(asked_at=timezone.now() - timedelta(days=8))
    name = Takeout.objects.get().file.name or ""
    begin_night(timezone.localtime().replace(hour=3, minute=0))
    while run_waiting():
        pass
    assert not Takeout.objects.exists()
    assert not default_storage.exists(name)


def test_an_employer_that_never_issued_anything_signs_what_goes_along(
    noor: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    assert not SigningKey.objects.filter(organisation=van_dijk).exists()

    data = archive_of(noor)

    key = SigningKey.objects.get(organisation=van_dijk)
    assert key.retired_at is None
    assert verdict(data, tmp_path, keys=did_document(van_dijk))[0] == verify.VALID


def test_who_never_worked_anywhere_is_told_that_nobody_signed(
    noor: Person, visit: Callable[[Person], Client]
) -> None:
    noor.employments.all().delete()
    data = archive_of(noor)

    assert "Nobody signed this archive" in inside(data).read("index.html").decode()
    file = SimpleUploadedFile("archive.zip", data, "application/zip")
    page = visit(noor).post(reverse("profile:arriving"), {"file": file}, follow=True)
    shown = page.content.decode()
    assert "Nobody signed it." in shown
    assert "Who signed it could not be asked" not in shown
    today = timezone.localdate()
    assert f"An archive of {formats.date_format(today)} that says" in shown
    assert today.isoformat() not in shown.split("says to come from")[0]


def test_the_page_of_the_archive_speaks_words_and_days_in_the_language_it_was_asked_in(
    noor: Person,
) -> None:
    noor.language = ""
    made = io.BytesIO()
    make_archive(noor, made, language="nl")

    page = inside(made.getvalue()).read("index.html").decode()

    assert '<html lang="nl">' in page
    assert "first_name" not in page
    assert ">Voornaam</th>" in page
    with translation.override("nl"):
        assert f"<bdi>{as_read(noor.created_at.isoformat())}</bdi>" in page
    assert "<bdi>ja</bdi>" in page
    # A program reads the table beside it, so that keeps the names that programs know.
    assert b"first_name" in inside(made.getvalue()).read("tables/people.Person.csv")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"),
        (None, ""),
        ("2026-03-04", "4 March 2026"),
        ("2026-03-04T09:05:00+00:00", "4 March 2026, 10:05"),
        ("2026-13-40", "2026-13-40"),
        ("2026-13-40T09:05:00Z", "2026-13-40T09:05:00Z"),
        ("in 2026-03-04", "in 2026-03-04"),
        ({"id": "3", "name": "Welding"}, "Welding"),
    ],
)
def test_a_value_is_said_as_people_write_it(value: object, said: str) -> None:
    assert as_read(value) == said


def test_what_counts_here_already_is_one_line_each_and_asks_nothing(
    noor: Person, visit: Callable[[Person], Client]
) -> None:
    an_evidence(noor, a_skill("Plannen"), level=2, kind="lead")
    file = SimpleUploadedFile("archive.zip", archive_of(noor), "application/zip")

    page = visit(noor).post(reverse("profile:arriving"), {"file": file}, follow=True)

    shown = page.content.decode()
    assert "1 skill of which you have evidence here already" in shown
    assert "<h2><bdi>Plannen</bdi></h2>" not in shown


def test_hr_hears_that_a_first_key_was_made_once_and_not_by_whom(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation
) -> None:
    for person in (noor, daan):
        archive_of(person)

    letter = FIRST_KEY.write(Message.objects.get(person=femke, kind="profile.first_key"))
    assert letter is not None
    assert letter.path == reverse("profile:keys")
    assert noor.last_name not in " ".join([letter.subject, *letter.lines])
    assert not Message.objects.filter(kind="profile.first_key").exclude(person=femke).exists()


def test_oneself_is_called_so_in_the_language_of_the_page(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    noted(noor, a_skill(), by=daan, note="me")
    page = inside(archive_of(noor)).read("index.html").decode()
    assert "<bdi>me</bdi>" in page
    noor.language = "nl"
    noor.save(update_fields=["language"])
    data = inside(archive_of(noor))

    page = data.read("index.html").decode()
    assert "<bdi>ik</bdi>" in page
    assert "<bdi>me</bdi>" in page, "what someone wrote stays as they wrote it"
    assert '"person": "me"' in data.read("profile.json").decode(), "and the data are for programs"
