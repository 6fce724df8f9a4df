"""Short builders of standards, people and dossiers, made by the actions the product uses."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from gezel.assessment import actions
from gezel.assessment.actions import PartSaid, PieceSaid
from gezel.assessment.models import Dossier, DossierPiece, Standard
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.api import Skill

STAGES = Dossier.Stage.values


def a_standard(
    organisation: Organisation, *, parts: int = 2, skill: Skill | None = None, live: bool = True
) -> Standard:
    """A standard of so many parts, of which the first stands for the skill."""
    said = [
        PartSaid(
            name_nl=f"Onderdeel {n}",
            name_en=f"Part {n}",
            criteria_nl="Werkt veilig\nWerkt netjes",
            criteria_en="Works safely\nWorks neatly",
            skill=skill if n == 1 else None,
        )
        for n in range(1, parts + 1)
    ]
    standard = actions.make_standard(
        organisation, name_nl="Autotechnicus", name_en="Car technician", parts=said
    )
    if live:
        actions.put_standard_in_use(standard)
        standard.refresh_from_db()
    return standard


def may(
    organisation: Organisation, person: Person, *, guide: bool = False, assess: bool = False
) -> Person:
    """Someone who said yes to guiding or assessing here."""
    task = actions.ask_for_evc(organisation, email=person.email, may_guide=guide, may_assess=assess)
    actions.answer_task(task, person, yes=True)
    return person


@dataclass
class Cast:
    """Who is in a dossier beside the candidate."""

    guide: Person
    first: Person
    second: Person


def a_cast(organisation: Organisation) -> Cast:
    """A guide and two assessors outside everyone's line."""
    return Cast(
        may(organisation, a_colleague(organisation, "Gerda Gids"), guide=True),
        may(organisation, a_colleague(organisation, "Aad Eén"), assess=True),
        may(organisation, a_colleague(organisation, "Bea Twee"), assess=True),
    )


def a_piece(dossier: Dossier, *, kind: str = "account", name: str = "A story") -> DossierPiece:
    """A piece of the candidate, tied to the first part."""
    return actions.add_piece(
        dossier,
        PieceSaid(name=name, about="What I did.", parts=list(dossier.standard.parts.all()[:1])),
        kind=kind,
        by=dossier.person,
    )


def a_report(dossier: Dossier, by: Person, *, kind: str = "interview") -> DossierPiece:
    """A report of an assessor about every part."""
    return actions.add_piece(
        dossier,
        PieceSaid(name="Talk", parts=list(dossier.standard.parts.all()), told={"task": "It."}),
        kind=kind,
        by=by,
    )


def a_dossier(
    person: Person,
    standard: Standard,
    cast: Cast,
    *,
    to: str = "portfolio",
    assessors: int = 2,
    results: str = "shown",
) -> Dossier:
    """A dossier that has come as far as this stage."""
    dossier = actions.begin_dossier(person, standard, organisation=standard.organisation)
    Dossier.objects.filter(pk=dossier.pk).update(assessors=assessors)
    until = STAGES.index(to)
    if until >= 1:
        actions.ready_for_intake(dossier, aim="Know where I stand.")
        actions.choose(dossier, cast.guide, kind="guide")
    if until >= 2:
        ready_by = timezone.localdate() + timedelta(days=60)
        actions.do_intake(dossier, by=cast.guide, said="Three stories.", ready_by=ready_by)
    if until >= 3:
        a_piece(dossier)
        actions.choose(dossier, cast.first, kind="assessor", seat=1)
        if assessors == 2:
            actions.choose(dossier, cast.second, kind="assessor", seat=2)
        actions.hand_in(dossier)
        a_report(dossier, cast.first)
    if until >= 4:
        both = [cast.first, cast.second][:assessors]
        for assessor in both:
            judge_all(dossier, assessor, results=results)
            actions.finish_judging(dossier, by=assessor)
        if assessors == 2:
            agree_on(dossier, cast, results=results)
    dossier.refresh_from_db()
    return dossier


WHOLE = {
    name: ("yes", f"{name} holds.")
    for name in ("variation", "relevance", "authenticity", "recency", "quantity")
}


