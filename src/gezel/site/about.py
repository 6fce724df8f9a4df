"""What Gezel is made of, told from what is built and installed here, and nothing by hand."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gezel import __version__
from gezel.skills.api import releases

_MADE_AT_SET_UP = "kit/vendor/licences.json"
_LONGEST = 60


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Something others made, that we stand on."""

    name: str
    version: str
    licence: str


def about(request: HttpRequest) -> HttpResponse:
    """Which version this is, where its source is, and whose work is in it. For anyone."""
    told = {
        "version": __version__,
        "source": settings.SOURCE_URL,
        "frameworks": releases(),
        "parts": {"browser": in_the_browser(), "server": on_the_server()},
    }
    return render(request, "site/about.html", told)


@cache
def in_the_browser() -> tuple[Part, ...]:
    """What goes along to browsers, as the set-up wrote it down."""
    path = finders.find(_MADE_AT_SET_UP)
    if not path:
        return ()
    return tuple(Part(**told) for told in json.loads(Path(path).read_text(encoding="utf-8")))


@cache
def on_the_server() -> tuple[Part, ...]:
    """The Python packages that are installed here."""
    found = {
        one.metadata["Name"]: Part(one.metadata["Name"], one.version, licence_of(one))
        for one in distributions()
        if one.metadata["Name"]
    }
    return tuple(sorted(found.values(), key=lambda part: part.name.lower()))


def licence_of(one: Distribution) -> str:
    """The licence a package says it has: as an expression, as a class, or in words."""
    told = one.metadata
    if "License-Expression" in told:
        return told["License-Expression"]
    classes = [
        line.rpartition("::")[2].strip()
        for line in told.get_all("Classifier") or ()
        if line.startswith("License ::") and line.count("::") > 1
    ]
    if classes:
        return ", ".join(sorted(set(classes)))
    if "License" in told:
        return told["License"].strip().partition("\n")[0][:_LONGEST]
    return ""
