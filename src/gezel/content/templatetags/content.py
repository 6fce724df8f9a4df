"""Words of blocks in templates."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gezel.content.rules.bodies import Words
from gezel.content.rules.prose import to_html

register = template.Library()


@register.filter
def said(words: Words) -> str:
    """Words in the reader's language, or in the other where this one is missing."""
    return words.said_in(get_language() or "en")


@register.filter
def prose(words: Words) -> SafeString:
    """Markdown in the reader's language, as HTML that was cleaned by `rules.prose`."""
    return mark_safe(to_html(said(words)))


@register.filter
def tongue(words: Words) -> str:
    """The language these words are shown in, for who has them read aloud."""
    reader = (get_language() or "en")[:2]
    spoken = {"nl": words.nl, "en": words.en}
    return reader if spoken.get(reader) or not words else ("nl" if words.nl else "en")
