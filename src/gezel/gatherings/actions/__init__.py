"""What gatherings does, each file along its meaning."""

from gezel.gatherings.actions.feeds import digest_of, make_feed, revoke_feed
from gezel.gatherings.actions.forgetting import forget_old

__all__ = ["digest_of", "forget_old", "make_feed", "revoke_feed"]
