"""Evidence: adding it, tying it to parts, asking colleagues, bringing in what Gezel holds."""

import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.assessment import actions, policy, queries
from gezel.assessment.forms import AskStatementForm, PieceForm, StatementForm, TieForm
from gezel.assessment.models import AskedStatement, Dossier, DossierPiece
from gezel.assessment.views.evc.common import desk_of, form_page, kept, tried
from gezel.assessment.words import TOLD
from gezel.content.api import Media, in_parts
from gezel.people.api import (
    COLLEAGUES,
    Audience,
    Person,
    Request,
    Visitor,
    at_work,
    require,
    signed_in,
)
from gezel.trust.api import note_reading

Kind = DossierPiece.Kind
# What a candidate adds by a form; what assessors report.
OWN = (Kind.DOCUMENT, Kind.PHOTO, Kind.VIDEO, Kind.ACCOUNT)
REPORTS = (Kind.VISIT, Kind.PRACTICAL, Kind.INTERVIEW)


@signed_in
def add(request: Request, key: uuid.UUID, kind: str) -> HttpResponse:
    """Add a piece of evidence, or as an assessor a report of a visit, test or interview."""
    reports = kind in REPORTS
    if not reports and kind not in OWN:
        raise Http404
    told = desk_of(request, key, "assessor" if reports else "candidate")
    stage = Dossier.Stage.ASSESSMENT if reports else Dossier.Stage.PORTFOLIO
    require(told.dossier.stage == stage and told.dossier.ended_at is None)
    posted = request.method == "POST"
    form = PieceForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        kind=kind,
        dossier=told.dossier,
    )
    if posted and form.is_valid() and kept(form, lambda: _keep(request, told.dossier, form)):
        messages.success(request, _("Added."))
        return redirect("evc:dossier", key)
    context = {"desk": told, "dossier": told.dossier, "form": form, "kind": Kind(kind)}
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/piece_form.html", context, status=status)


def _keep(request: Request, dossier: Dossier, form: PieceForm) -> object:
    data = form.cleaned_data
    media: Media | None = None
    if (sent := data.get("file")) is not None:
        media = actions.keep_evidence_file(
            dossier.organisation, sent, kind=form.kind, name=sent.name
        )
    said = actions.PieceSaid(
        name=data["name"],
        about=data.get("about", ""),
        done_on=data["done_on"],
        parts=data["parts"],
        told=form.told,
        media=media,
        file_name=sent.name if sent is not None else "",
    )
    return actions.add_piece(dossier, said, kind=form.kind, by=request.user, key=data["key"])


def _piece(told: queries.Desk, piece_key: uuid.UUID) -> DossierPiece:
    return get_object_or_404(
        DossierPiece.objects.select_related("media", "by", "dossier__standard").prefetch_related(
            "parts"
        ),
        key=piece_key,
        dossier=told.dossier,
    )


@signed_in
def piece(request: Request, key: uuid.UUID, piece_key: uuid.UUID) -> HttpResponse:
    """A piece of evidence, and which parts it is about."""
    told = desk_of(request, key)
    found = _piece(told, piece_key)
    dossier = told.dossier
    reports = found.kind in actions.BY_ASSESSORS
    stage = Dossier.Stage.ASSESSMENT if reports else Dossier.Stage.PORTFOLIO
    mine = found.by_id == request.user.pk if reports else told.part == "candidate"
    may_tie = mine and dossier.stage == stage and dossier.ended_at is None
    form = TieForm(request.POST or None, piece=found) if may_tie else None
    if request.method == "POST":
        if form is None:
            raise Http404
        parts = form.cleaned_data["parts"] if form.is_valid() else None
        if parts is not None and kept(form, lambda: actions.tie(found, parts, by=request.user)):
            messages.success(request, _("Saved."))
            return redirect("evc:dossier", key)
    context = {
        "desk": told,
        "dossier": dossier,
        "piece": found,
        "form": form,
        "told": [
            (TOLD[name][0] if name in TOLD else name, words) for name, words in found.told.items()
        ],
        "may_remove": may_tie and not reports,
    }
    return render(request, "assessment/evc/piece.html", context)


@signed_in
@require_POST
def remove(request: Request, key: uuid.UUID, piece_key: uuid.UUID) -> HttpResponse:
    """The candidate takes a piece out."""
    told = desk_of(request, key, "candidate")
    found = _piece(told, piece_key)
    tried(request, lambda: actions.remove_piece(found), _("Taken out."))
    return redirect("evc:dossier", key)


