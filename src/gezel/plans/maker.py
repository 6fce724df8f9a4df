"""From a goal to three plans: what the rules need is read here, and told in people's words."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gezel.catalogue.api import Activity, Offer, Offering, offers_for, preferences_of, wants_of
from gezel.content.api import completed_activities, completed_packages
from gezel.kit.figures import euro, hours, tenth
from gezel.kit.order import Circle
from gezel.people.api import Organisation, Person, Visitor
from gezel.plans import queries, rules
from gezel.plans.models import Goal, PlanningRules, Step
from gezel.plans.rules import optimise, planning
from gezel.plans.rules.planning import Aim, Case, Why
from gezel.skills.api import RoleProfile, Skill, Standing, requirements, skills_by_key

MOST_ACTIVITIES = 400
# Up to so many activities worth looking at, the page waits for its plans; beyond, a job makes them.
MOST_WHILE_WAITING = 40
KEPT_SECONDS = 24 * 3600
HALF_A_YEAR = timedelta(days=182)
LONGEST = timedelta(days=3 * 366)


# -- where one starts ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """What a plan is for: a goal, a role, a level of a skill, or what one's own job asks."""

    gaps: tuple[planning.Gap, ...]
    title: str
    until: date
    goal: Goal | None = None
    profile: RoleProfile | None = None
    skill: Skill | None = None
    level: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """How an address says so."""
        if self.goal:
            return {"goal": str(self.goal.pk)}
        if self.profile:
            return {"profile": str(self.profile.pk)}
        if self.skill:
            return {"skill": str(self.skill.pk), "level": str(self.level)}
        return {}


def from_goal(goal: Goal) -> Start:
    """The skills of a goal that are not there yet; what is essential for its role counts more."""
    progress = queries.progress_of([goal], at=None)[goal]
    essential = {
        queries.skill_pk(t.skill): t.essential for t in queries.targets_of([goal])[goal.pk]
    }
    gaps = (
        planning.Gap(
            pk,
            round(move.now, 1),
            move.asked,
            planning.weight_of(essential=essential.get(pk, False), until=goal.due_on),
        )
        for move in progress.open_moves
        for pk in [queries.skill_pk(move.skill)]
    )
    return Start(tuple(gaps), goal.title, goal.due_on, goal=goal)


def from_role(person: Person, profile: RoleProfile, until: date) -> Start:
    """What a role asks by a date and someone does not show yet."""
    held = _held(person)
    gaps = (
        planning.Gap(
            r.skill.pk,
            held.get(r.skill.pk, 0.0),
            r.level,
            planning.weight_of(essential=r.essential, until=until),
        )
        for r in requirements(profile, until)
        if isinstance(r.skill, Skill) and r.level - held.get(r.skill.pk, 0.0) >= rules.CLOSE_ENOUGH
    )
    return Start(tuple(gaps), profile.name, until, profile=profile)


def from_skill(person: Person, skill: Skill, level: int, until: date) -> Start:
    """One level of one skill."""
    held = _held(person).get(skill.pk, 0.0)
    gap = planning.Gap(skill.pk, held, level)
    title = _("%(skill)s, level %(level)s") % {"skill": skill, "level": level}
    return Start((gap,) if gap.size >= rules.CLOSE_ENOUGH else (), title, until, skill=skill,
                 level=level)  # fmt: skip


def from_needs(visitor: Visitor, until: date) -> Start:
    """What one's own job asks, today and within a year."""
    gaps = (
        planning.Gap(
            int(str(want.skill)),
            want.held,
            want.asked,
            planning.weight_of(essential=want.essential, asked_from=want.from_on, until=until),
        )
        for want in wants_of(visitor)
    )
    return Start(tuple(gaps), _("What my job asks"), until)


def _held(person: Person) -> dict[int, float]:
    rows = Standing.objects.filter(person=person).values_list("skill_id", "level")
    return {skill: round(level, 1) for skill, level in rows}


# -- limits -------------------------------------------------------------------------------------


def rules_of(organisation: Organisation) -> PlanningRules:
    """How plans are made there; the defaults where HR has said nothing."""
    found = PlanningRules.objects.filter(organisation=organisation).first()
    return found or PlanningRules(organisation=organisation)


