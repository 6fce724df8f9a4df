"""A table over a queryset: search, filters, sorting, paging, choice of columns, export.

    table = Table(
        request,
        Employment.objects.filter(organisation=request.visitor.organisation),
        key="people",
        columns=[
            Column("name", _("Name"), lambda e: e.person.name,
                   sort=("person__last_name", "person__first_name"),
                   link=lambda e: reverse("people:person", args=[e.person_id])),
            Column("hours", _("Hours"), "contract_hours", sort=("contract_hours",), numeric=True,
                   hidden=True),
        ],
        related=("person", "unit"),
        search=lambda rows, words: rows.filter(person__last_name__icontains=words),
        filters=[Filter("unit", _("Unit"), choices, lambda rows, v: rows.filter(unit=v))],
    )
    return table.answer("people/list.html", {...})     # the page has {% include "kit/table.html" %}

Works by links and a plain form; with HTMX only the rows are fetched and the address follows.
Everything chosen stands in the address, so a table can be sent to a colleague. Costs three
queries whatever the number of rows: a count that stops at 10,000, the keys of the page, its rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise, cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from gezel.kit.export import FORMS
from gezel.kit.figures import grouped, tenth

Row = TypeVar("Row", bound=models.Model)
Text = str | Promise

SIZES = (25, 50, 100)
# Beyond this many rows "more than 10,000" tells as much as the figure, and costs nothing.
COUNT_UP_TO = 10_000
_OWN = frozenset({"q", "sort", "page", "size", "columns", "export"})


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Args:
        key: its name in the address.
        label: the words above it.
        value: what it holds: a function of the row, or a path of attributes ("person.name").
            Exports take this value; pages show it, escaped, in the reader's manner.
        sort: fields to sort by (none: not sortable). Let an index serve the common ones.
        link: where the cell leads, as an address.
        html: another drawing for the page; must give a SafeString (`format_html`).
        numeric: set to the end side in even figures.
        hidden: only shown to who chooses it.
        nulls_last: rows without a value come last, whichever way it is sorted.
    """

    key: str
    label: Text
    value: Callable[[Row], object] | str
    sort: Sequence[str] = ()
    link: Callable[[Row], str] | None = None
    html: Callable[[Row], SafeString] | None = None
    numeric: bool = False
    hidden: bool = False
    nulls_last: bool = False

    def of(self, row: Row) -> object:
        """The bare value, for exports."""
        if not isinstance(self.value, str):
            return self.value(row)
        found: Any = row
        for part in self.value.split("."):
            if found is None:
                return None
            found = getattr(found, part)
        return found

    def drawn(self, row: Row) -> SafeString:
        """The cell as HTML."""
        told = self.html(row) if self.html else _drawn(self.of(row))
        if self.link and told:
            return format_html('<a href="{}">{}</a>', self.link(row), told)
        return told


@dataclass(frozen=True, slots=True)
class Filter(Generic[Row]):
    """A choice that narrows the rows.

    Args:
        key: its name in the address; not one of q, sort, page, size, columns, export.
        label: the words at it.
        choices: (value, words) pairs, asked only when a whole page is drawn.
        apply: narrows; may raise ValueError for a value that is no choice, which then counts
            as not chosen.
        blank: what it says when nothing is chosen; "All" if left out.
    """

    key: str
    label: Text
    choices: Callable[[], Iterable[tuple[str, Text]]]
    apply: Callable[[QuerySet[Row], str], QuerySet[Row]]
    blank: Text = ""


@dataclass(frozen=True, slots=True)
class _Head:
    key: str
    label: Text
    numeric: bool
    sorted: str  # what aria-sort says, or nothing
    url: str


@dataclass(frozen=True, slots=True)
class _Cell:
    html: SafeString
    numeric: bool
    label: Text


@dataclass(frozen=True, slots=True)
class _Choice:
    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Question:
    key: str
    label: Text
    blank: Text
    choices: list[_Choice]


def _drawn(value: object) -> SafeString:
    if value is None or value == "":
        return mark_safe('<span class="muted">–</span>')
    if isinstance(value, SafeString):
        return value
    if isinstance(value, date):
        told, form = value, "SHORT_DATE_FORMAT"
        if isinstance(value, datetime):
            told, form = timezone.localtime(value), "SHORT_DATETIME_FORMAT"
        return format_html('<span class="nowrap">{}</span>', formats.date_format(told, form))
    if isinstance(value, int | Decimal | float):
        return conditional_escape(_figure(value))
    # A name may be in any script; its direction is its own.
    return format_html("<bdi>{}</bdi>", value)


def _figure(value: int | Decimal | float) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(grouped(value))
    return tenth(value)