@signed_in
@require_safe
def file(request: Request, key: uuid.UUID, piece_key: uuid.UUID) -> HttpResponseBase:
    """The file of a piece: a picture or film to look at, anything else as a download."""
    told = desk_of(request, key)
    found = _piece(told, piece_key)
    if found.media is None:
        raise Http404
    media = found.media
    shown = found.kind in {Kind.PHOTO, Kind.VIDEO}
    try:
        response = in_parts(
            request,
            lambda: media.file.open("rb"),
            size=media.size,
            etag=f'"{media.digest}"',
            kind=media.kind if shown else "application/octet-stream",
        )
    except FileNotFoundError as gone:
        raise Http404 from gone
    name = media.name if shown else found.file_name or media.name
    response["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    # Whatever is in the file, it is no document here: nothing in it runs, loads or navigates.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Taken out is gone, and a role that ends closes the door: nothing of it stays behind.
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in
def gather(request: Request, key: uuid.UUID) -> HttpResponse:
    """What Gezel holds of the candidate already, to bring in with one tap."""
    told = desk_of(request, key, "candidate")
    require(told.dossier.stage == Dossier.Stage.PORTFOLIO and told.dossier.ended_at is None)
    if request.method == "POST":
        address = request.POST.get("fact", "")[:200]
        done = _("Brought in. It is tied to the parts that stand for the same skill.")
        tried(request, lambda: actions.bring_in_fact(told.dossier, address), done)
        return redirect("evc:gather", key)
    skills = {part.skill_id: part.name for part in told.parts if part.skill_id}
    rows = [
        (fact, [skills[pk] for pk in fact.skills if pk in skills])
        for fact in queries.facts_to_bring(told.dossier)
    ]
    rows.sort(key=lambda row: not row[1])
    context = {"desk": told, "dossier": told.dossier, "rows": rows}
    return render(request, "assessment/evc/gather.html", context)


# -- statements ----------------------------------------------------------------------------------


@at_work
def ask(request: Request, key: uuid.UUID) -> HttpResponse:
    """Ask a colleague for a statement."""
    told = desk_of(request, key, "candidate")
    require(told.dossier.stage == Dossier.Stage.PORTFOLIO and told.dossier.ended_at is None)
    require(told.dossier.organisation_id == request.visitor.organisation.pk)
    words = " ".join((request.POST.get("q") or request.GET.get("q", "")).split())[:100]
    people = _colleagues(request.visitor, words.replace("\x00", ""))
    form = AskStatementForm(request.POST or None, people=people, dossier=told.dossier)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if kept(
            form,
            lambda: actions.ask_statement(
                told.dossier,
                data["of"],
                question=data["question"],
                parts=data["parts"],
                key=data["key"],
            ),
        ):
            messages.success(
                request,
                _("%(name)s finds your question under EVC.") % {"name": data["of"].name},
            )
            return redirect("evc:dossier", key)
    context = {
        "desk": told, "dossier": told.dossier, "form": form, "words": words, "people": people,
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/ask.html", context, status=status)


def _colleagues(visitor: Visitor, words: str) -> list[Person]:
    found = Audience(COLLEAGUES).people_for(visitor).exclude(pk=visitor.person.pk)
    for word in words.split()[:6]:
        found = found.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__iexact=word)
        )
    return list(found.order_by("last_name", "first_name")[:20]) if words else []


@signed_in
@require_POST
def withdraw_question(request: Request, key: uuid.UUID, asked_key: uuid.UUID) -> HttpResponse:
    """The candidate takes a question back that was not answered."""
    told = desk_of(request, key, "candidate")
    found = get_object_or_404(AskedStatement, key=asked_key, dossier=told.dossier)
    actions.withdraw_question(found)
    messages.success(request, _("Taken back."))
    return redirect("evc:dossier", key)


@at_work
def statement(request: Request, asked_key: uuid.UUID) -> HttpResponse:
    """A colleague gives a statement, or would rather not."""
    found = get_object_or_404(
        policy.statements_to_give(request.visitor).select_related("dossier__person"), key=asked_key
    )
    note_reading(
        reader_pk=request.user.pk, about=[found.dossier.person_id], matter="evc",
        purpose="evc_asked",
    )  # fmt: skip
    if request.method == "POST" and "decline" in request.POST:
        actions.decline_statement(found)
        messages.success(request, _("Declined. Your colleague sees that, without a reason."))
        return redirect("evc:home")
    form = StatementForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(form, lambda: actions.give_statement(found, **form.cleaned_data))
    ):
        messages.success(request, _("Thank you. Your colleague and their assessors can read it."))
        return redirect("evc:home")
    return form_page(
        request, None, form,
        title=_("A statement for %(name)s") % {"name": found.dossier.person.name},
        lead=_(
            "Your colleague collects evidence for EVC and asks what you saw. You see only this "
            "question. Your answer comes with your name; the candidate, their guide and assessors "
            "read it."
        ),
        quote=found.question, submit=_("Give the statement"), decline=True,
    )  # fmt: skip
