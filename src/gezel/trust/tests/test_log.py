"""The log in the database: taken up without gaps, signed, erased from, and watched over."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.kit.jobs import enqueue, run_waiting
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.people.models import Mandate
from gezel.trust import actions, jobs, queries, words
from gezel.trust.api import Unproved, check_proof
from gezel.trust.models import Checkpoint, Cosignature, Event, Leaf, Log, Reading, Tile
from gezel.trust.rules import checkpoint, merkle
from gezel.trust.rules.audit import Fault, Found
from gezel.trust.rules.commitment import canonical, commitment

pytestmark = pytest.mark.django_db


def _happened(organisation: Organisation, times: int, about: Person | None = None) -> None:
    actions.note_events(
        actions.an_event(organisation.pk, "level", about=about.pk if about else None, n=n)
        for n in range(times)
    )


def _sealed(organisation: Organisation, times: int = 0, about: Person | None = None) -> Log:
    _happened(organisation, times, about)
    actions.take_up()
    log = Log.objects.get(organisation=organisation)
    actions.seal(log)
    log.refresh_from_db()
    return log


@pytest.fixture
def council(van_dijk: Organisation, daan: Person) -> Person:
    Mandate.objects.create(
        person=daan, organisation=van_dijk, kind="council", from_on=timezone.localdate()
    )
    return daan


# -- taking up and signing ------------------------------------------------------------------------


def test_what_waits_gets_its_place_once_in_order_and_each_organisation_apart(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    _happened(van_dijk, 300)
    _happened(de_linde, 2)
    assert queries.something_waits()

    assert actions.take_up() == 302
    assert actions.take_up() == 0
    _happened(van_dijk, 5)
    assert actions.take_up() == 5

    log = Log.objects.get(organisation=van_dijk)
    places = list(Leaf.objects.filter(log=log).order_by("place").values_list("place", flat=True))
    assert (log.size, places) == (305, list(range(305)))
    assert Log.objects.get(organisation=de_linde).size == 2
    told = (
        Event.objects.filter(organisation=van_dijk).order_by("pk").values_list("place", flat=True)
    )
    assert list(told) == places
    leaves = [merkle.leaf_hash(p) for p in queries.promises(log, 0, 305)]
    assert queries.root_at(log, 305) == merkle.root(305, merkle.node_of(leaves))


def test_what_is_taken_back_was_never_noted(van_dijk: Organisation) -> None:
    with transaction.atomic():
        _happened(van_dijk, 1)
        transaction.set_rollback(True)

    assert not queries.something_waits()


def test_taking_up_costs_the_same_number_of_questions_whatever_waits(
    van_dijk: Organisation, django_assert_max_num_queries: Any
) -> None:
    _sealed(van_dijk, 3)
    _happened(van_dijk, 600)

    # Twice round: the second finds nothing; a thousand rows to a question.
    with django_assert_max_num_queries(640):
        actions.take_up()
    _happened(van_dijk, 1)
    with django_assert_max_num_queries(22):
        actions.take_up()


def test_each_checkpoint_grows_from_the_one_before(van_dijk: Organisation) -> None:
    log = _sealed(van_dijk, 7)
    assert actions.seal(log) == log.checkpoints.get()
    _sealed(van_dijk, 300)
    log.refresh_from_db()

    old, new = log.checkpoints.order_by("size")
    key = queries.key_of(log)
    assert checkpoint.read(new.note, key).size == 307
    merkle.check_consistency(
        old=7,
        new=307,
        old_root=checkpoint.read(old.note, key).root,
        new_root=checkpoint.read(new.note, key).root,
        proof=queries.consistency(log, 7, 307),
    )
    assert queries.audited(log).found is None


def test_nothing_is_signed_on_top_of_a_changed_tree(van_dijk: Organisation) -> None:
    log = _sealed(van_dijk, 5)
    tile = Tile.objects.get(log=log)
    Tile.objects.update(hashes=bytes(32) + bytes(tile.hashes)[32:])
    _happened(van_dijk, 1)
    actions.take_up()

    with pytest.raises(actions.Tampered):
        actions.seal(log)
    Tile.objects.update(hashes=b"")
    _happened(van_dijk, 1)
    with pytest.raises(actions.Tampered):
        actions.take_up()


def test_every_night_it_is_signed_and_a_changed_one_is_told(
    van_dijk: Organisation, noor: Person
) -> None:
    _happened(van_dijk, 3, noor)
    jobs.enqueue_for_test = None  # type: ignore[attr-defined] # nothing else is asked for

    enqueue(jobs.seal_logs, by=None)
    run_waiting()
    log = Log.objects.get(organisation=van_dijk)
    # The rules about people were told at the same time.
    assert log.size > 3
    assert log.checkpoints.get().size == log.size
    enqueue(jobs.seal_logs, by=None)
    run_waiting()
    assert log.checkpoints.count() == 1, "nothing happened, so nothing new is signed"

    Tile.objects.filter(log=log, level=0, number=0).update(hashes=b"")
    _happened(van_dijk, 1)
    enqueue(jobs.seal_logs, by=None)
    run_waiting()
    failed = Task.objects.get(state=Task.State.FAILED)
    assert "behind our back" in failed.message or "achter onze rug" in failed.message


# -- readings -------------------------------------------------------------------------------------


def test_who_looked_comes_in_the_log_of_where_they_work(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    actions.note_reading(reader_pk=daan.pk, about=[noor.pk], matter="skills", purpose="lead")

    actions.take_up()

    event = Event.objects.get(kind="reading")
    assert (event.about, event.organisation, event.place) == (noor, van_dijk, 0)
    assert Reading.objects.get().logged
    assert actions.take_up() == 0


# -- proofs ---------------------------------------------------------------------------------------


def test_one_event_is_proved_without_us_and_nothing_else_by_it(
    van_dijk: Organisation, noor: Person
) -> None:
    _sealed(van_dijk, 20)
    log = _sealed(van_dijk, 1, noor)
    event = Event.objects.get(about=noor)
    told = queries.proof_of(event)

    assert told is not None
    proved = check_proof(json.loads(json.dumps(told)))
    assert (proved.place, proved.size) == (20, 21)
    assert proved.event["kind"] == "level"
    for change in (
        {"event": {**told["event"], "n": 5}},
        {"salt": "00" * 32},
        {"salt": "zz"},
        {"place": 19},
        {"place": True},
        {"place": -1},
        {"proof": told["proof"][:-1]},
        {"proof": [*told["proof"], "00" * 32]},
        {"proof": ["00"]},
        {"proof": None},
        {"checkpoint": log.checkpoints.order_by("size")[0].note},
        {"checkpoint": ""},
        {"log": "x+00000000+AAAA"},
        {"witnesses": ["nobody"]},
        {"event": None},
    ):
        with pytest.raises(Unproved):
            check_proof({**told, **change})
    nothing: tuple[Any, ...] = (None, [], "x", {})
    for no in nothing:
        with pytest.raises(Unproved):
            check_proof(no)


def test_what_is_not_signed_yet_has_no_proof(van_dijk: Organisation, noor: Person) -> None:
    _happened(van_dijk, 1, noor)
    assert queries.proof_of(Event.objects.get()) is None
    actions.take_up()
    assert queries.proof_of(Event.objects.get()) is None


# -- erasing --------------------------------------------------------------------------------------


def test_erased_words_go_and_old_proofs_and_the_log_still_hold(
    van_dijk: Organisation, noor: Person
) -> None:
    _happened(van_dijk, 3)
    log = _sealed(van_dijk, 4, noor)
    kept = queries.proof_of(Event.objects.filter(about=noor).latest("pk"))
    _happened(van_dijk, 1, noor)  # this one waits still

    assert actions.erase_events(noor.pk) == 5
    noor_gone = Event.objects.filter(about=noor)
    assert not noor_gone.exists()
    log = _sealed(van_dijk)

    assert queries.audited(log).found is None
    assert kept is not None
    proved = check_proof(kept)
    assert proved.event["about"] == noor.pk
    assert Leaf.objects.filter(log=log).count() == log.size == 9


def test_words_that_go_without_a_note_are_missed(van_dijk: Organisation, noor: Person) -> None:
    log = _sealed(van_dijk, 4, noor)
    Event.objects.filter(place=2).delete()

    found = queries.audited(log).found
    assert found is not None
    assert (found.fault, found.first) == ("gone", 2)


def test_words_about_looking_go_after_two_years_and_those_of_credentials_stay(
    van_dijk: Organisation, noor: Person
) -> None:
    old = timezone.now() - timedelta(days=731)
    actions.note_events(
        actions.an_event(van_dijk.pk, kind, about=noor.pk, at=old)
        for kind in ("reading", "level", "export", "credential.issued")
    )
    actions.note_event(van_dijk.pk, "reading", about=noor.pk)
    actions.take_up()

    assert actions.forget_events() == 3

    left = Event.objects.filter(about=noor).values_list("kind", flat=True)
    assert sorted(left) == ["credential.issued", "reading"]
    assert queries.audited(_sealed(van_dijk)).found is None


# -- behind our back: the database is changed by hand -------------------------------------------


def _edit_words(log: Log) -> None:
    words_ = canonical({"kind": "level", "n": 99})
    Event.objects.filter(place=4).update(words=words_)


def _edit_all(log: Log) -> None:
    """Words, salt, promise, leaf and tile: all that stands in the database."""
    words_, salt = canonical({"kind": "level", "n": 99}), bytes(32)
    promise = commitment(salt, words_)
    Event.objects.filter(place=4).update(words=words_, salt=salt, promise=promise)
    Leaf.objects.filter(log=log, place=4).update(promise=promise)
    tile = bytearray(Tile.objects.get(log=log).hashes)
    tile[4 * 32 : 5 * 32] = merkle.leaf_hash(promise)
    Tile.objects.filter(log=log).update(hashes=bytes(tile))


def _reorder(log: Log) -> None:
    a, b = Leaf.objects.get(log=log, place=4), Leaf.objects.get(log=log, place=6)
    Leaf.objects.filter(pk=a.pk).update(promise=bytes(b.promise))
    Leaf.objects.filter(pk=b.pk).update(promise=bytes(a.promise))


def _delete(log: Log) -> None:
    Leaf.objects.filter(log=log, place=4).delete()


def _cut_the_end(log: Log) -> None:
    Leaf.objects.filter(log=log, place__gte=4).delete()
    Event.objects.filter(place__gte=4).delete()
    Tile.objects.filter(log=log).update(hashes=bytes(Tile.objects.get(log=log).hashes)[: 4 * 32])
    Log.objects.filter(pk=log.pk).update(size=4)
    Checkpoint.objects.filter(size__gt=4).delete()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_edit_words, "The words of entry 5 are not those that were promised."),
        (_edit_all, "Between entries 1 and 10 the log differs from what was signed."),
        (_reorder, "Entry 5 is not the one that was taken up."),
        (_delete, "Entry 5 is gone."),
        (_cut_the_end, "The log is shorter than what was signed: from entry 1 on, up to 5."),
    ],
)
def test_the_command_names_the_first_entry_that_was_changed(
    van_dijk: Organisation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Log], None],
    said: str,
) -> None:
    log = _sealed(van_dijk, 10)
    kept = tmp_path / "kept.txt"
    kept.write_text(queries.with_witnesses(log.checkpoints.get()))
    call_command("log", "check", "--kept", str(kept))
    assert "as signed" in capsys.readouterr().out

    change(log)

    with pytest.raises(SystemExit) as stop:
        call_command("log", "check", "--kept", str(kept))
    assert stop.value.code == 1
    assert said in capsys.readouterr().out


def test_every_fault_and_every_kind_in_use_has_words() -> None:

    for one in Fault:
        assert words.fault(Found(one, 0, 3))
    named = re.compile(r'(?:note_event|an_event|_note)\(\s*[\w.]+,\s*"([a-z._]+)"', re.DOTALL)
    source = Path(words.__file__).parents[1]
    used = {
        code
        for file in source.rglob("*.py")
        if "tests" not in file.parts
        for code in named.findall(file.read_text())
    }
    assert used == words.KINDS.keys() - {queries.ERASED}


# -- witnesses ------------------------------------------------------------------------------------


def test_the_council_witnesses_with_a_key_of_its_own_and_refuses_a_fork(
    client: Client,
    council: Person,
    van_dijk: Organisation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = _sealed(van_dijk, 6)
    client.force_login(council)
    mine, taken = tmp_path / "my.key", tmp_path / "log.json"
    call_command("witness", "new", str(mine), "--name", "or-van-dijk")
    public = capsys.readouterr().out.strip()
    assert mine.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError):
        call_command("witness", "new", str(mine), "--name", "or-van-dijk")

    answer = client.post(reverse("trust:add_witness"), {"key": mine.read_text()})
    assert answer.status_code == 422, "a secret key is not taken"
    answer = client.post(reverse("trust:add_witness"), {"key": public})
    assert answer.status_code == 302

    def signed() -> str:
        taken.write_bytes(client.get(reverse("trust:to_witness")).content)
        call_command("witness", "sign", str(mine), str(taken))
        return capsys.readouterr().out

    first = signed()
    assert client.post(reverse("trust:cosign"), {"text": first}).status_code == 302
    assert Cosignature.objects.get().checkpoint.size == 6
    client.post(reverse("trust:cosign"), {"text": first})
    assert Cosignature.objects.count() == 1
    wrong = client.post(reverse("trust:cosign"), {"text": first.replace("or-van", "or-von")})
    assert wrong.status_code == 422

    _sealed(van_dijk, 4)
    client.post(reverse("trust:cosign"), {"text": signed()})
    note = client.get(reverse("trust:checkpoint", args=[van_dijk.slug])).content.decode()
    assert checkpoint.seen_at(note, checkpoint.read_key(public))
    public_page = client.get(reverse("trust:log", args=[van_dijk.slug])).content.decode()
    assert "1 of 1 witnesses signed" in public_page

    # Another story, signed with the log's own key, is not witnessed.
    told = json.loads(taken.read_text())
    told["from"] = {str(n): [base64.b64encode(bytes(32)).decode()] for n in (6, 10)}
    _sealed(van_dijk, 1)
    told["checkpoint"] = log.checkpoints.latest("size").note
    taken.write_text(json.dumps(told))
    with pytest.raises(CommandError, match="NOT SIGNED"):
        call_command("witness", "sign", str(mine), str(taken))


def test_only_the_council_names_witnesses(
    client: Client, femke: Person, van_dijk: Organisation
) -> None:
    _sealed(van_dijk, 1)
    client.force_login(femke)

    assert client.get(reverse("trust:watch")).status_code == 200
    assert client.post(reverse("trust:add_witness"), {"key": "x"}).status_code == 404
    assert client.post(reverse("trust:cosign"), {"text": "x"}).status_code == 404


# -- pages and addresses --------------------------------------------------------------------------


def test_everyone_reads_tiles_and_computes_the_root_without_us(
    client: Client, van_dijk: Organisation
) -> None:
    log = _sealed(van_dijk, 600)
    _happened(van_dijk, 3)
    actions.take_up()  # taken up but not signed: not served
    at = reverse("trust:log", args=[van_dijk.slug])

    def tile(path: str) -> bytes:
        answer = client.get(f"{at}tile/{path}")
        assert answer.status_code == 200, path
        return answer.content

    hashes = b"".join(tile(p) for p in ("0/000", "0/001", "0/002.p/88"))
    node = merkle.node_of(merkle.cut(hashes))
    key = checkpoint.read_key(client.get(f"{at}key").content.decode())
    note = checkpoint.read(client.get(f"{at}checkpoint").content.decode(), key)
    assert (note.size, note.root) == (600, merkle.root(600, node))
    assert merkle.cut(tile("1/000.p/2")) == [node(8, 0), node(8, 1)]
    entries = tile("entries/002.p/88")
    assert merkle.leaf_hash(entries[2:34]) == hashes[512 * 32 : 513 * 32]
    for wrong in (
        "0/002",
        "0/002.p/89",
        "0/002.p/0",
        "0/003",
        "2/000",
        "0/2",
        "x/000",
        "0/000.p/256",
    ):
        assert client.get(f"{at}tile/{wrong}").status_code == 404, wrong

    answer = client.get(f"{at}consistency?from=100").json()
    merkle.check_consistency(
        old=100,
        new=600,
        old_root=queries.root_at(log, 100),
        new_root=note.root,
        proof=[base64.b64decode(s) for s in answer["proof"]],
    )
    for wrong in (
        "",
        "?from=0",
        "?from=x",
        "?from=5&to=3",
        "?from=5&to=601",
        f"?from={'9' * 5000}",
    ):
        assert client.get(f"{at}consistency{wrong}").status_code == 400, wrong
    assert client.get(reverse("trust:log", args=["nobody"])).status_code == 404


def test_the_public_page_and_entries_name_nobody(
    client: Client, van_dijk: Organisation, noor: Person
) -> None:
    actions.note_event(van_dijk.pk, "credential.revoked", about=noor.pk, reason="canary-31415")
    _sealed(van_dijk)
    at = reverse("trust:log", args=[van_dijk.slug])
    for path in ("", "checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1", "key"):
        body = client.get(at + path).content
        assert b"canary-31415" not in body
        assert noor.last_name.encode() not in body


def test_the_person_reads_what_the_log_tells_and_takes_the_proof(
    client: Client,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    django_assert_num_queries: Any,
) -> None:
    actions.note_reading(reader_pk=daan.pk, about=[noor.pk], matter="skills", purpose="lead")
    log = _sealed(van_dijk, 3, noor)
    event = Event.objects.filter(about=noor).latest("pk")
    client.force_login(noor)

    page = client.get(reverse("trust:my_events"))
    assert page.content.count(b"proof.json") == 4
    assert (
        check_proof(client.get(reverse("trust:my_proof", args=[event.pk])).json()).size == log.size
    )
    client.force_login(daan)
    assert client.get(reverse("trust:my_proof", args=[event.pk])).status_code == 404


def test_a_skill_in_the_log_has_the_name_of_who_reads_it(
    client: Client, van_dijk: Organisation, noor: Person
) -> None:
    """What happened in a Dutch request is read in English, and what was kept in one stays."""
    for told in ({"skill_nl": "Lassen", "skill_en": "Welding"}, {"skill": "Solderen"}):
        actions.note_event(van_dijk.pk, "level", about=noor.pk, before=2, now=3, **told)
    client.force_login(noor)

    page = client.get(reverse("trust:my_events")).content.decode()
    assert "Welding: from 2 to 3" in page
    assert "Lassen" not in page
    assert "Solderen: from 2 to 3" in page


def test_who_watches_sees_whether_it_is_what_was_signed(
    client: Client, council: Person, van_dijk: Organisation
) -> None:
    client.force_login(council)
    assert client.get(reverse("trust:watch")).status_code == 200
    _happened(van_dijk, 1)
    actions.take_up()
    assert client.post(reverse("trust:seal")).status_code == 302
    log = _sealed(van_dijk, 3)

    page = client.get(reverse("trust:watch")).content.decode()
    assert "Unchanged since" in page
    answer = client.post(reverse("trust:check"))
    run_waiting()
    assert client.get(answer["Location"]).status_code == 200

    tile = bytearray(Tile.objects.get(log=log).hashes)
    tile[0] ^= 1
    Tile.objects.update(hashes=bytes(tile))
    found = queries.unchanged(log, list(log.checkpoints.order_by("size")))
    assert found is not None
    assert found.size == 1
    assert "Someone changed it" in client.get(reverse("trust:watch")).content.decode()
