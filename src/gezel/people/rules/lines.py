"""Reporting lines, decided without a database."""

from collections.abc import Mapping


def loops(lead_of: Mapping[str, str | None]) -> list[list[str]]:
    """The circles in a reporting line: people who would, by a detour, lead themselves.

    Each circle is told once, starting from its smallest member, in the order of leading
    ("a is led by b, b by c, c by a" gives ["a", "b", "c"]). Someone named as lead who leads
    nobody here is no problem of this rule.
    """
    found: dict[str, list[str]] = {}
    settled: set[str] = set()
    for start in lead_of:
        trail: list[str] = []
        seen: set[str] = set()
        at: str | None = start
        while at is not None and at not in seen and at not in settled:
            seen.add(at)
            trail.append(at)
            at = lead_of.get(at)
        if at is not None and at in seen:
            circle = trail[trail.index(at) :]
            first = circle.index(min(circle))
            circle = circle[first:] + circle[:first]
            found[circle[0]] = circle
        settled |= seen
    return [found[key] for key in sorted(found)]


def lines(lead_of: Mapping[int, int | None]) -> list[tuple[int, int, int]]:
    """Who leads whom, directly (depth 1) or through others: (lead, member, depth).

    The input holds no circles; see `loops`.
    """
    rows = []
    for member in lead_of:
        depth, lead = 1, lead_of.get(member)
        while lead is not None:
            rows.append((lead, member, depth))
            depth, lead = depth + 1, lead_of.get(lead)
    return rows
