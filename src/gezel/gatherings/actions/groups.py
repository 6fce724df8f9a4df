"""Groups are formed, changed by hand, and taken back; each as a step one can see and undo."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.gatherings.grouping import Asked, Hall
from gezel.gatherings.models import (
    Division,
    Gathering,
    Group,
    GroupMember,
    GroupMove,
    GroupWish,
    Place,
)
from gezel.gatherings.rules import forming
from gezel.gatherings.rules.groups import Case
from gezel.people.api import Person

Mode = Division.Mode
MOST_GROUPS = 100
MOST_WISHES = 3
# From so many people on fewer starts: a page can wait some seconds and no longer.
MANY = 120


class ChangedMeanwhile(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Somebody else changed the groups, or who comes, since the page was opened."""


def form_groups(
    gathering: Gathering, asked: Asked, mode: str, *, by: Person, key: uuid.UUID
) -> Division:
    """People are divided as was asked; what is locked stays. The same `key` again is the same one.

    The search is done before anything is held, so that nobody waits for it.

    Raises:
        ValidationError: the numbers do not fit; says which and what would.
        Impossible: the rules clash.
        ChangedMeanwhile: who comes changed while it was made.
    """
    known = Division.objects.filter(key=key, gathering=gathering).first()
    if known is not None:
        return known
    hall = Hall(gathering)
    _check(hall, asked)
    locked = _locked_groups(hall)
    people = [k for k in hall.seated if hall.where.get(k) not in locked]
    free = [at for at in range(asked.groups) if at not in locked]
    where = {k: at for k, at in hall.where.items() if at in locked}
    if people:
        case = hall.case(replace(asked, groups=len(free)), people)
        case = replace(case, locked=_fixed(hall, free))
        case = _by_mode(case, mode)
        find = forming.by_chance if mode == Mode.CHANCE else _search(len(people))
        where |= {
            key: free[g]
            for key, g in zip(people, find(case, seed=asked.seed), strict=True)
        }  # fmt: skip
    return _keep(hall, asked, mode, where, by=by, key=key, locked=locked)


def _search(people: int) -> Callable[..., tuple[int, ...]]:
    def search(case: Case, *, seed: int) -> tuple[int, ...]:
        return forming.divide(case, seed=seed, starts=1 if people > MANY else forming.STARTS)

    return search


def _by_mode(case: Case, mode: str) -> Case:
    """By wish, only wishes and even sizes count."""
    if mode != Mode.WISH:
        return case
    return replace(case, dials=replace(case.dials, levels=0, units=0, new=0, wishes=3))


def _locked_groups(hall: Hall) -> set[int]:
    if hall.division is None:
        return set()
    return set(hall.division.groups.filter(locked=True).values_list("position", flat=True))


def _fixed(hall: Hall, free: Sequence[int]) -> dict[int, int]:
    """Who is kept where they are, among the groups that are formed anew."""
    place = {position: at for at, position in enumerate(free)}
    return {
        key: place[member.group.position]
        for key, member in hall.members.items()
        if member.fixed and member.group.position in place
    }


def _check(hall: Hall, asked: Asked) -> None:
    """The numbers must fit, before anything is searched for."""
    people, groups = len(hall.seated), asked.groups
    if not people:
        raise ValidationError(_("Nobody has a place yet, so there is nobody to divide."))
    if groups < 1:
        raise ValidationError({"groups": _("Make at least one group.")})
    if groups > min(people, MOST_GROUPS):
        told = {"groups": groups, "people": people, "most": min(people, MOST_GROUPS)}
        raise ValidationError(
            {"groups": _("%(people)s people cannot fill %(groups)s groups. Make at most %(most)s.")
             % told}
        )  # fmt: skip
    if asked.largest is not None and asked.largest * groups < people:
        told = {"people": people, "seats": asked.largest * groups, "groups": groups,
                "size": asked.largest}  # fmt: skip
        raise ValidationError(
            {"largest": _("%(groups)s groups of at most %(size)s have room for %(seats)s, and "
             "%(people)s people come. Make more groups, or larger ones.") % told}
        )  # fmt: skip
    if asked.smallest is not None and asked.smallest * groups > people:
        told = {"people": people, "groups": groups, "size": asked.smallest}
        raise ValidationError(
            {"smallest": _("%(people)s people are too few for %(groups)s groups of at least "
             "%(size)s. Make fewer groups, or smaller ones.") % told}
        )  # fmt: skip
    locked = _locked_groups(hall)
    inside = sum(hall.where.get(key) in locked for key in hall.seated)
    free = groups - len(locked)
    last = max((*locked, *(m.group.position for m in hall.members.values() if m.fixed)), default=-1)
    if last >= groups:
        raise ValidationError(
            {"groups": _("Group %(n)s holds someone or is locked itself. Make at least %(n)s "
             "groups, or unlock it first.") % {"n": last + 1}}
        )  # fmt: skip
    if people > inside and (free < 1 or people - inside < free):
        told = {"people": people - inside, "groups": free}
        raise ValidationError(
            {"groups": _("Apart from the locked groups, %(people)s people and %(groups)s "
                         "groups are left, and that does not fit. Unlock a group, or "
                         "choose another number.") % told}
        )  # fmt: skip


