"""Playing a package: our page around it, and what it commits."""

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, policy, queries
from gezel.content.addresses import is_wild, origin_of
from gezel.content.models import PackageAttempt
from gezel.content.players import LARGEST_COMMIT, Outcome, Ways
from gezel.content.players.registry import player_of
from gezel.people.api import Organisation, Person, Request, at_work, signed_in
from gezel.skills.api import Level, Skill


@at_work
@require_safe
def package(request: Request, package_pk: int) -> HttpResponse:
    """Go on where one was; or, before beginning, what this brings."""
    found = get_object_or_404(
        policy.packages_to_play(request.visitor).select_related("activity", "current"),
        pk=package_pk,
    )
    attempt = queries.current_package_attempt(request.user, found)
    if attempt is not None and actions.was_left(attempt):
        attempt = actions.leave_package(attempt, organisation=request.visitor.organisation)
    if attempt is None or attempt.completed_at is not None:
        teaches = queries.taught_to(request.visitor, found.activity, timezone.localdate())
        told = {
            "package": found,
            "waiver": queries.waiver_of(request.user, found.activity_id),
            "parts_let_off": queries.parts_let_off(request.user, found.activity_id),
            "last": attempt,
            "teaches": teaches,
            "tests": [one for one in teaches if one.test],
            "minutes": round(found.activity.hours * 60) or 1,
            "units": len(found.current.manifest["units"]) if found.current else 0,
        }
        return render(request, "content/package_intro.html", told)
    attempt.package = found
    return _player_page(request, attempt)


@at_work
@require_safe
def back(request: Request, registration: uuid.UUID) -> HttpResponse:
    """Look back at what one completed; nothing of it counts."""
    attempt = get_object_or_404(
        policy.package_attempts_to_play(request.visitor).select_related(
            "package__activity", "edition", "person"
        ),
        registration=registration,
    )
    if attempt.completed_at is None:
        return redirect("content:package", attempt.package_id)
    if not player_of(attempt.edition).looks_back:
        return redirect("content:package_result", registration)
    return _player_page(request, attempt)


def _player_page(request: Request, attempt: PackageAttempt) -> HttpResponse:
    player = player_of(attempt.edition)
    states = queries.unit_states(attempt)
    response = render(
        request,
        "content/package.html",
        {
            "attempt": attempt,
            "package": attempt.package,
            "player": player,
            "outcome": player.outcome(attempt, states),
            "several": len(attempt.edition.manifest["units"]) > 1,
            "newer": attempt.completed_at is None
            and attempt.edition_id != attempt.package.current_id,
            "origin": origin_of(attempt.key),
        },
    )
    # This attempt's origin may stand in a frame here, and nothing else may.
    response._csp_update = {"frame-src": [origin_of(attempt.key)]}  # type: ignore[attr-defined] # django-csp
    return response


@at_work
@require_POST
def start(request: Request, package_pk: int) -> HttpResponse:
    """Begin, or go on if it was begun; `anew` gives up what was begun."""
    found = get_object_or_404(policy.packages_to_play(request.visitor), pk=package_pk)
    actions.begin_package(
        request.user,
        found,
        organisation=request.visitor.organisation,
        anew="anew" in request.POST,
    )
    return redirect("content:package", found.pk)


def _attempt_of(request: HttpRequest, registration: uuid.UUID) -> PackageAttempt | JsonResponse:
    """One's own attempt where one works, for the page's script; 401 asks it to sign in."""
    if not isinstance(request.user, Person):
        return JsonResponse({"error": "signin"}, status=401)
    visitor = request.visitor  # type: ignore[attr-defined] # put there by our middleware
    if visitor.employment is None:
        return JsonResponse({"error": "unknown"}, status=404)
    attempt = policy.package_attempts_to_play(visitor).filter(registration=registration).first()
    return attempt or JsonResponse({"error": "unknown"}, status=404)


