"""Secrets at rest: under a key that stands in the environment and not in the database.

`GEZEL_KEY` may hold several, newest first, with commas between. Without it one is derived from the
secret key of the installation. To change: put the new one in front, let a night pass (everything
is sealed anew), take the old one away. Each use derives a key of its own from it.
"""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotOpen(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Sealed under a key that is no longer in the environment."""


def _keys() -> list[str]:
    """The keys given, newest first; that of the installation opens what was sealed before any."""
    return [*settings.SEALING_KEYS, settings.SECRET_KEY]


def current() -> str:
    """A name for the newest key that tells nothing of it."""
    return names()[0]


def names() -> list[str]:
    """Such a name for each key that is here, the newest first."""
    return [hashlib.sha256(b"gezel sealing " + k.encode()).hexdigest()[:16] for k in _keys()]


@dataclass(frozen=True, slots=True)
class Safe:
    """Where secrets of one use lie; what another sealed does not open here.

    Args:
        use: what the secrets are for ("profile: signing keys"); it must never change.
    """

    use: bytes

    def _box(self, word: str) -> Fernet:
        derived = HKDF(SHA256(), 32, salt=b"gezel", info=self.use).derive(word.encode())
        return Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, secret: bytes) -> bytes:
        return self._box(_keys()[0]).encrypt(secret)

    def unseal(self, sealed: bytes) -> bytes:
        """The secret.

        Raises:
            CannotOpen: no key in the environment opens it.
        """
        try:
            return MultiFernet([self._box(word) for word in _keys()]).decrypt(bytes(sealed))
        except InvalidToken:
            raise CannotOpen from None
