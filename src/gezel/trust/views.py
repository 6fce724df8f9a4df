"""Who sees what: the running declarations, told to the person they are about."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gezel.trust.declarations import declarations


@login_required
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """Per kind of data: what, why, who can read it today, on what ground, until when."""
    told = [
        {"declaration": d, "readers": d.audience.readers_of(request.user)} for d in declarations()
    ]
    return render(request, "trust/who_sees_what.html", {"told": told})
