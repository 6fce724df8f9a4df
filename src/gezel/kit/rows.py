"""What one question's rows become, worked out once: the instances Django makes, with less ado.

Of each row Django makes an instance by two signals, a look at every argument and a `setattr` a
field, and works out anew at each question which column is which and how it is to be read. On a
page of a dozen questions that was a quarter of all its time. None of it differs from one call of
a prepared question to the next, so it is found out when the question is put into SQL.

Only for models that leave Django's way of making them alone; any other is made by Django itself,
and so is everything that is no instance and no plain row of values. `kit/tests/test_rows.py`
holds every model we have beside Django's own.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from inspect import getattr_static
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.files import FileDescriptor, ImageFileDescriptor
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    RelatedPopulator,
    ValuesListIterable,
)
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

Make = Callable[[str, Sequence[Any]], Model]
Read = Callable[[Any, Iterable[Sequence[Any]]], list[Any]]


def maker(model: type[Model], names: Sequence[str]) -> Make:
    """What makes an instance of these columns, as `Model.from_db` does."""
    if not _made_plainly(model, names):
        return lambda db, values: model.from_db(db, names, values)
    new = object.__new__

    def make(db: str, values: Sequence[Any]) -> Model:
        made = new(model)
        state = ModelState()
        state.adding, state.db = False, db
        kept = made.__dict__
        kept["_state"] = state
        kept.update(zip(names, values, strict=True))
        return made

    return make


def reader(compiler: Any, iterable: type, db: str) -> Read | None:
    """What reads the rows that answer this compiled question; `None`: leave it to Django."""
    fields = [column for column, *_ in compiler.select[: compiler.col_count]]
    if compiler.has_composite_fields(fields):
        return None
    converters = [
        (place, converts, expression, _kind(converts, expression))
        for place, (converts, expression) in compiler.get_converters(fields).items()
    ]
    if iterable is ModelIterable:
        return _instances(compiler, db, converters)
    if iterable is ValuesListIterable:
        return lambda connection, rows: [
            tuple(row) for row in _converted(rows, converters, connection)
        ]
    if iterable is FlatValuesListIterable:
        return lambda connection, rows: [row[0] for row in _converted(rows, converters, connection)]
    return None


def _instances(compiler: Any, db: str, converters: list[Any]) -> Read:
    told, select = compiler.klass_info, compiler.select
    first, last = told["select_fields"][0], told["select_fields"][-1] + 1
    make = maker(told["model"], [column.target.attname for column, *_ in select[first:last]])
    beside = _Related.within(told, select, db)
    counted = list((compiler.annotation_col_map or {}).items())

    def read(connection: Any, rows: Iterable[Sequence[Any]]) -> list[Any]:
        found = []
        for row in _converted(rows, converters, connection):
            made = make(db, row[first:last])
            for related in beside:
                related.populate(row, made)
            for name, place in counted:
                setattr(made, name, row[place])
            found.append(made)
        return found

    return read


class _Related(RelatedPopulator):
    """What `select_related` brings along, made as the row itself is."""

    def __init__(self, told: dict[str, Any], select: Any, db: str) -> None:
        super().__init__(told, select, db)  # type: ignore[call-arg] # the types are a Django ahead
        self.make = maker(self.model_cls, self.init_list)
        self.beside = self.within(told, select, db)

    @classmethod
    def within(cls, told: dict[str, Any], select: Any, db: str) -> list["_Related"]:
        return [cls(deeper, select, db) for deeper in told.get("related_klass_infos", ())]

    def populate(self, row: Sequence[Any], from_obj: Model) -> None:
        """As Django's, with our way of making."""
        values = (
            self.reorder_for_init(row)
            if self.reorder_for_init
            else row[self.cols_start : self.cols_end]
        )
        if values[self.pk_idx] is None:
            self.local_setter(from_obj, None)
            return
        made = self.make(self.db, values)
        for related in self.beside:
            related.populate(row, made)
        self.local_setter(from_obj, made)
        self.remote_setter(made, from_obj)


def _converted(
    rows: Iterable[Sequence[Any]], converters: list[Any], connection: Any
) -> Iterable[Sequence[Any]]:
    """The rows with what this database keeps otherwise as Python has it: days, truth, JSON."""
    if not converters:
        return rows
    found: list[Any] = list(rows)
    for place, converts, expression, kind in converters:
        for number, row in enumerate(found):
            value = kept = row[place]
            if type(value) is kind:
                continue
            for convert in converts:
                value = convert(value, expression, connection)
            # What is the same needs no copy of its row.
            if value is not kept:
                if type(row) is tuple:
                    row = found[number] = list(row)  # noqa: PLW2901 # the same row, to write in
                row[place] = value
    return found


def _kind(converts: Sequence[Any], expression: Any) -> type | None:
    """What stays as it came: a whole number where all there is to do is `int(…)`, as for a sum; a
    day where SQLite's driver made one already. A map reads five hundred of them, each a call."""
    if len(converts) != 1:
        return None
    kind = expression.output_field.get_internal_type()
    if converts[0] is expression.convert_value and kind.endswith("IntegerField"):
        return int
    if kind == "DateField" and converts[0].__name__ == "convert_datefield_value":
        return date
    return None


# What Django puts on a class for a column. Set for the first time, each writes into the instance
# and no more; a picture that keeps its measures in columns listens to `post_init` besides.
_PLAIN = (DeferredAttribute, ForeignKeyDeferredAttribute, FileDescriptor, ImageFileDescriptor)


def _made_plainly(model: type[Model], names: Sequence[str]) -> bool:
    """Whether nothing looks on while an instance is made: no signal, no `__init__`, no setter."""
    whole: Any = model
    return (
        whole.__init__ is Model.__init__
        and whole.__new__ is object.__new__
        and whole.__setattr__ is object.__setattr__
        and whole.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
        and not pre_init.has_listeners(model)
        and not post_init.has_listeners(model)
        and all(type(getattr_static(model, name)) in _PLAIN for name in names)
    )
