"""What is asked to let people choose among sessions, and what they choose."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.actions.choosing import MOST_WISHES
from gezel.gatherings.models import Gathering
from gezel.kit.fields import DayField
from gezel.people.api import Organisation, unit_field, units_of

RANKS = (
    _("What you want most"), _("Otherwise"), _("Third"), _("Fourth"), _("Fifth"),
)  # fmt: skip


class _SessionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.when}"


class ChoosingForm(forms.Form):
    """Among which sessions, until when, for whom."""

    title = forms.CharField(label=_("Title"), max_length=200)
    about = forms.CharField(
        label=_("What it is about"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    until_on = DayField(label=_("People choose until"))
    unit = forms.Field(label=_("For this unit and what is below it"), required=False)
    sessions = _SessionsField(
        label=_("Sessions"), queryset=Gathering.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, *args: Any, organisation: Organisation, sessions: QuerySet[Gathering], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.fields["unit"] = unit_field(
            units_of(organisation), self.fields["unit"].label, nothing=_("everyone who works here")
        )
        chosen = self.fields["sessions"]
        if isinstance(chosen, forms.ModelMultipleChoiceField):
            chosen.queryset = sessions

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        until, sessions = told.get("until_on"), told.get("sessions")
        if until and until < timezone.localdate():
            self.add_error("until_on", gettext("This is past. Choose a day ahead."))
        elif until and sessions:
            first = min(g.starts_here.date() for g in sessions)
            if until >= first:
                self.add_error(
                    "until_on",
                    gettext("The first session is that day or before. Let people choose earlier."),
                )
        if sessions is not None and len(sessions) == 1:
            self.add_error("sessions", gettext("Choose at least two: with one there is no choice."))
        return told

    @property
    def told(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "about", "until_on")}


class ChooseForm(forms.Form):
    """Up to five sessions, most wanted first."""

    def __init__(
        self, *args: Any, sessions: Iterable[tuple[Gathering, str]], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.sessions = {g.pk: g for g, _told in sessions}
        choices = [("", "–"), *((str(g.pk), told) for g, told in sessions)]
        for number in range(min(MOST_WISHES, len(self.sessions))):
            self.fields[f"wish_{number + 1}"] = forms.ChoiceField(
                label=RANKS[number], choices=choices, required=False
            )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for name in self.fields:
            if (value := told.get(name)) and value in seen:
                self.add_error(name, ValidationError(gettext("You chose this above already.")))
            elif value:
                seen.add(value)
        return told

    @property
    def chosen(self) -> list[Gathering]:
        """In order; what was left empty in between is skipped."""
        told = [self.cleaned_data.get(name) for name in self.fields]
        return [self.sessions[int(pk)] for pk in told if pk]
