"""The loop, walked in a real browser from an empty organisation until a gap has closed.

Nine steps, as the first issue tells them: on a phone in Dutch and in the dark, on a desk in
English by day, and with forms and links alone, where scripts do not come through. What one step
made, the next one uses; nothing is put in behind their backs but the taxonomy, which an operator
takes in once with `gezel import`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from conftest import PageOf
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from gezel.catalogue.models import Activity
from gezel.content.models import Attempt, Block
from gezel.people.models import Employment, Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.plans.models import Goal
from gezel.records.models import Statement
from gezel.skills.api import make_skills_findable
from gezel.skills.models import Evidence, RoleProfile, Skill, Source
from gezel.trust.models import Reading

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

PEOPLE = """Naam;E-mail;Afdeling;Leidinggevende;Functie;Locatie;In dienst;Uren
Daan Visser;daan@example.test;Werkplaats/Utrecht;;Chef werkplaats;Utrecht;01-03-2015;40
Noor Jansen;noor@example.test;Werkplaats/Utrecht;daan@example.test;Automonteur;Utrecht;02-09-2019;38
Çiğdem van der Scheld;cigdem@example.test;Balie;daan@example.test;Receptionist;Utrecht;15-01-2022;24
"""
# The role asks more from a day that lies ahead whenever the test runs.
NEXT_SPRING = date(timezone.localdate().year + 1, 4, 1)


@dataclass
class Walk:
    """One walk: in which language, on what screen, and what to check on each page."""

    language: str
    phone: bool
    scripts: bool
    page_of: PageOf
    accessible: Callable[[Page], None]

    def open(self, person: Person) -> Page:
        return self.page_of(
            person,
            phone=self.phone,
            dark=self.phone,
            language=self.language,
            scripts=self.scripts,
        )

    def say(self, text: str) -> str:
        """A sentence as this walk's reader sees it."""
        with translation.override(self.language):
            return translation.gettext(text)

    def press(self, page: Page, text: str) -> None:
        """Press the button, or follow the link, that says this."""
        words = self.say(text)
        button = page.get_by_role("button", name=words, exact=False)
        (button if button.count() else page.get_by_role("link", name=words)).first.click()

    def write(self, page: Page, field: str, words: str) -> None:
        """Write in a field that has an editor over it, as someone does who sees the editor."""
        if not self.scripts:
            page.locator(f"#id_{field}").fill(words)
            return
        label = page.locator(f"label[for=id_{field}]").inner_text().split("(")[0].strip()
        page.get_by_role("textbox", name=label).click()
        page.keyboard.type(words)

    def visit(self, page: Page, address: str) -> None:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        self.accessible(page)


@pytest.fixture
def taxonomy(db: None) -> None:
    """What `gezel import esco` leaves behind, in small."""
    from gezel.skills.actions.findable import make_occupations_findable
    from gezel.skills.models import FrameworkRelease, Occupation, OccupationSkill

    skills = Skill.objects.bulk_create(
        Skill(source=Source.ESCO, uri=f"test:{n}", name_nl=nl, name_en=en)
        for n, (nl, en) in enumerate(
            [("remmen herstellen", "repair brakes"), ("storingen zoeken", "find faults")]
        )
    )
    job = Occupation.objects.create(
        source=Source.ESCO, uri="test:o", code="7231.10", name_nl="automonteur",
        name_en="vehicle technician",
    )  # fmt: skip
    for place, skill in enumerate(skills):
        OccupationSkill.objects.create(occupation=job, skill=skill, essential=place == 0)
    make_skills_findable(skills)
    make_occupations_findable([job])
    FrameworkRelease.objects.get_or_create(source=Source.ESCO)


