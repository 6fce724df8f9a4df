"""The demo organisations hang together: every name that is used exists, in both languages.

Plain files, no database: what is wrong here would otherwise only show as a half-built demo.
"""

from __future__ import annotations

import csv
import gzip
import re
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gezel.content.rules.packages.readers import READERS

HERE = Path(__file__).resolve()
DATA = HERE.parents[1] / "demo" / "data"
MEDIA = DATA / "modules" / "media"
ESCO = HERE.parents[5] / "shared" / "data" / "esco" / "skills.csv.gz"

TODAY = date(2026, 11, 22)
HISTORY_FROM = date(2025, 5, 22)
LANGUAGES = {"nl", "en"}
LEVELS = range(1, 6)
FILES = {"van-dijk": "van_dijk.toml", "de-linde": "de_linde.toml"}

Entry = dict[str, Any]


def load(name: str) -> Entry:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


SKILLS: list[Entry] = load("skills.toml")["skill"]
SKILL_KEYS = {skill["key"] for skill in SKILLS}
ORGS = {slug: load(name) for slug, name in FILES.items()}
PEOPLE = {person["key"]: slug for slug, org in ORGS.items() for person in org["person"]}
CERTIFICATES = load("certificates.toml")
ACTIVITIES: dict[str, Entry] = {a["key"]: a for a in load("activities.toml")["activity"]}
MODULES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DATA / "modules").glob("*.toml"))
}
PLANS = load("plans.toml")

every_org = pytest.mark.parametrize("slug", sorted(ORGS))
every_module = pytest.mark.parametrize("key", sorted(MODULES))


def employees(slug: str) -> dict[str, Entry]:
    return {person["key"]: person for person in ORGS[slug]["person"]}


