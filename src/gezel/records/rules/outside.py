"""How long to wait with sending again."""


def waits(failures: int) -> int:
    """Seconds until the next try: half a minute, doubled each time, six hours at most."""
    return min(30 << min(failures, 12), 6 * 3600)
