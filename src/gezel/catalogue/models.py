"""What can be learned here, in which form, for what it costs."""

import uuid
from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import COLLEAGUES, SELF, Audience, Visitor
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, personal_data

# What someone wants to be suggested is nobody else's business: the policy asks this object too.
TIPS_OF_A_PERSON = Audience(SELF)


class Provider(models.Model):
    """Who offers it: a school, a supplier, or the organisation itself."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="providers"
    )
    name = models.CharField(_("name"), max_length=200)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_provider_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(models.QuerySet["Activity"]):
    def open_to(self, visitor: Visitor) -> Self:
        """What is on offer where the visitor works."""
        return self.filter(organisation=visitor.organisation, state=Activity.State.OPEN)


@personal_data(
    what=_("The learning activities you shared, with your name as the one who shares"),
    purpose=_("So that colleagues know whom to thank and whom to ask."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as the activity is on offer; of a module you made, as long as it is kept."),
    person="shared_by",
    order=60,
)
class Activity(models.Model):
    """Something one can learn from: a module, a course, or a way to learn in the work.

    May hold the name of the colleague who shares it; gone the night after it goes off offer
    (`actions.forget_old`). Of a module that is who made it: the name stays, or nobody could go on.
    """

    class Kind(models.TextChoices):
        MODULE = "module", _("module")
        COURSE = "course", _("course")
        WORKPLACE = "workplace", _("in the work")
        SESSION = "session", _("session")
        READING = "reading", _("something to read or watch")
        COACHING = "coaching", _("coaching")

    class Mix(models.TextChoices):
        """70/20/10: through practice, through others, formally."""

        PRACTICE = "practice", _("in practice")
        OTHERS = "others", _("with others")
        FORMAL = "formal", _("formal")

    class Form(models.TextChoices):
        ONLINE = "online", _("online")
        CLASSROOM = "classroom", _("in a classroom")
        ON_THE_JOB = "on_the_job", _("on the job")
        BLENDED = "blended", _("blended")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("on offer")
        CLOSED = "closed", _("no longer on offer")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="activities"
    )
    title_nl = models.CharField(_("title in Dutch"), max_length=250, blank=True)
    title_en = models.CharField(_("title in English"), max_length=250, blank=True)
    summary_nl = models.TextField(_("what it brings, in Dutch"), blank=True)
    summary_en = models.TextField(_("what it brings, in English"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    mix = models.CharField(_("way of learning"), max_length=10, choices=Mix.choices)
    form = models.CharField(_("form"), max_length=12, choices=Form.choices)
    hours = models.DecimalField(
        _("hours"), max_digits=6, decimal_places=2, validators=[MinValueValidator(0)]
    )
    price_cents = models.PositiveIntegerField(_("price"), default=0)
    # On top of the price: getting there and back, and a night if that is needed.
    travel_cents = models.PositiveIntegerField(_("travel costs"), default=0)
    # How much of the hours can be done in one's own or a quiet hour, so that nobody is missed.
    own_percent = models.PositiveSmallIntegerField(
        _("share in own or quiet time"), default=0, validators=[MaxValueValidator(100)]
    )
    # Asked by law, collective agreement or employer: never on a personal budget (BW 7:611a).
    mandatory = models.BooleanField(_("mandatory"), default=False)
    in_dutch = models.BooleanField(_("in Dutch"), default=True)
    in_english = models.BooleanField(_("in English"), default=False)
    evening = models.BooleanField(_("in the evening"), default=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    location = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    shared_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="shared"
    )
    why_it_helped = models.CharField(_("why it helped"), max_length=500, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    # Rises with every change, so that who saves an older picture is told, not obeyed.
    version = models.PositiveIntegerField(default=1)
    # Made by the client, so that a form sent twice is one activity.
    key = models.UUIDField(unique=True, null=True, default=None, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_nl="", title_en=""), name="activity_has_a_title"
            ),
            models.CheckConstraint(
                condition=Q(own_percent__lte=100), name="own_time_is_at_most_all"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "kind"], name="activity_on_offer"),
            # One for each way to sort, so that a page of a hundred thousand is a page.
            models.Index(fields=["organisation", "state", "id"], name="activity_newest"),
            models.Index(fields=["organisation", "state", "hours"], name="activity_by_hours"),
            models.Index(fields=["organisation", "state", "price_cents"], name="activity_by_price"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.titled(None)

    def titled(self, language: str | None) -> str:
        """Its title in this language, for who lists many and asked for the reader's once."""
        return in_language(nl=self.title_nl, en=self.title_en, language=language)

    @property
    def summary(self) -> str:
        return self.summed_up(None)

    def summed_up(self, language: str | None) -> str:
        """Its summary in this language, as `titled`."""
        return in_language(nl=self.summary_nl, en=self.summary_en, language=language)


