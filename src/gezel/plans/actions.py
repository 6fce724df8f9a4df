"""What people do with goals and plans: one function per sentence of the business."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.content.api import completed_activities, completed_packages
from gezel.kit.events import announce
from gezel.kit.prepared import prepared
from gezel.people.api import Employment, Organisation, Person, Unit
from gezel.plans import queries, rules
from gezel.plans.events import GoalReached, PlanAgreed
from gezel.plans.models import Agreement, Fact, Goal, PlanningRules, SharedGoal, Step, Wish
from gezel.skills.api import RoleProfile, Skill


class ChangedMeanwhileError(Exception):
    """Someone else changed it since this page was opened; nothing of theirs was overwritten."""


# -- goals --------------------------------------------------------------------------------------


@transaction.atomic
def set_goal(
    person: Person,
    *,
    due_on: date,
    organisation: Organisation | None,
    profile: RoleProfile | None = None,
    skill: Skill | None = None,
    level: int | None = None,
    own_words: str = "",
    shared: bool = False,
    set_on: date | None = None,
    wish: Wish | None = None,
    key: uuid.UUID | None = None,
) -> Goal:
    """Someone decides what they want to grow into: a role, or a level of a skill.

    A wish of the organisation that led to it moves into the agreement, and the goal is shared
    with the lead who wished. The same `key` again gives back the goal that stands.

    Raises:
        ValidationError: it names no target, or lies in the past.
    """
    day = set_on or timezone.localdate()
    if (profile is None) == (skill is None):
        raise ValidationError(_("Choose a role or a skill."))
    if due_on <= day:
        raise ValidationError({"due_on": _("Choose a date that lies ahead.")})
    goal, new = Goal.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "person": person,
            "organisation": organisation,
            "kind": Goal.Kind.ROLE if profile else Goal.Kind.SKILL,
            "profile": profile,
            "skill": skill,
            "level": level if skill else None,
            "due_on": due_on,
            "own_words": own_words,
            "shared": shared or wish is not None,
            "set_on": day,
        },
    )
    if goal.person_id != person.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    if new:
        Agreement.objects.create(
            goal=goal,
            wish=wish.text if wish else "",
            wished_by=wish.made_by if wish else None,
        )
        if wish:
            Wish.objects.filter(pk=wish.pk).update(
                state=Wish.State.TAKEN, goal=goal, answered_at=timezone.now()
            )
        if goal.shared:
            _note(goal, Fact.Kind.SHARED, by=person)
    return goal


@transaction.atomic
def change_goal(
    goal: Goal,
    *,
    due_on: date,
    own_words: str,
    level: int | None = None,
    by: Person,
    seen: int,
) -> None:
    """The person changes the date, the level or their own words.

    Raises:
        ChangedMeanwhileError: the goal is no longer as it was when the form was opened.
    """
    changed = Goal.objects.filter(pk=goal.pk, version=seen, state=Goal.State.OPEN).update(
        due_on=due_on,
        own_words=own_words,
        level=level if goal.kind == Goal.Kind.SKILL else None,
        version=F("version") + 1,
        shown_on=None if level != goal.level else F("shown_on"),
    )
    if not changed:
        raise ChangedMeanwhileError
    _picture_changed(goal, Fact.Kind.GOAL, by=by)


@transaction.atomic
def share(goal: Goal, *, shared: bool, by: Person) -> None:
    """The person lets their lead read along, or takes that back; an agreement lapses with it."""
    if Goal.objects.filter(pk=goal.pk).exclude(shared=shared).update(shared=shared):
        goal.shared = shared
        _open_anew(goal)
        if shared:
            _note(goal, Fact.Kind.SHARED, by=by)


@prepared
def _shared_since(organisation_pk: int) -> QuerySet[Goal, tuple[int, int, datetime]]:
    """Goals that leads read along with, whose they are and since when."""
    return (
        Goal.objects.filter(organisation=organisation_pk, shared=True)
        .annotate(
            at=Coalesce(Max("facts__at", filter=Q(facts__kind=Fact.Kind.SHARED)), F("created_at"))
        )
        .values_list("pk", "person_id", "at")
    )


@transaction.atomic
def take_back_of_before(organisation_pk: int, person_pks: Collection[int]) -> int:
    """Who comes back to an employer shares nothing of before; returns how many goals that were.

    They shared with who led them then. Whether a lead of now reads along is theirs to say anew.
    """
    asked = set(person_pks)
    told = [
        (pk, person, timezone.localdate(at))
        for pk, person, at in _shared_since(organisation_pk)
        if person in asked
    ]
    if not told:
        return 0
    shared = Goal.objects.filter(organisation=organisation_pk, shared=True)
    spells: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    work = Employment.objects.filter(
        organisation=organisation_pk, person__in={person for _, person, _ in told}
    )
    for person, begin, end in work.values_list("person_id", "starts_on", "ends_on"):
        spells[person].append((begin, end))
    begins = {person: rules.unbroken_since(found) for person, found in spells.items()}
    before = [pk for pk, person, on in told if (since := begins.get(person)) and on < since]
    for goal in shared.filter(pk__in=before):
        _open_anew(goal)
    return shared.filter(pk__in=before).update(shared=False)


@transaction.atomic
def end_goal(goal: Goal, *, reached: bool, by: Person, on: date) -> None:
    """The person closes a goal as reached, or stops it. Either stays as a fact."""
    state = Goal.State.REACHED if reached else Goal.State.STOPPED
    if Goal.objects.filter(pk=goal.pk, state=Goal.State.OPEN).update(
        state=state, ended_on=on, version=F("version") + 1
    ):
        _note(goal, Fact.Kind.REACHED if reached else Fact.Kind.STOPPED, by=by)


@transaction.atomic
def reopen_goal(goal: Goal, *, by: Person) -> None:
    """The person takes up again what was closed; both confirm anew."""
    if (
        Goal.objects.filter(pk=goal.pk)
        .exclude(state=Goal.State.OPEN)
        .update(state=Goal.State.OPEN, ended_on=None, version=F("version") + 1)
    ):
        _picture_changed(goal, Fact.Kind.REOPENED, by=by)


# -- the organisation's wish and the agreement ------------------------------------------------


@transaction.atomic
def write_wish(goal: Goal, *, text: str, by: Person, seen: int) -> None:
    """A lead lays the organisation's wish beside someone's shared goal.

    Raises:
        ChangedMeanwhileError: the goal, wish or steps changed since the form was opened.
    """
    found = Agreement.objects.filter(goal=goal, version=seen)
    if not found.update(wish=text, wished_by=by if text else None):
        raise ChangedMeanwhileError
    _picture_changed(goal, Fact.Kind.WISH, by=by)


@transaction.atomic
def confirm(goal: Goal, *, by: Person, seen: int) -> None:
    """The person or their lead says: this goal, this wish and these steps, as I see them now.

    Raises:
        ChangedMeanwhileError: what was on the screen is not what stands.
        ValidationError: the goal is not shared, so there is nobody to agree with.
    """
    if not Goal.objects.filter(pk=goal.pk, shared=True, state=Goal.State.OPEN).exists():
        raise ValidationError(_("Only a goal that is under way and shared can be agreed on."))
    now = timezone.now()
    as_seen = Agreement.objects.filter(goal=goal, version=seen)
    own = by.pk == goal.person_id
    if own:
        changed = as_seen.filter(person_confirmed_at=None).update(person_confirmed_at=now)
    else:
        changed = as_seen.filter(lead_confirmed_at=None).update(
            lead_confirmed_at=now, lead_confirmed_by=by
        )
    if not changed:
        if as_seen.exists():
            return  # confirmed before: saying it twice is saying it once
        raise ChangedMeanwhileError
    _note(goal, Fact.Kind.PERSON_CONFIRMED if own else Fact.Kind.LEAD_CONFIRMED, by=by)
    agreement = Agreement.objects.get(goal=goal)
    if agreement.person_confirmed_at and agreement.lead_confirmed_at:
        announce(PlanAgreed(goal.pk, goal.person_id))


@transaction.atomic
def make_wish(
    person: Person, organisation: Organisation, *, text: str, by: Person, key: uuid.UUID
) -> Wish:
    """A lead tells what the organisation hopes for, where there is no goal for it yet."""
    wish, _new = Wish.objects.get_or_create(
        key=key,
        defaults={"person": person, "organisation": organisation, "text": text, "made_by": by},
    )
    return wish


@transaction.atomic
def put_wish_aside(wish: Wish, *, answer: str) -> None:
    """The person answers a wish with: not now, and why if they want to say so."""
    Wish.objects.filter(pk=wish.pk, state=Wish.State.OPEN).update(
        state=Wish.State.ASIDE, answer=answer, answered_at=timezone.now()
    )


# -- steps --------------------------------------------------------------------------------------


@transaction.atomic
def add_step(
    goal: Goal,
    *,
    due_on: date,
    by: Person,
    activity: Activity | None = None,
    title: str = "",
    who: str = Step.Who.PERSON,
    starts_on: date | None = None,
    done_on: date | None = None,
    key: uuid.UUID | None = None,
) -> Step:
    """A dated step comes into the plan: from the catalogue, or in one's own words.

    The activity's title is kept with it, so that the step still says what it was when the
    activity is gone.

    Raises:
        ValidationError: it says nothing.
    """
    title = title.strip() or (activity.title[:250] if activity else "")
    if not title:
        raise ValidationError({"title": _("Say in a few words what the step is.")})
    step, new = Step.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "goal": goal,
            "activity": activity,
            "title": title,
            "starts_on": starts_on,
            "due_on": due_on,
            "who": who,
            "done_on": done_on,
            "position": Step.objects.filter(goal=goal).count(),
        },
    )
    if new:
        _picture_changed(goal, Fact.Kind.STEP_ADDED, by=by, about=title)
    return step


@transaction.atomic
def change_step(step: Step, *, title: str, due_on: date, who: str, by: Person, seen: int) -> None:
    """A step gets other words, another date, or someone else to do it.

    Raises:
        ChangedMeanwhileError: the step is no longer as it was when the form was opened.
    """
    if not Step.objects.filter(pk=step.pk, version=seen).update(
        title=title, due_on=due_on, starts_on=None, who=who, version=F("version") + 1
    ):
        raise ChangedMeanwhileError
    _picture_changed(step.goal, Fact.Kind.STEP_CHANGED, by=by, about=title)


@transaction.atomic
def remove_step(step: Step, *, by: Person) -> None:
    """A step that will not be done leaves the plan."""
    about = step.name
    deleted, _rows = Step.objects.filter(pk=step.pk).delete()
    if deleted:
        _picture_changed(step.goal, Fact.Kind.STEP_REMOVED, by=by, about=about)


def mark_step(step: Step, *, done_on: date | None) -> None:
    """A step is done, or was ticked by mistake. Carrying out a plan leaves its agreement be."""
    if done_on is None:
        Step.objects.filter(pk=step.pk).update(done_on=None)
    else:
        Step.objects.filter(pk=step.pk, done_on=None).update(done_on=done_on)


def tick_steps_with(person_pk: int, activity_pk: int, on: date) -> int:
    """Steps of open goals that were waiting for this activity are done; returns how many."""
    return Step.objects.filter(
        goal__person=person_pk, goal__state=Goal.State.OPEN, activity=activity_pk, done_on=None
    ).update(done_on=on)


def open_steps_again(person_pk: int, activity_pk: int, since: date) -> None:
    """Steps that were ticked on a day because someone need not do them are to be done after all.

    What they finished meanwhile stays done.
    """
    person = Person(pk=person_pk)
    Step.objects.filter(
        goal__person=person_pk, goal__state=Goal.State.OPEN, activity=activity_pk, done_on=since
    ).exclude(activity__in=completed_activities(person)).exclude(
        activity__in=completed_packages(person)
    ).update(done_on=None)


@transaction.atomic
def notice_reached_goals(person_pk: int, skill_pk: int, on: date) -> list[int]:
    """Open goals this skill belongs to that the evidence now shows reached, noted one time.

    Nothing is closed: that stays the person's own word.
    """
    reached: list[int] = []
    candidates = list(
        Goal.objects.filter(
            Q(skill=skill_pk) | Q(profile__demands__skill=skill_pk),
            person=person_pk,
            state=Goal.State.OPEN,
            shown_on=None,
        )
        .select_related("skill", "profile")
        .distinct()
    )
    for goal, progress in queries.progress_of(candidates, at=None).items():
        if progress.reached and Goal.objects.filter(pk=goal.pk, shown_on=None).update(shown_on=on):
            reached.append(goal.pk)
            announce(GoalReached(goal.pk, person_pk, on))
    return reached


# -- a plan made to measure -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of a plan that was chosen."""

    activity_pk: int
    starts_on: date | None
    due_on: date


