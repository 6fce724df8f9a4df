"""A timetable in the making: what is asked, the board with what is proposed, and accepting it."""

import uuid
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gezel.gatherings import jobs, policy
from gezel.gatherings import timetabling_words as words
from gezel.gatherings.actions import timetables as actions
from gezel.gatherings.forms import choosable
from gezel.gatherings.models import Proposed, Timetable
from gezel.gatherings.rules import hands, schedule
from gezel.gatherings.timetabling import Desk
from gezel.gatherings.timetabling_forms import (
    AddPeopleForm,
    GiverForm,
    OtherForm,
    TimetableForm,
    WantedForm,
    WisherForm,
    initial_of,
)
from gezel.gatherings.views.shared import add_errors, key, note
from gezel.kit.figures import grouped
from gezel.kit.jobs import enqueue
from gezel.kit.models import Task
from gezel.people.api import Employment, Request, at_work, require

PAGE = 50
NAMES_TOLD = 3


def _found(request: Request, pk: int) -> Timetable:
    return get_object_or_404(policy.timetables_to_make(request.visitor), pk=pk)


def _task(timetable: Timetable) -> Task | None:
    """The task that works on it, if it still does."""
    if timetable.task is None:
        return None
    open_states = (Task.State.WAITING, Task.State.RUNNING)
    return Task.objects.filter(pk=timetable.task, state__in=open_states).first()


def _refused(request: Request, problem: ValidationError) -> None:
    messages.error(request, " ".join(problem.messages))


def _changed(request: Request) -> None:
    messages.warning(
        request, _("Somebody else changed this timetable just now. Look again before you go on.")
    )


@at_work
@require_safe
def timetables(request: Request) -> HttpResponse:
    """Timetables and choices that one makes; and those in which one may say something."""
    visitor, today = request.visitor, timezone.localdate()
    makes = visitor.is_author
    found = policy.timetables_to_make(visitor).order_by("-pk")[:PAGE] if makes else []
    shown = {
        "makes": makes,
        "timetables": found,
        "choosings": policy.choosings_to_run(visitor).order_by("-pk")[:PAGE] if makes else [],
        "wishing": policy.timetables_to_wish_in(visitor).filter(last_on__gte=today)[:PAGE],
        "choosing": policy.choosings_of(visitor).open_on(today)[:PAGE],
        "today": today,
    }
    return render(request, "gatherings/timetables.html", shown)


