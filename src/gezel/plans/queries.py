"""Reads what rules and pages need about goals, steps, agreements and shared goals."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Activity, ActivitySkill
from gezel.content.api import under_way_here, waived
from gezel.kit.prepared import prepared
from gezel.people.api import Employment, Organisation, Person, Visitor, stand_in
from gezel.plans import policy, rules
from gezel.plans.models import Agreement, Fact, Goal, PlanningRules, SharedGoal, Step, Wish
from gezel.skills.api import (
    DatedDemand,
    Demand,
    PlannedLearning,
    RoleProfile,
    Skill,
    Standing,
    demand_on,
    estimates,
    give_own_names,
    levels,
    profile_of,
)


def settled_activities(person: Person) -> QuerySet[Step, Any]:
    """What someone did or has in a plan under way: nothing to tip them about, as a subquery."""
    return Step.objects.filter(
        Q(done_on__isnull=False) | Q(goal__state=Goal.State.OPEN),
        goal__person=person,
        activity__isnull=False,
    ).values("activity")


def agreed_learning(
    people: Collection[int], organisation: Organisation, on: date
) -> Iterator[PlannedLearning]:
    """What people are to learn by steps of plans that they shared and both agreed on; one query.

    A goal that is private, not agreed (any more) or of another employer is not in it, and leaves
    no trace: whoever leads the person reads the forecast made of this.
    """
    for person, skill, level, due_on in (
        Step.objects.filter(
            goal__person__in=people,
            goal__organisation=organisation,
            goal__shared=True,
            goal__state=Goal.State.OPEN,
            goal__agreement__person_confirmed_at__isnull=False,
            goal__agreement__lead_confirmed_at__isnull=False,
            done_on=None,
            due_on__gte=on,
            activity__teaches__isnull=False,
        )
        .order_by("due_on", "pk")
        .values_list(
            "goal__person_id",
            "activity__teaches__skill_id",
            "activity__teaches__to_level",
            "due_on",
        )
    ):
        yield PlannedLearning(person, skill, level, due_on)


# -- how far goals are --------------------------------------------------------------------------


def targets_of(goals: Iterable[Goal]) -> dict[int, list[rules.Target]]:
    """What each goal asks on its own date, in at most one query."""
    found = list(goals)
    asked: dict[int, list[DatedDemand]] = defaultdict(list)
    profiles = {g.profile_id for g in found if g.profile_id}
    if profiles:
        for d in (
            Demand.objects.filter(profile__in=profiles)
            .select_related("skill")
            .order_by("from_on", "position", "pk")
        ):
            asked[d.profile_id].append(DatedDemand(d.skill, d.level, d.essential, d.from_on))
    told: dict[int, list[rules.Target]] = {}
    for goal in found:
        if goal.kind == Goal.Kind.SKILL and goal.skill and goal.level:
            told[goal.pk] = [rules.Target(goal.skill, goal.level)]
        else:
            told[goal.pk] = [
                rules.Target(r.skill, r.level, r.essential)
                for r in demand_on(asked[goal.profile_id or 0], goal.due_on)
            ]
    return told


def progress_of(
    goals: Iterable[Goal],
    *,
    at: int | None,
    since: Goal | None = None,
    shown: Mapping[Hashable, float] | None = None,
) -> dict[Goal, rules.Progress]:
    """How far each goal is today, in two queries for all of them.

    Args:
        at: the employer who looks; None is the person.
        since: of this one also how far it was on the day it was set, for one query more.
        shown: levels by skill of the one person whose goals these all are, if known already.
    """
    found = list(goals)
    targets = targets_of(found)
    held: dict[int, dict[Hashable, float]] = defaultdict(dict)
    if shown is not None:
        held.update((g.person_id, dict(shown)) for g in found)
    else:
        for (person, skill), told in levels({g.person_id for g in found}, at=at).items():
            held[person][skill] = told[0]
    before = {g.pk: held[g.person_id] for g in found}
    if since is not None and since.set_on < timezone.localdate():
        skills = [skill_pk(t.skill) for t in targets[since.pk]]
        before[since.pk] = _levels_on(since.person_id, since.set_on, skills, at=at)
    return {g: _progress(targets[g.pk], held[g.person_id], before[g.pk]) for g in found}


def progress_since(goal: Goal, *, at: int | None) -> rules.Progress:
    """How far a goal is today beside the day it was set, from the evidence as it stood then."""
    return progress_of([goal], at=at, since=goal)[goal]


def _levels_on(
    person_pk: int, day: date, skill_pks: Sequence[int], *, at: int | None
) -> dict[Hashable, float]:
    found = estimates([person_pk], day, at=at, skill_pks=skill_pks)
    return {skill: estimate.level for (_person, skill), estimate in found.items()}


def _progress(
    targets: Sequence[rules.Target],
    held: dict[Hashable, float],
    before: dict[Hashable, float],
) -> rules.Progress:
    return rules.progress(
        targets,
        {t.skill: held.get(skill_pk(t.skill), 0.0) for t in targets},
        {t.skill: before.get(skill_pk(t.skill), 0.0) for t in targets},
    )


def skill_pk(skill: Hashable) -> int:
    if not isinstance(skill, Skill):
        raise TypeError("A goal's target names a skill.")
    return skill.pk


def name_our_way(
    goals: Iterable[Goal],
    progress: Iterable[rules.Progress],
    organisation: Organisation | None,
) -> None:
    """Let the skills on a page answer to the organisation's own names, in one query."""
    skills = [g.skill for g in goals if g.skill]
    skills += [m.skill for p in progress for m in p.moves if isinstance(m.skill, Skill)]
    if organisation is not None and skills:
        give_own_names(skills, organisation)


