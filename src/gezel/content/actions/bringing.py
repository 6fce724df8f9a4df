"""Bringing in what others made as modules of our own: a cartridge, or a file of questions."""

import hashlib
import io
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from gezel.content.actions.authoring import add_blocks, draft_module
from gezel.content.actions.files import Refused, keep_drawing, keep_file, keep_upload
from gezel.content.models import Block, Media, Module, ModuleIntake
from gezel.content.rules import cartridge, uploads
from gezel.content.rules.along.whole import read_as_it_was
from gezel.content.rules.bodies import Words
from gezel.content.rules.cartridge import Brought, CartridgeRefused, Made
from gezel.content.rules.cartridge.lists import LARGEST_FILE, read_questions
from gezel.content.rules.kinds import body_of
from gezel.kit.archives import Budget, unpack
from gezel.people.api import Organisation, Person

# A file that was looked at and not taken over goes after this.
WAITS = timedelta(days=1)
MEGABYTE = 1 << 20
# A course of pages and pictures; films stay out, so it never has to be as large as a package.
BUDGET = Budget(files=10_000, total=1_024 * MEGABYTE, one_file=256 * MEGABYTE)


def look_at(
    file: Path, *, organisation: Organisation, by: Person, name: str, language: str, key: uuid.UUID
) -> ModuleIntake:
    """Someone chose a file: it is read at once, and kept aside until they say what to do with it.

    The same `key` again gives the intake that stands. A file that came in here before is not read
    as new: its intake says which modules came of it.

    Raises:
        CartridgeRefused, ArchiveRefused: the file as a whole cannot be brought in.
    """
    if standing := ModuleIntake.objects.filter(pk=key, by=by).first():
        return standing
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    form, brought = _read(file, name, language)
    if not brought.modules:
        raise CartridgeRefused("nothing")
    intake = ModuleIntake(
        pk=key, organisation=organisation, by=by, name=name[:200], form=form, language=language,
        digest=digest, found=_told(brought),
    )  # fmt: skip
    intake.path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, intake.path)
    try:
        intake.save(force_insert=True)
    except BaseException:
        intake.path.unlink(missing_ok=True)
        raise
    return intake


def known_already(intake: ModuleIntake) -> ModuleIntake | None:
    """The intake by which this very file came in here before, if any of its modules still are."""
    return (
        ModuleIntake.objects.filter(
            organisation=intake.organisation_id,
            digest=intake.digest,
            state=ModuleIntake.State.DONE,
            made__isnull=False,
        )
        .exclude(pk=intake.pk)
        .order_by("created_at")
        .first()
    )


def take_over(intake: ModuleIntake) -> list[Module]:
    """Make every module that the preview showed, as drafts of who brought the file, or none.

    A second time gives the modules that came of it the first time.

    Raises:
        Refused: a picture or file in it proves to be something else; which. Nothing is made.
        CartridgeRefused: the file is no longer there.
    """
    if intake.state == ModuleIntake.State.DONE:
        return list(intake.made.order_by("pk"))
    if not intake.path.exists():
        raise CartridgeRefused("gone")
    with (
        _read_again(intake) as brought,
        _kept_files(intake, brought) as files,
        transaction.atomic(),
    ):
        locked = ModuleIntake.objects.select_for_update(of=("self",)).get(pk=intake.pk)
        if locked.state != ModuleIntake.State.READ:
            return list(locked.made.order_by("pk"))
        modules = [_make(locked, made, files) for made in brought.modules]
        locked.made.set(modules)
        locked.state = ModuleIntake.State.DONE
        locked.save(update_fields=["state"])
    intake.path.unlink(missing_ok=True)
    return modules


def added_already(intake: ModuleIntake, module: Module) -> bool:
    """Whether this very file stands in this module, by this intake or an earlier one."""
    return ModuleIntake.objects.filter(
        organisation=intake.organisation_id,
        digest=intake.digest,
        state=ModuleIntake.State.DONE,
        made=module,
    ).exists()


def add_to(intake: ModuleIntake, module: Module, *, by: Person) -> int:
    """Put the questions of a file behind what a module holds: all of them, or none; how many.

    It is one change of the module, which can be put back as one. A second time adds nothing.

    Raises:
        Refused: this is no file of questions, a picture in it proves to be something else, or the
            module would grow too long. Nothing is added.
        CartridgeRefused: the file is no longer there.
    """
    if intake.form == "cartridge":
        raise Refused(_("A course becomes modules of its own. Only questions go into a module."))
    if not intake.path.exists():
        raise CartridgeRefused("gone")
    with (
        _read_again(intake) as brought,
        _kept_files(intake, brought) as files,
        transaction.atomic(),
    ):
        locked = ModuleIntake.objects.select_for_update(of=("self",)).get(pk=intake.pk)
        if locked.state != ModuleIntake.State.READ or added_already(locked, module):
            return 0
        blocks = [block for made in brought.modules for block in made.blocks]
        add_blocks(
            module,
            [
                (block.kind, body_of(block.kind, block.body), files.get(id(block)))
                for block in blocks
            ],
            by=by,
        )
        locked.made.set([module])
        locked.state = ModuleIntake.State.DONE
        locked.save(update_fields=["state"])
    intake.path.unlink(missing_ok=True)
    return len(blocks)


def drop_intake(intake: ModuleIntake) -> None:
    """Someone thinks better of it; the file goes."""
    ModuleIntake.objects.filter(pk=intake.pk, state=ModuleIntake.State.READ).update(
        state=ModuleIntake.State.DROPPED, found={}
    )
    intake.path.unlink(missing_ok=True)


