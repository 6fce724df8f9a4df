"""What the organisation asks, what people showed, and what follows from it."""

import uuid
from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import HR, LINE, SELF, Audience, Organisation, Visitor
from gezel.skills.rules import EIGHTY_PERCENT
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, Until, personal_data

# Who may read what someone can: the policy and "who sees what" both ask this object.
SKILLS_OF_A_PERSON = Audience(SELF, LINE, HR)


class Level(models.IntegerChoices):
    """The one scale, in words anyone can place themselves in. 0 means: no evidence."""

    KNOWS = 1, _("knows of it")
    WITH_HELP = 2, _("does it with help")
    ALONE = 3, _("does it alone")
    HELPS = 4, _("helps others")
    STANDARD = 5, _("sets the standard")


class Source(models.TextChoices):
    OWN = "own", _("our own")
    ESCO = "esco", "ESCO"
    ONET = "onet", "O*NET"


class SkillQuerySet(models.QuerySet["Skill"]):
    def usable_by(self, visitor: Visitor) -> Self:
        """The shared taxonomies and the organisation's own skills, none of another's."""
        return self.filter(Q(organisation=None) | Q(organisation=visitor.organisation.pk))

    def worded_by(self, organisation: Organisation) -> Self:
        """With the names this organisation gave them, in the same query (see `SkillLabel`)."""
        return self.annotate(
            worded=FilteredRelation("labels", condition=Q(labels__organisation=organisation.pk)),
            own_nl=F("worded__name_nl"),
            own_en=F("worded__name_en"),
        )


class Skill(models.Model):
    """Something a person can learn and show, in Dutch and English where both exist."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", _("technical")
        DIGITAL = "digital", _("digital")
        DATA = "data", _("data literacy")
        INTERPERSONAL = "interpersonal", _("interpersonal")

    organisation = models.ForeignKey(
        "people.Organisation",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="skills",
    )
    source = models.CharField(max_length=4, choices=Source.choices, default=Source.OWN)
    uri = models.CharField(max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices, default=Kind.TECHNICAL)
    is_knowledge = models.BooleanField(default=False)
    name_nl = models.CharField(_("name in Dutch"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    about_nl = models.TextField(_("what it is, in Dutch"), blank=True)
    about_en = models.TextField(_("what it is, in English"), blank=True)
    aliases_nl = models.TextField(blank=True)
    aliases_en = models.TextField(blank=True)
    levels_nl = models.JSONField(default=list, blank=True)
    levels_en = models.JSONField(default=list, blank=True)
    # Gone from the newest release of its framework: kept for who uses it, no longer offered.
    retired = models.BooleanField(default=False)
    # The same thing under another name: evidence and demand of this one count for that one.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_here"
    )
    # Made by the client, so that a form sent twice is one skill.
    key = models.UUIDField(unique=True, null=True, editable=False)

    # The organisation's own names, where `worded_by` or `give_own_names` put them.
    own_nl: str | None = None
    own_en: str | None = None

    objects = SkillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="skill_has_a_name"),
            models.UniqueConstraint(
                fields=["source", "uri"],
                condition=Q(organisation=None) & ~Q(uri=""),
                name="one_shared_skill_an_address",
            ),
            # A shared skill is nobody's to take away from the others.
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(organisation__isnull=False),
                name="only_own_skills_merge",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="no_skill_merges_into_itself",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "name_nl"], name="skill_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.own_nl or self.name_nl, en=self.own_en or self.name_en)

    @property
    def origin(self) -> str:
        """Whose it is: a framework's, the organisation's own, or shared by all."""
        if self.source == Source.OWN and self.organisation_id is None:
            return str(_("shared"))
        return str(self.get_source_display())

    @property
    def about(self) -> str:
        return in_language(nl=self.about_nl, en=self.about_en)

    @property
    def level_words(self) -> list[tuple[int, str, str]]:
        """For each level 1-5: number, the scale's word, and what it means for this skill."""
        nl = list(self.levels_nl) + [""] * (5 - len(self.levels_nl))
        en = list(self.levels_en) + [""] * (5 - len(self.levels_en))
        return [
            (level.value, str(level.label), in_language(nl=nl[level - 1], en=en[level - 1]))
            for level in Level
        ]


