"""What a person has erased is gone everywhere, and stays gone."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from tests.full_house import furnish

from gezel.assessment.models import DossierPiece
from gezel.assessment.tests import dossiers as evc
from gezel.certificates.models import CertificateType, Holding, TypeTerms
from gezel.certificates.tests import builders as certificates
from gezel.content.actions.files import keep_file
from gezel.content.actions.receiving import begin_upload
from gezel.content.models import Media
from gezel.content.tests.builders import PRACTICAL, a_module
from gezel.content.tests.test_together import a_proof
from gezel.kit.jobs import Outcome, Progress, engine, enqueue, job, run_waiting
from gezel.people.api import Employment, Organisation, Person, end_employment
from gezel.skills.models import Evidence
from gezel.skills.tests import builders as skills
from gezel.trust import actions, queries, tombstones
from gezel.trust.declarations import declared
from gezel.trust.models import Erasure, LegalRecord, Objection, Reading, Tombstone
from gezel.trust.queries.erasure import owning_paths

Visit = Callable[[Person], Client]


def leaves(person: Person) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    end_employment(Employment.objects.get(person=person), last_day=yesterday)


def erased(person: Person) -> None:
    """As someone does it: look, confirm, and the job."""
    client = Client()
    client.force_login(person)
    plan = queries.plan_for(person)
    answer = client.post(
        "/trust/erase/", {"seen": plan.digest, "key": str(uuid.uuid4()), "sure": "on"}
    )
    assert answer["Location"].startswith("/trust/erased/")
    while run_waiting():
        pass


def all_rows() -> Iterator[tuple[str, str]]:
    """Every row of every table, also those no model speaks of, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # names from the database
            for row in cursor.fetchall():
                yield table, " ".join(map(_as_text, row))


def _as_text(cell: object) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    return str(cell)


def plant(person: Person) -> list[str]:
    """A canary in every text field of everything that is someone's own."""
    planted: list[str] = []
    for declaration in queries.declared_about_people():
        for path in owning_paths(declaration):
            rows: Any = models.QuerySet(declaration.model).filter(**{path: person.pk})
            if declaration.kind == "records.Statement" or not rows.exists():
                continue
            for field in declaration.model._meta.concrete_fields:
                free = type(field) in {models.CharField, models.TextField}
                # With a password there is something to confirm with; here there is not.
                free &= field.name != "password"
                if not free or field.choices or field.unique or (field.max_length or 99) < 40:
                    continue
                canary = f"canary-{len(planted)}-{uuid.uuid4().hex[:12]}"
                with suppress(IntegrityError), transaction.atomic():
                    rows.update(**{field.name: canary})
                    planted.append(canary)
    return planted


def where(canaries: list[str], media: Path) -> set[str]:
    """Where a canary is still found."""
    found = {table for table, text in all_rows() if any(c in text for c in canaries)}
    for file in media.rglob("*"):
        if file.is_file() and any(c.encode() in file.read_bytes() for c in canaries):
            found.add(file.name)
    near = str(getattr(caches["near"], "_cache", ""))
    return found | ({"near"} if any(c in near for c in canaries) else set())


def test_twenty_canaries_and_none_sings_afterwards(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    furnish(van_dijk, noor, daan, femke)
    holding = Holding.objects.filter(person=noor)[0]
    file = Path(settings.MEDIA_ROOT) / "certificates" / "scan.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF canary-in-a-file")
    Holding.objects.filter(pk=holding.pk).update(file="certificates/scan.pdf")
    a_file_in_a_dossier(noor, van_dijk, b"canary-in-a-piece")
    half = begin_upload(noor, van_dijk, purpose="file", name="half.pdf", length=99)
    half.path.write_bytes(b"canary-in-half-a-file")
    in_files = ["canary-in-a-file", "canary-in-a-piece", "canary-in-half-a-file"]
    canaries = [*plant(noor), *in_files, noor.email]
    assert len(canaries) > 20
    for each in in_files:
        assert where([each], Path(settings.MEDIA_ROOT)), each
    backup = _all_there_is()
    shutil.copytree(settings.MEDIA_ROOT, tmp_path / "backup")
    leaves(noor)
    # Committed in a test only when asked: that is when files go.
    with caplog.at_level("DEBUG"), django_capture_on_commit_callbacks(execute=True):
        erased(noor)

    assert where(canaries, Path(settings.MEDIA_ROOT)) == set()
    assert not [c for c in canaries if c in caplog.text]
    assert not Person.objects.filter(pk=noor.pk).exists()
    assert Person.objects.filter(pk__in=[daan.pk, femke.pk]).count() == 2

    _put_back(backup)
    shutil.copytree(tmp_path / "backup", settings.MEDIA_ROOT, dirs_exist_ok=True)
    assert Person.objects.filter(pk=noor.pk).exists()
    for each in in_files:
        assert where([each], Path(settings.MEDIA_ROOT)), each
    assert actions.something_came_back()
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase_again() == 1
    assert where(canaries, Path(settings.MEDIA_ROOT)) == set()
    assert not actions.something_came_back()


