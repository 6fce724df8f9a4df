"""What is around a session: material before and after, and what people take along."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.gatherings.models import Attendance, Gathering, Material, Takeaway
from gezel.people.api import Person

MOST_MATERIALS = 20


@transaction.atomic
def add_material(
    gathering: Gathering,
    *,
    when: str,
    title: str = "",
    link: str = "",
    activity: Activity | None = None,
    key: uuid.UUID,
) -> Material:
    """Something to read or do before or after it; the same key is the same piece.

    Raises:
        ValidationError: it leads nowhere or to two places, or there are many already.
    """
    known = Material.objects.filter(key=key).first()
    if known is not None:
        return known
    if (activity is None) == (not link):
        raise ValidationError({"link": _("Give a link, or choose something from the catalogue.")})
    if activity is None and not title.strip():
        raise ValidationError({"title": _("Say in a few words what it is.")})
    if gathering.materials.count() >= MOST_MATERIALS:
        raise ValidationError(_("Twenty is enough. Take something away first."))
    return Material.objects.create(
        gathering=gathering, when=when, title=title.strip(), link=link, activity=activity, key=key
    )


def drop_material(gathering: Gathering, pk: int) -> None:
    """This need not be there any more."""
    Material.objects.filter(gathering=gathering, pk=pk).delete()


@transaction.atomic
def take_along(gathering: Gathering, person: Person, text: str) -> Takeaway | None:
    """Someone says what they will use of it; empty takes it back.

    Raises:
        ValidationError: they were not there.
    """
    there = Attendance.objects.filter(gathering=gathering, person=person)
    newest = there.order_by("-noted_at", "-pk").first()
    if newest is None or newest.kind in {Attendance.Kind.ABSENT, Attendance.Kind.EXCUSED}:
        raise ValidationError(_("This is asked of who was there."))
    if not text.strip():
        Takeaway.objects.filter(gathering=gathering, person=person).delete()
        return None
    told, _new = Takeaway.objects.update_or_create(
        gathering=gathering,
        person=person,
        defaults={"text": text.strip()[:500], "written_at": timezone.now()},
    )
    return told
