"""The forms of one's own profile and of links to it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.fields import DayField
from gezel.profile.rules import arranging
from gezel.profile.rules.sharing import LONGEST_DAYS, MOST_CHOSEN, USUAL_DAYS, plain_text


class StoryForm(forms.Form):
    """What the person writes with a part, and what stands first in it."""

    story = forms.CharField(
        label=_("Your story"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, keys: Collection[str], **told: Any) -> None:
        super().__init__(*args, **told)
        self.keys = set(keys)

    def pins(self) -> list[str]:
        """The pins that came along and stand for something, no more than there may be."""
        sent = self.data.getlist("pin") if hasattr(self.data, "getlist") else []
        return [key for key in sent if key in self.keys][: arranging.MOST_PINS]


class ShareForm(forms.Form):
    """What is shown, to whom, until when."""

    label = forms.CharField(
        label=_("For whom?"),
        max_length=80,
        help_text=_("A name you will know it by later. Only you read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("A word to the reader"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands at the top of the page."),
    )
    until = DayField(
        label=_("Until and including"),
        help_text=_(
            "A year at most. After that the link leads nowhere; you can withdraw it sooner."
        ),
    )
    facts = forms.ChoiceField(
        label=_("Which facts?"),
        choices=[
            ("live", _("As they are when someone reads it")),
            ("today", _("As they are today, also later")),
        ],
        widget=forms.RadioSelect,
        help_text=_(
            "Your story, and whether a credential or certificate still counts, are always of the "
            "moment of reading."
        ),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Collection[str], **told: Any) -> None:
        today = timezone.localdate()
        told.setdefault("initial", {})
        told["initial"] = {
            "until": today + timedelta(days=USUAL_DAYS),
            "facts": "live",
        } | told["initial"]
        super().__init__(*args, **told)
        self.may_choose = set(choices)
        self.fields["until"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=LONGEST_DAYS)).isoformat(),
        }

    @property
    def chosen(self) -> list[str]:
        """What is ticked, also where the rest is not right yet. What is not there, is not."""
        if not self.is_bound:
            return list(self.initial.get("chosen", []))
        sent = self.data.getlist("chosen") if hasattr(self.data, "getlist") else []
        return [key for key in dict.fromkeys(sent) if key in self.may_choose][:MOST_CHOSEN]

    def clean_label(self) -> str:
        found = plain_text(self.cleaned_data["label"])
        if not found:
            raise forms.ValidationError(_("Say for whom this is. Only you read it."))
        return found

    def clean_until(self) -> Any:
        day, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= day <= today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose a day from today until a year from now."))
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.chosen:
            self.add_error(None, _("Choose at least one thing to show."))
        return found


class UntilForm(forms.Form):
    """Another last day."""

    until = DayField(label=_("Until and including"))
