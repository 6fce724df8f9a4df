"""My profile: what I can, did, hold and want, arranged and told by me."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Request, signed_in
from gezel.profile import actions, policy, queries, titles
from gezel.profile.rules import arranging
from gezel.profile.sharing_forms import StoryForm


@signed_in
@require_safe
def own(request: Request) -> HttpResponse:
    """The whole of it, as only its owner sees it."""
    person = request.visitor.person
    found = queries.profile_of(person)
    shares = queries.with_openings(policy.own_shares(request.visitor).open(timezone.localdate()))
    told = {
        "profile": found,
        "shown": [part for part in found.parts if part.placed.shown],
        "aside": [part for part in found.parts if not part.placed.shown],
        "shares": list(shares),
    }
    return render(request, "profile/own.html", told)


@signed_in
def arrange(request: Request) -> HttpResponse:
    """The order of the parts, and which are shown; each button says the whole order."""
    person = request.visitor.person
    if request.method == "POST":
        try:
            actions.arrange(person, request.POST.get("order", "").split(","))
        except ValidationError as problem:
            messages.error(request, problem.messages[0])
        return redirect("profile:arrange")
    placed = queries.placed_by(person)
    order = [part.code for part in placed]
    rows = []
    for part in placed:
        up, down = arranging.moves(order, part.code)
        rows.append(
            {
                "part": part,
                "title": titles.PARTS[part.code],
                "icon": titles.ICONS[part.code],
                "up": ",".join(up) if up else "",
                "down": ",".join(down) if down else "",
            }
        )
    return render(request, "profile/arrange.html", {"rows": rows})


@signed_in
@require_POST
def show_part(request: Request, code: str) -> HttpResponse:
    """Show a part, or put it aside."""
    _known(code)
    shown = request.POST.get("shown") == "yes"
    actions.show_part(request.visitor.person, code, shown=shown)
    told = _("It stands on your profile again.") if shown else _("Put aside. No link shows it.")
    messages.success(request, told)
    return redirect("profile:own" if request.POST.get("back") == "own" else "profile:arrange")


@signed_in
def write(request: Request, code: str) -> HttpResponse:
    """The story of one part, and what stands first in it."""
    _known(code)
    person = request.visitor.person
    placed = next(part for part in queries.placed_by(person) if part.code == code)
    items = queries.items_of(person, code, timezone.localdate())
    keys = [item.key for item in items]
    sent = request.method == "POST"
    form = StoryForm(
        request.POST if sent else None,
        keys=keys,
        initial={"story": placed.story, "version": placed.version},
    )
    elsewhere = False
    if sent and form.is_valid():
        told = form.cleaned_data
        elsewhere = not actions.write_part(
            person, code, story=told["story"], pins=form.pins(), version=told["version"]
        )
        if not elsewhere:
            messages.success(request, _("Kept. Nobody else sees it until you share it."))
            return redirect("profile:own")
        # What they wrote stays on the screen, and saving it once more puts it in its place.
        again = request.POST.copy()
        again["version"] = str(placed.version)
        form = StoryForm(again, keys=keys)
    pins = form.pins() if sent else list(placed.pins)
    shown = {
        "code": code,
        "title": titles.PARTS[code],
        "asks": titles.ASKS[code],
        "form": form,
        "items": arranging.pinned_first(items, pins),
        "most": arranging.MOST_PINS,
        "there": placed.story if elsewhere else "",
        "elsewhere": elsewhere,
    }
    status = 409 if elsewhere else 422 if form.errors else 200
    return render(request, "profile/write.html", shown, status=status)


def _known(code: str) -> None:
    if code not in arranging.PARTS:
        raise Http404
