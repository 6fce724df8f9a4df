"""No page of ours makes the browser call another address. Plain links may lead out."""

import re

from tests.house import files_of_the_house, told

OUTSIDE = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)
# Names that look like addresses and are never asked: what a drawing or a form is called.
NAMES = ("http://www.w3.org/", "https://gezel.example", "http://data.europa.eu/esco/")
A_PLAIN_LINK = re.compile(r"<a\b[^>]*?>", re.IGNORECASE | re.DOTALL)
COMMENT = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->|/\*.*?\*/", re.DOTALL
)
LINE_COMMENT = re.compile(r"(?m)^\s*//.*$")


def calls_outside(text: str, kind: str) -> list[str]:
    """Addresses a browser would ask by itself."""
    text = COMMENT.sub("", text)
    if kind == ".js":
        text = LINE_COMMENT.sub("", text)
    if kind == ".html":
        text = A_PLAIN_LINK.sub("", text)
    return [m[0] for m in OUTSIDE.finditer(text) if not text.startswith(NAMES, m.start())]


def test_nothing_is_asked_of_another_address() -> None:
    found = {
        told(file): calls
        for file in files_of_the_house(".html", ".css", ".js", ".svg")
        if (calls := calls_outside(file.read_text(encoding="utf-8"), file.suffix))
    }

    assert found == {}


def test_the_look_sees_what_it_should() -> None:
    assert calls_outside('<img src="https://evil.example/x.png">', ".html")
    assert calls_outside('<script src="//cdn.evil.example/x.js">', ".html")
    assert calls_outside("a { background: url(//evil.example/x) }", ".css")
    assert calls_outside("fetch('https://evil.example')", ".js")
    assert not calls_outside('<a href="https://gnu.org/" rel="noopener">', ".html")
    assert not calls_outside("  // see https://gnu.org/", ".js")
