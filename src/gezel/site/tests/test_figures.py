"""Figures and drills, as far as they compute: a wrong sum here would praise a broken promise."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gezel.people.api import Organisation, Person, Unit
from gezel.site.bench import figures
from gezel.site.bench.figures import Figure, at_least, at_most, percentile, skipped
from gezel.site.bench.groups import GROUPS, POSTGRESQL, SQLITE, runs
from gezel.site.demo.scale import build_scale
from gezel.skills.api import Standing, estimates


def test_a_percentile_is_a_value_that_was_measured() -> None:
    twenty = [float(n) for n in range(20, 0, -1)]

    assert percentile(twenty, 0.95) == 19
    assert percentile(twenty, 0.5) == 10
    assert percentile(twenty, 1) == 20
    assert percentile([7.0], 0.95) == 7


def test_one_slow_request_in_ten_is_seen_in_the_95th_percentile() -> None:
    assert percentile([10.0] * 9 + [900.0], 0.95) == 900


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.95)


def test_the_median_is_of_at_least_three_runs() -> None:
    asked: list[int] = []

    figures.seconds(lambda: asked.append(1), runs=1)

    assert len(asked) == 3


def test_a_target_is_kept_when_it_is_just_reached() -> None:
    assert at_most("pages", 12, "queries", 12).passed is True
    assert at_most("pages", 12.1, "queries", 12).passed is False
    assert at_least("score", 95, "points", 95).passed is True
    assert at_least("score", 94.9, "points", 95).passed is False


def test_what_was_not_measured_has_neither_passed_nor_failed() -> None:
    told = skipped("disk", "needs root")

    assert (told.value, told.passed) == (None, None)
    assert "SKIPPED: needs root" in told.line()


def test_a_group_that_breaks_is_a_failure_and_the_next_one_is_still_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def breaks() -> Iterator[Figure]:
        yield at_most("first", 1, "s", 2)
        raise RuntimeError("no such page")

    found = list(
        figures.report([("broken", breaks), ("whole", lambda: [at_most("second", 1, "s", 2)])])
    )

    assert [(f.name, f.passed) for f in found] == [
        ("first", True),
        ("broken", False),
        ("second", True),
    ]
    assert "no such page" in found[1].conditions
    assert "second" in capsys.readouterr().out


def test_every_figure_says_how_busy_the_machine_was(capsys: pytest.CaptureFixture[str]) -> None:
    [told] = figures.report([("one", lambda: [at_most("first", 1, "s", 2, conditions="here")])])

    assert told.conditions.startswith("here, load ")


def test_the_report_holds_what_the_figures_promise_and_can_be_read_again(tmp_path: Path) -> None:
    found = [at_most("home", 14, "ms", 20, baseline=6, conditions="sqlite"), skipped("disk", "no")]

    figures.write(found, tmp_path / "figures.json")

    told = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert set(told) == {"machine", "figures"}
    assert set(told["figures"][0]) == {
        *("name", "value", "unit", "baseline", "target", "passed", "conditions")
    }
    assert figures.read(tmp_path / "figures.json") == found
    assert figures.summary(found) == "2 figures, 0 short of target, 1 not measured"


def test_all_groups_run_but_those_that_must_be_asked_for() -> None:
    named = {name for _database, names in runs([]) for name in names}

    assert named == {name for name, group in GROUPS.items() if not group.when_asked}
    assert runs(["tests"]) == [(SQLITE, ["tests"])]


def test_groups_share_a_database_unless_they_want_their_own() -> None:
    assert runs(["first", "intake", "pages", "search"]) == [
        (SQLITE, ["pages", "search"]),
        (SQLITE, ["first"]),
        (SQLITE, ["intake"]),
        (POSTGRESQL, ["pages", "search"]),
        (POSTGRESQL, ["intake"]),
    ]


@pytest.mark.django_db
def test_scale_data_hang_together() -> None:
    build_scale(500)

    organisation = Organisation.objects.get(slug="scale-500")
    people = list(Person.objects.working_at(organisation).values_list("pk", flat=True))
    assert len(people) == 500
    assert Unit.objects.find_problems() == ([], [], [], [], [])
    stored = {
        (s.person_id, s.skill_id): (s.level, round(s.sd, 6), s.newest_on)
        for s in Standing.objects.filter(person__in=people)
    }
    assert stored == {
        key: (e.level, round(e.sd, 6), e.newest_on) for key, e in estimates(people, at=None).items()
    }
    assert all(isinstance(newest, date) for _level, _sd, newest in stored.values())
