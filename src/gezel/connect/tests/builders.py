"""Short ways to keys."""

from collections.abc import Iterable
from datetime import date

from gezel.connect.actions import NewToken, make_token
from gezel.connect.models import ApiToken
from gezel.people.api import Organisation, Person


def a_token(
    organisation: Organisation,
    by: Person,
    *,
    name: str = "Roster",
    scopes: Iterable[str] = tuple(ApiToken.Scope.values),
    expires_on: date | None = None,
) -> NewToken:
    return make_token(organisation, name=name, scopes=scopes, by=by, expires_on=expires_on)


def bearing(secret: str) -> dict[str, str]:
    """The header a system sends along."""
    return {"Authorization": f"Bearer {secret}"}
