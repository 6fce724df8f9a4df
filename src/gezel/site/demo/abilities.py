"""Skills with their level words, what roles ask, and eighteen months of evidence."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from gezel.people.api import Organisation
from gezel.site.demo.cast import Stage
from gezel.site.demo.story import chance
from gezel.skills.api import (
    Demand,
    Evidence,
    FadingRule,
    ProfileJob,
    RoleProfile,
    Skill,
    SkillLink,
    confirm_alias,
    make_skill,
    make_skills_findable,
    recompute_organisation,
    work_out_ahead,
)

# What share of what is asked someone shows, by how long they have been at it.
SHOWS = {1: 0.45, 2: 0.65, 3: 0.85, 4: 1.0, 5: 1.2}
MONTHS_OF_HISTORY = 18


def build_skills(
    stage: Stage, told: dict[str, Any], of: str = "", organisation: Organisation | None = None
) -> None:
    """The demo's own skill set, shared by both organisations like any taxonomy; or, of one
    organisation, the skills it made for itself."""
    wanted = [s for s in told["skill"] if s.get("own", "") == of]
    skills = {
        s["key"]: Skill(
            organisation=organisation,
            uri="" if of else f"urn:gezel:skill:{s['key']}",
            kind=s["kind"],
            name_nl=s["name"]["nl"],
            name_en=s["name"]["en"],
            about_nl=s["about"]["nl"],
            about_en=s["about"]["en"],
            levels_nl=s["levels"]["nl"],
            levels_en=s["levels"]["en"],
        )
        for s in wanted
    }
    Skill.objects.bulk_create(skills.values())
    stage.skills |= skills
    make_skills_findable(skills.values())
    SkillLink.objects.bulk_create(
        SkillLink(skill=skills[s["key"]], scheme="esco", identifier=s["esco"])
        for s in wanted
        if "esco" in s
    )


def build_profiles(stage: Stage, told: dict[str, Any], organisation: Organisation) -> None:
    """Role profiles with what they ask now and from April, on the jobs that have them."""
    for p in told["profile"]:
        profile = RoleProfile.objects.create(
            organisation=organisation, name_nl=p["name"]["nl"], name_en=p["name"]["en"]
        )
        stage.profiles[p["key"]] = profile
        Demand.objects.bulk_create(
            Demand(
                profile=profile,
                skill=stage.skills[d["skill"]],
                level=d["level"],
                low=d.get("low"),
                high=d.get("high"),
                essential=d["essential"],
                from_on=stage.story.demand_from(d["from"]),
                position=place,
            )
            for place, d in enumerate(p["demand"])
        )
        ProfileJob.objects.bulk_create(
            ProfileJob(profile=profile, job=stage.jobs[organisation.slug, job]) for job in p["jobs"]
        )


def set_fading(stage: Stage, told: dict[str, Any], organisation: Organisation) -> None:
    """How fast skills fade where the organisation says otherwise than research."""
    for f in told.get("fading", ()):
        FadingRule.objects.create(
            organisation=organisation,
            of=f["of"],
            half_life_months=f["half_life_months"],
            reason=f["reason"],
            from_on=stage.story.on(f["from"]),
            set_by=stage.people[f["by"]],
        )


def build_words(stage: Stage, told: dict[str, Any]) -> None:
    """Skills of an organisation's own, one of them asked from April, and other names people use."""
    for s in told["skill"]:
        name = s.get("name") or {"nl": "", "en": s["in_english_only"]}
        about = s.get("about") or {"nl": "", "en": s["about_in_english"]}
        own = make_skill(
            stage.organisations[s["org"]],
            name_nl=name["nl"],
            name_en=name["en"],
            about_nl=about["nl"],
            about_en=about["en"],
            kind=s["kind"],
            key=uuid.uuid5(uuid.NAMESPACE_URL, f"{s['org']}/{name['en']}"),
        )
        if "asked_by" in s:
            Demand.objects.create(
                profile=stage.profiles[s["asked_by"]],
                skill=own,
                level=s["level"],
                from_on=stage.story.demand_from(s["from"]),
                position=100,
            )
    for a in told["alias"]:
        confirm_alias(
            stage.organisations[a["org"]],
            stage.skills[a["skill"]],
            language=a["language"],
            words=a["words"],
            by=stage.people[a["by"]],
        )


