"""Files that come in, hostile or broken; files that go out, whole or in parts."""

import io
import random
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from gezel.content.actions import Refused, keep_captions, keep_upload, start
from gezel.content.models import Media, Module
from gezel.content.rules import uploads
from gezel.content.tests.builders import EVERYTHING, WEBM, a_module, a_picture
from gezel.people.api import Organisation, Person

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk, EVERYTHING)


def address(module: Module, kind: str = "video/webm") -> str:
    media = Media.objects.get(kind=kind)
    return reverse("content:media", args=[module.pk, media.pk, media.name])


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_film_comes_whole_and_inert(visit: Visit, noor: Person, module: Module) -> None:
    answer = visit(noor).get(address(module))

    assert (answer.status_code, body(answer)) == (200, WEBM)
    assert answer["Content-Type"] == "video/webm"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"].startswith("private")
    assert int(answer["Content-Length"]) == len(WEBM)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=50-", slice(50, None)),
        ("bytes=0-0", slice(0, 1)),
    ],
)
def test_a_part_of_a_film(
    visit: Visit, module: Module, noor: Person, asked: str, part: slice
) -> None:
    answer = visit(noor).get(address(module), HTTP_RANGE=asked)

    expected = WEBM[part]
    assert (answer.status_code, body(answer)) == (206, expected)
    assert int(answer["Content-Length"]) == len(expected)
    assert answer["Content-Range"].endswith(f"/{len(WEBM)}")


def test_a_part_beyond_the_end_is_refused(visit: Visit, noor: Person, module: Module) -> None:
    answer = visit(noor).get(address(module), HTTP_RANGE=f"bytes={len(WEBM)}-")

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(WEBM)}"


def test_a_part_of_another_content_gives_the_whole(
    visit: Visit, noor: Person, module: Module
) -> None:
    client, url = visit(noor), address(module)
    etag = client.get(url)["ETag"]

    same = client.get(url, HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE=etag)
    other = client.get(url, HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"')

    assert (same.status_code, other.status_code) == (206, 200)
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_head_says_what_get_would(visit: Visit, noor: Person, module: Module) -> None:
    answer = visit(noor).head(address(module))

    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(WEBM)))


def test_only_who_may_play_it_gets_its_files(
    visit: Visit, noor: Person, femke: Person, sam: Person, module: Module
) -> None:
    for kind in ("video/webm", "image/svg+xml"):
        url = address(module, kind)
        assert visit(noor).get(url).status_code == 200
        assert visit(sam).get(url).status_code == 404
        assert Client().get(url).status_code == 302
    module.activity.state = "draft"
    module.activity.save()
    assert visit(noor).get(address(module)).status_code == 404
    assert visit(femke).get(address(module)).status_code == 200


def test_a_file_is_not_had_through_another_module(
    visit: Visit, sam: Person, de_linde: Organisation, module: Module
) -> None:
    theirs = a_module(de_linde)
    media = Media.objects.get(kind="video/webm")

    url = reverse("content:media", args=[theirs.pk, media.pk, media.name])

    assert visit(sam).get(url).status_code == 404


def test_who_played_it_still_sees_it_after_it_closed(
    visit: Visit, noor: Person, van_dijk: Organisation, module: Module
) -> None:
    start(noor, module, organisation=van_dijk)
    module.activity.state = "closed"
    module.activity.save()

    assert visit(noor).get(address(module)).status_code == 200


def test_captions_go_to_the_same_people(
    visit: Visit, noor: Person, sam: Person, module: Module
) -> None:
    film = module.blocks.get(kind="video")
    url = reverse("content:captions_en", args=[module.pk, film.pk])

    assert visit(noor).get(url)["Content-Type"] == "text/vtt; charset=utf-8"
    assert visit(sam).get(url).status_code == 404
    none = reverse("content:captions_nl", args=[module.pk, film.pk])
    assert visit(noor).get(none).status_code == 404


def test_a_photo_is_drawn_anew_without_its_place(van_dijk: Organisation) -> None:
    photo = Image.new("RGB", (3000, 2000), "teal")
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif[0x0112] = 6  # lies on its side
    file = io.BytesIO()
    photo.save(file, "JPEG", exif=exif)
    hidden = file.getvalue() + b"<script>alert(1)</script>"

    media = keep_upload(van_dijk, io.BytesIO(hidden), expected="image")

    kept = media.file.read()
    assert uploads.kind_of(kept) == media.kind == "image/webp"
    assert b"SECRET" not in kept
    assert b"script" not in kept
    assert media.height > media.width
    assert max(media.width, media.height) <= uploads.WIDEST * 2


def test_the_same_content_is_one_file(van_dijk: Organisation, de_linde: Organisation) -> None:
    one, two = (keep_upload(van_dijk, io.BytesIO(a_picture()), expected="image") for _ in "ab")
    theirs = keep_upload(de_linde, io.BytesIO(a_picture()), expected="image")

    assert one == two
    assert one.file.name != theirs.file.name


@pytest.mark.parametrize("expected", ["image", "video"])
@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>", b"GIF89a<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, b"\xff\xd8\xff<?php ?>", b"%PDF-1.7", b"PK\x03\x04",
        b"RIFF\x00\x00\x00\x00WEBP<html>", b"\x00" * 64,
    ],
)  # fmt: skip
def test_what_is_no_picture_or_film_is_refused(
    van_dijk: Organisation, data: bytes, expected: str
) -> None:
    with pytest.raises(Refused):
        keep_upload(van_dijk, io.BytesIO(data), expected=expected)

    assert not Media.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused_unread(van_dijk: Organisation) -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG", optimize=True)
    bomb.seek(0)

    with pytest.raises(Refused, match="40 million"):
        keep_upload(van_dijk, bomb, expected="image")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_mutated_pictures_are_kept_whole_or_refused(van_dijk: Organisation, form: str) -> None:
    chance = random.Random(form)
    whole = a_picture(form, (60, 40))
    for _round in range(60):
        broken = bytearray(whole)
        for _byte in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        cut = bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])])
        try:
            media = keep_upload(van_dijk, io.BytesIO(cut), expected="image")
        except Refused:
            continue
        with Image.open(media.file) as kept:
            kept.load()


def test_captions_that_are_none_are_refused() -> None:
    with pytest.raises(Refused, match="WebVTT"):
        keep_captions("<html>")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.svg", "x" * 300 + ".png", "<b>.png"])
def test_the_name_of_an_upload_means_nothing(
    visit: Visit, femke: Person, module: Module, name: str
) -> None:
    url = reverse("content:add_block", args=[module.pk, "image"])
    upload = SimpleUploadedFile(name, a_picture(), content_type="text/html")

    answer = visit(femke).post(url, {"version": 1, "file": upload, "alt_en": "The parts"})

    assert answer.status_code == 302
    kept = module.blocks.current().last()
    assert kept is not None
    assert kept.media is not None
    assert str(kept.media.file.name).startswith(f"media/{module.activity.organisation_id}/")
