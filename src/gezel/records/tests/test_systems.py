# mypy: disable-error-code="arg-type,var-annotated,misc,dict-item"
"""Letting systems in and statements out: the pages, handing on, and keeping order."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.kit.jobs import begin_minute, run_waiting
from gezel.kit.outside import checked_address, is_open
from gezel.people.api import Mandate, Organisation, Person, give_mandate
from gezel.records.actions import forwarding, keeping
from gezel.records.actions.files import keep_file, path_of
from gezel.records.actions.keys import actor_of, forget_old_keys
from gezel.records.api import make_key, record
from gezel.records.models import Attachment, Forward, Key, Statement
from gezel.records.models.readers import STATEMENTS_OF_A_PERSON
from gezel.records.partitions import months
from gezel.records.queries import finding
from gezel.records.rules.outside import waits
from gezel.records.tests.speaking import Speaker, a_speaker, a_statement, an_attachment, in_parts
from gezel.records.widened import FORWARDING, READING_ALL
from gezel.trust.models import Reading
from gezel.trust.tests.builders import a_consent

Visit = Callable[[Person], Client]
pytestmark = pytest.mark.django_db


# --- Where to ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1", "64:ff9b:1::1",
        "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_an_address_within_the_house_is_shut(address: str) -> None:
    assert not is_open(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_in_the_open_is_open(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize(
    "told",
    [
        "", "x", "http://a.example", "ftp://a.example", "https://", "https://u:p@a.example/x",
        "https://a.example/x?y=1", "https://a.example/x#y", "https://a.example:99999/",
        "https://a.example:0/", "//a.example/x", "javascript:alert(1)", "https://a.example/x y",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_store(told: str) -> None:
    with pytest.raises(ValueError, match=r"scheme|shape"):
        checked_address(told, anywhere=False)


def test_who_does_not_answer_is_asked_less_and_less() -> None:
    told = [waits(n) for n in range(20)]
    assert told[:3] == [30, 60, 120]
    assert told == sorted(told)
    assert told[-1] == 6 * 3600


# --- Handing on ----------------------------------------------------------------------------------


class Elsewhere:
    """A record store elsewhere: it answers as told, and notes what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[list[dict[str, Any]]], int] = lambda _said: 200
        store = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                store.sent.append((dict(self.headers), body))
                plain = body.partition(b"\r\n\r\n")[2] or body
                said = json.JSONDecoder().raw_decode(plain.decode("utf-8", "replace"))[0]
                self.send_response(store.answer(said))
                self.end_headers()
                self.wfile.write(b"as told")

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/xapi"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def ids(self) -> list[str]:
        return [said["id"] for _headers, body in self.sent for said in json.loads(body)]


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Elsewhere]:
    settings.FORWARD_ANYWHERE = True
    store = Elsewhere()
    yield store
    store.server.shutdown()
    store.server.server_close()


def a_forward(organisation: Organisation, address: str, **other: Any) -> Forward:
    told = {
        "name": "Elsewhere", "address": address, "user": "u", "password": "p", "version": "1.0.3",
        "verbs": [], "includes_house": False, "by": None, "from_start": True,
    } | other  # fmt: skip
    a_consent(organisation, FORWARDING)
    return forwarding.forward_to(organisation, **told)


