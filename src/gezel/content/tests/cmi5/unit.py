"""A cmi5 unit, for tests: it knows nothing but the address at which it was launched."""

import base64
import copy
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from gezel.content.rules.cmi5.vocabulary import (
    CMI5_CATEGORY,
    LAUNCH_DATA,
    MASTERY_SCORE,
    MOVE_ON_CATEGORY,
    PREFERENCES,
    VERBS,
)

RESULTS: dict[str, dict[str, Any]] = {
    "completed": {"completion": True, "duration": "PT1M"},
    "passed": {"success": True, "duration": "PT1M"},
    "failed": {"success": False, "duration": "PT1M"},
    "terminated": {"duration": "PT1M"},
}


class Unit:
    """Speaks as a unit does, over HTTP, in one of the versions of xAPI."""

    def __init__(self, address: str, version: str = "1.0.3") -> None:
        self.address, self.version = address, version
        told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.endpoint, self.fetch = told["endpoint"], told["fetch"]
        self.actor = json.loads(told["actor"])
        self.registration, self.activity = told["registration"], told["activityId"]
        self.client = Client()
        self.token = ""
        self.data: dict[str, Any] = {}

    def fetched(self) -> dict[str, Any]:
        """What the fetch address answers now."""
        answer = self.client.post(self.fetch.removeprefix(settings.BASE_URL))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/json"
        return dict(answer.json())

    def begin(self) -> "Unit":
        """All that comes before "initialized"."""
        self.token = self.fetched()["auth-token"]
        answer = self.state("GET", LAUNCH_DATA)
        assert answer.status_code == 200, answer.content
        self.data = json.loads(answer.content)
        assert self.profile("GET").status_code == 200
        return self

    def ask(self, method: str, path: str, data: Any = None, **parameters: Any) -> HttpResponse:
        told = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
        }
        url = f"/xapi/{path}" + (f"?{urlencode(told)}" if told else "")
        headers = {"X-Experience-API-Version": self.version}
        if self.token:
            headers["Authorization"] = f"Basic {self.token}"
        body = data if isinstance(data, bytes) else json.dumps(data).encode() if data else b""
        return self.client.generic(  # type: ignore[return-value] # the stubs say otherwise
            method, url, body, content_type="application/json", headers=headers
        )

    def state(self, method: str, name: str, data: Any = None, **other: Any) -> HttpResponse:
        told = {
            "activityId": self.activity, "agent": self.actor, "registration": self.registration,
            "stateId": name,
        }  # fmt: skip
        asked = {k: v for k, v in (told | other).items() if v is not None}
        return self.ask(method, "activities/state", data, **asked)

    def profile(
        self, method: str, data: Any = None, name: str = PREFERENCES, agent: Any = None
    ) -> HttpResponse:
        return self.ask(method, "agents/profile", data, agent=agent or self.actor, profileId=name)

    def says(self, word: str, *, scaled: float | None = None, **result: Any) -> dict[str, Any]:
        """A cmi5 defined statement that keeps every rule."""
        told = RESULTS.get(word, {}) | result
        context = copy.deepcopy(self.data["contextTemplate"])
        context["registration"] = self.registration
        categories = [CMI5_CATEGORY]
        if {"success", "completion"} & told.keys():
            categories.append(MOVE_ON_CATEGORY)
        context["contextActivities"]["category"] = [{"id": one} for one in categories]
        if scaled is not None:
            told["score"] = {"scaled": scaled}
            if "masteryScore" in self.data:
                context["extensions"][MASTERY_SCORE] = self.data["masteryScore"]
        return {
            "id": str(uuid.uuid4()),
            "actor": self.actor,
            "verb": {"id": VERBS[word], "display": {"en": word}},
            "object": {"objectType": "Activity", "id": self.activity},
            "context": context,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        } | ({"result": told} if told else {})

    def allows(self, verb: str = "http://adlnet.gov/expapi/verbs/experienced") -> dict[str, Any]:
        """A statement of its own making, within the rules."""
        made = self.says("initialized")
        made["verb"] = {"id": verb}
        made["object"] = {"id": f"{self.activity}/slide/1"}
        made["context"]["contextActivities"].pop("category")
        return made

    def send(self, *statements: Mapping[str, Any]) -> HttpResponse:
        return self.ask("POST", "statements", list(statements))

    def does(self, *words: str) -> "Unit":
        """Send these statements one by one; each is taken."""
        for word in words:
            answer = self.send(self.says(word))
            assert answer.status_code == 200, (word, answer.content)
        return self

    def refused(self, statement: Mapping[str, Any]) -> str:
        """The requirement that this statement is refused by; nothing of it is kept."""
        answer = self.send(statement)
        assert answer.status_code == 403, (answer.status_code, answer.content)
        return answer.content.decode().removeprefix("cmi5 ").split(":")[0]


def token_of(user: str, password: str) -> str:
    """What stands in the header for these."""
    return base64.b64encode(f"{user}:{password}".encode()).decode()
