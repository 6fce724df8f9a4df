"""Forms for evidence: rating oneself, vouching, correcting, seeing it differently, asking."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gezel.people.api import Person
from gezel.skills.models import Skill

# Longer ago a view of someone says little about today; a certificate may be older.
OLDEST_VIEW = timedelta(days=5 * 365)


def level_choices(skill: Skill) -> list[tuple[int, SafeString]]:
    """The five levels, each with the scale's word and what it means for this skill."""
    return [
        (
            number,
            format_html("<b>{} · {}</b>", number, word)
            if not told
            else format_html('<b>{} · {}</b><br><span class="small">{}</span>', number, word, told),
        )
        for number, word, told in skill.level_words
    ]


class KeyedForm(forms.Form):
    """A form that carries its own key, so that sending it twice does one thing."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


class LevelForm(KeyedForm):
    """A level of one skill, the day it showed, and a few words about it."""

    level = forms.TypedChoiceField(
        label=_("Which level fits best?"), coerce=int, widget=forms.RadioSelect
    )
    on = forms.DateField(
        label=_("Seen until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        help_text=_("The day up to which this holds; usually today."),
    )
    note = forms.CharField(
        label=_("What did you see?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, skill: Skill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        if isinstance(level, forms.TypedChoiceField):
            level.choices = level_choices(skill)
        today = timezone.localdate()
        self.initial.setdefault("on", today)
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        today = timezone.localdate()
        if on > today:
            raise forms.ValidationError(_("This date lies ahead. Choose today or earlier."))
        if on < today - OLDEST_VIEW:
            raise forms.ValidationError(
                _("More than five years ago says too little about today. Choose a later date.")
            )
        return on


class RateForm(LevelForm):
    """How someone rates themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("What do you think back to?")
        self.fields["note"].help_text = _("An example helps who reads this later, also yourself.")


class VouchForm(LevelForm):
    """What a lead or colleague saw someone do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].help_text = _("They read this too. Name the work, not the person.")


class CorrectForm(KeyedForm):
    """What was wrong with a piece, and the level it should have been, if any."""

    level = forms.TypedChoiceField(
        label=_("Which level should it have been?"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("What was wrong?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, skill: Skill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        if isinstance(level, forms.TypedChoiceField):
            nothing = format_html("<b>{}</b>", _("None: take the piece back"))
            level.choices = [("", nothing), *level_choices(skill)]
        self.initial.setdefault("level", "")


class ObjectForm(KeyedForm):
    """How someone sees a piece about themselves."""

    reason = forms.CharField(
        label=_("How do you see it?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class DecideForm(KeyedForm):
    """Whether a piece counts that someone objected to, and why."""

    uphold = forms.TypedChoiceField(
        label=_("Does the piece count?"),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("No: the objection is right")),
            ("no", _("Yes: it counts again")),
        ],
        error_messages={"required": _("Choose one of the two.")},
    )
    answer = forms.CharField(
        label=_("Why do you decide so?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Both read this, with your name."),
    )


class AskForm(KeyedForm):
    """Whom to ask for their view, and what they can think back to."""

    of = forms.ModelChoiceField(
        label=_("Whom do you ask?"),
        queryset=Person.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose someone to ask.")},
    )
    note = forms.CharField(
        label=_("What can they think back to?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = self.fields["of"]
        if isinstance(of, forms.ModelChoiceField):
            of.queryset = Person.objects.filter(pk__in=[p.pk for p in people])
            of.choices = [(p.pk, p.name) for p in people]
