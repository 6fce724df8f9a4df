"""What the pages of making have in common."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from gezel.content import policy
from gezel.content.actions import Outdated
from gezel.content.models import Block, Module
from gezel.people.api import Request


def module_to_edit(request: Request, module_pk: int) -> Module:
    return get_object_or_404(
        policy.modules_to_edit(request.visitor).select_related("activity__organisation"),
        pk=module_pk,
    )


def block_to_edit(module: Module, block_pk: int) -> Block:
    blocks = module.blocks.current().select_related("media__small")
    found: Block = get_object_or_404(blocks, pk=block_pk)
    found.module = module
    return found


def take_new_version(form: Any, module: Module, error: Outdated) -> None:
    """Say that someone was first, and let a second save go through."""
    module.refresh_from_db()
    form.data = form.data.copy()
    form.data["version"] = str(module.version)
    form.add_error(None, error)


def tried(request: Request, do: Any) -> bool:
    try:
        do()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    return True


def version_of(request: Request) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def back_to(block: Block) -> HttpResponseRedirect:
    address = reverse("content:edit", args=[block.module_id])
    return HttpResponseRedirect(f"{address}#block-{block.pk}")
