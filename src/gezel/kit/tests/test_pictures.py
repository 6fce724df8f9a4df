"""Only the points of a picture come in."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gezel.kit.pictures import BrokenPicture, NotAPicture, TooManyPixels, drawn_anew


def a_picture(form: str = "JPEG", *, size: tuple[int, int] = (60, 40), **told: Any) -> bytes:
    out = BytesIO()
    mode = "RGBA" if form in {"PNG", "WEBP"} else "P" if form == "GIF" else "RGB"
    Image.new(mode, size, 5 if mode == "P" else "navy").save(out, form, **told)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def with_a_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110] = "Camera of Noor"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("becomes", ["WEBP", "JPEG"])
def test_each_form_comes_in_and_nothing_comes_along(form: str, becomes: Any) -> None:
    told: dict[str, Any] = {} if form == "GIF" else {"exif": with_a_place()}
    if form == "PNG":
        told["icc_profile"] = b"a profile"
    data = a_picture(form, **told) + b"<script>a second file</script>"
    drawn = drawn_anew(data, within=(600, 600), form=becomes)

    picture = opened(drawn.data)
    assert (picture.format, picture.size) == (becomes, (60, 40))
    assert not dict(picture.getexif())
    assert "icc_profile" not in picture.info
    assert b"Noor" not in drawn.data
    assert b"script" not in drawn.data


def test_a_large_one_is_made_to_fit_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    drawn = drawn_anew(a_picture(size=(1_200, 600), exif=exif), within=(300, 300))
    assert (drawn.width, drawn.height) == (150, 300)
    assert opened(drawn.data).size == (150, 300)


def test_what_one_sees_through_stays_so_or_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    clear = opened(drawn_anew(out.getvalue(), within=(20, 20)).data)
    white = opened(drawn_anew(out.getvalue(), within=(20, 20), form="JPEG").data)
    assert clear.getpixel((5, 5))[3] == 0  # type: ignore[index] # four bands
    assert all(band > 250 for band in white.getpixel((5, 5)))  # type: ignore[union-attr] # three


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    out = BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    with pytest.raises(TooManyPixels):
        drawn_anew(out.getvalue(), within=(100, 100))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        drawn_anew(data, within=(100, 100))


def test_a_form_that_is_not_taken_is_no_picture_here() -> None:
    with pytest.raises(NotAPicture):
        drawn_anew(a_picture("GIF"), within=(100, 100), taken=("JPEG", "PNG"))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_one_cut_in_half_is_broken(form: str) -> None:
    whole = a_picture(form, size=(400, 400))
    with pytest.raises(BrokenPicture):
        drawn_anew(whole[: len(whole) // 2], within=(100, 100))
