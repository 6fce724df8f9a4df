"""A plan as bars along the months; the steps beside it say the same in words."""

from datetime import date, timedelta

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gezel.plans.maker import ToldPlan

WIDTH, ROW, TOP, BAR = 400, 16, 20, 9
FEWEST_BETWEEN_NAMES = 46


def timeline(told: ToldPlan, today: date, until: date) -> SafeString:
    """An SVG with one bar a step; dated ones are full, those done when it suits are open.

    All lengths are SVG units: 400 wide from today to the last day.
    """
    if not told.steps:
        return SafeString("")
    days = max(1, (until - today).days)
    height = TOP + ROW * len(told.steps)

    def at(day: date) -> float:
        return round((day - today).days * WIDTH / days, 1)

    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>',
        (
            (
                "dated" if s.step.dates else "loose",
                min(at(s.step.starts_on), WIDTH - 5),
                TOP + n * ROW + 3,
                max(5, round(at(s.step.ends_on) - at(s.step.starts_on), 1)),
                BAR,
            )
            for n, s in enumerate(told.steps)
        ),
    )
    months = list(_months(today, until))
    lines = format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}"/>',
        ((at(m), at(m), TOP - 4, height) for m in months),
    )
    shown, names = -FEWEST_BETWEEN_NAMES, []
    for month in months:
        x = at(month)
        if x - shown >= FEWEST_BETWEEN_NAMES and x <= WIDTH - 20:
            names.append((x + 2, formats.date_format(month, "M")))
            shown = int(x)
    return format_html(
        '<svg class="plan-line" viewBox="-2 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH + 4,
        height,
        _("%(steps)s steps from %(first)s to %(last)s; each stands below with its dates")
        % {
            "steps": len(told.steps),
            "first": formats.date_format(min(s.step.starts_on for s in told.steps), "DATE_FORMAT"),
            "last": formats.date_format(max(s.step.ends_on for s in told.steps), "DATE_FORMAT"),
        },
        lines,
        format_html_join("", '<text x="{}" y="12">{}</text>', names),
        bars,
    )


def _months(today: date, until: date) -> list[date]:
    found, month = [], (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month <= until:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found
