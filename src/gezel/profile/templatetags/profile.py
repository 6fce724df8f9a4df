"""The story of a profile in templates."""

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

from gezel.content.api import to_html

register = template.Library()
_HEADING = re.compile(r"(</?h)([234])>")


@register.filter
def story(markdown: str) -> SafeString:
    """Markdown of the person's own, cleaned; its headings begin below that of the part."""
    # `to_html` lets only its own tags through (nh3); of those no more than a number changes here.
    made = _HEADING.sub(lambda m: f"{m[1]}{min(int(m[2]) + 1, 4)}>", to_html(markdown))
    return mark_safe(made)
