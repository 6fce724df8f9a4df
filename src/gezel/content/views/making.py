"""Making and changing modules, in the browser."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.content import actions, policy, queries
from gezel.content.actions.authoring import Outdated
from gezel.content.forms import BLOCK_FORMS, SKILL_ROWS, AboutForm, BlockForm
from gezel.content.models import Block, Media, Module
from gezel.content.rules import uploads
from gezel.content.rules.bodies import Video, Words
from gezel.people.api import Organisation, Person, Request, at_work
from gezel.skills.api import propose


def _module(request: Request, module_pk: int) -> Module:
    return get_object_or_404(
        policy.modules_to_edit(request.visitor).select_related("activity__organisation"),
        pk=module_pk,
    )


def _block(module: Module, block_pk: int) -> Block:
    found: Block = get_object_or_404(module.blocks.current().select_related("media"), pk=block_pk)
    found.module = module
    return found


@at_work
def new(request: Request) -> HttpResponse:
    """Begin a module; it stands in the catalogue as a draft."""
    organisation = request.visitor.organisation
    if _proposing(request):
        return _propose(request, organisation)
    form = AboutForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        module = actions.draft_module(
            organisation, by=request.user, key=form.cleaned_data["key"], **_about(form)
        )
        return redirect("content:edit", module.pk)
    status = 422 if form.is_bound else 200
    return render(request, "content/about.html", {"form": form}, status=status)


def _proposing(request: Request) -> bool:
    return request.method == "POST" and not request.POST.keys().isdisjoint({"propose", "take"})


def _propose(
    request: Request, organisation: Organisation, module: Module | None = None
) -> HttpResponse:
    """Skills the title and goal seem to speak of; one that is taken fills the first free row.

    Only what this organisation works with, as that is what a module can show here. Nothing is
    judged or kept yet.
    """
    data = request.POST.dict()
    rows = range(1, SKILL_ROWS + 1)
    offered = set(queries.teachable_skills(organisation).values_list("pk", flat=True))
    chosen = {data.get(f"skill_{row}", "") for row in rows}
    taken = data.get("take", "")
    if taken.isascii() and taken.isdecimal() and int(taken[:15]) in offered - {0}:
        free = next((row for row in rows if not data.get(f"skill_{row}")), None)
        if free and taken not in chosen:
            data[f"skill_{free}"] = taken
            chosen.add(taken)
    fields = ("title_nl", "title_en", "goal_nl", "goal_en")
    told = propose(request.visitor, "\n".join(data.get(name, "")[:2_000] for name in fields))
    proposed = [p for p in told.found if p.skill.pk in offered and str(p.skill.pk) not in chosen]
    page = {
        "form": AboutForm(initial=data, organisation=organisation),
        "module": module,
        "proposed": proposed,
        "asked": True,
        "room": "" in chosen,
    }
    part = ("#proposed" if "propose" in data else "#teaches") if request.htmx else ""
    return render(request, f"content/about.html{part}", page)


def _about(form: AboutForm) -> dict[str, Any]:
    return {
        "title": form.words("title"),
        "goal": form.words("goal"),
        "minutes": form.cleaned_data["minutes"],
        "pass_percent": form.cleaned_data["pass_percent"],
        "teaches": form.teaches,
    }


@at_work
def edit(request: Request, module_pk: int) -> HttpResponse:
    """A module as its maker sees it: its blocks in order, and what can be done."""
    module = _module(request, module_pk)
    blocks = list(module.blocks.current())
    told = {
        "module": module,
        "blocks": [(block, _first_words(block)) for block in blocks],
        "kinds": Block.Kind.choices,
        "begun": module.attempts.exists(),
        "teaches": module.activity.teaches.select_related("skill"),
    }
    return render(request, "content/edit.html", told)


def _first_words(block: Block) -> Words:
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
def about(request: Request, module_pk: int) -> HttpResponse:
    """Change the title, goal, time, pass mark or skills."""
    module = _module(request, module_pk)
    if _proposing(request):
        return _propose(request, module.activity.organisation, module)
    form = AboutForm(
        request.POST or None,
        organisation=module.activity.organisation,
        initial=AboutForm.initial_of(module),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_module(module, version=form.cleaned_data["version"] or 0, **_about(form))
        except Outdated as error:
            _take_new_version(form, module, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("content:edit", module.pk)
    status = 422 if form.is_bound else 200
    return render(request, "content/about.html", {"form": form, "module": module}, status=status)


def _take_new_version(form: Any, module: Module, error: Outdated) -> None:
    """Say that someone was first, and let a second save go through."""
    module.refresh_from_db()
    form.data = form.data.copy()
    form.data["version"] = str(module.version)
    form.add_error(None, error)


@at_work
def add(request: Request, module_pk: int, kind: str) -> HttpResponse:
    """A new block of some kind, at the end."""
    if kind not in BLOCK_FORMS:
        raise Http404
    return _block_form(request, _module(request, module_pk), kind, None)


@at_work
def change(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """Change a block."""
    module = _module(request, module_pk)
    block = _block(module, block_pk)
    return _block_form(request, module, block.kind, block)


def _block_form(request: Request, module: Module, kind: str, block: Block | None) -> HttpResponse:
    make = BLOCK_FORMS[kind]
    initial: dict[str, Any] = {"version": module.version}
    if block is not None:
        initial |= make.initial_of(block.content)
    posted = request.method == "POST"
    form = make(
        request.POST if posted else None, request.FILES if posted else None, initial=initial
    )
    if (
        form.is_bound
        and form.is_valid()
        and (kept := _keep_block(request.user, module, form, block))
    ):
        return _back_to(kept)
    told = {
        "form": form,
        "module": module,
        "kind": Block.Kind(kind),
        "standing": block,
        "most": uploads.PURPOSES.get(kind),
    }
    return render(request, "content/block.html", told, status=422 if form.is_bound else 200)


def _keep_block(by: Person, module: Module, form: BlockForm, block: Block | None) -> Block | None:
    """Keep what the form says, its files first; or nothing, and the form tells why."""
    try:
        file = _taken_in(by, module, form, block)
        body = _with_captions(form, block)
    except actions.Refused as error:
        form.add_error("file", error)
        return None
    if form.errors:
        return None
    version = form.cleaned_data["version"]
    try:
        if block is None:
            return actions.add_block(module, version=version, kind=form.kind, body=body, media=file)
        return actions.change_block(block, version=version, body=body, media=file)
    except Outdated as error:
        _take_new_version(form, module, error)
        return None


def _taken_in(by: Person, module: Module, form: BlockForm, block: Block | None) -> Media | None:
    """The file of a block: one that went ahead in parts, or one that came with the form."""
    if "file" not in form.fields:
        return None
    organisation = module.activity.organisation
    if (ahead := form.cleaned_data.get("upload")) is not None:
        with (
            actions.claim_upload(by, ahead, purpose=form.kind) as arrived,
            arrived.path.open("rb") as file,
        ):
            return actions.keep_upload(organisation, file, expected=form.kind)
    upload = form.cleaned_data.get("file")
    if upload is not None:
        return actions.keep_upload(organisation, upload, expected=form.kind)
    if block is None:
        form.add_error("file", _("Choose a file."))
    return None


def _with_captions(form: BlockForm, block: Block | None) -> Any:
    """A film's new captions, or the ones it had."""
    body = form.body
    if not isinstance(body, Video):
        return body
    stood = block.content.captions if block and isinstance(block.content, Video) else Words()
    told = stood.kept()
    for language in ("nl", "en"):
        upload = form.cleaned_data.get(f"captions_{language}")
        if upload is None:
            continue
        try:
            told[language] = actions.keep_captions(upload.read(500_000).decode("utf-8", "replace"))
        except actions.Refused as error:
            form.add_error(f"captions_{language}", error)
    return Video(body.title, body.transcript, Words(**told))