@transaction.atomic
def take_plan(
    goal: Goal, planned: Sequence[Planned], *, by: Person, key: uuid.UUID, take_out: bool = False
) -> int:
    """The plan someone chose comes into their goal; returns how many steps came or moved.

    What stands there already gets its new date, what lacks is added, and with `take_out` the
    undone steps from the catalogue that are not in the plan leave. Both confirm anew, as with
    any change of steps. The same `key` again changes nothing more.

    Raises:
        ValidationError: an activity is no longer on offer.
    """
    Goal.objects.select_for_update().get(pk=goal.pk)
    there = {
        s.activity_id: s
        for s in Step.objects.filter(goal=goal, done_on=None, activity__isnull=False)
    }
    activities = Activity.objects.filter(organisation=goal.organisation_id, state="open").in_bulk(
        [p.activity_pk for p in planned]
    )
    if len(activities) < len(planned):
        raise ValidationError(_("Something in this plan is no longer on offer. Make it again."))
    changed = 0
    for step in planned:
        known = there.pop(step.activity_pk, None)
        if known is None:
            add_step(
                goal,
                activity=activities[step.activity_pk],
                starts_on=step.starts_on,
                due_on=step.due_on,
                by=by,
                key=uuid.uuid5(key, str(step.activity_pk)),
            )
            changed += 1
        elif (known.starts_on, known.due_on) != (step.starts_on, step.due_on):
            Step.objects.filter(pk=known.pk).update(
                starts_on=step.starts_on, due_on=step.due_on, version=F("version") + 1
            )
            _picture_changed(goal, Fact.Kind.STEP_CHANGED, by=by, about=known.name)
            changed += 1
    if take_out:
        for step_left in there.values():
            remove_step(step_left, by=by)
            changed += 1
    return changed


