"""Making and changing modules."""

import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity, ActivitySkill, Taught, keep_findable, offer
from gezel.content.actions.files import keep_captions, keep_drawing, keep_upload
from gezel.content.models import Block, Media, Module
from gezel.content.rules import bodies, uploads
from gezel.people.api import Organisation, Person

# Room between the places blocks have while they are put in a new order.
_ASIDE = 10_000


class Outdated(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """Someone else changed the module since this page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone changed this module while you were writing. Your text is still here: "
                "look at what changed, and save again if it still fits."
            )
        )


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
) -> tuple[str, bodies.Body, Media | None]:
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
    body = bodies.body_of(kind, rest)
    if kind not in {Block.Kind.IMAGE, Block.Kind.VIDEO}:
        return kind, body, None
    data = files[str(raw["file"])]
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


@transaction.atomic
def change_module(
    module: Module,
    *,
    version: int,
    title: bodies.Words,
    goal: bodies.Words,
    minutes: int,
    pass_percent: int,
    teaches: Iterable[Taught],
) -> int:
    """Other words, time or skills around the same blocks. Returns the new version.

    Raises:
        Outdated: the module changed since `version`.
    """
    new = _next_version(module, version)
    Module.objects.filter(pk=module.pk).update(
        goal_nl=goal.nl, goal_en=goal.en, minutes=minutes, pass_percent=pass_percent
    )
    Activity.objects.filter(pk=module.activity_id).update(
        **told_of(title, goal, minutes), version=F("version") + 1
    )
    teach(module.activity_id, teaches)
    return new


@transaction.atomic
def add_block(
    module: Module, *, version: int, kind: str, body: bodies.Body, media: Media | None = None
) -> Block:
    """A new block at the end.

    Raises:
        Outdated: the module changed since `version`.
    """
    new = _next_version(module, version)
    last = module.blocks.current().aggregate(last=Max("position"))["last"]
    return Block.objects.create(
        module=module,
        position=0 if last is None else last + 1,
        kind=kind,
        body=body.kept(),
        media=media,
        since=new,
    )


@transaction.atomic
def change_block(
    block: Block, *, version: int, body: bodies.Body, media: Media | None = None
) -> Block:
    """Other words or another file in a block; without `media` the file stays.

    Once anyone has begun the module, the old block stays as it was for them and their answers,
    and a new one takes its place for who begins from now on.

    Raises:
        Outdated: the module changed since `version`.
    """
    new = _next_version(block.module, version)
    file = media or block.media
    if not _begun(block.module):
        Block.objects.filter(pk=block.pk).update(body=body.kept(), media=file)
        block.refresh_from_db()
        return block
    Block.objects.filter(pk=block.pk).update(retired_in=new)
    return Block.objects.create(
        module=block.module,
        position=block.position,
        kind=block.kind,
        body=body.kept(),
        media=file,
        since=new,
    )


@transaction.atomic
def remove_block(block: Block, *, version: int) -> None:
    """Take a block out; who is in the middle keeps it, with their answers.

    Raises:
        Outdated: the module changed since `version`.
    """
    new = _next_version(block.module, version)
    if _begun(block.module):
        Block.objects.filter(pk=block.pk).update(retired_in=new)
    else:
        Block.objects.filter(pk=block.pk).delete()


@transaction.atomic
def move_block(block: Block, *, version: int, up: bool) -> None:
    """One place up or down; at the end of the row nothing happens.

    Raises:
        Outdated: the module changed since `version`.
    """
    _next_version(block.module, version)
    around = block.module.blocks.current().exclude(pk=block.pk)
    other = (
        around.filter(position__lt=block.position).last()
        if up
        else around.filter(position__gt=block.position).first()
    )
    if other is None:
        return
    # Two blocks may not stand in one place, not for a moment either.
    Block.objects.filter(pk=block.pk).update(position=F("position") + _ASIDE)
    Block.objects.filter(pk=other.pk).update(position=block.position)
    Block.objects.filter(pk=block.pk).update(position=other.position)


@transaction.atomic
def open_up(module: Module) -> None:
    """Put a module on offer: from now on colleagues find and play it.

    Raises:
        ValidationError: there is nothing in it yet.
    """
    if not module.blocks.current().exists():
        raise ValidationError(_("Add at least one block before you put this module on offer."))
    Activity.objects.filter(pk=module.activity_id).update(state=Activity.State.OPEN)


@transaction.atomic
def close(module: Module) -> None:
    """Take a module off offer; who is in the middle may finish."""
    Activity.objects.filter(pk=module.activity_id).update(state=Activity.State.CLOSED)


def _next_version(module: Module, version: int) -> int:
    """One step up, if nobody else took it; the database decides."""
    stepped = Module.objects.filter(pk=module.pk, version=version).update(version=F("version") + 1)
    if not stepped:
        raise Outdated
    return version + 1


def _begun(module: Module) -> bool:
    return module.attempts.exists()
