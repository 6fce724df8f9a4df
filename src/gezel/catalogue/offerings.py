"""When an activity is given, and what must come first: who keeps the catalogue says so.

What a planner needs of the offer is read here too, in a handful of questions whatever its size.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gezel.catalogue.models import Activity, ActivityQuerySet, Offering, Prerequisite
from gezel.kit.order import Circle, refuse_circles
from gezel.people.api import Organisation
from gezel.skills.api import Skill


@transaction.atomic
def give_on(
    activity: Activity,
    *,
    starts_on: date,
    ends_on: date | None = None,
    place: str = "",
    seats_left: int | None = None,
    key: uuid.UUID | None = None,
) -> Offering:
    """An activity is given on these days. The same `key` again gives back what stands.

    Raises:
        ValidationError: it ends before it starts.
    """
    last = ends_on or starts_on
    if last < starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    offering, _new = Offering.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "activity": activity,
            "starts_on": starts_on,
            "ends_on": last,
            "place": place,
            "seats_left": seats_left,
        },
    )
    if offering.activity_id != activity.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    return offering


def no_longer_on(activity: Activity, offering_pk: int) -> None:
    """These days fall out."""
    Offering.objects.filter(activity=activity, pk=offering_pk).delete()


@transaction.atomic
def needs_first(
    activity: Activity,
    *,
    needs: Activity | None = None,
    skill: Skill | None = None,
    level: int | None = None,
) -> None:
    """Another activity comes first, or a level of a skill.

    Raises:
        ValidationError: it would need itself, by however long a way; the way is named.
    """
    if needs is not None:
        # Two who add at once must not make a circle together: one row, held until the end.
        Organisation.objects.select_for_update().get(pk=activity.organisation_id)
        _refuse_circle(activity, needs)
        Prerequisite.objects.get_or_create(activity=activity, needs=needs)
    else:
        Prerequisite.objects.update_or_create(
            activity=activity, skill=skill, defaults={"level": level}
        )


def _refuse_circle(activity: Activity, needs: Activity) -> None:
    first: dict[int, set[int]] = defaultdict(set)
    for then, before in Prerequisite.objects.filter(
        activity__organisation=activity.organisation_id, needs__isnull=False
    ).values_list("activity_id", "needs_id"):
        first[then].add(before or 0)
    first[activity.pk].add(needs.pk)
    try:
        refuse_circles(first)
    except Circle as circle:
        titles = {a.pk: a.title for a in Activity.objects.filter(pk__in=circle.keys)}
        raise ValidationError(
            _("That would go round in a circle: %(way)s. Take one of these away first.")
            % {"way": " → ".join(titles[k] for k in circle.keys)}
        ) from None


def no_longer_needs(activity: Activity, prerequisite_pk: int) -> None:
    """This need not come first any more."""
    Prerequisite.objects.filter(activity=activity, pk=prerequisite_pk).delete()


# -- what a planner needs -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity with its dates and what comes first, as it stands in the catalogue."""

    activity: Activity
    teaches: tuple[tuple[int, int, int], ...]
    offerings: tuple[Offering, ...]
    needs: tuple[int, ...]
    needs_levels: tuple[tuple[int, int], ...]


def offers_for(
    organisation: Organisation, skill_pks: Iterable[int], *, also: Iterable[int] = (), most: int
) -> tuple[list[Offer], int]:
    """What is on offer for these skills with all that must come first, and how many there were.

    Beyond `most` the shortest of each skill are kept, and the count tells how many were there.
    Six questions, and one for each further step back of what comes first.
    """
    on_offer = Activity.objects.filter(organisation=organisation, state=Activity.State.OPEN)
    ranked = _ranked(on_offer, skill_pks)
    wanted = dict.fromkeys([*also, *ranked[:most]])
    needs, levels = _first_of(wanted)
    found = {
        a.pk: a for a in on_offer.filter(pk__in=wanted).prefetch_related("teaches", "offerings")
    }
    offers = [
        Offer(
            activity,
            tuple((t.skill_id, t.from_level, t.to_level) for t in activity.teaches.all()),
            tuple(activity.offerings.all()),
            tuple(needs.get(pk, ())),
            tuple(levels.get(pk, ())),
        )
        for pk, activity in sorted(found.items())
    ]
    return offers, len(ranked)


def _ranked(on_offer: ActivityQuerySet, skill_pks: Iterable[int]) -> list[int]:
    """Activities that teach any of these, each skill its turn, the shortest of each first."""
    rows = (
        on_offer.filter(teaches__skill__in=set(skill_pks))
        .order_by("hours", "price_cents", "pk")
        .values_list("teaches__skill", "pk")
    )
    by_skill: dict[int, list[int]] = defaultdict(list)
    for skill, pk in rows:
        by_skill[skill].append(pk)
    ranked: dict[int, None] = {}
    for turn in range(max(map(len, by_skill.values()), default=0)):
        ranked |= {pks[turn]: None for pks in by_skill.values() if turn < len(pks)}
    return list(ranked)


def _first_of(
    wanted: dict[int, None],
) -> tuple[Mapping[int, Sequence[int]], Mapping[int, Sequence[tuple[int, int]]]]:
    """What comes first for each wanted one; what is needed becomes wanted itself."""
    needs: dict[int, list[int]] = defaultdict(list)
    levels: dict[int, list[tuple[int, int]]] = defaultdict(list)
    new = list(wanted)
    while new:
        rows = list(Prerequisite.objects.filter(activity__in=new))
        new = []
        for row in rows:
            if row.needs_id is not None:
                needs[row.activity_id].append(row.needs_id)
                if row.needs_id not in wanted:
                    wanted[row.needs_id] = None
                    new.append(row.needs_id)
            elif row.skill_id is not None and row.level is not None:
                levels[row.activity_id].append((row.skill_id, row.level))
    return needs, levels