def build_evidence(stage: Stage, told: dict[str, Any], organisation: Organisation) -> None:
    """The evidence that was written down, and for the others what their experience suggests.

    Evidence of a module is left out: it follows from playing the module (see `learning`).
    """
    rows = list(_written(stage, told, organisation))
    rows += _suggested(stage, told, organisation)
    Evidence.objects.bulk_create(rows, batch_size=1_000)


def finish_evidence(organisation: Organisation) -> None:
    """Estimate what the evidence of everyone here shows, count the needs and look ahead."""
    recompute_organisation(organisation)
    work_out_ahead(organisation)


def _written(stage: Stage, told: dict[str, Any], organisation: Organisation) -> Iterator[Evidence]:
    for p in told["person"]:
        for e in p.get("evidence", ()):
            if e["kind"] in {"module", "certificate"}:
                continue
            yield Evidence(
                person=stage.people[p["key"]],
                skill=stage.skills[e["skill"]],
                organisation=organisation,
                kind=e["kind"],
                level=e["level"],
                given_by=stage.people[e["by"]],
                observed_on=stage.story.on(e["on"]),
                note=e.get("note", ""),
            )


def _suggested(
    stage: Stage, told: dict[str, Any], organisation: Organisation
) -> Iterator[Evidence]:
    demands = {job: p["demand"] for p in told["profile"] for job in p["jobs"]}
    for p in told["person"]:
        if "seniority" not in p:
            continue
        written = {e["skill"] for e in p.get("evidence", ())}
        asked: dict[str, int] = {}
        for d in demands.get(p["job"], ()):
            asked[d["skill"]] = max(asked.get(d["skill"], 0), d["level"])
        for skill, level in asked.items():
            if skill in written or chance(p["key"], skill, "unseen") < 0.12:
                continue
            shown = _level(p, skill, level)
            first = _day(stage, p, skill)
            yield _one(stage, p, skill, kind="self", seen=first, level=shown, by=p["key"])
            lead = p.get("lead")
            if lead and chance(p["key"], skill, "lead") < 0.75:
                seen = first + timedelta(days=round(20 + 70 * chance(p["key"], skill, "later")))
                yield _one(stage, p, skill, kind="lead", seen=seen, level=shown, by=lead)


def _one(
    stage: Stage, p: dict[str, Any], skill: str, *, kind: str, seen: date, level: int, by: str
) -> Evidence:
    """A piece of evidence; people rate themselves a little higher than their lead does."""
    generous = kind == "self" and chance(p["key"], skill, "generous") < 0.3
    return Evidence(
        person=stage.people[p["key"]],
        skill=stage.skills[skill],
        organisation=stage.employers[p["key"]],
        kind=kind,
        level=max(1, min(5, level + generous)),
        given_by=stage.people[by],
        observed_on=min(seen, stage.story.today),
    )


def _level(p: dict[str, Any], skill: str, asked: int) -> int:
    wobble = (chance(p["key"], skill, "level") - 0.5) * 1.2
    return max(1, min(5, round(asked * SHOWS[p["seniority"]] + wobble)))


def _day(stage: Stage, p: dict[str, Any], skill: str) -> date:
    since = max(
        stage.story.on(p["starts_on"]), stage.story.today - timedelta(days=30 * MONTHS_OF_HISTORY)
    )
    until = (
        min(stage.story.on(p["ends_on"]), stage.story.today)
        if "ends_on" in p
        else stage.story.today
    )
    if since >= until:
        return stage.story.today
    return since + timedelta(days=round((until - since).days * chance(p["key"], skill, "day")))
