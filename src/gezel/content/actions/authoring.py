"""Making and changing modules."""

import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Max
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity, ActivitySkill, Taught, keep_findable, offer
from gezel.content.actions.files import Refused, keep_captions, keep_drawing, keep_file, keep_upload
from gezel.content.actions.versions import Outdated, changing, in_order
from gezel.content.models import Block, ContentSettings, Media, Module, PeerReview
from gezel.content.rules import bodies, kinds, uploads
from gezel.content.rules.cartridge.lists import MOST_BLOCKS
from gezel.people.api import Organisation, Person

# The kinds of block that hold a file.
WITH_FILE = frozenset({Block.Kind.IMAGE, Block.Kind.VIDEO, Block.Kind.AUDIO, Block.Kind.FILE})


def make_module(
    activity: Activity,
    *,
    goal: Mapping[str, str],
    minutes: int,
    pass_percent: int = 0,
    blocks: Sequence[Mapping[str, Any]],
    media: Mapping[str, bytes] | None = None,
) -> Module:
    """A whole module at once, from our own files; the README tells the shape of each block.

    Only for content that we made: it alone may bring drawings (SVG).

    Raises:
        Malformed, Refused, NotADrawing, KeyError: which block is wrong, and what.
    """
    files = media or {}
    drawn = [_handed_in(activity.organisation, raw, files) for raw in blocks]
    with transaction.atomic():
        module = Module.objects.create(
            activity=activity,
            goal_nl=goal.get("nl", ""),
            goal_en=goal.get("en", ""),
            minutes=minutes,
            pass_percent=pass_percent,
        )
        Block.objects.bulk_create(
            [
                Block(module=module, position=place, kind=kind, body=body.kept(), media=file)
                for place, (kind, body, file) in enumerate(drawn)
            ]
        )
    return module


def _handed_in(
    organisation: Organisation, raw: Mapping[str, Any], files: Mapping[str, bytes]
) -> tuple[str, kinds.Body, Media | None]:
    """One block of `make_module`: its kind, its body, and its file taken in."""
    rest = {key: value for key, value in raw.items() if key not in {"kind", "file", "option"}}
    kind = str(raw.get("kind", ""))
    if "option" in raw:
        rest["options"] = raw["option"]
    if kind == Block.Kind.VIDEO:
        rest["captions"] = {
            language: keep_captions(files[rest.pop(f"captions_{language}")].decode())
            for language in ("nl", "en")
            if f"captions_{language}" in rest
        }
    if kind == Block.Kind.FILE:
        rest.setdefault("name", raw.get("file", ""))
    body = kinds.body_of(kind, rest)
    if kind not in WITH_FILE:
        return kind, body, None
    data = files[str(raw["file"])]
    if isinstance(body, kinds.Download):
        return kind, body, keep_file(organisation, io.BytesIO(data), name=body.name)
    if kind == Block.Kind.IMAGE and not uploads.kind_of(data[: uploads.HEAD]):
        return kind, body, keep_drawing(organisation, data)
    return kind, body, keep_upload(organisation, io.BytesIO(data), expected=kind)


@transaction.atomic
def draft_module(
    organisation: Organisation,
    *,
    by: Person,
    title: bodies.Words,
    goal: bodies.Words,
    minutes: int,
    pass_percent: int = 0,
    teaches: Iterable[Taught] = (),
    key: uuid.UUID | None = None,
) -> Module:
    """A colleague begins a module; it stands in the catalogue as a draft nobody else plays.

    The same `key` again gives back the module that stands, so a form sent twice is one.
    """
    activity = offer(
        organisation,
        fields=told_of(title, goal, minutes)
        | {
            "kind": Activity.Kind.MODULE,
            "mix": Activity.Mix.FORMAL,
            "form": Activity.Form.ONLINE,
            "state": Activity.State.DRAFT,
        },
        teaches=teaches,
        shared_by=by,
        key=key,
    )
    module, _new = Module.objects.get_or_create(
        activity=activity,
        defaults={
            "goal_nl": goal.nl,
            "goal_en": goal.en,
            "minutes": minutes,
            "pass_percent": pass_percent,
        },
    )
    return module


def told_of(title: bodies.Words, goal: bodies.Words, minutes: int) -> dict[str, Any]:
    """What the catalogue tells of a module."""
    return {
        "title_nl": title.nl,
        "title_en": title.en,
        "summary_nl": goal.nl,
        "summary_en": goal.en,
        "hours": (Decimal(minutes) / 60).quantize(Decimal("0.01")),
        "in_dutch": bool(title.nl),
        "in_english": bool(title.en),
    }


def teach(activity_pk: int, teaches: Iterable[Taught]) -> None:
    """What an activity of ours teaches is this, and nothing else."""
    ActivitySkill.objects.filter(activity=activity_pk).delete()
    ActivitySkill.objects.bulk_create(
        [
            ActivitySkill(
                activity_id=activity_pk,
                skill_id=t.skill_pk,
                from_level=t.from_level,
                to_level=t.to_level,
            )
            for t in teaches
        ]
    )
    keep_findable([activity_pk])


def change_module(
    module: Module,
    *,
    version: int,
    title: bodies.Words,
    goal: bodies.Words,
    minutes: int,
    pass_percent: int,
    teaches: Iterable[Taught],
    by: Person | None = None,
) -> int:
    """Other words, time or skills around the same blocks. Returns the new version.

    Raises:
        Outdated: these changed since `version`.
    """
    told = {
        "title": title.kept(),
        "goal": goal.kept(),
        "minutes": minutes,
        "pass_percent": pass_percent,
    }
    with changing(module, done="about", by=by, told_since=version) as new:
        tell(module, new, told, teaches)
    return new


