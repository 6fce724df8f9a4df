"""Tiny packages of the four layouts that Gezel reads, made up and written to a folder."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

ESCO = "http://data.europa.eu/esco"
MECHANIC, NURSE = f"{ESCO}/occupation/mechanic", f"{ESCO}/occupation/nurse"
BRAKES, CODING, LISTENING = (f"{ESCO}/skill/{name}" for name in ("brakes", "coding", "listening"))

Table = Sequence[Sequence[str]]


def write(folder: Path, name: str, table: Table, *, tabs: bool = False) -> None:
    """One table as a file; a name ending in .gz is squeezed."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = gzip.open if name.endswith(".gz") else open
    with opened(folder / name, "wt", encoding="utf-8", newline="") as file:
        if tabs:
            file.writelines("\t".join(row) + "\n" for row in table)
        else:
            csv.writer(file).writerows(table)


def esco_official(folder: Path) -> Path:
    """As the download of esco.ec.europa.eu: a file for each thing and language."""
    skill_columns = [
        *("conceptType", "conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels"),
        *("hiddenLabels", "status", "modifiedDate", "scopeNote", "definition", "inScheme"),
        "description",
    ]

    def skill(uri: str, kind: str, name: str, also: str, about: str) -> list[str]:
        return [
            *("KnowledgeSkillCompetence", uri, kind, "", name, also, "", "released"),
            *("", "", "", "", about),
        ]

    write(
        folder,
        "skills_en.csv",
        [
            skill_columns,
            skill(BRAKES, "skill/competence", "repair brakes", "fix brakes\nmend brakes", "Mends."),
            skill(CODING, "knowledge", "Python", "", "A language."),
            skill(LISTENING, "skill/competence", "listen actively", "", "Hears."),
        ],
    )
    write(
        folder,
        "skills_nl.csv",
        [skill_columns, skill(BRAKES, "skill/competence", "remmen repareren", "", "Repareert.")],
    )
    occupation_columns = [
        *("conceptType", "conceptUri", "iscoGroup", "preferredLabel", "altLabels", "hiddenLabels"),
        *("status", "modifiedDate", "regulatedProfessionNote", "scopeNote", "definition"),
        *("inScheme", "description", "code"),
    ]

    def occupation(uri: str, name: str, also: str, code: str) -> list[str]:
        return ["Occupation", uri, "", name, also, *[""] * 7, f"About {name}.", code]

    write(
        folder,
        "occupations_en.csv",
        [
            occupation_columns,
            occupation(MECHANIC, "vehicle technician", "car mechanic", "7231.10"),
            occupation(NURSE, "nurse", "", "2221.1"),
        ],
    )
    write(
        folder,
        "occupations_nl.csv",
        [occupation_columns, occupation(MECHANIC, "automonteur", "autotechnicus", "7231.10")],
    )
    write(folder, "occupationSkillRelations_en.csv", _relations("skillType"))
    return folder


def _relations(extra: str | None = None) -> list[list[str]]:
    pairs = [
        (MECHANIC, "essential", BRAKES),
        (MECHANIC, "optional", CODING),
        (NURSE, "essential", LISTENING),
        # ESCO has a few of which it says both.
        (NURSE, "optional", LISTENING),
    ]
    if extra is None:
        return [["occupationUri", "relationType", "skillUri"], *map(list, pairs)]
    return [
        ["occupationUri", "relationType", extra, "skillUri"],
        *([o, kind, "", s] for o, kind, s in pairs),
    ]


def esco_compact(folder: Path) -> Path:
    """Both languages in one squeezed table."""
    write(
        folder,
        "skills.csv.gz",
        [
            [
                *("conceptUri", "preferredLabel_en", "preferredLabel_nl", "skillType"),
                *("collections", "altLabels_en", "altLabelsAndDescription_en"),
            ],
            [
                BRAKES,
                "repair brakes",
                "remmen repareren",
                "skill/competence",
                "",
                "fix brakes",
                "fix brakes Mends what stops a car.",
            ],
            [CODING, "Python", "", "knowledge", "digital", "", "Python code Mends nothing."],
            [LISTENING, "listen actively", "", "skill/competence", "", "", "hear hear out"],
        ],
    )
    write(
        folder,
        "occupations.csv.gz",
        [
            [
                *("conceptUri", "code", "preferredLabel_en", "preferredLabel_nl", "altLabels_en"),
                *("altLabels_nl", "description_en", "description_nl"),
            ],
            [
                MECHANIC,
                "7231.10",
                "vehicle technician",
                "automonteur",
                "car mechanic|fixer",
                "autotechnicus",
                "Mends cars.",
                "Repareert auto's.",
            ],
            [NURSE, "2221.1", "nurse", "verpleegkundige", "", "", "Cares.", "Verzorgt."],
        ],
    )
    write(folder, "occupation_skill_relations.csv.gz", _relations())
    write(
        folder,
        "crosswalk_onet_esco.csv.gz",
        [
            ["O*NET Id", "O*NET Title", "ESCO or ISCO URI", "ESCO or ISCO Title", "Type of Match"],
            ["49-3023.00", "Automotive", MECHANIC, "vehicle technician", "exactMatch"],
            ["49-3023.00", "Automotive", f"{ESCO}/occupation/gone", "gone", "closeMatch"],
        ],
    )
    return folder