def sweep_intakes(now: datetime) -> int:
    """Let go of what nobody took over, and of files that no row speaks of; returns how many."""
    gone = 0
    for intake in ModuleIntake.objects.filter(
        state=ModuleIntake.State.READ, created_at__lt=now - WAITS
    ):
        drop_intake(intake)
        gone += 1
    home = Path(settings.MEDIA_ROOT) / "intakes"
    old = now.timestamp() - WAITS.total_seconds()
    for path in home.iterdir() if home.exists() else ():
        if path.stat().st_mtime >= old:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif not ModuleIntake.objects.filter(pk=path.name, state=ModuleIntake.State.READ).exists():
            path.unlink(missing_ok=True)
        gone += 1
    return gone


def _read(file: Path, name: str, language: str) -> tuple[str, Brought]:
    with file.open("rb") as opened:
        zipped = opened.read(2) == b"PK"
    if not zipped:
        with file.open("rb") as opened:
            return read_questions(opened.read(LARGEST_FILE + 1), name, language)
    with _unpacked(file) as (folder, names):
        return "cartridge", _brought(folder, names, language)


def _brought(folder: Path, names: list[str], language: str) -> Brought:
    if (own := read_as_it_was(folder, names)) is not None:
        return own
    if not cartridge.is_cartridge(folder, names):
        raise CartridgeRefused("package")
    return cartridge.read_cartridge(folder, names, language)


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[Path, list[str]]]:
    home = Path(settings.MEDIA_ROOT) / "intakes"
    home.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(prefix=".new-", dir=home))
    try:
        yield room / "in", unpack(file, room / "in", BUDGET)
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def _read_again(intake: ModuleIntake) -> Iterator[Brought]:
    """What the file brings, with its pictures at hand for as long as this lasts."""
    if intake.form != "cartridge":
        yield read_questions(intake.path.read_bytes(), intake.name, intake.language)[1]
        return
    with _unpacked(intake.path) as (folder, names):
        yield _brought(folder, names, intake.language)


@contextmanager
def _kept_files(intake: ModuleIntake, brought: Brought) -> Iterator[dict[int, Media]]:
    """Every picture and file of the blocks, taken in. If what is within fails, the new ones go.

    Raises:
        Refused: one of them proves to be something else; its name stands before the reason.
    """
    standing = set(
        Media.objects.filter(organisation=intake.organisation_id).values_list("pk", flat=True)
    )
    kept: dict[int, Media] = {}
    try:
        for made in brought.modules:
            for block in made.blocks:
                if block.file is not None:
                    kept[id(block)] = _file_of(intake.organisation, block, made.title)
        yield kept
    except BaseException:
        for media in kept.values():
            if media.pk not in standing and not media.blocks.exists():
                name = media.file.name
                Media.objects.filter(pk=media.pk).delete()
                if name:
                    default_storage.delete(name)
        raise


def _file_of(organisation: Organisation, block: cartridge.Block, title: str) -> Media:
    file = block.file if isinstance(block.file, bytes) else block.file.read_bytes()  # type: ignore[union-attr]
    # What went out from here was drawn anew then: the very same file is the same picture.
    known = Media.objects.filter(
        organisation=organisation, digest=hashlib.sha256(file).hexdigest()
    ).first()
    if known is not None and (block.kind == "file" or known.kind in uploads.PICTURES):
        return known
    upload = io.BytesIO(file)
    try:
        if block.kind == "file":
            return keep_file(organisation, upload, name=block.body["name"])
        if block.kind == "image" and block.name.endswith(".svg"):
            return _drawing(organisation, file)
        return keep_upload(organisation, upload, expected=block.kind)
    except Refused as refused:
        raise Refused(f"{block.name or title}: {refused.messages[0]}") from refused


def _drawing(organisation: Organisation, file: bytes) -> Media:
    """A drawing comes in only with a module that went out from a Gezel, and only as shapes."""
    try:
        return keep_drawing(organisation, file)
    except uploads.NotADrawing:
        return keep_upload(organisation, io.BytesIO(file), expected="image")


def _make(intake: ModuleIntake, made: Made, files: dict[int, Media]) -> Module:
    module = draft_module(
        intake.organisation,
        by=intake.by,
        title=made.titles or Words(**{intake.language: made.title}),
        goal=made.goals,
        minutes=made.minutes,
        pass_percent=made.pass_percent,
        key=uuid.uuid5(intake.pk, made.key),
    )
    Block.objects.bulk_create(
        [
            Block(
                module=module,
                position=place,
                kind=block.kind,
                body=body_of(block.kind, block.body).kept(),
                media=files.get(id(block)),
            )
            for place, block in enumerate(made.blocks)
        ]
    )
    return module


def _first_words(body: Mapping[str, Any]) -> str:
    """What a block is known by in the preview."""
    told = (body[name] for name in ("prompt", "title", "body", "alt") if body.get(name))
    words: Mapping[str, str] = next(told, {})
    return " ".join(next((said for said in words.values() if said), "").split())[:160]


def _told(brought: Brought) -> dict[str, Any]:
    """What the preview shows, as it is kept."""
    return {
        "title": brought.title,
        "modules": [
            {
                "title": made.title,
                "minutes": made.minutes,
                "kinds": dict(Counter(block.kind for block in made.blocks)),
                "asks": [_first_words(block.body) for block in made.blocks],
            }
            for made in brought.modules
        ],
        "left": [
            {"what": left.what, "why": left.why, "where": left.where} for left in brought.left
        ],
    }
