"""Where the brake becomes a page: whatever view was asked, its reader is told what to do."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gezel.kit.looked_at import looked_at
from gezel.trust import actions
from gezel.trust.rules.braking import Answer


class BrakeMiddleware:
    """Leads who is braked to the page that asks why, or to the one that says until when."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Nothing was shown; the reading was not noted either, as nobody read."""
        if not isinstance(problem, actions.Braked):
            return None
        visitor = request.visitor  # type: ignore[attr-defined] # the middleware of people
        actions.note_braked(problem, organisation=visitor.organisation.pk)
        part = "HX-Request" in request.headers
        if problem.answer is Answer.STOP:
            query = {"people": problem.at_once}
            page = f"{reverse('trust:stopped')}?{urlencode(query)}"
        else:
            plain = request.method == "GET" and not part
            back = request.get_full_path() if plain else looked_at(request)
            page = f"{reverse('trust:many')}?{urlencode({'next': back})}"
        if part:
            # HTMX follows a redirect by itself; this header makes it a page of its own.
            return HttpResponse(status=204, headers={"HX-Redirect": page})
        return HttpResponseRedirect(page)
