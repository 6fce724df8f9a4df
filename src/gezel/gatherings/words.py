"""How the states of a place are shown: a colour and a drawing each."""

from gezel.gatherings.models import Place

STATES: dict[str, tuple[str, str]] = {
    Place.State.BOOKED: ("ok", "circle-check"),
    Place.State.ASKED: ("brand", "hourglass"),
    Place.State.WAITING: ("warn", "hourglass"),
}
