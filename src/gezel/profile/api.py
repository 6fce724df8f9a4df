"""The front door of profile.

For what else comes on a profile: `tell_items`.
"""

from gezel.profile.actions import NotTaken, import_archive, write_archive
from gezel.profile.queries import tell_items
from gezel.profile.rules.arranging import Figure, Item
from gezel.profile.rules.patterns import patterns

__all__ = [
    "Figure",
    "Item",
    "NotTaken",
    "import_archive",
    "patterns",
    "tell_items",
    "write_archive",
]
