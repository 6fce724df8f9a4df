"""What people fill in about sessions."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gezel.catalogue.api import Activity, ActivitySkill, activities_to_read
from gezel.gatherings.actions import Plan, Saw
from gezel.gatherings.actions.seeing import LONGEST
from gezel.gatherings.models import Attendance, Gathering, Material, Resource, Role, Series
from gezel.gatherings.rules.seeing import Taught, levels
from gezel.gatherings.rules.series import Every, Pattern, Reach
from gezel.kit.fields import DayField
from gezel.kit.figures import grouped
from gezel.people.api import Employment, Location, Organisation, Person, Visitor

MOST_SEATS = 100_000
ZONES = ("Europe/Amsterdam", "Europe/Brussels", "Europe/Berlin", "Europe/London", "Europe/Lisbon",
         "Europe/Athens", "America/New_York", "America/Paramaribo", "America/Curacao",
         "Asia/Kolkata", "Asia/Singapore", "UTC")  # fmt: skip


class ClockField(forms.TimeField):
    """A time of the day, as a phone lets one pick it."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        settings.setdefault("input_formats", ["%H:%M", "%H.%M", "%H:%M:%S"])
        super().__init__(**settings)


class PeopleField(forms.CharField):
    """Colleagues, each by e-mail address or staff number, with commas or on lines."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("max_length", 2_000)
        settings.setdefault("required", False)
        super().__init__(**settings)
        self.organisation: Organisation | None = None

    def clean(self, value: Any) -> Any:
        told = super().clean(value).replace(";", ",").replace("\n", ",")
        asked = list(dict.fromkeys(w.strip() for w in told.split(",") if w.strip()))
        here = Employment.objects.current().filter(organisation=self.organisation)
        ask = Q(pk__in=[])
        for one in asked:
            ask |= Q(person__email__iexact=one) | Q(number=one)
        found: dict[str, Person] = {}
        for e in here.filter(ask).select_related("person").order_by("starts_on"):
            found[e.person.email.casefold()] = e.person
            if e.number:
                found.setdefault(e.number.casefold(), e.person)
        if missing := [one for one in asked if one.casefold() not in found]:
            raise ValidationError(
                _("Nobody who works here has this e-mail address or staff number: %(who)s.")
                % {"who": ", ".join(missing[:3])}
            )
        return tuple(dict.fromkeys(found[one.casefold()] for one in asked))


class ResourcesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # not at run time
    """Rooms and things, each with what one chooses it by: for how many, and what is there."""

    def label_from_instance(self, one: Any) -> str:
        seats = one.seats or 0
        people = ngettext("%(n)s person", "%(n)s people", seats) % {"n": grouped(seats)}
        return " · ".join(filter(None, [one.name, people if seats else "", one.has]))


class SessionForm(forms.Form):
    """A session in a minute: what, when, where, for how many. The rest may stay as it is."""

    activity = forms.ModelChoiceField(
        label=gettext_lazy("From the catalogue"),
        queryset=Activity.objects.none(),
        required=False,
        empty_label=gettext_lazy("nothing: it has a title of its own"),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What will people learn or do?"),
    )
    on = DayField(label=gettext_lazy("Day"))
    start = ClockField(label=gettext_lazy("Begins at"))
    end = ClockField(label=gettext_lazy("Ends at"))
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=[(z, z.replace("_", " ")) for z in ZONES],
        initial="Europe/Amsterdam", required=False,
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("Where"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link to join"), max_length=500, required=False, assume_scheme="https"
    )
    resources = ResourcesField(
        label=gettext_lazy("Rooms and things"),
        queryset=Resource.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"), min_value=1, max_value=MOST_SEATS, required=False,
        help_text=gettext_lazy("Leave empty if there is room for everyone."),
    )  # fmt: skip
    about = forms.CharField(
        label=gettext_lazy("What happens"), max_length=4_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    trainers = PeopleField(
        label=gettext_lazy("Who gives it"),
        help_text=gettext_lazy("E-mail address or staff number; more of them with commas."),
    )
    assistants = PeopleField(label=gettext_lazy("Who helps"))
    guests = forms.CharField(
        label=gettext_lazy("Guests from outside"), max_length=600, required=False,
        help_text=gettext_lazy("Names, with commas."),
    )  # fmt: skip
    least = forms.IntegerField(
        label=gettext_lazy("Goes ahead from this many people"), min_value=0, max_value=MOST_SEATS,
        required=False,
    )  # fmt: skip
    decide_on = DayField(
        label=gettext_lazy("Decide on"), required=False,
        help_text=gettext_lazy("If there are too few people then, you are asked whether "
                               "it goes ahead."),
    )  # fmt: skip
    approval = forms.BooleanField(label=gettext_lazy("Their lead says yes first"), required=False)
    cancel_hours = forms.IntegerField(
        label=gettext_lazy("Cancel freely until (hours before)"), min_value=0, max_value=2_000,
        required=False, initial=24,
    )  # fmt: skip
    completes = forms.BooleanField(
        label=gettext_lazy("Attending counts as having done it"),
        required=False, initial=True,
        help_text=gettext_lazy("For the plan, hours and certificates of the activity chosen."),
    )  # fmt: skip
    question = forms.CharField(
        label=gettext_lazy("Question afterwards"), max_length=200, required=False,
        help_text=gettext_lazy("Empty: “What will you use of this?”"),
    )  # fmt: skip
    repeat = forms.ChoiceField(
        label=gettext_lazy("Repeat"),
        choices=[
            ("", gettext_lazy("once")),
            ("day", gettext_lazy("every day")),
            ("week", gettext_lazy("every week")),
            ("week2", gettext_lazy("every two weeks")),
            ("month", gettext_lazy("every month")),
        ],
        required=False,
    )
    until_on = DayField(label=gettext_lazy("Last time"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("These are"), choices=Series.Kind.choices, required=False,
        widget=forms.RadioSelect, initial=Series.Kind.REPEATS,
    )  # fmt: skip
    parts_needed = forms.IntegerField(
        label=gettext_lazy("Parts to attend"), min_value=1, max_value=104,
        required=False, help_text=gettext_lazy("Leave empty for all of them."),
    )  # fmt: skip
    reach = forms.ChoiceField(
        label=gettext_lazy("Change"),
        choices=[
            (Reach.ONE.value, gettext_lazy("only this one")),
            (Reach.FOLLOWING.value, gettext_lazy("this one and those after it")),
            (Reach.ALL.value, gettext_lazy("all that are still ahead")),
        ],
        required=False,
        widget=forms.RadioSelect,
        initial=Reach.ONE.value,
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        activities: Any,
        gathering: Gathering | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.gathering = gathering
        own = set(gathering.uses.values_list("resource", flat=True)) if gathering else set()
        things = Resource.objects.filter(organisation=organisation).filter(
            Q(in_use=True) | Q(pk__in=own)
        )
        for name, found in (("resources", things), ("activity", activities)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = found
        for name in ("trainers", "assistants"):
            people = self.fields[name]
            if isinstance(people, PeopleField):
                people.organisation = organisation
        gone = ("repeat", "until_on", "kind", "parts_needed") if gathering else ("reach",)
        if gathering and gathering.series_id is None:
            gone = (*gone, "reach")
        for name in gone:
            del self.fields[name]

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"] or "Europe/Amsterdam"
        if zone not in available_timezones():
            raise ValidationError(_("This time zone does not exist."))
        return str(zone)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("repeat") and not data.get("until_on") and "until_on" not in self.errors:
            self.add_error("until_on", _("Say until when it repeats."))
        return data

    @property
    def plan(self) -> Plan:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        hours = data.get("cancel_hours")
        return Plan(
            on=data["on"],
            start=data["start"],
            end=data["end"],
            title=data["title"],
            activity=data["activity"],
            about=data["about"],
            zone=data["zone"],
            place=data["place"],
            link=data["link"],
            seats=data["seats"],
            least=data["least"] or 0,
            decide_on=data["decide_on"],
            approval=data["approval"],
            cancel_hours=24 if hours is None else hours,
            completes=data["completes"],
            question=data["question"],
            trainers=data["trainers"],
            assistants=data["assistants"],
            guests=tuple(name.strip() for name in data["guests"].split(",") if name.strip()),
            resources=tuple((resource, 1) for resource in data["resources"]),
            repeat=self._pattern(data),
            kind=data.get("kind") or Series.Kind.REPEATS,
            parts_needed=data.get("parts_needed"),
        )

    @staticmethod
    def _pattern(data: dict[str, Any]) -> Pattern | None:
        how = data.get("repeat")
        if not how:
            return None
        every = Every(how.rstrip("2"))
        return Pattern(every, step=2 if how.endswith("2") else 1, until_on=data["until_on"])

    @property
    def how_far(self) -> Reach:
        """This one, those after it, or all."""
        return Reach(self.cleaned_data.get("reach") or Reach.ONE)


def initial_of(gathering: Gathering) -> dict[str, Any]:
    """A session as the form shows it."""
    roles = list(gathering.roles.select_related("person"))

    def emails(kind: str) -> str:
        return ", ".join(r.person.email for r in roles if r.person and r.role == kind)

    fields = ("activity", "title", "zone", "place", "link", "seats", "about", "least", "approval",
              "cancel_hours", "completes", "question")  # fmt: skip
    decide = gathering.decide_at
    return {name: getattr(gathering, name) for name in fields} | {
        "activity": gathering.activity_id,
        "on": gathering.starts_here.date(),
        "start": gathering.starts_here.time(),
        "end": gathering.ends_here.time(),
        "decide_on": decide.astimezone(gathering.at_zone).date() if decide else None,
        "trainers": emails(Role.Kind.TRAINER),
        "assistants": emails(Role.Kind.ASSISTANT),
        "guests": ", ".join(r.guest_name for r in roles if r.guest_name),
        "resources": list(gathering.uses.values_list("resource", flat=True)),
    }


def next_hour(today: date) -> dict[str, Any]:
    """What a new session begins with: a week from now, an hour in the afternoon."""
    return {"on": date.fromordinal(today.toordinal() + 7), "start": time(15), "end": time(16),
            "cancel_hours": 24, "completes": True}  # fmt: skip


class ReasonForm(forms.Form):
    """Why: where people read it, it is asked."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300, required=False)


