"""Reads what players, editors and panels need."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity, ActivitySkill
from gezel.content.models import (
    COMPLETED,
    Answer,
    Attempt,
    Block,
    BlockQuerySet,
    Edition,
    Media,
    Module,
    Package,
    PackageAttempt,
    Place,
    Proof,
    TestOut,
    Thanks,
    UnitState,
    Waiver,
)
from gezel.content.policy import (
    askings_to_answer,
    made_by,
    modules_to_play,
    proofs_to_look_at,
    reviews_to_give,
)
from gezel.content.rules import evidence, scoring, testing_out, waiving
from gezel.content.rules.bodies import Question
from gezel.content.rules.kinds import ASKED, ASKED_KINDS, Body
from gezel.content.rules.scoring import Said
from gezel.content.words import told_day
from gezel.kit.bundle import bundle
from gezel.kit.prepared import prepared
from gezel.kit.text import in_language
from gezel.people.api import Mandate, Organisation, Person, Visitor
from gezel.skills.api import (
    Demand,
    Evidence,
    Level,
    RoleProfile,
    Skill,
    estimates,
    one_with,
    profile_of,
    requirements,
    tests_of,
)

# A demand that begins within this time is worth learning for now.
AHEAD = timedelta(days=730)


def completed_activities(person: Person) -> QuerySet[Attempt, Any]:
    """The activities whose module someone completed and did not fail, as a subquery."""
    return Attempt.objects.filter(COMPLETED, person=person).values("module__activity")


def completed_packages(person: Person) -> QuerySet[PackageAttempt, Any]:
    """The same for packages."""
    done = PackageAttempt.objects.filter(COMPLETED, person=person, trial=False)
    return done.values("package__activity")


@dataclass(frozen=True, slots=True)
class Step:
    """A block on the page: its row, its body, and the answer that counts, if there is one."""

    number: int
    block: Block
    body: Body
    said: Said | None
    shown_before: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing needs to be done here any more."""
        return self.said is not None or self.shown_before

    @property
    def value(self) -> Mapping[str, Any]:
        """What was said, or nothing yet."""
        return self.said.value if self.said else {}

    @property
    def asks(self) -> bool:
        """Whether it is a question that can be answered rightly or not."""
        return isinstance(self.body, ASKED)

    @property
    def right(self) -> bool | None:
        """Whether a question was answered rightly; None where it was not, or nothing was asked."""
        return scoring.right_of(self.body, self.said.value) if self.said else None

    @property
    def grade(self) -> scoring.Grade | None:
        """How the answer to a question stands to what is right."""
        if isinstance(self.body, Question) and self.said:
            return scoring.grade(self.body, self.said.value["chosen"])
        return None


@dataclass(frozen=True, slots=True)
class Play:
    """An attempt with its steps in order, and where it stands."""

    attempt: Attempt
    steps: tuple[Step, ...]
    state: scoring.State
    place: Place | None = None

    @property
    def was_at(self) -> int | None:
        """The number of the step someone was last at, on whatever device; None if not told.

        One past the last is the page where one finishes.
        """
        if self.place is None:
            return None
        if self.place.block_id is None:
            return len(self.steps) + 1
        return next((s.number for s in self.steps if s.block.pk == self.place.block_id), None)

    @property
    def next_number(self) -> int:
        """The number of the first open step, from 1; one past the last when all are done."""
        return next(
            (n for n, step in enumerate(self.steps, 1) if not step.done), len(self.steps) + 1
        )

    @property
    def to_look_at(self) -> list[Step]:
        """The questions that were not answered rightly."""
        return [step for step in self.steps if step.right is False]


def preview(module: Module) -> Play:
    """A module as whoever begins it now would see it, with nothing answered or kept."""
    blocks = module.blocks.current().select_related("media__small", "media__poster")
    steps = tuple(Step(n, block, block.content, None) for n, block in enumerate(blocks, 1))
    attempt = Attempt(module=module, version=module.version)
    return Play(attempt, steps, scoring.state([(s.block.pk, s.body) for s in steps], []))


