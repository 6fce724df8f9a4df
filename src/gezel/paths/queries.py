"""Reads what the rules and pages of paths need. None of them asks once per person."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from gezel.catalogue.api import (
    Activity,
    ActivitySkill,
    activities_to_read,
    effects_of,
    told_effect,
)
from gezel.kit.sheets import Sheet, as_day, as_text
from gezel.kit.suppression import dark_parts
from gezel.paths import rules, words
from gezel.paths.common import (
    Cost,
    activities_asked,
    activities_in,
    cost,
    cost_left,
    cost_of,
    played_here,
    read_activities,
    title,
)
from gezel.paths.kinds import Ground, asked, in_words
from gezel.paths.models import Enrolment, Exemption, Mark, Path, Reply, Rule, Version
from gezel.paths.rules import Effect, Node, Stand, Walk, What
from gezel.paths.rules.conditions import Condition
from gezel.people.api import Employment, Organisation, Person, Unit, Visitor
from gezel.skills.api import Skill, one_with, stays

# -- whom a rule means ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """How many a rule means, of how many at work here, and the first few."""

    people: int
    here: int
    some: tuple[str, ...] = ()

    @property
    def is_odd(self) -> bool:
        """Nobody, or everybody: that is worth a second look."""
        return self.people in {0, self.here}


def meant(tree: Condition, ground: Ground, on: date) -> QuerySet[Employment]:
    """The employments a rule means on a day: one question, whatever the tree."""
    return (
        Employment.objects.current(on)
        .filter(organisation=ground.organisation)
        .filter(asked(tree, ground, on))
    )


def hit(tree: Condition, ground: Ground, on: date, *, some: int = 0) -> Hit:
    """How many it means today."""
    found = meant(tree, ground, on)
    here = Employment.objects.current(on).filter(organisation=ground.organisation)
    names = (
        tuple(
            e.person.name
            for e in found.select_related("person").order_by(
                "person__last_name", "person__first_name"
            )[:some]
        )
        if some
        else ()
    )
    return Hit(
        found.values("person").distinct().count(), here.values("person").distinct().count(), names
    )


def told_rules(path: Path) -> list[tuple[Rule, str]]:
    """The rules of a path, each as a sentence."""
    ground = Ground(path.organisation)
    return [
        (rule, in_words(rule.tree if rule.active else rule.draft_tree, ground))
        for rule in path.rules.all()
    ]


# -- one path, walked -----------------------------------------------------------------------------


@dataclass(slots=True)
class Item:
    """A step or block as a page shows it."""

    node: Node
    stand: Stand
    title: str
    kind: str
    icon: str
    activity: Activity | None
    why: str
    needed: int = 0
    here: bool = False
    by_itself: bool = False
    part: str = ""
    readers: str = ""
    cost: Cost = field(default_factory=Cost)
    effect: list[str] = field(default_factory=list)
    children: list["Item"] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    @property
    def steps(self) -> Iterator["Item"]:
        """The steps in it, or itself."""
        if not self.node.is_block:
            yield self
        for child in self.children:
            yield from child.steps


@dataclass(slots=True)
class Row:
    """Someone on a path, with how they stand and what they can do now."""

    enrolment: Enrolment
    walk: Walk
    now: list[tuple[str, Activity | None, Stand]]
    left: Cost

    next: tuple[str, Activity | None, Stand] | None = None
    """The first of what they can do now of which their board did not tell; told below."""

    @property
    def late(self) -> bool:
        return any(stand.late for stand in self.walk.stands.values())

    def tell_once(self, told: set[int]) -> None:
        """Choose the step to tell of: where all of them are told of, only the path is left."""
        self.next = next((one for one in self.now if not one[1] or one[1].pk not in told), None)
        if self.next and self.next[1]:
            told.add(self.next[1].pk)


def marks_of(enrolments: Collection[Enrolment]) -> dict[int, list[Mark]]:
    """What happened on each, in order."""
    found: dict[int, list[Mark]] = defaultdict(list)
    for mark in Mark.objects.filter(enrolment__in=[e.pk for e in enrolments]).order_by("pk"):
        found[mark.enrolment_id].append(mark)
    return found


def rows(enrolments: Iterable[Enrolment], on: date) -> list[Row]:
    """How people stand on their paths: two questions beside the enrolments themselves."""
    there = list(enrolments)
    marks = marks_of(there)
    structures = {e.version_id: e.version.structure for e in there}
    activities = read_activities(activities_in(*structures.values()))
    told = []
    for one in there:
        root = structures[one.version_id]
        walk = rules.walked(root, [m.fact for m in marks[one.pk]], one.begins_on, on)
        nodes = {n.key: n for n in root.walk()}
        now = [
            (
                title(nodes[key], activities) or str(words.KINDS[nodes[key].kind]),
                activities.get(nodes[key].activity or 0),
                walk.stands[key],
            )
            for key in walk.now
        ]
        told.append(Row(one, walk, now, cost_left(root, activities, walk.stands)))
    return told


def in_full(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """With what pages show of them."""
    return enrolments.select_related("path", "version", "person")


@dataclass(frozen=True, slots=True)
class Told:
    """One path of one person, to be shown."""

    enrolment: Enrolment
    walk: Walk
    root: Item
    cost: Cost
    left: Cost

    @property
    def blends(self) -> list["Blended"]:
        """The blends one is in or that come, each as one thing."""
        under_way = {rules.State.OPEN, rules.State.LATER}
        return [
            Blended(item, list(_chosen(item)))
            for item in _items(self.root)
            if item.node.kind is rules.Kind.BLEND and item.stand.state in under_way
        ]

    @property
    def now(self) -> list[Item]:
        """What one can do now, in order."""
        found = {item.node.key: item for item in _items(self.root)}
        return [found[key] for key in self.walk.now]


@dataclass(frozen=True, slots=True)
class Blended:
    """A blend as one thing: its parts in order, and of a choice that was made what was chosen."""

    item: Item
    parts: list[Item]

    @property
    def together(self) -> str:
        """The activities still to be done of which sessions may be given, for their panel."""
        settled = {rules.State.DONE, rules.State.SKIPPED, rules.State.LEFT}
        return "-".join(
            str(step.activity.pk)
            for part in self.parts
            for step in part.steps
            if step.activity is not None and not step.by_itself and step.stand.state not in settled
        )


def _chosen(blend: Item) -> Iterator[Item]:
    for child in blend.children:
        made = [
            one
            for one in child.children
            if one.stand.picked or one.stand.state in {rules.State.DONE, rules.State.SKIPPED}
        ]
        if child.node.kind is not rules.Kind.CHOICE or not made:
            yield child
            continue
        for one in made:
            one.part = one.part or child.part
            yield one


def _items(item: Item) -> Iterator[Item]:
    yield item
    for child in item.children:
        yield from _items(child)


def tell(enrolment: Enrolment, on: date, replies: Iterable[Reply] = ()) -> Told:
    """A whole path as someone stands on it: three questions, and two more where there is a choice
    of form to make."""
    root = enrolment.version.structure
    marks = marks_of([enrolment])[enrolment.pk]
    walk = rules.walked(root, [m.fact for m in marks], enrolment.begins_on, on)
    activities = read_activities(activities_asked(root))
    because = {m.step: m.because for m in marks if m.what == What.SKIPPED.value}
    asked_skills = {b["skill"] for b in because.values() if "skill" in b}
    skills = (
        {s.pk: s.name for s in Skill.objects.filter(pk__in=asked_skills)} if asked_skills else {}
    )
    nodes = {n.key: n for n in root.walk()}
    known = _effects_to_choose_by(enrolment, root, walk, activities)
    by_step: dict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        by_step[reply.step].append(reply)

    def name(key: str) -> str:
        return title(nodes[key], activities) or str(words.KINDS[nodes[key].kind])

    def item(node: Node) -> Item:
        stand = walk.stands[node.key]
        why = words.why(stand, name)
        if stand.state is rules.State.SKIPPED and node.key in because:
            did = activities.get(because[node.key].get("activity", 0))
            why = words.skipped_because(because[node.key], skills, did.title if did else "")
        activity = activities.get(node.activity or 0)
        return Item(
            node,
            stand,
            name(node.key),
            str(words.KINDS[node.kind]) if activity is None else activity.get_kind_display(),
            words.ICONS[node.kind],
            activity,
            why,
            needed=node.pick
            - sum(
                walk.stands[c.key].state in {rules.State.DONE, rules.State.SKIPPED}
                for c in node.children
            ),
            here=node.key in walk.now,
            by_itself=played_here(node, activities),
            part=str(words.PARTS[rules.Part(node.part)]) if node.part else "",
            readers=str(words.READERS[node.readers]),
            cost=cost(node, activities),
            effect=known.get(node.activity or 0, []),
            children=[item(child) for child in node.children],
            replies=by_step[node.key],
        )

    left = cost_left(root, activities, walk.stands)
    return Told(enrolment, walk, item(root), cost(root, activities), left)


def _effects_to_choose_by(
    enrolment: Enrolment, root: Node, walk: Walk, activities: Mapping[int, Activity]
) -> dict[int, list[str]]:
    """Of what there is to choose now: what is known of what it brings, in words."""
    asked = {
        n.activity
        for choice in root.walk()
        if choice.kind is rules.Kind.CHOICE and choice.key in walk.now
        for n in choice.steps
        if n.activity in activities
    }
    if not asked or not enrolment.is_open:
        return {}
    found = effects_of([pk for pk in asked if pk is not None], enrolment.path.organisation)
    return {pk: told_effect(known) for pk, known in found.items()}


# -- which form -----------------------------------------------------------------------------------

MOST_FORMS = 12


@dataclass(frozen=True, slots=True)
class Form:
    """One form in which something can be learned, with what it costs and what is known of it."""

    activity: Activity
    cost: Cost
    effect: list[str]
    stands: bool


def forms_beside(
    standing: Sequence[int], visitor: Visitor, organisation: Organisation
) -> list[Form]:
    """Activities side by side: those that stand there, then what else on offer teaches the same.

    Four questions. Shortest absence first among the others, since that is what a classroom habit
    hides.
    """
    there = read_activities(standing)
    skills = list(
        ActivitySkill.objects.filter(activity__in=standing)
        .annotate(read_as=stays())
        .values_list("read_as", flat=True)
    )
    others = (
        activities_to_read(visitor)
        .filter(
            pk__in=ActivitySkill.objects.filter(skill__in=one_with(skills)).values("activity"),
            state=Activity.State.OPEN,
        )
        .exclude(pk__in=standing)
        .order_by("hours", "pk")[: 3 * MOST_FORMS]
        if skills
        else []
    )
    ordered = sorted(others, key=lambda a: (cost_of(a).off_the_job, a.hours, a.pk))[:MOST_FORMS]
    shown = [there[pk] for pk in standing if pk in there] + ordered
    known = effects_of([a.pk for a in shown], organisation)
    return [Form(a, cost_of(a), told_effect(known[a.pk]), a.pk in there) for a in shown]


# -- a path that is being made --------------------------------------------------------------------


@dataclass(slots=True)
class Piece:
    """A step or block of a draft, as the builder shows it."""

    node: Node
    title: str
    kind: str
    icon: str
    activity: Activity | None
    cost: Cost
    wrong: list[str]
    needs: list[str]
    skips: list[str]
    part: str
    parent: str
    place: int
    last: bool
    forms: bool = False
    children: list["Piece"] = field(default_factory=list)


def pieces(path: Path) -> tuple[Piece, list[str]]:
    """The draft with everything the builder shows, and what is wrong with the whole."""
    root = path.structure
    activities = read_activities(activities_asked(root))
    asked_skills = {s.skill for n in root.walk() for s in n.skips if s.skill is not None}
    skills = (
        {s.pk: s.name for s in Skill.objects.filter(pk__in=asked_skills)} if asked_skills else {}
    )
    nodes = {n.key: n for n in root.walk()}

    def name(key: str) -> str:
        node = nodes.get(key)
        if node is None:
            return _("a step that is gone")
        if key == rules.ROOT:
            return path.name
        return title(node, activities) or str(words.KINDS[node.kind])

    wrong: dict[str, list[str]] = defaultdict(list)
    for problem in rules.problems(root):
        wrong[problem.key].append(words.wrong(problem, name))

    def piece(node: Node, parent: str, place: int, *, last: bool) -> Piece:
        end = len(node.children) - 1
        return Piece(
            node,
            name(node.key),
            str(words.KINDS[node.kind]),
            words.ICONS[node.kind],
            activities.get(node.activity or 0),
            cost(node, activities),
            wrong[node.key],
            [name(key) for key in node.needs],
            [_skip_words(s, skills, activities) for s in node.skips],
            str(words.PARTS[rules.Part(node.part)]) if node.part else "",
            parent,
            place,
            last,
            _has_forms(node),
            [
                piece(child, node.key, number, last=number == end)
                for number, child in enumerate(node.children)
            ],
        )

    return piece(root, "", 0, last=True), wrong[rules.ROOT]


def _has_forms(node: Node) -> bool:
    """Whether forms can be compared there: an activity, or a choice between activities."""
    activities = node.children if node.kind is rules.Kind.CHOICE else (node,)
    return any(n.activity is not None for n in activities)


def _skip_words(
    skip: rules.Skip, skills: Mapping[int, str], activities: Mapping[int, Activity]
) -> str:
    if skip.skill is not None:
        return _("who shows level %(level)s in %(skill)s") % {
            "level": skip.level, "skill": skills.get(skip.skill, "–"),
        }  # fmt: skip
    activity = activities.get(skip.activity or 0)
    what = activity.title if activity else "–"
    if skip.months:
        return _("who did %(what)s in the last %(n)s months") % {"what": what, "n": skip.months}
    return _("who did %(what)s before") % {"what": what}


# -- what a newer version changes -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """What moving to the newest version does: in words, for how many, and to whom what."""

    version: Version | None
    changes: list[str]
    people: list[tuple[Enrolment, Effect, list[str]]]
    count: int

    @property
    def finish(self) -> int:
        return sum(effect.finishes for _e, effect, _l in self.people)

    @property
    def more(self) -> int:
        return sum(effect.more > 0 for _e, effect, _l in self.people)

    @property
    def lose(self) -> int:
        return sum(bool(lost) for _e, _effect, lost in self.people)


def preview(path: Path, on: date) -> Preview:
    """Who is under way in an older version, and what the newest would do to each of them."""
    newest = path.versions.order_by("-number").first()
    if newest is None:
        return Preview(None, [], [], 0)
    behind = list(
        in_full(Enrolment.objects.filter(path=path, state=Enrolment.State.OPEN))
        .exclude(version=newest)
        .order_by("person__last_name", "person__first_name")
    )
    olds = {e.version_id: e.version for e in behind}
    marks = marks_of(behind)
    structures = [newest.structure, *(v.structure for v in olds.values())]
    activities = read_activities(activities_in(*structures))
    nodes = {n.key: n for s in reversed(structures) for n in s.walk()}

    def name(key: str) -> str:
        return title(nodes[key], activities) or str(words.KINDS[nodes[key].kind])

    told: list[str] = []
    for version in sorted(olds.values(), key=lambda v: v.number):
        for change in rules.changes(version.structure, newest.structure):
            words_ = words.changed(change, name)
            if words_ not in told:
                told.append(words_)
    people = []
    for one in behind:
        effect = rules.effect(
            one.version.structure,
            newest.structure,
            [m.fact for m in marks[one.pk]],
            one.begins_on,
            on,
        )
        people.append((one, effect, [name(key) for key in effect.lost]))
    return Preview(newest, told, people, len(people))


# -- by a list ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a list: who it means, or why it means nobody."""

    number: int
    who: str
    person_pk: int | None = None
    name: str = ""
    begins_on: date | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of people for a path, looked through."""

    new: list[ListedRow]
    known: list[ListedRow]
    exempt: list[ListedRow]
    wrong: list[ListedRow]
    digest: str


_WHO = {"email", "e-mail", "e-mailadres", "mail", "personeelsnummer", "staff number", "number",
        "nummer", "wie", "who"}  # fmt: skip
_WHEN = {"start", "begin", "begins on", "begint op", "startdatum", "start date", "vanaf"}
MOST_LISTED = 5_000


def look_through(path: Path, sheet: Sheet, on: date) -> Listed:
    """Who a list means: by e-mail address or staff number, with perhaps a day to begin.

    Four questions, whatever its length.
    """
    header = [name.strip().casefold() for name in sheet.header]
    who = next((n for n, name in enumerate(header) if name in _WHO), 0)
    when = next((n for n, name in enumerate(header) if name in _WHEN), None)
    lines = sheet.lines
    if who == 0 and header and "@" in header[0]:
        # A bare list without names above: the first line is a person too.
        lines = [type(lines[0])(1, list(sheet.header)), *lines]
    told = [(line.number, as_text(line.cells[who]).strip(), line.cells) for line in lines]
    here = Employment.objects.current(on).filter(organisation=path.organisation_id)
    emails = {text.casefold() for _n, text, _c in told if "@" in text}
    numbers = {text for _n, text, _c in told if text and "@" not in text}
    found: dict[str, tuple[int, str]] = {}
    for e in here.filter(Q(person__email__in=emails) | Q(number__in=numbers)).select_related(
        "person"
    ):
        found[e.person.email.casefold()] = (e.person_id, e.person.name)
        if e.number:
            found[e.number] = (e.person_id, e.person.name)
    people = {pk for pk, _name in found.values()}
    known = set(
        Enrolment.objects.filter(
            path=path, person__in=people, state=Enrolment.State.OPEN
        ).values_list("person_id", flat=True)
    )
    exempt = set(
        Exemption.objects.filter(path=path, person__in=people, from_on__lte=on)
        .exclude(until_on__lt=on)
        .values_list("person_id", flat=True)
    )
    sorted_out: dict[str, list[ListedRow]] = defaultdict(list)
    seen: set[int] = set()
    for number, text, cells in told:
        sort, row = _listed(number, text, cells[when] if when is not None else None, found)
        if row.person_pk in seen:
            sort, row = "wrong", ListedRow(number, text, problem=_("This person is in it twice."))
        if row.person_pk is not None:
            seen.add(row.person_pk)
            if row.person_pk in known:
                sort = "known"
            elif row.person_pk in exempt:
                sort = "exempt"
        sorted_out[sort].append(row)
    digest = hashlib.sha256(
        repr(sorted((r.person_pk, r.begins_on) for r in sorted_out["new"])).encode()
    ).hexdigest()
    return Listed(
        sorted_out["new"], sorted_out["known"], sorted_out["exempt"], sorted_out["wrong"], digest
    )


def _listed(
    number: int, text: str, when: Any, found: Mapping[str, tuple[int, str]]
) -> tuple[str, ListedRow]:
    there = found.get(text.casefold()) or found.get(text)
    if there is None:
        problem = _("Nobody who works here has this e-mail address or staff number.")
        return "wrong", ListedRow(number, text or "–", problem=problem)
    try:
        begins_on = as_day(when)
    except ValueError:
        problem = _("This date cannot be read. Write it as 31-12-2026.")
        return "wrong", ListedRow(number, text, problem=problem)
    return "new", ListedRow(number, text, there[0], there[1], begins_on)


def as_rows(listed: Listed) -> str:
    """The people a list would put on a path, as a list again: it travels with its preview."""
    told = ["who;start"]
    told += [
        f"{row.who};{row.begins_on.isoformat() if row.begins_on else ''}"
        for row in [*listed.new, *listed.known, *listed.exempt]
    ]
    return "\n".join(told)


# -- figures --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Department:
    """How a path goes in one department; dark where it is about too few people.

    `planned` are all hours off the job that it asks of these people, `spent` those of them that
    were spent.
    """

    name: str
    people: int = 0
    done: int = 0
    late: int = 0
    spent: float = 0.0
    planned: float = 0.0
    dark: bool = False

    @property
    def percent(self) -> int:
        return 100 * self.done // self.people if self.people else 0


def by_department(path: Path, on: date, *, everything: bool) -> list[Department]:
    """How many follow it, are through or late, by department; two questions.

    Args:
        everything: for who may see each person by name; to others small groups stay dark, and
            none can be subtracted.
    """
    units = list(
        Unit.objects.filter(organisation=path.organisation_id)
        .order_by("path")
        .values_list("path", "name", "depth")
    )
    # All in one filter: each further one would ask of another employment.
    counted = (
        Enrolment.objects.filter(
            Q(person__employments__ends_on=None) | Q(person__employments__ends_on__gte=on),
            path=path,
            state__in=[Enrolment.State.OPEN, Enrolment.State.DONE],
            person__employments__organisation=path.organisation_id,
            person__employments__starts_on__lte=on,
        )
        .values_list("person__employments__unit__path", "state")
        .annotate(
            people=Count("person", distinct=True),
            behind=Count("person", distinct=True, filter=Q(next_due_on__lt=on)),
            spent=Sum("minutes_spent", default=0),
            left=Sum("minutes_left", default=0),
        )
    )
    people: Counter[str] = Counter()
    done: Counter[str] = Counter()
    late: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    left: Counter[str] = Counter()
    step = Unit.steplen
    for unit_path, state, number, behind, was_spent, to_come in counted:
        top = unit_path[: 2 * step]
        people[top] += number
        spent[top] += was_spent
        left[top] += to_come
        if state == Enrolment.State.DONE:
            done[top] += number
        else:
            late[top] += behind
    names = {p: name for p, name, depth in units if depth <= 2}
    smallest = path.organisation.smallest_group
    dark = frozenset() if everything else dark_parts(people, smallest)
    return [
        Department(names[p], dark=True)
        if p in dark
        else Department(
            names[p], people[p], done[p], late[p], spent[p] / 60, (spent[p] + left[p]) / 60
        )
        for p in names
        if people[p]
    ]


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours off the job of everyone on a path together."""

    planned: float
    spent: float

    @property
    def left(self) -> float:
        return self.planned - self.spent


