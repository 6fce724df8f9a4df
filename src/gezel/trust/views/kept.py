"""Who sees what: the running declarations, told to the person, and in general to the council."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_GET, require_http_methods

from gezel.kit.moments import day_of
from gezel.trust import queries, words
from gezel.trust.at_hand import pages_of
from gezel.trust.forms import CompareForm
from gezel.trust.models import Objection
from gezel.trust.rules.comparing import differences
from gezel.trust.views.shared import for_the_file, is_hr, may_read_the_file, visitor_of

A_PAGE = 25


def _file(request: HttpRequest) -> dict[str, Any]:
    return queries.file_of(visitor_of(request).organisation)


@require_GET
@login_required
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """Per kind of data: what, why, who can read it today, on what ground, until when."""
    told = {
        "kept": [
            (row, pages_of(row.declaration), queries.may_object(row.declaration))
            for row in queries.kept_about(request.user)
        ],
        "works": visitor_of(request).employment is not None,
        "seen": queries.seen_by_relation(),
        "never": words.NEVER,
        "looks": queries.in_words(list(queries.looks_at(request.user)[:5])),
        "reads_file": may_read_the_file(request),
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
@for_the_file
def organisation(request: HttpRequest) -> HttpResponse:
    """The same declarations in general, for works council and HR: to read, print and check."""
    here = visitor_of(request).organisation
    file = _file(request)
    for row in file["kept"]:
        row["seen_by"] = list(zip(row["readers"], row["now"], strict=True))
        row["dark"] = "rows" in row and row["rows"] is None
        row["next_day"] = parse_date(row["next_on"]) if row.get("next_on") else None
    for row in file["settings"]:
        row["consent_day"] = parse_date(row["consent_on"]) if row.get("consent_on") else None
    told = {
        "file": file,
        "counted": parse_datetime(file["counted_at"]) if file["counted_at"] else None,
        "today": timezone.localdate(),
        "is_hr": is_hr(request),
        "waiting": queries.objections_at(here).filter(state=Objection.State.OPEN).count(),
    }
    return render(request, "trust/organisation.html", told)


@require_GET
@for_the_file
def organisation_file(request: HttpRequest) -> HttpResponse:
    """The file as data, to keep and to compare with next year's."""
    answer = JsonResponse(_file(request), json_dumps_params={"ensure_ascii": False, "indent": 2})
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="gezel-data-{day}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@for_the_file
def compare(request: HttpRequest) -> HttpResponse:
    """Lay the file of an earlier day beside today's."""
    form = CompareForm(request.POST or None, request.FILES or None)
    told: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        older = form.cleaned_data["file"]
        told |= {
            "compared": True,
            "older": day_of(older.get("made_at")),
            "found": [
                (d, words.part(d.part), words.field(d.field or d.subject))
                for d in differences(older, _file(request))
            ],
        }
    return render(request, "trust/compare.html", told, status=422 if form.errors else 200)


@require_GET
@for_the_file
def changes(request: HttpRequest) -> HttpResponse:
    """Which settings changed and who changed them; what Gezel itself began to say otherwise."""
    here = visitor_of(request).organisation
    page = Paginator(queries.changes_of(here), A_PAGE).get_page(request.GET.get("page"))
    language = (translation.get_language() or "en")[:2]
    told = {
        "page": page,
        "changes": [(change, words.setting(change.setting)) for change in page],
        "turns": [
            (turn, [(d, words.part(d.part), words.field(d.field)) for d in turn.differences])
            for turn in queries.turns(language)
        ],
    }
    return render(request, "trust/changes.html", told)
