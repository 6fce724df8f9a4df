"""What people showed, who asked for it, and who sees it differently."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.skills.models.readers import SKILLS_OF_A_PERSON
from gezel.skills.models.taxonomy import Skill
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, Until, personal_data


@personal_data(
    what=_("Evidence of what you can: levels, who gave them, when and why"),
    purpose=_("To show what you can, where a learning need is, and why we say so."),
    audience=SKILLS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_(
        "Yours for life; an employer reads what was made there and what you let it count, until "
        "your last day."
    ),
    order=40,
)
class Evidence(models.Model):
    """One dated fact about what someone showed. Never changed: a correction names the old one.

    Holds a level, who gave it and a short note; the person keeps it. `organisation` is where it was
    made: that employer reads it until the last day of the employment, another only what the person
    shows it (`Showing`), without who gave it.
    """

    class Kind(models.TextChoices):
        SELF = "self", _("your own view")
        LEAD = "lead", _("confirmed by a lead")
        COLLEAGUE = "colleague", _("a colleague's view")
        CERTIFICATE = "certificate", _("certificate")
        MODULE = "module", _("module completed")
        TEST = "test", _("skill test")
        PRACTICAL = "practical", _("practical work, looked at")
        EARLIER = "earlier", _("from an earlier employer, verified")
        EVC = "evc", _("EVC result")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="evidence")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="evidence")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=11, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    # Where the source says so finely: the level with decimals and how far it may lie off (sd).
    exact = models.FloatField(null=True, blank=True)
    sd = models.FloatField(null=True, blank=True)
    given_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="evidence_given"
    )
    observed_on = models.DateField(_("seen on"))
    note = models.CharField(_("what did you see?"), max_length=500, blank=True)
    # What it rests on, as an address within Gezel ("records:statement:<uuid>").
    rests_on = models.CharField(max_length=200, blank=True)
    corrects = models.OneToOneField(
        # Not by itself; with everything about the person, yes.
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="corrected_by",
    )
    # Made by the client, so that a form sent twice is one fact.
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            # A correction without a level takes the old fact out and puts nothing in its place.
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5) | Q(level=0, corrects__isnull=False),
                name="evidence_on_the_scale",
            ),
            models.CheckConstraint(
                condition=~Q(kind="lead", given_by=F("person")), name="nobody_leads_own_evidence"
            ),
            models.CheckConstraint(
                condition=Q(exact=None) | Q(exact__gte=0, exact__lte=5), name="exact_on_the_scale"
            ),
            models.CheckConstraint(condition=Q(sd=None) | Q(sd__gt=0), name="sd_above_nothing"),
        ]
        indexes = [
            models.Index(fields=["person", "skill", "-observed_on"], name="evidence_of_a_skill")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id}: {self.level} ({self.kind})"

    @property
    def is_brought(self) -> bool:
        """Whether it came in a file of the person; its note then says what that was."""
        return self.rests_on.startswith("profile:brought:")


@personal_data(
    what=_("Which evidence from elsewhere you let an employer count"),
    purpose=_("So that an employer sees of what you did elsewhere only what you choose."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_("Until you take it back, and at the latest until your last day there."),
    person="evidence__person",
    order=42,
)
class Showing(models.Model):
    """Someone lets an employer count a piece that was not made there.

    Goes when they take it back and when they stop working there: who comes back chooses anew.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="showings")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    shown_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "organisation"], name="shown_once")
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} at {self.organisation_id}"


@personal_data(
    what=_("Where you say that you see a piece of evidence differently"),
    purpose=_("So that your side stands beside what others said about you."),
    audience=SKILLS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_(
        "Yours for life; the employer where the piece was made reads it until your last day there."
    ),
    person="evidence__person",
    order=42,
)
class Objection(models.Model):
    """Someone sees a piece of evidence about themselves differently, and says why.

    The piece stays readable, marked, and does not count until a named person decides; upheld,
    it never counts again. Holds the person's own words and the answer of who decided.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("waits for a decision")
        UPHELD = "upheld", _("agreed: the piece does not count")
        REFUSED = "refused", _("not agreed: the piece counts")
        WITHDRAWN = "withdrawn", _("taken back")

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="objections")
    reason = models.CharField(_("how do you see it?"), max_length=500)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("why do you decide so?"), max_length=500, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["evidence"],
                condition=Q(outcome__in=["open", "upheld"]),
                name="objection_that_holds",
            ),
            # Without it SQLite looks for open ones person by person.
            models.Index(fields=["outcome", "created_at"], name="objection_by_outcome"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence"], condition=Q(outcome="open"), name="one_open_objection_a_piece"
            ),
        ]

    def __str__(self) -> str:
        return f"about {self.evidence_id}"


@personal_data(
    what=_("The views on your skills that you asked for, and those that others asked of you"),
    purpose=_("To bring a question to a colleague and the answer back to your evidence."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Thirty days after it was answered, declined or withdrawn; an answer becomes evidence."),
    until=Until("closed_at", days=30),
    person=["person", "asked_of"],
    order=43,
)
class EvidenceRequest(models.Model):
    """Someone asks a colleague or their lead to say what they see of one skill.

    Holds who asks whom about which skill, and a line of the asker; open until it is answered,
    declined or withdrawn.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="views_asked_for"
    )
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="views_asked_of"
    )
    note = models.CharField(_("what can they think back to?"), max_length=300, blank=True)
    answer = models.OneToOneField(
        Evidence, on_delete=models.SET_NULL, null=True, blank=True, related_name="request"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("asked_of")), name="nobody_asks_themselves"
            ),
            models.UniqueConstraint(
                fields=["person", "skill", "asked_of"],
                condition=Q(closed_at=None),
                name="one_open_request_a_skill",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_of"], condition=Q(closed_at=None), name="requests_waiting_for"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} asks {self.asked_of_id} about {self.skill_id}"
