"""The forms of trust."""

import json
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.fields import DayField
from gezel.trust.models import CouncilDecision, Objection

MOST_BYTES = 5 * 1024 * 1024


class WhyManyForm(forms.Form):
    """Why someone opens the data of a great many people."""

    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4_000)
    reason = forms.CharField(
        label=_("Why do you open so many people's data today?"),
        min_length=10,
        max_length=200,
        help_text=_(
            "One sentence that everyone concerned may read, such as: “I check the end dates of "
            "all contracts for the yearly report.”"
        ),
    )


class LetGoOnForm(forms.Form):
    """Why a colleague who was stopped may go on."""

    reason = forms.CharField(
        label=_("Why may they go on?"),
        min_length=10,
        max_length=200,
        help_text=_(
            "One sentence, such as: “The auditor asked for this list today, I saw the letter.” HR, "
            "administrators and works council read it with your name, and so do they."
        ),
    )


class DecisionForm(forms.Form):
    """One step of the council about one setting."""

    step = forms.ChoiceField(label=_("What happened"), choices=())
    decided_on = DayField(label=_("On which day"))
    decided_by = forms.CharField(
        label=_("By whom"),
        max_length=200,
        help_text=_("As it stands under the document: the council, or its chair."),
    )
    document = forms.CharField(
        label=_("Where the document is"),
        max_length=300,
        required=False,
        help_text=_("A number or place in your own archive, so that anyone can find it."),
    )
    conditions = forms.CharField(
        label=_("On which conditions"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, only_ask: bool, needs_document: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = CouncilDecision.Step
        shown = [steps.ASKED] if only_ask else list(steps)
        self.fields["step"].choices = [(s.value, s.label) for s in shown]  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid.uuid4()
        self.fields["decided_on"].initial = timezone.localdate()
        self._needs_document = needs_document

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        day = told.get("decided_on")
        if day and day > timezone.localdate():
            self.add_error("decided_on", _("That day is still to come. Record it then."))
        if told.get("step") == CouncilDecision.Step.CONDITIONS and not told.get("conditions"):
            self.add_error("conditions", _("Write down the conditions."))
        if (
            self._needs_document
            and told.get("step") != CouncilDecision.Step.ASKED
            and not told.get("document")
        ):
            self.add_error(
                "document",
                _("Name the document: nobody of the council is in Gezel to record it themselves."),
            )
        return told


class CompareForm(forms.Form):
    """The file of another day."""

    file = forms.FileField(
        label=_("The file of an earlier day"),
        max_length=255,
        help_text=_("The JSON that was downloaded here then."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 5 MB, so it is not ours."))
        try:
            told = json.loads(file.read().decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise ValidationError(
                _("This is no JSON. Choose the file that was downloaded here.")
            ) from None
        if not isinstance(told, dict) or not isinstance(told.get("kept"), list):
            raise ValidationError(
                _("This is another file. Choose the one that was downloaded here.")
            )
        return told


class FillForm(forms.Form):
    """What a human writes at one place of a draft."""

    text = forms.CharField(
        max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, asks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = asks


class ObjectionForm(forms.Form):
    """Why someone objects."""

    reason = forms.CharField(
        label=_("Why do you object?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("HR reads this, and answers with a reason."),
    )


class AnswerForm(forms.Form):
    """What HR decides on an objection, and why."""

    state = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (Objection.State.UPHELD.value, _("Agree: what is kept of this kind goes")),
            (Objection.State.REFUSED.value, _("Do not agree: it stays")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Why?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads this. Say which interest weighs more, or why not."),
    )


class EraseForm(forms.Form):
    """That one saw what goes, and means it."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label=_("I saw what goes and what stays. This cannot be undone."),
        error_messages={"required": _("Tick this first, so that nothing is erased by mistake.")},
    )
