"""What someone is writing is kept as they write, and given back when they return."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.content import actions
from gezel.content.forms import BLOCK_FORMS
from gezel.content.models import Block, Module, Writing
from gezel.content.policy import own_writings
from gezel.content.views.making.shared import module_to_edit
from gezel.people.api import Request, at_work

LARGEST = 300_000


@at_work
@require_POST
def writing(request: Request, module_pk: int) -> HttpResponse:
    """Keep the fields of a form as they are now; nobody else sees them. `drop`: throw them away."""
    module = module_to_edit(request, module_pk)
    kind = request.POST.get("kind", "")
    block = _block(module, request.POST.get("block", ""))
    if kind not in BLOCK_FORMS:
        return JsonResponse({"kept": False}, status=400)
    if "drop" in request.POST:
        writings_of(request, module, kind, block).delete()
        messages.success(request, _("Thrown away."))
        if block is not None:
            return redirect("content:change_block", module.pk, block.pk)
        return redirect("content:add_block", module.pk, kind)
    raw = request.POST.get("turn", "")
    turn = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 15 else 0
    known = BLOCK_FORMS[kind](organisation=module.activity.organisation).fields
    fields = {
        name: value.replace("\0", "")
        for name, value in request.POST.items()
        if name in known and isinstance(value, str)
    }
    if len(json.dumps(fields)) > LARGEST:
        return JsonResponse({"kept": False}, status=413)
    kept = actions.keep_writing(
        request.user, module, kind=kind, block=block, fields=fields, turn=turn
    )
    return JsonResponse({"kept": kept})


def _block(module: Module, given: str) -> Block | None:
    """The block a form says it changes, if it is one of this module."""
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        return None
    found: Block | None = module.blocks.filter(pk=int(given)).first()
    return found


def writings_of(request: Request, module: Module, kind: str, block: Block | None) -> Any:
    """One's own unsaved words in this form: none or one."""
    mine = own_writings(request.visitor).filter(module=module)
    return mine.filter(block=block) if block else mine.filter(block=None, kind=kind)


def found_writing(
    request: Request, module: Module, kind: str, block: Block | None
) -> Writing | None:
    """What one was writing in this form, if anything."""
    found: Writing | None = writings_of(request, module, kind, block).first()
    return found
