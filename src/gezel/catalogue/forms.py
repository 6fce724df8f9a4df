"""Forms of the catalogue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.models import Activity
from gezel.catalogue.previews import name_of

LEVELS_BEFORE = [
    (0, _("0 · nothing yet")),
    (1, _("1 · knows of it")),
    (2, _("2 · does it with help")),
    (3, _("3 · does it alone")),
    (4, _("4 · helps others")),
]
LEVELS_AFTER = [*LEVELS_BEFORE[1:], (5, _("5 · sets the standard"))]


def _link(**settings: Any) -> forms.URLField:
    """An address on the web, and nothing that runs in a page."""
    field = forms.URLField(max_length=500, assume_scheme="https", **settings)
    field.validators = [URLValidator(schemes=["http", "https"])]
    return field


class ActivityForm(forms.ModelForm[Activity]):
    """What HR and authors say of something to learn from."""

    price = forms.DecimalField(
        label=_("Price (euros)"),
        min_value=0,
        max_value=1_000_000,
        decimal_places=2,
        initial=0,
        help_text=_("0 when it is free."),
    )
    travel = forms.DecimalField(
        label=_("Travel costs (euros)"),
        min_value=0,
        max_value=100_000,
        decimal_places=2,
        initial=0,
        required=False,
        help_text=_("On top of the price, there and back for one person."),
    )
    own_percent = forms.IntegerField(
        label=_("Share in own or quiet time (percent)"),
        min_value=0,
        max_value=100,
        initial=0,
        required=False,
        help_text=_("How much can be done at a quiet hour or at home. 0: all in working time."),
    )
    hours = forms.DecimalField(
        label=_("Hours"),
        min_value=Decimal("0.05"),
        max_value=5_000,
        decimal_places=2,
        help_text=_("The time it takes in all, practice included."),
    )
    provider_name = forms.CharField(
        label=_("Provider"),
        max_length=200,
        required=False,
        help_text=_("A school or supplier; empty when it is your own."),
        widget=forms.TextInput(attrs={"list": "providers", "autocomplete": "off"}),
    )
    link = _link(label=_("Link"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[c for c in Activity.Kind.choices if c[0] != Activity.Kind.MODULE],
    )

    mix = forms.ChoiceField(
        label=_("Way of learning"), choices=Activity.Mix.choices, initial=Activity.Mix.PRACTICE
    )
    form = forms.ChoiceField(label=_("Form"), choices=Activity.Form.choices)

    class Meta:
        model = Activity
        fields = [
            "title_nl", "title_en", "summary_nl", "summary_en", "kind", "mix", "form", "hours",
            "in_dutch", "in_english", "evening", "mandatory", "location", "link", "state",
        ]  # fmt: skip
        widgets = {
            "summary_nl": forms.Textarea(attrs={"rows": 4, "maxlength": 5_000}),
            "summary_en": forms.Textarea(attrs={"rows": 4, "maxlength": 5_000}),
        }
        labels = {"state": _("Is it on offer?"), "mandatory": _("Mandatory training")}
        help_texts = {
            "mandatory": _("By law, collective agreement or employer: never on a personal budget.")
        }

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        if self.instance.pk:
            self.fields["price"].initial = Decimal(self.instance.price_cents) / 100
            self.fields["travel"].initial = Decimal(self.instance.travel_cents) / 100
            self.fields["own_percent"].initial = self.instance.own_percent
            provider = self.instance.provider
            self.fields["provider_name"].initial = provider.name if provider else ""
        else:
            self.fields["state"].initial = Activity.State.OPEN

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        titles = ("title_nl", "title_en")
        if not any(told.get(name) or self.errors.get(name) for name in titles):
            self.add_error("title_nl", _("Give it a title, in Dutch or in English."))
        if not told.get("in_dutch") and not told.get("in_english"):
            self.add_error("in_dutch", _("Choose in which language one can follow it."))
        for name in ("summary_nl", "summary_en"):
            if len(told.get(name) or "") > 5_000:
                self.add_error(name, _("Keep it under 5,000 characters."))
        return told

    def fields_told(self) -> Mapping[str, Any]:
        """What goes into the row; price in cents."""
        told = {name: self.cleaned_data[name] for name in self.Meta.fields}
        told["price_cents"] = int(self.cleaned_data["price"] * 100)
        told["travel_cents"] = int((self.cleaned_data["travel"] or 0) * 100)
        told["own_percent"] = self.cleaned_data["own_percent"] or 0
        return told


class ShareForm(forms.Form):
    """Something a colleague found: where, what, and why it helped."""

    link = _link(label=_("Where is it?"), help_text=_("The address of a page, video or podcast."))
    title = forms.CharField(label=_("What is it called?"), max_length=250)
    why = forms.CharField(
        label=_("Why did it help you?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        help_text=_("One or two sentences; colleagues see them with your name."),
    )
    minutes = forms.IntegerField(
        label=_("How many minutes does it take?"), min_value=1, max_value=6_000, initial=20
    )
    language = forms.ChoiceField(
        label=_("In which language?"), choices=[("nl", _("Dutch")), ("en", _("English"))]
    )

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        if settings.ASK_LINKS:
            self.fields["title"].required = False
            self.fields["title"].help_text = _(
                "Leave it empty, and we ask the page once for its title and picture."
            )

    def clean_title(self) -> str:
        return self.cleaned_data["title"] or name_of(self.cleaned_data.get("link", ""))


class TipsForm(forms.Form):
    """What someone asks of their tips."""

    wanted = forms.BooleanField(label=_("Show me tips"), required=False)
    most_hours = forms.IntegerField(
        label=_("At most this many hours"), min_value=1, max_value=2_000, required=False,
        help_text=_("Empty: as long as it takes."),
    )  # fmt: skip
    free_only = forms.BooleanField(label=_("Only what costs nothing"), required=False)
    no_evenings = forms.BooleanField(label=_("Not in the evening"), required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Either")), ("nl", _("only Dutch")), ("en", _("only English"))],
        required=False,
    )
    # Last, as from here on the name stands for the field.
    forms = forms.MultipleChoiceField(
        label=_("In these forms"),
        choices=Activity.Form.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: every form."),
    )
