"""What goes and what stays, without a database."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gezel.trust.rules.comparing import differences
from gezel.trust.rules.erasing import About, Fate, fate_of, seen, tombstone

ANY_KIND = st.builds(
    About, owned=st.booleans(), contract=st.booleans(), law=st.booleans(), own_choice=st.booleans()
)


@given(ANY_KIND)
def test_who_works_nowhere_takes_everything(kind: About) -> None:
    assert fate_of(kind, works=False).is_erased


@given(ANY_KIND)
def test_nothing_stays_without_a_reason_that_is_told(kind: About) -> None:
    fate = fate_of(kind, works=True)

    if not fate.is_erased:
        assert kind.law or kind.contract or not kind.own_choice


def test_what_only_you_read_goes_while_you_work() -> None:
    assert fate_of(About(owned=True, own_choice=True), works=True) is Fate.GOES


def test_a_contract_keeps_your_job_data_until_it_ends() -> None:
    job = About(owned=True, contract=True)

    assert fate_of(job, works=True) is Fate.CONTRACT
    assert fate_of(job, works=False) is Fate.GOES


def test_what_your_lead_reads_is_talked_about_first() -> None:
    assert fate_of(About(owned=True), works=True) is Fate.OBJECT


def test_what_was_seen_does_not_depend_on_the_order() -> None:
    lines = [("a.A", Fate.GOES, 3), ("b.B", Fate.LAW, 0)]

    assert seen(lines) == seen(lines[::-1])
    assert seen(lines) != seen([("a.A", Fate.GOES, 4), ("b.B", Fate.LAW, 0)])


@given(st.integers(1, 10**9), st.datetimes(timezones=st.just(UTC)), st.integers(1, 10**6))
def test_another_account_with_an_old_number_is_another_account(
    number: int, made_at: datetime, later: int
) -> None:
    try:
        other = made_at + timedelta(microseconds=later)
    except OverflowError:
        return
    assert tombstone(number, made_at) != tombstone(number, other)
    assert tombstone(number, made_at) == tombstone(number, made_at)


SMALL_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kept", "computed", "settings", "never", "table", "what", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(SMALL_JSON, SMALL_JSON)
def test_any_file_can_be_laid_beside_ours(older: object, newer: object) -> None:
    assert differences(newer, newer) == []
    for difference in differences(older, newer):
        assert difference.kind in {"added", "gone", "changed"}


def test_a_year_later() -> None:
    older = {
        "kept": [{"table": "a.A", "what": "Your A", "term": "One year.", "fields": ["x"]}],
        "smallest_group": 5,
        "never": ["Rank people."],
    }
    newer = {
        "kept": [
            {"table": "a.A", "what": "Your A", "term": "Two years.", "fields": ["y", "x"]},
            {"table": "b.B", "what": "Your B"},
        ],
        "smallest_group": 4,
        "never": ["Rank people."],
        "made_at": "later",
    }
    found = {(d.kind, d.subject, d.field, d.before, d.after) for d in differences(older, newer)}

    assert found == {
        ("changed", "Your A", "term", "One year.", "Two years."),
        ("changed", "Your A", "fields", "x", "x, y"),
        ("added", "Your B", "", "", ""),
        ("changed", "smallest_group", "", "5", "4"),
    }
