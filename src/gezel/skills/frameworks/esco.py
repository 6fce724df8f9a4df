"""ESCO: the European classification of skills and occupations.

Two layouts. The official download has a file for each thing and language (`skills_en.csv`,
`skills_nl.csv`, …); the compact one has both languages in one table (`skills.csv.gz`, …).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from gezel.skills.frameworks.base import (
    BadPackage,
    Folder,
    Framework,
    OccupationRow,
    RelationRow,
    Row,
    SkillRow,
    lines,
    required,
    rows,
)

URI = "http://data.europa.eu/esco/"

# ESCO's own groups, read as our four kinds; the first that fits counts. S2.7 and 054 are data
# and statistics; S5, T1.3 and 06 computers; S1, S3, S4.5-S4.8, T4 and L what happens between
# people. All else is technical, which here means: of the trade.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("data", ("S2.7", "S5.5", "054", "T1.2")),
    ("digital", ("S5", "T1.3", "06")),
    (
        "interpersonal",
        (
            *("S1.0", "S1.1", "S1.2", "S1.3", "S1.4", "S1.5", "S1.7", "S1.8", "S1.15"),
            *("S3.0", "S3.1", "S3.4", "S3.6", "S4.5", "S4.6", "S4.8"),
            *("T1.1", "T3", "T4", "L", "023"),
        ),
    ),
)
DIGITAL_COLLECTIONS = frozenset({"digital", "digcomp"})


def read_esco(path: Path) -> Framework:
    """The package in a folder, whichever of the two layouts it has.

    Raises:
        BadPackage: something is missing, broken or points nowhere.
    """
    folder = Folder(path)
    if folder.find("skills_en.csv"):
        skills, occupations = _official_skills(folder), _official_occupations(folder)
        asked = folder.need("occupationSkillRelations_en.csv", "occupationSkillRelations.csv")
    else:
        skills, occupations = _compact_skills(folder), _compact_occupations(folder)
        asked = folder.need("occupation_skill_relations.csv")
    kinds = _kinds(folder)
    skills = {
        uri: replace(skill, kind=kinds[uri]) if uri in kinds else skill
        for uri, skill in skills.items()
    }
    links, notes = _links(folder, occupations)
    return Framework(
        source="esco",
        skills=_with_more_dutch(folder, skills),
        occupations=_with_dutch_titles(folder, occupations),
        relations=list(_relations(asked, occupations, skills)),
        links=links,
        notes=notes,
    )


def _once(found: Iterable[SkillRow], file: Path) -> dict[str, SkillRow]:
    skills: dict[str, SkillRow] = {}
    for skill in found:
        if skill.uri in skills:
            raise BadPackage(f"{file.name}: {skill.uri} stands there twice.")
        skills[skill.uri] = skill
    if not skills:
        raise BadPackage(f"{file.name} holds no skills.")
    return skills


# The official download


def _official_skills(folder: Folder) -> dict[str, SkillRow]:
    file = folder.need("skills_en.csv")
    columns = ["conceptUri", "skillType", "preferredLabel", "altLabels", "description"]
    dutch = _by_address(folder.find("skills_nl.csv"))
    return _once(
        (
            _official_skill(row, dutch.get(row["conceptUri"], {}), file)
            for row in rows(file, columns)
        ),
        file,
    )


def _official_skill(row: Row, nl: Row, file: Path) -> SkillRow:
    return SkillRow(
        uri=required(row, "conceptUri", file),
        name_en=required(row, "preferredLabel", file),
        name_nl=nl.get("preferredLabel", "").strip(),
        about_en=row["description"].strip() or row.get("definition", "").strip(),
        about_nl=nl.get("description", "").strip(),
        aliases_en=lines(row["altLabels"] + "\n" + row.get("hiddenLabels", "")),
        aliases_nl=lines(nl.get("altLabels", "") + "\n" + nl.get("hiddenLabels", "")),
        is_knowledge=row["skillType"].strip() == "knowledge",
    )


def _official_occupations(folder: Folder) -> dict[str, OccupationRow]:
    file = folder.need("occupations_en.csv")
    columns = ["conceptUri", "preferredLabel", "altLabels", "description", "code"]
    dutch = _by_address(folder.find("occupations_nl.csv"))
    found: dict[str, OccupationRow] = {}
    for row in rows(file, columns):
        nl: Row = dutch.get(row["conceptUri"], {})
        uri = required(row, "conceptUri", file)
        found[uri] = OccupationRow(
            uri=uri,
            code=row["code"].strip(),
            name_en=required(row, "preferredLabel", file),
            name_nl=nl.get("preferredLabel", "").strip(),
            about_en=row["description"].strip(),
            about_nl=nl.get("description", "").strip(),
            aliases_en=lines(row["altLabels"] + "\n" + row.get("hiddenLabels", "")),
            aliases_nl=lines(nl.get("altLabels", "") + "\n" + nl.get("hiddenLabels", "")),
        )
    return found


def _by_address(file: Path | None) -> dict[str, Row]:
    if file is None:
        return {}
    columns = ["conceptUri", "preferredLabel", "altLabels", "description"]
    return {row["conceptUri"]: row for row in rows(file, columns)}


# The compact layout


def _compact_skills(folder: Folder) -> dict[str, SkillRow]:
    file = folder.need("skills.csv", "skills_en.csv")
    columns = [
        *("conceptUri", "preferredLabel_en", "preferredLabel_nl", "skillType", "collections"),
        *("altLabels_en", "altLabelsAndDescription_en"),
    ]
    told = list(rows(file, columns))
    openers = _openers(told)
    return _once((_compact_skill(row, openers, file) for row in told), file)


def _compact_skill(row: Row, openers: frozenset[str], file: Path) -> SkillRow:
    aliases, about = _aliases_and_about(row, openers)
    digital = DIGITAL_COLLECTIONS & set(row["collections"].split("|"))
    return SkillRow(
        uri=required(row, "conceptUri", file),
        name_en=required(row, "preferredLabel_en", file),
        name_nl=row["preferredLabel_nl"].strip(),
        about_en=about,
        aliases_en=aliases,
        kind="digital" if digital else "technical",
        is_knowledge=row["skillType"] == "knowledge",
    )


def _exact(row: Row) -> str | None:
    """The description, where the other names are known apart and stand before it."""
    if not row["altLabels_en"].strip():
        return None
    together = " ".join(row["altLabelsAndDescription_en"].split())
    names = " ".join(name.strip() for name in row["altLabels_en"].split("|"))
    names = " ".join(names.split())
    return together.removeprefix(names).strip() if together.startswith(names) else None


def _openers(told: Iterable[Row]) -> frozenset[str]:
    """With which words ESCO's descriptions begin, learned from those that are known apart."""
    exact = (_exact(row) for row in told)
    return frozenset(about.split()[0] for about in exact if about and about[0].isupper())


