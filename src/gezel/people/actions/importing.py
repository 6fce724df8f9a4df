"""Bringing in a staff list: read it, choose its columns, look at what it would do, do it whole."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.kit.incoming import actions as incoming
from gezel.kit.sheets import Line, Sheet
from gezel.kit.turns import one_step
from gezel.people import queries, rules
from gezel.people.actions.keeping import redraw_lines
from gezel.people.events import EmploymentChanged
from gezel.people.models import (
    Employment,
    ImportRecipe,
    Intake,
    IntakeLine,
    Job,
    JoinRequest,
    Location,
    Mandate,
    Organisation,
    Person,
    Unit,
)
from gezel.people.words import told

# As the declarations of employments and mandates tell.
KEPT_AFTER_THE_END = timedelta(days=730)
_BATCH = 1_000


# --- Receiving -----------------------------------------------------------------------------------


def receive(
    organisation: Organisation, *, by: Person | None, name: str, content: bytes, key: uuid.UUID
) -> Intake:
    """A list comes in; it is read, and nothing else is done. The same key again is the same list.

    Raises:
        kit.sheets.SheetError: the file cannot be read; the message is for people.
    """

    def told(sheet: Sheet) -> Mapping[str, object]:
        forget_old()
        recipe = ImportRecipe.objects.filter(organisation=organisation).first()
        return {
            "uploaded_by": by,
            "columns": rules.guess_columns(sheet.header, recipe.columns if recipe else {}),
            "everyone": recipe.everyone if recipe else False,
        }

    belongs = {"organisation": organisation}
    return incoming.receive(Intake, key=key, name=name, content=content, belongs=belongs, told=told)


def forget_old(now: datetime | None = None) -> None:
    """Rows of lists older than thirty days go; that they were brought in stays two years.

    Two years after someone left, that they worked here goes too, and after a task ended, that
    they had it. Their account and what is theirs for life stay.
    """
    now = now or timezone.now()
    before = timezone.localdate(now) - KEPT_AFTER_THE_END
    with one_step():
        Employment.objects.filter(ends_on__lt=before).delete()
        Mandate.objects.filter(until_on__lt=before).delete()
    incoming.forget_old(Intake, now)


@transaction.atomic
def choose_columns(intake: Intake, columns: Mapping[str, int], *, everyone: bool) -> None:
    """HR says which column is which, and whether the list names everyone; both are remembered."""
    intake.columns, intake.everyone = dict(columns), everyone
    intake.state, intake.digest = Intake.State.READ, ""
    intake.save(update_fields=["columns", "everyone", "state", "digest"])
    recipe, _new = ImportRecipe.objects.get_or_create(organisation=intake.organisation)
    incoming.remember(recipe, intake)
    recipe.everyone = everyone
    recipe.save()


# --- Looking -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All that a plan follows from: the same again gives the same plan."""

    lines: list[Line]
    columns: dict[str, int]
    everyone: bool
    uploader: int | None
    today: date
    paths: dict[int, tuple[str, ...]]
    known: list[rules.Known]
    accounts: dict[str, rules.Account]
    places: rules.Places
    earlier: dict[int, set[date]]

    def plan(self) -> rules.Plan:
        return rules.plan(
            self.lines,
            self.columns,
            known=self.known,
            accounts=self.accounts,
            places=self.places,
            everyone=self.everyone,
            today=self.today,
            uploader=self.uploader,
            earlier=self.earlier,
        )


def _inputs(intake: Intake, today: date, lines: list[Line] | None = None) -> _Inputs:
    """What stands now; the rows of a list never change, so who has them need not read them."""
    organisation = intake.organisation
    lines = incoming.lines_of(intake) if lines is None else lines
    column = intake.columns.get("email", -1)
    paths = queries.unit_paths(organisation)
    known = queries.known_here(organisation, paths, today)
    here = {one.email for one in known}
    emails = {
        rules.address(line.cells[column])
        for line in lines
        if 0 <= column < len(line.cells) and line.cells[column]
    }
    return _Inputs(
        lines,
        intake.columns,
        intake.everyone,
        intake.uploaded_by_id,
        today,
        paths,
        known,
        queries.accounts_among(emails - here - {""}, organisation, today),
        queries.places(organisation, paths),
        queries.earlier_starts(organisation, today),
    )


