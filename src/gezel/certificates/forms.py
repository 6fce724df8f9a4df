"""The forms of certificates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.certificates.models import CertificateType
from gezel.kit.fields import DayField
from gezel.people.api import Job
from gezel.skills.api import Level, Skill


class RegisterForm(forms.Form):
    """A certificate comes in."""

    type = forms.ModelChoiceField(
        label=_("Which certificate?"), queryset=CertificateType.objects.none()
    )
    issued_on = DayField(label=_("Issued on"))
    valid_until = DayField(
        label=_("Valid until"),
        required=False,
        help_text=_(
            "Only if a date is printed on it. Leave it empty and we work it out from the term."
        ),
    )
    number = forms.CharField(label=_("Number"), max_length=100, required=False)
    file = forms.FileField(
        label=_("Photo or PDF"),
        required=False,
        max_length=255,
        help_text=_("At most 10 MB. Only you, the people who lead you and HR can open it."),
        widget=forms.ClearableFileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}
        ),
    )

    def __init__(self, *args: Any, types: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["type"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = types

    def clean_issued_on(self) -> date:
        issued_on: date = self.cleaned_data["issued_on"]
        if issued_on > timezone.localdate():
            raise forms.ValidationError(_("This date lies ahead. Choose today or earlier."))
        return issued_on


class RefuseForm(forms.Form):
    """Not accepted, and why."""

    reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("The holder reads this. Say what would make it right."),
        max_length=300,
    )


class TypeForm(forms.ModelForm[CertificateType]):
    """What a certificate is, until when it counts and where that comes from."""

    class Meta:
        model = CertificateType
        fields = [
            "name_nl", "name_en", "issuer", "valid_months", "basis", "source_nl", "source_en",
        ]  # fmt: skip
        widgets = {
            "source_nl": forms.Textarea(attrs={"rows": 2}),
            "source_en": forms.Textarea(attrs={"rows": 2}),
            "valid_months": forms.NumberInput(attrs={"min": 1, "max": 600}),
        }
        help_texts = {
            "valid_months": _("Leave it empty if it does not lapse."),
            "basis": _("A norm or a policy is not a law. Say what it really rests on."),
        }

    def clean_valid_months(self) -> int | None:
        months: int | None = self.cleaned_data["valid_months"]
        if months is not None and not 1 <= months <= 600:
            raise forms.ValidationError(_("Give a number of months from 1 to 600."))
        return months

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("name_nl") and not data.get("name_en"):
            self.add_error("name_nl", _("Give it a name in at least one language."))
        return data


class ShowsRow(forms.Form):
    """One skill that holding the certificate shows, and at which level."""

    skill = forms.ChoiceField(label=_("Skill"), required=False)
    level = forms.TypedChoiceField(
        label=_("Level"),
        required=False,
        coerce=int,
        empty_value="3",
        choices=[(level.value, f"{level.value} · {level.label}") for level in Level],
        initial=3,
    )

    def __init__(self, *args: Any, skills: Iterable[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["skill"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "–"), *skills]


class DutyRow(forms.Form):
    """One job that must have it, and from when."""

    job = forms.ChoiceField(label=_("Job"), required=False)
    from_on = DayField(label=_("From"), required=False)

    def __init__(self, *args: Any, jobs: Iterable[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["job"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "–"), *jobs]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("job") and not data.get("from_on") and "from_on" not in self.errors:
            data["from_on"] = timezone.localdate()
        return data


ShowsRows = forms.formset_factory(ShowsRow, extra=2, can_delete=True, max_num=40)
DutyRows = forms.formset_factory(DutyRow, extra=2, can_delete=True, max_num=200)


@dataclass(frozen=True, slots=True)
class Template:
    """A certificate many Dutch employers keep track of, to begin from and adapt."""

    name: str | Promise
    about: str | Promise
    fields: dict[str, Any]


# What these rest on was looked up in 2026; each is an opening bid that HR adapts.
TEMPLATES = {
    "bhv": Template(
        _("Emergency response officer (BHV)"),
        _("1 year by the norm of NIBHV; the law names no term."),
        {
            "name_nl": "Bedrijfshulpverlener (bhv)",
            "name_en": "Emergency response officer (BHV)",
            "issuer": "NIBHV",
            "valid_months": 12,
            "basis": CertificateType.Basis.NORM,
            "source_nl": "De norm van NIBHV gaat uit van een jaar. De wet noemt geen termijn.",
            "source_en": "The NIBHV norm counts one year. The law names no term.",
        },
    ),
    "vca": Template(
        _("VCA safety"),
        _("10 years, then a new exam."),
        {
            "name_nl": "VCA basisveiligheid",
            "name_en": "VCA basic safety",
            "issuer": "SSVV",
            "valid_months": 120,
            "basis": CertificateType.Basis.NORM,
            "source_nl": "Een VCA-diploma is tien jaar geldig; daarna doe je opnieuw examen. "
            "Te controleren in het Centraal Diploma Register.",
            "source_en": "A VCA diploma is valid for ten years; after that you sit the exam again. "
            "It can be checked in the central diploma register.",
        },
    ),
    "forklift": Template(
        _("Forklift truck"),
        _("No legal end date; most choose 5 years, riskier work 3."),
        {
            "name_nl": "Heftruckcertificaat",
            "name_en": "Forklift certificate",
            "valid_months": 60,
            "basis": CertificateType.Basis.POLICY,
            "source_nl": "De wet kent geen einddatum. Wij kiezen vijf jaar, bij risico drie.",
            "source_en": "The law sets no end date. We choose five years; for riskier work three.",
        },
    ),
    "code95": Template(
        _("Code 95 on the driving licence"),
        _("5 years by law, with 35 hours of training in that time."),
        {
            "name_nl": "Code 95 op het rijbewijs",
            "name_en": "Code 95 on the driving licence",
            "issuer": "CBR",
            "valid_months": 60,
            "basis": CertificateType.Basis.LAW,
            "source_nl": "Beroepschauffeurs volgen 35 uur nascholing in vijf jaar.",
            "source_en": "Professional drivers follow 35 hours of training in five years.",
        },
    ),
}


def shown_skills(rows: Any, skills: dict[str, Skill]) -> dict[Skill, int]:
    """The skills and levels of filled rows that were not struck out."""
    return {
        skills[row["skill"]]: int(row["level"])
        for row in rows.cleaned_data
        if row.get("skill") and not row.get("DELETE")
    }


def asked_jobs(rows: Any, jobs: dict[str, Job]) -> list[tuple[Job, date]]:
    """The jobs and dates of filled rows that were not struck out."""
    return [
        (jobs[row["job"]], row["from_on"])
        for row in rows.cleaned_data
        if row.get("job") and not row.get("DELETE")
    ]
