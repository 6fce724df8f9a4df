"""Files that arrive in parts, over the tus protocol; see `rules.tus` and `actions.receiving`.

A browser speaks it through `static/content/upload.js`; without scripts the file comes with the
form. Only who began an upload sees it: to everyone else it does not exist.
"""

import uuid
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gezel.content import actions, policy
from gezel.content.actions import receiving
from gezel.content.models import Upload
from gezel.content.rules import tus, uploads
from gezel.people.api import Person, Request

_CHUNK = 256 * 1024


@require_http_methods(["OPTIONS", "POST"])
def begin(request: Request) -> HttpResponse:
    """OPTIONS: what we speak. POST: make room for a file; its address is in `Location`."""
    if request.method == "OPTIONS":
        told = _answer(204)
        told["Tus-Version"] = tus.VERSION
        told["Tus-Extension"] = tus.EXTENSIONS
        told["Tus-Max-Size"] = str(max(uploads.PURPOSES.values()))
        told["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
        return told
    return _not_spoken(request) or _begun(request)


def _begun(request: Request) -> HttpResponse:
    try:
        length = tus.number_of(request.headers.get("Upload-Length", ""), "Upload-Length")
        told = tus.metadata_of(request.headers.get("Upload-Metadata", ""))
        purpose = told.get("purpose", "")
        if purpose not in uploads.PURPOSES:
            raise tus.BadHeader("Upload-Metadata: purpose")
        upload = actions.begin_upload(
            request.user,
            request.visitor.organisation,
            purpose=purpose,
            name=tus.file_name(told.get("filename", "")),
            length=length,
        )
    except tus.BadHeader as header:
        answer = _answer(400, f"{header}?")
    except receiving.TooMany as error:
        answer = _answer(429, error.messages[0])
    except receiving.TooLarge as error:
        answer = _answer(413, error.messages[0])
    else:
        answer = _standing(_answer(201), upload)
        answer["Location"] = reverse("content:upload", args=[upload.pk])
    return answer


@require_http_methods(["HEAD", "GET", "PATCH", "DELETE"])
def part(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HEAD: how far it is. PATCH: the next part. DELETE: never mind. GET: the same as JSON."""
    if (refused := _not_spoken(request, read=request.method == "GET")) is not None:
        return refused
    upload = get_object_or_404(policy.own_uploads(request.visitor), pk=pk)
    if request.method == "DELETE":
        actions.drop_upload(upload)
        return _answer(204)
    if request.method == "PATCH":
        return _take(request, upload)
    answer: HttpResponse = JsonResponse(
        {"name": upload.name, "length": upload.length, "offset": upload.offset}
    )
    answer["Tus-Resumable"] = tus.VERSION
    answer["Cache-Control"] = "no-store"
    return _standing(answer, upload)


def _not_spoken(request: Request, *, read: bool = False) -> HttpResponse | None:
    """Why this cannot be looked at: nobody signed in, no employer, or another protocol."""
    if not _signed_in(request):
        return _answer(401, _("Sign in again; what arrived is kept."))
    if request.visitor.employment is None:
        raise Http404
    if not read and request.headers.get("Tus-Resumable") != tus.VERSION:
        refused = _answer(412)
        refused["Tus-Version"] = tus.VERSION
        return refused
    return None


def _signed_in(request: HttpRequest) -> bool:
    return isinstance(request.user, Person)


_REFUSED = {receiving.Busy: 423, receiving.Damaged: 460}


def _take(request: Request, upload: Upload) -> HttpResponse:
    if request.content_type != "application/offset+octet-stream":
        return _answer(415)
    try:
        offset = tus.number_of(request.headers.get("Upload-Offset", ""), "Upload-Offset")
        checksum = tus.checksum_of(request.headers.get("Upload-Checksum", ""))
        actions.take_part(upload, offset=offset, parts=_parts(request), checksum=checksum)
    except tus.BadHeader as header:
        answer = _answer(400, f"{header}?")
    except receiving.Elsewhere as elsewhere:
        answer = _answer(409)
        answer["Upload-Offset"] = str(elsewhere.offset)
    except (receiving.Busy, receiving.Damaged) as refused:
        answer = _answer(_REFUSED[type(refused)])
    except receiving.TooLarge as error:
        answer = _answer(413, error.messages[0])
    except receiving.DiskFull:
        answer = _answer(507, _("There is no room on the server now. Try again later."))
    else:
        answer = _standing(_answer(204), upload)
    return answer


def _parts(request: Request) -> Iterator[bytes]:
    """What the browser sends, as it comes, so that no file is ever whole in memory."""
    while True:
        try:
            arrived = request.read(_CHUNK)
        except UnreadablePostError as cut:
            raise receiving.CutOff from cut
        if not arrived:
            return
        yield arrived


def _answer(status: int, words: str = "") -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    answer["Tus-Resumable"] = tus.VERSION
    answer["Cache-Control"] = "no-store"
    return answer


def _standing(answer: HttpResponse, upload: Upload) -> HttpResponse:
    answer["Upload-Offset"] = str(upload.offset)
    answer["Upload-Length"] = str(upload.length)
    answer["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return answer