def play(attempt: Attempt) -> Play:
    """An attempt with its blocks as they were when it began, in three queries."""
    blocks = list(
        Block.objects.filter(module=attempt.module_id)
        .as_of(attempt.version)
        .select_related("media__small", "media__poster")
    )
    said = answers_of(attempt)
    counted = scoring.counting(said)
    shown = frozenset(attempt.shown_before)
    steps = tuple(
        Step(number, block, block.content, counted.get(block.pk), block.pk in shown)
        for number, block in enumerate(blocks, 1)
    )
    state = scoring.state([(s.block.pk, s.body) for s in steps], said, shown)
    place = Place.objects.filter(attempt=attempt).first() if attempt.completed_at is None else None
    return Play(attempt, steps, state, place)


def answers_of(attempt: Attempt) -> list[Said]:
    """The answers that may count: those given before the attempt was completed."""
    found = Answer.objects.filter(attempt=attempt)
    if attempt.completed_at is not None:
        found = found.filter(received_at__lte=attempt.completed_at)
    return [
        Said(str(key), block, at, value)
        for key, block, at, value in found.values_list("key", "block_id", "answered_at", "value")
    ]


def _up_to_the_place(blocks: QuerySet[Block, Any]) -> QuerySet[Block, Any]:
    """How many steps there are up to where someone was: the number of that step."""
    here = Place.objects.filter(attempt=OuterRef(OuterRef("pk"))).values("block__position")
    return blocks.filter(position__lte=Subquery(here)).annotate(n=Count("pk")).values("n")