def hours_off_the_job(enrolments: QuerySet[Enrolment]) -> Hours:
    """What was spent, and what is planned in all; of who stopped only what was spent."""
    told = enrolments.aggregate(
        spent=Sum("minutes_spent", default=0), left=Sum("minutes_left", default=0)
    )
    return Hours((told["spent"] + told["left"]) / 60, told["spent"] / 60)


# -- the report -----------------------------------------------------------------------------------


def placed(enrolments: QuerySet[Enrolment], organisation: Organisation, on: date) -> Any:
    """Enrolments with unit, job and staff number of who is on them."""
    here = (
        Employment.objects.current(on)
        .filter(organisation=organisation, person=OuterRef("person"))
        .order_by("-starts_on")
    )
    return enrolments.annotate(
        unit_name=Subquery(here.values("unit__name")[:1]),
        job_name=Subquery(here.values("job__name")[:1]),
        number=Subquery(here.values("number")[:1]),
    )


def report_steps(path: Path) -> list[tuple[str, str]]:
    """The steps of a report as (key, title): those of the newest version, then older ones that
    somebody under way or through still has."""
    versions = list(
        Version.objects.filter(path=path)
        .filter(Q(enrolments__isnull=False) | Q(pk__in=path.versions.order_by("-number")[:1]))
        .distinct()
        .order_by("-number")
    )
    activities = read_activities(activities_in(*(v.structure for v in versions)))
    found: dict[str, str] = {}
    for version in versions:
        for node in version.structure.steps:
            found.setdefault(node.key, title(node, activities) or str(words.KINDS[node.kind]))
    return list(found.items())


