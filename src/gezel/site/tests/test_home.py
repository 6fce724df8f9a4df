"""Home in a real browser: greets, in every look, without a violation."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from gezel.content.api import start
from gezel.content.tests.builders import a_module
from gezel.paths.tests.builders import a_lesson, a_path, a_walker
from gezel.plans.tests.builders import a_goal, a_step
from gezel.site.views import greeting
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence


@pytest.mark.browser
@pytest.mark.browser_once
# By night on a phone and by day on a desk is how `tests/test_every_page.py` walks it.
@pytest.mark.parametrize(
    ("phone", "dark"), [(True, False), (False, True)], ids=["phone-light", "desk-dark"]
)
def test_home_greets(noor: Any, page_of: Any, accessible: Any, phone: bool, dark: bool) -> None:
    page = page_of(noor, phone=phone, dark=dark, language="nl")
    page.goto("/")
    expect(page.locator("h1")).to_contain_text("Noor")
    accessible(page)


PLACES = """() => [...document.querySelectorAll(".board, .board-rest")].map(part =>
  [...part.querySelectorAll("section.card")].map(card => {
    const box = card.getBoundingClientRect();
    return [Math.round(box.x), Math.round(box.y + scrollY)];
  }))"""
FIRST = """() => [...document.querySelectorAll(".board > .stack")].map(column => {
  const box = column.firstElementChild.getBoundingClientRect();
  return [Math.round(box.x), Math.round(box.y + scrollY), Math.round(box.height)];
})"""
ENDS = """() => {
  const columns = [...document.querySelectorAll(".board > .stack")];
  return [columns.map(c => c.offsetHeight), columns.map(c => c.lastElementChild.offsetHeight)];
}"""
SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifted = (window.shifted || 0) + entry.value;
}).observe({type: "layout-shift", buffered: true})"""


@pytest.mark.parametrize(
    ("hour", "said"),
    [(3, "evening"), (4, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"),
     (18, "evening"), (23, "evening")],
)  # fmt: skip
def test_who_begins_early_has_a_morning(hour: int, said: str) -> None:
    assert greeting("Noor", hour) == f"Good {said}, Noor"


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_home_is_read_in_one_order_and_nothing_jumps(
    daan: Any, noor: Any, femke: Any, page_of: Any, phone: bool
) -> None:
    """What keyboard and screen reader meet first stands first; what comes later pushes nothing."""
    page = page_of(femke, phone=phone)
    page.add_init_script(SHIFTS)
    page.goto("/")
    page.wait_for_selector(".board section.card")
    first = page.evaluate(FIRST)
    page.wait_for_selector(".board-rest:not(.to-come)", state="attached")
    if not phone:  # each panel of it goes into a column as soon as it is there
        page.wait_for_function("() => !document.querySelector('.board-rest section.card')")

    board, rest = page.evaluate(PLACES)
    assert board == sorted(board)  # by column, then downwards: the order of the page itself
    if phone:
        assert len(board) >= 2
        assert len(rest) >= 1
        assert rest == sorted(rest)
        assert max(y for _x, y in board) < min(y for _x, y in rest)
    else:
        assert not rest
        assert len({x for x, _y in board}) == 2
        # No column is longer by more than the last panel that went into it.
        ends, lasts = page.evaluate(ENDS)
        assert abs(ends[0] - ends[1]) <= max(lasts) + 40
    assert page.evaluate(FIRST) == first
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted || 0") < 0.01


@pytest.mark.browser
@pytest.mark.browser_once
def test_without_scripts_links_lead_to_the_rest(daan: Any, noor: Any, page_of: Any) -> None:
    page = page_of(daan, scripts=False)
    page.goto("/")

    links = page.locator(".board-rest a")
    assert links.count() >= 4
    assert page.goto(links.nth(2).get_attribute("href")).ok


def test_home_and_its_rest_stay_within_their_queries(
    daan: Any, noor: Any, femke: Any, visit: Any, django_assert_max_num_queries: Any
) -> None:
    for person, most in ((noor, 12), (daan, 12), (femke, 12)):
        client = visit(person)
        client.get("/")
        with django_assert_max_num_queries(most):
            assert client.get("/").status_code == 200
        with django_assert_max_num_queries(32):
            assert client.get("/rest/").status_code == 200


def test_what_is_under_way_is_told_once(noor: Any, van_dijk: Any, visit: Any) -> None:
    """A module that is a step of her plan and of her path, and that she began, is one fact."""
    planned = a_module(van_dijk, title="Batteries apart")
    other = a_module(van_dijk, title="Knots and ropes")
    a_step(a_goal(noor, skill=a_skill()), activity=planned.activity)
    path = a_path(van_dijk, a_lesson("first", planned.activity), name="Towards electric")
    a_walker(path, noor)
    start(noor, planned, organisation=van_dijk)
    start(noor, other, organisation=van_dijk)
    me = visit(noor)

    home = me.get("/").content.decode()
    rest = me.get(re.search(r'hx-get="(/rest/[^"]*)"', home)[1]).content.decode()  # type: ignore[index]

    heading = "<bdi>Batteries apart</bdi></a><small>0 of 2 steps"
    assert heading in home
    assert f'href="{reverse("content:play", args=[planned.pk])}">Go on' in home
    assert home.count(">Batteries apart<") == 1
    assert ">Knots and ropes<" in home  # begun, and in no plan
    assert "<bdi>Towards electric</bdi>" in rest  # how far the path is, without the step again
    assert "Batteries apart" not in rest
    assert "Batteries apart" in me.get("/rest/").content.decode()  # where nobody told of it yet


@pytest.mark.django_db
def test_home_of_someone_with_everything_under_way_asks_twelve_questions(
    noor: Any, daan: Any, van_dijk: Any, visit: Any, django_assert_max_num_queries: Any
) -> None:
    """A role, a goal of one skill, steps, a module in that plan that was begun, and another."""
    skills = [a_skill(f"Skill {n}") for n in range(6)]
    a_profile(van_dijk, dict.fromkeys(skills, 3))
    for skill in skills:
        an_evidence(noor, skill, level=2, kind="lead", by=daan)
    goal = a_goal(noor, skill=skills[0], level=4, shared=True)
    module, other = a_module(van_dijk), a_module(van_dijk, title="Knots")
    a_step(goal, activity=module.activity)
    a_step(goal)
    for begun in (module, other):
        start(noor, begun, organisation=van_dijk)
    client = visit(noor)
    client.get("/")

    with django_assert_max_num_queries(12):
        page = client.get("/").content.decode()

    assert "Knots" in page
    assert "Go on" in page
    assert "Skill 0" in page
