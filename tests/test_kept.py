"""What is kept until a day goes after that day, every night, and nothing else with it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from gezel.connect import actions as connect
from gezel.connect.models import ApiToken, Reply
from gezel.kit.jobs import begin_night, run_waiting
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.people.models import Employment, Mandate
from gezel.trust.models import Reading

pytestmark = pytest.mark.django_db


def _night() -> None:
    """All that is written down for tonight, done."""
    at_three = timezone.localtime().replace(hour=3, minute=0)
    assert begin_night(at_three)
    while run_waiting():
        pass
    assert not Task.objects.exclude(state=Task.State.DONE).exists()


def test_who_left_goes_two_years_later_and_the_person_stays(
    noor: Person, daan: Person, femke: Person
) -> None:
    today = timezone.localdate()
    Employment.objects.filter(person=noor).update(
        starts_on=today - timedelta(days=2_000), ends_on=today - timedelta(days=731)
    )
    Employment.objects.filter(person=daan).update(
        starts_on=today - timedelta(days=2_000), ends_on=today - timedelta(days=700)
    )
    Mandate.objects.create(
        person=daan,
        organisation=femke.employments.get().organisation,
        kind=Mandate.Kind.AUTHOR,
        from_on=today - timedelta(days=2_000),
        until_on=today - timedelta(days=731),
    )
    _night()

    assert set(Employment.objects.values_list("person", flat=True)) == {daan.pk, femke.pk}
    assert list(Mandate.objects.values_list("person", flat=True)) == [femke.pk]
    assert Person.objects.filter(pk=noor.pk).exists()


def test_who_looked_goes_after_two_years(noor: Person, daan: Person) -> None:
    now = timezone.now()
    for days in (729, 731):
        Reading.objects.create(
            reader=daan, about=noor, matter="skills", purpose="lead",
            hour=now - timedelta(days=days),
        )  # fmt: skip
    _night()

    assert Reading.objects.get().hour == now - timedelta(days=729)


def test_answers_keys_and_sessions_go_when_they_serve_nobody(
    van_dijk: Organisation, femke: Person
) -> None:
    now = timezone.now()
    tokens = [
        connect.make_token(
            van_dijk, name=f"Key {n}", scopes=ApiToken.Scope.values[:1], by=femke
        ).token
        for n in range(4)
    ]
    old, revoked = now - timedelta(days=731), now - timedelta(days=700)
    ApiToken.objects.filter(pk=tokens[0].pk).update(revoked_at=old)
    ApiToken.objects.filter(pk=tokens[1].pk).update(expires_on=old.date())
    ApiToken.objects.filter(pk=tokens[2].pk).update(revoked_at=revoked)
    for days in (29, 31):
        reply = Reply.objects.create(token=tokens[3], key=f"{days}", question="q", answer={})
        Reply.objects.filter(pk=reply.pk).update(created_at=now - timedelta(days=days))
    for name, ends in (("a" * 32, -1), ("b" * 32, 1)):
        Session.objects.create(
            session_key=name, session_data="", expire_date=now + timedelta(days=ends)
        )
    _night()

    assert set(ApiToken.objects.values_list("pk", flat=True)) == {t.pk for t in tokens[2:]}
    assert list(Reply.objects.values_list("key", flat=True)) == ["29"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["b" * 32]
