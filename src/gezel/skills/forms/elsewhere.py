"""Which skills with evidence from elsewhere an employer may count."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from gezel.skills.queries import SkillElsewhere


class ShowForm(forms.Form):
    """The skills that may count here, of those on the page; `seen` is the newest piece on it."""

    skills = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": ""}
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: Sequence[SkillElsewhere], **told: Any) -> None:
        super().__init__(*args, **told)
        skills = self.fields["skills"]
        if isinstance(skills, forms.TypedMultipleChoiceField):
            skills.choices = [(row.skill.pk, row.skill.pk) for row in rows]
            skills.error_messages["invalid_choice"] = _(
                "Your evidence changed meanwhile. Reload the page and choose again."
            )
        self.initial["seen"] = max((line.pk for row in rows for line in row.lines), default=0)
