"""Frames of other sites in a page: only those it shows, and only what the organisation allows."""

from django.http import HttpResponse

from gezel.content.models import ContentSettings
from gezel.content.queries import Play
from gezel.content.rules.kinds import Embed


def hosts_allowed(playing: Play) -> frozenset[str]:
    """Of the hosts this module shows things from, those that its organisation allows."""
    shown = {step.body.host for step in playing.steps if isinstance(step.body, Embed)}
    if not shown:
        return frozenset()
    organisation = playing.attempt.module.activity.organisation_id
    return frozenset(shown & set(ContentSettings.of(organisation).embed_hosts))


def allow(page: HttpResponse, playing: Play) -> HttpResponse:
    """Have the policy of this page name the hosts of its own embeds, where those are allowed."""
    if allowed := hosts_allowed(playing):
        # Read by django-csp when it writes the header of this one response.
        page._csp_update = {"frame-src": [f"https://{host}" for host in sorted(allowed)]}  # type: ignore[attr-defined]
    return page
