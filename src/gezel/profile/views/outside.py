"""For who has no account: is it genuine, whose keys are these, what was withdrawn."""

import json
import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Organisation
from gezel.profile import files, queries, sealing, suite, words
from gezel.profile.bundles import check_file
from gezel.profile.forms import AskForm, VerifyForm
from gezel.profile.models import Credential
from gezel.profile.rules.badge import named
from gezel.profile.rules.canonical import Unclear
from gezel.profile.rules.contexts import UnknownContext
from gezel.profile.rules.holding import Held, key_named
from gezel.profile.rules.status import REVOCATION, SUSPENSION
from gezel.profile.rules.text import Unreadable, read_json
from gezel.profile.rules.verdict import (
    Belief,
    Finding,
    Reason,
    Verdict,
    Weight,
    check,
    check_document,
    check_presentation,
)
from gezel.profile.rules.wording import editions, languages, wording
from gezel.trust.api import Proved

# What ends a credential and leaves its words whole.
OVER = {"expired", "revoked", "suspended", "replaced"}
TONES = {
    Verdict.VALID: ("ok", "circle-check"),
    Verdict.INVALID: ("bad", "circle-alert"),
    Verdict.UNKNOWN: ("warn", "circle-help"),
}


def chosen(request: HttpRequest, credential: Credential) -> dict[str, Any]:
    """What was signed, in the language asked for on the page, else in that of the reader."""
    return credential.document_in(request.GET.get("in") or (get_language() or "en")[:2])


def check_chosen(request: HttpRequest, credential: Credential) -> dict[str, Any]:
    """What there is to say about it now, as the page shows it, and in what else it was signed."""
    document = chosen(request, credential)
    found = check_document(document, now=timezone.now(), sources=queries.OurOwn())
    spoken = [(wording(one, "").language, one) for one in credential.documents]
    return told(found) | {
        "read_in": wording(document, "").language if credential.editions else "",
        "others": [
            (code, words.language_named(code)) for code, one in spoken if one is not document
        ],
    }


def _as_replaced(found: Finding) -> Finding:
    """A copy from before it was issued anew was not withdrawn for anything."""
    if not found.revoked or not queries.was_replaced(found.credential):
        return found
    said = (Reason("replaced", r.weight) if r.code == "revoked" else r for r in found.reasons)
    return replace(found, reasons=tuple(said), revoked=False)


def told(found: Finding, proved: Proved | None = None, held: Held | None = None) -> dict[str, Any]:
    """A finding as the page shows it; with what was proved about who showed it, where asked."""
    found = _as_replaced(found)
    tone, icon = TONES[found.verdict]
    good = found.verdict is Verdict.VALID
    standing = queries.place_in_log(found.credential) if good else None
    in_log = words.in_log(standing) if standing else ""
    language = (get_language() or "en")[:2]
    said = wording(found.credential, language)
    return {
        "finding": found,
        "unchanged": _is_unchanged(found),
        "sentence": words.sentence(found, standing) if good else "",
        "in_log": words.in_bundle(proved) if proved and not in_log else in_log,
        "logged_at": standing.event.organisation if standing and standing.since else None,
        "wording": said,
        "name": said.name,
        "verdict": words.verdict(found),
        "issuer": words.issuer(found),
        "person": named(found.credential),
        "spoken": words.spoken(
            languages(found.credential), said.language, editions(found.credential)
        )
        if good
        else "",
        "reasons": [words.reason(r) for r in found.reasons if r.weight is not Weight.NOTE],
        "notes": [words.reason(r) for r in found.reasons if r.weight is Weight.NOTE],
        "not_proved": words.not_proved(found, held=bool(held and held.is_theirs)) if good else [],
        "held": words.held(found) if held and held.is_theirs else "",
        "to_key": not held and bool(key_named(found.credential)),
        "tone": tone,
        "icon": icon,
        "within": [
            (wording(one.credential, language).name, words.verdict(one), *TONES[one.verdict])
            for one in found.within
        ],
    }


def _is_unchanged(found: Finding) -> bool:
    """Whether it is proved to be as it was signed: also of one whose time is over."""
    said = {r.code for r in found.reasons if r.weight is not Weight.NOTE}
    return found.ground is not None and said <= OVER


def verify(request: HttpRequest) -> HttpResponse:
    """Anyone drops a file or pastes a text, and reads whether it is genuine."""
    sent = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if sent else VerifyForm()
    shown: dict[str, Any] = {"form": form, "ask_form": AskForm()}
    if sent and form.is_valid():
        sources = queries.Asking() if form.cleaned_data.get("ask") else queries.OurOwn()
        checked = check_file(
            form.given(), now=timezone.now(), sources=sources, belief=Belief.NOTHING
        )
        shown |= told(checked.finding, checked.proved)
    status = 422 if form.errors else 200
    return render(request, "profile/verify.html", shown, status=status)


