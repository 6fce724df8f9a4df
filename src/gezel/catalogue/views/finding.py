"""Looking for something to learn from, and the page to choose by."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import TextChoices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezel.catalogue import policy, queries
from gezel.catalogue.models import Activity, ActivitySkill
from gezel.catalogue.queries import Question
from gezel.catalogue.rules import Want, fits
from gezel.kit import relevance
from gezel.kit.export import FORMS
from gezel.kit.figures import euro
from gezel.kit.figures import hours as hours_told
from gezel.kit.likeness import marked
from gezel.kit.search import Hit
from gezel.people.api import Request, Visitor, at_work
from gezel.skills.api import Skill, skills_by_key

ICONS = {
    "module": "circle-play",
    "course": "graduation-cap",
    "workplace": "wrench",
    "session": "users",
    "reading": "book-open",
    "coaching": "handshake",
}
MOST_SKILLS = 3
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Why:
    """Why an activity is worth a look for this visitor."""

    skill: str
    asked: int
    held: float
    from_on: date | None
    fits: bool


@dataclass(frozen=True, slots=True)
class Teaches:
    """A skill as a card tells it."""

    skill_pk: int
    skill: str
    from_level: int
    to_level: int


@dataclass(frozen=True, slots=True)
class Card:
    """All that a card shows of an activity, and nothing else: it is remembered by this."""

    pk: int
    icon: str
    title: tuple[tuple[str, bool], ...]
    """The title in parts, with for each whether it answers what was asked."""
    kind: str
    provider: str
    state: str
    """Where it is not on offer: what it is instead."""
    why: Why | None
    found_by: tuple[str, ...]
    """How the words that were asked led here, where the title does not show it by itself."""
    why_it_helped: str
    shared_by: str
    summary: str
    teaches: tuple[Teaches, ...]
    hours: Decimal
    price_cents: int
    form: str
    in_dutch: bool
    in_english: bool
    evening: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and its name in the address."""

    key: str
    told: Text
    without: str
    """The address of this page without it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a filter."""

    value: str
    told: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as the form draws it."""

    key: str
    label: str
    choices: tuple[Choice, ...]


@require_safe
@at_work
def search(request: Request) -> HttpResponseBase:
    """All that can be learned here, searched as one types; a plain form underneath."""
    visitor, question = request.visitor.itself, Question.read(request.GET)
    if request.GET.get("export") in FORMS:
        return _taken_along(request, question)
    wants = queries.wants_of(visitor)
    named = {want.skill for want in wants if isinstance(want.skill, int)}
    if request.htmx:
        named = set()  # only the filters name what one needs
    if question.skill is not None:
        named.add(question.skill)
    found = queries.find(visitor, question, also=named)
    taught = {a.pk: list(a.teaches.all()) for a in found.activities}
    needed = _needed(visitor, found, named)
    language = get_language()
    context = {
        "question": question,
        "found": found,
        "cards": [
            _card(
                a, taught[a.pk], wants, hit=found.hits.get(a.pk), skills=needed, language=language
            )
            for a in found.activities
        ],
        "chips": list(_chips(request, question, needed)),
        "narrowed": bool(question.text or question.narrows),
        "all_of_it": Question(text=question.text).query(),
        "previous": question.query(page=found.page - 1) if found.page > 1 else "",
        "next": question.query(page=found.page + 1) if found.page < found.pages else "",
        "csv": question.query(export="csv"),
        "xlsx": question.query(export="xlsx"),
    }
    if request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request:
        response = render(request, "catalogue/search.html#results", context | {"partial": True})
        # The address follows, without the filters that say nothing.
        tail = question.query(page=found.page if found.page > 1 else None)
        response["HX-Push-Url"] = f"{request.path}{tail}" if tail != "?" else request.path
        return response
    context |= {
        "filters": list(_filters(request, question, needed, wants)),
        "sorts": _choices(_sorts(question), question.sort),
        "may_offer": policy.may_offer(visitor),
        "empty": not found.total
        and not context["narrowed"]
        and not Activity.objects.open_to(visitor).exists(),
    }
    return render(request, "catalogue/search.html", context)


def _needed(visitor: Visitor, found: queries.Found, named: Collection[int]) -> dict[int, Skill]:
    """The skills the page speaks of, by key: those read already, and those by which it found."""
    senses = {hit.sense for hit in found.hits.values() if isinstance(hit.sense, int)}
    missing = senses - found.skills.keys() - set(named)
    return {**found.skills, **(skills_by_key(visitor, missing) if missing else {})}


def _card(
    activity: Activity,
    taught: Sequence[ActivitySkill],
    wants: list[Want],
    *,
    hit: Hit | None,
    skills: dict[int, Skill],
    language: str | None,
) -> Card:
    a, title = activity, activity.titled(language)
    matched = frozenset(hit.matched) if hit else frozenset()
    parts = marked(title, matched) if matched else [(title, False)]
    return Card(
        pk=a.pk,
        icon=ICONS[a.kind],
        title=tuple(parts),
        kind=_word(Activity.Kind, a.kind, language),
        provider=a.provider.name if a.provider else "",
        state="" if a.state == Activity.State.OPEN else _word(Activity.State, a.state, language),
        why=_why(taught, wants, language),
        found_by=tuple(_found_by(hit, skills)) if hit else (),
        why_it_helped=a.why_it_helped,
        shared_by=a.shared_by.name if a.shared_by else "",
        summary=a.summed_up(language),
        teaches=tuple(
            Teaches(t.skill_id, t.skill.named(language), t.from_level, t.to_level)
            for t in taught[:MOST_SKILLS]
        ),
        hours=a.hours,
        price_cents=a.price_cents,
        form=_word(Activity.Form, a.form, language),
        in_dutch=a.in_dutch,
        in_english=a.in_english,
        evening=a.evening,
    )


@lru_cache(maxsize=256)
def _word(choices: type[TextChoices], value: str, language: str | None) -> str:
    """A choice in the reader's language; `get_…_display` gathers all of them for each."""
    return str(choices(value).label)


