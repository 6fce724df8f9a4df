"""Taking a test: beginning, answering, coming to a result, and what becomes of it."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gezel.assessment import queries
from gezel.assessment.models import Answer, Asked, Item, Sitting, Test
from gezel.assessment.rules import bodies, choosing, measuring
from gezel.people.api import Organisation, Person
from gezel.records.api import Result, record
from gezel.skills.api import add_evidence, estimates


@transaction.atomic
def start(
    person: Person,
    test: Test,
    *,
    organisation: Organisation | None,
    registration: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Sitting:
    """Someone begins a test, or goes on where they were: one open sitting, the database sees to it.

    Raises:
        ValidationError: there is nothing to ask.
    """
    # Who begins at the same moment waits, so that what is counted of exposure is whole.
    locked = Test.objects.select_for_update().select_related(None).get(pk=test.pk)
    if open_now := Sitting.objects.filter(person=person, test=locked, ended_at=None).first():
        return open_now
    now = at or timezone.now()
    rules = choosing.VERSIONS[choosing.VERSION]
    cards = queries.cards(locked, person, rules)
    scored = sum(not card.pilot for card in cards)
    if not scored:
        raise ValidationError(_("There are no questions in this test yet."))
    adaptive = scored >= rules.smallest_bank
    # What the result says must not tell what only another employer knew.
    known = estimates(
        [person.pk],
        timezone.localdate(now),
        at=locked.organisation_id,
        skill_pks=[locked.skill_id],
    )
    estimate = known.get((person.pk, locked.skill_id))
    mean, sd = measuring.start_of(
        *((estimate.level, estimate.sd) if estimate and estimate.parts else (None, None))
    )
    number = registration or uuid.uuid4()
    fresh = Sitting(
        person=person,
        test=locked,
        registration=number,
        form=Sitting.Form.ADAPTIVE if adaptive else Sitting.Form.FIXED,
        language=(get_language() or "en")[:2],
        # Small enough for every database and for NumPy, and never told to anyone.
        seed=number.int % (2**62),
        pool={
            "cards": [list(asdict(card).values()) for card in cards],
            "form": [] if adaptive else list(choosing.fixed_form(cards, rules)),
        },
        start_mean=mean,
        start_sd=sd,
        started_at=now,
        last_at=now,
    )
    Sitting.objects.bulk_create([fresh], ignore_conflicts=True)
    sitting = Sitting.objects.get(person=person, test=locked, ended_at=None)
    if sitting.registration == fresh.registration:
        Test.objects.filter(pk=locked.pk).update(started=F("started") + 1)
        _tell(sitting, organisation, "initialized", at=now)
        _go_on(queries.course(sitting), organisation, at=now)
    return sitting


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as a device hands it in: to which question, under which key."""

    key: uuid.UUID
    number: int
    value: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an answer.

    "kept": it stands (also when it stood already). "conflict": this key says something else
    already. "refused": `why` tells: "answered" (another answer arrived first, and stands),
    "question" (it was never put), "value" (it is no answer to it).
    """

    key: uuid.UUID
    state: Literal["kept", "conflict", "refused"]
    why: str = ""


def keep_answer(
    sitting: Sitting,
    said: Said,
    *,
    organisation: Organisation | None,
    at: datetime | None = None,
) -> Kept:
    """Keep one answer and put the next question, or come to the result: together or not at all.

    The same answer again changes nothing, whoever sends it how often.
    """
    now = at or timezone.now()
    with transaction.atomic():
        locked = Sitting.objects.select_for_update().get(pk=sitting.pk)
        course = queries.course(locked)
        turn = next((t for t in course.turns if t.number == said.number), None)
        if turn is None:
            return Kept(said.key, "refused", "question")
        item = Item.objects.get(pk=turn.item_pk)
        body = item.content
        order = bodies.places(body, locked.seed, item.pk)
        try:
            value = bodies.value_of(body, said.value, order)
        except bodies.Malformed:
            return Kept(said.key, "refused", "value")
        if turn.right is not None:
            if turn.key != said.key:
                return Kept(said.key, "refused", "answered")
            return Kept(said.key, "kept" if turn.value == value else "conflict")
        if Answer.objects.filter(key=said.key).exists():
            return Kept(said.key, "conflict")
        Answer.objects.create(
            asked=Asked.objects.get(sitting=locked, number=turn.number),
            key=said.key,
            value=value,
            right=bodies.is_right(body, value),
            received_at=now,
        )
        Sitting.objects.filter(pk=locked.pk).update(last_at=now)
        locked.last_at = now
        _go_on(queries.course(locked), organisation, at=now)
    return Kept(said.key, "kept")


def _go_on(course: queries.Course, organisation: Organisation | None, *, at: datetime) -> None:
    """Put the next question, or end the test where there is none to put."""
    asked = [t.item_pk for t in course.turns]
    if course.sitting.form == Sitting.Form.FIXED:
        left = [pk for pk in course.form if pk not in asked]
        following, stop = (left[0], None) if left else (None, choosing.Stop.FORM)
    else:
        belief = course.belief
        stop = choosing.why_stop(course.pool, asked, belief, rules=course.rules)
        card = None if stop else choosing.next_card(
            course.pool, asked, belief, seed=course.sitting.seed, rules=course.rules
        )  # fmt: skip
        following = card.key if card else None
        stop = stop or (None if card else choosing.Stop.EMPTY)
    if following is not None:
        Asked.objects.create(
            sitting=course.sitting, number=len(asked) + 1, item_id=following, asked_at=at
        )
        Item.objects.filter(pk=following).update(shown=F("shown") + 1)
    elif stop is not None:
        _end(course, stop, organisation, at=at)


def result_of(course: queries.Course, stop: str) -> dict[str, Any]:
    """What a test came to, as it is kept; the same answers give the same figures again."""
    counted, belief = course.counted, course.belief
    shown = measuring.shown_by(counted)
    levels = measuring.as_json(belief.levels())
    return {
        "questions": len(course.turns),
        "counted": len(counted),
        "stop": stop,
        "mean": round(belief.mean, 6),
        "sd": round(belief.sd, 6),
        "level": int(max(levels, key=lambda k: (levels[k], -int(k)))),
        "levels": levels,
        "shown": asdict(shown),
        "parts": [asdict(p) for p in measuring.by_part(counted, belief.mean)],
    }


def _end(
    course: queries.Course, stop: str, organisation: Organisation | None, *, at: datetime
) -> None:
    sitting = course.sitting
    result = result_of(course, stop)
    Sitting.objects.filter(pk=sitting.pk, ended_at=None).update(
        ended_at=at, last_at=at, result=result
    )
    sitting.ended_at, sitting.result = at, result
    _tell(
        sitting, organisation, "completed", at=at,
        result=Result(completion=True, duration=at - sitting.started_at),
    )  # fmt: skip


def _tell(
    sitting: Sitting,
    organisation: Organisation | None,
    verb: Literal["initialized", "completed"],
    *,
    at: datetime,
    result: Result | None = None,
) -> uuid.UUID:
    """Record that a test was begun or ended, for the person alone: no other system reads it."""
    skill = sitting.test.skill
    statement = record(
        sitting.person,
        verb=verb,
        object_id=settings.BASE_URL + reverse("assessment:about", args=[sitting.test_id]),
        object_type="assessment",
        object_name={"nl": skill.name_nl, "en": skill.name_en},
        organisation=organisation,
        result=result,
        registration=sitting.registration,
        timestamp=at,
        statement_id=uuid.uuid5(sitting.registration, verb),
        private=True,
    )
    return statement.id


@transaction.atomic
def put_in_profile(
    sitting: Sitting, *, organisation: Organisation | None, at: datetime | None = None
) -> Sitting:
    """The person puts a result in their profile: it becomes evidence, once, and stays.

    What goes in is what the answers alone show: what was known before stands there already.

    Raises:
        ValidationError: the test is not finished, or a later one is, or the person knows the
            answers.
    """
    locked = (
        Sitting.objects.select_for_update(of=("self",))
        .select_related("person", "test__skill")
        .get(pk=sitting.pk)
    )
    if locked.in_profile_at is not None:
        return locked
    if locked.ended_at is None or locked.result is None:
        raise ValidationError(_("Finish the test first."))
    if not queries.is_latest(locked):
        raise ValidationError(_("You took this test again later. Only the latest result counts."))
    if queries.knows_the_answers(locked.person_id, locked.test):
        raise ValidationError(
            _("You can read the answers of this test, so its result is for yourself alone.")
        )
    shown = locked.result["shown"]
    add_evidence(
        locked.person,
        locked.test.skill,
        kind="test",
        level=shown["level"],
        exact=shown["exact"],
        sd=shown["sd"],
        on=timezone.localdate(locked.ended_at),
        by=None,
        organisation=organisation,
        note=in_a_sentence(locked.result),
        rests_on=f"records:statement:{uuid.uuid5(locked.registration, 'completed')}",
        key=uuid.uuid5(locked.registration, "evidence"),
    )
    locked.in_profile_at = at or timezone.now()
    locked.save(update_fields=["in_profile_at"])
    return locked


def in_a_sentence(result: Mapping[str, Any]) -> str:
    """13 questions. Level 3 with 91% probability (level 2: 7%)."""
    levels = measuring.percents({int(k): v for k, v in result["levels"].items()})
    first, second = sorted(levels, key=lambda k: (-levels[k], k))[:2]
    questions = result["questions"]
    many = ngettext("%(n)s question.", "%(n)s questions.", questions) % {"n": questions}
    sure = _("Level %(level)s with %(sure)s%% probability (level %(next)s: %(less)s%%).") % {
        "level": first,
        "sure": levels[first],
        "next": second,
        "less": levels[second],
    }
    return f"{many} {sure}"