@transaction.atomic
def _keep(
    hall: Hall,
    asked: Asked,
    mode: str,
    where: Mapping[int, int],
    *,
    by: Person,
    key: uuid.UUID,
    locked: Collection[int] = (),
) -> Division:
    """The division becomes how it stands; the one before stays behind it."""
    Gathering.objects.select_for_update().get(pk=hall.gathering.pk)
    known = Division.objects.filter(key=key, gathering=hall.gathering).first()
    if known is not None:
        return known
    coming = Place.objects.seated().filter(gathering=hall.gathering)
    now = Hall(hall.gathering).division
    if set(coming.values_list("person_id", flat=True)) != set(hall.seated) or now != hall.division:
        raise ChangedMeanwhile
    division = Division.objects.create(
        gathering=hall.gathering, mode=mode, asked=asked.kept(), made_by=by, key=key
    )
    # A name stays with what is formed anew in its place; splitting and merging renumber.
    called: dict[int, str] = {}
    if now is not None and mode not in {Mode.SPLIT, Mode.MERGE}:
        called = dict(now.groups.values_list("position", "called"))
    groups = Group.objects.bulk_create(
        Group(division=division, position=at, locked=at in locked, called=called.get(at, ""))
        for at in range(asked.groups)
    )
    GroupMember.objects.bulk_create(
        GroupMember(
            division=division,
            group=groups[at],
            person_id=person,
            fixed=person in hall.members and hall.members[person].fixed,
        )
        for person, at in where.items()
    )
    return division


# -- changing what stands -------------------------------------------------------------------------


def _stands(hall: Hall) -> Division:
    if hall.division is None:
        raise ValidationError(_("There are no groups yet. Form them first."))
    return hall.division


def _now(hall: Hall) -> tuple[list[int], tuple[int, ...]]:
    """Those who are in a group, and where."""
    people = list(hall.where)
    return people, tuple(hall.where[key] for key in people)


def even_out(gathering: Gathering, *, by: Person, key: uuid.UUID) -> Division:
    """Sizes as even as can be, also with who came later, and as few people moved as can be.

    Raises:
        ValidationError: there are no groups.
        Impossible: the rules do not allow it.
        ChangedMeanwhile: somebody was first.
    """
    hall = Hall(gathering)
    _stands(hall)
    asked = replace(hall.asked(), smallest=None, largest=None)
    locked = _locked_groups(hall)
    people = [k for k in hall.seated if hall.where.get(k) not in locked]
    free = [at for at in range(asked.groups) if at not in locked]
    if len(people) < len(free) or not free:
        raise ValidationError(_("There are too few people for that many groups. Merge some."))
    place = {position: at for at, position in enumerate(free)}
    case = replace(hall.case(replace(asked, groups=len(free)), people), locked=_fixed(hall, free))
    now = tuple(place[hall.where[k]] if k in hall.where else -1 for k in people)
    where = {k: at for k, at in hall.where.items() if at in locked}
    for key_, at in zip(people, forming.even_out(case, now), strict=True):
        where[key_] = free[at]
    return _keep(hall, asked, Mode.EVEN, where, by=by, key=key, locked=locked)


def split(gathering: Gathering, position: int, *, by: Person, key: uuid.UUID) -> Division:
    """A group becomes two as good as can be.

    Raises:
        ValidationError: there is no such group.
        Impossible: the rules do not allow it, or one person cannot be split.
        ChangedMeanwhile: somebody was first.
    """
    hall = Hall(gathering)
    _stands(hall)
    asked = hall.asked()
    if position >= asked.groups or asked.groups >= MOST_GROUPS:
        raise ValidationError(_("This group is not there any more. Look again."))
    people, now = _now(hall)
    found = forming.split(hall.case(asked, people), now, position, seed=asked.seed)
    more = replace(asked, groups=asked.groups + 1, smallest=None, largest=None)
    where = dict(zip(people, found, strict=True))
    return _keep(hall, more, Mode.SPLIT, where, by=by, key=key, locked=_locked_groups(hall))


def merge(gathering: Gathering, one: int, other: int, *, by: Person, key: uuid.UUID) -> Division:
    """Two groups become one.

    Raises:
        ValidationError: there are no two such groups.
        Impossible: people are to be apart, or share no part of the day.
        ChangedMeanwhile: somebody was first.
    """
    hall = Hall(gathering)
    _stands(hall)
    asked = hall.asked()
    if one == other or max(one, other) >= asked.groups:
        raise ValidationError(_("Choose another group to merge it with."))
    people, now = _now(hall)
    # Two groups together are larger than what was asked of one: that is what was wanted now.
    case = replace(hall.case(asked, people), largest=len(people))
    found = forming.merge(case, now, one, other)
    less = replace(asked, groups=asked.groups - 1, smallest=None, largest=None)
    gone = max(one, other)
    locked = {at - 1 if at > gone else at for at in _locked_groups(hall) if at != gone}
    return _keep(
        hall, less, Mode.MERGE, dict(zip(people, found, strict=True)), by=by, key=key,
        locked=locked,
    )  # fmt: skip