def _standing(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Attempts with how many steps are `done`, of how many (`whole`), and the number of the step
    someone `was_at`; all in the same query."""
    version = OuterRef("version")
    blocks = (
        Block.objects.filter(module=OuterRef("module"), since__lte=version)
        .filter(Q(retired_in=None) | Q(retired_in__gt=version))
        .order_by()
        .values("module")
    )
    return attempts.annotate(
        done=Count("answers__block", distinct=True),
        whole=Coalesce(Subquery(blocks.annotate(n=Count("pk")).values("n")), 0),
        was_at=Subquery(_up_to_the_place(blocks)),
    )


@prepared
def _under_way(person: int, organisation: int, *, most: int) -> QuerySet[Attempt, Any]:
    """Both kinds in one question: the home page asks it, and has a dozen in all."""
    modules = _standing(
        Attempt.objects.filter(
            person=person, completed_at=None, module__activity__organisation=organisation
        )
    ).values_list(
        *("module__activity_id", "module__activity__title_nl", "module__activity__title_en"),
        *("module_id", "last_at", "done", "whole", "was_at"),
        Value("content:play"),
    )
    packages = (
        PackageAttempt.objects.filter(
            person=person,
            completed_at=None,
            left_at=None,
            trial=False,
            package__activity__organisation=organisation,
        )
        # Of a package nobody tells where one is.
        .annotate(done=Value(0), whole=Value(0), was_at=Value(0))
        .values_list(
            *("package__activity_id", "package__activity__title_nl", "package__activity__title_en"),
            *("package_id", "last_at", "done", "whole", "was_at"),
            Value("content:package"),
        )
    )
    return modules.union(packages, all=True).order_by("-last_at", "module_id")[:most]


def standing_of(attempt: Attempt) -> Attempt:
    """The same attempt with `done`, `whole` and `was_at`."""
    return _standing(Attempt.objects.filter(pk=attempt.pk)).get()


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A module or package someone is in the middle of, and where they go on. Of a module `done` of
    `whole` steps, and `was_at`, the number of the step they were at; a package does not tell."""

    activity: int
    title: str
    address: str
    last_at: datetime
    done: int = 0
    whole: int = 0
    was_at: int | None = None

    @property
    def told(self) -> str:
        """Where one was, and when, as one says it."""
        when = told_day(self.last_at)
        if self.was_at:
            told = _("You were at %(n)s of %(whole)s, %(when)s")
            return told % {"n": self.was_at, "whole": self.whole, "when": when}
        if self.whole:
            return _("%(done)s of %(whole)s steps") % {"done": self.done, "whole": self.whole}
        return _("You were in it %(when)s") % {"when": when}


MOST_UNDER_WAY = 12


def under_way_here(visitor: Visitor) -> list[UnderWay]:
    """Modules and packages of this organisation someone is in the middle of, the last touched
    first; asked once for all panels of a page."""
    return visitor.once("content:under way", lambda: _under_way_here(visitor, most=MOST_UNDER_WAY))


def _under_way_here(visitor: Visitor, *, most: int) -> list[UnderWay]:
    return [
        UnderWay(
            activity, in_language(nl=nl, en=en), reverse(name, args=[pk]), last_at, done, whole, at
        )
        for activity, nl, en, pk, last_at, done, whole, at, name in _under_way(
            visitor.person.pk, visitor.organisation.pk, most=most
        )
    ]


def latest_attempt(person: Person, module: Module) -> Attempt | None:
    """The open attempt, else the last completed one."""
    return (
        Attempt.objects.filter(person=person, module=module).order_by("-started_at", "-pk").first()
    )


def last_shown(attempt: Attempt) -> dict[int, date]:
    """Per skill the last day on which finishing this same module gave someone evidence."""
    return _shown_by(
        Attempt.objects.filter(
            person=attempt.person_id,
            module=attempt.module_id,
            completed_at__lte=attempt.completed_at,
        ).exclude(pk=attempt.pk)
    )


def last_shown_by_package(attempt: PackageAttempt) -> dict[int, date]:
    """The same for a package."""
    return _shown_by(
        PackageAttempt.objects.filter(
            person=attempt.person_id,
            package=attempt.package_id,
            completed_at__lte=attempt.completed_at,
        ).exclude(pk=attempt.pk)
    )


def _shown_by(earlier: QuerySet[Any]) -> dict[int, date]:
    rows = earlier.order_by("completed_at").values_list("completed_at", "effect")
    return {
        row["skill"]: timezone.localdate(done)
        for done, effect in rows
        for row in effect
        if row["new"]
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """What someone's role asks of a skill: now, and the highest that is coming."""

    now: int
    coming: int


def asked_of(person: Person, skill_pks: Iterable[int], on: date) -> dict[int, Asked]:
    """What someone's role asks of these skills on a date and in the two years after it."""
    profile = profile_of(person, on)
    if profile is None:
        return {}
    wanted = set(skill_pks)
    now = _levels_asked(profile, wanted, on)
    later = _levels_asked(profile, wanted, on + AHEAD)
    return {pk: Asked(now.get(pk, 0), later.get(pk, 0)) for pk in now.keys() | later.keys()}


def _levels_asked(profile: RoleProfile, wanted: set[int], on: date) -> dict[int, int]:
    return {
        r.skill.pk: r.level
        for r in requirements(profile, on)
        if isinstance(r.skill, Skill) and r.skill.pk in wanted
    }


def levels_of(person: Person, skill_pks: Iterable[int], on: date) -> dict[int, float]:
    """The estimate of each of these skills on a date, from all evidence; without any, 0. For the
    person."""
    wanted = set(skill_pks)
    found = estimates([person.pk], on, at=None, skill_pks=wanted)
    return {pk: found[person.pk, pk].level if (person.pk, pk) in found else 0.0 for pk in wanted}


@dataclass(frozen=True, slots=True)
class Taught:
    """A skill that an activity teaches, to the person about to begin it.

    Attributes:
        word: the level it brings to.
        shown: whether they show that level today already.
        test: the address of the skill's test where they can show it without this; else empty.
    """

    skill: Skill
    word: str
    shown: bool
    test: str


def taught_to(visitor: Visitor, activity: Activity, on: date) -> list[Taught]:
    """What an activity teaches, and how its reader may show that they know it already."""
    rows = list(activity.teaches.select_related("skill"))
    pks = [row.skill_id for row in rows]
    held = levels_of(visitor.person, pks, on)
    tests = tests_of(visitor, [row.skill_id for row in rows if held[row.skill_id] < row.to_level])
    return [
        Taught(
            row.skill,
            str(Level(row.to_level).label),
            held[row.skill_id] >= row.to_level,
            tests.get(row.skill_id, ""),
        )
        for row in rows
    ]


def teachable_skills(organisation: Organisation) -> QuerySet[Skill]:
    """The skills an organisation works with: its own, and those its roles ask."""
    asked = Demand.objects.filter(profile__organisation=organisation).values("skill")
    return Skill.objects.filter(Q(organisation=organisation) | Q(pk__in=asked)).order_by(
        "name_nl" if (get_language() or "en").startswith("nl") else "name_en", "pk"
    )


def open_attempt(person: Person, module: Module) -> Attempt | None:
    """The round someone is in the middle of, if there is one."""
    return Attempt.objects.filter(person=person, module=module, completed_at=None).first()


def _played_blocks(module: Module, attempt: Attempt | None) -> BlockQuerySet:
    """The blocks someone plays: of the version they began, or of today."""
    blocks = Block.objects.filter(module=module)
    return blocks.as_of(attempt.version if attempt else module.version)


def media_of(module: Module, attempt: Attempt | None) -> list[Media]:
    """The files a phone needs to play this module: of a film the small one, with its picture."""
    shown = Media.objects.filter(pk__in=_played_blocks(module, attempt).order_by().values("media"))
    return list(
        Media.objects.filter(
            Q(pk__in=shown.filter(small=None))
            | Q(pk__in=shown.values("small"))
            | Q(pk__in=shown.values("poster"))
        ).order_by("pk")
    )


def captions_and_kinds(
    module: Module, attempt: Attempt | None
) -> tuple[list[tuple[int, str]], set[str]]:
    """The captions of its films (the number of the block, and the language), and which kinds of
    block there are in what someone plays; in one query."""
    rows = list(_played_blocks(module, attempt).values_list("pk", "kind", "body"))
    captions = [
        (pk, code)
        for pk, kind, body in rows
        for code in ("nl", "en")
        if kind == Block.Kind.VIDEO and body.get("captions", {}).get(code)
    ]
    return captions, {kind for _pk, kind, _body in rows}


def page_files(page: str, script: str) -> list[dict[str, Any]]:
    """A page that is kept, with the styles and scripts it needs; sizes are about right."""
    joined = {kind: bundle(kind) for kind in ("css", "js")}
    return [
        {"url": page, "size": 30_000},
        *(
            {"url": reverse("kit:bundle", args=[one.name]), "size": len(one.text)}
            for one in joined.values()
        ),
        {"url": static(script), "size": 12_000},
        {"url": static("kit/vendor/inter-latin.woff2"), "size": 50_000},
    ]


def house_stamp() -> str:
    """Changes with our styles and scripts, and with the language someone reads."""
    return "".join(bundle(kind).name[:6] for kind in ("css", "js")) + (get_language() or "")


def stamps(visitor: Visitor, module_pks: Collection[int]) -> dict[int, str]:
    """Of these modules the ones that may be on this visitor's phone, each with a stamp.

    The stamp changes when the module does, when the person went on elsewhere, and when our styles
    and scripts do: then the kept copy is fetched anew.
    """
    if not module_pks:
        return {}
    rounds = {
        module: f"{registration}.{last.timestamp():.3f}"
        for module, registration, last in Attempt.objects.filter(
            person=visitor.person, completed_at=None, module__in=module_pks
        ).values_list("module_id", "registration", "last_at")
    }
    allowed = modules_to_play(visitor).filter(pk__in=module_pks).values_list("pk", "version")
    return {pk: f"{version}.{house_stamp()}.{rounds.get(pk, '')}" for pk, version in allowed}


def current_package_attempt(person: Person, package: Package) -> PackageAttempt | None:
    """The open attempt, else the last completed one."""
    return (
        PackageAttempt.objects.filter(person=person, package=package, left_at=None)
        .select_related("edition")
        .order_by(F("completed_at").desc(nulls_first=True), "-pk")
        .first()
    )


def unit_states(attempt: PackageAttempt) -> dict[str, UnitState]:
    """What each unit of an attempt keeps, by its name in the package."""
    return {state.unit: state for state in UnitState.objects.filter(attempt=attempt)}


# Of fewer people than this, no figure.
FEW = 5


@dataclass(frozen=True, slots=True)
class Brought:
    """An edition as its author sees it; `players` and `done` only where nobody can be told from
    them, `few` where someone plays and it cannot be told."""

    edition: Edition
    is_current: bool
    players: int | None
    done: int | None
    few: bool


def editions(package: Package) -> list[Brought]:
    """The editions of a package, the newest first, with how many are on each.

    A figure of fewer than five people is not told, nor the rest that would give it away: where
    one edition is dark, all are.
    """
    found = list(
        package.editions.select_related("brought_by")
        .annotate(
            players=Count("attempts__person", distinct=True, filter=Q(attempts__trial=False)),
            done=Count(
                "attempts__person",
                distinct=True,
                filter=Q(attempts__trial=False, attempts__completed_at__isnull=False),
            ),
        )
        .order_by("-number")
    )
    dark = any(
        0 < figure < FEW
        for edition in found
        for figure in (edition.players, edition.done, edition.players - edition.done)
    )
    return [
        Brought(
            edition,
            edition.pk == package.current_id,
            None if dark else edition.players,
            None if dark else edition.done,
            few=dark and edition.players > 0,
        )
        for edition in found
    ]


def lookers_for(visitor: Visitor, module: Module, whom: str) -> list[Person]:
    """Who may be asked to look at a photo of the visitor's work: their lead, or who made it.

    Where there is no such person, the other: an assignment nobody can look at helps nobody.
    """
    employment = visitor.employment
    lead = [employment.lead] if employment and employment.lead else []
    made = makers_of(module)
    first, second = (lead, made) if whom == "lead" else (made, lead)
    here = Person.objects.working_at(visitor.organisation).in_bulk(
        [person.pk for person in (*first, *second)]
    )
    for group in (first, second):
        found = [p for p in group if p.pk in here and p.pk != visitor.person.pk]
        if found:
            return found
    return []


def makers_of(module: Module) -> list[Person]:
    """Who makes a module: the one who shares it, and who was asked to help."""
    owner = module.activity.shared_by
    others = Person.objects.filter(makes_too__module=module).order_by("makes_too__pk")
    return [*([owner] if owner else []), *others]


def found_colleagues(visitor: Visitor, text: str, *, most: int = 8) -> list[Person]:
    """Colleagues of this name or address, without oneself; nothing for fewer than two letters."""
    words = text.split()[:4]
    if len(text.strip()) < 2:
        return []
    found = Person.objects.working_at(visitor.organisation).exclude(pk=visitor.person.pk)
    for word in words:
        named = Q(first_name__icontains=word) | Q(last_name__icontains=word)
        found = found.filter(named | Q(email__iexact=word))
    return list(found.order_by("last_name", "first_name", "pk")[:most])


def usual_reviewers(visitor: Visitor, module: Module, *, most: int = 8) -> list[Person]:
    """Who may look first: one's lead, and those who make learning material, but no maker of it."""
    makers = {person.pk for person in makers_of(module)} | {visitor.person.pk}
    authors = Mandate.objects.current().filter(
        organisation=visitor.organisation, kind__in=["author", "hr"]
    )
    employment = visitor.employment
    lead = employment.lead_id if employment else None
    found = Person.objects.working_at(visitor.organisation).filter(
        Q(pk__in=authors.values("person")) | Q(pk=lead)
    )
    return list(found.exclude(pk__in=makers).order_by("last_name", "first_name", "pk")[:most])


@dataclass(frozen=True, slots=True)
class Made:
    """A module someone makes, with what came back: thanks, and questions without an answer."""

    module: Module
    thanks: int
    open_questions: int


MOST_MADE = 50
LATELY = timedelta(days=30)


def asked_of_maker(visitor: Visitor) -> dict[str, Any]:
    """What someone makes, and what colleagues ask of them, in five queries."""
    since = timezone.now() - LATELY
    made = (
        Module.objects.filter(activity__organisation=visitor.organisation)
        .filter(Q(activity__shared_by=visitor.person) | Q(co_authors__person=visitor.person))
        .select_related("activity")
        .annotate(
            thanked=Count("thanks", distinct=True),
            unanswered=Count("askings", filter=Q(askings__answer=""), distinct=True),
        )
        .order_by("-pk")[:MOST_MADE]
    )
    proofs = proofs_to_look_at(visitor).filter(state=Proof.State.SENT)
    return {
        "made": [Made(module, module.thanked, module.unanswered) for module in made],
        "reviews": list(
            reviews_to_give(visitor).select_related("module__activity", "asked_by")[:MOST_MADE]
        ),
        "proofs": list(proofs.select_related("person", "block__module__activity")[:MOST_MADE]),
        "askings": list(
            askings_to_answer(visitor)
            .select_related("person", "module__activity")
            .order_by("asked_at", "pk")[:MOST_MADE]
        ),
        "thanks": list(
            Thanks.objects.filter(
                Q(module__activity__shared_by=visitor.person)
                | Q(module__co_authors__person=visitor.person),
                module__activity__organisation=visitor.organisation,
                at__gte=since,
            )
            .exclude(person=visitor.person)
            .select_related("person", "module__activity")
            .distinct()
            .order_by("-at", "-pk")[:10]
        ),
    }


def around(visitor: Visitor, module: Module) -> dict[str, Any]:
    """Thanks and questions about a module, as everyone who may play it sees them."""
    thanks = list(module.thanks.select_related("person").order_by("-at", "-pk")[:MOST_MADE])
    return {
        "thanks": thanks,
        "mine": next((t for t in thanks if t.person_id == visitor.person.pk), None),
        "askings": list(module.askings.select_related("person", "answered_by")[:MOST_MADE]),
        "makers": makers_of(module),
    }


def completion(attempt: Attempt, state: scoring.State) -> evidence.Completion:
    """What a finished round came to, as the rules of evidence ask it."""
    tested = TestOut.objects.filter(attempt=attempt, passed=True).exists()
    mark = attempt.module.pass_percent
    return evidence.Completion(
        state.questions,
        testing_out.mark_of(mark) if tested else mark,
        attempt.passed,
        tested,
        # Who joins in making it later keeps what it showed before.
        made_it=not attempt.effect and makes(attempt.person_id, attempt.module.activity_id),
    )


def makes(person_pk: int, activity_pk: int) -> bool:
    """Whether someone made or brought this module or package, alone or with others."""
    return Activity.objects.filter(made_by(person_pk), pk=activity_pk).exists()


def last_test_out(person: Person, module: Module) -> TestOut | None:
    """The last time someone tried whether they knew this module already."""
    return TestOut.objects.filter(person=person, module=module).order_by("-at").first()


def questions_of(module: Module) -> list[Step]:
    """The questions of a module as it is now, numbered by themselves."""
    found = module.blocks.current().filter(kind__in=ASKED_KINDS)
    return [Step(number, block, block.content, None) for number, block in enumerate(found, 1)]


def completions(
    person_pks: Collection[int], activity_pks: Collection[int]
) -> dict[tuple[int, int], date]:
    """(person, activity) → the last day they completed it and did not fail: two questions.

    For rooms above; it tells that something was completed, which the employer may know.
    """
    if not person_pks or not activity_pks:
        return {}
    modules = Attempt.objects.filter(
        COMPLETED, person__in=person_pks, module__activity__in=activity_pks
    )
    packages = PackageAttempt.objects.filter(
        COMPLETED, person__in=person_pks, package__activity__in=activity_pks, trial=False
    )
    rows = [
        *modules.values_list("person_id", "module__activity_id", "completed_at"),
        *packages.values_list("person_id", "package__activity_id", "completed_at"),
    ]
    found: dict[tuple[int, int], date] = {}
    for person, activity, at in rows:
        if at is not None:
            day = timezone.localtime(at).date()
            found[person, activity] = max(day, found.get((person, activity), day))
    return found


def completions_here(organisation_pk: int) -> Iterator[tuple[int, int, date]]:
    """Who completed which activity of an organisation and did not fail, and when: two questions.

    For the count of what activities bring (`catalogue.effects`).
    """
    modules = Attempt.objects.filter(
        COMPLETED, module__activity__organisation=organisation_pk
    ).values_list("module__activity_id", "person_id", "completed_at")
    packages = PackageAttempt.objects.filter(
        COMPLETED, package__activity__organisation=organisation_pk, trial=False
    ).values_list("package__activity_id", "person_id", "completed_at")
    for rows in (modules, packages):
        for activity, person, at in rows.iterator(chunk_size=5_000):
            if at is not None:
                yield activity, person, timezone.localtime(at).date()


def waiver_of(person: Person, activity_pk: int) -> Waiver | None:
    """That someone need not do this at all, if somebody said so and it stands."""
    return (
        Waiver.objects.filter(person=person, activity=activity_pk, part="", taken_back_at=None)
        .select_related("by")
        .first()
    )


def parts_let_off(person: Person, activity_pk: int) -> list[Waiver]:
    """The parts of it that someone need not do, as they were said."""
    found = Waiver.objects.filter(person=person, activity=activity_pk, taken_back_at=None)
    return list(found.exclude(part="").select_related("by").order_by("at", "pk"))


def parts_to_let_off(activity_pk: int) -> dict[str, str]:
    """The parts of a package that one may be let off separately: name and title."""
    here = Edition.objects.filter(package__activity=activity_pk)
    edition = here.filter(pk=F("package__current")).first()
    return waiving.parts_of(edition.form, edition.manifest["units"]) if edition else {}


NOTICED_FOR = timedelta(days=14)


@prepared
def _let_off(person: int, organisation: int, since: datetime, *, most: int) -> QuerySet[Waiver]:
    found = Waiver.objects.filter(
        person=person, activity__organisation=organisation, taken_back_at=None, at__gte=since
    )
    return found.select_related("by", "activity").order_by("-at", "-pk")[:most]


def let_off_lately(visitor: Visitor, *, most: int) -> list[Waiver]:
    """What this organisation said in the last two weeks that someone need not do, newest first."""
    since = timezone.now() - NOTICED_FOR
    return _let_off(visitor.person.pk, visitor.organisation.pk, since, most=most)


def waived(
    person_pks: Collection[int], activity_pks: Collection[int]
) -> dict[tuple[int, int], tuple[str, date]]:
    """(person, activity) → the reason why they need not do it, and since when: one question."""
    if not person_pks or not activity_pks:
        return {}
    found = Waiver.objects.filter(
        person__in=person_pks, activity__in=activity_pks, part="", taken_back_at=None
    ).values_list("person_id", "activity_id", "reason", "at")
    return {(person, one): (why, timezone.localdate(at)) for person, one, why, at in found}


def waived_activities(person: Person) -> QuerySet[Waiver, Any]:
    """What someone need not do, as a subquery."""
    return Waiver.objects.filter(person=person, part="", taken_back_at=None).values("activity")


def begun_that_teach(person_pk: int, skill_pk: int) -> list[int]:
    """The activities that teach a skill and that someone is in the middle of."""
    here = {"person": person_pk, "completed_at": None}
    modules = Attempt.objects.filter(**here).values("module__activity")
    packages = PackageAttempt.objects.filter(**here, left_at=None, trial=False)
    teach = ActivitySkill.objects.filter(skill__in=one_with([skill_pk]))
    return list(
        teach.filter(
            Q(activity__in=modules) | Q(activity__in=packages.values("package__activity"))
        ).values_list("activity", flat=True)
    )


@dataclass(frozen=True, slots=True)
class LetOff:
    """Someone showed in tests all that an activity brings to; `tests` are keys of the evidence."""

    person: Person
    activity: Activity
    tests: tuple[uuid.UUID, ...]


def let_off_by_tests(
    person_pks: Collection[int], activity_pks: Collection[int], on: date
) -> list[LetOff]:
    """Who showed in tests all that one of these modules or packages brings to, and to whom nobody
    said yet whether they need it, where the organisation wants it so: five questions at most."""
    if not person_pks or not activity_pks:
        return []
    played = Activity.objects.filter(
        Q(pk__in=Module.objects.values("activity")) | Q(pk__in=Package.objects.values("activity")),
        pk__in=activity_pks,
    ).exclude(organisation__content_settings__tests_waive=False)
    teaches: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for activity, skill, level in ActivitySkill.objects.filter(activity__in=played).values_list(
        "activity_id", "skill_id", "to_level"
    ):
        teaches[activity].append((skill, level))
    skills = {skill for rows in teaches.values() for skill, _level in rows}
    tests = _newest_tests(person_pks, skills)
    if not tests:
        return []
    told = set(
        Waiver.objects.filter(person__in=person_pks, activity__in=teaches, part="").values_list(
            "person_id", "activity_id"
        )
    )
    shown = []
    for activity, rows in teaches.items():
        for person, newest in tests.items():
            levels = {skill: test for skill, (test, _key) in newest.items()}
            if (person, activity) not in told and waiving.shown_in_tests(rows, levels, on):
                shown.append((person, activity, tuple(newest[skill][1] for skill, _l in rows)))
    people = Person.objects.in_bulk({person for person, _activity, _keys in shown})
    activities = {a.pk: a for a in played.select_related("organisation")} if shown else {}
    return [LetOff(people[person], activities[one], keys) for person, one, keys in shown]


def _newest_tests(
    person_pks: Collection[int], skills: Collection[int]
) -> dict[int, dict[int, tuple[waiving.Showing, uuid.UUID]]]:
    """Per person and skill the newest test that stands; a merged skill counts as the one that
    stays."""
    same = {other: skill for skill in skills for other in one_with([skill])}
    found: dict[int, dict[int, tuple[waiving.Showing, uuid.UUID]]] = defaultdict(dict)
    rows = Evidence.objects.filter(
        person__in=person_pks, skill__in=list(same), kind=Evidence.Kind.TEST,
        corrected_by=None, level__gt=0,
    ).order_by("observed_on", "pk")  # fmt: skip
    for person, skill, level, exact, on, key in rows.values_list(
        "person_id", "skill_id", "level", "exact", "observed_on", "key"
    ):
        shown = waiving.Showing(float(level if exact is None else exact), on)
        found[person][same[skill]] = (shown, key)
    return found
