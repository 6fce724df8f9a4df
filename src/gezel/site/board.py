"""The notice board: which panels hang on whose home page, and where.

A panel is told by the address of its room; what is in it, and whether it is for this visitor,
that room decides. A panel that is not for the visitor leaves no gap. What one opens Gezel for
stands in the page; what one comes to by reading on is fetched right after it, in one go, so that
the page itself is there at once. It stands at the end, where it pushes nothing down. Without
scripts links stand in its place.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Visitor


@dataclass(frozen=True, slots=True)
class Later:
    """A panel fetched after the page, and where its whole story stands."""

    name: str
    whole: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Board:
    """What hangs where, in the order it is read: what is to be done, the picture, the rest.

    On a phone below each other; on a desk `side` and `main` beside each other, and of `rest`,
    which comes after the page, each panel in the column that is shorter by then (`board.js`).
    One order for eye, keyboard and screen reader.
    """

    side: tuple[str, ...]
    main: tuple[str, ...]
    rest: tuple[Later, ...] = ()
    hero: tuple[str, ...] = ("plans:panel_goal",)


MINE = Later("skills:panel_mine", "skills:mine", _("Your skills"))
ELSEWHERE = Later("skills:panel_elsewhere", "skills:elsewhere", _("What may count here"))
TEAM = Later("skills:panel_team", "skills:team", _("Your team"))
SESSIONS = Later("gatherings:panel_mine", "gatherings:coming", _("Sessions"))
CHOOSING = Later("gatherings:panel_choose", "gatherings:timetables", _("You may choose"))
RUNNING = Later("gatherings:panel_run", "gatherings:coming", _("Sessions you give"))
TIPS = Later("catalogue:panel_tips", "catalogue:search", _("What would help you now"))
SHARED = Later("plans:panel_shared", "plans:shared", _("Goals we share"))
PLANS = Later("plans:panel_team", "plans:team", _("Plans of my team"))
MODULES = Later("content:panel_continue", "catalogue:search", _("Modules under way"))
CARDS = Later("content:panel_cards", "content:cards", _("Cards of today"))
MAKING = Later("content:panel_making", "content:making", _("What colleagues ask of you"))
TESTS = Later("assessment:panel_under_way", "assessment:mine", _("Skill tests"))
EVC = Later("evc:panel", "evc:home", _("EVC"))
CERTIFICATES = Later("certificates:panel_mine", "certificates:mine", _("My certificates"))
PATH = Later("paths:panel_mine", "paths:mine", _("My path"))
TEAM_PATHS = Later("paths:panel_team", "paths:team", _("Paths of my team"))
TEAM_CERTIFICATES = Later(
    "certificates:panel_team", "certificates:overview", _("Certificates of my team")
)


# The board of who leads: what one opens it for first stands first. A room that knows something of
# a team hangs its panel here; each answers under its own policy, so nobody sees other people's.
TEAM_BOARD = Board(
    (
        "certificates:panel_confirm",
        "gatherings:panel_run",
        "plans:panel_team",
        "paths:panel_team",
        "gatherings:panel_team",
        "certificates:panel_lapsing",
        "people:panel_team",
    ),
    ("certificates:panel_may", "skills:panel_team"),
    hero=(),
)


def board_for(visitor: Visitor) -> Board:
    """What hangs where: own growth for everyone, the team for who leads, the whole for HR.

    HR sees the organisation first, because that is what they open Gezel for on a Monday; their
    own growth is there as well, they are employees too.
    """
    if visitor.employment is None:
        return Board(("certificates:panel_mine",), ("skills:panel_mine",))
    own = ("people:panel_asked", "plans:panel_next")
    if visitor.is_hr:
        return Board(
            ("first_steps", "certificates:panel_organisation", "skills:panel_objections", *own),
            ("skills:panel_organisation",),
            (
                *((TEAM,) if visitor.leads else ()),
                PATH,
                MINE,
                ELSEWHERE,
                RUNNING,
                SESSIONS,
                CHOOSING,
                CERTIFICATES,
                MODULES,
                CARDS,
                MAKING,
                TESTS,
                EVC,
                SHARED,
            ),
        )
    if visitor.leads:
        return Board(
            own,
            ("skills:panel_team",),
            (
                RUNNING,
                TEAM_CERTIFICATES,
                TEAM_PATHS,
                PLANS,
                SESSIONS,
                CHOOSING,
                PATH,
                MINE,
                ELSEWHERE,
                CERTIFICATES,
                MODULES,
                CARDS,
                MAKING,
                TESTS,
                EVC,
            ),
        )
    return Board(
        (*own, "content:panel_continue"),
        ("skills:panel_mine",),
        (
            ELSEWHERE,
            PATH,
            SESSIONS,
            CHOOSING,
            RUNNING,
            CERTIFICATES,
            CARDS,
            MAKING,
            TIPS,
            TESTS,
            EVC,
            SHARED,
        ),
    )
