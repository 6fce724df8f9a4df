"""The graded set: an offer, the skills it teaches, and questions with what would answer them.

All of it was invented and graded by us, and committed before the ranking was tuned; git shows
that. Every second question is held out: a ranking may be tuned on the others only.

`offer.txt` has a block for each subject: the skill (Dutch name | English name | Dutch aliases |
English aliases), then its activities: the languages of the title, `*` when nobody confirmed a
skill for it, `+other` when it is also about another subject, the title and the goal.
`questions.txt` has a question a line: language, text, and grades 1 to 3 of a subject or of one
of its activities. What is also about a subject is worth one less than what is only about that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log2
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class GradedSkill:
    """A skill of the set, under its names in two languages."""

    subject: str
    name_nl: str
    name_en: str
    aliases_nl: tuple[str, ...]
    aliases_en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An activity of the set. `tagged`: someone confirmed that it teaches its subject's skill."""

    key: str
    subject: str
    also: str
    tagged: bool
    title_nl: str
    title_en: str
    goal: str


@dataclass(frozen=True, slots=True)
class Question:
    """What someone typed, in which language, and how well each item would answer it (1-3)."""

    text: str
    language: str
    held_out: bool
    grades: dict[str, int] = field(hash=False)


@cache
def offer() -> tuple[list[GradedSkill], list[Item]]:
    """Skills and activities, in the order of the file."""
    skills: list[GradedSkill] = []
    items: list[Item] = []
    subject, number = "", 0
    for line in (HERE / "offer.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            subject, number = line[3:].strip(), 0
        elif line.startswith("skill:"):
            nl, en, more_nl, more_en = (part.strip() for part in line[6:].split("|"))
            skills.append(GradedSkill(subject, nl, en, _listed(more_nl), _listed(more_en)))
        else:
            number += 1
            items.append(_item(line, subject, number))
    return skills, items


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _item(line: str, subject: str, number: int) -> Item:
    head, rest = line.split(":", 1)
    titles, goal = rest.split(" :: ")
    language, _, also = head.partition(" +")
    one, _, other = titles.strip().partition(" = ")
    spoken = language.rstrip("*")
    return Item(
        key=f"{subject}.{number}",
        subject=subject,
        also=also,
        tagged="*" not in language,
        title_nl=one if spoken in ("nl", "both") else "",
        title_en=other if spoken == "both" else one if spoken == "en" else "",
        goal=goal.strip(),
    )


@cache
def questions() -> list[Question]:
    """All questions; every second one is held out."""
    found = []
    lines = (HERE / "questions.txt").read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        language, text, told = (part.strip() for part in line.split(" | "))
        found.append(Question(text, language, at % 2 == 1, _grades(told)))
    return found


def _grades(told: str) -> dict[str, int]:
    given = {name: int(grade) for name, grade in (pair.split("=") for pair in told.split())}
    grades = {}
    for item in offer()[1]:
        grade = given.get(item.key, given.get(item.subject, 0))
        grade = max(grade, given.get(item.also, 0) - 1 if item.also else 0)
        if grade > 0:
            grades[item.key] = grade
    if unknown := [n for n in given if n not in _names()]:
        raise ValueError(f"questions.txt grades what is not in offer.txt: {unknown}")
    return grades


@cache
def _names() -> frozenset[str]:
    return frozenset(name for item in offer()[1] for name in (item.key, item.subject))


def ndcg(found: Sequence[str], grades: dict[str, int], at: int = 10) -> float:
    """Normalised discounted cumulative gain, with gain 2^grade - 1 (Burges et al., ICML 2005)."""

    def gain(values: Sequence[int]) -> float:
        return sum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(values[:at]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(key, 0) for key in found]) / best if best else 0.0


def across(found: Sequence[str], question: Question, at: int = 10) -> float | None:
    """Of what answers well (2 or 3) but is only in the other language: the share in the first ten.

    None where there is nothing such. At most `at` can be found, so that counts as all of them.
    """
    other = "title_nl" if question.language == "en" else "title_en"
    own = "title_en" if question.language == "en" else "title_nl"
    wanted = {
        item.key
        for item in offer()[1]
        if question.grades.get(item.key, 0) >= 2 and getattr(item, other) and not getattr(item, own)
    }
    if not wanted:
        return None
    return len(wanted & set(found[:at])) / min(at, len(wanted))
