"""The small forms of plans."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.fields import DayField
from gezel.people.api import Unit
from gezel.plans.models import Goal, SharedGoal, Step
from gezel.plans.rules import months_later
from gezel.skills.api import Skill

OTHER = "other"


class ByWhen(forms.Form):
    """A date, by a quick choice or exactly. `quick` maps each choice to its words."""

    quick: list[tuple[str, Any]] = []

    when = forms.ChoiceField(label=_("By when?"), widget=forms.RadioSelect)
    due_on = DayField(label=_("Another date"), required=False)

    def __init__(self, *args: Any, due_on: date | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["when"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*self.quick, (OTHER, _("on another date"))]
        self.fields["when"].initial = OTHER if due_on else self.quick[1][0]
        self.fields["due_on"].initial = due_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        when = data.get("when")
        if when == OTHER:
            if not data.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", _("Choose a date."))
        elif when:
            data["due_on"] = self.later(when)
        return data

    def later(self, choice: str) -> date:
        """The date a quick choice means, counted from today."""
        today = timezone.localdate()
        number, unit = int(choice[:-1]), choice[-1]
        return today + timedelta(days=number) if unit == "d" else months_later(today, number)


class GoalForm(ByWhen):
    """What someone adds once the role or the skill is chosen."""

    quick = [
        ("3m", _("in 3 months")),
        ("6m", _("in 6 months")),
        ("12m", _("in a year")),
        ("24m", _("in two years")),
    ]

    level = forms.TypedChoiceField(
        label=_("Which level do you want to reach?"), coerce=int, widget=forms.RadioSelect
    )
    own_words = forms.CharField(
        label=_("Why do you want this?"),
        help_text=_("In your own words. Only you read this, until you share the goal."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )
    shared = forms.BooleanField(
        label=_("Share this goal with my lead"),
        help_text=_("You can change this at any time. Without it, nobody knows there is a goal."),
        required=False,
    )
    field_order = ["level", "when", "due_on", "own_words", "shared"]

    def __init__(
        self, *args: Any, skill: Skill | None, goal: Goal | None = None, **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        if skill is None:
            del self.fields["level"]
        else:
            field = self.fields["level"]
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [
                    (level, f"{level} · {word}" + (f": {about}" if about else ""))
                    for level, word, about in skill.level_words
                ]
        if goal is not None:
            del self.fields["shared"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        due_on = data.get("due_on")
        if due_on and due_on <= timezone.localdate():
            self.add_error("due_on", _("Choose a date that lies ahead."))
        return data


class StepForm(ByWhen):
    """A step in one's own words, or another date for one from the catalogue."""

    quick = [
        ("7d", _("within a week")),
        ("14d", _("within two weeks")),
        ("1m", _("within a month")),
        ("3m", _("within three months")),
    ]

    title = forms.CharField(label=_("What is the step?"), max_length=250)
    who = forms.ChoiceField(label=_("Who does it?"), widget=forms.RadioSelect)
    field_order = ["title", "when", "due_on", "who"]

    def __init__(
        self,
        *args: Any,
        for_lead: bool = False,
        name: str = "",
        fixed_title: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        if fixed_title:
            del self.fields["title"]
        field = self.fields["who"]
        if isinstance(field, forms.ChoiceField):
            field.choices = (
                [(Step.Who.PERSON, name), (Step.Who.LEAD, _("I do, as lead"))]
                if for_lead
                else [(Step.Who.PERSON, _("I do")), (Step.Who.LEAD, _("my lead"))]
            )
        field.initial = Step.Who.PERSON


class PickForm(ByWhen):
    """A date for an activity that goes into the plan."""

    quick = StepForm.quick


class WishForm(forms.Form):
    """The organisation's wish, in the lead's words."""

    wish = forms.CharField(
        label=_("What does the organisation hope for?"),
        help_text=_("Say what you hope for and why; the other decides about their own goal."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
    )


class AsideForm(forms.Form):
    """Putting a wish aside, with a reason if one likes."""

    answer = forms.CharField(label=_("Your answer"), max_length=500, required=False)


class SharedGoalForm(forms.Form):
    """So many people at a level by a date."""

    unit = forms.ModelChoiceField(label=_("For whom?"), queryset=Unit.objects.none())
    skill = forms.ModelChoiceField(label=_("Which skill?"), queryset=Skill.objects.none())
    level = forms.TypedChoiceField(label=_("At which level?"), coerce=int)
    people = forms.IntegerField(label=_("How many people?"), min_value=1, max_value=1_000_000)
    due_on = DayField(label=_("By when?"))
    why = forms.CharField(
        label=_("Why?"),
        help_text=_("Everyone in this group reads it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        units: Any,
        skills: Any,
        for_all: str = "",
        goal: SharedGoal | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        level = self.fields["level"]
        if isinstance(level, forms.TypedChoiceField):
            level.choices = [
                (n, f"{n} · {word}") for n, word, _about in Skill(name_en="-").level_words
            ]
        level.initial = 3
        unit, skill = self.fields["unit"], self.fields["skill"]
        if goal is not None:
            del self.fields["unit"], self.fields["skill"]
            return
        if isinstance(unit, forms.ModelChoiceField) and isinstance(skill, forms.ModelChoiceField):
            unit.queryset, skill.queryset = units, skills
            unit.required = not for_all
            unit.empty_label = for_all or unit.empty_label

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on <= timezone.localdate():
            raise forms.ValidationError(_("Choose a date that lies ahead."))
        return due_on
