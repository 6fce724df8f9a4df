"""The form with which one lets a colleague off."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.content.models import Waiver
from gezel.people.api import Employment, Organisation, Person, PersonQuerySet

# No part goes by this name: an item begins with a letter, a unit of cmi5 with a scheme.
WHOLE = "-"


class WaiverForm(forms.Form):
    """Who need not do it, or which part of it, and why."""

    someone = forms.CharField(
        label=_("Who?"), max_length=254, help_text=_("E-mail address or staff number.")
    )
    part = forms.ChoiceField(label=_("What?"))
    reason = forms.ChoiceField(
        label=_("Why need they not do it?"),
        choices=Waiver.Reason.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In your own words"),
        max_length=300,
        help_text=_("They read this, and so do who leads them and HR."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self,
        *args: Any,
        people: PersonQuerySet,
        organisation: Organisation,
        parts: Mapping[str, str],
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        if parts:
            part = cast("forms.ChoiceField", self.fields["part"])
            part.choices = [(WHOLE, gettext("All of it")), *parts.items()]
        else:
            del self.fields["part"]
        self._people, self._organisation = people, organisation

    def clean_part(self) -> str:
        """The part by its name; of the whole, nothing."""
        chosen: str = self.cleaned_data["part"]
        return "" if chosen == WHOLE else chosen

    def clean_someone(self) -> Person:
        said = self.cleaned_data["someone"].strip()
        here = Employment.objects.current().filter(organisation=self._organisation, number=said)
        found = self._people.filter(Q(email__iexact=said) | Q(pk__in=here.values("person"))).first()
        if found is None:
            raise forms.ValidationError(
                gettext("You can let nobody off who has this e-mail address or staff number.")
            )
        return found