@require_safe
def shared(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A credential that its owner opened to whoever has the link, checked on the spot."""
    credential = get_object_or_404(
        Credential.objects.select_related("organisation"),
        pk=pk,
        open_until__gte=timezone.localdate(),
    )
    shown = check_chosen(request, credential) | {
        "credential": credential,
        "forms": _addressed(credential),
    }
    answer = render(request, "profile/shared.html", shown)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def shared_file(request: HttpRequest, pk: uuid.UUID, form: str) -> HttpResponse:
    """The same as a file, so that the reader can have another program check it, or keep it."""
    credential = get_object_or_404(
        Credential.objects.select_related("organisation", "person"),
        pk=pk,
        open_until__gte=timezone.localdate(),
    )
    return taken(request, credential, form)


def _addressed(credential: Credential) -> list[tuple[str, str]]:
    """Each form one may take, with its address."""
    return [
        (form, reverse("profile:shared_file", args=[credential.pk, form]))
        for form in files.forms_of(credential)
    ]


def taken(request: HttpRequest, credential: Credential, form: str) -> HttpResponse:
    """What is shown to who has no account, as a file in a form they may take."""
    if form not in files.SHOWN:
        raise Http404
    try:
        return files.as_file(credential, chosen(request, credential), form)
    except sealing.CannotOpen:
        # Nobody to tell it on a page of theirs, and nothing of it is theirs to mend.
        return HttpResponse(
            _("The key of the issuer is shut now, so nothing new is signed. Take another form."),
            status=503,
            content_type="text/plain; charset=utf-8",
        )


# -- what verifiers ask ---------------------------------------------------------------------------


@require_safe
def did_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The keys of an organisation."""
    organisation = get_object_or_404(Organisation, slug=slug)
    return _public(queries.did_document(organisation), "application/did+json")


@require_safe
def status(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What was withdrawn: a list of bits in which each has a place that only they know."""
    return _listed(slug, number, REVOCATION)


@require_safe
def suspended(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What does not count for now: a list of its own, so that each says one thing."""
    return _listed(slug, number, SUSPENSION)


def _listed(slug: str, number: int, purpose: str) -> HttpResponse:
    found = queries.status_list(get_object_or_404(Organisation, slug=slug), number, purpose)
    if found is None:
        raise Http404
    return _public(found, "application/vc")


def _public(document: dict[str, Any], kind: str) -> HttpResponse:
    answer = HttpResponse(json.dumps(document, ensure_ascii=False), content_type=kind)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=30"
    return answer


# -- the interface of test suites -----------------------------------------------------------------


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The body, where the interface is open at all.

    Raises:
        Unreadable: it is no object.
    """
    if not settings.VC_API:
        raise Http404
    found = read_json(request.body)
    if not isinstance(found, dict):
        raise Unreadable("not_json")
    return found


def _refused(code: str) -> JsonResponse:
    return JsonResponse({"verified": False, "errors": [code]}, status=400)


# Programs post here, and no cookie is asked for or read: there is nobody's session to misuse.
@csrf_exempt
@require_POST
def api_issue(request: HttpRequest) -> HttpResponse:
    """Sign a credential with the key of the suites, which is no organisation's."""
    try:
        body = _asked(request)
        signed = suite.issue(body.get("credential"), body.get("options"))
    except (Unreadable, Unclear) as problem:
        return _refused(problem.code)
    except UnknownContext as problem:
        return _refused(f"unknown_context: {problem}")
    except suite.Refused as refusal:
        return JsonResponse({"errors": list(refusal.args)}, status=400)
    return JsonResponse({"verifiableCredential": signed}, status=201)


@csrf_exempt  # as above
@require_POST
def api_verify(request: HttpRequest) -> HttpResponse:
    """Check a credential."""
    try:
        body = _asked(request)
    except Unreadable as problem:
        return _refused(problem.code)
    given = body.get("verifiableCredential")
    sources = suite.Sources()
    if isinstance(given, str):
        return _verdict(check(given, now=timezone.now(), sources=sources))
    challenge, domain = _meant_for(body)
    found = check_document(
        given, now=timezone.now(), sources=sources, challenge=challenge, domain=domain
    )
    return _verdict(found)


@csrf_exempt  # as above
@require_POST
def api_verify_presentation(request: HttpRequest) -> HttpResponse:
    """Check what a holder shows."""
    try:
        body = _asked(request)
    except Unreadable as problem:
        return _refused(problem.code)
    given = body.get("verifiablePresentation", body.get("presentation"))
    challenge, domain = _meant_for(body)
    found = check_presentation(
        given, now=timezone.now(), sources=suite.Sources(), challenge=challenge, domain=domain
    )
    return _verdict(found)


def _meant_for(body: dict[str, Any]) -> tuple[str, str]:
    """For which challenge and domain the proof has to be made, as the asker says."""
    options = body.get("options")
    options = options if isinstance(options, dict) else {}
    return str(options.get("challenge") or ""), str(options.get("domain") or "")


@csrf_exempt  # as above
@require_POST
def api_set_status(request: HttpRequest) -> HttpResponse:
    """Withdraw what was signed here."""
    try:
        found = suite.set_status(_asked(request))
    except Unreadable as problem:
        return JsonResponse({"errors": [problem.code]}, status=400)
    except suite.Refused as refusal:
        return JsonResponse({"errors": list(refusal.args)}, status=400)
    if not found:
        return JsonResponse({"errors": ["not_found"]}, status=404)
    return JsonResponse({}, status=200)


@require_safe
def api_status(request: HttpRequest) -> HttpResponse:
    """The list in which the status of what the suites had signed stands."""
    if not settings.VC_API:
        raise Http404
    return _public(suite.status_list(), "application/vc")


def _verdict(found: Finding) -> JsonResponse:
    good = found.verdict is Verdict.VALID
    errors = [r.code for r in found.reasons if r.weight is not Weight.NOTE]
    warnings = [r.code for r in found.reasons if r.weight is Weight.NOTE]
    return JsonResponse(
        {
            "verified": good,
            "credential": found.credential,
            "checks": ["proof", "status"],
            "warnings": warnings,
            "errors": errors,
        },
        status=200 if good else 400,
    )
