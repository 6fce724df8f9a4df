"""What an organisation can certify, with which keys, and what it did certify."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import HR, SELF, Audience
from gezel.profile.rules.status import SUSPENSION, entry_for
from gezel.profile.rules.wording import Wording, languages, whole_in, wording
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

ISSUED_TO_A_PERSON = Audience(SELF, HR)
LIST_SIZE = 131_072


class SigningKey(models.Model):
    """A key with which the organisation signs. Put away or leaked, it stays: it tells of then."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="signing_keys"
    )
    public = models.CharField(max_length=100, unique=True)
    # The secret half under a key from the environment (`sealing.py`), and which one that was.
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    leaked_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(retired_at=None),
                name="one_key_signs",
            ),
            models.CheckConstraint(
                condition=Q(leaked_from=None) | Q(retired_at__isnull=False),
                name="a_leaked_key_signs_no_more",
            ),
        ]

    def __str__(self) -> str:
        return self.public


class Achievement(models.Model):
    """Something the organisation certifies: what it is, what one does for it, what it rests on."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="achievements"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    about_nl = models.CharField(_("what it is, in Dutch"), max_length=1000, blank=True)
    about_en = models.CharField(_("what it is, in English"), max_length=1000, blank=True)
    criteria_nl = models.CharField(_("criteria in Dutch"), max_length=2000, blank=True)
    criteria_en = models.CharField(_("criteria in English"), max_length=2000, blank=True)
    skill = models.ForeignKey(
        "skills.Skill", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    certificate = models.ForeignKey(
        "certificates.CertificateType",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    months = models.PositiveSmallIntegerField(_("counts for (months)"), null=True, blank=True)
    # A credential of it names a second list then (decision 0041).
    can_be_suspended = models.BooleanField(_("can be suspended"), default=False)
    archived = models.BooleanField(_("no longer given"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_nl="", name_en=""), name="achievement_has_a_name"
            ),
            models.CheckConstraint(
                condition=~Q(criteria_nl="", criteria_en=""), name="achievement_has_criteria"
            ),
            models.CheckConstraint(
                condition=Q(skill__isnull=False, level__isnull=False, level__range=(1, 5))
                | Q(skill=None, level=None),
                name="achievement_has_skill_and_level",
            ),
            # What rests on nothing is attendance dressed up.
            models.CheckConstraint(
                condition=Q(skill__isnull=False) | Q(certificate__isnull=False),
                name="achievement_rests_on_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)

    @property
    def about(self) -> str:
        return in_language(nl=self.about_nl, en=self.about_en)

    @property
    def criteria(self) -> str:
        return in_language(nl=self.criteria_nl, en=self.criteria_en)

    @property
    def languages(self) -> list[str]:
        """In which it is signed, the organisation's first: those with a name and criteria."""
        words = {
            "nl": (self.name_nl, self.criteria_nl),
            "en": (self.name_en, self.criteria_en),
        }
        return whole_in(words, self.organisation.language)


@personal_data(
    what=_("Credentials that were issued to you"),
    purpose=_(
        "So that you can show what you can, wherever you work; and so that whoever issued one can "
        "withdraw it."
    ),
    audience=ISSUED_TO_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; HR reads them until your last day, and keeps the number to withdraw."),
    order=43,
    former=_(
        "The number of each credential it issued, without your name, so that it can withdraw one "
        "that was issued by mistake (GDPR article 6.1.f)."
    ),
)
class Credential(models.Model):
    """What was signed for someone, word for word. Never changed but to be signed anew.

    Holds the name and the achievement; the person keeps it, the employer reads it until the last
    day of the employment and can withdraw it by its number after.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="issued")
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="credentials"
    )
    # What it rests on ("evidence:12", "holding:7"); the same ground is certified once.
    ground = models.CharField(max_length=60)
    signed_with = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="signed")
    signed_at = models.DateTimeField()
    document = models.JSONField()
    # The same in other languages, each signed by itself, in the same place of the list.
    editions = models.JSONField(default=list, blank=True)
    place = models.PositiveIntegerField()
    issued_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    issued_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # For now it does not count, and why; what was said before stands in the log.
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    suspended_because = models.CharField(_("why it was suspended"), max_length=300, blank=True)
    # How often it was issued anew to a key of the person, or to none.
    bound = models.PositiveSmallIntegerField(default=0)
    # Until when whoever has the link sees it; the person opens and closes that.
    open_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "place"], name="one_place_a_credential"
            ),
            models.UniqueConstraint(
                fields=["person", "achievement", "ground"],
                condition=Q(revoked_at=None),
                name="certified_once",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(reason=""), name="withdrawn_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(suspended_at=None) | ~Q(suspended_because=""),
                name="suspended_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(issued_by=F("person")), name="nobody_certifies_themselves"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-issued_at"], name="credential_newest"),
            models.Index(
                fields=["organisation", "place"],
                condition=Q(revoked_at__isnull=False),
                name="credential_withdrawn",
            ),
            models.Index(
                fields=["organisation", "place"],
                condition=Q(suspended_at__isnull=False),
                name="credential_suspended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id} of {self.person_id}"

    @property
    def documents(self) -> list[dict[str, Any]]:
        """All that was signed: in the first language, then in others."""
        return [self.document, *self.editions]

    @property
    def can_be_suspended(self) -> bool:
        """Whether it was signed with a list in which that stands: nothing is added to it later."""
        return entry_for(self.document, SUSPENSION) is not None

    @property
    def counts(self) -> bool:
        """Whether its issuer stands by it now, its days aside."""
        return self.revoked_at is None and self.suspended_at is None

    def document_in(self, language: str) -> dict[str, Any]:
        """What was signed in that language; what was signed first where there is none."""
        spoken = (one for one in self.editions if language in languages(one))
        return next(spoken, self.document)

    @property
    def here(self) -> dict[str, Any]:
        """What was signed, in the reader's language where it was signed in that."""
        return self.document_in((get_language() or "en")[:2])

    @property
    def wording(self) -> Wording:
        """What that says."""
        return wording(self.here, (get_language() or "en")[:2])


class SuiteStatus(models.Model):
    """Whether what a test suite had signed was withdrawn (`suite.py`); about nobody."""

    place = models.PositiveIntegerField(primary_key=True)
    credential = models.CharField(max_length=500, blank=True, db_index=True)
    is_set = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.place}: {self.credential}"
