"""What the works council agreed to, and what changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gezel.trust.models import CouncilDecision, SettingChange, Told
from gezel.trust.rules.comparing import Difference, differences
from gezel.trust.widening import Text, Widening, widenings


@dataclass(frozen=True, slots=True)
class Standing:
    """A setting that widens: how it stands, and what the council said of it so far."""

    widening: Widening
    stands: Text
    is_open: bool
    decisions: Sequence[CouncilDecision]

    @property
    def last(self) -> CouncilDecision | None:
        return self.decisions[0] if self.decisions else None

    @property
    def may_open(self) -> bool:
        word = next((d for d in self.decisions if d.step != CouncilDecision.Step.ASKED), None)
        return word is not None and word.opens


@dataclass(frozen=True, slots=True)
class Turn:
    """From one version of what Gezel says to the next, and what differs."""

    told: Told
    differences: Sequence[Difference]


def last_decision(organisation: int, setting: str) -> CouncilDecision | None:
    """The last word of the council on a setting; that it was asked something is no word yet."""
    return (
        CouncilDecision.objects.filter(organisation=organisation, setting=setting)
        .exclude(step=CouncilDecision.Step.ASKED)
        .order_by("-recorded_at", "-pk")
        .first()
    )


def may_open(organisation: int, setting: str) -> bool:
    """Whether a setting that widens may stand open: the council agreed and did not withdraw."""
    last = last_decision(organisation, setting)
    return last is not None and last.opens


def standings(organisation: Any) -> list[Standing]:
    """Every setting that widens, with its history, newest first."""
    said: dict[str, list[CouncilDecision]] = {}
    for decision in CouncilDecision.objects.filter(organisation=organisation).select_related(
        "recorded_by"
    ):
        said.setdefault(decision.setting, []).append(decision)
    return [
        Standing(w, w.stands(organisation), w.is_open(organisation), said.get(w.code, ()))
        for w in widenings()
    ]


def has_anyone_as(mandate: str, organisation: Any) -> bool:
    """Whether anyone has this mandate here today; `people` lies above this room."""
    today = timezone.localdate()
    return bool(
        organisation.mandates.filter(kind=mandate, from_on__lte=today)
        .exclude(until_on__lt=today)
        .exists()
    )


def changes_of(organisation: Any) -> QuerySet[SettingChange]:
    """Which settings changed, newest first."""
    return SettingChange.objects.filter(organisation=organisation).select_related("by")


def turns(language: str, *, most: int = 12) -> list[Turn]:
    """What Gezel said differently from one version to the next, newest first."""
    found = list(Told.objects.order_by("-made_at", "-pk")[: most + 1])
    return [
        Turn(newer, differences(_in(older, language), _in(newer, language)))
        for newer, older in pairwise(found)
    ]


def _in(told: Told, language: str) -> dict[str, Any]:
    said: dict[str, Any] = told.said.get(language) or told.said.get("en") or {}
    return said
