"""Versions of a module: kept after every change, and put back when someone wants that.

A change is checked against what it is about: two people in different blocks do not hinder each
other, and two in the same block are both told, with both texts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import ActivitySkill, Taught
from gezel.content.models import Block, Media, Module, Snapshot, SnapshotFile, Writing
from gezel.people.api import Person

MOST_SNAPSHOTS = 50


class Outdated(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """Someone else changed the same words since this page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone changed this module while you were writing. Your text is still here: "
                "look at what changed, and save again if it still fits."
            )
        )


@contextmanager
def changing(
    module: Module, *, done: str, by: Person | None, told_since: int | None = None
) -> Iterator[int]:
    """One change of a module: takes the next version, and keeps a snapshot when it went well.

    Args:
        done: what is done, a code that the page of versions puts into words ("added", "changed").
        told_since: the version the title and goal were read in, if these are what changes.

    Yields:
        The new version.

    Raises:
        Outdated: title or goal changed since `told_since`, or two changes came at one moment.
    """
    with transaction.atomic():
        now = Module.objects.select_for_update().select_related(None).get(pk=module.pk)
        if told_since is not None and now.told_in > told_since:
            raise Outdated
        stepped = Module.objects.filter(pk=module.pk, version=now.version).update(
            version=F("version") + 1
        )
        if not stepped:
            raise Outdated
        new = now.version + 1
        if not Snapshot.objects.filter(module=module.pk, version=now.version).exists():
            keep_snapshot(module, version=now.version, done="before", by=None)
        yield new
        keep_snapshot(module, version=new, done=done, by=by)


def keep_snapshot(module: Module, *, version: int, done: str, by: Person | None) -> Snapshot:
    """The whole of a module as it stands at this version; the oldest beyond fifty go."""
    kept = Snapshot.objects.create(
        module_id=module.pk, version=version, whole=whole_of(module.pk), done=done, by=by
    )
    shown = {raw["media"] for raw in kept.whole["blocks"] if raw["media"]}
    SnapshotFile.objects.bulk_create(SnapshotFile(snapshot=kept, media_id=pk) for pk in shown)
    old = (
        Snapshot.objects.filter(module=module.pk)
        .order_by("-version")
        .values_list("version", flat=True)[MOST_SNAPSHOTS:]
    )
    oldest_kept = old.first()
    if oldest_kept is not None:
        Snapshot.objects.filter(module=module.pk, version__lte=oldest_kept).delete()
    return kept


def whole_of(module_pk: int) -> dict[str, Any]:
    """A module as plain data: what `restore` reads."""
    module = Module.objects.select_related("activity").get(pk=module_pk)
    return {
        "title": {"nl": module.activity.title_nl, "en": module.activity.title_en},
        "goal": {"nl": module.goal_nl, "en": module.goal_en},
        "minutes": module.minutes,
        "pass_percent": module.pass_percent,
        "teaches": list(
            ActivitySkill.objects.filter(activity=module.activity_id)
            .order_by("pk")
            .values_list("skill_id", "from_level", "to_level")
        ),
        "blocks": [
            {"block": block.pk, "kind": block.kind, "body": block.body, "media": block.media_id}
            for block in module.blocks.current()
        ],
    }


def restore(module: Module, snapshot: Snapshot, *, by: Person) -> int:
    """Put a module back as it stood; what stood until now stays a version too.

    Blocks that are the same stay the same rows, so that who is in the middle notices nothing.
    Returns the new version.
    """
    # They call each other: authoring needs versions, and putting back is authoring.
    from gezel.content.actions.authoring import begun, tell  # noqa: PLC0415

    whole = snapshot.whole
    with changing(module, done="restored", by=by) as new:
        tell(module, new, whole, [Taught(*row) for row in whole["teaches"]])
        standing = {block.pk: block for block in module.blocks.current()}
        Block.objects.filter(pk__in=standing).update(position=F("position") + 20_000)
        kept: set[int] = set()
        files = set(
            Media.objects.filter(
                organisation=module.activity.organisation_id,
                pk__in=[raw["media"] for raw in whole["blocks"] if raw["media"]],
            ).values_list("pk", flat=True)
        )
        for place, raw in enumerate(whole["blocks"]):
            same = standing.get(raw["block"])
            if same is not None and same.body == raw["body"] and same.media_id == raw["media"]:
                Block.objects.filter(pk=same.pk).update(position=place)
                kept.add(same.pk)
                continue
            Block.objects.create(
                module=module,
                position=place,
                kind=raw["kind"],
                body=raw["body"],
                media_id=raw["media"] if raw["media"] in files else None,
                since=new,
                changed_in=new,
            )
        gone = Block.objects.filter(pk__in=standing.keys() - kept)
        if begun(module):
            gone.update(retired_in=new)
        else:
            gone.delete()
    return new


def in_order(module: Module, pks: list[int], *, by: Person | None) -> bool:
    """Have the blocks stand in this order; blocks not named keep their place after those named.

    Returns False when nothing had to move. Names that are no block here are passed over, so an
    order from a page that is a little old still does what was meant.
    """
    standing = list(module.blocks.current().values_list("pk", flat=True))
    named = [pk for pk in dict.fromkeys(pks) if pk in standing]
    wanted = named + [pk for pk in standing if pk not in named]
    if wanted == standing:
        return False
    with changing(module, done="moved", by=by):
        top = module.blocks.current().aggregate(top=Max("position"))["top"] or 0
        # Two blocks may not stand in one place, not for a moment either.
        for place, pk in enumerate(wanted):
            Block.objects.filter(pk=pk).update(position=top + 1 + place)
    return True


def keep_writing(
    person: Person,
    module: Module,
    *,
    kind: str,
    block: Block | None,
    fields: dict[str, Any],
    turn: int,
) -> bool:
    """Keep what someone is writing. An older `turn` than what stands changes nothing: False.

    The same turn again is the same words, so a request sent twice does no harm.
    """
    mine = Writing.objects.filter(person=person, module=module, block=block)
    if block is None:
        mine = mine.filter(kind=kind)
    now = timezone.now()
    if mine.filter(turn__lte=turn).update(fields=fields, turn=turn, kind=kind, at=now):
        return True
    fresh = Writing(
        person=person, module=module, block=block, kind=kind, fields=fields, turn=turn, at=now
    )
    # One that stands has a later turn, and stays.
    Writing.objects.bulk_create([fresh], ignore_conflicts=True)
    return mine.filter(turn=turn).exists()


def successor(block: Block) -> Block | None:
    """The block that stands where this one stood; None when it was taken out."""
    found: Block | None = block
    while found is not None and found.retired_in is not None:
        found = Block.objects.filter(
            module=found.module_id,
            position=found.position,
            kind=found.kind,
            since=found.retired_in,
        ).first()
    return found
