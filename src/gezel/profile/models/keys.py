"""A person's own key, what it proves for a moment, and places in lists that count no more."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience, Relation
from gezel.profile.models.profile import nobody
from gezel.profile.rules.keys import PREFIX
from gezel.trust.api import CONSENT, personal_data

HAS_ASKED = Relation(
    _("Whoever has the address of the question you answered"), nobody, lambda person, on: []
)


@personal_data(
    what=_("Keys of your own, with which you prove that a credential is yours"),
    purpose=_("So that you can show, to whoever asks, that a credential was issued to you."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_("Until you remove it. There is none before you ask for one."),
    order=45,
    # It goes along locked with a passphrase of the person's own, or not at all.
    stays=("sealed", "sealed_with"),
)
class PersonKey(models.Model):
    """An Ed25519 key of one person, made when they asked for it or brought along from elsewhere.

    Its public half is its name (did:key) and stands in credentials that were issued to it. Of
    several one is named in what is issued now; the others still prove what was issued to them.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="own_keys")
    public = models.CharField(max_length=56)
    # The secret half under a key from the environment (`sealing.py`), and which one that was.
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=16)
    made_at = models.DateTimeField(default=timezone.now)
    put_away_at = models.DateTimeField(null=True, blank=True)
    brought = models.BooleanField(_("whether it was brought along"), default=False)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "public"], name="one_row_a_key"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(put_away_at=None), name="one_key_named"
            ),
        ]

    def __str__(self) -> str:
        return self.did

    @property
    def did(self) -> str:
        return PREFIX + self.public


@personal_data(
    what=_("A credential you just showed to someone who asked whether it is yours"),
    purpose=_("So that who asked can read the answer on the page where they asked."),
    audience=Audience(SELF, HAS_ASKED),
    ground=CONSENT,
    term=_("An hour."),
    order=45,
    taken_by=(),
)
class Answered(models.Model):
    """The answer to one question, and by that the mark that it was answered.

    Of the question only a digest is kept. Where the answer came as a file, nothing is kept of it:
    neither who, nor what.
    """

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="+"
    )
    document = models.JSONField(null=True)
    shown_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"answered at {self.shown_at}"


class SpentPlace(models.Model):
    """A place in the status list of which the credential is here no more; about nobody.

    A place is never given again: who holds the old file must not read the status of another's.
    """

    class Why(models.TextChoices):
        # Issued anew to a key, word for word: the copy from before counts no more.
        REPLACED = "replaced", _("replaced")
        WITHDRAWN = "withdrawn", _("withdrawn, and its person erased")
        SUSPENDED = "suspended", _("suspended, and its person erased")
        STANDS = "stands", _("its person erased")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    place = models.PositiveIntegerField()
    why = models.CharField(max_length=9, choices=Why.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "place"], name="spent_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.place} {self.why}"