def goals_in_full(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """Goals with what their titles need, the nearest date first."""
    return goals.select_related("profile", "skill", "agreement").order_by("due_on", "pk")


@prepared
def _own_goals(person: int) -> QuerySet[Goal]:
    return goals_in_full(policy.own_goals(stand_in(person)))


@prepared
def _nearest_goal(person: int) -> QuerySet[Goal]:
    return goals_in_full(policy.own_goals(stand_in(person)).filter(state=Goal.State.OPEN))[:1]


def own_goals(visitor: Visitor) -> list[Goal]:
    """All of one's own, the nearest date first."""
    return _own_goals(visitor.person.pk)


def nearest_goal(visitor: Visitor) -> Goal | None:
    """The open goal of one's own that comes first."""
    return next(iter(_nearest_goal(visitor.person.pk)), None)


@prepared
def _wishes_for(person: int) -> QuerySet[Wish]:
    return policy.wishes_for_me(stand_in(person)).select_related("made_by")


def wishes_for_me(visitor: Visitor) -> list[Wish]:
    """What one's lead hopes for and has no answer yet, with who said so."""
    return _wishes_for(visitor.person.pk)


# -- steps --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step as a page shows it."""

    step: Step
    urgency: str
    mine: bool
    let_off: bool = False
    """Whether it was ticked because they need not do it."""
    was_at: str = ""
    """Where they were in it, if they are in the middle of it."""

    @property
    def overdue(self) -> bool:
        return self.urgency == rules.Urgency.OVERDUE

    @property
    def icon(self) -> str:
        """Which picture stands for the way of learning."""
        if self.step.activity is None:
            return "circle-dot" if self.step.who == Step.Who.PERSON else "handshake"
        return ICONS.get(self.step.activity.kind, "circle-dot")

    @property
    def play_at(self) -> str:
        """Where its module or package is played; nothing where there is none to play."""
        module = getattr(self.step.activity, "module", None)
        if module is not None:
            return reverse("content:play", args=[module.pk])
        package = getattr(self.step.activity, "package", None)
        if package is not None and package.current_id is not None:
            return reverse("content:package", args=[package.pk])
        return ""


ICONS = {
    "module": "circle-play",
    "course": "graduation-cap",
    "workplace": "wrench",
    "session": "users",
    "reading": "book-open",
    "coaching": "message-circle",
}


IN_FULL = ("activity__module", "activity__package", "goal__profile", "goal__skill")


def steps_in_full(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Steps with their activity and, if that has one, the module or package to open."""
    return steps.select_related(*IN_FULL)


@prepared
def _own_open_steps(person: int, *, most: int) -> QuerySet[Step]:
    own = policy.own_goals(stand_in(person)).filter(state=Goal.State.OPEN)
    found = steps_in_full(Step.objects.filter(goal__in=own, done_on=None))
    return found.order_by("due_on", "position", "pk")[:most]


def own_open_steps(visitor: Visitor, *, most: int) -> list[PlanStep]:
    """What is still to do in one's own plan, what asks attention first."""
    steps = as_shown(_own_open_steps(visitor.person.pk, most=most), visitor)
    if visitor.employment is None or not any(one.play_at for one in steps):
        return steps
    begun = {one.activity: one.told for one in under_way_here(visitor)}
    return [replace(one, was_at=begun.get(one.step.activity_id or 0, "")) for one in steps]


@prepared
def _steps_for(goals: Collection[int]) -> QuerySet[Step]:
    return steps_in_full(Step.objects.filter(goal__in=goals)).order_by("due_on", "position", "pk")


def steps_for(goals: Iterable[Goal], visitor: Visitor) -> list[PlanStep]:
    """All steps for these goals, in order of date."""
    return as_shown(_steps_for([goal.pk for goal in goals]), visitor)


def as_shown(steps: Iterable[Step], visitor: Visitor) -> list[PlanStep]:
    """Steps with how their date reads today, and whether the visitor may change them."""
    today = timezone.localdate()
    steps = list(steps)
    ticked = [one for one in steps if one.done_on and one.activity_id]
    let_off = waived(
        {one.goal.person_id for one in ticked},
        {one.activity_id for one in ticked if one.activity_id},
    )
    return [
        PlanStep(
            step,
            rules.urgency(step.due_on, today),
            step.goal.person_id == visitor.person.pk or step.who == Step.Who.LEAD,
            step.done_on is not None
            and let_off.get((step.goal.person_id, step.activity_id or 0), ("", None))[1]
            == step.done_on,
        )
        for step in steps
    ]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a goal: what comes, what is done, and how it is spread over 70/20/10."""

    ahead: list[PlanStep]
    done: list[PlanStep]
    mix: dict[str, int]

    @property
    def next(self) -> PlanStep | None:
        return self.ahead[0] if self.ahead else None

    @property
    def all(self) -> int:
        return len(self.ahead) + len(self.done)


def plan_of(goal: Goal, visitor: Visitor) -> Plan:
    """The plan towards a goal, in one query."""
    steps = as_shown(
        steps_in_full(Step.objects.filter(goal=goal)).order_by("due_on", "position", "pk"), visitor
    )
    return Plan(
        ahead=[s for s in steps if s.step.done_on is None],
        done=sorted((s for s in steps if s.step.done_on), key=lambda s: s.step.done_on or date.max),
        mix=rules.mix_counts(s.step.activity.mix for s in steps if s.step.activity),
    )


@dataclass(frozen=True, slots=True)
class SuggestedActivity:
    """An activity worth putting in the plan, with the skills it is suggested for."""

    activity: Activity
    because: tuple[rules.Move, ...]

    @property
    def icon(self) -> str:
        return ICONS.get(self.activity.kind, "circle-dot")


def suggestions_for(
    goal: Goal, progress: rules.Progress, *, most: int = 8
) -> list[SuggestedActivity]:
    """Activities from the catalogue that help with what a goal still asks."""
    lacking = [skill_pk(m.skill) for m in progress.open_moves]
    if not lacking or goal.organisation_id is None:
        return []
    activities = {
        a.pk: a
        for a in Activity.objects.filter(
            organisation=goal.organisation_id,
            state=Activity.State.OPEN,
            teaches__skill__in=lacking,
        )
        .distinct()
        .prefetch_related(Prefetch("teaches", ActivitySkill.objects.select_related("skill")))
    }
    offers = [
        rules.Offer(
            a.pk,
            a.mix,
            float(a.hours),
            {t.skill: (t.from_level, t.to_level) for t in a.teaches.all()},
        )
        for a in activities.values()
    ]
    planned = set(Step.objects.filter(goal=goal).values_list("activity_id", flat=True))
    found = rules.suggestions(progress.moves, offers, planned=planned)
    return [SuggestedActivity(activities[int(str(s.offer.key))], s.because) for s in found[:most]]


# -- roles and skills to choose from --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleAhead:
    """A role one could grow towards, and how much of what it asks one shows today."""

    profile: RoleProfile
    percent: int
    own: bool


def roles_ahead(person: Person, organisation: Organisation, on: date) -> list[RoleAhead]:
    """The organisation's role profiles, the nearest first; one's own job's is marked."""
    profiles = list(RoleProfile.objects.filter(organisation=organisation))
    own = profile_of(person)
    asked: dict[int, list[DatedDemand]] = defaultdict(list)
    for role, skill, level, essential, from_on in Demand.objects.filter(
        profile__in=[p.pk for p in profiles]
    ).values_list("profile_id", "skill_id", "level", "essential", "from_on"):
        asked[role].append(DatedDemand(skill, level, essential, from_on))
    held: dict[Hashable, float] = dict(
        Standing.objects.filter(person=person).values_list("skill_id", "level")
    )
    rows = []
    for profile in profiles:
        targets = [rules.Target(r.skill, r.level) for r in demand_on(asked[profile.pk], on)]
        rows.append(RoleAhead(profile, rules.progress(targets, held, held).percent, profile == own))
    return sorted(rows, key=lambda r: (not r.own, -r.percent, r.profile.name))


# -- the agreement ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """Where the agreement stands, for who looks at it."""

    agreement: Agreement
    state: str
    facts: list[Fact]
    changed_since: list[Fact]

    @property
    def lead_name(self) -> str:
        """Who confirmed for the organisation; the history knows, so nothing is asked again."""
        for fact in self.facts:
            if fact.kind == Fact.Kind.LEAD_CONFIRMED and fact.by:
                return fact.by.name
        return ""


def agreement_of(goal: Goal) -> AgreementShown:
    """The agreement on a goal, its history, and what changed since both last confirmed."""
    agreement = goal.agreement
    facts = list(goal.facts.select_related("by").order_by("-at", "-pk")[:100])
    return AgreementShown(
        agreement,
        rules.agreed(
            by_person=agreement.person_confirmed_at is not None,
            by_lead=agreement.lead_confirmed_at is not None,
        ),
        facts,
        _changes_since_confirmation(facts),
    )


CONFIRMATIONS = {Fact.Kind.PERSON_CONFIRMED, Fact.Kind.LEAD_CONFIRMED}


def _changes_since_confirmation(facts: Sequence[Fact]) -> list[Fact]:
    """What changed after the last time someone confirmed; nothing if nobody ever did."""
    changed: list[Fact] = []
    for fact in facts:
        if fact.kind in CONFIRMATIONS:
            return changed
        changed.append(fact)
    return []


# -- the lead's page ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedPlan:
    """A goal someone in the line shared, with what it asks of the lead."""

    goal: Goal
    next: PlanStep | None
    state: str


class Ask(TextChoices):
    """Which shared plans a lead looks for."""

    ALL = "", _("all")
    WAITING = "waiting", _("waiting for me")
    LATE = "late", _("late")
    UNWISHED = "no-wish", _("without a wish")


def goals_shared_with(visitor: Visitor, ask: Ask = Ask.ALL, words: str = "") -> QuerySet[Goal]:
    """Open goals that people in the line shared; private ones are not there, not as a number.

    `words` all stand in the name of whose goal it is.
    """
    goals = policy.goals_to_wish_for(visitor)
    if ask == Ask.WAITING:
        goals = goals.filter(
            agreement__person_confirmed_at__isnull=False, agreement__lead_confirmed_at=None
        )
    elif ask == Ask.LATE:
        late = Step.objects.filter(
            goal=OuterRef("pk"), done_on=None, due_on__lt=timezone.localdate()
        )
        goals = goals.filter(Exists(late))
    elif ask == Ask.UNWISHED:
        goals = goals.filter(agreement__wish="")
    for word in words.split():
        goals = goals.filter(
            Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
        )
    return goals_in_full(goals).select_related("person")


def shared_plans(goals: Iterable[Goal], visitor: Visitor) -> list[SharedPlan]:
    """Those goals, each with its next step; one query."""
    goals = list(goals)
    next_of: dict[int, Step] = {}
    for step in steps_in_full(Step.objects.filter(goal__in=goals, done_on=None)).order_by(
        "due_on", "position", "pk"
    ):
        next_of.setdefault(step.goal_id, step)
    return [
        SharedPlan(
            goal,
            as_shown([next_of[goal.pk]], visitor)[0] if goal.pk in next_of else None,
            rules.agreed(
                by_person=goal.agreement.person_confirmed_at is not None,
                by_lead=goal.agreement.lead_confirmed_at is not None,
            ),
        )
        for goal in goals
    ]


def open_wishes(visitor: Visitor) -> QuerySet[Wish]:
    """What I wished for people in my line, newest first, also how they answered."""
    return (
        policy.wishes_of_my_line(visitor)
        .exclude(state=Wish.State.TAKEN)
        .select_related("person", "made_by")
        .order_by("-created_at")
    )


# -- goals of a unit or the organisation --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedGoalShown:
    """A shared goal with how many of how many are there; None where the group stays dark."""

    goal: SharedGoal
    group: int
    reached: int | None
    mine_to_edit: bool = False


def shared_goals_in(organisation: Organisation) -> list[SharedGoalShown]:
    """Every shared goal of the organisation, with progress that gives no small group away.

    What stays dark is decided over all of them, whoever looks, so two readers cannot lay their
    pages side by side and subtract. Three queries.
    """
    every = list(
        SharedGoal.objects.filter(organisation=organisation).select_related("unit", "skill")
    )
    if not every:
        return []
    groups, reached = _people_by_place(organisation), _reached_by_place(organisation, every)
    sizes = {g.pk: _sum_below(groups, _path(g)) for g in every}
    by_question: dict[int, list[rules.Group]] = defaultdict(list)
    for goal in every:
        # One question per skill, whatever the level: levels of the same people lie too close.
        by_question[goal.skill_id].append(rules.Group(goal.pk, _path(goal), sizes[goal.pk]))
    shown: set[Hashable] = set()
    for asked in by_question.values():
        shown |= rules.groups_to_show(asked, organisation.smallest_group)
    return [
        SharedGoalShown(
            goal,
            sizes[goal.pk],
            _sum_below(reached[goal.skill_id, goal.level], _path(goal))
            if goal.pk in shown
            else None,
        )
        for goal in every
    ]


def shared_goals(visitor: Visitor, *, editable: bool = True) -> list[SharedGoalShown]:
    """Those the visitor may read: one query more, and for who may change some, another."""
    every = shared_goals_in(visitor.organisation)
    if not every:
        return []
    visible = set(policy.shared_goals_to_read(visitor).values_list("pk", flat=True))
    may_edit: set[int] = set()
    if editable and (visitor.is_hr or visitor.leads):
        may_edit = set(policy.shared_goals_to_edit(visitor).values_list("pk", flat=True))
    return [
        replace(shown, mine_to_edit=shown.goal.pk in may_edit)
        for shown in every
        if shown.goal.pk in visible
    ]


def _path(goal: SharedGoal) -> str:
    return goal.unit.path if goal.unit else ""


def _sum_below(counts: dict[str, int], path: str) -> int:
    return sum(n for place, n in counts.items() if place.startswith(path))


def _people_by_place(organisation: Organisation) -> dict[str, int]:
    counted = Employment.objects.current().filter(organisation=organisation)
    return dict(counted.values_list("unit__path").annotate(people=Count("person", distinct=True)))


def _reached_by_place(
    organisation: Organisation, goals: Iterable[SharedGoal]
) -> dict[tuple[int, int], dict[str, int]]:
    """(skill, level) → place → people there, within half a level as everywhere."""
    found: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    steps = {f"at_{n}": n for n in range(1, 6)}
    skills = {g.skill_id for g in goals}
    # As the organisation may reckon: of nobody both hold for one skill.
    for told, here in (("standings", "all_from"), ("standings_apart", "organisation")):
        held = f"person__{told}"
        rows: Iterable[Any] = (
            Employment.objects.current()
            .filter(
                organisation=organisation,
                **{f"{held}__skill__in": skills, f"{held}__{here}": organisation},
            )
            .values("unit__path", f"{held}__skill")
            .annotate(
                **{
                    name: Count(
                        "person",
                        distinct=True,
                        filter=Q(**{f"{held}__level__gt": level - rules.CLOSE_ENOUGH}),
                    )
                    for name, level in steps.items()
                }
            )
        )
        for row in rows:
            for name, level in steps.items():
                found[row[f"{held}__skill"], level][row["unit__path"]] += row[name]
    return found


def wage_cents(organisation: Organisation) -> int:
    """What an hour of work costs here, as the planning rules have it."""
    kept = PlanningRules.objects.filter(organisation=organisation).first()
    return (kept or PlanningRules()).wage_cents
