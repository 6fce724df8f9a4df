"""What trust reads."""

from gezel.trust.queries.kept import (
    Kept,
    Look,
    Seen,
    file_of,
    in_words,
    kept_about,
    looks_at,
    seen_by_relation,
)

__all__ = [
    "Kept",
    "Look",
    "Seen",
    "file_of",
    "in_words",
    "kept_about",
    "looks_at",
    "seen_by_relation",
]
