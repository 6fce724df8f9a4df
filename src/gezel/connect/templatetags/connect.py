"""What the sign-in page asks of this room."""

from django import template

from gezel.connect import queries

register = template.Library()


@register.simple_tag
def demo_cast() -> list[queries.Role]:
    """The people one can step in as; empty outside the demo."""
    return queries.cast()
