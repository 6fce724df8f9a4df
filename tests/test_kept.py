"""What is kept until a day goes after that day, every night, and nothing else with it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from gezel.catalogue.models import Activity, HiddenTip
from gezel.catalogue.tests.builders import an_activity
from gezel.connect import actions as connect
from gezel.connect.models import ApiToken, Mail, Message, Reply
from gezel.content.actions import together
from gezel.content.tests.builders import a_module
from gezel.kit.jobs import begin_night, run_waiting
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.people.models import Employment, Mandate
from gezel.plans.actions import remove_shared_goal
from gezel.plans.models import SharedGoal
from gezel.profile.actions import note_opening
from gezel.profile.models import Opening, Share
from gezel.profile.tests.builders import a_share
from gezel.skills.models import EvidenceRequest, RaterFit
from gezel.skills.tests.builders import a_skill
from gezel.trust.models import Reading
from gezel.trust.tests.builders import a_consent

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
    a_consent(van_dijk, "connect.personal_keys")
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


def test_mail_goes_a_year_after_it_was_to_be_sent(van_dijk: Organisation, noor: Person) -> None:
    now = timezone.now()
    for days in (364, 366):
        gone_at = now - timedelta(days=days)
        mail = Mail.objects.create(id=uuid.uuid4(), person=noor, goes_at=gone_at, state="sent")
        Message.objects.create(
            person=noor, organisation=van_dijk, kind="tests.old", once=str(days), mail=mail,
            goes_at=gone_at, fate="told",
        )  # fmt: skip
    _night()

    assert Message.objects.get().once == "364"
    assert Mail.objects.get().messages.get().once == "364"


def test_closed_questions_and_old_figures_of_raters_go(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    now, today = timezone.now(), timezone.localdate()
    skill = a_skill()
    for days in (None, 29, 31):
        EvidenceRequest.objects.create(
            organisation=van_dijk, person=noor, skill=skill, asked_of=daan,
            closed_at=None if days is None else now - timedelta(days=days),
        )  # fmt: skip
    for days in (800, 735, 700, 1):
        RaterFit.objects.create(
            organisation=van_dijk, rater=daan, kind="lead", leniency=0.1, sd=0.2, ratees=6,
            fitted_on=today - timedelta(days=days),
        )  # fmt: skip
    # Nothing came after this one: it is what counts today.
    alone = RaterFit.objects.create(
        organisation=van_dijk, rater=noor, kind="colleague", leniency=0.1, sd=0.2, ratees=6,
        fitted_on=today - timedelta(days=900),
    )  # fmt: skip
    _night()

    closed = EvidenceRequest.objects.values_list("closed_at", flat=True)
    assert set(closed) == {None, now - timedelta(days=29)}
    kept = RaterFit.objects.filter(rater=daan).order_by("fitted_on")
    assert [(today - fit.fitted_on).days for fit in kept] == [700, 1]
    assert RaterFit.objects.filter(pk=alone.pk).exists()


def test_who_shared_goes_when_it_is_off_offer(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    on_offer = an_activity(van_dijk, "Still here", shared_by=daan)
    gone = an_activity(van_dijk, "Gone", shared_by=daan)
    made = an_activity(van_dijk, "Made", shared_by=daan, kind=Activity.Kind.MODULE)
    Activity.objects.filter(pk__in=[gone.pk, made.pk]).update(state=Activity.State.CLOSED)
    today = timezone.localdate()
    for activity, until in ((on_offer, today), (gone, today - timedelta(days=1))):
        HiddenTip.objects.create(person=noor, activity=activity, until_on=until)
    _night()

    on_offer.refresh_from_db()
    gone.refresh_from_db()
    made.refresh_from_db()
    assert (on_offer.shared_by, gone.shared_by, made.shared_by) == (daan, None, daan)
    assert [hidden.activity for hidden in HiddenTip.objects.all()] == [on_offer]


def test_what_one_takes_back_of_a_module_goes(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    module = a_module(van_dijk, shared_by=daan)
    together.thank(module, noor, line="Thanks")
    asking = together.ask(module, noor, text="Why?", key=uuid.uuid4())
    together.take_thanks_back(module, noor)
    together.drop_asking(asking)
    together.invite(module, noor)
    together.end_co_author(module, noor)

    assert not module.askings.exists()
    assert not module.thanks.exists()
    assert not module.co_authors.exists()


def test_a_shared_goal_goes_with_the_name_in_it(van_dijk: Organisation, femke: Person) -> None:
    goal = SharedGoal.objects.create(
        organisation=van_dijk, skill=a_skill(), level=3, people=5, due_on=timezone.localdate(),
        made_by=femke,
    )  # fmt: skip

    remove_shared_goal(goal)

    assert not SharedGoal.objects.exists()


def test_links_to_a_profile_go_a_year_after_they_ended(noor: Person) -> None:
    today, now = timezone.localdate(), timezone.now()
    ended, withdrawn, older, still = (a_share(noor, label=str(n)) for n in range(4))
    for share in (ended, withdrawn, older, still):
        note_opening(share)
    Share.objects.filter(pk=ended.pk).update(until=today - timedelta(days=366))
    Share.objects.filter(pk=withdrawn.pk).update(withdrawn_at=now - timedelta(days=367))
    Share.objects.filter(pk=older.pk).update(until=today - timedelta(days=364))
    _night()

    assert {share.label for share in Share.objects.all()} == {"2", "3"}
    assert Opening.objects.count() == 2
