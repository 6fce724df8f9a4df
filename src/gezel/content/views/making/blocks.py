"""Adding and changing blocks, with their files."""

from collections.abc import Mapping
from typing import IO, Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.content import actions
from gezel.content.actions import Outdated
from gezel.content.forms import BLOCK_FORMS, BlockForm
from gezel.content.models import Block, Media, Module
from gezel.content.rules import uploads
from gezel.content.rules.bodies import Video, Words
from gezel.content.rules.kinds import Download
from gezel.content.rules.tus import file_name
from gezel.content.views.making.shared import (
    back_to,
    module_to_edit,
    take_new_version,
)
from gezel.content.views.making.writing import found_writing, writings_of
from gezel.people.api import Person, Request, at_work


@at_work
def add(request: Request, module_pk: int, kind: str) -> HttpResponse:
    """A new block of some kind, at the end."""
    if kind not in BLOCK_FORMS:
        raise Http404
    return _block_form(request, module_to_edit(request, module_pk), kind, None)


@at_work
def change(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """Change a block."""
    module = module_to_edit(request, module_pk)
    block = module.blocks.select_related("media").filter(pk=block_pk).first()
    stands = actions.successor(block) if block else None
    if stands is None:
        return _gone(request, module)
    if block is not None and stands.pk != block.pk and request.method != "POST":
        return redirect("content:change_block", module.pk, stands.pk)
    stands.module = module
    return _block_form(request, module, stands.kind, stands)


def _gone(request: Request, module: Module) -> HttpResponse:
    """Someone took the block out while another was writing in it: no word of theirs is lost."""
    kind = request.POST.get("kind", "")
    if request.method != "POST" or kind not in BLOCK_FORMS:
        raise Http404
    form = _form_of(request, module, kind, {})
    form.is_valid()
    form.add_error(
        None,
        _(
            "A colleague took this block out while you were writing. Your text is still here: "
            "save, and it comes back as a new block at the end."
        ),
    )
    told = _page(module, form, kind, None) | {"anew": True}
    return render(request, "content/block.html", told, status=422)


def _form_of(request: Request, module: Module, kind: str, initial: Mapping[str, Any]) -> BlockForm:
    posted = request.method == "POST"
    return BLOCK_FORMS[kind](
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=dict(initial),
        organisation=module.activity.organisation,
    )


def _block_form(request: Request, module: Module, kind: str, block: Block | None) -> HttpResponse:
    initial: dict[str, Any] = {"version": module.version}
    if block is not None:
        initial |= BLOCK_FORMS[kind].initial_of(block.content)
    unsaved = None
    if request.method != "POST":
        unsaved = found_writing(request, module, kind, block)
        initial |= unsaved.fields if unsaved else {}
    form = _form_of(request, module, kind, initial)
    conflict: list[tuple[forms.BoundField, Any]] = []
    if form.is_bound and form.is_valid():
        try:
            if kept := _keep_block(request.user, module, form, block):
                writings_of(request, module, kind, block).delete()
                return back_to(kept)
        except Outdated as error:
            take_new_version(form, module, error)
            conflict = _other_words(form, block)
    told = _page(module, form, kind, block) | {"unsaved": unsaved, "conflict": conflict}
    return render(request, "content/block.html", told, status=422 if form.is_bound else 200)


def _other_words(form: BlockForm, block: Block | None) -> list[tuple[forms.BoundField, Any]]:
    """Of each field in which the two differ: the field, and what the other person saved."""
    if block is None:
        return []
    block.refresh_from_db()
    theirs = form.initial_of(block.content)
    return [
        (form[name], theirs.get(name, ""))
        for name in form.fields
        if name in theirs and str(form[name].value() or "") != str(theirs[name] or "")
    ]


def _page(module: Module, form: BlockForm, kind: str, block: Block | None) -> dict[str, Any]:
    return {
        "form": form,
        "module": module,
        "kind": Block.Kind(kind),
        "standing": block,
        "most": uploads.PURPOSES.get(kind),
        "film": _about_film(block) if kind == Block.Kind.VIDEO else "",
        "turn": int(timezone.now().timestamp() * 1000),
    }


def _about_film(block: Block | None) -> str:
    """Whether phones get a smaller film, and if not why."""
    film = block.media if block else None
    if film is not None and film.small_id:
        return _("Phones play a smaller version of this film.")
    if film is not None and film.film == Media.Film.FAILED:
        return _("This film could not be made smaller. Phones play it as it is.")
    if film is not None and film.film == Media.Film.MADE:
        return _("This film is small enough for phones as it is.")
    if not actions.can_shrink():
        return _(
            "This server cannot make films smaller, because ffmpeg is not installed. Phones play "
            "them as they are: keep them short, or make them smaller first."
        )
    return _("Phones get a smaller version of this film, a few minutes after it is saved.")


def _keep_block(by: Person, module: Module, form: BlockForm, block: Block | None) -> Block | None:
    """Keep what the form says, its files first; or nothing, and the form tells why.

    Raises:
        Outdated: someone else changed the same block.
    """
    try:
        file = _taken_in(by, module, form, block)
        body = _with_captions(form, block)
    except actions.Refused as error:
        form.add_error("file", error)
        return None
    if form.errors:
        return None
    if block is None:
        return actions.add_block(module, kind=form.kind, body=body, media=file, by=by)
    version = form.cleaned_data["version"]
    return actions.change_block(block, version=version, body=body, media=file, by=by)


def _taken_in(by: Person, module: Module, form: BlockForm, block: Block | None) -> Media | None:
    """The file of a block: one that went ahead in parts, or one that came with the form."""
    if "file" not in form.fields:
        return None
    if (ahead := form.cleaned_data.get("upload")) is not None:
        with (
            actions.claim_upload(by, ahead, purpose=form.kind) as arrived,
            arrived.path.open("rb") as file,
        ):
            return _kept(module, form, file, arrived.name)
    upload = form.cleaned_data.get("file")
    if upload is not None:
        return _kept(module, form, upload, upload.name)
    if block is None:
        form.add_error("file", _("Choose a file."))
    return None


def _kept(module: Module, form: BlockForm, file: IO[bytes], name: str) -> Media:
    organisation = module.activity.organisation
    if not isinstance(form.body, Download):
        return actions.keep_upload(organisation, file, expected=form.kind)
    form.body = Download(form.body.title, file_name(name) or form.body.name)
    return actions.keep_file(organisation, file, name=form.body.name)


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
