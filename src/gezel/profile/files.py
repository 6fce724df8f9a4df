"""A credential as a file, in each form there is: for its owner, and for whom they let take it."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse

from gezel.profile import actions, paper, pictures, queries
from gezel.profile.models import Credential
from gezel.profile.rules.baking import bake_png, bake_svg
from gezel.profile.rules.wording import wording

# What a reader may take of what is shown to them. The bundle is its owner's to hand over.
SHOWN = ("json", "jwt", "png", "svg", "pdf")
FORMS = (*SHOWN, "bundle")
KINDS = {
    "json": "application/json",
    "jwt": "application/vc+jwt",
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "bundle": "application/json",
}


def forms_of(credential: Credential) -> list[str]:
    """In which forms a reader may take it. A token is signed at that moment, and nothing is signed
    anew of what was withdrawn."""
    return [form for form in SHOWN if form != "jwt" or not credential.revoked_at]


def as_file(credential: Credential, document: dict[str, Any], form: str) -> HttpResponse:
    """One of them as a download.

    Raises:
        Http404: there is no such form of it.
        CannotOpen: a token is asked, and the key is not in the environment now.
    """
    if form not in FORMS or (form == "jwt" and credential.revoked_at):
        raise Http404
    name = f"{credential.pk}-bundle.json" if form == "bundle" else f"{credential.pk}.{form}"
    return download(_made(credential, document, form), KINDS[form], name)


def download(data: bytes, kind: str, name: str) -> HttpResponse:
    """A file that a browser keeps and never shows, and that no cache keeps."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="credential-{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _made(credential: Credential, document: dict[str, Any], form: str) -> bytes:
    if form == "jwt":
        return actions.as_token(credential, document).encode()
    if form == "pdf":
        link = settings.BASE_URL + reverse("profile:shared", args=[credential.pk])
        return paper.page(credential, document, link=link)
    if form in {"json", "bundle"}:
        whole = document if form == "json" else queries.bundle_of(credential, document)
        return json.dumps(whole, ensure_ascii=False, indent=2).encode()
    text = json.dumps(document, ensure_ascii=False)
    hue = credential.organisation.accent_hue
    if form == "png":
        return bake_png(pictures.seal(hue), text)
    name = wording(document, "").name
    return bake_svg(pictures.drawing(name, credential.organisation.name, hue=hue), text)
