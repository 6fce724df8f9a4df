"""The look ahead on its pages: who may open it, what it tells, that it adds up, what it costs."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gezel.kit.models import Task
from gezel.people.api import Organisation, Person, end_employment
from gezel.people.models import Employment
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.plans.models import Agreement, Goal, Step
from gezel.plans.tests.builders import a_goal, a_step, an_activity
from gezel.skills import actions
from gezel.skills.models import AheadFigure, Demand, GroupPrior, RoleProfile, Skill, Standing
from gezel.skills.queries import ahead, outlooks
from gezel.skills.queries.one_ahead import skill_ahead
from gezel.skills.rules import belief, forecast
from gezel.skills.rules.forecast import Driver
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def diesel(van_dijk: Organisation) -> Skill:
    skill = a_skill("Diesel")
    a_profile(van_dijk, {skill: 4}, essential=True)
    return skill


def seen(
    person: Person, skill: Skill, level: float, *, days: int = 30, sd: float = 0.5
) -> Standing:
    """A stored estimate, as the night leaves it."""
    day = TODAY() - timedelta(days=days)
    return Standing.objects.create(
        person=person, skill=skill, level=level, sd=sd, pieces=1, newest_on=day,
        computed_on=TODAY(), all_from_id=person.employments.get().organisation_id,
    )  # fmt: skip


def asks_more(skill: Skill, level: int, *, months: int = 6, **span: int) -> Demand:
    return Demand.objects.create(
        profile=RoleProfile.objects.get(), skill=skill, level=level, essential=True,
        from_on=ahead.months_on(TODAY(), months), **span,
    )  # fmt: skip


def agreed(person: Person, skill: Skill, *, due: int = 60, to: int = 5) -> Goal:
    """A step that person and lead agreed on."""
    employment = person.employments.get()
    goal = a_goal(person, skill=skill, level=5, shared=True)
    activity = an_activity(employment.organisation, teaches={skill: (1, to)})
    a_step(goal, activity=activity, due_on=TODAY() + timedelta(days=due))
    Agreement.objects.filter(goal=goal).update(
        person_confirmed_at=timezone.now(), lead_confirmed_at=timezone.now()
    )
    return goal


def sums(page: str) -> list[str]:
    """The arithmetic of each skill on a person's page, as text."""
    found = re.findall(r'<p class="small ahead-sum">(.*?)</p>', page, flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in found]


# --- who may ---


def test_a_person_and_who_leads_them_look_ahead_and_nobody_else_does(
    *, noor: Person, daan: Person, femke: Person, sam: Person, diesel: Skill, visit: Visit
) -> None:
    assert visit(noor).get("/skills/mine/ahead/").status_code == 200
    assert visit(daan).get(f"/skills/people/{noor.pk}/ahead/").status_code == 200
    assert visit(daan).get("/skills/team/ahead/").status_code == 200
    # HR looks ahead for groups; a forecast of a person is for that person and who leads them.
    for other in (femke, sam, noor):
        assert visit(other).get(f"/skills/people/{noor.pk}/ahead/").status_code == 404
        assert visit(other).get("/skills/team/ahead/").status_code == 404
    assert visit(noor).get("/skills/organisation/ahead/").status_code == 200


