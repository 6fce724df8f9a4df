"""What is asked to make a timetable, as forms."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Activity
from gezel.gatherings.forms import ClockField, PeopleField, ResourcesField
from gezel.gatherings.models import Resource, Timetable, Wanted
from gezel.gatherings.timetabling import PARTS
from gezel.gatherings.timetabling_words import PARTS as PART_WORDS
from gezel.gatherings.timetabling_words import WEEKDAYS
from gezel.kit.fields import DayField
from gezel.people.api import Organisation, Unit, unit_field, units_of

MOST_DAYS = 56
USUAL = {"morning": ("09:00", "12:00"), "afternoon": ("13:00", "16:00")}


def _many(label: Any, choices: Iterable[tuple[str, Any]], **settings: Any) -> forms.Field:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **settings
    )


class TimetableForm(forms.Form):
    """Between which days, at which times, in which rooms."""

    title = forms.CharField(label=_("Title"), max_length=200)
    first_on = DayField(label=_("First day"))
    last_on = DayField(label=_("Last day"))
    weekdays = _many(_("Days of the week"), [(str(n), d) for n, d in enumerate(WEEKDAYS)])
    morning_start = ClockField(label=_("Morning from"), required=False)
    morning_end = ClockField(label=_("until"), required=False)
    afternoon_start = ClockField(label=_("Afternoon from"), required=False)
    afternoon_end = ClockField(label=_("until"), required=False)
    evening_start = ClockField(label=_("Evening from"), required=False)
    evening_end = ClockField(label=_("until"), required=False)
    rooms = ResourcesField(
        label=_("Rooms"),
        queryset=Resource.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    away_most = forms.IntegerField(
        label=_("At most this many of one team away at once"),
        min_value=1,
        max_value=1_000,
        required=False,
        help_text=_("Leave empty for as many as want to."),
    )
    wish_until = DayField(
        label=_("People may say what they would like until"),
        required=False,
        help_text=_("Leave empty to say yourself who goes to what."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["rooms"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Resource.objects.filter(
                organisation=organisation, kind=Resource.Kind.ROOM, in_use=True
            )

    @property
    def clocks(self) -> list[tuple[Any, Any]]:
        """The fields of each part of the day, two by two."""
        return [(self[f"{part}_start"], self[f"{part}_end"]) for part in PARTS]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = told.get("first_on"), told.get("last_on")
        if first and last:
            if last < first:
                self.add_error("last_on", gettext("It ends before it begins. Choose a later day."))
            elif (last - first).days >= MOST_DAYS:
                self.add_error(
                    "last_on", gettext("Eight weeks is the most at once. Choose an earlier day.")
                )
            if last < timezone.localdate():
                self.add_error("last_on", gettext("This is past. Choose a day ahead."))
            until = told.get("wish_until")
            if until and until > last:
                self.add_error("wish_until", gettext("That is after the last day."))
        told["parts"] = self._parts(told)
        return told

    def _parts(self, told: dict[str, Any]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        before = None
        for part in PARTS:
            start, end = told.get(f"{part}_start"), told.get(f"{part}_end")
            if start is None and end is None:
                continue
            if start is None or end is None:
                at = f"{part}_start" if start is None else f"{part}_end"
                if at not in self.errors:
                    self.add_error(at, gettext("Fill in both times, or neither."))
                continue
            if end <= start:
                self.add_error(f"{part}_end", gettext("It ends before it begins."))
            elif before is not None and start < before:
                self.add_error(
                    f"{part}_start", gettext("The part before it will not be over by then.")
                )
            elif start.hour < 6:
                self.add_error(f"{part}_start", gettext("Choose a time from 06:00 onwards."))
            else:
                found[part] = [f"{start:%H:%M}", f"{end:%H:%M}"]
                before = end
        if not found and not any(
            f"{p}_{e}" in self.errors for p in PARTS for e in ("start", "end")
        ):
            self.add_error("morning_start", gettext("Give at least one part of the day."))
        return found

    @property
    def told(self) -> dict[str, Any]:
        """As the action keeps it."""
        data = self.cleaned_data
        names = ("title", "first_on", "last_on", "parts", "away_most", "wish_until")
        return {name: data[name] for name in names} | {
            "weekdays": sorted(int(n) for n in data["weekdays"])
        }


def initial_of(timetable: Timetable | None) -> dict[str, Any]:
    """A timetable as the form shows it; a new one begins in two weeks, for two weeks."""
    if timetable is None:
        monday = timezone.localdate() + timedelta(days=14)
        monday -= timedelta(days=monday.weekday())
        told: dict[str, Any] = {
            "first_on": monday,
            "last_on": monday + timedelta(days=11),
            "weekdays": [str(n) for n in range(5)],
        }
        parts: dict[str, Any] = dict(USUAL)
    else:
        told = {n: getattr(timetable, n)
                for n in ("title", "first_on", "last_on", "away_most", "wish_until")}  # fmt: skip
        told["weekdays"] = [str(n) for n in timetable.weekdays]
        told["rooms"] = list(timetable.rooms.values_list("pk", flat=True))
        parts = timetable.parts
    for part, (start, end) in parts.items():
        told |= {f"{part}_start": start, f"{part}_end": end}
    return told


class WantedForm(forms.Form):
    """An activity to plan, and what it asks."""

    activity = forms.ModelChoiceField(label=_("Activity"), queryset=Activity.objects.none())
    sessions = forms.IntegerField(
        label=_("At most this many sessions"), min_value=1, max_value=30, initial=1
    )
    least = forms.IntegerField(
        label=_("From this many people"), min_value=1, max_value=1_000, initial=4
    )
    most = forms.IntegerField(
        label=_("For at most this many people"), min_value=1, max_value=1_000, initial=12
    )
    length = forms.TypedChoiceField(
        label=_("How long"),
        choices=[(1, _("one part of a day")), (2, _("two parts")), (3, _("three parts"))],
        coerce=int,
        initial=1,
    )
    needs = forms.CharField(
        label=_("What must be in the room"),
        max_length=200,
        required=False,
        help_text=_(
            "As listed with the rooms, separated by commas. For instance: projector, lift."
        ),
    )

    def __init__(self, *args: Any, activities: QuerySet[Activity], **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["activity"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = activities

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("least") and told.get("most") and told["least"] > told["most"]:
            self.add_error("most", gettext("This is fewer than it needs to go ahead."))
        return told

    @property
    def told(self) -> dict[str, Any]:
        names = ("sessions", "least", "most", "length", "needs")
        return {name: self.cleaned_data[name] for name in names}


class WhenForm(forms.Form):
    """When someone cannot: parts of the week, and between two days."""

    off = _many(_("Cannot on"), [], required=False)
    away_from = DayField(label=_("Not there from"), required=False)
    away_until = DayField(label=_("up to and including"), required=False)

    def __init__(self, *args: Any, timetable: Timetable, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["off"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (f"{day}/{part}", f"{WEEKDAYS[day]}, {PART_WORDS[part]}")
                for day in timetable.weekdays
                for part in PARTS
                if part in timetable.parts
            ]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        start: date | None = told.get("away_from")
        end: date | None = told.get("away_until")
        if start and end and end < start:
            self.add_error("away_until", gettext("It ends before it begins. Choose a later day."))
        return told

    @property
    def when(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("off", "away_from", "away_until")}


class _WishesForm(WhenForm):
    def __init__(self, *args: Any, timetable: Timetable, **settings: Any) -> None:
        super().__init__(*args, timetable=timetable, **settings)
        for name in ("gives", "wishes"):
            field = self.fields.get(name)
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.queryset = timetable.wanted.select_related("activity")


class GiverForm(_WishesForm):
    """Someone who gives sessions."""

    who = PeopleField(label=_("Who"), required=True, help_text=_("E-mail address or staff number."))
    gives = forms.ModelMultipleChoiceField(
        label=_("Can give"), queryset=Wanted.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("who", "gives", "off")

    def __init__(self, *args: Any, timetable: Timetable, **settings: Any) -> None:
        super().__init__(*args, timetable=timetable, **settings)
        field = self.fields["who"]
        if isinstance(field, PeopleField):
            field.organisation = timetable.organisation


class WisherForm(_WishesForm):
    """What I would like, and when I cannot."""

    wishes = forms.ModelMultipleChoiceField(
        label=_("What would you like?"),
        queryset=Wanted.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick nothing to take your wishes back."),
    )
    field_order = ("wishes", "off")


class AddPeopleForm(forms.Form):
    """Who is to come to what: a whole unit, or people by address."""

    unit = forms.Field(label=_("A unit and what is below it"), required=False)
    who = PeopleField(
        label=_("Or these people"), help_text=_("E-mail address or staff number; more with commas.")
    )
    wishes = forms.ModelMultipleChoiceField(
        label=_("Come to"), queryset=Wanted.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, timetable: Timetable, **settings: Any) -> None:
        super().__init__(*args, **settings)
        units = units_of(timetable.organisation)
        self.fields["unit"] = unit_field(units, self.fields["unit"].label)
        who, wishes = self.fields["who"], self.fields["wishes"]
        if isinstance(who, PeopleField):
            who.organisation = timetable.organisation
        if isinstance(wishes, forms.ModelMultipleChoiceField):
            wishes.queryset = timetable.wanted.select_related("activity")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not told.get("unit") and not told.get("who"):
            raise ValidationError(gettext("Choose a unit, or name people by their e-mail address."))
        return told

    @property
    def chosen_unit(self) -> Unit | None:
        found: Unit | None = self.cleaned_data["unit"]
        return found


class OtherForm(forms.Form):
    """Another room or someone else who gives it."""

    room = forms.TypedChoiceField(label=_("Room"), coerce=int)
    trainer = forms.TypedChoiceField(label=_("Who gives it"), coerce=int)

    def __init__(
        self,
        *args: Any,
        rooms: Iterable[tuple[int, str]],
        trainers: Iterable[tuple[int, str]],
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        for name, choices in (("room", rooms), ("trainer", trainers)):
            field = self.fields[name]
            if isinstance(field, forms.TypedChoiceField):
                field.choices = list(choices)
