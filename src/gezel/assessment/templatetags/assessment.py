"""Words of tests in templates."""

from django import template
from django.utils import formats
from django.utils.translation import get_language

from gezel.assessment.models import Judgement
from gezel.assessment.rules.bodies import Words
from gezel.assessment.words import CRITERIA, HOLDS

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


@register.filter
def hours(minutes: int) -> str:
    """Minutes as hours, in quarters: 1.25, in the reader's own notation."""
    told = formats.number_format(round(minutes / 15) / 4, 2)
    return told.rstrip("0").rstrip(",.") if "," in told or "." in told else told


@register.filter
def criteria_said(view: Judgement) -> list[tuple[str, str, str]]:
    """The five criteria of a judgement in words: which, whether it holds, why."""
    return [
        (str(label), str(HOLDS.get(view.criteria[name][0], "–")), view.criteria[name][1])
        for name, (label, _hint) in CRITERIA.items()
        if name in view.criteria
    ]
