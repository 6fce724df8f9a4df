"""How groups are told: what a division brings, what a change would, and what stands in the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.gatherings.rules.explaining import Effect, Lying, Told
from gezel.gatherings.rules.groups import Dials, Fault
from gezel.kit.figures import grouped

# What moved less than this in all that was asked is told as no difference.
NO_DIFFERENCE = 0.05


def levels(lying: Lying) -> str:
    """How the levels of a group lie; nothing where that would tell of one person."""
    told: dict[Lying, str] = {
        "like all": _("levels as among everyone"),
        "higher": _("levels somewhat higher than among everyone"),
        "lower": _("levels somewhat lower than among everyone"),
        "closer": _("levels closer together than among everyone"),
        "wider": _("levels further apart than among everyone"),
        "unknown": "",
    }
    return told[lying]


@dataclass(frozen=True, slots=True)
class Line:
    """One aspect of a division: how it is, how it would be by chance, and in how many of a
    hundred divisions by chance it would be worse."""

    what: str
    here: str
    chance: str
    better: int


def lines(told: Told, dials: Dials, *, levels_known: bool) -> list[Line]:
    """What counted, beside a thousand divisions by chance."""
    found = []
    groups = len(told.groups)
    if dials.levels and levels_known:
        found.append(Line(_("Levels spread"), "", "", round(100 * told.better_than["levels"])))
    if dials.units:
        here = sum(group.units for group in told.groups) / max(1, groups)
        found.append(
            Line(
                _("Departments in a group"), _average(here),
                _average(told.chance["units"] / max(1, groups)),
                round(100 * told.better_than["units"]),
            )
        )  # fmt: skip
    if dials.new and told.chance["met"]:
        met = sum(group.met for group in told.groups)
        found.append(
            Line(
                _("Pairs who were in one group before"), str(met), _average(told.chance["met"]),
                round(100 * told.better_than["new"]),
            )
        )  # fmt: skip
    if dials.wishes and told.chance["wishes"]:
        wishes = sum(group.wishes for group in told.groups)
        found.append(
            Line(
                _("Wishes that come true"), str(wishes), _average(told.chance["wishes"]),
                round(100 * told.better_than["wishes"]),
            )
        )  # fmt: skip
    return found


def _average(value: float) -> str:
    return number_format(round(value, 1), decimal_pos=1)


def effect(brings: Effect) -> list[str]:
    """What a change brings, in what one can count."""
    found = []
    if brings.units:
        found.append(
            _("departments in groups: %(n)s") % {"n": _signed(brings.units)}
        )  # fmt: skip
    if brings.met:
        found.append(_("pairs who met before: %(n)s") % {"n": _signed(brings.met)})
    if brings.wishes:
        found.append(_("wishes come true: %(n)s") % {"n": _signed(brings.wishes)})
    if abs(brings.total) < NO_DIFFERENCE:
        found.append(_("no difference in what was asked"))
    else:
        found.append(
            _("closer to what was asked") if brings.total < 0 else _("further from what was asked")
        )
    return found


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"−{abs(value)}"


def fault(broken: Fault, names: Mapping[int, str], *, stands: bool = False) -> str:
    """A rule that is broken as it stands, or would be, by the names of whom it is about."""
    who = [names[key] for key in broken.members if key in names]
    both = {"one": who[0] if who else "", "other": who[1] if len(who) > 1 else ""}
    if broken.kind == "together":
        return _("%(one)s and %(other)s are to be in one group.") % both
    if broken.kind == "apart":
        return _("%(one)s and %(other)s are to be apart.") % both
    if broken.kind == "locked":
        return _("%(one)s is kept in their group.") % both
    if broken.kind == "alone":
        is_so, would_be = (
            _("One new colleague is alone in a group."),
            _("One new colleague would be alone in a group."),
        )
    elif broken.kind == "times":
        is_so, would_be = (
            _("A group shares no part of the day at work."),
            _("A group would share no part of the day at work."),
        )
    else:
        is_so, would_be = (
            _("The sizes of the groups are not as asked."),
            _("The sizes of the groups would not be as asked."),
        )
    return is_so if stands else would_be


def faults(found: Iterable[Fault], names: Mapping[int, str], *, stands: bool = False) -> list[str]:
    """Each rule once, however many groups break it."""
    return list(dict.fromkeys(fault(one, names, stands=stands) for one in found))


def refusal(clash: Sequence[Fault], names: Mapping[int, str]) -> str:
    """Why there is no division at all."""
    if not clash:
        return _("No division was found in the time there is. Loosen a rule and try again.")
    told = " ".join(faults(clash, names))
    if len(clash) == 1:
        return _("That cannot be: %(rules)s") % {"rules": told}
    return _("These cannot hold together; loosen one of them. %(rules)s") % {"rules": told}


def size(people: int) -> str:
    """How many are in a group."""
    return ngettext("%(n)s person", "%(n)s people", people) % {"n": grouped(people)}
