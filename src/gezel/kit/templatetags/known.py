"""`{% translate %}`, `{% blocktranslate %}`, `{% url %}`, `{% icon %}`: remembering what they said.

A page says sixty sentences, thirty addresses and a hundred icons, and none of them changes while
we run. Django looks each up anew, by way of a lazy string or a search through all addresses.

`{% remembered %}` does so for a piece of a page that comes back with the same values.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from django import template
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Parser,
    Token,
    render_value_in_context,
    token_kwargs,
)
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode, NowNode, URLNode
from django.template.defaulttags import url as django_url
from django.template.library import SimpleNode
from django.templatetags.i18n import BlockTranslateNode, do_block_translate, do_translate
from django.templatetags.static import StaticNode, do_static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from gezel.kit.templatetags import kit

register = template.Library()

Key = int | str | UUID

_LANGUAGE, _ADDRESSES = "gezel:language", "gezel:addresses"


def _language(context: Context) -> str | None:
    """The language a template is read in, asked once for each template that is rendered.

    Each asking takes as long as ten look-ups in a dictionary, and a page would ask a hundred
    times. So no template may switch language half-way (`kit/tests/test_known.py`).
    """
    kept: dict[str, Any] = cast("Any", context.render_context)
    if kept.get(_LANGUAGE) is None:
        kept[_LANGUAGE] = get_language()
    return cast("str | None", kept[_LANGUAGE])


def _addresses(context: Context) -> tuple[str | None, str]:
    """Which list of addresses holds, and what stands before each; asked once a template too."""
    kept: dict[str, Any] = cast("Any", context.render_context)
    found: tuple[str | None, str] | None = kept.get(_ADDRESSES)
    if found is None:
        found = kept[_ADDRESSES] = (get_urlconf(), get_script_prefix())
    return found


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
        return _sentence(self.text, _language(context))


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """`{% translate "…" %}`."""
    node = do_translate(parser, token)
    told: FilterExpression = node.filter_expression
    text = told.var.literal
    if told.filters or node.asvar or node.message_context or node.noop or text is None:
        return node
    return Sentence(str(text))


@lru_cache(maxsize=4096)
def _told(one: str, many: str, number: int, language: str | None) -> str:
    return ngettext(one, many, number) if many else gettext(one)  # words: marked elsewhere


@lru_cache(maxsize=4096)
def _figure(number: int, language: str | None) -> str:
    return str(localize(number))


_MISSING = object()


class Told(BlockTranslateNode):
    """A sentence with values in it: which one to look up, and for what, is found out once.

    Whatever is out of the ordinary, Django says itself: a context, a count that is no whole
    number, a name nobody gave, a translation with other names in it.
    """

    def __init__(self, node: BlockTranslateNode) -> None:
        super().__init__(**vars(node))
        self.one, names = self.render_token_list(self.singular)
        self.many, more = self.render_token_list(self.plural or [])
        self.names = frozenset(names) | frozenset(more)

    def render(self, context: Any, nested: bool = False) -> str:
        if nested:  # the translation names what is not there: Django says it untranslated
            return super().render(context, nested)
        found = {name: value.resolve(context) for name, value in self.extra_context.items()}
        number = 0
        if self.counter and self.countervar:
            number = found[self.countervar] = self.counter.resolve(context)
            if not isinstance(number, int):
                return super().render(context)
        language = _language(context)
        shown = {}
        for name in self.names:
            value = found[name] if name in found else context.get(name, _MISSING)
            kind = type(value)
            if kind is str:
                shown[name] = escape(value) if context.autoescape else value
            elif kind is SafeString:
                shown[name] = value
            elif kind is int and context.use_l10n is not False:
                shown[name] = _figure(value, language)
            elif value is _MISSING:
                return super().render(context)
            else:
                shown[name] = render_value_in_context(value, context)
        try:
            said = _told(self.one, self.many, int(number), language) % shown
        except (KeyError, ValueError):
            return super().render(context)
        if self.asvar:
            context[self.asvar] = SafeString(said)
            return ""
        return said


@register.tag("blocktranslate")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """`{% blocktranslate with name=value count n=number %}…{% endblocktranslate %}`."""
    node = do_block_translate(parser, token)
    # Django counts by what `with` gave as well; here both are looked up in the page itself.
    counted = node.counter is not None and getattr(node.counter.var, "lookups", None)
    if node.message_context or (counted and counted[0] in node.extra_context):
        return node
    return Told(node)


@lru_cache(maxsize=8192)
def _kept_address(name: str, about: tuple[Key, ...], urlconf: str | None, prefix: str) -> str:
    return reverse(name, urlconf, about)


_KEYS = frozenset({int, str, UUID})


def _address(context: Context, name: str, about: list[Any], named: dict[str, Any]) -> str:
    if named or not all(type(key) in _KEYS for key in about):
        return reverse(name, args=about, kwargs=named)
    return _kept_address(name, tuple(about), *_addresses(context))


class Address(URLNode):
    """An address by its name and what it is about."""

    def render(self, context: Any) -> str:
        about = [arg.resolve(context) for arg in self.args]
        named = {key: value.resolve(context) for key, value in self.kwargs.items()}
        name = self.view_name.resolve(context)
        url = ""
        try:
            url = _address(context, name, about, named)
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


@lru_cache(maxsize=256)
def _file(path: str) -> SafeString:
    return conditional_escape(StaticNode.handle_simple(path))


class File(Node):
    """The address of a file of ours that is named in the template: the same while we run."""

    def __init__(self, path: str) -> None:
        self.path = path

    def render(self, context: Context) -> SafeString:
        return _file(self.path)


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """`{% static "…" %}`; by a name that is told later, or kept under one, as Django has it."""
    node = do_static(parser, token)
    path = node.path.var  # a text where it is written out, a variable where it is told later
    named = isinstance(path, str) and not node.path.filters and node.varname is None
    return File(path) if named else node


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


PIECES = 2048
"""How many pieces of pages a process remembers, over all templates: some megabytes."""

_pieces: dict[Any, SafeString] = {}


_PLAIN = frozenset({str, SafeString, int, bool, date, type(None)})


def _key(value: Any) -> Any:
    """A value as part of a key: what is equal but shows otherwise (1, True, safe text) differs."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return kind, value
    if kind in {float, Decimal}:
        return kind, repr(value)
    parts: tuple[Any, ...] = value if kind is tuple else _parts(kind)(value)
    kinds = tuple(map(type, parts))
    if not _PLAIN.issuperset(kinds):
        parts = tuple([
            part if k in _PLAIN else _key(part) for k, part in zip(kinds, parts, strict=True)
        ])  # fmt: skip
    # The kinds stand beside the values: most hold plain ones alone, and nobody walks over them.
    return kind, kinds, parts


