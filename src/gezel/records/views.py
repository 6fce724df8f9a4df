"""What was recorded about me: to read, and to take along."""

import json
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gezel.people.api import Request, signed_in
from gezel.records import policy, rules

A_PAGE = 50


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """What someone did while learning, in plain words; only they see this page."""
    found = policy.statements_to_read(request.visitor).order_by("-timestamp", "-stored", "pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "records/mine.html", {"page": page, "adl": rules.ADL})


@signed_in
@require_safe
def download(request: Request) -> StreamingHttpResponse:
    """The same as xAPI statements, one a line, so that they can go into another store."""
    found = policy.statements_to_read(request.visitor).order_by("timestamp", "stored", "pk")

    def lines() -> Iterator[str]:
        for raw in found.values_list("raw", flat=True).iterator(chunk_size=500):
            yield json.dumps(raw, ensure_ascii=False) + "\n"

    response = StreamingHttpResponse(lines(), content_type="application/x-ndjson; charset=utf-8")
    name = f"gezel-{timezone.localdate():%Y-%m-%d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