# Each: occupation, element, name, importance, level, suppressed, level not relevant.
RATED = (
    ("49-3023.00", "2.B.3.l", "Repairing", "4.5", "4", "N", "N"),
    ("49-3023.00", "2.A.1.b", "Active Listening", "3", "2", "N", "N"),
    ("49-3023.00", "2.B.3.e", "Programming", "2.9", "1", "N", "N"),
    ("49-3023.00", "2.B.1.a", "Social Perceptiveness", "3.5", "3", "N", "Y"),
    ("29-1141.00", "2.A.1.b", "Active Listening", "4.9", "5", "Y", "N"),
)


def onet_official(folder: Path) -> Path:
    """As the text download of the O*NET database: tabs, no quotes, more columns."""
    head = ["O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value", "N"]
    tail = ["Recommend Suppress", "Not Relevant", "Date", "Domain Source"]

    def rated(rows: Sequence[Sequence[str]]) -> list[list[str]]:
        table = [[*head, *tail]]
        for code, element, name, importance, level, suppress, relevant in rows:
            table.append([code, element, name, "IM", importance, "8", suppress, "n/a", "", ""])
            table.append([code, element, name, "LV", level, "8", suppress, relevant, "", ""])
        return table

    write(folder, "Skills.txt", rated(RATED), tabs=True)
    write(
        folder,
        "Knowledge.txt",
        rated([("49-3023.00", "2.C.3.d", 'Mechanical "machines"', "4", "6", "N", "N")]),
        tabs=True,
    )
    write(
        folder,
        "Occupation Data.txt",
        [
            ["O*NET-SOC Code", "Title", "Description"],
            ["49-3023.00", "Automotive Service Technicians", "Mend cars."],
            ["29-1141.00", "Registered Nurses", "Care."],
        ],
        tabs=True,
    )
    write(
        folder,
        "Alternate Titles.txt",
        [
            ["O*NET-SOC Code", "Alternate Title", "Short Title", "Source(s)"],
            ["49-3023.00", "Auto Mechanic", "n/a", "08"],
            ["49-3023.00", "Auto Mechanic", "n/a", "10"],
        ],
        tabs=True,
    )
    return folder


def onet_compact(folder: Path) -> Path:
    """The same tables as squeezed comma-separated files."""
    head = ["O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Scale Name", "Data Value"]
    tail = ["Recommend Suppress", "Not Relevant", "Date"]

    def rated(rows: Sequence[Sequence[str]]) -> list[list[str]]:
        table = [[*head, *tail]]
        for code, element, name, importance, level, suppress, relevant in rows:
            table.append([code, element, name, "IM", "Importance", importance, suppress, "", ""])
            table.append([code, element, name, "LV", "Level", level, suppress, relevant, ""])
        return table

    write(folder, "Skills.csv.gz", rated(RATED))
    write(
        folder,
        "Knowledge.csv.gz",
        rated([("49-3023.00", "2.C.3.d", 'Mechanical "machines"', "4", "6", "N", "N")]),
    )
    write(
        folder,
        "Occupation_Data.csv.gz",
        [
            ["O*NET-SOC Code", "Title", "Description"],
            ["49-3023.00", "Automotive Service Technicians", "Mend cars."],
            ["29-1141.00", "Registered Nurses", "Care."],
        ],
    )
    write(
        folder,
        "Alternate_Titles.csv.gz",
        [
            ["O*NET-SOC Code", "Alternate Title", "Short Title", "Source(s)"],
            ["49-3023.00", "Auto Mechanic", "", "08"],
        ],
    )
    return folder
