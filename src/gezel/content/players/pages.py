"""Playing plain web pages: they open as they are, and the person says when they are through."""

from collections.abc import Mapping
from typing import Any

from gezel.content.addresses import address_of
from gezel.content.models import PackageAttempt, UnitState
from gezel.content.players import Launch, Player, Told, Unreadable


class Pages(Player):
    """Web pages."""

    self_declared = True

    def launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], state: UnitState | None
    ) -> Launch:
        """The page to begin with; it knows nothing of us, so it is not asked to say goodbye."""
        return Launch(address_of(attempt.key, unit["path"]), {"silent": True})

    def read(self, attempt: PackageAttempt, unit: Mapping[str, Any], data: Any) -> Told:
        """Pages report nothing; whoever commits in their name is not heard."""
        raise Unreadable("pages")