class SkillLabel(models.Model):
    """How one organisation names a shared skill; for everyone else the skill stays as it is.

    An empty name means: no own name in that language.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="skill_labels"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="labels")
    name_nl = models.CharField(_("our name in Dutch"), max_length=250, blank=True)
    name_en = models.CharField(_("our name in English"), max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["skill", "organisation"], name="one_label_a_skill"),
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="label_has_a_name"),
        ]

    def __str__(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


@personal_data(
    what=_("Other names of skills that you confirmed"),
    purpose=_("So that it is known who said that two names mean the same."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as the name stands."),
    person="confirmed_by",
    order=64,
)
class SkillAlias(models.Model):
    """Another way an organisation says a skill, confirmed by someone: it helps find and match.

    Names who confirmed it, as long as the alias stands.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="skill_aliases"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="aliases")
    language = models.CharField(max_length=2, choices=[("nl", "nl"), ("en", "en")])
    words = models.CharField(_("another name"), max_length=250)
    confirmed_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "skill", "language", "words"], name="one_alias_once"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="alias_has_words"),
        ]

    def __str__(self) -> str:
        return self.words


class SkillLink(models.Model):
    """The same skill elsewhere: its address in ESCO, O*NET or CompetentNL."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="links")
    scheme = models.CharField(max_length=20)
    identifier = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["skill", "scheme", "identifier"], name="one_link_an_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme}: {self.identifier}"


class Occupation(models.Model):
    """An occupation of a shared taxonomy, from which a role profile can be taken over."""

    source = models.CharField(max_length=4, choices=Source.choices)
    uri = models.CharField(max_length=200)
    code = models.CharField(max_length=30, blank=True)
    name_nl = models.CharField(max_length=250, blank=True)
    name_en = models.CharField(max_length=250, blank=True)
    about_nl = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    aliases_nl = models.TextField(blank=True)
    aliases_en = models.TextField(blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "uri"], name="one_occupation_an_address")
        ]
        indexes = [models.Index(fields=["source", "code"], name="occupation_by_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)

    @property
    def about(self) -> str:
        return in_language(nl=self.about_nl, en=self.about_en)


class OccupationLink(models.Model):
    """The same or a neighbouring occupation in another framework, by its code there.

    A code and not a key: either framework may be taken in first, or alone.
    """

    occupation = models.ForeignKey(Occupation, on_delete=models.CASCADE, related_name="links")
    scheme = models.CharField(max_length=20)
    identifier = models.CharField(max_length=200)
    match = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occupation", "scheme", "identifier"], name="one_link_an_occupation"
            )
        ]
        indexes = [models.Index(fields=["scheme", "identifier"], name="occupation_linked")]

    def __str__(self) -> str:
        return f"{self.scheme}: {self.identifier}"


class OccupationSkill(models.Model):
    """A skill that an occupation asks, essentially or optionally.

    `level` is the framework's own level on our scale and `importance` its own weight, where it
    gives them (O*NET does, ESCO does not).
    """

    occupation = models.ForeignKey(Occupation, on_delete=models.CASCADE, related_name="asks")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="asked_by")
    essential = models.BooleanField()
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    importance = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occupation", "skill", "essential"], name="one_relation_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.occupation_id} asks {self.skill_id}"


class RoleProfile(models.Model):
    """What a role asks of who holds it, now and from dates ahead.

    `version` rises with every change, so that who saves an older picture is told, not obeyed.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="role_profiles"
    )
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    occupation = models.ForeignKey(
        Occupation, on_delete=models.SET_NULL, null=True, blank=True, related_name="profiles"
    )
    jobs = models.ManyToManyField("people.Job", through="ProfileJob", related_name="profiles")
    version = models.PositiveIntegerField(default=1)
    # Made by the client, so that a form sent twice is one profile.
    key = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="profile_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


