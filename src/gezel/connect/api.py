"""The front door of connect."""

from gezel.connect.frame import ApiRequest, Caller, Page, Problem, Scope, Strict, once, page
from gezel.connect.models import ApiToken

__all__ = ["ApiRequest", "ApiToken", "Caller", "Page", "Problem", "Scope", "Strict", "once", "page"]
