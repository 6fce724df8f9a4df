"""What the pages of coming in ask of this room."""

from allauth.mfa.models import Authenticator
from django import template

from gezel.connect import queries
from gezel.people.api import Person

register = template.Library()


@register.simple_tag
def demo_cast() -> list[queries.Role]:
    """The people one can step in as; empty outside the demo."""
    return queries.cast()


@register.simple_tag
def ways_of(person: Person) -> set[str]:
    """What someone has beside a password: `totp`, `webauthn`, `recovery_codes`."""
    return set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
