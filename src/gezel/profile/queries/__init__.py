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

__all__ = [
    "LIST_COUNTS_FOR",
    "LIST_KEPT_SECONDS",
    "Asking",
    "OurOwn",
    "certifiable",
    "did_document",
    "did_of",
    "issued",
    "list_address",
    "method_of",
    "opened",
    "shown_by",
    "signing_key",
    "status_list",
]
