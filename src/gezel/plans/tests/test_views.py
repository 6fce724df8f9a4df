"""Who may open which page of plans, and what happens with bad input."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gezel.content.models import PackageAttempt
from gezel.content.tests.builders import a_package
from gezel.people.api import Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.plans import actions
from gezel.plans.actions import share
from gezel.plans.models import Agreement, Fact, Goal, SharedGoal, Step, Wish
from gezel.plans.tests.builders import a_goal, a_step, an_activity, in_days, key
from gezel.skills.api import add_evidence, estimate_for, let_count
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]
SECRET = "I want to leave the workshop one day"


def test_without_a_goal_the_page_helps_to_begin(noor: Person, visit: Visit) -> None:
    page = visit(noor).get(reverse("plans:mine")).content.decode()
    for start in ("needs", "role", "skill"):
        assert f"?start={start}" in page


def test_the_next_step_is_in_view_and_late_ones_first(noor: Person, visit: Visit) -> None:
    goal = a_goal(noor, skill=a_skill())
    a_step(goal, "Later step", due_on=in_days(9))
    a_step(goal, "Slipped step", due_on=in_days(-3))
    response = visit(noor).get(reverse("plans:mine"))
    assert [s.step.title for s in response.context["ahead"]] == ["Slipped step", "Later step"]
    assert "The date has passed" in response.content.decode()


def test_a_step_with_a_package_is_begun_from_the_plan_and_ticked_when_it_is_done(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    package = a_package(van_dijk, form="pages", title="Knots")
    step = a_step(a_goal(noor, skill=a_skill()), activity=package.activity)
    me = visit(noor)
    play = reverse("content:package", args=[package.pk])
    for name in ("plans:mine", "plans:panel_next"):
        assert f'href="{play}"' in me.get(reverse(name)).content.decode(), name
    assert f'href="{play}"' in me.get(reverse("plans:goal", args=[step.goal_id])).content.decode()

    me.post(reverse("content:package_start", args=[package.pk]))
    attempt = PackageAttempt.objects.get(person=noor)
    me.post(reverse("content:package_leave", args=[attempt.registration]), {"done": "1"})

    step.refresh_from_db()
    assert step.done_on == in_days(0)
    page = me.get(reverse("plans:goal", args=[step.goal_id])).content.decode()
    assert f'href="{play}"' not in page


def test_a_goal_is_set_from_role_to_step_to_agreement(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """Journey step 6, start to end, by plain forms."""
    skill = a_skill("Battery diagnosis")
    profile = a_profile(van_dijk, {skill: 4}, name="EV technician", job=None)
    activity = an_activity(van_dijk, teaches={skill: (0, 3)})
    me = visit(noor)

    chosen = me.get(reverse("plans:set_goal") + "?start=role").content.decode()
    assert f"?profile={profile.pk}" in chosen
    me.post(
        reverse("plans:set_goal") + f"?profile={profile.pk}",
        {"when": "12m", "own_words": "I like it", "shared": "on", "key": key()},
    )
    goal = Goal.objects.get(person=noor)
    assert goal.shared
    assert goal.profile == profile

    page = me.get(reverse("plans:steps", args=[goal.pk])).content.decode()
    assert "because 4 is asked in Battery diagnosis, and nothing is known of it yet" in page
    me.post(
        reverse("plans:add_activity", args=[activity.pk]),
        {"goal": goal.pk, "when": "14d", "key": key()},
    )
    step = Step.objects.get(goal=goal)
    assert step.due_on == in_days(14)

    lead = visit(daan)
    assert "I like it" in lead.get(reverse("plans:goal", args=[goal.pk])).content.decode()
    agreement = Agreement.objects.get(goal=goal)
    lead.post(
        reverse("plans:write_wish", args=[goal.pk]),
        {"wish": "We need two EV technicians", "version": agreement.version},
    )
    agreement.refresh_from_db()
    for client in (me, lead):
        client.post(reverse("plans:confirm", args=[goal.pk]), {"version": agreement.version})
    assert "agreed" in me.get(reverse("plans:mine")).content.decode()
    agreement.refresh_from_db()
    assert agreement.lead_confirmed_by == daan
    assert agreement.person_confirmed_at is not None


def test_reading_someones_plan_leaves_a_trace(noor: Person, daan: Person, visit: Visit) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    visit(daan).get(reverse("plans:goal", args=[goal.pk]))
    assert Reading.objects.filter(reader=daan, about=noor, matter="plans").count() == 1


def _doors(goal: Goal, step: Step, wish: Wish, shared: SharedGoal) -> list[tuple[str, str]]:
    return [
        ("get", reverse("plans:goal", args=[goal.pk])),
        ("get", reverse("plans:edit_goal", args=[goal.pk])),
        ("post", reverse("plans:share", args=[goal.pk])),
        ("post", reverse("plans:end_goal", args=[goal.pk])),
        ("post", reverse("plans:write_wish", args=[goal.pk])),
        ("post", reverse("plans:confirm", args=[goal.pk])),
        ("get", reverse("plans:steps", args=[goal.pk])),
        ("post", reverse("plans:steps", args=[goal.pk])),
        ("get", reverse("plans:step", args=[step.pk])),
        ("post", reverse("plans:mark_step", args=[step.pk])),
        ("post", reverse("plans:remove_step", args=[step.pk])),
        ("get", reverse("plans:make_wish", args=[goal.person_id])),
        ("post", reverse("plans:put_wish_aside", args=[wish.pk])),
        ("get", reverse("plans:edit_shared_goal", args=[shared.pk])),
        ("get", reverse("plans:set_goal") + f"?skill={goal.skill_id}&wish={wish.pk}"),
        ("get", reverse("plans:team")),
    ]


def test_sam_finds_every_door_closed(
    noor: Person, daan: Person, van_dijk: Organisation, sam: Person, visit: Visit
) -> None:
    skill = a_skill(organisation=van_dijk)
    goal = a_goal(noor, skill=skill, shared=True)
    step = a_step(goal)
    wish = actions.make_wish(noor, van_dijk, text="Grow", by=daan, key=Step().key)
    shared = actions.set_shared_goal(
        van_dijk, skill=skill, level=3, people=5, due_on=in_days(90), by=daan
    )
    client = visit(sam)
    for method, address in _doors(goal, step, wish, shared):
        assert getattr(client, method)(address).status_code == 404, address
    activity = an_activity(van_dijk)
    add, panel = (
        reverse(f"plans:{name}", args=[activity.pk]) for name in ("add_activity", "panel_add_step")
    )
    assert client.post(add).status_code == 404
    assert client.get(panel).status_code == 404
    for name in ("panel_goal", "panel_team", "panel_shared"):
        assert client.get(reverse(f"plans:{name}")).status_code == 404
    goal.refresh_from_db()
    assert goal.is_open


def test_a_private_goal_does_not_exist_for_the_lead_or_hr(
    noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    """Attack 7: no trace, also not as a count, in pages, panels or by address."""
    goal = a_goal(noor, skill=a_skill("Beekeeping"), own_words=SECRET)
    step = a_step(goal, "Secret step")
    for person in (daan, femke):
        client = visit(person)
        for address in (
            reverse("plans:goal", args=[goal.pk]),
            reverse("plans:steps", args=[goal.pk]),
            reverse("plans:step", args=[step.pk]),
        ):
            assert client.get(address).status_code == 404
        for name in ("mark_step", "remove_step"):
            assert client.post(reverse(f"plans:{name}", args=[step.pk])).status_code == 404
    lead = visit(daan)
    before = lead.get(reverse("plans:team")).content.decode()
    assert SECRET not in before
    assert "Beekeeping" not in before
    assert "Secret step" not in before
    assert lead.get(reverse("plans:panel_team")).status_code == 404
    assert not Reading.objects.filter(about=noor).exists()
    assert not Fact.objects.filter(goal=goal).exists()


def test_hr_who_does_not_lead_reads_no_shared_plan(
    noor: Person, femke: Person, visit: Visit
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    assert visit(femke).get(reverse("plans:goal", args=[goal.pk])).status_code == 404


def test_taking_back_the_sharing_closes_the_lead_out_at_once(
    noor: Person, daan: Person, visit: Visit
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    lead = visit(daan)
    assert lead.get(reverse("plans:goal", args=[goal.pk])).status_code == 200
    visit(noor).post(reverse("plans:share", args=[goal.pk]), {"shared": "0"})
    assert lead.get(reverse("plans:goal", args=[goal.pk])).status_code == 404


def test_the_lead_of_a_leaver_sees_nothing_from_the_next_day(
    noor: Person, daan: Person, visit: Visit
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    end_employment(noor.employments.get(), last_day=in_days(-1))
    lead = visit(daan)
    assert lead.get(reverse("plans:goal", args=[goal.pk])).status_code == 404
    assert lead.get(reverse("plans:team")).status_code in {200, 404}
    assert visit(noor).get(reverse("plans:goal", args=[goal.pk])).status_code == 200
    assert visit(noor).get(reverse("plans:mine")).status_code == 200


def test_a_lead_changes_only_the_steps_that_are_theirs(
    noor: Person, daan: Person, visit: Visit
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    hers, his = a_step(goal), a_step(goal, "Free Tuesday mornings", who=Step.Who.LEAD)
    lead = visit(daan)
    assert lead.post(reverse("plans:mark_step", args=[hers.pk]), {"done": 1}).status_code == 404
    lead.post(reverse("plans:mark_step", args=[his.pk]), {"done": 1})
    his.refresh_from_db()
    assert his.done_on is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": "other", "due_on": ""},
        {"when": "other", "due_on": "31-02-2026"},
        {"when": "other", "due_on": "0001-01-01"},
        {"when": "soon"},
        {"when": "6m", "level": "9"},
        {"when": "6m", "own_words": "x" * 2_001},
    ],
)
def test_a_goal_with_a_mistake_is_told_and_not_kept(
    noor: Person, visit: Visit, wrong: dict[str, str]
) -> None:
    skill = a_skill()
    response = visit(noor).post(
        reverse("plans:set_goal") + f"?skill={skill.pk}", {"level": "3", "key": key(), **wrong}
    )
    assert response.status_code == 422
    assert not Goal.objects.exists()


def test_a_form_sent_twice_is_one_goal_and_one_step(noor: Person, visit: Visit) -> None:
    skill, once = a_skill(), key()
    me = visit(noor)
    for _time in range(2):
        me.post(
            reverse("plans:set_goal") + f"?skill={skill.pk}",
            {"level": "3", "when": "6m", "key": once},
        )
    goal = Goal.objects.get()
    again = key()
    for _time in range(2):
        me.post(
            reverse("plans:steps", args=[goal.pk]),
            {"title": "Ask Karim", "when": "7d", "who": "person", "key": again},
        )
    assert Step.objects.count() == 1


def test_two_people_editing_lose_nothing(noor: Person, visit: Visit) -> None:
    goal = a_goal(noor, skill=a_skill())
    step = a_step(goal)
    me = visit(noor)
    change = {"when": "7d", "who": "person", "version": "1"}
    address = reverse("plans:step", args=[step.pk])
    assert me.post(address, {"title": "First", **change}).status_code == 302
    second = me.post(address, {"title": "Second", **change})
    assert second.status_code == 409
    page = second.content.decode()
    assert "First" in page
    assert 'value="Second"' in page
    step.refresh_from_db()
    assert step.title == "First"


def test_a_mass_of_extra_fields_changes_nothing(noor: Person, daan: Person, visit: Visit) -> None:
    skill = a_skill()
    visit(noor).post(
        reverse("plans:set_goal") + f"?skill={skill.pk}",
        {"level": "3", "when": "6m", "key": key(), "person": daan.pk, "state": "reached"},
    )
    goal = Goal.objects.get()
    assert goal.person == noor
    assert goal.is_open


def test_open_redirects_are_refused(noor: Person, visit: Visit) -> None:
    step = a_step(a_goal(noor, skill=a_skill()))
    response = visit(noor).post(
        reverse("plans:mark_step", args=[step.pk]), {"done": "1", "next": "https://evil.test/"}
    )
    assert response.headers["Location"] == reverse("plans:goal", args=[step.goal_id])


def test_a_wish_is_taken_up_or_put_aside(noor: Person, daan: Person, visit: Visit) -> None:
    lead, me, skill = visit(daan), visit(noor), a_skill()
    for text in ("Learn to coach", "Learn to weld"):
        lead.post(reverse("plans:make_wish", args=[noor.pk]), {"wish": text, "key": key()})
    coach, weld = Wish.objects.order_by("pk")
    assert "Learn to coach" in me.get(reverse("plans:mine")).content.decode()
    me.post(
        reverse("plans:set_goal") + f"?skill={skill.pk}&wish={coach.pk}",
        {"level": "3", "when": "6m", "key": key()},
    )
    goal = Goal.objects.select_related("agreement").get()
    assert goal.shared
    assert goal.agreement.wish == "Learn to coach"
    me.post(reverse("plans:put_wish_aside", args=[weld.pk]), {"answer": "Not this year"})
    assert "Not this year" in lead.get(reverse("plans:team")).content.decode()


def test_reached_goals_stay_and_can_be_taken_up_again(noor: Person, visit: Visit) -> None:
    goal = a_goal(noor, skill=a_skill())
    me, end = visit(noor), reverse("plans:end_goal", args=[goal.pk])
    me.post(end, {"how": "reached"})
    goal.refresh_from_db()
    assert goal.state == Goal.State.REACHED
    assert me.get(reverse("plans:goal", args=[goal.pk])).status_code == 200
    assert me.get(reverse("plans:edit_goal", args=[goal.pk])).status_code == 404
    me.post(end, {"how": "reopen"})
    goal.refresh_from_db()
    assert goal.is_open
    assert goal.ended_on is None


def test_a_shared_goal_counts_people_and_stays_dark_when_few(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    skill, unit = a_skill(), a_unit(van_dijk, "Workshop South")
    a_profile(van_dijk, {skill: 3}, job=None)
    people = [a_colleague(van_dijk, f"Colleague {n}", unit=unit) for n in range(6)]
    for person in people[:4]:
        an_evidence(person, skill, level=3)
    hr = visit(femke)
    hr.post(
        reverse("plans:set_shared_goal"),
        {"unit": unit.pk, "skill": skill.pk, "level": 3, "people": 6,
         "due_on": in_days(90).isoformat(), "key": key()},
    )  # fmt: skip
    assert (
        "4 of 6 people at level 3" in visit(people[0]).get(reverse("plans:shared")).content.decode()
    )
    for person in people[:2]:
        end_employment(person.employments.get(), last_day=in_days(-1))
    page = visit(people[5]).get(reverse("plans:shared")).content.decode()
    assert "people at level" not in page
    assert "fewer than 5" in page


def test_a_lead_sets_goals_for_their_own_unit_only(van_dijk: Organisation, visit: Visit) -> None:
    skill, south = a_skill(), a_unit(van_dijk, "South")
    a_profile(van_dijk, {skill: 3}, job=None)
    north = a_unit(van_dijk, "North")
    lead = a_colleague(van_dijk, "Lea Lead", unit=south)
    a_colleague(van_dijk, "Max Member", unit=south, lead=lead)
    form = {"skill": skill.pk, "level": 3, "people": 5, "due_on": in_days(90).isoformat()}
    client, address = visit(lead), reverse("plans:set_shared_goal")
    assert client.post(address, {**form, "unit": north.pk, "key": key()}).status_code == 422
    assert client.post(address, {**form, "unit": "", "key": key()}).status_code == 422
    assert client.post(address, {**form, "unit": south.pk, "key": key()}).status_code == 302


def test_long_and_right_to_left_names_are_told_whole(noor: Person, visit: Visit) -> None:
    goal = a_goal(noor, skill=a_skill("ש" * 240), own_words="<script>alert(1)</script>")
    a_step(goal, "م" * 250)
    page = visit(noor).get(reverse("plans:goal", args=[goal.pk])).content.decode()
    assert "م" * 250 in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("name", ["mine", "team", "shared"])
def test_pages_ask_little(
    name: str,
    daan: Person,
    van_dijk: Organisation,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    noor = a_colleague(van_dijk, "Noor Jansen", lead=daan)
    for n in range(6):
        skill = a_skill(f"Skill {n}")
        person = a_colleague(van_dijk, f"Member {n}", lead=daan)
        for whose in (noor, person):
            goal = a_goal(whose, skill=skill, shared=True)
            for _step in range(3):
                a_step(goal, activity=an_activity(van_dijk, f"Course {n}"))
        actions.set_shared_goal(
            van_dijk, skill=skill, level=3, people=5, due_on=in_days(9), by=daan
        )
    client = visit(noor if name == "mine" else daan)
    with django_assert_max_num_queries(12):
        assert client.get(reverse(f"plans:{name}")).status_code == 200


def test_the_goal_page_asks_little(
    noor: Person,
    daan: Person,
    van_dijk: Organisation,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    skills = {a_skill(f"Skill {n}"): 4 for n in range(8)}
    goal = a_goal(noor, profile=a_profile(van_dijk, skills), shared=True)
    for n in range(6):
        a_step(goal, activity=an_activity(van_dijk, f"Course {n}"))
    for person in (noor, daan):
        client = visit(person)
        with django_assert_max_num_queries(12):
            assert client.get(reverse("plans:goal", args=[goal.pk])).status_code == 200


def test_panels_ask_three_times_at_most(
    noor: Person,
    daan: Person,
    van_dijk: Organisation,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    skill = a_skill()
    goal = a_goal(noor, profile=a_profile(van_dijk, {skill: 3}), shared=True)
    a_step(goal, activity=an_activity(van_dijk))
    actions.confirm(goal, by=noor, seen=goal.agreement.version + 1)
    actions.set_shared_goal(van_dijk, skill=skill, level=3, people=5, due_on=in_days(9), by=daan)
    for person, name in [(noor, "goal"), (noor, "next"), (daan, "team"), (noor, "shared")]:
        client = visit(person)
        # Session, person and visitor are three; goals of a group need a fourth of their own, and a
        # fifth for who has evidence from elsewhere, whose level the employer reckons apart.
        with django_assert_max_num_queries(8 if name == "shared" else 6):
            assert client.get(reverse(f"plans:panel_{name}")).status_code == 200


def test_the_activity_page_offers_to_plan_it(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    activity, me = an_activity(van_dijk), visit(noor)
    address = reverse("plans:panel_add_step", args=[activity.pk])
    assert reverse("plans:set_goal") in me.get(address).content.decode()
    goal = a_goal(noor, skill=a_skill())
    assert reverse("plans:add_activity", args=[activity.pk]) in me.get(address).content.decode()
    a_step(goal, activity=activity)
    assert "It is in your plan" in me.get(address).content.decode()


def test_what_is_in_a_plan_or_done_is_no_tip(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """The same activity twice on one page helps nobody; put out of the plan it is a tip again."""
    skill = a_skill("Battery diagnosis")
    a_profile(van_dijk, {skill: 4}, job=noor.employments.get().job.name)
    activity = an_activity(van_dijk, "Open the pack together", teaches={skill: (0, 2)})
    goal, tips = a_goal(noor, skill=skill), reverse("catalogue:panel_tips")
    me = visit(noor)
    assert activity.title in me.get(tips).content.decode()

    step = a_step(goal, activity=activity)
    assert activity.title not in me.get(tips).content.decode()

    me.post(reverse("plans:remove_step", args=[step.pk]), {"version": step.version})
    assert activity.title in me.get(tips).content.decode()


def test_a_lead_of_many_reads_a_page_of_plans_and_finds_the_one_they_look_for(
    daan: Person,
    van_dijk: Organisation,
    visit: Visit,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    skill = a_skill(organisation=van_dijk)
    for n in range(33):
        person = a_colleague(van_dijk, f"Person{n:02} Of{n:02}", lead=daan)
        goal = a_goal(person, skill=skill, shared=True, due_on=in_days(100 + n))
        a_step(goal, f"Step {n}", due_on=in_days(-3 if n < 7 else 30))
        if n in {31, 32}:
            Agreement.objects.filter(goal=goal).update(wish="Grow")
    lead = visit(daan)
    lead.get(reverse("plans:team"))

    with django_assert_max_num_queries(14):
        whole = lead.get(reverse("plans:team"))
    assert len(whole.context["plans"]) == 30
    assert len(whole.context["late"]) == 5
    assert "?show=late#all" in whole.content.decode()
    assert len(lead.get(reverse("plans:team") + "?page=2").context["plans"]) == 3

    late = lead.get(reverse("plans:team") + "?show=late").context["plans"]
    assert {p.next.step.title for p in late} == {f"Step {n}" for n in range(7)}
    without = lead.get(reverse("plans:team") + "?show=no-wish&page=2").context["plans"]
    assert [p.goal.person.first_name for p in without] == ["Person30"]
    found = lead.get(reverse("plans:team") + "?name=person32 of").context
    assert [p.goal.person.first_name for p in found["plans"]] == ["Person32"]
    assert [p.first_name for p in found["people"]] == ["Person32"]
    none = lead.get(reverse("plans:team") + "?name=nobody").content.decode()
    assert "No shared plan fits" in none
    assert len(lead.get(reverse("plans:team") + "?show=everything").context["plans"]) == 30


def test_only_whose_plan_stood_on_the_page_reads_that_it_was_read(
    noor: Person, daan: Person, visit: Visit
) -> None:
    a_goal(noor, skill=a_skill(), shared=True)
    visit(daan).get(reverse("plans:team") + "?name=somebody")
    assert not Reading.objects.filter(about=noor).exists()
    visit(daan).get(reverse("plans:team"))
    assert Reading.objects.filter(about=noor).exists()


def test_who_is_there_by_what_they_did_elsewhere_reads_that_their_lead_is_not_told(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """Between jobs counts for her; at Van Dijk only once she says so (decision 0022)."""
    skill = a_skill()
    goal = a_goal(noor, skill=skill, shared=True)
    piece = add_evidence(
        noor, skill, kind="certificate", level=4, on=in_days(0), by=None, elsewhere=True
    )
    page, me = reverse("plans:goal", args=[goal.pk]), visit(noor)
    told = me.get(page).content.decode()
    assert "The evidence shows that you are there" in told
    assert "Your lead does not see that yet" in told
    share(goal, shared=False, by=noor)
    assert "Your lead does not see that yet" not in me.get(page).content.decode()
    share(goal, shared=True, by=noor)

    let_count(van_dijk, [piece.pk])
    estimate_for(noor, van_dijk, {skill.pk})

    assert "Your lead does not see that yet" not in me.get(page).content.decode()
