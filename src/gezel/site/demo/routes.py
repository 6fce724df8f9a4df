"""Learning paths under way: the first ninety days in both, and the way to EV technician."""

import uuid
from datetime import date, timedelta
from typing import Any

from gezel.certificates.actions import confirm
from gezel.certificates.models import CertificateType, Holding, PathBrings
from gezel.paths.actions import (
    change_draft,
    change_rule,
    choose,
    enrol,
    excuse,
    make_path,
    make_rule,
    mark_done,
    move,
    publish,
    reply,
    run_rules,
    stop,
    use_rule,
)
from gezel.paths.common import new_key
from gezel.paths.models import Enrolment, Path, Rule
from gezel.paths.patterns import TEMPLATES
from gezel.paths.rules import ROOT, Kind, Node, Readers, Skip
from gezel.paths.rules import put as put_step
from gezel.paths.rules.conditions import Condition, Group, Leaf
from gezel.site.demo.cast import Stage

# Day of the story, of the first ninety days: who began when, and which steps they did.
_FIRST_DAYS = (
    ("van-dijk", "thijs", date(2026, 8, 24), 6),
    ("van-dijk", "tobias", date(2026, 11, 2), 2),
    ("van-dijk", "koen", date(2026, 10, 5), 4),
    ("van-dijk", "chayenne", date(2025, 8, 25), 99),
    ("de-linde", "romy", date(2026, 9, 1), 5),
)


def build_paths(stage: Stage) -> None:
    """Two paths at the garage and one in care, with people in every state."""
    for slug in stage.organisations:
        _onboarding(stage, slug)
    _ev_route(stage)
    _vp_route(stage)
    for organisation in stage.organisations.values():
        run_rules(organisation, stage.story.today)


def _onboarding(stage: Stage, slug: str) -> None:
    template = TEMPLATES["onboarding"]
    path = published(
        stage, slug, nl=template.name_nl, en=template.name_en,
        about_nl="Je weg vinden, zelf doen, vooruitkijken. Daarna gaat je eigen plan verder.",
        about_en="Finding your way, doing it yourself, looking ahead. Then your own plan goes on.",
        structure=template.make(),
    )  # fmt: skip
    for there, who, begins_on, steps in _FIRST_DAYS:
        if there == slug:
            enrolment = put(stage, path, who, begins_on)
            _walk(stage, enrolment, who, begins_on, steps)
    if slug == "van-dijk":
        _second_version(stage, path)
    _in_use(path, Leaf("started", {"way": "less", "days": 60}), begins="first_day")


def _second_version(stage: Stage, path: Path) -> None:
    """A step came to it: who began last walks it, the others keep the version they began with."""
    ride = Node(
        new_key(), Kind.TASK, optional=True, opens_days=30,
        nl="Rijd een halve dag mee met de pechhulp",
        en="Ride along with roadside help for a morning",
    )  # fmt: skip
    change_draft(path, lambda tree: put_step(tree, ride, ROOT), seen=path.revision)
    path.refresh_from_db()
    publish(path, seen=path.revision, note="Meerijden met de pechhulp kwam erbij.")
    last = Enrolment.objects.get(path=path, person=stage.people["tobias"])
    move(path, [last.pk])
    path.refresh_from_db()


def _walk(stage: Stage, enrolment: Enrolment, who: str, begins_on: date, steps: int) -> None:
    """The first steps done, a week apart; questions answered in plain words."""
    person, on = stage.people[who], stage.story.on(begins_on)
    for number, node in enumerate(list(enrolment.version.structure.steps)[:steps]):
        day = min(stage.story.today, on + timedelta(days=4 + 7 * number))
        if node.kind is Kind.FEEDBACK:
            reply(
                enrolment,
                node.key,
                by=person,
                key=uuid.uuid5(uuid.NAMESPACE_URL, f"{enrolment.pk}/{node.key}"),
                text="Het gaat goed. Ik wil graag een vaste dag om met iemand mee te kijken.",
            )
        else:
            mark_done(enrolment, node.key, on=day, by=person)


