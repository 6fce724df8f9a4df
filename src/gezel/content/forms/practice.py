"""Forms of an assignment at work: showing, and looking."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Person


class ProofForm(forms.Form):
    """A photo, a line, and whom one lets look."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=_("We remove the place it was taken. Leave out faces of others."),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    line = forms.CharField(
        label=_("What is there to see?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, lookers: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lookers = {str(person.pk): person for person in lookers}
        self.fields["looker"] = forms.ChoiceField(
            label=gettext("Who may look?"),
            choices=[(pk, person.name) for pk, person in self._lookers.items()],
            widget=forms.RadioSelect,
            initial=next(iter(self._lookers), None),
        )
        self.fields["agreed"] = forms.BooleanField(
            label=gettext("I agree that this person sees my photo and my line."),
            error_messages={"required": gettext("Without your yes, nothing is sent.")},
        )

    def clean_looker(self) -> Person:
        return self._lookers[self.cleaned_data["looker"]]


class LookForm(forms.Form):
    """What whoever looked has to say."""

    remark = forms.CharField(
        label=_("A remark"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you send it back: say what is still missing."),
    )
