"""One session: what it is, booking it, running it."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.gatherings import actions, forms, policy, queries
from gezel.gatherings.models import Attendance, Choosing, Gathering, Place, Takeaway
from gezel.gatherings.rules import codes, places, seeing
from gezel.gatherings.rules.series import Reach
from gezel.gatherings.views.shared import add_errors, key
from gezel.gatherings.words import STATES
from gezel.people.api import Person, Request, Visitor, at_work, require
from gezel.skills.api import Evidence, give_own_names


def found_to_read(visitor: Visitor, pk: int) -> Gathering:
    """A session where the visitor works."""
    found: Gathering = get_object_or_404(
        policy.sessions_to_read(visitor).select_related(
            "activity", "series", "organisation", "made_by", "decided_by"
        ),
        pk=pk,
    )
    return found


def found_to_run(visitor: Visitor, pk: int) -> Gathering:
    """A session that is the visitor's to run."""
    found: Gathering = get_object_or_404(
        policy.sessions_to_run(visitor).select_related("activity", "series", "organisation"),
        pk=pk,
    )
    return found


@at_work
def session(request: Request, pk: int) -> HttpResponse:
    """What it is, whether there is a place, and what one can do there."""
    return session_page(request, found_to_read(request.visitor, pk))


def session_page(
    request: Request,
    found: Gathering,
    *,
    giving_up: forms.ReasonForm | None = None,
    calling_off: forms.CallOffForm | None = None,
    material: forms.MaterialForm | None = None,
    takeaway: forms.TakeawayForm | None = None,
) -> HttpResponse:
    """The page of one session, with the form that was refused where one was."""
    visitor, now = request.visitor, timezone.now()
    mine = Place.objects.living().filter(gathering=found, person=visitor.person).first()
    runs = policy.may_run(visitor, found)
    was = queries.was_there(found, visitor.person)
    roles = list(found.roles.select_related("person"))
    wrote = Takeaway.objects.filter(gathering=found, person=visitor.person).first()
    going = places.going(found.taken, found.least, found.decide_at, now)
    there = was is not None and was.fact.kind not in {
        Attendance.Kind.ABSENT, Attendance.Kind.EXCUSED,
    }  # fmt: skip
    shown: dict[str, object] = {
        "session": found,
        "mine": mine,
        "tone": STATES.get(mine.state) if mine else None,
        "turn": queries.turn_in_line(mine) if mine and mine.state == "waiting" else 0,
        "cancelling": places.cancelling(found.starts_at, found.cancel_hours, now),
        "last_moment": places.last_moment(found.starts_at, found.cancel_hours).astimezone(
            found.at_zone
        ),
        "is_open": codes.is_open(found.starts_at, found.ends_at, now),
        "begun": found.starts_at <= now,
        "over": found.ends_at <= now,
        "roles": roles,
        "uses": found.uses.select_related("resource"),
        "materials": found.materials.select_related("activity"),
        "reads_files": policy.may_read_files(visitor, found),
        "siblings": queries.siblings(found),
        "choosing": Choosing.objects.filter(placed_at=None, sessions=found).first(),
        "was": was,
        "there": there,
        "saw": _seen(visitor, found) if there else [],
        "says": says(visitor, found, now),
        "wrote": wrote,
        "takeaway": takeaway or forms.TakeawayForm(initial={"text": wrote.text if wrote else ""}),
        "giving_up": giving_up or forms.ReasonForm(),
        "runs": runs,
        "going": going,
        "team": _team(visitor, found) if not found.is_cancelled else [],
    }
    if runs:
        shown |= {
            "calling_off": calling_off or forms.CallOffForm(),
            "material": material or forms.MaterialForm(
                activities=forms.choosable(visitor)
            ),
        }  # fmt: skip
    refused = any(f is not None and f.errors for f in (giving_up, calling_off, material, takeaway))
    return render(request, "gatherings/session.html", shown, status=422 if refused else 200)


def _seen(visitor: Visitor, found: Gathering) -> list[Evidence]:
    """What was said of the visitor here, with the names where they work gave to skills."""
    pieces = queries.seen_of(found, visitor.person)
    if pieces:
        give_own_names([piece.skill for piece in pieces], visitor.organisation)
    return pieces