def _ev_route(stage: Stage) -> None:
    """From mechanic to EV technician: a blend, choices, waits, and what is shown is skipped."""
    safety = stage.skills["hv-safety"].pk
    keys = {name: new_key() for name in ("basics", "blend", "work", "battery", "later")}

    def lesson(activity: str, *, key: str = "", part: str = "", **more: Any) -> Node:
        pk = stage.activities[activity].pk
        return Node(key or new_key(), Kind.ACTIVITY, activity=pk, part=part, **more)

    basics = stage.activities["hv-module"].pk
    structure = Node(
        ROOT,
        Kind.SEQUENCE,
        children=(
            lesson(
                "hv-module", key=keys["basics"], due_days=14,
                skips=(Skip(activity=basics), Skip(skill=safety, level=2)),
            ),
            Node(
                keys["blend"], Kind.BLEND, nl="Hoogvolt: leren, oefenen, toepassen",
                en="High voltage: learn, practise, apply", due_days=90,
                skips=(Skip(skill=safety, level=4),),
                children=(
                    lesson("ev-diagnosis-module", part="theory"),
                    lesson("vop-course", part="practice"),
                    lesson("retro-battery", part="intervisie"),
                    Node(
                        new_key(), Kind.TASK, part="applied",
                        nl="Maak onder toezicht een auto spanningsloos",
                        en="Isolate a car under supervision",
                    ),
                ),
            ),
            Node(
                keys["work"], Kind.CHOICE, nl="Leren in het werk", en="Learning in the work",
                pick=2, due_days=240,
                children=(
                    lesson("duo-karim"), lesson("karim-charging"), lesson("wiring"),
                    lesson("scope-aylin"),
                ),
            ),
            Node(
                new_key(), Kind.FEEDBACK, readers=Readers.LEAD, opens_days=120,
                nl="Wat doe je nu zelf aan een EV, en waar wil je nog iemand naast je?",
                en="What do you do on an EV by yourself now, and where do you want company?",
            ),
            Node(
                keys["battery"], Kind.CHOICE, nl="Accudiagnose: cursus of online",
                en="Battery diagnosis: course or online", pick=1, due_days=420,
                children=(lesson("battery-course"), lesson("battery-online")),
            ),
            lesson("evaluation-along", key=keys["later"], optional=True),
        ),
    )  # fmt: skip
    path = published(
        stage, "van-dijk", nl="Van monteur naar EV-technicus", en="From mechanic to EV technician",
        about_nl="In ruim een jaar van de dieselbrug naar de EV-brug, in je eigen tempo.",
        about_en="In a good year from the diesel lift to the EV lift, at your own pace.",
        structure=structure,
    )  # fmt: skip
    blend = [node.key for node in structure.children[1].children]
    work = [node.key for node in structure.children[2].children]

    noor = put(stage, path, "noor", date(2026, 2, 2))
    did(stage, noor, "noor", (blend[1], date(2026, 3, 5)), (work[1], date(2026, 5, 21)))
    bram = put(stage, path, "bram", date(2026, 6, 1))
    did(stage, bram, "bram", (blend[1], date(2026, 9, 10)), (blend[2], date(2026, 9, 24)))
    reply(
        bram, blend[3], by=stage.people["bram"], key=uuid.uuid5(uuid.NAMESPACE_URL, "bram/applied"),
        on=stage.story.on(date(2026, 10, 8)),
        text="Twee keer een auto spanningsloos gemaakt, met Karim ernaast. De tweede keer zelf.",
    )  # fmt: skip
    choose(bram, [work[0], work[2]], choice=keys["work"], by=stage.people["bram"])
    gone = put(stage, path, "rik", date(2026, 3, 2))
    stop(gone, why="Rik kiest voor oldtimers; zo afgesproken.", on=stage.story.on(date(2026, 5, 4)))
    femke = stage.people["femke"]
    put(stage, path, "roelof", date(2026, 3, 2))
    excuse(
        path, stage.people["roelof"], reason="Gaat over een jaar met pensioen en werkt zijn "
        "collega's in.", from_on=stage.story.on(date(2026, 9, 1)), until_on=None, by=femke,
    )  # fmt: skip
    mechanic = stage.jobs["van-dijk", "mechanic"].pk
    rule = _in_use(
        path,
        Group(
            True,
            (
                Leaf("job", {"job": mechanic}),
                Leaf("skill", {"skill": safety, "level": 4}),
            ),
        ),
    )
    # Who moved to another job since: still on it, and for HR to decide.
    moved = put(stage, path, "nadia", date(2026, 8, 3))
    Enrolment.objects.filter(pk=moved.pk).update(how=Enrolment.How.RULE, rule=rule)


