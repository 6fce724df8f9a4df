"""What someone keeps on their phone to go on without connection."""

from collections.abc import Iterator

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gezel.content import actions, decks, policy, queries
from gezel.content.models import Block
from gezel.content.rules import keeping
from gezel.content.views.playing import told_of
from gezel.people.api import Request, at_work, mark_of, signed_in

# What a kept thing is called on the device.
MODULE = "module-{pk}"
_FETCHING = "Gezel-Keep"


@at_work
@require_safe
def kept_module(request: Request, module_pk: int) -> HttpResponse:
    """The player as it is kept: it goes on with the open round, or begins one by itself.

    With connection there is a better page.
    """
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity"), pk=module_pk
    )
    if _FETCHING not in request.headers:
        return redirect("content:play", module_pk)
    attempt = queries.open_attempt(request.user, module)
    if attempt is None:
        playing = queries.preview(module)
        begin = actions.pass_for(request.user, module)
    else:
        attempt.module = module
        playing, begin = queries.play(attempt), ""
    told = told_of(request, playing) | {
        "kept": True,
        "begin": begin,
        "new_pass": actions.pass_for(request.user, module),
    }
    return render(request, "content/play.html", told)


@at_work
@require_safe
def keep(request: Request, module_pk: int) -> JsonResponse:
    """All a module needs to be played without connection, and how large it is.

    Films go along up to a stated size; beyond it their text does, and the person is told.
    """
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity"), pk=module_pk
    )
    attempt = queries.open_attempt(request.user, module)
    media = queries.media_of(module, attempt)
    chosen = keeping.fitting({row.pk: row.size for row in media})
    left_out = len(media) - len(chosen)
    captions, kinds = queries.captions_and_kinds(module, attempt)
    page = reverse("content:kept_module", args=[module.pk])
    files = [
        *queries.page_files(page, "content/player.js"),
        *(
            {
                "url": reverse("content:media", args=[module.pk, row.pk, row.name]),
                "size": row.size,
                "exact": True,
            }
            for row in media
            if row.pk in chosen
        ),
        *(
            {"url": reverse(f"content:captions_{code}", args=[module.pk, pk]), "size": 2_000}
            for pk, code in captions
        ),
    ]
    return JsonResponse(
        {
            "id": MODULE.format(pk=module.pk),
            "owner": mark_of(request.user),
            "title": module.activity.title,
            "page": page,
            "also": [reverse("content:play", args=[module.pk])],
            "stamp": queries.stamps(request.visitor, [module.pk])[module.pk],
            "files": files,
            "bytes": sum(file["size"] for file in files),
            "left_out": left_out,
            "note": " ".join(_not_there(left_out, kinds)),
        }
    )


def _not_there(films: int, kinds: set[str]) -> Iterator[str]:
    """What of a module cannot be had without connection, so that nobody finds out on the way."""
    if films:
        yield ngettext(
            "%(count)d film is too large to keep; its text is there.",
            "%(count)d films are too large to keep; their text is there.",
            films,
        ) % {"count": films}
    if Block.Kind.EMBED in kinds:
        yield _("What comes from another site needs a connection.")
    if Block.Kind.PRACTICAL in kinds:
        yield _("An assignment with a photo is handed in with a connection.")


@signed_in
@require_safe
def kept(request: Request) -> JsonResponse:
    """Which of these things may still be on this device, and a stamp that tells what changed.

    What is not named in the answer has to go. Also a token for what is sent from old pages.
    """
    asked = request.GET.get("ids", "").split(",")[: keeping.MOST_ASKED]
    pks = [int(raw) for name in asked if (raw := name.removeprefix("module-")).isdecimal()
           and raw.isascii() and len(raw) < 12]  # fmt: skip
    things: dict[str, str] = {}
    if request.visitor.employment is not None:
        stamps = queries.stamps(request.visitor, pks)
        things = {MODULE.format(pk=pk): stamp for pk, stamp in stamps.items()}
        if "cards" in asked:
            things["cards"] = decks.stamp_of(request.visitor, timezone.localdate())
    return JsonResponse(
        {"owner": mark_of(request.user), "csrf": get_token(request), "things": things}
    )


@signed_in
@require_safe
def phone(request: Request) -> HttpResponse:
    """What is kept on this phone; the phone itself fills in the list."""
    return render(request, "content/phone.html", {"limit": keeping.MOST_MEDIA // 1_000_000})
