"""People are told what happens to their sessions: on their own page, and by mail."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from gezel.gatherings import letters
from gezel.gatherings.models import Gathering, Invited, News, Role
from gezel.gatherings.moved import Was

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
) -> None:
    """Who gives these sessions now, gave them before, or gives them at another time or place.

    Args:
        before: by session who gave it; a new one is not in it.
        changed: what happened to a session, for who gave and gives it.
    """
    told = list(sessions)
    now = givers_of(told)
    for what in (What.GIVES_NOT, What.GIVES, What.CHANGED, What.ROOM):
        theirs: dict[int, list[Gathering]] = defaultdict(list)
        for one in told:
            was, gives = before.get(one.pk, set()), now[one.pk]
            of_what = {
                What.GIVES: gives - was,
                What.GIVES_NOT: was - gives,
            }.get(what, gives & was if changed.get(one.pk) == what else set())
            for person in of_what:
                theirs[person].append(one)
        tell_givers(theirs, what, by=by)


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
    known = set(
        Invited.objects.filter(
            person__in=ahead, gathering__in={g.pk for of in ahead.values() for g in of}
        ).values_list("person_id", "gathering_id")
    )
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
