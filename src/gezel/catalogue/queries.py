"""Reads what rules and pages need: what was looked for, what someone lacks, what would help."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gezel.catalogue import policy, rules
from gezel.catalogue.models import (
    Activity,
    ActivityQuerySet,
    ActivitySkill,
    HiddenTip,
    Provider,
    TipPreference,
)
from gezel.kit import search
from gezel.kit.prepared import fetched, prepared
from gezel.people.api import Organisation, Person, Visitor, stand_in
from gezel.skills.api import (
    DatedDemand,
    Demand,
    Skill,
    Standing,
    by_profile,
    demand_on,
    one_with,
    senses,
    skills_by_key,
    stays,
)

KIND = "activity"
# What fits a look: as one types, nobody turns pages.
PER_PAGE = 12
# Beyond this many, a figure tells no more than "more than this".
COUNT_UP_TO = 10_000
MOST_HITS = 400
# How far ahead a tip looks: what a role asks within a year is worth beginning now.
AHEAD = timedelta(days=366)
MOST_OFFERS = 200
HEAVY = ("about_nl", "about_en", "aliases_nl", "aliases_en", "levels_nl", "levels_en")

HOURS = (1, 4, 8, 16, 40)
PRICES = (0, 100, 250, 500, 1_000)
SORTS = ("best", "new", "hours", "price")


def reader_language() -> str:
    return (get_language() or "en")[:2]


def shared_before(visitor: Visitor, link: str) -> Activity | None:
    """What someone shared here already with this link and is still on offer: who goes back in the
    browser and sends again means the same thing."""
    return (
        Activity.objects.filter(
            organisation=visitor.organisation,
            shared_by=visitor.person,
            link=link,
            state=Activity.State.OPEN,
        )
        .order_by("pk")
        .first()
    )


# -- looking for something ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """What someone looks for. What is no choice counts as not chosen: an old link still works."""

    text: str = ""
    kind: str = ""
    mix: str = ""
    form: str = ""
    language: str = ""
    hours: int | None = None
    price: int | None = None
    daytime: bool = False
    skill: int | None = None
    provider: int | None = None
    state: str = ""
    sort: str = "best"
    page: int = 1

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Question":
        """From an address, whatever stands in it."""
        return cls(
            text=" ".join(asked.get("q", "").replace("\0", "").split())[:200],
            kind=_one_of(asked.get("kind", ""), Activity.Kind.values),
            mix=_one_of(asked.get("mix", ""), Activity.Mix.values),
            form=_one_of(asked.get("form", ""), Activity.Form.values),
            language=_one_of(asked.get("language", ""), ("nl", "en")),
            hours=_number(asked.get("hours", "")),
            price=_number(asked.get("price", "")),
            daytime=asked.get("daytime", "") == "1",
            skill=_number(asked.get("skill", "")),
            provider=_number(asked.get("provider", "")),
            state=_one_of(asked.get("state", ""), (Activity.State.DRAFT, Activity.State.CLOSED)),
            sort=_one_of(asked.get("sort", ""), SORTS) or "best",
            page=max(1, min(_number(asked.get("page", "")) or 1, 10_000)),
        )

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows it but its words."""
        return replace(self, text="", sort="best", page=1) == Question()

    def query(self, **changes: object) -> str:
        """This question as the tail of an address, some answers changed, and no empty ones."""
        told: dict[str, object] = {
            "q": self.text, "kind": self.kind, "mix": self.mix, "form": self.form,
            "language": self.language, "hours": self.hours, "price": self.price,
            "daytime": "1" if self.daytime else "", "skill": self.skill,
            "provider": self.provider, "state": self.state,
            "sort": "" if self.sort == "best" else self.sort,
            "page": "" if self.page == 1 else self.page,
        }  # fmt: skip
        told |= {"page": ""} | changes
        kept = {k: v for k, v in told.items() if v is not None and v != ""}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def narrows(self) -> bool:
        """Whether anything beside the words narrows what is shown."""
        return bool(
            self.kind or self.mix or self.form or self.language or self.daytime or self.state
            or self.skill is not None or self.provider is not None
            or self.hours is not None or self.price is not None
        )  # fmt: skip


def _one_of(value: str, choices: Collection[str]) -> str:
    return value if value in choices else ""


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 9 else None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what answers a question."""

    activities: list[Activity]
    total: int
    more: bool
    page: int
    near: bool
    """Nothing holds all the words; these hold some."""
    hits: Mapping[int, search.Hit] = field(default_factory=dict)
    """By activity: how it was found, where words were asked."""
    skills: Mapping[int, Skill] = field(default_factory=dict)
    """Those they teach and those that were asked along, as far as the visitor may use them."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.activities) - 1


