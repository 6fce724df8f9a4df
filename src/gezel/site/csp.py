"""The content security policy: django-csp's, written once for all answers that ask nothing more."""

from typing import Any

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What a view or a decorator of django-csp leaves on an answer that needs a policy of its own.
_OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class WrittenOnce(CSPMiddleware):
    """Puts the policy of the settings on an answer as it was written at the start.

    django-csp builds it anew for each answer, and once more for the policy that only reports, which
    we do not have: together a fiftieth of what a page costs. An answer with a frame of its own, or
    a page that asked for a nonce, is left to django-csp.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        told: Any = settings
        told_twice = getattr(told, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
        prefixes = (told.CONTENT_SECURITY_POLICY or {}).get("EXCLUDE_URL_PREFIXES")
        # Django's own page of what went wrong, while one develops, asks for more than ours do.
        once = not (settings.DEBUG or told_twice or prefixes)
        self.written = build_policy() if once else ""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave the header that stands already; else write it."""
        kept = response.__dict__
        if not self.written or hasattr(request, "_csp_nonce") or any(n in kept for n in _OWN):
            return super().process_response(request, response)
        if HEADER not in response:
            response[HEADER] = self.written
        # A nonce that comes after the header would open nothing: django-csp says so.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response
