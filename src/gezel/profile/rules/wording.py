"""In which language a credential speaks, and its words for a reader.

Open Badges 3.0 asks one plain string for each name and text, in the language that `inLanguage`
names; the same achievement in another language is another edition, which `related` names. Others
name in VC 2.0's way, with several strings that each say their language. Both are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gezel.profile.rules.badges import achievement_of
from gezel.profile.rules.model import language_of, text_of
from gezel.profile.rules.text import as_list


@dataclass(frozen=True, slots=True)
class Wording:
    """What a credential says to a reader."""

    # The language of these words, as the credential says it; empty where it says none.
    language: str = ""
    name: str = ""
    about: str = ""
    criteria: str = ""
    evidence: tuple[tuple[str, str], ...] = ()


def whole_in(words: Mapping[str, tuple[str, str]], first: str) -> list[str]:
    """The languages in which something can be told whole, the first one asked for in front.

    `words` has name and criteria by language. Half a wording is none: a reader who gets a Dutch
    name over English criteria reads something nobody wrote.
    """
    whole = [code for code, (name, criteria) in words.items() if name and criteria]
    return sorted(whole, key=lambda code: code != first)


def wording(credential: dict[str, Any], language: str) -> Wording:
    """Its words for a reader of that language: theirs where it has them, else its first."""
    achievement = achievement_of(credential)
    criteria = achievement.get("criteria")
    named = achievement.get("name") or credential.get("name")
    return Wording(
        language=language_of(named, language) or _code(achievement.get("inLanguage")),
        name=text_of(achievement.get("name"), language)
        or text_of(credential.get("name"), language),
        about=text_of(achievement.get("description"), language),
        criteria=text_of(criteria.get("narrative"), language) if isinstance(criteria, dict) else "",
        evidence=tuple(
            (text_of(one.get("name"), language), text_of(one.get("narrative"), language))
            for one in as_list(credential.get("evidence"))
            if isinstance(one, dict)
        ),
    )


def languages(credential: dict[str, Any]) -> list[str]:
    """The languages that its name is signed in, its own first; none where it does not say."""
    achievement = achievement_of(credential)
    named = as_list(achievement.get("name") or credential.get("name"))
    found = [_code(achievement.get("inLanguage"))]
    found += [_code(one.get("@language")) for one in named if isinstance(one, dict)]
    return list(dict.fromkeys(code for code in found if code))


def editions(credential: dict[str, Any]) -> list[str]:
    """The other languages in which its issuer gives the same achievement."""
    achievement = achievement_of(credential)
    related = [one for one in as_list(achievement.get("related")) if isinstance(one, dict)]
    own = _code(achievement.get("inLanguage"))
    found = [_code(one.get("inLanguage")) for one in related if own]
    return list(dict.fromkeys(code for code in found if code and code != own))


def _code(value: Any) -> str:
    return value[:35] if isinstance(value, str) else ""
