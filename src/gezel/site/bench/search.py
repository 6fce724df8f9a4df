"""How quick is search over 100,000 titles, as one types, with one slip of the finger?

The titles are made up from parts of Dutch words, with a fixed seed: compounds, so that the list
of words is as long and as alike as it is in earnest. Each question is typed letter by letter
and asked after each letter, as the page does; the slip comes before the fourth letter at the
earliest, as it is after that that someone expects to be understood.
"""

import random
import time
from collections.abc import Iterator

from django.db import connection

from gezel.kit import search
from gezel.kit.likeness import folded
from gezel.site.bench.cost import backends, spent
from gezel.site.bench.figures import Figure, at_most, percentile

KIND = "bench"
HERE = 1
SIZE = 100_000
QUESTIONS = 60
TARGET_MS = 50.0

_FIRST = """hoogspannings laad accu klant werkplaats banden rem motor koel olie schade carrosserie
verkoop inkoop voorraad planning team leer loopbaan verzuim zorg medicatie wond cliënt familie
dossier privacy gegevens netwerk server cloud data reken spreek schrijf lees luister presentatie
project kwaliteits milieu brand vlucht nood machine hef kraan steiger elektro installatie warmte
zonnepaneel water gas lucht metaal hout beton asfalt verf las soldeer draai frees meet regel stuur
sensor robot programmeer test beheer onderhouds storings keurings inspectie audit risico arbo
ergonomie voedings bewegings slaap stress energie tijd geld budget subsidie contract onderhandelings
conflict feedback coach mentor leiderschaps verander innovatie ontwerp gebruiks toegankelijkheids
taal reis logistiek transport magazijn route rij verkeers kassa winkel keuken schoonmaak textiel
tuin dier gewas kas melk slacht bak brouw hygiëne allergie"""
_LAST = """veiligheid techniek gesprek training basis theorie praktijk analyse diagnose onderhoud
reparatie montage planning beheer zorg plan systeem proces ontwerp advies begeleiding ontwikkeling
vaardigheden kennis methode aanpak kunde leer recht beleid norm controle meting berekening
administratie rapportage communicatie presentatie onderzoek vervanging afstelling installatie
bediening besturing keuring toets instructie voorlichting preventie hulp opvang verwerking opslag
vervoer inkoop verkoop service behandeling verzorging bewaking registratie organisatie"""
_TAILS = """voor beginners|voor gevorderden|in de praktijk|op de werkvloer|in één dag|online|met je
team|voor leidinggevenden|stap voor stap|zonder stress|en wat je ermee doet|herhaling|deel twee|voor
de buitendienst|in kleine groepen|op eigen tempo"""
FIRST, LAST, TAILS = _FIRST.split(), _LAST.split(), _TAILS.replace("\n", " ").split("|")
OPENERS = ["Basis", "Cursus", "Workshop", "Werken aan", "Inleiding", "Training", "Meer over", ""]


def titles(size: int = SIZE, seed: int = 7) -> Iterator[str]:
    """Titles as a catalogue has them; every run the same."""
    chance = random.Random(seed)
    for _ in range(size):
        compound = chance.choice(FIRST) + chance.choice(LAST)
        if chance.random() < 0.35:
            compound = chance.choice(FIRST) + compound
        second = chance.choice(FIRST) + chance.choice(LAST)
        yield " ".join(
            word
            for word in (
                chance.choice(OPENERS),
                compound,
                chance.choice(["en", "bij", "voor", "zonder", "na"]),
                second,
                chance.choice(TAILS),
            )
            if word
        ).capitalize()


def with_a_slip(word: str, chance: random.Random) -> str:
    """The word with one letter left out, doubled, swapped or mistaken."""
    place = chance.randrange(3, len(word) - 1)
    how = chance.randrange(4)
    if how == 0:
        return word[:place] + word[place + 1 :]
    if how == 1:
        return word[:place] + word[place] + word[place:]
    if how == 2:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + chance.choice("abdegiklmnoprstuvz") + word[place + 1 :]


def keystrokes(size: int = SIZE, seed: int = 11) -> Iterator[tuple[str, str]]:
    """What is asked after each letter of each question, and the compound that was meant."""
    chance = random.Random(seed)
    wanted = list(titles(size))
    for _ in range(QUESTIONS):
        meant = max(chance.choice(wanted).split(), key=len)
        typed = with_a_slip(meant, chance)
        for end in range(2, len(typed) + 1):
            yield typed[:end], meant if end == len(typed) else ""


def fill(size: int = SIZE) -> float:
    """Make the titles findable; returns the seconds it took."""
    began = time.perf_counter()
    search.index(
        KIND, (search.Entry(pk, HERE, "nl", title) for pk, title in enumerate(titles(size), 1))
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE kit_searchentry")
            cursor.execute("ANALYZE kit_searchword")
    return time.perf_counter() - began


def measure(size: int = SIZE) -> list[Figure]:
    """The figures of search, over titles that are there only while it measures."""
    seconds = fill(size)
    try:
        took: list[float] = []
        cpu: list[float] = []
        workers = backends()
        understood = asked = 0
        for typed, meant in keystrokes(size):
            spent_before = time.thread_time_ns() + spent(workers)
            began = time.perf_counter()
            hits = search.search(typed, kinds=[KIND], organisation=HERE, language="nl")
            took.append((time.perf_counter() - began) * 1_000)
            cpu.append((time.thread_time_ns() + spent(workers) - spent_before) / 1e6)
            if meant:
                asked += 1
                words = set(folded(meant))
                understood += any(words & set(hit.matched) for hit in hits[:5])
    finally:
        search.forget(KIND, range(1, size + 1))
    took.sort()
    where = f"{connection.vendor}, {size:,} titles, {len(took)} keystrokes, a slip a question"
    share = 100 * understood / asked
    return [
        at_most(
            "search, p95 a keystroke",
            took[int(len(took) * 0.95)],
            "ms",
            TARGET_MS,
            conditions=where,
        ),
        Figure("search, p95 of CPU a keystroke", percentile(cpu, 0.95), "ms", conditions=where),
        Figure("search, median a keystroke", took[len(took) // 2], "ms", conditions=where),
        Figure("search, slowest keystroke", took[-1], "ms", conditions=where),
        Figure(
            "search, what was meant among the first five",
            share,
            "%",
            None,
            95.0,
            share >= 95,
            where,
        ),
        Figure("search, making all titles findable", seconds, "s", conditions=where),
    ]