def _vp_route(stage: Stage) -> None:
    """To the appointment as VP (NEN 9140): a path that ends in a certificate by own policy.

    Its steps are one's own word, so whoever leads looks before it counts: Aylin has it (what she
    knew as VOP was skipped), Bram is half-way.
    """
    basics = stage.activities["hv-module"].pk
    tasks = (
        ("Drie auto's spanningsloos gemaakt, elk van een ander merk, met een VP ernaast",
         "Made three cars dead, each of another make, with a VP beside you"),
        ("Een werkplek ingericht en vrijgegeven voor een ander",
         "Set up a place of work and released it for someone else"),
        ("Praktijktoets: spanningsloos maken, nameten, borgen en vrijgeven",
         "Practical test: make dead, measure, secure and release"),
    )  # fmt: skip
    structure = Node(
        ROOT,
        Kind.SEQUENCE,
        children=(
            Node(
                new_key(), Kind.ACTIVITY, activity=basics, due_days=30,
                skips=(Skip(activity=basics), Skip(skill=stage.skills["hv-safety"].pk, level=2)),
            ),
            *(Node(new_key(), Kind.TASK, nl=nl, en=en, due_days=90) for nl, en in tasks),
            Node(
                new_key(), Kind.FEEDBACK, readers=Readers.LEAD, due_days=120,
                nl="Welk werk doe je nog niet alleen, en wie roep je dan?",
                en="Which work do you not do alone yet, and whom do you call then?",
            ),
        ),
    )  # fmt: skip
    path = published(
        stage, "van-dijk", nl="Van VOP naar VP hoogvolt", en="From VOP to VP high voltage",
        about_nl="Eindigt in de aanwijzing als VP. Wie je leidt, kijkt eerst of het klopt.",
        about_en="Ends in the appointment as VP. Whoever leads you looks first whether it is so.",
        structure=structure,
    )  # fmt: skip
    kind = CertificateType.objects.get(
        organisation=path.organisation, name_nl="Aanwijzing VP hoogvolt (NEN 9140)"
    )
    PathBrings.objects.create(type=kind, path=path)
    steps = [node.key for node in structure.children]
    days = (date(2026, 7, 7), date(2026, 8, 25), date(2026, 9, 22))
    aylin = put(stage, path, "aylin", date(2026, 6, 1))
    # What she showed already was looked at on the day she began, also in a story told today.
    aylin.marks.update(on=stage.story.on(date(2026, 6, 1)))
    did(stage, aylin, "aylin", *zip(steps[1:4], days, strict=True))
    reply(
        aylin, steps[4], by=stage.people["aylin"], on=stage.story.on(date(2026, 9, 24)),
        key=uuid.uuid5(uuid.NAMESPACE_URL, "aylin/vp"),
        text="Een lekkende accu raak ik niet aan. Dan bel ik Karim en zet ik af.",
    )  # fmt: skip
    holding = Holding.objects.get(person=stage.people["aylin"], type=kind, origin="activity")
    confirm(holding, by=stage.people["daan"])
    bram = put(stage, path, "bram", date(2026, 9, 14))
    did(stage, bram, "bram", (steps[1], date(2026, 10, 20)))


def published(
    stage: Stage, slug: str, *, nl: str, en: str, about_nl: str, about_en: str, structure: Node
) -> Path:
    path = make_path(
        stage.organisations[slug],
        {"name_nl": nl, "name_en": en, "about_nl": about_nl, "about_en": about_en},
        structure=structure,
    )
    publish(path, seen=path.revision)
    path.refresh_from_db()
    return path


def put(stage: Stage, path: Path, who: str, begins_on: date) -> Enrolment:
    """Someone is put on a path by hand, on a day of the story."""
    person = stage.people[who]
    enrol(path, [person.pk], begins_on=stage.story.on(begins_on), how=Enrolment.How.HAND)
    return Enrolment.objects.select_related("version").get(path=path, person=person)


def did(stage: Stage, enrolment: Enrolment, who: str, *steps: tuple[str, date]) -> None:
    """Steps they did, each on its day."""
    for step, on in steps:
        mark_done(enrolment, step, on=stage.story.on(on), by=stage.people[who])


def _in_use(path: Path, condition: Condition, *, begins: str = "match") -> Rule:
    rule = make_rule(path)
    rule = change_rule(rule, lambda _tree: condition, seen=rule.revision)
    use_rule(rule, begins=begins, seen=rule.revision, sure=True)
    return rule
