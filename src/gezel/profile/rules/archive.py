"""What an archive of a person is made of, and reading one that someone sends in.

Told in `docs/archive.md`. Here stands its form: names of files, cells, digests, and what a
hostile archive may not do. Nothing in an archive is ever code, and no word of it makes an account,
a role, an organisation or another person: only credentials, skills, facts and files are read.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from gezel.profile.rules.text import Unreadable

FORM = "gezel-archive"
PROFILE_FORM = "gezel-profile"
VERSION = 1
MOST_JSON = 64 * 1024 * 1024
MOST_FACTS = 200_000
MOST_ITEMS = 2_000
DEEPEST = 40


def plain(value: Any) -> Any:
    """A value as JSON says it, the same on every machine."""
    if value is None or isinstance(value, bool | int | str | float):
        return value
    if isinstance(value, datetime | date | time | timedelta | Decimal | UUID):
        return value.isoformat() if isinstance(value, date | time) else str(value)
    if isinstance(value, bytes | memoryview | bytearray):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, Mapping):
        return {str(word): plain(said) for word, said in value.items()}
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return str(value)


def line(value: Any) -> str:
    """JSON on one line, always written the same way: so facts can be held against each other."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(value: Any) -> str:
    """The digest of what a value says."""
    return hashlib.sha256(line(value).encode("utf-8", "surrogatepass")).hexdigest()


def cell(value: Any) -> str:
    """A value in a table; what is made of parts stands there as JSON."""
    if value is None:
        return ""
    if isinstance(value, dict) and set(value) <= {"id", "name"}:
        return str(value.get("name") or value.get("id"))
    return value if isinstance(value, str) else line(value)


def hashed_address(address: str, salt: str) -> str:
    """An e-mail address that only who knows it can recognise."""
    return hashlib.sha256((address.strip().lower() + salt).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SkillTold:
    """A skill as the archive names it."""

    source: str
    id: str
    names: tuple[str, ...]
    uri: str
    links: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.source} {self.id}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A level of a skill that the archive tells of; on a credential or by itself."""

    skill: SkillTold
    level: int
    on: date
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in the profile of an archive, as far as anything is done with it."""

    made_at: str
    installation: str
    name: str
    facts: int
    shown: tuple[Shown, ...]
    skills: dict[str, SkillTold] = field(default_factory=dict)


def read_json(data: bytes) -> Any:
    """JSON of an archive; larger than a credential, as strict.

    Raises:
        Unreadable: too large, no JSON, too deep, a word twice.
    """
    if len(data) > MOST_JSON:
        raise Unreadable("too_large")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Unreadable("key_twice", key=_twice(pairs))
        return found

    def never(_word: str) -> Any:
        raise Unreadable("not_json")

    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=never)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise Unreadable("too_deep") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("not_json") from None
    return found


def _twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for word, _said in pairs:
        if word in seen:
            return word[:60]
        seen.add(word)
    return ""


def read_profile(data: bytes, today: date) -> tuple[Told, list[dict[str, Any]]]:
    """What an archive tells, and its facts as they stand.

    Raises:
        Unreadable: it is no profile of ours, or of a version that is not known yet.
    """
    whole = read_json(data)
    if not isinstance(whole, dict) or whole.get("form") != PROFILE_FORM:
        raise Unreadable("no_profile")
    if whole.get("version") != VERSION:
        raise Unreadable("later_version")
    facts = whole.get("facts")
    if not isinstance(facts, list) or len(facts) > MOST_FACTS:
        raise Unreadable("no_profile")
    for fact in facts:
        if not (
            isinstance(fact, dict)
            and set(fact) == {"table", "key", "from", "fields"}
            and isinstance(fact["fields"], dict)
            and all(isinstance(fact[word], str) for word in ("table", "key", "from"))
        ):
            raise Unreadable("no_profile")
    skills = {skill.key: skill for skill in _skills(whole.get("skills"))}
    # Only what the installation says of its own credentials is its word: what was brought there
    # from elsewhere travels along, and its signature does not make that true.
    made_in = _text(whole.get("installation"), 200)
    listed = whole.get("claims")
    claims = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("from") == made_in
    ]
    shown = [*_claims(claims, skills, today), *_evidence(facts, skills, today)]
    person = whole.get("person")
    person = person if isinstance(person, dict) else {}
    told = Told(
        made_at=_text(whole.get("made_at"), 40),
        installation=_text(whole.get("installation"), 200),
        name=_text(person.get("name"), 300),
        facts=len(facts),
        shown=tuple(shown[:MOST_ITEMS]),
        skills=skills,
    )
    return told, facts


def _text(value: Any, most: int) -> str:
    return value[:most] if isinstance(value, str) else ""


def _skills(told: Any) -> Iterable[SkillTold]:
    for one in told if isinstance(told, list) else []:
        if not isinstance(one, dict):
            continue
        names = one.get("names")
        named = names.values() if isinstance(names, dict) else []
        links = one.get("links")
        found = SkillTold(
            source=_text(one.get("from"), 200),
            id=_text(one.get("id"), 40),
            names=tuple(_text(n, 250) for n in named if isinstance(n, str) and n),
            uri=_text(one.get("uri"), 200),
            links=tuple(
                _text(link.get("identifier"), 200)
                for link in (links if isinstance(links, list) else [])
                if isinstance(link, dict)
            ),
        )
        if found.names or found.uri:
            yield found


def _claims(
    told: list[dict[str, Any]], skills: dict[str, SkillTold], today: date
) -> Iterable[Shown]:
    """Levels that a credential stands for."""
    for one in told:
        key = f"{_text(one.get('from'), 200)} {_text(one.get('skill'), 40)}"
        credential = _text(one.get("credential"), 80)
        yield from _shown(skills.get(key), one.get("level"), one.get("on"), today, credential)


def _evidence(
    facts: list[dict[str, Any]], skills: dict[str, SkillTold], today: date
) -> Iterable[Shown]:
    """Of each skill the newest piece that stands: what was corrected counts no more."""
    corrected = {
        (f["from"], str(_id(f["fields"].get("corrects"))))
        for f in facts
        if f["table"] == "skills.Evidence" and f["fields"].get("corrects")
    }
    newest: dict[str, Shown] = {}
    for fact in facts:
        if fact["table"] != "skills.Evidence" or (fact["from"], fact["key"]) in corrected:
            continue
        said = fact["fields"]
        skill = skills.get(f"{fact['from']} {_id(said.get('skill'))}")
        for one in _shown(skill, said.get("level"), said.get("observed_on"), today, ""):
            before = newest.get(one.skill.key)
            if before is None or before.on < one.on:
                newest[one.skill.key] = one
    yield from newest.values()


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else None


def _shown(
    skill: SkillTold | None, level: Any, on: Any, today: date, credential: str
) -> Iterable[Shown]:
    try:
        day = date.fromisoformat(on[:10]) if isinstance(on, str) else None
    except ValueError:
        return
    fine = isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 5
    if skill is not None and fine and day is not None and day <= today:
        yield Shown(skill, level, day, credential)
