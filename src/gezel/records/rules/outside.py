"""Where statements may be sent: an address in the open, never into the house or its neighbours."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

# Addresses that a network turns into others: where they lead is not to be seen from here.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def checked_address(told: str, *, anywhere: bool) -> SplitResult:
    """The parts of the address of another store.

    Args:
        anywhere: whether http and names within the network are allowed too (a setting).

    Raises:
        ValueError: it is no such address; the message is a code: scheme, shape.
    """
    parts = urlsplit(told.strip())
    if parts.scheme not in ("https", *(("http",) if anywhere else ())):
        raise ValueError("scheme")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("shape") from None
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("shape")
    if port == 0 or any(sign.isspace() or ord(sign) < 33 for sign in parts.path):
        raise ValueError("shape")
    return parts


def is_open(address: str) -> bool:
    """Whether a numeric address is one of the open internet.

    Not this machine, not a private network, not the address at which clouds tell their secrets,
    also where it is written as IPv6.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address) and any(found in network for network in _TRANSLATED):
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        return is_open(str(inner))
    return found.is_global and not found.is_multicast


def waits(failures: int) -> int:
    """Seconds until the next try: half a minute, doubled each time, six hours at most."""
    return min(30 << min(failures, 12), 6 * 3600)
