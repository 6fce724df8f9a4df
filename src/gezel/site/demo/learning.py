"""What can be learned, what was learned, which certificates are held, and the plans under way."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from gezel.catalogue.api import (
    Activity,
    ActivitySkill,
    Offering,
    Prerequisite,
    Provider,
    keep_findable,
)
from gezel.certificates.api import (
    Brings,
    CertificateSkill,
    CertificateType,
    Duty,
    Exemption,
    Holding,
    HoursDone,
    TypeTerms,
    WorkTask,
    reckon_everyone,
)
from gezel.content.api import (
    Attempt,
    Block,
    Given,
    Module,
    finish,
    keep_answers,
    make_module,
    start,
)
from gezel.people.api import Organisation
from gezel.plans.models import Agreement, Goal, PlanningRules, SharedGoal, Step
from gezel.site.demo.cast import Stage
from gezel.site.demo.story import DATA
from gezel.skills.api import Evidence

MEDIA = DATA / "modules" / "media"


def build_activities(stage: Stage, told: dict[str, Any]) -> None:
    """The offer of both organisations, with its providers and the skills each thing teaches."""
    providers: dict[tuple[str, str], Provider] = {}
    for a in told["activity"]:
        organisation = stage.organisations[a["org"]]
        if name := a.get("provider"):
            providers.setdefault(
                (a["org"], name),
                Provider.objects.get_or_create(organisation=organisation, name=name)[0],
            )
        stage.activities[a["key"]] = Activity(
            organisation=organisation,
            title_nl=a["title"]["nl"],
            title_en=a["title"]["en"],
            summary_nl=a["summary"]["nl"],
            summary_en=a["summary"]["en"],
            kind=a["kind"],
            mix=a["mix"],
            form=a["form"],
            hours=a["hours"],
            price_cents=a["price_cents"],
            in_dutch="nl" in a["languages"],
            in_english="en" in a["languages"],
            evening=a.get("evening", False),
            travel_cents=a.get("travel_cents", 0),
            own_percent=a.get("own_percent", 0),
            mandatory=a.get("mandatory", False),
            provider=providers.get((a["org"], a.get("provider", ""))),
            location=a.get("location", "").capitalize(),
        )
    for activity in stage.activities.values():
        activity.save()
    ActivitySkill.objects.bulk_create(
        ActivitySkill(
            activity=stage.activities[a["key"]],
            skill=stage.skills[s["skill"]],
            from_level=s["from"],
            to_level=s["to"],
        )
        for a in told["activity"]
        for s in a["skills"]
    )
    keep_findable(activity.pk for activity in stage.activities.values())
    _dates_and_order(stage, told)
    _modules(stage, {a["module"]: a["key"] for a in told["activity"] if "module" in a})


def _dates_and_order(stage: Stage, told: dict[str, Any]) -> None:
    """When things are given, and what comes first."""
    Offering.objects.bulk_create(
        Offering(
            activity=stage.activities[a["key"]],
            starts_on=stage.story.on(d["from"]),
            ends_on=stage.story.on(d.get("to", d["from"])),
            place=d.get("place", ""),
            seats_left=d.get("seats"),
        )
        for a in told["activity"]
        for d in a.get("dates", ())
    )
    Prerequisite.objects.bulk_create(
        Prerequisite(activity=stage.activities[a["key"]], needs=stage.activities[needed])
        for a in told["activity"]
        for needed in a.get("needs", ())
    )
    Prerequisite.objects.bulk_create(
        Prerequisite(
            activity=stage.activities[a["key"]], skill=stage.skills[n["skill"]], level=n["level"]
        )
        for a in told["activity"]
        for n in a.get("needs_levels", ())
    )


def _modules(stage: Stage, place_of: dict[str, str]) -> None:
    for m in stage.story.modules():
        activity = stage.activities[place_of[m["key"]]]
        Activity.objects.filter(pk=activity.pk).update(shared_by=stage.people[m["author"]])
        named = {
            block[field]
            for block in m["block"]
            for field in ("file", "captions_nl", "captions_en")
            if field in block
        }
        stage.modules[m["key"]] = make_module(
            activity,
            goal=m["goal"],
            minutes=m["minutes"],
            pass_percent=round(100 * m["pass_share"]),
            blocks=m["block"],
            media={name: (MEDIA / name).read_bytes() for name in sorted(named)},
        )


def play_modules(stage: Stage, told: dict[str, Any]) -> None:
    """The modules that the story says people completed; evidence follows from playing."""
    teaches: dict[tuple[str, int, int], str] = {}
    for key, module in stage.modules.items():
        for t in ActivitySkill.objects.filter(activity=module.activity_id):
            teaches[module.activity.organisation.slug, t.skill_id, t.to_level] = key
    slug = told["organisation"]["slug"]
    for p in told["person"]:
        played: set[str] = set()
        for e in p.get("evidence", ()):
            if e["kind"] != "module":
                continue
            key = teaches[slug, stage.skills[e["skill"]].pk, e["level"]]
            if key in played:
                continue
            played.add(key)
            at = stage.story.at(e["on"])
            attempt = start(
                stage.people[p["key"]],
                stage.modules[key],
                organisation=stage.organisations[slug],
                at=at - timedelta(minutes=25),
            )
            keep_answers(attempt, _right_answers(attempt, stage.modules[key], at), at=at)
            finish(attempt, organisation=stage.organisations[slug], at=at)


def _right_answers(attempt: Attempt, module: Module, at: datetime) -> list[Given]:
    """What someone who understood it all answers, the last a minute before they finish."""
    return [
        Given(
            key=uuid.uuid5(attempt.registration, str(block.pk)),
            block=block.pk,
            at=at - timedelta(minutes=1),
            value=_fitting(block),
        )
        for block in Block.objects.filter(module=module)
    ]


def _fitting(block: Block) -> dict[str, Any]:
    if block.kind == Block.Kind.QUESTION:
        return {"chosen": sorted(o["key"] for o in block.body["options"] if o["right"])}
    if block.kind == Block.Kind.REFLECTION:
        return {"text": ""}
    if block.kind == Block.Kind.CHECKLIST:
        return {"ticked": list(range(len(block.body["items"]["nl"])))}
    return {"seen": True}


def build_certificates(stage: Stage, told: dict[str, Any]) -> None:
    """Types with their terms and duties, and what people hold; confirmed ones count as evidence."""
    types: dict[str, CertificateType] = {}
    terms: dict[str, TypeTerms] = {}
    for t in told["type"]:
        types[t["key"]] = kept = CertificateType.objects.create(
            organisation=stage.organisations[t["org"]],
            name_nl=t["name"]["nl"],
            name_en=t["name"]["en"],
            issuer=t["issuer"],
            register_link=t.get("register_link", ""),
        )
        months = t.get("validity_months")
        terms[t["key"]] = TypeTerms.objects.create(
            type=kept,
            ends=TypeTerms.Ends.NEVER if months is None else TypeTerms.Ends.MONTHS,
            months=months,
            basis=t["validity_basis"],
            source_nl=t["source"]["nl"],
            source_en=t["source"]["en"],
            **t.get("terms", {}),
        )
        CertificateSkill.objects.bulk_create(
            CertificateSkill(type=kept, skill=stage.skills[s["skill"]], level=s["level"])
            for s in t["shows"]
        )
        Duty.objects.bulk_create(
            Duty(type=kept, job=stage.jobs[t["org"], job], from_on=stage.story.on(date(2025, 1, 1)))
            for job in t["required_for"]
        )
        Brings.objects.bulk_create(
            Brings(type=kept, activity=stage.activities[b["activity"]], what=b["what"])
            for b in t.get("brought_by", ())
        )
    shows = {t["key"]: t["shows"] for t in told["type"]}
    hr = {
        organisation.pk: stage.people[key]
        for key, organisation in stage.employers.items()
        if key in {"femke", "rachida"}
    }
    evidence = []
    for h in told["holding"]:
        person, kind = stage.people[h["person"]], types[h["type"]]
        issued = stage.story.on(h["issued_on"])
        organisation = stage.employers[h["person"]]
        by = hr.get(organisation.pk)
        confirmed = h["confirmed"] and by is not None and by.pk != person.pk
        Holding.objects.create(
            type=kind,
            person=person,
            number=h.get("number", ""),
            issued_on=issued,
            terms=terms[h["type"]],
            refresher=h.get("refresher", False),
            state=Holding.State.CONFIRMED if confirmed else Holding.State.WAITING,
            registered_by=person,
            decided_by=by if confirmed else None,
            decided_at=stage.story.at(h["issued_on"], 15) if confirmed else None,
        )
        if confirmed:
            evidence += [
                _evidence(stage, organisation, h, skill, issued) for skill in shows[h["type"]]
            ]
    Evidence.objects.bulk_create(evidence)
    _hours_tasks_and_exceptions(stage, told, types, hr)
    for organisation in stage.organisations.values():
        reckon_everyone(organisation.pk)


def _hours_tasks_and_exceptions(
    stage: Stage,
    told: dict[str, Any],
    types: dict[str, CertificateType],
    hr: dict[int, Any],
) -> None:
    for h in told.get("hours", ()):
        by = hr[stage.employers[h["person"]].pk]
        confirmed = h.get("confirmed", True)
        HoursDone.objects.create(
            type=types[h["type"]],
            person=stage.people[h["person"]],
            course=h["course"],
            on=stage.story.on(h["on"]),
            hours=h["hours"],
            practice=h.get("practice", 0),
            e_learning=h.get("e_learning", 0),
            state=Holding.State.CONFIRMED if confirmed else Holding.State.WAITING,
            registered_by=stage.people[h["person"]],
            decided_by=by if confirmed else None,
            decided_at=stage.story.at(h["on"], 16) if confirmed else None,
        )
    for t in told.get("task", ()):
        task = WorkTask.objects.create(
            organisation=stage.organisations[t["org"]],
            name_nl=t["name"]["nl"],
            name_en=t["name"]["en"],
            from_on=stage.story.on(date(2025, 1, 1)),
        )
        task.needs.set([types[key] for key in t["needs"]])
        task.jobs.set([stage.jobs[t["org"], job] for job in t["jobs"]])
    for e in told.get("exemption", ()):
        Exemption.objects.create(
            type=types[e["type"]],
            person=stage.people[e["person"]],
            reason=e["reason"],
            from_on=stage.story.on(e["from_on"]),
            until_on=stage.story.on(e["until_on"]) if "until_on" in e else None,
            made_by=hr[stage.employers[e["person"]].pk],
        )


def _evidence(
    stage: Stage, organisation: Organisation, h: dict[str, Any], skill: dict[str, Any], on: date
) -> Evidence:
    return Evidence(
        person=stage.people[h["person"]],
        skill=stage.skills[skill["skill"]],
        organisation=organisation,
        kind=Evidence.Kind.CERTIFICATE,
        level=skill["level"],
        observed_on=on,
    )


def build_plans(stage: Stage, told: dict[str, Any]) -> None:
    """Goals, wishes beside them, steps done and to do; shared goals of units."""
    for p in told["plan"]:
        person = stage.people[p["person"]]
        organisation = stage.employers[p["person"]]
        lead = organisation.employments.get(person=person, ends_on=None).lead
        role = p["kind"] == "role"
        goal = Goal.objects.create(
            person=person,
            organisation=organisation,
            kind=p["kind"],
            profile=stage.profiles[p["target"]] if role else None,
            skill=None if role else stage.skills[p["target"]],
            level=None if role else p["level"],
            due_on=stage.story.on(p["due_on"]),
            own_words=p["own_words"],
            shared="wish" in p or "agreed_by_person_on" in p,
            set_on=stage.story.on(date(2026, 1, 12)),
        )
        if "wish" in p or "agreed_by_person_on" in p:
            Agreement.objects.create(
                goal=goal,
                wish=p.get("wish", ""),
                wished_by=lead if "wish" in p else None,
                person_confirmed_at=_moment(stage, p, "agreed_by_person_on"),
                lead_confirmed_at=_moment(stage, p, "agreed_by_lead_on"),
                lead_confirmed_by=lead if "agreed_by_lead_on" in p else None,
            )
        Step.objects.bulk_create(
            Step(
                goal=goal,
                activity=stage.activities.get(s.get("activity", "")),
                title=s.get("title", ""),
                due_on=stage.story.on(s["due_on"]),
                done_on=stage.story.on(s["done_on"]) if "done_on" in s else None,
                position=place,
            )
            for place, s in enumerate(p.get("step", ()))
        )
    for r in told["planning_rules"]:
        limits = {name: value for name, value in r.items() if name != "org"}
        PlanningRules.objects.create(organisation=stage.organisations[r["org"]], **limits)
    for g in told["shared_goal"]:
        organisation = stage.organisations[g["org"]]
        unit = stage.units[g["org"], g["unit"]]
        size = organisation.employments.filter(
            unit__path__startswith=unit.path, ends_on=None
        ).count()
        SharedGoal.objects.create(
            organisation=organisation,
            unit=None if unit.depth == 1 else unit,
            skill=stage.skills[g["skill"]],
            level=g["level"],
            people=max(1, round(size * g["share"])),
            due_on=stage.story.on(g["due_on"]),
            why=g["title"]["nl"],
            made_by=stage.people[g["owner"]],
            key=uuid.uuid5(uuid.NAMESPACE_URL, f"{g['org']}/{g['unit']}/{g['skill']}"),
        )


def _moment(stage: Stage, p: dict[str, Any], field: str) -> Any:
    return stage.story.at(p[field]) if field in p else None
