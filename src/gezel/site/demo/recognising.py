"""EVC in the demo: a dossier under way, and one with a partial result. Told in `data/evc.toml`."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation

from gezel.assessment import actions, queries
from gezel.assessment.actions import PartSaid, PieceSaid
from gezel.assessment.models import Dossier, Standard
from gezel.people.api import Organisation, Person
from gezel.site.demo.cast import Stage
from gezel.site.demo.story import TOLD_ON

NAMES = uuid.UUID("0b5d2a4e-5d0f-4d6f-9a55-61d1a1a1c0de")
STARR = ("situation", "task", "action", "result", "reflection")
# What the assessors of the demo say of every part, criterion by criterion.
SAID = {
    "variation": "Verslag, verhaal en wat Gezel al had.",
    "relevance": "Het gaat over wat dit onderdeel vraagt.",
    "authenticity": "Gezien en nagevraagd.",
    "recency": "Van dit jaar.",
    "quantity": "Naast elkaar gelegd.",
}


def build_dossiers(stage: Stage) -> None:
    """Standards, who guides and assesses, and a dossier in each organisation."""
    for told in stage.story.read("evc")["organisation"]:
        organisation = stage.organisations[told["slug"]]
        _set_up(stage, organisation, told)
        # What comes in from Gezel reads as the candidate reads it.
        with translation.override(organisation.language):
            _dossier(stage, _standard(stage, organisation, told["standard"]), told["dossier"])


def _set_up(stage: Stage, organisation: Organisation, told: dict[str, Any]) -> None:
    actions.set_up(
        organisation,
        candidate_hours=told["candidate_hours"],
        guide_hours=told["guide_hours"],
        assessors=2,
        objections_to=stage.people[told["objections_to"]],
        deputy=stage.people[told["deputy"]],
    )
    for name in (*told["guides"], *told["assessors"]):
        person = stage.people[name]
        task = actions.ask_for_evc(
            organisation,
            email=person.email,
            may_guide=name in told["guides"],
            may_assess=name in told["assessors"],
        )
        actions.answer_task(task, person, yes=True)


def _standard(stage: Stage, organisation: Organisation, told: dict[str, Any]) -> Standard:
    standard = actions.make_standard(
        organisation,
        name_nl=told["name"]["nl"],
        name_en=told["name"]["en"],
        parts=[
            PartSaid(
                name_nl=part["name"]["nl"],
                name_en=part["name"]["en"],
                criteria_nl="\n".join(part["criteria"]["nl"]),
                criteria_en="\n".join(part["criteria"]["en"]),
                skill=stage.skills[part["skill"]],
            )
            for part in told["part"]
        ],
        key=uuid.uuid5(NAMES, organisation.slug),
    )
    actions.put_standard_in_use(standard)
    standard.refresh_from_db()
    return standard


def _dossier(stage: Stage, standard: Standard, told: dict[str, Any]) -> None:
    def at(day: int, hour: int = 10) -> datetime:
        return stage.story.at(TOLD_ON + timedelta(days=day), hour)

    began = told["began"]
    person, guide = stage.people[told["candidate"]], stage.people[told["guide"]]
    dossier = actions.begin_dossier(
        person,
        standard,
        organisation=standard.organisation,
        key=uuid.uuid5(NAMES, told["candidate"]),
        at=at(began),
    )
    actions.ready_for_intake(dossier, aim=told["aim"], at=at(began + 2))
    actions.choose(dossier, guide, kind="guide", at=at(began + 3))
    actions.do_intake(
        dossier, by=guide, said=told["intake"], ready_by=at(told["ready_by"]).date(),
        at=at(began + 7),
    )  # fmt: skip
    _collect(stage, dossier, told, at(began + 12))
    for seat, name in enumerate(told["assessors"], start=1):
        actions.choose(dossier, stage.people[name], kind="assessor", seat=seat, at=at(began + 20))
    for row in told.get("hours", ()):
        actions.keep_hours(
            dossier, by=stage.people[row["by"]], on=at(row["on"]).date(), minutes=row["minutes"],
            what=row["what"], key=uuid.uuid5(NAMES, f"{row['by']} {row['on']}"),
        )  # fmt: skip
    if asked := told.get("asked"):
        actions.ask_statement(
            dossier, stage.people[asked["of"]], question=asked["question"],
            parts=list(standard.parts.all()[1:2]), key=uuid.uuid5(NAMES, "asked"),
        )  # fmt: skip
    if "result" in told:
        _judged(stage, dossier, told, at(told["result"]))
    if told.get("opened"):
        actions.tell_employer(dossier, known=True)
    last = at(told.get("result", -6))
    Dossier.objects.filter(pk=dossier.pk).update(last_at=last)


def _collect(stage: Stage, dossier: Dossier, told: dict[str, Any], at: datetime) -> None:
    parts = list(dossier.standard.parts.all())
    skills = {part.skill_id for part in parts}
    fitting = [f for f in queries.own_facts(dossier.person) if f.skills & skills]
    for fact in fitting[: told["facts"]]:
        actions.bring_in_fact(dossier, fact.address)
    for story in told["story"]:
        said = PieceSaid(
            name=story["name"],
            done_on=stage.story.on(TOLD_ON + timedelta(days=story["on"])),
            parts=[parts[n] for n in story["parts"]],
            told={name: story[name] for name in STARR},
        )
        actions.add_piece(
            dossier, said, kind="account", by=dossier.person, at=at,
            key=uuid.uuid5(NAMES, story["name"]),
        )  # fmt: skip


def _judged(stage: Stage, dossier: Dossier, told: dict[str, Any], at: datetime) -> None:
    parts = list(dossier.standard.parts.all())
    visit = told["visit"]
    both = [stage.people[name] for name in told["assessors"]]
    actions.hand_in(dossier, at=at - timedelta(days=25))
    actions.add_piece(
        dossier,
        PieceSaid(
            name=visit["name"],
            done_on=stage.story.on(TOLD_ON + timedelta(days=visit["on"])),
            parts=parts[:2],
            told={name: visit[name] for name in ("where", "task", "seen")},
        ),
        kind="visit",
        by=stage.people[visit["by"]],
        at=at - timedelta(days=15),
    )
    for n, assessor in enumerate(both):
        _one_judges(dossier, assessor, n, told["judged"], at - timedelta(days=5 - n))
    together = {
        part.pk: (row["together"]["result"], row["together"]["why"])
        for part, row in zip(parts, told["judged"], strict=True)
    }
    actions.propose_outcome(dossier, together, by=both[0], at=at)
    actions.agree_outcome(dossier, by=both[1], at=at)


def _one_judges(
    dossier: Dossier, assessor: Person, seat: int, rows: list[dict[str, Any]], at: datetime
) -> None:
    for part, row in zip(dossier.standard.parts.all(), rows, strict=True):
        holds = {"shown": "yes", "partly": "partly"}.get(row["results"][seat], "no")
        actions.write_judgement(
            dossier,
            part,
            by=assessor,
            criteria={name: (holds, why) for name, why in SAID.items()},
            result=row["results"][seat],
            why=row["why"][seat],
            at=at,
        )
    actions.finish_judging(dossier, by=assessor, at=at)
