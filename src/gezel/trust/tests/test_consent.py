"""Shut until the council agrees, and shut again when it no longer does."""

import io
import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from gezel.connect.tests.builders import a_token, bearing
from gezel.people.actions.settings import change_settings
from gezel.people.api import Organisation, Person
from gezel.people.declared import SMALL_GROUPS
from gezel.people.tests.builders import a_colleague
from gezel.records.widened import FORWARDING
from gezel.trust import actions, queries
from gezel.trust.models import CouncilDecision, Counted, Filled, SettingChange, Told
from gezel.trust.tests.builders import a_consent
from gezel.trust.widening import widenings

Visit = Callable[[Person], Client]


def test_groups_of_four_wait_for_the_council(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    form = {"name": "Van Dijk", "language": "nl", "hue": "182", "smallest_group": "4"}
    refused = client.post("/people/settings/", form)
    assert refused.status_code == 422
    assert "consent of the works council" in refused.content.decode()

    a_consent(van_dijk, SMALL_GROUPS, step="asked")
    assert client.post("/people/settings/", form).status_code == 422
    a_consent(van_dijk, SMALL_GROUPS, step="conditions")
    assert client.post("/people/settings/", form).status_code == 302
    van_dijk.refresh_from_db()
    assert van_dijk.smallest_group == 4

    a_consent(van_dijk, SMALL_GROUPS, step="withdrawn")
    van_dijk.refresh_from_db()
    assert van_dijk.smallest_group == 5
    changes = SettingChange.objects.order_by("pk").values_list("setting", "by")
    assert list(changes) == [("people.smallest_group", femke.pk), (SMALL_GROUPS, None)]


def test_asking_again_takes_nothing_back(van_dijk: Organisation) -> None:
    a_consent(van_dijk, SMALL_GROUPS)
    a_consent(van_dijk, SMALL_GROUPS, step="asked")

    assert queries.may_open(van_dijk.pk, SMALL_GROUPS)


def test_consent_of_one_organisation_opens_no_other(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    a_consent(van_dijk, SMALL_GROUPS)

    with pytest.raises(ValidationError):
        change_settings(de_linde, name="De Linde", language="nl", accent_hue=182, smallest_group=4)


def test_a_key_about_people_closes_with_the_consent(van_dijk: Organisation, femke: Person) -> None:
    token = a_token(van_dijk, femke, scopes=["people:read", "catalogue:read"])
    headers = bearing(token.secret)
    assert Client().get("/api/v1/people", headers=headers).status_code == 200

    a_consent(van_dijk, "connect.personal_keys", step="withdrawn")

    assert Client().get("/api/v1/people", headers=headers).status_code == 403
    assert Client().get("/api/v1/activities", headers=headers).status_code == 200
    a_consent(van_dijk, "connect.personal_keys")
    assert Client().get("/api/v1/people", headers=headers).status_code == 200


def test_every_widening_is_shut_where_nobody_agreed(van_dijk: Organisation) -> None:
    assert {w.code for w in widenings()} >= {SMALL_GROUPS, FORWARDING}
    for standing in queries.standings(van_dijk):
        assert not standing.is_open, standing.widening.code
        assert not standing.may_open
        with pytest.raises(ValidationError, match="works council"):
            actions.require_consent(van_dijk, standing.widening.code)


class TestThePage:
    def record(self, client: Client, **other: str) -> int:
        form = {
            "step": "agreed",
            "decided_on": timezone.localdate().isoformat(),
            "decided_by": "Works council",
            "document": "OR-1",
            "conditions": "",
            "key": str(uuid.uuid4()),
        }
        address = f"/trust/organisation/consent/{SMALL_GROUPS}/"
        return client.post(address, form | other).status_code

    def test_the_council_decides_where_there_is_one(
        self, van_dijk: Organisation, femke: Person, visit: Visit
    ) -> None:
        mitchell = a_colleague(van_dijk, "Mitchell Pinas", mandates=["council"])
        assert self.record(visit(femke)) == 422
        assert self.record(visit(femke), step="asked") == 302
        assert self.record(visit(mitchell)) == 302
        assert queries.may_open(van_dijk.pk, SMALL_GROUPS)
        assert self.record(visit(mitchell), step="withdrawn") == 302
        assert not queries.may_open(van_dijk.pk, SMALL_GROUPS)
        page = visit(femke).get(f"/trust/organisation/consent/{SMALL_GROUPS}/").content.decode()
        assert "Recorded by Mitchell Pinas" in page

    def test_without_a_council_in_gezel_hr_names_the_document(
        self, van_dijk: Organisation, femke: Person, visit: Visit
    ) -> None:
        assert self.record(visit(femke), document="") == 422
        assert self.record(visit(femke)) == 302

    def test_what_cannot_be_is_said_at_the_field(
        self, van_dijk: Organisation, femke: Person, visit: Visit
    ) -> None:
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        assert self.record(visit(femke), decided_on=tomorrow) == 422
        assert self.record(visit(femke), step="conditions") == 422
        assert self.record(visit(femke), step="x") == 422
        assert not CouncilDecision.objects.exists()

    def test_a_form_sent_twice_is_one_step(
        self, van_dijk: Organisation, femke: Person, visit: Visit
    ) -> None:
        key = str(uuid.uuid4())
        assert [self.record(visit(femke), key=key) for _ in range(2)] == [302, 302]
        assert CouncilDecision.objects.count() == 1

    def test_a_setting_that_is_not_there(self, femke: Person, visit: Visit) -> None:
        assert visit(femke).get("/trust/organisation/consent/nothing/").status_code == 404


@pytest.mark.parametrize("language", ["nl", "en"])
def test_papers_and_sheets_are_made(
    van_dijk: Organisation, femke: Person, visit: Visit, language: str
) -> None:
    femke.language = language
    femke.save()
    client = visit(femke)
    for address in (f"consent/{SMALL_GROUPS}.pdf", "dpia.pdf"):
        assert client.get(f"/trust/organisation/{address}").content.startswith(b"%PDF-")
    csv = b"".join(client.get("/trust/organisation/register.csv"))
    assert csv.decode("utf-8-sig").count("\n") > 60
    assert b"".join(client.get("/trust/organisation/register.xlsx")).startswith(b"PK")


def test_what_a_human_wrote_stays_in_the_draft(
    van_dijk: Organisation, de_linde: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    for text in ("We chose Gezel.", "We chose Gezel, with care."):
        answer = client.post("/trust/organisation/fill/dpia.why/", {"text": text})
        assert answer.status_code == 302
    assert Filled.objects.get().text == "We chose Gezel, with care."
    assert "with care" in client.get("/trust/organisation/dpia/").content.decode()
    assert client.get("/trust/organisation/fill/nowhere/").status_code == 404
    assert not queries.filled_of(de_linde)


class TestComparing:
    def test_the_file_of_last_year(
        self, van_dijk: Organisation, femke: Person, visit: Visit
    ) -> None:
        client = visit(femke)
        told = json.loads(client.get("/trust/organisation.json").content)
        told["kept"] = told["kept"][1:]
        told["smallest_group"] = 9
        told["made_at"] = "2025-11-27T23:15:00Z"
        file = io.BytesIO(json.dumps(told).encode())
        file.name = "last-year.json"
        page = client.post("/trust/organisation/compare/", {"file": file}).content.decode()

        assert "2 differences" in page
        assert "Between the file of 28 November 2025 and today." in page
        assert "Smallest group" in page

    @pytest.mark.parametrize("content", [b"", b"x", b"[]", b"{}", b"[" * 100_000, b'{"kept": 1}'])
    def test_another_file_is_refused_in_words(
        self, femke: Person, visit: Visit, content: bytes
    ) -> None:
        file = io.BytesIO(content)
        file.name = "other.json"
        answer = visit(femke).post("/trust/organisation/compare/", {"file": file})
        assert answer.status_code == 422


def test_counts_stay_dark_where_they_are_about_few(van_dijk: Organisation, noor: Person) -> None:
    actions.count_kept(van_dijk)
    assert queries.shown_count(Counted(rows=9, people=4), 5) is None
    assert queries.shown_count(Counted(rows=9, people=5), 5) == 9
    assert queries.shown_count(Counted(rows=0, people=0), 5) == 0
    rows = {row["table"]: row for row in queries.file_of(van_dijk)["kept"]}
    assert rows["people.Employment"]["rows"] is None


def test_the_day_the_first_goes_is_told(van_dijk: Organisation, noor: Person, daan: Person) -> None:
    actions.note_reading(reader_pk=daan.pk, about=[noor.pk], matter="skills", purpose="lead")
    actions.count_kept(van_dijk)
    in_two_years = timezone.localdate() + timedelta(days=730)

    assert Counted.objects.get(kind="trust.Reading").next_on == in_two_years
    about = {k.declaration.kind: k for k in queries.kept_about(noor)}
    assert about["trust.Reading"].next_on == in_two_years
    assert about["people.Employment"].next_on is None


def test_what_a_version_says_is_kept_once(db: None) -> None:
    first = actions.tell_anew()
    assert first is not None
    assert actions.tell_anew() is None
    said = first.said
    said["en"]["never"] = said["en"]["never"][1:]
    Told.objects.filter(pk=first.pk).update(said=said, digest="other")
    assert actions.tell_anew() is not None

    turn = queries.turns("en")[0]
    assert [d.kind for d in turn.differences] == ["added"]
    with translation.override("nl"):
        assert first.said["nl"]["kept"][0]["what"] != first.said["en"]["kept"][0]["what"]
