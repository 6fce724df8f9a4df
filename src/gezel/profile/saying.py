"""Learning patterns as sentences: each figure with what it was made from."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.profile import titles
from gezel.profile.rules import patterns as rules
from gezel.profile.rules.patterns import Patterns, Share

# Any Monday: to name the days of a week.
_MONDAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a figure."""

    label: str
    percent: int
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One question, its answer in a sentence, the rows below it, and why."""

    title: str
    says: str
    why: str
    bars: tuple[Bar, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The whole page."""

    figures: tuple[Figure, ...]
    suggestions: tuple[tuple[str, str], ...]


def patterns(found: Patterns) -> Told:
    """All figures in words; what cannot be said yet says what is missing."""
    figures = (_when(found), _weekdays(found), _length(found), _forms(found), _sticks(found))
    return Told(
        tuple(figure for figure in figures if figure is not None),
        tuple(_suggestion(code, found) for code in found.suggests),
    )


def _made_from(found: Patterns) -> str:
    if found.first_on is None or found.last_on is None:
        return _("Nothing was learned here in the past year.")
    return ngettext(
        "From %(days)s day on which you learned, between %(first)s and %(last)s.",
        "From %(days)s days on which you learned, between %(first)s and %(last)s.",
        found.days,
    ) % {"days": found.days, "first": _day(found.first_on), "last": _day(found.last_on)}


def _day(on: date) -> str:
    return formats.date_format(on, "j F Y")


def _too_few(have: int, least: int, what: str) -> str:
    return _("Too little to say: %(have)s %(what)s, and from %(least)s on it means something.") % {
        "have": have,
        "least": least,
        "what": what,
    }


def _bars(shares: tuple[Share, ...], name: Any) -> tuple[Bar, ...]:
    return tuple(Bar(str(name(s)), s.percent, s.count, s.of) for s in shares)


def _when(found: Patterns) -> Figure:
    title = _("At what time of day")
    if not found.by_part:
        return Figure(title, _too_few(found.days, rules.LEAST_DAYS, _("days")), _made_from(found))
    most = max(found.by_part, key=lambda s: s.count)
    says = _("Most often %(part)s: on %(n)s of %(of)s days.") % {
        "part": titles.PARTS_OF_DAY[most.code],
        "n": most.count,
        "of": most.of,
    }
    why = _made_from(found) + " " + _("One day can count for more than one part.")
    return Figure(
        title, says, why, _bars(found.by_part, lambda s: titles.PARTS_OF_DAY[s.code]), _("days")
    )


def _weekdays(found: Patterns) -> Figure | None:
    if not found.by_weekday:
        return None
    names = [formats.date_format(_MONDAY + timedelta(days=n), "l") for n in range(7)]
    most = max(found.by_weekday, key=lambda s: s.count)
    says = _("Most often on %(day)s: %(n)s of %(of)s days.") % {
        "day": names[int(most.code)],
        "n": most.count,
        "of": most.of,
    }
    bars = _bars(found.by_weekday, lambda s: names[int(s.code)])
    return Figure(_("On which day"), says, _made_from(found), bars, _("days"))


def _length(found: Patterns) -> Figure:
    title = _("How long at a time")
    why = _(
        "From %(n)s sittings. Half an hour without an answer ends one; what has no length of its "
        "own counts for a minute."
    ) % {"n": found.sittings}
    if found.minutes is None:
        says = _too_few(found.sittings, rules.LEAST_SITTINGS, _("sittings"))
    else:
        says = ngettext(
            "About %(n)s minute: half of the times longer, half shorter.",
            "About %(n)s minutes: half of the times longer, half shorter.",
            found.minutes,
        ) % {"n": found.minutes}
    return Figure(title, says, why)


def _forms(found: Patterns) -> Figure | None:
    if not found.by_form:
        return None
    most = found.by_form[0]
    says = _("Most time in: %(form)s, %(n)s of %(of)s minutes.") % {
        "form": titles.FORMS[most.code],
        "n": most.count,
        "of": most.of,
    }
    why = _("Minutes in the past year, of each form by itself. A session counts as noted there.")
    bars = _bars(found.by_form, lambda s: titles.FORMS[s.code])
    return Figure(_("In what form"), says, why, bars, _("minutes"))


def _sticks(found: Patterns) -> Figure:
    title = _("What sticks")
    why = ngettext(
        "From %(n)s card that came back after a day or more. Forgotten is what you said you "
        "forgot.",
        "From %(n)s cards that came back after a day or more. Forgotten is what you said you "
        "forgot.",
        found.recalls,
    ) % {"n": found.recalls}
    if not found.by_span and not found.sticks:
        says = _too_few(found.recalls, rules.LEAST_RECALLS, _("cards that came back"))
        return Figure(title, says, why)
    says = _("You still knew %(n)s of %(of)s.") % {"n": found.known, "of": found.recalls}
    bars = _bars(found.by_span, _span) + _bars(found.sticks, lambda s: s.code)
    return Figure(title, says, why, bars, _("cards"))


def _span(share: Share) -> str:
    if share.high is None:
        return _("after more than %(n)s days") % {"n": share.low - 1}
    return _("after %(low)s to %(high)s days") % {"low": share.low, "high": share.high}


def _suggestion(code: str, found: Patterns) -> tuple[str, str]:
    """What might help, and why it says so."""
    if code == "moment":
        most = max(found.by_part, key=lambda s: s.count)
        return (
            _("Keep a fixed moment free %(part)s.") % {"part": titles.PARTS_OF_DAY[most.code]},
            _("Because you learned then on %(n)s of %(of)s days.")
            % {"n": most.count, "of": most.of},
        )
    if code == "sooner":
        first, worst = found.by_span[0], min(found.by_span[1:], key=lambda s: s.percent)
        return (
            _("Let your cards come back sooner: choose a higher “how sure” with your cards."),
            _("Because you knew %(first)s of 100 after a few days, and %(later)s of 100 %(span)s.")
            % {"first": first.percent, "later": worst.percent, "span": _span(worst)},
        )
    last = found.sticks[-1]
    return (
        _("Look once more at “%(title)s”.") % {"title": last.code},
        _("Because of its cards you knew %(n)s of %(of)s.") % {"n": last.count, "of": last.of},
    )