@transaction.atomic
def set_planning_rules(
    organisation: Organisation,
    *,
    wage_cents: int,
    both_ways: bool,
    money_cents: int | None,
    minutes_a_week: int,
    seen: int,
) -> None:
    """HR says what an hour costs and from which limits a plan starts.

    Raises:
        ChangedMeanwhileError: someone else changed it since the form was opened.
    """
    rules, new = PlanningRules.objects.get_or_create(organisation=organisation)
    if not PlanningRules.objects.filter(pk=rules.pk, version=rules.version if new else seen).update(
        wage_cents=wage_cents,
        both_ways=both_ways,
        money_cents=money_cents,
        minutes_a_week=minutes_a_week,
        version=F("version") + 1,
    ):
        raise ChangedMeanwhileError


# -- goals of a unit or the organisation --------------------------------------------------------


@transaction.atomic
def set_shared_goal(
    organisation: Organisation,
    *,
    skill: Skill,
    level: int,
    people: int,
    due_on: date,
    by: Person,
    unit: Unit | None = None,
    why: str = "",
    key: uuid.UUID | None = None,
) -> SharedGoal:
    """So many people at a level by a date: a goal of a unit, or of everyone."""
    goal, _new = SharedGoal.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "organisation": organisation,
            "unit": unit,
            "skill": skill,
            "level": level,
            "people": people,
            "due_on": due_on,
            "why": why,
            "made_by": by,
        },
    )
    return goal


