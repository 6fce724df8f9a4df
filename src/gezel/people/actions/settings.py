"""How the organisation looks and where its figures stay dark."""

from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from gezel.kit.pictures import PictureRefused, TooManyPixels, drawn_anew
from gezel.people.declared import SMALL_GROUPS, USUAL_GROUP
from gezel.people.models import Organisation, Person, Unit
from gezel.trust.api import note_setting, require_consent

LARGEST_LOGO = 512
MOST_BYTES = 5 * 1024 * 1024


class LogoRefused(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The picture cannot be a logo; the message says why and what to do."""


@transaction.atomic
def change_settings(
    organisation: Organisation,
    *,
    name: str,
    language: str,
    accent_hue: int,
    smallest_group: int,
    by: Person | None = None,
) -> None:
    """HR changes name, language, colour, or from how many people on a figure is shown.

    Raises:
        ValidationError: a value that cannot be; or groups of four, without the consent for it.
    """
    # The row as it is: who has an old page open must not put back what a council shut meanwhile.
    now = Organisation.objects.select_for_update().get(pk=organisation.pk).smallest_group
    if smallest_group < USUAL_GROUP:
        try:
            require_consent(organisation, SMALL_GROUPS)
        except ValidationError as error:
            raise ValidationError({"smallest_group": error.messages}) from None
    organisation.name, organisation.language = name, language
    organisation.accent_hue, organisation.smallest_group = accent_hue, smallest_group
    organisation.full_clean(exclude=["logo"])
    organisation.save(update_fields=["name", "language", "accent_hue", "smallest_group"])
    Unit.objects.filter(organisation=organisation, depth=1).update(name=name)
    note_setting(organisation, "people.smallest_group", before=now, after=smallest_group, by=by)


def redrawn(content: bytes) -> bytes:
    """The picture drawn anew as a WebP of at most 512 pixels: only its pixels come in.

    Raises:
        LogoRefused: no picture we take, broken, or far larger than a logo.
    """
    if len(content) > MOST_BYTES:
        raise LogoRefused(_("This picture is larger than 5 MB. Choose a smaller one."))
    try:
        return drawn_anew(content, within=(LARGEST_LOGO, LARGEST_LOGO), quality=90).data
    except TooManyPixels:
        raise LogoRefused(
            _("This picture has far more points than a logo needs. Choose a smaller one.")
        ) from None
    except PictureRefused:
        raise LogoRefused(
            _("This is no picture we can use. Choose a PNG, JPEG, WebP or GIF; no SVG.")
        ) from None


@transaction.atomic
def set_logo(organisation: Organisation, content: bytes | None) -> None:
    """Take this picture as the logo, or none; the old file goes once the new one stands.

    Raises:
        LogoRefused: see `redrawn`.
    """
    old = organisation.logo.name
    storage = organisation.logo.storage
    if content is None:
        organisation.logo = ""
    else:
        # A name of its own: its address goes by that, and a browser keeps what stands there.
        name = f"{organisation.slug}-{token_hex(4)}.webp"
        organisation.logo.save(name, ContentFile(redrawn(content)), save=False)
    organisation.save(update_fields=["logo"])
    if old:
        transaction.on_commit(lambda: storage.delete(old))
