"""`{% translate %}`, `{% url %}` and `{% icon %}`, remembering what they said.

A page says sixty sentences, thirty addresses and a hundred icons, and none of them changes while
we run. Django looks each up anew, by way of a lazy string or a search through all addresses.
"""

from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from django import template
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import do_translate
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from gezel.kit.templatetags import kit

register = template.Library()

Key = int | str | UUID


@lru_cache(maxsize=4096)
def _sentence(text: str, language: str | None) -> SafeString:
    # As in Django: a sentence stands in our template or our translation, so it is HTML of ours.
    told = gettext(text.replace("%", "%%"))  # words: marked elsewhere
    return mark_safe(told.replace("%%", "%"))


class Sentence(Node):
    """A sentence without filter, context or name to keep it under."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, context: Context) -> SafeString:
        return _sentence(self.text, get_language())


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """`{% translate "…" %}`."""
    node = do_translate(parser, token)
    told: FilterExpression = node.filter_expression
    text = told.var.literal
    if told.filters or node.asvar or node.message_context or node.noop or text is None:
        return node
    return Sentence(str(text))


@lru_cache(maxsize=8192)
def _kept_address(name: str, about: tuple[Key, ...], urlconf: str | None, prefix: str) -> str:
    return reverse(name, urlconf, about)


def _address(name: str, about: list[Any], named: dict[str, Any]) -> str:
    if named or not all(type(key) in {int, str, UUID} for key in about):
        return reverse(name, args=about, kwargs=named)
    return _kept_address(name, tuple(about), get_urlconf(), get_script_prefix())


class Address(URLNode):
    """An address by its name and what it is about."""

    def render(self, context: Any) -> str:
        about = [arg.resolve(context) for arg in self.args]
        named = {key: value.resolve(context) for key, value in self.kwargs.items()}
        name = self.view_name.resolve(context)
        url = ""
        try:
            url = _address(name, about, named)
        except NoReverseMatch:
            if self.asvar is None:
                raise
        if self.asvar:
            context[self.asvar] = url
            return ""
        return conditional_escape(url) if context.autoescape else url


@register.tag
def url(parser: Parser, token: Token) -> Address:
    """`{% url "name" about %}`."""
    node = django_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)


class Drawing(Node):
    """An icon that is the same each time: its name is written in the template."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.drawn = ""

    def render(self, context: Context) -> SafeString:
        # Drawn when first shown, so that a template can be read where no icons are.
        self.drawn = self.drawn or kit.icon(self.name)
        return mark_safe(self.drawn)


@register.tag
def icon(parser: Parser, token: Token) -> Node:
    """`{% icon "name" %}`; with a label, or a name that is told later, as `kit` has it."""
    _tag, name, *label = token.split_contents()
    if label or name[:1] not in {'"', "'"}:
        return cast("Node", kit.register.tags["icon"](parser, token))
    return Drawing(name[1:-1])
