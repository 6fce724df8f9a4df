"""Keys with which other systems come in, and what this house has to say to people by mail."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import ADMIN, HR, SELF, Audience
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, Until, personal_data


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
    until=Until("expires_on", days=730),
    person="made_by",
    order=70,
    stays=("digest",),
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

    # Through these another system reads about people: only where the works council agreed.
    PERSONAL: ClassVar[frozenset[str]] = frozenset(
        {Scope.PEOPLE_READ, Scope.NEEDS_READ, Scope.PLANS_READ, Scope.PACKAGES_READ}
    )

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


# Who may read that mail to someone goes wrong: not what is in it.
MAIL_OF_A_PERSON = Audience(SELF, HR, ADMIN)


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@personal_data(
    what=_("What you chose to get by mail, and on which day"),
    purpose=_("So that you get no more mail than you want."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_("Until you change it; it goes with your account."),
    order=75,
)
class MailWishes(models.Model):
    """What someone wants to hear of and when; who never chose has no row."""

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, related_name="mail_wishes"
    )
    weekday = models.PositiveSmallIntegerField(
        _("day of the weekly mail"), choices=Weekday.choices, default=Weekday.MONDAY
    )
    # Name of a kind → way; what is not in it is as the kind has it.
    ways = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=0, weekday__lte=6), name="a_day_of_the_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.get_weekday_display()}"


@personal_data(
    what=_("Mails that Gezel sent you: when, about what, and whether it worked"),
    purpose=_("So that each goes out once, and a mail that does not arrive is noticed."),
    audience=MAIL_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until a year after it was to be sent."),
    until=Until("goes_at", days=365),
    order=76,
)
class Mail(models.Model):
    """One mail to one person: a message by itself, or all of a week together.

    It is held by one worker at a time. `HANDING` is written just before it goes to the mail
    server: of a worker that dies right then nobody can know whether it went, so it is not sent
    again by itself but shown to an administrator as unsure. Nobody gets a mail twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        HELD = "held", _("being written")
        HANDING = "handing", _("being handed over")
        SENT = "sent", _("sent")
        EMPTY = "empty", _("nothing left to say")
        FAILED = "failed", _("did not arrive")
        UNSURE = "unsure", _("perhaps sent")
        LEFT = "left", _("left as it is")

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="mails")
    # The Monday of its week, where it is the weekly one.
    week = models.DateField(null=True, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    goes_at = models.DateTimeField()
    holder = models.UUIDField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # What the mail server answered, as it said it.
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "week"],
                condition=Q(week__isnull=False),
                name="one_weekly_mail_a_week",
            )
        ]
        indexes = [
            models.Index(fields=["state", "goes_at"], name="mail_next"),
            models.Index(fields=["person", "-goes_at"], name="mail_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


@personal_data(
    what=_("What Gezel has to tell you by mail"),
    purpose=_("So that you hear of it once, in your own language, when you want to."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Until a year after it was to be sent."),
    until=Until("goes_at", days=365),
    order=77,
)
class Message(models.Model):
    """One thing to say to one person, written in the transaction of its cause.

    Holds what it is about in keys; the words are made when the mail is, see `connect.kinds`.
    """

    class Fate(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TOLD = "told", _("told")
        MOOT = "moot", _("no longer to be told")
        BROKEN = "broken", _("could not be written")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="messages")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=60)
    # What makes it this message and no other: the same to the same person is said once.
    once = models.CharField(max_length=120)
    about = models.JSONField(default=dict)
    by = models.DateField(null=True, blank=True)
    alone = models.BooleanField(default=False)
    goes_at = models.DateTimeField()
    mail = models.ForeignKey(
        Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    fate = models.CharField(max_length=7, choices=Fate.choices, default=Fate.WAITING)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "once"], name="once_is_once")
        ]
        indexes = [
            models.Index(
                fields=["goes_at"],
                condition=Q(mail=None, fate="waiting"),
                name="message_to_pack",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}"
