"""The front door of connect."""

from gezel.connect.actions import invite, make_token, revoke_token
from gezel.connect.frame import ApiRequest, Caller, Page, Problem, Scope, Strict, once, page
from gezel.connect.models import ApiToken

__all__ = [
    "ApiRequest",
    "ApiToken",
    "Caller",
    "Page",
    "Problem",
    "Scope",
    "Strict",
    "invite",
    "make_token",
    "once",
    "page",
    "revoke_token",
]
