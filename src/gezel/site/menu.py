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
    """One way to go; `near` are other beginnings of an address that count as being there.

    `under` is the heading it stands under in one's own menu.
    """

    name: str
    label: str | Promise
    icon: str
    open_to: Callable[[Visitor], bool]
    near: tuple[str, ...] = ()
    under: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as the template draws it."""

    url: str
    label: str
    icon: str
    here: bool
    under: str = ""


def _everyone(visitor: Visitor) -> bool:
    return True


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
    Item("home", _("Start"), "house", _everyone),
    Item("catalogue:search", _("Learn"), "book-open", _works, near=("/modules/",)),
    Item("plans:mine", _("Grow"), "sprout", _everyone),
    Item("skills:mine", _("Skills"), "compass", _everyone, near=("/skills/",)),
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
# Two dozen ways for who has many tasks: under headings one finds the own among them.
_YOURS = _("Yours")
_LEARNING = _("Learning and sharing")
_WORK = _("The organisation")
_DATA = _("Your data")
OWN = (
    Item("profile:own", _("My profile"), "user", _everyone, under=_YOURS),
    Item("certificates:mine", _("My certificates"), "badge-check", _everyone, under=_YOURS),
    Item("profile:mine", _("My credentials"), "award", _everyone, under=_YOURS),
    Item("paths:mine", _("My paths"), "route", _everyone, under=_YOURS),
    Item("assessment:mine", _("Skill tests"), "list-checks", _everyone, under=_YOURS),
    Item("evc:home", _("EVC"), "scan-line", _everyone, under=_YOURS),
    Item("gatherings:coming", _("Sessions"), "calendar-days", _works, under=_LEARNING),
    Item("content:making", _("What you make"), "pencil", _works, under=_LEARNING),
    Item("content:my_cards", _("My cards"), "layers", _works, under=_LEARNING),
    Item("content:phone", _("On this phone"), "smartphone", _everyone, under=_LEARNING),
    Item("people:tree", _("People and units"), "network", _works, under=_WORK),
    Item("skills:profiles", _("Role profiles"), "briefcase", _works, under=_WORK),
    Item("paths:team", _("Paths of my team"), "users", _leads, under=_WORK),
    Item(
        "certificates:overview",
        _("Certificates of everyone"),
        "shield-check",
        _hr,
        under=_WORK,
    ),
    Item("profile:achievements", _("What we certify"), "award", _hr, under=_WORK),
    Item(
        "paths:all",
        _("Paths"),
        "list-ordered",
        _makes,
        near=("/paths/rules/",),
        under=_WORK,
    ),
    Item("assessment:banks", _("Tests and questions"), "square-pen", _makes, under=_WORK),
    Item("plans:planning_rules", _("How plans are made"), "route", _hr, under=_WORK),
    Item("content:house_rules", _("How modules are made"), "layers", _hr, under=_WORK),
    Item(
        "records:systems",
        _("Systems that record learning"),
        "link",
        may_see_systems,
        under=_WORK,
    ),
    Item("people:settings", _("Settings of the organisation"), "settings", _hr, under=_WORK),
    Item("trust:who_sees_what", _("Who sees what"), "eye", _everyone, under=_DATA),
    Item("records:mine", _("What was recorded"), "history", _everyone, under=_DATA),
    Item(
        "trust:organisation",
        _("What Gezel does with data"),
        "shield-check",
        _reads_the_file,
        under=_DATA,
    ),
    Item("connect:account", _("Sign-in and security"), "key-round", _everyone, under=_DATA),
)


@lru_cache(maxsize=64)
def _address(name: str, urlconf: str | None) -> str:
    """Where it is; every page asks this of a dozen names, and no answer changes while we run."""
    return reverse(name, urlconf)


def shown(items: tuple[Item, ...], visitor: Visitor, path: str) -> tuple[Shown, ...]:
    """The items open to this visitor; the one whose address says most of `path` is marked."""
    found = tuple(item.name for item in items if item.open_to(visitor))
    return _shown(found, path, get_language(), get_urlconf())


_ITEMS = {item.name: item for item in (*MAIN, *OWN)}


@lru_cache(maxsize=1024)
def _shown(
    names: tuple[str, ...], path: str, language: str | None, urlconf: str | None
) -> tuple[Shown, ...]:
    """These items on this page in this language: the same for whoever they are open to."""
    found = [(_ITEMS[name], _address(name, urlconf)) for name in names]
    here = max(
        (
            (len(start), place)
            for place, (item, url) in enumerate(found)
            for start in (url, *item.near)
            if (path == start if start == "/" else path.startswith(start))
        ),
        default=(0, -1),
    )[1]
    return tuple(
        Shown(url, str(item.label), item.icon, place == here, str(item.under))
        for place, (item, url) in enumerate(found)
    )
