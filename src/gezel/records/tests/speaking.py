"""Another system, for tests: it speaks xAPI with a key."""

import base64
import hashlib
import json
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from gezel.people.api import Organisation
from gezel.records.api import NewKey, make_key

ACTOR = {"objectType": "Agent", "mbox": "mailto:learner@example.test", "name": "Learner"}
OTHER = {
    "objectType": "Agent",
    "account": {"homePage": "https://elsewhere.example.test", "name": "other"},
}
VERB = {"id": "http://adlnet.gov/expapi/verbs/attended", "display": {"en-GB": "attended"}}
THING = {
    "objectType": "Activity",
    "id": "https://elsewhere.example.test/meeting",
    "definition": {
        "type": "http://adlnet.gov/expapi/activities/meeting",
        "name": {"en-GB": "A meeting", "nl": "Een overleg"},
        "description": {"en-GB": "About cables"},
    },
}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}}


def a_statement(**other: Any) -> dict[str, Any]:
    """A small good statement; what is given replaces, None leaves out."""
    told = {"actor": ACTOR, "verb": VERB, "object": THING} | other
    return dict(json.loads(json.dumps({k: v for k, v in told.items() if v is not None})))


def voiding(target: str) -> dict[str, Any]:
    return a_statement(verb=VOIDED, object={"objectType": "StatementRef", "id": target})


class Speaker:
    """Speaks to `/xapi/` in one version, with one key."""

    def __init__(self, made: NewKey, version: str = "2.0.0") -> None:
        self.made, self.version, self.client = made, version, Client()
        told = f"{made.key.user}:{made.password}".encode()
        self.authorization = f"Basic {base64.b64encode(told).decode()}"

    def ask(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        **parameters: Any,
    ) -> HttpResponse:
        """One request; what is no bytes and no text goes as JSON."""
        told = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
        }
        sent = {"X-Experience-API-Version": self.version, "Authorization": self.authorization}
        sent |= headers or {}
        if data is not None and not isinstance(data, bytes):
            data = json.dumps(data).encode()
        url = f"/xapi/{path}" + (f"?{urlencode(told)}" if told else "")
        return self.client.generic(  # type: ignore[return-value]
            method,
            url,
            data or b"",
            content_type=content_type if data is not None else "",
            headers={name: value for name, value in sent.items() if value},
        )

    def send(self, *statements: Any) -> list[str]:
        """Keep statements; their ids."""
        answer = self.ask("POST", "statements", list(statements))
        assert answer.status_code == 200, answer.content
        return list(json.loads(answer.content))

    def find(self, **parameters: Any) -> list[dict[str, Any]]:
        answer = self.ask("GET", "statements", **parameters)
        assert answer.status_code == 200, answer.content
        return list(json.loads(answer.content)["statements"])

    def ids(self, **parameters: Any) -> list[str]:
        return [told["id"] for told in self.find(**parameters)]


def a_speaker(organisation: Organisation, version: str = "2.0.0", **fields: Any) -> Speaker:
    fields = {"name": f"System {uuid.uuid4().hex[:6]}"} | fields
    return Speaker(make_key(organisation, **fields), version)


def an_attachment(content: bytes, **other: Any) -> dict[str, Any]:
    return {
        "usageType": "https://elsewhere.example.test/usage/photo",
        "display": {"en": "A photo"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
    } | other


def in_parts(statements: Any, *contents: bytes, **headers: str) -> tuple[bytes, str]:
    """A multipart body with these files, and its media type."""
    told = [b"--edge\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statements).encode()]
    for content in contents:
        named = {
            "Content-Type": "text/plain",
            "Content-Transfer-Encoding": "binary",
            "X-Experience-API-Hash": hashlib.sha256(content).hexdigest(),
        } | {k.replace("_", "-"): v for k, v in headers.items()}
        head = "".join(f"{k}: {v}\r\n" for k, v in named.items() if v)
        told.append(f"--edge\r\n{head}\r\n".encode() + content)
    return b"\r\n".join([*told, b"--edge--\r\n"]), "multipart/mixed; boundary=edge"
