"""Keys with which other systems come in, and what they already asked."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import HR, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def alive(self) -> Self:
        """Tokens that open a door now."""
        return self.filter(revoked_at=None).filter(
            Q(expires_on=None) | Q(expires_on__gte=timezone.localdate())
        )


@personal_data(
    what=_("The API tokens you made for your organisation"),
    purpose=_("So that it is known who opened a door for another system."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the token was revoked or ran out."),
    person="made_by",
    order=70,
)
class ApiToken(models.Model):
    """A key for one purpose. Only its digest is kept: who loses it makes a new one.

    The token is 256 random bits, so a plain digest is enough: there is nothing to guess, and a
    slow hash at every call would only cost time.
    """

    class Scope(models.TextChoices):
        PEOPLE_READ = "people:read", _("read people and units")
        SKILLS_READ = "skills:read", _("read skills, occupations and role profiles")
        NEEDS_READ = "needs:read", _("read learning needs and evidence")
        EVIDENCE_WRITE = "evidence:write", _("add evidence")
        CATALOGUE_READ = "catalogue:read", _("read the catalogue")
        CATALOGUE_WRITE = "catalogue:write", _("add to the catalogue")
        PLANS_READ = "plans:read", _("read plans that people shared")
        PACKAGES_READ = "packages:read", _("read learning packages and how a course stands")
        PACKAGES_WRITE = "packages:write", _("bring in learning packages and have them opened")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="api_tokens"
    )
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(_("what is it for?"), max_length=100)
    scopes = models.JSONField(default=list)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["revoked_at", "-created_at"]
        constraints = [
            # Also what keeps a form that is sent twice from making two keys.
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(revoked_at=None),
                name="one_living_token_a_name",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def scopes_in_words(self) -> list[str]:
        """What it may do, for a person to read."""
        return [str(self.Scope(scope).label) for scope in self.scopes]

    @property
    def state(self) -> str:
        """Whether it opens a door now: alive, revoked or expired."""
        if self.revoked_at:
            return "revoked"
        if self.expires_on and self.expires_on < timezone.localdate():
            return "expired"
        return "alive"


class Reply(models.Model):
    """What was answered to a write of another system, so that asking twice does it once.

    Kept thirty days at least; holds no personal data beyond what the answer held.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="replies")
    key = models.CharField(max_length=100)
    question = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "replies"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_reply_a_key")]

    def __str__(self) -> str:
        return f"{self.token_id}: {self.key}"


@personal_data(
    what=_("When you were invited to Gezel, and by whom"),
    purpose=_("So that HR sees who can sign in, and nobody is invited twice in a row."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as your account exists."),
    order=71,
)
class Invitation(models.Model):
    """A mail with a link to set a first password. The link itself is not kept."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="invitations"
    )
    sent_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.sent_at:%Y-%m-%d}"
