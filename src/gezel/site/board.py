"""The notice board: which panels hang on whose home page, and where.

A panel is told by the address of its room; what is in it, and whether it is for this visitor,
that room decides. A panel that is not for the visitor leaves no gap.
"""

from dataclasses import dataclass

from gezel.people.api import Visitor


@dataclass(frozen=True, slots=True)
class Board:
    """Names of panel addresses by place."""

    main: tuple[str, ...]
    side: tuple[str, ...]
    hero: tuple[str, ...] = ("plans:panel_goal",)


def board_for(visitor: Visitor) -> Board:
    """What hangs where: own growth for everyone, the team for who leads, the whole for HR.

    HR sees the organisation first, because that is what they open Gezel for on a Monday; their
    own growth is there as well, they are employees too.
    """
    if visitor.employment is None:
        return Board(("skills:panel_mine",), ("certificates:panel_mine",))
    own_side = (
        "people:panel_asked",
        "plans:panel_next",
        "certificates:panel_mine",
        "content:panel_continue",
    )
    if visitor.is_hr:
        return Board(
            ("skills:panel_organisation", *_team(visitor)),
            ("certificates:panel_organisation", *own_side, "plans:panel_shared"),
        )
    if visitor.leads:
        return Board(
            ("skills:panel_team", "skills:panel_mine"),
            ("plans:panel_team", "certificates:panel_team", *own_side),
        )
    return Board(
        ("skills:panel_mine", "catalogue:panel_tips"),
        (*own_side, "plans:panel_shared"),
    )


def _team(visitor: Visitor) -> tuple[str, ...]:
    return ("skills:panel_team",) if visitor.leads else ()
