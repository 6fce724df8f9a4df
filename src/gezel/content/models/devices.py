"""What devices tell about someone playing: where they are, and rounds begun without connection."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.attempts import ATTEMPTS_OF_A_PERSON, Attempt
from gezel.content.models.modules import Block
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("The step you were at in a module, and how far in its films"),
    purpose=_("To go on there on any device."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until you finish that round; nobody else reads it."),
    person="attempt__person",
    order=48,
)
class Place(models.Model):
    """Where someone last was. The newest by the device's time counts, held like an answer's.

    `block` is empty at the page after the last step. `seconds` holds, per film (the number of its
    block as text), how far it was played.
    """

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="place")
    block = models.ForeignKey(
        Block, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    seconds = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.attempt_id} at {self.block_id}"


class Begun(models.Model):
    """A round begun on a device that became part of a round which was open already.

    Two devices without connection may both begin the same module; the second to arrive adds its
    answers to the round of the first. This row is how later answers find it; it goes with it.
    """

    registration = models.UUIDField(unique=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="also_begun")

    def __str__(self) -> str:
        return f"{self.registration} → {self.attempt_id}"