@pytest.fixture
def system(van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As some seconds later, when on SQLite too it is sure that nobody writes any more."""
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(finding, "consistent_through", lambda _shelves: later)


def test_what_comes_in_goes_on_in_order_and_once(
    system: Speaker, van_dijk: Organisation, elsewhere: Elsewhere, settled: None
) -> None:
    ids = system.send(*(a_statement() for _n in range(120)))
    forward = a_forward(van_dijk, elsewhere.address)
    assert forward.password != "p"
    assert begin_minute() == 1
    assert begin_minute() == 0
    assert run_waiting() == 1
    assert begin_minute() == 0

    assert elsewhere.ids == ids
    headers, _body = elsewhere.sent[0]
    assert headers["Authorization"] == "Basic dTpw"
    assert headers["X-Experience-API-Version"] == "1.0.3"
    (more,) = system.send(a_statement())
    assert forwarding.hand_on(forward.pk) == 1
    assert elsewhere.ids == [*ids, more]
    forward.refresh_from_db()
    assert (forward.sent, forward.problem) == (121, "")


def test_a_store_that_is_away_is_tried_again_later(
    system: Speaker, van_dijk: Organisation, elsewhere: Elsewhere, settled: None
) -> None:
    ids = system.send(a_statement(), a_statement())
    forward = a_forward(van_dijk, elsewhere.address)
    for status in (500, 401, 429):
        elsewhere.answer = lambda _said, status=status: status
        assert forwarding.hand_on(forward.pk) == 0
    forward.refresh_from_db()
    assert forward.failures == 3
    assert forward.problem.startswith("429")
    assert forward.next_at is not None
    assert forward.next_at > timezone.now() + timedelta(seconds=100)
    assert forwarding.due() == []

    elsewhere.sent.clear()
    elsewhere.answer = lambda _said: 200
    assert forwarding.due(timezone.now() + timedelta(hours=1)) == [forward.pk]
    assert forwarding.hand_on(forward.pk) == 2
    assert elsewhere.ids == ids


def test_one_that_is_refused_is_set_apart_and_holds_up_nobody(
    system: Speaker, van_dijk: Organisation, elsewhere: Elsewhere, settled: None
) -> None:
    first, bad, last = system.send(*(a_statement() for _n in range(3)))
    forward = a_forward(van_dijk, elsewhere.address)
    elsewhere.answer = lambda said: 400 if bad in [one["id"] for one in said] else 200
    assert forwarding.hand_on(forward.pk) == 2
    (apart,) = forward.undelivered.all()
    assert (str(apart.statement), apart.status, apart.said) == (bad, 400, "as told")
    assert forwarding.send_again(forward) == (0, 1)
    elsewhere.answer = lambda _said: 409
    assert forwarding.send_again(forward) == (1, 0)
    assert forwarding.hand_on(forward.pk) == 0
    assert {first, last} <= set(elsewhere.ids)


def test_only_what_was_chosen_goes_on(
    system: Speaker, van_dijk: Organisation, noor: Person, elsewhere: Elsewhere, settled: None
) -> None:
    passed = {"id": "http://adlnet.gov/expapi/verbs/passed"}
    told: dict[str, Any] = {"object_id": "https://x.test/1", "object_name": {"en": "X"}}
    record(noor, verb="passed", organisation=van_dijk, **told)
    record(noor, verb="passed", organisation=van_dijk, private=True, **told)
    _other, wanted = system.send(a_statement(), a_statement(verb=passed))
    forward = a_forward(van_dijk, elsewhere.address, verbs=[passed["id"]])
    forwarding.hand_on(forward.pk)
    assert elsewhere.ids == [wanted]

    own = a_forward(van_dijk, elsewhere.address, includes_house=True)
    elsewhere.sent.clear()
    assert forwarding.hand_on(own.pk) == 3
    assert noor.email not in str(elsewhere.sent)


@pytest.fixture
def on_disk(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.usefixtures("on_disk", "settled")
def test_files_go_along(system: Speaker, van_dijk: Organisation, elsewhere: Elsewhere) -> None:
    body, kind = in_parts(a_statement(attachments=[an_attachment(b"a photo")]), b"a photo")
    assert system.ask("POST", "statements", body, content_type=kind).status_code == 200
    forward = a_forward(van_dijk, elsewhere.address)
    assert forwarding.hand_on(forward.pk) == 1
    headers, sent = elsewhere.sent[0]
    assert headers["Content-Type"].startswith("multipart/mixed; boundary=")
    assert b"a photo" in sent


def test_nothing_goes_into_the_house(
    system: Speaker, van_dijk: Organisation, elsewhere: Elsewhere, settled: None, settings: Any
) -> None:
    system.send(a_statement())
    inside = a_forward(van_dijk, elsewhere.address)
    settings.FORWARD_ANYWHERE = False
    assert forwarding.hand_on(inside.pk) == 0
    named = a_forward(van_dijk, f"https://localhost:{elsewhere.server.server_port}/xapi")
    assert forwarding.hand_on(named.pk) == 0
    named.refresh_from_db()
    assert "private network" in named.problem
    assert elsewhere.sent == []


# --- The pages -----------------------------------------------------------------------------------


def test_a_key_is_made_shown_once_used_and_closed(
    visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    client = visit(femke)
    form = {
        "name": "Course shop", "scopes": ["statements/write", "statements/read"],
        "expires_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    page = client.post(reverse("records:new_key"), form).content.decode()
    key = Key.objects.get()
    password = page.partition('id="secret" readonly value="')[2].partition('"')[0]
    assert key.user in page
    told = Speaker(type("Made", (), {"key": key, "password": password})())
    assert told.send(a_statement())
    again = client.post(reverse("records:new_key"), form)
    assert again.status_code == 422
    listed = client.get(reverse("records:systems")).content.decode()
    assert "Course shop" in listed
    assert password not in listed
    client.post(reverse("records:close_key", args=[key.pk]))
    assert told.ask("GET", "statements").status_code == 401


def test_a_forward_is_made_paused_and_removed(
    visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    client = visit(femke)
    form = {"name": "Other", "address": "http://x.example", "version": "1.0.3", "verbs": "x"}
    refused = client.post(reverse("records:new_forward"), form)
    assert refused.status_code == 422
    assert "Begin the address with https://." in refused.content.decode()
    form |= {"address": "https://x.example/xapi/", "verbs": "", "password": "very secret"}
    unasked = client.post(reverse("records:new_forward"), form)
    assert unasked.status_code == 422
    assert "consent of the works council" in unasked.content.decode()
    a_consent(van_dijk, FORWARDING)
    assert client.post(reverse("records:new_forward"), form).status_code == 302
    forward = Forward.objects.get()
    assert forward.address == "https://x.example/xapi"
    assert "very secret" not in client.get(reverse("records:systems")).content.decode()
    change = reverse("records:change_forward", args=[forward.pk])
    client.post(change, {"what": "pause"})
    assert not Forward.objects.get().running
    assert client.post(change, {"what": "strange"}).status_code == 404
    client.post(change, {"what": "remove"})
    assert not Forward.objects.exists()


def test_the_council_sees_what_is_connected_and_changes_nothing(
    visit: Visit, noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    key = make_key(van_dijk, name="Course shop").key
    give_mandate(daan, van_dijk, Mandate.Kind.COUNCIL, from_on=timezone.localdate())
    client = visit(daan)
    page = client.get(reverse("records:systems")).content.decode()
    assert "Course shop" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post(reverse("records:close_key", args=[key.pk])).status_code == 404
    assert client.post(reverse("records:export")).status_code == 404
    assert visit(noor).get(reverse("records:systems")).status_code == 404


def test_everyone_sees_which_systems_read(van_dijk: Organisation, noor: Person) -> None:
    make_key(van_dijk, name="Course shop")
    make_key(van_dijk, name="Only writes", scopes=["statements/write"])
    a_forward(van_dijk, "https://x.example/xapi", name="Group store")
    told = {name for r in STATEMENTS_OF_A_PERSON.readers_of(noor) for name in r.names}
    assert told == {noor.name, "Course shop", "Group store (https://x.example/xapi)"}


def test_who_takes_all_of_it_along_is_noted(
    visit: Visit, system: Speaker, femke: Person, noor: Person
) -> None:
    ids = system.send(a_statement(actor=actor_of(noor)), *(a_statement() for _n in range(600)))
    answer = visit(femke).post(reverse("records:export"))
    lines = b"".join(answer).decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    assert [(r.reader, r.about) for r in Reading.objects.all()] == [(femke, noor)]


def test_what_another_system_wrote_says_who(
    visit: Visit, van_dijk: Organisation, noor: Person
) -> None:
    shop = a_speaker(van_dijk, name="Course shop")
    shop.send(a_statement(actor=actor_of(noor)))
    page = visit(noor).get(reverse("records:mine")).content.decode()
    assert "You were at “A meeting”" in page
    assert "written by Course shop" in page


# --- Keeping order -------------------------------------------------------------------------------


def test_old_keys_and_loose_files_go(van_dijk: Organisation, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    old, young = (make_key(van_dijk, name=name).key for name in ("Old", "Young"))
    Key.objects.filter(pk=old.pk).update(revoked_at=now - timedelta(days=731))
    Key.objects.filter(pk=young.pk).update(revoked_at=now - timedelta(days=700))
    assert forget_old_keys() == 1
    named, loose = "a" * 64, "b" * 64
    for digest in (named, loose):
        keep_file(digest, b"x")
    Attachment.objects.create(shelf=1, stored=now, sha2=named, content_type="text/plain", length=1)
    assert keeping.forget_files() == 0
    assert keeping.forget_files(now + timedelta(days=2)) == 1
    assert path_of(named).exists()
    assert not path_of(loose).exists()


def test_the_months_have_their_parts() -> None:
    told = months(datetime(2026, 11, 30, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC))
    assert [f"{at:%Y-%m}" for at in told[:3]] == ["2026-11", "2026-12", "2027-01"]
    assert len(told) == 7
    made = keeping.make_parts_ahead(timezone.now() + timedelta(days=90))
    assert made == (0 if connection.vendor == "sqlite" else 3)


def test_a_statement_stands_once_in_each_house(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    pk = str(uuid.uuid4())
    for organisation in (van_dijk, de_linde):
        a_speaker(organisation).send(a_statement(id=pk))
    assert Statement.objects.filter(id=pk).count() == 2


def test_everything_as_lines_by_command(
    capsys: Any, system: Speaker, van_dijk: Organisation, noor: Person
) -> None:
    told: dict[str, Any] = {"object_id": "https://x.test/1", "object_name": {"en": "X"}}
    own = record(noor, verb="passed", organisation=van_dijk, **told)
    ids = system.send(a_statement(), a_statement())

    def exported(**options: Any) -> list[str]:
        call_command("export", "statements", organisation="van-dijk", **options)
        return [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]

    assert exported() == ids
    assert exported(with_own=True) == [str(own.id), *ids]
    with pytest.raises(CommandError):
        call_command("export", "statements", organisation="nobody")


def test_what_stood_before_moves_to_its_shelf(van_dijk: Organisation, noor: Person) -> None:
    """Migration 0003, on the rows of an installation from before it: two at one moment too."""
    at = timezone.now().replace(microsecond=7)
    raw = a_statement(actor=actor_of(noor))
    test = a_statement(object={"id": "urn:t", "definition": {
        "type": "http://adlnet.gov/expapi/activities/assessment"}})  # fmt: skip
    rows = [
        (uuid.uuid4(), van_dijk.pk, raw), (uuid.uuid4(), van_dijk.pk, raw),
        (uuid.uuid4(), None, raw), (uuid.uuid4(), van_dijk.pk, test),
    ]  # fmt: skip
    sqlite = connection.vendor == "sqlite"
    moment = str(at.replace(tzinfo=None)) if sqlite else at
    migration = import_module("gezel.records.migrations.0003_a_whole_record_store")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE records_statement_before (id uuid, organisation_id bigint, person_id "
            "bigint, verb text, object_id text, registration uuid, timestamp timestamp, stored "
            + ("text, raw text)" if sqlite else "timestamptz, raw jsonb)")
        )
        for pk, organisation, said in rows:
            cursor.execute(
                "INSERT INTO records_statement_before VALUES "
                "(%s, %s, %s, 'v', 'o', NULL, %s, %s, %s)",
                [
                    pk.hex if sqlite else pk,
                    organisation,
                    noor.pk,
                    moment,
                    moment,
                    json.dumps(said | {"id": str(pk)}),
                ],
            )
        migration._carry(cursor, sqlite=sqlite)

    told = {s.id: s for s in Statement.objects.all()}
    assert [told[pk].shelf for pk, *_rest in rows] == [-van_dijk.pk, -van_dijk.pk, 0, 0]
    assert len({(s.shelf, s.stored) for s in told.values()}) == 4
    assert all(s.stored.microsecond % 2 == 0 for s in told.values())
    a_consent(van_dijk, READING_ALL)
    reader = a_speaker(van_dijk, reads_house=True)
    assert set(reader.ids(agent=actor_of(noor))) == {str(pk) for pk, *_rest in rows[:2]}
    assert a_speaker(van_dijk).ids() == []
