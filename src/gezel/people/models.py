"""Persons, the organisations they work in, and the lines between them.

A person is not an employee: a person has an account for life and zero or more employments.
"""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from gezel.kit.incoming.models import IncomingLine, IncomingList, Recipe
from gezel.people.audience import ASKING_HR, COLLEAGUES, HR, LINE, SELF, Audience
from gezel.trust.api import CONTRACT, LEGITIMATE_INTEREST, Until, personal_data


class Language(models.TextChoices):
    NL = "nl", "Nederlands"
    EN = "en", "English"


class Organisation(models.Model):  # type: ignore[django-manager-missing] # treebeard has no types
    """A tenant: what one organisation holds, no other can reach."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(unique=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.NL
    )
    # A hue and not a colour: lightness and chroma stay ours, so contrast holds in any house style.
    accent_hue = models.PositiveSmallIntegerField(
        _("accent colour"), default=182, validators=[MaxValueValidator(359)]
    )
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    smallest_group = models.PositiveSmallIntegerField(
        _("smallest group shown"), default=5, validators=[MinValueValidator(4)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(smallest_group__gte=4), name="groups_stay_dark")
        ]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def working_at(self, organisation: Organisation, on: date | None = None) -> Self:
        """People with an employment there on that date (today if none is given)."""
        here = Employment.objects.current(on).filter(organisation=organisation.pk)
        return self.filter(pk__in=here.values("person_id"))


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def working_at(self, organisation: Organisation, on: date | None = None) -> PersonQuerySet:
        return self.get_queryset().working_at(organisation, on)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """An account; without a password one can only come in by a link or passkey."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


