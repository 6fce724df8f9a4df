"""Words of blocks in templates."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.content.rules.bodies import Words
from gezel.content.rules.kinds import Matching, Ordering, Short, folded, shown_order
from gezel.content.rules.prose import to_html
from gezel.content.words import told_day

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


register.filter("weekday", told_day)


@register.filter
def as_shown(
    body: Ordering, value: Mapping[str, Any] | None = None
) -> list[tuple[int, Words, int]]:
    """The steps as they stand on the page: number, words, place; as someone put them, if so."""
    order = (value or {}).get("order") or shown_order(body)
    return [(index, body.steps[index], place) for place, index in enumerate(order, 1)]


@register.filter
def to_match(body: Matching) -> list[tuple[int, Words]]:
    """What there is to choose from for each thing to match, in an order that gives nothing away."""
    return [(index, body.pairs[index].right) for index in shown_order(body)]


@register.filter
def at(values: Sequence[Any] | None, place: int) -> Any:
    """The value in that place, or nothing."""
    return values[place] if values and place < len(values) else None


@register.filter
def takes(seconds: float) -> str:
    """How long something takes, as one says it: 21 s, 3 min."""
    if seconds < 90:
        return _("%(n)s s") % {"n": round(seconds)}
    return _("%(n)s min") % {"n": round(seconds / 60)}


@register.filter
def accepted_json(body: Short) -> str:
    """What is right, without what does not matter, for the script that judges."""
    return json.dumps(sorted({folded(text) for text in body.accepted}))