def tell(module: Module, new: int, told: Mapping[str, Any], teaches: Iterable[Taught]) -> None:
    """Write what a module is about, here and in the catalogue, as of version `new`."""
    goal, title = bodies.Words(**told["goal"]), bodies.Words(**told["title"])
    Module.objects.filter(pk=module.pk).update(
        goal_nl=goal.nl,
        goal_en=goal.en,
        minutes=told["minutes"],
        pass_percent=told["pass_percent"],
        told_in=new,
    )
    Activity.objects.filter(pk=module.activity_id).update(
        **told_of(title, goal, told["minutes"]), version=F("version") + 1
    )
    teach(module.activity_id, teaches)


def add_block(
    module: Module,
    *,
    kind: str,
    body: kinds.Body,
    media: Media | None = None,
    by: Person | None = None,
    version: int | None = None,
) -> Block:
    """A new block at the end."""
    with changing(module, done="added", by=by) as new:
        last = module.blocks.current().aggregate(last=Max("position"))["last"]
        return Block.objects.create(
            module=module,
            position=0 if last is None else last + 1,
            kind=kind,
            body=body.kept(),
            media=media,
            since=new,
            changed_in=new,
        )


def add_blocks(
    module: Module,
    blocks: Sequence[tuple[str, kinds.Body, Media | None]],
    *,
    by: Person | None = None,
) -> None:
    """Several new blocks at the end, as one change: kind, body and file of each.

    Raises:
        Refused: the module would be longer than anyone plays.
    """
    with changing(module, done="added", by=by) as new:
        there = module.blocks.current().aggregate(last=Max("position"), n=Count("pk"))
        if there["n"] + len(blocks) > MOST_BLOCKS:
            raise Refused(
                _("The module would have %(n)s blocks; at most %(most)s fit. Split the file.")
                % {"n": there["n"] + len(blocks), "most": MOST_BLOCKS}
            )
        first = 0 if there["last"] is None else there["last"] + 1
        Block.objects.bulk_create(
            [
                Block(
                    module=module,
                    position=first + place,
                    kind=kind,
                    body=body.kept(),
                    media=media,
                    since=new,
                    changed_in=new,
                )
                for place, (kind, body, media) in enumerate(blocks)
            ]
        )


def change_block(
    block: Block,
    *,
    version: int,
    body: kinds.Body,
    media: Media | None = None,
    by: Person | None = None,
) -> Block:
    """Other words or another file in a block; without `media` the file stays.

    Once anyone has begun the module, the old block stays as it was for them and their answers,
    and a new one takes its place for who begins from now on.

    Raises:
        Outdated: this block changed or went since `version`.
    """
    with changing(block.module, done="changed", by=by) as new:
        stands = Block.objects.filter(pk=block.pk).first()
        if stands is None or stands.retired_in is not None or stands.changed_in > version:
            raise Outdated
        file = media or stands.media
        if not begun(block.module):
            Block.objects.filter(pk=block.pk).update(body=body.kept(), media=file, changed_in=new)
            block.refresh_from_db()
            return block
        Block.objects.filter(pk=block.pk).update(retired_in=new)
        return Block.objects.create(
            module=block.module,
            position=stands.position,
            kind=block.kind,
            body=body.kept(),
            media=file,
            since=new,
            changed_in=new,
        )


def remove_block(block: Block, *, version: int, by: Person | None = None) -> None:
    """Take a block out; who is in the middle keeps it, with their answers.

    Raises:
        Outdated: this block changed since `version`.
    """
    with changing(block.module, done="removed", by=by) as new:
        found = Block.objects.filter(pk=block.pk)
        if found.filter(changed_in__gt=version).exists():
            raise Outdated
        if begun(block.module):
            found.update(retired_in=new)
        else:
            found.delete()


def move_block(
    block: Block,
    *,
    up: bool,
    by: Person | None = None,
    version: int | None = None,
) -> None:
    """One place up or down; at the end of the row nothing happens."""
    order = list(block.module.blocks.current().values_list("pk", flat=True))
    place = order.index(block.pk)
    other = place + (-1 if up else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        in_order(block.module, order, by=by)


@transaction.atomic
def open_up(module: Module) -> None:
    """Put a module on offer: from now on colleagues find and play it.

    Raises:
        ValidationError: there is nothing in it yet, or another colleague has to look first.
    """
    if not module.blocks.current().exists():
        raise ValidationError(_("Add at least one block before you put this module on offer."))
    if must_be_reviewed(module):
        raise ValidationError(
            _("Your organisation asks that another colleague looks first: send it for review.")
        )
    Activity.objects.filter(pk=module.activity_id).update(state=Activity.State.OPEN)


def must_be_reviewed(module: Module) -> bool:
    """Whether a colleague has to look before it goes wide: it has not been approved as it is."""
    if not ContentSettings.of(module.activity.organisation_id).review_first:
        return False
    version = Module.objects.values_list("version", flat=True).get(pk=module.pk)
    return not module.reviews.filter(state=PeerReview.State.APPROVED, version=version).exists()


@transaction.atomic
def close(module: Module) -> None:
    """Take a module off offer; who is in the middle may finish."""
    Activity.objects.filter(pk=module.activity_id).update(state=Activity.State.CLOSED)


def begun(module: Module) -> bool:
    """Whether anyone has begun it, so that its blocks may not change under their answers."""
    return module.attempts.exists()
