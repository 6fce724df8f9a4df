"""Loading a list of certificates: read it, choose its columns, look at every row, take it over.

Back-dated ones fall into place by the rule. Nothing else happens: no message, no evidence, no
celebration; and the same list again adds nothing.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
from gezel.kit.incoming import actions as incoming
from gezel.kit.incoming.columns import guess, normal
from gezel.kit.sheets import Cell, Line, Sheet, as_day, as_text, has_failed
from gezel.people.api import Employment, Organisation, Person

_BATCH = 2_000
_KEYS = uuid.UUID("6f0c3c1e-8f2b-4f4e-9a52-3b7f0c4f1d11")
_EARLIEST = date(1950, 1, 1)


# -- receiving ------------------------------------------------------------------------------------


def receive(
    organisation: Organisation, *, by: Person | None, name: str, content: bytes, key: uuid.UUID
) -> Load:
    """A list comes in; it is read, and nothing else is done. The same key again is the same list.

    Raises:
        kit.sheets.SheetError: the file cannot be read; the message is for people.
    """
    recipe = LoadRecipe.objects.filter(organisation=organisation).first()

    def told(sheet: Sheet) -> Mapping[str, object]:
        columns = guess(sheet.header, recipe.columns if recipe else {}, reading.MEANT)
        seen = _writes_month_first(sheet.lines, columns)
        month_first = seen if seen is not None else bool(recipe and recipe.month_first)
        return {"uploaded_by": by, "columns": columns, "month_first": month_first}

    belongs = {"organisation": organisation}
    return incoming.receive(Load, key=key, name=name, content=content, belongs=belongs, told=told)


def _writes_month_first(lines: list[Line], columns: Mapping[str, int]) -> bool | None:
    dates = [columns[name] for name in ("issued_on", "valid_until") if name in columns]
    return reading.writes_month_first(
        line.cells[number] for line in lines for number in dates if number < len(line.cells)
    )


@transaction.atomic
def choose_columns(load: Load, columns: Mapping[str, int], *, month_first: bool) -> None:
    """HR says which column is which and how dates are written; both are remembered."""
    load.columns, load.month_first = dict(columns), month_first
    load.state, load.digest = Load.State.READ, ""
    load.save(update_fields=["columns", "month_first", "state", "digest"])
    recipe, _new = LoadRecipe.objects.get_or_create(organisation=load.organisation)
    incoming.remember(recipe, load)
    recipe.month_first = month_first
    recipe.save()


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
            for name in {normal(type_.name_nl), normal(type_.name_en)} - {""}:
                taken = self.types.get(name, type_)
                self.types[name] = type_ if taken is type_ else None
        for name, short in _short_names(self.ground.types.values()).items():
            self.types.setdefault(name, short)
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
        for number in self.load.columns.values():
            if number < len(line.cells) and has_failed(cell := line.cells[number]):
                raise _Problem(
                    _(
                        "“%(told)s” is a formula of your sheet without an outcome. Mend it there, "
                        "or fill in what is meant."
                    )
                    % {"told": as_text(cell)}
                )
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
        found = self.types.get(normal(told))
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


_IN_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)\s*")


def _short_names(types: Iterable[CertificateType]) -> dict[str, CertificateType | None]:
    """As lists say it: of “Bedrijfshulpverlener (bhv)” either part; None where two share it."""
    found: dict[str, CertificateType | None] = {}
    for type_ in types:
        for whole in {type_.name_nl, type_.name_en}:
            if told := _IN_BRACKETS.fullmatch(whole):
                for name in map(normal, told.groups()):
                    found[name] = type_ if found.get(name, type_) is type_ else None
    return found


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


def prepare(load: Load, progress: incoming.Steps | None = None) -> None:
    """Work out what the list would do and write it down to be looked at. Adds nothing."""
    steps = progress or incoming.Silent()
    steps.begin(2, _("Looking through the list"))
    made = _Reader(load, timezone.localdate()).plan(incoming.lines_of(load))
    steps.step(message=_("Writing down what would change"))
    incoming.show(
        load,
        lambda: LoadLine.objects.bulk_create(_preview(load, made), batch_size=_BATCH),
        counts={
            "new": len(made.new), "known": len(made.known), "problems": len(made.problems),
        },
        digest=made.digest,
    )  # fmt: skip
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


# -- doing ----------------------------------------------------------------------------------------


def apply(
    load: Load, *, digest: str, leave_out: bool = False, progress: incoming.Steps | None = None
) -> Mapping[str, int]:
    """Take the list over, exactly as it was shown. Once: a second time changes nothing.

    Args:
        leave_out: rows with a problem are left out, and HR said so.

    Raises:
        incoming.ChangedSince: someone changed something since; the new plan is there to look at.
        incoming.ListRefused: there are problems, and nobody said to leave those rows out.
    """
    steps = progress or incoming.Silent()
    steps.begin(4, _("Looking through the list"))
    fresh = Load.objects.select_related("organisation").defer("table").get(pk=load.pk)
    if fresh.state == Load.State.DONE:
        counts: Mapping[str, int] = fresh.counts
        return counts
    made = _Reader(fresh, timezone.localdate()).plan(incoming.lines_of(fresh))
    steps.step(message=_("Writing certificates"))

    def write(held: Load) -> None:
        if made.problems and not leave_out:
            raise incoming.ListRefused([f"{row}: {what}" for row, _who, what in made.problems])
        _write(held, made)
        steps.step(message=_("Working out until when each is valid"))
        changed(held.organisation_id, {one.person for one in made.new})
        reckon_everyone(held.organisation_id)
        steps.step()

    try:
        with transaction.atomic():
            # One list at a time for an organisation: its row is the lock.
            Organisation.objects.select_for_update().get(pk=fresh.organisation_id)
            done = incoming.carry_out(load, shown=digest, comes_out=made.digest, write=write)
    except incoming.ChangedSince:
        prepare(Load.objects.get(pk=load.pk))
        raise
    steps.step()
    return done


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
        incoming.ListRefused: there are problems; nothing was done.
        Organisation.DoesNotExist: there is no such organisation.
    """
    found = Organisation.objects.get(slug=organisation)
    load = receive(found, by=by, name=path.name, content=path.read_bytes(), key=uuid.uuid4())
    missing = [name for name in reading.NEEDED if name not in load.columns]
    if missing:
        incoming.discard(load)
        raise incoming.ListRefused(
            [_("No column for: %(fields)s.") % {"fields": ", ".join(missing)}]
        )
    say(_("Read %(rows)s rows.") % {"rows": load.rows})
    prepare(load)
    if load.counts["problems"] and not leave_out:
        lines = load.lines.filter(kind="problem").order_by("row")
        problems = [f"{line.row}: {line.what}" for line in lines]
        incoming.discard(load)
        raise incoming.ListRefused(problems)
    return apply(load, digest=load.digest, leave_out=leave_out)
