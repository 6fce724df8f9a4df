"""What the catalogue tells skills about a route to another role: hours, prices, what is on offer.

Skills stands below and asks through what is told here (`skills.api.tell_offer`, `tell_use`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import ngettext

from gezel.catalogue import rules
from gezel.catalogue.models import Activity, ActivitySkill
from gezel.people.api import Organisation, Visitor
from gezel.skills.api import OnOffer, Taken, Use, Wanted, stays, tell_offer, tell_use

# As many for each skill as can be weighed at a glance; the rest is one click away.
EACH = 3
MOST_ROWS = 2_000


def how_long(organisation: Organisation) -> dict[int, list[Taken]]:
    """Per skill what each activity on offer takes for a level of it: hours and cents.

    An activity that teaches several skills spends its hours on all the levels it teaches: they
    are divided evenly, for nobody said otherwise.
    """
    found: dict[int, list[Taken]] = defaultdict(list)
    rows = (
        ActivitySkill.objects.filter(
            activity__organisation=organisation, activity__state=Activity.State.OPEN
        )
        .annotate(
            levels=Sum(F("activity__teaches__to_level") - F("activity__teaches__from_level")),
            read_as=stays(),
        )
        .values_list("read_as", "levels", "activity__hours", "activity__price_cents")
    )
    for skill, levels, hours, cents in rows:
        if hours:
            found[skill].append(Taken(float(hours) / levels, round(cents / levels)))
    return found


def what_fits(visitor: Visitor, wants: Mapping[int, Wanted]) -> dict[int, list[OnOffer]]:
    """For each skill what brings someone further from where they stand, in one query.

    In practice and with others before formal, as people learn most so; then the shorter. What
    only begins above where someone stands comes last: it is for later on the route.
    """
    if not wants:
        return {}
    rows = (
        ActivitySkill.objects.filter(
            activity__organisation=visitor.organisation, activity__state=Activity.State.OPEN
        )
        .annotate(read_as=stays())
        .filter(read_as__in=list(wants))
        .select_related("activity")
        .order_by("activity__hours", "pk")
    )
    found: dict[int, list[tuple[tuple[bool, bool], ActivitySkill]]] = defaultdict(list)
    for row in rows[:MOST_ROWS]:
        want = wants[row.read_as]
        if row.to_level < want.held + rules.SMALLEST_STEP:
            continue
        told = rules.Want(row.read_as, want.asked, want.held)
        later = not rules.fits(told, row.from_level, row.to_level)
        formal = row.activity.mix == rules.FORMAL
        found[row.read_as].append(((later, formal), row))
    return {
        skill: [_told(row) for _order, row in sorted(each, key=lambda pair: pair[0])[:EACH]]
        for skill, each in found.items()
    }


def _told(row: ActivitySkill) -> OnOffer:
    activity = row.activity
    return OnOffer(
        activity.title,
        reverse("catalogue:activity", args=[activity.pk]),
        float(activity.hours),
        activity.price_cents,
        str(Activity.Mix(activity.mix).label),
        row.from_level,
        row.to_level,
    )


def how_used(organisation: Organisation, skill_pks: Collection[int]) -> Use:
    """How many activities teach these skills."""
    count = (
        ActivitySkill.objects.filter(activity__organisation=organisation, skill__in=skill_pks)
        .values("activity")
        .distinct()
        .count()
    )
    words = ngettext(
        "%(count)s activity in the catalogue teaches it",
        "%(count)s activities in the catalogue teach it",
        count,
    )
    return Use(words % {"count": count}, count)


def begin() -> None:
    """Tell skills from now on."""
    tell_offer(how_long, what_fits)
    tell_use(how_used)