def judge_all(dossier: Dossier, by: Person, *, results: str = "shown", why: str = "So.") -> None:
    """Judge every part; `results` in order ("shown,not_yet"), the last one for the rest."""
    told = results.split(",")
    for n, part in enumerate(dossier.standard.parts.all()):
        actions.write_judgement(
            dossier,
            part,
            by=by,
            criteria=WHOLE,
            result=told[min(n, len(told) - 1)],
            why=f"{why} ({by.first_name})",
        )


def agree_on(dossier: Dossier, cast: Cast, *, results: str = "shown") -> None:
    """The first writes the result, the second agrees."""
    told = results.split(",")
    parts = list(dossier.standard.parts.all())
    found = {
        p.pk: (told[min(n, len(told) - 1)], "Together we found this.") for n, p in enumerate(parts)
    }
    actions.propose_outcome(dossier, found, by=cast.first)
    actions.agree_outcome(dossier, by=cast.second)


def addresses(
    organisation: Organisation, noor: Person, daan: Person, femke: Person
) -> dict[str, object]:
    """One of everything of EVC, mostly Noor's, for `tests/full_house.py`."""
    cast = a_cast(organisation)
    may(organisation, noor, assess=True)
    mine = a_dossier(noor, a_standard(organisation), cast)
    piece = a_piece(mine)
    asked = actions.ask_statement(
        mine, daan, question="What did you see?", parts=[], key=uuid.uuid4()
    )
    today = timezone.localdate()
    row = actions.keep_hours(mine, by=noor, on=today, minutes=90, what="", key=uuid.uuid4())
    done = a_dossier(
        noor, a_standard(organisation), cast, to="result", assessors=1, results="shown,not_yet"
    )
    actions.set_up(
        organisation, candidate_hours=40, guide_hours=12, assessors=2,
        objections_to=femke, deputy=None,
    )  # fmt: skip
    disputed = a_dossier(noor, a_standard(organisation), cast, to="result", assessors=1)
    objection = actions.object_to_result(disputed, reason="No.", key=uuid.uuid4())
    # Dossiers of others that Noor assesses: one she is in the middle of, one both have finished.
    judges = Cast(cast.guide, noor, cast.second)
    judging = a_dossier(femke, a_standard(organisation), judges, to="assessment")
    both = a_dossier(
        a_colleague(organisation, "Kees Kandidaat"), a_standard(organisation), judges,
        to="assessment",
    )  # fmt: skip
    for person in (noor, cast.second):
        judge_all(both, person)
        actions.finish_judging(both, by=person)
    draft = a_standard(organisation, live=False)
    own = ("dossier", "aim", "people", "intake", "hand_in", "employer", "hours", "take_back_hours",
           "end", "throw_away", "take_along", "add", "gather", "ask", "withdraw_question", "piece",
           "remove_piece", "piece_file")  # fmt: skip
    return {
        **{f"evc:{page}:key": mine.key for page in own},
        **{f"evc:{page}:key": done.key for page in ("result", "keep", "plan", "object")},
        **{
            f"evc:{page}:key": judging.key
            for page in ("hand_back", "more", "judging", "judge", "finish")
        },
        **{f"evc:{page}:key": both.key for page in ("together", "agree")},
        "evc:decide:key": disputed.key,
        "objection_key": objection.key,
        "evc:people:kind": "guide",
        "seat": 0,
        "evc:add:kind": "account",
        "evc:take_along:form": "pdf",
        "piece_key": piece.key,
        "row_key": row.key,
        "asked_key": asked.key,
        "evc:judge:part_pk": judging.standard.parts.all()[0].pk,
        "evc:part:part_pk": draft.parts.all()[0].pk,
        "evc:remove_part:part_pk": draft.parts.all()[0].pk,
        **{f"evc:{page}:pk": mine.standard_id for page in ("standard", "begin")},
        **{
            f"evc:{page}:pk": draft.pk
            for page in ("edit_standard", "standard_step", "new_part", "part", "remove_part")
        },
        "evc:answer_task:pk": noor.evc_tasks.get().pk,
        "evc:end_task:pk": cast.guide.evc_tasks.get().pk,
    }
