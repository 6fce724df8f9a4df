"""What certificates does with news from the rooms below."""

from gezel.catalogue.events import ActivityCompleted
from gezel.certificates import actions
from gezel.content.events import ModuleCompleted
from gezel.paths.events import PathCompleted


def on_module_completed(event: ModuleCompleted) -> None:
    """A module that was finished, and not failed, may bring a certificate or hours."""
    if event.passed is not False:
        actions.completed(event.person_pk, event.activity_pk, event.on, to_confirm=event.made_it)


def on_activity_completed(event: ActivityCompleted) -> None:
    """Sessions one was at may bring a certificate or hours too."""
    actions.completed(event.person_pk, event.activity_pk, event.on, to_confirm=not event.vouched)


def on_path_completed(event: PathCompleted) -> None:
    """At the end of a learning path may stand a certificate."""
    actions.path_completed(event.enrolment_pk, event.path_pk, event.person_pk, event.on)