class LinkPreview(models.Model):
    """What the page behind a shared link told of itself, read once; tells nothing about a person.

    The picture is of our own drawing and small, so it lies in the row and goes with it.
    """

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="preview")
    link = models.URLField(_("link"), max_length=500)
    title = models.CharField(max_length=250, blank=True)
    site = models.CharField(max_length=100, blank=True)
    picture = models.BinaryField(null=True)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.title}"


class ActivityEffect(models.Model):
    """What is known so far of what an activity brings, as counted in the night (`effects.count`).

    Numbers of people and a mean, never who. That a number is small enough to point at someone is
    the reader's side to prevent: read it through `effects.effects_of`.
    """

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="effect")
    done = models.PositiveIntegerField()
    compared = models.PositiveIntegerField()
    gained = models.FloatField()
    asked = models.PositiveIntegerField()
    use = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(compared__lte=F("done"), use__lte=F("asked")),
                name="effect_is_of_part_of_the_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.gained} of {self.compared}"


class ActivitySkill(models.Model):
    """The skill an activity teaches, from which level to which."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="teaches")
    skill = models.ForeignKey("skills.Skill", on_delete=models.PROTECT, related_name="taught_by")
    from_level = models.PositiveSmallIntegerField(
        _("from level"), default=0, validators=[MaxValueValidator(4)]
    )
    to_level = models.PositiveSmallIntegerField(
        _("to level"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "skill"], name="one_row_a_taught_skill"),
            models.CheckConstraint(
                condition=Q(from_level__lt=F("to_level"), to_level__lte=5), name="teaching_goes_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.from_level}→{self.to_level}"


class Offering(models.Model):
    """One time an activity is given: its days, its place, and how many places are left.

    An activity without any is followed when it suits. `seats_left` is what the one who keeps
    the catalogue knows; empty means there are enough.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="offerings")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    seats_left = models.PositiveIntegerField(_("places left"), null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="offering_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} on {self.starts_on}"


class Prerequisite(models.Model):
    """What comes first: another activity, or a level of a skill."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="prerequisites")
    needs = models.ForeignKey(
        Activity, on_delete=models.CASCADE, null=True, blank=True, related_name="opens"
    )
    skill = models.ForeignKey(
        "skills.Skill", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(needs__isnull=False, skill=None, level=None)
                | Q(needs=None, skill__isnull=False, level__gte=1, level__lte=5),
                name="prerequisite_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(needs=None) | ~Q(needs=F("activity")), name="nothing_needs_itself"
            ),
            models.UniqueConstraint(
                fields=["activity", "needs"], name="one_need_an_activity",
                condition=Q(needs__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["activity", "skill"], name="one_level_a_skill_first",
                condition=Q(skill__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.activity_id} needs {self.needs_id or self.skill_id}"


@personal_data(
    what=_("Which tips you want: how long, what they may cost, in which form, or none"),
    purpose=_("So that suggestions fit you. Nobody else sees what you chose."),
    audience=TIPS_OF_A_PERSON,
    ground=CONSENT,
    term=_("Until you change it; it goes with your account."),
    order=62,
)
class TipPreference(models.Model):
    """How someone wants to be suggested things; without a row they are on, without limits.

    Holds a person's own choice, for nobody else to read; kept until they change it.
    """

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, related_name="tip_preference"
    )
    wanted = models.BooleanField(_("show me tips"), default=True)
    most_hours = models.PositiveSmallIntegerField(
        _("at most this many hours"), null=True, blank=True
    )
    free_only = models.BooleanField(_("only what costs nothing"), default=False)
    no_evenings = models.BooleanField(_("not in the evening"), default=False)
    forms = models.JSONField(_("in these forms"), default=list, blank=True)
    language = models.CharField(_("only in"), max_length=2, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.person_id}: {'on' if self.wanted else 'off'}"


class HiddenTipQuerySet(models.QuerySet["HiddenTip"]):
    def standing(self, on: date) -> Self:
        """Those that still hide something on a date."""
        return self.filter(Q(until_on=None) | Q(until_on__gt=on))


@personal_data(
    what=_("Tips you put aside"),
    purpose=_("So that you are not told twice what you did not want. Nobody else sees it."),
    audience=TIPS_OF_A_PERSON,
    ground=CONSENT,
    term=_("Until you take it back, or the day after it ran out; it goes with your account."),
    order=63,
)
class HiddenTip(models.Model):
    """An activity someone does not want as a tip: for now (until a day) or for good.

    Holds a person's own choice, for nobody else to read; kept until they take it back.
    """

    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="hidden_tips"
    )
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="hidden_by")
    until_on = models.DateField(null=True)

    objects = HiddenTipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "activity"], name="one_hiding_an_activity")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.activity_id}"
