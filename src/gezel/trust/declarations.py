"""Every table about a person says why it exists, who may read it, on what ground, until when.

The declaration stands on the model itself, so that the page "who sees what" and the file for
the works council are read from the running code and cannot drift away from it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db import models
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
    stays: Sequence[str] = (),
    taken_by: Sequence[str] | None = None,
    former: Text = "",
) -> Callable[[Model], Model]:
    """Declare a model that says something about a person.

    Who leaves takes everything along that is declared: every row, every field (see `profile`).

    Args:
        what: the kind of data, as a heading ("Your evidence per skill").
        purpose: why it is kept, one sentence.
        audience: who may read it; the same object that the policy asks.
        ground: one of the grounds above.
        term: how long it is kept, one sentence.
        person: the field or fields (lookup paths) that lead to the person it is about.
        order: where it stands on the page, low first.
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
