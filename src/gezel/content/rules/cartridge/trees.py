"""Finding one's way in XML whose names come with whatever name space."""

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from gezel.kit.questions import number_in

Node = etree._Element


def local(node: Node) -> str:
    """The name of an element without its name space."""
    return str(etree.QName(node).localname)


def children(node: Node | None, *names: str) -> list[Node]:
    """The elements right below that have one of these names; without names, all of them."""
    if node is None:
        return []
    return [child for child in node if not names or local(child) in names]


def child(node: Node | None, *names: str) -> Node | None:
    """The first of those, or None."""
    return next(iter(children(node, *names)), None)


def below(node: Node | None, *names: str) -> Iterator[Node]:
    """Everything below, however deep, that has one of these names."""
    if node is not None:
        for found in node.iterdescendants():
            if isinstance(found.tag, str) and local(found) in names:
                yield found


def text_of(node: Node | None) -> str:
    """The words of an element itself; empty where there is none."""
    return (node.text or "").strip() if node is not None else ""


def inner(node: Node | None) -> str:
    """What is in an element, markup and all."""
    if node is None:
        return ""
    parts = [node.text or ""]
    parts += [etree.tostring(kid, encoding="unicode", method="html") for kid in node]
    return "".join(parts)


def number(text: str | None) -> Decimal:
    """A number as it stands, or zero."""
    return number_in(text or "") or Decimal(0)
