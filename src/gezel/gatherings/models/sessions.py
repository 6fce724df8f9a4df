"""Sessions: what, when, where, by whom, with what, for how many."""

import uuid
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


class Resource(models.Model):
    """A room, or a thing of which there are so many, that one session at a time can have."""

    class Kind(models.TextChoices):
        ROOM = "room", _("room")
        EQUIPMENT = "equipment", _("equipment")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices, default=Kind.ROOM)
    name = models.CharField(_("name"), max_length=120)
    location = models.ForeignKey(
        "people.Location",
        verbose_name=_("location"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    seats = models.PositiveIntegerField(
        _("people it holds"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    amount = models.PositiveSmallIntegerField(
        _("how many there are"), default=1, validators=[MinValueValidator(1)]
    )
    has = models.CharField(_("what is in it"), max_length=300, blank=True)
    in_use = models.BooleanField(_("can be booked"), default=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "name"], name="one_resource_a_name"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="resource_exists"),
        ]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """Sessions that belong together: the same thing again and again, or parts of one course."""

    class Kind(models.TextChoices):
        REPEATS = "repeats", _("the same each time; one comes to one of them")
        PARTS = "parts", _("parts of one course; one comes to all of them")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.REPEATS)
    # How it repeats, as `rules.series.Pattern` has it: kept so that one can see what was meant.
    pattern = models.JSONField(default=dict)
    # Of a course in parts: how many one must have been at.
    parts_needed = models.PositiveSmallIntegerField(null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.pk}"


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def standing(self) -> Self:
        """Those that go through, as far as anyone knows."""
        return self.exclude(state=Gathering.State.CANCELLED)

    def ahead(self, now: datetime) -> Self:
        """Those that are not over yet."""
        return self.filter(ends_at__gt=now)


@personal_data(
    what=_("Sessions you set up or decided about"),
    purpose=_("So that colleagues know whom to ask, and who decided whether it goes ahead."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as your account exists; the session stays without your name."),
    person=("made_by", "decided_by"),
    order=64,
)
class Gathering(models.Model):
    """One session: from a moment until another, somewhere or online, for so many people.

    `taken` counts the places that are held and stands beside them in one transaction; the database
    refuses more than there are seats. Names who set it up and who decided; both go with an account.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        GOING = "going", _("goes ahead")
        CANCELLED = "cancelled", _("cancelled")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="gatherings"
    )
    activity = models.ForeignKey(
        "catalogue.Activity",
        verbose_name=_("what is learned"),
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="gatherings",
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    about = models.TextField(_("what happens"), max_length=4000, blank=True)
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="gatherings"
    )
    # Which turn of its series; a session moved by itself keeps its number.
    turn = models.PositiveSmallIntegerField(default=0)
    moved_alone = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(_("time zone"), max_length=60, default="Europe/Amsterdam")
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link to join"), max_length=500, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    least = models.PositiveIntegerField(_("goes ahead from"), default=0)
    decide_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # Whether the lead says yes before a place is fixed; until then it is held.
    approval = models.BooleanField(_("their lead approves"), default=False)
    cancel_hours = models.PositiveSmallIntegerField(
        _("people can cancel until this many hours before"), default=24
    )
    # How much of it one must have been at before it counts, in percent of its length.
    least_percent = models.PositiveSmallIntegerField(
        default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    # Whether having been there completes the activity.
    completes = models.BooleanField(_("counts as having done it"), default=True)
    question = models.CharField(_("question afterwards"), max_length=200, blank=True)
    rounded_off_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Rises with what an invitation tells, so that calendars take the newest.
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    # When what an invitation tells last changed.
    changed_at = models.DateTimeField(default=timezone.now)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(seats=None) | Q(seats__gte=1, taken__lte=F("seats")),
                name="no_more_places_than_seats",
            ),
            models.CheckConstraint(condition=Q(taken__gte=0), name="places_never_below_zero"),
            models.CheckConstraint(
                condition=Q(seats=None) | Q(least__lte=F("seats")), name="goes_on_within_its_seats"
            ),
            models.CheckConstraint(
                condition=~Q(title="") | Q(activity__isnull=False), name="session_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(least_percent__range=(1, 100)), name="part_of_a_session_is_a_percent"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "starts_at"], name="session_by_start"),
            models.Index(fields=["activity", "starts_at"], name="session_of_activity"),
            models.Index(fields=["state", "decide_at"], name="session_to_decide"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its own title, or that of what is learned."""
        return self.title or (self.activity.title if self.activity else "")

    @property
    def at_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def starts_here(self) -> datetime:
        """When it begins, on the clock of where it is."""
        return self.starts_at.astimezone(self.at_zone)

    @property
    def ends_here(self) -> datetime:
        """When it ends, on the clock of where it is."""
        return self.ends_at.astimezone(self.at_zone)

    @property
    def when(self) -> str:
        """As one says it: Tue 3 March 2026, 09:00–11:00, on the clock of where it is."""
        start, end = self.starts_here, self.ends_here
        told = formats.date_format(start, "D") + " " + formats.date_format(start, "DATE_FORMAT")
        return f"{told}, {start:%H:%M}–{end:%H:%M}"

    @property
    def where(self) -> str:
        """The place with the rooms it has, as one looks for it; empty where there is neither."""
        rooms = [u.resource.name for u in self.uses.all() if u.resource.kind == Resource.Kind.ROOM]
        told = [self.place, *(name for name in rooms if name.lower() not in self.place.lower())]
        return ", ".join(filter(None, told))

    @property
    def minutes(self) -> int:
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def left(self) -> int | None:
        """Seats that are free; None where there is room for everyone."""
        return None if self.seats is None else max(0, self.seats - self.taken)


class RoleQuerySet(models.QuerySet["Role"]):
    def giving(self) -> Self:
        """Who gives it: trainers and assistants."""
        return self.filter(role__in=[Role.Kind.TRAINER, Role.Kind.ASSISTANT])


@personal_data(
    what=_("Sessions you give, help with or are a guest at"),
    purpose=_("So that people know who gives it, and nobody is asked for two at once."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as your account exists; you or who sets it up can take your name off."),
    person="person",
    order=65,
)
class Role(models.Model):
    """Who gives a session, who helps, who is a guest. A guest from outside is a name alone.

    Names people; who works here by their account, who does not by what was typed.
    """

    class Kind(models.TextChoices):
        TRAINER = "trainer", _("trainer")
        ASSISTANT = "assistant", _("assistant")
        GUEST = "guest", _("guest")

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="roles")
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    guest_name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=9, choices=Kind.choices)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "person"],
                condition=Q(person__isnull=False),
                name="one_role_a_session",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, guest_name="")
                | Q(person=None) & ~Q(guest_name=""),
                name="role_is_of_someone",
            ),
        ]
        indexes = [models.Index(fields=["person", "role"], name="role_of_a_person")]

    def __str__(self) -> str:
        return f"{self.name}: {self.role}"

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.guest_name


class UseQuerySet(models.QuerySet["Use"]):
    def rooms(self) -> Self:
        return self.filter(resource__kind=Resource.Kind.ROOM)


class Use(models.Model):
    """A session has a room, or so many of a thing."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="uses")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="uses")
    amount = models.PositiveSmallIntegerField(default=1)

    objects = UseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "resource"], name="one_use_a_resource"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="use_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id} has {self.resource_id}"


class Material(models.Model):
    """Something to read or do before or after a session: a link, an activity, or a file."""

    class When(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("afterwards")

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="materials")
    when = models.CharField(_("when"), max_length=6, choices=When.choices, default=When.BEFORE)
    title = models.CharField(_("title"), max_length=200, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    activity = models.ForeignKey(
        "catalogue.Activity", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    media = models.ForeignKey(
        "content.Media", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # As it was called, so that who takes it along finds it back.
    filename = models.CharField(max_length=150, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["-when", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, link="", media=None)
                | Q(activity=None, media=None) & ~Q(link="") & ~Q(title="")
                | Q(activity=None, link="", media__isnull=False) & ~Q(title=""),
                name="material_leads_somewhere",
            )
        ]

    def __str__(self) -> str:
        return self.title or (self.activity.title if self.activity else "")
