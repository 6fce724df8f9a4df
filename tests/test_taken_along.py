"""Who leaves takes along all that is declared about them, and a leaver's channels are closed."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.certificates.tests.builders import a_holding, a_type
from gezel.connect.actions import deliver
from gezel.connect.models import Mail, Message
from gezel.connect.tests.builders import a_token, bearing
from gezel.content.actions import pass_for
from gezel.content.models import Attempt
from gezel.content.tests.builders import TEXT, a_module
from gezel.content.tests.test_devices import sent
from gezel.gatherings.actions import make_feed
from gezel.gatherings.tests.builders import a_place, a_session
from gezel.kit.jobs import begin_minute, run_waiting
from gezel.people.actions.importing import receive
from gezel.people.api import Organisation, Person, end_employment, visitor_of
from gezel.profile.actions import make_archive, take_over
from gezel.profile.actions import receive as bring
from gezel.profile.queries import taken_along
from gezel.profile.queries.taking import IN_THEIR_OWN_FORM, rows_of
from gezel.profile.rules import verify
from gezel.profile.rules.did import Nowhere
from gezel.profile.tests.builders import a_credential
from gezel.records.actions import make_key
from gezel.records.models import Key
from gezel.trust.api import Declaration, declarations
from gezel.trust.tests.builders import sealed
from tests.full_house import CSV, furnish
from tests.house import pages
from tests.test_who_may_enter import WHO, address_of, rules

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]

# Travel in a form of their own, or are the archive itself.
NOT_AS_FACTS = IN_THEIR_OWN_FORM | {"profile.Takeout", "profile.Arrival", "profile.Brought"}
# An answer that someone who asked reads for an hour; what it shows goes along by itself.
NOT_AS_FACTS |= {"profile.Answered"}
# What assessors wrote: once there is a result, in the archive of the dossier itself.
NOT_AS_FACTS |= {"assessment.Judgement", "assessment.Outcome"}
# Written when an account is erased: nobody is left to take it along.
NOT_AS_FACTS |= {"trust.LegalRecord"}


def archive_of(person: Person) -> bytes:
    made = io.BytesIO()
    make_archive(person, made)
    return made.getvalue()


def archive(person: Person) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive_of(person)))


def _texts(declaration: Declaration) -> list[str]:
    """Fields of one table in which people write."""
    return [
        field.name
        for field in declaration.model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.UUIDField | models.EmailField | models.URLField)
        and not field.choices
        and not field.unique
        and field.name not in declaration.stays
        and (field.max_length or 1_000) >= 60
    ]


def _put_canaries(person: Person) -> dict[str, str]:
    """A word of its own in each text field of each row about someone, where the table lets us."""
    found: dict[str, str] = {}
    for declaration in taken_along():
        for row in rows_of(declaration, person)[:2]:
            for name in _texts(declaration):
                canary = f"canary-{len(found)}-{name}"
                try:
                    with transaction.atomic():
                        declaration.model._base_manager.filter(pk=row.pk).update(**{name: canary})
                except (DatabaseError, TypeError):
                    continue
                found[canary] = f"{declaration.model._meta.label}.{name}"
    return found


def test_every_canary_of_a_person_is_in_their_archive(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    furnish(van_dijk, noor, daan, femke)
    canaries = _put_canaries(noor)
    assert len(canaries) >= 20, canaries
    with archive(noor) as found:
        told = found.read("profile.json").decode()
        facts = json.loads(told)["facts"]

    assert [where for canary, where in canaries.items() if canary not in told] == []
    # And every row of every declared table is a fact in it.
    rows = {d.model._meta.label: {str(row.pk) for row in rows_of(d, noor)} for d in taken_along()}
    taken: dict[str, set[str]] = {}
    for fact in facts:
        taken.setdefault(fact["table"], set()).add(fact["key"])
    assert {label: keys for label, keys in rows.items() if keys} == taken
    assert len(taken) >= 30


def test_a_whole_house_goes_round_and_is_the_same(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    settings: Any,
    tmp_path: Path,
) -> None:
    """Out of one Gezel, into another that knows nothing and asks nobody, and out again."""
    settings.MEDIA_ROOT = tmp_path / "media"
    furnish(van_dijk, noor, daan, femke)
    _put_canaries(noor)
    a_holding(noor, a_type(van_dijk)).file.save("one.pdf", ContentFile(b"%PDF-1.7 one"))
    credential = a_credential(noor, van_dijk, by=femke)
    sealed(van_dijk)
    whole = archive_of(noor)
    with zipfile.ZipFile(io.BytesIO(whole)) as first:
        keys = json.loads(first.read(next(n for n in first.namelist() if "issuers/" in n)))
        told = json.loads(first.read("profile.json"))
        before = {name: first.read(name) for name in first.namelist()}
    assert any(name.endswith("one.pdf") for name in before)

    settings.BASE_URL = "https://elders.example"
    newcomer = Person.objects.create_user("noor@elders.example", first_name="Noor")
    me = visitor_of(newcomer)
    take_over(bring(me, whole, name="archive.zip", sources=Nowhere()), me, {})
    once_more = archive_of(newcomer)
    with zipfile.ZipFile(io.BytesIO(once_more)) as second:
        again = json.loads(second.read("profile.json"))
        for word in ("facts", "skills", "claims"):
            lines = [{json.dumps(x, sort_keys=True) for x in one[word]} for one in (told, again)]
            assert lines[0]
            assert lines[0] <= lines[1]
            added = [json.loads(x) for x in lines[1] - lines[0]]
            assert {one["from"] for one in added} <= {"https://elders.example"}
        assert told["tables"].items() <= again["tables"].items()
        assert set(before) <= set(second.namelist())
        ours = ("profile.json", "index.html", "manifest.json")
        for name, was in before.items():
            if name.startswith("tables/"):
                rows = [set(x.splitlines()) for x in (was, second.read(name))]
                assert rows[0] <= rows[1], name
            elif name not in ours:
                assert second.read(name) == was, name
        page = second.read("index.html").decode()
        assert "certificates.Holding.csv" in page
        assert f"<bdi>{credential.document['name']}</bdi></b> · brought along" in page

    # The program in it says the same of the credentials in both, and asks nobody.
    said = []
    for number, data in enumerate((whole, once_more)):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data)
        known = verify.Keys()
        known.add(keys, trusted=True)
        said.append(verify.check_archive(path, known, timezone.now()))
    assert said[0][0] == verify.VALID, said[0][1]
    about = [[x for x in lines if "archive" not in x and "files" not in x] for _v, lines in said]
    assert about[0] == about[1]
    assert any("unchanged since it was written in the log on" in one for one in about[0])


def test_every_declared_table_is_taken_along_or_says_in_which_form() -> None:
    """A table that nobody takes along would be data that a person cannot keep."""
    as_facts = {d.model._meta.label for d in taken_along() if d.taken_by}
    declared = {d.model._meta.label for d in declarations()}

    assert declared - as_facts == NOT_AS_FACTS


def test_what_stays_behind_is_a_field_that_exists() -> None:
    for declaration in declarations():
        fields = {f.name for f in declaration.model._meta.concrete_fields}
        assert declaration.stays <= fields, declaration.model._meta.label
        assert set(declaration.taken_by) <= set(declaration.person)


# -- attack 5: a leaver keeps nothing of the employer ----------------------------------------------


def _leaves(person: Person) -> None:
    """Yesterday was the last day; a minute goes by."""
    employment = person.employments.get()
    end_employment(employment, last_day=timezone.localdate() - timedelta(days=1))
    begin_minute()
    while run_waiting():
        pass


def test_who_leaves_finds_every_page_of_the_employer_shut(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    """Channel: the session that was open all along, and the address by which one signs in."""
    things = furnish(van_dijk, noor, daan, femke)
    me = visit(noor)
    assert me.get(reverse("people:tree")).status_code == 200
    EmailAddress.objects.create(user=noor, email="noor@thuis.example", verified=True)
    _leaves(noor)

    for name in ("people:tree", "catalogue:search", "gatherings:coming", "content:my_cards"):
        assert me.get(reverse(name)).status_code == 404, name
    module = things["module_pk"]
    for name in ("content:kept_module", "content:keep"):
        answer = me.get(reverse(name, args=[module]), headers={"Gezel-Keep": "1"})
        assert answer.status_code == 404, name
    for name in ("home", "skills:mine", "profile:mine", "profile:leaving", "certificates:mine"):
        assert me.get(reverse(name)).status_code == 200, name
    noor.refresh_from_db()
    assert noor.email == "noor@thuis.example", "the mailbox at work opens nothing any more"
    assert EmailAddress.objects.filter(user=noor).count() == 1


def test_an_offline_pass_begins_nothing_after_the_last_day(
    van_dijk: Organisation, noor: Person, visit: Visit
) -> None:
    """Channel: the pass that a phone kept. What was begun before may still be sent in."""
    module = a_module(van_dijk, (TEXT,))
    given = pass_for(noor, module)
    me = visit(noor)
    _leaves(noor)
    answer = sent(me, noor, module, uuid.uuid4(), **{"pass": given})

    assert [a["state"] for a in answer.json()["answers"]] == ["refused"]
    assert not Attempt.objects.exists()


def test_keys_that_a_leaver_made_are_closed(
    van_dijk: Organisation, noor: Person, femke: Person, client: Client
) -> None:
    """Channel: API tokens and keys of the record store. Whoever made one knows its secret."""
    hers, others = a_token(van_dijk, noor), a_token(van_dijk, femke, name="Other")
    records = make_key(van_dijk, name="LMS", by=noor)
    address = reverse("api:people")
    assert client.get(address, headers=bearing(hers.secret)).status_code == 200
    _leaves(noor)

    assert client.get(address, headers=bearing(hers.secret)).status_code == 401
    assert client.get(address, headers=bearing(others.secret)).status_code == 200
    assert not Key.objects.alive().filter(pk=records.key.pk).exists()


def test_the_calendar_of_a_leaver_is_empty(
    van_dijk: Organisation, noor: Person, daan: Person, client: Client
) -> None:
    """Channel: the secret address that a calendar program keeps on reading."""
    a_place(a_session(van_dijk, by=daan), noor)
    address = f"/calendar/{make_feed(noor)}.ics"
    assert b"BEGIN:VEVENT" in client.get(address).content
    _leaves(noor)

    assert b"BEGIN:VEVENT" not in client.get(address).content


def test_no_mail_of_the_employer_reaches_a_leaver(
    van_dijk: Organisation, noor: Person, mailoutbox: list[Any]
) -> None:
    """Channel: what was written down to be said, and goes out after the last day."""
    Person.objects.filter(pk=noor.pk).update(last_login=timezone.now())
    end_employment(noor.employments.get(), last_day=timezone.localdate() + timedelta(days=3))
    assert Message.objects.filter(person=noor, kind="profile.leaving").exists()
    _leaves(noor)
    Mail.objects.update(goes_at=timezone.now())
    deliver()

    assert [m for m in mailoutbox if noor.email in m.to] == []


def test_work_asked_for_in_the_background_shows_nothing_afterwards(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    """Channel: jobs. The page of the task is the person's own; what it leads to is not."""
    intake = receive(van_dijk, by=femke, key=uuid.uuid4(), name="list.csv", content=CSV)
    hr = visit(femke)
    address = reverse("people:import_preview", args=[intake.pk])
    assert hr.get(address, follow=True).status_code == 200
    _leaves(femke)

    assert hr.get(address).status_code == 404


