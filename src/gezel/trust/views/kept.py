"""Who sees what: the running declarations, told to the person, and in general to the council."""

from typing import Any, Protocol

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gezel.trust import queries, words

A_PAGE = 25
# Works council and HR read the file; `people` lies above this room, so the codes stand here.
MAY_READ_THE_FILE = frozenset({"hr", "council"})


class _Visitor(Protocol):
    employment: Any
    mandates: frozenset[str]
    organisation: Any


def _may_read_the_file(request: HttpRequest) -> bool:
    visitor: _Visitor = request.visitor  # type: ignore[attr-defined] # the middleware of people
    return visitor.employment is not None and bool(visitor.mandates & MAY_READ_THE_FILE)


def _file(request: HttpRequest) -> dict[str, Any]:
    if not _may_read_the_file(request):
        raise Http404
    return queries.file_of(request.visitor.organisation)  # type: ignore[attr-defined] # as above


@require_GET
@login_required
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """Per kind of data: what, why, who can read it today, on what ground, until when."""
    told = {
        "kept": queries.kept_about(request.user),
        "seen": queries.seen_by_relation(),
        "never": words.NEVER,
        "looks": queries.in_words(list(queries.looks_at(request.user)[:5])),
        "reads_file": _may_read_the_file(request),
        "today": timezone.localdate(),
    }
    return render(request, "trust/who_sees_what.html", told)


@require_GET
@login_required
def who_looked(request: HttpRequest) -> HttpResponse:
    """Everyone who opened something about you, and why they could."""
    page = Paginator(queries.looks_at(request.user), A_PAGE).get_page(request.GET.get("page"))
    told = {"page": page, "looks": queries.in_words(list(page))}
    return render(request, "trust/who_looked.html", told)


@require_GET
@login_required
def organisation(request: HttpRequest) -> HttpResponse:
    """The same declarations in general, for works council and HR: to read, print and check."""
    told = {"file": _file(request), "today": timezone.localdate()}
    return render(request, "trust/organisation.html", told)


@require_GET
@login_required
def organisation_file(request: HttpRequest) -> HttpResponse:
    """The file as data, to keep and to compare with next year's."""
    answer = JsonResponse(_file(request), json_dumps_params={"ensure_ascii": False, "indent": 2})
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="gezel-data-{day}.json"'
    return answer
