"""What a person does with their own profile: arrange it, write in it, look at their patterns."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gezel.people.api import Person
from gezel.profile.models import Part, PatternsSwitch
from gezel.profile.rules import arranging
from gezel.profile.rules.sharing import plain_text


def _parts(person: Person) -> dict[str, Part]:
    """A row for each part; of two at once the database makes one."""
    Part.objects.bulk_create(
        [Part(person=person, code=code, place=at) for at, code in enumerate(arranging.PARTS)],
        ignore_conflicts=True,
    )
    return {part.code: part for part in Part.objects.filter(person=person)}


@transaction.atomic
def arrange(person: Person, order: Sequence[str]) -> None:
    """Put the parts in an order. The same order again changes nothing.

    Raises:
        ValidationError: it is not every part, once.
    """
    if not arranging.is_whole_order(order):
        raise ValidationError(_("This order does not hold every part. Open the page again."))
    parts = _parts(person)
    for at, code in enumerate(order):
        parts[code].place = at
    Part.objects.bulk_update(parts.values(), ["place"])


@transaction.atomic
def show_part(person: Person, code: str, *, shown: bool) -> None:
    """Show a part on the profile, or put it aside; nothing in it is lost."""
    _parts(person)
    Part.objects.filter(person=person, code=code).update(shown=shown)


@transaction.atomic
def write_part(person: Person, code: str, *, story: str, pins: Sequence[str], version: int) -> bool:
    """Write the story of a part and choose what stands first.

    Args:
        version: the one that was on the screen; 0 where nothing was kept yet.

    Returns False where it was changed in the meantime, elsewhere: then nothing is kept.
    """
    parts = _parts(person)
    there = version or 1
    written = plain_text(story)
    kept = list(dict.fromkeys(pins))[: arranging.MOST_PINS]
    if parts[code].story == written and list(parts[code].pins) == kept:
        return True  # sent twice
    return bool(
        Part.objects.filter(person=person, code=code, version=there).update(
            story=written, pins=kept, version=F("version") + 1
        )
    )


def show_patterns(person: Person) -> None:
    """Switch one's own learning patterns on."""
    PatternsSwitch.objects.get_or_create(person=person)


def suggest_from_patterns(person: Person, *, suggests: bool) -> None:
    """Whether what might help stands with them."""
    PatternsSwitch.objects.filter(person=person).update(suggests=suggests)


def hide_patterns(person: Person) -> None:
    """Switch them off. The switch itself was all that was kept, and goes."""
    PatternsSwitch.objects.filter(person=person).delete()