def _aliases_and_about(row: Row, openers: frozenset[str]) -> tuple[str, str]:
    """Other names and description, which this layout mostly has run together.

    The names are in small letters, so the description begins at the first word that opens other
    descriptions as well. Where none does, all of it serves searching and nothing is shown: half
    a sentence is worse than none.
    """
    about = _exact(row)
    if about is not None:
        return lines(row["altLabels_en"], "|"), about
    words = row["altLabelsAndDescription_en"].split()
    for place, word in enumerate(words):
        if word in openers:
            return " ".join(words[:place]), " ".join(words[place:])
    return " ".join(words), ""


def _compact_occupations(folder: Folder) -> dict[str, OccupationRow]:
    file = folder.need("occupations.csv", "occupations_en.csv")
    columns = [
        *("conceptUri", "code", "preferredLabel_en", "preferredLabel_nl", "altLabels_en"),
        *("altLabels_nl", "description_en", "description_nl"),
    ]
    return {
        row["conceptUri"]: OccupationRow(
            uri=required(row, "conceptUri", file),
            code=row["code"].strip(),
            name_en=required(row, "preferredLabel_en", file),
            name_nl=row["preferredLabel_nl"].strip(),
            about_en=row["description_en"].strip(),
            about_nl=row["description_nl"].strip(),
            aliases_en=lines(row["altLabels_en"], "|"),
            aliases_nl=lines(row["altLabels_nl"], "|"),
        )
        for row in rows(file, columns)
    }


# Both


def _relations(
    file: Path, occupations: Mapping[str, OccupationRow], skills: Mapping[str, SkillRow]
) -> Iterator[RelationRow]:
    seen: set[tuple[str, str, bool]] = set()
    for row in rows(file, ["occupationUri", "relationType", "skillUri"]):
        occupation, skill, kind = row["occupationUri"], row["skillUri"], row["relationType"]
        if occupation not in occupations:
            raise BadPackage(f"{file.name} speaks of an occupation that is not there: {occupation}")
        if skill not in skills:
            raise BadPackage(f"{file.name} speaks of a skill that is not there: {skill}")
        if kind not in {"essential", "optional"}:
            raise BadPackage(f"{file.name}: {kind!r} is neither essential nor optional.")
        key = (occupation, skill, kind == "essential")
        if key not in seen:
            seen.add(key)
            yield RelationRow(*key)
    # A table cut between two lines has no torn edge, but whole occupations ask nothing then.
    silent = len(occupations) - len({occupation for occupation, _, _ in seen})
    if silent * 10 > len(occupations):
        raise BadPackage(
            f"{file.name} leaves {silent} of {len(occupations)} occupations without a skill:"
            " it has been cut off. Download it again."
        )


