"""The visitor: who asks, and where they work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import Http404, HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from gezel.people.models import Employment, Organisation, Person

Found = TypeVar("Found")


@dataclass(frozen=True)
class Visitor:
    """A person with the employment they are working in now, if any.

    Policies take a visitor, so that nobody can forget in which organisation the question was
    asked. `mandates` holds codes of `people.models.Mandate.Kind`.
    """

    person: "Person"
    employment: "Employment | None" = None
    mandates: frozenset[str] = frozenset()
    leads: bool = False
    _asked: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, what: str, ask: Callable[[], Found]) -> Found:
        """What several panels of one page want to know is asked once: a visitor lasts a request.

        Only for reading: what is written later in the same request is not seen.
        """
        if what not in self._asked:
            self._asked[what] = ask()
        found: Found = self._asked[what]
        return found

    @property
    def itself(self) -> "Visitor":
        """Without the wrapper that looked it up: for who reads of it a hundred times."""
        return self

    @property
    def organisation(self) -> "Organisation":
        """Where they work; to someone without work here, a page about work does not exist."""
        if self.employment is None:
            raise Http404
        return self.employment.organisation

    @property
    def is_hr(self) -> bool:
        return "hr" in self.mandates

    @property
    def is_author(self) -> bool:
        return bool(self.mandates & {"hr", "author"})


def stand_in(
    person: int,
    organisation: int | None = None,
    *,
    mandates: frozenset[str] = frozenset(),
    leads: bool = False,
) -> Visitor:
    """A visitor made of keys alone, so that a prepared question can ask a policy.

    See `kit.prepared`: there the keys are stand-ins themselves. What decides about the shape of
    the question, the mandates and whether they lead, is real.
    """
    from gezel.people.models import Employment, Organisation, Person  # noqa: PLC0415 # they stand on this

    employment = None
    if organisation is not None:
        employment = Employment(person_id=person, organisation=Organisation(pk=organisation))
    return Visitor(Person(pk=person), employment, mandates, leads)


class Request(HttpRequest):
    """A request of someone signed in, as the middleware leaves it."""

    user: "Person"
    visitor: Visitor
    htmx: "HtmxDetails"
