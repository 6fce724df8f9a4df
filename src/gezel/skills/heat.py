"""Draws need maps and webs: a team map has hundreds of cells, so no template walks over them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gezel.kit.addresses import around
from gezel.kit.charts import Spoke
from gezel.kit.figures import grouped, tenth
from gezel.skills import rules
from gezel.skills.models import Skill
from gezel.skills.queries import Figure, SkillAsked, TeamRow
from gezel.skills.queries.one_ahead import SkillAhead

_NOT_ASKED = '<td class="none">–</td>'


def tone(level: float | None, asked: int) -> str:
    """How far from what is asked: 3 or more below, 2, 1, there, above; or nothing known.

    Args:
        level: as it is shown, to a tenth; None where nothing is known.
    """
    if level is None:
        return "unknown"
    if rules.is_short(asked, level):
        gap = rules.gap(asked, level)
        return "q0" if gap >= 2.5 else "q1" if gap >= 1.5 else "q2"
    return "q4" if level - asked >= 0.5 else "q3"


def people_cells(rows: Sequence[TeamRow], skills: Sequence[Skill]) -> list[SafeString]:
    """The cells of each person, each a link to where the level comes from."""
    of_person, of_skill, end = around("skills:ledger", 2)
    language = get_language()
    keys = [(skill.pk, f"{skill.pk}{end}") for skill in skills]
    told = []
    for row in rows:
        address = f"{of_person}{row.seat.person_id}{of_skill}"
        cells = row.cells
        parts = []
        for pk, ended in keys:
            cell = cells.get(pk)
            if cell is None:
                parts.append(_NOT_ASKED)
                continue
            level = round(cell.level, 1) if cell.known else None
            before, after = _cell(level, cell.asked, cell.short and cell.essential, language)
            parts.append(f"{before}{address}{ended}{after}")
        told.append(mark_safe("".join(parts)))
    return told


@lru_cache(maxsize=4096)
def _cell(level: float | None, asked: int, must: bool, language: str | None) -> tuple[str, str]:
    """What stands before the address of a cell and after it: figures and words of ours alone.

    Args:
        must: essential and short; that has a colour of its own beside that of how far.
    """
    colour = tone(level, asked) + (" must" if must else "")
    essential = f'<span class="vh">{_("essential")}</span>' if must else ""
    figure = "?" if level is None else tenth(level)
    before = f'<td class="{colour}"><a href="'
    return before, f'"><span>{figure}<small>/{asked}</small>{essential}</span></a></td>'


def reach_tone(percent: int) -> str:
    """How many of a group reach what is asked, as a colour beside the figure."""
    return "q4" if percent >= 95 else f"q{min(3, percent // 25)}"


def place_cell(figure: Figure | None, language: str | None, address: str = "") -> SafeString:
    """A group's cell: the share that reaches what is asked, and how many fall short."""
    if figure is None:
        return mark_safe(_NOT_ASKED)
    if figure.dark:
        return format_html('<td class="dark">{}</td>', _("too few"))
    count = figure.count
    return _reached(count.reach_percent, count.short, count.people, address, language)


@lru_cache(maxsize=4096)
def _reached(
    percent: int, short: int, people: int, address: str, language: str | None
) -> SafeString:
    """The same figures in the same language draw the same cell."""
    told = format_html(
        "<span>{} %<br><small>{}</small></span>",
        percent,
        ngettext("%(short)s of %(people)s short", "%(short)s of %(people)s short", short)
        % {"short": grouped(short), "people": grouped(people)},
    )
    if address:
        told = format_html('<a href="{}">{}</a>', address, told)
    return format_html('<td class="{}">{}</td>', reach_tone(percent), told)


def spokes(rows: Sequence[SkillAsked]) -> list[Spoke]:
    """The first eight skills as a web: what is held over what is asked, now or first."""
    return [Spoke(row.skill.name, row.level, row.asked or row.later) for row in rows[:8]]


def ahead_cells(person_pk: int, cells: Mapping[int, SkillAhead | None]) -> SafeString:
    """A person's cells on a day ahead: the level with its band beside what is expected then."""
    address = reverse("skills:ahead_person", args=[person_pk])
    essential = f'<span class="vh">{_("essential")}</span>'
    between = _("between")
    parts = []
    for pk, cell in cells.items():
        if cell is None or not (cell.asked.high or cell.asked_now):
            parts.append(_NOT_ASKED)
            continue
        must = cell.short and cell.essential
        level = tenth(cell.level.median) if cell.known else "?"
        band = f"{tenth(cell.level.low)}–{tenth(cell.level.high)}" if cell.known else ""
        # Nothing below comes from a visitor: keys, figures and words of ours.
        parts.append(
            f'<td class="{tone_ahead(cell)}{" must" if must else ""}">'
            f'<a href="{address}#skill-{pk}"><span>{level}<small>/{tenth(cell.asked.expected)}'
            f"</small>{essential if must else ''}"
            f'<small class="band"><span class="vh">{between} </span>{band}</small></span></a></td>'
        )
    return mark_safe("".join(parts))


def tone_ahead(cell: SkillAhead) -> str:
    """As `tone`, of a day ahead."""
    if not cell.known:
        return "unknown"
    if cell.short:
        return "q0" if cell.gap >= 2.5 else "q1" if cell.gap >= 1.5 else "q2"
    return "q4" if cell.level.median - cell.asked.expected >= 0.5 else "q3"
