"""What profile reads."""

from gezel.profile.queries.arriving import (
    guesses_for,
    skills_guessed,
)
from gezel.profile.queries.credentials import (
    LIST_COUNTS_FOR,
    LIST_KEPT_SECONDS,
    Asking,
    OurOwn,
    bundle_of,
    certifiable,
    did_document,
    did_of,
    issued,
    list_address,
    method_of,
    opened,
    place_in_log,
    shown_by,
    signing_key,
    status_list,
)
from gezel.profile.queries.leaving import (
    arrivals_of,
    former_employers,
    ready_to_leave,
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
from gezel.profile.queries.taking import (
    facts_of,
    installation,
    own_credentials,
    skills_told,
    statements_to_take,
    taken_along,
)

__all__ = [
    "LIST_COUNTS_FOR",
    "LIST_KEPT_SECONDS",
    "Asking",
    "OurOwn",
    "Profile",
    "arrivals_of",
    "bundle_of",
    "certifiable",
    "did_document",
    "did_of",
    "facts_of",
    "former_employers",
    "guesses_for",
    "installation",
    "issued",
    "items_of",
    "list_address",
    "method_of",
    "opened",
    "openings_of",
    "own_credentials",
    "own_patterns",
    "place_in_log",
    "placed_by",
    "profile_of",
    "ready_to_leave",
    "share_at",
    "shared_profile",
    "shown_by",
    "signing_key",
    "skills_guessed",
    "skills_told",
    "statements_to_take",
    "status_list",
    "switch_of",
    "taken_along",
    "tell_items",
    "with_openings",
]
