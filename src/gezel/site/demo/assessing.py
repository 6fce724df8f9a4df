"""Tests with their banks, and a history of who took them."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from gezel.assessment.actions import figure_out, keep_answer, put_in_profile, start
from gezel.assessment.actions.taking import Said, result_of
from gezel.assessment.models import Answer, Asked, Item, Part, Sitting, Test
from gezel.assessment.queries import Course, Turn, course
from gezel.assessment.rules import bodies, choosing, measuring
from gezel.assessment.rules.choosing import Card, Pool
from gezel.kit.statistics import renew_statistics
from gezel.people.api import Person
from gezel.records.api import Result, record
from gezel.site.demo.cast import Stage
from gezel.site.demo.story import DATA, chance
from gezel.skills.api import ProfileJob, estimates

NAMES = uuid.UUID("5c1f3f0e-6f2c-4d0a-9d57-0d8d7c3a61b5")
# A question that says nothing of who can do it, so that the page of figures has one to show.
DULL = "In je aanwijzing"
SITTINGS = 4


def build_tests(stage: Stage) -> None:
    """Every bank that was written down, taken by those whose role asks the skill."""
    for path in sorted((DATA / "tests").glob("*.toml")):
        told = stage.story.read(f"tests/{path.stem}")
        test = _bank(stage, told)
        _history(stage, test, told)
        figure_out(test)
    _noor(stage)


def _bank(stage: Stage, told: dict[str, Any]) -> Test:
    organisation = stage.organisations[told["organisation"]]
    test = Test.objects.create(
        organisation=organisation,
        skill=stage.skills[told["skill"]],
        state=Test.State.OPEN,
        key=uuid.uuid5(NAMES, told["skill"]),
    )
    parts = [
        Part.objects.create(test=test, name_nl=p["nl"], name_en=p["en"], position=place)
        for place, p in enumerate(told["part"])
    ]
    author, checker = stage.people[told["author"]], stage.people["femke"]
    items: list[Item] = []
    for state, rows in ((Item.State.LIVE, told["item"]), (Item.State.DRAFT, told.get("draft", ()))):
        for raw in rows:
            name = f"{told['skill']}/{raw['q']['nl']}"
            item = Item(
                test=test,
                part=parts[raw["part"]],
                lineage=uuid.uuid5(NAMES, f"lineage/{name}"),
                key=uuid.uuid5(NAMES, name),
                kind=raw.get("kind", "one"),
                body=_body(raw).kept(),
                hardness=round(raw["level"] * 2),
                state=state,
                written_by=author,
                reviewed_by=checker if state == Item.State.LIVE else None,
                remark=raw.get("remark", ""),
            )
            item.difficulty = item.expected
            items.append(item)
    Item.objects.bulk_create(items)
    return test


def _body(raw: dict[str, Any]) -> bodies.Body:
    kind = raw.get("kind", "one")
    body: dict[str, Any] = {"prompt": raw["q"]}
    if kind == "number":
        body |= {"value": raw["value"], "off": raw["off"], "unit": raw["unit"]}
    elif kind == "order":
        body |= {"steps": raw["a"]}
    else:
        right = raw.get("right", 1)
        body |= {"options": [{"text": a, "right": n < right} for n, a in enumerate(raw["a"])]}
    return bodies.body_of(kind, body)


def _history(stage: Stage, test: Test, told: dict[str, Any]) -> None:
    """Who took it, how often, and what they answered: by what they can, and by chance."""
    jobs = ProfileJob.objects.filter(
        profile__demands__skill=test.skill, profile__organisation=test.organisation
    ).values("job")
    here = set(
        test.organisation.employments.filter(job__in=jobs, ends_on=None).values_list(
            "person", flat=True
        )
    )
    takers = [(key, p) for key, p in stage.people.items() if p.pk in here and key != "noor"]
    today = stage.story.today
    known = estimates(
        [p.pk for _k, p in takers], today, at=test.organisation_id, skill_pks=[test.skill_id]
    )
    items = list(test.items.in_use().order_by("pk"))
    taken: list[tuple[Sitting, list[Turn]]] = []
    for key, person in takers:
        found = known.get((person.pk, test.skill_id))
        level = found.level if found and found.parts else 1.0 + 1.5 * chance("level", key)
        for turn in range(SITTINGS):
            days = round(400 - 95 * turn - 60 * chance("day", key, turn, told["skill"]))
            at = stage.story.at(today - stage.story.shift - timedelta(days=days), 13)
            ability = measuring.logit_of(level + 0.25 * turn + chance("able", key, turn) - 0.7)
            taken.append(
                _sat(
                    test=test,
                    person=person,
                    items=items,
                    ability=ability,
                    at=at,
                    name=f"{told['skill']}/{key}/{turn}",
                )
            )
    taken.sort(key=lambda pair: (pair[0].started_at, pair[0].person_id))
    Sitting.objects.bulk_create([s for s, _turns in taken])
    asked = [
        Asked(sitting=s, number=t.number, item_id=t.item_pk, asked_at=s.started_at)
        for s, turns in taken
        for t in turns
    ]
    Asked.objects.bulk_create(asked, batch_size=500)
    given = [t for _s, turns in taken for t in turns]
    Answer.objects.bulk_create(
        [
            Answer(asked=a, key=t.key, value=t.value, right=bool(t.right),
                   received_at=a.asked_at + timedelta(seconds=50 * t.number))
            for a, t in zip(asked, given, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    # PostgreSQL may have looked at these tables while they were empty, and then takes each
    # answer past every question put.
    renew_statistics(Sitting, Asked, Answer)
    shown: dict[int, int] = {}
    for t in given:
        shown[t.item_pk] = shown.get(t.item_pk, 0) + 1
    for item in items:
        Item.objects.filter(pk=item.pk).update(shown=shown.get(item.pk, 0))
    Test.objects.filter(pk=test.pk).update(started=F("started") + len(taken))
    test.refresh_from_db()
    _tell(test, [s for s, _turns in taken])
    latest = {s.person.first_name: s for s, _turns in taken}
    for sitting in [latest[name] for name in ("Bram", "Piotr") if name in latest]:
        put_in_profile(sitting, organisation=test.organisation, at=sitting.ended_at)


def _sat(
    *, test: Test, person: Person, items: list[Item], ability: float, at: datetime, name: str
) -> tuple[Sitting, list[Turn]]:
    """One sitting, played by the same rules, in memory."""
    number = uuid.uuid5(NAMES, f"sitting/{name}")
    rules = choosing.VERSIONS[choosing.VERSION]
    cards = [Card(i.pk, i.part_id, i.difficulty, i.slope) for i in items]
    adaptive = len(cards) >= rules.smallest_bank
    form = () if adaptive else choosing.fixed_form(cards, rules)
    mean, sd = measuring.UNKNOWN_START
    sitting = Sitting(
        person=person, test=test, registration=number, language=person.language or "nl",
        form=Sitting.Form.ADAPTIVE if adaptive else Sitting.Form.FIXED, seed=number.int % 2**62,
        pool={"cards": [[c.key, c.part, c.difficulty, c.slope, False, False] for c in cards],
              "form": list(form)},
        start_mean=mean, start_sd=sd, started_at=at, last_at=at,
    )  # fmt: skip
    by_key = {item.pk: item for item in items}
    pool = Pool(cards)
    turns: list[Turn] = []
    while True:
        now = Course(sitting, pool, form, rules, tuple(turns))
        asked = [t.item_pk for t in turns]
        if adaptive:
            stop: str | None = choosing.why_stop(pool, asked, now.belief, rules=rules)
            card = None if stop else choosing.next_card(
                pool, asked, now.belief, seed=sitting.seed, rules=rules
            )  # fmt: skip
            following = card.key if card else None
        else:
            following = next((pk for pk in form if pk not in asked), None)
            stop = None if following else choosing.Stop.FORM
        if following is None:
            break
        turns.append(_answered(by_key[following], ability, len(turns) + 1, name))
    sitting.ended_at = sitting.last_at = at + timedelta(seconds=55 * len(turns))
    sitting.result = result_of(now, str(stop or choosing.Stop.EMPTY))
    return sitting, turns


def _answered(item: Item, ability: float, number: int, name: str) -> Turn:
    """What this person answers: what they can, how far off the maker was, chance."""
    body = item.content
    off = 1.2 * (chance("off", item.first_words) - 0.5)
    p = float(measuring.chance(ability, item.difficulty + off, 1.2))
    if isinstance(body, bodies.Choose) and body.options[0].text.nl == DULL:
        p = 0.55
    right = chance("answer", name, number) < p
    if isinstance(body, bodies.Choose):
        good = sorted(body.right)
        wrong = [o.key for o in body.options if not o.right]
        # Most who are wrong fall for the same answer, and a few for another.
        lured = wrong[0] if chance("lure", name, number) < 0.75 else wrong[-1]
        chosen = good if right else ([lured] if not body.several else sorted({*good[1:], lured}))
        value: dict[str, Any] = {"chosen": chosen}
    elif isinstance(body, bodies.Order):
        order = list(range(len(body.steps)))
        value = {"order": order if right else order[::-1]}
    else:
        value = {"number": str(body.value if right else body.value * 2 + 1)}
    if not right and chance("unknown", name, number) < 0.2:
        value = dict(bodies.UNKNOWN)
    return Turn(number, item.pk, right, uuid.uuid5(NAMES, f"answer/{name}/{number}"), value)


def _tell(test: Test, sittings: list[Sitting]) -> None:
    """The statements that taking a test leaves."""
    address = settings.BASE_URL + reverse("assessment:about", args=[test.pk])
    for sitting in sittings:
        ended = Result(completion=True, duration=sitting.last_at - sitting.started_at)
        told: list[tuple[Literal["initialized", "completed"], Any, Result | None]] = [
            ("initialized", sitting.started_at, None),
            ("completed", sitting.ended_at, ended),
        ]
        for verb, at, result in told:
            record(
                sitting.person, verb=verb, object_id=address, object_type="assessment",
                object_name={"nl": test.skill.name_nl, "en": test.skill.name_en},
                organisation=test.organisation, result=result, registration=sitting.registration,
                timestamp=at, statement_id=uuid.uuid5(sitting.registration, verb),
            )  # fmt: skip


def _noor(stage: Stage) -> None:
    """Noor finished the small test, for herself alone, and is in the middle of the large one."""
    noor, organisation = stage.people["noor"], stage.organisations["van-dijk"]
    today = stage.story.today - stage.story.shift
    for skill, days, most in (("hv-battery-quarantine", 20, 99), ("hv-safety", 1, 7)):
        test = Test.objects.get(organisation=organisation, skill=stage.skills[skill])
        at = stage.story.at(today - timedelta(days=days), 9)
        sitting = start(
            noor, test, organisation=organisation, at=at,
            registration=uuid.uuid5(NAMES, f"sitting/{skill}/noor"),
        )  # fmt: skip
        for number in range(1, most + 1):
            turn = course(sitting).open_turn
            if turn is None:
                break
            item = Item.objects.get(pk=turn.item_pk)
            kept = _answered(item, measuring.logit_of(2.4), number, f"noor/{skill}")
            keep_answer(
                sitting,
                Said(kept.key, number, _as_sent(sitting, item, kept.value)),
                organisation=organisation,
                at=at + timedelta(seconds=50 * number),
            )


def _as_sent(sitting: Sitting, item: Item, value: dict[str, Any]) -> dict[str, Any]:
    """A kept answer as the phone would have sent it: by places on this page."""
    order = bodies.places(item.content, sitting.seed, item.pk)
    if "chosen" in value:
        return {"places": [order.index(bodies.KEYS.index(key)) for key in value["chosen"]]}
    if "order" in value:
        return {"places": [order.index(i) for i in value["order"]]}
    return value