def _kinds(folder: Folder) -> dict[str, str]:
    """The kind of each skill, by the groups it stands under; without these files all keep theirs.

    ESCO hangs skills under skills under groups, so the ways up are walked.
    """
    above = folder.find("broaderRelationsSkillPillar_en.csv", "broader_relations_skill_pillar.csv")
    tree = folder.find("skillsHierarchy_en.csv", "skills_hierarchy.csv")
    if above is None or tree is None:
        return {}
    codes: dict[str, str] = {}
    levels = [(f"Level {n} URI", f"Level {n} code") for n in range(4)]
    for row in rows(tree, [column for pair in levels for column in pair]):
        for uri, code in levels:
            if row[uri] and row[code]:
                codes[row[uri]] = row[code]
    parents: dict[str, list[str]] = {}
    for row in rows(above, ["conceptUri", "broaderUri"]):
        parents.setdefault(row["conceptUri"], []).append(row["broaderUri"])
    found = {}
    for uri in parents:
        if uri not in codes:
            groups = _groups(uri, parents, codes)
            if kind := _kind(groups):
                found[uri] = kind
    return found


def _groups(uri: str, parents: Mapping[str, list[str]], codes: Mapping[str, str]) -> set[str]:
    """The codes of the nearest groups above a skill."""
    groups: set[str] = set()
    seen: set[str] = set()
    ahead = list(parents.get(uri, ()))
    while ahead:
        each = ahead.pop()
        if each in seen:
            continue
        seen.add(each)
        if each in codes:
            groups.add(codes[each])
        else:
            ahead += parents.get(each, ())
    return groups


def _kind(groups: Iterable[str]) -> str | None:
    for kind, begins in KINDS:
        if any(_stands_under(group, begin) for group in groups for begin in begins):
            return kind
    return None


def _stands_under(group: str, above: str) -> bool:
    """S4.5 stands under S4, S1.15 not under S1.1; 0541 under 054, for ISCED needs no dots."""
    if above.isdigit() or above == "L":
        return group.startswith(above)
    return group == above or group.startswith(f"{above}.")


def _with_more_dutch(folder: Folder, skills: Mapping[str, SkillRow]) -> list[SkillRow]:
    """Dutch names by which experts said the same competence goes (VDAB Competent)."""
    file = folder.find("vdab_competence_to_esco_skill.csv", "vdab_competence_to_esco_skill_dev.csv")
    more = _titles(file, "vdabLabel_nl")
    return [
        replace(s, aliases_nl=lines("\n".join(chain([s.aliases_nl], more[s.uri]))))
        if s.uri in more
        else s
        for s in skills.values()
    ]


def _with_dutch_titles(folder: Folder, found: Mapping[str, OccupationRow]) -> list[OccupationRow]:
    """Dutch job titles for the same occupation (UWV)."""
    file = folder.find(
        "uwv_job_title_to_esco_occupation.csv", "uwv_job_title_to_esco_occupation_dev.csv"
    )
    more = _titles(file, "uwvTitle_nl")
    return [
        replace(o, aliases_nl=lines("\n".join(chain([o.aliases_nl], more[o.uri]))))
        if o.uri in more
        else o
        for o in found.values()
    ]


def _titles(file: Path | None, column: str) -> dict[str, list[str]]:
    """Titles that mean the same: exact and close matches, not the wider or narrower ones."""
    titles: dict[str, list[str]] = {}
    if file is None:
        return titles
    for row in rows(file, [column, "conceptUri", "mappingRelation"]):
        if re.search(r"(exact|close)Match$", row["mappingRelation"]):
            titles.setdefault(row["conceptUri"], []).append(row[column].strip())
    return titles


def _links(
    folder: Folder, occupations: Mapping[str, OccupationRow]
) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    """The crosswalk with O*NET, when it lies beside; it belongs to an earlier ESCO release.

    So an occupation it names that is no longer there is counted, not refused.
    """
    file = folder.find("crosswalk_onet_esco.csv", "ONET_(Occupations)_0_updated.csv")
    links: dict[tuple[str, str], str] = {}
    gone = 0
    if file is not None:
        for row in rows(file, ["O*NET Id", "ESCO or ISCO URI", "Type of Match"]):
            uri = row["ESCO or ISCO URI"]
            if uri in occupations:
                links[uri, row["O*NET Id"].strip()] = row["Type of Match"].strip()
            elif uri.startswith(f"{URI}occupation/"):
                gone += 1
    notes = (f"{gone} links to O*NET name an occupation that this release no longer has.",)
    return [(uri, code, match) for (uri, code), match in links.items()], notes if gone else ()