# -- and the former employer sees nothing any more -------------------------------------------------


@pytest.mark.once  # `test_who_leaves_finds_every_page_of_the_employer_shut` asks PostgreSQL too
@pytest.mark.timeout(420)
def test_a_former_employer_finds_nothing_but_what_is_declared(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    """Every page of HR and of the lead, after Noor left: no word she wrote or that was hers."""
    things = furnish(van_dijk, noor, daan, femke)
    canaries = _put_canaries(noor)
    told = {d.model._meta.label for d in declarations() if d.former}
    # What two people share (a question and its answer) stays with the other one.
    told |= {d.model._meta.label for d in declarations() if len(d.person) > 1}
    hidden = [c for c, where in canaries.items() if where.rpartition(".")[0] not in told]
    _leaves(noor)
    seen: dict[str, set[str]] = {}
    for who, person in (("femke", femke), ("daan", daan)):
        browser = visit(person)
        for page in pages():
            answers = dict(zip(WHO, rules().get(page.name, ()), strict=False))
            if answers.get(who) != "open" or not page.is_ours:
                continue
            with transaction.atomic():
                answer = browser.get(address_of(page, things))
                text = answer.getvalue().decode("utf-8", "replace")
                transaction.set_rollback(True)
            for canary in hidden:
                if re.search(rf"{canary}\b", text):
                    seen.setdefault(page.name, set()).add(canaries[canary])

    assert seen == {}