@pytest.mark.django_db(transaction=True)
def test_no_canary_is_left_in_a_copy_of_the_file_nor_in_the_queue(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    settings: Settings,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Whoever copies the database, its log and the queue byte for byte, as a stolen disk would."""
    if connection.vendor != "sqlite":
        pytest.skip("what PostgreSQL leaves in its pages is for its own VACUUM")
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR, settings.TESTING = tmp_path, False  # so that the queue of use is told
    engine.cache_clear()
    request.addfinalizer(engine.cache_clear)
    furnish(van_dijk, noor, daan, femke)
    canaries = [*plant(noor), noor.email, "canary-of-a-job"]
    enqueue(told_to_the_queue, by=noor, words="canary-of-a-job")
    assert len(canaries) > 20
    # Written over and over, moved from page to page, taken out and put back: copies of what once
    # stood there are what deleting forgets.
    for _ in range(3):
        grown = Evidence.objects.filter(person=noor)
        for note in ("x" * 400, canaries[0] + "y" * 380, "z"):
            grown.update(note=note)
    leaves(noor)
    before = on_disk(tmp_path)
    assert len([c for c in canaries if c.encode() in before]) > 20

    erased(noor)

    after = on_disk(tmp_path)
    assert [c for c in canaries if c.encode() in after] == []


@job(title="A job of a test that is told something about someone")
def told_to_the_queue(progress: Progress, *, words: str) -> Outcome:
    return Outcome(words)


def on_disk(folder: Path) -> bytes:
    """Every byte of the database, of its log, and of the queue."""
    database = Path(connection.settings_dict["NAME"])
    found = [*database.parent.glob(f"{database.name}*"), *folder.glob("jobs.sqlite3*")]
    assert {file.name for file in found} >= {database.name, "jobs.sqlite3"}
    return b"".join(file.read_bytes() for file in found)


def a_file_in_a_dossier(person: Person, organisation: Organisation, words: bytes) -> DossierPiece:
    """A piece of an EVC dossier that shows a file with these words in it."""
    dossier = evc.a_dossier(person, evc.a_standard(organisation), evc.a_cast(organisation))
    piece = evc.a_piece(dossier)
    piece.media = keep_file(organisation, BytesIO(b"%PDF-1.4 " + words), name="work.pdf")
    piece.save()
    return piece


def test_a_file_that_two_dossiers_show_goes_with_the_last_of_them(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Someone who still works throws the dossier away; the same file is another's evidence too."""
    settings.MEDIA_ROOT = tmp_path
    mine, other = (a_file_in_a_dossier(p, van_dijk, b"the same work") for p in (noor, daan))
    assert mine.media == other.media
    assert mine.media is not None
    file = Path(mine.media.file.path)
    dossiers = declared("assessment.Dossier")
    assert dossiers is not None

    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_kind(noor, dossiers)
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_kind(daan, dossiers)

    assert not file.exists()
    assert not DossierPiece.objects.exists()


def test_a_photo_of_work_goes_with_its_proof_also_when_that_alone_is_erased(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    module = a_module(
        van_dijk, [PRACTICAL], teaches={skills.a_skill("Lockout", organisation=van_dijk): 3}
    )
    proof = a_proof(module, noor, daan)
    file = Path(proof.media.file.path)
    proofs = declared("content.Proof")
    assert proofs is not None
    assert file.exists()

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase_kind(noor, proofs) == 1

    assert not file.exists()
    assert not Media.objects.filter(pk=proof.media_id).exists()


def _all_there_is() -> dict[str, list[tuple[Any, ...]]]:
    tables = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            names = ", ".join(f'"{name}"' for name in _columns(cursor, table))
            cursor.execute(f'SELECT {names} FROM "{table}"')  # names of our own
            tables[f'"{table}" ({names})'] = cursor.fetchall()
    return tables


def _columns(cursor: Any, table: str) -> list[str]:
    """Those that a backup puts back: what PostgreSQL computes of others it computes again."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM pragma_table_info(%s)", [table])
    else:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
    return [name for (name,) in cursor.fetchall()]


def _put_back(tables: dict[str, list[tuple[Any, ...]]]) -> None:
    """Yesterday's backup, over what there is; it knows of no erasure."""
    Tombstone.objects.all().delete()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table, rows in tables.items():
            for row in rows:
                marks = ", ".join(["%s"] * len(row))
                cursor.execute(
                    f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO NOTHING",
                    row,
                )


def test_while_working_only_what_is_ones_own_goes(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    furnish(van_dijk, noor, daan, femke)
    plan = queries.plan_for(noor)
    goes = {line.declaration.kind for line in plan.goes}
    assert not plan.everything
    assert "content.DeckCard" in goes
    assert "people.Employment" in {line.declaration.kind for line in plan.stays}
    assert "skills.Evidence" in {line.declaration.kind for line in plan.objectable}

    erased(noor)

    after = queries.plan_for(noor)
    # That something was erased is itself kept, and so is the sign-in.
    assert {line.declaration.kind for line in after.goes} <= {"connect.Message"}
    assert Evidence.objects.filter(person=noor).exists()
    assert Person.objects.filter(pk=noor.pk).exists()
    assert Erasure.objects.filter(person=noor, done_at__isnull=False).exists()


def test_what_was_not_seen_does_not_go(noor: Person, visit: Visit) -> None:
    client = visit(noor)
    form = {"seen": "0" * 64, "key": str(uuid.uuid4()), "sure": "on"}
    assert client.post("/trust/erase/", form).status_code == 302
    assert not Erasure.objects.exists()
    form["seen"] = queries.plan_for(noor).digest
    assert client.post("/trust/erase/", form | {"sure": ""}).status_code == 422
    assert not Erasure.objects.exists()


def test_nobody_confirms_with_the_key_of_another(noor: Person, daan: Person) -> None:
    asked = Erasure.objects.create(person=noor)
    with pytest.raises(actions.PlanChanged):
        actions.ask_erasure(daan, seen=queries.plan_for(daan).digest, key=asked.pk)


def test_who_comes_back_to_work_before_the_job_keeps_the_account(
    van_dijk: Organisation, noor: Person
) -> None:
    leaves(noor)
    asked = actions.ask_erasure(noor, seen=queries.plan_for(noor).digest, key=uuid.uuid4())
    assert asked.everything
    Employment.objects.filter(person=noor).update(ends_on=None)

    actions.carry_out(Erasure.objects.get(pk=asked.pk))

    assert Person.objects.filter(pk=noor.pk).exists()


def test_that_someone_looked_stays_without_the_name(
    noor: Person, daan: Person, visit: Visit
) -> None:
    actions.note_reading(reader_pk=daan.pk, about=[noor.pk], matter="skills", purpose="lead")
    leaves(daan)
    erased(daan)

    assert Reading.objects.get().reader is None
    assert "Someone whose account is erased" in visit(noor).get("/trust/looked/").content.decode()


def test_a_correction_stands_in_no_way(van_dijk: Organisation, noor: Person, daan: Person) -> None:
    first = skills.an_evidence(noor, skills.a_skill(), level=2, kind="lead", by=daan)
    Evidence.objects.create(
        person=noor, skill=first.skill, kind=first.kind, level=3, given_by=daan,
        observed_on=first.observed_on, corrects=first, organisation=first.organisation,
    )  # fmt: skip
    leaves(noor)
    erased(noor)

    assert not Evidence.objects.exists()


def test_the_law_keeps_the_least_until_its_day(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    kind: CertificateType = certificates.a_type(van_dijk)
    holding = certificates.a_holding(noor, kind)
    assert holding.terms_id
    TypeTerms.objects.filter(pk=holding.terms_id).update(
        basis="law", source_nl="Arbobesluit, artikel 3.5", source_en="Working Conditions Decree"
    )
    Holding.objects.filter(pk=holding.pk).update(state="confirmed")
    leaves(noor)
    kept = queries.plan_for(noor).kept_by_law
    assert [fact.basis for fact in kept] == ["Working Conditions Decree"]

    erased(noor)

    record = LegalRecord.objects.get()
    assert (record.name, record.organisation) == (noor.name, van_dijk)
    page = visit(femke).get("/trust/organisation/objections/").content.decode()
    assert "Working Conditions Decree" in page
    LegalRecord.objects.update(until_on=timezone.localdate() - timedelta(days=1))
    assert actions.forget_legal_records() == 1


class TestObjections:
    def test_a_human_answers_and_the_person_reads_it(
        self, van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
    ) -> None:
        skills.an_evidence(noor, skills.a_skill(), level=2, kind="lead", by=daan)
        mine = visit(noor)
        assert mine.post("/trust/object/skills.Evidence/", {"reason": ""}).status_code == 422
        for reason in ("Too old.", "Far too old."):
            sent = mine.post("/trust/object/skills.Evidence/", {"reason": reason})
            assert sent.status_code == 302
        objection = Objection.objects.get()
        answer = f"/trust/organisation/objections/{objection.pk}/"
        assert visit(daan).get(answer).status_code == 404
        told = visit(femke).post(answer, {"state": "upheld", "answer": "You are right."})
        assert told.status_code == 302
        while run_waiting():
            pass

        assert not Evidence.objects.filter(person=noor).exists()
        assert "You are right." in mine.get("/trust/mine/").content.decode()
        again = visit(femke).post(answer, {"state": "refused", "answer": "No."})
        assert again.status_code == 422

    def test_refused_it_stays(
        self, van_dijk: Organisation, noor: Person, daan: Person, femke: Person
    ) -> None:
        skills.an_evidence(noor, skills.a_skill(), level=2, kind="lead", by=daan)
        objection = actions.object_to(noor, van_dijk, kind="skills.Evidence", reason="No.")
        actions.decide(objection, upheld=False, answer="We need it.", by=femke)

        assert Evidence.objects.filter(person=noor).exists()

    def test_only_where_the_law_gives_the_right(self, noor: Person, visit: Visit) -> None:
        client = visit(noor)
        for kind in ("people.Employment", "content.DeckCard", "plans.Nothing", "auth"):
            assert client.get(f"/trust/object/{kind}/").status_code == 404

    def test_taken_back_nobody_decides(
        self, van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
    ) -> None:
        objection = actions.object_to(noor, van_dijk, kind="skills.Evidence", reason="No.")
        visit(noor).post(f"/trust/mine/{objection.pk}/back/")
        assert (
            visit(femke).get(f"/trust/organisation/objections/{objection.pk}/").status_code == 404
        )

    def test_who_left_is_out_of_sight_of_hr(
        self, van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
    ) -> None:
        objection = actions.object_to(noor, van_dijk, kind="skills.Evidence", reason="No.")
        leaves(noor)
        assert (
            visit(femke).get(f"/trust/organisation/objections/{objection.pk}/").status_code == 404
        )


class TestTombstones:
    def test_a_later_account_with_an_old_number_stays(self, noor: Person) -> None:
        Tombstone.objects.create(number=noor.pk, digest="0" * 64, erased_at=timezone.now())

        assert actions.erase_again() == 0
        assert Person.objects.filter(pk=noor.pk).exists()

    def test_half_a_line_is_no_line(self, db: None) -> None:
        whole = tombstones.Stone(7, "a" * 64, timezone.now())
        tombstones.add([whole])
        with tombstones.file().open("a") as lines:
            lines.write('{"number": 8, "dig')
        tombstones.add([tombstones.Stone(9, "b" * 64, timezone.now())])

        assert [s.number for s in tombstones.read()] == [7, 9]

    def test_file_and_table_learn_from_each_other(self, db: None) -> None:
        tombstones.add([tombstones.Stone(7, "a" * 64, timezone.now())])
        Tombstone.objects.create(number=8, digest="b" * 64, erased_at=timezone.now())
        assert actions.something_came_back()

        actions.erase_again()

        assert {s.number for s in tombstones.read()} == {7, 8}
        assert set(Tombstone.objects.values_list("number", flat=True)) == {7, 8}
        assert not actions.something_came_back()

    def test_a_tombstone_names_nobody(self, noor: Person) -> None:
        leaves(noor)
        erased(noor)

        told = tombstones.file().read_text()
        assert noor.email not in told
        assert noor.last_name not in told
