"""What skills announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class EvidenceAdded:
    """New evidence stands in someone's ledger, and the estimate of that skill is made anew."""

    person_pk: int
    skill_pk: int
    observed_on: date


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A role profile asks something else, or of other jobs."""

    profile_pk: int


@dataclass(frozen=True, slots=True)
class FadingChanged:
    """An organisation says otherwise how fast a kind of skill fades, from a day on."""

    organisation_pk: int
    from_on: date


@dataclass(frozen=True, slots=True)
class FrameworkTakenIn:
    """ESCO or O*NET was taken in and something changed: names, relations, what is offered."""

    source: str


@dataclass(frozen=True, slots=True)
class SkillsMerged:
    """An own skill is read as another from now on, or (without `into_pk`) as itself again."""

    organisation_pk: int
    skill_pk: int
    into_pk: int | None


@dataclass(frozen=True, slots=True)
class SkillNamesChanged:
    """These skills go by other names: for everyone, or within one organisation."""

    skill_pks: frozenset[int]
    organisation_pk: int | None = None
