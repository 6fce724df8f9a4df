"""The table: what can be asked of it, what it costs, and that odd addresses do no harm."""

import io
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from gezel.kit.models import Task
from gezel.kit.sheets import read
from gezel.kit.tables import Column, Filter, Table

pytestmark = pytest.mark.django_db


def _table(query: str = "", *, target: str = "", **extra: Any) -> Table[Task]:
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    request: HttpRequest = RequestFactory().get(f"/tasks/{query}", headers=headers)
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined] # the middleware does this
    return Table(
        request,
        Task.objects.all(),
        key="tasks",
        columns=[
            Column("name", "Name", "name", sort=("name",), link=lambda t: f"/tasks/{t.pk}"),
            Column("steps", "Steps", "all_steps", sort=("all_steps",), numeric=True),
            Column("message", "Message", lambda t: t.message),
            Column("tries", "Tries", "tries", hidden=True),
        ],
        search=lambda rows, words: rows.filter(name__icontains=words),
        filters=[
            Filter(
                "state",
                "State",
                lambda: Task.State.choices,
                lambda rows, value: rows.filter(state=Task.State(value)),
            )
        ],
        sort="name",
        **extra,
    )


def _html(table: Table[Task]) -> str:
    return cast(HttpResponse, table.answer("kit/table.html")).content.decode()


@pytest.fixture
def tasks() -> list[Task]:
    return Task.objects.bulk_create(
        [
            Task(name=f"task {n:03}", all_steps=200 - n, state="done" if n % 2 else "failed")
            for n in range(130)
        ]
    )


def _names(table: Table[Task]) -> list[str]:
    return [task.name for task in table.on_page]


def test_pages_follow_each_other_without_gap_or_overlap(tasks: list[Task]) -> None:
    seen = [name for page in (1, 2, 3) for name in _names(_table(f"?page={page}"))]

    assert seen == [f"task {n:03}" for n in range(130)]
    assert _table("?page=3").next_url == ""
    assert _table("?page=2").previous_url == "?"


def test_it_says_how_many_filters_are_set_also_when_only_the_rows_come(tasks: list[Task]) -> None:
    assert "1 set" not in _html(_table("?q=task&state=nonsense"))
    assert "1 set" in _html(_table("?state=done"))
    rows = _html(_table("?state=done", target="table-tasks"))
    assert 'id="table-tasks-set" hx-swap-oob="innerHTML">1 set' in rows


def test_sorting_turns_round_at_the_second_click(tasks: list[Task]) -> None:
    table = _table("?sort=steps")

    assert _names(table)[0] == "task 129"
    head = next(h for h in table.heads if h.key == "steps")
    assert head.sorted == "ascending"
    assert head.url == "?sort=-steps"
    assert _names(_table(head.url))[0] == "task 000"


def test_search_and_filter_narrow_and_stay_in_every_link(tasks: list[Task]) -> None:
    table = _table("?q=task+01&state=done&columns=name&columns=tries&size=25")

    assert _names(table) == [f"task {n:03}" for n in (11, 13, 15, 17, 19)]
    assert [h.key for h in table.heads] == ["name", "tries"]
    assert table.url(page=2) == ("?state=done&q=task+01&size=25&columns=name&columns=tries&page=2")


@pytest.mark.parametrize(
    "query",
    [
        "?page=-1", "?page=0", "?page=x", "?page=99999999999999", "?page=²", "?sort=password",
        "?sort=tries__x", "?size=7", "?size=1000000", "?state=nonsense", "?columns=secret",
        "?q=%00", "?state=%00", "?export=exe",
    ],
)  # fmt: skip
def test_an_odd_address_is_no_error(tasks: list[Task], query: str) -> None:
    response = _table(query).answer("kit/table.html")

    assert response.status_code == 200


def test_it_costs_three_queries_whatever_the_rows(
    tasks: list[Task], django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(3):
        _table().answer("kit/table.html")


def test_counting_stops_where_it_would_hurt(
    tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gezel.kit.tables.COUNT_UP_TO", 100)

    assert _table().count == 101
    assert _table().count_words == "more than 100"


def test_what_is_looked_up_to_show_a_row_is_not_looked_up_to_count(
    tasks: list[Task], django_assert_num_queries: Callable[[int], Any]
) -> None:
    table = _table()
    same = Task.objects.filter(name=OuterRef("name"))
    table.rows = table.rows.annotate(shown_with=Subquery(same.values("message")[:1]))

    with django_assert_num_queries(1) as asked:
        assert table.count == 130
    assert "message" not in asked.captured_queries[0]["sql"]


def test_htmx_gets_the_rows_alone_and_its_history_the_page(tasks: list[Task]) -> None:
    whole = _html(_table())
    rows = _html(_table(target="table-tasks"))
    elsewhere = _html(_table(target="main"))

    assert "<form" in whole
    assert "<form" in elsewhere
    assert "<form" not in rows
    assert 'hx-swap-oob="innerHTML"' in rows
    assert "task 049" in rows
    assert "task 050" not in rows


def test_what_people_wrote_is_escaped(db: None) -> None:
    Task.objects.create(name="<script>alert(1)</script>", message="<b>")
    html = _html(_table())

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_an_export_takes_the_whole_narrowed_set_with_the_chosen_columns(
    tasks: list[Task],
) -> None:
    told: list[int] = []
    table = _table(
        "?state=done&columns=name&columns=tries&export=csv&page=3",
        on_export=lambda rows: told.append(rows.count()),
    )
    sheet = read(table.answer("kit/table.html").getvalue())

    assert sheet.header == ["Name", "Tries"]
    assert len(sheet.lines) == 65
    assert sheet.lines[0].cells == ["task 001", "0"]
    assert told == [65]


def test_an_export_to_excel_holds_numbers_as_numbers(tasks: list[Task]) -> None:
    response = _table("?export=xlsx").answer("kit/table.html")
    content = io.BytesIO(b"".join(response.streaming_content)).getvalue()  # type: ignore[attr-defined]

    assert read(content).lines[0].cells == ["task 000", 200, None]


def test_nothing_found_says_how_to_go_on(tasks: list[Task]) -> None:
    assert "Show everything" in _html(_table("?q=zzz"))
    assert "To the first page" in _html(_table("?page=9"))


def test_nothing_yet_says_why(db: None) -> None:
    html = _html(_table(empty="Tasks you start stand here."))

    assert "Tasks you start stand here." in html
