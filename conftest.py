"""The cast that every test knows: Noor learns, Daan leads her, Femke is HR, Sam works elsewhere."""

import gc
import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db.backends.signals import connection_created
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key
from whitenoise.middleware import WhiteNoiseMiddleware

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker
    from pytest_django.live_server_helper import LiveServer
    from tests.browser import Lent
    from tests.cast import Book, Cast

    from gezel.people.models import Organisation, Person
    from gezel.people.visitor import Visitor

# No test of ours is timed. Hypothesis times two things of its own: each example, and how long the
# first ones take to think up, among which the tables of Unicode it makes once in a fresh clone. On
# a busy machine those fail tests that have nothing the matter.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")

BOOK: "pytest.StashKey[Book]" = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is read in here goes away again, so nobody looks for what may.

    Looking took six of the fifteen seconds of processor in which a worker read all tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        # A test leaves little behind, and much of it in rings that one look takes as well as ten.
        gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A browser on a busy machine gets a second try, and the summary names who needed it.

    Where everything ran on one database before, only what can tell the difference runs on the
    next (`tools/test.py`).
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if os.environ.get("GEZEL_TEST_AGAIN"):
        again = [item for item in items if _meets_the_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
        items[:] = again
    # Who comes last waits for nobody: one that takes minutes does not begin when others are done.
    items.sort(key=lambda item: not _asks_for_more_time(item))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Sweep now and then; what this test wrote is rolled back by now."""
    if _meets_the_database(item):
        from tests.databases import swept

        with item.config.stash[blocking_manager_key].unblock():
            swept()


def _asks_for_more_time(item: pytest.Item) -> bool:
    return item.get_closest_marker("timeout") is not None


def _meets_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once") or item.get_closest_marker("browser_once"):
        return False
    asked = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or asked & {"db", "transactional_db"})


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: "DjangoDbBlocker",
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The database of this process, copied where another has migrated one already."""
    from tests.cast import kept
    from tests.databases import Emptying, database

    worker = getattr(request.config, "workerinput", None)
    with ExitStack() as until_the_end:
        with django_db_blocker.unblock():
            until_the_end.enter_context(database(worker and worker["testrunuid"]))
            emptied = Emptying()
            request.config.stash[BOOK] = kept()
        case_of_django: Any = TransactionTestCase
        flush = case_of_django._fixture_teardown

        def teardown(case: TransactionTestCase) -> None:
            if case.available_apps or case.serialized_rollback or not emptied():
                flush(case)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
            yield
        with django_db_blocker.unblock():
            until_the_end.close()


@pytest.fixture(scope="session", autouse=True)
def _files_looked_up_once() -> Iterator[None]:
    """Every client of a test makes the middleware anew, and WhiteNoise then looks at each file
    there is to serve: a tenth of the processor of tests with a database. They are the same ones."""
    looked_up: dict[str, dict[str, object]] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def once(self: WhiteNoiseMiddleware) -> None:
        if self.static_prefix not in looked_up:
            before = self.files
            self.files = {}
            look(self)
            looked_up[self.static_prefix], self.files = self.files, before
        self.files.update(looked_up[self.static_prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_order_but_what_is_asked() -> Iterator[None]:
    """SQLite gives rows the other way round where nobody asked for an order.

    Without, it gives them as they were written, and code that counts on it fails on PostgreSQL
    some day in a hundred.
    """

    def turn_round(connection: Any, **_: object) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA reverse_unordered_selects = ON")

    connection_created.connect(turn_round, weak=False)
    yield
    connection_created.disconnect(turn_round)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read English unless they say otherwise."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers of one test's people is wrong about the next one's."""
    caches["near"].clear()
    settings.TOMBSTONES = Path(gettempdir()) / f"gezel-erased-{os.getpid()}.jsonl"
    settings.TOMBSTONES.unlink(missing_ok=True)


@pytest.fixture
def the_cast(db: None, request: pytest.FixtureRequest) -> "Cast":
    """Those below, there at once."""
    from tests.cast import Cast

    return Cast(request.config.stash[BOOK])


@pytest.fixture
def van_dijk(the_cast: "Cast") -> "Organisation":
    """The garage where Noor, Daan and Femke work."""
    made: Organisation = the_cast("van_dijk")
    return made


@pytest.fixture
def de_linde(the_cast: "Cast") -> "Organisation":
    """The care organisation where Sam works."""
    made: Organisation = the_cast("de_linde")
    return made


@pytest.fixture
def daan(the_cast: "Cast", van_dijk: "Organisation") -> "Person":
    """Leads the workshop."""
    made: Person = the_cast("daan")
    return made


@pytest.fixture
def noor(the_cast: "Cast", van_dijk: "Organisation", daan: "Person") -> "Person":
    """Learns; a mechanic in Daan's workshop."""
    made: Person = the_cast("noor")
    return made


@pytest.fixture
def femke(the_cast: "Cast", van_dijk: "Organisation") -> "Person":
    """HR of the garage."""
    made: Person = the_cast("femke")
    return made


@pytest.fixture
def sam(the_cast: "Cast", de_linde: "Organisation") -> "Person":
    """Works elsewhere and finds every door closed."""
    made: Person = the_cast("sam")
    return made


@pytest.fixture
def visit() -> "Callable[[Person], Client]":
    """A signed-in client: `visit(noor).get("/")`."""

    def signed_in(person: "Person") -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def as_visitor() -> "Callable[[Person], Visitor]":
    """The visitor someone is, for policies and queries: `as_visitor(noor)`."""
    from gezel.people.middleware import visitor_of

    return visitor_of


class PageOf(Protocol):
    """Opens the browser as someone: `page_of(noor, phone=True).goto("/")`."""

    def __call__(
        self,
        person: "Person | None",
        *,
        phone: bool = False,
        dark: bool = False,
        language: str = "en",
        scripts: bool = True,
        worker: bool = False,
    ) -> "Page": ...


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One Chromium for all tests of a worker."""
    from tests.browser import axe_at_its_address, chromium

    with axe_at_its_address(), chromium() as started:
        yield started


@pytest.fixture(scope="session")
def pages_to_lend(browser: "Browser") -> "dict[tuple[object, ...], list[Lent]]":
    """Pages that an earlier test had, by how they look."""
    return defaultdict(list)


@pytest.fixture
def page_of(
    live_server: "LiveServer",
    browser: "Browser",
    pages_to_lend: "dict[tuple[object, ...], list[Lent]]",
) -> Iterator[PageOf]:
    """A page signed in as someone. A script error or policy violation fails the test."""
    from tests.browser import DESK, PHONE, Lent, cut_lines, under_way

    under_way.forget()
    cut_lines.mend_all()
    opened: list[tuple[tuple[object, ...], Lent]] = []

    def a_new_one(*, phone: bool, dark: bool, language: str, scripts: bool, worker: bool) -> Lent:
        return Lent(
            browser.new_context(
                # Only who looks at what a phone keeps wants the worker; elsewhere it would be one
                # more thing that answers.
                service_workers="allow" if worker else "block",
                base_url=live_server.url,
                viewport=PHONE if phone else DESK,
                has_touch=phone,
                is_mobile=phone,
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
                locale=language,
                java_script_enabled=scripts,
            )
        )

    def open_page(
        person: "Person | None",
        *,
        phone: bool = False,
        dark: bool = False,
        language: str = "en",
        scripts: bool = True,
        worker: bool = False,
    ) -> "Page":
        look = (phone, dark, language, scripts, worker)
        lent = (
            pages_to_lend[look].pop()
            if pages_to_lend[look]
            else a_new_one(
                phone=phone, dark=dark, language=language, scripts=scripts, worker=worker
            )
        )
        opened.append((look, lent))
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if person is not None:
            client = Client()
            client.force_login(person)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[
                settings.SESSION_COOKIE_NAME
            ].value
        lent.context.add_cookies(
            [{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()]
        )
        return lent.page

    yield open_page
    complaints = [complaint for _look, lent in opened for complaint in lent.complaints]
    for look, lent in opened:
        *_, worker = look
        if not worker and lent.clear(live_server.url):
            pages_to_lend[look].append(lent)
        else:
            lent.context.close()
    under_way.wait_for_none()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def accessible() -> "Callable[[Page], None]":
    """No axe violation and no sideways scroll: `accessible(page)`."""
    from tests.browser import assert_accessible

    return assert_accessible
