"""Three hundred of the mutants of `gezel drill packages`: each comes in whole or is refused."""

import random
from pathlib import Path

import pytest
from pytest_django import Settings

from gezel.site.drill.mutants import changed_bytes, mutant_of
from gezel.site.drill.packages import run
from gezel.site.drill.specimens import files_of


@pytest.mark.django_db
def test_no_mutant_does_anything_but_come_in_or_be_refused(
    tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"

    outcome = run(300, tmp_path / "room", seed=4)

    assert not outcome.errors, "\n".join(outcome.errors[:3])
    assert not outcome.outside
    assert not outcome.left
    assert outcome.megabytes < 100
    assert sum(outcome.tried.values()) == 300
    # Most are refused, and not all: a mutant that is never good tries only the first door.
    assert 30 < sum(outcome.came_in.values()) < 270


def test_a_mutant_can_be_made_again() -> None:
    for form, files in files_of().items():
        assert mutant_of(files, random.Random(form)) == mutant_of(files, random.Random(form))
    assert changed_bytes(b"x" * 50, random.Random(1)) == changed_bytes(b"x" * 50, random.Random(1))
