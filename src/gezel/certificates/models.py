"""Certificates: which there are, who must have one, who has it and until when."""

import uuid
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gezel.certificates import rules
from gezel.kit.incoming.models import IncomingLine, IncomingList, Recipe
from gezel.kit.text import in_language
from gezel.people.api import HR, LINE, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, Until, personal_data

CERTIFICATES_OF_A_PERSON = Audience(SELF, LINE, HR)


class CertificateType(models.Model):
    """A certificate the organisation keeps track of; until when it counts stand in its terms."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="certificate_types"
    )
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    number_form = models.CharField(_("how its number looks"), max_length=60, blank=True)
    register_link = models.URLField(_("register to check it in"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_nl="", name_en=""), name="certificate_has_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


class TypeTerms(models.Model):
    """What a certificate type says from a day on: until when it counts, and where that comes from.

    Dated and never changed once certificates came in under them: whoever holds one keeps the
    terms of the day it was issued.
    """

    class Ends(models.TextChoices):
        NEVER = "never", _("it does not lapse")
        MONTHS = "months", _("so many months after issue")
        YEARLY = "yearly", _("on a fixed day of the year")
        DAY = "day", _("on one day, for everyone")

    class Basis(models.TextChoices):
        LAW = "law", _("law")
        NORM = "norm", _("norm of the sector")
        POLICY = "policy", _("our own policy")

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="terms")
    from_on = models.DateField(_("for certificates issued from"), default=date(1900, 1, 1))
    ends = models.CharField(_("until when"), max_length=6, choices=Ends.choices, default=Ends.NEVER)
    months = models.PositiveSmallIntegerField(_("valid for (months)"), null=True, blank=True)
    yearly_month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    yearly_day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    ends_on = models.DateField(_("that day"), null=True, blank=True)
    from_previous = models.BooleanField(_("renewed in time, no days are lost"), default=False)
    window_days = models.PositiveSmallIntegerField(
        _("renewing is asked so many days before"), default=60
    )
    least_days = models.PositiveSmallIntegerField(_("active for at least (days)"), default=0)
    grace_days = models.PositiveSmallIntegerField(_("work may go on after (days)"), default=0)
    run_out_months = models.PositiveSmallIntegerField(
        _("a refresher is enough until so many months after"), null=True, blank=True
    )
    # Holding one of these, issued while these terms run, counts as holding this one.
    also = models.ManyToManyField(CertificateType, related_name="+", blank=True)
    hours_needed = models.DecimalField(
        _("hours needed"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    hours_months = models.PositiveSmallIntegerField(_("in so many months"), null=True, blank=True)
    hours_practice = models.DecimalField(
        _("of which practice, at least"), max_digits=6, decimal_places=2, default=0
    )
    hours_e_learning = models.DecimalField(
        _("of which e-learning, at most"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    hours_repeats = models.PositiveSmallIntegerField(
        _("courses that may count twice"), null=True, blank=True, default=0
    )
    renews_by_hours = models.BooleanField(_("meeting the hours renews it"), default=False)
    basis = models.CharField(
        _("the term comes from"), max_length=6, choices=Basis.choices, default=Basis.POLICY
    )
    source_nl = models.CharField(_("source in Dutch"), max_length=300, blank=True)
    source_en = models.CharField(_("source in English"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(fields=["type", "from_on"], name="one_terms_a_day"),
            models.CheckConstraint(
                condition=~Q(ends="months") | Q(months__isnull=False, months__gte=1),
                name="term_in_months_has_months",
            ),
            models.CheckConstraint(
                condition=~Q(ends="yearly")
                | Q(
                    yearly_month__isnull=False,
                    yearly_month__range=(1, 12),
                    yearly_day__isnull=False,
                    yearly_day__range=(1, 31),
                ),
                name="yearly_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(ends="day") | Q(ends_on__isnull=False), name="one_day_is_told"
            ),
            models.CheckConstraint(
                condition=Q(hours_needed=None) | Q(hours_months__isnull=False, hours_months__gte=1),
                name="hours_have_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type_id} from {self.from_on}"

    @property
    def source(self) -> str:
        return in_language(nl=self.source_nl, en=self.source_en)

    @property
    def rule(self) -> rules.Terms:
        """As the rule reads them."""
        yearly = (self.yearly_month, self.yearly_day)
        return rules.Terms(
            ends=rules.Ends(self.ends),
            months=self.months,
            yearly=yearly if yearly[0] and yearly[1] else None,  # type: ignore[arg-type]
            ends_on=self.ends_on,
            from_previous=self.from_previous,
            window_days=self.window_days,
            least_days=self.least_days,
            grace_days=self.grace_days,
            run_out_months=self.run_out_months,
        )

    @property
    def hours_rule(self) -> rules.HoursRule | None:
        """The hours that are asked, in hundredths; None where none are."""
        if self.hours_needed is None or not self.hours_months:
            return None
        most = self.hours_e_learning
        return rules.HoursRule(
            needed=round(self.hours_needed * 100),
            months=self.hours_months,
            practice=round(self.hours_practice * 100),
            e_learning=None if most is None else round(most * 100),
            repeats=self.hours_repeats,
        )


class CertificateSkill(models.Model):
    """The level of a skill that holding this certificate shows."""

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="shows")
    skill = models.ForeignKey("skills.Skill", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "skill"], name="one_level_a_shown_skill")
        ]

    def __str__(self) -> str:
        return f"{self.type_id} shows {self.skill_id}"


class Brings(models.Model):
    """What completing an activity does: it gives the certificate, or hours towards its duty."""

    class What(models.TextChoices):
        CERTIFICATE = "certificate", _("gives the certificate")
        REFRESHER = "refresher", _("renews it, as a refresher")
        THEORY = "theory", _("counts as hours of theory")
        PRACTICE = "practice", _("counts as hours of practice")
        E_LEARNING = "e_learning", _("counts as hours of e-learning")

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="brought_by")
    activity = models.ForeignKey(
        "catalogue.Activity", on_delete=models.CASCADE, related_name="brings"
    )
    what = models.CharField(_("what it does"), max_length=11, choices=What.choices)

    class Meta:
        verbose_name_plural = "brings"
        constraints = [
            models.UniqueConstraint(fields=["type", "activity"], name="one_effect_an_activity")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} brings {self.type_id}"


class PathBrings(models.Model):
    """Completing a learning path gives this certificate."""

    type = models.ForeignKey(
        CertificateType, on_delete=models.CASCADE, related_name="brought_by_paths"
    )
    path = models.ForeignKey("paths.Path", on_delete=models.CASCADE, related_name="brings")

    class Meta:
        verbose_name_plural = "path brings"
        constraints = [
            models.UniqueConstraint(fields=["type", "path"], name="once_at_the_end_of_a_path")
        ]

    def __str__(self) -> str:
        return f"{self.path_id} brings {self.type_id}"


@personal_data(
    what=_("That you in person must have a certificate, where HR asked it of you by name"),
    purpose=_("To know who must have which certificate, and from when."),
    audience=CERTIFICATES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until HR takes the duty away."),
    person="person",
    order=44,
)
class Duty(models.Model):
    """Who must have it: everyone in a place, from a date until, perhaps, another.

    All that is named must hold together; nothing named means everyone. May hold one person.
    """

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="duties")
    job = models.ForeignKey(
        "people.Job", on_delete=models.CASCADE, related_name="duties", null=True, blank=True
    )
    unit = models.ForeignKey(
        "people.Unit", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    # Only this unit, and not those below it.
    alone = models.BooleanField(default=False)
    location = models.ForeignKey(
        "people.Location", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    least_hours = models.DecimalField(
        _("contract of at least (hours a week)"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="duty_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type_id} must be held from {self.from_on}"

    def rule(self, type_: int | None = None) -> rules.Rule:
        """As the rule reads it."""
        return rules.Rule(
            type=type_ or self.type_id,
            from_on=self.from_on,
            until_on=self.until_on,
            job=self.job_id,
            unit_path=self.unit.path if self.unit else None,
            alone=self.alone,
            location=self.location_id,
            least_hours=None if self.least_hours is None else float(self.least_hours),
            person=self.person_id,
        )


@personal_data(
    what=_("That you need not have a certificate others must have, and why"),
    purpose=_("To let an exception stand with its reason, instead of a warning that is wrong."),
    audience=CERTIFICATES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the exception ends."),
    until=Until("until_on", days=730),
    person="person",
    order=45,
)
class Exemption(models.Model):
    """Someone need not have it, from a day until, perhaps, another, for a reason.

    Holds the reason; goes two years after it ended.
    """

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="exemptions")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="exemption_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} need not hold {self.type_id}"


class WorkTask(models.Model):
    """A task in the work, the certificates it needs, and the jobs that do it.

    Who works in one of these jobs must have them, from a day on; who has them may do the task.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    needs = models.ManyToManyField(CertificateType, related_name="tasks")
    jobs = models.ManyToManyField("people.Job", related_name="+", blank=True)
    from_on = models.DateField(_("from"))
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="task_has_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


