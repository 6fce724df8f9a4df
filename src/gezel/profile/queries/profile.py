"""A person's own profile, put together from what the rooms below know of them.

Nothing here asks for an employment: it reads the same at work, at two employers and between jobs.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.certificates.api import Holding
from gezel.content.api import done_by
from gezel.gatherings.api import attended_by
from gezel.kit.language import guess
from gezel.paths.api import Enrolment
from gezel.people.api import Person
from gezel.plans.api import Goal
from gezel.profile import titles
from gezel.profile.models import Arrival, Brought, Credential, Part, Share
from gezel.profile.rules import arranging, sharing
from gezel.profile.rules.arranging import PARTS, Figure, Item, Placed
from gezel.profile.rules.lookalikes import is_doubtful
from gezel.skills.api import From, Level, shown_skills

# How something comes on a profile: everything of someone, up to a day.
Source = Callable[[Person, date], Iterable[Item]]
_SOURCES: dict[str, list[Source]] = {code: [] for code in PARTS}
# In which part a kind of item stands, by what its key begins with.
_PART_OF: dict[str, str] = {}
# Without opening more; what a person put first is always among them.
AT_FIRST = 6


def tell_items(part: str, kinds: Collection[str], source: Source) -> None:
    """Bring kinds of things on profiles: what was taken along from elsewhere, say.

    Its items stand among the others of the part, newest first, and can be pinned and shared like
    them. Each names where it comes from, and `stated` where only the person says so.

    Args:
        part: where they stand (`rules.arranging.PARTS`).
        kinds: what the keys of its items begin with, used by no other source ("credential").
        source: everything of someone, up to a day.
    """
    taken = {kind for kind in kinds if _PART_OF.get(kind, part) != part}
    if taken:
        raise ValueError(f"these kinds stand in another part already: {sorted(taken)}")
    _PART_OF.update(dict.fromkeys(kinds, part))
    if source not in _SOURCES[part]:
        _SOURCES[part].append(source)


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part with its story and its items, as the page shows it."""

    placed: Placed
    items: tuple[Item, ...]

    @property
    def code(self) -> str:
        return self.placed.code

    @property
    def title(self) -> str:
        return str(titles.PARTS[self.code])

    @property
    def icon(self) -> str:
        return titles.ICONS[self.code]

    @property
    def empty(self) -> str:
        return str(titles.EMPTY[self.code])

    @property
    def asks(self) -> str:
        """What one could write here."""
        return str(titles.ASKS[self.code])

    @property
    def tongue(self) -> str:
        """The language the story is in, for who has it read aloud; empty if it does not tell."""
        return guess(self.placed.story)

    @property
    def first(self) -> tuple[Item, ...]:
        pinned = sum(item.pinned for item in self.items)
        return self.items[: max(AT_FIRST, pinned)]

    @property
    def more(self) -> tuple[Item, ...]:
        return self.items[len(self.first) :]

    @property
    def figures(self) -> bool:
        """Whether there are levels in it, and so a key to read them by."""
        return any(item.figure for item in self.items)


@dataclass(frozen=True, slots=True)
class Profile:
    """Someone's profile as it is shown: to themselves, or to whoever has a link."""

    person: Person
    parts: tuple[PartShown, ...]
    as_of: date | None = None

    @property
    def doubtful(self) -> list[str]:
        """Names that mix alphabets or hide signs, so that they may look like another's."""
        names = [self.person.name]
        names += [name for part in self.parts for item in part.items for name in item.names]
        return [name for name in dict.fromkeys(names) if is_doubtful(name)]


def placed_by(person: Person) -> list[Placed]:
    """How someone arranged their profile: one question."""
    kept = {part.code: (part.place, part.placed) for part in Part.objects.filter(person=person)}
    return arranging.in_order(kept)


def items_of(person: Person, code: str, until: date) -> list[Item]:
    """All there is in one part, up to a day."""
    found = [item for source in _SOURCES[code] for item in source(person, until)]
    if len(_SOURCES[code]) > 1 and code != "can":
        found.sort(key=lambda item: item.on or date.min, reverse=True)
    return found


