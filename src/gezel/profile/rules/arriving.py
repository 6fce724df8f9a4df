"""What someone brings from elsewhere, told apart by what is in it; and a Europass profile read.

What of Europass is read: the XML and JSON of the older profile (`SkillsPassport`, with
`LearnerInfo`), and the XML inside the CVs of today (`Candidate`). From both: schooling, languages
and skills by name. Nobody signed any of it, so all of it is what someone states of themselves.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from gezel.profile.rules.baking import is_png, is_svg
from gezel.profile.rules.jwt import looks_like_one
from gezel.profile.rules.text import Unreadable, as_list, decoded, id_of, read_json
from gezel.profile.rules.wording import editions

MOST_STATED = 300
_PLACE = ("statusListCredential", "statusListIndex")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Stated:
    """Something that someone says of themselves: a skill, a language, a diploma."""

    name: str
    kind: str
    addresses: tuple[str, ...] = ()
    on: date | None = None


def form_of(data: bytes) -> str:
    """What someone brought: "archive", "credential" or "europass".

    Raises:
        Unreadable: none of these.
    """
    if data.startswith(_ZIP):
        return "archive"
    if is_png(data) or is_svg(data):
        return "credential"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "europass"
    text = decoded(data).strip()
    if looks_like_one(text):
        return "credential"
    document = read_json(text)
    return "europass" if _passport(document) is not None else "credential"


def _passport(document: Any) -> dict[str, Any] | None:
    """The person's part of a Europass profile as JSON."""
    inner = document.get("SkillsPassport") if isinstance(document, dict) else None
    learner = inner.get("LearnerInfo") if isinstance(inner, dict) else None
    return learner if isinstance(learner, dict) else None


def europass_json(data: bytes) -> list[Stated]:
    """What a Europass profile as JSON says.

    Raises:
        Unreadable: it is none.
    """
    learner = _passport(read_json(data))
    if learner is None:
        raise Unreadable("no_europass")
    found: list[Stated] = []
    found += [
        Stated(_label(study.get("Title")), "education", on=_ended(study))
        for study in as_list(learner.get("Education"))
        if isinstance(study, dict)
    ]
    skills = learner.get("Skills")
    skills = skills if isinstance(skills, dict) else {}
    linguistic = skills.get("Linguistic")
    linguistic = linguistic if isinstance(linguistic, dict) else {}
    for word in ("MotherTongue", "ForeignLanguage"):
        found += [
            Stated(_label(one.get("Description")), "language")
            for one in as_list(linguistic.get(word))
            if isinstance(one, dict)
        ]
    for word in ("Communication", "Organisational", "JobRelated", "Computer", "Other"):
        for one in as_list(skills.get(word)):
            if isinstance(one, dict):
                found += _named_in(_label(one.get("Description")))
    return _distinct(found)


def _label(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("Label")
    return value if isinstance(value, str) else ""


def _ended(study: dict[str, Any]) -> date | None:
    period = study.get("Period")
    until = period.get("To") if isinstance(period, dict) else None
    if not isinstance(until, dict):
        return None
    try:
        return date(int(until["Year"]), int(until.get("Month", 1)), int(until.get("Day", 1)))
    except (KeyError, ValueError, TypeError):
        return None


def _named_in(text: str) -> Iterator[Stated]:
    """Skills in a text of bullets or sentences: one each, as someone listed them."""
    plain = re.sub(r"<[^>]{0,200}>", "\n", text)
    for one in re.split(r"[\n;•·]+", plain):
        if name := one.strip(" -–*\t.,"):
            yield Stated(name, "skill")


def europass_xml(root: "etree._Element") -> list[Stated]:
    """What a Europass profile as XML says, whichever of its two kinds.

    Raises:
        Unreadable: it is none.
    """
    top = _name(root)
    if top == "SkillsPassport":
        return _distinct(_older(root))
    if top == "Candidate":
        return _distinct(_newer(root))
    raise Unreadable("no_europass")


def _name(element: "etree._Element") -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: "etree._Element", *names: str) -> Iterator["etree._Element"]:
    wanted = set(names)
    return (one for one in element.iter() if _name(one) in wanted)


def _said(element: "etree._Element", *names: str) -> str:
    """The text of the first element of that name, with all inside it."""
    for one in _all(element, *names):
        if text := " ".join("".join(str(t) for t in one.itertext()).split()):
            return text
    return ""


