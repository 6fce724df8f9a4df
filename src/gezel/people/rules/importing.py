"""What a staff list would do here, row by row, decided before anything is done.

`plan` takes the rows, what the columns mean and who is known, and gives every change with what
it was and would become, and every remark at its row. A remark that blocks stops the whole list:
half a list would make leavers of those in the other half. Plain Python, no clock.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from gezel.kit.sheets import Cell, Line, as_day, as_number, as_text, has_failed
from gezel.people.rules.lines import loops

LONGEST_NAME = 150
LONGEST_PLACE = 200
DEEPEST_UNIT = 12
EARLIEST = date(1950, 1, 1)
MOST_HOURS = Decimal(80)
# Above this share of leavers a list is more often the wrong one than the truth.
BRAKE_SHARE = 0.3

_EMAIL = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+"
)
# What is left of é, ë and ’ where a file was once saved in another way than it was read.
_SPOILED = re.compile("\N{REPLACEMENT CHARACTER}|Ã[\x80-\xbf]|Â[\xa0-\xbf]|â€")
# Signs that join or turn what stands beside them: of use in a name, never in an address.
_NOT_IN_ADDRESSES = re.compile("[\u200c-\u200f\x00-\x20]")
_EDUCATION = {
    "vmbo": "vmbo", "vmbobl": "vmbo", "vmbokl": "vmbo", "vmbotl": "vmbo", "mavo": "vmbo",
    "mbo1": "vmbo", "mbo2": "mbo2", "mbo3": "mbo3", "mbo4": "mbo4", "mbo": "mbo4",
    "hbo": "hbo", "bachelor": "hbo", "hbobachelor": "hbo", "hbomaster": "hbo",
    "wo": "wo", "universiteit": "wo", "university": "wo", "master": "wo", "wobachelor": "wo",
    "womaster": "wo", "phd": "wo",
}  # fmt: skip
_SHIFT = {
    "dag": "day", "dagdienst": "day", "day": "day", "kantoor": "day", "vroeg": "early",
    "vroegedienst": "early", "early": "early", "ochtend": "early", "laat": "late",
    "latedienst": "late", "late": "late", "avond": "late", "evening": "late", "nacht": "night",
    "nachtdienst": "night", "night": "night", "wissel": "rotating", "wisselend": "rotating",
    "wisseldienst": "rotating", "ploegen": "rotating", "ploegendienst": "rotating",
    "rotating": "rotating", "2ploegen": "rotating", "3ploegen": "rotating", "5ploegen": "rotating",
}  # fmt: skip

Path = tuple[str, ...]
Key = str  # "p12": a person; "r7": the newcomer of row 7


@dataclass(frozen=True, slots=True)
class Known:
    """An employment here that runs or is to begin, or (`pending`) a question to someone.

    `our_name`: the name came from this organisation alone, so it may also correct it.
    """

    person: int
    email: str
    first_name: str
    last_name: str
    unit: Path
    job: str
    starts_on: date
    location: str = ""
    lead: int | None = None
    number: str = ""
    ends_on: date | None = None
    hours: Decimal | None = None
    education: str = ""
    shift: str = ""
    employment: int | None = None
    pending: int | None = None
    our_name: bool = True

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Account:
    """An account that exists but has no work here. `returns`: it left here only lately."""

    person: int
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """How units, jobs and locations are spelled here; by their folded names."""

    root: str
    units: Mapping[Path, Path] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    locations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a row: `code` says what, `value` what stood there."""

    row: int
    code: str
    field: str = ""
    value: str = ""
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What would happen to one person. `what`: (field, was, becomes), as text.

    kind: new (an account and an employment), asked (the account exists elsewhere: its owner is
    asked first), returns (who left lately), changed, ended.
    """

    kind: str
    row: int
    who: str
    what: tuple[tuple[str, str, str], ...]
    wanted: Known
    was: Known | None = None
    lead: Key | None = None

    @property
    def leaves_out(self) -> bool:
        """Ended because the list does not name them."""
        return self.row == 0


@dataclass(frozen=True, slots=True)
class Plan:
    """All that would happen, and all there is to say about it. `named`: row → whom it names."""

    changes: list[Change]
    remarks: list[Remark]
    unchanged: int
    here: int
    digest: str
    named: Mapping[int, str] = field(default_factory=dict)

    @property
    def blocked(self) -> bool:
        return any(remark.blocks for remark in self.remarks)

    @property
    def leavers(self) -> int:
        return sum(1 for change in self.changes if change.leaves_out)

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for change in self.changes:
            counts[change.kind] += 1
        return dict(counts)


def needs_brake(leavers: int, here: int) -> bool:
    """Whether so many would leave that someone must say it twice."""
    return leavers > 1 and leavers > here * BRAKE_SHARE


def address(cell: Cell) -> str:
    """An e-mail address as it is compared and kept: as accounts have theirs."""
    return _NOT_IN_ADDRESSES.sub("", as_text(cell).lower()).removeprefix("mailto:")


def folded(text: str) -> str:
    """A name as it is compared: without capitals and double spaces."""
    return " ".join(text.casefold().split())


def split_name(name: str) -> tuple[str, str]:
    """First name and the rest; "Vries, Jan de" is turned round."""
    if name.count(",") == 1:
        last, _comma, first = (part.strip() for part in name.partition(","))
        given, _space, infix = first.partition(" ")
        if given and last:
            return given, f"{infix} {last}".strip()
    first, _space, rest = name.partition(" ")
    return first, rest.strip()


def unit_path(text: str, root: str) -> Path:
    """ "Werkplaats/Utrecht" or "Werkplaats > Utrecht" as a path; the top may lead it or not."""
    parts = tuple(" ".join(part.split()) for part in re.split(r"[/>\\]|»|→", text))
    parts = tuple(part for part in parts if part)
    return parts[1:] if parts and folded(parts[0]) == folded(root) else parts


@dataclass(slots=True)
class _Row:
    """A row as it was understood: only what the list gives."""

    number: int
    given: dict[str, object]
    lead: str | None = None
    match: Known | None = None
    email: str = ""
    staff: str = ""
    first: str = ""
    last: str = ""
    unclear: set[str] = field(default_factory=set)  # there is something, but what is told

    @property
    def key(self) -> Key:
        return f"p{self.match.person}" if self.match else f"r{self.number}"

    @property
    def who(self) -> str:
        return f"{self.first} {self.last}".strip() or self.email or self.staff


class _Reader:
    """Understands cells; what it cannot understand becomes a remark."""

    def __init__(self, columns: Mapping[str, int], places: Places, today: date) -> None:
        self.columns, self.places = columns, places
        self.latest = today + timedelta(days=5 * 366)
        self.remarks: list[Remark] = []
        self.named: dict[int, str] = {}
        # Names of units, jobs and locations that are new with this list: written in two ways they
        # are one all the same, spelled as they were first.
        self.units: dict[Path, Path] = {}
        self.names: dict[str, dict[str, str]] = {"job": {}, "location": {}}

    def say(
        self, row: int, code: str, name: str = "", value: str = "", *, blocks: bool = True
    ) -> None:
        self.remarks.append(Remark(row, code, name, value[:200], blocks))

    def _cell(self, line: Line, name: str) -> Cell:
        number = self.columns.get(name, -1)
        cell = line.cells[number] if 0 <= number < len(line.cells) else None
        return None if has_failed(cell) else cell

    def _text(self, line: Line, name: str) -> str:
        return as_text(self._cell(line, name))

    def _look_for_failures(self, line: Line, row: _Row) -> None:
        """A formula that failed says nothing: not that there is no lead, nor that this is a job."""
        for name, number in self.columns.items():
            if number < len(line.cells) and has_failed(cell := line.cells[number]):
                self.say(line.number, "failed", name, as_text(cell))
                row.unclear.add("name" if name in {"first_name", "last_name"} else name)

    def read(self, line: Line) -> _Row:
        row = _Row(line.number, {})
        self._look_for_failures(line, row)
        self._names(line, row)
        row.email = address(self._cell(line, "email"))
        if row.email and (len(row.email) > 254 or not _EMAIL.fullmatch(row.email)):
            self.say(line.number, "bad_email", "email", row.email)
            row.unclear.add("email")
            row.email = ""
        row.staff = self._text(line, "number")
        if len(row.staff) > 60:
            self.say(line.number, "too_long", "number", row.staff)
        if row.staff:  # an empty cell takes no number away: it is how someone is known
            row.given["number"] = row.staff
        for name in ("starts_on", "ends_on"):
            if name in self.columns:
                row.given[name] = self._day(line, name, row)
        self._places(line, row)
        self._rest(line, row)
        if "lead" in self.columns:
            row.lead = self._text(line, "lead")
        self.named[line.number] = row.who
        return row

    def _names(self, line: Line, row: _Row) -> None:
        if "first_name" in self.columns or "last_name" in self.columns:
            row.first = self._text(line, "first_name")
            row.last = f"{self._text(line, 'infix')} {self._text(line, 'last_name')}".strip()
            if not row.first:
                row.first, row.last = split_name(row.last)
        else:
            row.first, row.last = split_name(self._text(line, "name"))
        for part in (row.first, row.last):
            if len(part) > LONGEST_NAME:
                self.say(line.number, "long_name", "name", part)
            if _SPOILED.search(part):
                self.say(line.number, "spoiled", "name", row.who, blocks=False)

    def _day(self, line: Line, name: str, row: _Row) -> date | None:
        cell = self._cell(line, name)
        try:
            day = as_day(cell)
        except ValueError:
            self.say(line.number, "bad_date", name, as_text(cell))
            row.unclear.add(name)
            return None
        if day and name == "ends_on" and day.year >= 2999:
            return None  # how some systems write "no end"
        if day and not EARLIEST <= day <= (
            self.latest if name == "starts_on" else date(2998, 1, 1)
        ):
            self.say(line.number, "far_date", name, day.isoformat())
            row.unclear.add(name)
            return None
        return day

    def _places(self, line: Line, row: _Row) -> None:
        if "unit" in self.columns:
            path = unit_path(self._text(line, "unit"), self.places.root)
            if any(len(part) > LONGEST_PLACE for part in path):
                self.say(line.number, "too_long", "unit", path[-1])
            if len(path) > DEEPEST_UNIT:
                self.say(line.number, "too_deep", "unit", " / ".join(path))
            row.given["unit"] = self._spelled(path)
        for name, known in (("job", self.places.jobs), ("location", self.places.locations)):
            if name in self.columns:
                text = self._text(line, name)
                if len(text) > LONGEST_PLACE:
                    self.say(line.number, "too_long", name, text)
                here = self.names[name].setdefault(folded(text), text)
                row.given[name] = known.get(folded(text), here)

    def _spelled(self, path: Path) -> Path:
        """The path as it is spelled here or above in the list, as far down as it exists."""
        told = tuple(folded(part) for part in path)
        for end in range(len(path), 0, -1):
            found = self.places.units.get(told[:end]) or self.units.get(told[:end])
            if found:
                path = found + path[end:]
                break
        for end in range(1, len(path) + 1):
            self.units.setdefault(told[:end], path[:end])
        return path

    def _rest(self, line: Line, row: _Row) -> None:
        if "hours" in self.columns:
            cell = self._cell(line, "hours")
            try:
                if isinstance(cell, str):
                    cell = re.sub(r"(?i)\s*(uur|uren|hours|h|u)\.?$", "", cell.strip())
                hours = as_number(cell)
                if hours is not None and not 0 <= hours <= MOST_HOURS:
                    raise ValueError(str(hours))
                row.given["hours"] = None if hours is None else round(hours, 1)
            except ValueError:
                self.say(line.number, "bad_hours", "hours", as_text(cell))
        for name, words in (("education", _EDUCATION), ("shift", _SHIFT)):
            if name in self.columns:
                text = self._text(line, name)
                short = re.sub(r"[\W_]|niveau", "", text.casefold())
                row.given[name] = words.get(short, "")
                if short and short not in words:
                    self.say(line.number, "left_empty", name, text, blocks=False)


def plan(
    rows: Iterable[Line],
    columns: Mapping[str, int],
    *,
    known: Sequence[Known],
    accounts: Mapping[str, Account],
    places: Places,
    everyone: bool,
    today: date,
    uploader: int | None = None,
    earlier: Mapping[int, set[date]] | None = None,
) -> Plan:
    """What this list would do.

    Args:
        rows: the filled rows below the header.
        columns: field → number of its column.
        known: who works here, begins here later, or was asked to.
        accounts: accounts without work here, by e-mail address.
        places: how units, jobs and locations are spelled here.
        everyone: the list names everyone, so who is missing has left.
        today: the day it is done; leavers have it as their last day.
        uploader: whose list it is; they cannot end themselves.
        earlier: person → first days of employments here that ended.
    """
    reader = _Reader(columns, places, today)
    remarks = reader.remarks
    for missing in missing_columns(columns):
        remarks.append(Remark(0, "no_column", missing))
    if remarks:
        return Plan([], remarks, 0, len(known), "")
    matcher = _Matcher(known, reader)
    understood = [row for line in rows if (row := matcher.match(reader.read(line)))]
    matcher.settle_numbers()
    changes: list[Change] = []
    unchanged = 0
    leads = _Leads(understood, known, everyone=everyone)
    decider = _Decider(columns, accounts, reader, leads, today, earlier or {})
    for row in understood:
        change = decider.decide(row)
        if isinstance(change, Change):
            changes.append(change)
        else:
            unchanged += change
    if everyone:
        changes += _leavers(known, matcher.matched, reader, today, uploader)
    if "lead" in columns:
        _refuse_loops(changes, known, understood, reader)
    remarks.sort(key=lambda remark: (not remark.blocks, remark.row))
    here = sum(1 for k in known if k.employment and k.starts_on <= today)
    told = hashlib.sha256(repr((changes, remarks)).encode("utf-8", "replace")).hexdigest()
    named = {remark.row: reader.named.get(remark.row, "") for remark in remarks}
    return Plan(changes, remarks, unchanged, here, told, named)


def missing_columns(columns: Mapping[str, int]) -> list[str]:
    """What a list cannot do without: a name, an e-mail address and a job."""
    return [
        name
        for name, there in (
            ("name", {"name", "first_name", "last_name"} & set(columns)),
            ("email", "email" in columns),
            ("job", "job" in columns),
        )
        if not there
    ]


class _Matcher:
    """Finds who a row is about, and rows that are about the same person."""

    def __init__(self, known: Sequence[Known], reader: _Reader) -> None:
        self.say = reader.say
        self.by_email: dict[str, list[Known]] = defaultdict(list)
        self.by_number: dict[str, list[Known]] = defaultdict(list)
        for one in sorted(known, key=lambda k: k.starts_on):
            self.by_email[one.email].append(one)
            if one.number:
                self.by_number[one.number].append(one)
        self.seen_email: dict[str, _Row] = {}
        self.seen_number: dict[str, _Row] = {}
        self.seen_person: dict[int, _Row] = {}
        self.matched: set[int] = set()
        self.contested: list[tuple[_Row, Known]] = []

    def settle_numbers(self) -> None:
        """A number may pass on within one list, from who gives it up in that list."""
        for row, holder in self.contested:
            other = self.seen_person.get(holder.person)
            if other is None or other.staff == row.staff:
                self.say(row.number, "number_of_other", "number", f"{row.staff}: {holder.name}")

    def match(self, row: _Row) -> _Row | None:
        """The row with who it is about; None for a row that says nothing new or nothing sure."""
        if first := self._doubled(row):
            same = (first.given, first.lead, first.who) == (row.given, row.lead, row.who)
            code = "doubled_same" if same else "doubled"
            self.say(row.number, code, "email", str(first.number), blocks=not same)
            return None
        of_number = self.by_number.get(row.staff, []) if row.staff else []
        of_email = self.by_email.get(row.email, []) if row.email else []
        found = of_email or of_number
        if of_number and of_email and of_number[0].person != of_email[0].person:
            self.contested.append((row, of_number[0]))
        elif of_number and not of_email:
            if row.email and row.last and folded(of_number[0].last_name) != folded(row.last):
                self.say(row.number, "number_taken", "number", f"{row.staff}: {of_number[0].name}")
            elif row.email:
                self.say(row.number, "email_kept", "email", of_number[0].email, blocks=False)
        if found:
            starts_on = row.given.get("starts_on")
            row.match = next((k for k in found if k.starts_on == starts_on), found[-1])
            self.matched.add(row.match.person)
            if twin := self.seen_person.get(row.match.person):
                self.say(row.number, "doubled", "email", str(twin.number))
                return None
            self.seen_person[row.match.person] = row
        return row

    def _doubled(self, row: _Row) -> _Row | None:
        twin = self.seen_email.get(row.email) if row.email else None
        twin = twin or (self.seen_number.get(row.staff) if row.staff else None)
        if twin is None:
            if row.email:
                self.seen_email[row.email] = row
            if row.staff:
                self.seen_number[row.staff] = row
        return twin


class _Leads:
    """Finds the lead a row names: by e-mail address, staff number or exact name."""

    def __init__(self, rows: Sequence[_Row], known: Sequence[Known], *, everyone: bool) -> None:
        self.by_word: dict[str, Key] = {}
        self.by_name: dict[str, set[Key]] = defaultdict(set)
        self.names: dict[Key, str] = {}
        self.pending: set[Key] = set()
        in_list = {row.match.person for row in rows if row.match}
        for one in known:
            key = f"p{one.person}"
            self.names[key] = one.name
            if one.pending:
                self.pending.add(key)
            if one.person in in_list or not everyone:
                self._add(key, one.email, one.number, one.name)
        for row in rows:
            self._add(row.key, row.email, row.staff, row.who)
            self.names.setdefault(row.key, row.who)

    def _add(self, key: Key, email: str, number: str, name: str) -> None:
        for word in (email, folded(number)):
            if word:
                self.by_word.setdefault(word, key)
        self.by_name[folded(name)].add(key)

    def find(self, text: str) -> tuple[Key | None, str]:
        """The lead's key, or what is wrong: unknown_lead or two_leads."""
        word = folded(text)
        if found := self.by_word.get(word) or self.by_word.get(address(text)):
            return found, ""
        keys = self.by_name.get(word) or self.by_name.get(folded(" ".join(split_name(text))), set())
        if len(keys) == 1:
            return next(iter(keys)), ""
        return None, "two_leads" if keys else "unknown_lead"


