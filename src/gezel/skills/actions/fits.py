"""The night's fits: how ratings lie here, how mild raters are, where people with a role stand.

Each is kept with its day and added only when it changed, so that a level of an earlier day can be
computed again from what was known then.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from gezel.people.api import Employment, Organisation
from gezel.skills import queries, rules
from gezel.skills.models import GroupPrior, RaterFit, SourceFit

# Ratings longer ago say little about how someone rates today.
LOOKED_BACK = timedelta(days=3 * 365)
# The newest so many are enough for any fit, and fit in the memory of a small server.
MOST_RATINGS = 1_000_000
# A smaller change would only add rows.
NEWS = 0.05
A_CHUNK = 500
# Long enough that nothing fades: a group is where its people stood when they were seen.
_NEVER = 1e9


def fit_ratings(organisation: Organisation, *, on: date | None = None) -> rules.Fitted:
    """How kinds of ratings and raters here lie beside each other; keeps what changed."""
    day = on or timezone.localdate()
    rows = (
        queries.standing_evidence()
        .filter(
            organisation=organisation,
            kind__in=rules.RATINGS,
            given_by__isnull=False,
            observed_on__range=(day - LOOKED_BACK, day),
        )
        .order_by("-observed_on", "-pk")
        .values_list("person_id", "skill_id", "given_by_id", "kind", "level")[:MOST_RATINGS]
    )
    # Newest first: of one rater, person and skill the first counts.
    newest: dict[tuple[int, int, int, str], int] = {}
    for person, skill, rater, kind, level in rows.iterator(chunk_size=10_000):
        newest.setdefault((person, skill, rater, kind), level)
    fitted = rules.fit_ratings(
        [rules.Rating(*whose, level) for whose, level in sorted(newest.items())]
    )
    if newest:
        with transaction.atomic():
            _keep_sources(organisation, fitted, day)
            _keep_raters(organisation, fitted, day)
    return fitted


def _keep_sources(organisation: Organisation, fitted: rules.Fitted, day: date) -> None:
    known: dict[str, tuple[float, ...]] = {}
    for kind, *figures in (
        SourceFit.objects.filter(organisation=organisation)
        .order_by("fitted_on")
        .values_list("kind", "bias", "noise", "leniency")
    ):
        known[kind] = tuple(figures)
    SourceFit.objects.bulk_create(
        [
            SourceFit(
                organisation=organisation,
                kind=kind,
                bias=source.bias,
                noise=source.noise,
                leniency=source.leniency,
                fitted_on=day,
                version=rules.CURRENT,
            )
            for kind, source in fitted.sources.items()
            if _news(known.get(kind), (source.bias, source.noise, source.leniency))
        ],
        update_conflicts=True,
        unique_fields=["organisation", "kind", "fitted_on"],
        update_fields=["bias", "noise", "leniency", "version"],
    )


def _keep_raters(organisation: Organisation, fitted: rules.Fitted, day: date) -> None:
    known: dict[tuple[int, str], tuple[float, ...]] = {}
    for rater, kind, *figures in (
        RaterFit.objects.filter(organisation=organisation)
        .order_by("fitted_on")
        .values_list("rater_id", "kind", "leniency", "sd")
    ):
        known[rater, kind] = tuple(figures)
    found = dict(fitted.raters)
    for rater, kind in known.keys() - found.keys():
        # Too few people by now: corrected no more.
        found[rater, kind] = rules.RaterFitted(0.0, fitted.sources[kind].leniency, 0)
    RaterFit.objects.bulk_create(
        [
            RaterFit(
                organisation=organisation,
                rater_id=rater,
                kind=kind,
                leniency=fit.leniency,
                sd=fit.sd,
                ratees=fit.ratees,
                fitted_on=day,
                version=rules.CURRENT,
            )
            for (rater, kind), fit in found.items()
            if _news(known.get((rater, kind)), (fit.leniency, fit.sd))
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["organisation", "rater", "kind", "fitted_on"],
        update_fields=["leniency", "sd", "ratees", "version"],
    )


def _news(known: Sequence[float] | None, now: Sequence[float]) -> bool:
    return known is None or any(abs(a - b) >= NEWS for a, b in zip(known, now, strict=True))


def fit_groups(organisation: Organisation, *, on: date | None = None) -> int:
    """Where people with one role stand in each skill; returns how many groups changed."""
    day = on or timezone.localdate()
    seats = list(
        Employment.objects.current(day)
        .filter(organisation=organisation, job__profile_job__isnull=False)
        .order_by("person_id")
        .values_list("person_id", "job__profile_job__profile_id")
    )
    shown: dict[tuple[int, int], list[rules.Shown]] = defaultdict(list)
    for start in range(0, len(seats), A_CHUNK):
        profiles = dict(seats[start : start + A_CHUNK])
        cases = queries.cases_of(list(profiles), day, at=organisation.pk)
        bare = [replace(case, prior=None, half_life=_NEVER) for case in cases.values()]
        found = rules.beliefs(bare, day)
        for (person, skill), level, sd in zip(cases, found.level, found.sd, strict=True):
            own = rules.evidence_alone(float(level), float(sd), rules.general_prior())
            if own:
                shown[profiles[person], skill].append(own)
    known: dict[tuple[int, int], tuple[float, float]] = {}
    for profile, skill, mean, sd in (
        GroupPrior.objects.filter(profile__organisation=organisation)
        .order_by("fitted_on")
        .values_list("profile_id", "skill_id", "mean", "sd")
    ):
        known[profile, skill] = mean, sd
    smallest = organisation.smallest_group
    rows = [
        GroupPrior(
            profile_id=profile,
            skill_id=skill,
            mean=prior.mean,
            sd=prior.sd,
            people=prior.people,
            fitted_on=day,
            version=rules.CURRENT,
        )
        for (profile, skill), people in shown.items()
        if (prior := rules.group_prior(people, smallest=smallest))
        and _news(known.get((profile, skill)), (prior.mean, prior.sd))
    ]
    GroupPrior.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["profile", "skill", "fitted_on"],
        update_fields=["mean", "sd", "people", "version"],
    )
    return len(rows)
