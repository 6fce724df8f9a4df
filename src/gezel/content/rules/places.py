"""Where someone is in a module, as devices tell it."""

import math
from collections.abc import Collection, Mapping
from typing import Any

LONGEST_FILM = 6 * 3600


def seconds_of(raw: Any, films: Collection[str]) -> dict[str, int]:
    """How far each film was played, in whole seconds; what is no film or no time is left out."""
    if not isinstance(raw, Mapping):
        return {}
    return {
        film: int(seconds)
        for film, seconds in raw.items()
        if film in films
        and type(seconds) in {int, float}
        and math.isfinite(seconds)
        and 0 <= seconds <= LONGEST_FILM
    }