@lru_cache
def _parts(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What to read of a frozen dataclass; of anything else, nothing may be remembered."""
    if not (is_dataclass(kind) and cast("Any", kind).__dataclass_params__.frozen):
        raise TypeError(f"A remembered piece is told values, not a {kind.__name__}")
    names = [field.name for field in fields(kind)]
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)


class Remembered(Node):
    """A piece of a page by the values it shows: the same values give the same piece."""

    def __init__(self, given: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.given, self.nodelist = given, nodelist

    def render(self, context: Context) -> SafeString:
        given = {name: value.resolve(context) for name, value in self.given.items()}
        place = (_language(context), _addresses(context), context.autoescape)
        key = (self, place, *(_key(value) for value in given.values()))
        if (piece := _pieces.get(key)) is None:
            # It sees nothing but what it is remembered by, so it cannot show anything else.
            piece = self.nodelist.render(context.new(given))
            if len(_pieces) >= PIECES:
                _pieces.clear()
            _pieces[key] = piece
        return piece


def _differs_each_time(node: Node) -> bool:
    return isinstance(node, CsrfTokenNode | NowNode) or (
        isinstance(node, SimpleNode) and (node.takes_context or node.func is kit.fresh_key)
    )


@register.tag
def remembered(parser: Parser, token: Token) -> Remembered:
    """`{% remembered card=card.shown %}…{% endremembered %}`: rendered once for these values.

    The values are texts, numbers, days, or tuples and frozen dataclasses of them: never a row of
    the database, for that may change. Within, only these names are known: no request, no visitor.
    So nobody gets to see what another was shown, unless it is the same to the letter.
    What depends on the day is told the day. For what many people see again: a card, a menu.
    """
    _tag, *bits = token.split_contents()
    given = token_kwargs(bits, parser)
    if bits or not given:
        raise template.TemplateSyntaxError("remembered: say by which values, as name=value")
    nodelist = parser.parse(("endremembered",))
    parser.delete_first_token()
    if any(_differs_each_time(node) for node in nodelist.get_nodes_by_type(Node)):
        raise template.TemplateSyntaxError("remembered: what is within differs each time")
    return Remembered(given, nodelist)
