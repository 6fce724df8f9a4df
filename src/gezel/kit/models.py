"""Work that may wait, written down before it is begun."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Task(models.Model):
    """A piece of work in the background: what, for whom, how far, what came of it.

    The row is written in the transaction of its cause, so work is never lost with a queue; the
    queue only wakes a worker, and a sweeper finds what nobody woke up for. Holds who asked for
    it; kept ninety days.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    result = models.JSONField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # A worker holds a job for as long as it keeps saying so; after that it is anyone's again.
    held_until = models.DateTimeField(null=True, blank=True)
    run_after = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "run_after"], name="task_next"),
            models.Index(fields=["asked_by", "-created_at"], name="task_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class SearchEntry(models.Model):
    """What of one thing can be found by search, in one language; `kit.search` keeps it.

    Holds words only, folded: no capitals, accents or signs. A thing that may be read by fewer
    than everyone in an organisation does not belong in here. Goes when the thing goes.

    SQLite and PostgreSQL each have an index of words over this table, made in migration
    `search_concepts` and kept by the database itself, so that it is right in any transaction.
    On SQLite triggers do that; a migration that rebuilds this table must make them anew.
    """

    kind = models.CharField(max_length=20)
    # Empty: shared by all organisations, as the taxonomies are. No link: kit knows no tenants.
    organisation_id = models.BigIntegerField(null=True)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=2, blank=True)
    # Kind and organisation as one word of the index: a question never leaves its scope.
    scope = models.CharField(max_length=60)
    title = models.CharField(max_length=500)
    # Other ways of saying what it is about, in any language: what someone confirmed, no guesses.
    concepts = models.TextField(blank=True, db_default="")
    rest = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "language"], name="one_entry_a_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.title}"


class SearchWord(models.Model):
    """A word that occurs in an entry: where a slip of the finger is looked up."""

    word = models.CharField(max_length=60, unique=True)
    stem = models.CharField(max_length=60, db_index=True)

    def __str__(self) -> str:
        return self.word