class ProfileJob(models.Model):
    """A job has one role profile; a profile may serve several jobs."""

    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="profile_jobs")
    job = models.OneToOneField("people.Job", on_delete=models.CASCADE, related_name="profile_job")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.profile_id}"


class Demand(models.Model):
    """A level a role profile asks of a skill, from a date on. 0: no longer asked from then."""

    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="demands")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="demands")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    # How far it may turn out otherwise: what is asked at the least and at the most, if said.
    low = models.PositiveSmallIntegerField(null=True, blank=True)
    high = models.PositiveSmallIntegerField(null=True, blank=True)
    essential = models.BooleanField(default=False)
    from_on = models.DateField(default=date(2020, 1, 1))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "skill", "from_on"], name="one_demand_a_skill_a_date"
            ),
            models.CheckConstraint(condition=Q(level__lte=5), name="demand_on_the_scale"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(low__lte=F("level")), name="demand_low_below"
            ),
            models.CheckConstraint(
                condition=Q(high=None) | Q(high__gte=F("level"), high__lte=5),
                name="demand_high_above",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.level} from {self.from_on}"


class FrameworkRelease(models.Model):
    """What was taken in of a framework, when, and how much: the newest row is what stands."""

    source = models.CharField(max_length=4, choices=Source.choices)
    taken_in_at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)

    class Meta:
        get_latest_by = "taken_in_at"

    def __str__(self) -> str:
        return f"{self.source} ({self.taken_in_at:%Y-%m-%d})"


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
    what=_("Your level per skill as we estimate it from the evidence"),
    purpose=_("To answer quickly where learning needs are; it can always be computed again."),
    audience=SKILLS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Computed anew from the evidence; gone with it."),
    order=41,
)
class Standing(models.Model):
    """The estimate of one skill of one person as of `computed_on`, over all their evidence.

    For the person. An employer reckons with it where `all_from` says that all of it was made
    there, and with `StandingAt` where not. Derived: `rules.estimate` over `Evidence` gives the
    same figure again.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="standings")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="standings")
    level = models.FloatField()
    sd = models.FloatField()
    pieces = models.PositiveSmallIntegerField()
    newest_on = models.DateField(null=True)
    computed_on = models.DateField()
    # Which parameters of the rule made it: `rules.PARAMETERS` keeps every version.
    version = models.PositiveSmallIntegerField(default=1)
    # The one employer where everything behind it was made; empty: from several, or from nowhere.
    all_from = models.ForeignKey(
        "people.Organisation",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="one_standing_a_skill")
        ]
        indexes = [models.Index(fields=["skill", "level"], name="standing_by_skill")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id}: {self.level:.1f}"


@personal_data(
    what=_("Your level per skill as one employer may reckon it, where you have evidence elsewhere"),
    purpose=_("So that an employer reckons with what was made there and what you let it count."),
    audience=SKILLS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Computed anew from the evidence; gone when you no longer work there."),
    order=41,
)
class StandingAt(models.Model):
    """The estimate of a skill as one employer may reckon it, where that differs from `Standing`.

    Only of people with evidence from elsewhere in that skill: who has worked at one place has none.
    """

    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="standings_apart"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    level = models.FloatField()
    sd = models.FloatField()
    pieces = models.PositiveSmallIntegerField()
    newest_on = models.DateField(null=True)
    computed_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "skill"], name="one_standing_an_employer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id} at {self.organisation_id}: {self.level:.1f}"


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


class NeedCount(models.Model):
    """How many people of one unit, role profile and location reach what is asked of a skill.

    Counted from standings and demands, so that the need map of a large organisation need not
    look at every person; `actions.count_needs` counts anew. Names nobody; that a count is
    small enough to point at someone is the reader's side to prevent (`queries.places`).

    The row holds from `from_on` until the day before `until_on`, as the demand does.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(
        "people.Location", on_delete=models.CASCADE, null=True, related_name="+"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    people = models.PositiveIntegerField()
    short = models.PositiveIntegerField()
    short_essential = models.PositiveIntegerField()
    # Levels that are missing, over all who fall short, in tenths: whole, so that sums are exact.
    gap_tenths = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(short__lte=F("people"), short_essential__lte=F("short")),
                name="no_more_short_than_people",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "from_on"], name="need_count_of"),
            models.Index(fields=["unit", "profile", "skill"], name="need_count_place"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.skill_id}: {self.short} of {self.people}"


