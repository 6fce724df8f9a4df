"""How well is found what was meant, beside what a database finds by itself?

Held against three simple searches over the same words: the database's own full text (any of the
words, best rank first), and titles that contain what was typed. Reported on the questions that
were held out when the ranking was tuned.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import mean

from django.db import connection
from django.utils import translation

from gezel.catalogue.api import Activity, ActivitySkill, Question, find, keep_findable
from gezel.kit.likeness import folded
from gezel.people.api import Employment, Organisation, Person, Visitor
from gezel.site.bench.cost import backends, spent
from gezel.site.bench.figures import Figure, at_least, at_most, percentile
from gezel.site.bench.finding import graded
from gezel.skills.api import Skill, SkillAlias, make_aliases_findable, make_skills_findable

AT = 10
TARGET_NDCG, TARGET_BETTER, TARGET_ACROSS, TARGET_NOTHING = 0.75, 1.10, 0.80, 2.0
MANY, TARGET_MS = 10_000, 50.0

# Keys of items, best first, for a question.
Search = Callable[[graded.Question], list[str]]


class Offer:
    """The graded offer as it stands in the catalogue of an organisation of its own."""

    def __init__(self, slug: str = "graded") -> None:
        self.organisation = Organisation.objects.create(name="Graded", slug=slug)
        self.visitor = Visitor(Person(), Employment(organisation=self.organisation))
        skills, self.items = graded.offer()
        self.skills = self._skills(skills)
        self.key_of: dict[int, str] = {}
        self.fill(self.items)

    def _skills(self, skills: Sequence[graded.GradedSkill]) -> dict[str, Skill]:
        made = Skill.objects.bulk_create(
            Skill(organisation=self.organisation, name_nl=s.name_nl, name_en=s.name_en)
            for s in skills
        )
        make_skills_findable(made)
        make_aliases_findable(
            SkillAlias.objects.bulk_create(
                SkillAlias(
                    organisation=self.organisation, skill=skill, language=language, words=words
                )
                for s, skill in zip(skills, made, strict=True)
                for language, names in (("nl", s.aliases_nl), ("en", s.aliases_en))
                for words in names
            )
        )
        return {s.subject: skill for s, skill in zip(skills, made, strict=True)}

    def fill(self, items: Sequence[graded.Item], copies: str = "") -> None:
        """Put these on offer; copies bear another title and are known by no key."""
        made = Activity.objects.bulk_create(
            Activity(
                organisation=self.organisation,
                title_nl=i.title_nl and f"{i.title_nl}{copies}",
                title_en=i.title_en and f"{i.title_en}{copies}",
                summary_nl=i.goal if i.title_nl else "",
                summary_en="" if i.title_nl else i.goal,
                kind=Activity.Kind.COURSE,
                mix=Activity.Mix.FORMAL,
                form=Activity.Form.CLASSROOM,
                hours=4,
            )
            for i in items
        )
        if not copies:
            self.key_of |= {a.pk: i.key for a, i in zip(made, items, strict=True)}
        ActivitySkill.objects.bulk_create(
            ActivitySkill(activity=a, skill=self.skills[i.subject], from_level=0, to_level=2)
            for a, i in zip(made, items, strict=True)
            if i.tagged
        )
        keep_findable([a.pk for a in made])

    def ours(self, question: graded.Question) -> list[str]:
        """What the catalogue finds, as its page asks it."""
        with translation.override(question.language):
            found = find(self.visitor, Question(text=question.text))
        return [self.key_of.get(a.pk, "") for a in found.activities]


def database_text(items: Sequence[graded.Item]) -> Search:
    """Full text as the database gives it: title, goal and the names of the confirmed skill."""
    skills = {s.subject: s for s in graded.offer()[0]}
    rows = [
        (
            at,
            f"{i.title_nl} {i.title_en}",
            " ".join([i.goal, *_names(skills[i.subject] if i.tagged else None)]),
        )
        for at, i in enumerate(items)
    ]
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgresql:
            cursor.execute("CREATE TEMP TABLE plain (id int, title text, rest text)")
        else:
            cursor.execute("CREATE VIRTUAL TABLE temp.plain USING fts5(id UNINDEXED, title, rest)")
        cursor.executemany("INSERT INTO plain (id, title, rest) VALUES (%s, %s, %s)", rows)

    def ask(question: graded.Question) -> list[str]:
        words = folded(question.text)
        with connection.cursor() as cursor:
            if postgresql:
                config = "dutch" if question.language == "nl" else "english"
                # The words joined by "or", which is kinder to this baseline than "and".
                cursor.execute(
                    "SELECT id FROM plain, to_tsquery(%s, %s) q,"
                    " LATERAL (SELECT setweight(to_tsvector(%s, title), 'A') ||"
                    " setweight(to_tsvector(%s, rest), 'C') AS words) w"
                    " WHERE words @@ q ORDER BY ts_rank(words, q) DESC, id LIMIT %s",
                    [config, " | ".join(words), config, config, AT],
                )
            else:
                cursor.execute(
                    "SELECT id FROM plain WHERE plain MATCH %s ORDER BY bm25(plain, 0, 3, 1), id"
                    " LIMIT %s",
                    [" OR ".join(f'"{word}"' for word in words), AT],
                )
            return [items[at].key for (at,) in cursor.fetchall()]

    return ask


def _names(skill: graded.GradedSkill | None) -> tuple[str, ...]:
    if skill is None:
        return ()
    return (skill.name_nl, skill.name_en, *skill.aliases_nl, *skill.aliases_en)


def title_contains(items: Sequence[graded.Item]) -> Search:
    """Titles in which what was typed stands as it was typed, capitals apart."""

    def ask(question: graded.Question) -> list[str]:
        typed = question.text.casefold()
        found = [
            i.key for i in items if typed in i.title_nl.casefold() or typed in i.title_en.casefold()
        ]
        return found[:AT]

    return ask


def scored(search: Search, questions: Sequence[graded.Question]) -> tuple[float, float, float]:
    """Mean nDCG@10, mean recall@10 of what is only in the other language, % without a result."""
    answers = [(q, search(q)) for q in questions]
    across = [share for q, found in answers if (share := graded.across(found, q)) is not None]
    return (
        mean(graded.ndcg(found, q.grades, AT) for q, found in answers),
        mean(across),
        100 * mean(not found for _, found in answers),
    )


def measure() -> Iterator[Figure]:
    """Quality on the questions held out, then speed with ten thousand on offer."""
    offer = Offer()
    held = [q for q in graded.questions() if q.held_out]
    tuned = [q for q in graded.questions() if not q.held_out]
    where = f"{connection.vendor}, {len(offer.items)} items, {len(held)} questions held out"
    plain, contains = database_text(offer.items), title_contains(offer.items)
    ndcg, across, nothing = scored(offer.ours, held)
    plain_ndcg, plain_across, plain_nothing = scored(plain, held)
    contains_ndcg = scored(contains, held)[0]
    name = "SQLite FTS5 (bm25)" if connection.vendor == "sqlite" else "PostgreSQL tsvector"
    yield at_least(
        "nDCG@10", ndcg, "", TARGET_NDCG, baseline=plain_ndcg, conditions=f"{where}; beside {name}"
    )
    yield at_least(
        f"nDCG@10 ÷ {name}", ndcg / plain_ndcg, "×", TARGET_BETTER, baseline=1, conditions=where
    )
    yield at_least(
        "nDCG@10 ÷ title contains",
        ndcg / contains_ndcg,
        "×",
        TARGET_BETTER,
        baseline=1,
        conditions=f"{where}; title contains {contains_ndcg:.3f}",
    )
    yield at_least(
        "only in the other language, recall@10",
        across,
        "",
        TARGET_ACROSS,
        baseline=plain_across,
        conditions=f"{where}; beside {name}",
    )
    yield at_most(
        "without a result",
        nothing,
        "%",
        TARGET_NOTHING,
        baseline=plain_nothing,
        conditions=f"{where}; beside {name}",
    )
    for language in ("nl", "en"):
        some = [q for q in held if q.language == language]
        yield Figure(f"nDCG@10, asked in {language}", scored(offer.ours, some)[0], "")
    yield Figure(
        "nDCG@10, questions it was tuned on", scored(offer.ours, tuned)[0], "", conditions=where
    )
    yield from _speed(offer)


def _speed(offer: Offer) -> Iterator[Figure]:
    """With so many copies beside them, and each question asked as the page asks it."""
    copies = -(-MANY // len(offer.items)) - 1
    for copy in range(copies):
        offer.fill(offer.items, f" {copy + 2}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    taken, cpu = [], []
    workers = backends()
    for _ in range(3):
        times = []
        for question in graded.questions():
            spent_before = time.thread_time_ns() + spent(workers)
            before = time.perf_counter()
            offer.ours(question)
            times.append((time.perf_counter() - before) * 1000)
            cpu.append((time.thread_time_ns() + spent(workers) - spent_before) / 1e6)
        taken.append(percentile(times, 0.95))
    yield at_most(
        "a question, p95",
        percentile(taken, 0.5),
        "ms",
        TARGET_MS,
        conditions=f"{connection.vendor}, {len(offer.items) * (copies + 1):,} items, median of 3",
    )
    yield Figure("a question, p95 of CPU", percentile(cpu, 0.95), "ms")
