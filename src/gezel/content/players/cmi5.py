"""Playing cmi5: a unit runs as it is and reports to `/xapi/` itself; see `actions.launches`.

The frame understands none of our messages. What it did we hear in the record store; that it is
done, from the little page at the attempt's origin to which a unit sends its frame.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from gezel.content.actions import launches
from gezel.content.addresses import address_of_ours
from gezel.content.models import PackageAttempt, Registration, UnitState
from gezel.content.players import (
    Entry,
    Launch,
    Outcome,
    Player,
    Told,
    Unreadable,
    Ways,
    asked_still,
)
from gezel.content.rules.packages.cmi5 import in_words
from gezel.content.rules.packages.cmi5.addresses import is_elsewhere

RETURN = "cmi5-return.html"
States = Mapping[str, UnitState]


class Cmi5(Player):
    """cmi5 "Quartz"."""

    looks_back = True
    files = {RETURN: f"content/{RETURN}"}

    def first(self, attempt: PackageAttempt, states: States) -> str:
        """The unit last open until it is done; then the next that is not."""
        names = [str(unit["identifier"]) for unit in attempt.edition.manifest["units"]]
        at = names.index(attempt.unit) if attempt.unit in names else 0
        for name in names[at:] + names[:at]:
            if asked_still(name, attempt, states):
                return name
        return names[at]

    def launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], state: UnitState | None
    ) -> Launch:
        """A new session of the unit, at an address with all that it needs to report."""
        registration = launches.register(
            attempt.edition,
            organisation=attempt.package.activity.organisation,
            person=attempt.person,
            attempt=attempt,
        )
        number = launches.number_of(unit["identifier"])
        apart = unit["extra"]["launch_method"] == "OwnWindow" or is_elsewhere(unit["path"])
        back = (
            settings.BASE_URL + reverse("content:cmi5_returned")
            if apart
            else address_of_ours(attempt.key, RETURN)
        )
        launched = launches.launch(
            registration,
            number,
            mode=launches.mode_for(registration, number),
            return_url=back,
        )
        # It understands none of our messages, so nobody waits for its goodbye.
        return Launch(launched.address, {"silent": True}, apart=apart)

    def read(self, attempt: PackageAttempt, unit: Mapping[str, Any], data: Any) -> Told:
        """Nothing is committed through our page."""
        raise Unreadable("cmi5")

    def outcome(self, attempt: PackageAttempt, states: States) -> Outcome:
        """Done when each unit that asks something has what it asks; of a course that asks
        nothing, when each unit was opened and left."""
        units = attempt.edition.manifest["units"]
        asking = [u for u in units if u["extra"]["move_on"] != "NotApplicable"]
        counted = [states.get(u["identifier"]) for u in asking or units]
        told = list(states.values())
        scores = [state.score for state in told if state.score is not None]
        done = sum(state is not None and state.completed for state in counted)
        return Outcome(
            completed=done == len(counted) and _did_something(attempt),
            passed=True if any(state.passed for state in told) else None,
            score=sum(scores) / len(scores) if scores else None,
            seconds=sum(state.seconds for state in told),
            # That a page was opened shows nothing.
            shows=bool(asking),
            done=done,
            whole=len(counted),
        )

    def ways(self, attempt: PackageAttempt, states: States) -> Ways:
        """Blocks and units as the course has them; every unit may be opened at any time."""
        units = attempt.edition.manifest["units"]
        if len(units) < 2:  # one is nothing to choose from
            return Ways()
        names = [unit["identifier"] for unit in units]
        at = names.index(attempt.unit) if attempt.unit in names else 0
        tree = attempt.edition.manifest["extra"]["tree"]
        return Ways(
            tuple(_entries(tree, 0, attempt, states)),
            back=names[at - 1] if at else "",
            on=names[at + 1] if at + 1 < len(names) else "",
        )

    def go(self, attempt: PackageAttempt, states: States, where: str) -> str | None:
        """A unit that is done leads to the next that is not; one that is not done, out: who
        leaves it half-way wants to stop."""
        if where != "exit":
            return super().go(attempt, states, "" if where == "suspendAll" else where)
        here = states.get(attempt.unit)
        if here is None or not here.completed:
            return ""
        following = self.first(attempt, states)
        return (
            "" if states.get(following) is not None and states[following].completed else following
        )


def _did_something(attempt: PackageAttempt) -> bool:
    """Whether not all of it was waived: who need not do a course has not completed it."""
    registration = Registration.objects.filter(attempt=attempt.pk).first()
    return registration is None or launches.did_something(registration)


def _entries(
    nodes: Sequence[Mapping[str, Any]], depth: int, attempt: PackageAttempt, states: States
) -> list[Entry]:
    found = []
    units = attempt.edition.manifest["units"]
    language = (get_language() or "")[:2]
    here = attempt.unit or units[0]["identifier"]
    for node in nodes:
        if "unit" not in node:
            title = in_words(node["title"], language) or node["id"]
            found.append(Entry("", title, depth, open=False))
            found += _entries(node["children"], depth + 1, attempt, states)
            continue
        unit = units[node["unit"]]
        name = unit["identifier"]
        found.append(
            Entry(
                name,
                in_words(unit["extra"]["title"], language) or unit["title"],
                depth,
                done=name in states and states[name].completed,
                here=name == here,
                let_off=name in attempt.let_off,
            )
        )
    return found
