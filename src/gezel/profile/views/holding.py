"""Is it yours? Whoever is shown a credential asks; who holds the key it was issued to answers."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gezel.kit.qr import qr_code
from gezel.people.api import Request, signed_in
from gezel.profile import actions, queries
from gezel.profile.forms import AnswerForm, AskForm, FarProveForm, ProveForm
from gezel.profile.models import Credential, PersonKey
from gezel.profile.rules.holding import Held, check_held
from gezel.profile.rules.text import Unreadable, read_json
from gezel.profile.views.outside import told

# -- who asks -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def ask_holder(request: HttpRequest) -> HttpResponse:
    """Make a question; nothing is kept of it before it is answered.

    Who comes here by the address alone (typed, kept, or sent on) is led to where one asks.
    """
    if request.method != "POST":
        return redirect("profile:verify")
    form = AskForm(request.POST)
    who = form.cleaned_data["who"] if form.is_valid() else ""
    address = queries.address_of_answer(queries.new_question(who))
    return redirect("profile:asked", address)


@never_cache
@require_http_methods(["GET", "POST"])
def asked(request: HttpRequest, address: str) -> HttpResponse:
    """Where who asked waits, hands in an answer that came as a file, and reads what it proves."""
    question = queries.question_at(address)
    if question is None:
        raise Http404
    shown: dict[str, Any] = {"form": AnswerForm(), "is_open": False}
    if request.method == "POST":
        shown |= _handed_in(request, question)
    elif answer := queries.answer_to(actions.digest_of_question(question)):
        # An answer that came as a file was read by who handed it in; nothing is kept of it.
        shown |= _read(answer.document, question) if answer.document else {"was_answered": True}
    if "finding" not in shown and not shown.get("was_answered"):
        shown |= _waiting(question)
    part = "#answer" if request.htmx and request.method == "GET" else ""  # type: ignore[attr-defined]
    status = 422 if shown["form"].errors else 200
    answer_page = render(request, f"profile/asked.html{part}", shown, status=status)
    answer_page["X-Robots-Tag"] = "noindex"
    return answer_page


def _waiting(question: str) -> dict[str, Any]:
    """What to give to who was asked: a picture to scan, or words to copy."""
    link = settings.BASE_URL + reverse("profile:prove_to", args=[question])
    return {
        "is_open": queries.asker_of(question) is not None,
        "question": question,
        "link": link,
        "domain": queries.domain(),
        "minutes": int(queries.ASKED_FOR.total_seconds() // 60),
        "picture": qr_code(link, border=2, error="l"),
    }


def _handed_in(request: HttpRequest, question: str) -> dict[str, Any]:
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid() and queries.asker_of(question) is None:
        form.add_error(None, _("This question is over. Ask a new one."))
    if not form.is_valid():
        return {"form": form}
    try:
        document = read_json(form.given())
    except Unreadable:
        form.add_error("file", _("This is no answer from Gezel or another wallet."))
        return {"form": form}
    sources = queries.Asking() if form.cleaned_data.get("ask") else queries.OurOwn()
    held = _held(document, question, sources)
    if not actions.settle(question, held):
        form.add_error(None, _("This question was answered before. Ask a new one."))
        return {"form": form}
    return _told(held)


def _held(document: Any, question: str, sources: Any) -> Held:
    return check_held(
        document,
        now=timezone.now(),
        sources=sources,
        challenge=question,
        domain=queries.domain(),
    )


def _read(document: Any, question: str) -> dict[str, Any]:
    return _told(_held(document, question, queries.OurOwn()))


def _told(held: Held) -> dict[str, Any]:
    return told(held.finding, held=held) | {"form": AnswerForm()}


# -- who answers ----------------------------------------------------------------------------------


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def prove_to(request: Request, question: str) -> HttpResponse:
    """Answer a question that was asked here: with one credential, in one go."""
    who = queries.asker_of(question)
    if who is None:
        return render(request, "profile/question_over.html", {}, status=404)
    found = _provable(request)
    form = ProveForm(request.POST or None, credentials=[one for one, _key in found])
    if request.method == "POST" and form.is_valid():
        credential, key = _picked(found, form.cleaned_data["credential"])
        if actions.show(credential, key, challenge=question):
            messages.success(
                request, _("Shown. Who asked reads it now, and for an hour; then it is gone.")
            )
        else:
            messages.error(request, _("This question was answered before. Have a new one asked."))
        return redirect("profile:own_keys")
    shown = {"form": form, "who": who, "domain": queries.domain(), "any": bool(found)}
    return render(request, "profile/prove.html", shown, status=422 if form.errors else 200)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def prove(request: Request) -> HttpResponse:
    """Answer a question that was asked elsewhere: a file to send back."""
    found = _provable(request)
    form = FarProveForm(request.POST or None, credentials=[one for one, _key in found])
    if request.method == "POST" and form.is_valid():
        credential, key = _picked(found, form.cleaned_data["credential"])
        document = actions.answer_for(
            credential,
            key,
            challenge=form.cleaned_data["question"],
            domain=form.cleaned_data["domain"],
        )
        text = json.dumps(document, ensure_ascii=False, indent=2)
        answer = HttpResponse(text, content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="answer.json"'
        return answer
    shown = {"form": form, "far": True, "any": bool(found)}
    return render(request, "profile/prove.html", shown, status=422 if form.errors else 200)


def _provable(request: Request) -> list[tuple[Credential, PersonKey]]:
    """What was issued to a key that lies here, with that key."""
    keys = {key.did: key for key in queries.own_keys(request.user)}
    bound = queries.bound_to(request.user)
    return [(one, keys[did]) for did, those in bound.items() if did in keys for one in those]


def _picked(found: list[tuple[Credential, PersonKey]], chosen: str) -> tuple[Credential, PersonKey]:
    return next(pair for pair in found if str(pair[0].pk) == chosen)
