"""The pages of certificates: mine, one holding, the overview, and what HR keeps track of."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import overload

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.certificates import actions, files, forms, policy, queries, rules
from gezel.certificates.actions import ChangedMeanwhileError
from gezel.certificates.models import CertificateType, Holding
from gezel.kit.export import FORMS
from gezel.people.api import Job, Person, Request, Unit, at_work, require, signed_in
from gezel.skills.api import Skill
from gezel.trust.api import note_reading

STATES = {
    rules.State.VALID: ("ok", "circle-check"),
    rules.State.EXPIRING: ("warn", "clock"),
    rules.State.EXPIRED: ("bad", "triangle-alert"),
    rules.State.MISSING: ("bad", "circle-alert"),
    rules.State.WAITING: ("brand", "hourglass"),
}
AHEAD = (1, 3, 6, 12)
PAGE = 50
MOST_EXPORTED = 1_000_000


def state_words() -> dict[str, str]:
    """How each state is called."""
    return {
        rules.State.VALID: _("valid"),
        rules.State.EXPIRING: _("about to lapse"),
        rules.State.EXPIRED: _("lapsed"),
        rules.State.MISSING: _("missing"),
        rules.State.WAITING: _("waiting for confirmation"),
    }


# -- my own -------------------------------------------------------------------------------------


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """What I must have and have, what lapses first, and every certificate I ever sent in."""
    visitor = request.visitor
    rows = queries.mine(visitor.person, queries.employer_of(visitor))
    pressing = [r for r in rows if r.standing.asks_attention]
    shown = {
        "rows": rows,
        "first": pressing[0] if pressing else None,
        "holdings": [
            (h, queries.why_until(h)) for h in queries.history(policy.own_holdings(visitor))[:200]
        ],
        "states": STATES,
        "words": state_words(),
        "may_register": visitor.employment is not None and policy.types_to_read(visitor).exists(),
    }
    return render(request, "certificates/mine.html", shown)


@at_work
def register(request: Request, person_pk: int | None = None) -> HttpResponse:
    """Someone sends in a certificate: their own, or a lead or HR for someone they answer for."""
    visitor = request.visitor
    person = visitor.person
    if person_pk is not None:
        person = get_object_or_404(policy.people_to_answer_for(visitor), pk=person_pk)
    form = forms.RegisterForm(
        request.POST or None,
        request.FILES or None,
        types=policy.types_to_read(visitor).order_by("name_nl", "name_en"),
        initial={"type": request.GET.get("type", "")[:9]},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            holding = actions.register(
                person,
                given["type"],
                issued_on=given["issued_on"],
                printed_until=given["valid_until"],
                number=given["number"],
                upload=given["file"],
                by=visitor.person,
                key=_key(request),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(
                request, _("Kept. It counts once someone who may confirm it has seen it.")
            )
            return redirect("certificates:holding", holding.pk)
    told = {
        "form": form,
        "person": person,
        "own": person == visitor.person,
        "confirmers": queries.who_may_confirm(person),
    }
    return render(request, "certificates/register.html", told, status=422 if form.errors else 200)


# -- one holding --------------------------------------------------------------------------------


def _holding(request: Request, pk: int) -> Holding:
    """A holding the visitor may read; who reads another's leaves a trace for that other."""
    found: Holding = get_object_or_404(
        policy.holdings_to_read(request.visitor).select_related(
            "type__organisation", "person", "decided_by", "registered_by"
        ),
        pk=pk,
    )
    _note(request, [found.person])
    return found


def _note(request: Request, about: list[Person]) -> None:
    others = [p for p in about if p.pk != request.user.pk]
    if others:
        purpose = (
            policy.why_reading(request.visitor, others[0])
            if len(others) == 1
            else ("hr" if request.visitor.is_hr else "lead")
        )
        note_reading(
            reader_pk=request.user.pk,
            about={p.pk for p in others},
            matter="certificates",
            purpose=purpose,
        )


@signed_in
def holding(request: Request, pk: int) -> HttpResponse:
    """One certificate: until when and why, who confirmed it; here it is confirmed or refused."""
    return _holding_page(request, _holding(request, pk))


def _holding_page(
    request: Request, found: Holding, form: forms.RefuseForm | None = None
) -> HttpResponse:
    waiting = found.state == Holding.State.WAITING
    own = found.person_id == request.user.pk
    left = (found.valid_until - timezone.localdate()).days if found.valid_until else None
    shown = {
        "holding": found,
        "near": left is not None and abs(left) < 400,
        "own": own,
        "why": queries.why_until(found),
        "may_decide": waiting and not own,
        "shows": found.type.shows.select_related("skill"),
        "confirmers": queries.who_may_confirm(found.person) if waiting and own else [],
        "form": form or forms.RefuseForm(),
        "ran_out": left is not None and left < 0,
    }
    status = 422 if form and form.errors else 200
    return render(request, "certificates/holding.html", shown, status=status)


