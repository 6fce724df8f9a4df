"""What is kept of a list on its way in. Each room has tables of its own: who may read them, and
what stands in a row, is the room's."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a list is on its way."""

    READ = "read", _("columns to choose")
    PREPARING = "preparing", _("being looked through")
    READY = "ready", _("ready to take over")
    APPLYING = "applying", _("being taken over")
    DONE = "done", _("taken over")


class IncomingList(models.Model):
    """A list on its way in: read, understood, shown, and then taken over whole or not.

    Holds, until it is taken over or thirty days have passed, its rows.
    """

    State = State

    id = models.UUIDField(primary_key=True)
    file_name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    # The rows as they were read, packed. In the database, so that they come and go with it.
    table = models.BinaryField(default=bytes)
    columns = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READ)
    counts = models.JSONField(default=dict)
    # What was shown: if it comes out otherwise when it is to be done, it is shown again.
    digest = models.CharField(max_length=64, blank=True)
    task = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    # Of the room: its lines (`IncomingLine`), as `related_name="lines"`.
    lines: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class IncomingLine(models.Model):
    """What there is to say about one row of a list; the room adds the list, and `what`."""

    kind = models.CharField(max_length=8)
    row = models.PositiveIntegerField()
    who = models.CharField(max_length=320)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.row}: {self.kind}"


class Recipe(models.Model):
    """Which column of someone's list is which, as they chose it the last time."""

    # Header, without capitals and signs → field. Columns may move; their names rarely do.
    columns = models.JSONField(default=dict)

    class Meta:
        abstract = True
