"""What people and organisations do with what one can show."""

from gezel.profile.actions.credentials import (
    FULL_AT,
    LONGEST_OPEN_DAYS,
    bundle,
    issue,
    make_key,
    mark_leaked,
    open_to_link,
    reseal,
    revoke,
    save_achievement,
    sign_again,
)

__all__ = [
    "FULL_AT",
    "LONGEST_OPEN_DAYS",
    "bundle",
    "issue",
    "make_key",
    "mark_leaked",
    "open_to_link",
    "reseal",
    "revoke",
    "save_achievement",
    "sign_again",
]
