"""What would make an estimate surer, and when it is likely to sink below what is asked."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

from gezel.skills.rules import ageing
from gezel.skills.rules.belief import Case, Estimate, Part, Piece, estimate
from gezel.skills.rules.needs import SMALLEST_GAP
from gezel.skills.rules.parameters import CURRENT, EIGHTY_PERCENT, HIGHEST_LEVEL, PARAMETERS

# Further ahead nobody can tell; then nothing is said.
FURTHEST = timedelta(days=5 * 365)
# A narrower band than this is no news.
_LEAST_GAIN = 0.05


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What one more piece would do: of which kind, whose, and the band (80 %) it would leave."""

    kind: str
    rater: Hashable
    low: float
    high: float
    sd: float


def narrowing(
    case: Case,
    on: date,
    candidates: Iterable[tuple[str, Hashable]],
    *,
    version: int = CURRENT,
) -> list[Narrowing]:
    """Which next piece would make the estimate surest, best first, by the estimate itself.

    Each candidate (kind and whose) is tried as a piece of that day that agrees with what we
    believe; a new view of someone whose older one counts takes its place. What would hardly
    narrow the band is left out.
    """
    p = PARAMETERS[version]

    def by(pieces: Sequence[Piece]) -> Estimate:
        return estimate(
            pieces, on, prior=case.prior, half_life=case.half_life, sources=case.sources,
            version=version,
        )  # fmt: skip

    now = by(case.pieces)
    level = now.level if now.parts else (case.prior.mean if case.prior else p.prior_mean)
    width = now.sd if now.parts else (case.prior.sd if case.prior else p.prior_sd)
    found = []
    for kind, rater in candidates:
        source = (case.sources or {}).get(kind, p.sources.get(kind))
        shown = level + source.bias if source else level
        then = by([*case.pieces, Piece(("tried", kind), kind, shown, on, rater)])
        if width - then.sd >= _LEAST_GAIN:
            reach = EIGHTY_PERCENT * then.sd
            found.append(
                Narrowing(
                    kind, rater, max(0.0, level - reach),
                    min(float(HIGHEST_LEVEL), level + reach), then.sd,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.sd)


@dataclass(frozen=True, slots=True)
class Sinking:
    """Between which days a level is likely (80 %) to sink below what is asked, unused.

    `until_on` is None where the later day lies beyond what can be told.
    """

    from_on: date
    until_on: date | None


def sinks_below(
    told: Estimate, asked: int, on: date, *, half_life: float, version: int = CURRENT
) -> Sinking | None:
    """When someone who uses a skill no more falls short of what is asked, half a level below it.

    Takes the level as it is shown; what differs is how long skills last with people, see
    `Parameters.half_life_spread`. None where the level falls short already, never sinks so far, or
    not within `FURTHEST`.
    """
    p = PARAMETERS[version]
    line, base = asked - SMALLEST_GAP, told.start.mean
    if told.newest_on is None or told.level < line or base >= line:
        return None
    last = next(step for step in reversed(told.steps) if isinstance(step, Part))
    middle = float(ageing.stability(half_life, last.after, told.uses, p=p))
    age = (on - told.newest_on).days
    left = (line - base) / (told.level - base)
    days = [
        ageing.days_until_left(left, age_days=age, stability_months=middle * factor, p=p)
        for factor in _half_lives_apart(p.half_life_spread)
    ]
    if days[0] > FURTHEST.days:
        return None
    return Sinking(
        on + timedelta(days=round(days[0])),
        on + timedelta(days=round(days[1])) if days[1] <= FURTHEST.days else None,
    )


def _half_lives_apart(spread: float) -> tuple[float, float]:
    """Factors between which eight out of ten people's half-lives lie (log-normal)."""
    return exp(-EIGHTY_PERCENT * spread), exp(EIGHTY_PERCENT * spread)
