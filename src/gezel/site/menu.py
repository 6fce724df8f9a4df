"""The menu: what each visitor can go to, and where they are now."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Visitor
from gezel.records.api import may_see_systems


@dataclass(frozen=True, slots=True)
class Item:
    """One way to go; `near` are other beginnings of an address that count as being there."""

    name: str
    label: str | Promise
    icon: str
    open_to: Callable[[Visitor], bool]
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as the template draws it."""

    url: str
    label: str
    icon: str
    here: bool


def _works(visitor: Visitor) -> bool:
    return visitor.employment is not None


def _leads(visitor: Visitor) -> bool:
    return visitor.leads


def _makes(visitor: Visitor) -> bool:
    return visitor.is_author


def _reads_the_file(visitor: Visitor) -> bool:
    return visitor.employment is not None and bool(visitor.mandates & {"hr", "council"})


def _hr(visitor: Visitor) -> bool:
    return visitor.is_hr


MAIN = (
    Item("home", _("Start"), "house", lambda visitor: True),
    Item("catalogue:search", _("Learn"), "book-open", _works, near=("/modules/",)),
    Item("plans:mine", _("Grow"), "sprout", lambda visitor: True),
    Item("skills:mine", _("Skills"), "compass", lambda visitor: True, near=("/skills/",)),
    Item(
        "team",
        _("Team"),
        "users",
        _leads,
        near=("/skills/team/", "/plan/team/", "/certificates/team/"),
    ),
    Item(
        "skills:organisation",
        _("Organisation"),
        "building-2",
        _hr,
        near=("/people/", "/skills/roles/", "/skills/occupations/", "/certificates/overview/"),
    ),
)
OWN = (
    Item("profile:own", _("My profile"), "user", lambda visitor: True),
    Item("paths:mine", _("My paths"), "route", lambda visitor: True),
    Item("paths:team", _("Paths of my team"), "users", _leads),
    Item("certificates:mine", _("My certificates"), "badge-check", lambda visitor: True),
    Item("profile:mine", _("My credentials"), "award", lambda visitor: True),
    Item("gatherings:coming", _("Sessions"), "calendar-days", _works),
    Item("content:making", _("What you make"), "pencil", _works),
    Item("assessment:mine", _("Skill tests"), "list-checks", lambda visitor: True),
    Item("evc:home", _("EVC"), "award", lambda visitor: True),
    Item("content:my_cards", _("My cards"), "layers", _works),
    Item("content:phone", _("On this phone"), "smartphone", lambda visitor: True),
    Item("records:mine", _("What was recorded"), "history", lambda visitor: True),
    Item("trust:who_sees_what", _("Who sees what"), "eye", lambda visitor: True),
    Item("trust:organisation", _("What Gezel does with data"), "shield-check", _reads_the_file),
    Item("people:tree", _("People and units"), "network", _works),
    Item("skills:profiles", _("Role profiles"), "briefcase", _works),
    Item("certificates:overview", _("Certificates of everyone"), "shield-check", _hr),
    Item("profile:achievements", _("What we certify"), "award", _hr),
    Item("paths:all", _("Paths"), "list-ordered", _makes, near=("/paths/rules/",)),
    Item("assessment:banks", _("Tests and questions"), "square-pen", _makes),
    Item("plans:planning_rules", _("How plans are made"), "route", _hr),
    Item("content:house_rules", _("How modules are made"), "layers", _hr),
    Item("people:settings", _("Settings of the organisation"), "settings", _hr),
    Item("records:systems", _("Systems that record learning"), "link", may_see_systems),
    Item("connect:account", _("Sign-in and security"), "key-round", lambda visitor: True),
)


@lru_cache(maxsize=64)
def _address(name: str, urlconf: str | None) -> str:
    """Where it is; every page asks this of a dozen names, and no answer changes while we run."""
    return reverse(name, urlconf)


@lru_cache(maxsize=128)
def _label(name: str, language: str | None) -> str:
    """What it is called; a lazy text looks its words up each time it is shown."""
    return next(str(item.label) for item in (*MAIN, *OWN) if item.name == name)


def shown(items: tuple[Item, ...], visitor: Visitor, path: str) -> tuple[Shown, ...]:
    """The items open to this visitor; the one whose address says most of `path` is marked."""
    urlconf = get_urlconf()
    found = [(item, _address(item.name, urlconf)) for item in items if item.open_to(visitor)]
    here = max(
        (
            (len(start), place)
            for place, (item, url) in enumerate(found)
            for start in (url, *item.near)
            if (path == start if start == "/" else path.startswith(start))
        ),
        default=(0, -1),
    )[1]
    language = get_language()
    return tuple(
        Shown(url, _label(item.name, language), item.icon, place == here)
        for place, (item, url) in enumerate(found)
    )