@dataclass(frozen=True, slots=True)
class _Decider:
    """Says what a row would do, given all there is to know."""

    columns: Mapping[str, int]
    accounts: Mapping[str, Account]
    reader: _Reader
    leads: _Leads
    today: date
    earlier: Mapping[int, set[date]]

    def decide(self, row: _Row) -> Change | int:
        """The change; a number counts as unchanged (1) or as nothing (0)."""
        was, say = row.match, self.reader.say
        account = None if was else self.accounts.get(row.email)
        ends_on = row.given.get("ends_on")
        if was is None and isinstance(ends_on, date) and ends_on < self.today:
            say(row.number, "already_left", "ends_on", blocks=False)
            return 0
        lead = self._lead(row)
        if not self._complete(row):
            return 0
        wanted = self._wanted(row, account)
        kind = "changed"
        if was is None:
            kind = "new" if account is None else "returns" if account.returns else "asked"
        elif was.ends_on and wanted.starts_on > was.ends_on:
            kind, wanted = "returns", replace(wanted, employment=None)
        if wanted.ends_on and wanted.ends_on < wanted.starts_on:
            say(row.number, "end_before_start", "ends_on", wanted.ends_on.isoformat())
        moved = was is None or was.starts_on != wanted.starts_on
        if moved and wanted.starts_on in self.earlier.get(wanted.person, ()):
            say(row.number, "start_taken", "starts_on", wanted.starts_on.isoformat())
        what = _differences(None if kind == "returns" else was, wanted)
        before = f"p{was.lead}" if was and was.lead else None
        if row.lead is not None and lead != before:
            names = self.leads.names
            what.append(("lead", names.get(before or "", ""), names.get(lead or "", "")))
        if not what:
            return 1
        if kind == "changed" and was and wanted.ends_on and wanted.ends_on != was.ends_on:
            kind = "ended"
        return Change(kind, row.number, row.who, tuple(what), wanted, was, lead)

    def _complete(self, row: _Row) -> bool:
        """Whether the row says what it must."""
        say, newcomer = self.reader.say, row.match is None
        missing = ""
        if not row.who or (newcomer and not row.first):
            missing = "name"
        elif newcomer and not row.email:
            missing = "email"
        elif not row.given.get("job"):
            missing = "job"
        elif "starts_on" in self.columns and not row.given.get("starts_on"):
            missing = "starts_on"
        if missing and missing not in row.unclear:
            say(row.number, f"no_{missing}", missing)
        return not missing

    def _wanted(self, row: _Row, account: Account | None) -> Known:
        """What would stand in the books; what the list does not give stays as it is."""
        was = row.match
        base = was or Known(account.person if account else 0, row.email, "", "", (), "", self.today)
        name = {"first_name": row.first, "last_name": row.last} if row.who else {}
        if was and not was.our_name:
            if row.who and folded(row.who) != folded(was.name):
                self.reader.say(row.number, "name_kept", "name", row.who, blocks=False)
            name = {}
        return replace(base, **name, **row.given)  # type: ignore[arg-type] # the reader made them

    def _lead(self, row: _Row) -> Key | None:
        was = row.match
        if row.lead is None:
            return f"p{was.lead}" if was and was.lead else None
        if not row.lead:
            return None
        lead, wrong = self.leads.find(row.lead)
        if not wrong and lead == row.key:
            wrong = "own_lead"
        if wrong:
            self.reader.say(row.number, wrong, "lead", row.lead)
            return None
        if lead in self.leads.pending:
            self.reader.say(row.number, "lead_not_yet", "lead", row.lead, blocks=False)
            return None
        return lead


