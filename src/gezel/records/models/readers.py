"""Who reads what is in the record store."""

from gezel.people.api import SELF, Audience

# Only the person reads what they did; others see what follows from it, the evidence.
STATEMENTS_OF_A_PERSON = Audience(SELF)
