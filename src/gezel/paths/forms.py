"""The forms of paths."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gezel.kit.fields import DayField
from gezel.paths import queries, words
from gezel.paths.common import new_key
from gezel.paths.models import Path, Rule
from gezel.paths.rules import BLOCKS, LONGEST_DAYS, Kind, Node, Part, Readers, Skip
from gezel.people.api import Organisation
from gezel.skills.api import Level

Choices = Sequence[tuple[Any, Any]]


class AboutForm(forms.ModelForm[Path]):
    """What a path is called and what it is for."""

    class Meta:
        model = Path
        fields = ["name_nl", "name_en", "about_nl", "about_en"]
        widgets = {
            "about_nl": forms.Textarea(attrs={"rows": 3}),
            "about_en": forms.Textarea(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("name_nl") and not data.get("name_en"):
            self.add_error("name_nl", _("Give it a name in at least one language."))
        return data


def _days(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=LONGEST_DAYS, help_text=help_text
    )


class StepForm(forms.Form):
    """A step or a block: what it is, when, what comes first and who may skip it."""

    activity = forms.TypedChoiceField(label=_("Activity"), coerce=int, empty_value=None)
    nl = forms.CharField(label=_("In Dutch"), max_length=300, required=False)
    en = forms.CharField(label=_("In English"), max_length=300, required=False)
    readers = forms.ChoiceField(
        label=_("Who reads the answer?"),
        choices=[(r.value, words.READERS_TO_CHOOSE[r]) for r in words.READERS_TO_CHOOSE],
        help_text=_("They are told before they answer; what was answered keeps what it said."),
    )
    pick = forms.IntegerField(
        label=_("How many of these are asked?"),
        min_value=1,
        max_value=50,
        help_text=_("1 makes them alternatives; more makes it “2 of 5”."),
    )
    part = forms.ChoiceField(
        label=_("What it is for in the blend"),
        choices=[(p.value, words.PARTS[p]) for p in Part],
    )
    opens_days = _days(
        _("Opens on day"), _("Counted from their first day on the path. Empty: at once.")
    )
    due_days = _days(_("Due by day"), _("Empty: at their own pace."))
    optional = forms.BooleanField(
        label=_("Optional: it holds nothing up and is not counted"), required=False
    )
    needs = forms.MultipleChoiceField(
        label=_("Opens only after"), required=False, widget=forms.CheckboxSelectMultiple
    )
    done_before = forms.BooleanField(
        label=_("Skip it for who did this activity before"), required=False
    )
    months = forms.IntegerField(
        label=_("and not longer ago than (months)"), required=False, min_value=1, max_value=600
    )
    skill = forms.TypedChoiceField(
        label=_("Skip it for who shows already"), coerce=int, empty_value=None, required=False
    )
    level = forms.TypedChoiceField(
        label=_("at level"),
        coerce=int,
        required=False,
        choices=[(level.value, f"{level.value} · {level.label}") for level in Level],
        initial=3,
    )
    into = forms.ChoiceField(label=_("Stands in"), required=False)

    def __init__(
        self,
        *args: Any,
        node: Node,
        activities: Choices,
        skills: Choices,
        others: Choices,
        blocks: Choices,
        in_blend: bool,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.node = node
        for name, choices in (("activity", activities), ("skill", skills)):
            self._choices(name, [("", "–"), *choices])
        self._choices("needs", others)
        self._choices("into", blocks)
        for name in self._not_here(in_blend=in_blend):
            del self.fields[name]
        if not others and "needs" in self.fields:
            del self.fields["needs"]
        if len(blocks) < 2:
            del self.fields["into"]

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    def _not_here(self, *, in_blend: bool) -> set[str]:
        kind = self.node.kind
        gone = {"activity", "readers", "pick", "part", "done_before", "months"}
        if kind is Kind.ACTIVITY:
            gone -= {"activity", "done_before", "months"}
        if kind is Kind.FEEDBACK:
            gone -= {"readers"}
            gone |= {"skill", "level"}
        if in_blend and kind not in BLOCKS:
            # What was applied at work is told in a few words; somebody may read them.
            gone -= {"readers"}
        if kind is Kind.CHOICE:
            gone -= {"pick"}
        if in_blend:
            gone -= {"part"}
        return gone

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        asks_words = self.node.kind in {Kind.TASK, Kind.FEEDBACK}
        if asks_words and not data.get("nl") and not data.get("en"):
            self.add_error("nl", _("Say what is to be done, in at least one language."))
        opens, due = data.get("opens_days"), data.get("due_days")
        if due is not None and due < (opens or 0):
            self.add_error("due_days", _("It is due before it opens. Check both days."))
        return data

    @property
    def filled(self) -> Node:
        """The step as it was filled in; what is below it stays."""
        data = self.cleaned_data
        skips: list[Skip] = []
        activity = data.get("activity")
        if data.get("done_before") and activity is not None:
            skips.append(Skip(activity=activity, months=data.get("months")))
        if data.get("skill") is not None:
            skips.append(Skip(skill=data["skill"], level=int(data.get("level") or 3)))
        return replace(
            self.node,
            nl=data.get("nl", ""),
            en=data.get("en", ""),
            activity=activity,
            readers=Readers(data.get("readers") or Readers.LEAD),
            pick=data.get("pick") or 1,
            part=data.get("part", ""),
            opens_days=data.get("opens_days"),
            due_days=data.get("due_days"),
            optional=bool(data.get("optional")),
            needs=tuple(data.get("needs", ())),
            skips=tuple(skips),
        )


def filled_in(node: Node) -> dict[str, Any]:
    """A step as its form shows it."""
    done = next((s for s in node.skips if s.activity is not None), None)
    shown = next((s for s in node.skips if s.skill is not None), None)
    return {
        "activity": node.activity,
        "nl": node.nl,
        "en": node.en,
        "readers": node.readers.value,
        "pick": node.pick,
        "part": node.part,
        "opens_days": node.opens_days,
        "due_days": node.due_days,
        "optional": node.optional,
        "needs": list(node.needs),
        "done_before": done is not None,
        "months": done.months if done else None,
        "skill": shown.skill if shown else None,
        "level": shown.level if shown else 3,
    }


class BlendForm(forms.Form):
    """A blend, planned as one thing: what each part is, and by when the whole is due."""

    nl = forms.CharField(label=_("Name in Dutch"), max_length=300, required=False)
    en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    theory = forms.TypedChoiceField(
        label=_("Theory at home"), coerce=int, empty_value=None, required=False
    )
    practice = forms.TypedChoiceField(
        label=_("Practice together"), coerce=int, empty_value=None, required=False
    )
    intervisie = forms.TypedChoiceField(
        label=_("Intervisie"), coerce=int, empty_value=None, required=False
    )
    applied_nl = forms.CharField(
        label=_("Applied at work: what they do, in Dutch"), max_length=300, required=False
    )
    applied_en = forms.CharField(
        label=_("Applied at work: what they do, in English"), max_length=300, required=False
    )
    due_days = _days(_("The whole is due by day"), _("Empty: at their own pace."))

    PARTS = (Part.THEORY, Part.PRACTICE, Part.INTERVISIE)

    def __init__(self, *args: Any, activities: Choices, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for part in self.PARTS:
            field = self.fields[part.value]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "–"), *activities]
            self.fields[f"{part.value}_or"] = forms.TypedChoiceField(
                label=_("or, at their choice"),
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", "–"), *activities],
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("nl") and not data.get("en"):
            self.add_error("nl", _("Give it a name in at least one language."))
        applied = data.get("applied_nl") or data.get("applied_en")
        if not applied and not any(data.get(part.value) for part in self.PARTS):
            self.add_error("theory", _("Choose at least one part."))
        for part in self.PARTS:
            first, other = data.get(part.value), data.get(f"{part.value}_or")
            if other is not None and first is None:
                self.add_error(part.value, _("Choose this one first, then what stands beside it."))
            elif other is not None and first == other:
                self.add_error(f"{part.value}_or", _("This is the same. Choose another one."))
        return data

    @property
    def filled(self) -> Node:
        """The blend with the parts that were filled in, in their usual order."""
        data = self.cleaned_data
        parts = [
            self._part(part, data[part.value], data.get(f"{part.value}_or"))
            for part in self.PARTS
            if data.get(part.value) is not None
        ]
        if data.get("applied_nl") or data.get("applied_en"):
            parts.append(
                Node(
                    new_key(), Kind.TASK, nl=data["applied_nl"], en=data["applied_en"],
                    part=Part.APPLIED.value,
                )
            )  # fmt: skip
        return Node(
            new_key(),
            Kind.BLEND,
            nl=data["nl"],
            en=data["en"],
            due_days=data.get("due_days"),
            children=tuple(parts),
        )

    def _part(self, part: Part, activity: int, other: int | None) -> Node:
        """One part: an activity, or the choice between two forms of it."""
        if other is None:
            return Node(new_key(), Kind.ACTIVITY, activity=activity, part=part.value)
        forms_ = tuple(Node(new_key(), Kind.ACTIVITY, activity=pk) for pk in (activity, other))
        return Node(new_key(), Kind.CHOICE, part=part.value, children=forms_)


class PublishForm(forms.Form):
    """What is new, for who is moved."""

    note = forms.CharField(label=_("What is new?"), max_length=300, required=False)


class SomeoneField(forms.CharField):
    """A colleague, by e-mail address or staff number."""

    organisation: Organisation | None = None

    def clean(self, value: Any) -> Any:
        told = super().clean(value)
        if not told or self.organisation is None:
            return None
        found = queries.someone_here(self.organisation, told)
        if found is None:
            raise forms.ValidationError(
                _("Nobody who works here has this e-mail address or staff number.")
            )
        return found


def _someone(form: forms.Form, organisation: Organisation) -> None:
    field = form.fields["someone"]
    if isinstance(field, SomeoneField):
        field.organisation = organisation


class EnrolForm(forms.Form):
    """Someone is put on a path by hand."""

    someone = SomeoneField(
        label=_("Who?"), max_length=254, help_text=_("E-mail address or staff number.")
    )
    begins_on = DayField(label=_("Begins on"))

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        _someone(self, organisation)


class ListForm(forms.Form):
    """A list of people for a path."""

    file = forms.FileField(
        label=_("Your list"),
        help_text=_(
            "CSV or Excel (.xlsx), with a column of e-mail addresses or staff numbers, and "
            "perhaps one named “start date”. At most 5,000 people."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    list_begins_on = DayField(label=_("Begins on, where the list names no day"))


class ListedForm(forms.Form):
    """A list that was shown, on its way to be done."""

    list_begins_on = DayField(label=_("Begins on, where the list names no day"))


class ExemptForm(forms.Form):
    """Someone need not follow a path, and why."""

    someone = SomeoneField(
        label=_("Who?"), max_length=254, help_text=_("E-mail address or staff number.")
    )
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("They and who leads them read this.")
    )
    free_from = DayField(label=_("From"))
    free_until = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        _someone(self, organisation)


class StopForm(forms.Form):
    """Someone is taken off a path, and why."""

    why = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("They and who leads them read this.")
    )


class UseForm(forms.Form):
    """A rule is taken into use: from which day deadlines count."""

    begins = forms.ChoiceField(
        label=_("Deadlines count from"), choices=Rule.Begins.choices, widget=forms.RadioSelect
    )


class ReplyForm(forms.Form):
    """An answer to a question on the way."""

    text = forms.CharField(
        label=_("Your answer"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DoneForm(forms.Form):
    """When a step was done."""

    on = DayField(label=_("Done on"))


def block_choices(root: Node, titles: Mapping[str, str], node: Node) -> list[tuple[str, str]]:
    """The blocks something can stand in: all but itself and those below it."""
    below = {n.key for n in node.walk()}
    return [(n.key, titles[n.key]) for n in root.walk() if n.kind in BLOCKS and n.key not in below]
