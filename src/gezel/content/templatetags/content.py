"""Words of blocks in templates."""

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

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


@register.filter
def weekday(moment: datetime) -> str:
    """When it was, as one says it: today, yesterday, on Tuesday, on 3 November 2026."""
    on = timezone.localdate(moment)
    days = (timezone.localdate() - on).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    told = formats.date_format(on, "l" if days < 7 else "DATE_FORMAT")
    return _("on %(day)s") % {"day": told}