def says(visitor: Visitor, found: Gathering, now: datetime) -> bool:
    """Whether the visitor may say what they saw here now; asked of trainers alone."""
    return (
        found.activity_id is not None
        and not found.is_cancelled
        and seeing.is_open(found.starts_at, found.ends_at, now)
        and policy.sessions_given_as_trainer(visitor).filter(pk=found.pk).exists()
    )


def _team(visitor: Visitor, found: Gathering) -> list[tuple[Person, str]]:
    """The people one leads, and whether each has a place here; to tick for a place."""
    if not visitor.leads or found.starts_at <= timezone.now():
        return []
    states = dict(
        Place.objects.living()
        .filter(gathering=found, person__in=policy.people_i_lead(visitor))
        .values_list("person_id", "state")
    )
    people = policy.people_i_lead(visitor).order_by("first_name", "last_name")[:200]
    return [(person, states.get(person.pk, "")) for person in people]


# -- setting up and changing -----------------------------------------------------------------------


@at_work
def set_up(request: Request) -> HttpResponse:
    """A session in a minute, by anyone who works here."""
    visitor = request.visitor
    require(policy.may_set_up(visitor))
    form = forms.SessionForm(
        request.POST or None,
        organisation=visitor.organisation,
        activities=forms.choosable(visitor),
        initial=forms.next_hour(timezone.localdate())
        | {"activity": request.GET.get("activity", "")[:9], "trainers": visitor.person.email},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_up(
                visitor.organisation, form.plan, by=visitor.person, key=key(request)
            )
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("It is set up. Colleagues can book it now."))
            return redirect("gatherings:session", made.pk)
    return render(
        request, "gatherings/edit.html", {"form": form}, status=422 if form.errors else 200
    )


@at_work
def edit(request: Request, pk: int) -> HttpResponse:
    """A session is changed: this one, those after it, or all of its series."""
    visitor = request.visitor
    found = found_to_run(visitor, pk)
    require(not found.is_cancelled)
    form = forms.SessionForm(
        request.POST or None,
        organisation=visitor.organisation,
        activities=forms.choosable(visitor, found),
        gathering=found,
        initial=forms.initial_of(found),
    )
    version = request.POST.get("version", str(found.version))
    if request.method == "POST" and form.is_valid():
        try:
            reached = actions.change(
                found,
                form.plan,
                reach=form.how_far,
                by=visitor.person,
                version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            )
        except actions.Outdated:
            form.add_error(
                None,
                _("Somebody changed it since you opened this page. Look at what stands, and send "
                  "again to change it after all."),
            )  # fmt: skip
            version = str(found.version)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            told = (
                _("Saved, for %(n)s sessions. Who comes is told.") % {"n": len(reached)}
                if len(reached) > 1
                else _("Saved. Who comes is told.")
            )
            messages.success(request, told)
            return redirect("gatherings:session", pk)
    return render(
        request,
        "gatherings/edit.html",
        {"form": form, "session": found, "version": version},
        status=422 if form.errors else 200,
    )


@at_work
@require_POST
def call_off(request: Request, pk: int) -> HttpResponse:
    """It is off; who would come is told why."""
    found = found_to_run(request.visitor, pk)
    form = forms.CallOffForm(request.POST)
    if form.is_valid():
        try:
            off = actions.call_off(
                found,
                by=request.visitor.person,
                reason=form.cleaned_data["reason"],
                reach=Reach(form.cleaned_data["reach"] or Reach.ONE),
            )
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(
                request,
                _("Called off. Everyone who was coming is told.")
                if off
                else _("It was called off already."),
            )
            return redirect("gatherings:session", pk)
    return session_page(request, found_to_read(request.visitor, pk), calling_off=form)


@at_work
@require_POST
def go_on(request: Request, pk: int) -> HttpResponse:
    """It is decided that it goes on, also with few people."""
    found = found_to_run(request.visitor, pk)
    if actions.go_on(found, by=request.visitor.person):
        messages.success(request, _("It goes ahead. Everyone who is coming is told."))
    else:
        messages.warning(request, _("That was decided already."))
    return redirect("gatherings:session", pk)