def _take_turn(division: Division, version: int) -> None:
    """Of two who change the same groups at once the second looks again."""
    if not Division.objects.filter(pk=division.pk, version=version, withdrawn_at=None).update(
        version=F("version") + 1
    ):
        raise ChangedMeanwhile


@transaction.atomic
def move(
    division: Division,
    person: int,
    position: int,
    *,
    swap: int | None = None,
    version: int,
    step: uuid.UUID,
) -> None:
    """Someone goes to another group, or changes places with someone there.

    Who is in no group yet goes in. The same `step` again moves nobody.

    Raises:
        ValidationError: the group or the person is not there.
        ChangedMeanwhile: somebody was first.
    """
    if GroupMove.objects.filter(step=step).exists():
        return
    _take_turn(division, version)
    target = Group.objects.filter(division=division, position=position).first()
    if target is None:
        raise ValidationError(_("This group is not there any more. Look again."))
    member = GroupMember.objects.filter(division=division, person=person).first()
    if member is None:
        GroupMember.objects.create(division=division, group=target, person_id=person)
        return
    other = GroupMember.objects.filter(division=division, person=swap).first() if swap else None
    if other is not None and other.group_id != target.pk:
        raise ChangedMeanwhile
    moves = [(member, target.pk)] + ([(other, member.group_id)] if other else [])
    for who, to in moves:
        if who.group_id != to:
            GroupMove.objects.create(
                division=division, person_id=who.person_id, from_group_id=who.group_id,
                to_group_id=to, step=step,
            )  # fmt: skip
            GroupMember.objects.filter(pk=who.pk).update(group=to)


@transaction.atomic
def undo(division: Division, *, version: int) -> bool:
    """The last step is taken back: a move by hand, else the forming itself.

    False: there was nothing to take back but the first forming, which stands.

    Raises:
        ChangedMeanwhile: somebody was first.
    """
    _take_turn(division, version)
    last = GroupMove.objects.filter(division=division, undone_at=None).order_by("-pk").first()
    if last is not None:
        for moved in GroupMove.objects.filter(division=division, step=last.step):
            GroupMember.objects.filter(
                division=division, person=moved.person_id, group=moved.to_group_id
            ).update(group=moved.from_group_id)
        GroupMove.objects.filter(division=division, step=last.step).update(undone_at=timezone.now())
        return True
    before = Division.objects.filter(
        gathering=division.gathering_id, withdrawn_at=None, pk__lt=division.pk
    )
    if not before.exists():
        return False
    Division.objects.filter(pk=division.pk).update(withdrawn_at=timezone.now())
    return True


@transaction.atomic
def lock_group(division: Division, position: int, *, locked: bool) -> None:
    """Forming anew leaves a locked group as it is."""
    Group.objects.filter(division=division, position=position).update(locked=locked)


@transaction.atomic
def call_group(division: Division, position: int, name: str) -> None:
    """A group gets a name of its own; empty: by its number again.

    Raises:
        ValidationError: another group has that name.
    """
    name = " ".join(name.split())[:40]
    others = Group.objects.filter(division=division).exclude(position=position)
    if name and any(one.name.casefold() == name.casefold() for one in others):
        raise ValidationError(_("Another group has this name. Choose a different one."))
    Group.objects.filter(division=division, position=position).update(called=name)


@transaction.atomic
def keep_person(division: Division, person: int, *, fixed: bool) -> None:
    """Forming anew leaves someone in their group."""
    GroupMember.objects.filter(division=division, person=person).update(fixed=fixed)


@transaction.atomic
def say(gathering: Gathering, one: Person, other: Person, kind: str) -> bool:
    """Two people must be together, or apart. False: that was said already.

    Raises:
        ValidationError: it is one person, or the opposite was said.
    """
    Gathering.objects.select_for_update().get(pk=gathering.pk)
    if one == other:
        raise ValidationError(_("Choose two different people."))
    low, high = sorted((one, other), key=lambda person: person.pk)
    rule, new = GroupWish.objects.get_or_create(
        gathering=gathering, person=low, other=high, must=True, defaults={"kind": kind}
    )
    if not new and rule.kind != kind:
        raise ValidationError(_("The opposite was said already. Take that back first."))
    return new


@transaction.atomic
def take_back_rule(gathering: Gathering, pk: int) -> None:
    """Two people need not be together or apart any more."""
    GroupWish.objects.filter(gathering=gathering, pk=pk, must=True).delete()


@transaction.atomic
def wish_for(gathering: Gathering, person: Person, others: Sequence[Person]) -> None:
    """Someone says with whom they would like to be; what they said before makes room."""
    chosen = [other for other in dict.fromkeys(others) if other != person][:MOST_WISHES]
    Gathering.objects.select_for_update().get(pk=gathering.pk)
    GroupWish.objects.filter(gathering=gathering, person=person, must=False).delete()
    GroupWish.objects.bulk_create(
        GroupWish(gathering=gathering, person=person, other=other) for other in chosen
    )
