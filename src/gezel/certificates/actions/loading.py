"""Loading a list of certificates: read it, choose its columns, look at every row, take it over.

Back-dated ones fall into place by the rule. Nothing else happens: no message, no evidence, no
celebration; and the same list again adds nothing.
"""

import hashlib
import json
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gezel.certificates import everyone as all_here
from gezel.certificates import rules
from gezel.certificates.actions.holdings import looks_like
from gezel.certificates.everyone import Ground, changed, ground_of
from gezel.certificates.models import CertificateType, Holding, Load, LoadLine, LoadRecipe
from gezel.certificates.rules import columns as reading
from gezel.certificates.rules import many
from gezel.kit.sheets import Cell, Line, Sheet, as_day, as_text, read
from gezel.people.api import Employment, Organisation, Person

# Longer lists are looked through and taken over in the background.
AT_ONCE = 2_000
KEPT = timedelta(days=30)
KEPT_AS_A_FACT = timedelta(days=730)
_BATCH = 2_000
_KEYS = uuid.UUID("6f0c3c1e-8f2b-4f4e-9a52-3b7f0c4f1d11")
_EARLIEST = date(1950, 1, 1)


class Steps(Protocol):
    """What is told how far the work is: `kit.jobs.Progress`, or nothing."""

    def begin(self, steps: int, message: str = "") -> None: ...

    def step(self, steps: int = 1, message: str = "") -> None: ...


class _Silent:
    def begin(self, steps: int, message: str = "") -> None:
        pass

    def step(self, steps: int = 1, message: str = "") -> None:
        pass