@at_work
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """A lead or HR confirms or refuses; of two at once the first counts."""
    found = _holding(request, pk)
    require(found.person_id != request.user.pk)
    if request.POST.get("how") == "confirm":
        done = actions.confirm(found, by=request.user)
        told = _("Confirmed. The skills it shows have new evidence.")
    else:
        form = forms.RefuseForm(request.POST)
        if not form.is_valid():
            return _holding_page(request, found, form)
        done = actions.refuse(found, by=request.user, reason=form.cleaned_data["reason"])
        told = _("Not accepted. The holder can read why.")
    if done:
        messages.success(request, told)
    else:
        messages.warning(request, _("Somebody decided on this certificate before you did."))
    return redirect("certificates:holding", pk)


@signed_in
@require_safe
def file(request: Request, pk: int) -> HttpResponseBase:
    """The proof, only as a download and in a box: what is in it cannot touch an account."""
    found = _holding(request, pk)
    name = found.file.name or ""
    if not name or not default_storage.exists(name):
        raise Http404
    ending = name.rpartition(".")[2]
    response = FileResponse(
        default_storage.open(name),
        as_attachment=True,
        filename=f"certificate-{found.pk}.{ending}",
        content_type=files.content_type(name),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@at_work
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    """A colleague's certificates, for who leads them and for HR."""
    visitor = request.visitor
    found = get_object_or_404(policy.people_to_answer_for(visitor), pk=pk)
    _note(request, [found])
    shown = {
        "person": found,
        "rows": queries.mine(found, visitor.organisation, only_here=True),
        "holdings": [
            (h, queries.why_until(h))
            for h in queries.history(
                policy.holdings_to_read(visitor).filter(
                    person=found, type__organisation=visitor.organisation
                )
            )[:200]
        ],
        "states": STATES,
        "words": state_words(),
    }
    return render(request, "certificates/person.html", shown)


# -- the overview -------------------------------------------------------------------------------


class _Rows(Sequence[queries.Row]):
    """The rows of an overview as a list of which only the asked page is read."""

    def __init__(self, asked: queries.Asked, number: int) -> None:
        self.asked, self.number = asked, number

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, part: int) -> queries.Row: ...
    @overload
    def __getitem__(self, part: slice) -> list[queries.Row]: ...
    def __getitem__(self, part: int | slice) -> queries.Row | list[queries.Row]:
        if isinstance(part, int):
            return queries.page_of(self.asked, start=part, size=1)[0]
        return queries.page_of(self.asked, start=part.start, size=part.stop - part.start)


@at_work
@require_safe
def overview(request: Request) -> HttpResponseBase:
    """Who has what: valid, about to lapse, lapsed, missing, waiting; to filter, to take along."""
    visitor = request.visitor
    require(policy.may_overlook(visitor))
    organisation = visitor.organisation
    asked = request.GET
    units = list(Unit.objects.filter(organisation=organisation).order_by("path"))
    unit = next((u for u in units if str(u.pk) == asked.get("unit")), None)
    types = list(policy.types_to_read(visitor).order_by("name_nl", "name_en"))
    type_ = next((t for t in types if str(t.pk) == asked.get("type")), None)
    on = _day(asked.get("on", "")) or timezone.localdate()
    state = asked.get("state", "")
    state = state if state in set(rules.State) else ""
    ahead = next((n for n in AHEAD if str(n) == asked.get("ahead")), 0)
    wanted = queries.Asked(
        policy.people_to_read(visitor),
        organisation,
        [type_] if type_ else types,
        on,
        unit=unit,
        state=state,
        until=(rules.valid_until(on, ahead) or on) if ahead else None,
    )
    if export := FORMS.get(asked.get("export", "")):
        rows = queries.page_of(wanted, start=0, size=MOST_EXPORTED)
        _note(request, [r.person for r in rows])
        return export(_("Certificates"), _header(), _cells(rows, on))
    counts = queries.counts(wanted)
    page = Paginator(_Rows(wanted, queries.number_of(wanted, counts)), PAGE).get_page(
        asked.get("page")
    )
    _note(request, [r.person for r in page])
    words = state_words()
    shown = {
        "page": page,
        "counts": [(s, words[s], counts[s], *STATES[s]) for s in rules.ORDER],
        "units": units,
        "types": types,
        "unit": unit,
        "type": type_,
        "state": state,
        "ahead": ahead,
        "aheads": AHEAD,
        "on": on,
        "today": timezone.localdate(),
        "states": STATES,
        "words": words,
    }
    return render(request, "certificates/overview.html", shown)


