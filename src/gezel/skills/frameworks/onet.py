"""O*NET: the occupations of the United States, with skills and knowledge by importance.

Two layouts of the same tables: the official `db_29_2_text` folder (tabs, no quotes) and the
compact one (`Skills.csv.gz`, …). Only columns that both have are used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gezel.skills import rules
from gezel.skills.frameworks.base import (
    BadPackage,
    Folder,
    Framework,
    OccupationRow,
    RelationRow,
    Row,
    SkillRow,
    required,
    rows,
)

SITE = "https://www.onetonline.org"
CODE = "O*NET-SOC Code"

# O*NET's content model, read as our four kinds; the longest that fits counts.
KINDS: Mapping[str, str] = {
    "2.A.1.b": "interpersonal",  # active listening
    "2.A.1.d": "interpersonal",  # speaking
    "2.A.1.e": "data",  # mathematics, as a skill
    "2.B.1": "interpersonal",  # social skills
    "2.B.3.e": "digital",  # programming
    "2.B.5.d": "interpersonal",  # management of personnel
    "2.C.1.e": "interpersonal",  # customer and personal service
    "2.C.3.a": "digital",  # computers and electronics
    "2.C.4.a": "data",  # mathematics, as knowledge
    "2.C.6": "interpersonal",  # education and training
}


def skill_address(element: str) -> str:
    return f"{SITE}/find/descriptor/result/{element}"


def occupation_address(code: str) -> str:
    return f"{SITE}/link/summary/{code}"


@dataclass(slots=True)
class _Rating:
    importance: float | None = None
    level: float | None = None


def read_onet(path: Path) -> Framework:
    """The package in a folder, whichever of the two layouts it has.

    Raises:
        BadPackage: something is missing, broken or points nowhere.
    """
    folder = Folder(path)
    names = _about(folder)
    occupations = _occupations(folder)
    skills: dict[str, SkillRow] = {}
    relations: list[RelationRow] = []
    suppressed = 0
    for table, is_knowledge in (("Skills", False), ("Knowledge", True)):
        file = _need(folder, table)
        ratings: dict[tuple[str, str], _Rating] = {}
        columns = [CODE, "Element ID", "Element Name", "Scale ID", "Data Value"]
        for row in _rows(file, [*columns, "Recommend Suppress", "Not Relevant"]):
            code, element = row[CODE].strip(), row["Element ID"].strip()
            if code not in occupations:
                raise BadPackage(f"{file.name} speaks of an occupation that is not there: {code}")
            if element not in skills:
                skills[element] = SkillRow(
                    uri=skill_address(element),
                    name_en=required(row, "Element Name", file),
                    about_en=names.get(element, ""),
                    kind=_kind(element),
                    is_knowledge=is_knowledge,
                )
            if row["Recommend Suppress"].strip() == "Y":
                suppressed += 1
                continue
            _note(ratings.setdefault((code, element), _Rating()), row, file)
        relations += _asked(ratings, file)
    if not relations:
        raise BadPackage(f"{path} holds no ratings of skills or knowledge.")
    return Framework(
        source="onet",
        skills=list(skills.values()),
        occupations=list(occupations.values()),
        relations=relations,
        notes=(f"{suppressed} ratings that O*NET itself calls imprecise were left out.",)
        if suppressed
        else (),
    )


def _need(folder: Folder, table: str) -> Path:
    return folder.need(f"{table}.txt", f"{table.replace(' ', '_')}.csv")


def _find(folder: Folder, table: str) -> Path | None:
    return folder.find(f"{table}.txt", f"{table.replace(' ', '_')}.csv")


def _rows(file: Path, columns: list[str]) -> Iterator[Row]:
    return rows(file, columns, tabs=".txt" in file.suffixes)


def _kind(element: str) -> str:
    fitting = [begin for begin in KINDS if element.startswith(begin)]
    return KINDS[max(fitting, key=len)] if fitting else "technical"


def _about(folder: Folder) -> dict[str, str]:
    file = _find(folder, "Content Model Reference")
    if file is None:
        return {}
    return {
        row["Element ID"].strip(): row["Description"].strip()
        for row in _rows(file, ["Element ID", "Description"])
    }


def _occupations(folder: Folder) -> dict[str, OccupationRow]:
    titles = _titles(folder)
    file = _need(folder, "Occupation Data")
    found = {}
    for row in _rows(file, [CODE, "Title", "Description"]):
        code = required(row, CODE, file)
        found[code] = OccupationRow(
            uri=occupation_address(code),
            code=code,
            name_en=required(row, "Title", file),
            about_en=row["Description"].strip(),
            aliases_en="\n".join(titles.get(code, ())),
        )
    if not found:
        raise BadPackage(f"{file.name} holds no occupations.")
    return found


def _titles(folder: Folder) -> dict[str, dict[str, None]]:
    """Other titles of each occupation, in the order of the file and without doubles."""
    titles: dict[str, dict[str, None]] = {}
    for table, column in (
        ("Alternate Titles", "Alternate Title"),
        ("Sample of Reported Titles", "Reported Job Title"),
    ):
        file = _find(folder, table)
        if file is not None:
            for row in _rows(file, [CODE, column]):
                titles.setdefault(row[CODE].strip(), {})[row[column].strip()] = None
    return titles


def _note(rating: _Rating, row: Row, file: Path) -> None:
    scale = row["Scale ID"].strip()
    if scale not in {"IM", "LV"}:
        return
    try:
        value = float(row["Data Value"])
    except ValueError as wrong:
        raise BadPackage(f"{file.name}: {row['Data Value']!r} is not a number.") from wrong
    highest = 5 if scale == "IM" else 7
    if not 0 <= value <= highest:
        raise BadPackage(f"{file.name}: {value} lies outside the scale {scale} (0-{highest}).")
    if scale == "IM":
        rating.importance = value
    elif row["Not Relevant"].strip() != "Y":
        rating.level = value


def _asked(ratings: Mapping[tuple[str, str], _Rating], file: Path) -> Iterator[RelationRow]:
    for (code, element), rating in ratings.items():
        if rating.importance is None or not rules.asked_by_importance(rating.importance):
            continue
        yield RelationRow(
            occupation=occupation_address(code),
            skill=skill_address(element),
            essential=rules.essential_by_importance(rating.importance),
            level=None if rating.level is None else rules.level_from_onet(rating.level),
            importance=rating.importance,
        )
