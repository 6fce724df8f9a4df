"""The forms of EVC: standards, the course of a dossier, evidence, judging."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.assessment.actions import PartSaid
from gezel.assessment.models import (
    Dossier,
    DossierObjection,
    DossierPiece,
    EvcSetup,
    Judgement,
    StandardPart,
)
from gezel.assessment.rules import standards as files
from gezel.assessment.words import CRITERIA, HOLDS, IN_STANDARD, OWN_STARR, SEEN, STARR
from gezel.kit.fields import DayField
from gezel.people.api import Person
from gezel.plans.api import Goal
from gezel.skills.api import Level, Skill


def _area(label: Any, *, rows: int = 3, longest: int = 2_000, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class KeyedForm(forms.Form):
    """A form that carries its own key, so that sending it twice does one thing."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


def _in_a_language(form: forms.Form, data: Mapping[str, Any]) -> None:
    if not (data.get("name_nl") or data.get("name_en")):
        form.add_error("name_nl", gettext("Give a name in at least one language."))


# -- standards -----------------------------------------------------------------------------------


class StandardForm(KeyedForm):
    """What a standard is called."""

    name_nl = forms.CharField(label=_("Name in Dutch"), max_length=250, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=250, required=False)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("As the owner of the standard calls it, such as 25171."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _in_a_language(self, data)
        return data


class StandardPartForm(forms.Form):
    """A part of a standard: what is to be shown, and how one can tell."""

    name_nl = forms.CharField(
        label=_("What is to be shown, in Dutch"), max_length=250, required=False
    )
    name_en = forms.CharField(
        label=_("What is to be shown, in English"), max_length=250, required=False
    )
    criteria_nl = _area(
        _("Criteria in Dutch, one on each line"), rows=4, longest=6_000, required=False
    )
    criteria_en = _area(
        _("Criteria in English, one on each line"), rows=4, longest=6_000, required=False
    )
    code = forms.CharField(label=_("Code"), max_length=40, required=False)
    skill = forms.ModelChoiceField(
        label=_("Skill"),
        queryset=Skill.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("What a shown part says in the profile, if the candidate wants it there."),
    )
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, choices=Level.choices)

    def __init__(self, *args: Any, skills: Sequence[Skill], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["skill"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Skill.objects.filter(pk__in=[s.pk for s in skills])
            field.choices = [("", gettext("None")), *((s.pk, s.name) for s in skills)]
        self.initial.setdefault("level", 3)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _in_a_language(self, data)
        return data

    @property
    def said(self) -> PartSaid:
        return PartSaid(**self.cleaned_data)

    @staticmethod
    def initial_of(part: StandardPart) -> dict[str, Any]:
        names = ("name_nl", "name_en", "criteria_nl", "criteria_en", "code", "level")
        return {name: getattr(part, name) for name in names} | {"skill": part.skill_id}


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("Why is it withdrawn?"), max_length=300)


class StandardFileForm(KeyedForm):
    """A qualification file to look at; `text` carries what was looked at to where it comes in."""

    file = forms.FileField(
        label=_("Qualification file (JSON)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput)

    read: files.StandardRead | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        sent = data.get("file")
        told = sent.read(files.LARGEST_FILE + 1) if sent else data.get("text", "").encode()
        if not told:
            self.add_error("file", gettext("Choose a file."))
            return data
        try:
            self.read = files.read(told)
        except files.Wrong as error:
            self.add_error("file", str(IN_STANDARD[error.code]) % {"where": error.where})
        else:
            data["text"] = told.decode("utf-8-sig")
        return data


class SetupForm(forms.ModelForm[EvcSetup]):
    """Hours, assessors, and who decides on objections."""

    class Meta:
        model = EvcSetup
        fields = ("candidate_hours", "guide_hours", "assessors", "objections_to", "deputy")
        labels = {
            "candidate_hours": _("Hours set aside for a candidate"),
            "guide_hours": _("Hours set aside for a guide"),
            "assessors": _("How many assess a dossier"),
            "objections_to": _("Who decides on objections"),
            "deputy": _("And if that person has a part in the dossier"),
        }
        widgets = {
            "assessors": forms.RadioSelect(
                choices=[(2, _("Two, each on their own first (advised)")), (1, _("One"))]
            )
        }

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("objections_to", "deputy"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = people
                field.choices = [("", gettext("Nobody yet")), *((p.pk, p.name) for p in people)]

    def _post_clean(self) -> None:
        """The action keeps it, and says what does not fit together."""


class AskForEvcForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Of a colleague, or of someone elsewhere with an account in this Gezel."),
    )
    may_guide = forms.BooleanField(label=_("Guides candidates"), required=False)
    may_assess = forms.BooleanField(label=_("Assesses dossiers"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not (data.get("may_guide") or data.get("may_assess")):
            self.add_error("may_guide", gettext("Choose guiding, assessing, or both."))
        return data


# -- the course ----------------------------------------------------------------------------------


class AimForm(forms.Form):
    aim = _area(
        _("What do you want to reach with it?"),
        longest=1_000,
        help_text=_("A diploma, other work, or knowing where you stand."),
    )


class ChooseForm(forms.Form):
    """Who guides or assesses: only who may."""

    person = forms.ModelChoiceField(
        label=_("Whom do you choose?"),
        queryset=Person.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose someone.")},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[Person, bool]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Person.objects.filter(pk__in=[p.pk for p, _outside in people])
            field.choices = [
                (p.pk, gettext("%(name)s, from elsewhere") % {"name": p.name} if away else p.name)
                for p, away in people
            ]


class IntakeForm(forms.Form):
    said = _area(
        _("What you agreed on"),
        rows=6,
        longest=3_000,
        help_text=_("What the candidate can already, what to collect, how often you meet."),
    )
    ready_by = DayField(label=_("Portfolio ready by"))


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why?"), max_length=300)


class HoursForm(KeyedForm):
    on = DayField(label=_("Day"))
    hours = forms.DecimalField(
        label=_("Hours"), min_value=0.25, max_value=24, decimal_places=2, max_digits=4
    )
    what = forms.CharField(label=_("What did you do?"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())


# -- evidence ------------------------------------------------------------------------------------


class PartsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # not at run time
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}".strip()


class PieceForm(KeyedForm):
    """A piece of evidence; which fields it has follows from its kind."""

    name = forms.CharField(label=_("What is it?"), max_length=200)
    about = _area(_("What does it show?"), required=False)
    done_on = DayField(
        label=_("When was the work done?"),
        required=False,
        help_text=_("Assessors look at how recent it is."),
    )
    file = forms.FileField(label=_("File"))
    parts = PartsField(
        label=_("Which parts is it about?"), queryset=StandardPart.objects.none(), required=False
    )

    FILES = {
        "document": ("", _("PDF, an office document without macros, a text, a picture or a ZIP.")),
        "photo": ("image/*", _("JPEG, PNG, WebP or GIF. Places hidden in it are taken out.")),
        "video": ("video/mp4,video/webm", _("MP4 or WebM.")),
    }
    LOOKS: Mapping[str, Mapping[str, tuple[Any, Any]]] = {
        "account": OWN_STARR,
        "interview": STARR,
        "visit": SEEN,
        "practical": SEEN,
    }

    def __init__(self, *args: Any, kind: str, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.told_names = list(self.LOOKS.get(kind, {}))
        parts = self.fields["parts"]
        if isinstance(parts, forms.ModelMultipleChoiceField):
            parts.queryset = dossier.standard.parts.all()
        if kind in self.FILES:
            accept, hint = self.FILES[kind]
            self.fields["file"].help_text = hint
            if accept:
                self.fields["file"].widget.attrs["accept"] = accept
        else:
            del self.fields["file"]
        if self.told_names:
            del self.fields["about"]
            order = list(self.fields)
            for name, (label, hint) in self.LOOKS[kind].items():
                self.fields[f"told_{name}"] = _area(label, help_text=hint)
            self.order_fields(
                [*order[:2], *(f"told_{name}" for name in self.told_names), *order[2:]]
            )

    @property
    def told(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"told_{name}"] for name in self.told_names}

    @property
    def told_fields(self) -> list[forms.BoundField]:
        return [self[f"told_{name}"] for name in self.told_names]


class TieForm(forms.Form):
    parts = PartsField(
        label=_("Which parts is it about?"), queryset=StandardPart.objects.none(), required=False
    )

    def __init__(self, *args: Any, piece: DossierPiece, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = self.fields["parts"]
        if isinstance(parts, forms.ModelMultipleChoiceField):
            parts.queryset = piece.dossier.standard.parts.all()
        self.initial.setdefault("parts", [p.pk for p in piece.parts.all()])


class AskStatementForm(KeyedForm):
    of = forms.ModelChoiceField(
        label=_("Whom do you ask?"),
        queryset=Person.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose someone to ask.")},
    )
    question = _area(
        _("Your question"),
        longest=500,
        help_text=_("Name the work they saw you do, and ask what they saw."),
    )
    parts = PartsField(
        label=_("Which parts is it about?"), queryset=StandardPart.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, people: Iterable[Person], dossier: Dossier, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        told = list(people)
        of, parts = self.fields["of"], self.fields["parts"]
        if isinstance(of, forms.ModelChoiceField):
            of.queryset = Person.objects.filter(pk__in=[p.pk for p in told])
            of.choices = [(p.pk, p.name) for p in told]
        if isinstance(parts, forms.ModelMultipleChoiceField):
            parts.queryset = dossier.standard.parts.all()


class StatementForm(forms.Form):
    knows = forms.CharField(
        label=_("How do you know this work of your colleague?"),
        max_length=300,
        help_text=_("We worked together on it, I checked it, I was the customer."),
    )
    said = _area(_("What did you see your colleague do?"), rows=6)
    done_on = DayField(label=_("When was that, about?"), required=False)


# -- judging -------------------------------------------------------------------------------------


class JudgeForm(forms.Form):
    """The five criteria with reasons, and what one finds of the part. Half is kept too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in CRITERIA.items():
            self.fields[f"{name}_holds"] = forms.ChoiceField(
                label=str(label),
                help_text=str(hint),
                choices=list(HOLDS.items()),
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"{name}_reason"] = _area(
                _("Why? (%(criterion)s)") % {"criterion": label},
                rows=2,
                longest=600,
                required=False,
            )
        self.fields["result"] = forms.ChoiceField(
            label=_("What do you find of this part?"),
            choices=Judgement.Result.choices,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["why"] = _area(_("Your reasons, for the candidate to read"), required=False)

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"{name}_holds"], self[f"{name}_reason"]) for name in CRITERIA]

    @property
    def criteria(self) -> dict[str, tuple[str, str]]:
        data = self.cleaned_data
        return {name: (data[f"{name}_holds"], data[f"{name}_reason"].strip()) for name in CRITERIA}

    @staticmethod
    def initial_of(judgement: Judgement | None) -> dict[str, Any]:
        if judgement is None:
            return {}
        told: dict[str, Any] = {"result": judgement.result, "why": judgement.why}
        for name, (holds, reason) in judgement.criteria.items():
            told |= {f"{name}_holds": holds, f"{name}_reason": reason}
        return told


class OutcomeForm(forms.Form):
    """What two assessors came to together, part by part."""

    def __init__(self, *args: Any, parts: Sequence[StandardPart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            self.fields[f"result_{part.pk}"] = forms.ChoiceField(
                label=_("Together"), choices=Judgement.Result.choices, widget=forms.RadioSelect
            )
            self.fields[f"why_{part.pk}"] = _area(
                _("Your reasons together, for the candidate to read"), rows=2
            )

    def fields_of(self, part: StandardPart) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"result_{part.pk}"], self[f"why_{part.pk}"]

    @property
    def results(self) -> dict[int, tuple[str, str]]:
        data = self.cleaned_data
        return {p.pk: (data[f"result_{p.pk}"], data[f"why_{p.pk}"]) for p in self.parts}


# -- after the result ----------------------------------------------------------------------------


class PlanForm(forms.Form):
    """Where the steps of what remains belong, and by when."""

    to = forms.ChoiceField(label=_("Where do the steps belong?"), widget=forms.RadioSelect)
    due_on = DayField(label=_("By when?"))

    def __init__(
        self, *args: Any, goals: Sequence[Goal], parts: Sequence[StandardPart], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.goals, self.parts = {g.pk: g for g in goals}, {p.pk: p for p in parts}
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                *((f"goal-{g.pk}", gettext("Your goal: %(goal)s") % {"goal": g}) for g in goals),
                *(
                    (
                        f"part-{p.pk}",
                        gettext("A new goal: %(skill)s to level %(level)s")
                        % {"skill": p.skill.name, "level": p.level},
                    )
                    for p in parts
                    if p.skill
                ),
            ]

    @property
    def chosen(self) -> tuple[Goal | None, StandardPart | None]:
        kind, _dash, pk = self.cleaned_data["to"].partition("-")
        if kind == "goal":
            return self.goals[int(pk)], None
        return None, self.parts[int(pk)]


class ObjectionForm(KeyedForm):
    reason = _area(_("What do you not agree with, and why?"), rows=5)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=DossierObjection.Decision.choices,
        widget=forms.RadioSelect,
    )
    because = _area(_("Why? The candidate and the assessors read it."), rows=4)
