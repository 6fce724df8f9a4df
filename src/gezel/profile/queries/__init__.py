"""What profile reads."""

from gezel.profile.queries.credentials import (
    LIST_COUNTS_FOR,
    LIST_KEPT_SECONDS,
    Asking,
    OurOwn,
    certifiable,
    did_document,
    did_of,
    issued,
    list_address,
    method_of,
    opened,
    shown_by,
    signing_key,
    status_list,
)
from gezel.profile.queries.patterns import own_patterns, switch_of
from gezel.profile.queries.profile import (
    Profile,
    items_of,
    placed_by,
    profile_of,
    share_at,
    shared_profile,
    tell_items,
)
from gezel.profile.queries.shares import openings_of, with_openings

__all__ = [
    "LIST_COUNTS_FOR",
    "LIST_KEPT_SECONDS",
    "Asking",
    "OurOwn",
    "Profile",
    "certifiable",
    "did_document",
    "did_of",
    "issued",
    "items_of",
    "list_address",
    "method_of",
    "opened",
    "openings_of",
    "own_patterns",
    "placed_by",
    "profile_of",
    "share_at",
    "shared_profile",
    "shown_by",
    "signing_key",
    "status_list",
    "switch_of",
    "tell_items",
    "with_openings",
]
