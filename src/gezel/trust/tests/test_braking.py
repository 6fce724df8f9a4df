"""Who opens a great many people is asked why, is stopped in the end, and others hear of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from gezel.connect.api import make_token
from gezel.connect.many import MANY
from gezel.connect.models import Message
from gezel.people.actions import end_mandate
from gezel.people.api import Mandate, Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.records.actions.keys import actor_of
from gezel.records.tests.speaking import a_speaker, a_statement
from gezel.trust import actions
from gezel.trust.actions import Braked, braking, note_reading
from gezel.trust.models import Event, LetGoOn, ManyLooks, Reading
from gezel.trust.tests.builders import a_consent

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]
WHY = "I check the end dates of all contracts."


@pytest.fixture(autouse=True)
def _small_limits(settings: Any) -> None:
    settings.LOOKS = {"hour": 6, "day": 9, "most": 12, "key": 8}


@pytest.fixture
def many(van_dijk: Organisation, daan: Person) -> list[Person]:
    return [a_colleague(van_dijk, f"Person {n}", lead=daan) for n in range(14)]


def opened(client: Client, people: list[Person]) -> list[int]:
    """The status of each card, in the order in which they are opened."""
    return [client.get(f"/people/{p.pk}/").status_code for p in people]


def give(client: Client, back: str = "/", reason: str = WHY) -> Any:
    return client.post("/trust/many/", {"reason": reason, "next": back})


def test_hr_is_asked_says_why_goes_on_and_is_stopped(
    femke: Person, many: list[Person], visit: Visit
) -> None:
    client = visit(femke)
    assert opened(client, many[:6]) == [200] * 6
    answer = client.get(f"/people/{many[6].pk}/")
    assert answer.status_code == 302
    assert not Reading.objects.filter(about=many[6]).exists()  # nobody read, so nothing is noted

    page = client.get(answer["Location"])
    assert "7 different people" in page.content.decode()
    assert give(client, reason="because").status_code == 422
    assert not Message.objects.exists()
    answer = give(client, f"/people/{many[6].pk}/")
    assert answer["Location"] == f"/people/{many[6].pk}/"
    assert opened(client, many[6:12]) == [200] * 6

    answer = client.get(f"/people/{many[12].pk}/")
    stopped = client.get(answer["Location"]).content.decode()
    assert "12 different people at most" in stopped
    assert "You can go on from" in stopped
    assert opened(client, many[:12]) == [200] * 12  # whom one opened already stays open


def test_another_process_and_another_session_count_along(
    femke: Person, many: list[Person], visit: Visit
) -> None:
    opened(visit(femke), many[:6])
    caches["near"].clear()  # what a process remembers is its own

    assert opened(visit(femke), [many[0], many[6]]) == [200, 302]


def test_a_list_and_a_part_of_it_count_everyone_on_it(
    femke: Person, many: list[Person], visit: Visit
) -> None:
    client, terms = visit(femke), "/people/list/?columns=name&columns=hours"

    assert client.get("/people/list/").status_code == 200  # what all colleagues see
    part = client.get(terms, headers={"HX-Request": "true", "HX-Target": "table-people"})
    assert part.status_code == 204
    assert part["HX-Redirect"].startswith("/trust/many/stopped/?people=15")


def test_an_export_counts_with_everyone_in_it_and_takes_nothing_along(
    femke: Person, many: list[Person], visit: Visit, settings: Any
) -> None:
    client, terms = visit(femke), "/people/list/?columns=name&columns=hours&export=csv"
    answer = client.get(terms)
    assert "You asked for 15 people at once" in client.get(answer["Location"]).content.decode()
    assert not Event.objects.filter(kind="export").exists()

    settings.LOOKS = {**settings.LOOKS, "most": 20}
    assert client.get(terms)["Location"].startswith("/trust/many/?next=")
    answer = client.get(give(client, terms)["Location"])
    assert b"Person 13" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert Reading.objects.filter(reader=femke, about__in=many).count() == 14


def test_a_stream_is_asked_before_its_first_byte(
    van_dijk: Organisation, femke: Person, many: list[Person], visit: Visit
) -> None:
    a_speaker(van_dijk).send(*(a_statement(actor=actor_of(person)) for person in many[:7]))

    answer = visit(femke).post("/records/systems/statements.jsonl")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/trust/many/")
    assert not Event.objects.filter(kind="export").exists()


def test_who_leads_them_is_never_asked(daan: Person, many: list[Person], visit: Visit) -> None:
    assert opened(visit(daan), many) == [200] * 14
    actions.note_reading(
        reader_pk=daan.pk, about=[p.pk for p in many], matter="skills", purpose="hr"
    )
    assert not ManyLooks.objects.exists()


def test_everyone_opened_reads_why_and_nobody_else(
    femke: Person, noor: Person, many: list[Person], sam: Person, visit: Visit
) -> None:
    client = visit(femke)
    opened(client, many[:7])
    give(client)
    opened(client, [many[6]])

    for person in (many[0], many[6]):
        assert WHY in visit(person).get("/trust/looked/").content.decode()
    for person in (noor, many[9], sam):
        assert WHY not in visit(person).get("/trust/looked/").content.decode()


def test_colleagues_of_hr_hear_it_once_a_day_without_the_reason(
    van_dijk: Organisation, de_linde: Organisation, femke: Person, many: list[Person], visit: Visit
) -> None:
    hr = a_colleague(van_dijk, "Ilse Bos", mandates=["hr"])
    admin = a_colleague(van_dijk, "Tijmen Brouwer", mandates=["admin"])
    council = a_colleague(van_dijk, "Mitchell Pinas", mandates=["council"])
    a_colleague(de_linde, "Rachida Benali", mandates=["hr"])
    file = visit(council).get("/trust/organisation/").content.decode()
    assert "Not once in the last twelve months" in file
    client = visit(femke)
    opened(client, many[:7])
    assert not Message.objects.exists()  # who turns back at the question has done nothing

    give(client)
    opened(client, many[6:13])  # to the end, and stopped

    assert {m.person for m in Message.objects.all()} == {hr, admin}
    assert Message.objects.count() == 2
    assert Event.objects.filter(kind="many_looks", organisation=van_dijk).count() == 1
    letter = MANY.write(Message.objects.filter(person=hr).get())
    assert letter is not None
    assert "Femke de Boer" in letter.subject
    assert "stopped for the rest of the day" in letter.lines[1]
    assert WHY not in " ".join(letter.lines)
    end_mandate(
        Mandate.objects.get(person=admin), last_day=timezone.localdate() - timedelta(days=1)
    )
    assert MANY.write(Message.objects.filter(person=admin).get()) is None
    assert "1 time in the last" in visit(council).get("/trust/organisation/").content.decode()


def test_another_organisation_notices_nothing(
    femke: Person, sam: Person, many: list[Person], de_linde: Organisation, visit: Visit
) -> None:
    opened(visit(femke), many[:7])
    hr = a_colleague(de_linde, "Rachida Benali", mandates=["hr"])

    assert opened(visit(hr), [sam]) == [200]
    for address in ("/trust/many/", "/trust/many/stopped/"):
        assert visit(hr).get(address).status_code == 404


def test_the_page_is_there_only_for_who_came_to_the_limit(
    femke: Person, many: list[Person], visit: Visit
) -> None:
    client = visit(femke)
    assert client.get("/trust/many/").status_code == 404
    assert give(client).status_code == 404
    opened(client, many[:7])
    assert client.get("/trust/many/").status_code == 200
    assert client.get("/trust/many/stopped/").status_code == 404
    assert give(client, "https://elsewhere.example/")["Location"] == "/"
    assert give(client, reason="Another reason, later on")["Location"] == "/"
    assert ManyLooks.objects.get().reason == WHY


def test_who_has_a_password_gives_it_once_more_and_what_was_typed_is_kept(
    femke: Person, many: list[Person], visit: Visit
) -> None:
    femke.set_password("a long word of Femke's")
    femke.save()
    client = visit(femke)
    opened(client, many[:7])

    door = give(client, "/people/list/")
    assert "reauthenticate" in door["Location"]
    assert not ManyLooks.objects.exclude(reason="").exists()
    done = client.post(door["Location"], {"password": "a long word of Femke's"})
    assert done["Location"] == "/people/list/"
    assert ManyLooks.objects.get().reason == WHY


def test_a_key_ends_for_the_day_and_says_until_when(
    van_dijk: Organisation, femke: Person, many: list[Person], visit: Visit
) -> None:
    a_consent(van_dijk, "connect.personal_keys")
    made = make_token(van_dijk, name="Roster", scopes=["people:read"], by=femke)
    key = {"Authorization": f"Bearer {made.secret}"}

    def asked(after: int) -> Any:
        return Client().get(f"/api/v1/people?limit=8&after={after}", headers=key)

    first = asked(0)
    assert first.status_code == 200
    over = asked(first.json()["next"])
    assert over.status_code == 429
    assert 0 < int(over["Retry-After"]) <= 86_400 + 3_600
    assert over["Content-Type"] == "application/problem+json"
    # What her key read is not what she opened.
    assert opened(visit(femke), many[:6]) == [200] * 6


def test_far_from_the_limit_it_is_one_question_now_and_then_and_for_a_lead_none(
    femke: Person, daan: Person, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.LOOKS = {"hour": 41, "day": 400, "most": 2_000, "key": 20_000}
    # A tenth of the forty that are left, and then anew; going back to someone is free.
    for number, questions in enumerate((1, 0, 0, 0, 0, 1)):
        for again in (questions, 0):
            with django_assert_num_queries(again):
                counted(femke.pk, [1_000 + number], "hr")
    with django_assert_num_queries(0):
        counted(daan.pk, [1_000], "lead")


def counted(reader: int, about: list[int], purpose: str) -> None:
    """What is asked of the database before anything is noted."""
    if not braking.lets_pass(reader, about, purpose):
        braking.count_people(reader, about, purpose)


def test_a_file_of_very_many_is_noted_before_it_goes_so_the_next_is_counted_with_it(
    femke: Person, settings: Any
) -> None:
    """Where the limit was raised: above 5,000 the names were once noted in the background, so that
    two such files at the same moment both passed."""
    settings.LOOKS = {"hour": 20_000, "day": 20_000, "most": 9_000, "key": 20_000}
    made = Person.objects.bulk_create(
        Person(email=f"p{n}@example.test", first_name="P", last_name=str(n)) for n in range(10_002)
    )
    pks = [p.pk for p in made]

    note_reading(reader_pk=femke.pk, about=pks[:5_001], matter="records", purpose="admin")
    assert Reading.objects.filter(reader=femke).count() == 5_001
    with pytest.raises(Braked):
        note_reading(reader_pk=femke.pk, about=pks[5_001:], matter="records", purpose="admin")
    assert Reading.objects.filter(reader=femke).count() == 5_001


def test_reasons_go_after_two_years(van_dijk: Organisation, femke: Person) -> None:
    today = timezone.localdate()
    for days in (729, 731):
        ManyLooks.objects.create(
            reader=femke, organisation=van_dijk, on=today - timedelta(days=days), people=7
        ).lifts.create(reason=WHY, time=1)

    assert actions.forget_many_looks() == 1
    assert ManyLooks.objects.get().on == today - timedelta(days=729)
    assert LetGoOn.objects.get().looks == ManyLooks.objects.get()


# -- let go on ------------------------------------------------------------------------------------


LET = "The auditor asked for this list today, I saw the letter."


@pytest.fixture
def stopped(femke: Person, many: list[Person], visit: Visit) -> ManyLooks:
    """Femke gave a reason, opened twelve people and is stopped."""
    client = visit(femke)
    opened(client, many[:7])
    give(client)
    opened(client, many[6:13])
    return ManyLooks.objects.get(stopped_at__isnull=False)


def test_a_colleague_lets_someone_who_was_stopped_go_on_and_it_is_on_record(
    stopped: ManyLooks, van_dijk: Organisation, femke: Person, many: list[Person], visit: Visit
) -> None:
    admin = a_colleague(van_dijk, "Tijmen Brouwer", mandates=["admin"])
    council = a_colleague(van_dijk, "Mitchell Pinas", mandates=["council"])
    assert opened(visit(femke), [many[12]]) == [302]
    them = visit(admin)
    page = f"/trust/limits/{stopped.pk}/"
    assert page in them.get("/trust/limits/").content.decode()
    assert "Femke de Boer came to the limit" in them.get(page).content.decode()
    assert them.post(page, {"reason": "ok"}).status_code == 422
    assert them.post(page, {"reason": LET}).status_code == 302

    assert opened(visit(femke), [many[12], many[13]]) == [200, 200]
    lift = LetGoOn.objects.get()
    assert (lift.by, lift.reason) == (admin, LET)
    assert them.post(page, {"reason": LET}).status_code == 422, "once for each stop"
    event = Event.objects.get(kind="many_looks.let_go_on", organisation=van_dijk)
    assert event.about == femke
    told = visit(council).get("/trust/limits/").content.decode()
    assert LET in told.replace("&#x27;", "'")
    assert "Tijmen Brouwer" in told
    assert "Femke de Boer" not in told, "the council reads no names of who read"
    file = visit(council).get("/trust/organisation/").content.decode()
    assert "A colleague let someone who was stopped go on 1 time." in file


def test_after_that_the_end_comes_again_and_is_told_again(
    stopped: ManyLooks, van_dijk: Organisation, femke: Person, many: list[Person], visit: Visit
) -> None:
    hr = a_colleague(van_dijk, "Ilse Bos", mandates=["hr"])
    actions.let_go_on(stopped, reason=LET, by=hr)
    more = [a_colleague(van_dijk, f"Later {n}") for n in range(13)]
    client = visit(femke)

    assert opened(client, more) == [200] * 12 + [302]

    stopped.refresh_from_db()
    assert stopped.stopped_at is not None
    assert Message.objects.filter(person=hr).count() == 1
    actions.let_go_on(stopped, reason=LET, by=hr)
    assert opened(client, more[12:]) == [200]
    assert list(LetGoOn.objects.values_list("time", flat=True)) == [1, 2]


def test_nobody_lets_themselves_go_on_nor_who_has_no_such_task(
    *,
    stopped: ManyLooks,
    van_dijk: Organisation,
    de_linde: Organisation,
    femke: Person,
    daan: Person,
    visit: Visit,
) -> None:
    council = a_colleague(van_dijk, "Mitchell Pinas", mandates=["council"])
    elsewhere = a_colleague(de_linde, "Rachida Benali", mandates=["hr", "admin"])
    page = f"/trust/limits/{stopped.pk}/"
    for person in (femke, daan, council, elsewhere):
        assert visit(person).get(page).status_code == 404
        assert visit(person).post(page, {"reason": LET}).status_code == 404
    with pytest.raises(ValidationError):
        actions.let_go_on(stopped, reason=LET, by=femke)
    assert visit(council).get("/trust/limits/").status_code == 200
    assert visit(daan).get("/trust/limits/").status_code == 404
    assert not LetGoOn.objects.exists()


def test_tomorrow_there_is_nothing_to_let_go(stopped: ManyLooks, van_dijk: Organisation) -> None:
    hr = a_colleague(van_dijk, "Ilse Bos", mandates=["hr"])
    with (
        time_machine.travel(timezone.now() + timedelta(days=1)),
        pytest.raises(ValidationError, match="not stopped now"),
    ):
        actions.let_go_on(stopped, reason=LET, by=hr)


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_never_pass_the_end_together(
    van_dijk: Organisation, femke: Person, settings: Any
) -> None:
    """Eight at once, each in a process of its own that remembers nothing of the others."""
    settings.LOOKS = {"hour": 6, "day": 9, "most": 20, "key": 20}
    people = [a_colleague(van_dijk, f"Person {n}").pk for n in range(48)]
    ManyLooks.objects.create(
        reader=femke, organisation=van_dijk, on=timezone.localdate(), people=9,
        reason=WHY, given_at=timezone.now(),
    )  # fmt: skip

    for purpose in ("hr", "api"):
        start = Barrier(8)

        def look(number: int, purpose: str = purpose, start: Barrier = start) -> bool:
            caches["near"].clear()
            start.wait()
            try:
                actions.note_reading(
                    reader_pk=femke.pk,
                    about=people[number * 6 : number * 6 + 6],
                    matter=f"skills-{purpose}",
                    purpose=purpose,
                )
            except actions.Braked:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(look, range(8)))

        assert sum(passed) == 3
        assert Reading.objects.filter(reader=femke, purpose=purpose).count() == 18
