"""What may a visitor see and do about goals, plans and wishes?"""

from django.db.models import Q, QuerySet

from gezel.people.api import LINE, Audience, PersonQuerySet, Unit, Visitor
from gezel.plans.models import SHARED_PLAN, Goal, SharedGoal, Step, Wish

_LED = Audience(LINE)


def people_i_lead(visitor: Visitor) -> PersonQuerySet:
    """Everyone in the visitor's line today, never oneself."""
    return _LED.people_for(visitor).exclude(pk=visitor.person.pk)


def people_named(visitor: Visitor, words: str) -> PersonQuerySet:
    """Those of them whose name holds all these words, by name."""
    people = people_i_lead(visitor)
    for word in words.split():
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return people.order_by("last_name", "first_name", "pk")


def own_goals(visitor: Visitor) -> QuerySet[Goal]:
    """Mine, at every employer and between jobs."""
    return Goal.objects.filter(person=visitor.person.pk)


def goals_shared_with_me(visitor: Visitor) -> QuerySet[Goal]:
    """What people in my line chose to share here, until the day they leave."""
    if visitor.employment is None or not visitor.leads:
        return Goal.objects.none()
    return Goal.objects.filter(
        person__in=SHARED_PLAN.people_for(visitor).exclude(pk=visitor.person.pk),
        organisation=visitor.organisation,
        shared=True,
    )


def goals_to_read(visitor: Visitor) -> QuerySet[Goal]:
    """My own, and those shared with me. Nothing tells that there are others."""
    if visitor.employment is None or not visitor.leads:
        return own_goals(visitor)
    return own_goals(visitor) | goals_shared_with_me(visitor)


def goals_to_plan(visitor: Visitor) -> QuerySet[Goal]:
    """Goals whose plan one may add steps to: one's own open ones, and open shared ones."""
    return goals_to_read(visitor).filter(state=Goal.State.OPEN)


def steps_to_tick(visitor: Visitor) -> QuerySet[Step]:
    """Steps one may change or mark as done: all of one's own plan; of another's, the lead's."""
    return Step.objects.filter(goal__in=goals_to_plan(visitor)).filter(
        Q(goal__person=visitor.person) | Q(who=Step.Who.LEAD)
    )


def goals_to_wish_for(visitor: Visitor) -> QuerySet[Goal]:
    """A lead lays the organisation's wish beside an open goal that was shared."""
    return goals_shared_with_me(visitor).filter(state=Goal.State.OPEN)


def wishes_for_me(visitor: Visitor) -> QuerySet[Wish]:
    """What my lead hopes for and I have not answered yet."""
    return Wish.objects.filter(person=visitor.person.pk, state=Wish.State.OPEN)


def wishes_of_my_line(visitor: Visitor) -> QuerySet[Wish]:
    """Wishes for the people I lead, made here."""
    if visitor.employment is None or not visitor.leads:
        return Wish.objects.none()
    return Wish.objects.filter(person__in=people_i_lead(visitor), organisation=visitor.organisation)


def shared_goals_to_read(visitor: Visitor) -> QuerySet[SharedGoal]:
    """Those of the whole organisation and of the units I am in; HR sees all of them."""
    goals = SharedGoal.objects.filter(organisation=visitor.organisation)
    if visitor.is_hr or visitor.employment is None:
        return goals
    return goals.filter(Q(unit=None) | Q(unit__path__in=_paths_above(visitor.employment.unit.path)))


def _paths_above(path: str) -> list[str]:
    """The addresses of a place in the tree and of all places above it."""
    step = Unit.steplen
    return [path[:end] for end in range(step, len(path) + 1, step)]


def units_to_set_goals_for(visitor: Visitor) -> QuerySet[Unit]:
    """HR for every unit; a lead for their own unit and those below, never the whole tree."""
    units: QuerySet[Unit] = Unit.objects.filter(organisation=visitor.organisation).order_by("path")
    if visitor.is_hr:
        return units.filter(depth__gt=1)
    if visitor.leads and visitor.employment is not None:
        return units.filter(path__startswith=visitor.employment.unit.path, depth__gt=1)
    return units.none()


def may_set_goals_for_all(visitor: Visitor) -> bool:
    """Only HR speaks for the whole organisation."""
    return visitor.is_hr


def shared_goals_to_edit(visitor: Visitor) -> QuerySet[SharedGoal]:
    """Those of units one may set goals for."""
    goals = SharedGoal.objects.filter(organisation=visitor.organisation)
    if visitor.is_hr:
        return goals
    return goals.filter(unit__in=units_to_set_goals_for(visitor))
