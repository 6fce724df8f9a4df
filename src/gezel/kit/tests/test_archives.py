"""Archives that mean harm, or are broken: refused whole, quickly, and nothing is left behind."""

import errno
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.kit import archives
from gezel.kit.archives import WORDS, ArchiveRefused, Budget, unpack
from gezel.kit.tests.zips import Packed, file, names, nested, zipped

MEGABYTE = 1 << 20


def unpacked(folder: Path, data: bytes, budget: Budget | None = None) -> dict[str, bytes]:
    archive = folder / "in.zip"
    archive.write_bytes(data)
    into = folder / "into"
    told = unpack(archive, into, budget)
    found = {
        str(path.relative_to(into)): path.read_bytes() for path in into.rglob("*") if path.is_file()
    }
    assert sorted(told) == sorted(found)
    return found


def refused(folder: Path, data: bytes, budget: Budget | None = None) -> str:
    """Why it is refused; and that nothing of it stays, inside or outside."""
    archive = folder / "in.zip"
    archive.write_bytes(data)
    with pytest.raises(ArchiveRefused) as error:
        unpack(archive, folder / "into", budget)
    assert [path.name for path in folder.iterdir()] == ["in.zip"]
    assert str(error.value)
    assert error.value.why in WORDS
    return error.value.why


