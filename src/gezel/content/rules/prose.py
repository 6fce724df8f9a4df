"""Markdown that colleagues write, as HTML that cannot do anything but be read.

Two locks: the Markdown reader lets no raw HTML through, and what comes out is cleaned by a
parser that knows only these elements.
"""

from functools import cache, lru_cache

import nh3

from gezel.kit import late

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote",
    "br", "hr", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# A text stands below the title of its page: its headings begin one level lower.
_LOWER = {"h1": "h2", "h5": "h4", "h6": "h4"}


@cache
def _reader() -> "late.markdown_it.MarkdownIt":
    reader = late.markdown_it.MarkdownIt("commonmark", {"html": False, "linkify": False})
    # A picture has a block of its own, with words for who does not see it; outside ones we never
    # fetch.
    return reader.enable("table").disable("image")


@lru_cache(maxsize=2_048)
def to_html(markdown: str) -> str:
    """Markdown as safe HTML. Kept by its own text, so it is made once and never out of date."""
    reader = _reader()
    tokens = reader.parse(markdown)
    for token in tokens:
        token.tag = _LOWER.get(token.tag, token.tag)
    made: str = reader.renderer.render(tokens, reader.options, {})
    return nh3.clean(
        made,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
