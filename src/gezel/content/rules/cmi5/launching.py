"""What a unit is handed when it is launched: an address, a document of launch data, preferences.

Sections 8.1, 10 and 11 of the specification.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from gezel.content.rules.cmi5.vocabulary import SESSION_ID

# A language tag by the grammar of RFC 5646 as far as it can be told without its registry.
_TAG = re.compile(r"(?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*|[xi]-[A-Za-z0-9-]{1,30})")


def agent(home_page: str, name: str) -> dict[str, Any]:
    """The learner as an account, which is all that a unit is told of who they are (9.2)."""
    return {"objectType": "Agent", "account": {"homePage": home_page, "name": name}}


def launch_address(
    address: str,
    *,
    endpoint: str,
    fetch: str,
    actor: Mapping[str, Any],
    registration: str,
    activity_id: str,
) -> str:
    """The address of a unit with what it needs to report (8.1); its own query stays in front."""
    parts = urlsplit(address)
    told = {
        "endpoint": endpoint,
        "fetch": fetch,
        "actor": json.dumps(actor, ensure_ascii=False, separators=(",", ":")),
        "registration": registration,
        "activityId": activity_id,
    }
    added = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit(parts._replace(query=query))


def context_template(*, session_id: str, publisher_id: str) -> dict[str, Any]:
    """What every statement of this session bears in its context (10.2.1)."""
    return {
        "contextActivities": {"grouping": [{"objectType": "Activity", "id": publisher_id}]},
        "extensions": {SESSION_ID: session_id},
    }


def launch_data(
    unit: Mapping[str, Any], *, template: Mapping[str, Any], mode: str, return_url: str
) -> dict[str, Any]:
    """The document "LMS.LaunchData" (section 10), from what the reader kept of a unit."""
    told: dict[str, Any] = {
        "contextTemplate": template,
        "launchMode": mode,
        "launchMethod": unit["launch_method"],
        "moveOn": unit["move_on"],
        "returnURL": return_url,
    }
    if unit["mastery_score"] is not None:
        told["masteryScore"] = unit["mastery_score"]
    if unit["launch_parameters"] is not None:
        told["launchParameters"] = unit["launch_parameters"]
    if unit["entitlement_key"] is not None:
        told["entitlementKey"] = {"courseStructure": unit["entitlement_key"]}
    return told


def preferences(languages: Sequence[str]) -> dict[str, str]:
    """The document "cmi5LearnerPreferences" for who never set one."""
    return {"languagePreference": ",".join(languages), "audioPreference": "on"}


def wrong_preferences(document: Any) -> str:
    """What is wrong with preferences that a unit wants to keep (11.0.0.0-5, 11.1, 11.2), or ""."""
    if not isinstance(document, dict):
        return "The document must be a JSON object."
    languages = document.get("languagePreference")
    if not isinstance(languages, str):
        return "“languagePreference” must be a text."
    tags = [tag.strip() for tag in languages.split(",")] if languages else []
    if not all(_TAG.fullmatch(tag) for tag in tags):
        return "“languagePreference” must be language tags (RFC 5646) with commas between them."
    if document.get("audioPreference") not in {"on", "off"}:
        return "“audioPreference” must be “on” or “off”."
    return ""