def prepare(intake: Intake, progress: incoming.Steps | None = None) -> None:
    """Work out what the list would do and write it down to be looked at. Changes no one."""
    steps = progress or incoming.Silent()
    steps.begin(2, _("Looking through the list"))
    made = _inputs(intake, timezone.localdate()).plan()
    steps.step(message=_("Writing down what would change"))
    _write_preview(intake, made)
    steps.step()


def _write_preview(intake: Intake, made: rules.Plan) -> None:
    names = ("intake_id", "kind", "row", "who", "what")
    incoming.show(
        intake,
        lambda: _pour(IntakeLine, names, list(_preview_lines(intake, made))),
        counts={
            **made.counts,
            "unchanged": made.unchanged,
            "leavers": made.leavers,
            "here": made.here,
            "blocking": sum(1 for remark in made.remarks if remark.blocks),
            "notes": sum(1 for remark in made.remarks if not remark.blocks),
        },
        digest=made.digest,
    )


def _preview_lines(intake: Intake, made: rules.Plan) -> Iterator[list[object]]:
    for remark in made.remarks:
        yield [
            intake.pk,
            "problem" if remark.blocks else "note",
            remark.row,
            made.named.get(remark.row, "")[:320] if remark.row else "",
            [[remark.field, told(remark), ""]],
        ]
    for change in made.changes:
        what = [list(part) for part in change.what]
        yield [intake.pk, change.kind, change.row, change.who[:320], what]


# --- Doing ---------------------------------------------------------------------------------------


def apply(
    intake: Intake, *, digest: str, brake_off: bool = False, progress: incoming.Steps | None = None
) -> Mapping[str, int]:
    """Take the list over, whole, exactly as it was shown. Once: a second time changes nothing.

    Raises:
        incoming.ChangedSince: someone changed something since; the new plan is there to look at.
        incoming.ListRefused: there are problems, or many would leave and nobody said that is right.
    """
    steps = progress or incoming.Silent()
    steps.begin(6, _("Looking through the list"))
    fresh = Intake.objects.select_related("organisation").get(pk=intake.pk)
    if fresh.state == Intake.State.DONE:
        counts: dict[str, int] = fresh.counts
        return counts
    try:
        # Planning takes longest, so it is done while others may write; whether its grounds still
        # hold is looked at when it is written down.
        grounds = _inputs(fresh, timezone.localdate())
        made = grounds.plan()
        ready = _accounts(made)
        steps.step(message=_("Writing units, jobs and locations"))
        with transaction.atomic():
            return _apply(intake, digest, grounds, made, ready, brake_off=brake_off, steps=steps)
    except (incoming.ChangedSince, IntegrityError):
        # Someone else's list or an account made just now: look again at what it would do.
        prepare(Intake.objects.get(pk=intake.pk))
        raise incoming.ChangedSince from None
    except ValidationError as error:
        raise incoming.ListRefused(error.messages) from None


