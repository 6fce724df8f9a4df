"""Where people find the data about them, for the links on "who sees what"."""

from gezel.trust.api import tell_pages

# The page of a room, or of one kind where that is another.
PAGES = {
    "account": "connect:account",
    "assessment": "assessment:mine",
    "catalogue": "catalogue:search",
    "certificates": "certificates:mine",
    "connect": "connect:mail",
    "content": "content:phone",
    "content.CardWishes": "content:my_cards",
    "content.CoAuthor": "content:making",
    "content.DeckCard": "content:my_cards",
    "content.ModuleIntake": "content:making",
    "content.Review": "content:my_cards",
    "content.Writing": "content:making",
    "gatherings": "gatherings:coming",
    "mfa": "connect:account",
    "paths": "paths:mine",
    "people.Person": "connect:account",
    "plans": "plans:mine",
    "profile": "profile:mine",
    "records": "records:mine",
    "skills": "skills:mine",
    "trust.Erasure": "trust:mine",
    "trust.Objection": "trust:mine",
    "trust.Reading": "trust:who_looked",
    "usersessions": "connect:account",
}


def tell() -> None:
    """Tell them once, when the house is opened."""
    tell_pages(PAGES)
