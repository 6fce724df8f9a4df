"""Skills, their names and their relations, and the taxonomies they come from."""

from typing import Self

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import HR, SELF, Audience, Organisation, Visitor
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


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
        return self.named(None)

    def named(self, language: str | None) -> str:
        """Its name in this language, for who names many and asked for the reader's once."""
        return in_language(
            nl=self.own_nl or self.name_nl, en=self.own_en or self.name_en, language=language
        )

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


class FrameworkRelease(models.Model):
    """What was taken in of a framework, when, and how much: the newest row is what stands."""

    source = models.CharField(max_length=4, choices=Source.choices)
    taken_in_at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)

    class Meta:
        get_latest_by = "taken_in_at"

    def __str__(self) -> str:
        return f"{self.source} ({self.taken_in_at:%Y-%m-%d})"