@at_work
@require_POST
def material(request: Request, pk: int) -> HttpResponse:
    """Something to read or do before or after it is added, or taken away."""
    visitor = request.visitor
    found = found_to_run(visitor, pk)
    if drop := request.POST.get("drop"):
        if drop.isdecimal() and len(drop) < 10:
            actions.drop_material(found, int(drop))
        return redirect("gatherings:session", pk)
    form = forms.MaterialForm(request.POST, request.FILES, activities=forms.choosable(visitor))
    if form.is_valid():
        try:
            actions.add_material(found, **form.cleaned_data, key=key(request))
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("Added."))
            return redirect("gatherings:session", pk)
    return session_page(request, found_to_read(visitor, pk), material=form)


@at_work
@require_safe
def material_file(request: Request, pk: int, one: int) -> HttpResponseBase:
    """A file of a session for who takes part and who gives it; only ever a download."""
    visitor = request.visitor
    found = found_to_read(visitor, pk)
    require(policy.may_read_files(visitor, found))
    kept = get_object_or_404(
        found.materials.filter(media__isnull=False).select_related("media"), pk=one
    )
    name = kept.media.file.name if kept.media else ""
    if not name or not default_storage.exists(name):
        raise Http404
    response = FileResponse(
        default_storage.open(name),
        as_attachment=True,
        filename=kept.filename,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


# -- places ----------------------------------------------------------------------------------------


@at_work
@require_POST
def book(request: Request, pk: int) -> HttpResponse:
    """I want to come: a place, or a turn in the line. Who books from a path goes on there."""
    found = found_to_read(request.visitor, pk)
    walk = request.POST.get("walk", "")
    from_path = walk.isascii() and walk.isdecimal() and len(walk) < 12
    try:
        place = actions.book(found, request.visitor.person, by=request.visitor.person,
                             key=key(request))  # fmt: skip
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("gatherings:session", pk)
    told = {
        Place.State.BOOKED: _("You have a place."),
        Place.State.ASKED: _("A place is held for you until your lead says yes."),
        Place.State.WAITING: _("It is full. You move up by yourself when a place comes free."),
    }
    messages.success(request, told[Place.State(place.state)])
    return redirect("paths:walk", walk) if from_path else redirect("gatherings:session", pk)


@at_work
@require_POST
def give_up(request: Request, pk: int) -> HttpResponse:
    """I cannot come after all."""
    found = found_to_read(request.visitor, pk)
    place = get_object_or_404(policy.own_places(request.visitor).living(), gathering=found)
    form = forms.ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.give_up(place, by=request.visitor.person, reason=form.cleaned_data["reason"])
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("Your place is free for someone else."))
            return redirect("gatherings:session", pk)
    return session_page(request, found, giving_up=form)


@at_work
@require_POST
def reserve(request: Request, pk: int) -> HttpResponse:
    """A lead keeps places for their own people."""
    visitor = request.visitor
    require(visitor.leads)
    found = found_to_read(visitor, pk)
    people = forms.people_among(request.POST.getlist("people"), policy.people_i_lead(visitor))
    if not people:
        messages.error(request, _("Tick at least one person."))
        return redirect("gatherings:session", pk)
    try:
        got = actions.reserve(found, people, by=visitor.person, key=key(request))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        told = _("%(seated)s have a place, %(waiting)s wait.") % {
            "seated": got.seated, "waiting": got.waiting,
        }  # fmt: skip
        messages.success(request, told)
    return redirect("gatherings:session", pk)


@at_work
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """A lead says yes or no to a place; of two at once the first counts."""
    visitor = request.visitor
    place = get_object_or_404(
        policy.places_to_decide(visitor).select_related("gathering", "person"), pk=pk
    )
    approve = request.POST.get("how") == "yes"
    reason = request.POST.get("reason", "").strip()[:300]
    if not approve and not reason:
        messages.error(request, _("Say why not, so that they know."))
    elif actions.decide_place(place, approve=approve, by=visitor.person, reason=reason):
        messages.success(request, _("Approved.") if approve else _("Not approved; they are told."))
    else:
        messages.warning(request, _("Somebody decided before you did."))
    return redirect("gatherings:approvals")


@at_work
@require_POST
def take_along(request: Request, pk: int) -> HttpResponse:
    """I say what I will use of it."""
    found = found_to_read(request.visitor, pk)
    form = forms.TakeawayForm(request.POST)
    if form.is_valid():
        try:
            actions.take_along(found, request.visitor.person, form.cleaned_data["text"])
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("Saved. You and the trainer read this."))
            return redirect("gatherings:session", pk)
    return session_page(request, found, takeaway=form)