@pytest.mark.parametrize(
    ("language", "phone", "scripts"),
    [
        ("nl", True, True),
        ("en", False, True),
        pytest.param("nl", True, False, marks=pytest.mark.browser_once),
    ],
    ids=["phone-nl-dark", "desk-en-light", "phone-nl-without-scripts"],
)
def test_from_an_empty_organisation_to_a_gap_that_closed(  # noqa: PLR0917 # fixtures
    language: str,
    phone: bool,
    scripts: bool,
    van_dijk: Organisation,
    taxonomy: None,
    page_of: PageOf,
    accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    # The checker of accessibility is a script itself.
    check = accessible if scripts else lambda _page: None
    walk = Walk(language, phone, scripts, page_of, check)
    femke = a_colleague(van_dijk, "Femke de Boer", job="HR", mandates=["hr"])

    hr = walk.open(femke)
    hr_brings_in_people(walk, hr, van_dijk, tmp_path)
    skill = hr_says_what_the_role_asks(walk, hr, van_dijk)
    hr_offers_something_to_learn(walk, hr, skill)

    noor = Person.objects.get(email="noor@example.test")
    daan = Person.objects.get(email="daan@example.test")
    own, lead = walk.open(noor), walk.open(daan)
    evidence_comes_in(walk, own, lead, noor, skill)
    the_map_shows_the_need(walk, own, lead, hr, skill)
    goal = a_plan_is_agreed(walk, own, lead, noor, skill)
    before = noor.standings.get(skill=skill).level
    noor_learns(walk, own, noor, skill)
    the_gap_has_closed(walk, own, lead, skill, goal, before=before)
    noor_sees_who_sees_what(walk, own, noor)


def hr_brings_in_people(walk: Walk, page: Page, organisation: Organisation, folder: Path) -> None:
    file = folder / "mensen.csv"
    file.write_bytes(PEOPLE.encode())
    walk.visit(page, "/people/import/")
    page.locator("input[type=file]").set_input_files(file)
    walk.press(page, "Go on")
    walk.accessible(page)
    walk.press(page, "Look what would change")
    walk.accessible(page)
    assert not Person.objects.filter(email="noor@example.test").exists()  # nothing before the yes
    walk.press(page, "Take over")
    expect(page.locator("h1")).to_contain_text(walk.say("Taken over"))
    employment = Employment.objects.get(
        organisation=organisation, person__email="noor@example.test"
    )
    assert employment.lead is not None
    assert employment.lead.email == "daan@example.test"
    walk.visit(page, "/people/")
    expect(page.locator("main")).to_contain_text("Utrecht")


def hr_says_what_the_role_asks(walk: Walk, page: Page, organisation: Organisation) -> Skill:
    walk.visit(page, "/skills/roles/")
    walk.visit(page, "/skills/roles/new/")
    page.locator("#q").fill("automonteur")
    if not walk.scripts:
        page.locator("#q").press("Enter")
    page.locator("#occupations a").first.click()
    walk.accessible(page)
    page.get_by_label(re.compile("Automonteur")).check()
    page.locator("select#essential_level").select_option("3")
    walk.press(page, "Make this role profile")
    profile = RoleProfile.objects.get(organisation=organisation)
    walk.accessible(page)

    # ESCO has no skill for working safely on high-voltage vehicles: HR adds their own.
    walk.visit(page, f"/skills/roles/{profile.pk}/add/")
    page.locator("#own_nl").fill("Veilig werken aan hoogvolt")
    page.locator("#own_en").fill("High-voltage safety")
    page.locator("#own_level").select_option("2")
    page.locator("form:has(#own_nl) [name=essential]").check()
    walk.press(page, "Make and add")
    skill = Skill.objects.get(organisation=organisation)

    # And from next April the role asks more of it.
    walk.visit(page, f"/skills/roles/{profile.pk}/edit/")
    page.locator(f"li:has([name='now-{skill.pk}']) details.more > summary").click()
    page.locator(f"[name='from-{skill.pk}-0']").fill(f"{NEXT_SPRING:%Y-%m-%d}")
    page.locator(f"[name='then-{skill.pk}-0']").select_option("3")
    page.locator("button.btn[name=do][value=save]").click()
    walk.visit(page, f"/skills/roles/{profile.pk}/")
    assert set(profile.demands.filter(skill=skill).values_list("level", flat=True)) == {2, 3}
    assert profile.jobs.get().name == "Automonteur"
    return skill


def hr_offers_something_to_learn(walk: Walk, page: Page, skill: Skill) -> None:
    walk.visit(page, "/modules/new/")
    page.locator("[name=title_nl]").fill("Hoogvolt: de basis")
    page.locator("[name=title_en]").fill("High voltage: the basics")
    page.locator("[name=minutes]").fill("10")
    page.locator("[name=pass_percent]").fill("80")
    page.locator("select[name=skill_1]").select_option(str(skill.pk))
    page.locator("select[name=level_1]").select_option("2")
    walk.press(page, "Make the draft")
    walk.accessible(page)
    module = Activity.objects.get(title_nl="Hoogvolt: de basis").module.pk
    walk.visit(page, f"/modules/{module}/edit/add/text/")
    walk.write(page, "body_nl", "Oranje kabels: blijf eraf.")
    walk.write(page, "body_en", "Orange cables: hands off.")
    walk.press(page, "Save")
    walk.visit(page, f"/modules/{module}/edit/add/question/")
    page.locator("[name=prompt_nl]").fill("Wat doe je eerst?")
    page.locator("[name=prompt_en]").fill("What comes first?")
    for row, (nl, en) in enumerate((("Uitschakelen", "Switch off"), ("Meten", "Measure")), 1):
        page.locator(f"[name=text{row}_nl]").fill(nl)
        page.locator(f"[name=text{row}_en]").fill(en)
    page.locator("[name=right1]").check()
    walk.press(page, "Save")
    walk.visit(page, f"/modules/{module}/edit/add/reflection/")
    page.locator("[name=prompt_nl]").fill("Wie vraag jij om hulp?")
    page.locator("[name=prompt_en]").fill("Whom do you ask for help?")
    walk.press(page, "Save")
    walk.press(page, "Put on offer")
    assert Activity.objects.get(title_nl="Hoogvolt: de basis").state == Activity.State.OPEN


def evidence_comes_in(walk: Walk, own: Page, lead: Page, noor: Person, skill: Skill) -> None:
    walk.visit(own, "/skills/mine/")
    walk.visit(own, f"/skills/people/{noor.pk}/{skill.pk}/")
    own.locator("[name=level][value='1']").check()
    walk.press(own, "Keep my view")
    expect(own.locator("#ledger")).to_contain_text(walk.say("Level %(level)s") % {"level": 1})
    walk.visit(lead, f"/skills/people/{noor.pk}/{skill.pk}/")
    lead.locator("[name=level][value='1']").check()
    lead.locator("[name=note]").fill("Kijkt mee, raakt nog niets aan.")
    walk.press(lead, "Vouch for this level")
    expect(lead.locator("#ledger")).to_contain_text("Kijkt mee")
    kinds = Evidence.objects.filter(person=noor, skill=skill).values_list("kind", flat=True)
    assert sorted(kinds) == ["lead", "self"]  # both stand, nothing was overwritten


def the_map_shows_the_need(walk: Walk, own: Page, lead: Page, hr: Page, skill: Skill) -> None:
    with translation.override(walk.language):
        name = skill.name
    walk.visit(own, "/")
    expect(own.locator("main")).to_contain_text(name)
    walk.visit(lead, "/skills/team/")
    expect(lead.locator("main")).to_contain_text("Noor Jansen")
    walk.visit(lead, "/skills/team/?on=2026-01-01")
    walk.visit(hr, "/skills/organisation/")
    expect(hr.locator("main")).to_contain_text(name)
    assert Reading.objects.filter(about__email="noor@example.test").exists()


def a_plan_is_agreed(walk: Walk, own: Page, lead: Page, noor: Person, skill: Skill) -> Goal:
    walk.visit(own, "/learn/?q=hoogvolt")
    expect(own.locator("main")).to_contain_text("Hoogvolt" if walk.language == "nl" else "High")
    walk.visit(own, "/plan/goals/new/?start=needs")
    own.locator(f"a[href*='skill={skill.pk}']").first.click()
    walk.accessible(own)
    own.locator("[name=level][value='3']").check()
    own.locator("[name=own_words]").fill("Ik wil zelf aan de EV-brug staan.")
    own.locator("[name=shared]").check()
    walk.press(own, "Set this goal")
    goal = Goal.objects.get(person=noor)
    walk.visit(own, f"/plan/goals/{goal.pk}/steps/")
    walk.press(own, "Put in the plan")
    assert goal.steps.count() == 1
    walk.visit(lead, "/plan/team/")
    walk.visit(lead, f"/plan/goals/{goal.pk}/")
    lead.locator("[name=wish]").fill("Graag een tweede EV-technicus in het voorjaar.")
    walk.press(lead, "Save the wish")
    walk.press(lead, "I confirm this plan for the organisation")
    walk.visit(own, f"/plan/goals/{goal.pk}/")
    expect(own.locator("main")).to_contain_text("Graag een tweede EV-technicus")
    walk.press(own, "I confirm this plan")
    goal.agreement.refresh_from_db()
    assert goal.agreement.person_confirmed_at
    assert goal.agreement.lead_confirmed_at
    walk.visit(own, "/")
    title = "Hoogvolt: de basis" if walk.language == "nl" else "High voltage: the basics"
    expect(own.locator("main")).to_contain_text(title)
    return goal


PLAYER = {
    "en": {"Next": "Next", "Check": "Check", "Finish": "Finish", "Start": "Start"},
    "nl": {"Next": "Verder", "Check": "Controleren", "Finish": "Afronden", "Start": "Beginnen"},
}


def noor_learns(walk: Walk, page: Page, noor: Person, skill: Skill) -> None:
    activity = Activity.objects.get(title_nl="Hoogvolt: de basis")
    walk.visit(page, f"/learn/{activity.pk}/")
    walk.visit(page, f"/modules/{activity.module.pk}/")
    words = PLAYER[walk.language]
    page.get_by_role("button", name=words["Start"]).click()

    def go(name: str) -> None:
        page.locator(f".play-step:visible .play-bar :text-is('{words[name]}'):visible").click()

    go("Next")
    page.context.set_offline(walk.scripts)  # the workshop has a dead corner
    page.get_by_label("Uitschakelen" if walk.language == "nl" else "Switch off").check()
    go("Check")
    go("Next")
    page.locator("textarea:visible").fill("Karim")
    go("Next")
    page.context.set_offline(False)
    go("Finish")
    page.wait_for_url("**/attempts/**")
    walk.accessible(page)
    attempt = Attempt.objects.get(person=noor)
    assert attempt.passed
    assert attempt.answers.filter(block__kind=Block.Kind.QUESTION).count() == 1
    assert Statement.objects.filter(person=noor, verb__endswith="passed").count() == 1


def the_gap_has_closed(
    walk: Walk, own: Page, lead: Page, skill: Skill, goal: Goal, *, before: float
) -> None:
    noor = goal.person
    standing = noor.standings.get(skill=skill)
    assert standing.pieces == 3
    assert standing.level > before + 0.3  # a module says "a little more", not all it teaches
    assert goal.steps.get().done_on == timezone.localdate()
    walk.visit(own, f"/plan/goals/{goal.pk}/")
    walk.visit(own, f"/skills/people/{noor.pk}/{skill.pk}/")
    assert Evidence.objects.filter(person=noor, kind=Evidence.Kind.MODULE).count() == 1
    walk.visit(lead, "/")
    expect(lead.locator("main")).to_contain_text("Noor Jansen")


def noor_sees_who_sees_what(walk: Walk, page: Page, noor: Person) -> None:
    walk.visit(page, "/trust/")
    expect(page.locator("main")).to_contain_text("Daan Visser")
    expect(page.locator("main")).to_contain_text("Femke de Boer")
    walk.visit(page, "/trust/looked/")
    expect(page.locator("main")).to_contain_text("Daan Visser")
    walk.visit(page, "/records/")
