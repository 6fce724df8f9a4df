"""ESCO and O*NET: read right in each layout, refused whole where something is wrong."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gezel.skills.actions import import_esco, import_onet
from gezel.skills.frameworks import BadPackage, Framework, read_esco, read_onet
from gezel.skills.models import (
    FrameworkRelease,
    Occupation,
    OccupationSkill,
    Skill,
)
from gezel.skills.queries import taxonomy
from gezel.skills.tests import packages

Layout = Callable[[Path], Path]
BOTH_ESCO = pytest.mark.parametrize("layout", [packages.esco_official, packages.esco_compact])
BOTH_ONET = pytest.mark.parametrize("layout", [packages.onet_official, packages.onet_compact])

REAL = Path(__file__).resolve().parents[5] / "shared" / "data"


# Reading


@BOTH_ESCO
def test_esco_gives_names_in_both_languages_and_what_occupations_ask(
    layout: Layout, tmp_path: Path
) -> None:
    read = read_esco(layout(tmp_path))

    brakes, coding, _listening = read.skills
    assert (brakes.name_en, brakes.name_nl) == ("repair brakes", "remmen repareren")
    assert brakes.about_en.startswith("Mends")
    assert "fix brakes" in brakes.aliases_en.splitlines()
    assert coding.is_knowledge
    assert not brakes.is_knowledge
    mechanic = read.occupations[0]
    assert (mechanic.name_nl, mechanic.code) == ("automonteur", "7231.10")
    assert mechanic.aliases_en.splitlines()[0] == "car mechanic"
    assert mechanic.aliases_nl == "autotechnicus"
    assert [(r.skill, r.essential) for r in read.relations] == [
        (packages.BRAKES, True),
        (packages.CODING, False),
        (packages.LISTENING, True),
        (packages.LISTENING, False),
    ]


def test_names_and_description_run_together_are_parted_where_descriptions_begin(
    tmp_path: Path,
) -> None:
    read = read_esco(packages.esco_compact(tmp_path))

    _brakes, coding, listening = read.skills
    # "Mends" opens a description that is known apart, so it opens this one too.
    assert (coding.aliases_en, coding.about_en) == ("Python code", "Mends nothing.")
    # Nothing tells where this one would begin: it serves searching, and nothing is shown.
    assert (listening.aliases_en, listening.about_en) == ("hear hear out", "")


def test_the_groups_of_esco_tell_the_kind(tmp_path: Path) -> None:
    packages.esco_official(tmp_path)
    columns = [f"Level {n} {what}" for what in ("URI", "code") for n in range(4)]
    group = "http://data.europa.eu/esco/skill/S1.8"
    packages.write(
        tmp_path,
        "skillsHierarchy_en.csv",
        [columns, ["s", "s1", group, "", "S", "S1", "S1.8", ""]],
    )
    packages.write(
        tmp_path,
        "broaderRelationsSkillPillar_en.csv",
        [
            ["conceptUri", "broaderUri"],
            [packages.LISTENING, packages.CODING],
            [packages.CODING, group],
        ],
    )

    kinds = {skill.uri: skill.kind for skill in read_esco(tmp_path).skills}

    assert kinds == {
        packages.BRAKES: "technical",
        packages.CODING: "interpersonal",
        packages.LISTENING: "interpersonal",
    }


@BOTH_ONET
def test_onet_asks_what_is_important_and_calls_essential_what_is_very_important(
    layout: Layout, tmp_path: Path
) -> None:
    read = read_onet(layout(tmp_path))

    asked = {r.skill.rsplit("/", 1)[-1]: (r.essential, r.level) for r in read.relations}
    assert asked == {
        "2.B.3.l": (True, 3),
        "2.A.1.b": (False, 2),  # importance 3 is just asked; the nurse's was suppressed
        "2.B.1.a": (False, None),  # O*NET calls its level not relevant
        "2.C.3.d": (True, 4),
    }
    assert [s.name_en for s in read.skills if s.is_knowledge] == ['Mechanical "machines"']
    assert read.occupations[0].aliases_en == "Auto Mechanic"
    assert "2 ratings" in read.notes[0]


# Refusing


def _cut(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def _without_column(file: Path) -> None:
    with gzip.open(file, "rt") as text:
        told = text.read().replace("relationType", "relation", 1)
    with gzip.open(file, "wt") as text:
        text.write(told)


def _to_nowhere(file: Path) -> None:
    with gzip.open(file, "at") as text:
        text.write(f"{packages.NURSE},essential,http://nowhere\r\n")


def _short_line(file: Path) -> None:
    with gzip.open(file, "at") as text:
        text.write(f"{packages.NURSE},essen")


def _not_text(file: Path) -> None:
    with gzip.open(file, "wb") as out:
        out.write(b"occupationUri,relationType,skillUri\n\xff\xfe")


def _half_the_lines(file: Path) -> None:
    with gzip.open(file, "rt") as text:
        kept = text.readlines()[:3]
    with gzip.open(file, "wt") as text:
        text.writelines(kept)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (Path.unlink, "missing"),
        (_cut, "not whole"),
        (_without_column, "no column relationType"),
        (_to_nowhere, "a skill that is not there: http://nowhere"),
        (_short_line, "2 columns where the first line has 3"),
        (_not_text, "not UTF-8"),
        (_half_the_lines, "cut off"),
    ],
)
def test_a_package_that_is_not_whole_is_refused_whole(
    broken: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    packages.esco_compact(tmp_path)
    broken(tmp_path / "occupation_skill_relations.csv.gz")

    with pytest.raises(BadPackage, match=told):
        import_esco(tmp_path)

    assert not Skill.objects.exists()
    assert not Occupation.objects.exists()


@pytest.mark.django_db
def test_a_package_much_smaller_than_what_stands_is_refused_unless_meant(tmp_path: Path) -> None:
    import_onet(packages.onet_official(tmp_path / "whole"))
    small = packages.onet_official(tmp_path / "small")
    told = (small / "Skills.txt").read_text().splitlines(keepends=True)
    (small / "Skills.txt").write_text("".join(told[:3]))

    with pytest.raises(BadPackage, match="looks cut off"):
        import_onet(small)
    assert Skill.objects.filter(retired=True).count() == 0

    outcome = import_onet(small, smaller=True)
    assert outcome.skills.gone == 3


def test_a_value_off_the_scale_is_refused(tmp_path: Path) -> None:
    packages.onet_official(tmp_path)
    file = tmp_path / "Skills.txt"
    file.write_text(file.read_text().replace("\t4.5\t", "\t45\t"))

    with pytest.raises(BadPackage, match="outside the scale IM"):
        read_onet(tmp_path)


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "esco.zip").touch()

    with pytest.raises(BadPackage, match="not a folder"):
        read_esco(tmp_path / "esco.zip")


# Keeping


@pytest.mark.django_db
@BOTH_ESCO
def test_the_second_time_nothing_changes(layout: Layout, tmp_path: Path) -> None:
    first = import_esco(layout(tmp_path))
    second = import_esco(tmp_path)

    assert (first.skills.added, first.occupations.added, first.relations.added) == (3, 2, 4)
    assert first.changed
    assert not second.changed
    assert second.skills.total == Skill.objects.count() == 3


@pytest.mark.django_db
def test_a_new_release_changes_adds_and_retires(tmp_path: Path) -> None:
    import_esco(packages.esco_official(tmp_path))
    for name in ("skills_en.csv", "occupationSkillRelations_en.csv"):
        file = tmp_path / name
        told = file.read_text().replace(packages.CODING, packages.CODING + "-2")
        file.write_text(told.replace("repair brakes", "mend brakes"))

    outcome = import_esco(tmp_path, smaller=True)

    assert (outcome.skills.added, outcome.skills.changed, outcome.skills.gone) == (1, 1, 1)
    old = Skill.objects.get(uri=packages.CODING)
    assert old.retired
    assert not OccupationSkill.objects.filter(skill=old).exists()
    assert Skill.objects.get(uri=packages.BRAKES).name_en == "mend brakes"


@pytest.mark.django_db
def test_a_release_without_dutch_does_not_erase_it(tmp_path: Path) -> None:
    import_esco(packages.esco_official(tmp_path))
    (tmp_path / "skills_nl.csv").unlink()

    outcome = import_esco(tmp_path)

    assert not outcome.changed
    assert Skill.objects.get(uri=packages.BRAKES).name_nl == "remmen repareren"


@pytest.mark.django_db
def test_what_breaks_while_keeping_leaves_nothing_to_see_and_is_made_good_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages.esco_compact(tmp_path)
    from gezel.skills.actions import frameworks

    def breaks(*args: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(frameworks, "_keep_links", breaks)
        with pytest.raises(RuntimeError):
            import_esco(tmp_path)

    assert not Skill.objects.filter(retired=False).exists()
    assert not Occupation.objects.filter(retired=False).exists()
    assert not FrameworkRelease.objects.exists()
    assert taxonomy.find_occupations("automonteur", "nl") == []

    assert import_esco(tmp_path).changed
    assert not Skill.objects.filter(retired=True).exists()
    assert taxonomy.find_occupations("automonteur", "nl")
    assert not import_esco(tmp_path).changed


@pytest.mark.django_db
def test_the_two_frameworks_are_linked_whichever_came_first(tmp_path: Path) -> None:
    import_onet(packages.onet_compact(tmp_path / "onet"))
    outcome = import_esco(packages.esco_compact(tmp_path / "esco"))

    esco = Occupation.objects.get(uri=packages.MECHANIC)
    onet = Occupation.objects.get(code="49-3023.00")
    assert taxonomy.same_elsewhere(esco) == [(onet, "exactMatch")]
    assert taxonomy.same_elsewhere(onet) == [(esco, "exactMatch")]
    assert "1 links" in outcome.notes[0]


@pytest.mark.django_db
def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    packages.esco_official(tmp_path)

    import_esco(tmp_path, progress=lambda *step: told.append(step))

    assert ("skills", 3, 3) in told
    assert ("relations", 4, 4) in told


@pytest.mark.django_db
def test_the_command_prints_counts_and_refuses_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_esco", packages.esco_official(tmp_path / "whole"))
    assert "3 new" in capsys.readouterr().out
    call_command("import_esco", tmp_path / "whole")
    assert "Nothing has changed" in capsys.readouterr().out

    with pytest.raises(CommandError, match=r"is not a folder.*Nothing was changed"):
        call_command("import_esco", tmp_path / "nothing")


# The real packages, where they lie beside the repository


def _real(name: str, read: Callable[[Path], Framework]) -> Framework:
    folder = REAL / name
    if not folder.is_dir():
        pytest.skip(f"THE REAL {name.upper()} PACKAGE IS NOT HERE: {folder} is missing")
    return read(folder)


def test_the_real_esco_is_read_whole() -> None:
    read = _real("esco", read_esco)

    assert len(read.skills) == 13_939
    assert len(read.occupations) == 3_039
    assert len(read.relations) == 129_004
    assert sum(bool(s.name_nl) for s in read.skills) == 5_352
    assert all(o.name_nl for o in read.occupations)
    assert sum(bool(s.about_en) for s in read.skills) > 11_000


def test_the_real_onet_is_read_whole() -> None:
    read = _real("onet", read_onet)

    assert len(read.occupations) == 1_016
    assert len(read.skills) == 68
    assert {r.level for r in read.relations} <= {None, 1, 2, 3, 4, 5}
    rated = {r.occupation for r in read.relations}
    # 879 have ratings; one of them is left when the imprecise ones are taken out.
    assert 870 <= len(rated) <= 879