def narrowed(visitor: Visitor, question: Question) -> ActivityQuerySet:
    """What the visitor may see, narrowed by everything asked but the words."""
    if question.state:
        rows = policy.activities_to_edit(visitor).filter(state=question.state)
    else:
        rows = Activity.objects.open_to(visitor)
    if question.kind:
        rows = rows.filter(kind=question.kind)
    if question.mix:
        rows = rows.filter(mix=question.mix)
    if question.form:
        rows = rows.filter(form=question.form)
    if question.language:
        rows = rows.filter(**{"in_dutch" if question.language == "nl" else "in_english": True})
    if question.hours is not None:
        rows = rows.filter(hours__lte=question.hours)
    if question.price is not None:
        rows = rows.filter(price_cents__lte=question.price * 100)
    if question.daytime:
        rows = rows.filter(evening=False)
    if question.skill is not None:
        # From the skill to what teaches it: the other way round reads the whole catalogue.
        taught = ActivitySkill.objects.filter(skill__in=one_with([question.skill]))
        rows = rows.filter(pk__in=taught.values("activity"))
    if question.provider is not None:
        rows = rows.filter(provider=question.provider)
    return rows


@lru_cache(maxsize=1024)
def _on_offer(organisation: int) -> search.Among:
    """All that is on offer there, in SQL: among that nearly everyone searches."""
    return search.Among.of(Activity.objects.open_to(stand_in(0, organisation)))


def looked_up(visitor: Visitor, question: Question) -> ActivityQuerySet:
    """Everything that answers a question, in order, for who wants to take it along."""
    if not question.text:
        return _sorted(narrowed(visitor, question), question.sort)
    pks = [hit.object_id for hit in _hits(visitor, question)]
    chosen = Activity.objects.filter(pk__in=pks)
    if question.sort != "best":
        return _sorted(chosen, question.sort)
    places = [When(pk=pk, then=Value(at)) for at, pk in enumerate(pks)]
    return chosen.order_by(Case(*places, default=Value(0)))


def _hits(visitor: Visitor, question: Question) -> list[search.Hit]:
    return search.search(
        question.text,
        kinds=[KIND],
        organisation=visitor.organisation.pk,
        language=reader_language(),
        limit=MOST_HITS,
        among=_on_offer(visitor.organisation.pk)
        if question.is_plain
        else narrowed(visitor, question),
        senses=lambda: senses(visitor.organisation.pk, question.text),
        alike=lambda best: _teaching_the_same(visitor, question, best),
    )


def _teaching_the_same(
    visitor: Visitor, question: Question, best: Sequence[int]
) -> list[tuple[int, int]]:
    """What teaches a skill that the best found teach, with that skill; of the first first."""
    order = {pk: place for place, pk in enumerate(best)}
    taught = ActivitySkill.objects.filter(activity__in=best).values_list("skill", "activity")
    first: dict[int, int] = {}
    for skill, activity in taught:
        first[skill] = min(first.get(skill, len(order)), order[activity])
    rows = ActivitySkill.objects.filter(
        skill__in=first, activity__in=narrowed(visitor, question)
    ).values_list("activity", "skill")
    return sorted(rows[:MOST_HITS], key=lambda row: (first[row[1]], row[0]))


def _sorted(rows: ActivityQuerySet, sort: str) -> ActivityQuerySet:
    if sort == "hours":
        return rows.order_by("hours", "pk")
    if sort == "price":
        return rows.order_by("price_cents", "pk")
    return rows.order_by("-pk")


