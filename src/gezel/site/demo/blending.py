"""A blend that a whole group went through, so that something is known of what it brings.

Who sells and who stands at the desk learned to explain charging and its cost: read and practised at
home, calculated with Maaike at work, and tried with a customer. Their lead looked at both skills
before and afterwards, as a lead does.
"""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

from gezel.paths.actions import choose, reply
from gezel.paths.rules import ROOT, Kind, Node
from gezel.site.demo.cast import Stage
from gezel.site.demo.routes import did, published, put
from gezel.site.demo.story import chance
from gezel.skills.api import Evidence

BEGAN_ON = date(2026, 1, 12)
# Who went through it, with who leads them.
GROUP = {
    "ingrid": "ruben",
    "mo": "ingrid", "sanne": "ingrid", "priya": "ingrid", "tineke": "ingrid", "luc": "ingrid",
    "pascal": "marijke",
    "glenn": "pascal", "olga": "pascal", "stijn": "pascal", "leila": "pascal", "arend": "pascal",
}  # fmt: skip
# Who is still on the way: how many of the three steps they did.
UNDER_WAY = {"luc": 2, "stijn": 1}
TAUGHT = ("charging-advice", "ev-cost-explaining")
TOLD = (
    "Bij een proefrit voorgerekend wat thuis laden kost. De klant rekende mee.",
    "Uitgelegd waarom snelladen niet elke dag hoeft. Dat scheelde een teleurstelling.",
    "Met de rekenhulp drie auto's naast elkaar gezet voor een klein bedrijf.",
)


def show_before_and_after(stage: Stage) -> None:
    """What their lead saw before it began and half a year later: mostly a level more, for some
    nothing, for some two."""
    Evidence.objects.bulk_create(_looks(stage))


def _looks(stage: Stage) -> Iterator[Evidence]:
    for who, lead in GROUP.items():
        for skill in TAUGHT:
            before = 1 + (chance(who, skill, "before") < 0.4)
            more = 1 + (chance(who, skill, "more") < 0.25) - (chance(who, skill, "less") < 0.3)
            days = round(40 * chance(who, skill, "looked"))
            for on, level in (
                (BEGAN_ON - timedelta(days=10 + days), before),
                (BEGAN_ON + timedelta(days=150 + days), before + more),
            ):
                yield Evidence(
                    person=stage.people[who],
                    skill=stage.skills[skill],
                    organisation=stage.employers[who],
                    kind=Evidence.Kind.LEAD,
                    level=level,
                    given_by=stage.people[lead],
                    observed_on=stage.story.on(on),
                )


def build_blend(stage: Stage) -> None:
    """The path they walked; for the middle there are two forms to choose between."""
    advice, tool, along, applied = "theory", "tool", "along", "applied"
    structure = Node(
        ROOT,
        Kind.SEQUENCE,
        children=(
            Node(
                "blend", Kind.BLEND, nl="Laden uitleggen: leren, rekenen, toepassen",
                en="Explaining charging: learn, calculate, apply", due_days=120,
                children=(
                    _lesson(stage, advice, "charging-advice", part="theory", due_days=30),
                    Node(
                        "how", Kind.CHOICE, part="practice", pick=1, nl="Samen oefenen",
                        en="Practise together", due_days=75,
                        children=(
                            _lesson(stage, tool, "cost-tool"),
                            _lesson(stage, along, "evaluation-along"),
                        ),
                    ),
                    Node(
                        applied, Kind.TASK, part="applied",
                        nl="Reken met een klant uit wat laden kost",
                        en="Work out with a customer what charging costs",
                    ),
                ),
            ),
        ),
    )  # fmt: skip
    path = published(
        stage, "van-dijk", nl="Eerlijk over laden", en="Honest about charging",
        about_nl="Voor wie verkoopt en wie aan de balie staat: weten, rekenen, uitleggen.",
        about_en="For who sells and who stands at the desk: know, calculate, explain.",
        structure=structure,
    )  # fmt: skip
    for number, who in enumerate(GROUP):
        walker = put(stage, path, who, BEGAN_ON)
        steps = UNDER_WAY.get(who, 3)
        on = BEGAN_ON + timedelta(days=number)
        did(stage, walker, who, (advice, on + timedelta(days=10)))
        if steps > 1:
            choose(walker, [tool], choice="how", by=stage.people[who])
            did(stage, walker, who, (tool, on + timedelta(days=35)))
        if steps > 2:
            reply(
                walker, applied, by=stage.people[who], on=stage.story.on(on + timedelta(days=60)),
                key=uuid.uuid5(uuid.NAMESPACE_URL, f"{who}/charging"),
                text=TOLD[number % len(TOLD)],
            )  # fmt: skip


def _lesson(
    stage: Stage, key: str, activity: str, *, part: str = "", due_days: int | None = None
) -> Node:
    pk = stage.activities[activity].pk
    return Node(key, Kind.ACTIVITY, activity=pk, part=part, due_days=due_days)
