"""The small forms of plans."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Activity
from gezel.kit.fields import DayField
from gezel.people.api import Unit, unit_field
from gezel.plans.models import Goal, SharedGoal, Step
from gezel.plans.queries import Ask
from gezel.plans.rules import months_later
from gezel.skills.api import Skill

OTHER = "other"
LONGEST = timedelta(days=3 * 366)


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


class MakeForm(forms.Form):
    """Within what limits plans are made."""

    until = DayField(label=_("Ready by"))
    hours = forms.DecimalField(
        label=_("Hours a week for learning"),
        min_value=Decimal("0.25"),
        max_value=40,
        decimal_places=2,
        help_text=_("On average: for a whole day's course, hours are saved up first."),
        error_messages={"min_value": _("Choose at least a quarter of an hour (0.25).")},
    )
    money = forms.DecimalField(
        label=_("Budget for fees and travel (euros)"),
        min_value=0,
        max_value=1_000_000,
        decimal_places=2,
        required=False,
        help_text=_("Empty: no limit. Mandatory training does not count."),
    )
    cost = forms.DecimalField(
        label=_("At most in all, lost working time counted (euros)"),
        min_value=0,
        max_value=10_000_000,
        decimal_places=2,
        required=False,
        help_text=_("Empty: no limit."),
    )
    no_evenings = forms.BooleanField(label=_("Not in the evening"), required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Either")), ("nl", _("only Dutch")), ("en", _("only English"))],
        required=False,
    )
    # Last, as from here on the name stands for the field.
    forms = forms.MultipleChoiceField(
        label=_("In these forms"),
        choices=Activity.Form.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: every form."),
    )

    def data_of(self, name: str) -> list[str]:
        """What an address holds of a field: as it was sent, or as it starts."""
        if self.is_bound:
            sent = self.data.getlist(name) if hasattr(self.data, "getlist") else []
            return [value for value in sent if value != ""]
        value = self.get_initial_for_field(self.fields[name], name)
        if isinstance(value, list):
            return [str(v) for v in value]
        if isinstance(value, bool):
            return ["on"] if value else []
        return [] if value in {None, ""} else [str(value)]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if until <= today:
            raise ValidationError(_("Choose a date that lies ahead."))
        if until > today + LONGEST:
            raise ValidationError(_("Choose a date within three years."))
        return until


class PlanningRulesForm(forms.Form):
    """How plans are made in an organisation."""

    wage = forms.DecimalField(
        label=_("What an hour of work costs (euros)"),
        min_value=0,
        max_value=1_000,
        decimal_places=2,
        help_text=_(
            "Pay, holiday money and employer's charges. We start at € 45, about what an hour "
            "costs an employer in the Netherlands on average (Eurostat, 2024)."
        ),
    )
    money = forms.DecimalField(
        label=_("Budget a plan starts from (euros)"),
        min_value=0,
        max_value=1_000_000,
        decimal_places=2,
        required=False,
        help_text=_("Empty: no limit. Whoever makes a plan can change it for that plan."),
    )
    hours = forms.DecimalField(
        label=_("Learning hours a week a plan starts from"),
        min_value=Decimal("0.25"),
        max_value=40,
        decimal_places=2,
    )
    both_ways = forms.BooleanField(
        label=_("At least one step in practice and one with others for each skill"),
        required=False,
        help_text=_("Where there is one on offer and it fits; where not, the plan says so."),
    )


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
            skill.queryset = skills
            self.fields["unit"] = unit_field(
                units, unit.label, required=not for_all, nothing=for_all or None
            )

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on <= timezone.localdate():
            raise forms.ValidationError(_("Choose a date that lies ahead."))
        return due_on


class FindPlansForm(forms.Form):
    """What a lead looks for among the plans shared with them; what is no choice finds all."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    show = forms.ChoiceField(label=_("Show"), choices=Ask.choices, required=False)

    def chosen(self) -> tuple[Ask, str]:
        """Which plans, and words in the name of whose they are."""
        self.is_valid()
        found = self.cleaned_data
        return Ask(found.get("show", "")), found.get("name", "")
