"""Forms of an instruction made on a phone: a few small ones, in one language."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Taught
from gezel.content.rules.bodies import LONGEST_LINE
from gezel.people.api import Person
from gezel.skills.api import Level, Skill

WRONG_ROWS = 3


class BeginForm(forms.Form):
    """What the instruction is about."""

    title = forms.CharField(
        label=_("What do you show?"),
        max_length=250,
        help_text=_("As you would say it: “Locking out an electric car”."),
    )
    goal = forms.CharField(
        label=_("What can a colleague do after it?"), max_length=500, required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class StepForm(forms.Form):
    """One step: a photo or film if there is one, and a line."""

    file = forms.FileField(
        label=_("Photo or film"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/gif,video/mp4,video/webm"}
        ),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    line = forms.CharField(
        label=_("What do you do here?"),
        max_length=LONGEST_LINE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For who cannot see or hear it too: say what there is to see."),
    )


class AskForm(forms.Form):
    """One question with a right answer and one to three wrong ones."""

    prompt = forms.CharField(label=_("Question"), max_length=LONGEST_LINE)
    right = forms.CharField(label=_("The right answer"), max_length=LONGEST_LINE)
    why = forms.CharField(label=_("Why it is right"), max_length=LONGEST_LINE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, WRONG_ROWS + 1):
            self.fields[f"wrong{row}"] = forms.CharField(
                label=gettext("A wrong answer"), max_length=LONGEST_LINE, required=row == 1
            )

    @property
    def wrong(self) -> list[str]:
        told = (self.cleaned_data.get(f"wrong{row}", "") for row in range(1, WRONG_ROWS + 1))
        return [text for text in told if text]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = [text.casefold() for text in (data.get("right", ""), *self.wrong) if text]
        if len(set(given)) != len(given):
            self.add_error("wrong1", _("Two answers are the same."))
        return data


class FinishForm(forms.Form):
    """Which skill it shows, and who looks first."""

    def __init__(
        self,
        *args: Any,
        skills: Sequence[Skill],
        reviewers: Sequence[Person],
        must: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._skills = {str(skill.pk): skill for skill in skills}
        self._reviewers = {str(person.pk): person for person in reviewers}
        self.fields["skill"] = forms.ChoiceField(
            label=gettext("Which skill does it show?"),
            choices=[*((pk, str(skill)) for pk, skill in self._skills.items()),
                     ("", gettext("None of these"))],
            required=False,
            widget=forms.RadioSelect,
            initial="",
        )  # fmt: skip
        self.fields["level"] = forms.TypedChoiceField(
            label=gettext("Up to which level?"),
            choices=[(level.value, f"{level.value} · {level.label}") for level in Level],
            coerce=int,
            initial=2,
            required=False,
        )
        nobody = [] if must else [("", gettext("Nobody: put it on offer now"))]
        self.fields["reviewer"] = forms.ChoiceField(
            label=gettext("Who looks at it first?"),
            choices=[*nobody, *((pk, person.name) for pk, person in self._reviewers.items())],
            required=must,
            widget=forms.RadioSelect,
            initial=next(iter(self._reviewers), "") if must else "",
        )

    @property
    def teaches(self) -> list[Taught]:
        skill = self._skills.get(self.cleaned_data.get("skill") or "")
        level = self.cleaned_data.get("level") or 2
        return [Taught(skill.pk, level - 1, level)] if skill else []

    @property
    def reviewer(self) -> Person | None:
        return self._reviewers.get(self.cleaned_data.get("reviewer") or "")
