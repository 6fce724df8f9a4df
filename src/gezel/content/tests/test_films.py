"""Films made small for a phone: with the real ffmpeg, on good films and on hostile ones."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from gezel.catalogue.tests.builders import an_activity
from gezel.content import actions, jobs, queries
from gezel.content.api import Module, make_module
from gezel.content.models import Media
from gezel.content.rules import films
from gezel.kit.confined import run_confined
from gezel.kit.jobs import begin_minute, run_waiting
from gezel.people.api import Organisation, Person

pytestmark = pytest.mark.django_db
needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg is not on this machine: apt install ffmpeg"
)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def a_film(folder: Path, *, size: str = "1280x720", kind: str = "mp4", seconds: int = 1) -> bytes:
    """A film with sound and something that moves, as large as a telephone makes them."""
    target = folder / f"made.{kind}"
    codec = {
        "mp4": ["-c:v", "libx264", "-crf", "12", "-c:a", "aac"],
        "webm": ["-c:v", "libvpx", "-b:v", "6M", "-c:a", "libopus"],
    }[kind]
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y",
         "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=12:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=duration={seconds}", *codec, "-shortest", str(target)],
        check=True,
    )  # fmt: skip
    return target.read_bytes()


def a_module_with(film: bytes, name: str, organisation: Organisation) -> Module:
    activity = an_activity(organisation, "Films", kind="module")
    block = {"kind": "video", "file": name, "title": {"en": "T"}, "transcript": {"en": "Said"}}
    return make_module(activity, goal={"en": "G"}, minutes=5, pass_percent=0, blocks=[block],
                       media={name: film})  # fmt: skip


@needs_ffmpeg
@pytest.mark.parametrize(
    ("kind", "size", "within"),
    [("mp4", "1280x720", (852, 480)), ("webm", "720x1280", (480, 852))],
)
def test_a_film_gets_a_small_one_and_a_picture(
    visit: Any, femke: Person, tmp_path: Path, *, kind: str, size: str, within: tuple[int, int]
) -> None:
    van_dijk = femke.employments.get().organisation
    module = a_module_with(a_film(tmp_path, size=size, kind=kind), f"f.{kind}", van_dijk)

    assert begin_minute() >= 1
    run_waiting()

    film = module.blocks.get().media
    assert film is not None
    assert film.small is not None
    assert film.poster is not None
    assert film.small.size * 5 <= film.size * 4
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of",
         "csv=p=0", film.small.file.path],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert told == [f"h264,{within[0]},{within[1]}", "aac"]
    assert (film.poster.width, film.poster.height) == within
    # The player chooses by its width; the whole film stays for who has the room.
    page = visit(femke).get(reverse("content:preview", args=[module.pk])).content.decode()
    small, whole, picture = (
        reverse("content:media", args=[module.pk, one.pk, one.name])
        for one in (film.small, film, film.poster)
    )
    narrow = page.index(f'<source media="(max-width: 48rem)" src="{small}" type="video/mp4">')
    assert narrow < page.index(f'<source src="{whole}" type="video/{kind}">')
    assert f'poster="{picture}"' in page
    for address, length in ((small, film.small.size), (whole, film.size)):
        part = visit(femke).get(address, headers={"Range": "bytes=10-19"})
        assert part.status_code == 206
        assert part["Content-Range"] == f"bytes 10-19/{length}"
    assert visit(femke).get(picture)["Content-Type"] == "image/webp"
    assert {row.pk for row in queries.media_of(module, None)} == {film.small.pk, film.poster.pk}
    # Nothing is left to do, and doing it again changes nothing.
    assert jobs.films_waiting() == []
    assert actions.shrink(film.pk)
    assert Media.objects.count() == 3


@needs_ffmpeg
def test_a_film_that_is_small_already_stays_alone(tmp_path: Path, van_dijk: Organisation) -> None:
    module = a_module_with(a_film(tmp_path, size="160x120", seconds=1), "f.mp4", van_dijk)
    film = module.blocks.get().media
    assert film is not None
    Media.objects.filter(pk=film.pk).update(size=1_000)

    assert actions.shrink(film.pk)
    film.refresh_from_db()
    assert (film.small, film.film) == (None, Media.Film.MADE)


class _Heard(BaseHTTPRequestHandler):
    asked: list[str] = []  # emptied by the fixture

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A server that hears whether anyone asks it something."""
    _Heard.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Heard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@needs_ffmpeg
