"""What views of every room use to know their visitor."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase

from gezel.people.visitor import Request, Visitor

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]


def signed_in(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Anyone with an account, at work or between jobs."""
    return login_required(view)


def at_work(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Anyone who works at an organisation today; to others the page does not exist."""

    @login_required
    @wraps(view)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.visitor.employment is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def require(allowed: bool) -> None:
    """To who may not, a page does not exist: no hint of what would be there."""
    if not allowed:
        raise Http404


__all__ = ["Request", "Visitor", "at_work", "require", "signed_in"]
