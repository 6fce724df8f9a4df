"""What is around a session: material before and after, and what people take along."""

import uuid

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.content.api import Media, Refused, keep_file
from gezel.gatherings.models import Attendance, Gathering, Material, Takeaway
from gezel.people.api import Person

MOST_MATERIALS = 20
LARGEST = 25 * 1024 * 1024


@transaction.atomic
def add_material(
    gathering: Gathering,
    *,
    when: str,
    title: str = "",
    link: str = "",
    activity: Activity | None = None,
    file: "File[bytes] | None" = None,
    key: uuid.UUID,
) -> Material:
    """Something to read or do before or after it; the same key is the same piece.

    Raises:
        ValidationError: it leads nowhere or to two places, there are many already, or the file is
            none that is taken in.
    """
    known = Material.objects.filter(key=key).first()
    if known is not None:
        return known
    if sum((activity is not None, bool(link), file is not None)) != 1:
        raise ValidationError(
            {"link": _("Give a link or a file, or choose something from the catalogue.")}
        )
    named = file.name or "" if file is not None else ""
    title = title.strip() or (named.rpartition(".")[0] or named)[:200]
    if activity is None and not title:
        raise ValidationError({"title": _("Say in a few words what it is.")})
    if gathering.materials.count() >= MOST_MATERIALS:
        raise ValidationError(_("Twenty is enough. Take something away first."))
    return Material.objects.create(
        gathering=gathering,
        when=when,
        title=title,
        link=link,
        activity=activity,
        media=_kept(gathering, file) if file is not None else None,
        filename=named[-150:],
        key=key,
    )


def _kept(gathering: Gathering, file: "File[bytes]") -> Media:
    """The file, told by its content; it is only ever served as a download.

    Raises:
        ValidationError: too large, not a file we take, or another thing than its name says.
    """
    if (file.size or 0) > LARGEST:
        raise ValidationError(
            {"file": _("This file is larger than 25 MB. Choose a smaller one, or give a link.")}
        )
    try:
        return keep_file(gathering.organisation, file, name=file.name or "")
    except Refused as refused:
        raise ValidationError({"file": refused.messages[0]}) from refused


@transaction.atomic
def drop_material(gathering: Gathering, pk: int) -> None:
    """This need not be there any more; a file goes with it, unless it is used elsewhere."""
    found = Material.objects.filter(gathering=gathering, pk=pk).select_related("media").first()
    if found is None:
        return
    found.delete()
    if found.media is None:
        return
    name = found.media.file.name
    try:
        with transaction.atomic():
            found.media.delete()
    except ProtectedError:
        return
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


@transaction.atomic
def take_along(gathering: Gathering, person: Person, text: str) -> Takeaway | None:
    """Someone says what they will use of it; empty takes it back.

    Raises:
        ValidationError: they were not there.
    """
    there = Attendance.objects.filter(gathering=gathering, person=person)
    newest = there.order_by("-noted_at", "-pk").first()
    if newest is None or newest.kind in {Attendance.Kind.ABSENT, Attendance.Kind.EXCUSED}:
        raise ValidationError(_("Only people who were there are asked this."))
    if not text.strip():
        Takeaway.objects.filter(gathering=gathering, person=person).delete()
        return None
    told, _new = Takeaway.objects.update_or_create(
        gathering=gathering,
        person=person,
        defaults={"text": text.strip()[:500], "written_at": timezone.now()},
    )
    return told
