"""Handing statements on to another record store."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gezel.people.api import HR, SELF, Audience
from gezel.records.models.statements import JsonText
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("That you set up handing on to another record store"),
    purpose=_("So that it is known who let data go to another system."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("Until the forwarding is removed."),
    person="made_by",
    order=48,
    stays=("user", "password"),
)
class Forward(models.Model):
    """Another store, and how far it has come: the queue is the record store itself.

    `after` is the `stored` of the last statement that was handed on or set apart, so nothing is
    queued twice and nothing is lost when a worker dies half-way.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="record_forwards"
    )
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=100)
    address = models.URLField(_("address"), max_length=500)
    user = models.CharField(_("user"), max_length=200, blank=True)
    # Sealed with a key that comes of the secret key of this installation; no page shows it.
    password = models.TextField(blank=True)
    version = models.CharField(max_length=5, default="1.0.3")
    # Verbs that go on; empty is all of them.
    verbs = models.JSONField(default=list)
    includes_house = models.BooleanField(default=False)
    running = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    after = models.DateTimeField()
    sent = models.PositiveBigIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def shelves(self) -> tuple[int, ...]:
        """The shelves it hands on from."""
        own = (-self.organisation_id,) if self.includes_house else ()
        return (self.organisation_id, *own)


class Undelivered(models.Model):
    """A statement that the other store does not take; it is told why, and can be sent again.

    Holds the id of a statement and the other store's words; goes with the forwarding or when it is
    sent after all, and with its statement in the night after.
    """

    forward = models.ForeignKey(Forward, on_delete=models.CASCADE, related_name="undelivered")
    shelf = models.BigIntegerField()
    statement = models.UUIDField()
    status = models.PositiveSmallIntegerField()
    said = JsonText(default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "undelivered"
        constraints = [
            models.UniqueConstraint(fields=["forward", "statement"], name="one_undelivered_each")
        ]

    def __str__(self) -> str:
        return f"{self.statement}: {self.status}"
