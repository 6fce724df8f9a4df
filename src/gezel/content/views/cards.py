"""Repetition cards: those of today, all of them, how someone wants them; and authors' own."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, decks, policy, queries
from gezel.content.actions.cards import MOST_REVIEWS_AT_ONCE, Looked
from gezel.content.models import Card, CardPace, CardWishes
from gezel.content.rules.bodies import LONGEST_LINE, clean
from gezel.content.views.sending import moment_of, raw_key
from gezel.people.api import Person, Request, at_work, mark_of

A_PAGE = 40
# How it went, in words that blame nobody; forgetting is how a card finds its day.
RATINGS = (
    (1, gettext_lazy("Not yet")),
    (2, gettext_lazy("With effort")),
    (3, gettext_lazy("It went well")),
    (4, gettext_lazy("Easy")),
)


@at_work
@require_safe
def session(request: Request) -> HttpResponse:
    """The cards of today, one at a time."""
    actions.gather(request.user)
    more = "more" in request.GET
    told = decks.today_of(request.visitor, timezone.localdate(), more=more)
    return render(request, "content/cards.html", {"today": told, "ratings": RATINGS})


@at_work
@require_safe
def kept_session(request: Request) -> HttpResponse:
    """The cards as they are kept on a phone, with what comes within a week."""
    if "Gezel-Keep" not in request.headers:
        return redirect("content:cards")
    told = decks.today_of(request.visitor, timezone.localdate(), kept=True)
    return render(
        request,
        "content/cards.html",
        {
            "today": told,
            "ratings": RATINGS,
            "kept": True,
            "made_at": timezone.now().astimezone(UTC).isoformat(timespec="milliseconds"),
        },
    )


@at_work
@require_safe
def keep(request: Request) -> JsonResponse:
    """All that the cards need on a phone."""
    page = reverse("content:kept_cards")
    files = queries.page_files(page, "content/cards.js")
    return JsonResponse(
        {
            "id": "cards",
            "owner": mark_of(request.user),
            "title": _("My cards"),
            "page": page,
            "also": [reverse("content:cards")],
            "stamp": decks.stamp_of(request.visitor, timezone.localdate()),
            "files": files,
            "bytes": sum(file["size"] for file in files),
            "left_out": 0,
            "note": "",
        }
    )


@require_POST
def reviews(request: HttpRequest) -> JsonResponse:
    """A batch of reviews from a device, answered as `content:answers` is."""
    if not isinstance(request.user, Person):
        return JsonResponse({"error": "signin"}, status=401)
    try:
        sent = json.loads(request.body)
        given = sent["reviews"]
        if not isinstance(given, list) or len(given) > MOST_REVIEWS_AT_ONCE:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
    if sent.get("owner") and sent["owner"] != mark_of(request.user):
        return JsonResponse({"error": "unknown"}, status=404)
    read = [_looked(raw) for raw in given]
    kept = iter(actions.look_at_cards(request.user, [one for one in read if one is not None]))
    told = [
        _told(str(k.key), k.state) if one and (k := next(kept)) else _told(raw_key(raw), "refused")
        for one, raw in zip(read, given, strict=True)
    ]
    conflict = any(row["state"] == "conflict" for row in told)
    return JsonResponse({"answers": told}, status=409 if conflict else 200)


def _looked(raw: Any) -> Looked | None:
    """One review of a batch, or nothing where it cannot be read as one."""
    try:
        at, rating, undoes = moment_of(raw["at"]), raw.get("rating"), raw.get("undoes")
        rest: Any = raw.get("rest") or ""
        took = raw.get("took") or 0
        if at is None or type(raw["card"]) is not int or not 0 < raw["card"] < 2**63:
            return None
        if rest not in {"", "today", "always", "back"} or type(took) is not int:
            return None
        if rating is not None and type(rating) is not int:
            return None
        return Looked(
            uuid.UUID(raw["key"]),
            raw["card"],
            at,
            rating,
            uuid.UUID(undoes) if undoes else None,
            min(max(took, 0), 600_000),
            rest,
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _told(key: str, state: str) -> dict[str, str]:
    told = {"key": key, "state": state}
    if state != "kept":
        told["message"] = _("What you did with one card was not taken: that card is gone.")
    if state == "conflict":
        told["message"] = _("An answer was not taken: it had been sent before with other words.")
    return told


@at_work
@require_POST
def review(request: Request, deck_pk: int) -> HttpResponse:
    """One review, or a rest, by plain form: without scripts, each card is one."""
    row = get_object_or_404(decks.deck_here(request.visitor), pk=deck_pk)
    rating, rest = request.POST.get("rating", ""), request.POST.get("rest", "")
    one = Looked(
        _key(request),
        row.pk,
        timezone.now(),
        int(rating) if rating in {"1", "2", "3", "4"} else None,
        rest=rest if rest in {"today", "always", "back"} else "",  # type: ignore[arg-type]
    )
    if actions.look_at_cards(request.user, [one])[0].state != "kept":
        messages.error(request, _("Choose how it went."))
    return redirect("content:my_cards" if rest == "back" else "content:cards")


def _key(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


class WishesForm(forms.ModelForm[CardWishes]):
    """How someone wants their cards."""

    likely = forms.TypedChoiceField(
        label=gettext_lazy("How sure do you want to be that you still know it?"),
        help_text=gettext_lazy(
            "The surer, the sooner a card comes back, and the more cards a day."
        ),
        coerce=int,
        choices=[
            (80, gettext_lazy("80%: fewest cards")),
            (85, "85%"),
            (90, gettext_lazy("90%: what most people choose")),
            (95, gettext_lazy("95%: many cards")),
        ],
    )

    class Meta:
        model = CardWishes
        fields = ("minutes", "likely", "paused_until", "off", "fitted")
        help_texts = {
            "minutes": gettext_lazy("No more cards come a day than fit in this."),
            "paused_until": gettext_lazy(
                "On holiday, or too busy? Until this day no card comes, and nothing is lost."
            ),
            "fitted": gettext_lazy(
                "Off, the published settings count for you and your pace is removed."
            ),
        }
        widgets = {"paused_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


@at_work
def mine(request: Request) -> HttpResponse:
    """All of one's cards, and how one wants them."""
    wishes = CardWishes.of(request.user)
    form = WishesForm(request.POST if request.method == "POST" else None, instance=wishes)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.wish(
            request.user,
            minutes=said["minutes"],
            likely=said["likely"],
            off=said["off"],
            paused_until=said["paused_until"],
            fitted=said["fitted"],
        )
        messages.success(request, _("Saved."))
        return redirect("content:my_cards")
    page = Paginator(decks.all_of(request.visitor), A_PAGE).get_page(request.GET.get("page"))
    told = {
        "form": form,
        "today": timezone.localdate(),
        "page": page,
        "faces": [decks.face_of(row) for row in page],
        "faded": decks.faded(request.visitor),
        "pace": CardPace.objects.filter(person=request.user).first(),
    }
    return render(request, "content/my_cards.html", told)


