"""Taking a test: by forms, and by answers a phone sends when it has connection."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gezel.assessment import actions, policy, queries
from gezel.assessment.models import Item, Part, Sitting
from gezel.assessment.rules import choosing, measuring
from gezel.assessment.words import STANDS, STOPPED
from gezel.people.api import Organisation, Person, Request, Visitor, at_work, signed_in
from gezel.skills.api import Level

MOST_AT_ONCE = 50
# An interval that holds 8 times out of 10, as everywhere in Gezel.
EIGHTY_PERCENT = 1.2816


def _employer(visitor: Visitor) -> Organisation | None:
    return visitor.employment.organisation if visitor.employment else None


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """The tests one can take, and what came of those one took."""
    visitor = request.visitor
    offered = queries.offered(visitor, policy.tests_to_take(visitor)) if visitor.employment else []
    results = (
        policy.own_sittings(visitor)
        .filter(ended_at__isnull=False)
        .select_related("test__skill")
        .defer("pool")
        .order_by("-ended_at")[:50]
    )
    told = {"offered": offered, "results": results, "smallest": choosing.Rules().smallest_bank}
    return render(request, "assessment/mine.html", told)


@at_work
@require_safe
def about(request: Request, test_pk: int) -> HttpResponse:
    """Before beginning: how it goes, and who sees what of it."""
    test = get_object_or_404(
        policy.tests_to_take(request.visitor).select_related("skill"), pk=test_pk
    )
    last = queries.latest(request.user, test)
    if last is not None and last.ended_at is None:
        return redirect("assessment:sit", last.registration)
    rules = choosing.VERSIONS[choosing.VERSION]
    scored = test.items.filter(state=Item.State.LIVE).count()
    return render(
        request,
        "assessment/about.html",
        {
            "test": test,
            "last": last,
            "rules": rules,
            "scored": scored,
            "adaptive": scored >= rules.smallest_bank,
            "length": min(scored, rules.fixed_length),
            "trials": test.items.filter(state=Item.State.TRIAL).exists(),
            "parts": test.parts.all(),
            "knows": queries.knows_the_answers(request.user.pk, test),
        },
    )


@at_work
@require_POST
def start(request: Request, test_pk: int) -> HttpResponse:
    """Begin, or go on if it was begun."""
    test = get_object_or_404(policy.tests_to_take(request.visitor), pk=test_pk)
    try:
        sitting = actions.start(request.user, test, organisation=request.visitor.organisation)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("assessment:mine")
    return redirect("assessment:sit", sitting.registration)


def _sitting(request: Request, registration: uuid.UUID) -> Sitting:
    return get_object_or_404(
        policy.own_sittings(request.visitor).select_related("test__skill"),
        registration=registration,
    )


@signed_in
@require_safe
@never_cache
def sit(request: Request, registration: uuid.UUID) -> HttpResponse:
    """The question one is at; whatever page one comes back from, it is the right one."""
    sitting = _sitting(request, registration)
    if sitting.ended_at is not None:
        return redirect("assessment:result", registration)
    course = queries.course(sitting)
    turn = course.open_turn
    if turn is None:  # can only be where a row was lost by hand
        raise Http404
    question = queries.question(sitting, turn)
    response = render(
        request,
        "assessment/sit.html#question" if request.htmx else "assessment/sit.html",
        {
            "sitting": sitting,
            "question": question,
            "lines": question.lines,
            "positions": range(1, len(question.lines) + 1),
            "rules": course.rules,
            "whole": len(course.form),
        },
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


@signed_in
@require_POST
def answer(request: Request, registration: uuid.UUID) -> HttpResponse:
    """One answer by plain form: without scripts, every question is one."""
    sitting = _sitting(request, registration)
    raw = request.POST.get("number", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    kept = actions.keep_answer(
        sitting,
        actions.Said(key, number, _posted(request)),
        organisation=_employer(request.visitor),
    )
    if kept.state != "kept":
        messages.error(request, _in_words(kept))
    return redirect("assessment:sit", registration)


def _posted(request: HttpRequest) -> dict[str, Any]:
    """What a form says, in the shape in which answers come."""
    if "unknown" in request.POST:
        return {"unknown": True}
    if "figure" in request.POST:
        return {"number": request.POST["figure"]}
    placed = sorted(
        (int(at), int(name.removeprefix("place_")))
        for name in request.POST
        if name.startswith("place_")
        and _is_place(at := request.POST.get(name, ""))
        and _is_place(name.removeprefix("place_"))
    )
    if placed:
        # Two steps in one place: told as an answer that is not whole.
        ok = len({at for at, _place in placed}) == len(placed)
        return {"places": [place for _at, place in placed] if ok else []}
    return {"places": [int(p) for p in request.POST.getlist("chosen") if _is_place(p)]}


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 3


def _in_words(kept: actions.Kept) -> str:
    if kept.state == "conflict":
        return _("An answer was not taken: it had been sent before with other words.")
    if kept.why == "answered":
        return _(
            "You answered this question before, here or on another device; that answer stands."
        )
    if kept.why == "question":
        return _("An answer was not taken: it belongs to no question of this test.")
    if kept.why == "value":
        return _("Choose or fill in an answer first; give every step a place of its own.")
    return ""


@require_POST
def answers(request: HttpRequest) -> JsonResponse:
    """Answers from a device, sent again until we say that we have them (see content's outbox).

    200: each is kept, or told why not. 409: a key says something else already. 401: sign in, the
    device keeps them meanwhile.
    """
    if not isinstance(request.user, Person):
        return JsonResponse({"error": "signin"}, status=401)
    try:
        sent = json.loads(request.body)
        registration = uuid.UUID(sent["attempt"])
        given = sent["answers"]
        if not isinstance(given, list) or len(given) > MOST_AT_ONCE:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
    visitor: Visitor = request.visitor  # type: ignore[attr-defined] # put there by our middleware
    sitting = (
        policy.own_sittings(visitor)
        .select_related("test__skill")
        .filter(registration=registration)
        .first()
    )
    if sitting is None:
        return JsonResponse({"error": "unknown"}, status=404)
    told = [_keep(sitting, raw, visitor) for raw in given]
    conflict = any(row["state"] == "conflict" for row in told)
    return JsonResponse({"answers": told}, status=409 if conflict else 200)


def _keep(sitting: Sitting, raw: Any, visitor: Visitor) -> dict[str, str]:
    """One answer of a batch: what became of it, with a sentence where it is not simply kept."""
    try:
        if type(raw["block"]) is not int:
            raise TypeError
        said = actions.Said(uuid.UUID(raw["key"]), raw["block"], raw["value"])
    except (ValueError, TypeError, KeyError, AttributeError):
        key = raw.get("key") if isinstance(raw, dict) else None
        bare = key[:64].encode("utf-8", "replace").decode() if isinstance(key, str) else ""
        return {"key": bare, "state": "refused", "message": _("An answer could not be read.")}
    kept = actions.keep_answer(sitting, said, organisation=_employer(visitor))
    told = {"key": str(kept.key), "state": kept.state, "message": _in_words(kept)}
    return {name: value for name, value in told.items() if value}


@signed_in
@require_safe
@never_cache
def result(request: Request, registration: uuid.UUID) -> HttpResponse:
    """What the test came to, how sure that is, part by part; and whether it goes in the profile."""
    sitting = _sitting(request, registration)
    if sitting.ended_at is None or sitting.result is None:
        return redirect("assessment:sit", registration)
    came = sitting.result
    names = {part.pk: part for part in Part.objects.filter(test=sitting.test_id)}
    levels = measuring.percents({int(k): v for k, v in came["levels"].items()})
    reach = EIGHTY_PERCENT * came["sd"]
    told = {
        "sitting": sitting,
        "came": came,
        "sentence": actions.in_a_sentence(came),
        "word": Level(came["level"]).label,
        "stopped": STOPPED[came["stop"]],
        "at": measuring.level_of(came["mean"]),
        "low": measuring.level_of(came["mean"] - reach),
        "high": measuring.level_of(came["mean"] + reach),
        "levels": [(level, Level(level).label, share) for level, share in levels.items()],
        "parts": [
            (names[row["part"]], row, STANDS[row["stands"]])
            for row in came["parts"]
            if row["part"] in names
        ],
        "latest": queries.is_latest(sitting),
        "knows": queries.knows_the_answers(sitting.person_id, sitting.test),
        "open_here": request.visitor.employment is not None
        and policy.tests_to_take(request.visitor).filter(pk=sitting.test_id).exists(),
    }
    return render(request, "assessment/result.html", told)


@signed_in
@require_POST
def keep(request: Request, registration: uuid.UUID) -> HttpResponse:
    """The person puts this result in their profile."""
    sitting = _sitting(request, registration)
    try:
        actions.put_in_profile(sitting, organisation=_employer(request.visitor))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("The result stands in your profile, with the reason."))
    return redirect("assessment:result", registration)


@signed_in
@require_safe
def picture(request: Request, item_pk: int, name: str) -> HttpResponseBase:
    """The picture of a question, for who has it before them. Its address holds its content's name,
    so it may be kept; whatever is in the file, nothing in it runs."""
    item = get_object_or_404(
        policy.items_with_a_picture(request.visitor).select_related("media"), pk=item_pk
    )
    if item.media is None or name != item.media.name:
        raise Http404
    try:
        with item.media.file.open("rb") as file:
            response = HttpResponse(file.read(), content_type=item.media.kind)
    except FileNotFoundError as gone:
        raise Http404 from gone
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