def test_what_is_no_film_is_left_as_it_is_and_asks_nobody(
    tmp_path: Path, van_dijk: Organisation, elsewhere: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    good = a_film(tmp_path, seconds=1)
    hostile = {
        "playlist": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{elsewhere}/a.ts\n".encode(),
        "parts": f"ffconcat version 1.0\nfile '{secret}'\nfile '{elsewhere}/b.mp4'\n".encode(),
        "cut": good[: len(good) // 3],
        "noise": good[:32] + bytes(range(256)) * 400,
        "huge": good.replace(b"avc1\x00\x00\x00\x00", b"avc1\xff\xff\xff\xff"),
        "nothing": b"",
    }
    before = set(Path("/tmp").glob("gezel-film-*"))
    for name, content in hostile.items():
        media = Media.objects.create(
            organisation=van_dijk, kind="video/mp4", digest=name, size=len(content),
            file=ContentFile(content, f"{name}.mp4"),
        )  # fmt: skip
        readable = actions.shrink(media.pk)
        media.refresh_from_db()
        assert media.film == (Media.Film.MADE if readable else Media.Film.FAILED), name
        if name != "huge":
            assert (readable, media.small) == (False, None), name
    assert _Heard.asked == []
    assert set(Path("/tmp").glob("gezel-film-*")) == before


def test_without_ffmpeg_nothing_waits_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch, van_dijk: Organisation, femke: Person, visit: Any
) -> None:
    monkeypatch.setattr("gezel.content.actions.films.shutil.which", lambda _name: None)
    activity = an_activity(van_dijk, "Films", kind="module")
    module = make_module(activity, goal={"en": "G"}, minutes=5, pass_percent=0, blocks=[])
    assert jobs.films_waiting() == []
    page = visit(femke).get(reverse("content:add_block", args=[module.pk, "video"]))
    assert "ffmpeg" in page.content.decode()


def test_a_program_in_bounds_is_ended(tmp_path: Path) -> None:
    """Time, memory, what it writes; and nothing of ours is in its surroundings."""

    def run(code: str, **bounds: Any) -> Any:
        given = {"seconds": 20, **bounds}
        return run_confined([sys.executable, "-I", "-c", code], folder=tmp_path, **given)

    assert run("import time; time.sleep(60)", seconds=1).said == "took longer than 1 s"
    assert not run("x = bytearray(900_000_000)", memory=400_000_000).well
    assert not run("open('f', 'wb').write(bytes(3_000_000))", written=1_000_000).well
    assert not run("raise SystemExit(3)").well
    told = run("import os, sys; sys.exit(','.join(sorted(os.environ)) + os.getcwd())")
    assert told.said.strip() == f"HOME,LC_ALL,PATH,TMPDIR{tmp_path.resolve()}"


def test_only_the_form_it_has_and_only_from_the_disk() -> None:
    for command in (films.small_film("a", "video/mp4", "b"), films.poster("a", "video/webm", "b")):
        source = command.index("-i")
        assert command[command.index("-protocol_whitelist") + 1] == "file"
        assert command.index("-protocol_whitelist") < source
        assert command[source - 2 : source] in (["-f", "mov"], ["-f", "matroska"])
    assert films.is_worth_it(100, 80)
    assert not films.is_worth_it(100, 81)
    assert not films.is_worth_it(100, 0)