class NeedSum(models.Model):
    """The counts of all units below one unit, added up per skill: what a need map reads.

    Whoever reads adds up the rows of a key. A recount adds a row with the difference, so that
    figures may be negative and two who count never wait for each other at the root; now and
    then the rows of a key are made one again (`actions.sums`). At any moment the rows of a unit
    sum to the `NeedCount`s strictly below it, but for what `settle` has yet to see.

    For each unit that has units below it by skill, for the root also by skill and profile or
    location. Names nobody.
    """

    class By(models.TextChoices):
        UNIT = "unit"
        PROFILE = "profile"
        LOCATION = "location"

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=8, choices=By.choices)
    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, null=True, related_name="+")
    location = models.ForeignKey(
        "people.Location", on_delete=models.CASCADE, null=True, related_name="+"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    people = models.IntegerField()
    short = models.IntegerField()
    short_essential = models.IntegerField()
    gap_tenths = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["unit", "by", "skill"], name="need_sum_place")]

    def __str__(self) -> str:
        return f"below {self.unit_id}, {self.skill_id}: {self.short} of {self.people}"


class NeedCounting(models.Model):
    """When the needs of an organisation were counted, and whether something changed since."""

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    counted_at = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.counted_at}"


class AheadCounting(models.Model):
    """When the look ahead of an organisation was worked out, and how many people tend to stay.

    `stays_two_years` is the share of everyone here that still works here after two years; None
    where the group is too small or too young to say. Never about one person. `wider` tells per
    number of months how many times the band is as wide, below and above, as reckoned.
    """

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    counted_at = models.DateTimeField()
    stays_two_years = models.FloatField(null=True)
    wider = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.counted_at}"


class AheadSaid(models.Model):
    """What was said of a unit some months ahead, as reckoned, and what was estimated when it came.

    Written down once a month and kept for five years, to learn how far a look ahead is off
    (`rules.widening`). Only of units with as many people as a group must have; names nobody.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    direct = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField()
    said_on = models.DateField()
    median = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    came = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "said_on"], name="ahead_said_on")]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.months} months, said on {self.said_on}: {self.median}"


class AheadFigure(models.Model):
    """What a unit with all below it, who sits at a unit itself, or a role profile falls short on
    a day ahead, in levels over all people and skills, with what makes the difference.

    Worked out every night (`actions.work_out_ahead`), because a large organisation cannot be
    counted while someone waits. Names nobody; that a figure is small enough to point at someone
    is the reader's side to prevent (`queries.places`).
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    direct = models.BooleanField(default=False)
    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, null=True, related_name="+")
    months = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    now_median = models.FloatField()
    now_low = models.FloatField()
    now_high = models.FloatField()
    median = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    # What each driver adds, in levels, and about how many people that is.
    no_use = models.FloatField()
    no_use_people = models.PositiveIntegerField()
    demand = models.FloatField()
    demand_people = models.PositiveIntegerField()
    leavers = models.FloatField()
    leavers_people = models.PositiveIntegerField()
    learning = models.FloatField()
    learning_people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, profile__isnull=False, direct=False)
                | Q(unit__isnull=False, profile=None),
                name="ahead_is_of_a_unit_or_a_role",
            )
        ]
        indexes = [models.Index(fields=["organisation", "months"], name="ahead_figure_of")]

    def __str__(self) -> str:
        return f"{self.unit_id or self.profile_id} in {self.months} months: {self.median}"


