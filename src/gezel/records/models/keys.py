"""With what other systems come in at the record store."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import HR, SELF, Audience
from gezel.records.models.statements import JsonText
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

READS = frozenset({"all", "all/read", "statements/read"})
"""The scopes that read what others wrote."""


class KeyQuerySet(models.QuerySet["Key"]):
    def alive(self) -> Self:
        """Keys that open the store now."""
        return self.filter(revoked_at=None).filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        )

    def of_systems(self) -> Self:
        """Keys that someone gave to another system; not those of one launch of one package."""
        return self.filter(kind=Key.Kind.SYSTEM)


@personal_data(
    what=_("Keys of the record store: that you made one, or that one is for what you play"),
    purpose=_("So that it is known who opened a door for another system, and packages can report."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("Of a system until two years after it was closed; of a package for thirty days."),
    person=("made_by", "person"),
    order=46,
    stays=("digest",),
)
class Key(models.Model):
    """A user name and a password for `/xapi/`. Of the password only a digest is kept.

    It is 256 random bits, so a plain digest is enough: there is nothing to guess, and a slow hash
    at each of four hundred calls a second would only cost time.
    """

    class Kind(models.TextChoices):
        SYSTEM = "system", _("another system")
        SESSION = "session", _("one launch of a package")

    class Scope(models.TextChoices):
        ALL = "all", _("everything")
        ALL_READ = "all/read", _("read everything")
        STATEMENTS_WRITE = "statements/write", _("write statements")
        STATEMENTS_READ = "statements/read", _("read statements")
        STATEMENTS_READ_MINE = "statements/read/mine", _("read the statements it wrote itself")
        STATE = "state", _("read and write state documents")
        PROFILE = "profile", _("read and write profile documents")
        DEFINE = "define", _("say what an activity is")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="record_keys"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.SYSTEM)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Bound to one person: it writes as that actor only, and goes when they go.
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=100)
    user = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    actor = JsonText(null=True)
    registration = models.UUIDField(null=True)
    # Whether it also reads what people learned in Gezel itself, or only what came from outside.
    reads_house = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering = ["revoked_at", "-created_at"]
        constraints = [
            # Also what keeps a form that is sent twice from making two keys.
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(revoked_at=None, kind="system"),
                name="one_living_record_key_a_name",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"

    @property
    def scopes_in_words(self) -> list[str]:
        """What it may do, for a person to read."""
        return [str(self.Scope(scope).label) for scope in self.scopes]

    @property
    def state(self) -> str:
        """Whether it opens the store now: alive, revoked or expired."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "alive"

    def authority(self, home_page: str) -> dict[str, Any]:
        """Who vouches for what comes in by this key, as statements tell it."""
        session = self.kind == self.Kind.SESSION
        return {
            "objectType": "Agent",
            "name": "Gezel" if session else self.name,
            "account": {"homePage": home_page, "name": "gezel" if session else f"key:{self.user}"},
        }