@at_work
def edit(request: Request, pk: int | None = None) -> HttpResponse:
    """Between which days, at which times, in which rooms."""
    visitor = request.visitor
    require(visitor.is_author)
    timetable = _found(request, pk) if pk else None
    form = TimetableForm(
        request.POST or None, organisation=visitor.organisation, initial=initial_of(timetable)
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep_timetable(
                visitor.organisation,
                form.told,
                form.cleaned_data["rooms"],
                by=visitor.person,
                key=key(request),
                timetable=timetable,
            )
        except actions.ChangedMeanwhile:
            _changed(request)
            return redirect("gatherings:timetables")
        return redirect("gatherings:timetable", kept.pk)
    shown = {"form": form, "timetable": timetable}
    return render(
        request, "gatherings/timetable_edit.html", shown, status=422 if form.errors else 200
    )


@at_work
@require_safe
def timetable(request: Request, pk: int) -> HttpResponse:
    """What a timetable is made of, and what to do next."""
    found = _found(request, pk)
    desk = Desk(found)
    note(request, [g.person for g in desk.givers])
    task = _task(found)
    if request.htmx and request.htmx.target == "work":
        if task is None:
            response = HttpResponse()
            response["HX-Refresh"] = "true"
            return response
        return render(request, "gatherings/timetable.html#work", {"timetable": found, "task": task})
    wished: dict[int, int] = {}
    for wisher in desk.planned_for:
        for one in wisher.wishes.all():
            wished[one.pk] = wished.get(one.pk, 0) + 1
    can_give = {one.pk for giver in desk.givers for one in giver.gives.all()}
    last = Task.objects.filter(pk=found.task).first() if found.task else None
    shown = {
        "timetable": found,
        "desk": desk,
        "wanted": [(w, wished.get(w.pk, 0), w.pk in can_give) for w in desk.wanted],
        "people": len(desk.wishers),
        "left_out": desk.left_out,
        "task": task,
        "failed": last if last and last.state == Task.State.FAILED else None,
        "proposed": len(desk.proposed),
        "today": timezone.localdate(),
        "parts": [(words.PARTS[p], *found.parts[p]) for p in words.PARTS if p in found.parts],
        "weekdays": [words.WEEKDAYS[n] for n in found.weekdays],
    }
    return render(request, "gatherings/timetable.html", shown)


@at_work
def wanted(request: Request, pk: int, one: int | None = None) -> HttpResponse:
    """An activity to plan."""
    found = _found(request, pk)
    known = get_object_or_404(found.wanted, pk=one) if one else None
    names = ("activity", "sessions", "least", "most", "length", "needs")
    form = WantedForm(
        request.POST or None,
        activities=choosable(request.visitor),
        initial={n: getattr(known, n) for n in names} if known else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_wanted(found, form.cleaned_data["activity"], form.told, wanted=known)
        except ValidationError as problem:
            add_errors(form, problem)
        except actions.ChangedMeanwhile:
            _changed(request)
            return redirect("gatherings:timetable", pk)
        else:
            return redirect("gatherings:timetable", pk)
    shown = {"form": form, "timetable": found, "known": known}
    return render(
        request, "gatherings/timetable_wanted.html", shown, status=422 if form.errors else 200
    )


@at_work
def giver(request: Request, pk: int, one: int | None = None) -> HttpResponse:
    """Someone who gives sessions, what, and when they cannot."""
    found = _found(request, pk)
    known = get_object_or_404(found.givers.select_related("person"), pk=one) if one else None
    initial: dict[str, Any] = {}
    if known:
        note(request, [known.person])
        initial = {n: getattr(known, n) for n in ("off", "away_from", "away_until")}
        initial |= {"who": known.person.email, "gives": known.gives.all()}
    form = GiverForm(request.POST or None, timetable=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                for person in form.cleaned_data["who"]:
                    actions.keep_giver(found, person, form.cleaned_data["gives"], form.when)
        except actions.ChangedMeanwhile:
            _changed(request)
        return redirect("gatherings:timetable", pk)
    shown = {"form": form, "timetable": found, "known": known}
    return render(
        request, "gatherings/timetable_giver.html", shown, status=422 if form.errors else 200
    )


@at_work
def people(request: Request, pk: int) -> HttpResponse:
    """Who is to come to what; a whole unit or some people at once."""
    found = _found(request, pk)
    form = AddPeopleForm(request.POST or None, timetable=found)
    if request.method == "POST" and form.is_valid():
        asked = {person.pk for person in form.cleaned_data["who"]}
        if form.chosen_unit is not None:
            here = Employment.objects.current().filter(
                organisation=found.organisation_id, unit__path__startswith=form.chosen_unit.path
            )
            asked |= set(here.values_list("person_id", flat=True)[: actions.MOST_WISHERS + 1])
        try:
            new = actions.add_wishers(found, asked, form.cleaned_data["wishes"])
        except ValidationError as problem:
            add_errors(form, problem)
        except actions.ChangedMeanwhile:
            _changed(request)
            return redirect("gatherings:timetable", pk)
        else:
            messages.success(
                request,
                ngettext("%(n)s person came in.", "%(n)s people came in.", new)
                % {"n": grouped(new)},
            )
            return redirect("gatherings:timetable_people", pk)
    rows = found.wishers.select_related("person").prefetch_related("wishes__activity")
    page = Paginator(rows.order_by("person__first_name", "person__last_name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    note(request, [w.person for w in page])
    shown = {"form": form, "timetable": found, "page": page}
    return render(
        request, "gatherings/timetable_people.html", shown, status=422 if form.errors else 200
    )


@at_work
@require_POST
def drop(request: Request, pk: int) -> HttpResponse:
    """An activity, someone who gives or someone who comes is not in it any more."""
    found = _found(request, pk)
    kind, told = request.POST.get("kind", ""), request.POST.get("pk", "")
    if kind not in {"wanted", "giver", "wisher"} or not told.isdecimal() or len(told) > 18:
        raise Http404
    try:
        actions.drop(found, kind, int(told))
    except actions.ChangedMeanwhile:
        _changed(request)
    page = "gatherings:timetable_people" if kind == "wisher" else "gatherings:timetable"
    return redirect(page, pk)


@at_work
def wish(request: Request, pk: int) -> HttpResponse:
    """What I would like of it, when I cannot; and afterwards what became of it."""
    visitor = request.visitor
    found = get_object_or_404(policy.timetables_to_wish_in(visitor), pk=pk)
    mine = found.wishers.filter(person=visitor.person).prefetch_related("wishes").first()
    is_open = found.takes_wishes(timezone.localdate())
    initial: dict[str, Any] = {}
    if mine:
        initial = {n: getattr(mine, n) for n in ("off", "away_from", "away_until")}
        initial["wishes"] = mine.wishes.all()
    form = WisherForm(request.POST or None, timetable=found, initial=initial)
    if request.method == "POST" and is_open and form.is_valid():
        try:
            actions.wish(found, visitor.person, form.cleaned_data["wishes"], form.when)
        except actions.ChangedMeanwhile:
            messages.warning(request, _("Planning is done; wishes do not count any more."))
        else:
            messages.success(request, _("Kept. You hear by mail once it is planned."))
        return redirect("gatherings:timetable_wish", pk)
    shown: dict[str, Any] = {"timetable": found, "form": form, "mine": mine, "is_open": is_open}
    if found.accepted_at and mine:
        shown |= _what_became(found, visitor.person.pk)
    return render(
        request, "gatherings/timetable_wish.html", shown, status=422 if form.errors else 200
    )


def _what_became(found: Timetable, person: int) -> dict[str, Any]:
    desk = Desk(found)
    got = [
        row.gathering
        for row in Proposed.objects.filter(timetable=found, places__person=person)
        .select_related("gathering__activity")
        .order_by("on")
        if row.gathering
    ]
    missed = [
        (desk.titles[m.activity], words.WHY_NOT[m.why])
        for m in schedule.missed(_as_it_was(desk), desk.sessions)
        if m.person == person
    ]
    return {"got": got, "missed": missed}


def _as_it_was(desk: Desk) -> schedule.Case:
    """The sessions it became are no reason why it could not be."""
    desk.__dict__["_near"] = []
    return desk.case


# -- looking for one -------------------------------------------------------------------------------


@at_work
@require_POST
def propose(request: Request, pk: int) -> HttpResponse:
    """The machine looks for the best: close to what stands, around what is locked."""
    found = _found(request, pk)
    if _task(found) is not None:
        return redirect("gatherings:timetable", pk)
    try:
        with transaction.atomic():
            task = uuid.uuid5(found.key, str(key(request)))
            actions.begin(found, task=task)
            enqueue(jobs.propose_timetable, by=request.user, key=task, timetable=pk)
    except ValidationError as problem:
        _refused(request, problem)
    except actions.ChangedMeanwhile:
        _changed(request)
    return redirect("gatherings:timetable", pk)


@at_work
@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """It has looked long enough."""
    found = _found(request, pk)
    actions.stop(found)
    messages.info(request, _("It stops now; the best so far is what you see."))
    return redirect("gatherings:timetable", pk)


# -- the board -------------------------------------------------------------------------------------


@at_work
@require_safe
def board(request: Request, pk: int) -> HttpResponse:
    """What is proposed, week by week, and every wish that is not in it, with why."""
    found = _found(request, pk)
    desk = Desk(found)
    note(request, [w.person for w in (*desk.wishers, *desk.givers)])
    case = desk.case if found.is_open else _as_it_was(desk)
    missed = schedule.missed(case, desk.sessions)
    page = Paginator(missed, PAGE).get_page(request.GET.get("page"))
    granted = sum(len(s.people) for s in desk.sessions)
    known = found.outcome
    shown = {
        "timetable": found,
        "desk": desk,
        "weeks": _weeks(desk),
        "granted": granted,
        "wishes": granted + len(missed),
        "outcome": known,
        "more": known["most"] - granted if known else None,
        "more_than_first": granted - known["first"] if known else 0,
        "changed_since": bool(known) and found.is_open and known["version"] != found.version,
        "missed": [
            (desk.names[m.person], desk.titles[m.activity], words.WHY_NOT[m.why]) for m in page
        ],
        "page": page,
        "short": [
            (desk.titles[pk], words.WHY_NO_SESSION[why])
            for pk, why in schedule.short(case, desk.sessions).items()
        ],
        "busy": _task(found) is not None,
        "differences": _differences(desk) if found.is_again else None,
    }
    return render(request, "gatherings/timetable_board.html", shown)


def _weeks(desk: Desk) -> list[dict[str, Any]]:
    """Each week with its days, each day with its parts, each part with its sessions."""
    cards: dict[int, list[dict[str, Any]]] = {}
    for row, session in desk.standing:
        first, last = desk.span(session)
        cards.setdefault(first.key, []).append({
            "row": row,
            "title": desk.titles[row.wanted_id],
            "start": timezone.localtime(first.starts_at),
            "end": timezone.localtime(last.ends_at),
            "people": sorted(desk.names[p] for p in session.people),
            "most": min(row.wanted.most, row.room.seats or row.wanted.most),
        })  # fmt: skip
    weeks: dict[Any, list[dict[str, Any]]] = {}
    for on, slots in groupby(desk.slots.values(), key=lambda s: s.on):
        monday = on - timedelta(days=on.weekday())
        day = {
            "on": on,
            "parts": [
                {"slot": s, "part": words.PARTS[s.part], "cards": cards.get(s.key, [])}
                for s in slots
            ],
        }
        day["full"] = any(part["cards"] for part in day["parts"])
        weeks.setdefault(monday, []).append(day)
    return [{"monday": monday, "days": days} for monday, days in weeks.items()]


@at_work
def move(request: Request, pk: int, one: int) -> HttpResponse:
    """Where a session could go and what that would bring; and going there."""
    found = _found(request, pk)
    desk = Desk(found)
    at = next((n for n, (row, _s) in enumerate(desk.standing) if row.pk == one), None)
    require(at is not None and found.is_open)
    assert at is not None  # noqa: S101 - for the checker; `require` has ended it otherwise
    row, session = desk.standing[at]
    note(request, [w.person for w in desk.wishers])
    other = OtherForm(
        request.GET if "room" in request.GET else None,
        rooms=[(r.pk, str(r)) for r in desk.rooms],
        trainers=[
            (g.person_id, g.person.name)
            for g in desk.givers
            if row.wanted_id in {w.pk for w in g.gives.all()}
        ],
        initial={"room": row.room_id, "trainer": row.trainer_id},
    )
    if request.method == "POST":
        return _do_move(request, found, one)
    asked = None
    if other.is_valid():
        told = {n: other.cleaned_data[n] for n in ("room", "trainer")}
        asked = told | _effect(desk, actions.change_of(desk, one, **told))
    first, last = desk.span(session)
    shown = {
        "timetable": found,
        "row": row,
        "title": desk.titles[row.wanted_id],
        "first": timezone.localtime(first.starts_at),
        "last": timezone.localtime(last.ends_at),
        "ways": [
            {"slot": (slot := desk.slots[c.session.slot]), "part": words.PARTS[slot.part],
             **_effect(desk, c)}
            for c in hands.ways(desk.case, desk.sessions, at)
        ],
        "other": other,
        "asked": asked,
        "busy": _task(found) is not None,
    }  # fmt: skip
    return render(
        request, "gatherings/timetable_move.html", shown, status=422 if other.errors else 200
    )


def _effect(desk: Desk, change: hands.Change) -> dict[str, Any]:
    """What a change would bring, in a sentence or two."""
    if change.broken:
        return {"broken": [words.broken(one) for one in change.broken], "told": []}
    told = []
    for people, sentence in (
        (change.goes, ngettext("%(n)s person loses a place: %(names)s",
                               "%(n)s people lose a place: %(names)s", len(change.goes))),
        (change.comes, ngettext("%(n)s person gets a place: %(names)s",
                                "%(n)s people get a place: %(names)s", len(change.comes))),
    ):  # fmt: skip
        if people:
            names = ", ".join(desk.names[p] for p in people[:NAMES_TOLD])
            rest = len(people) - NAMES_TOLD
            if rest > 0:
                names = _("%(names)s and %(n)s more") % {"names": names, "n": rest}
            told.append(sentence % {"n": grouped(len(people)), "names": names})
    if not told:
        told.append(_("Everyone who is coming now can come then too."))
    rooms = {r.pk: str(r) for r in desk.rooms}
    return {
        "told": told,
        "broken": [],
        "in_room": rooms[change.session.room],
        "by": desk.names[change.session.trainer],
    }


def _number(told: str | None) -> int:
    return int(told) if told and told.isascii() and told.isdecimal() and len(told) < 19 else 0


def _do_move(request: Request, found: Timetable, one: int) -> HttpResponse:
    if _task(found) is not None:
        messages.warning(request, _("The computer is working on it now. Wait, or stop it."))
        return redirect("gatherings:timetable_board", found.pk)
    try:
        change = actions.move(
            found,
            one,
            version=_number(request.POST.get("version")),
            slot=_number(request.POST.get("group")) or None,
            room=_number(request.POST.get("room")) or None,
            trainer=_number(request.POST.get("trainer")) or None,
        )
    except ValidationError as problem:
        _refused(request, problem)
    except actions.ChangedMeanwhile:
        _changed(request)
    else:
        told = {"goes": len(change.goes), "comes": len(change.comes)}
        messages.success(request, _("Moved. Places lost: %(goes)s; places won: %(comes)s.") % told)
    return redirect("gatherings:timetable_board", found.pk)


@at_work
@require_POST
def change(request: Request, pk: int, one: int) -> HttpResponse:
    """A session is locked, let loose, or taken out."""
    found = _found(request, pk)
    what = request.POST.get("what")
    if _task(found) is not None:
        messages.warning(request, _("The computer is working on it now. Wait, or stop it."))
        return redirect("gatherings:timetable_board", pk)
    try:
        if what == "out":
            actions.take_out(found, one)
        elif what in {"lock", "unlock"}:
            actions.lock(found, one, locked=what == "lock")
        else:
            raise Http404
    except actions.ChangedMeanwhile:
        _changed(request)
    return redirect("gatherings:timetable_board", pk)


@at_work
@require_POST
def accept(request: Request, pk: int) -> HttpResponse:
    """All of it becomes sessions, and people are told."""
    found = _found(request, pk)
    if _task(found) is not None:
        messages.warning(request, _("The computer is working on it now. Wait, or stop it."))
        return redirect("gatherings:timetable_board", pk)
    try:
        made = actions.accept(
            found,
            by=request.visitor.person,
            version=_number(request.POST.get("version")),
            seen=request.POST.get("seen", ""),
        )
    except ValidationError as problem:
        _refused(request, problem)
    except actions.ChangedMeanwhile:
        _changed(request)
    else:
        n = len(made)
        if found.is_again:
            messages.success(request, _("The new plan holds now; everyone with a change was told."))
        else:
            messages.success(
                request,
                ngettext("%(n)s session stands; who comes was told.",
                         "%(n)s sessions stand; who comes was told.", n) % {"n": grouped(n)},
            )  # fmt: skip
    return redirect("gatherings:timetable_board", pk)


# -- again -----------------------------------------------------------------------------------------


@at_work
@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    """What was accepted is planned again; nobody hears of it before that is carried out."""
    found = _found(request, pk)
    try:
        actions.reopen(found)
    except ValidationError as problem:
        _refused(request, problem)
    except actions.ChangedMeanwhile:
        _changed(request)
    return redirect("gatherings:timetable", pk)


@at_work
@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """It stays as people know it."""
    found = _found(request, pk)
    if _task(found) is not None:
        messages.warning(request, _("The computer is working on it now. Wait, or stop it."))
        return redirect("gatherings:timetable", pk)
    try:
        actions.leave(found)
    except actions.ChangedMeanwhile:
        _changed(request)
    else:
        messages.success(request, _("It stays as it was; nobody was told anything."))
    return redirect("gatherings:timetable", pk)


def _differences(desk: Desk) -> dict[str, Any]:
    """What carrying it out would change: of sessions one by one, of people by name."""
    told = desk.changes
    rooms = {row.room_id: str(row.room) for row in desk.proposed}
    givers = {row.trainer_id: row.trainer.name for row in desk.proposed}

    def moment(session: schedule.Session) -> str:
        first, _last = desk.span(session)
        start = timezone.localtime(first.starts_at)
        return f"{formats.date_format(start, 'D j F')} {start:%H:%M}"

    sessions = []
    for one in told.becomes:
        what = []
        if one.other_time:
            what.append(_("moves to %(when)s") % {"when": moment(one.after)})
        if one.other_room:
            what.append(_("goes to %(room)s") % {"room": rooms[one.after.room]})
        if one.other_trainer:
            what.append(_("is given by %(name)s") % {"name": givers[one.after.trainer]})
        if what:
            sessions.append((desk.gatherings[one.key], what))
    sessions += [(desk.gatherings[key], [_("is called off")]) for key in told.gone]
    people = [
        (sentence, [(desk.names.get(p, "–"), desk.titles[a]) for p, a in who])
        for sentence, who in (
            (_("Come at another time"), told.moves),
            (_("Come at the same time elsewhere"), told.elsewhere),
            (_("Lose their place"), told.lost),
            (_("Get a place"), told.won),
        )
        if who
    ]
    return {
        "sessions": sessions,
        "new": [(desk.titles[s.activity], moment(s)) for s in told.new],
        "people": people,
        "count": told.people,
        "nothing": told.nothing,
    }