@personal_data(
    what=_("Your name, e-mail address and language"),
    purpose=_("So that you can sign in, be greeted and be found by colleagues."),
    audience=Audience(SELF, COLLEAGUES),
    ground=CONTRACT,
    term=_("As long as your account exists; it is yours, also after a job."),
    person="pk",
    order=10,
    stays=("password",),
    former=_(
        "HR sees your name and address beside the employment it keeps, two years long "
        "(GDPR article 6.1.f)."
    ),
)
class Person(AbstractBaseUser):
    """Someone with an account for life, whoever employs them.

    Holds name, e-mail address, language and sign-in data; kept until the person erases it.
    """

    class Theme(models.TextChoices):
        AUTO = "auto", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, blank=True, default=""
    )
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name"]
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]
        indexes = [models.Index(fields=["last_name", "first_name"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters for the round picture, whatever the script."""
        words = self.name.split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    def get_full_name(self) -> str:
        return self.name


class Unit(MP_Node):
    """A place in the organisation's tree. The root stands for the organisation itself."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="units")
    name = models.CharField(_("name"), max_length=200)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A site where people work."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="locations"
    )
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_location_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """A job as the organisation names it; what it asks stands in a role profile (`skills`)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="jobs")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_job_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def current(self, on: date | None = None) -> Self:
        """Employments that run on that date (today if none is given)."""
        day = on or timezone.localdate()
        return self.filter(starts_on__lte=day).exclude(ends_on__lt=day)


@personal_data(
    what=_("Your employment: unit, job, lead, location, dates, contract hours, shift"),
    purpose=_(
        "To know which role profile is yours, who leads you, and, for groups and timetables "
        "of sessions, which parts of the day you work."
    ),
    audience=Audience(SELF, LINE, HR),
    ground=CONTRACT,
    term=_("Until two years after the employment ends."),
    until=Until("ends_on", days=730),
    order=20,
    former=_(
        "HR sees that you worked there, in which job and on which days: to settle what is left and "
        "to give references, two years long (GDPR article 6.1.f)."
    ),
)
class Employment(models.Model):
    """A person working in an organisation, from a date until, perhaps, another.

    Holds job data, and where the employer gives them education level and shift: those two serve
    to see whether learning is shared out fairly, never an estimate of a person. The shift also
    tells groups and timetables of sessions which parts of the day someone works.
    """

    class Education(models.TextChoices):
        VMBO = "vmbo", "vmbo"
        MBO2 = "mbo2", "mbo 2"
        MBO3 = "mbo3", "mbo 3"
        MBO4 = "mbo4", "mbo 4"
        HBO = "hbo", "hbo"
        WO = "wo", "wo"

    class Shift(models.TextChoices):
        DAY = "day", _("day")
        EARLY = "early", _("early")
        LATE = "late", _("late")
        NIGHT = "night", _("night")
        ROTATING = "rotating", _("rotating")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="employments"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="employments")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="employments")
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="employments"
    )
    lead = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="direct_reports"
    )
    number = models.CharField(_("staff number"), max_length=60, blank=True)
    starts_on = models.DateField(_("start date"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    contract_hours = models.DecimalField(
        _("contract hours a week"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    education = models.CharField(
        _("education level"), max_length=5, choices=Education.choices, blank=True
    )
    shift = models.CharField(_("shift"), max_length=8, choices=Shift.choices, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "starts_on"], name="one_start_a_day"
            ),
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=Q(ends_on__isnull=True),
                name="one_open_employment",
            ),
            models.UniqueConstraint(
                fields=["organisation", "number"],
                condition=~Q(number="") & Q(ends_on__isnull=True),
                name="one_open_employment_a_number",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=True) | ~Q(lead=F("person")),
                name="nobody_leads_themselves",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "unit"], name="employment_by_unit"),
            models.Index(fields=["organisation", "job"], name="employment_by_job"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.organisation_id}"


class LeadLine(models.Model):
    """Who leads whom, also through others: the reporting line unrolled, remade when it changes.

    Derived from `Employment.lead`, so it holds nothing new about anyone.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lines_as_lead")
    member = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lines_as_member")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "lead", "member"], name="one_line_between_two"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} leads {self.member_id}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def current(self, on: date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(from_on__lte=day).exclude(until_on__lt=day)


@personal_data(
    what=_("The tasks you carry for the organisation, such as HR or author"),
    purpose=_("To give you the pages that task needs, and to show others who has them."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the task ends."),
    until=Until("until_on", days=730),
    order=30,
    former=_(
        "That you had a task there, and when: who decided what must stay known, two years long "
        "(GDPR article 6.1.f)."
    ),
)
class Mandate(models.Model):
    """A task for the organisation that opens doors: HR, author, works council, administrator."""

    class Kind(models.TextChoices):
        HR = "hr", _("HR and learning")
        AUTHOR = "author", _("Makes learning material")
        COUNCIL = "council", _("Works council")
        ADMIN = "admin", _("Administrator")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="mandates"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mandates")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "kind"],
                condition=Q(until_on__isnull=True),
                name="one_open_mandate_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"


class ImportRecipe(Recipe):
    """Which column of this organisation's list is which, as HR chose it the last time."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="import_recipe"
    )
    everyone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {len(self.columns)}"


@personal_data(
    what=_("Staff lists that you brought in"),
    purpose=_("To show what a list would change, and afterwards who changed what and when."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("The rows until they are taken over or thirty days; that you did it, two years."),
    person="uploaded_by",
    order=35,
    stays=("table", "header"),
)
class Intake(IncomingList):
    """A staff list on its way in; see `kit.incoming`.

    Holds who brought it and, until it is taken over or thirty days have passed, its rows.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="intakes")
    uploaded_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="intakes"
    )
    everyone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-created_at"], name="intake_newest")]

    @property
    def blocked(self) -> bool:
        return bool(self.counts.get("blocking"))


class IntakeLine(IncomingLine):
    """What a list would do to one person, or what there is to say about one of its rows.

    Holds the name, address and job data of that row; goes with its list, after thirty days.
    """

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="lines")
    # Kinds: new, asked, returns, changed, ended, problem, note. Row 0: the list does not name them.
    what = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["intake", "kind", "row"], name="intake_line_kind")]


@personal_data(
    what=_("Organisations that say you work for them, waiting for your answer"),
    purpose=_("So that nobody is taken on without saying yes, and nothing of yours is shown."),
    audience=Audience(SELF, ASKING_HR),
    ground=CONTRACT,
    term=_("Until you answer, or the organisation takes it back."),
    order=25,
)
class JoinRequest(models.Model):
    """An organisation says someone works for it whose account it did not make.

    Until that person says yes there is no employment, and the organisation sees nothing but
    what it wrote itself. Otherwise who knows an address could read what its owner can.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="join_requests"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="join_requests")
    # As the organisation wrote it; the account's own name is not shown to it yet.
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(
        Location, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lead = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    number = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    contract_hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    education = models.CharField(max_length=5, choices=Employment.Education.choices, blank=True)
    shift = models.CharField(max_length=8, choices=Employment.Shift.choices, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="one_request_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} asks {self.person_id}"
