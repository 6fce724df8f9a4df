"""What an organisation knows around evidence: where people of a role tend to stand, how fast
skills fade, how ratings lie and how mild the raters are. Of each the newest up to a day holds."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any

from django.db.models import CharField, F, FloatField, IntegerField, QuerySet, Value
from django.db.models.expressions import Combinable

from gezel.kit.prepared import prepared
from gezel.skills import rules
from gezel.skills.models import FadingRule, GroupPrior, RaterFit, SourceFit


@dataclass(slots=True)
class Fitted:
    """By (profile, skill), by organisation, and by (organisation, rater, kind)."""

    priors: dict[tuple[int | None, int], rules.Prior] = field(default_factory=dict)
    fading: dict[int | None, list[rules.FadingSet]] = field(default_factory=dict)
    sources: dict[int | None, dict[str, rules.Source]] = field(default_factory=dict)
    raters: dict[tuple[int | None, int | None, str], rules.Leniency] = field(default_factory=dict)


def fitted_for(
    profile_pks: Collection[int],
    organisation_pks: Collection[int],
    day: date,
    *,
    rater_pks: Collection[int] = (),
) -> Fitted:
    """All that held on a day for these profiles, organisations, and raters there; one query."""
    told = Fitted()
    none = [0]  # A list of nothing would answer nothing of the others either.
    rows = _rows(profile_pks or none, organisation_pks or none, rater_pks or none, day)
    for of, owner, about, sort, a, b, c, since in rows:
        match _Of(of):
            case _Of.PRIOR:
                told.priors[owner, about] = rules.Prior(a, b, int(c))
            case _Of.FADING:
                told.fading.setdefault(owner, []).append(rules.FadingSet(sort, a, since))
            case _Of.SOURCE:
                told.sources.setdefault(owner, {})[sort] = rules.Source(a, b, c)
            case _Of.RATER:
                told.raters[owner, about, sort] = rules.Leniency(a, b)
    return told


class _Of(IntEnum):
    """Which table a row is from."""

    PRIOR = 1
    FADING = 2
    SOURCE = 3
    RATER = 4


_COLUMNS: dict[str, Combinable] = {
    "owner": F("organisation_id"),
    "about": Value(0, output_field=IntegerField()),
    "sort": F("kind"),
    "a": Value(0.0, output_field=FloatField()),
    "b": Value(0.0, output_field=FloatField()),
    "c": Value(0.0, output_field=FloatField()),
    "since": F("fitted_on"),
}


def _told(rows: QuerySet[Any], of: _Of, **columns: Combinable) -> QuerySet[Any, Any]:
    """Rows of one table in the columns that all four share."""
    table = Value(of.value, output_field=IntegerField())
    told: QuerySet[Any, Any] = rows.annotate(table=table, **{**_COLUMNS, **columns})
    return told.values_list("table", *_COLUMNS)


@prepared
def _rows(
    profiles: Collection[int], organisations: Collection[int], raters: Collection[int], day: date
) -> QuerySet[Any, Any]:
    """Four tables as one, the newest day last; of settings of one day the last that was said."""
    nothing = Value("", output_field=CharField())
    priors = _told(
        GroupPrior.objects.filter(profile__in=profiles, fitted_on__lte=day),
        _Of.PRIOR,
        owner=F("profile_id"),
        about=F("skill_id"),
        sort=nothing,
        a=F("mean"),
        b=F("sd"),
        c=F("people"),
    )
    fading = _told(
        FadingRule.objects.filter(organisation__in=organisations, from_on__lte=day),
        _Of.FADING,
        about=F("pk"),
        sort=F("of"),
        a=F("half_life_months"),
        since=F("from_on"),
    )
    sources = _told(
        SourceFit.objects.filter(organisation__in=organisations, fitted_on__lte=day),
        _Of.SOURCE,
        a=F("bias"),
        b=F("noise"),
        c=F("leniency"),
    )
    mildness = _told(
        RaterFit.objects.filter(
            organisation__in=organisations, rater__in=raters, fitted_on__lte=day
        ),
        _Of.RATER,
        about=F("rater_id"),
        a=F("leniency"),
        b=F("sd"),
    )
    return priors.union(fading, sources, mildness, all=True).order_by("since", "about")
