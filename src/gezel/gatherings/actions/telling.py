"""People are told what happens to their sessions: on their own page, and by mail."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from gezel.gatherings import letters
from gezel.gatherings.models import Gathering, Invited, News, Role
from gezel.gatherings.moved import Was, take_along

What = News.What


def tell(
    people: Iterable[int],
    gathering: Gathering,
    what: str,
    note: str = "",
    *,
    was: Mapping[int, Was] | None = None,
) -> None:
    """Something happened to a session of these people; what they were told of it before and did
    not read yet is overtaken.

    Args:
        was: of whom it concerns, when and where it was for them.
    """
    told = sorted(set(people))
    if not told:
        return
    _on_their_page(told, gathering, what, note)
    letters.write_to(told, gathering, what, was=was)


def put_on_page(people: Iterable[int], gathering: Gathering, what: str) -> None:
    """What people read when they come by: no mail."""
    if told := sorted(set(people)):
        _on_their_page(told, gathering, what, "")


def _on_their_page(told: Sequence[int], gathering: Gathering, what: str, note: str) -> None:
    now = timezone.now()
    News.objects.filter(person__in=told, gathering=gathering, seen_at=None).update(seen_at=now)
    News.objects.bulk_create(
        News(person_id=pk, gathering=gathering, what=what, note=note[:300], told_at=now)
        for pk in told
    )


def confirm(person_pk: int, gathering: Gathering, what: str) -> None:
    """What one did oneself is no news; the mail puts it in one's calendar, or takes it out."""
    letters.write_to([person_pk], gathering, what)


def put_aside(news: News) -> None:
    """Someone has seen it."""
    News.objects.filter(pk=news.pk, seen_at=None).update(seen_at=timezone.now())


# -- who gives it ----------------------------------------------------------------------------------


def givers_of(sessions: Iterable[Gathering]) -> dict[int, set[int]]:
    """By session who gives it, as trainer or assistant; one question."""
    found: dict[int, set[int]] = {g.pk: set() for g in sessions}
    giving = Role.objects.giving().filter(gathering__in=found, person__isnull=False)
    for gathering, person in giving.values_list("gathering_id", "person_id"):
        if person is not None:
            found[gathering].add(person)
    return found


def tell_what_changed_for_givers(
    sessions: Iterable[Gathering],
    before: Mapping[int, set[int]],
    changed: Mapping[int, str],
    *,
    by: int,
    was: Mapping[int, Was] | None = None,
    note: str = "",
) -> None:
    """Who gives these sessions now, gave them before, or gives them at another time or place.

    Args:
        before: by session who gave it; a new one is not in it.
        changed: what happened to a session, for who gave and gives it.
        was: when and where sessions were that were planned anew together: who gives another of
            the same there than before hears that in one mail, and their event moves.
        note: why sessions among these were called off.
    """
    told = list(sessions)
    now = givers_of(told)
    theirs: dict[str, dict[int, list[Gathering]]] = defaultdict(lambda: defaultdict(list))
    for one in told:
        gave, gives = before.get(one.pk, set()), set() if one.is_cancelled else now[one.pk]
        for what, people in (
            (What.CANCELLED if one.is_cancelled else What.GIVES_NOT, gave - gives),
            (What.GIVES, gives - gave),
            (changed.get(one.pk, ""), gives & gave),
        ):
            for person in people:
                theirs[what][person].append(one)
    if was:
        _tell_who_gives_another(theirs, was, by=by)
    for what in (What.CANCELLED, What.GIVES_NOT, What.GIVES, What.CHANGED, What.ROOM):
        tell_givers(theirs[what], what, note if what == What.CANCELLED else "", by=by)


def _tell_who_gives_another(
    theirs: Mapping[str, Mapping[int, list[Gathering]]], was: Mapping[int, Was], *, by: int
) -> None:
    """Who gave one session and gives another of the same now, hears that once; what is told here
    is taken out of what is still to be told."""
    pairs = []
    for person, gained in theirs[What.GIVES].items():
        lost = (theirs[What.GIVES_NOT].get(person, []), theirs[What.CANCELLED].get(person, []))
        for to in sorted(gained, key=lambda g: g.starts_at):
            left = [(g, of) for of in lost for g in of if _the_same(g, to) and g.pk in was]
            if left:
                gone, of = min(left, key=lambda pair: pair[0].starts_at)
                of.remove(gone)
                gained.remove(to)
                pairs.append((person, gone, to))
    two = take_along((person, gone.pk, to.pk) for person, gone, to in pairs)
    by_person: dict[int, list[Gathering]] = defaultdict(list)
    for person, _gone, to in pairs:
        by_person[person].append(to)
    known = _in_calendars(by_person)
    for person, gone, to in pairs:
        new = [g for g in by_person[person] if (person, g.pk) not in known]
        if len(new) > 1 and to in new:
            if to is new[0] and person != by:
                _on_their_page([person], to, What.GIVES_NOW, "")
                letters.write_of_several(person, new, What.GIVES_NOW)
            continue
        where = {person: was[gone.pk]}
        if person == by:
            letters.write_to([person], to, What.GIVES_NOW, was=where)
        else:
            tell([person], to, What.GIVES_NOW, was=where)
        if (person, gone.pk) in two:
            confirm(person, gone, letters.LEFT)


def _the_same(one: Gathering, other: Gathering) -> bool:
    return one.activity_id == other.activity_id and one.title == other.title


def tell_givers(
    theirs: Mapping[int, Sequence[Gathering]], what: str, note: str = "", *, by: int
) -> None:
    """The same happened to sessions that people give.

    One goes with an invitation, and so does each that stands in their calendar already. Several
    that do not are one mail that names them: who gives forty sessions has a calendar of their own
    that follows, and does not want forty mails. Who did it themselves is only told for their
    calendar.
    """
    now = timezone.now()
    ahead = {p: [g for g in of if g.ends_at > now] for p, of in theirs.items()}
    known = _in_calendars(ahead)
    each: dict[int, tuple[Gathering, list[int]]] = {}
    for person, of in ahead.items():
        new = [g for g in of if (person, g.pk) not in known]
        alone = [g for g in of if g not in new]
        if len(new) > 1:
            if person != by:
                _on_their_page([person], new[0], what, note)
                letters.write_of_several(person, new, what)
        else:
            alone += new
        for one in alone:
            each.setdefault(one.pk, (one, []))[1].append(person)
    for gathering, people in each.values():
        tell((p for p in people if p != by), gathering, what, note)
        if by in people:
            confirm(by, gathering, what)


def _in_calendars(theirs: Mapping[int, Sequence[Gathering]]) -> set[tuple[int, int]]:
    """Of these people and sessions, which someone's calendar was told of."""
    sessions = {g.pk for of in theirs.values() for g in of}
    rows = Invited.objects.filter(person__in=theirs, gathering__in=sessions)
    return set(rows.values_list("person_id", "gathering_id"))