@personal_data(
    what=_("Your certificates: number, dates, file, who confirmed them"),
    purpose=_("To know who may do which work, and to warn you before one lapses."),
    audience=CERTIFICATES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    order=43,
)
class Holding(models.Model):
    """A certificate someone holds. A renewal is a new holding; the old one stays as it was.

    Holds number, dates, perhaps a scan; the person keeps it, the employer reads it until the
    last day of the employment.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("not accepted")

    class Origin(models.TextChoices):
        SENT = "sent", _("sent in")
        LOADED = "loaded", _("loaded from a list")
        ACTIVITY = "activity", _("by completing an activity")
        HOURS = "hours", _("by meeting the hours")

    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="holdings")
    number = models.CharField(_("number"), max_length=100, blank=True)
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # The date that stands on it, where one does. `valid_until` is worked out: from this, or from
    # the terms below and the certificate before it; a test holds it beside the rule.
    printed_until = models.DateField(null=True, blank=True)
    # What the type said on the day of issue, as it was when this came in: it stays so.
    terms = models.ForeignKey(
        TypeTerms, on_delete=models.PROTECT, related_name="holdings", null=True, blank=True
    )
    # Of before terms were dated: the months it came in with, where no terms are named.
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    refresher = models.BooleanField(_("it was a refresher"), default=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.SENT)
    file = models.FileField(_("file"), upload_to="certificates/%Y/", blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    registered_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                name="valid_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
                name="nobody_confirms_their_own",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "type", "-issued_on"], name="holding_newest"),
            models.Index(fields=["type", "state"], name="holding_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} holds {self.type_id}"

    @property
    def given(self) -> rules.Given:
        """As the rule reads it."""
        terms = self.terms.rule if self.terms else rules.plain_terms(self.term_months)
        return rules.Given(
            key=self.pk,
            issued_on=self.issued_on,
            terms=terms,
            confirmed=self.state == self.State.CONFIRMED,
            printed_until=self.printed_until,
            refresher=self.refresher,
        )


@personal_data(
    what=_("Training hours towards a certificate: which course, when, how many hours"),
    purpose=_("To see whether a duty in hours is met, and what is still needed by when."),
    audience=CERTIFICATES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    person="person",
    order=46,
)
class HoursDone(models.Model):
    """A day of training that counts towards a duty in hours.

    Holds course, day and hours; the person keeps it, the employer reads it until the last day.
    """

    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="hours_done")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    course = models.CharField(_("course"), max_length=200)
    activity = models.ForeignKey(
        "catalogue.Activity", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    on = models.DateField(_("day"))
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    practice = models.DecimalField(
        _("of which practice"), max_digits=5, decimal_places=2, default=0
    )
    e_learning = models.DecimalField(
        _("of which e-learning"), max_digits=5, decimal_places=2, default=0
    )
    state = models.CharField(
        max_length=9, choices=Holding.State.choices, default=Holding.State.WAITING
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    registered_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "hours done"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    hours__gt=0,
                    practice__gte=0,
                    e_learning__gte=0,
                    hours__gte=F("practice") + F("e_learning"),
                ),
                name="hours_add_up",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
                name="nobody_confirms_their_own_hours",
            ),
        ]
        indexes = [models.Index(fields=["person", "type", "on"], name="hours_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.hours} on {self.on}"

    @property
    def done(self) -> rules.Done:
        """As the rule reads it: a course is known by its activity, else by its name."""
        course = f"#{self.activity_id}" if self.activity_id else self.course
        return rules.Done(
            key=self.pk,
            course=" ".join(course.casefold().split()),
            on=self.on,
            hours=round(self.hours * 100),
            practice=round(self.practice * 100),
            e_learning=round(self.e_learning * 100),
        )


@personal_data(
    what=_("Reminders that a certificate of yours is to be renewed"),
    purpose=_("So that you are told in time, and once."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the day you were reminded."),
    until=Until("on", days=730),
    person="person",
    order=47,
)
class Reminder(models.Model):
    """Someone was told that a certificate is in its window, or lapsed: once for each.

    Holds the day; goes after two years.
    """

    class About(models.TextChoices):
        WINDOW = "window", _("time to renew")
        LAPSED = "lapsed", _("lapsed")
        MISSING = "missing", _("not there yet")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="+")
    # Which one lapses; none where the certificate was never there.
    holding = models.ForeignKey(
        Holding, on_delete=models.CASCADE, null=True, blank=True, related_name="reminders"
    )
    about = models.CharField(max_length=7, choices=About.choices)
    on = models.DateField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holding", "about"],
                condition=Q(holding__isnull=False),
                name="reminded_once",
            ),
            models.UniqueConstraint(
                fields=["person", "type"],
                condition=Q(holding=None),
                name="reminded_once_of_what_misses",
            ),
        ]
        indexes = [models.Index(fields=["person", "seen_at"], name="reminder_unseen")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.about} on {self.on}"


class LoadRecipe(Recipe):
    """Which column of this organisation's list is which, as HR chose it the last time."""

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    month_first = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {len(self.columns)}"