def _found_by(hit: Hit, skills: dict[int, Skill]) -> Iterator[str]:
    """Why this answers, word by word; nothing where the title says so itself."""
    for way in hit.whys:
        words = {"asked": way.asked, "found": way.found}
        if way.field == relevance.ABOUT:
            if way.how == relevance.SLIP:
                yield _("“%(asked)s” was read as “%(found)s”, a name of what it teaches") % words
            else:
                yield _("“%(found)s” is a name of what it teaches") % words
        elif way.field == relevance.REST and way.how == relevance.SAME:
            yield _("“%(asked)s” is in the description") % words
        elif way.field == relevance.REST:
            yield _("a word like “%(asked)s” is in the description") % words
        elif way.how == relevance.SLIP:
            yield _("“%(asked)s” was read as “%(found)s”") % words
        elif way.how in (relevance.BENT, relevance.KIN):
            yield _("“%(found)s” resembles “%(asked)s”") % words
        elif way.how == relevance.PART:
            yield _("“%(found)s” is part of what “%(asked)s” means") % words
    if hit.sense in skills:
        yield _("it is about the same: %(skill)s") % {"skill": skills[hit.sense].name}


def _why(taught: Sequence[ActivitySkill], wants: list[Want], language: str | None) -> Why | None:
    by_skill: dict[object, ActivitySkill] = {t.skill_id: t for t in taught}
    whys = [
        Why(
            t.skill.named(language),
            want.asked,
            want.held,
            want.from_on,
            fits(want, t.from_level, t.to_level),
        )
        for want in wants
        if (t := by_skill.get(want.skill)) is not None
    ]
    return next((why for why in whys if why.fits), whys[0] if whys else None)


def _choices(pairs: Iterable[tuple[object, Text]], chosen: object) -> tuple[Choice, ...]:
    return tuple(Choice(str(v), str(told), str(v) == str(chosen)) for v, told in pairs)


def _sorts(question: Question) -> list[tuple[str, Text]]:
    best = [("best", _("Best match"))] if question.text else [("best", _("Newest first"))]
    more = [("new", _("Newest first"))] if question.text else []
    return [*best, *more, ("hours", _("Shortest first")), ("price", _("Cheapest first"))]


def _hours_words(hours: int) -> str:
    return _("up to %(hours)s") % {"hours": hours_told(hours)}


def _price_words(price: int) -> str:
    return _("free") if price == 0 else _("up to %(price)s") % {"price": euro(price * 100)}


def _filters(
    request: Request, question: Question, skills: dict[int, Skill], wants: list[Want]
) -> Iterator[Filter]:
    language = get_language()
    needed = [(w.skill, skills[w.skill].named(language)) for w in wants if w.skill in skills]
    if question.skill in skills and question.skill not in dict(needed):
        needed.append((question.skill, skills[question.skill].named(language)))
    if needed:
        yield Filter("skill", _("Skill I need"), _choices(needed, question.skill))
    asked = Question(
        mix=question.mix,
        kind=question.kind,
        form=question.form,
        # Any number may stand in an address: one that is no choice is remembered as none.
        hours=question.hours if question.hours in queries.HOURS else None,
        price=question.price if question.price in queries.PRICES else None,
        language=question.language,
        daytime=question.daytime,
    )
    yield from _same_for_all(asked, language)
    providers = queries.providers_of(request.visitor.organisation)
    if providers:
        told = [(p.pk, p.name) for p in providers]
        yield Filter("provider", _("Provider"), _choices(told, question.provider))
    if policy.may_offer(request.visitor):
        states = [("draft", _("draft")), ("closed", _("no longer on offer"))]
        yield Filter("state", _("On offer or not"), _choices(states, question.state))


