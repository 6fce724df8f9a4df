"""Which player plays which form."""

from collections.abc import Mapping

from gezel.content.models import Edition
from gezel.content.players import Player
from gezel.content.players.cmi5 import Cmi5
from gezel.content.players.h5p import H5p
from gezel.content.players.pages import Pages
from gezel.content.players.scorm import Scorm12, Scorm2004

PLAYERS: Mapping[str, Player] = {
    Edition.Form.CMI5: Cmi5(),
    Edition.Form.SCORM12: Scorm12(),
    Edition.Form.SCORM2004: Scorm2004(),
    Edition.Form.H5P: H5p(),
    Edition.Form.PAGES: Pages(),
}


def player_of(edition: Edition) -> Player:
    """The player of an edition.

    Raises:
        KeyError: nothing here plays this form; such a package was never taken in.
    """
    return PLAYERS[edition.form]
