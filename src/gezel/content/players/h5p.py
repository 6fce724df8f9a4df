"""Playing H5P: a page of ours at the attempt's origin holds the player (h5p-standalone).

What the content reports (xAPI, through H5P's own dispatcher) and where someone is in it come to us
as one small commit; the score is what the content says of itself.
"""

from collections.abc import Mapping
from typing import Any

from gezel.content.addresses import address_of, address_of_ours
from gezel.content.models import PackageAttempt, UnitState
from gezel.content.players import Launch, Player, Told, Unreadable

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
        seconds = data.get("seconds", 0)
        fits = (
            isinstance(state, str)
            and isinstance(completed, bool)
            and (passed is None or isinstance(passed, bool))
            and (score is None or (isinstance(score, int | float) and not isinstance(score, bool)))
            and isinstance(seconds, int)
            and not isinstance(seconds, bool)
            and 0 <= seconds < 10_000_000
        )
        if not fits:
            raise Unreadable("h5p")
        if score is not None and not -1 <= score <= 1:
            raise Unreadable("score")
        return Told(
            completed=completed,
            passed=passed,
            score=float(score) if score is not None else None,
            seconds=seconds,
        )
