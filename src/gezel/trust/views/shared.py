"""Who may read the file of the council, asked in one way by all its pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

P = ParamSpec("P")
# Works council and HR read the file; `people` lies above this room, so the codes stand here.
MAY_READ_THE_FILE = frozenset({"hr", "council"})
# They hear when someone came to the limit of how many people one opens in a day.
MAY_LET_GO_ON = frozenset({"hr", "admin"})


class Visitor(Protocol):
    employment: Any
    mandates: frozenset[str]
    organisation: Any


def visitor_of(request: HttpRequest) -> Visitor:
    visitor: Visitor = request.visitor  # type: ignore[attr-defined] # the middleware of people
    return visitor


def may_read_the_file(request: HttpRequest) -> bool:
    visitor = visitor_of(request)
    return visitor.employment is not None and bool(visitor.mandates & MAY_READ_THE_FILE)


def may_let_go_on(request: HttpRequest) -> bool:
    visitor = visitor_of(request)
    return visitor.employment is not None and bool(visitor.mandates & MAY_LET_GO_ON)


def may_watch(request: HttpRequest) -> bool:
    """Who hears of it, and the works council."""
    return may_let_go_on(request) or may_read_the_file(request)


def is_hr(request: HttpRequest) -> bool:
    visitor = visitor_of(request)
    return visitor.employment is not None and "hr" in visitor.mandates


def for_the_file(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Works council and HR; to others the page does not exist."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_read_the_file(request):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_hr(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """HR alone."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_hr(request):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
