"""A credential inside a picture: PNG and SVG, as Open Badges 3.0 bakes them."""

import re
import struct
import zlib
from typing import Any

from lxml import etree

from gezel.profile.rules.text import MOST_BYTES, Unreadable

MOST_PICTURE = 10 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
_OLD_KEYWORD = b"openbadges"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ASSERTION = "{http://openbadges.org}assertion"


def is_png(data: bytes) -> bool:
    return data.startswith(PNG)


def is_svg(data: bytes) -> bool:
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and b"<svg" in data[:4000]


def bake_png(picture: bytes, credential: str) -> bytes:
    """The picture with the credential in it, in place of one that was there."""
    kept = [(kind, body) for kind, body in _chunks(picture) if not _holds(kind, body)]
    text = KEYWORD + b"\x00\x00\x00\x00\x00" + credential.encode()
    kept.insert(1, (b"iTXt", text))
    return PNG + b"".join(_chunk(kind, body) for kind, body in kept)


def unbake_png(picture: bytes) -> str:
    """The credential in a picture.

    Raises:
        Unreadable: no picture, none in it, or more than one.
    """
    found = [body for kind, body in _chunks(picture) if _holds(kind, body)]
    if len(found) != 1:
        raise Unreadable("none_inside" if not found else "more_inside")
    _keyword, _, rest = found[0].partition(b"\x00")
    if len(rest) < 2:
        raise Unreadable("none_inside")
    squeezed = rest[0]
    parts = rest[2:].split(b"\x00", 2)
    if len(parts) != 3:
        raise Unreadable("none_inside")
    body = parts[2]
    if squeezed:
        machine = zlib.decompressobj()
        try:
            body = machine.decompress(body, MOST_BYTES + 1)
        except zlib.error:
            raise Unreadable("broken_picture") from None
    if len(body) > MOST_BYTES:
        raise Unreadable("too_large")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Unreadable("not_text") from None


def _holds(kind: bytes, body: bytes) -> bool:
    return kind == b"iTXt" and body.partition(b"\x00")[0] in (KEYWORD, _OLD_KEYWORD)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of a PNG until its end; what hides behind the end is left out."""
    if not is_png(picture):
        raise Unreadable("broken_picture")
    found, place = [], len(PNG)
    while place + 12 <= len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        kind, body = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        end = place + 8 + length
        if len(body) != length or picture[end : end + 4] != struct.pack(
            ">I", zlib.crc32(kind + body)
        ):
            raise Unreadable("broken_picture")
        found.append((kind, body))
        place = end + 4
        if kind == b"IEND":
            return found
    raise Unreadable("broken_picture")


def bake_svg(picture: bytes, credential: str) -> bytes:
    """The drawing with the credential in it. It goes in as text, so nothing in it can draw."""
    root = _drawing(picture)
    for one in _inside(root):
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)
    spaces: Any = {**root.nsmap, "openbadges": NAMESPACE}
    attributes: Any = root.attrib
    own = etree.Element(root.tag, attrib=dict(attributes), nsmap=spaces)
    own.text = root.text
    holder = etree.SubElement(own, f"{{{NAMESPACE}}}credential")
    holder.text = etree.CDATA(credential) if "]]>" not in credential else credential
    own.extend(list(root))
    return etree.tostring(own, xml_declaration=True, encoding="UTF-8")


def unbake_svg(picture: bytes) -> str:
    """The credential in a drawing.

    Raises:
        Unreadable: no drawing, none in it, or more than one.
    """
    found = _inside(_drawing(picture))
    if len(found) != 1:
        raise Unreadable("none_inside" if not found else "more_inside")
    text = (found[0].text or "").strip() or found[0].get("verify", "")
    if not text:
        raise Unreadable("none_inside")
    return text


def _inside(root: etree._Element) -> list[etree._Element]:
    return [*root.iter(f"{{{NAMESPACE}}}credential"), *root.iter(_ASSERTION)]


def _drawing(data: bytes) -> etree._Element:
    """Read without network or entities: a drawing of a kilobyte can unfold to gigabytes."""
    if re.search(rb"<!ENTITY", data, re.IGNORECASE):
        raise Unreadable("broken_picture")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise Unreadable("broken_picture") from None
    if etree.QName(root).localname != "svg":
        raise Unreadable("broken_picture")
    return root