def _older(root: "etree._Element") -> Iterator[Stated]:
    for study in _all(root, "Education"):
        if title := _said(study, "Title"):
            yield Stated(title, "education", on=_xml_ended(study))
    for tongue in _all(root, "MotherTongue", "ForeignLanguage"):
        if label := _said(tongue, "Label"):
            yield Stated(label, "language")
    for part in _all(root, "Communication", "Organisational", "JobRelated", "Computer", "Other"):
        for told in part:
            if _name(told) == "Description":
                yield from _named_in("".join(str(t) for t in told.itertext()))


def _xml_ended(study: "etree._Element") -> date | None:
    for until in _all(study, "To"):
        try:
            month = int((until.get("month") or "1").strip("-") or 1)
            return date(int(until.get("year") or ""), month, 1)
        except ValueError:
            return None
    return None


def _newer(root: "etree._Element") -> Iterator[Stated]:
    for study in _all(root, "EducationOrganizationAttendance"):
        if title := _said(study, "DegreeName", "EducationDegree", "ProgramName"):
            yield Stated(title, "education", on=_day(_said(study, "EndDate")))
    for one in _all(root, "PersonCompetency", "Skill"):
        name = _said(one, "CompetencyName", "CompetencyID", "Name", "Label")
        kind = "language" if _said(one, "TaxonomyID").casefold() == "language" else "skill"
        ids = tuple(
            a
            for a in re.findall(r"https?://[^\s<>\"]+", etree.tostring(one, encoding="unicode"))
            if "/esco/" in a
        )
        if name:
            yield Stated(name, kind, ids)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _distinct(found: Iterable[Stated]) -> list[Stated]:
    seen: dict[tuple[str, str], Stated] = {}
    for one in found:
        name = " ".join(one.name.split())[:300]
        if name:
            seen.setdefault(
                (one.kind, name.casefold()), Stated(name, one.kind, one.addresses, one.on)
            )
    return list(seen.values())[:MOST_STATED]


# -- whose credential is it -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hashed:
    """An address as a credential or archive names it: to be recognised by who knows it."""

    salt: str
    hash: str


def addresses_of(credential: dict[str, Any]) -> tuple[list[Hashed], list[str]]:
    """By which e-mail addresses a credential names its person: hashed, and in the open."""
    hashed: list[Hashed] = []
    plain: list[str] = []
    recipient = credential.get("recipient")
    named = [recipient] if isinstance(recipient, dict) else []
    for subject in as_list(credential.get("credentialSubject")):
        if isinstance(subject, dict):
            named += [one for one in as_list(subject.get("identifier")) if isinstance(one, dict)]
            address = id_of(subject)
            if address.startswith("mailto:"):
                plain.append(address.removeprefix("mailto:"))
    for one in named:
        kind = one.get("identityType") or one.get("type")
        value = one.get("identityHash") or one.get("identity")
        if not isinstance(value, str) or kind not in ("emailAddress", "email"):
            continue
        if one.get("hashed"):
            algorithm, _, digest = value.partition("$")
            if algorithm == "sha256":
                hashed.append(Hashed(str(one.get("salt") or ""), digest.lower()))
        else:
            plain.append(value)
    return hashed, plain


def number_of(credential: dict[str, Any]) -> list[str]:
    """What makes it the one it is, however often it is brought; empty where nothing does.

    One that its issuer gives in several languages has an identifier in each. They are withdrawn by
    one place in the issuer's list, so that place is what they have in common.
    """
    if editions(credential):
        for entry in as_list(credential.get("credentialStatus")):
            told = [entry.get(word) for word in _PLACE] if isinstance(entry, dict) else []
            place = [one for one in told if isinstance(one, str) and one]
            if len(place) == len(_PLACE):
                return [id_of(credential.get("issuer")), *place]
    identifier = credential.get("id")
    return [str(identifier)] if identifier else []


def alignments(credential: dict[str, Any], achievement: dict[str, Any]) -> tuple[str, ...]:
    """The addresses of skills that what was achieved amounts to."""
    badge = credential.get("badge")
    listed = as_list(achievement.get("alignment"))
    if isinstance(badge, dict):
        listed += as_list(badge.get("alignment"))
    return tuple(
        one["targetUrl"][:200]
        for one in listed
        if isinstance(one, dict) and isinstance(one.get("targetUrl"), str)
    )[:20]