def _sent(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object that came, or None where it is none or too large."""
    try:
        if len(request.body) > LARGEST_COMMIT + 10_000:
            return None
        sent = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return None
    return sent if isinstance(sent, dict) else None


def _session(sent: dict[str, Any]) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent["session"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _malformed() -> JsonResponse:
    return JsonResponse({"error": "malformed"}, status=400)


def _ways(ways: Ways) -> dict[str, Any]:
    return {
        "entries": [
            {
                "unit": e.unit,
                "title": e.title,
                "depth": e.depth,
                "open": e.open,
                "done": e.done,
                "here": e.here,
                "letOff": e.let_off,
            }
            for e in ways.entries
        ],
        "back": ways.back,
        "on": ways.on,
    }


def _progress(outcome: Outcome) -> dict[str, Any]:
    return {"done": outcome.done, "whole": outcome.whole, "completed": outcome.completed}


@require_POST
def open_it(request: HttpRequest, registration: uuid.UUID) -> JsonResponse:
    """Open the attempt, or another unit of it, on this device. 409: it is over."""
    attempt = _attempt_of(request, registration)
    if isinstance(attempt, JsonResponse):
        return attempt
    sent = _sent(request)
    if sent is None or not isinstance(sent.get("unit", ""), str):
        return _malformed()
    try:
        opened = actions.open_package(
            attempt,
            unit=sent.get("unit", "")[:255],
            session=_session(sent),
            back=sent.get("back") is True,
        )
    except KeyError:
        return JsonResponse({"error": "over"}, status=409)
    return JsonResponse(
        {
            "session": str(opened.attempt.session),
            "unit": opened.unit,
            "sequence": opened.sequence,
            "origin": origin_of(opened.attempt.key),
            "opaque": not is_wild(),
            "address": opened.launch.address if opened.launch else "",
            "alone": opened.launch.alone if opened.launch else "",
            "told": dict(opened.launch.told) if opened.launch else {},
            "apart": opened.launch.apart if opened.launch else False,
            "progress": _progress(opened.outcome),
            "ways": _ways(opened.ways),
        }
    )


@require_POST
def commit(request: HttpRequest, registration: uuid.UUID) -> JsonResponse:
    """What a unit reports; sent again until we say that we have it.

    200 with `state`, see `actions.KeptState`, and a `message` for the person where it is not
    simply kept. 401: sign in, the device keeps it meanwhile.
    """
    attempt = _attempt_of(request, registration)
    if isinstance(attempt, JsonResponse):
        return attempt
    sent = _sent(request)
    session = _session(sent) if sent else None
    if sent is None or session is None:
        return _malformed()
    unit, sequence = sent.get("unit"), sent.get("sequence")
    if not isinstance(unit, str) or type(sequence) is not int or not 0 < sequence < 2**62:
        return _malformed()
    kept = actions.keep_state(
        attempt,
        unit,
        session=session,
        sequence=sequence,
        data=sent.get("data"),
        end=sent.get("end") is True,
        organisation=_employer(request),
    )
    told: dict[str, Any] = {
        "state": kept.state,
        "ways": _ways(kept.ways),
        "progress": _progress(kept.outcome),
        "valid": kept.valid,
    }
    if message := _in_words(kept.state):
        told["message"] = message
    return JsonResponse(told)


def _in_words(state: str) -> str:
    if state == "late":
        return _(
            "What you did on another device arrived after you went on here. What you completed "
            "there counts; your place here stays."
        )
    if state == "over":
        return _("What was sent late was not taken: this round was over by then.")
    if state == "refused":
        return _("What the package sent could not be kept. Reload the page.")
    return ""


@require_POST
def go(request: HttpRequest, registration: uuid.UUID) -> JsonResponse:
    """Where to from here: a unit, or out."""
    attempt = _attempt_of(request, registration)
    if isinstance(attempt, JsonResponse):
        return attempt
    sent = _sent(request)
    session = _session(sent) if sent else None
    if sent is None or session is None or not isinstance(sent.get("where"), str):
        return _malformed()
    goal = actions.go_elsewhere(attempt, sent["where"][:500], session=session)
    if goal is None:
        message = _("The package does not let you go there now.")
        return JsonResponse({"error": "shut", "message": message}, status=409)
    return JsonResponse({"unit": goal})


@require_POST
def renew(request: HttpRequest, registration: uuid.UUID) -> JsonResponse:
    """The page is still open: its files go on being served. 409: another page took over."""
    attempt = _attempt_of(request, registration)
    if isinstance(attempt, JsonResponse):
        return attempt
    sent = _sent(request)
    session = _session(sent) if sent else None
    if session is None:
        return _malformed()
    if not actions.renew_key(attempt, session):
        return JsonResponse({"error": "elsewhere"}, status=409)
    return JsonResponse({"renewed": True})


@signed_in
@require_POST
def leave(request: Request, registration: uuid.UUID) -> HttpResponse:
    """Out of the player: to what it came to where it is complete, else to what it is about."""
    attempt = get_object_or_404(
        policy.own_package_attempts(request.visitor), registration=registration
    )
    left = actions.leave_package(
        attempt, organisation=_employer(request), declared="done" in request.POST
    )
    if left.completed_at is not None:
        return redirect("content:package_result", registration)
    return redirect("catalogue:activity", left.package.activity_id)


def _organisation_pk(request: Request) -> int | None:
    employment = request.visitor.employment
    return employment.organisation_id if employment else None


def _employer(request: Any) -> Organisation | None:
    employment = request.visitor.employment
    return employment.organisation if employment else None


@signed_in
@require_safe
def result(request: Request, registration: uuid.UUID) -> HttpResponse:
    """What a round came to: what one now shows."""
    attempt = get_object_or_404(
        policy.own_package_attempts(request.visitor).select_related("package__activity", "edition"),
        registration=registration,
    )
    if attempt.completed_at is None:
        return redirect("content:package", attempt.package_id)
    skills = Skill.objects.in_bulk([row["skill"] for row in attempt.effect])
    effects = [
        row
        | {
            "skill": skills[row["skill"]],
            "word": Level(row["shown"]).label,
            "mark": row["asked"] or row["coming"] or None,
        }
        for row in attempt.effect
        if row["skill"] in skills
    ]
    told = {
        "attempt": attempt,
        "package": attempt.package,
        "looks_back": player_of(attempt.edition).looks_back
        and attempt.package.activity.organisation_id == _organisation_pk(request),
        "effects": effects,
        "made_it": not attempt.effect
        and queries.makes(attempt.person_id, attempt.package.activity_id),
        "percent": None if attempt.score is None else round(max(attempt.score, 0) * 100),
    }
    return render(request, "content/package_result.html", told)
