"""What the works council was asked and said, and which settings changed since."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CouncilDecision(models.Model):
    """One step in the talk with the works council about one setting. Only ever added.

    What stands today is the last step of a setting: a later one does not wipe out an earlier
    one. Holds who wrote it down and, as written on the document, who decided.
    """

    class Step(models.TextChoices):
        ASKED = "asked", _("asked")
        AGREED = "agreed", _("agreed")
        CONDITIONS = "conditions", _("agreed, with conditions")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="council_decisions"
    )
    setting = models.CharField(max_length=60)
    step = models.CharField(_("what happened"), max_length=10, choices=Step.choices)
    decided_on = models.DateField(_("on which day"))
    # A council decides as a body; a name is given only where it signs by name.
    decided_by = models.CharField(_("by whom"), max_length=200)
    document = models.CharField(_("where the document is"), max_length=300, blank=True)
    conditions = models.TextField(_("on which conditions"), max_length=2_000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        indexes = [
            models.Index(
                fields=["organisation", "setting", "-recorded_at"], name="decision_of_a_setting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.setting}: {self.step}"

    @property
    def opens(self) -> bool:
        """Whether, with this as the last word, the setting may stand open."""
        return self.step in {self.Step.AGREED, self.Step.CONDITIONS}


class SettingChange(models.Model):
    """A setting that widens or narrows what is seen changed: from what to what, by whom."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="setting_changes"
    )
    setting = models.CharField(max_length=60)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-at"], name="setting_change_newest")]

    def __str__(self) -> str:
        return f"{self.setting}: {self.before} → {self.after}"


class Told(models.Model):
    """What this version of Gezel says it does with data, whole, when it first said so.

    About nobody and for all organisations alike. A new one is written when what is said differs
    from the last, so two of them beside each other are the change log.
    """

    digest = models.CharField(max_length=64)
    version = models.CharField(max_length=30)
    # By language, as people read it.
    said = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version} ({self.digest[:8]})"


class Filled(models.Model):
    """What a human wrote at one place of the draft DPIA or the register."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    place = models.CharField(max_length=60)
    text = models.TextField(max_length=5_000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "place"], name="one_text_a_place")
        ]

    def __str__(self) -> str:
        return self.place


class Counted(models.Model):
    """How much of one kind there was about people of one organisation, counted at night."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=100)
    rows = models.PositiveBigIntegerField()
    people = models.PositiveIntegerField()
    # The first day on which some of it goes by itself, where that is known beforehand.
    next_on = models.DateField(null=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="one_count_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.rows}"
