"""The forms of certificates."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Activity
from gezel.certificates.models import Brings, CertificateType, Load, TypeTerms, WorkTask
from gezel.certificates.rules.columns import NEEDED
from gezel.kit.fields import DayField
from gezel.kit.incoming import forms as incoming
from gezel.paths.api import Path
from gezel.people.api import Employment, Job, Location, Organisation, unit_field, units_of
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
    refresher = forms.BooleanField(
        label=_("It was a refresher"),
        required=False,
        help_text=_("And not the whole course or exam."),
    )
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


class WebAddress(forms.URLField):
    """An address on the web; who leaves out how, means the safe one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(assume_scheme="https", **settings)


class TypeForm(forms.ModelForm[CertificateType]):
    """What a certificate is called, who issues it and how it can be checked."""

    class Meta:
        model = CertificateType
        fields = ["name_nl", "name_en", "issuer", "number_form", "register_link"]
        field_classes = {"register_link": WebAddress}
        help_texts = {
            "number_form": _(
                "9 stands for a figure, A for a letter; anything else for itself: NL-9999-AA. "
                "Leave it empty if numbers differ."
            ),
            "register_link": _("Where anyone can look up whether it is real."),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("name_nl") and not data.get("name_en"):
            self.add_error("name_nl", _("Give it a name in at least one language."))
        return data


class TermsForm(forms.ModelForm[TypeTerms]):
    """Until when it counts, what renews it, and where that comes from."""

    class Meta:
        model = TypeTerms
        fields = [
            "ends", "months", "yearly_day", "yearly_month", "ends_on", "from_previous",
            "window_days", "least_days", "grace_days", "run_out_months", "also",
            "hours_needed", "hours_months", "hours_practice", "hours_e_learning",
            "hours_repeats", "renews_by_hours", "basis", "source_nl", "source_en",
        ]  # fmt: skip
        field_classes = {"ends_on": DayField}
        widgets = {
            "source_nl": forms.Textarea(attrs={"rows": 2}),
            "source_en": forms.Textarea(attrs={"rows": 2}),
            "also": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "months": _("Only with “so many months after issue”."),
            "yearly_day": _("Only with “on a fixed day of the year”: 31 and 12 for 31 December."),
            "ends_on": _("Only with “on one day, for everyone”."),
            "from_previous": _(
                "Who renews within the window counts on from the last day of the one before."
            ),
            "window_days": _("From then on it is “about to lapse” and people are reminded, once."),
            "least_days": _("With a fixed day: if that day comes sooner, the next one counts."),
            "grace_days": _("It has lapsed and says so, but the work may still be done."),
            "run_out_months": _(
                "After that only the whole course renews it. Empty: a refresher always does."
            ),
            "also": _("Holding one of these counts as holding this one."),
            "hours_needed": _("For a duty in hours, such as Code 95. Empty: none."),
            "hours_repeats": _("0: each course counts once. Empty: courses count any time."),
            "renews_by_hours": _("Otherwise hours are only counted, and somebody renews it."),
            "basis": _("A norm or a policy is not a law. Say what it really rests on."),
        }

    def __init__(self, *args: Any, types: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        also = self.fields["also"]
        if isinstance(also, forms.ModelMultipleChoiceField):
            also.queryset = types
            also.required = False
            also.label = _("These count too")
        for name, default in _TERMS_BY_THEMSELVES.items():
            self.fields[name].required = False
            self.fields[name].initial = self.fields[name].initial or default

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, default in _TERMS_BY_THEMSELVES.items():
            if data.get(name) is None and name not in self.errors:
                data[name] = default
        ends = data.get("ends")
        if ends == TypeTerms.Ends.MONTHS and not 1 <= (data.get("months") or 0) <= 600:
            self.add_error("months", _("Give a number of months from 1 to 600."))
        if ends == TypeTerms.Ends.YEARLY:
            self._check_yearly(data)
        if ends == TypeTerms.Ends.DAY and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Say which day."))
        for name, most in _MOST.items():
            if (data.get(name) or 0) > most:
                self.add_error(name, _("This is more than %(most)s.") % {"most": most})
        self._check_hours(data)
        return data

    def _check_yearly(self, data: dict[str, Any]) -> None:
        day, month = data.get("yearly_day") or 0, data.get("yearly_month") or 0
        if not 1 <= month <= 12 or not 1 <= day <= _DAYS_IN[month - 1 if month else 0]:
            self.add_error("yearly_day", _("This day does not exist. Check day and month."))

    def _check_hours(self, data: dict[str, Any]) -> None:
        needed = data.get("hours_needed")
        if needed is None:
            return
        if needed <= 0:
            self.add_error("hours_needed", _("Give more than 0 hours, or leave it empty."))
        if not data.get("hours_months"):
            self.add_error("hours_months", _("Say in how many months these hours are asked."))
        if (data.get("hours_practice") or 0) > needed:
            self.add_error("hours_practice", _("This is more than all hours together."))

    @property
    def terms(self) -> dict[str, Any]:
        """The fields of the terms, without what they take of other types."""
        return {name: value for name, value in self.cleaned_data.items() if name != "also"}


_TERMS_BY_THEMSELVES: dict[str, Any] = {
    "window_days": 60, "least_days": 0, "grace_days": 0, "hours_practice": 0,
}  # fmt: skip
_MOST = {"window_days": 1_000, "least_days": 1_000, "grace_days": 1_000, "run_out_months": 120,
         "hours_months": 600, "hours_repeats": 100}  # fmt: skip
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class FromForm(forms.Form):
    """From which day new terms hold."""

    from_on = DayField(
        label=_("For certificates issued from"),
        help_text=_("What was issued before keeps the terms it has."),
    )


class PathsForm(forms.Form):
    """The learning paths that end in the certificate."""

    paths = forms.ModelMultipleChoiceField(
        label=_("Learning paths that end in it"),
        queryset=Path.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["paths"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            found = Path.objects.filter(organisation=organisation)
            field.queryset = found.order_by("name_nl", "name_en")


class ShowsRow(forms.Form):
    """One skill that holding the certificate shows, and at which level."""

    skill = forms.ChoiceField(label=_("Skill"), required=False)
    level = forms.TypedChoiceField(
        label=_("Level"),
        required=False,
        coerce=int,
        empty_value="3",
        choices=lambda: [(level.value, f"{level.value} · {level.label}") for level in Level],
        initial=3,
    )

    def __init__(self, *args: Any, skills: Iterable[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["skill"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "–"), *skills]


class BringsRow(forms.Form):
    """One activity, and what completing it does."""

    activity = forms.ChoiceField(label=_("Activity"), required=False)
    what = forms.ChoiceField(
        label=_("What completing it does"), required=False, choices=Brings.What.choices
    )

    def __init__(self, *args: Any, activities: Iterable[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["activity"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "–"), *activities]


class SomeoneField(forms.CharField):
    """A colleague, by e-mail address or staff number."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("max_length", 254)
        super().__init__(**settings)
        self.organisation: Organisation | None = None

    def clean(self, value: Any) -> Any:
        told = super().clean(value)
        if not told:
            return None
        here = Employment.objects.current().filter(organisation=self.organisation)
        found = (
            here.filter(Q(person__email__iexact=told) | Q(number=told))
            .select_related("person")
            .order_by("-starts_on")
            .first()
        )
        if found is None:
            raise forms.ValidationError(
                _("Nobody who works here has this e-mail address or staff number.")
            )
        return found.person


class UnitForm(forms.Form):
    """The unit a list is narrowed to."""

    unit = forms.Field(label=_("Unit"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.auto_id = "f-%s"
        self.fields["unit"] = unit_field(units_of(organisation), _("Unit"), nothing=_("all"))


class DutyForm(forms.Form):
    """Who must have it. All that is chosen must hold together."""

    job = forms.ModelChoiceField(label=_("Job"), queryset=Job.objects.none(), required=False)
    unit = forms.Field(label=_("Unit"), required=False)
    alone = forms.BooleanField(label=_("Only this unit, not those below it"), required=False)
    location = forms.ModelChoiceField(
        label=_("Place of work"), queryset=Location.objects.none(), required=False
    )
    least_hours = forms.DecimalField(
        label=_("Contract of at least (hours a week)"),
        required=False, min_value=0, max_value=60, max_digits=4, decimal_places=1,
    )  # fmt: skip
    person = SomeoneField(
        label=_("One person"), required=False, help_text=_("E-mail address or staff number.")
    )
    from_on = DayField(label=_("From"))
    until_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for name, model in (("job", Job), ("location", Location)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                found = model._default_manager.filter(organisation=organisation)
                field.queryset = found.order_by("name")
                field.empty_label = str(_("all"))
        self.fields["unit"] = unit_field(units_of(organisation), _("Unit"), nothing=_("all"))
        someone = self.fields["person"]
        if isinstance(someone, SomeoneField):
            someone.organisation = organisation

    @property
    def who(self) -> dict[str, Any]:
        """The conditions, without the dates."""
        names = ("job", "unit", "alone", "location", "least_hours", "person")
        return {name: self.cleaned_data.get(name) or None for name in names} | {
            "alone": bool(self.cleaned_data.get("alone") and self.cleaned_data.get("unit"))
        }


class ExemptionForm(forms.Form):
    """Someone need not have it, and why."""

    someone = SomeoneField(label=_("Who?"), help_text=_("E-mail address or staff number."))
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("They and who leads them read this.")
    )
    free_from = DayField(label=_("From"))
    free_until = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        someone = self.fields["someone"]
        if isinstance(someone, SomeoneField):
            someone.organisation = organisation


class TaskForm(forms.ModelForm[WorkTask]):
    """A task, the certificates it needs and the jobs that do it."""

    class Meta:
        model = WorkTask
        fields = ["name_nl", "name_en", "from_on", "needs", "jobs"]
        field_classes = {"from_on": DayField}
        widgets = {"needs": forms.CheckboxSelectMultiple, "jobs": forms.CheckboxSelectMultiple}
        labels = {"needs": _("Certificates it needs"), "jobs": _("Jobs that do it")}
        help_texts = {
            "jobs": _("Who works in one of these jobs must have them, from that day on."),
        }

    def __init__(self, *args: Any, organisation: Organisation, types: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for name, found in (
            ("needs", types), ("jobs", Job.objects.filter(organisation=organisation)),
        ):  # fmt: skip
            field = self.fields[name]
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.queryset = found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("name_nl") and not data.get("name_en"):
            self.add_error("name_nl", _("Give it a name in at least one language."))
        return data


class HoursForm(forms.Form):
    """A day of training that counts towards a duty in hours."""

    type = forms.ModelChoiceField(
        label=_("Towards which certificate?"), queryset=CertificateType.objects.none()
    )
    course = forms.CharField(label=_("Course"), max_length=200)
    on = DayField(label=_("Day"))
    hours = forms.DecimalField(
        label=_("Hours"), min_value=0, max_value=24, max_digits=5, decimal_places=2
    )
    practice = forms.DecimalField(
        label=_("Of which practice"), required=False,
        min_value=0, max_value=24, max_digits=5, decimal_places=2,
    )  # fmt: skip
    e_learning = forms.DecimalField(
        label=_("Of which e-learning"), required=False,
        min_value=0, max_value=24, max_digits=5, decimal_places=2,
    )  # fmt: skip

    def __init__(self, *args: Any, types: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["type"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = types


class LoadForm(incoming.UploadForm):
    """A list of certificates to load."""

    called = _("Your list of certificates")


COLUMN_WORDS = {
    "person": _("who: e-mail address, staff number or name"),
    "type": _("which certificate"),
    "number": _("number"),
    "issued_on": _("issued on"),
    "valid_until": _("valid until"),
    "refresher": _("refresher (yes or no)"),
}


class LoadColumnsForm(incoming.ColumnsForm):
    """Which column is which, and how dates are written."""

    words = COLUMN_WORDS
    needed = NEEDED
    own = "order"

    order = forms.ChoiceField(
        label=_("How are dates written?"),
        choices=[
            ("day", _("Day first: 31-12-2025 (or year first)")),
            ("month", _("Month first: 12/31/2025")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, incoming: Load, **settings: Any) -> None:
        super().__init__(*args, incoming=incoming, **settings)
        self.fields["order"].initial = "month" if incoming.month_first else "day"


ShowsRows = forms.formset_factory(ShowsRow, extra=2, can_delete=True, max_num=40)
BringsRows = forms.formset_factory(BringsRow, extra=2, can_delete=True, max_num=40)


def brought(rows: Any, activities: dict[str, Activity]) -> dict[Activity, str]:
    """The activities of filled rows that were not struck out, and what each does."""
    return {
        activities[row["activity"]]: row["what"] or Brings.What.CERTIFICATE
        for row in rows.cleaned_data
        if row.get("activity") and not row.get("DELETE")
    }


def shown_skills(rows: Any, skills: dict[str, Skill]) -> dict[Skill, int]:
    """The skills and levels of filled rows that were not struck out."""
    return {
        skills[row["skill"]]: int(row["level"])
        for row in rows.cleaned_data
        if row.get("skill") and not row.get("DELETE")
    }
