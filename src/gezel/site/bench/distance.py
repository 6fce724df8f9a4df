"""How good is the distance to another role, and how quick is "roles near you"?

The anchor is made again from O*NET (SVP by job zone over the levels asked). Nearness is held
against what others say is near: the unit group that the ILO and ESCO put an occupation in, and the
related occupations that O*NET publishes; the peer is the cosine of scikit-learn on the same levels.
The interval is held against 4,000 draws of what levels and hours turn out to be. The page is
measured with all of ESCO taken in.
"""

import csv
import gzip
import math
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, pstdev

import numpy as np
from django.test import override_settings
from django.urls import reverse

from gezel.site.bench import cost
from gezel.site.bench.data import scale_organisation, someone
from gezel.site.bench.figures import Figure, at_least, at_most, seconds, skipped
from gezel.site.bench.sessions import signed_in
from gezel.skills import rules
from gezel.skills.api import import_esco
from gezel.skills.rules import distance as far

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("GEZEL_BENCH_DATA", ROOT.parent / "shared" / "data"))
ESCO, ONET = DATA / "esco", DATA / "onet"
# Years to learn an occupation at average speed, the geometric middle of each zone's SVP range.
YEARS = {"2": math.sqrt(0.25 * 1), "3": math.sqrt(1 * 2), "4": math.sqrt(2 * 4)}
STUDY_YEAR = 1_600
TOP, ASKED = 10, 300


def measure() -> Iterator[Figure]:
    """Anchor, interval, nearness, speed."""
    yield coverage()
    if not ONET.exists():
        yield skipped("distance, O*NET", f"no data at {ONET.name}; set GEZEL_BENCH_DATA")
    else:
        yield from anchor()
        yield from related()
    if not ESCO.exists():
        yield skipped("distance, ESCO", f"no data at {ESCO.name}; set GEZEL_BENCH_DATA")
        return
    yield from groups()
    yield from page()


def coverage(cases: int = 200, draws: int = 4_000) -> Figure:
    """How often the sum turns out within the interval, over made-up people and roles."""
    dice = np.random.default_rng(20261126)
    inside = []
    for _ in range(cases):
        asked = [
            far.Target(i, int(dice.integers(1, 5)), weight=far.HALF if dice.random() < 0.3 else 1.0)
            for i in range(int(dice.integers(5, 40)))
        ]
        held = {
            t.skill: far.Own(float(dice.uniform(0, 5)), float(dice.uniform(0.2, 0.9)), 2)
            for t in asked
            if dice.random() < 0.6
        }
        rates = {
            t.skill: far.hours_per_level(list(dice.uniform(2, 40, int(dice.integers(1, 8)))))
            for t in asked
            if dice.random() < 0.4
        }
        told = far.distance(asked, held, rates)
        shared, total = dice.standard_normal(draws), np.zeros(draws)
        for part in told.parts:
            level = dice.normal(part.own.level, part.own.sd, draws) if part.known else np.zeros(1)
            short = np.clip(part.target.level - np.maximum(0, level), 0, None)
            a, s = part.per_level.doubt, part.per_level.differ
            hours = part.per_level.hours * np.exp(
                a * shared - a * a / 2 + s * dice.standard_normal(draws) - s * s / 2
            )
            total += part.target.weight * short * hours
        inside.append(float(np.mean((told.low <= total) & (total <= told.high))))
    share = 100 * float(np.mean(inside))
    return Figure(
        "distance, sums within the 80 % interval", share, "%", 80, None, 77 <= share <= 83,
        f"target 77-83; {cases} made-up people and roles",
    )  # fmt: skip


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _onet() -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Per occupation what it asks on our scale, as the import reads it, and its own weight."""
    told: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for name in ("Skills.csv.gz", "Knowledge.csv.gz"):
        for row in _rows(ONET / name):
            if row["Recommend Suppress"] != "Y":
                key = row["O*NET-SOC Code"], row["Element ID"]
                told[key][row["Scale ID"]] = float(row["Data Value"])
    asks: dict[str, dict[str, int]] = defaultdict(dict)
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for (occupation, element), said in told.items():
        importance = said.get("IM", 0.0)
        if rules.asked_by_importance(importance) and "LV" in said:
            asks[occupation][element] = rules.level_from_onet(said["LV"])
            essential = rules.essential_by_importance(importance)
            weights[occupation][element] = far.WHOLE if essential else far.HALF
    return asks, weights


def anchor() -> Iterator[Figure]:
    """Hours a level, made again from what O*NET publishes."""
    asks, _weights = _onet()
    hours = [
        STUDY_YEAR * YEARS[row["Job Zone"]] / sum(asks[code].values())
        for row in _rows(ONET / "Job_Zones.csv.gz")
        if row["Job Zone"] in YEARS and (code := row["O*NET-SOC Code"]) in asks
    ]
    where = f"O*NET, {len(hours)} occupations of job zones 2-4"
    found, spread = median(hours), pstdev(math.log(each) for each in hours)
    yield Figure(
        "distance, hours a level from O*NET", found, "h", None, far.HOURS_A_LEVEL,
        abs(found - far.HOURS_A_LEVEL) <= 1, where,
    )  # fmt: skip
    yield Figure(
        "distance, its spread between occupations (sd of log)", spread, "", None, far.DOUBT,
        abs(spread - far.DOUBT) <= 0.02, where,
    )  # fmt: skip


@dataclass(frozen=True)
class Asking:
    """What many occupations ask, flat, and the ways to put them in order for who holds one."""

    edges: far.Edges
    roles: int
    skills: int

    @classmethod
    def of(
        cls, asks: dict[tuple[int, int], tuple[int, float]], roles: int, skills: int
    ) -> "Asking":
        """From pairs of occupation and skill → level and weight."""
        rows = [(*pair, level, weight) for pair, (level, weight) in asks.items()]
        return cls(far.Edges.of(rows), roles, skills)

    def _told(self, holder: int) -> far.Near:
        mine = self.edges.role == holder
        held = {
            int(skill): far.Own(float(level), 0.0, 1)
            for skill, level in zip(self.edges.skill[mine], self.edges.level[mine], strict=True)
        }
        return far.distances(self.edges, self.roles, held, skills=self.skills)

    def near(self, holder: int) -> list[int]:
        """The nearest by our rule to who does just what one occupation asks."""
        return [i for i in self._told(holder).nearest(TOP + 1) if i != holder][:TOP]

    def fewest_hours(self, holder: int) -> list[int]:
        """The nearest by hours alone, which is what one would try first."""
        told = self._told(holder)
        order = np.argsort(np.where(told.whole > 0, told.hours, np.inf), kind="stable")
        return [int(i) for i in order if i != holder][:TOP]

    def by_cosine(self) -> Callable[[int], list[int]]:
        """The nearest by scikit-learn's cosine of the same levels."""
        from scipy.sparse import csr_matrix
        from sklearn.metrics.pairwise import cosine_similarity

        levels = csr_matrix(
            (self.edges.level.astype(float), (self.edges.role, self.edges.skill)),
            shape=(self.roles, self.skills),
        )

        def nearest(holder: int) -> list[int]:
            likeness = cosine_similarity(levels[holder], levels)[0]
            order = np.argsort(-likeness, kind="stable")
            return [int(i) for i in order if i != holder][:TOP]

        return nearest


