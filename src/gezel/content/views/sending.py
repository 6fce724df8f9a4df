"""What devices send when they have connection: answers, reviews of cards, where someone is."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.content import actions, policy
from gezel.content.actions.playing import MOST_ANSWERS_AT_ONCE
from gezel.content.models import Attempt
from gezel.people.api import Person, Visitor, mark_of


@require_POST
def answers(request: HttpRequest) -> JsonResponse:
    """A batch of answers from a device; sent again until we say that we have them.

    200: each is kept, or told why not. 409: at least one key says something else already; the
    others are kept all the same. 401: sign in, the device keeps them meanwhile. 404: a round of
    someone else on this device.

    With a `pass` the round may have been begun on the device; with `finish`, it was finished
    there; `place` tells where someone is in it.
    """
    if not isinstance(request.user, Person):
        return JsonResponse({"error": "signin"}, status=401)
    try:
        sent = json.loads(request.body)
        registration = uuid.UUID(sent["attempt"])
        given = sent["answers"]
        if not isinstance(given, list) or len(given) > MOST_ANSWERS_AT_ONCE:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
    if sent.get("owner") and sent["owner"] != mark_of(request.user):
        return JsonResponse({"error": "unknown"}, status=404)
    visitor: Visitor = request.visitor  # type: ignore[attr-defined] # put there by our middleware
    attempt = policy.attempt_of_device(visitor, registration)
    if attempt is None and sent.get("pass"):
        begun = _begin(visitor, registration, sent)
        if isinstance(begun, str):
            return _none_taken(sent, given, begun)
        attempt = begun
    if attempt is None:
        return JsonResponse({"error": "unknown"}, status=404)
    read = [_given(raw) for raw in given]
    kept = iter(actions.keep_answers(attempt, [g for g in read if g is not None]))
    told = [
        _told(str(k.key), k.state, k.why)
        if g and (k := next(kept))
        else _told(raw_key(raw), "refused", "value")
        for g, raw in zip(read, given, strict=True)
    ]
    _place(attempt, sent.get("place"))
    finished = _finish(visitor, attempt, sent, told)
    conflict = any(row["state"] == "conflict" for row in told)
    return JsonResponse(
        {
            "answers": told,
            "closed": bool(finished) or attempt.completed_at is not None,
            **({"finished": finished} if finished else {}),
        },
        status=409 if conflict else 200,
    )


def _begin(visitor: Visitor, registration: uuid.UUID, sent: dict[str, Any]) -> Attempt | str | None:
    """The round begun on a device, or the reason why it cannot be one."""
    given = actions.read_pass(visitor.person, str(sent["pass"]))
    if given is None:
        return "pass"
    if visitor.employment is None:
        return "gone"
    module = policy.modules_once_handed(visitor).filter(pk=given.module).first()
    if module is None:
        return "gone"
    return actions.begin_on_device(
        visitor.person,
        module,
        given,
        registration=registration,
        began=moment_of(sent.get("began")) or timezone.now(),
        organisation=visitor.organisation,
    )


def _none_taken(sent: dict[str, Any], given: list[Any], why: str) -> JsonResponse:
    """A round that cannot be begun takes its answers along; the person is told once."""
    keys = [raw_key(raw) for raw in given]
    if isinstance(sent.get("finish"), str):
        keys.append(sent["finish"][:64])
    told = [{"key": key, "state": "refused", "why": why} for key in keys]
    if told:
        told[0]["message"] = _in_words("refused", why)
    return JsonResponse({"answers": told, "closed": True})


def _place(attempt: Attempt, raw: Any) -> None:
    at = moment_of(raw.get("at")) if isinstance(raw, dict) else None
    if at is not None:
        actions.keep_place(attempt, raw, at=at)


def _finish(
    visitor: Visitor, attempt: Attempt, sent: dict[str, Any], told: list[dict[str, str]]
) -> str:
    """Finish what was finished on the device; where it came to, or nothing."""
    key = sent.get("finish")
    if not isinstance(key, str):
        return ""
    employer = visitor.employment.organisation if visitor.employment else None
    row = {"key": key[:64], "state": "kept"}
    try:
        done = actions.finish(attempt, organisation=employer)
    except actions.Incomplete:
        row |= {
            "state": "refused",
            "why": "open",
            "message": _in_words("refused", "open"),
            "url": reverse("content:play", args=[attempt.module_id]),
        }
        told.append(row)
        return ""
    address = reverse("content:result", args=[done.registration])
    row |= {"message": _("What you finished without connection has arrived."), "url": address}
    told.append(row)
    return address


def _given(raw: Any) -> actions.Given | None:
    """One answer of a batch, or nothing where it cannot be read as one."""
    try:
        at = moment_of(raw["at"])
        if at is None or type(raw["block"]) is not int:
            return None
        return actions.Given(uuid.UUID(raw["key"]), raw["block"], at, raw["value"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def moment_of(raw: Any) -> datetime | None:
    """A moment as a device writes it, with its zone; nonsense is none."""
    try:
        at = datetime.fromisoformat(raw)
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo is not None else None


def raw_key(raw: Any) -> str:
    """The key of something that could not be read, so that the device may let it go."""
    key = raw.get("key") if isinstance(raw, dict) else None
    return key[:64].encode("utf-8", "replace").decode() if isinstance(key, str) else ""


def _told(key: str, state: str, why: str = "") -> dict[str, str]:
    """What became of an answer, with a sentence for the person where it is not simply kept."""
    told = {"key": key, "state": state, "why": why, "message": _in_words(state, why)}
    return {name: value for name, value in told.items() if value}


def _in_words(state: str, why: str) -> str:
    if state == "conflict":
        return _("An answer was not taken: it had been sent before with other words.")
    if state == "late":
        return _(
            "An answer arrived after this round was finished. It is kept, and the result stays."
        )
    if state != "refused":
        return ""
    return {
        "closed": _("An answer was not taken: this round had been finished before you gave it."),
        "pass": _(
            "What you did without connection was not taken: this copy of the module was more than"
            " sixty days old."
        ),
        "gone": _(
            "What you did without connection was not taken: this module is not of where you"
            " work now."
        ),
        "open": _("The module changed meanwhile: a step is still open. Do it, and you can finish."),
    }.get(
        why,
        _("An answer was not taken: it does not belong to this step. Reload the page."),
    )
