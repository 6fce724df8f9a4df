"""Playing SCORM: a page of ours at the attempt's origin holds the run time for its units."""

from collections.abc import Mapping
from typing import Any

from gezel.content.addresses import address_of_ours
from gezel.content.models import PackageAttempt, UnitState
from gezel.content.players import Launch, Player, Told, Unreadable


class Scorm(Player):
    """SCORM 1.2 and 2004."""

    def launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], state: UnitState | None
    ) -> Launch:
        """The page that holds the run time, with what the unit kept."""
        told = {"cmi": dict(state.data) if state else {}, "path": unit["path"]}
        return Launch(address_of_ours(attempt.key, "scorm.html"), told)

    def read(self, attempt: PackageAttempt, unit: Mapping[str, Any], data: Any) -> Told:
        """What the data model says."""
        if not isinstance(data.get("cmi"), dict):
            raise Unreadable("cmi")
        return Told()
