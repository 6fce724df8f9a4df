"""The menu: what each visitor can go to, and where they are now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Visitor


@dataclass(frozen=True, slots=True)
class Item:
    """One way to go; `room` is what counts as being there, `dock` whether it fits on a phone."""

    name: str
    label: str | Promise
    icon: str
    open_to: Callable[[Visitor], bool]
    dock: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as the template draws it."""

    url: str
    label: str | Promise
    icon: str
    here: bool
    dock: bool


def _works(visitor: Visitor) -> bool:
    return visitor.employment is not None


def _leads(visitor: Visitor) -> bool:
    return visitor.leads


def _hr(visitor: Visitor) -> bool:
    return visitor.is_hr


MAIN = (
    Item("home", _("Start"), "house", lambda visitor: True),
    Item("catalogue:search", _("Learn"), "book-open", _works),
    Item("plans:mine", _("Grow"), "sprout", lambda visitor: True),
    Item("skills:mine", _("Skills"), "compass", lambda visitor: True),
    Item("skills:team", _("Team"), "users", _leads),
    Item("skills:organisation", _("Organisation"), "building-2", _hr),
)
OWN = (
    Item("certificates:mine", _("My certificates"), "badge-check", lambda visitor: True),
    Item("trust:who_sees_what", _("Who sees what"), "eye", lambda visitor: True),
    Item("people:tree", _("People and units"), "network", _works),
    Item("skills:profiles", _("Role profiles"), "briefcase", _works),
    Item("certificates:overview", _("Certificates of everyone"), "shield-check", _hr),
    Item("people:settings", _("Settings of the organisation"), "settings", _hr),
    Item("connect:account", _("Sign-in and security"), "key-round", lambda visitor: True),
)


def shown(items: tuple[Item, ...], visitor: Visitor, path: str) -> Iterator[Shown]:
    """The items open to this visitor, with the one they are at marked."""
    for item in items:
        if not item.open_to(visitor):
            continue
        try:
            url = reverse(item.name)
        except NoReverseMatch:
            continue
        here = path == url if url == "/" else path.startswith(url)
        yield Shown(url, item.label, item.icon, here, item.dock)