def report(
    enrolments: QuerySet[Enrolment],
    organisation: Organisation,
    steps: Sequence[tuple[str, str]],
    on: date,
) -> Iterator[list[object]]:
    """The completion report, row by row: who, where, how far, and of each step the day.

    Two questions are read beside each other in one order, so that a list of any size is sent
    while it is read.
    """
    skipped = _("skipped")
    states = dict(Enrolment.State.choices)
    place = {key: number for number, (key, _title) in enumerate(steps)}
    people = (
        placed(enrolments, organisation, on)
        .order_by("pk")
        .values_list(
            "pk", "person__first_name", "person__last_name", "number", "unit_name", "job_name",
            "state", "begins_on", "completed_on", "steps_asked", "steps_settled", "next_due_on",
            "minutes_spent", "minutes_left",
        )
    )  # fmt: skip
    marks = (
        Mark.objects.filter(enrolment__in=enrolments.values("pk"))
        .order_by("enrolment", "pk")
        .values_list("enrolment_id", "step", "what", "on")
        .iterator(chunk_size=5_000)
    )
    mark = next(marks, None)
    for (
        pk, first, last, number, unit, job, state, begins, completed, asked_, settled, due,
        spent, left,
    ) in people.iterator(chunk_size=2_000):  # fmt: skip
        cells: list[object] = [""] * len(steps)
        while mark is not None and mark[0] <= pk:
            if mark[0] == pk and mark[1] in place:
                where = place[mark[1]]
                if mark[2] == "done":
                    cells[where] = cells[where] or mark[3]
                elif mark[2] == "skipped":
                    cells[where] = cells[where] or skipped
                elif mark[2] in {"undone", "wanted"}:
                    cells[where] = ""
            mark = next(marks, None)
        yield [
            f"{first} {last}".strip(), number, unit, job, states[state], begins, completed,
            100 * settled // asked_ if asked_ else 0, settled, asked_,
            due if state == "open" else None,
            None if spent is None or left is None else round((spent + left) / 60, 2),
            None if spent is None else round(spent / 60, 2),
            *cells,
        ]  # fmt: skip


