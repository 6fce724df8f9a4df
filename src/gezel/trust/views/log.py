"""The log: for everyone in numbers, for the person in words, for the council to watch over."""

import base64
import json
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.kit.jobs import enqueue
from gezel.trust import actions, jobs, queries, words
from gezel.trust.models import Log, Witness
from gezel.trust.rules import merkle
from gezel.trust.rules.commitment import parsed

A_PAGE = 25
SHOWN = 30
# Works council and HR watch over the log; who witnesses it, the council says alone.
MAY_WATCH, MAY_WITNESS = frozenset({"hr", "council"}), frozenset({"council"})
_TILE = re.compile(r"(\d|[1-5]\d|entries)/((?:x\d{3}/){0,4}\d{3})(?:\.p/([1-9]\d{0,2}))?")
_FOR_EVER = "public, max-age=31536000, immutable"


# -- for everyone, without an account -------------------------------------------------------------


def _public(slug: str) -> Log:
    return get_object_or_404(Log.objects.select_related("organisation"), organisation__slug=slug)


def _open(answer: HttpResponse, *, kept: str = "public, max-age=30") -> HttpResponse:
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = kept
    return answer


@require_safe
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """What this log is, how large, and how anyone checks it."""
    found = _public(slug)
    sealed = queries.newest(found, 1)
    told = {
        "log": found,
        "sealed": sealed[0] if sealed else None,
        "witnesses": list(queries.witnesses(found)),
        "key": queries.key_of(found).written(),
        "address": queries.address_of(found),
    }
    return render(request, "trust/log.html", told)


@require_safe
def checkpoint(request: HttpRequest, slug: str) -> HttpResponse:
    """The last that was signed, with who witnessed it."""
    sealed = queries.latest(_public(slug))
    if sealed is None:
        raise Http404
    note = queries.with_witnesses(sealed)
    return _open(HttpResponse(note, content_type="text/plain; charset=utf-8"))


@require_safe
def key(request: HttpRequest, slug: str) -> HttpResponse:
    """With which key its checkpoints are checked."""
    text = queries.key_of(_public(slug)).written() + "\n"
    return _open(HttpResponse(text, content_type="text/plain; charset=utf-8"))


@require_safe
def tile(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """A tile as C2SP addresses it: `0/x001/234`, with `.p/17` while it is not full."""
    found, asked = _public(slug), _TILE.fullmatch(path)
    sealed = queries.latest(found)
    if asked is None or sealed is None:
        raise Http404
    number = int(asked[2].replace("x", "").replace("/", ""))
    width = int(asked[3]) if asked[3] else merkle.TILE
    entries = asked[1] == "entries"
    level = 0 if entries else int(asked[1])
    there = (sealed.size >> (merkle.HEIGHT * level)) - number * merkle.TILE
    if width > merkle.TILE or width > there or (asked[3] and width == merkle.TILE):
        raise Http404
    if entries:
        start = number * merkle.TILE
        promises = queries.promises(found, start, start + width)
        body = b"".join(len(p).to_bytes(2) + p for p in promises)
    else:
        body = queries.tiles(found)(level, number)[: width * merkle.HASH]
    return _open(HttpResponse(body, content_type="application/octet-stream"), kept=_FOR_EVER)


@require_safe
def consistency(request: HttpRequest, slug: str) -> HttpResponse:
    """That the log of one size begins with all of an earlier one (?from=…&to=…)."""
    found = _public(slug)
    sealed = queries.latest(found)
    try:
        old = int(request.GET.get("from", ""))
        new = int(request.GET.get("to") or (sealed.size if sealed else 0))
        if sealed is None or new > sealed.size:
            raise ValueError
        steps = queries.consistency(found, old, new)
    except ValueError:
        wrong = {"error": "from and to must be sizes of this log, from not above to"}
        return _open(JsonResponse(wrong, status=400))
    proof = [base64.b64encode(step).decode() for step in steps]
    return _open(JsonResponse({"from": old, "to": new, "proof": proof}))


# -- for the person -------------------------------------------------------------------------------


@require_safe
@login_required
def my_events(request: HttpRequest) -> HttpResponse:
    """What the log tells about me, and since when it cannot be changed any more."""
    page = Paginator(queries.events_about(request.user), A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"event": event, "what": words.kind(event.kind), "told": _told(event), "sealed": sealed}
        for event, sealed in queries.in_logs(list(page))
    ]
    return render(request, "trust/my_events.html", {"page": page, "rows": rows})


def _in_language(facts: dict[str, Any], name: str) -> str:
    """A name kept in both languages, in the reader's; earlier ones were kept in one."""
    mine = (get_language() or "")[:2]
    both = [facts.get(f"{name}_{language}") for language in (mine, "nl", "en")]
    return next((told for told in (*both, facts.get(name)) if told), "")


def _told(event: Any) -> str:
    """What one event says beside its kind, in words."""
    facts = parsed(bytes(event.words))
    match event.kind:
        case "reading":
            return f"{words.matter(facts['matter'])} · {words.purpose(facts['purpose'])}"
        case "level":
            return _("%(skill)s: from %(before)s to %(now)s") % {
                "skill": _in_language(facts, "skill"),
                "before": facts.get("before", 0),
                "now": facts.get("now", 0),
            }
        case _:
            return str(facts.get("reason") or facts.get("what") or "")


