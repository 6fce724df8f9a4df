"""A log with something in it."""

from gezel.people.api import Organisation, Person
from gezel.trust import actions
from gezel.trust.models import Event, Log


def sealed(organisation: Organisation) -> Log:
    """The log of an organisation, taken up and signed as it is now."""
    actions.take_up()
    log = Log.objects.get(organisation=organisation)
    actions.seal(log)
    log.refresh_from_db()
    return log


def an_event_about(person: Person, organisation: Organisation) -> Event:
    """Something that happened to someone, in a signed log."""
    actions.note_event(organisation.pk, "level", about=person.pk, skill="Welding", before=2, now=3)
    sealed(organisation)
    return Event.objects.filter(about=person).latest("pk")
