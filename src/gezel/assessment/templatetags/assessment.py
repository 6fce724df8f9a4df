"""Words of tests in templates."""

from django import template
from django.utils.translation import get_language

from gezel.assessment.rules.bodies import Words

register = template.Library()


@register.filter
def said(words: Words) -> str:
    """Words in the reader's language, or in the other where this one is missing."""
    return words.said_in(get_language() or "en")


@register.filter
def tongue(words: Words) -> str:
    """The language these words are shown in, for who has them read aloud."""
    reader = (get_language() or "en")[:2]
    spoken = {"nl": words.nl, "en": words.en}
    return reader if spoken.get(reader) or not words else ("nl" if words.nl else "en")
