"""Someone who can it already: the questions of a module first."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.attempts import ATTEMPTS_OF_A_PERSON, Attempt
from gezel.content.models.modules import Module
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("That you tried whether you knew a module already, and what you had right"),
    purpose=_("So that you do only what you cannot do yet."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer sees only that a module was completed."),
    order=48,
)
class TestOut(models.Model):
    """One go at the questions alone, only ever added. `chosen` holds the options per question
    (the number of its block as text), of another kind of question the answer as it is kept; the
    round that follows from it is `attempt`."""

    __test__ = False  # no test, whatever pytest thinks of the name

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="test_outs")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="test_outs")
    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="test_out")
    key = models.UUIDField(unique=True)
    chosen = models.JSONField(default=dict)
    right = models.PositiveSmallIntegerField()
    questions = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["person", "module", "-at"], name="test_out_newest")]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.module_id}: {self.right} of {self.questions}"
