"""A lead's own people: who may do what, who lapses when, what waits for them."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from gezel.certificates import policy, queries
from gezel.certificates.models import Holding, HoursDone
from gezel.certificates.noting import note
from gezel.people.api import Employment, Request, Visitor

# What a team page tells ahead, in days: half a year.
SOON = 183
# Of a longer line only who one leads oneself: nobody goes through thousands of names, and who
# nobody looks for is not read about. Everyone else is found in the overview.
MOST_PEOPLE = 250


@dataclass(frozen=True, slots=True)
class Team:
    """How the people someone leads stand on a day; `beyond` are led through others, not told."""

    on: date
    rows: list[queries.Row]
    all_tasks: list[queries.TaskRow]
    waiting: list[Holding]
    hours: list[HoursDone]
    beyond: int = 0

    @property
    def tasks(self) -> list[queries.TaskRow]:
        return [task for task in self.all_tasks if task.people]

    @property
    def blocked(self) -> list[queries.Row]:
        return [r for r in self.rows if not r.standing.may_work]

    @property
    def coming(self) -> list[queries.Row]:
        soon = [r for r in self.rows if r.standing.days is not None]
        soon = [r for r in soon if 0 <= (r.standing.days or 0) < SOON]
        return sorted(soon, key=lambda r: r.valid_until or self.on)


def team_of(request: Request, on: date | None = None) -> Team:
    """Read once a page, however many panels ask; who was read about can see that."""
    when = on or timezone.localdate()
    return request.visitor.once(f"certificates:team:{when}", lambda: _read(request, when))


def _read(request: Request, on: date) -> Team:
    visitor = request.visitor
    people, beyond = looked_after(visitor)
    organisation = visitor.organisation
    # Who they are is asked once; then every question is about so many known people.
    seats = queries.seats_of(people, organisation, on)
    rows = queries.rows_of(people, organisation, on=on, seats=seats)
    tasks = queries.tasks_of(people, organisation, on=on, seats=seats, known=rows)
    waiting = (
        policy.holdings_to_confirm(visitor, people)
        .select_related("person", "type")
        .order_by("created_at", "pk")
    )
    hours = policy.hours_to_confirm(visitor, people).select_related("person", "type").order_by("pk")
    note(request, [r.person for r in rows] + [p for t in tasks for p, _may in t.people])
    return Team(on, rows, tasks, list(waiting), list(hours), beyond)


def looked_after(visitor: Visitor) -> tuple[list[int], int]:
    """Whom a lead's board is about, and how many more are led through others."""
    everyone = policy.people_i_lead(visitor)
    known = list(everyone.values_list("pk", flat=True)[: MOST_PEOPLE + 1])
    if len(known) <= MOST_PEOPLE:
        return known, 0
    own = Employment.objects.current().filter(
        organisation=visitor.organisation, lead=visitor.person
    )
    people = list(everyone.filter(pk__in=own.values("person")).values_list("pk", flat=True))
    return people, everyone.count() - len(people)
