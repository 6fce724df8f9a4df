"""The joined styles and scripts, and the work someone asked for in the background."""

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from gezel.kit.bundle import bundle
from gezel.kit.jobs import title_of, try_again
from gezel.kit.models import Task

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@require_safe
def bundled(request: HttpRequest, name: str) -> HttpResponse:
    """One file by its content's name; an older name gives today's, so no open page breaks."""
    kind = name.rpartition(".")[2]
    if kind not in TYPES:
        raise Http404
    joined = bundle(kind)
    accepted = request.headers.get("Accept-Encoding", "")
    if "br" in accepted:
        response = HttpResponse(joined.brotli, content_type=TYPES[kind])
        response["Content-Encoding"] = "br"
    elif "gzip" in accepted:
        response = HttpResponse(joined.gzip, content_type=TYPES[kind])
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(joined.text, content_type=TYPES[kind])
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if name == joined.name else "no-cache"
    )
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _own(request: HttpRequest) -> QuerySet[Task]:
    """Everyone sees the work they asked for, and no one else's."""
    return Task.objects.filter(asked_by_id=request.user.pk)


def _told(task: Task) -> dict[str, object]:
    return {
        "task": task,
        "title": title_of(task),
        "url": (task.result or {}).get("url", ""),
        "open": task.state in {Task.State.WAITING, Task.State.RUNNING},
    }


@login_required
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What I asked to be done in the background, the newest first."""
    page = Paginator(_own(request).order_by("-created_at"), 50).get_page(request.GET.get("page"))
    return render(request, "kit/tasks.html", {"page": page, "rows": [_told(t) for t in page]})


@login_required
@require_safe
def task(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One task: how far it is, what came of it."""
    found = get_object_or_404(_own(request), pk=pk)
    part = "#state" if getattr(request, "htmx", None) else ""
    return render(request, f"kit/task.html{part}", _told(found))


@login_required
@require_POST
def retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponseRedirect:
    """A failed task starts anew."""
    found = get_object_or_404(_own(request), pk=pk)
    try_again(found)
    return redirect("kit:task", found.pk)
