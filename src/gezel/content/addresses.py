"""Addresses at the content origin; see `origin` for what answers there."""

from urllib.parse import urlsplit

from django.conf import settings

# Under this name, among the files of a package, are those of its player; see `players`.
OURS = "-gezel-/"


def is_wild() -> bool:
    """Whether every attempt has a host of its own."""
    return (urlsplit(settings.CONTENT_URL).hostname or "").startswith("*.")


def origin_of(key: str) -> str:
    """The origin at which the content of one attempt runs: `https://key.content.example`."""
    return str(settings.CONTENT_URL).replace("*", key, 1)


def address_of(key: str, path: str) -> str:
    """The address of a file of the edition someone plays; `path` as it stands in the package."""
    return f"{origin_of(key)}/{key}/{path.lstrip('/')}"


def address_of_ours(key: str, name: str) -> str:
    """The address of a file of a player at the origin of one attempt."""
    return f"{origin_of(key)}/{key}/{OURS}{name}"