def profile_of(person: Person) -> Profile:
    """The whole of it, for its owner: also the parts they do not show."""
    today = timezone.localdate()
    return Profile(
        person,
        tuple(_shown(placed, items_of(person, placed.code, today)) for placed in placed_by(person)),
    )


def _shown(placed: Placed, items: Sequence[Item]) -> PartShown:
    return PartShown(placed, tuple(arranging.pinned_first(items, placed.pins)))


def shared_profile(
    person: Person, chosen: Collection[str], *, as_of: date | None = None
) -> Profile:
    """What whoever has the link sees; the preview asks this too, so that it is the same.

    Only the parts of which something was chosen are read at all.
    """
    until = as_of or timezone.localdate()
    parts = []
    for placed in placed_by(person):
        keys = {key for key in chosen if _PART_OF.get(key.partition(":")[0]) == placed.code}
        # What was put aside afterwards is on no link any more either.
        if not placed.shown or not sharing.touches(placed.code, keys, chosen):
            continue
        story = placed.story if sharing.story_of(placed.code) in chosen else ""
        bare = Placed(placed.code, True, story, placed.pins)
        wanted = keys or sharing.whole_of(placed.code) in chosen
        items = items_of(person, placed.code, until) if wanted else []
        through = sharing.lets_through(placed, items, chosen)
        if through or story:
            parts.append(_shown(bare, through))
    return Profile(person, tuple(parts), as_of)


def share_at(digest: str) -> Share | None:
    """The link with this digest that leads somewhere today.

    One question whether it never was, ended or was withdrawn: nobody can tell which by asking.
    """
    return (
        Share.objects.open(timezone.localdate())
        .filter(digest=digest, person__is_active=True)
        .select_related("person")
        .first()
    )


# -- what there is of someone ---------------------------------------------------------------------


def _skills(person: Person, until: date) -> Iterable[Item]:
    words = {level.value: str(level.label) for level in Level}
    for shown in shown_skills(person, until):
        level = max(1, round(shown.level))
        yield Item(
            f"skill:{shown.skill.pk}",
            shown.skill.name,
            sources=tuple(_source(source) for source in shown.sources),
            stated=shown.is_own_view,
            on=shown.newest_on,
            figure=Figure(shown.level, shown.low, shown.high, words[level]),
            names=tuple(s.organisation for s in shown.sources if s.organisation),
        )


def _source(source: From) -> str:
    """Where evidence comes from, as whoever reads along may know it: no name of who gave it."""
    if source.is_own_view:
        return _("own view")
    told = f"{source.said} ({source.organisation})" if source.organisation else source.said
    if source.pieces == 1:
        return told
    return f"{told}, " + _("%(n)s times") % {"n": source.pieces}


def _learning(person: Person, until: date) -> Iterable[Item]:
    for done in done_by(person, until):
        yield Item(
            f"{done.kind}:{done.key}",
            done.title,
            kind=str(titles.DONE[done.kind]),
            sources=(done.organisation,),
            on=done.on,
            names=(done.organisation,),
        )


def _sessions(person: Person, until: date) -> Iterable[Item]:
    for was in attended_by(person, until):
        yield Item(
            f"session:{was.key}",
            was.title,
            kind=_("was at a session"),
            sources=(was.organisation,),
            on=was.on,
            names=(was.organisation,),
        )


def _paths(person: Person, until: date) -> Iterable[Item]:
    done = Enrolment.objects.filter(
        person=person, state=Enrolment.State.DONE, completed_on__lte=until
    )
    newest: dict[int, Enrolment] = {}
    for one in done.select_related("path__organisation").order_by("completed_on", "pk"):
        newest[one.path_id] = one
    for pk, one in newest.items():
        organisation = str(one.path.organisation)
        yield Item(
            f"path:{pk}",
            one.path.name,
            kind=_("learning path completed"),
            sources=(organisation,),
            on=one.completed_on,
            names=(organisation,),
        )