class CardForm(forms.Form):
    """A front and a back, in one language or both."""

    front_nl = forms.CharField(
        label=gettext_lazy("Front, in Dutch"), required=False, max_length=LONGEST_LINE
    )
    back_nl = forms.CharField(
        label=gettext_lazy("Back, in Dutch"), required=False, max_length=LONGEST_LINE
    )
    front_en = forms.CharField(
        label=gettext_lazy("Front, in English"), required=False, max_length=LONGEST_LINE
    )
    back_en = forms.CharField(
        label=gettext_lazy("Back, in English"), required=False, max_length=LONGEST_LINE
    )

    def clean(self) -> dict[str, Any]:
        said = {name: clean(text) for name, text in (super().clean() or {}).items()}
        whole = [code for code in ("nl", "en") if said.get(f"front_{code}")]
        for code in ("nl", "en"):
            front, back = said.get(f"front_{code}", ""), said.get(f"back_{code}", "")
            if front and not back:
                self.add_error(f"back_{code}", _("Say what is on the back."))
            if back and not front:
                self.add_error(f"front_{code}", _("Say what is on the front."))
        if not whole and not self.errors:
            self.add_error("front_nl", _("Write the card in at least one language."))
        return said

    def pairs(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Front and back side by side, a language at a time."""
        for code in ("nl", "en"):
            yield self[f"front_{code}"], self[f"back_{code}"]


@at_work
def edit_cards(request: Request, module_pk: int) -> HttpResponse:
    """The cards an author adds to a module, beside its questions."""
    module = get_object_or_404(
        policy.modules_to_edit(request.visitor).select_related("activity"), pk=module_pk
    )
    form = CardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.add_card(
            module,
            front={code: said[f"front_{code}"] for code in ("nl", "en")},
            back={code: said[f"back_{code}"] for code in ("nl", "en")},
        )
        messages.success(request, _("The card was added."))
        return redirect("content:edit_cards", module.pk)
    told = {
        "module": module,
        "form": form,
        "cards": decks.written_cards(module.pk),
        "questions": module.blocks.current().filter(kind="question").count(),
    }
    return render(request, "content/edit_cards.html", told)


@at_work
@require_POST
def remove_card(request: Request, module_pk: int, card_pk: int) -> HttpResponse:
    """Take a card off a module."""
    module = get_object_or_404(policy.modules_to_edit(request.visitor), pk=module_pk)
    card = get_object_or_404(Card.objects.filter(module=module, block=None), pk=card_pk)
    actions.retire_card(card)
    messages.success(request, _("The card is gone from the decks of everyone."))
    return redirect("content:edit_cards", module.pk)
