"""What activities bring, as far as is known: counted every night, read in one question.

Rooms above tell who did what and what people say they will use (`tell_completions`, `tell_uses`);
which levels others saw is asked of skills. Only people who work here count: of who left the
employer reads nothing any more. What counts and how is `rules.effect`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from gezel.catalogue import rules
from gezel.catalogue.models import ActivityEffect, ActivitySkill
from gezel.people.api import Employment, Organisation
from gezel.skills.api import Evidence, standing_evidence, stays

# Of an organisation: (activity, person, the day they completed it); and of whom was at a session
# (activity, person, whether they wrote what they will use).
Completions = Callable[[int], Iterable[tuple[int, int, date]]]
Uses = Callable[[int], Iterable[tuple[int, int, bool]]]

_completions: list[Completions] = []
_uses: list[Uses] = []

# What somebody else saw, and how much of it says whose eyes it were.
_OWN_EYES = frozenset({Evidence.Kind.LEAD, Evidence.Kind.COLLEAGUE})
_SEEN = _OWN_EYES | {Evidence.Kind.TEST, Evidence.Kind.PRACTICAL}


def tell_completions(source: Completions) -> None:
    """A room above says who completed what; called once, at the start."""
    if source not in _completions:
        _completions.append(source)


def tell_uses(source: Uses) -> None:
    """A room above says of who was at a session whether they wrote what they will use."""
    if source not in _uses:
        _uses.append(source)


def count(organisation: Organisation, on: date) -> int:
    """What is known of each activity of an organisation is counted anew; how many there are.

    A handful of questions, however many activities and people.
    """
    here = set(
        Employment.objects.current(on)
        .filter(organisation=organisation)
        .values_list("person_id", flat=True)
    )
    done = _done(organisation, here, on)
    said = _said(organisation, here)
    looks = _looks(organisation, done)
    found = [
        ActivityEffect(activity_id=pk, **_counted(done[pk], looks.get(pk, {}), said[pk]))
        for pk in sorted(done.keys() | said.keys())
    ]
    with transaction.atomic():
        ActivityEffect.objects.filter(activity__organisation=organisation).delete()
        ActivityEffect.objects.bulk_create(found, batch_size=1_000)
    return len(found)


def _counted(
    done: Mapping[int, date],
    looks: Mapping[int, list[list[rules.Look]]],
    said: Mapping[int, bool],
) -> dict[str, float]:
    found = rules.effect_of(done, looks, said)
    return {
        "done": found.done,
        "compared": found.compared,
        "gained": found.gained,
        "asked": found.asked,
        "use": found.use,
    }


def _done(
    organisation: Organisation, here: Collection[int], on: date
) -> defaultdict[int, dict[int, date]]:
    """Of each activity who did it, and when first."""
    found: defaultdict[int, dict[int, date]] = defaultdict(dict)
    for source in _completions:
        for activity, person, day in source(organisation.pk):
            if person in here and day <= on:
                found[activity][person] = min(day, found[activity].get(person, day))
    return found


def _said(organisation: Organisation, here: Collection[int]) -> defaultdict[int, dict[int, bool]]:
    found: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    for source in _uses:
        for activity, person, wrote in source(organisation.pk):
            if person in here:
                found[activity][person] = wrote or found[activity].get(person, False)
    return found


def _looks(
    organisation: Organisation, done: Mapping[int, Mapping[int, date]]
) -> dict[int, dict[int, list[list[rules.Look]]]]:
    """Of each activity, of who did it, the looks at each skill it teaches; two questions."""
    teaches: dict[int, set[int]] = defaultdict(set)
    for activity, skill in (
        ActivitySkill.objects.filter(activity__organisation=organisation)
        .annotate(read_as=stays())
        .values_list("activity_id", "read_as")
    ):
        if activity in done:
            teaches[skill].add(activity)
    found: dict[int, list[tuple[int, int, rules.Look]]] = defaultdict(list)
    rows = (
        standing_evidence()
        .annotate(read_as=stays())
        .filter(organisation=organisation, kind__in=_SEEN, read_as__in=list(teaches))
        .values_list("person_id", "read_as", "kind", "given_by_id", "observed_on", "level", "exact")
    )
    for person, skill, kind, by, seen_on, level, exact in rows.iterator(chunk_size=5_000):
        eyes = (kind, by if kind in _OWN_EYES else None)
        look = rules.Look(eyes, seen_on, float(level if exact is None else exact))
        for activity in teaches[skill]:
            if person in done[activity]:
                found[activity].append((person, skill, look))
    return {activity: rules.by_eyes(told) for activity, told in found.items()}


def effects_of(activities: Collection[int], organisation: Organisation) -> dict[int, rules.Known]:
    """Activity → what may be told of what it brings; of every one of them, in one question."""
    nothing = rules.known(rules.Effect(), organisation.smallest_group)
    found = dict.fromkeys(activities, nothing)
    rows = ActivityEffect.objects.filter(
        activity__in=list(activities), activity__organisation=organisation
    )
    for row in rows:
        effect = rules.Effect(row.done, row.compared, row.gained, row.asked, row.use)
        found[row.activity_id] = rules.known(effect, organisation.smallest_group)
    return found


def told_effect(known: rules.Known) -> list[str]:
    """What is known so far, in sentences; the first says it is not known where it is not."""
    told = []
    if known.halves is not None:
        told.append(_change(known.halves) % {"n": known.compared})
        told.append(_chance(rules.margin(known.compared)))
    elif known.done:
        told.append(
            _(
                "Not known yet: at least %(n)s people did it, too few were looked at before and "
                "after."
            )
            % {"n": known.done}
        )
    elif known.anybody:
        told.append(_("Not known yet: too few people did it."))
    else:
        told.append(_("Not known yet: nobody here did it."))
    if known.tenths is not None:
        told.append(
            _("About %(share)s in 10 say afterwards what they will use (at least %(n)s people).")
            % {"share": known.tenths, "n": known.asked}
        )
    return told


def _chance(halves: int) -> str:
    if halves <= 1:
        return _("By chance alone it can be half a level more or less.")
    return _("By chance alone it can be a whole level more or less.")


def _change(halves: int) -> str:
    if halves <= 0:
        return _("No higher level seen afterwards (at least %(n)s people).")
    if halves == 1:
        return _("About half a level higher afterwards (at least %(n)s people).")
    if halves == 2:
        return _("About one level higher afterwards (at least %(n)s people).")
    if halves == 3:
        return _("About a level and a half higher afterwards (at least %(n)s people).")
    return _("Two levels or more higher afterwards (at least %(n)s people).")