class CallOffForm(ReasonForm):
    """A session is called off, perhaps with those after it."""

    reach = forms.ChoiceField(
        label=gettext_lazy("Call off"),
        choices=[
            (Reach.ONE.value, gettext_lazy("only this one")),
            (Reach.FOLLOWING.value, gettext_lazy("this one and those after it")),
        ],
        required=False,
        widget=forms.RadioSelect,
        initial=Reach.ONE.value,
    )


class MaterialForm(forms.Form):
    """Something to read or do before or after it."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"), choices=Material.When.choices, initial=Material.When.BEFORE
    )
    title = forms.CharField(label=gettext_lazy("What it is"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link"), max_length=500, required=False, assume_scheme="https"
    )
    activity = forms.ModelChoiceField(
        label=gettext_lazy("Or something from the catalogue"),
        queryset=Activity.objects.none(),
        required=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("At most 25 MB; read by who takes part and who gives it."),
    )

    def __init__(self, *args: Any, activities: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["activity"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = activities


class CodeForm(forms.Form):
    """The code on the screen."""

    code = forms.CharField(
        label=gettext_lazy("Code on the screen"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9a-fA-F ]*"}
        ),
    )


class MarkForm(forms.Form):
    """One line of the trainer's list."""

    person = forms.IntegerField(min_value=1)
    kind = forms.ChoiceField(choices=Attendance.Kind.choices)
    minutes = forms.IntegerField(min_value=0, max_value=1_440, required=False)
    key = forms.UUIDField()
    # How long ago the phone noted it, by its own clock: what that clock says does not matter.
    ago = forms.IntegerField(min_value=0, required=False)


