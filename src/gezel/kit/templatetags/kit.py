"""Tags every template may use; loaded as built-ins."""

import uuid
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from unicodedata import is_normalized
from urllib.parse import urlencode

from django import template
from django.contrib.staticfiles import finders
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ChoiceField,
    Field,
    ModelChoiceField,
    RadioSelect,
)
from django.template.context import RequestContext
from django.template.defaultfilters import stringfilter
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gezel.kit import charts, figures
from gezel.kit.bundle import bundle
from gezel.kit.panels import ask_panel

register = template.Library()

DASHES = "---------"


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    found = finders.find(f"kit/vendor/icons/{name}.svg")
    if not found:
        raise template.TemplateSyntaxError(
            f"No icon {name!r}: add it to kit/icons.txt and run ./gezel assets."
        )
    text = Path(found).read_text(encoding="utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
@lru_cache(maxsize=512, typed=True)  # a label that is safe text is another than one that is not
def icon(name: str, label: str = "") -> SafeString:
    """A lucide icon drawn in place. With a label it speaks; without, it is decoration."""
    told = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    # The drawing comes from the icon package that we installed, never from a visitor.
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" {told}>{_drawing(name)}</svg>')


@register.simple_tag
def bundle_url(kind: str) -> str:
    """The address of the joined styles or scripts."""
    return _bundle_address(bundle(kind).name, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=16)
def _bundle_address(name: str, urlconf: str | None, prefix: str) -> str:
    return reverse("kit:bundle", urlconf, [name])


@register.filter(is_safe=True)
@stringfilter
def truncatechars(text: str, most: int) -> str:
    """As Django's own, which for a text that is short enough takes as long as for a long one."""
    if len(text) <= most and is_normalized("NFC", text):
        return text
    return Truncator(text).chars(most)


@register.simple_tag(takes_context=True)
def panel(context: RequestContext, name: str, *args: Any, **kwargs: Any) -> SafeString:
    """A panel of another room on this notice board, see `kit.panels`."""
    return ask_panel(context["request"], name, *args, **kwargs)


@register.simple_tag
def fresh_key() -> str:
    """A new key for a form, so that sending it twice does one thing."""
    return str(uuid.uuid4())


register.filter("tenth", figures.tenth)
register.filter("signed", figures.signed)
register.filter("grouped", figures.grouped)
register.filter("euro", figures.euro)
register.filter("hours", figures.hours)


@lru_cache(maxsize=4096)
def _written(value: date, how: str, language: str | None) -> str:
    with translation.override(language):
        return formats.date_format(value, how)


@register.filter
def day(value: date | None) -> str:
    """A date as one says it: 15 December 2026."""
    return _written(value, "DATE_FORMAT", get_language()) if value else ""


@register.filter
def month_year(value: date | None) -> str:
    """A month, where a day would say more than is known: March 2028."""
    return formats.date_format(value, "F Y") if value else ""


@register.filter
def short_month(value: date | None) -> str:
    """A month where there is little room: Dec 2026, and in Dutch dec 2026."""
    return formats.date_format(value, "b Y" if get_language() == "nl" else "M Y") if value else ""


@register.filter
def short_day(value: date | None, language: str | None = None) -> str:
    """A date where there is little room: 15 Dec 2026.

    Args:
        language: the reader's, for who writes many and asked for it once.
    """
    return _written(value, "SHORT_DATE_FORMAT", language or get_language()) if value else ""


@register.filter
def from_today(value: date | None) -> str:
    """How far away a date is: today, in 3 days, 2 days ago."""
    if value is None:
        return ""
    days = (value - timezone.localdate()).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


@register.simple_tag(takes_context=True)
def filters_set(context: RequestContext, keys: str) -> int:
    """How many of these filters someone set. An as-of date that is today is no choice."""
    asked, today = context["request"].GET, timezone.localdate().isoformat()
    return sum(asked.get(key, "") not in ("", today) for key in keys.split())


@register.simple_tag(takes_context=True)
def without_filters(context: RequestContext, keys: str) -> str:
    """This page with none of these filters set, from its first page on."""
    return with_query(context, page="", **dict.fromkeys(keys.split(), ""))


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: Any) -> str:
    """This page's question with some answers changed: `{% with_query page=2 %}`."""
    # Copied by hand: a QueryDict copies itself to its depths, and a page has a dozen of these.
    query = dict(context["request"].GET.lists())
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = [str(value)]
    return f"?{urlencode(query, doseq=True)}" if query else "?"


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether a field shows as a group of radio buttons or check boxes."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one box to tick, which has its label behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def described(field: BoundField, hint: str = "") -> SafeString:
    """A form control that tells assistive technology about its hint and its error."""
    about = []
    if field.errors:
        about.append(f"{field.auto_id}_error")
    if hint or field.help_text:
        about.append(f"{field.auto_id}_hint")
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(about)} if about else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    _name_the_blank(field.field)
    return mark_safe(field.as_widget(attrs=attrs))


def _name_the_blank(field: Field) -> None:
    """Nothing chosen yet is said in words, not in the nine dashes of Django."""
    blank = _("Choose…") if field.required else "–"
    if isinstance(field, ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = blank
    elif isinstance(field, ChoiceField):
        choices = list(cast("Iterable[Any]", field.choices))
        if ("", DASHES) in choices:
            field.choices = [("", blank) if c == ("", DASHES) else c for c in choices]


register.simple_tag(charts.level_bar, name="level_bar")
register.simple_tag(charts.step_bar, name="step_bar")
register.simple_tag(charts.radar, name="radar")
register.simple_tag(charts.ring, name="ring")
register.simple_tag(charts.progress, name="progress")
register.simple_tag(charts.line_chart, name="line_chart")
register.simple_tag(charts.fan_chart, name="fan_chart")
