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
from gezel.profile.actions.profile import (
    arrange,
    hide_patterns,
    show_part,
    show_patterns,
    suggest_from_patterns,
    write_part,
)
from gezel.profile.actions.shares import (
    digest_of,
    forget_shares,
    move_share,
    note_opening,
    renew_address,
    share_profile,
    withdraw_share,
)

__all__ = [
    "FULL_AT",
    "LONGEST_OPEN_DAYS",
    "arrange",
    "bundle",
    "digest_of",
    "forget_shares",
    "hide_patterns",
    "issue",
    "make_key",
    "mark_leaked",
    "move_share",
    "note_opening",
    "open_to_link",
    "renew_address",
    "reseal",
    "revoke",
    "save_achievement",
    "share_profile",
    "show_part",
    "show_patterns",
    "sign_again",
    "suggest_from_patterns",
    "withdraw_share",
    "write_part",
]
