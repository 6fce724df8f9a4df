"""Charts drawn on the server: SVG that follows the page's colours, prints, and can be read.

No chart speaks by shape or colour alone: each carries a sentence for who does not see it, and
pages put the same figures in a table. Geometry stands in attributes, never in a style, so the
strict content policy holds. Lengths are SVG units, but bars tell theirs in percents: they grow as
wide as their place, and a mark or a rounded end would stretch along with a scaled picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from math import cos, pi, sin

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.kit.figures import tenth

HIGHEST = 5


def level_bar(
    level: float,
    asked: float | None = None,
    low: float | None = None,
    high: float | None = None,
    language: str | None = None,
) -> SafeString:
    """A level on the scale 0-5, with the asked level as a mark and the interval as a shade.

    Args:
        level: 0 to 5, what is held; 0 is said as nothing known, which is not "unable".
        asked: 0 to 5, what is asked; None draws no mark.
        low, high: the interval around `level`; both or neither.
        language: the reader's, for who draws many and asked for it once.
    """
    language = language or get_language()
    alone, beside, between, unknown, unknown_beside = _bar_words(language)
    if not level:
        alone, beside = unknown, unknown_beside
    said = (alone if asked is None else beside) % {
        "level": tenth(level, language),
        "asked": tenth(asked, language),
    }
    if low is not None and high is not None:
        said += between % {"low": tenth(low, language), "high": tenth(high, language)}
    # Pages draw dozens of these; all but the words are figures of ours.
    parts = [
        f'<svg class="bar" role="img" aria-label="{escape(said)}">',
        '<rect class="ground" y="22%" width="100%" height="56%" rx="5"/>',
    ]
    if level > 0:
        parts.append(f'<rect class="now" y="22%" width="{_share(level)}" height="56%" rx="5"/>')
    if low is not None and high is not None and high > low:
        parts.append(
            f'<rect class="range" x="{_share(low)}" y="5%" width="{_share(high - low)}" '
            f'height="90%" rx="4"/>'
        )
    parts.append(_TICKS)
    if asked:
        parts.append(
            f'<rect class="goal" x="{_share(asked)}" width="5" height="100%" rx="2.5" '
            f'transform="translate(-2.5)"/>'
        )
    parts.append("</svg>")
    return mark_safe("".join(parts))


@lru_cache
def _bar_words(language: str | None) -> tuple[str, str, str, str, str]:
    """What a bar says of a level alone, beside what is asked, of its interval, and of none."""
    with translation.override(language):
        return (
            _("level %(level)s"),
            _("level %(level)s of %(asked)s asked"),
            ", " + _("between %(low)s and %(high)s"),
            _("nothing known yet"),
            _("nothing known, %(asked)s asked"),
        )


def _share(level: float) -> str:
    """Where a level stands on a bar as wide as the scale."""
    return f"{_at(max(0.0, min(level, HIGHEST)) * 100 / HIGHEST)}%"


_TICKS = "".join(
    f'<line class="tick" x1="{x}%" x2="{x}%" y1="22%" y2="78%"/>' for x in (20, 40, 60, 80)
)


def step_bar(before: float, after: float) -> SafeString:
    """One step of a waterfall on the scale 0-5: from where it was to where it came.

    Decoration: the page says the same in words beside it.
    """
    low, high = sorted((before, after))
    way = "up" if after > before else "down"
    return format_html(
        '<svg class="bar step" aria-hidden="true">'
        '<rect class="ground" y="22%" width="100%" height="56%" rx="5"/>'
        '<rect class="{}" x="{}" y="22%" width="{}" height="56%"/>'
        '<line class="reached" x1="{}" x2="{}" y1="0" y2="100%"/></svg>',
        way,
        _share(low),
        _share(max(0.02, high - low)),
        _share(after),
        _share(after),
    )


@dataclass(frozen=True, slots=True)
class Spoke:
    """One skill in a radar: its name, the level held and the level asked (0-5)."""

    name: str
    held: float
    asked: float


def radar(spokes: Sequence[Spoke], label: str = "") -> SafeString:
    """A web of 3 to 8 skills: the shape held over the shape asked.

    With fewer than three there is no shape to see: then it draws nothing, and the bars beside
    it tell the same.
    """
    if len(spokes) < 3:
        return mark_safe("")
    shown = spokes[:8]
    language, one = get_language(), _("%(name)s %(held)s of %(asked)s")
    said = label or _("Level held beside level asked: ") + "; ".join(
        one % {"name": s.name, "held": tenth(s.held, language), "asked": tenth(s.asked, language)}
        for s in shown
    )
    angles = _angles(len(shown))
    held = [s.held for s in shown]
    dots = "".join(
        f'<circle class="dot" cx="{_at(_x(a, level))}" cy="{_at(_y(a, level))}" r="4"/>'
        for a, level in zip(angles, held, strict=True)
    )
    names = "".join(_spoke_name(a, s.name) for a, s in zip(angles, shown, strict=True))
    half = max(_reach(a, s.name) for a, s in zip(angles, shown, strict=True))
    # All but the words are figures of ours; those of the names are escaped where they are drawn.
    return mark_safe(
        f'<svg class="radar" viewBox="-{_at(half)} -140 {_at(2 * half)} 280" role="img" '
        f'aria-label="{escape(said)}">{_web(len(shown))}'
        f'<polygon class="goal" points="{_shape(angles, [s.asked for s in shown])}"/>'
        f'<polygon class="now" points="{_shape(angles, held)}"/>{dots}{names}</svg>'
    )


@cache
def _angles(number: int) -> tuple[float, ...]:
    return tuple(2 * pi * i / number - pi / 2 for i in range(number))


@cache
def _web(number: int) -> str:
    """The rings and rays behind a radar of so many spokes."""
    angles = _angles(number)
    rings = "".join(
        f'<polygon class="web" points="{_shape(angles, [level] * number)}"/>'
        for level in range(1, HIGHEST + 1)
    )
    rays = "".join(
        f'<line class="web" x1="0" y1="0" x2="{_at(_RADIUS * cos(a))}" '
        f'y2="{_at(_RADIUS * sin(a))}"/>'
        for a in angles
    )
    return rings + rays


_RADIUS = 100.0


def _x(angle: float, level: float) -> float:
    return _RADIUS * level / HIGHEST * cos(angle)


def _y(angle: float, level: float) -> float:
    return _RADIUS * level / HIGHEST * sin(angle)


def _at(value: float) -> str:
    """A coordinate: a point, whatever the reader's language, and no more digits than seen."""
    return f"{value:.1f}".removesuffix(".0")


