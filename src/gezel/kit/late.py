"""Packages that are read in when something first needs them, and not at every start.

    from gezel.kit import late

    book = late.xlsxwriter.Workbook(file)

Who starts Gezel waits for all that is imported at the head of a module, also for what the first
page does not need: OR-Tools with pandas takes 0.8 s, these together as long as all of Django. So
each of them has this one door. The first look through it imports the package, as an import within a
function would (safe among threads, and nothing to do the next time); the type checker sees plain
modules. In an annotation it stands in a module that begins with `from __future__ import
annotations`: else writing the annotation down is a first look.

Ruff refuses another way in (`banned-api` in pyproject.toml), and `tests/test_start.py` what comes
in by way of another package.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import huey
    import icalendar
    import markdown_it
    import segno
    import typst
    import xlsxwriter
    from huey import consumer as huey_consumer
    from huey import serializer as huey_serializer
    from joserfc import jwk, jws
    from ortools.graph.python import min_cost_flow
    from ortools.sat.python import cp_model
    from PIL import Image, ImageDraw, ImageOps
    from pyld import canon as pyld_canon
    from pyld import jsonld

__all__ = [
    "Image",
    "ImageDraw",
    "ImageOps",
    "cp_model",
    "huey",
    "huey_consumer",
    "huey_serializer",
    "icalendar",
    "jsonld",
    "jwk",
    "jws",
    "markdown_it",
    "min_cost_flow",
    "pyld_canon",
    "segno",
    "typst",
    "xlsxwriter",
]

MODULES = {
    "Image": "PIL.Image",
    "ImageDraw": "PIL.ImageDraw",
    "ImageOps": "PIL.ImageOps",
    "cp_model": "ortools.sat.python.cp_model",
    "huey": "huey",
    "huey_consumer": "huey.consumer",
    "huey_serializer": "huey.serializer",
    "icalendar": "icalendar",
    "jsonld": "pyld.jsonld",
    "jwk": "joserfc.jwk",
    "jws": "joserfc.jws",
    "markdown_it": "markdown_it",
    "min_cost_flow": "ortools.graph.python.min_cost_flow",
    "pyld_canon": "pyld.canon",
    "segno": "segno",
    "typst": "typst",
    "xlsxwriter": "xlsxwriter",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in MODULES:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        found = globals()[name] = import_module(MODULES[name])
        return found