def test_what_people_pack_comes_in_as_it_was(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("imsmanifest.xml", "<manifest/>")
        made.writestr("map/", "")
        made.writestr("map/één bestand.html", "x" * 200_000)
        made.writestr("map/.DS_Store", "litter")
        made.writestr("__MACOSX/map/._een", "litter")
        made.writestr("leeg.txt", "")

    found = unpacked(tmp_path, buffer.getvalue())

    assert found == {
        "imsmanifest.xml": b"<manifest/>",
        "map/één bestand.html": b"x" * 200_000,
        "leeg.txt": b"",
    }


def test_sizes_that_stand_after_the_data_are_read(tmp_path: Path) -> None:
    """As who packs while sending writes it: zeros first, the truth afterwards."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
            self.data += bytes(piece)
            return len(piece)

    out = OneWay()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", "some words")
        with made.open("b.txt", "w", force_zip64=True) as inside:
            inside.write(b"more words")

    assert unpacked(tmp_path, bytes(out.data)) == {"a.txt": b"some words", "b.txt": b"more words"}


@pytest.mark.parametrize("zip64", [{}, None])
def test_stored_and_large_forms_are_read(tmp_path: Path, zip64: dict[str, int] | None) -> None:
    data = zipped(
        file("a.txt", b"stored", method=0), file("b/c.txt", b"squeezed"), zip64=zip64,
        comment=b"made by hand",
    )  # fmt: skip

    assert unpacked(tmp_path, data) == {"a.txt": b"stored", "b/c.txt": b"squeezed"}


def test_old_names_are_read_as_they_were_meant(tmp_path: Path) -> None:
    data = zipped(
        file("één.txt", b"1", flags=0), file("vóór.txt".encode("cp437"), b"2", flags=0),
        file("Scherm 3.04\u202fPM.png", b"3"),
    )  # fmt: skip

    assert set(unpacked(tmp_path, data)) == {"één.txt", "vóór.txt", "Scherm 3.04\u202fPM.png"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "a/../../evil", "a/..", "/etc/evil", "//host/evil", "..\\evil", "a\\b",
        "C:/evil", "C:evil", "C:\\evil", "a\x00.html", "a\nb", "a\x7fb", "\x1b[2Jb", "a\u202eb",
        "a\u2028b", " a", "a /b", "", ".", "a/./../..", "x" * 241, "é" * 121,
        "/".join("a" * 20 for _ in range(21)), "../" * 40 + "tmp/evil",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_nowhere(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, zipped(file("good.txt"), file(name))) == "name"


def test_a_name_that_is_no_unicode_though_it_says_so(tmp_path: Path) -> None:
    assert refused(tmp_path, zipped(file(b"\xff\xfe.txt"))) == "name"


@pytest.mark.parametrize(
    "two",
    [
        ("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("straße", "STRASSE"), ("\u00e9", "e\u0301"),
        ("a", "a/b"), ("A/b", "a"), ("a", "a/"), ("map/a", "./map//a"), ("ﬁle", "file"),
    ],
)  # fmt: skip
def test_two_files_in_one_place(tmp_path: Path, two: tuple[str, str]) -> None:
    first, second = two
    entries = [file(first), file(second, b"" if second.endswith("/") else b"words")]
    assert refused(tmp_path, zipped(*entries)) == "twice"
    assert refused(tmp_path, zipped(*reversed(entries))) == "twice"


@pytest.mark.parametrize("mode", [0o120777, 0o060600, 0o020600, 0o010600, 0o140600])
def test_links_devices_pipes_and_sockets(tmp_path: Path, mode: int) -> None:
    assert refused(tmp_path, zipped(file("a", b"/etc/passwd", mode=mode))) == "link"


def test_no_file_is_made_runnable(tmp_path: Path) -> None:
    unpacked(tmp_path, zipped(file("run.sh", b"#!/bin/sh", mode=0o104777)))
    assert (tmp_path / "into/run.sh").stat().st_mode & 0o7111 == 0


@pytest.mark.parametrize("flag", [0x1, 0x41, 0x2000])
def test_locked_archives(tmp_path: Path, flag: int) -> None:
    assert refused(tmp_path, zipped(file("a", flags=flag))) == "encrypted"


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 95, 97, 98, 99])
def test_odd_ways_of_packing(tmp_path: Path, method: int) -> None:
    assert refused(tmp_path, zipped(file("a", method=method))) == "method"


# --- Bombs ---------------------------------------------------------------------------------------


def test_a_file_that_unfolds_a_thousandfold(tmp_path: Path) -> None:
    assert refused(tmp_path, zipped(file("a", bytes(8 * MEGABYTE)))) == "ratio"


def test_many_small_files_that_unfold_together(tmp_path: Path) -> None:
    one = file("x", bytes(MEGABYTE))
    many = [Packed(f"{n}".encode(), raw=one.packed, crc=0, size=MEGABYTE) for n in range(600)]
    assert refused(tmp_path, zipped(*many)) == "bomb"


def test_an_archive_in_an_archive_stays_what_it_is(tmp_path: Path) -> None:
    inside = nested(6, zipped(file("bomb", bytes(4 * MEGABYTE))))
    assert set(unpacked(tmp_path, inside)) == {"inner.zip"}


def test_entries_that_share_their_bytes(tmp_path: Path) -> None:
    """The bomb without nesting: every name leads to the same bytes."""
    one = file("kernel", b"k" * 1000)
    shared = [Packed(f"{n}".encode().rjust(6, b"0"), one.data, header=0) for n in range(100)]
    assert refused(tmp_path, zipped(one, *shared)) in {"overlap", "damaged"}
    again = [file("000000", b"k" * 1000, header=0) for _ in range(2)]
    assert refused(tmp_path, zipped(*again[:1], file("000001", header=0))) in {"damaged", "overlap"}


def test_entries_quoted_inside_another(tmp_path: Path) -> None:
    """An entry whose bytes are the header and data of the next."""
    inner = zipped(file("inner", b"i" * 50, method=0))
    header = inner[: inner.index(b"PK\x01\x02")]
    outer = file("outer", header, method=0)
    inside = file("inner", b"i" * 50, method=0, header=30 + len("outer"))
    data = zipped(outer, inside)
    # The second entry's own copy is left out: only the quoted one is there.
    assert refused(tmp_path, data) in {"overlap", "hidden"}


@pytest.mark.parametrize("many", [20_001, 40_001, 65_535, 65_536, 70_000])
def test_more_files_than_we_take(tmp_path: Path, many: int) -> None:
    assert refused(tmp_path, zipped(*(file(f"{n}", b"") for n in range(many)))) in {
        "files", "hidden",
    }  # fmt: skip


def test_a_table_of_contents_larger_than_any_table(tmp_path: Path) -> None:
    data = zipped(
        *(file(f"{n}", b"", extra=b"\xfe\xca\xf4\xff" + bytes(65_000)) for n in range(300))
    )
    assert refused(tmp_path, data) == "files"


def test_too_much_in_all(tmp_path: Path) -> None:
    small = Budget(total=10_000, one_file=8_000)
    assert refused(tmp_path, zipped(file("a", os.urandom(8_001))), small) == "size"
    both = [file("a", os.urandom(6_000)), file("b", os.urandom(6_000))]
    assert refused(tmp_path, zipped(*both), small) == "size"
    assert refused(tmp_path, zipped(file("a", b"x", size=3 << 30)), None) in {"size", "damaged"}


# --- Lies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"size": 4}, {"size": 6}, {"size": 0}, {"crc": 1}, {"packed_size": 6}, {"packed_size": 0},
        {"packed_size": 1000}, {"size": 4, "crc": 0x32F2D6E5},
        {"local": {"size": 4}}, {"local": {"packed_size": 4}}, {"local": {"crc": 7}},
        {"local": {"name": b"other"}}, {"local": {"name": b"../a.txt"}}, {"local": {"method": 0}},
        {"local": {"flags": 0x801}}, {"raw": b"\xff\xff\xff"}, {"raw": b""}, {"header": 999},
        {"header": 1}, {"extra": b"\x01\x00\x00\x00", "size": 0xFFFFFFFF},
    ],
)  # fmt: skip
def test_what_does_not_agree_with_itself(tmp_path: Path, lie: dict[str, object]) -> None:
    made = zipped(file("a.txt", b"words", **lie), file("b.txt"))
    assert refused(tmp_path, made) in {"damaged", "name", "hidden", "overlap", "not_zip"}


def test_a_shorter_size_with_the_sum_of_the_shorter_text(tmp_path: Path) -> None:
    """Readers that stop at the size see a harmless file, others the rest of it."""
    import zlib

    lie = file("a.txt", b"harmless<script>", size=8, crc=zlib.crc32(b"harmless"))
    assert refused(tmp_path, zipped(lie)) == "damaged"


def test_bytes_after_the_packed_text(tmp_path: Path) -> None:
    good = file("a.txt", b"words" * 10)
    lie = Packed(b"a.txt", good.data, raw=good.packed + b"PK more")
    assert refused(tmp_path, zipped(lie)) == "damaged"


def test_something_before_between_or_after(tmp_path: Path) -> None:
    good = [file("a.txt")]
    for data in (
        zipped(*good, before=b"GIF89a" + bytes(20)),
        zipped(*good, after=b"<script>alert(1)</script>"),
        zipped(*good, after=b"\n"),
        zipped(*good, between=b"hidden"),
        zipped(file("a.txt", after=b"hidden between"), file("b.txt")),
        b"#!/bin/sh\nexit\n" + zipped(*good),
    ):
        assert refused(tmp_path, data) == "hidden"


def test_two_tables_of_contents(tmp_path: Path) -> None:
    first, second = zipped(file("seen.txt")), zipped(file("evil.txt"))
    assert refused(tmp_path, first + second) == "hidden"
    assert refused(tmp_path, zipped(file("seen.txt"), comment=second)) == "hidden"


@pytest.mark.parametrize(
    "lie",
    [
        {"place": 0}, {"place": 1 << 40}, {"own": 60}, {"own": 1 << 60}, {"count": 1 << 50},
        {"size": 1 << 50}, {"offset": 1 << 63}, {"disks": 7}, {"count": 0}, {"offset": 1},
    ],
)  # fmt: skip
def test_large_forms_that_lie(tmp_path: Path, lie: dict[str, int]) -> None:
    why = refused(tmp_path, zipped(file("a.txt"), zip64=lie))
    assert why in {"hidden", "files", "parts", "not_zip"}


def test_small_numbers_beside_other_large_ones(tmp_path: Path) -> None:
    data = bytearray(zipped(file("a.txt"), zip64={}))
    data[-12:-10] = b"\x05\x00"
    assert refused(tmp_path, bytes(data)) == "hidden"


def test_one_part_of_several(tmp_path: Path) -> None:
    assert refused(tmp_path, zipped(file("a.txt"), disk=1)) == "parts"
    assert refused(tmp_path, zipped(file("a.txt"), here=0)) == "parts"


@pytest.mark.parametrize("count", [0, 2, 7])
def test_a_wrong_number_of_entries(tmp_path: Path, count: int) -> None:
    assert refused(tmp_path, zipped(file("a.txt"), count=count)) == "hidden"


@pytest.mark.parametrize("cut", [1, 10, 21, 22, 30, 60, 90])
def test_an_upload_that_was_cut(tmp_path: Path, cut: int) -> None:
    assert refused(tmp_path, zipped(file("a.txt"))[:-cut]) in {"not_zip", "hidden"}


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x05\x06", b"Rar!\x1a\x07\x00" * 9, b"7z\xbc\xaf\x27\x1c" * 9, bytes(100),
     b"PK\x05\x06" * 30, b"<html>" * 10_000],
)  # fmt: skip
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, data) in {"not_zip", "hidden"}


def test_an_empty_archive_is_empty(tmp_path: Path) -> None:
    assert unpacked(tmp_path, zipped()) == {}


# --- What happens around it ----------------------------------------------------------------------


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_about: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archives, "_unfolded", full)
    assert refused(tmp_path, zipped(file("a.txt"))) == "room"


def test_another_fault_of_the_disk_is_ours_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_about: object) -> object:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(archives, "_unfolded", broken)
    (tmp_path / "in.zip").write_bytes(zipped(file("a.txt")))
    with pytest.raises(OSError, match="Input/output"):
        unpack(tmp_path / "in.zip", tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(zipped(file("a.txt")))
    (tmp_path / "into").mkdir()
    (tmp_path / "into/mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        unpack(tmp_path / "in.zip", tmp_path / "into")
    assert (tmp_path / "into/mine.txt").read_text() == "mine"


_MEASURED = """
import resource, sys, time
from pathlib import Path
import django
from django.conf import settings
settings.configure(USE_I18N=False)
django.setup()
from gezel.kit.archives import ArchiveRefused, unpack
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
try:
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
except ArchiveRefused as error:
    print(error.why)
print(time.process_time() - began)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("kind", ["entries", "table", "zeros", "small", "overlap", "names"])
def test_a_bomb_costs_little(tmp_path: Path, kind: str) -> None:
    """In a process of its own: under 2 s of work and under 100 MB beside what Python needs."""
    zeros = file("x", bytes(MEGABYTE))
    made = {
        "entries": lambda: [file(f"{n}", b"") for n in range(65_536)],
        "table": lambda: names([f"{n:06}" + "x" * 230 for n in range(39_999)]),
        "zeros": lambda: [file("a", bytes(64 * MEGABYTE))],
        "small": lambda: [
            Packed(f"{n}".encode(), raw=zeros.packed, crc=0, size=MEGABYTE) for n in range(2_000)
        ],
        "overlap": lambda: [file(f"{n:05}", header=0) for n in range(20_000)],
        "names": lambda: names(["/".join("abcdefghij") + f"/{n}" for n in range(20_001)]),
    }
    archive = tmp_path / "in.zip"
    archive.write_bytes(zipped(*made[kind]()))

    told = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(archive), str(tmp_path / "into")],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "src"},
        cwd=Path(archives.__file__).parents[4],
    ).stdout.split()  # fmt: skip

    why, seconds, megabytes = told[0], float(told[1]), float(told[2])
    assert why in WORDS
    assert seconds < 2
    assert megabytes < 100
    assert not (tmp_path / "into").exists()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_change_of_bytes_gets_anything_past(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is changed in a good archive: it comes in within its folder, or not at all."""
    good = zipped(file("a.txt", b"some words " * 20), file("b/c.txt", b"x", method=0), zip64={})
    mutated = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(mutated) - 1))
        mutated[place] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("mutated")
    archive = folder / "in.zip"
    archive.write_bytes(mutated)
    try:
        unpack(archive, folder / "into")
    except ArchiveRefused:
        assert not (folder / "into").exists()
    assert {path.name for path in folder.iterdir()} <= {"in.zip", "into"}