class WhoForm(forms.Form):
    """Someone who came without a place."""

    who = forms.CharField(
        label=gettext_lazy("Who came too?"),
        max_length=254,
        help_text=gettext_lazy("E-mail address or staff number."),
    )


class TakeawayForm(forms.Form):
    """What one will use of it."""

    text = forms.CharField(
        label=gettext_lazy("What will you use of this?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SawForm(forms.Form):
    """What a trainer saw one person show of one skill; nothing is ticked beforehand."""

    level = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    words = forms.CharField(
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")
        },
    )

    def __init__(self, sent: QueryDict | None, *, person: Person, taught: ActivitySkill) -> None:
        super().__init__(sent, prefix=f"{person.pk}-{taught.skill_id}")
        self.person, self.skill = person, taught.skill
        level, words = self.fields["level"], self.fields["words"]
        words.label = _("What did you see?")
        level.label = self.skill.name
        if isinstance(level, forms.TypedChoiceField):
            up_to = levels(Taught(taught.skill_id, taught.to_level))
            level.choices = [
                *((n, f"{n} · {word}") for n, word, _told in self.skill.level_words if n in up_to),
                # The way back of who ticked by mistake; the same as ticking nothing.
                (0, _("I did not see this")),
            ]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("level") and not told.get("words") and "words" not in self.errors:
            self.add_error("words", _("Say what you saw: they read it with the level."))
        elif told.get("words") and not told.get("level") and "level" not in self.errors:
            self.add_error("level", _("Choose the level you saw, or clear the text."))
        return told

    @property
    def saw(self) -> Saw | None:
        """What it says, where it says something."""
        told = self.cleaned_data
        if not told.get("level"):
            return None
        return Saw(self.person.pk, self.skill.pk, told["level"], told["words"])


class ResourceForm(forms.ModelForm[Resource]):
    """A room or a thing that sessions can have."""

    class Meta:
        model = Resource
        fields = ["kind", "name", "location", "seats", "amount", "has", "in_use"]
        help_texts = {
            "seats": gettext_lazy("Of a room. Empty: enough."),
            "amount": gettext_lazy("For a thing of which there are several."),
            "has": gettext_lazy("For instance: projector, whiteboard, lift."),
        }

    def __init__(self, *args: Any, organisation: Organisation, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["location"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Location.objects.filter(organisation=organisation)


def people_among(asked: Iterable[str], may: Any) -> list[Person]:
    """The people that were ticked, of those one may tick."""
    pks = {int(one) for one in asked if one.isascii() and one.isdecimal() and len(one) < 10}
    return list(may.filter(pk__in=pks).order_by("last_name", "first_name", "pk"))


def choosable(visitor: Visitor, gathering: Gathering | None = None) -> Any:
    """What one can choose of the catalogue: what is given with others, and what stands already.

    A catalogue may hold a hundred thousand; a list to choose from holds what sessions are for.
    """
    kinds = (Activity.Kind.COURSE, Activity.Kind.SESSION, Activity.Kind.COACHING,
             Activity.Kind.WORKPLACE)  # fmt: skip
    own = gathering.activity_id if gathering else None
    near = activities_to_read(visitor).filter(kind__in=kinds).order_by("-pk").values("pk")[:500]
    return Activity.objects.filter(
        Q(pk__in=list(near.values_list("pk", flat=True))) | Q(pk=own)
    ).order_by("title_nl", "title_en", "pk")
