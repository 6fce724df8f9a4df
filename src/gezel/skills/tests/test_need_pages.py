"""The pages about people's skills: who may open them, what they tell, what they cost."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.people.api import Organisation, Person, end_employment, root_of
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.skills import actions, queries
from gezel.skills.models import Evidence, EvidenceRequest, NeedCount, Objection, Skill
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]
Queries = Any
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def diesel(van_dijk: Organisation) -> Skill:
    skill = a_skill("Diesel")
    a_profile(van_dijk, {skill: 4}, essential=True)
    return skill


def at(name: str, *args: int, **asked: object) -> str:
    from urllib.parse import urlencode

    return reverse(f"skills:{name}", args=args) + (f"?{urlencode(asked)}" if asked else "")


# --- who may ---


def test_noor_reads_about_herself_daan_about_his_team_femke_about_all(
    noor: Person, daan: Person, femke: Person, diesel: Skill, visit: Visit
) -> None:
    for reader in (noor, daan, femke):
        assert visit(reader).get(at("person", noor.pk)).status_code == 200
        assert visit(reader).get(at("ledger", noor.pk, diesel.pk)).status_code == 200
    assert visit(noor).get(at("person", daan.pk)).status_code == 404
    assert visit(noor).get(at("ledger", daan.pk, diesel.pk)).status_code == 404
    assert visit(noor).get(at("team")).status_code == 404


def test_sam_finds_every_door_closed(
    noor: Person, daan: Person, sam: Person, diesel: Skill, visit: Visit
) -> None:
    van_dijk = noor.employments.get().organisation
    own = a_skill("House way of working", organisation=van_dijk)
    piece = an_evidence(noor, diesel, by=daan)
    asked = actions.ask_view(noor, diesel, of=daan, organisation=van_dijk)
    unit = root_of(van_dijk)
    client = visit(sam)
    for address in (
        at("person", noor.pk),
        at("ledger", noor.pk, diesel.pk),
        at("ledger", sam.pk, own.pk),
        at("ask", own.pk),
        at("answer", asked.pk),
        at("correct", piece.pk),
        at("object", piece.pk),
        at("team"),
        at("team", unit=unit.pk),
        at("organisation", unit=unit.pk),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(at("withdraw", asked.pk)).status_code == 404
    assert not client.get(at("mine", role=1)).context["compared"]


def test_an_employer_loses_sight_the_day_after_the_last(
    noor: Person, daan: Person, femke: Person, diesel: Skill, visit: Visit
) -> None:
    an_evidence(noor, diesel, by=daan)
    end_employment(noor.employments.get(), last_day=TODAY() - timedelta(days=1))

    for reader in (daan, femke):
        assert visit(reader).get(at("person", noor.pk)).status_code == 404
        assert visit(reader).get(at("ledger", noor.pk, diesel.pk)).status_code == 404
    assert "Noor" not in visit(daan).get(at("team")).text
    mine = visit(noor).get(at("mine"))
    assert mine.status_code == 200
    assert "Diesel" in mine.text
    assert visit(noor).get(at("ledger", noor.pk, diesel.pk)).status_code == 200


def test_reading_about_someone_else_is_noted(
    noor: Person, daan: Person, femke: Person, diesel: Skill, visit: Visit
) -> None:
    visit(noor).get(at("mine"))
    assert not Reading.objects.exists()
    visit(daan).get(at("team"))
    visit(femke).get(at("person", noor.pk))

    assert set(Reading.objects.values_list("reader_id", "about_id", "purpose")) == {
        (daan.pk, noor.pk, "lead"),
        (femke.pk, noor.pk, "hr"),
    }


def test_without_an_account_one_is_asked_to_sign_in(client: Client, diesel: Skill) -> None:
    assert client.get(at("mine")).status_code == 302
    assert client.get(at("team")).status_code == 302


# --- what they tell ---


def test_a_need_says_what_is_asked_what_is_shown_and_from_when(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    an_evidence(noor, diesel, level=2, by=daan)
    april = TODAY() + timedelta(days=130)
    diesel.demands.get().profile.demands.create(
        skill=diesel, level=5, essential=True, from_on=april
    )
    client = visit(noor)

    assert "The role asks 4, evidence shows 2.1; essential." in client.get(at("mine")).text
    later = client.get(at("mine", asked_on=april)).text
    assert "The role asks 5 from" in later


def test_who_reaches_all_that_is_asked_now_is_told_what_comes(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    an_evidence(noor, diesel, level=4, by=daan)
    april = TODAY() + timedelta(days=130)
    profile = diesel.demands.get().profile
    profile.demands.create(skill=a_skill("High voltage"), level=3, essential=True, from_on=april)
    page = visit(noor).get(at("mine"))

    assert [need["name"] for need in page.context["needs"]] == ["High voltage"]
    assert "All that is asked now is shown." in page.text


def test_as_of_shows_what_was_known_then(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    an_evidence(noor, diesel, level=1, by=daan, on=date(2026, 1, 10))
    an_evidence(noor, diesel, level=4, by=daan, on=date(2026, 6, 10))
    client = visit(noor)

    for name, args in (("mine", ()), ("ledger", (noor.pk, diesel.pk))):
        held = [
            client.get(at(name, *args, **asked)).context
            for asked in ({"on": "2026-03-01"}, {}, {"on": "nonsense"}, {"on": "2026-99-01"})
        ]
        levels = [
            c["found"].rows[0].level if name == "mine" else c["ledger"].estimate.level for c in held
        ]
        assert 1 < levels[0] < 1.3
        assert levels[1:] == [levels[1]] * 3
        assert 3.5 < levels[1] < 4


def test_no_role_profile_is_said_and_does_not_break(noor: Person, visit: Visit) -> None:
    assert "no role profile yet" in visit(noor).get(at("mine")).text


def test_comparing_with_another_role_tells_what_carries_over(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    volts = a_skill("High voltage")
    other = a_profile(van_dijk, {diesel: 2, volts: 2}, name="EV technician", job=None)
    an_evidence(noor, diesel, level=2, by=daan)

    compared = visit(noor).get(at("mine", role=other.pk)).context["compared"]
    assert compared.percent == 50
    assert [row.skill for row in compared.carried] == [diesel]
    assert [row.skill for row in compared.missing] == [volts]


# --- what they do ---


def level_form(level: object = 3, **more: object) -> dict[str, object]:
    form = {"key": uuid.uuid4(), "level": level, "on": TODAY().isoformat(), "note": "Saw it."}
    return form | more


def test_noor_rates_herself_and_daan_vouches(
    noor: Person, daan: Person, femke: Person, diesel: Skill, visit: Visit
) -> None:
    address = at("ledger", noor.pk, diesel.pk)
    assert visit(noor).post(address, level_form(4)).status_code == 302
    assert visit(daan).post(address, level_form(2)).status_code == 302
    visit(femke).post(address, level_form(5))

    assert set(Evidence.objects.values_list("kind", "level", "given_by")) == {
        ("self", 4, noor.pk),
        ("lead", 2, daan.pk),
    }


def test_with_htmx_the_ledger_comes_back_with_the_new_piece(
    noor: Person, diesel: Skill, visit: Visit
) -> None:
    answer = visit(noor).post(
        at("ledger", noor.pk, diesel.pk), level_form(4), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Level 4" in answer.text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"level": ""}, "level"),
        ({"level": 6}, "level"),
        ({"on": "2999-01-01"}, "on"),
        ({"on": "2001-01-01"}, "on"),
        ({"on": "yesterday"}, "on"),
        ({"note": "x" * 501}, "note"),
        ({"key": "not-a-key"}, "key"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field_and_keeps_nothing(
    noor: Person, diesel: Skill, visit: Visit, wrong: dict[str, object], told: str
) -> None:
    answer = visit(noor).post(at("ledger", noor.pk, diesel.pk), level_form(**wrong))

    assert answer.status_code == 422
    assert told in answer.context["form"].errors
    assert not Evidence.objects.exists()


def test_the_back_button_after_sending_adds_nothing(
    noor: Person, diesel: Skill, visit: Visit
) -> None:
    client, address, form = visit(noor), at("ledger", noor.pk, diesel.pk), level_form(3)
    client.post(address, form)
    client.post(address, form)
    changed = client.post(address, form | {"level": 5})

    assert changed.status_code == 422
    assert "sent before" in changed.text
    assert Evidence.objects.count() == 1


def test_daan_corrects_and_noor_sees_it_differently(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    piece = an_evidence(noor, diesel, level=1, by=daan)
    assert visit(noor).get(at("correct", piece.pk)).status_code == 404
    assert visit(daan).get(at("object", piece.pk)).status_code == 404

    said = {"key": uuid.uuid4(), "reason": "I did the whole gearbox alone."}
    assert visit(noor).post(at("object", piece.pk), said).status_code == 302
    assert Objection.objects.get().evidence == piece
    form = {"key": uuid.uuid4(), "reason": "True, I forgot.", "level": 3}
    assert visit(daan).post(at("correct", piece.pk), form).status_code == 302
    page = visit(noor).get(at("ledger", noor.pk, diesel.pk)).text

    assert "<s>Level 1</s>" in page
    assert "I did the whole gearbox alone." in page
    assert "Corrects an earlier level 1" in page


def test_a_colleague_answers_without_reading_the_ledger(
    noor: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    karim = a_colleague(van_dijk, "Karim El Amrani")
    client = visit(karim)
    found = visit(noor).get(at("ask", diesel.pk, q="karim"))
    assert found.context["people"] == [karim]
    asking = {"key": uuid.uuid4(), "of": karim.pk, "q": "karim", "note": "The Zoe of May."}
    assert visit(noor).post(at("ask", diesel.pk), asking).status_code == 302
    asked = EvidenceRequest.objects.get()

    assert "The Zoe of May." in client.get(at("answer", asked.pk)).text
    assert "Diesel" in client.get(at("mine")).text
    assert client.post(at("answer", asked.pk), level_form(3)).status_code == 302
    assert Evidence.objects.get().kind == "colleague"
    assert client.get(at("ledger", noor.pk, diesel.pk)).status_code == 404
    assert client.get(at("given")).context["pieces"][0].person == noor


def test_declining_needs_no_reason_and_leaves_no_evidence(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    asked = actions.ask_view(noor, diesel, of=daan, organisation=van_dijk)
    assert visit(daan).post(at("answer", asked.pk), {"decline": "1"}).status_code == 302
    asked.refresh_from_db()
    assert asked.closed_at
    assert not Evidence.objects.exists()


def test_what_people_write_stays_text(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    actions.vouch(
        noor, diesel, level=2, by=daan, on=TODAY(), note="<script>alert(1)</script> {{ 7|add:7 }}"
    )
    page = visit(noor).get(at("ledger", noor.pk, diesel.pk)).text
    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page


# --- the team ---


def test_a_team_shows_direct_reports_and_everyone_below_on_request(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    a_colleague(van_dijk, "Youssef Amrani", lead=noor)
    client = visit(daan)

    def names(**asked: object) -> list[str]:
        rows = client.get(at("team", **asked)).context["rows"]
        return [name.split()[0] for _address, name, _role, _cells in rows]

    assert names() == ["Noor"]
    assert names(below=1) == ["Noor", "Youssef"]
    assert names(below=1, q="you") == ["Youssef"]
    assert names(profile="x", kind="nonsense", page="-3", asked_on="2026-02-31") == ["Noor"]


def test_only_gaps_and_kind_narrow_the_map(
    noor: Person, daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    talk = a_skill("Customer talk", kind="interpersonal")
    diesel.demands.get().profile.demands.create(skill=talk, level=2)
    an_evidence(noor, talk, level=3, by=daan)
    client = visit(daan)

    def skills(**asked: object) -> list[str]:
        return list(client.get(at("team", **asked)).context["skills"])

    assert skills() == ["Diesel", "Customer talk"]
    assert skills(gaps=1) == ["Diesel"]
    assert skills(kind="interpersonal") == ["Customer talk"]


def test_two_dates_the_evidence_of_then_and_the_demand_of_later(
    noor: Person, daan: Person, diesel: Skill, visit: Visit
) -> None:
    april = TODAY() + timedelta(days=130)
    diesel.demands.get().profile.demands.create(
        skill=diesel, level=5, essential=True, from_on=april
    )
    an_evidence(noor, diesel, level=1, by=daan, on=date(2026, 1, 10))
    an_evidence(noor, diesel, level=4, by=daan, on=date(2026, 6, 10))
    told = visit(daan).get(at("team", on="2026-03-01", asked_on=april)).context["told"]

    cell = told.rows[0].cells[diesel.pk]
    assert (round(cell.level, 1), cell.asked) == (1.2, 5)
    assert told.later_dates == [april]


def test_hr_goes_down_to_the_people_of_a_unit(
    noor: Person, femke: Person, van_dijk: Organisation, diesel: Skill, visit: Visit
) -> None:
    unit = root_of(van_dijk)
    page = visit(femke).get(at("team", unit=unit.pk))
    assert "Noor" in page.text
    assert visit(femke).get(at("team")).status_code == 404
    assert visit(noor).get(at("team", unit=unit.pk)).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_inert_and_noted(
    daan: Person, van_dijk: Organisation, diesel: Skill, visit: Visit, form: str
) -> None:
    a_colleague(van_dijk, '=HYPERLINK("http://x") Evil', lead=daan)
    answer = visit(daan).get(at("team", export=form))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined] # it streams
    assert Reading.objects.count() == 1
    if form == "csv":
        assert "'=HYPERLINK" in content.decode("utf-8-sig")
    else:
        import io

        from python_calamine import load_workbook

        rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert rows[1][0] == '=HYPERLINK("http://x") Evil'


def test_five_and_sixty_people_cost_as_many_queries(
    daan: Person, van_dijk: Organisation, visit: Visit, django_assert_max_num_queries: Queries
) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(12)]
    a_profile(van_dijk, dict.fromkeys(skills, 3))
    client = visit(daan)
    costs = []
    for people in (5, 55):
        for n in range(people):
            person = a_colleague(van_dijk, f"Person {people}-{n}", lead=daan)
            an_evidence(person, skills[n % 12], level=1 + n % 5, by=daan)
        with django_assert_max_num_queries(12) as counted:
            page = client.get(at("team"))
        costs.append(len(counted))
    assert len(page.context["rows"]) == 60
    assert costs[0] == costs[1]


def test_own_page_and_ledger_stay_within_their_queries(
    noor: Person, daan: Person, diesel: Skill, visit: Visit, django_assert_max_num_queries: Queries
) -> None:
    for n in range(8):
        an_evidence(noor, diesel, kind="colleague", level=3, by=daan, on=date(2026, 1, 1 + n))
    an_evidence(noor, a_skill("Juggling"), level=3, by=daan)
    client = visit(noor)
    with django_assert_max_num_queries(12):
        page = client.get(at("mine"))
    assert page.context["found"].outside
    # Three of these are what teaches the skill, however much there is; one asks for a test of it.
    with django_assert_max_num_queries(22):
        client.get(at("ledger", noor.pk, diesel.pk))


# --- the organisation ---


@pytest.fixture
def places(van_dijk: Organisation, diesel: Skill) -> dict[str, Person]:
    """Three workshops: twelve people, seven, and three."""
    made = {}
    for name, size in (("Utrecht", 12), ("Zwolle", 7), ("Parts", 3)):
        unit = a_unit(van_dijk, name)
        for n in range(size):
            made[f"{name} {n}"] = a_colleague(van_dijk, f"{name} {n}", unit=unit)
    return made


def told(page: Any) -> dict[str, str]:
    import re

    return {row.name: re.sub(r"<[^>]+>", " ", row.cells).strip() for row in page.context["rows"]}


def test_everyone_sees_where_the_needs_are_but_no_small_group(
    van_dijk: Organisation, femke: Person, places: dict[str, Person], visit: Visit
) -> None:
    outsider = a_colleague(van_dijk, "Porter Smit", job="Porter")
    seen = told(visit(outsider).get(at("organisation")))
    assert "12 of 12 short" in seen["Utrecht"]
    assert seen["Zwolle"] == seen["Parts"] == "too few"
    hr = told(visit(femke).get(at("organisation")))
    assert "3 of 3 short" in hr["Parts"]


def test_who_knows_some_of_a_group_cannot_subtract_them(
    van_dijk: Organisation, places: dict[str, Person], visit: Visit
) -> None:
    """One of seven in Zwolle leads three of the others, so four are left: a small group."""
    from gezel.people.actions import redraw_lines

    lead = places["Zwolle 0"]
    for n in (1, 2, 3):
        places[f"Zwolle {n}"].employments.update(lead=lead)
    redraw_lines(van_dijk)
    seen = told(visit(lead).get(at("organisation")))
    assert seen["Zwolle"] == "too few"


def test_a_later_date_does_not_uncover_the_few_of_whom_more_is_asked(
    van_dijk: Organisation, diesel: Skill, places: dict[str, Person], visit: Visit
) -> None:
    april = TODAY() + timedelta(days=130)
    rare = a_profile(van_dijk, {diesel: 2}, name="Rare", job="Rare")
    rare.demands.create(skill=diesel, level=5, from_on=april)
    for n in range(2):
        a_colleague(van_dijk, f"Rare {n}", job="Rare")
    outsider = a_colleague(van_dijk, "Porter Smit", job="Porter")
    page = visit(outsider).get(at("organisation"))

    (_, now), (_, later) = page.context["biggest"][0].days
    assert not now.dark
    assert (later.dark, later.short, later.people) == (True, 0, 0)  # not even to remember it by


def test_the_organisation_reads_the_same_kept_or_counted_live(
    van_dijk: Organisation, femke: Person, places: dict[str, Person], visit: Visit
) -> None:
    live = visit(femke).get(at("organisation"))
    actions.count_needs(van_dijk)
    kept = visit(femke).get(at("organisation"))
    assert (live.context["reading"].live, kept.context["reading"].live) == (True, False)
    assert told(live) == told(kept)
    for by in ("profile", "location"):
        assert told(visit(femke).get(at("organisation", by=by)))


def test_the_organisation_page_stays_within_its_queries(
    noor: Person,
    femke: Person,
    places: dict[str, Person],
    visit: Visit,
    django_assert_max_num_queries: Queries,
) -> None:
    actions.count_needs(noor.employments.get().organisation)
    for reader in (femke, noor):
        client = visit(reader)
        with django_assert_max_num_queries(12):
            client.get(at("organisation"))


def test_the_export_of_everyone_keeps_the_dark_dark(
    van_dijk: Organisation, noor: Person, places: dict[str, Person], visit: Visit
) -> None:
    outsider = a_colleague(van_dijk, "Porter Smit", job="Porter")
    answer = visit(outsider).get(at("organisation", export="csv", by="profile"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    parts = next(line for line in lines if line.startswith("Parts"))
    assert parts.endswith("too few,,,,")
    assert not any(line.startswith("Mechanic") for line in lines)


# --- panels ---


def test_panels_are_for_whom_they_are_for(
    noor: Person, daan: Person, femke: Person, diesel: Skill, visit: Visit
) -> None:
    assert "Diesel" in visit(noor).get(at("panel_mine")).text
    assert visit(noor).get(at("panel_team")).status_code == 404
    assert visit(noor).get(at("panel_organisation")).status_code == 404
    assert "Noor" in visit(daan).get(at("panel_team")).text
    assert visit(daan).get(at("panel_organisation")).status_code == 404
    actions.count_needs(noor.employments.get().organisation)
    assert "1 of 1" in visit(femke).get(at("panel_organisation")).text


def test_what_is_needed_most_is_remembered_and_never_older_than_the_counts(
    noor: Person,
    daan: Person,
    femke: Person,
    diesel: Skill,
    visit: Visit,
    *,
    django_assert_num_queries: Queries,
) -> None:
    organisation = noor.employments.get().organisation
    actions.count_needs(organisation)
    client = visit(femke)
    assert "1 of 1" in client.get(at("panel_organisation")).text

    with django_assert_num_queries(1):
        found = queries.needed_most(organisation, TODAY(), most=6)
    assert [skill for skill, _figures in found.figures] == [diesel.pk]

    an_evidence(noor, diesel, level=4, by=daan)
    assert "0 of 1" in client.get(at("panel_organisation")).text

    NeedCount.objects.filter(organisation=organisation).delete()
    assert "0 of 1" not in client.get(at("panel_organisation")).text


def test_what_nothing_is_known_of_is_not_told_as_zero(
    noor: Person, diesel: Skill, visit: Visit
) -> None:
    """On a first day: no web with a dot in its middle, but where to begin."""
    page = visit(noor).get(at("panel_mine")).text

    assert "nothing known, asked" in page
    assert "0 of" not in page
    assert "Say where you stand" in page
    assert 'class="radar"' not in page


@pytest.mark.usefixtures("noor", "diesel")
@pytest.mark.parametrize(
    ("who", "panel", "cost"),
    [("noor", "panel_mine", 3), ("daan", "panel_team", 4), ("femke", "panel_organisation", 2)],
)
def test_panels_cost_few_queries(
    who: str,
    panel: str,
    cost: int,
    request: pytest.FixtureRequest,
    django_assert_max_num_queries: Queries,
) -> None:
    client = request.getfixturevalue("visit")(request.getfixturevalue(who))
    with django_assert_max_num_queries(3 + cost):
        client.get(at(panel))


def test_going_down_uncovers_nothing(
    van_dijk: Organisation, places: dict[str, Person], visit: Visit
) -> None:
    """Zwolle is dark beside the small Parts; so is everything below it, kept or counted live."""
    zwolle = places["Zwolle 0"].employments.get().unit
    below = a_unit(van_dijk, "Zwolle North", below=zwolle)
    for n in range(6):
        places[f"Zwolle {n}"].employments.update(unit=below)
    utrecht = places["Utrecht 0"].employments.get().unit
    outsider = visit(a_colleague(van_dijk, "Porter Smit", job="Porter"))
    seen = []
    for _kept in (False, True):
        page = outsider.get(at("organisation", unit=zwolle.pk))
        assert set(told(page).values()) == {"too few"}
        assert page.context["biggest"][0].days[0][1].dark
        seen.append(told(page))
        assert (
            "12 of 12 short" in told(outsider.get(at("organisation", unit=utrecht.pk)))["Utrecht"]
        )
        actions.count_needs(van_dijk)
    assert seen[0] == seen[1]
