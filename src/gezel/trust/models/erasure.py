"""Objections, erasures, and what keeps the erased erased."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Objection(models.Model):
    """Someone objects to what is done with one kind of data about them (GDPR article 21).

    HR of the organisation where they work decides, a named human with a reason; both stay to be
    read by the person. Agreed with, what was kept of that kind goes.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waits for HR")
        UPHELD = "upheld", _("agreed with")
        REFUSED = "refused", _("not agreed with")
        WITHDRAWN = "withdrawn", _("taken back")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="objections"
    )
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=100)
    reason = models.TextField(_("why do you object?"), max_length=2_000)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(_("why?"), max_length=2_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "kind"],
                condition=models.Q(state="open"),
                name="one_open_objection_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("person")),
                name="nobody_decides_their_own_objection",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="objection_waiting")]

    def __str__(self) -> str:
        return f"{self.person_id} objects: {self.kind}"


class Erasure(models.Model):
    """Someone asked for erasure, saw what goes and what stays, and confirmed.

    After it, only figures are left here: no name, no address, no words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="erasures"
    )
    # The kinds that go; everything is the account as a whole.
    kinds = models.JSONField(default=list)
    everything = models.BooleanField(default=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    # Rows that went and that lost their name, by kind; and how many the law keeps.
    figures = models.JSONField(default=dict)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.pk}"


class LegalRecord(models.Model):
    """The least of an erased record that the law has an organisation keep, and until when.

    Written by an erasure, read by HR of that organisation alone, gone on the day it names. It
    leads to no account: there is none any more.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="legal_records"
    )
    kind = models.CharField(max_length=100)
    name = models.CharField(max_length=310)
    what = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    basis = models.CharField(max_length=300)
    until_on = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    # The same record again, after a restore, is one record.
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["until_on", "pk"]
        indexes = [models.Index(fields=["organisation", "until_on"], name="legal_record_until")]

    def __str__(self) -> str:
        return self.what


class Tombstone(models.Model):
    """That an account was erased, without saying whose: a number and a digest.

    The same line stands in a file outside the database (`GEZEL_TOMBSTONES`), so that a backup
    of before the erasure, put back, is erased again before anyone sees it. The digest is of the
    number and the microsecond in which the account was made: a new account that happens to get
    an old number is another account.
    """

    number = models.BigIntegerField(db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["erased_at", "pk"]

    def __str__(self) -> str:
        return f"{self.number}"
