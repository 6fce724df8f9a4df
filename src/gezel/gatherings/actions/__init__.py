"""What gatherings does, each file along its meaning."""

from gezel.gatherings.actions.around import add_material, drop_material, take_along
from gezel.gatherings.actions.attending import (
    Mark,
    add_to_list,
    check_in,
    note,
    round_off,
    round_off_forgotten,
    secret,
)
from gezel.gatherings.actions.booking import (
    Reserved,
    book,
    decide_place,
    free_places_of_leavers,
    give_up,
    move_up,
    reserve,
    walk_in,
)
from gezel.gatherings.actions.feeds import digest_of, make_feed, revoke_feed
from gezel.gatherings.actions.forgetting import forget_old
from gezel.gatherings.actions.planning import (
    Outdated,
    Plan,
    call_off,
    change,
    go_on,
    keep_resource,
    set_up,
)
from gezel.gatherings.actions.seeing import Saw, say_what_one_saw
from gezel.gatherings.actions.telling import put_aside, tell

__all__ = [
    "Mark",
    "Outdated",
    "Plan",
    "Reserved",
    "Saw",
    "add_material",
    "add_to_list",
    "book",
    "call_off",
    "change",
    "check_in",
    "decide_place",
    "digest_of",
    "drop_material",
    "forget_old",
    "free_places_of_leavers",
    "give_up",
    "go_on",
    "keep_resource",
    "make_feed",
    "move_up",
    "note",
    "put_aside",
    "reserve",
    "revoke_feed",
    "round_off",
    "round_off_forgotten",
    "say_what_one_saw",
    "secret",
    "set_up",
    "take_along",
    "tell",
    "walk_in",
]