def _header() -> list[str]:
    return [
        _("Name"), _("Unit"), _("Job"), _("Certificate"), _("Required"), _("State"), _("Number"),
        _("Issued on"), _("Valid until"), _("Confirmed by"), _("Issuer"), _("The term comes from"),
        _("Source"), _("As of"),
    ]  # fmt: skip


def _cells(rows: list[queries.Row], on: date) -> list[list[object]]:
    words = state_words()
    return [
        [
            r.person.name, r.unit, r.job, r.type.name, r.standing.must, words[r.standing.state],
            r.number, r.issued_on, r.valid_until, r.decided_by, r.type.issuer,
            r.type.get_basis_display(), r.type.source, on,
        ]
        for r in rows
    ]  # fmt: skip


# -- what HR keeps track of -----------------------------------------------------------------------


@at_work
@require_safe
def types(request: Request) -> HttpResponse:
    """The certificates the organisation keeps track of, and where each term comes from."""
    visitor = request.visitor
    shown = {
        "types": policy.types_to_read(visitor)
        .prefetch_related("duties__job", "shows__skill")
        .order_by("name_nl", "name_en"),
        "templates": forms.TEMPLATES,
    }
    return render(request, "certificates/types.html", shown)


@at_work
def edit_type(request: Request, pk: int | None = None) -> HttpResponse:
    """HR adds or changes a certificate: term and basis, what it shows, who must have it."""
    visitor = request.visitor
    require(visitor.is_hr)
    found = get_object_or_404(policy.types_to_edit(visitor), pk=pk) if pk else None
    jobs = {str(j.pk): j for j in Job.objects.filter(organisation=visitor.organisation)}
    skills = _skills_to_choose(request, found)
    template = forms.TEMPLATES.get(request.GET.get("template", ""))
    posted = request.POST or None
    form = forms.TypeForm(
        posted,
        instance=CertificateType(organisation=visitor.organisation) if found is None else found,
        initial=template.fields if template and found is None else None,
    )
    seen = found.version if found else 0
    shows = forms.ShowsRows(
        posted,
        prefix="shows",
        form_kwargs={"skills": [(k, s.name) for k, s in skills.items()]},
        initial=[{"skill": s.skill_id, "level": s.level} for s in found.shows.all()]
        if found
        else [],
    )
    duties = forms.DutyRows(
        posted,
        prefix="duties",
        form_kwargs={"jobs": [(k, j.name) for k, j in jobs.items()]},
        initial=[{"job": d.job_id, "from_on": d.from_on} for d in found.duties.all()]
        if found
        else [],
    )
    stale = False
    if posted is not None and all([form.is_valid(), shows.is_valid(), duties.is_valid()]):
        try:
            actions.save_type(
                visitor.organisation,
                form.cleaned_data,
                shows=forms.shown_skills(shows, skills),
                duties=forms.asked_jobs(duties, jobs),
                certificate=found,
                seen=_number(request.POST.get("version", "")),
                key=_key(request),
            )
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("certificates:types")
    wrong = bool(form.errors or shows.total_error_count() or duties.total_error_count())
    told = {
        "form": form,
        "shows": shows,
        "duties": duties,
        "type": policy.types_to_edit(visitor).get(pk=pk) if pk else None,
        "seen": seen,
        "stale": stale,
    }
    status = 409 if stale else 422 if posted is not None and wrong else 200
    return render(request, "certificates/type.html", told, status=status)


def _skills_to_choose(request: Request, found: CertificateType | None) -> dict[str, Skill]:
    """What role profiles here ask, our own skills, and what the certificate shows already."""
    organisation = request.visitor.organisation
    asked = Skill.objects.filter(demands__profile__organisation=organisation)
    own = Skill.objects.filter(organisation=organisation)
    pks = set(asked.values_list("pk", flat=True)) | set(own.values_list("pk", flat=True))
    if found:
        pks |= set(found.shows.values_list("skill_id", flat=True))
    skills = Skill.objects.filter(pk__in=pks)
    return {str(s.pk): s for s in sorted(skills, key=lambda s: s.name.casefold())}


# -- small things -------------------------------------------------------------------------------


def _key(request: Request) -> uuid.UUID:
    """The form's own key; one that is no key is replaced, so only double sending is lost."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1950 <= day.year <= 2150 else None
