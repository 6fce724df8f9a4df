"""Short ways to activities, through the actions the product uses."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image

from gezel.catalogue.actions import Taught, keep_preview, offer
from gezel.catalogue.models import Activity
from gezel.catalogue.previews import Preview
from gezel.kit.pictures import drawn_anew
from gezel.people.api import Organisation, Person
from gezel.skills.api import Skill


def an_activity(
    organisation: Organisation,
    title: str = "High-voltage safety, practical day",
    *,
    teaches: dict[Skill, tuple[int, int]] | None = None,
    provider: str = "",
    shared_by: Person | None = None,
    **fields: Any,
) -> Activity:
    """Something on offer: by default a free course of four hours in both languages."""
    told: dict[str, Any] = {
        "title_en": title,
        "title_nl": title,
        "kind": Activity.Kind.COURSE,
        "mix": Activity.Mix.FORMAL,
        "form": Activity.Form.CLASSROOM,
        "hours": Decimal(4),
        "in_english": True,
    }
    return offer(
        organisation,
        fields=told | fields,
        teaches=[Taught(s.pk, low, high) for s, (low, high) in (teaches or {}).items()],
        provider=provider,
        shared_by=shared_by,
    )


def a_picture(size: tuple[int, int] = (320, 180)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


def a_preview(activity: Activity) -> None:
    """What the page behind its link told of itself, with a picture."""
    picture = drawn_anew(a_picture(), within=(320, 180))
    keep_preview(activity.pk, activity.link, Preview("Working safely", "example.org", picture))
