"""Playing H5P: a page of ours at the attempt's origin holds the player (h5p-standalone).

What the content reports (xAPI, through H5P's own dispatcher) and where someone is in it come to us
as one small commit; the score is what the content says of itself.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from gezel.content.addresses import address_of, address_of_ours
from gezel.content.models import PackageAttempt, UnitState
from gezel.content.players import Launch, PartTold, Player, Told, Unreadable

# What of h5p-standalone is served beside the content, as its own files point at each other.
PARTS = (
    "main.bundle.js",
    "frame.bundle.js",
    "styles/h5p.css",
    "fonts/h5p-core-30.woff2",
    "fonts/h5p-theme.woff2",
    "fonts/h5p-hub-publish.woff2",
    "images/h5p.svg",
    "images/throbber.gif",
)


_LONGEST = 500


class H5p(Player):
    """H5P. Most content says itself when it is done; a piece to read only never does."""

    self_declared = True
    files = {
        "h5p.html": "content/players/h5p.html",
        "h5p.js": "content/players/h5p.js",
        "h5p.css": "content/players/h5p.css",
        **{f"h5p/{part}": f"kit/vendor/h5p/{part}" for part in PARTS},
    }

    def launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], state: UnitState | None
    ) -> Launch:
        """The player, with where the content is and where someone was in it."""
        kept = dict(state.data) if state else {}
        return Launch(
            address_of_ours(attempt.key, "h5p.html"),
            {
                "content": address_of(attempt.key, "").rstrip("/"),
                "title": attempt.edition.title,
                "kept": kept,
            },
        )

    def read(self, attempt: PackageAttempt, unit: Mapping[str, Any], data: Any) -> Told:
        """What a commit says: `state` (a text of the content's own), and what it came to so far."""
        state, completed = data.get("state", ""), data.get("completed", False)
        passed, score = data.get("passed"), data.get("score")
        seconds, parts = data.get("seconds", 0), data.get("parts", {})
        fits = (
            isinstance(state, str)
            and isinstance(completed, bool)
            and (passed is None or isinstance(passed, bool))
            and _is_score(score)
            and isinstance(parts, dict)
            and isinstance(seconds, int)
            and not isinstance(seconds, bool)
            and 0 <= seconds < 10_000_000
        )
        if not fits:
            raise Unreadable("h5p")
        return Told(
            completed=completed,
            passed=passed,
            score=float(score) if score is not None else None,
            seconds=seconds,
            parts=tuple(_part(name, part) for name, part in parts.items()),
        )


def _is_score(score: Any) -> bool:
    return score is None or (
        isinstance(score, int | float) and not isinstance(score, bool) and -1 <= score <= 1
    )


def _part(name: str, part: Any) -> PartTold:
    if not isinstance(part, dict) or part.keys() - {field.name for field in fields(PartTold)}:
        raise Unreadable("part")
    told = PartTold(name, **{"tries": 0, **part})
    fits = (
        type(told.tries) is int
        and 0 < told.tries < 1_000_000
        and isinstance(told.title, str)
        and isinstance(told.answered, bool)
        and (told.response is None or isinstance(told.response, str))
        and (told.success is None or isinstance(told.success, bool))
        and _is_score(told.score)
        and max(map(len, (name, told.title, told.response or ""))) <= _LONGEST
    )
    if not fits:
        raise Unreadable("part")
    return told
