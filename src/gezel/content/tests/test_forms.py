"""H5P and plain pages: what is read, and what each one that cannot be played says."""

import json
from pathlib import Path
from typing import Any

import pytest

from gezel.content import words
from gezel.content.actions.packages import look_into
from gezel.content.players import Unreadable
from gezel.content.players.h5p import PARTS, H5p
from gezel.content.players.pages import Pages
from gezel.content.rules.packages import PackageRefused
from gezel.content.tests.h5ps import HOME, MAIN, an_h5p, h5p_files
from gezel.kit.archives import ArchiveRefused
from gezel.kit.tests.zips import file, zipped


def read(folder: Path, data: bytes) -> Any:
    archive = folder / "in.zip"
    archive.write_bytes(data)
    return look_into(archive, folder / "into")


def why(folder: Path, data: bytes) -> str:
    """The code; and that there is a sentence for it and that nothing stays."""
    with pytest.raises(PackageRefused) as refused:
        read(folder, data)
    assert words.why(refused.value)
    assert [p.name for p in folder.iterdir()] == ["in.zip"]
    return refused.value.why


def changed(told: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({k: v for k, v in (told | fields).items() if v is not None}).encode()


def test_an_h5p_is_read_with_all_it_stands_on(tmp_path: Path) -> None:
    manifest = read(tmp_path, an_h5p())

    assert (manifest.form, manifest.title, list(manifest.languages)) == (
        "h5p", "Which cable?", ["en"],
    )  # fmt: skip
    assert manifest.extra["libraries"] == ["H5P.GezelTry-1.0", "Plain-1.2"]
    assert json.dumps(manifest.as_json())


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("h5p.json", b"", "h5p_json"),
        ("h5p.json", b"[]", "h5p_json"),
        ("h5p.json", b"{", "h5p_json"),
        ("h5p.json", b"\xff\xfe{}", "h5p_json"),
        ("h5p.json", DEEP, "h5p_json"),
        ("h5p.json", changed(MAIN, mainLibrary=None), "h5p_broken"),
        ("h5p.json", changed(MAIN, mainLibrary="H5P.Other"), "h5p_broken"),
        ("h5p.json", changed(MAIN, mainLibrary=["x"]), "h5p_broken"),
        ("h5p.json", changed(MAIN, preloadedDependencies={}), "h5p_broken"),
        ("h5p.json", changed(MAIN, preloadedDependencies=[1]), "h5p_broken"),
        (
            "h5p.json",
            changed(
                MAIN,
                preloadedDependencies=[
                    {"machineName": "../../etc", "majorVersion": 1, "minorVersion": 0}
                ],
            ),
            "h5p_broken",
        ),
        (
            "h5p.json",
            changed(
                MAIN,
                preloadedDependencies=[
                    {"machineName": "H5P.GezelTry", "majorVersion": "1/..", "minorVersion": 0}
                ],
            ),
            "h5p_broken",
        ),
        ("content/content.json", None, "h5p_content"),
        ("content/content.json", b"words", "h5p_json"),
        ("H5P.GezelTry-1.0/library.json", None, "h5p_library"),
        ("H5P.GezelTry-1.0/library.json", b"null", "h5p_json"),
        ("H5P.GezelTry-1.0/library.json", changed(HOME, machineName="Other"), "h5p_broken"),
        ("H5P.GezelTry-1.0/try.js", None, "h5p_library"),
        ("Plain-1.2/library.json", None, "h5p_library"),
        (
            "H5P.GezelTry-1.0/library.json",
            changed(HOME, preloadedJs=[{"path": "../content/x.js"}]),
            "h5p_library",
        ),
        ("content/evil.js", b"alert(1)", "h5p_file"),
        ("content/evil.html", b"<script>", "h5p_file"),
        ("content/run.exe", b"MZ", "h5p_file"),
        ("content/noending", b"x", "h5p_file"),
        ("evil.php", b"<?php", "h5p_file"),
        ("evil.html", b"<script>", "h5p_file"),
        ("Plain-1.2/evil.php", b"<?php", "h5p_file"),
    ],
)
def test_an_h5p_that_cannot_be_played_says_why(
    tmp_path: Path, name: str, data: bytes | None, code: str
) -> None:
    assert why(tmp_path, an_h5p(h5p_files(**{name: data}))) == code


