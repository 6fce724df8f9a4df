"""What people fill in about people."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gezel.kit.incoming import forms as incoming
from gezel.people.models import Intake, Language, Mandate
from gezel.people.words import FIELD_WORDS

# Names for hues people ask for; lightness and chroma stay ours, so contrast holds for each.
HUES = (
    (182, _("Teal")), (150, _("Green")), (110, _("Olive")), (60, _("Amber")),
    (25, _("Red")), (350, _("Pink")), (300, _("Purple")), (250, _("Blue")),
)  # fmt: skip


class UploadForm(incoming.UploadForm):
    """A staff list to bring in."""

    called = _("Your staff list")


class ColumnsForm(incoming.ColumnsForm):
    """Which column is which; what is not in the list stays as it is."""

    words = FIELD_WORDS
    needed = ("email", "job")
    hints: ClassVar = {"name": _("Or the first and last name.")}
    own = "everyone"

    everyone = forms.ChoiceField(
        label=_("What does this list hold?"),
        choices=[
            ("no", _("Only additions and changes: who is not in it stays as they are")),
            ("yes", _("Everyone: who is not in it has left, with today as their last day")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, incoming: Intake, **settings: Any) -> None:
        super().__init__(*args, incoming=incoming, **settings)
        self.fields["everyone"].initial = "yes" if incoming.everyone else "no"

    def clean(self) -> dict[str, Any]:
        """A list without name says nothing."""
        data = super().clean()
        if not {data.get(name) for name in ("name", "first_name", "last_name")} - {"", None}:
            self.add_error("name", _("Choose the column with the name, or first and last name."))
        return data


class EndForm(forms.Form):
    """Someone's last day."""

    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class MandateForm(forms.Form):
    """A task for the organisation."""

    kind = forms.ChoiceField(label=_("Task"), choices=Mandate.Kind.choices)


class SettingsForm(forms.Form):
    """How the organisation is called, looks, and where figures stay dark."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language.choices,
        help_text=_("For mail and for who has not chosen a language of their own."),
    )
    hue = forms.ChoiceField(
        label=_("Accent colour"),
        choices=[*((str(hue), name) for hue, name in HUES), ("own", _("Another"))],
        widget=forms.RadioSelect,
    )
    accent_hue = forms.IntegerField(
        label=_("Another colour: move along the circle"),
        min_value=0,
        max_value=359,
        required=False,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 359, "data-hue": ""}),
    )
    smallest_group = forms.IntegerField(
        label=_("Smallest group of which figures are shown"),
        min_value=4,
        max_value=50,
        help_text=_("Figures about fewer people stay dark. Five is usual; four is the least."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("hue") == "own":
            if cleaned.get("accent_hue") is None:
                self.add_error("accent_hue", _("Choose a colour."))
        elif cleaned.get("hue"):
            cleaned["accent_hue"] = int(cleaned["hue"])
        return cleaned


class LogoForm(forms.Form):
    """A picture for the top of every page."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 5 MB. We make it at most 512 points wide."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