def _shape(angles: Sequence[float], levels: Sequence[float]) -> str:
    return " ".join(f"{_at(_x(a, v))},{_at(_y(a, v))}" for a, v in zip(angles, levels, strict=True))


@lru_cache(maxsize=1024)
def _reach(angle: float, name: str) -> float:
    """How far a spoke's name comes from the middle: the web grows as large as its names allow."""
    longest = max(len(line) for line in _wrapped(name, _room(angle), _lines(angle)))
    return abs(112 * cos(angle)) + longest * (3 if abs(cos(angle)) < 0.3 else 6)


def _room(angle: float) -> int:
    return 22 if abs(cos(angle)) < 0.3 else 13


def _lines(angle: float) -> int:
    return 2 if abs(cos(angle)) < 0.3 else 4


@lru_cache(maxsize=1024)
def _spoke_name(angle: float, name: str) -> str:
    """The name at the end of its spoke: on two to four lines where long, cut where endless."""
    x, y = 112 * cos(angle), 112 * sin(angle)
    anchor = "middle" if abs(cos(angle)) < 0.3 else ("start" if cos(angle) > 0 else "end")
    lines = _wrapped(name, _room(angle), _lines(angle))
    if sin(angle) < -0.5:
        y -= 12 * (len(lines) - 1)
    elif abs(sin(angle)) <= 0.5:
        y -= 6 * (len(lines) - 1)
    spans = "".join(
        f'<tspan x="{_at(x)}" dy="{12 if i else 0}">{escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return f'<text x="{_at(x)}" y="{_at(y + 4)}" text-anchor="{anchor}">{spans}</text>'


def _wrapped(name: str, room: int, lines: int) -> list[str]:
    """A name over some lines of about so many characters; a word stays whole if it can."""
    told: list[str] = [""]
    for part in (part for word in name.split() for part in _parts(word, room)):
        if told[-1] and len(told[-1]) + 1 + len(part) > room:
            told.append(part)
        else:
            told[-1] = f"{told[-1]} {part}".strip()
    if len(told) > lines:
        told[lines - 1 :] = [f"{told[lines - 1][: room + _TO_SPARE - 1]}…"]
    return told


# A word may stick out by so many characters before it is broken.
_TO_SPARE = 5


def _parts(word: str, room: int) -> list[str]:
    if len(word) <= room + _TO_SPARE:
        return [word]
    return [f"{word[: room - 1]}-", *_parts(word[room - 1 :], room)]


def ring(percent: float, label: str = "") -> SafeString:
    """Progress as a ring, 0-100, with the figure in the middle."""
    share = max(0.0, min(100.0, percent))
    around = 2 * pi * 25
    return format_html(
        '<svg class="ring" viewBox="0 0 56 56" role="img" aria-label="{}">'
        '<circle class="track" cx="28" cy="28" r="25"/>'
        '<circle class="done" cx="28" cy="28" r="25" stroke-dasharray="{} {}" '
        'transform="rotate(-90 28 28)"/><text x="28" y="28">{}%</text></svg>',
        label or _("%(percent)s percent") % {"percent": round(share)},
        _at(around * share / 100),
        _at(around),
        round(share),
    )


def progress(done: float, whole: float, label: str = "") -> SafeString:
    """How much of a whole is done, as a bar. A whole of nothing is an empty bar."""
    share = max(0.0, min(1.0, done / whole)) if whole else 0.0
    return format_html(
        '<svg class="progress" role="img" aria-label="{}">'
        '<rect class="ground" width="100%" height="100%" rx="5"/>'
        '<rect class="done" width="{}%" height="100%" rx="5"/></svg>',
        label or _("%(done)s of %(whole)s") % {"done": tenth(done), "whole": tenth(whole)},
        _at(100 * share),
    )


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at a place along the line (0-1 of its width), with how that place is called."""

    at: float
    value: float
    name: str


def line_chart(
    points: Sequence[Point], *, top: float = HIGHEST, asked: float | None = None, label: str = ""
) -> SafeString:
    """A line over time from 0 to `top`, with what is asked as a dashed line."""
    if not points:
        return mark_safe("")
    width, height = 360, 130
    said = label or "; ".join(f"{p.name}: {tenth(p.value)}" for p in points)
    placed = [(p.at * width, height - height * min(p.value, top) / top, p.name) for p in points]
    path = " ".join(f"{_at(x)},{_at(y)}" for x, y, _name in placed)
    grid = mark_safe(
        "".join(
            f'<line class="axis" x1="0" x2="{width}" y1="{_at(height * i / 5)}" '
            f'y2="{_at(height * i / 5)}"/>'
            for i in range(6)
        )
    )
    goal = (
        format_html(
            '<line class="asked" x1="0" x2="{}" y1="{}" y2="{}"/>',
            width,
            _at(height - height * min(asked, top) / top),
            _at(height - height * min(asked, top) / top),
        )
        if asked
        else ""
    )
    dots = format_html_join(
        "", '<circle class="dot" cx="{}" cy="{}" r="4"/>', ((_at(x), _at(y)) for x, y, _n in placed)
    )
    ends = [placed[0]] if len(placed) == 1 else [placed[0], placed[-1]]
    names = mark_safe(
        "".join(
            f'<text x="{_at(x)}" y="{height + 18}" '
            f'text-anchor="{"start" if x < width / 2 else "end"}">{escape(name)}</text>'
            for x, _y, name in ends
        )
    )
    return format_html(
        '<svg class="line-chart" viewBox="-6 -6 {} {}" role="img" aria-label="{}">{}{}'
        '<polyline class="line" points="{}"/>{}{}</svg>',
        width + 12,
        height + 30,
        said,
        grid,
        goal,
        path,
        dots,
        names,
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure at a place along the line (0-1 of its width) with the band it lies in."""

    at: float
    middle: float
    low: float
    high: float
    name: str


def fan_chart(spreads: Sequence[Spread], *, label: str = "") -> SafeString:
    """A figure over time with its band, widening as it looks further ahead.

    The scale begins at 0 and ends above the highest band, so that no change looks larger than
    it is. The middle of each moment is written beside its dot.
    """
    if not spreads:
        return mark_safe("")
    width, height = 360, 130
    top = max(max(s.high for s in spreads) * 1.12, 1.0)
    said = label or "; ".join(
        _("%(name)s: %(middle)s, between %(low)s and %(high)s")
        % {
            "name": s.name,
            "middle": tenth(s.middle),
            "low": tenth(s.low),
            "high": tenth(s.high),
        }
        for s in spreads
    )

    def y(value: float) -> str:
        return _at(height - height * value / top)

    there = [f"{_at(s.at * width)},{y(s.high)}" for s in spreads]
    back = [f"{_at(s.at * width)},{y(s.low)}" for s in reversed(spreads)]
    middle = " ".join(f"{_at(s.at * width)},{y(s.middle)}" for s in spreads)
    # A figure above the first dot of a rising line would stand on that line.
    rises = len(spreads) > 1 and spreads[1].middle > spreads[0].middle
    dots = "".join(
        f'<circle class="dot" cx="{_at(s.at * width)}" cy="{y(s.middle)}" r="4"/>'
        f'<text class="figure" x="{_at(s.at * width)}" y="{y(s.middle)}" '
        f'dy="{18 if first and rises else -9}" text-anchor="{_anchor(s.at)}">'
        f"{escape(tenth(s.middle))}</text>"
        f'<text x="{_at(s.at * width)}" y="{height + 18}" text-anchor="{_anchor(s.at)}">'
        f"{escape(s.name)}</text>"
        for s, first in zip(spreads, [True] + [False] * len(spreads), strict=False)
    )
    ground = f'<line class="axis" x1="0" x2="{width}" y1="{height}" y2="{height}"/>'
    return format_html(
        '<svg class="line-chart fan" viewBox="-6 -14 {} {}" role="img" aria-label="{}">{}'
        '<polygon class="area" points="{}"/><polyline class="line" points="{}"/>{}</svg>',
        width + 12,
        height + 38,
        said,
        mark_safe(ground),
        " ".join([*there, *back]),
        middle,
        mark_safe(dots),
    )


def _anchor(at: float) -> str:
    """Words at the ends of a line stay within the chart."""
    return "start" if at < 0.08 else "end" if at > 0.92 else "middle"