@pytest.mark.parametrize("told", ["H5P.DragText 1.8", "Plain 1.3", "Plain 9.2"])
def test_a_piece_whose_library_is_not_there_is_refused(tmp_path: Path, told: str) -> None:
    """A question in a set in a slide: it would open and stand still there."""
    piece = {"library": told, "params": {"text": "a *gap*"}, "subContentId": "x"}
    content = json.dumps({"slides": [{"elements": [{"action": {"questions": [piece]}}]}]})
    files = h5p_files(**{"content/content.json": content.encode()})
    with pytest.raises(PackageRefused) as refused:
        read(tmp_path, an_h5p(files))
    assert (refused.value.why, refused.value.detail["library"]) == ("h5p_library", told)
    for name in ("known", "words"):
        (tmp_path / name).mkdir()
    known = content.replace(told, "Plain 1.2").encode()
    assert read(tmp_path / "known", an_h5p(h5p_files(**{"content/content.json": known})))
    words = json.dumps({"library": told, "text": told, "x": {"library": [told], "params": 1}})
    assert read(tmp_path / "words", an_h5p(h5p_files(**{"content/content.json": words.encode()})))


def test_a_library_that_needs_itself_ends(tmp_path: Path) -> None:
    round_about = changed(HOME, preloadedDependencies=MAIN["preloadedDependencies"])
    files = h5p_files(**{"H5P.GezelTry-1.0/library.json": round_about})
    assert read(tmp_path, an_h5p(files)).extra["libraries"] == ["H5P.GezelTry-1.0"]


@pytest.mark.parametrize(
    ("names", "begin"),
    [
        (["index.html", "a.css"], "index.html"),
        (["site/index.html", "site/a.css"], "site/index.html"),
        (["INDEX.HTM"], "INDEX.HTM"),
        (["a/index.html", "index.html"], "index.html"),
    ],
)
def test_pages_begin_where_people_put_the_first(
    tmp_path: Path, names: list[str], begin: str
) -> None:
    page = "<!doctype html><title>Kabels &amp; één</title>".encode()
    manifest = read(tmp_path, zipped(*(file(name, page) for name in names)))

    assert (manifest.form, manifest.title) == ("pages", "Kabels & één")
    assert [(unit.path, unit.tracked) for unit in manifest.units] == [(begin, False)]


def test_what_is_no_package_says_so(tmp_path: Path) -> None:
    assert why(tmp_path, zipped(file("index.html", b"  "))) == "pages_empty"
    assert why(tmp_path, zipped(file("photo.jpg"))) == "unknown_form"
    assert why(tmp_path, zipped(file("a/index.html"), file("b/c.html"))) == "unknown_form"
    assert why(tmp_path, zipped()) == "empty"
    with pytest.raises(ArchiveRefused):
        read(tmp_path, b"GIF89a" + an_h5p())


def test_the_player_is_served_whole() -> None:
    """What h5p-standalone's own files point at is among what we serve."""
    from django.contrib.staticfiles import finders

    for name, static in H5p().files.items():
        assert finders.find(static), name
    assert "frame.bundle.js" in PARTS


GOOD = {"state": "{}", "completed": True, "passed": None, "score": 0.5, "seconds": 3}


@pytest.mark.parametrize(
    "lie",
    [
        {"state": 1}, {"completed": "yes"}, {"passed": 1}, {"score": 2}, {"score": "1"},
        {"score": True}, {"seconds": -1}, {"seconds": 1.5}, {"seconds": True}, {"seconds": 1 << 40},
    ],
)  # fmt: skip
def test_what_the_frame_says_is_held_against_what_it_may_say(lie: dict[str, Any]) -> None:
    attempt: Any = None
    assert H5p().read(attempt, {}, GOOD).score == 0.5
    with pytest.raises(Unreadable):
        H5p().read(attempt, {}, GOOD | lie)
    with pytest.raises(Unreadable):
        Pages().read(attempt, {}, GOOD)
