"""Every table about a person says why it exists, who may read it, on what ground, until when.

The declaration stands on the model itself, so that the page "who sees what" and the file for
the works council are read from the running code and cannot drift away from it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Model = TypeVar("Model", bound=type[models.Model])

CONTRACT = _("Needed to carry out the employment contract (GDPR article 6.1.b).")
LEGAL_DUTY = _("Asked by law (GDPR article 6.1.c).")
LEGITIMATE_INTEREST = _(
    "A legitimate interest of the employer that weighs up to yours (GDPR article 6.1.f)."
)
CONSENT = _("Your own choice, which you can take back at any time (GDPR article 6.1.a).")


@dataclass(frozen=True, slots=True)
class Readers:
    """One way to be allowed to read, and the people it comes down to today."""

    because: Text
    names: Sequence[str]


class Way(Protocol):
    """One relation in which people may stand to each other, as it reads to the person."""

    @property
    def because(self) -> Text: ...


class ReadableBy(Protocol):
    """What an audience must be able to answer; `people.audience` has the maker of most.

    Equal audiences are equal objects, so that asking one is asking all.
    """

    @property
    def relations(self) -> Sequence[Way]: ...

    def readers_of(self, person: Any) -> Sequence[Readers]: ...


@dataclass(frozen=True, slots=True)
class Until:
    """When a row goes by itself: so many days after the day or moment in this field.

    What the page counts down with. That it goes is the work of the room's own nightly job, and
    `tests/test_kept.py` shows that it does.
    """

    field: str
    days: int


@dataclass(frozen=True, slots=True)
class LegalFact:
    """The least of a row that the law has someone keep, in words, when the row itself goes."""

    organisation: int
    what: str
    basis: str
    until_on: date
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one table holds about a person, in words for that person."""

    model: type[models.Model]
    what: Text
    purpose: Text
    audience: ReadableBy
    ground: Text
    term: Text
    person: Sequence[str]
    order: int
    stays: frozenset[str] = frozenset()
    taken_by: Sequence[str] = ()
    former: Text = ""
    until: Until | None = None
    keeps: Callable[[int], Sequence[LegalFact]] | None = None

    @property
    def kind(self) -> str:
        """The code of this kind of data, as it stands in an address or a row."""
        return self.model._meta.label

    @property
    def is_private(self) -> bool:
        """Nobody but the person may read it."""
        return len(self.audience.relations) == 1


_declared: dict[type[models.Model], Declaration] = {}


def personal_data(
    *,
    what: Text,
    purpose: Text,
    audience: ReadableBy,
    ground: Text,
    term: Text,
    person: str | Sequence[str] = "person",
    order: int = 50,
    until: Until | None = None,
    stays: Sequence[str] = (),
    taken_by: Sequence[str] | None = None,
    former: Text = "",
) -> Callable[[Model], Model]:
    """Declare a model that says something about a person.

    Who leaves takes everything along that is declared: every row, every field (see `profile`).
    What erasing does is not said here but read from the model: a row whose link to the person
    cascades goes, one whose link may be empty stays without the name. `rules.erasing` decides.

    Args:
        what: the kind of data, as a heading ("Your evidence per skill").
        purpose: why it is kept, one sentence.
        audience: who may read it; the same object that the policy asks.
        ground: one of the grounds above.
        term: how long it is kept, one sentence.
        person: the field or fields (lookup paths) that lead to the person it is about.
        order: where it stands on the page, low first.
        until: the day a row goes by itself, where that is known beforehand.
        stays: fields that are not taken along: secrets, and what is about others.
        taken_by: those of `person` that take a row along, where it is not all of them: what
            someone wrote about another is the writer's.
        former: what an employer can still read of it after someone left, and by which law or
            interest, in one sentence; empty: nothing.
    """

    def declare(model: Model) -> Model:
        fields = (person,) if isinstance(person, str) else tuple(person)
        takers = fields if taken_by is None else tuple(taken_by)
        _declared[model] = Declaration(
            model,
            what,
            purpose,
            audience,
            ground,
            term,
            fields,
            order,
            frozenset(stays),
            takers,
            former,
            until,
        )
        return model

    return declare


@dataclass(frozen=True, slots=True)
class Computed:
    """Something that is worked out about people, and the one rule that does it."""

    what: Text
    how: Text
    rule: str
    order: int


_computed: list[Computed] = []


def computed_about_people(
    rule: Callable[..., Any], *, what: Text, how: Text, order: int = 50
) -> None:
    """Tell that a rule says something about people.

    Args:
        rule: the very function that works it out, so that the telling cannot outlive it.
        what: what comes out, as a heading ("Your learning needs").
        how: the rule in words that a works council can check.
        order: where it stands on the page, low first.
    """
    _computed.append(Computed(what, how, f"{rule.__module__}.{rule.__qualname__}", order))


def computations() -> list[Computed]:
    """All that is worked out about people, in the order of the page."""
    return sorted(_computed, key=lambda c: (c.order, c.rule))


def declarations() -> list[Declaration]:
    """All that is declared, in the order of the page."""
    return sorted(_declared.values(), key=lambda d: (d.order, d.model._meta.label))


def kept_by_law(model: type[models.Model], keeps: Callable[[int], Sequence[LegalFact]]) -> None:
    """Tell what a law has kept of this kind when its rows go: of the person with a key.

    Apart from the declaration, since finding that out asks the model itself.
    """
    _declared[model] = replace(_declared[model], keeps=keeps)


def declared(kind: str) -> Declaration | None:
    """The declaration with this code, if there is one."""
    return next((d for d in _declared.values() if d.kind == kind), None)


# --- What else an erasure has to reach -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Erased:
    """Someone whose account goes, for rooms that hold traces without a link to them."""

    pk: int
    email: str
    name: str
    organisations: tuple[int, ...] = ()


Forget = Callable[[Erased], int]
_forgets: list[Forget] = []


def also_forget(forget: Forget) -> None:
    """Have a room remove traces that lead to no account, such as a name in a list brought in.

    Asked within the transaction of the erasure, before the account goes; must be able to run
    twice. Returns how many traces were found.
    """
    if forget not in _forgets:
        _forgets.append(forget)


def forgets() -> Sequence[Forget]:
    """All that rooms asked to be done."""
    return tuple(_forgets)


Beside = Callable[[QuerySet[Any]], Callable[[], None]]
_beside: dict[type[models.Model], Beside] = {}


def goes_along(model: type[models.Model], beside: Beside) -> None:
    """Have a room let go what hangs on rows of a model without being theirs alone, such as a file
    that another row may show too.

    Asked with the rows before they go; what it gives back is called once they went, in the same
    transaction.
    """
    _beside[model] = beside


def beside(model: type[models.Model]) -> Beside | None:
    """What a room has go along with rows of this model."""
    return _beside.get(model)
