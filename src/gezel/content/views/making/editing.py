"""A module as its maker sees it: its blocks in order, and whether it is on offer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.content import actions, policy, queries
from gezel.content.models import Block, Module, PeerReview, Remark
from gezel.content.rules.bodies import Words
from gezel.content.views.making.shared import (
    back_to,
    block_to_edit,
    module_to_edit,
    tried,
    version_of,
)
from gezel.people.api import Request, at_work, require

# In the order in which one reaches for them; the first few stand in view.
KINDS = (
    Block.Kind.TEXT, Block.Kind.IMAGE, Block.Kind.VIDEO, Block.Kind.QUESTION,
    Block.Kind.CHECKLIST, Block.Kind.REFLECTION,
)  # fmt: skip
MORE_KINDS = (
    Block.Kind.AUDIO, Block.Kind.FILE, Block.Kind.PRACTICAL, Block.Kind.EMBED, Block.Kind.ORDER,
    Block.Kind.MATCH, Block.Kind.NUMBER, Block.Kind.SHORT,
)  # fmt: skip


@at_work
def edit(request: Request, module_pk: int) -> HttpResponse:
    """A module as its maker sees it: its blocks in order, and what can be done."""
    module = module_to_edit(request, module_pk)
    return render(request, "content/edit.html", page_of(request, module))


def page_of(request: Request, module: Module, **more: Any) -> dict[str, Any]:
    """What the page of editing shows, whatever it was asked for."""
    blocks = list(module.blocks.current())
    review = module.reviews.select_related("reviewer").order_by("-asked_at", "-pk").first()
    remarks = (
        dict(Remark.objects.filter(review=review).values_list("block", "text"))
        if review and review.state == PeerReview.State.CHANGES
        else {}
    )
    return {
        "module": module,
        "blocks": [(block, first_words(block), remarks.get(block.pk)) for block in blocks],
        "kinds": KINDS,
        "more_kinds": MORE_KINDS,
        "begun": module.attempts.exists(),
        "teaches": module.activity.teaches.select_related("skill"),
        "review": review,
        "may_take_off": policy.may_take_off(request.visitor, module),
        "must_review": actions.must_be_reviewed(module),
        "owner": module.activity.shared_by,
        "co_authors": module.co_authors.select_related("person").order_by("pk"),
        "reviewers": queries.usual_reviewers(request.visitor, module),
        **more,
    }


def first_words(block: Block) -> Words:
    """What a block is known by in the list."""
    body = block.content
    for name in ("prompt", "title", "body", "alt"):
        if words := getattr(body, name, None):
            return Words(_plain(words.nl), _plain(words.en))
    return Words()


def _plain(markdown: str) -> str:
    """The first line, without its signs."""
    first = next(iter(markdown.strip().splitlines()), "")
    return first.replace("#", "").replace("*", "").strip()[:160]


@at_work
@require_POST
def move(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """One place up or down."""
    block = block_to_edit(module_to_edit(request, module_pk), block_pk)
    up = request.POST.get("way") == "up"
    tried(request, lambda: actions.move_block(block, up=up, by=request.user))
    return back_to(block)


@at_work
@require_POST
def order(request: Request, module_pk: int) -> HttpResponse:
    """All blocks in the order in which someone dragged them."""
    module = module_to_edit(request, module_pk)
    given = request.POST.get("order", "").split(",")[:500]
    pks = [int(pk) for pk in given if pk.isascii() and pk.isdigit() and len(pk) <= 15]
    actions.in_order(module, pks, by=request.user)
    return HttpResponse(status=204)


@at_work
@require_POST
def remove(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """Take a block out."""
    block = block_to_edit(module_to_edit(request, module_pk), block_pk)
    if tried(
        request,
        lambda: actions.remove_block(block, version=version_of(request), by=request.user),
    ):
        messages.success(request, _("The block was removed."))
    return redirect("content:edit", module_pk)


@at_work
@require_POST
def offer(request: Request, module_pk: int) -> HttpResponse:
    """Put a module on offer, or take it off."""
    module = module_to_edit(request, module_pk)
    require(policy.may_take_off(request.visitor, module))
    if request.POST.get("state") == "closed":
        actions.close(module)
        messages.success(request, _("This module is no longer on offer. Who is in it may finish."))
    elif tried(request, lambda: actions.open_up(module)):
        messages.success(request, _("This module is on offer: colleagues can find and play it."))
    return redirect("content:edit", module.pk)
