"""Making together, reviews, and what colleagues ask of who makes things."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, policy, queries
from gezel.content.views.making.editing import first_words, page_of
from gezel.content.views.making.shared import module_to_edit, tried, version_of
from gezel.people.api import Person, Request, at_work, require

MOST_LISTED = 100


@at_work
@require_safe
def making(request: Request) -> HttpResponse:
    """What one makes, and what colleagues ask of one."""
    return render(request, "content/making.html", queries.asked_of_maker(request.visitor))


@at_work
@require_POST
def co_authors(request: Request, module_pk: int) -> HttpResponse:
    """Find a colleague to make it with, ask them along, or end it; one may always end one's own."""
    module = module_to_edit(request, module_pk)
    owns = policy.may_take_off(request.visitor, module)
    if (leaving := _colleague(request, "end")) is not None:
        require(owns or leaving.pk == request.user.pk)
        actions.end_co_author(module, leaving)
        if not owns:
            messages.success(request, _("You no longer make this module."))
            return redirect("content:making")
        return redirect("content:edit", module.pk)
    require(owns)
    if (asked := _colleague(request, "invite")) is not None:
        if tried(request, lambda: actions.invite(module, asked)):
            messages.success(request, _("%(name)s makes it with you now.") % {"name": asked.name})
        return redirect("content:edit", module.pk)
    text = request.POST.get("who", "").replace("\0", "")[:100]
    found = queries.found_colleagues(request.visitor, text)
    told = page_of(request, module, who=text, found=found, searched=True)
    return render(request, "content/edit.html", told)


def _colleague(request: Request, name: str) -> Person | None:
    """The colleague a button names; None where no such button was pressed."""
    given = request.POST.get(name, "")
    if not given:
        return None
    pk = int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else 0
    here = Person.objects.working_at(request.visitor.organisation)
    found: Person = get_object_or_404(here, pk=pk)
    return found


@at_work
@require_POST
def ask_review(request: Request, module_pk: int) -> HttpResponse:
    """Ask a colleague to look before it goes wide, find one, or take that back."""
    module = module_to_edit(request, module_pk)
    if "back" in request.POST:
        actions.take_review_back(module)
        messages.success(request, _("No review is asked for any more."))
    elif (reviewer := _colleague(request, "reviewer")) is not None:
        if tried(request, lambda: actions.ask_review(module, by=request.user, reviewer=reviewer)):
            messages.success(request, _("%(name)s is asked to look.") % {"name": reviewer.name})
    else:
        text = request.POST.get("who", "").replace("\0", "")[:100]
        found = queries.found_colleagues(request.visitor, text)
        told = page_of(request, module, review_who=text, review_found=found, review_searched=True)
        return render(request, "content/edit.html", told)
    return redirect("content:edit", module.pk)


@at_work
def review(request: Request, review_pk: int) -> HttpResponse:
    """Look at a colleague's module, say what you think of each block, and decide."""
    found = get_object_or_404(
        policy.reviews_to_give(request.visitor).select_related("module__activity", "asked_by"),
        pk=review_pk,
    )
    blocks = list(found.module.blocks.current().select_related("media"))
    error = ""
    if request.method == "POST":
        remarks = {b.pk: _text(request, f"remark_{b.pk}", 1_000) for b in blocks}
        try:
            actions.give_review(
                found,
                by=request.user,
                approve="approve" in request.POST,
                version=version_of(request),
                note=_text(request, "note", 1_000),
                remarks=remarks,
            )
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            messages.success(request, _("Thank you. Who made it sees what you decided."))
            return redirect("content:making")
    told = {
        "review": found,
        "module": found.module,
        "blocks": [
            (block, first_words(block), request.POST.get(f"remark_{block.pk}", ""))
            for block in blocks
        ],
        "note": request.POST.get("note", ""),
        "error": error,
    }
    return render(request, "content/review.html", told, status=422 if error else 200)


def _text(request: Request, name: str, most: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:most]


# --- Thanks and questions, from who plays -----------------------------------------------------


@at_work
@require_POST
def thank(request: Request, module_pk: int) -> HttpResponse:
    """Thank who made it, or take that back."""
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity"), pk=module_pk
    )
    if "back" in request.POST:
        actions.take_thanks_back(module, request.user)
    elif tried(
        request, lambda: actions.thank(module, request.user, line=_text(request, "line", 300))
    ):
        messages.success(request, _("Thanks passed on."))
    return redirect("catalogue:activity", module.activity_id)


@at_work
@require_POST
def ask(request: Request, module_pk: int) -> HttpResponse:
    """Ask who made it something."""
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity"), pk=module_pk
    )
    text = _text(request, "text", 1_000)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    if not text:
        messages.error(request, _("Write your question first."))
    elif tried(request, lambda: actions.ask(module, request.user, text=text, key=key)):
        messages.success(request, _("Your question is on its way. The answer comes here."))
    return redirect("catalogue:activity", module.activity_id)


@at_work
@require_POST
def answer(request: Request, key: uuid.UUID) -> HttpResponse:
    """Answer a question about what one makes; or, for who asked it, take it back."""
    asking = get_object_or_404(
        policy.askings_here(request.visitor).select_related("module__activity"), key=key
    )
    if "back" in request.POST:
        require(asking.person_id == request.user.pk)
        actions.drop_asking(asking)
        messages.success(request, _("Your question is gone."))
        return redirect("catalogue:activity", asking.module.activity_id)
    require(policy.may_edit(request.visitor, asking.module))
    if text := _text(request, "text", 2_000):
        actions.answer_asking(asking, by=request.user, text=text)
        messages.success(request, _("Answered. Colleagues who play it see it too."))
    else:
        messages.error(request, _("Write an answer first."))
    return redirect("catalogue:activity", asking.module.activity_id)