def _credentials(person: Person, until: date) -> Iterable[Item]:
    """Also those that were withdrawn, marked: what no longer counts is said, not hidden."""
    today = timezone.localdate()
    ours: set[str] = set()
    for one in Credential.objects.filter(person=person, issued_at__date__lte=until).select_related(
        "organisation"
    ):
        over = bool(one.valid_until and one.valid_until < today)
        organisation = str(one.organisation)
        ours.update(document["id"] for document in one.documents)
        yield Item(
            f"credential:{one.pk}",
            one.wording.name,
            kind=_("signed credential"),
            sources=(organisation,),
            on=timezone.localdate(one.issued_at),
            until=one.valid_until,
            state=_state_of(one, over=over),
            names=(organisation,),
            credential=str(one.pk),
        )
    yield from _brought(person, until, ours)


def _state_of(credential: Credential, *, over: bool) -> str:
    """What there is to say of it beside its name; nothing where it simply counts."""
    if credential.revoked_at:
        return "withdrawn"
    if over:
        return "over"
    return "suspended" if credential.suspended_at else ""


def _brought(person: Person, until: date, ours: Collection[str]) -> Iterable[Item]:
    """Credentials of elsewhere that someone took over, each once, with how far it was proved.

    Args:
        ours: what this installation signed, which stands there already when it comes home.
    """
    brought = (
        Brought.objects.filter(
            person=person,
            kind=Brought.Kind.CREDENTIAL,
            arrival__state=Arrival.State.TAKEN,
            arrival__taken_at__date__lte=until,
        )
        .exclude(proof=Brought.Proof.REFUSED)
        .order_by("-arrival__taken_at", "pk")
    )
    met = set()
    for key, name, proof, issuer, on, number in brought.values_list(
        "key", "name", "proof", "issuer", "shown_on", "document__id"
    ):
        if key in met or number in ours:
            continue
        met.add(key)
        stated = proof == Brought.Proof.STATED
        yield Item(
            f"brought:{key}",
            name,
            kind=_("brought along, as you state it") if stated else _("brought along, verified"),
            sources=(issuer.rstrip("."),) if issuer else (),
            stated=stated,
            on=on,
            names=(issuer,) if issuer else (),
        )


def _certificates(person: Person, until: date) -> Iterable[Item]:
    """Of each certificate the newest that was confirmed; its number and file stay out of it."""
    today = timezone.localdate()
    confirmed = Holding.objects.filter(
        person=person, state=Holding.State.CONFIRMED, issued_on__lte=until
    )
    newest: dict[int, Holding] = {}
    for one in confirmed.select_related("type__organisation").order_by("issued_on", "pk"):
        newest[one.type_id] = one
    for pk, one in newest.items():
        organisation = str(one.type.organisation)
        told = (one.type.issuer,) if one.type.issuer else ()
        yield Item(
            f"certificate:{pk}",
            one.type.name,
            kind=_("certificate"),
            sources=(*told, _("confirmed at %(organisation)s") % {"organisation": organisation}),
            on=one.issued_on,
            until=one.valid_until,
            state="over" if one.valid_until and one.valid_until < today else "",
            names=(*told, organisation),
        )


def _goals(person: Person, until: date) -> Iterable[Item]:
    """What someone wants, and by when. Why they want it is in the goal, and stays there."""
    goals = Goal.objects.filter(person=person, state=Goal.State.OPEN, set_on__lte=until)
    for goal in goals.select_related("profile", "skill").order_by("due_on", "pk"):
        yield Item(
            f"goal:{goal.pk}",
            goal.title,
            kind=str(goal.get_kind_display()),
            until=goal.due_on,
        )


tell_items("can", ["skill"], _skills)
tell_items("did", list(titles.DONE), _learning)
tell_items("did", ["session"], _sessions)
tell_items("did", ["path"], _paths)
tell_items("hold", ["credential", "brought"], _credentials)
tell_items("hold", ["certificate"], _certificates)
tell_items("goals", ["goal"], _goals)