def _apply(
    intake: Intake,
    digest: str,
    grounds: _Inputs,
    made: rules.Plan,
    ready: list[list[object]],
    *,
    brake_off: bool,
    steps: incoming.Steps,
) -> Mapping[str, int]:
    # One list at a time for an organisation: its row is the lock.
    organisation = Organisation.objects.select_for_update().get(pk=intake.organisation_id)

    def write(held: Intake) -> None:
        if _inputs(held, grounds.today, grounds.lines) != grounds:
            raise incoming.ChangedSince
        if made.blocked:
            raise incoming.ListRefused([told(remark) for remark in made.remarks if remark.blocks])
        if rules.needs_brake(made.leavers, made.here) and not brake_off:
            raise incoming.ListRefused([_("Many people would leave. Say that this is right.")])
        writer = _Writer(organisation, made, grounds)
        steps.step(message=_("Writing people"))
        writer.write_people(ready)
        steps.step(message=_("Writing employments"))
        touched = writer.write_employments()
        steps.step(message=_("Drawing the reporting lines"))
        if touched and any(_moves_lines(change) for change in made.changes):
            redraw_lines(organisation)
        if touched:
            announce(EmploymentChanged(organisation.pk, tuple(sorted(touched))))
        steps.step()

    done = incoming.carry_out(intake, shown=digest, comes_out=made.digest, write=write)
    steps.step()
    return done


def _moves_lines(change: rules.Change) -> bool:
    """Whether the reporting lines come out otherwise; a new job or location leaves them."""
    return change.kind != "changed" or any(
        name in {"lead", "starts_on", "ends_on"} for name, _was, _becomes in change.what
    )


_ACCOUNT = (
    *("email", "first_name", "last_name", "password", "language", "theme", "is_active"),
    "created_at",
)


def _accounts(made: rules.Plan) -> list[list[object]]:
    """Newcomers get an account without a password: they come in by an invitation."""
    now = timezone.now()
    return [
        [
            *(change.wanted.email, change.wanted.first_name, change.wanted.last_name),
            *(make_password(None), "", Person.Theme.AUTO.value, True, now),
        ]
        for change in made.changes
        if change.kind == "new"
    ]


