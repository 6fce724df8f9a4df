"""Making tests: parts, items, a second pair of eyes, versions."""

import io
import uuid
from collections.abc import Sequence
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gezel.assessment import queries
from gezel.assessment.models import Item, Part, Test
from gezel.assessment.rules.bodies import Words
from gezel.content.api import Media, keep_upload
from gezel.people.api import Organisation, Person
from gezel.skills.api import Skill

# Answers before an item that was tried out may count (Linacre 1994: 27-61 for half a logit).
TRIED = 30


class Outdated(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """Someone else changed the item since this page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone changed this question while you were writing. Your text is still here: "
                "look at what changed, and save again if it still fits."
            )
        )


class NotPossible(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """The item or test is not in a state for this; the message says what to do."""


@transaction.atomic
def make_test(
    organisation: Organisation,
    skill: Skill,
    *,
    parts: Sequence[Words],
    key: uuid.UUID | None = None,
) -> Test:
    """A test for a skill, being made; the one there is, where there is one."""
    test, new = Test.objects.get_or_create(
        organisation=organisation, skill=skill, defaults={"key": key or uuid.uuid4()}
    )
    if new:
        name_parts(test, parts)
    return test


@transaction.atomic
def name_parts(test: Test, parts: Sequence[Words]) -> None:
    """The parts of a test in order: renamed by place, added at the end, the last ones removed.

    Raises:
        NotPossible: a part that would go still has items.
    """
    standing = list(Part.objects.select_for_update().filter(test=test).order_by("position"))
    for place, words in enumerate(parts):
        if place < len(standing):
            Part.objects.filter(pk=standing[place].pk).update(name_nl=words.nl, name_en=words.en)
        else:
            Part.objects.create(test=test, name_nl=words.nl, name_en=words.en, position=place)
    for part in standing[len(parts) :]:
        if part.items.exists():
            raise NotPossible(
                _("“%(part)s” still has questions, so it cannot go.") % {"part": str(part)}
            )
        part.delete()


@transaction.atomic
def open_test(test: Test) -> None:
    """Colleagues can take it from now on.

    Raises:
        NotPossible: nothing in it counts.
    """
    if not test.items.filter(state=Item.State.LIVE).exists():
        raise NotPossible(_("Put at least one question in use first."))
    Test.objects.filter(pk=test.pk).update(state=Test.State.OPEN)


@transaction.atomic
def close_test(test: Test) -> None:
    """Nobody begins it any more; who is in it may finish."""
    Test.objects.filter(pk=test.pk).update(state=Test.State.CLOSED)


def _picture(test: Test, upload: IO[bytes] | bytes | None) -> Media | None:
    if upload is None:
        return None
    file = io.BytesIO(upload) if isinstance(upload, bytes) else upload
    return keep_upload(test.organisation, file, expected="image")


@transaction.atomic
def draft_item(
    test: Test,
    *,
    part: Part,
    kind: str,
    body: dict[str, Any],
    hardness: int | None,
    by: Person | None,
    picture: IO[bytes] | bytes | None = None,
    digest: str = "",
    key: uuid.UUID | None = None,
) -> Item:
    """A new question, as a draft. The same `key` again gives back the one that stands.

    Raises:
        content Refused: the picture cannot be taken in.
    """
    item, _new = Item.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "test": test,
            "part": part,
            "kind": kind,
            "body": body,
            "hardness": hardness,
            "written_by": by,
            "media": _picture(test, picture),
            "digest": digest,
        },
    )
    return item


@transaction.atomic
def change_item(
    item: Item,
    *,
    edition: int,
    part: Part,
    body: dict[str, Any],
    hardness: int | None,
    by: Person,
    picture: IO[bytes] | None = None,
    without_picture: bool = False,
) -> Item:
    """Change a question. A draft is changed and must be checked (again); what is in use stays as
    it is, with its answers, and a new version begins as a draft.

    Raises:
        Outdated: someone was first. Refused: the picture cannot be taken in.
        NotPossible: it is retired, or another version is being made already.
    """
    locked = Item.objects.select_for_update(of=("self",)).select_related("test").get(pk=item.pk)
    if locked.edition != edition:
        raise Outdated
    if locked.state == Item.State.RETIRED:
        raise NotPossible(_("This version is retired; change the newest one."))
    media = _picture(locked.test, picture) or (None if without_picture else locked.media)
    told = {"part": part, "body": body, "hardness": hardness, "media": media}
    if locked.is_being_made:
        Item.objects.filter(pk=locked.pk).update(
            **told, edition=edition + 1, state=Item.State.DRAFT, written_by=by, reviewed_by=None,
            remark="",
        )  # fmt: skip
        locked.refresh_from_db()
        return locked
    versions = queries.history(locked)
    if versions[0].is_being_made:
        raise NotPossible(_("A newer version of this question is being made. Change that one."))
    return Item.objects.create(
        test=locked.test,
        kind=locked.kind,
        lineage=locked.lineage,
        version=versions[0].version + 1,
        written_by=by,
        **told,
    )


@transaction.atomic
def approve(item: Item, *, by: Person) -> None:
    """A second pair of eyes finds the question right.

    Raises:
        NotPossible: it is no draft, one's own, or not said for which level it is.
    """
    locked = Item.objects.select_for_update().get(pk=item.pk)
    if locked.state != Item.State.DRAFT:
        raise NotPossible(_("This question is not waiting to be checked."))
    if locked.written_by_id == by.pk:
        raise NotPossible(_("You wrote this question yourself; someone else checks it."))
    if locked.hardness is None:
        raise NotPossible(_("Say first which level gets it right half the time."))
    Item.objects.filter(pk=locked.pk).update(
        state=Item.State.REVIEWED, reviewed_by=by, remark="", edition=locked.edition + 1
    )


@transaction.atomic
def send_back(item: Item, *, by: Person, remark: str) -> None:
    """The question goes back to who wrote it, with what to look at.

    Raises:
        NotPossible: it is not being made, or there is no remark.
    """
    locked = Item.objects.select_for_update().get(pk=item.pk)
    if not locked.is_being_made:
        raise NotPossible(_("This question is not waiting to be checked."))
    if not remark.strip():
        raise NotPossible(_("Write what should be looked at."))
    Item.objects.filter(pk=locked.pk).update(
        state=Item.State.DRAFT, reviewed_by=None, remark=remark.strip()[:500],
        edition=locked.edition + 1,
    )  # fmt: skip


@transaction.atomic
def put_in_use(item: Item) -> Item:
    """A checked question comes into use; an older version of it goes.

    In a test that people take already it is tried out first: put to some, counted for nobody,
    until thirty answered. A new version is another question to the figures, so it begins anew.

    Raises:
        NotPossible: nobody checked it.
    """
    test = Test.objects.select_for_update().select_related(None).get(pk=item.test_id)
    locked = Item.objects.select_for_update().get(pk=item.pk)
    if locked.is_in_use:
        return locked
    if locked.state != Item.State.REVIEWED:
        raise NotPossible(_("Someone else checks this question first."))
    Item.objects.in_use().filter(lineage=locked.lineage).update(state=Item.State.RETIRED)
    tried_out = test.started > 0 and test.state == Test.State.OPEN
    locked.state = Item.State.TRIAL if tried_out else Item.State.LIVE
    locked.difficulty, locked.slope = locked.expected, 1.0
    locked.since_started = test.started
    locked.save(update_fields=["state", "difficulty", "slope", "since_started"])
    return locked


@transaction.atomic
def trial_passed(item: Item) -> None:
    """A question that was tried out counts from now on.

    Raises:
        NotPossible: fewer than thirty answered it.
    """
    locked = Item.objects.select_for_update().get(pk=item.pk)
    if locked.state != Item.State.TRIAL:
        raise NotPossible(_("This question is not on trial."))
    if locked.figures.get("answers", 0) < TRIED:
        raise NotPossible(
            _("Fewer than %(n)s people answered it; let it run a while longer.") % {"n": TRIED}
        )
    Item.objects.filter(pk=locked.pk).update(state=Item.State.LIVE)


@transaction.atomic
def retire(item: Item) -> None:
    """A question goes out of use; its answers stay. Who has it before them may still answer it."""
    Item.objects.filter(pk=item.pk).exclude(state=Item.State.RETIRED).update(
        state=Item.State.RETIRED
    )
