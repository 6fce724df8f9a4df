"""How a module stood before: the list, one beside today's, and putting it back."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions
from gezel.content.actions.versions import whole_of
from gezel.content.models import Block
from gezel.content.views.making.shared import module_to_edit
from gezel.people.api import Request, at_work

DONE: dict[str, str | Promise] = {
    "before": gettext_lazy("As it was"),
    "about": gettext_lazy("Title, goal or skills changed"),
    "added": gettext_lazy("A block added"),
    "changed": gettext_lazy("A block changed"),
    "removed": gettext_lazy("A block removed"),
    "moved": gettext_lazy("Another order"),
    "restored": gettext_lazy("An earlier version put back"),
}


@at_work
@require_safe
def versions(request: Request, module_pk: int) -> HttpResponse:
    """What was done to a module, by whom and when, the newest first."""
    module = module_to_edit(request, module_pk)
    rows = [
        (snapshot, DONE.get(snapshot.done, snapshot.done))
        for snapshot in module.snapshots.select_related("by").defer("whole")
    ]
    return render(request, "content/versions.html", {"module": module, "rows": rows})


@at_work
@require_safe
def version(request: Request, module_pk: int, number: int) -> HttpResponse:
    """One version beside today's: what putting it back would take out and bring in."""
    module = module_to_edit(request, module_pk)
    snapshot = get_object_or_404(module.snapshots.select_related("by"), version=number)
    told = {
        "module": module,
        "snapshot": snapshot,
        "done": DONE.get(snapshot.done, snapshot.done),
        "parts": list(_compared(whole_of(module.pk), snapshot.whole)),
    }
    return render(request, "content/version.html", told)


@at_work
@require_POST
def restore(request: Request, module_pk: int, number: int) -> HttpResponse:
    """Put this version back; what stood until now stays a version too."""
    module = module_to_edit(request, module_pk)
    snapshot = get_object_or_404(module.snapshots, version=number)
    actions.restore(module, snapshot, by=request.user)
    messages.success(request, _("Put back. What stood until now is a version too."))
    return redirect("content:edit", module.pk)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: in both, only in today's ("gone"), or only in the older one ("back")."""

    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A block, or what the module is about, with its lines compared."""

    name: str | Promise
    how: str
    lines: list[Line]


def _compared(now: dict[str, Any], then: dict[str, Any]) -> Iterator[Part]:
    """What differs, part by part; what is the same is left out."""
    about = [_told({k: w[k] for k in ("title", "goal", "minutes", "pass_percent")})
             for w in (now, then)]  # fmt: skip
    if about[0] != about[1]:
        yield Part(_("About this module"), "changed", _lines(*about))
    kinds = dict(Block.Kind.choices)
    old = {raw["block"]: raw for raw in then["blocks"]}
    new = {raw["block"]: raw for raw in now["blocks"]}
    for raw in then["blocks"]:
        here = new.get(raw["block"])
        name = kinds.get(raw["kind"], raw["kind"])
        if here is None:
            yield Part(name, "back", _lines([], _told(raw["body"])))
        elif here["body"] != raw["body"] or here["media"] != raw["media"]:
            yield Part(name, "changed", _lines(_told(here["body"]), _told(raw["body"])))
    for raw in now["blocks"]:
        if raw["block"] not in old:
            yield Part(kinds.get(raw["kind"], raw["kind"]), "gone", _lines(_told(raw["body"]), []))
    orders = [[b["block"] for b in w["blocks"] if b["block"] in old and b["block"] in new]
              for w in (now, then)]  # fmt: skip
    if orders[0] != orders[1]:
        yield Part(_("The order of the blocks"), "changed", [])


def _told(raw: Any) -> list[str]:
    """The words in a body, line by line, whatever its shape."""
    if isinstance(raw, dict):
        return [line for value in raw.values() for line in _told(value)]
    if isinstance(raw, list):
        return [line for value in raw for line in _told(value)]
    if isinstance(raw, bool) or raw is None:
        return []
    return [line for line in str(raw).splitlines() if line.strip()]


def _lines(now: list[str], then: list[str]) -> list[Line]:
    how = {" ": "same", "-": "gone", "+": "back"}
    return [Line(how[line[0]], line[2:]) for line in difflib.ndiff(now, then) if line[0] in how]
