"""Packages come in whole or leave nothing, also when we are stopped half-way."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from gezel.catalogue.models import Activity
from gezel.content.actions.packages import sweep_packages, take_in
from gezel.content.models import Edition, Package
from gezel.content.rules.packages import Manifest, PackageRefused, Unit
from gezel.kit.archives import ArchiveRefused
from gezel.kit.tests.zips import file, zipped
from gezel.people.models import Organisation


class AnyForm:
    """A reader that takes everything; forms have their own tests."""

    def claims(self, names: Any) -> bool:
        return True

    def read(self, folder: Path, names: Any) -> Manifest:
        if (folder / "broken").exists():
            raise PackageRefused("no_manifest", "imsmanifest.xml")
        return Manifest(form="pages", title="Knots", units=[Unit("1", "Knots", names[0])])


@pytest.fixture
def package(van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch) -> Package:
    monkeypatch.setattr("gezel.content.actions.packages.READERS", (AnyForm(),))
    return Package.objects.create(
        activity=Activity.objects.create(
            organisation=van_dijk, title_en="K", kind="module", mix="formal", form="online", hours=1
        )
    )


def archive(folder: Path, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "in.zip"
    made.write_bytes(data)
    return made


def left() -> list[str]:
    home = settings.MEDIA_ROOT / "packages"
    return sorted(
        str(p.relative_to(home)) for p in home.rglob("*") if p.is_file() and p.name != ".lock"
    )


def test_a_package_comes_in_whole(package: Package, tmp_path: Path) -> None:
    edition = take_in(archive(tmp_path, zipped(file("a.html"), file("b/c.css"))), package, by=None)

    assert edition.files == 2
    assert (edition.folder / "b/c.css").read_bytes() == b"words"
    package.refresh_from_db()
    assert package.current == edition
    assert {name.split("/", 2)[2] for name in left()} == {"a.html", "b/c.css"}
    # The same file again is the same edition, and nothing more on the disk.
    assert take_in(tmp_path / "in.zip", package, by=None) == edition
    assert len(left()) == 2
    assert not list((settings.MEDIA_ROOT / "packages").glob(".new-*"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (zipped(file("../evil")), ArchiveRefused),
        (zipped(file("a")) + b"more", ArchiveRefused),
        (zipped(file("broken")), PackageRefused),
        (zipped(), PackageRefused),
    ],
)
def test_what_is_refused_leaves_nothing(
    package: Package, tmp_path: Path, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        take_in(archive(tmp_path, data), package, by=None)

    assert not left()
    assert not list((settings.MEDIA_ROOT / "packages").glob(".new-*"))
    assert not Edition.objects.exists()


_HALF_WAY = """
import sys, time
from pathlib import Path
import gezel.kit.archives as archives
whole = archives._unfolded
def slow(*about):
    yield from whole(*about)
    print("half", flush=True)
    time.sleep(60)
archives._unfolded = slow
archives.unpack(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_killed_half_way_is_cleaned_up_at_night(package: Package, tmp_path: Path) -> None:
    kept = take_in(archive(tmp_path, zipped(file("a.html"))), package, by=None)
    home = settings.MEDIA_ROOT / "packages"
    half = home / ".new-half"
    made = archive(tmp_path / "two", zipped(file("a.html"), file("b.html")))
    stopped = subprocess.Popen(
        [sys.executable, "-c", _HALF_WAY, str(made), str(half)],
        env={**os.environ, "PYTHONPATH": "src"}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert stopped.stdout
    assert stopped.stdout.readline() == b"half\n"
    stopped.send_signal(signal.SIGKILL)
    stopped.wait()
    assert half.exists()
    nobodys = home / "ab" / ("ab" * 32)
    nobodys.mkdir(parents=True)
    (nobodys / "index.html").write_text("of a package that is gone")

    # Who is bringing in right now is left alone …
    assert sweep_packages() == 0
    long_ago = time.time() - timedelta(days=2).total_seconds()
    for folder in (half, nobodys, kept.folder):
        os.utime(folder, (long_ago, long_ago))
    # … what was left is taken away, and what is somebody's stays.
    assert sweep_packages() == 2
    assert not half.exists()
    assert not nobodys.exists()
    assert (kept.folder / "a.html").exists()


def test_what_lay_around_and_is_brought_in_again_stays(package: Package, tmp_path: Path) -> None:
    made = archive(tmp_path, zipped(file("a.html")))
    edition = take_in(made, package, by=None)
    folder = edition.folder
    package.current = None
    package.save()
    edition.delete()
    long_ago = time.time() - timedelta(days=2).total_seconds()
    os.utime(folder, (long_ago, long_ago))

    again = take_in(made, package, by=None)
    Edition.objects.filter(pk=again.pk).delete()

    assert sweep_packages() == 0, "it was touched a moment ago"
    assert timezone.now().timestamp() - folder.stat().st_mtime < 60


def test_a_full_disk_says_so_and_leaves_nothing(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from gezel.kit import archives

    def full(*_about: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archives, "_unfolded", full)
    with pytest.raises(ArchiveRefused, match="no room"):
        take_in(archive(tmp_path, zipped(file("a.html"))), package, by=None)
    assert not left()
