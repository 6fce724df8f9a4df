"""What a trainer saw: who may say it, of whom, which level, until when, and what it comes to."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.actions import Saw, call_off, say_what_one_saw
from gezel.gatherings.models import Gathering, News, Role
from gezel.gatherings.rules import seeing as rules
from gezel.gatherings.tests.builders import a_past_place, a_session, there
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.actions import objections, vouch
from gezel.skills.models import Evidence, Skill, Standing
from gezel.skills.tests.builders import a_skill, an_evidence
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
END = START + timedelta(hours=2)


# -- rules -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (START - timedelta(seconds=1), False),
        (START, True),
        (END + timedelta(days=30), True),
        (END + timedelta(days=30, seconds=1), False),
    ],
)
def test_one_says_it_from_the_beginning_until_thirty_days_after(
    *, now: datetime, may: bool
) -> None:
    assert rules.is_open(START, END, now) is may


def test_no_level_above_what_the_activity_is_about_and_no_other_skill() -> None:
    taught = [rules.Taught(skill=7, to_level=3)]

    assert list(rules.levels(taught[0])) == [1, 2, 3]
    assert [rules.may_name(level, 7, taught) for level in (0, 1, 3, 4)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not rules.may_name(2, 8, taught)


def test_what_was_seen_further_east_is_not_of_tomorrow() -> None:
    assert rules.seen_on(date(2026, 3, 4), date(2026, 3, 3)) == date(2026, 3, 3)
    assert rules.seen_on(date(2026, 3, 1), date(2026, 3, 3)) == date(2026, 3, 1)


# -- actions ---------------------------------------------------------------------------------------


@pytest.fixture
def skill(van_dijk: Organisation) -> Skill:
    return a_skill("Soldering", organisation=van_dijk)


@pytest.fixture
def session(van_dijk: Organisation, noor: Person, daan: Person, skill: Skill) -> Gathering:
    """Yesterday, given by Daan, about soldering up to doing it alone; Noor was there."""
    activity = an_activity(van_dijk, title="Soldering day", teaches={skill: (1, 3)})
    made = a_session(van_dijk, by=daan, days=-1.1, activity=activity, trainers=(daan,))
    a_past_place(made, noor)
    there(made, noor)
    return made


def say(
    session: Gathering,
    person: Person,
    skill: Skill,
    *,
    by: Person,
    level: int = 2,
    words: str = "Made four joints, one cold.",
    key: uuid.UUID | None = None,
    **told: Any,
) -> list[Evidence]:
    one = Saw(person.pk, skill.pk, level, words)
    return say_what_one_saw(session, [one], by=by, key=key or uuid.uuid4(), **told)


def test_what_was_seen_is_a_colleagues_view_with_who_when_where_and_why(
    session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    sent = len(mail.outbox)

    say(session, noor, skill, by=daan)

    piece = Evidence.objects.get()
    assert (piece.person, piece.skill, piece.kind, piece.level) == (noor, skill, "colleague", 2)
    assert (piece.given_by, piece.organisation_id) == (daan, session.organisation_id)
    assert piece.observed_on == timezone.localdate(session.starts_at, session.at_zone)
    assert piece.note == "Soldering day: Made four joints, one cold."
    assert piece.rests_on == f"gatherings:session:{session.pk}"
    assert Standing.objects.get(person=noor, skill=skill).pieces == 1
    told = News.objects.get(person=noor, seen_at=None)
    assert (told.what, told.gathering) == ("saw", session)
    assert len(mail.outbox) == sent, "it stands on their page; there is no mail"


def test_the_same_form_twice_and_the_same_again_is_one_fact(
    session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    key = uuid.uuid4()

    assert len(say(session, noor, skill, by=daan, key=key)) == 1
    assert say(session, noor, skill, by=daan, key=key) == []
    assert say(session, noor, skill, by=daan) == []
    with pytest.raises(ValidationError, match="sent before"):
        say(session, noor, skill, by=daan, key=key, level=3)
    with pytest.raises(ValidationError, match="other words"):
        say(session, noor, skill, by=daan, key=key, words="Something else")

    assert Evidence.objects.count() == 1


def test_said_anew_is_another_fact_and_the_newest_counts(
    session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    say(session, noor, skill, by=daan, level=1)
    low = Standing.objects.get(person=noor, skill=skill).level

    say(session, noor, skill, by=daan, level=3)

    now = Standing.objects.get(person=noor, skill=skill)
    assert Evidence.objects.count() == 2
    assert now.pieces == 1
    assert now.level > low


def test_who_leads_them_counts_once_whatever_page_they_said_it_on(
    session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    before = timezone.localdate(session.starts_at) - timedelta(days=9)
    vouch(noor, skill, level=1, by=daan, on=before, note="Watched")

    say(session, noor, skill, by=daan, level=3, leads={noor.pk})

    assert sorted(Evidence.objects.values_list("kind", flat=True)) == ["lead", "lead"]
    assert Standing.objects.get(person=noor, skill=skill).pieces == 1


def test_only_who_gives_it_as_trainer(
    *,
    van_dijk: Organisation, session: Gathering, noor: Person, femke: Person, daan: Person,
    skill: Skill,
) -> None:  # fmt: skip
    assistant, guest = a_colleague(van_dijk, "Aad"), a_colleague(van_dijk, "Gea")
    Role.objects.create(gathering=session, person=assistant, role="assistant")
    Role.objects.create(gathering=session, person=guest, role="guest")

    for other in (assistant, guest, femke, noor):
        with pytest.raises(ValidationError, match="Only the trainer"):
            say(session, noor, skill, by=other)

    assert not Evidence.objects.exists()
    assert session.made_by == daan
    Role.objects.filter(gathering=session, person=daan).delete()
    with pytest.raises(ValidationError, match="Only the trainer"):
        say(session, noor, skill, by=daan)


def test_nobody_about_themselves_nor_of_who_was_not_there(
    van_dijk: Organisation, session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    away, gone = a_colleague(van_dijk, "Away"), a_colleague(van_dijk, "Gone")
    a_past_place(session, daan)
    there(session, daan)
    for person, kind in ((away, "absent"), (gone, "present")):
        a_past_place(session, person)
        there(session, person, kind)
    there(session, gone, "excused")

    for person, words in ((daan, "themselves"), (away, "not noted"), (gone, "not noted")):
        with pytest.raises(ValidationError, match=words) as refused:
            say(session, person, skill, by=daan)
        assert list(refused.value.error_dict) == [f"{person.pk}-{skill.pk}"]

    assert not Evidence.objects.exists()


@pytest.mark.parametrize("kind", ["late", "partly"])
def test_who_was_there_for_a_while_was_seen_for_a_while(
    van_dijk: Organisation, session: Gathering, daan: Person, skill: Skill, kind: str
) -> None:
    person = a_colleague(van_dijk, "Late")
    a_past_place(session, person)
    there(session, person, kind, minutes=20)

    assert len(say(session, person, skill, by=daan)) == 1


def test_one_that_is_wrong_keeps_none(
    van_dijk: Organisation, session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    other = a_skill("Welding", organisation=van_dijk)
    good = Saw(noor.pk, skill.pk, 2, "Four joints")
    for wrong in (
        Saw(noor.pk, skill.pk, 4, "Above it"),
        Saw(noor.pk, skill.pk, 0, "Off the scale"),
        Saw(noor.pk, other.pk, 2, "Another skill"),
        Saw(noor.pk, skill.pk, 2, "  "),
    ):
        with pytest.raises(ValidationError):
            say_what_one_saw(session, [good, wrong], by=daan, key=uuid.uuid4())

    assert not Evidence.objects.exists()
    assert not News.objects.filter(what="saw").exists()


def test_not_before_it_begins_not_after_thirty_days_and_not_when_called_off(
    van_dijk: Organisation, session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    for now in (session.starts_at - timedelta(minutes=1), session.ends_at + timedelta(days=31)):
        with pytest.raises(ValidationError, match="thirty days"):
            say(session, noor, skill, by=daan, now=now)
    ahead = a_session(van_dijk, by=daan, activity=session.activity, trainers=(daan,))
    call_off(ahead, by=daan, reason="Ill")
    ahead.refresh_from_db()
    with pytest.raises(ValidationError, match="cancelled"):
        say(ahead, noor, skill, by=daan)

    assert not Evidence.objects.exists()


def test_what_they_see_differently_does_not_count_and_is_not_said_again(
    session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    (piece,) = say(session, noor, skill, by=daan)
    objections.object_to(piece, reason="I was not at the bench", key=uuid.uuid4())

    with pytest.raises(ValidationError, match="differently"):
        say(session, noor, skill, by=daan, level=1)

    assert not Standing.objects.filter(person=noor, skill=skill).exists()
    assert Evidence.objects.count() == 1


# -- pages -----------------------------------------------------------------------------------------


def told_of(person: Person, skill: Skill, level: str, words: str) -> dict[str, str]:
    return {f"{person.pk}-{skill.pk}-level": level, f"{person.pk}-{skill.pk}-words": words}


def test_the_page_ticks_nothing_and_tells_nothing_of_what_they_can(
    *, session: Gathering, noor: Person, daan: Person, femke: Person, skill: Skill, visit: Visit
) -> None:
    piece = an_evidence(noor, skill, level=3, by=femke)
    Evidence.objects.filter(pk=piece.pk).update(note="A secret of hers")

    page = visit(daan).get(reverse("gatherings:saw", args=[session.pk])).content.decode()

    assert "Soldering" in page
    assert noor.name in page
    assert "3 · does it alone" in page
    assert "4 · helps others" not in page
    assert " checked" not in page
    assert "A secret of hers" not in page
    assert "You said:" not in page
    reading = Reading.objects.get(reader=daan, about=noor, matter="sessions")
    assert reading.purpose == "lead", "Daan leads Noor"


def test_said_on_the_page_it_is_read_by_whom_it_is_about(
    session: Gathering, noor: Person, daan: Person, skill: Skill, visit: Visit
) -> None:
    address = reverse("gatherings:saw", args=[session.pk])
    form = told_of(noor, skill, "3", "Soldered the loom alone") | {"key": str(uuid.uuid4())}

    for _again in range(2):
        assert visit(daan).post(address, form).status_code == 302

    piece = Evidence.objects.get()
    assert (piece.level, piece.kind) == (3, "lead"), "Daan leads Noor"
    assert "Soldered the loom alone" in visit(daan).get(address).content.decode()
    hers = visit(noor)
    assert "What was seen of you" in hers.get(
        reverse("gatherings:session", args=[session.pk])
    ).content.decode().replace("\n", " ")
    assert (
        "wrote down what they saw you show"
        in hers.get(reverse("gatherings:coming")).content.decode()
    )
    ledger = hers.get(reverse("skills:ledger", args=[noor.pk, skill.pk])).content.decode()
    for words in ("Soldering day: Soldered the loom alone", daan.name, "I see this differently"):
        assert words in ledger


@pytest.mark.parametrize(
    ("level", "words", "told"),
    [
        ("2", "", "Say what you saw"),
        ("", "Four joints", "Choose the level you saw"),
        ("4", "Four joints", "Select a valid choice"),
        ("2", "x" * 281, "at most 280 characters"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_is_kept(
    *,
    session: Gathering, noor: Person, daan: Person, skill: Skill, visit: Visit,
    level: str, words: str, told: str,
) -> None:  # fmt: skip
    answer = visit(daan).post(
        reverse("gatherings:saw", args=[session.pk]), told_of(noor, skill, level, words)
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert told in page
    assert "Nothing is kept yet" in page
    assert '<details class="card" open>' in page
    assert not Evidence.objects.exists()


def test_i_did_not_see_this_keeps_nothing(
    session: Gathering, noor: Person, daan: Person, skill: Skill, visit: Visit
) -> None:
    answer = visit(daan).post(
        reverse("gatherings:saw", args=[session.pk]), told_of(noor, skill, "0", ""), follow=True
    )

    assert "Nothing new was said" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_for_whom_the_page_is_not_there(
    *,
    van_dijk: Organisation, session: Gathering, noor: Person, femke: Person, daan: Person,
    sam: Person, skill: Skill, visit: Visit,
) -> None:  # fmt: skip
    assistant = a_colleague(van_dijk, "Aad")
    Role.objects.create(gathering=session, person=assistant, role="assistant")
    address = reverse("gatherings:saw", args=[session.pk])
    form = told_of(noor, skill, "3", "Seen") | {"key": str(uuid.uuid4())}

    for other in (noor, femke, assistant, sam):
        assert visit(other).get(address).status_code == 404
        assert visit(other).post(address, form).status_code == 404
        page = visit(other).get(reverse("gatherings:session", args=[session.pk]))
        assert address not in page.content.decode()

    assert not Evidence.objects.exists()
    assert (
        address
        in visit(daan).get(reverse("gatherings:session", args=[session.pk])).content.decode()
    )


def test_it_says_why_there_is_nothing_to_fill_in(
    *,
    van_dijk: Organisation,
    session: Gathering,
    noor: Person,
    daan: Person,
    skill: Skill,
    visit: Visit,
) -> None:
    about_nothing = a_session(van_dijk, by=daan, days=-0.5, trainers=(daan,))
    ahead = a_session(van_dijk, by=daan, activity=session.activity, trainers=(daan,))
    empty = a_session(van_dijk, by=daan, days=-2.5, activity=session.activity, trainers=(daan,))

    def page(of: Gathering) -> str:
        return visit(daan).get(reverse("gatherings:saw", args=[of.pk])).content.decode()

    assert "No skills to say anything about" in page(about_nothing)
    assert "It has not begun yet" in page(ahead)
    assert "Nobody was noted as there yet" in page(empty)
    Gathering.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at - timedelta(days=31),
        ends_at=session.ends_at - timedelta(days=31),
    )
    assert "The time for this is over" in page(session)
    assert noor.name not in page(session)
    late = told_of(noor, skill, "3", "Seen")
    answer = visit(daan).post(reverse("gatherings:saw", args=[session.pk]), late)
    assert answer.status_code == 422
    assert "until thirty days after it ended" in answer.content.decode()
    assert not Evidence.objects.exists()
    assert not Reading.objects.filter(reader=daan, about=noor, matter="sessions").exists()


def test_of_many_it_is_written_and_estimated_at_once(
    *, van_dijk: Organisation, session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    """Each more costs only what other rooms make of it: thirty-one questions it was."""
    others = [a_colleague(van_dijk, f"Person{n:02}") for n in range(24)]
    for person in others:
        a_past_place(session, person)
        there(session, person)

    def cost(people: list[Person]) -> int:
        seen = [Saw(p.pk, skill.pk, 2, "Made four joints.") for p in people]
        with CaptureQueriesContext(connection) as asked:
            added = say_what_one_saw(session, seen, by=daan, key=uuid.uuid4())
        assert [e.person_id for e in added] == [p.pk for p in people]
        return len(asked)

    few, many = cost(others[:4]), cost(others[4:])
    assert Evidence.objects.count() == 24
    assert Standing.objects.filter(skill=skill, pieces=1).count() == 24
    assert len(set(Standing.objects.values_list("level", flat=True))) == 1
    assert (many - few) / 16 <= 13


def test_where_one_of_many_cannot_be_nothing_is_kept(
    *, van_dijk: Organisation, session: Gathering, noor: Person, daan: Person, skill: Skill
) -> None:
    late = a_colleague(van_dijk, "Late")
    a_past_place(session, late)
    there(session, late)
    key = uuid.uuid4()
    say(session, noor, skill, by=daan, key=key)
    seen = [Saw(late.pk, skill.pk, 2, "Well."), Saw(noor.pk, skill.pk, 3, "Better.")]

    with pytest.raises(ValidationError) as refused:
        say_what_one_saw(session, seen, by=daan, key=key)

    assert list(refused.value.error_dict) == [f"{noor.pk}-{skill.pk}"]
    assert Evidence.objects.count() == 1


def test_sixty_people_ask_as_few_questions_as_two(
    *,
    van_dijk: Organisation, session: Gathering, daan: Person, skill: Skill, visit: Visit,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for turn in range(59):
        person = a_colleague(van_dijk, f"Person{turn:02}")
        a_past_place(session, person)
        there(session, person)
    client = visit(daan)
    address = reverse("gatherings:saw", args=[session.pk])
    client.get(address)

    with django_assert_max_num_queries(20):
        page = client.get(address).content.decode()

    assert page.count('<details class="card"') == 60
