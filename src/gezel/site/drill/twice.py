"""Each write is sent five times at once: by a nervous thumb, a proxy, a phone out of a tunnel."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from gezel.site.bench.figures import Figure, at_most
from gezel.site.drill.scene import Server, set_scene
from gezel.site.drill.told import verdict
from gezel.site.drill.writing import KINDS, Notebook, Write, send

AT_ONCE = 5


def drill(rounds: int) -> Iterator[Figure]:
    """One effect, and everyone who asks is told that it is kept."""
    scene, server, notebook = set_scene(), Server(), Notebook()
    not_told = 0
    try:
        server.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for turn in range(rounds):
                for kind in KINDS:
                    writer = scene.writers[turn % len(scene.writers)]
                    write = Write(kind, writer, level=1 + turn % 5)
                    replies = list(
                        pool.map(lambda _, w=write: send(w, server.port), range(AT_ONCE))
                    )
                    not_told += sum(reply.outcome != "kept" for reply in replies)
                    if any(reply.outcome == "kept" for reply in replies):
                        notebook.note(write, next(r for r in replies if r.outcome == "kept"))
                    else:
                        notebook.note(write, replies[0])
    finally:
        server.kill()
    conditions = f"each sent {AT_ONCE} × at once"
    yield from verdict("twice", notebook, conditions)
    yield at_most(
        "twice: copies not told it is kept", not_told, "replies", 0, conditions=conditions
    )
