"""A unit chosen: the same field for ten units and for ten thousand.

A few are listed. Of more one types: a text field with suggestions (`<datalist>`), which browsers
let one reach by keyboard and screen reader. What is typed is looked up again when it is sent, so
it works without scripts.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.renderers import BaseRenderer
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gezel.people.models import Organisation, Unit

SUGGESTED = 20
# More than this nobody reads through on a phone.
MOST_LISTED = 60
# Between a unit and the one it stands in, where a name occurs more than once.
IN = " · "


def labels_of(units: list[Unit]) -> dict[int, str]:
    """By key how a unit is told from others of its name: with the one it stands in; two queries."""
    names = {u.name for u in units}
    organisations = {u.organisation_id for u in units}
    same = Unit.objects.filter(organisation__in=organisations, name__in=names)
    often: dict[str, int] = {}
    for name in same.values_list("name", flat=True):
        often[name] = often.get(name, 0) + 1
    above = {u.path[: -Unit.steplen] for u in units if often.get(u.name, 0) > 1 and u.depth > 1}
    parents = dict(Unit.objects.filter(path__in=above).values_list("path", "name"))
    return {
        u.pk: f"{u.name}{IN}{parents[u.path[: -Unit.steplen]]}"
        if often.get(u.name, 0) > 1 and u.path[: -Unit.steplen] in parents
        else u.name
        for u in units
    }


def units_like(here: QuerySet[Unit], words: str) -> list[tuple[Unit, str]]:
    """Units whose name holds each word, those that begin so first, with how they are told."""
    for word in words.replace("\x00", "").replace(IN, " ").split()[:5]:
        here = here.filter(name__icontains=word)
    near = sorted(
        here.order_by("depth", "path")[: SUGGESTED * 5],
        key=lambda u: not u.name.casefold().startswith(words.strip().casefold()),
    )[:SUGGESTED]
    labels = labels_of(near)
    return [(unit, labels[unit.pk]) for unit in near]


class UnitInput(forms.TextInput):
    """A text field with the list of suggestions beside it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        asks = {
            "autocomplete": "off",
            "maxlength": "420",
            "hx-get": reverse_lazy("people:unit_options"),
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
            "hx-include": "this",
        }
        super().__init__(asks | (attrs or {}))

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        listed = f"{(attrs or {}).get('id', f'id_{name}')}_list"
        field = super().render(
            name, value, {**(attrs or {}), "list": listed, "hx-target": f"#{listed}"}, renderer
        )
        return format_html('{}<datalist id="{}"></datalist>', field, listed)


class UnitField(forms.CharField):
    """A unit among those one may choose, by its name or its number; None if left empty."""

    widget = UnitInput

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("max_length", 420)
        super().__init__(**settings)
        self.queryset: QuerySet[Unit] = Unit.objects.none()

    def prepare_value(self, value: Any) -> Any:
        """A number that came with a link, or the unit itself, is shown by its name."""
        if isinstance(value, Unit):
            return labels_of([value])[value.pk]
        if isinstance(value, int) or (isinstance(value, str) and _is_number(value)):
            unit = self.queryset.filter(pk=int(value)).first()
            return labels_of([unit])[unit.pk] if unit else value
        return value

    def clean(self, value: Any) -> Any:
        told = super().clean(value).strip()
        if not told:
            return None
        name = told.rpartition(IN)[0] or told
        called = list(self.queryset.filter(name__in={told, name}).order_by("path")[:50])
        if not called and _is_number(told):
            called = list(self.queryset.filter(pk=int(told)))
        labels = labels_of(called)
        exact = [u for u in called if labels[u.pk].casefold() == told.casefold()]
        if len(exact or called) == 1:
            return (exact or called)[0]
        if called:
            examples = "; ".join(list(dict.fromkeys(labels.values()))[:3])
            raise ValidationError(
                _("There are several of that name. Choose one of these: %(units)s.")
                % {"units": examples}
            )
        near = units_like(self.queryset, told)[:3]
        if near:
            raise ValidationError(
                _("There is no “%(told)s” here. Did you mean: %(units)s?")
                % {"told": told[:60], "units": "; ".join(label for _u, label in near)}
            )
        raise ValidationError(_("There is no “%(told)s” here.") % {"told": told[:60]})


class ListedUnit(forms.TypedChoiceField):
    """One of a few units, asked of the database once."""

    def __init__(self, units: list[Unit], *, nothing: Any, **settings: Any) -> None:
        by_key = {str(unit.pk): unit for unit in units}
        super().__init__(
            choices=[("", nothing or "---------"), *((key, u.name) for key, u in by_key.items())],
            coerce=by_key.__getitem__,
            empty_value=None,
            **settings,
        )

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Unit) else value


def unit_field(
    units: QuerySet[Unit],
    label: Any,
    *,
    required: bool = False,
    nothing: Any = None,
    help_text: Any = "",
) -> forms.Field:
    """The field in which one of these is chosen; None if it may be left empty and is.

    Args:
        nothing: what choosing none means, in the list.
    """
    listed = list(units.order_by("path")[: MOST_LISTED + 1])
    if len(listed) <= MOST_LISTED:
        return ListedUnit(
            listed, label=label, required=required, nothing=nothing, help_text=help_text
        )
    typed = UnitField(label=label, required=required, help_text=help_text)
    typed.queryset = units
    return typed


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdecimal() and len(told) < 19


def units_of(organisation: Organisation) -> QuerySet[Unit]:
    """Every unit here."""
    found: QuerySet[Unit] = Unit.objects.filter(organisation=organisation)
    return found