class LoadChanged(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Between looking and doing something changed; what it would do now is there to look at."""


class LoadRefused(Exception):  # noqa: N818 - idem
    """There are problems, and nobody said to leave those rows out."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems[:20]))
        self.problems = problems


# -- receiving ------------------------------------------------------------------------------------


def receive(
    organisation: Organisation, *, by: Person | None, name: str, content: bytes, key: uuid.UUID
) -> Load:
    """A list comes in; it is read, and nothing else is done. The same key again is the same list.

    Raises:
        kit.sheets.SheetError: the file cannot be read; the message is for people.
    """
    if found := Load.objects.filter(pk=key, organisation=organisation).first():
        return found
    sheet = read(content)
    recipe = LoadRecipe.objects.filter(organisation=organisation).first()
    columns = reading.guess(sheet.header, recipe.columns if recipe else {})
    told = _writes_month_first(sheet.lines, columns)
    load, _new = Load.objects.get_or_create(
        pk=key,
        organisation=organisation,
        defaults={
            "uploaded_by": by,
            "file_name": name[-200:],
            "header": [header[:200] for header in sheet.header],
            "rows": len(sheet.lines),
            "table": _packed(sheet),
            "columns": columns,
            "month_first": told if told is not None else bool(recipe and recipe.month_first),
        },
    )
    return load


def _writes_month_first(lines: list[Line], columns: Mapping[str, int]) -> bool | None:
    dates = [columns[name] for name in ("issued_on", "valid_until") if name in columns]
    return reading.writes_month_first(
        line.cells[number] for line in lines for number in dates if number < len(line.cells)
    )


def _packed(sheet: Sheet) -> bytes:
    rows = [
        [line.number, *(c.isoformat() if isinstance(c, date) else c for c in line.cells)]
        for line in sheet.lines
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace"), 3)


def lines_of(load: Load) -> list[Line]:
    """The rows as they were read."""
    packed = Load.objects.values_list("table", flat=True).get(pk=load.pk)
    rows = json.loads(zlib.decompress(bytes(packed))) if packed else []
    return [Line(row[0], row[1:]) for row in rows]


@transaction.atomic
def choose_columns(load: Load, columns: Mapping[str, int], *, month_first: bool) -> None:
    """HR says which column is which and how dates are written; both are remembered."""
    load.columns, load.month_first = dict(columns), month_first
    load.state, load.digest = Load.State.READ, ""
    load.save(update_fields=["columns", "month_first", "state", "digest"])
    recipe, _new = LoadRecipe.objects.get_or_create(organisation=load.organisation)
    names = [reading.normal(name) for name in load.header]
    kept = {
        header: name
        for header, name in recipe.columns.items()
        if header not in names and name not in columns
    }
    recipe.columns = kept | {names[number]: name for name, number in columns.items()}
    recipe.month_first = month_first
    recipe.save()


def discard(load: Load) -> None:
    """HR thinks better of it: nothing of the list stays."""
    Load.objects.filter(pk=load.pk).exclude(
        state__in=[Load.State.DONE, Load.State.APPLYING]
    ).delete()


def forget_old(now: datetime) -> None:
    """Rows of lists older than thirty days go; that they were brought in stays two years."""
    old = Load.objects.filter(created_at__lt=now - KEPT)
    LoadLine.objects.filter(load__in=old).delete()
    old.exclude(state=Load.State.DONE).delete()
    Load.objects.filter(created_at__lt=now - KEPT_AS_A_FACT).delete()


# -- looking --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate that a row asks for."""

    row: int
    who: str
    person: int
    type: int
    number: str
    issued_on: date
    printed_until: date | None
    refresher: bool

    @property
    def same(self) -> tuple[int, int, date, str]:
        """What makes two the same certificate."""
        return (self.person, self.type, self.issued_on, rules.compared(self.number))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would do: what is new, what stands here already, and what is wrong, by row."""

    new: list[Wanted]
    known: list[tuple[int, str, str]]
    problems: list[tuple[int, str, str]]

    @property
    def digest(self) -> str:
        """The plan in one word: as it was shown, so it is done."""
        told = repr((self.new, [row for row, *_rest in self.problems]))
        return hashlib.sha256(told.encode()).hexdigest()


class _Problem(Exception):  # noqa: N818 - only between the two functions below
    pass


class _Reader:
    """Understands rows: who, which certificate, which days."""

    def __init__(self, load: Load, today: date) -> None:
        self.load, self.today = load, today
        self.ground: Ground = ground_of(load.organisation_id)
        self.people, self.names = _people(load.organisation, today)
        self.types: dict[str, CertificateType | None] = {}
        for type_ in self.ground.types.values():
            for name in {reading.normal(type_.name_nl), reading.normal(type_.name_en)} - {""}:
                taken = self.types.get(name, type_)
                self.types[name] = type_ if taken is type_ else None
        self.there: dict[tuple[int, int, date, str], date | None] = {}
        self.numbers: dict[tuple[int, str], int] = {}
        for person, type_pk, issued, number, printed in (
            Holding.objects.filter(type__organisation=load.organisation)
            .exclude(state=Holding.State.REFUSED)
            .values_list("person_id", "type_id", "issued_on", "number", "printed_until")
            .iterator(chunk_size=_BATCH)
        ):
            told = rules.compared(number)
            self.there[person, type_pk, issued, told] = printed
            if told:
                self.numbers[type_pk, told] = person

    def plan(self, lines: list[Line]) -> Plan:
        new: list[Wanted] = []
        known: list[tuple[int, str, str]] = []
        problems: list[tuple[int, str, str]] = []
        rows: dict[tuple[int, int, date, str], int] = {}
        for line in lines:
            who = self._text(line, "person")[:320]
            try:
                one = self._wanted(line)
                if one.same in self.there:
                    self._same_end(one, self.there[one.same])
                    known.append((line.number, who, _("Stands here already.")))
                elif one.same in rows:
                    told = _("The same as row %(row)s.") % {"row": rows[one.same]}
                    known.append((line.number, who, told))
                else:
                    self._number_free(one)
                    rows[one.same] = line.number
                    new.append(one)
            except _Problem as problem:
                problems.append((line.number, who, str(problem)))
        return Plan(new, known, problems)

    def _cell(self, line: Line, name: str) -> Cell:
        number = self.load.columns.get(name, -1)
        return line.cells[number] if 0 <= number < len(line.cells) else None

    def _text(self, line: Line, name: str) -> str:
        return as_text(self._cell(line, name))

    def _wanted(self, line: Line) -> Wanted:
        person, name = self._person(self._text(line, "person"))
        type_ = self._type(self._text(line, "type"))
        issued_on = self._day(line, "issued_on")
        if issued_on is None:
            raise _Problem(_("The date of issue is missing."))
        if issued_on > self.today:
            raise _Problem(_("The date of issue lies ahead."))
        until = self._day(line, "valid_until")
        if until is not None and until < issued_on:
            raise _Problem(_("It ends before it was issued."))
        number = self._text(line, "number")
        if len(number) > 100:
            raise _Problem(_("The number is longer than 100 signs."))
        if number and not rules.fits(number, type_.number_form):
            raise _Problem(
                _("The number of this certificate looks like %(form)s.")
                % {"form": looks_like(type_.number_form)}
            )
        terms = self.ground.terms_on(type_.pk, issued_on)
        given = rules.Given("", issued_on, terms.rule if terms else rules.Terms(), True, until)
        if not rules.possible(given):
            raise _Problem(_("Every certificate of this kind had ended by then."))
        refresher = self._text(line, "refresher").casefold() in _YES
        return Wanted(line.number, name, person, type_.pk, number, issued_on, until, refresher)

    def _person(self, told: str) -> tuple[int, str]:
        if not told:
            raise _Problem(_("It does not say whose certificate it is."))
        found = self.people.get(told.casefold())
        if found is None:
            many_names = told.casefold() in self.people
            raise _Problem(
                _("More than one person here has this name. Give an e-mail address.")
                if many_names
                else _("Nobody who works here has this e-mail address, staff number or name.")
            )
        return found, self.names[found]

    def _type(self, told: str) -> CertificateType:
        if not told:
            raise _Problem(_("It does not say which certificate it is."))
        found = self.types.get(reading.normal(told))
        if found is None:
            raise _Problem(
                _("“%(name)s” is not among the certificates you keep track of.") % {"name": told}
            )
        return found

    def _day(self, line: Line, name: str) -> date | None:
        cell = self._cell(line, name)
        try:
            day = as_day(reading.day_first(cell, month_first=self.load.month_first))  # type: ignore[arg-type] # a cell stays a cell
        except ValueError:
            raise _Problem(
                _("“%(told)s” is no date we know. Write it as 31-12-2025.")
                % {"told": as_text(cell)}
            ) from None
        if day is not None and not _EARLIEST <= day <= date(2150, 12, 31):
            raise _Problem(_("The year of %(told)s cannot be right.") % {"told": day.isoformat()})
        return day

    def _same_end(self, one: Wanted, there: date | None) -> None:
        if one.printed_until is not None and there is not None and one.printed_until != there:
            raise _Problem(
                _("It stands here already, with another last day: %(day)s.")
                % {"day": formats.date_format(there, "SHORT_DATE_FORMAT")}
            )

    def _number_free(self, one: Wanted) -> None:
        told = rules.compared(one.number)
        if not told:
            return
        holder = self.numbers.setdefault((one.type, told), one.person)
        if holder != one.person:
            raise _Problem(_("This number stands with someone else."))


_YES = {"ja", "j", "yes", "y", "x", "1", "true", "waar", "herhaling", "refresher"}


def _people(
    organisation: Organisation, today: date
) -> tuple[dict[str, int | None], dict[int, str]]:
    """Who works here, by address, staff number and whole name; None where two share a name."""
    found: dict[str, int | None] = {}
    names: dict[int, str] = {}
    seats = (
        Employment.objects.current(today)
        .filter(organisation=organisation)
        .values_list(
            "person_id", "person__email", "number", "person__first_name", "person__last_name"
        )
    )
    by_name: dict[str, set[int]] = {}
    for pk, email, number, first, last in seats.iterator(chunk_size=_BATCH):
        names[pk] = f"{first} {last}".strip()
        by_name.setdefault(names[pk].casefold(), set()).add(pk)
        by_name.setdefault(f"{last}, {first}".casefold(), set()).add(pk)
        if number:
            found[number.casefold()] = pk
        found[email.casefold()] = pk
    for name, pks in by_name.items():
        found.setdefault(name, next(iter(pks)) if len(pks) == 1 else None)
    return found, names


def prepare(load: Load, progress: Steps | None = None) -> None:
    """Work out what the list would do and write it down to be looked at. Adds nothing."""
    steps = progress or _Silent()
    steps.begin(2, _("Looking through the list"))
    made = _Reader(load, timezone.localdate()).plan(lines_of(load))
    steps.step(message=_("Writing down what would change"))
    with transaction.atomic():
        locked = Load.objects.select_for_update().defer("table").get(pk=load.pk)
        if locked.state == Load.State.DONE:
            return
        LoadLine.objects.filter(load=load).delete()
        LoadLine.objects.bulk_create(_preview(load, made), batch_size=_BATCH)
        load.counts = {
            "new": len(made.new),
            "known": len(made.known),
            "problems": len(made.problems),
        }
        load.digest, load.state = made.digest, Load.State.READY
        load.save(update_fields=["counts", "digest", "state"])
    steps.step()


def _preview(load: Load, made: Plan) -> Iterator[LoadLine]:
    for kind, lines in (("problem", made.problems), ("known", made.known)):
        for row, who, what in lines:
            yield LoadLine(load=load, kind=kind, row=row, who=who, what=what[:600])
    types = ground_of(load.organisation_id).types
    for one in made.new:
        what = f"{types[one.type].name} · {formats.date_format(one.issued_on, 'SHORT_DATE_FORMAT')}"
        if one.number:
            what += f" · {one.number}"
        yield LoadLine(load=load, kind="new", row=one.row, who=one.who[:320], what=what[:600])


def begin(load: Load, state: str, task: uuid.UUID) -> None:
    """The list is long: it is worked on in the background."""
    Load.objects.filter(pk=load.pk).exclude(state=Load.State.DONE).update(state=state, task=task)


# -- doing ----------------------------------------------------------------------------------------


def apply(
    load: Load, *, digest: str, leave_out: bool = False, progress: Steps | None = None
) -> Mapping[str, int]:
    """Take the list over, exactly as it was shown. Once: a second time changes nothing.

    Args:
        leave_out: rows with a problem are left out, and HR said so.

    Raises:
        LoadChanged: someone changed something since; the new plan is written down to look at.
        LoadRefused: there are problems, and nobody said to leave those rows out.
    """
    steps = progress or _Silent()
    steps.begin(4, _("Looking through the list"))
    fresh = Load.objects.select_related("organisation").defer("table").get(pk=load.pk)
    if fresh.state == Load.State.DONE:
        return _counts(fresh)
    made = _Reader(fresh, timezone.localdate()).plan(lines_of(fresh))
    steps.step(message=_("Writing certificates"))
    with transaction.atomic():
        # One list at a time for an organisation: its row is the lock.
        organisation = Organisation.objects.select_for_update().get(pk=fresh.organisation_id)
        found = Load.objects.select_for_update().defer("table").get(pk=load.pk)
        if found.state == Load.State.DONE:
            return _counts(found)
        changed_since = made.digest != digest or found.digest != digest
        if not changed_since:
            if made.problems and not leave_out:
                raise LoadRefused([f"{row}: {what}" for row, _who, what in made.problems])
            _write(found, made)
            steps.step(message=_("Working out until when each is valid"))
            changed(organisation.pk, {one.person for one in made.new})
            reckon_everyone(organisation.pk)
            steps.step()
            found.state, found.applied_at, found.table = Load.State.DONE, timezone.now(), b""
            found.save(update_fields=["state", "applied_at", "table"])
    if changed_since:
        prepare(Load.objects.get(pk=load.pk))
        raise LoadChanged
    steps.step()
    return _counts(found)


def _counts(load: Load) -> Mapping[str, int]:
    counts: dict[str, int] = load.counts
    return counts


def _write(load: Load, made: Plan) -> None:
    ground, now = ground_of(load.organisation_id), timezone.now()

    def rows() -> Iterator[Holding]:
        for one in made.new:
            own = one.person == load.uploaded_by_id
            terms = ground.terms_on(one.type, one.issued_on)
            given = rules.Given(
                "", one.issued_on, terms.rule if terms else rules.Terms(), True, one.printed_until
            )
            yield Holding(
                type_id=one.type,
                person_id=one.person,
                number=one.number,
                issued_on=one.issued_on,
                printed_until=one.printed_until,
                valid_until=rules.reckoned([given])[0].valid_until,
                terms=terms,
                refresher=one.refresher,
                origin=Holding.Origin.LOADED,
                # Nobody confirms their own, not even by loading it.
                state=Holding.State.WAITING if own else Holding.State.CONFIRMED,
                registered_by_id=load.uploaded_by_id,
                decided_by_id=None if own else load.uploaded_by_id,
                decided_at=None if own else now,
                key=uuid.uuid5(_KEYS, repr((load.organisation_id, *one.same))),
            )

    Holding.objects.bulk_create(rows(), batch_size=_BATCH, ignore_conflicts=True)


def reckon_everyone(organisation_pk: int) -> int:
    """Write down again until when every certificate here is valid, by the rule and from the facts;
    returns how many were written otherwise.
    """
    marks = all_here.marks_of(organisation_pk)
    facts = all_here.facts_of(organisation_pk, marks)
    dates = all_here.reckon(facts, ground_of(organisation_pk, marks))
    follows = dict(zip(facts.holdings.key.tolist(), dates.until.tolist(), strict=True))
    wrong: list[tuple[str | None, int]] = []
    for pk, until in (
        Holding.objects.filter(type__organisation=organisation_pk)
        .values_list("pk", "valid_until")
        .iterator(chunk_size=_BATCH)
    ):
        told = follows.get(pk)
        if told is not None and told != many.number(until):
            day = many.day_of(told)
            wrong.append((day.isoformat() if day else None, pk))
    if wrong:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE certificates_holding SET valid_until = %s WHERE id = %s", wrong
            )
    return len(wrong)


# -- without a browser ----------------------------------------------------------------------------


def load_certificates(
    path: Path,
    *,
    organisation: str,
    leave_out: bool = False,
    by: Person | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Mapping[str, int]:
    """Load a list from a file, with the columns as HR chose them or as they explain themselves.

    Args:
        organisation: its slug.
        leave_out: rows with a problem are left out; otherwise they stop the whole list.
        say: is told each step.

    Raises:
        kit.sheets.SheetError: the file cannot be read.
        LoadRefused: there are problems; nothing was done.
        Organisation.DoesNotExist: there is no such organisation.
    """
    found = Organisation.objects.get(slug=organisation)
    load = receive(found, by=by, name=path.name, content=path.read_bytes(), key=uuid.uuid4())
    missing = [name for name in reading.NEEDED if name not in load.columns]
    if missing:
        discard(load)
        raise LoadRefused([_("No column for: %(fields)s.") % {"fields": ", ".join(missing)}])
    say(_("Read %(rows)s rows.") % {"rows": load.rows})
    prepare(load)
    if load.counts["problems"] and not leave_out:
        lines = load.lines.filter(kind="problem").order_by("row")
        problems = [f"{line.row}: {line.what}" for line in lines]
        discard(load)
        raise LoadRefused(problems)
    return apply(load, digest=load.digest, leave_out=leave_out)