def find(visitor: Visitor, question: Question, *, also: Collection[int] = ()) -> Found:
    """One page of what answers a question.

    Args:
        also: skills the page speaks of besides; they are read with those of the activities.
    """
    near = False
    hits: list[search.Hit] = []
    if question.text:
        hits = _hits(visitor, question)
        near = bool(hits) and all(hit.near for hit in hits)
        ordered: Sequence[int] | QuerySet[Any, int] = [hit.object_id for hit in hits]
        if question.sort != "best":
            chosen = Activity.objects.filter(pk__in=ordered)
            ordered = _sorted(chosen, question.sort).values_list("pk", flat=True)
        total, most = len(hits), MOST_HITS
    else:
        rows = narrowed(visitor, question)
        ordered = _sorted(rows, question.sort).values_list("pk", flat=True)
        total, most = rows.order_by()[: COUNT_UP_TO + 1].count(), COUNT_UP_TO + 1
    page = min(question.page, max(1, -(-total // PER_PAGE)))
    pks = list(ordered[(page - 1) * PER_PAGE : page * PER_PAGE])
    activities, skills = in_detail(pks, visitor, also=also)
    found = {a.pk: a for a in activities}
    shown = [found[pk] for pk in pks if pk in found]
    by_pk = {hit.object_id: hit for hit in hits if hit.object_id in found}
    return Found(shown, total, total >= most, page, near, by_pk, skills)


def with_details(rows: ActivityQuerySet, visitor: Visitor) -> ActivityQuerySet:
    """With what a card tells: provider, who shared it, and the skills under their own names."""
    skills = Skill.objects.worded_by(visitor.organisation).defer(*HEAVY)
    return rows.select_related("provider", "shared_by").prefetch_related(
        Prefetch(
            "teaches",
            ActivitySkill.objects.order_by("pk").prefetch_related(Prefetch("skill", skills)),
        )
    )


@prepared
def _activities(pks: Collection[int]) -> QuerySet[Activity]:
    return Activity.objects.filter(pk__in=pks).select_related("provider", "shared_by")


@prepared
def _taught(activities: Collection[int]) -> QuerySet[ActivitySkill]:
    return ActivitySkill.objects.filter(activity__in=activities).order_by("pk")


@prepared
def _worded(skills: Collection[int], person: int, organisation: int) -> QuerySet[Skill]:
    visitor = stand_in(person, organisation)
    named = Skill.objects.usable_by(visitor).worded_by(visitor.organisation).defer(*HEAVY)
    return named.filter(pk__in=skills)


def in_detail(
    pks: Sequence[int], visitor: Visitor, *, also: Collection[int] = ()
) -> tuple[list[Activity], dict[int, Skill]]:
    """These activities as `with_details` gives them, for the page people search on all day; and
    the skills they teach, with those asked along."""
    found = _activities(pks)
    taught: dict[int, list[ActivitySkill]] = defaultdict(list)
    for one in _taught(pks):
        taught[one.activity_id].append(one)
    keys = {t.skill_id for rows in taught.values() for t in rows}.union(also)
    usable = _worded(keys, visitor.person.pk, visitor.organisation.pk)
    skills = {skill.pk: skill for skill in usable}
    for activity in found:
        told = [one for one in taught[activity.pk] if one.skill_id in skills]
        for one in told:
            one.skill = skills[one.skill_id]
        fetched(activity, "teaches", told)
    return found, skills


@prepared
def _providers(organisation: int) -> QuerySet[Provider]:
    return Provider.objects.filter(organisation=organisation).order_by("name")[:200]


def providers_of(organisation: Organisation) -> list[Provider]:
    """Those who offer something here; a select with more would be no choice but a search."""
    return _providers(organisation.pk)


def similar(activity: Activity, visitor: Visitor, *, most: int = 3) -> list[Activity]:
    """Others on offer that teach the same, the most like it in form and length first."""
    taught = [t.skill_id for t in activity.teaches.all()]
    rows = Activity.objects.open_to(visitor).filter(
        pk__in=ActivitySkill.objects.filter(skill__in=taught).values("activity")
    )
    found = list(
        with_details(rows.exclude(pk=activity.pk).order_by("hours", "pk"), visitor)[: most * 4]
        if taught
        else []
    )
    wanted = set(taught)
    return sorted(
        found,
        key=lambda a: (
            -len(wanted & {t.skill_id for t in a.teaches.all()}),
            abs(a.hours - activity.hours),
            a.pk,
        ),
    )[:most]


def activities_teaching(
    visitor: Visitor, skill_pk: int, *, from_level: float | None = None, most: int = 6
) -> list[Activity]:
    """What teaches a skill here; with a level, what someone who stands there can follow first."""
    taught = ActivitySkill.objects.filter(skill__in=one_with([skill_pk]))
    rows = Activity.objects.open_to(visitor).filter(pk__in=taught.values("activity"))
    if from_level is not None:
        fitting = taught.filter(
            from_level__lte=from_level + rules.REACH,
            to_level__gte=from_level + rules.SMALLEST_STEP,
        )
        fits = Q(pk__in=fitting.values("activity"))
        rows = rows.order_by(Case(When(fits, then=Value(0)), default=Value(1)), "hours", "pk")
    else:
        rows = rows.order_by("hours", "pk")
    return list(with_details(rows, visitor)[:most])


# -- tips -----------------------------------------------------------------------------------------


@prepared
def _demands_ahead(person: int, job: int, until: date) -> QuerySet[Demand, Any]:
    held = Standing.objects.filter(person=person, skill=OuterRef("skill")).values("level")
    return (
        Demand.objects.filter(profile__profile_jobs__job=job, from_on__lte=until)
        .annotate(held=Subquery(held[:1]), read_as=stays())
        .order_by("from_on", "position", "pk")
        .values_list("skill_id", "read_as", "held", "level", "essential", "from_on")
    )


def wants_of(visitor: Visitor, on: date | None = None) -> list[rules.Want]:
    """Where someone falls short of what their job asks today or within a year, in one query.

    `skill` of each want is a primary key. A skill asked today and higher later counts with
    what is asked today while that is not reached, and with what is asked later once it is.
    """
    if visitor.employment is None:
        return []
    day = on or timezone.localdate()
    rows = _demands_ahead(visitor.person.pk, visitor.employment.job_id, day + AHEAD)
    levels: dict[int, float] = {}
    asked = []
    for skill, read_as, level_held, level, essential, from_on in rows:
        levels[read_as] = max(levels.get(read_as, 0.0), level_held or 0.0)
        asked.append((0, skill, read_as, DatedDemand(skill, level, essential, from_on)))
    return _wants(by_profile(asked).get(0, []), levels, day)


def _wants(
    dated: Sequence[DatedDemand], levels: Mapping[int, float], day: date
) -> list[rules.Want]:
    now = {r.skill: r for r in demand_on(dated, day)}
    wants = []
    for later in demand_on(dated, day + AHEAD):
        held = round(levels.get(_pk(later.skill), 0.0), 1)
        today = now.get(later.skill)
        if today is not None and today.level - held >= 0.5:
            wants.append(rules.Want(later.skill, today.level, held, today.essential))
        elif later.level - held >= 0.5:
            since = min(
                d.from_on
                for d in dated
                if d.skill == later.skill and d.level - held >= 0.5 and d.from_on > day
            )
            wants.append(rules.Want(later.skill, later.level, held, later.essential, since))
    return sorted(wants, key=lambda w: (not w.essential, w.from_on is not None, -w.gap))


def _pk(skill: object) -> int:
    return skill if isinstance(skill, int) else int(str(skill))


def preferences_of(person: Person) -> rules.Preferences:
    """What someone asked of their tips; without a row everything is welcome."""
    kept = TipPreference.objects.filter(person=person).first()
    if kept is None:
        return rules.Preferences()
    return rules.Preferences(
        kept.wanted,
        kept.most_hours,
        kept.free_only,
        kept.no_evenings,
        frozenset(kept.forms),
        kept.language,
    )


# What each part of a score is about, as the page prints it beside its points.
_PARTS: dict[str, str | Promise] = {
    "essential": _("essential for your role"),
    "short": _("how far you are from what is asked"),
    "not_yet": _("only asked later"),
    "fits": _("begins where you stand"),
    "large_step": _("a large step at once"),
    "hours": _("the time it takes"),
    "price": _("what it costs"),
}


@dataclass(frozen=True, slots=True)
class ToldTip:
    """A tip with the rows it speaks of."""

    activity: Activity
    tip: rules.Tip
    skill: Skill | None

    @property
    def reckoned(self) -> list[tuple[str | Promise, float]]:
        """The arithmetic behind the order, part by part."""
        return [(_PARTS[part.what], part.points) for part in self.tip.parts]

    @property
    def spoken(self) -> str | Promise:
        """In which language it can be followed, the reader's own if it can be."""
        dutch = self.activity.in_dutch and (
            reader_language() == "nl" or not self.activity.in_english
        )
        return _("in Dutch") if dutch else _("in English")


@dataclass(frozen=True, slots=True)
class Tips:
    """Tips for someone: `wanted` is false when they switched them off.

    `lacking` tells whether first steps come although the role asks more than is shown.
    """

    tips: list[ToldTip]
    wanted: bool
    first_step: bool = False
    lacking: bool = False


def tips_for(
    visitor: Visitor,
    on: date | None = None,
    *,
    most: int = 3,
    wants: list[rules.Want] | None = None,
    preferences: rules.Preferences | None = None,
) -> Tips:
    """What to suggest to a visitor, with reasons; small first steps when nothing is lacking."""
    kept = preferences or preferences_of(visitor.person)
    if not kept.wanted or visitor.employment is None:
        return Tips([], wanted=kept.wanted)
    lacking = wants_of(visitor, on) if wants is None else wants
    rows = _allowed(visitor, kept, on)
    if lacking:
        taught = rows.filter(skill__in=one_with(_pk(want.skill) for want in lacking))
        activities, offers = _offers(taught.filter(_fitting(lacking)))
        found = rules.tips(lacking, offers, kept, most=most)
        if found:
            return Tips(_told(found, activities, visitor), wanted=True)
    small = rows.filter(activity__hours__lte=2, activity__price_cents=0, from_level__lte=1)
    activities, offers = _offers(small)
    found = rules.first_steps(offers, kept, most=1 if lacking else most)
    return Tips(
        _told(found, activities, visitor), wanted=True, first_step=True, lacking=bool(lacking)
    )


# Rooms above know what someone already did or planned. Each offers it as a subquery of
# activities, so that leaving them out costs no question more.
Settled = Callable[[Person], QuerySet[Any, Any]]
_settled: list[Settled] = []


def keep_out_of_tips(source: Settled) -> None:
    """A room above says which activities need no tip to someone; called once, at the start."""
    if source not in _settled:
        _settled.append(source)


def _allowed(visitor: Visitor, kept: rules.Preferences, on: date | None) -> Any:
    """What is taught here within someone's wishes, less what they put aside, did, plan or made."""
    hidden = HiddenTip.objects.standing(on or timezone.localdate()).filter(person=visitor.person)
    rows = ActivitySkill.objects.filter(
        activity__organisation=visitor.organisation, activity__state=Activity.State.OPEN
    ).exclude(activity__in=hidden.values("activity"))
    rows = rows.exclude(activity__shared_by=visitor.person)
    rows = rows.annotate(read_as=stays())
    for source in _settled:
        rows = rows.exclude(activity__in=source(visitor.person))
    if kept.most_hours is not None:
        rows = rows.filter(activity__hours__lte=kept.most_hours)
    if kept.free_only:
        rows = rows.filter(activity__price_cents=0)
    if kept.no_evenings:
        rows = rows.filter(activity__evening=False)
    if kept.forms:
        rows = rows.filter(activity__form__in=kept.forms)
    if kept.language:
        name = "activity__in_dutch" if kept.language == "nl" else "activity__in_english"
        rows = rows.filter(**{name: True})
    return rows


def _fitting(wants: Iterable[rules.Want]) -> Q:
    """`rules.fits`, as the database says it; the rule itself has the last word."""
    fits = Q(pk__in=[])
    for want in wants:
        fits |= Q(
            read_as=want.skill,
            from_level__lte=want.held + rules.REACH,
            to_level__gte=want.held + rules.SMALLEST_STEP,
        )
    return fits


def _offers(rows: Any) -> tuple[dict[int, Activity], list[rules.Offer]]:
    """The activities of these rows as the rule needs them: one query."""
    activities: dict[int, Activity] = {}
    taught: dict[int, list[tuple[int, int, int]]] = {}
    for row in rows.select_related("activity").order_by("-from_level", "activity__hours")[
        :MOST_OFFERS
    ]:
        activities[row.activity_id] = row.activity
        taught.setdefault(row.activity_id, []).append((row.read_as, row.from_level, row.to_level))
    return activities, [
        rules.Offer(
            pk,
            a.mix,
            a.form,
            float(a.hours),
            a.price_cents,
            a.in_dutch,
            a.in_english,
            a.evening,
            tuple(sorted(taught[pk])),
        )
        for pk, a in activities.items()
    ]


def _told(
    found: Sequence[rules.Tip], activities: Mapping[int, Activity], visitor: Visitor
) -> list[ToldTip]:
    pks = [_pk(tip.want.skill) for tip in found if tip.want]
    skills = skills_by_key(visitor, pks) if pks else {}
    return [
        ToldTip(
            activities[_pk(tip.offer.key)],
            tip,
            skills.get(_pk(tip.want.skill)) if tip.want else None,
        )
        for tip in found
    ]


def levels_held(person: Person, skill_pks: Collection[int]) -> dict[int, float]:
    """What someone shows of these skills, as stored."""
    return dict(
        Standing.objects.filter(person=person, skill__in=skill_pks).values_list("skill_id", "level")
    )


def hidden_tips(person: Person, on: date | None = None) -> list[HiddenTip]:
    """What someone put aside and has not taken back."""
    return list(
        HiddenTip.objects.standing(on or timezone.localdate())
        .filter(person=person)
        .select_related("activity")
        .order_by("-pk")[:100]
    )
