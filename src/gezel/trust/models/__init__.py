"""Tables of trust."""

from gezel.trust.models.readings import (
    Reading,
)

__all__ = [
    "Reading",
]
