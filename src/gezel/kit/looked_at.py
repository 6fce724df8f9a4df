"""The page someone has before them when they send a form or ask for a part of it."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def looked_at(request: HttpRequest) -> str:
    """The page in the browser, if it says so and the page is ours; else the start."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return resolve_url("home")
    told = urlsplit(page)
    return told.path + (f"?{told.query}" if told.query else "")
