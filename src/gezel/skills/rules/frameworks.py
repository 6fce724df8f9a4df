"""How an outside framework is read into our one scale, decided once, at import.

O*NET rates every skill for every occupation twice: how important it is (IM, 1-5) and how much
of it the work takes (LV, 0-7). ESCO only says essential or optional.
"""

from decimal import ROUND_HALF_UP, Decimal

# O*NET's own reading of its importance scale: 3 is "important", 4 is "very important".
# (Scales_Reference and the questionnaires: 1 not, 2 somewhat, 3 important, 4 very, 5 extremely.)
ASKED_FROM = 3.0
ESSENTIAL_FROM = 4.0

# What we suggest where a framework names no level: who holds a role does the essential alone
# and the optional with help. HR looks at each before it counts.
SUGGESTED_ESSENTIAL = 3
SUGGESTED_OPTIONAL = 2


def asked_by_importance(importance: float) -> bool:
    """Whether an occupation asks a skill: O*NET calls it at least "important"."""
    return importance >= ASKED_FROM


def essential_by_importance(importance: float) -> bool:
    """Whether it is essential: O*NET calls it at least "very important"."""
    return importance >= ESSENTIAL_FROM


def level_from_onet(level: float) -> int:
    """O*NET's level 0-7 on our scale 1-5: 1 + 4 × LV / 7, rounded.

    O*NET itself treats LV as evenly spaced: its standardised score is LV / 7 × 100 ("Scales,
    ratings and standardized scores", onetonline.org/help/online/scales). The same step onto 1-5
    puts its printed anchors, which stand near 2, 4 and 6, at 2, 3 and 4: with help, alone,
    helps others. Only an LV above 6.1 becomes 5. It remains a suggestion: O*NET says how
    difficult the work is, we say how independently someone does it.

    Raises:
        ValueError: the figure does not lie on O*NET's scale.
    """
    if not 0 <= level <= 7:
        raise ValueError(f"{level} is not on the scale 0-7")
    # Decimal, for round() would send every second half downwards.
    exact = 1 + Decimal(str(level)) * 4 / 7
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def suggested_level(*, essential: bool, level: int | None = None) -> int:
    """The level a role profile starts with: the framework's own, else by weight."""
    if level:
        return level
    return SUGGESTED_ESSENTIAL if essential else SUGGESTED_OPTIONAL