@at_work
@require_POST
def move(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """One place up or down."""
    block = _block(_module(request, module_pk), block_pk)
    _try(request, lambda: actions.move_block(
        block, version=_version(request), up=request.POST.get("way") == "up"
    ))  # fmt: skip
    return _back_to(block)


@at_work
@require_POST
def remove(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """Take a block out."""
    block = _block(_module(request, module_pk), block_pk)
    if _try(request, lambda: actions.remove_block(block, version=_version(request))):
        messages.success(request, _("The block was removed."))
    return redirect("content:edit", module_pk)


@at_work
@require_POST
def offer(request: Request, module_pk: int) -> HttpResponse:
    """Put a module on offer, or take it off."""
    module = _module(request, module_pk)
    if request.POST.get("state") == "closed":
        actions.close(module)
        messages.success(request, _("This module is no longer on offer. Who is in it may finish."))
    elif _try(request, lambda: actions.open_up(module)):
        messages.success(request, _("This module is on offer: colleagues can find and play it."))
    return redirect("content:edit", module.pk)


def _try(request: Request, do: Any) -> bool:
    try:
        do()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    return True


def _version(request: Request) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def _back_to(block: Block) -> HttpResponseRedirect:
    address = reverse("content:edit", args=[block.module_id])
    return HttpResponseRedirect(f"{address}#block-{block.pk}")