class Table(Generic[Row]):
    """A table as one visitor asks for it. Give `answer` from the view; the template includes
    `kit/table.html` where the table stands.

    Args:
        request: its GET holds what was chosen; what is no choice is left aside, never an error.
        rows: everything the visitor may see; search and filters only narrow it.
        key: its name on the page and of the exported file.
        columns: the first one names the row (a header cell) and cannot be hidden.
        related: for `select_related`, so that no row asks anything.
        search: narrows by words, if the table has a search box.
        search_label: what can be searched for ("Name, e-mail or staff number").
        sort: the key of the column sorted by at first; "-key" for the other way.
        on_export: called once when the whole set is taken along (to keep account of it).
        keep: other keys of the address that must survive sorting and paging ("on").
        empty: a sentence for when there is nothing at all.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Row],
        *,
        key: str,
        columns: Sequence[Column[Row]],
        related: Sequence[str] = (),
        search: Callable[[QuerySet[Row], str], QuerySet[Row]] | None = None,
        search_label: Text = "",
        filters: Sequence[Filter[Row]] = (),
        sort: str = "",
        size: int = 50,
        keep: Sequence[str] = (),
        on_export: Callable[[QuerySet[Row]], None] | None = None,
        empty: Text = "",
    ) -> None:
        self.request, self.key, self.filters = request, key, filters
        self.related, self.on_export, self.empty = related, on_export, empty
        self.searchable, self.search_label = search is not None, search_label
        asked = request.GET
        chosen = set(asked.getlist("columns")) & {c.key for c in columns}
        self._all_columns = columns
        self.columns = [
            c
            for number, c in enumerate(columns)
            if number == 0 or (c.key in chosen if chosen else not c.hidden)
        ]
        self.words = " ".join(asked.get("q", "").replace("\x00", "").split())[:200]
        self.size = _whole(asked.get("size"), among=SIZES) or size
        self.page = max(1, min(_whole(asked.get("page")) or 1, 1_000_000))
        self.sort = self._sorted_by(asked.get("sort", ""), sort)
        self._kept = {k: asked[k] for k in keep if asked.get(k)}
        self._chosen: dict[str, str] = {}
        if search and self.words:
            rows = search(rows, self.words)
        for narrowing in filters:
            value = asked.get(narrowing.key, "")
            if not value or "\x00" in value:
                continue
            try:
                rows = narrowing.apply(rows, value)
            except (ValueError, OverflowError):
                continue
            self._chosen[narrowing.key] = value
        self.rows = rows

    # --- what was asked ---

    def _sorted_by(self, asked: str, default: str) -> str:
        sortable = {c.key for c in self._all_columns if c.sort}
        for wish in (asked, default):
            if wish.removeprefix("-") in sortable:
                return wish
        return next((c.key for c in self._all_columns if c.sort), "")

    @property
    def _state(self) -> dict[str, object]:
        """What stands in the address, the page number left aside."""
        state: dict[str, object] = {**self._kept, **self._chosen}
        if self.words:
            state["q"] = self.words
        if self.request.GET.get("sort") == self.sort:
            state["sort"] = self.sort
        if self.size != 50:
            state["size"] = self.size
        if any(c.hidden for c in self.columns) or len(self.columns) != sum(
            1 for n, c in enumerate(self._all_columns) if n == 0 or not c.hidden
        ):
            state["columns"] = [c.key for c in self.columns]
        return state

    def url(self, **changes: object) -> str:
        """This table's address with some choices changed; None takes one away."""
        state = {**self._state, **changes}
        return "?" + urlencode({k: v for k, v in state.items() if v is not None}, doseq=True)

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self._chosen)

    @property
    def how_many_set(self) -> int:
        """How many of the filters narrow what is shown."""
        return len(self._chosen)

    @property
    def clear_url(self) -> str:
        return "?" + urlencode(self._kept)

    # --- what is shown ---

    @property
    def _ordered(self) -> QuerySet[Row]:
        down = self.sort.startswith("-")
        column = next((c for c in self._all_columns if c.key == self.sort.lstrip("-")), None)
        order: list[Any] = []
        for field in column.sort if column else ():
            bare = F(field)
            last = True if column and column.nulls_last else None
            order.append(bare.desc(nulls_last=last) if down else bare.asc(nulls_last=last))
        return self.rows.order_by(*order, "-pk" if down else "pk")

    @cached_property
    def count(self) -> int:
        """How many rows there are, counted no further than one beyond 10,000."""
        if self.words:
            return len(self._keys)
        # By key alone: what is looked up for each row to show it would be looked up for all.
        return self.rows.order_by().values("pk")[: COUNT_UP_TO + 1].count()

    @property
    def count_words(self) -> str:
        if self.count > COUNT_UP_TO:
            return _("more than %(most)s") % {"most": grouped(COUNT_UP_TO)}
        return str(grouped(self.count))

    @cached_property
    def _keys(self) -> list[Any]:
        """Of a search all keys, as far as we count: looking at every row once is enough."""
        return list(self._ordered.values_list("pk", flat=True)[: COUNT_UP_TO + 1])

    @cached_property
    def _found(self) -> list[Row]:
        # Sorting wide joined rows is what makes far pages slow, so keys are sorted first.
        start, end = (self.page - 1) * self.size, self.page * self.size + 1
        if self.words and end <= COUNT_UP_TO:
            keys = self._keys[start:end]
        else:
            keys = list(self._ordered.values_list("pk", flat=True)[start:end])
        rows = self.rows.model._default_manager.none()
        if keys:
            rows = self.rows.order_by().filter(pk__in=keys)
            if self.related:
                rows = rows.select_related(*self.related)
        by_key = {row.pk: row for row in rows}
        return [by_key[key] for key in keys if key in by_key]

    @property
    def on_page(self) -> list[Row]:
        """The rows of this page."""
        return self._found[: self.size]

    @property
    def first_number(self) -> str:
        return str(grouped(self._before + 1))

    @property
    def last_number(self) -> str:
        return str(grouped(self._before + len(self.on_page)))

    @property
    def _before(self) -> int:
        return (self.page - 1) * self.size

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page - 1 if self.page > 2 else None) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page + 1) if len(self._found) > self.size else ""

    @property
    def heads(self) -> Iterator[_Head]:
        bare, down = self.sort.lstrip("-"), self.sort.startswith("-")
        for column in self.columns:
            here = column.key == bare
            yield _Head(
                column.key,
                column.label,
                column.numeric,
                ("descending" if down else "ascending") if here else "",
                self.url(sort=f"-{column.key}" if here and not down else column.key)
                if column.sort
                else "",
            )

    @property
    def body(self) -> Iterator[list[_Cell]]:
        for row in self.on_page:
            yield [
                _Cell(column.drawn(row), column.numeric, column.label) for column in self.columns
            ]

    @property
    def questions(self) -> Iterator[_Question]:
        for narrowing in self.filters:
            value = self._chosen.get(narrowing.key, "")
            yield _Question(
                narrowing.key,
                narrowing.label,
                narrowing.blank or _("All"),
                [_Choice(v, label, v == value) for v, label in narrowing.choices()],
            )

    @property
    def column_choices(self) -> list[_Choice]:
        shown = {c.key for c in self.columns}
        return [_Choice(c.key, c.label, c.key in shown) for c in self._all_columns[1:]]

    @property
    def first_column(self) -> str:
        return self._all_columns[0].key

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        return [(n, self.url(size=n), n == self.size) for n in SIZES]

    @property
    def hidden_fields(self) -> list[tuple[str, object]]:
        """What the search form must send along beside its own fields."""
        own = {"q", "columns"} | {narrowing.key for narrowing in self.filters}
        return [(k, v) for k, v in self._state.items() if k not in own]

    @property
    def csv_url(self) -> str:
        return self.url(export="csv")

    @property
    def xlsx_url(self) -> str:
        return self.url(export="xlsx")

    # --- the answer ---

    def _export_rows(self) -> Iterator[list[object]]:
        rows = self._ordered
        if self.related:
            rows = rows.select_related(*self.related)
        for row in rows.iterator(chunk_size=2_000):
            yield [column.of(row) for column in self.columns]

    def answer(
        self, template: str, context: Mapping[str, object] | None = None
    ) -> HttpResponseBase:
        """The whole page, only the table where HTMX asks for that, or the file."""
        if form := FORMS.get(self.request.GET.get("export", "")):
            if self.on_export:
                self.on_export(self.rows)
            header = [str(column.label) for column in self.columns]
            return form(self.key, header, self._export_rows())
        htmx = getattr(self.request, "htmx", None)
        partial = bool(
            htmx and not htmx.history_restore_request and htmx.target == f"table-{self.key}"
        )
        response: HttpResponse = render(
            self.request,
            "kit/table.html#rows" if partial else template,
            {**(context or {}), "table": self, "partial": partial},
        )
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response


def _whole(text: str | None, *, among: Sequence[int] = ()) -> int | None:
    """The whole number someone typed in the address, or nothing."""
    if not text or not text.isdecimal() or len(text) > 9:
        return None
    number = int(text)
    return number if not among or number in among else None