def _told(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " / ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _differences(was: Known | None, wanted: Known) -> list[tuple[str, str, str]]:
    found = []
    if was is None or was.name != wanted.name:
        found.append(("name", was.name if was else "", wanted.name))
    if was is None:
        found.append(("email", "", wanted.email))
    for name in (
        "number", "unit", "job", "location", "starts_on", "ends_on", "hours", "education", "shift",
    ):  # fmt: skip
        before, after = getattr(was, name) if was else None, getattr(wanted, name)
        if (before or None) != (after or None):
            found.append((name, _told(before), _told(after)))
    return found


def _leavers(
    known: Sequence[Known],
    matched: set[int],
    reader: _Reader,
    today: date,
    uploader: int | None,
) -> list[Change]:
    """Who the list does not name: their last day is today; who is yet to begin stays."""
    found = []
    for one in known:
        if one.person in matched or one.starts_on > today:
            continue
        if one.person == uploader and not one.pending:
            reader.say(0, "you_are_missing", "email", one.email)
            continue
        if one.ends_on and one.ends_on <= today:
            continue
        what = (("ends_on", _told(one.ends_on), today.isoformat()),)
        found.append(Change("ended", 0, one.name, what, one, one))
    return found


def _refuse_loops(
    changes: Sequence[Change], known: Sequence[Known], rows: Sequence[_Row], reader: _Reader
) -> None:
    """Nobody leads themselves by a detour, with all of this done."""
    lead_of: dict[str, str | None] = {
        f"p{one.person}": f"p{one.lead}" if one.lead else None for one in known if not one.pending
    }
    lead_of |= {
        (f"p{c.was.person}" if c.was else f"r{c.row}"): c.lead for c in changes if not c.leaves_out
    }
    at_row = {row.key: row for row in rows}
    names = {f"p{one.person}": one.name for one in known} | {k: r.who for k, r in at_row.items()}
    for circle in loops(lead_of):
        told = " → ".join(names.get(key, "?") for key in [*circle, circle[0]])
        numbers = [at_row[key].number for key in circle if key in at_row] or [0]
        for number in numbers[:20]:
            reader.say(number, "loop", "lead", told)