@personal_data(
    what=_("Lists of certificates that you brought in"),
    purpose=_("To show what a list would add, and afterwards who added what and when."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("The rows until they are taken over or thirty days; that you did it, two years."),
    person="uploaded_by",
    order=48,
    stays=("table", "header"),
)
class Load(IncomingList):
    """A list of certificates on its way in; see `kit.incoming`.

    Holds who brought it and, until it is taken over or thirty days have passed, its rows.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    uploaded_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # 03/04/2025 means 4 March.
    month_first = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-created_at"], name="load_newest")]


class LoadLine(IncomingLine):
    """What there is to say about one row of a list; goes with its list, after thirty days."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="lines")
    # Kinds: new, problem, known.
    what = models.CharField(max_length=600)

    class Meta:
        indexes = [models.Index(fields=["load", "kind", "row"], name="load_line_kind")]


class CountedPart(models.Model):
    """A mark on one part of an organisation's people, new whenever something changed there.

    How many meet their duties is counted part by part and remembered with this mark and the day
    (`counting`), so that one confirmed certificate makes a small part counted anew. Names nobody.
    """

    PARTS = 64

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    # The person's number modulo PARTS.
    part = models.PositiveSmallIntegerField()
    mark = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "part"], name="one_mark_a_part")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}, part {self.part}"
