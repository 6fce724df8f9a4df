"""What a cmi5 unit meets of ours: the password of its session, and where it sends the browser."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from gezel.content.actions import launches


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def fetch(request: HttpRequest, secret: str) -> HttpResponse:
    """The password of a launch, once, to who has its address; asked by a script elsewhere.

    Whatever goes wrong is told in the answer, with status 200, as section 8.2 has it. No cookie
    is looked at, so any origin may ask.
    """
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
        response["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
        response["Access-Control-Max-Age"] = "600"
    else:
        response = JsonResponse(launches.fetch_token(secret))
        response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """A unit that had a window of its own is done: that window can be closed."""
    return render(request, "content/cmi5_returned.html")
