"""Colours are named once, in the tokens; no template styles or scripts by itself."""

import re

from tests.house import files, files_of_the_house, told

TOKENS = "01-tokens.css"
# A mail program reads no style sheet of ours, no variable and no oklch: a mail carries its own.
A_MAIL = "mail.html"
# The page in someone's archive opens from a disk, where there is no sheet of ours either.
FROM_DISK = "src/gezel/profile/templates/profile/archive.html"
RAW = re.compile(
    r"#[0-9a-f]{3,8}\b(?![^{};]*\{)|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\((?!from var\()"
    r"|:\s*[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|orange|yellow|purple|silver)\b",
    re.IGNORECASE,
)
A_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STYLED = re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE)
HANDLED = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE)
A_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.IGNORECASE)
A_STYLE = re.compile(r"<style\b(?![^>]*\bnonce=)", re.IGNORECASE)
LOOSE_LINKS = re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE)


def test_colours_are_named_once() -> None:
    found = {}
    for file in files_of_the_house(".css"):
        if file.name == TOKENS:
            continue
        text = A_COMMENT.sub("", file.read_text(encoding="utf-8"))
        if raw := [m[0].strip() for m in RAW.finditer(text)]:
            found[told(file)] = raw

    assert found == {}, f"name it in {TOKENS} and use var(--…)"


def test_templates_carry_no_style_and_no_script() -> None:
    found = {}
    for file in files_of_the_house(".html"):
        if file.name == A_MAIL and file.parent.name == "email":
            continue
        if told(file) == FROM_DISK:
            continue
        text = file.read_text(encoding="utf-8")
        wrong = [
            m[0][:80]
            for pattern in (STYLED, HANDLED, A_SCRIPT, A_STYLE, LOOSE_LINKS)
            for m in pattern.finditer(text)
        ]
        if wrong:
            found[told(file)] = wrong

    assert found == {}, "the policy of every page refuses it"


def test_python_writes_no_style_either() -> None:
    found = {
        told(file): wrong
        for file in files(".py")
        if (wrong := STYLED.findall(file.read_text(encoding="utf-8")))
    }

    assert found == {}


def test_the_look_sees_what_it_should() -> None:
    for line in (
        "a{color:#fff}",
        "a{color: white}",
        "a{background:rgb(1 2 3)}",
        "a{fill:oklch(1 0 0)}",
    ):
        assert RAW.search(line), line
    for line in (
        "#messages { color: var(--c-ink) }",
        "a{white-space: nowrap}",
        "a{c:oklch(from var(--c-x) l c 9)}",
    ):
        assert not RAW.search(line), line
    assert STYLED.search('<p class="x" style="a">')
    assert HANDLED.search('<p onclick="x()">')
    assert not HANDLED.search('<input name="on" value="onward=1">')
