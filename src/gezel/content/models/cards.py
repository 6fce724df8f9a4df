"""Repetition cards: what is to be remembered, and how each person is getting on with it."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.modules import Block, Module
from gezel.content.rules.cards import LIKELY
from gezel.content.rules.pace import Tells, told
from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

# What someone forgets is theirs alone: the policy and "who sees what" both ask this object.
CARDS_OF_A_PERSON = Audience(SELF)


class Card(models.Model):
    """Something of a module worth remembering: one of its questions, or a front and a back.

    `block` is the question; without one, `body` holds `front` and `back`, each per language.
    """

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="cards")
    block = models.OneToOneField(
        Block, on_delete=models.CASCADE, null=True, blank=True, related_name="card"
    )
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(block__isnull=False) | ~Q(body={}), name="card_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"card {self.pk} of {self.module_id}"


@personal_data(
    what=_("Your repetition cards, and when each comes back"),
    purpose=_("To bring something back when you are about to forget it."),
    audience=CARDS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    order=49,
)
class DeckCard(models.Model):
    """A card in someone's deck. All of the second part can be computed again from the reviews.

    `rest_at` is when the person last put it to rest or took it back, so that what a phone sends
    late does not undo what came after it.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="deck")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="in_decks")
    added_at = models.DateTimeField(default=timezone.now)
    suspended = models.BooleanField(default=False)
    buried_until = models.DateField(null=True, blank=True)
    rest_at = models.DateTimeField(null=True, blank=True)

    due_on = models.DateField()
    stability = models.FloatField(null=True, blank=True)
    difficulty = models.FloatField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "card"], name="one_card_a_deck")]
        indexes = [models.Index(fields=["person", "due_on"], name="deck_due")]

    def __str__(self) -> str:
        return f"{self.card_id} of {self.person_id}"


@personal_data(
    what=_("Each time you looked at a card, and how it went"),
    purpose=_(
        "To work out when the card should come back and, together with those of colleagues, "
        "when cards come back for someone with few reviews."
    ),
    audience=CARDS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    person="deck_card__person",
    order=50,
)
class Review(models.Model):
    """One look at a card, only ever added; what takes one back is another that names it.

    The device makes the key. `at` is the device's time, held between the arrival of the card in
    the deck and that of the review. `rating` is 1 (forgot) to 4 (easy), empty in one that takes
    another back.
    """

    deck_card = models.ForeignKey(DeckCard, on_delete=models.CASCADE, related_name="reviews")
    key = models.UUIDField(unique=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    undoes = models.UUIDField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=4, undoes=None)
                | Q(rating=None, undoes__isnull=False),
                name="review_rates_or_undoes",
            )
        ]
        indexes = [models.Index(fields=["deck_card", "at"], name="review_in_order")]

    def __str__(self) -> str:
        return f"{self.deck_card_id}: {self.rating}"


@personal_data(
    what=_("How you want your cards"),
    purpose=_("To ask no more of you a day than you chose."),
    audience=CARDS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    order=51,
)
class CardWishes(models.Model):
    """How many minutes a day someone gives their cards, and how sure they want to be."""

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, related_name="card_wishes"
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes a day"), default=5, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    likely = models.PositiveSmallIntegerField(
        _("how sure to still know it"),
        default=LIKELY.usual,
        validators=[MinValueValidator(LIKELY.least), MaxValueValidator(LIKELY.most)],
    )
    off = models.BooleanField(_("make no cards of my modules"), default=False)
    fitted = models.BooleanField(_("fit the days to how I remember"), default=True)
    paused_until = models.DateField(_("rest until"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.minutes} minutes"

    @classmethod
    def of(cls, person: Any) -> "CardWishes":
        """What someone wishes; the usual if they never said."""
        return cls.objects.filter(person=person).first() or cls(person=person)


@personal_data(
    what=_("How fast your cards come back beside the published schedule"),
    purpose=_("To bring cards back neither too soon nor too late for you."),
    audience=CARDS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Worked out anew every night; gone as soon as you switch it off."),
    order=52,
)
class CardPace(models.Model):
    """The pace of someone, and the reviews it stands on (`rules.pace`)."""

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, related_name="card_pace"
    )
    pace = models.FloatField()
    reviews = models.PositiveIntegerField()
    knew = models.PositiveIntegerField()
    expected = models.FloatField()
    version = models.PositiveSmallIntegerField()
    worked_out_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pace__gt=0), name="pace_stretches"),
            models.CheckConstraint(
                condition=Q(reviews__gte=1, knew__lte=F("reviews")), name="pace_stands_on_reviews"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.pace:.2f}"

    @property
    def likely_known(self) -> int:
        """In how many reviews the published schedule expected the card to be known."""
        return round(self.expected)

    @property
    def tells(self) -> Tells:
        """What it comes to, in a word."""
        return told(self.pace)