@personal_data(
    what=_("How strict your ratings of others are, compared with those of others"),
    purpose=_("To correct a level for who gave it, so that it does not hang on whom one asked."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Two years after a newer figure; computed anew every night from the ratings you gave."),
    person="rater",
    order=44,
)
class RaterFit(models.Model):
    """How many levels above others someone rates, as fitted on a day; the newest row holds.

    Rows are added when the figure changes and stay for two years, so that a level of last month
    can be computed again. Says something about the rater: only they read it as such; who was rated
    reads the correction in their own ledger.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    rater = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="rater_fits")
    kind = models.CharField(max_length=11, choices=Evidence.Kind.choices)
    # Levels by which they rate above (+) or below (-) what others see, and its sd.
    leniency = models.FloatField()
    sd = models.FloatField()
    ratees = models.PositiveIntegerField()
    fitted_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rater", "kind", "fitted_on"], name="one_fit_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rater_id} ({self.kind}): {self.leniency:+.2f}"

    @property
    def low(self) -> float:
        return self.leniency - EIGHTY_PERCENT * self.sd

    @property
    def high(self) -> float:
        return self.leniency + EIGHTY_PERCENT * self.sd


class SourceFit(models.Model):
    """How ratings of one kind lie beside each other here, as fitted on a day; the newest holds.

    From how far ratings of the same skill of the same person lie apart. Names nobody.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=11, choices=Evidence.Kind.choices)
    # Levels by which the kind lies too high; spreads (sd) of a rating and between raters.
    bias = models.FloatField()
    noise = models.FloatField()
    leniency = models.FloatField()
    fitted_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "fitted_on"], name="one_source_fit_a_day"
            ),
            models.CheckConstraint(
                condition=Q(noise__gt=0, leniency__gt=0), name="source_fit_spreads"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.bias:+.2f}"


class GroupPrior(models.Model):
    """What people with one role tend to show of a skill, as fitted on a day; the newest holds.

    The start of an estimate before someone's own evidence. Only of groups large enough to name
    nobody (`people` counts whom it rests on).
    """

    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    mean = models.FloatField()
    sd = models.FloatField()
    people = models.PositiveIntegerField()
    fitted_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "skill", "fitted_on"], name="one_prior_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.skill_id}: {self.mean:.1f}"


@personal_data(
    what=_("Settings of how fast skills fade that you changed"),
    purpose=_("So that it is known who decided how estimates age, and why."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_(
        "For good, so that estimates of earlier days stay the same; your name until your account "
        "goes."
    ),
    person="set_by",
    order=65,
)
class FadingRule(models.Model):
    """How fast an organisation says a kind of skill fades without use, from a day on.

    Only ever added: an estimate of last month keeps the rule of last month. Without a row the
    published defaults hold (`rules.ageing`). Names who set it.
    """

    class Of(models.TextChoices):
        KNOWLEDGE = "knowledge", _("knowledge")
        TECHNICAL = "technical", _("technical")
        DIGITAL = "digital", _("digital")
        DATA = "data", _("data literacy")
        INTERPERSONAL = "interpersonal", _("interpersonal")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="fading_rules"
    )
    of = models.CharField(max_length=13, choices=Of.choices)
    # Months without use after which half of what was gained is gone.
    half_life_months = models.FloatField(validators=[MinValueValidator(1), MaxValueValidator(240)])
    reason = models.CharField(_("why"), max_length=300, blank=True)
    from_on = models.DateField()
    set_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(half_life_months__gte=1, half_life_months__lte=240),
                name="half_life_within_reason",
            )
        ]
        indexes = [models.Index(fields=["organisation", "of", "-from_on"], name="fading_rule_of")]

    def __str__(self) -> str:
        return f"{self.of}: {self.half_life_months} months from {self.from_on}"