@require_safe
@login_required
def my_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """All that an outsider needs to check one event about me."""
    event = get_object_or_404(queries.events_about(request.user), pk=pk)
    proof = queries.proof_of(event)
    if proof is None:
        raise Http404
    answer = HttpResponse(
        json.dumps(proof, ensure_ascii=False, indent=2), content_type="application/json"
    )
    answer["Content-Disposition"] = f'attachment; filename="event-{event.pk}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


# -- for the council and HR -----------------------------------------------------------------------


class KeyForm(forms.Form):
    key = forms.CharField(
        label=gettext_lazy("The public key"),
        help_text=gettext_lazy("The line that `gezel witness new` shows. Never the secret one."),
        max_length=300,
    )


class SeenForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What your tool wrote"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )


def _watched(request: HttpRequest, among: frozenset[str] = MAY_WATCH) -> Log | None:
    """The log of the organisation someone watches over; None where nothing happened yet."""
    visitor: Any = request.visitor  # type: ignore[attr-defined] # the middleware of people
    if visitor.employment is None or not visitor.mandates & among:
        raise Http404
    return queries.log_of(visitor.organisation)


def _must_be(found: Log | None) -> Log:
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def watch(request: HttpRequest) -> HttpResponse:
    """Is the log what was signed, day after day; who witnesses it."""
    return _watch(request, _watched(request))


def _watch(
    request: HttpRequest,
    found: Log | None,
    key_form: KeyForm | None = None,
    seen_form: SeenForm | None = None,
) -> HttpResponse:
    visitor: Any = request.visitor  # type: ignore[attr-defined] # as above
    told: dict[str, Any] = {
        "log": found,
        "may_witness": bool(visitor.mandates & MAY_WITNESS),
        "key_form": key_form or KeyForm(),
        "seen_form": seen_form or SeenForm(),
    }
    if found is not None:
        sealed = queries.newest(found, SHOWN)
        told |= {
            "sealed": sealed,
            "changed": queries.unchanged(found, sealed[::-1]),
            "first": found.checkpoints.order_by("size").first(),
            "witnesses": list(queries.witnesses(found)),
        }
    wrong = bool((key_form and key_form.errors) or (seen_form and seen_form.errors))
    return render(request, "trust/watch.html", told, status=422 if wrong else 200)


@require_POST
@login_required
def seal(request: HttpRequest) -> HttpResponse:
    """Sign the log now, without waiting for the night."""
    found = _must_be(_watched(request))
    try:
        actions.take_up(found.organisation_id)
        actions.seal(found)
    except actions.Tampered:
        messages.error(
            request, _("The log differs from what was signed before. It was not signed.")
        )
    else:
        messages.success(request, _("Signed."))
    return redirect("trust:watch")


@require_POST
@login_required
def check(request: HttpRequest) -> HttpResponse:
    """Have every entry looked at; that takes a while, so it is a task."""
    found = _must_be(_watched(request))
    task = enqueue(jobs.check_log, by=request.user, log=found.pk)
    return redirect(reverse("kit:task", args=[task.pk]))


@require_POST
@login_required
def add_witness(request: HttpRequest) -> HttpResponse:
    """The council names the key with which it looks along."""
    found, form = _must_be(_watched(request, MAY_WITNESS)), KeyForm(request.POST)
    if form.is_valid():
        try:
            actions.add_witness(found, form.cleaned_data["key"])
        except ValidationError as problem:
            form.add_error("key", problem)
        else:
            messages.success(request, _("From now on this key is asked for as a witness."))
            return redirect("trust:watch")
    return _watch(request, found, key_form=form)


@require_POST
@login_required
def remove_witness(request: HttpRequest, pk: int) -> HttpResponse:
    """A key looks along no more."""
    found = _must_be(_watched(request, MAY_WITNESS))
    actions.remove_witness(get_object_or_404(Witness, pk=pk, log=found))
    return redirect("trust:watch")


@require_safe
@login_required
def to_witness(request: HttpRequest) -> HttpResponse:
    """The checkpoint of now, with the proof that it grew from every one before, to sign at home."""
    found = _must_be(_watched(request))
    sealed = queries.latest(found)
    if sealed is None:
        raise Http404
    earlier = found.checkpoints.filter(size__lt=sealed.size).order_by("-size")[:SHOWN]
    told = {
        "log": queries.key_of(found).written(),
        "checkpoint": sealed.note,
        "from": {
            one.size: [
                base64.b64encode(step).decode()
                for step in queries.consistency(found, one.size, sealed.size)
            ]
            for one in earlier
        },
    }
    answer = HttpResponse(json.dumps(told, indent=2), content_type="application/json")
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="log-{day}.json"'
    return answer


@require_POST
@login_required
def cosign(request: HttpRequest) -> HttpResponse:
    """What a witness signed at home comes in."""
    found, form = _must_be(_watched(request, MAY_WITNESS)), SeenForm(request.POST)
    if form.is_valid():
        try:
            seen = actions.take_cosignature(found, form.cleaned_data["text"])
        except ValidationError as problem:
            form.add_error("text", problem)
        else:
            said = _("%(name)s witnessed %(size)s entries.")
            messages.success(request, said % {"name": seen.witness, "size": seen.checkpoint.size})
            return redirect("trust:watch")
    return _watch(request, found, seen_form=form)