def related() -> Iterator[Figure]:
    """Of the occupations O*NET calls related, how many are among our ten nearest."""
    asks, weights = _onet()
    at = {code: i for i, code in enumerate(sorted(asks))}
    place = {e: i for i, e in enumerate(sorted({e for told in asks.values() for e in told}))}
    asking = Asking.of(
        {
            (at[code], place[element]): (level, weights[code][element])
            for code, told in asks.items()
            for element, level in told.items()
        },
        len(at), len(place),
    )  # fmt: skip
    near = defaultdict(set)
    for row in _rows(ONET / "Related_Occupations.csv.gz"):
        one, other = row["O*NET-SOC Code"], row["Related O*NET-SOC Code"]
        if row["Relatedness Tier"].startswith("Primary") and one in at and other in at:
            near[at[one]].add(at[other])
    chosen = np.random.default_rng(1).choice(sorted(near), min(ASKED, len(near)), replace=False)

    def share(found: Callable[[int], list[int]]) -> float:
        hits = [len(near[i] & set(found(i))) / min(TOP, len(near[i])) for i in map(int, chosen)]
        return 100 * float(np.mean(hits))

    yield Figure(
        "distance, O*NET's related among our ten nearest", share(asking.near), "%",
        share(asking.by_cosine()), conditions=f"{len(chosen)} occupations; baseline is the cosine",
    )  # fmt: skip


def groups() -> Iterator[Figure]:
    """Of our ten nearest, how many are of the same unit group; cosine and hours alone beside it."""
    occupations = list(_rows(ESCO / "occupations.csv.gz"))
    at = {row["conceptUri"]: i for i, row in enumerate(occupations)}
    place: dict[str, int] = {}
    pairs: dict[tuple[int, int], tuple[int, float]] = {}
    for row in _rows(ESCO / "occupation_skill_relations.csv.gz"):
        pair = at[row["occupationUri"]], place.setdefault(row["skillUri"], len(place))
        essential = row["relationType"] == "essential"
        if essential or pair not in pairs:
            level = rules.suggested_level(essential=essential)
            pairs[pair] = level, far.WHOLE if essential else far.HALF
    unit = [row["code"].split(".")[0] for row in occupations]
    asking = Asking.of(pairs, len(at), len(place))
    chosen = [int(i) for i in np.random.default_rng(1).choice(len(at), 150, replace=False)]

    def share(found: Callable[[int], list[int]]) -> float:
        return 100 * float(
            np.mean([np.mean([unit[j] == unit[i] for j in found(i)]) for i in chosen])
        )

    where = f"ESCO, {len(chosen)} of {len(at):,} occupations"
    peer = share(asking.by_cosine())
    yield at_least(
        "distance, same unit group among our ten nearest", share(asking.near), "%",
        round(0.9 * peer, 1), baseline=peer, conditions=f"{where}; baseline is the cosine",
    )  # fmt: skip
    yield Figure("distance, the same by fewest hours alone", share(asking.fewest_hours), "%",
                 conditions=where)  # fmt: skip
    took = seconds(lambda: asking.near(chosen[0]), runs=5, cpu=True)
    yield at_most(
        "distance, one person to all occupations, CPU", 1_000 * took, "ms", 50,
        conditions=f"{len(pairs):,} relations, rule only",
    )  # fmt: skip


def page() -> Iterator[Figure]:
    """The page "roles near you" with ESCO taken in, once it was opened since the server started."""
    import_esco(ESCO)
    person = someone(scale_organisation(240))
    with override_settings(ALLOWED_HOSTS=["*"]):
        client = signed_in(person)
        url = reverse("skills:near")
        asked, size = cost.queries(client, url)
        cpu = cost.cpu_ms(client, url)
    where = f"ESCO's 3,039 occupations, {size / 1024:.0f} KB"
    yield at_most("roles near you, CPU", cpu, "ms", 100, conditions=where)
    yield at_most("roles near you, queries", asked, "queries", 26, conditions=where)
