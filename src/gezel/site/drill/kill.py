"""The server is killed while people write, again and again."""

from collections.abc import Iterator
from random import Random
from time import sleep

from gezel.site.bench.figures import Figure, at_most
from gezel.site.drill.scene import Server, set_scene
from gezel.site.drill.told import verdict
from gezel.site.drill.writing import Crowd, Notebook, send_again


def drill(rounds: int) -> Iterator[Figure]:
    """Start, let them write, SIGKILL at a random moment, start, send again; then count."""
    scene, server, notebook, chance = set_scene(), Server(), Notebook(), Random()
    ready = []
    try:
        for _ in range(rounds):
            ready.append(server.start())
            send_again(notebook, server.port)
            with Crowd(scene.writers, server.port, notebook):
                sleep(chance.uniform(0.2, 2.0))
                server.kill()
        ready.append(server.start())
        send_again(notebook, server.port)
    finally:
        server.kill()
    yield from verdict("kill", notebook, f"{rounds} × SIGKILL of the whole server under load")
    yield at_most("kill: slowest return", max(ready), "s", 30, conditions=f"of {len(ready)} starts")
