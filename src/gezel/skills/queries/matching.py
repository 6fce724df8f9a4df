"""From words to skills: what a question is about, and which skills a text speaks of."""

from gezel.kit import search
from gezel.skills.queries import taxonomy

MOST_SENSES = 4


def senses(organisation_pk: int, text: str) -> list[search.Sense]:
    """The skills a question may be about, each with all words by which it goes.

    Every word asked must be in the name or an alias of the skill, in Dutch or English; so a
    question in one language leads to what is told in the other, by names people confirmed.
    `name` of each sense is the key of the skill.
    """
    hits = taxonomy.skill_hits(organisation_pk, text, limit=MOST_SENSES * 2, nearest=False)
    keys = taxonomy.skill_keys(organisation_pk, hits)
    words: dict[int, set[str]] = {}
    for key, hit in zip(keys, hits, strict=True):
        if key is not None:
            words.setdefault(key, set()).update(hit.about.split())
    return [search.Sense(key, frozenset(some)) for key, some in [*words.items()][:MOST_SENSES]]
