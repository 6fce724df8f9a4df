"""The log that can only grow: what happened, promised to everyone, readable to whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.declarations import LEGITIMATE_INTEREST, Readers, personal_data


@dataclass(frozen=True, slots=True)
class _Relation:
    because: str | Promise


@dataclass(frozen=True, slots=True)
class _WhomItConcerns:
    """An audience of one; this room lies below `people`, which makes all others."""

    relations: tuple[_Relation, ...]

    def readers_of(self, person: Any) -> Sequence[Readers]:
        return [Readers(self.relations[0].because, [person.name])]


class Log(models.Model):
    """The log of one organisation: its name, its key, how far it was taken up."""

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="log"
    )
    # What it signs under; it stays, also when the address of the installation changes.
    origin = models.CharField(max_length=200, unique=True)
    public = models.BinaryField()
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    size = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.origin


@personal_data(
    what=_("What the log tells about you"),
    purpose=_(
        "So that you can prove later what was issued, withdrawn, changed or looked at, and that "
        "nobody changed it since."
    ),
    audience=_WhomItConcerns((_Relation(_("You yourself")),)),
    ground=LEGITIMATE_INTEREST,
    term=_(
        "What was looked at, taken along or changed in your level: two years. The rest as long as "
        "your account exists. Of what is erased a number stays that tells nothing."
    ),
    person="about",
    order=81,
)
class Event(models.Model):
    """Something that happened, in words, with the salt of its promise; and whether it was taken up.

    Written in the transaction of its cause, and waits there (`place` is empty) until the log takes
    it up. The row goes when it is erased, or along with the account; what stands in `Leaf` stays.
    Holds what happened about the person it is about, by code.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=40)
    # About what: "urn:uuid:…" of a credential, a key, a rule.
    subject = models.CharField(max_length=200, blank=True)
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
    )
    words = models.BinaryField()
    salt = models.BinaryField()
    promise = models.BinaryField()
    place = models.PositiveBigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "place"], name="one_event_a_place"),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(place=None), name="event_to_take_up"),
            models.Index(fields=["about", "-at"], name="event_about"),
            models.Index(fields=["organisation", "subject"], name="event_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Leaf(models.Model):
    """The promise at one place in the log; nobody can be read from it. Never changed or removed."""

    log = models.ForeignKey(Log, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveBigIntegerField()
    promise = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "place"], name="one_leaf_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}:{self.place}"


class Tile(models.Model):
    """Up to 256 hashes of the tree beside each other; only the last of a level still grows."""

    log = models.ForeignKey(Log, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "level", "number"], name="one_tile_there"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}: {self.level}/{self.number}"


class Checkpoint(models.Model):
    """The log as of a moment, signed: whoever keeps one can see later whether anything changed."""

    log = models.ForeignKey(Log, on_delete=models.CASCADE, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="one_checkpoint_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} at {self.size}"


class Witness(models.Model):
    """Someone outside of us who holds a key of their own and signs what they saw; the council."""

    log = models.ForeignKey(Log, on_delete=models.CASCADE, related_name="witnesses")
    key = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["log", "key"], condition=Q(removed_at=None), name="one_witness_a_key"
            ),
        ]

    def __str__(self) -> str:
        return self.key.partition("+")[0]


class Cosignature(models.Model):
    """A witness saw this checkpoint, and that the log grew from what they saw before."""

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.CASCADE, related_name="cosignatures"
    )
    witness = models.ForeignKey(Witness, on_delete=models.CASCADE, related_name="cosignatures")
    line = models.CharField(max_length=600)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="seen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.witness_id} saw {self.checkpoint_id}"