def _pour(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Write many new rows in one prepared statement: as objects they take ten times as long."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in names)
    places = ", ".join(["%s"] * len(names))
    # Words and figures go as they are; dates, JSON and long keys as the database wants them.
    plain = (models.CharField, models.IntegerField, models.BooleanField)
    special = [
        (n, fields[name])
        for n, name in enumerate(names)
        if not isinstance(getattr(fields[name], "target_field", fields[name]), plain)
    ]
    values: list[list[Any]] = [list(row) for row in rows]
    for row in values:
        for n, field in special:
            row[n] = _prepared(field, row[n])
    with connection.cursor() as cursor:
        if values:
            cursor.executemany(
                f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: S608 - our names
                f" VALUES ({places})",
                values,
            )


_TERMS = (
    *("unit_id", "job_id", "location_id", "lead_id", "number", "starts_on", "ends_on"),
    *("contract_hours", "education", "shift"),
)


class _Writer:
    """Writes a plan in bulk: a fixed number of statements, however many people."""

    def __init__(self, organisation: Organisation, made: rules.Plan, grounds: _Inputs) -> None:
        self.organisation, self.today = organisation, grounds.today
        self.changes = made.changes
        wanted = [change.wanted for change in self.changes]
        self.known_units = set(grounds.paths.values())
        self.units = self._units(grounds.paths, {one.unit for one in wanted})
        self.jobs = self._named(Job, {one.job for one in wanted})
        self.locations = self._named(Location, {one.location for one in wanted} - {""})
        self.newcomers: dict[int, int] = {}

    def _units(
        self, paths: dict[int, tuple[str, ...]], needed: set[tuple[str, ...]]
    ) -> dict[tuple[str, ...], int]:
        """The units of the list, those that are missing made a level at a time."""
        by_path = {path: pk for pk, path in paths.items()}
        every = {path[:end] for path in needed for end in range(1, len(path) + 1)}
        missing = sorted(every - set(by_path), key=lambda path: (len(path), path))
        children = Counter(path[:-1] for path in missing)
        for length, level in groupby(missing, key=len):
            made = self._level(list(level), length + 1, by_path, children)
            by_path |= {path: unit.pk for path, unit in made.items()}
        return by_path

    def _level(
        self,
        missing: list[tuple[str, ...]],
        depth: int,
        by_path: Mapping[tuple[str, ...], int],
        children: Mapping[tuple[str, ...], int],
    ) -> dict[tuple[str, ...], Unit]:
        """New units below units that are there, with the paths that treebeard would give them."""
        here = Unit.objects.filter(organisation=self.organisation)
        parents = {u.pk: u for u in here.filter(depth=depth - 1)}
        step = int(Unit.steplen)
        last: dict[str, int] = {}
        for path in here.filter(depth=depth).order_by("path").values_list("path", flat=True):
            last[path[:-step]] = int(Unit._str2int(path[-step:]))
        made: dict[tuple[str, ...], Unit] = {}
        for names in missing:
            parent = parents[by_path[names[:-1]]]
            last[parent.path] = last.get(parent.path, 0) + 1
            made[names] = Unit(
                organisation=self.organisation,
                name=names[-1],
                depth=depth,
                path=Unit._get_path(parent.path, depth, last[parent.path]),
                numchild=children.get(names, 0),
            )
        Unit.objects.bulk_create(made.values(), batch_size=_BATCH)
        grown = []
        for above, number in Counter(names[:-1] for names in missing).items():
            if above in self.known_units:  # a new one was made with its number of children
                parent = parents[by_path[above]]
                parent.numchild += number
                grown.append(parent)
        Unit.objects.bulk_update(grown, ["numchild"], batch_size=200)
        return made

    def _named(self, model: type[Job] | type[Location], names: set[str]) -> dict[str, int]:
        here = model._default_manager.filter(organisation=self.organisation)
        known = set(here.values_list("name", flat=True))
        new: list[Any] = [
            model(organisation=self.organisation, name=name) for name in sorted(names - known)
        ]
        model._default_manager.bulk_create(new, batch_size=_BATCH)
        return dict(here.values_list("name", "pk"))

    def write_people(self, ready: list[list[object]]) -> None:
        """The accounts of newcomers, and the names of whom only we employ."""
        _pour(Person, _ACCOUNT, ready)
        new = {change.wanted.email: change.row for change in self.changes if change.kind == "new"}
        emails = iter(new)
        while batch := list(islice(emails, 2_000)):
            for email, pk in Person.objects.filter(email__in=batch).values_list("email", "pk"):
                self.newcomers[new[email]] = pk
        renamed = [
            Person(
                pk=change.wanted.person,
                first_name=change.wanted.first_name,
                last_name=change.wanted.last_name,
            )
            for change in self.changes
            if change.was and change.was.our_name and change.was.name != change.wanted.name
        ]
        Person.objects.bulk_update(renamed, ["first_name", "last_name"], batch_size=500)

    def _person(self, key: str | None) -> int | None:
        if key is None:
            return None
        return int(key[1:]) if key[0] == "p" else self.newcomers.get(int(key[1:]))

    def _terms(self, change: rules.Change) -> dict[str, object]:
        wanted = change.wanted
        values = (
            self.units[wanted.unit],
            self.jobs[wanted.job],
            self.locations.get(wanted.location),
            self._person(change.lead),
            wanted.number,
            wanted.starts_on,
            wanted.ends_on,
            wanted.hours,
            wanted.education,
            wanted.shift,
        )
        return dict(zip(_TERMS, values, strict=True))

    def write_employments(self) -> set[int]:
        """End first, so that a number may pass on; then change, then begin. Who was touched."""
        touched: set[int] = set()
        left_out = [change for change in self.changes if change.leaves_out]
        self._end([c.wanted.employment for c in left_out if c.wanted.employment])
        JoinRequest.objects.filter(
            organisation=self.organisation,
            pk__in=[c.wanted.pending for c in left_out if c.wanted.pending],
        ).delete()
        begun, asked, rows = [], [], []
        for change in self.changes:
            if change.leaves_out:
                touched.add(change.wanted.person)
                continue
            terms = self._terms(change)
            if change.kind == "asked" or change.wanted.pending:
                asked.append((change, terms))
                continue
            person = change.wanted.person or self.newcomers[change.row]
            touched.add(person)
            if change.wanted.employment:
                rows.append((change.wanted.employment, terms))
            else:
                begun.append([self.organisation.pk, person, *terms.values()])
        self._update(rows)
        _pour(Employment, ("organisation_id", "person_id", *_TERMS), begun)
        for change, terms in asked:
            JoinRequest.objects.update_or_create(
                organisation=self.organisation,
                person_id=change.wanted.person,
                defaults={
                    "first_name": change.wanted.first_name,
                    "last_name": change.wanted.last_name,
                    **terms,
                },
            )
        self._end_mandates(touched)
        return touched

    def _end(self, pks: list[int]) -> None:
        for start in range(0, len(pks), _BATCH):
            Employment.objects.filter(pk__in=pks[start : start + _BATCH]).update(ends_on=self.today)

    def _update(self, rows: list[tuple[int, dict[str, object]]]) -> None:
        """One prepared statement for all: many times quicker than a CASE for each field."""
        if not rows:
            return
        quote = connection.ops.quote_name
        names = list(rows[0][1])
        # Numbers are let go first: two people may trade theirs within one list.
        numbered = [pk for pk, _terms in rows]
        for start in range(0, len(numbered), _BATCH):
            Employment.objects.filter(pk__in=numbered[start : start + _BATCH]).update(number="")
        fields = {f.attname: f for f in Employment._meta.concrete_fields}
        columns = ", ".join(f"{quote(str(fields[name].column))} = %s" for name in names)
        table = quote(Employment._meta.db_table)
        values: list[list[Any]] = [
            [*(_prepared(fields[name], terms[name]) for name in names), pk] for pk, terms in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET {columns} WHERE id = %s",  # noqa: S608 - names of our own model
                values,
            )

    def _end_mandates(self, touched: set[int]) -> None:
        """A task ends with the work: so does what it opens."""
        running = Mandate.objects.filter(organisation=self.organisation, until_on=None)
        holders = {m.person_id: m for m in running} if touched else {}
        ends = dict(
            Employment.objects.filter(
                organisation=self.organisation,
                person_id__in=[pk for pk in holders if pk in touched],
            )
            .order_by("starts_on")
            .values_list("person_id", "ends_on")
        )
        for person, last_day in ends.items():
            if last_day:
                running.filter(person_id=person).update(until_on=last_day)


def _prepared(column: "models.Field[object, object]", value: object) -> object:
    return column.get_db_prep_save(value, connection)


# --- Without a browser ---------------------------------------------------------------------------


def import_people(
    path: Path,
    *,
    organisation: str,
    everyone: bool = False,
    brake_off: bool = False,
    by: Person | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Mapping[str, int]:
    """Bring in a list from a file, with the columns as HR chose them or as they explain themselves.

    Args:
        organisation: its slug.
        everyone: who is not in the list has left.
        brake_off: also when more than three in ten would leave.
        say: is told each step and each note.

    Raises:
        kit.sheets.SheetError: the file cannot be read.
        incoming.ListRefused: there are problems; nothing was done.
        Organisation.DoesNotExist: there is no such organisation.
    """
    found = Organisation.objects.get(slug=organisation)
    intake = receive(found, by=by, name=path.name, content=path.read_bytes(), key=uuid.uuid4())
    choose_columns(intake, intake.columns, everyone=everyone)
    say(_("Read %(rows)s rows.") % {"rows": intake.rows})
    prepare(intake)
    for line in intake.lines.filter(kind="note")[:50]:
        say(f"{line.row}: {line.what[0][1]}")
    if intake.blocked:
        problems = [
            f"{line.row}: {line.what[0][1]}" for line in intake.lines.filter(kind="problem")
        ]
        incoming.discard(intake)
        raise incoming.ListRefused(problems)
    return apply(intake, digest=intake.digest, brake_off=brake_off)