@lru_cache(maxsize=1024)
def _same_for_all(asked: Question, language: str | None) -> tuple[Filter, ...]:
    """The filters whose options are fixed lists, in the reader's language: the same for everyone
    who chose the same in them."""
    hours = [(h, _hours_words(h)) for h in queries.HOURS]
    prices = [(p, _price_words(p)) for p in queries.PRICES]
    languages = [("nl", _("Dutch")), ("en", _("English"))]
    times, daytime = [("1", _("not in the evening"))], "1" if asked.daytime else ""
    return (
        Filter("mix", _("Way of learning"), _choices(Activity.Mix.choices, asked.mix)),
        Filter("kind", _("Kind"), _choices(Activity.Kind.choices, asked.kind)),
        Filter("form", _("Form"), _choices(Activity.Form.choices, asked.form)),
        Filter("hours", _("Time"), _choices(hours, asked.hours)),
        Filter("price", _("Price"), _choices(prices, asked.price)),
        Filter("language", _("Language"), _choices(languages, asked.language)),
        Filter("daytime", _("When"), _choices(times, daytime)),
    )


def _chips(request: Request, question: Question, skills: dict[int, Skill]) -> Iterator[Chip]:
    """The filters that are on, each to take away by itself."""

    def chip(key: str, told: Text) -> Chip:
        return Chip(key, told, question.query(**{key: None}))

    if question.skill is not None:
        skill = skills.get(question.skill)
        yield chip("skill", skill.name if skill else _("a skill that is not here"))
    kinds: list[tuple[str, type[TextChoices]]] = [
        ("mix", Activity.Mix),
        ("kind", Activity.Kind),
        ("form", Activity.Form),
        ("state", Activity.State),
    ]
    for key, kind in kinds:
        if value := getattr(question, key):
            yield chip(key, kind(value).label)
    if question.language:
        yield chip("language", {"nl": _("in Dutch"), "en": _("in English")}[question.language])
    if question.hours is not None:
        yield chip("hours", _hours_words(question.hours))
    if question.price is not None:
        yield chip("price", _price_words(question.price))
    if question.daytime:
        yield chip("daytime", _("not in the evening"))
    if question.provider is not None:
        names = {p.pk: p.name for p in queries.providers_of(request.visitor.organisation)}
        yield chip("provider", names.get(question.provider, _("a provider that is not here")))


def _taken_along(request: Request, question: Question) -> HttpResponseBase:
    """What was found, as a file, in the same order."""
    header = [
        _("Title in Dutch"), _("Title in English"), _("Kind"), _("Way of learning"), _("Form"),
        _("Hours"), _("Price (euros)"), _("In Dutch"), _("In English"), _("In the evening"),
        _("Provider"), _("Place"), _("Link"), _("Skills"),
    ]  # fmt: skip
    rows = queries.with_details(queries.looked_up(request.visitor, question), request.visitor)

    def told() -> Iterator[list[object]]:
        for a in rows.iterator(chunk_size=500):
            yield [
                a.title_nl, a.title_en, a.get_kind_display(), a.get_mix_display(),
                a.get_form_display(), a.hours, Decimal(a.price_cents) / 100, a.in_dutch,
                a.in_english, a.evening, a.provider.name if a.provider else "", a.location, a.link,
                "; ".join(f"{t.skill.name} {t.from_level}→{t.to_level}" for t in a.teaches.all()),
            ]  # fmt: skip

    return FORMS[request.GET["export"]](_("catalogue"), header, told())


@dataclass(frozen=True, slots=True)
class Brings:
    """A skill an activity teaches, beside where the visitor stands and what is asked of them."""

    taught: ActivitySkill
    held: float
    want: Want | None

    @property
    def fits(self) -> bool:
        want = self.want or Want(self.taught.skill_id, 5, self.held)
        return fits(want, self.taught.from_level, self.taught.to_level)

    @property
    def too_high(self) -> bool:
        return not self.fits and self.taught.from_level > self.held


@require_safe
@at_work
def activity(request: Request, pk: int) -> HttpResponse:
    """The page to choose by: what it brings you, what it asks of you, and what else there is."""
    visitor = request.visitor
    found = get_object_or_404(
        queries.with_details(policy.activities_to_read(visitor), visitor)
        .select_related("preview")
        .defer("preview__picture")
        .prefetch_related("offerings", "prerequisites__needs", "prerequisites__skill"),
        pk=pk,
    )
    taught = list(found.teaches.all())
    wants = {want.skill: want for want in queries.wants_of(visitor)}
    held = queries.levels_held(visitor.person, [t.skill_id for t in taught])
    brings = [Brings(t, held.get(t.skill_id, 0.0), wants.get(t.skill_id)) for t in taught]
    return render(
        request,
        "catalogue/activity.html",
        {
            "activity": found,
            "icon": ICONS[found.kind],
            "brings": brings,
            "because": next((b for b in brings if b.want and b.fits), None),
            "similar": [(ICONS[a.kind], a) for a in queries.similar(found, visitor)],
            "may_edit": policy.activities_to_edit(visitor).filter(pk=found.pk).exists(),
            "preview": getattr(found, "preview", None),
            "on_offer": found.state == Activity.State.OPEN,
            "today": timezone.localdate(),
        },
    )