def first_limits(visitor: Visitor, start: Start, kept: PlanningRules) -> dict[str, Any]:
    """What the form starts with: the organisation's limits and one's own wishes for tips."""
    wishes = preferences_of(visitor.person)
    money = 0 if wishes.free_only else kept.money_cents
    return {
        "until": min(start.until, timezone.localdate() + LONGEST),
        "money": None if money is None else Decimal(money) / 100,
        "hours": hours_of(kept.minutes_a_week),
        "no_evenings": wishes.no_evenings,
        "language": wishes.language,
        "forms": sorted(wishes.forms),
    }


def hours_of(minutes: int) -> Decimal:
    """Minutes as hours in a form: 3, 2.5, 0.25."""
    return Decimal(minutes * 100 // 60).scaleb(-2).normalize() + 0


# -- the case -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A case with the rows it speaks of."""

    start: Start
    case: Case
    activities: Mapping[int, Activity]
    offerings: Mapping[int, Offering]
    skills: Mapping[int, Skill]
    looked_at: int
    there_were: int

    @property
    def digest(self) -> str:
        """The same for the same case, so that plans made once are found again."""
        return sha256(repr(self.case).encode()).hexdigest()

    def title(self, key: int) -> str:
        return self.activities[key].title if key in self.activities else "?"


def question(
    visitor: Visitor,
    start: Start,
    limits: planning.Limits,
    kept: PlanningRules,
    *,
    locked: frozenset[int] = frozenset(),
    dropped: frozenset[int] = frozenset(),
) -> Question:
    """Everything a plan is made from, in a fixed number of queries."""
    skill_pks = [g.skill for g in start.gaps]
    offers, there_were = offers_for(
        visitor.organisation, skill_pks, also=locked, most=MOST_ACTIVITIES
    )
    done = _done(visitor.person)
    offers = [o for o in offers if o.activity.pk not in done]
    keys = {o.activity.pk for o in offers}
    named = set(skill_pks) | {s for o in offers for s, _level in o.needs_levels}
    case = Case(
        today=timezone.localdate(),
        gaps=start.gaps,
        activities=tuple(_as_rule(o) for o in offers),
        limits=limits,
        held=dict(sorted(_held(visitor.person).items())),
        done=frozenset(done),
        wage_cents=kept.wage_cents,
        both_ways=kept.both_ways,
        locked=locked & keys,
        dropped=dropped & keys,
    )
    return Question(
        start,
        case,
        {o.activity.pk: o.activity for o in offers},
        {given.pk: given for o in offers for given in o.offerings},
        skills_by_key(visitor, sorted(named)) if named else {},
        len(offers),
        max(there_were, len(offers)),
    )


def _as_rule(offer: Offer) -> planning.Activity:
    a = offer.activity
    return planning.Activity(
        key=a.pk,
        lifts=tuple(planning.Lift(*taught) for taught in sorted(offer.teaches)),
        minutes=max(1, round(a.hours * 60)),
        fee_cents=a.price_cents,
        travel_cents=a.travel_cents,
        form=a.form,
        mix=a.mix,
        own_percent=a.own_percent,
        evening=a.evening,
        in_dutch=a.in_dutch,
        in_english=a.in_english,
        needs=offer.needs,
        needs_levels=offer.needs_levels,
        offerings=tuple(
            planning.Dates(o.pk, o.starts_on, o.ends_on, o.seats_left) for o in offer.offerings
        ),
        dated=bool(offer.offerings),
        mandatory=a.mandatory,
    )


def _done(person: Person) -> set[int]:
    """Activities behind someone: steps done, and modules and packages completed and not failed."""
    steps: QuerySet[Step, Any] = Step.objects.filter(
        goal__person=person, done_on__isnull=False, activity__isnull=False
    )
    behind: set[int] = set(steps.values_list("activity", flat=True))
    for learned in (completed_activities(person), completed_packages(person)):
        behind |= {pk for row in learned for pk in row.values()}
    return behind


# -- plans, made once ---------------------------------------------------------------------------


def made(asked: Question) -> optimise.Made | None:
    """The plans for a case: at once, or None while they are still to be made by a job.

    Raises:
        Circle, Impossible: see `optimise.make`.
    """
    kept: optimise.Made | None = cache.get(f"plans:{asked.digest}")
    if kept is not None:
        return kept
    if len(optimise.worth_looking_at(asked.case).activities) > MOST_WHILE_WAITING:
        return None
    found = optimise.make(asked.case)
    cache.set(f"plans:{asked.digest}", found, KEPT_SECONDS)
    return found


def hand_over(asked: Question) -> None:
    """Lay a case ready for the job that makes its plans."""
    cache.set(f"plan-case:{asked.digest}", asked.case, KEPT_SECONDS)


def make_waiting(digest: str) -> bool:
    """Make the plans of a case that was laid ready; False when it is no longer there."""
    case: Case | None = cache.get(f"plan-case:{digest}")
    if case is None:
        return False
    cache.set(f"plans:{digest}", optimise.make(case), KEPT_SECONDS)
    return True


# -- told in words ------------------------------------------------------------------------------

AIMS: dict[Aim, tuple[str | Promise, str | Promise]] = {
    Aim.VALUE: (
        gettext_lazy("Best value"),
        gettext_lazy("Closes most, as long as it is worth its cost."),
    ),
    Aim.ABSENCE: (
        gettext_lazy("Least absence"),
        gettext_lazy("Takes the least working time and still closes four fifths of the best."),
    ),
    Aim.FAST: (
        gettext_lazy("Fastest"),
        gettext_lazy("Ready soonest, and still closes four fifths of the best."),
    ),
}
MIXES = {
    "practice": gettext_lazy("in practice"),
    "others": gettext_lazy("with others"),
    "formal": gettext_lazy("formal"),
}
# Why something is not in a plan, after its title.
REASONS: dict[Why, str | Promise] = {
    Why.DROPPED: gettext_lazy("you left it out"),
    Why.EVENING: gettext_lazy("it is in the evening"),
    Why.FORM: gettext_lazy("its form is not one you chose"),
    Why.LANGUAGE: gettext_lazy("it is not in the language you chose"),
    Why.DATE: gettext_lazy("it has no date before the end of the plan"),
    Why.FULL: gettext_lazy("every date is full"),
    Why.PREREQUISITE: gettext_lazy("something must come before it that is not in this plan"),
    Why.OVERLAP: gettext_lazy("its dates run through those of another step"),
    Why.PRICE: gettext_lazy("it does not fit the budget"),
    Why.COST: gettext_lazy("it does not fit what the plan may cost in all"),
    Why.HOURS: gettext_lazy("it does not fit the hours"),
    Why.LESS: gettext_lazy("it closes less"),
    Why.DEARER: gettext_lazy("it costs more than it brings"),
    Why.LONGER: gettext_lazy("the plan would end later"),
    Why.WORK: gettext_lazy("it takes more working time"),
}
# What to do when nothing can be made.
ADVICE: dict[Why, str | Promise] = {
    Why.PRICE: gettext_lazy("raise the budget, or let go of a step you fixed"),
    Why.COST: gettext_lazy("raise what the plan may cost in all, or let go of a step you fixed"),
    Why.HOURS: gettext_lazy("allow more hours a week or a later date"),
    Why.DATE: gettext_lazy("choose a later date: a step you fixed is not given before this one"),
    Why.FULL: gettext_lazy("let go of the step you fixed: every date of it is full"),
    Why.DROPPED: gettext_lazy("let go of the step you fixed, or take back what you left out"),
    Why.PREREQUISITE: gettext_lazy(
        "let go of the step you fixed: what comes before it is not there"
    ),
    Why.OVERLAP: gettext_lazy(
        "let go of one of the steps you fixed: their dates do not go together"
    ),
}


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step of a plan as the page shows it."""

    activity: Activity
    step: planning.Step
    place: str
    closes: list[tuple[Skill, float]]
    unlocks: list[str]
    instead: str
    instead_pk: int | None
    cost_cents: int
    lost_cents: int
    locked: bool
    planned: bool

    @property
    def icon(self) -> str:
        return queries.ICONS.get(self.activity.kind, "circle-dot")

    @property
    def work_hours(self) -> float:
        return self.step.activity.work_minutes / 60

    @property
    def own_hours(self) -> float:
        return (self.step.activity.minutes - self.step.activity.work_minutes) / 60

    @property
    def one_day(self) -> bool:
        return self.step.starts_on == self.step.ends_on


@dataclass(frozen=True, slots=True)
class ToldPlan:
    """A plan as the page shows it; its sums are those of its steps."""

    aim: Aim
    title: str | Promise
    lead: str | Promise
    plan: planning.Plan
    steps: list[ToldStep]
    size: float
    skills: list[tuple[Skill, float, float]]
    mix: list[tuple[str | Promise, int, float]]
    missing: list[str]
    proof: str

    @property
    def percent(self) -> int:
        return rules.percent(self.plan.levels / self.size) if self.size else 0

    @property
    def lost_cents(self) -> int:
        return sum(s.lost_cents for s in self.steps)

    @property
    def cost_cents(self) -> int:
        return self.plan.paid_cents + self.lost_cents

    @property
    def employer_cents(self) -> int:
        """Fees and travel of what is mandatory: never on the personal budget."""
        return self.plan.paid_cents - self.plan.budget_cents

    @property
    def hours(self) -> float:
        return self.plan.minutes / 60

    @property
    def work_hours(self) -> float:
        return self.plan.work_minutes / 60

    @property
    def own_hours(self) -> float:
        return self.plan.own_minutes / 60

    @property
    def seen(self) -> str:
        """What one chooses, so that choosing what changed meanwhile is noticed."""
        told = [(s.step.activity.key, s.step.starts_on, s.step.ends_on) for s in self.steps]
        return sha256(repr(told).encode()).hexdigest()[:16]


def told(asked: Question, found: optimise.Made, planned: Iterable[int] = ()) -> list[ToldPlan]:
    """The three plans in words, for a page."""
    return [_plan(asked, found, plan, frozenset(planned)) for plan in found.plans]


def _plan(
    asked: Question, found: optimise.Made, plan: planning.Plan, planned: frozenset[int]
) -> ToldPlan:
    gaps = asked.case.gaps
    title, lead = AIMS[plan.aim]
    return ToldPlan(
        aim=plan.aim,
        title=title,
        lead=lead,
        plan=plan,
        steps=[_step(asked, found, plan, step, planned) for step in plan.steps],
        size=sum(g.size for g in gaps),
        skills=[
            (asked.skills[g.skill], plan.closed.get(g.skill, 0.0), g.size)
            for g in gaps
            if g.skill in asked.skills
        ],
        mix=[
            (
                name,
                sum(s.activity.mix == mix for s in plan.steps),
                sum(s.activity.minutes for s in plan.steps if s.activity.mix == mix) / 60,
            )
            for mix, name in MIXES.items()
        ],
        missing=_missing(asked, plan),
        proof=_proof(plan),
    )


def _missing(asked: Question, plan: planning.Plan) -> list[str]:
    """Gaps in which the plan has nothing in practice or with others, and whether there is any."""
    offered = {(lift.skill, a.mix) for a in asked.case.activities for lift in a.lifts}
    told = []
    for way in optimise.BOTH_WAYS:
        for there, sentence in (
            (True, _("Nothing %(way)s that fits: %(skills)s.")),
            (False, _("Nothing %(way)s on offer: %(skills)s.")),
        ):
            skills = [
                str(asked.skills[skill])
                for skill, short in plan.short_of_both
                if short == way and ((skill, way) in offered) == there and skill in asked.skills
            ]
            if skills:
                told.append(sentence % {"way": MIXES[way], "skills": ", ".join(skills)})
    return told


def _proof(plan: planning.Plan) -> str:
    if plan.proven:
        return _("Proven best: no other plan within these limits does better.")
    if plan.within_percent >= 100:
        return _("The best we found in the time there was; not proven.")
    return _("Within %(percent)s%% of the best there can be.") % {
        "percent": tenth(max(0.1, plan.within_percent))
    }


def _step(
    asked: Question,
    found: optimise.Made,
    plan: planning.Plan,
    step: planning.Step,
    planned: frozenset[int],
) -> ToldStep:
    key = step.activity.key
    instead = found.instead.get((plan.aim, key))
    given = asked.offerings.get(step.dates.key) if step.dates else None
    return ToldStep(
        activity=asked.activities[key],
        step=step,
        place=given.place if given else "",
        closes=[(asked.skills[s], levels) for s, levels in step.closes if s in asked.skills],
        unlocks=[asked.title(k) for k in step.unlocks],
        instead=_instead(asked, instead) if instead else "",
        instead_pk=_to_swap(asked, instead) if instead else None,
        cost_cents=asked.case.cost_cents(step.activity),
        lost_cents=asked.case.lost_cents(step.activity),
        locked=key in asked.case.locked,
        planned=key in planned,
    )


def _to_swap(asked: Question, instead: optimise.Instead) -> int | None:
    """What a person can take instead; no use offering what a date or a limit keeps out."""
    possible = {Why.LESS, Why.DEARER, Why.LONGER}
    return instead.activity if instead.why in possible else None


def _instead(asked: Question, instead: optimise.Instead) -> str:
    if instead.activity is None:
        return _("Nothing else on offer helps with this.")
    said = {"title": asked.title(instead.activity), "why": REASONS[instead.why]}
    differs = []
    if instead.levels > 0.04:
        differs.append(_("%(levels)s level less") % {"levels": tenth(instead.levels)})
    if instead.cost_cents > 0:
        differs.append(_("%(money)s more") % {"money": euro(instead.cost_cents)})
    if instead.cost_cents < 0:
        differs.append(_("%(money)s less money") % {"money": euro(-instead.cost_cents)})
    if instead.days > 0:
        differs.append(
            ngettext("%(days)s day later", "%(days)s days later", instead.days)
            % {"days": instead.days}
        )
    if differs and instead.why in {Why.LESS, Why.DEARER, Why.LONGER}:
        said["differs"] = ", ".join(differs)
        return _("Next best: %(title)s. With it the plan has %(differs)s.") % said
    return _("Next best: %(title)s, but %(why)s.") % said


def more(asked: Question, found: optimise.Made) -> list[str]:
    """What 10 % more budget or hours would buy, by solving again."""
    lines = []
    for extra, name in (
        (found.money, _("10% more budget")),
        (found.hours, _("10% more hours a week")),
    ):
        if extra is None:
            continue
        if extra.levels < 0.05:
            lines.append(_("%(what)s closes nothing more.") % {"what": name})
            continue
        lines.append(
            _("%(what)s closes %(levels)s level more, for %(money)s and %(hours)s of work.")
            % {
                "what": name,
                "levels": tenth(extra.levels),
                "money": euro(max(0, extra.paid_cents)),
                "hours": hours(max(0, extra.work_minutes) / 60) or "0",
            }
        )
    return lines


def unmet(asked: Question, found: optimise.Made) -> list[tuple[Skill, str]]:
    """Skills the best plan does not touch, and what one can do about it."""
    return [
        (
            asked.skills[skill],
            _("Nothing on offer fits. Write a step of your own, or ask a colleague.")
            if why is None
            else _("There is something on offer, but %(why)s.") % {"why": REASONS[why]},
        )
        for skill, why in found.unmet
        if skill in asked.skills
    ]


def mandatory_left_out(asked: Question, found: optimise.Made) -> list[str]:
    """Mandatory training for these skills that could not be planned before the date."""
    needed = optimise.must_haves(asked.case) - asked.case.locked
    return [asked.title(k) for k in sorted(needed) if k not in found.plans[0].keys]


def refusal(asked: Question, problem: Circle | optimise.Impossible) -> str:
    """Why there is no plan, and what to do, in one sentence."""
    if isinstance(problem, Circle):
        way = " → ".join(asked.title(k) for k in problem.keys)
        return _(
            "These activities each need another first, in a circle: %(way)s. "
            "Ask HR to take one of these needs away."
        ) % {"way": way}
    advice = "; ".join(dict.fromkeys(str(ADVICE.get(why, REASONS[why])) for why in problem.broken))
    return _(
        "What must be in, because you fixed it or it is mandatory, does not fit: %(advice)s."
    ) % {"advice": advice}


def planned_steps(told_plan: ToldPlan) -> list[tuple[int, date | None, date]]:
    """(activity, first day of what has dates, last day) of a plan, to be taken over."""
    return [
        (s.step.activity.key, s.step.starts_on if s.step.dates else None, s.step.ends_on)
        for s in told_plan.steps
    ]


def key_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def candidates(asked: Question, plan: planning.Plan, most: int = 8) -> Sequence[Activity]:
    """What else could be put in: not in the best plan, and worth looking at."""
    small = optimise.worth_looking_at(asked.case)
    return [asked.activities[a.key] for a in small.activities if a.key not in plan.keys][:most]