def translated(thing: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table below `thing` that has a Dutch or an English side."""
    if isinstance(thing, dict):
        if LANGUAGES & thing.keys():
            yield where, thing
        for name, value in thing.items():
            yield from translated(value, f"{where}.{name}")
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from translated(value, f"{where}[{number}]")


def no_doubles(keys: list[str]) -> bool:
    return len(keys) == len(set(keys))


def test_every_text_stands_in_dutch_and_in_english() -> None:
    everything = {
        path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in DATA.rglob("*.toml")
    }

    for where, texts in translated(everything, "data"):
        assert texts.keys() == LANGUAGES, where
        for value in texts.values():
            lines = value if isinstance(value, list) else [value]
            assert lines, where
            assert all(line.strip() for line in lines), where
        if isinstance(texts["nl"], list):
            assert len(texts["nl"]) == len(texts["en"]), where


def test_a_skill_has_five_levels_someone_can_place_themselves_in() -> None:
    assert len(SKILLS) >= 110
    assert no_doubles([skill["key"] for skill in SKILLS])

    for skill in SKILLS:
        assert skill["kind"] in {"technical", "digital", "data", "interpersonal"}, skill["key"]
        for language in LANGUAGES:
            words = skill["levels"][language]
            assert len(words) == 5, skill["key"]
            assert no_doubles(words), skill["key"]
            assert all(len(sentence) <= 110 for sentence in words), skill["key"]
        assert all(s.startswith("Je ") for s in skill["levels"]["nl"]), skill["key"]


def test_an_esco_address_leads_somewhere() -> None:
    if not ESCO.exists():
        pytest.skip(f"ESCO is not beside this checkout ({ESCO}): addresses NOT checked")
    csv.field_size_limit(10**8)
    with gzip.open(ESCO, "rt", encoding="utf-8") as file:
        known = {row["conceptUri"] for row in csv.DictReader(file)}

    used = [skill["esco"] for skill in SKILLS if "esco" in skill]

    assert used
    assert no_doubles(used)
    assert set(used) <= known


@every_org
def test_an_organisation_hangs_together(slug: str) -> None:
    org = ORGS[slug]
    units = {unit["key"]: unit.get("parent") for unit in org["unit"]}
    jobs = {job["key"] for job in org["job"]}
    places = {location["key"] for location in org["location"]}

    assert org["organisation"]["slug"] == slug
    assert 0 <= org["organisation"]["accent_hue"] <= 360
    assert all(parent in units for parent in units.values() if parent)
    assert list(units.values()).count(None) == 1
    for person in org["person"]:
        assert person["unit"] in units, person["key"]
        assert person["job"] in jobs, person["key"]
        assert person["location"] in places, person["key"]
        assert person["email"].endswith("@" + org["organisation"]["domain"]), person["key"]
        assert person["email"].isascii(), person["key"]
        assert set(person["mandates"]) <= {"hr", "author", "council", "admin"}, person["key"]
        assert person["language"] in LANGUAGES, person["key"]
        assert 0 < person["hours"] <= 40, person["key"]
    assert no_doubles([person["email"] for person in org["person"]])


def test_nobody_is_in_two_organisations() -> None:
    assert len(PEOPLE) == sum(len(org["person"]) for org in ORGS.values())


@pytest.mark.parametrize(("slug", "at_work"), [("van-dijk", 64), ("de-linde", 40)])
def test_who_is_at_work_who_left_and_who_is_coming(slug: str, at_work: int) -> None:
    people = employees(slug).values()
    left = [p for p in people if p.get("ends_on", TODAY) < TODAY]
    coming = [p for p in people if p["starts_on"] > TODAY]

    assert len(people) - len(left) - len(coming) == at_work
    assert len(left) == 2
    assert len(coming) == 1
    assert all(p["ends_on"] >= HISTORY_FROM for p in left)
    assert all(p["starts_on"] < p.get("ends_on", date.max) for p in people)


@every_org
def test_following_the_leads_ends_at_the_director(slug: str) -> None:
    leads = {key: person.get("lead") for key, person in employees(slug).items()}
    directors = [key for key, lead in leads.items() if lead is None]

    assert len(directors) == 1
    for start in leads:
        seen: list[str] = []
        here: str | None = start
        while here is not None:
            assert here not in seen, f"{start} is led in a circle: {seen}"
            seen.append(here)
            here = leads[here]
        assert seen[-1] == directors[0]


@every_org
def test_a_profile_asks_more_from_april(slug: str) -> None:
    org = ORGS[slug]
    jobs = {job["key"] for job in org["job"]}
    asked = [job for profile in org["profile"] for job in profile["jobs"]]

    assert set(asked) == jobs, "every job has a profile"
    assert no_doubles(asked)
    for profile in org["profile"]:
        demands = profile["demand"]
        assert 6 <= len({d["skill"] for d in demands}) <= 12, profile["key"]
        assert no_doubles([f"{d['skill']} {d['from']}" for d in demands]), profile["key"]
        for demand in demands:
            assert demand["skill"] in SKILL_KEYS, profile["key"]
            assert demand["level"] in LEVELS, profile["key"]
            assert demand["from"] in {date(2025, 1, 1), date(2027, 4, 1)}, profile["key"]
    later = [d for profile in org["profile"] for d in profile["demand"] if d["from"] > TODAY]
    assert len(later) >= 10


def shown_by(module: Entry, piece: Entry, slug: str) -> bool:
    """Finishing this module, after it came out, shows this level."""
    levels = {skill["skill"]: skill["to"] for skill in module["skills"]}
    ours = PEOPLE[module["author"]] == slug
    return (
        ours
        and levels.get(piece["skill"]) == piece["level"]
        and module["published_on"] <= piece["on"]
    )


@every_org
def test_evidence_was_given_by_someone_who_could(slug: str) -> None:
    people = employees(slug)

    for person in people.values():
        pieces = person.get("evidence", [])
        assert pieces or person["seniority"] in LEVELS, person["key"]
        for piece in pieces:
            told = f"{person['key']}: {piece}"
            assert piece["skill"] in SKILL_KEYS, told
            assert piece["level"] in LEVELS, told
            assert max(HISTORY_FROM, person["starts_on"]) <= piece["on"] <= TODAY, told
            giver = piece.get("by")
            match piece["kind"]:
                case "self":
                    assert giver == person["key"], told
                case "lead":
                    assert giver == person["lead"], told
                case "colleague" | "certificate":
                    assert giver in people, told
                    assert giver != person["key"], told
                case "module":
                    assert giver is None, told
                    assert any(shown_by(m, piece, slug) for m in MODULES.values()), told
                case kind:
                    pytest.fail(f"unknown kind {kind}: {told}")


def test_certificates_point_at_what_exists() -> None:
    types = {kind["key"]: kind for kind in CERTIFICATES["type"]}
    numbers = [holding["number"] for holding in CERTIFICATES["holding"]]

    assert no_doubles(numbers)
    for kind in types.values():
        jobs = {job["key"] for job in ORGS[kind["org"]]["job"]}
        assert set(kind["required_for"]) <= jobs, kind["key"]
        assert kind["validity_basis"] in {"law", "norm", "policy"}, kind["key"]
        assert kind.get("validity_months", 1) > 0, kind["key"]
        for shown in kind["shows"]:
            assert shown["skill"] in SKILL_KEYS, kind["key"]
            assert shown["level"] in LEVELS, kind["key"]
    for holding in CERTIFICATES["holding"]:
        kind = types[holding["type"]]
        assert PEOPLE[holding["person"]] == kind["org"], holding
        assert holding["issued_on"] <= TODAY, holding


def test_certificates_show_every_state() -> None:
    months = {kind["key"]: kind.get("validity_months") for kind in CERTIFICATES["type"]}
    latest: dict[tuple[str, str], date] = {}
    for holding in CERTIFICATES["holding"]:
        key = (holding["person"], holding["type"])
        latest[key] = max(latest.get(key, date.min), holding["issued_on"])
    days_left = []
    for (_, kind), issued_on in latest.items():
        if valid_for := months[kind]:
            year, month = divmod(issued_on.month - 1 + valid_for, 12)
            end = date(issued_on.year + year, month + 1, min(issued_on.day, 28))
            days_left.append((end - TODAY).days)

    assert sum(left < 0 for left in days_left) >= 3, "some have expired"
    assert sum(0 <= left <= 30 for left in days_left) >= 5, "some lapse within thirty days"
    assert sum(left > 30 for left in days_left) > len(days_left) / 2, "most are fine"
    assert any(not holding["confirmed"] for holding in CERTIFICATES["holding"])


def test_activities_are_mostly_learning_in_the_work() -> None:
    kinds = {"module", "course", "workplace", "session", "reading", "coaching"}

    assert len(ACTIVITIES) >= 40
    for key, activity in ACTIVITIES.items():
        org = ORGS[activity["org"]]
        assert activity["kind"] in kinds, key
        assert activity["mix"] in {"practice", "others", "formal"}, key
        assert activity["form"] in {"online", "classroom", "on_the_job", "blended"}, key
        assert activity["hours"] > 0, key
        assert activity["price_cents"] >= 0, key
        assert set(activity["languages"]) <= LANGUAGES, key
        assert activity.get("location") in {None, *(place["key"] for place in org["location"])}, key
        assert (activity["kind"] == "module") == ("module" in activity), key
        for step in activity["skills"]:
            assert step["skill"] in SKILL_KEYS, key
            assert 0 <= step["from"] < step["to"] <= 5, key
    formal = [a for a in ACTIVITIES.values() if a["mix"] == "formal"]
    assert len(formal) * 2 <= len(ACTIVITIES)


def test_each_module_is_offered_once_by_its_authors_organisation() -> None:
    offered = [(a["module"], a["org"]) for a in ACTIVITIES.values() if "module" in a]

    assert sorted(offered) == sorted((k, PEOPLE[m["author"]]) for k, m in MODULES.items())


@every_module
def test_a_module_can_be_played(key: str) -> None:
    module = MODULES[key]
    kinds = [block["kind"] for block in module["block"]]
    author = employees(PEOPLE[module["author"]])[module["author"]]

    assert module["key"] == key
    assert "author" in author["mandates"]
    assert module["published_on"] <= TODAY
    assert 0 < module["pass_share"] <= 1
    assert 8 <= len(kinds) <= 15
    assert {"text", "image", "question", "reflection", "checklist"} <= set(kinds)
    assert all(skill["skill"] in SKILL_KEYS for skill in module["skills"])
    for block in module["block"]:
        match block["kind"]:
            case "image":
                assert (MEDIA / block["file"]).is_file(), block["file"]
            case "video":
                for file in ("file", "captions_nl", "captions_en"):
                    assert (MEDIA / block[file]).is_file(), block[file]
                assert block["transcript"]
            case "question":
                right = [option["right"] for option in block["option"]]
                assert not all(right), block["prompt"]
                assert sum(right) > 1 if block["multiple"] else sum(right) == 1, block["prompt"]
                assert all(option["why"] for option in block["option"])


def test_pictures_are_small_and_stand_alone() -> None:
    used = {b["file"] for m in MODULES.values() for b in m["block"] if "file" in b}
    pictures = sorted(MEDIA.glob("*.svg"))

    assert {path.name for path in MEDIA.iterdir() if path.suffix != ".vtt"} == used
    for path in pictures:
        text = path.read_text(encoding="utf-8")
        assert ET.fromstring(text).get("viewBox"), path.name
        assert len(text) < 20_000, path.name
        assert not re.search(r"<script|href|url\(|\son\w+=|<foreignObject", text), path.name


def test_the_film_is_small_and_its_captions_run_in_order() -> None:
    assert all(path.stat().st_size < 400_000 for path in MEDIA.glob("*.webm"))
    for path in MEDIA.glob("*.vtt"):
        text = path.read_text(encoding="utf-8")
        moments = re.findall(r"\d\d:\d\d:\d\d\.\d{3}", text)
        assert text.startswith("WEBVTT")
        assert moments
        assert moments == sorted(moments), path.name


def test_plans_are_about_people_and_things_that_exist() -> None:
    for plan in PLANS["plan"]:
        slug = PEOPLE[plan["person"]]
        profiles = {profile["key"] for profile in ORGS[slug]["profile"]}
        assert plan["target"] in (profiles if plan["kind"] == "role" else SKILL_KEYS), plan
        assert ("level" in plan) == (plan["kind"] == "skill"), plan
        assert plan.get("level", 3) in LEVELS, plan
        assert plan["due_on"] > TODAY, plan
        assert plan["own_words"].strip(), plan
        for step in plan["step"]:
            assert ("activity" in step) != ("title" in step), step
            if "activity" in step:
                assert ACTIVITIES[step["activity"]]["org"] == slug, step
            else:
                assert step["mix"] in {"practice", "others", "formal"}, step
            assert HISTORY_FROM <= step.get("done_on", TODAY) <= TODAY, step
    agreed = [("agreed_by_person_on" in p, "agreed_by_lead_on" in p) for p in PLANS["plan"]]
    assert set(agreed) >= {(True, True), (True, False)}


def test_a_shared_goal_belongs_to_a_unit() -> None:
    for goal in PLANS["shared_goal"]:
        units = {unit["key"] for unit in ORGS[goal["org"]]["unit"]}
        assert goal["unit"] in units, goal
        assert goal["skill"] in SKILL_KEYS, goal
        assert goal["level"] in LEVELS, goal
        assert 0 < goal["share"] <= 1, goal
        assert PEOPLE[goal["owner"]] == goal["org"], goal
        assert goal["due_on"] > TODAY, goal


BANKS = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DATA / "tests").glob("*.toml"))
}


@pytest.mark.parametrize("key", sorted(BANKS))
def test_a_bank_of_questions_hangs_together(key: str) -> None:
    bank = BANKS[key]
    items = [*bank["item"], *bank.get("draft", [])]

    assert bank["skill"] in SKILL_KEYS
    assert PEOPLE[bank["author"]] == bank["organisation"]
    assert no_doubles([item["q"]["nl"] for item in items])
    assert {item["part"] for item in bank["item"]} == set(range(len(bank["part"])))
    for item in items:
        assert 1 <= item["level"] <= 5, item["q"]["nl"]
        assert (item["level"] * 2).is_integer(), item["q"]["nl"]
        if "a" in item:
            for language in LANGUAGES:
                assert no_doubles([a[language] for a in item["a"]]), item["q"]["nl"]


def test_one_bank_is_large_enough_to_adapt_and_one_is_not() -> None:
    sizes = sorted(len(bank["item"]) for bank in BANKS.values())

    assert sizes[0] < 60 <= sizes[-1]
    large = next(bank for bank in BANKS.values() if len(bank["item"]) == sizes[-1])
    assert len(large["part"]) in {3, 4}
    assert {item["level"] for item in large["item"]} == {n / 2 for n in range(2, 11)}


@pytest.mark.parametrize("folder", sorted(p for p in (DATA / "packages").iterdir() if p.is_dir()))
def test_a_package_of_ours_is_read_without_a_warning(folder: Path) -> None:
    told = tomllib.loads((folder / "package.toml").read_text(encoding="utf-8"))
    assert told["author"] in employees(told["org"])
    assert {row["skill"] for row in told["skills"]} <= SKILL_KEYS
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    reader = next(reader for reader in READERS if reader.claims(names))
    assert not reader.read(folder, names).warnings


def test_certificates_show_renewals_hours_tasks_and_exceptions() -> None:
    types = {kind["key"]: kind for kind in CERTIFICATES["type"]}
    times = Counter((h["person"], h["type"]) for h in CERTIFICATES["holding"])
    jobs = {org: {job["key"] for job in told["job"]} for org, told in ORGS.items()}

    assert max(times.values()) >= 4, "three renewals in someone's history"
    assert {h["type"] for h in CERTIFICATES["hours"]} == {"vd-code95"}
    assert any(not h.get("confirmed", True) for h in CERTIFICATES["hours"])
    for done in CERTIFICATES["hours"]:
        assert done["person"] in PEOPLE
        assert done["on"] <= TODAY
    for task in CERTIFICATES["task"]:
        assert {types[key]["org"] for key in task["needs"]} == {task["org"]}
        assert set(task["jobs"]) <= jobs[task["org"]]
    for kind in types.values():
        for brought in kind.get("brought_by", ()):
            assert ACTIVITIES[brought["activity"]]["org"] == kind["org"]
