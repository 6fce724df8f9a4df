"""The sum behind a level as the page prints it, for a thousand random profiles."""

import re
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.template.loader import render_to_string
from django.utils import translation

from gezel.people.models import Person
from gezel.skills import rules
from gezel.skills.models import Evidence, Skill
from gezel.skills.queries.ledger import Entry, Ledger

TODAY = date(2026, 11, 22)
NOOR = Person(pk=1, first_name="Noor")
DIESEL = Skill(pk=1, name_en="Diesel")


def a_ledger(random: Random) -> Ledger:
    """A page about someone of whom up to eight things are known, put together without storing."""
    pieces = [
        rules.Piece(
            key,
            random.choice(Evidence.Kind.values),
            random.randint(1, 5),
            TODAY - timedelta(days=random.randint(0, 2000)),
            random.randint(1, 6),
            leniency=random.choice([None, rules.Leniency(random.uniform(-1, 1), 0.2)]),
        )
        for key in range(1, random.randint(2, 9))
    ]
    start = random.choice([None, rules.Prior(round(random.uniform(1, 4), 1), 1.1, 7)])
    case = rules.Case(pieces, start, random.choice([6.5, 11.0, 13.0, 1.0]))
    [told] = rules.estimates([case], TODAY)
    parts = {part.piece.key: part for part in told.parts}
    entries = [
        Entry(
            Evidence(
                pk=int(str(p.key)), kind=p.kind, level=int(p.level), observed_on=p.observed_on
            ),
            parts.get(p.key), None, [], "",
        )
        for p in pieces
    ]  # fmt: skip
    return Ledger(NOOR, DIESEL, TODAY, case, told, entries)


def read(text: str) -> Decimal:
    """A figure as a reader reads it."""
    return Decimal(text.replace("−", "-").replace("+", ""))


def test_what_the_page_prints_adds_up_to_what_it_shows() -> None:
    random = Random(20261122)
    with translation.override("en"):
        for _profile in range(1_000):
            page = render_to_string(
                "skills/ledger_sum.html", {"ledger": a_ledger(random), "asked_level": None}
            )
            steps = re.findall(r'class="num adds">([^<]+)<', page)
            [shown] = re.findall(r'class="together">([^<]+)<', page)
            assert len(steps) > 1
            assert sum(map(read, steps)) == read(shown)
