"""Who is there: the code on the screen, the phone, and the trainer's list."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gezel.gatherings import actions, forms, policy, queries
from gezel.gatherings.models import Attendance, Gathering, Place
from gezel.gatherings.rules import codes
from gezel.gatherings.views.sessions import found_to_read, found_to_run, says
from gezel.gatherings.views.shared import add_errors, key, note
from gezel.kit.qr import qr_code
from gezel.people.api import Request, at_work

# So many wrong codes a person may try in so long.
TRIES, IN_SECONDS = 10, 600
# From so many on, one looks for a name rather than scrolls.
MANY = 9
_TIMED = {Attendance.Kind.PARTLY, Attendance.Kind.LATE}

# -- the screen ------------------------------------------------------------------------------------


@at_work
@never_cache
@require_safe
def screen(request: Request, pk: int) -> HttpResponse:
    """On the wall: a picture to scan and a code to type, another one every half minute."""
    found = found_to_run(request.visitor, pk)
    now = timezone.now()
    step = codes.step_of(now)
    session = str(found.key)
    address = settings.BASE_URL + reverse("gatherings:here", args=[pk])
    long = codes.long_code(actions.secret(), session, step)
    short = codes.short_code(actions.secret(), session, step)
    shown = {
        "session": found,
        "picture": qr_code(f"{address}?code={long}", border=3, error="m"),
        "code": f"{short[:3]} {short[3:]}",
        "is_open": codes.is_open(found.starts_at, found.ends_at, now),
        "address": address.split("://", 1)[-1],
        "here": Attendance.objects.filter(gathering=found).values("person").distinct().count(),
    }
    part = "#code" if request.htmx else ""
    return render(request, f"gatherings/screen.html{part}", shown)


# -- the phone -------------------------------------------------------------------------------------


@at_work
@never_cache
def here(request: Request, pk: int) -> HttpResponse:
    """I am here: with the code that was scanned or is typed."""
    found = found_to_read(request.visitor, pk)
    scanned = request.GET.get("code", "")[:40]
    form = forms.CodeForm(request.POST or None, initial={"code": scanned})
    if request.method == "POST" and form.is_valid():
        try:
            _say_here(request, found, form)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("Noted: you are here."))
            return redirect("gatherings:session", pk)
    stands = queries.newest_of(found, [request.user.pk]).get(request.user.pk)
    return render(
        request,
        "gatherings/here.html",
        {"session": found, "form": form, "scanned": scanned, "stands": stands},
        status=422 if form.errors else 200,
    )


def _say_here(request: Request, found: Gathering, form: forms.CodeForm) -> Attendance:
    tries = f"gatherings:tries:{request.user.pk}"
    if int(cache.get(tries) or 0) >= TRIES:
        raise ValidationError(
            {"code": _("Too many wrong codes. Wait ten minutes, or ask the trainer.")}
        )
    ago = request.POST.get("ago", "")
    seen_at = None
    if ago.isdecimal() and len(ago) < 8:
        seen_at = timezone.now() - timedelta(seconds=int(ago))
    try:
        return actions.check_in(
            found, request.visitor.person, code=form.cleaned_data["code"], key=key(request),
            seen_at=seen_at,
        )  # fmt: skip
    except ValidationError as problem:
        if hasattr(problem, "error_dict") and "code" in problem.error_dict:
            cache.add(tries, 0, IN_SECONDS)
            cache.incr(tries)
        raise


# -- the list --------------------------------------------------------------------------------------


@at_work
def people(request: Request, pk: int) -> HttpResponse:
    """The trainer's list: who comes, who waits, who was there; a key for each mark."""
    return _list_page(request, found_to_run(request.visitor, pk))


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the list as the page shows it: what stands, or what was sent and refused."""

    row: queries.OnList
    key: uuid.UUID
    kind: str
    minutes: str
    wrong: str = ""
    hidden: bool = False


def _lines(
    request: Request, rows: list[queries.OnList], *, told: Mapping[str, "Told"]
) -> list[Line]:
    """The list with what was searched for; who is not looked for is on the page and hidden, so that
    a script can show them again without asking."""
    sought = queries.likeness(request.GET.get("name", "")[:80])
    only_open = request.GET.get("only") == "open"
    found = []
    for row in rows:
        fact, said = row.fact, told.get(str(row.person.pk))
        timed = fact is not None and fact.kind in _TIMED
        found.append(
            Line(
                row,
                uuid.uuid4(),
                said.kind if said else fact.kind if fact else "",
                said.minutes if said else str(fact.minutes) if fact and timed else "",
                said.wrong if said else "",
                hidden=not told
                and (
                    sought not in queries.likeness(row.person.name)
                    or (only_open and fact is not None)
                ),
            )
        )
    return found


def _list_page(
    request: Request,
    found: Gathering,
    *,
    who: forms.WhoForm | None = None,
    reason: forms.ReasonForm | None = None,
    told: Mapping[str, "Told"] | None = None,
) -> HttpResponse:
    """The page; with what was sent, where that is refused: nobody marks sixty people twice."""
    now = timezone.now()
    rows = queries.the_list(found)
    lines = _lines(request, rows, told=told or {})
    line = list(queries.line_of(found))
    note(request, [row.person for row in rows] + [place.person for place in line])
    shown = {
        "session": found,
        "lines": lines,
        "none_shown": all(one.hidden for one in lines),
        "sought": request.GET.get("name", "")[:80],
        "only_open": request.GET.get("only") == "open",
        "narrowing": len(rows) >= MANY,
        "query": _query(request),
        "line": line,
        "kinds": Attendance.Kind.choices,
        "noted": sum(row.fact is not None for row in rows),
        "may_note": now >= found.starts_at - codes.BEFORE and not found.is_cancelled,
        "afterwards": now > found.ends_at + timedelta(hours=24),
        "over": now >= found.ends_at,
        "begun": now >= found.starts_at,
        # HR runs it too, and does not read this: it was promised to who gives it.
        "gives": policy.sessions_given(request.visitor).filter(pk=found.pk).exists(),
        "says": says(request.visitor, found, now),
        "takeaways": queries.takeaways(found),
        "who": who or forms.WhoForm(),
        "reason": reason or forms.ReasonForm(),
    }
    refused = any(f is not None and f.errors for f in (who, reason))
    return render(request, "gatherings/people.html", shown, status=422 if refused else 200)


@at_work
@require_POST
def mark(request: Request, pk: int) -> HttpResponse:
    """What was noted on the list: a whole form, or single marks a phone kept (JSON)."""
    found = found_to_run(request.visitor, pk)
    if request.content_type == "application/json":
        return _mark_kept(request, found)
    told: dict[str, Told] = {}
    marks = []
    for row in request.POST.getlist("row"):
        kind = request.POST.get(f"kind-{row}", "")
        if not kind:
            continue
        minutes = request.POST.get(f"minutes-{row}", "")
        # Hidden by the style sheet where they are not asked, and then nobody sees what is wrong.
        sent = {"person": row, "kind": kind, "minutes": minutes if kind in _TIMED else ""}
        form = forms.MarkForm({**sent, "key": request.POST.get(f"key-{row}", "")})
        wrong = "" if form.is_valid() else _wrong_in(form)
        told[row] = Told(kind[:10], minutes[:10], wrong)
        if not wrong:
            marks.append(_mark_of(form))
    reason = forms.ReasonForm(request.POST)
    reason.is_valid()
    if any(one.wrong for one in told.values()):
        reason.add_error(None, _("Nothing is kept yet. Look at what is marked below."))
        return _list_page(request, found, reason=reason, told=told)
    try:
        added = actions.note(
            found, marks, by=request.visitor.person,
            reason=reason.cleaned_data.get("reason", ""),
        )  # fmt: skip
    except ValidationError as problem:
        add_errors(reason, problem)
        return _list_page(request, found, reason=reason, told=told)
    messages.success(
        request, _("Noted.") if added else _("Nothing changed: it stood like this already.")
    )
    return redirect(reverse("gatherings:people", args=[pk]) + _query(request))


def _query(request: Request) -> str:
    """What was searched for, to come back to after keeping the list."""
    asked = {k: request.GET[k][:80] for k in ("name", "only") if request.GET.get(k)}
    return f"?{urlencode(asked)}" if asked else ""


@dataclass(frozen=True, slots=True)
class Told:
    """What was sent of one person, and what is wrong with it."""

    kind: str
    minutes: str
    wrong: str


def _wrong_in(form: forms.MarkForm) -> str:
    if "minutes" in form.errors:
        return _("Minutes are a whole number from 0 to 1,440.")
    return _("This cannot be noted. Open the page again.")


def _mark_of(form: forms.MarkForm) -> actions.Mark:
    data = form.cleaned_data
    ago = data.get("ago")
    # What lay on a phone for longer counts as noted now, and asks for a reason then.
    if ago and ago > codes.KEPT.total_seconds():
        ago = None
    partly = data["kind"] in _TIMED
    return actions.Mark(
        data["person"],
        data["kind"],
        data["key"],
        data["minutes"] if partly else None,
        timezone.now() - timedelta(seconds=ago) if ago else None,
    )


def _mark_kept(request: Request, found: Gathering) -> HttpResponse:
    """Marks a phone kept until there was a connection; each has its own key, so twice is once.

    Each is taken or refused by itself: one that cannot be must not keep all the others on the
    phone for ever.
    """
    try:
        told = json.loads(request.body)
        rows = told["marks"]
        reason = str(told.get("reason", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"error": _("This is no list of marks.")}, status=400)
    marks, refused = [], {}
    there = queries.with_a_place(found)
    for row in rows if isinstance(rows, list) else []:
        form = forms.MarkForm(row if isinstance(row, dict) else {})
        form.is_valid()
        if "key" in form.errors or "person" in form.errors:
            return JsonResponse({"error": _("This is no list of marks.")}, status=400)
        key = str(form.cleaned_data["key"])
        if form.errors:
            refused[key] = _wrong_in(form)
        elif form.cleaned_data["person"] not in there:
            refused[key] = _("They have no place here any more.")
        else:
            marks.append(_mark_of(form))
    try:
        added = actions.note(found, marks, by=request.visitor.person, reason=reason)
    except ValidationError as problem:
        return JsonResponse({"error": problem.messages[0], "refused": refused}, status=409)
    kept = [str(m.key) for m in marks]
    return JsonResponse({"kept": kept, "new": len(added), "refused": refused})


@at_work
@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """Someone who came without a place is written down."""
    found = found_to_run(request.visitor, pk)
    form = forms.WhoForm(request.POST)
    if form.is_valid():
        person = queries.working_here(request.visitor.organisation, form.cleaned_data["who"])
        if person is None:
            form.add_error(
                "who", _("Nobody who works here has this e-mail address or staff number.")
            )
        else:
            try:
                actions.add_to_list(found, person, by=request.visitor.person)
            except ValidationError as problem:
                add_errors(form, problem)
            else:
                messages.success(request, _("%(name)s is on the list.") % {"name": person.name})
                return redirect("gatherings:people", pk)
    return _list_page(request, found, who=form)


@at_work
@require_POST
def take_off(request: Request, pk: int) -> HttpResponse:
    """Who runs it takes someone off the list, with a reason; they are told."""
    visitor = request.visitor
    asked = request.POST.get("place", "")
    place = (
        Place.objects.living().select_related("gathering")
        .filter(pk=int(asked) if asked.isdecimal() and len(asked) < 10 else 0)
        .filter(gathering=found_to_run(visitor, pk))
        .first()
    )  # fmt: skip
    reason = request.POST.get("reason", "").strip()
    if place is None:
        messages.warning(request, _("They were off the list already."))
    elif not reason:
        messages.error(request, _("Say why: they read it."))
    else:
        actions.give_up(place, by=visitor.person, reason=reason)
        messages.success(request, _("Taken off; they are told, and the waiting list moves up."))
    return redirect("gatherings:people", pk)


@at_work
@require_POST
def round_off(request: Request, pk: int) -> HttpResponse:
    """The list is whole: what people were at counts."""
    found = found_to_run(request.visitor, pk)
    try:
        done = actions.round_off(found)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        told = _("Rounded off: it counts now.") if done else _("It was rounded off already.")
        messages.success(request, told)
    return redirect("gatherings:people", pk)