def test_a_lead_reads_word_for_word_what_the_person_reads_and_it_is_noted(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    seen(noor, diesel, 3.4)
    asks_more(diesel, 5, low=4)
    agreed(noor, diesel)

    own = visit(noor).get("/skills/mine/ahead/?months=12").content.decode()
    told = visit(daan).get(f"/skills/people/{noor.pk}/ahead/?months=12").content.decode()

    def rows(page: str) -> str:
        return page[page.index("ahead-rows") :].split("</ul>", maxsplit=1)[0]

    assert rows(own) == rows(told)
    assert Reading.objects.filter(reader=daan, about=noor).exists()
    team = visit(daan).get("/skills/team/ahead/?months=12").content.decode()
    (line,) = sums(own)
    level = re.search(r"= ([\d.]+)", line)
    assert level is not None
    assert f"{level[1]}<small>/5" in team


# --- what it tells ---


def test_a_level_ahead_is_what_the_estimate_will_say_if_nothing_is_seen(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill
) -> None:
    days = [TODAY() - timedelta(days=400), TODAY() - timedelta(days=90)]
    pieces = []
    for n, day in enumerate(days):
        piece = an_evidence(noor, diesel, level=4, kind="lead", by=daan, on=day)
        pieces.append(belief.Piece(piece.pk, "lead", 4 - n * 0.0, day, n))
    now = belief.estimate(pieces, TODAY())
    Standing.objects.update_or_create(
        person=noor,
        skill=diesel,
        defaults={
            "level": now.level, "sd": now.sd, "pieces": 2, "newest_on": now.newest_on,
            "computed_on": TODAY(),
        },
    )  # fmt: skip
    on = [TODAY() + timedelta(days=n) for n in (200, 700)]

    found = ahead.look(van_dijk, [ahead.Seat(noor.pk, RoleProfile.objects.get().pk)], on, at=None)

    for day, told in zip(on, found.ahead, strict=True):
        later = belief.estimate(pieces, day)
        assert told.level[0] == pytest.approx(later.level, abs=0.005)
        assert told.sd[0] == pytest.approx(later.sd, abs=0.005)


def test_the_sum_of_a_skill_adds_up_as_it_is_shown(
    noor: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    seen(noor, diesel, 4.4)
    agreed(noor, diesel)
    page = visit(noor).get("/skills/mine/ahead/").content.decode()

    (line,) = sums(page)

    told = re.match(
        r"Now ([\d.]+) \(.*?\) − ([\d.]+) if it is not used "
        r"\+ ([\d.]+) by planned learning = ([\d.]+)",
        line,
    )
    assert told is not None, line
    now, fades, learns, then = (Decimal(part) for part in told.groups())
    assert now - fades + learns == then
    assert "Agreed: learning up to level 5" in page


def test_what_would_prevent_it_is_said_with_a_day_and_a_range(
    noor: Person, diesel: Skill, visit: Visit
) -> None:
    seen(noor, diesel, 4.0, sd=0.3)

    page = visit(noor).get("/skills/mine/ahead/").content.decode()

    assert "Refresh before <b>" in page
    assert "to stay at level 4" in page
    assert "8 times out of 10" in page


def test_a_higher_demand_is_not_told_as_someones_decline(
    noor: Person, diesel: Skill, visit: Visit
) -> None:
    seen(noor, diesel, 4.2, sd=0.2)
    asks_more(diesel, 5, months=2)

    page = visit(noor).get("/skills/mine/ahead/").content.decode()

    assert "Not fading but a higher demand makes this a need" in page
    assert "Refresh before" not in page


def test_of_what_nobody_knows_nothing_is_said_ahead(
    noor: Person, diesel: Skill, visit: Visit
) -> None:
    page = visit(noor).get("/skills/mine/ahead/").content.decode()

    assert "nothing known, 4 asked" in page
    assert "Say where you stand" in page
    assert not sums(page)


def test_without_a_role_profile_or_a_job_the_page_says_so(
    daan: Person, visit: Visit, van_dijk: Organisation
) -> None:
    assert "has no role profile yet" in visit(daan).get("/skills/mine/ahead/").content.decode()
    end_employment(daan.employments.get(), last_day=TODAY() - timedelta(days=1))
    assert "Without a job" in visit(daan).get("/skills/mine/ahead/").content.decode()


@pytest.mark.parametrize(
    ("asked", "shown_months"),
    [("to=2199-01-01", 24), ("to=nonsense", 24), ("to=2020-01-01", 24), ("months=7", 24),
     ("months=6", 6), ("", 24)],
)  # fmt: skip
def test_a_day_nobody_can_mean_is_no_error(
    asked: str, shown_months: int, noor: Person, diesel: Skill, visit: Visit
) -> None:
    from django.utils import formats

    seen(noor, diesel, 3.0)
    page = visit(noor).get(f"/skills/mine/ahead/?{asked}").content.decode()

    day = ahead.months_on(TODAY(), shown_months)
    assert f"On {formats.date_format(day, 'DATE_FORMAT')}" in page


def test_months_end_where_the_month_ends() -> None:
    assert ahead.months_on(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert ahead.months_on(date(2026, 1, 15), 12) == date(2027, 1, 15)
    assert ahead.months_on(date(2026, 11, 30), 1) == date(2026, 12, 30)


# --- a team ---


def figures(page: str) -> list[Decimal]:
    """Today, the drivers and the day ahead, from the table of the total."""
    table = page[page.index("table sum") :].split("</table>", maxsplit=1)[0]
    cells = re.findall(r'<td class="num">(?:<b>)?([+−]?[\d.]+)', table)
    return [Decimal(cell.replace("−", "-")) for cell in cells]


def test_drivers_on_the_page_add_up_to_the_change(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    team = [noor, *(a_colleague(van_dijk, f"Piet {n}", lead=daan) for n in range(6))]
    for n, person in enumerate(team):
        seen(person, diesel, 2.2 + 0.4 * n, days=40 * n)
    asks_more(diesel, 5, low=4, months=5)
    agreed(noor, diesel)
    GroupPrior.objects.create(
        profile=RoleProfile.objects.get(), skill=diesel, mean=2.0, sd=0.8, people=7,
        fitted_on=TODAY(),
    )  # fmt: skip
    end_employment(team[1].employments.get(), last_day=TODAY() + timedelta(days=90))
    for n in range(2):
        gone = a_colleague(van_dijk, f"Weg {n}", starts_on=TODAY() - timedelta(days=900))
        end_employment(gone.employments.get(), last_day=TODAY() - timedelta(days=100 + n))
    actions.work_out_ahead(van_dijk)

    page = visit(daan).get("/skills/team/ahead/").content.decode()

    now, no_use, demand, leavers, learning, then = figures(page)
    assert now + no_use + demand + leavers + learning == then
    assert no_use > 0
    assert demand > 0
    assert leavers != 0
    assert learning < 0
    assert "Of 1 person the last day is known." in page
    assert "still work here after two years" in page


def test_people_stand_by_name_and_who_could_teach_stands_beside_who_is_short(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    aad, zeb = (a_colleague(van_dijk, name, lead=daan) for name in ("Aad Mol", "Zeb Aal"))
    seen(zeb, diesel, 4.6)
    seen(aad, diesel, 4.2)
    seen(noor, diesel, 1.5)

    page = visit(daan).get("/skills/team/ahead/").content.decode()

    teaching = page[page.index('class="teaching"') :]
    helpers, short = re.findall(r"<dd>(.*?)</dd>", teaching)
    assert re.findall(r"<bdi>(.*?)</bdi>", helpers) == ["Aad Mol", "Zeb Aal"]
    assert re.findall(r"<bdi>(.*?)</bdi>", short) == ["Noor Jansen"]


def test_a_larger_team_asks_no_more_questions(
    *, noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for n in range(70):
        seen(a_colleague(van_dijk, f"Piet {n}", lead=daan), diesel, 3.0)
    client = visit(daan)
    client.get("/skills/team/ahead/")

    with django_assert_max_num_queries(20):
        page = client.get("/skills/team/ahead/").content.decode()

    # All 71 are in the total; sixty are on the first page.
    assert "71 people; a level short" in page
    assert page.count('<tr><th scope="row"><a href="/skills/people/') == 60


def test_an_empty_team_is_told_where_to_look(
    daan: Person, noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    assert "jobs without a role profile" in visit(daan).get("/skills/team/ahead/").content.decode()


# --- what people agreed to learn ---


@pytest.mark.parametrize("hidden", ["private", "unconfirmed", "stopped", "done", "overdue"])
def test_what_is_not_shared_and_agreed_leaves_no_trace(
    *, hidden: str, noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    seen(noor, diesel, 3.0)
    before = visit(daan).get("/skills/team/ahead/").content.decode()
    goal = agreed(noor, diesel)
    if hidden == "private":
        Goal.objects.update(shared=False)
    elif hidden == "unconfirmed":
        Agreement.objects.filter(goal=goal).update(lead_confirmed_at=None)
    elif hidden == "stopped":
        Goal.objects.update(state=Goal.State.STOPPED)
    elif hidden == "done":
        Step.objects.update(done_on=TODAY())
    else:
        Step.objects.update(due_on=TODAY() - timedelta(days=1))

    assert figures(visit(daan).get("/skills/team/ahead/").content.decode()) == figures(before)
    own = visit(daan).get(f"/skills/people/{noor.pk}/ahead/").content.decode()
    assert "planned learning =" not in own
    assert "Agreed" not in own


# --- the organisation ---


def two_units(van_dijk: Organisation, diesel: Skill, *, sizes: tuple[int, int]) -> list[Person]:
    people = []
    for n, size in enumerate(sizes):
        unit = a_unit(van_dijk, f"Unit {n}")
        for k in range(size):
            person = a_colleague(van_dijk, f"Piet {n}{k}", unit=unit)
            seen(person, diesel, 2.0 + 0.2 * k)
            people.append(person)
    return people


def test_a_small_unit_stays_dark_with_whatever_could_be_subtracted(
    noor: Person, femke: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    two_units(van_dijk, diesel, sizes=(8, 3))
    Employment.objects.filter(person=noor).update(job=Employment.objects.get(person=femke).job)

    page = visit(noor).get("/skills/organisation/ahead/").content.decode()
    hr = visit(femke).get("/skills/organisation/ahead/").content.decode()

    assert "11 people; a level short" in page
    # Both: from the whole and the large one, the small one could be computed.
    assert page.count("too few people</td>") == 2
    assert "too few people</td>" not in hr
    whole = figures(hr)
    assert sum(whole[:-1]) == whole[-1]


def test_nobody_but_hr_may_divide_by_role_and_export_nothing_more(
    noor: Person, femke: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    two_units(van_dijk, diesel, sizes=(8, 6))

    assert (
        "By role profile"
        in visit(femke).get("/skills/organisation/ahead/?by=profile").content.decode()
    )
    assert (
        "By role profile"
        not in visit(noor).get("/skills/organisation/ahead/?by=profile").content.decode()
    )


def test_what_one_person_agreed_is_told_together_with_another_driver_also_to_hr(
    femke: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    people = two_units(van_dijk, diesel, sizes=(8, 6))
    agreed(people[0], diesel)

    page = visit(femke).get("/skills/organisation/ahead/").content.decode()

    assert "Not using skills and planned learning, together" in page
    # All eight: what six learn is as much as what fourteen lose, give or take a tenth of a level by
    # how their numbers fall, and a row of the table leaves out what adds up to nothing.
    for person in people[1:8]:
        agreed(person, diesel)
    page = visit(femke).get("/skills/organisation/ahead/").content.decode()
    assert '<th scope="row">Planned learning</th>' in page
    # By role it is never told apart: roles and units could be subtracted from each other.
    by_role = visit(femke).get("/skills/organisation/ahead/?by=profile").content.decode()
    assert "not using skills and planned learning, together" in by_role


def test_kept_figures_are_those_worked_out_live(
    van_dijk: Organisation, diesel: Skill, noor: Person
) -> None:
    two_units(van_dijk, diesel, sizes=(8, 6))
    asks_more(diesel, 5, low=4)

    actions.work_out_ahead(van_dijk)
    actions.work_out_ahead(van_dijk)

    live = {(p.place, p.months): p for p in outlooks.places_ahead(van_dijk)}
    kept = {(p.place, p.months): p for p in outlooks.stored(van_dijk)}
    assert kept == live
    # Root, two units, who sits at each of the three, and the role; three days ahead.
    assert AheadFigure.objects.count() == 3 * (1 + 2 + 3 + 1)


def test_a_unit_is_the_sum_of_its_parts_draw_by_draw(
    van_dijk: Organisation, diesel: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_units(van_dijk, diesel, sizes=(8, 6))
    whole = {(p.place, p.months): p for p in outlooks.places_ahead(van_dijk)}
    monkeypatch.setattr(outlooks, "_A_CHUNK", 4)

    assert {(p.place, p.months): p for p in outlooks.places_ahead(van_dijk)} == whole


def test_a_changed_role_has_the_look_ahead_worked_out_once(
    van_dijk: Organisation, diesel: Skill
) -> None:
    from gezel.kit.events import announce
    from gezel.skills.events import ProfileChanged

    for _ in range(3):
        announce(ProfileChanged(RoleProfile.objects.get().pk))

    assert Task.objects.filter(name="skills.work_out_ahead").count() == 1


def test_a_large_organisation_reads_kept_figures(
    *, noor: Person, femke: Person, van_dijk: Organisation, diesel: Skill, visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    two_units(van_dijk, diesel, sizes=(8, 6))
    monkeypatch.setattr(outlooks, "WORKED_OUT_LIVE", 3)
    assert "being worked out for the first time" in (
        visit(femke).get("/skills/organisation/ahead/").content.decode()
    )

    actions.work_out_ahead(van_dijk)

    page = visit(femke).get("/skills/organisation/ahead/").content.decode()
    assert "every night anew" in page
    whole = figures(page)
    assert sum(whole[:-1]) == whole[-1]


def test_a_demand_with_a_least_and_a_most_widens_the_fan(
    noor: Person, van_dijk: Organisation, diesel: Skill
) -> None:
    seen(noor, diesel, 3.0, sd=0.1)
    demand = asks_more(diesel, 4)
    seat = [ahead.Seat(noor.pk, RoleProfile.objects.get().pk)]
    on = [ahead.months_on(TODAY(), 12)]

    def width() -> float:
        found = ahead.look(van_dijk, seat, on, at=None)
        told = forecast.outlook(forecast.totals_ahead(found.cells, found.ahead)[0])
        assert skill_ahead(found, 0).asked.expected == 4
        return told.ahead.high - told.ahead.low

    sure = width()
    demand.low, demand.high = 2, 5
    demand.save()

    assert width() > sure + 0.5


def test_a_role_revised_six_times_is_expected_to_go_on(
    noor: Person, van_dijk: Organisation
) -> None:
    skill = a_skill("Batteries")
    profile = a_profile(van_dijk, {})
    for n, level in enumerate([1, 1, 2, 2, 3, 3]):
        Demand.objects.create(
            profile=profile, skill=skill, level=level,
            from_on=TODAY() - timedelta(days=1_000 - 160 * n),
        )  # fmt: skip

    found = ahead.look(
        van_dijk, [ahead.Seat(noor.pk, profile.pk)], [ahead.months_on(TODAY(), 24)], at=None
    )

    (_seat, asking), (asked,) = found.rows[0], found.rows[0][1].ahead
    assert asking.asked == 3
    assert asked.expected > 3
    assert asked.low < asked.expected < asked.high


def test_drivers_are_four() -> None:
    assert [d.name for d in Driver] == ["NO_USE", "DEMAND", "LEAVERS", "LEARNING"]
