"""A key of one's own: made, put in the place of another, removed, and named in a credential."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Request, signed_in
from gezel.profile import actions, policy, queries


@signed_in
@require_safe
def own_keys(request: Request) -> HttpResponse:
    """My keys, what was issued to each, and what was issued to none."""
    keys = queries.own_keys(request.user)
    bound = queries.bound_to(request.user)
    known = {key.did for key in keys}
    told = {
        "keys": [(key, bound.get(key.did, [])) for key in keys],
        "named": next((key for key in keys if key.put_away_at is None), None),
        "loose": bound.get("", []),
        # Of a key that was removed, or that lies in another Gezel.
        "lost": [one for did, found in bound.items() if did and did not in known for one in found],
    }
    return render(request, "profile/own_keys.html", told)


@signed_in
@require_POST
def new_own_key(request: Request) -> HttpResponse:
    """Make one, now that the person asks."""
    try:
        actions.make_own_key(request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Your key is made. What is issued to you now names it."))
    return redirect("profile:own_keys")


@signed_in
@require_POST
def remove_own_key(request: Request, pk: int) -> HttpResponse:
    """The key goes from here."""
    found = get_object_or_404(policy.own_keys(request.visitor), pk=pk)
    if request.POST.get("sure") != "on":
        messages.error(request, _("Tick that you know what this means. Nothing was removed."))
    else:
        actions.remove_own_key(found)
        messages.success(request, _("The key is gone from here."))
    return redirect("profile:own_keys")


@signed_in
@require_POST
def bind(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Have a credential issued anew: to the key that is named now, or to none."""
    found = get_object_or_404(policy.own_credentials(request.visitor), pk=pk)
    key = None
    if request.POST.get("to") == "key":
        key = policy.own_keys(request.visitor).filter(put_away_at=None).first()
        if key is None:
            messages.error(request, _("You have no key. Make one first."))
            return redirect("profile:own_keys")
    try:
        done = actions.bind(found, key)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("profile:own_keys")
    if not done:
        messages.info(request, _("It was so already."))
    elif key:
        messages.success(
            request, _("Issued anew, to your key. Copies from before no longer count.")
        )
    else:
        messages.success(
            request, _("Issued anew, without a key. Copies from before no longer count.")
        )
    return redirect("profile:own_keys")
