"""For who was given a link to parts of someone's profile: the page, and its credentials."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from gezel.people.api import Person
from gezel.profile import actions, files, queries
from gezel.profile.models import Credential, Share
from gezel.profile.views.outside import check_chosen, taken
from gezel.trust.api import note_reading


@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """What its owner chose to show, until the day they chose."""
    share = queries.share_at(actions.digest_of(secret))
    if share is None:
        return _closed(request)
    with translation.override(_language(request)):
        profile = queries.shared_profile(share.person, share.chosen, as_of=share.as_of)
        shown = {
            "profile": profile,
            "note": share.note,
            "until": share.until,
            "secret": secret,
            "here": request.path,
            "lang": _asked(request),
        }
        answer = render(request, "profile/read.html", shown)
    _note(request, share)
    return _quiet(answer)


@require_safe
def read_credential(request: HttpRequest, secret: str, pk: uuid.UUID) -> HttpResponse:
    """Whether a credential on the page is genuine, checked on the spot."""
    share = queries.share_at(actions.digest_of(secret))
    credential = _on_it(share, pk)
    if share is None or credential is None:
        return _closed(request)
    with translation.override(_language(request)):
        shown = check_chosen(request, credential) | {
            "secret": secret,
            "forms": [
                (form, reverse("profile:read_credential_file", args=[secret, credential.pk, form]))
                for form in files.forms_of(credential)
            ],
            "here": request.path,
            "lang": _asked(request),
        }
        answer = render(request, "profile/read_credential.html", shown)
    _note(request, share)
    return _quiet(answer)


@require_safe
def read_credential_file(
    request: HttpRequest, secret: str, pk: uuid.UUID, form: str
) -> HttpResponseBase:
    """The same as a file, so that the reader can have another program check it, or keep it."""
    share = queries.share_at(actions.digest_of(secret))
    credential = _on_it(share, pk)
    if share is None or credential is None:
        return _closed(request)
    with translation.override(_language(request)):
        return _quiet(taken(request, credential, form))


def _on_it(share: Share | None, pk: uuid.UUID) -> Credential | None:
    """The credential, where the page of the link shows it."""
    if share is None:
        return None
    profile = queries.shared_profile(share.person, share.chosen, as_of=share.as_of)
    keys = {item.key for part in profile.parts for item in part.items}
    if f"credential:{pk}" not in keys:
        return None
    return (
        Credential.objects.filter(pk=pk, person=share.person)
        .select_related("organisation", "person")
        .first()
    )


def _asked(request: HttpRequest) -> str:
    """The language chosen at the top of the page; empty if none was."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def _language(request: HttpRequest) -> str:
    """As chosen on the page, or as the reader's device asks."""
    return _asked(request) or translation.get_language() or settings.LANGUAGE_CODE


def _note(request: HttpRequest, share: Share) -> None:
    """Count an opening; of who is signed in, the owner sees who it was, as everywhere.

    Its owner's own look counts for nothing, nor does going to and fro on the page itself, nor a
    program that only asks whether the page is there.
    """
    reader = request.user if isinstance(request.user, Person) else None
    if request.method == "HEAD" or (reader and reader.pk == share.person_id):
        return
    if reader:
        note_reading(reader_pk=reader.pk, about=[share.person_id], matter="profile", purpose="link")
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        actions.note_opening(share)


def _closed(request: HttpRequest) -> HttpResponse:
    """One answer for a link that ended, was withdrawn, or never was."""
    with translation.override(_language(request)):
        shown = {"here": reverse("profile:read", args=["-"])}
        return _quiet(render(request, "profile/closed.html", shown, status=404))


def _quiet(answer: HttpResponse) -> HttpResponse:
    """In no index, in no cache, and where one goes on to learns nothing of the address."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