# -- what it brings -------------------------------------------------------------------------------


def completions_here(organisation_pk: int) -> Iterator[tuple[int, int, date]]:
    """Who did which activity as a step of a path, and when: three questions.

    For the count of what activities bring (`catalogue.effects`). What was taken back does not
    count, also where it was done again on another day: that would say more than is known.
    """
    steps = {
        version.pk: {n.key: n.activity for n in version.structure.steps if n.activity is not None}
        for version in Version.objects.filter(path__organisation=organisation_pk)
    }
    marks = Mark.objects.filter(enrolment__path__organisation=organisation_pk)
    undone = set(marks.filter(what=What.UNDONE.value).values_list("enrolment_id", "step"))
    done = marks.filter(what=What.DONE.value).values_list(
        "enrolment_id", "enrolment__version_id", "enrolment__person_id", "step", "on"
    )
    for enrolment, version, person, step, on in done.iterator(chunk_size=5_000):
        activity = steps[version].get(step)
        if activity is not None and (enrolment, step) not in undone:
            yield activity, person, on


# -- people ---------------------------------------------------------------------------------------


def someone_here(organisation: Organisation, told: str) -> Person | None:
    """A colleague by e-mail address or staff number."""
    found = (
        Employment.objects.current()
        .filter(organisation=organisation)
        .filter(Q(person__email__iexact=told) | Q(number=told))
        .select_related("person")
        .order_by("-starts_on")
        .first()
    )
    return found.person if found else None


def open_of(person: Person) -> QuerySet[Enrolment]:
    """The paths someone is on, with the one that is due first on top."""
    return in_full(Enrolment.objects.filter(person=person, state=Enrolment.State.OPEN)).order_by(
        "next_due_on", "begins_on", "pk"
    )
