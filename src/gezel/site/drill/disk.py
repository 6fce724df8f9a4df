"""The disk under the data fills up while people write, and is given room again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings

from gezel.site.bench.figures import Figure, at_most, skipped
from gezel.site.drill.scene import Server, set_scene
from gezel.site.drill.told import verdict
from gezel.site.drill.writing import KINDS, Crowd, Notebook, Write, send, send_again

MEGABYTES = 96


def drill(rounds: int) -> Iterator[Figure]:
    """Fill it, let them write on, free it: no thanks without keeping, and back by itself."""
    with _small_disk(settings.DATA_DIR) as mounted:
        if not mounted:
            yield skipped("disk", "a small disk can only be mounted by root")
            return
        # The disk hides the key beside the data with which we sign people in: it goes along.
        (settings.DATA_DIR / "secret-key").write_text(settings.SECRET_KEY)
        scene, server, notebook = set_scene(), Server(), Notebook()
        filler = settings.DATA_DIR / "filler"
        refused: list[int] = []
        back = []
        try:
            server.start()
            for _ in range(rounds):
                with Crowd(scene.writers, server.port, notebook):
                    sleep(1)
                    _fill(filler)
                    sleep(2)
                # Full now, surely: what are they told?
                _fill(filler)
                for kind in KINDS:
                    write = Write(kind, scene.writers[0], 3)
                    reply = send(write, server.port)
                    notebook.note(write, reply)
                    refused.append(reply.status)
                filler.unlink()
                began = monotonic()
                send_again(notebook, server.port)
                back.append(monotonic() - began)
        finally:
            filler.unlink(missing_ok=True)
            server.kill()
        yield from verdict("disk", notebook, f"a disk of {MEGABYTES} MB filled {rounds} ×")
        silent = sum(status == 0 for status in refused)
        yield at_most(
            "disk: writes without any answer while full",
            silent,
            "writes",
            0,
            conditions=f"{len(refused)} sent, statuses {sorted(set(refused))}",
        )
        yield at_most("disk: slowest return once there was room", max(back), "s", 30)


def _fill(filler: Path) -> None:
    """Write until nothing more goes in."""
    with filler.open("ab", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError:
                continue


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A small disk of memory in place of the folder; false where we may not mount one."""
    if os.geteuid() != 0:
        yield False
        return
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={MEGABYTES}m,mode=0700"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "gezel-drill", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        yield False
        return
    try:
        yield True
    finally:
        from django.db import connections

        connections.close_all()
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
