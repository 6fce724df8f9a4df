"""When, how long and in what form someone learns, and what sticks: worked out for them alone.

Every figure says what it was made from, and says nothing where that is too little. Nothing here
says what is good: who learns at night learns at night.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

# Half an hour without anything ends a sitting; what has no length of its own counts for a minute.
PAUSE = timedelta(minutes=30)
SHORTEST = timedelta(minutes=1)
# Fewer would be chance: days on which one learned, sittings, and cards that came back.
LEAST_DAYS, LEAST_SITTINGS, LEAST_RECALLS = 5, 5, 20
LEAST_OF_ONE = 8
PARTS_OF_DAY = ("night", "morning", "afternoon", "evening")
# After how many days a card came back.
SPANS = ((1, 3), (4, 10), (11, 30), (31, None))
CLEARLY_MORE = 0.4


class Moment(NamedTuple):
    """Someone was learning: local time, how long if measured, in what form."""

    at: datetime
    length: timedelta
    form: str


class Recall(NamedTuple):
    """A card came back after some days, and was known or not."""

    at: datetime
    days: int
    known: bool
    about: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A stretch of learning without a long pause."""

    begin: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Share:
    """One row of a figure: so many of so many."""

    code: str
    count: int
    of: int
    low: int = 0
    high: int | None = None

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Patterns:
    """What came out, and what it was made from. An empty figure: too little to say."""

    first_on: date | None
    last_on: date | None
    days: int
    sittings: int
    recalls: int
    known: int
    """Of the recalls, how many were known."""
    by_part: tuple[Share, ...] = ()
    by_weekday: tuple[Share, ...] = ()
    minutes: int | None = None
    """Half of the sittings took longer, half shorter."""
    by_form: tuple[Share, ...] = ()
    by_span: tuple[Share, ...] = ()
    sticks: tuple[Share, ...] = ()
    """By subject, what was remembered most often first."""
    suggests: tuple[str, ...] = ()


def part_of_day(at: datetime) -> str:
    """Night until six, then a quarter of the day each."""
    return PARTS_OF_DAY[at.hour // 6]


def sittings(moments: Iterable[Moment]) -> list[Sitting]:
    """Moments in order, joined where the pause between them is short."""
    found: list[Sitting] = []
    for moment in sorted(moments):
        ends = moment.at + max(moment.length, SHORTEST)
        last = found[-1] if found else None
        if last is not None and moment.at <= last.begin + last.length + PAUSE:
            length = max(last.length, ends - last.begin)
            found[-1] = Sitting(last.begin, length)
        else:
            found.append(Sitting(moment.at, ends - moment.at))
    return found


def patterns(moments: Sequence[Moment], recalls: Sequence[Recall]) -> Patterns:
    """All figures of one person.

    When: on how many of the days one learned it was in that part of the day, and on that weekday.
    How long: the middle one of all sittings. In what form: the minutes spent. What sticks: of the
    cards that came back after some days, how many were known.
    """
    days = {m.at.date() for m in moments}
    stretches = sittings(moments)
    enough_days = len(days) >= LEAST_DAYS
    enough_recalls = len(recalls) >= LEAST_RECALLS
    lengths = [stretch.length.total_seconds() / 60 for stretch in stretches]
    found = Patterns(
        min(days, default=None),
        max(days, default=None),
        len(days),
        len(stretches),
        len(recalls),
        sum(r.known for r in recalls),
        by_part=_by_part(moments, len(days)) if enough_days else (),
        by_weekday=_by_weekday(days) if enough_days else (),
        minutes=max(1, round(median(lengths))) if len(lengths) >= LEAST_SITTINGS else None,
        by_form=_by_form(moments) if enough_days else (),
        by_span=_by_span(recalls) if enough_recalls else (),
        sticks=_by_subject(recalls) if enough_recalls else (),
    )
    return replace(found, suggests=tuple(_suggested(found)))


def _by_part(moments: Sequence[Moment], days: int) -> tuple[Share, ...]:
    on = {(part_of_day(m.at), m.at.date()) for m in moments}
    counts = Counter(part for part, _ in on)
    return tuple(Share(part, counts[part], days) for part in PARTS_OF_DAY)


def _by_weekday(days: Iterable[date]) -> tuple[Share, ...]:
    given = list(days)
    counts = Counter(day.weekday() for day in given)
    return tuple(Share(str(number), counts[number], len(given)) for number in range(7))


def _by_form(moments: Sequence[Moment]) -> tuple[Share, ...]:
    """Minutes in each form: of each the sittings it makes by itself."""
    by: dict[str, list[Moment]] = defaultdict(list)
    for moment in moments:
        by[moment.form].append(moment)
    minutes = {
        form: max(1, round(sum(s.length.total_seconds() for s in sittings(of)) / 60))
        for form, of in by.items()
    }
    whole = sum(minutes.values())
    return tuple(
        Share(form, n, whole) for form, n in sorted(minutes.items(), key=lambda f: (-f[1], f[0]))
    )


def _by_span(recalls: Sequence[Recall]) -> tuple[Share, ...]:
    found = []
    for low, high in SPANS:
        of = [r for r in recalls if r.days >= low and (high is None or r.days <= high)]
        if len(of) >= LEAST_OF_ONE:
            found.append(Share(f"{low}", sum(r.known for r in of), len(of), low=low, high=high))
    return tuple(found)


def _by_subject(recalls: Sequence[Recall]) -> tuple[Share, ...]:
    by: dict[str, list[Recall]] = defaultdict(list)
    for recall in recalls:
        by[recall.about].append(recall)
    rows = [
        Share(about, sum(r.known for r in of), len(of))
        for about, of in by.items()
        if len(of) >= LEAST_OF_ONE
    ]
    return tuple(sorted(rows, key=lambda s: (-s.count / s.of, -s.of, s.code)))


def _suggested(found: Patterns) -> Iterable[str]:
    """What might help, each from one figure that says so clearly. Never more than two."""
    told = []
    if found.by_part and max(s.count / s.of for s in found.by_part) >= CLEARLY_MORE:
        told.append("moment")
    if (
        len(found.by_span) > 1
        and found.by_span[0].percent - min(s.percent for s in found.by_span[1:]) >= 20
    ):
        told.append("sooner")
    if found.sticks and found.sticks[-1].percent < 60:
        told.append("again")
    return told[:2]
