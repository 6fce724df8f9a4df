"""What the page behind a link tells of itself: read once, through the door outside."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from gezel.kit.markup import LARGEST_HEAD, Head, MarkupRefused, plain, read_head
from gezel.kit.outside import NotReached, read_outside
from gezel.kit.pictures import Drawn, PictureRefused, drawn_anew

PATIENCE = 8.0
MOST_PICTURE = 5 * 1024 * 1024
# A picture beside a link is small; a page that offers more than this offers it to something else.
MOST_PIXELS = 20_000_000
WITHIN = (640, 360)
PAGES = ("text/html", "application/xhtml+xml")
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")


@dataclass(frozen=True, slots=True)
class Preview:
    """Title and site in plain words, and a picture drawn anew."""

    title: str
    site: str
    picture: Drawn | None


def name_of(link: str) -> str:
    """What a link is called until its page says better: where it is, without the rest."""
    parts = urlsplit(link)
    return plain(f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}")[:250]


def look_at(link: str) -> Preview | None:
    """The preview of a link; None where nobody answers, or the answer tells nothing."""
    try:
        page = read_outside(link, kinds=PAGES, patience=PATIENCE, most=LARGEST_HEAD)
        head = read_head(page.data, page.charset)
    except (NotReached, MarkupRefused):
        return None
    if not head.title:
        return None
    site = head.site or name_of(f"//{urlsplit(page.address).hostname}")
    return Preview(head.title[:250], site[:100], _picture(page.address, head))


def _picture(address: str, head: Head) -> Drawn | None:
    if not head.picture:
        return None
    try:
        found = read_outside(
            urljoin(address, head.picture), kinds=PICTURES, patience=PATIENCE, most=MOST_PICTURE
        )
        return drawn_anew(found.data, within=WITHIN, most_pixels=MOST_PIXELS)
    except (NotReached, PictureRefused, ValueError):
        return None