@transaction.atomic
def change_shared_goal(
    goal: SharedGoal, *, level: int, people: int, due_on: date, why: str, seen: int
) -> None:
    """Who may set it sharpens a shared goal.

    Raises:
        ChangedMeanwhileError: it is no longer as it was when the form was opened.
    """
    if not SharedGoal.objects.filter(pk=goal.pk, version=seen).update(
        level=level, people=people, due_on=due_on, why=why, version=F("version") + 1
    ):
        raise ChangedMeanwhileError


def remove_shared_goal(goal: SharedGoal) -> None:
    """A shared goal no longer stands. What people showed stays where it is."""
    SharedGoal.objects.filter(pk=goal.pk).delete()


# -- what every change does to an agreement -------------------------------------------------------


def _picture_changed(goal: Goal, kind: str, *, by: Person, about: str = "") -> None:
    """Both are asked to confirm anew, and can read what changed."""
    _open_anew(goal)
    if Goal.objects.filter(pk=goal.pk, shared=True).exists():
        _note(goal, kind, by=by, about=about)


def _open_anew(goal: Goal) -> None:
    Agreement.objects.filter(goal=goal).update(
        version=F("version") + 1,
        person_confirmed_at=None,
        lead_confirmed_at=None,
        lead_confirmed_by=None,
    )


def _note(goal: Goal, kind: str, *, by: Person, about: str = "") -> None:
    if goal.shared:
        Fact.objects.create(goal=goal, kind=kind, by=by, about=about[:250])
