"""What is said about packages that are refused, or that have something wrong with them.

Readers (`rules/packages/`) say what is wrong in a code and where; here it becomes a sentence in
the language of who reads it. A code without a sentence fails `tests/test_packages.py`.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.content.rules.packages import PackageRefused

# Why a package is not taken in. Fields in %(…)s come from the reader's `detail`.
REFUSED: dict[str, str | Promise] = {
    "empty": gettext_lazy("There is nothing in this ZIP file."),
    "unknown_form": gettext_lazy(
        "This is no package we know: it holds no imsmanifest.xml (SCORM), cmi5.xml, h5p.json or "
        "index.html. Export it from your authoring tool as SCORM, cmi5 or H5P."
    ),
    "xml_broken": gettext_lazy(
        "The file is not well-formed XML. Export the package again, or ask its maker."
    ),
    "xml_doctype": gettext_lazy(
        "The file holds a document type (DOCTYPE), which we do not read. Ask its maker to take "
        "it out."
    ),
    "xml_size": gettext_lazy("The file is too large to be a description of a package."),
    "xml_depth": gettext_lazy("The file is nested deeper than a description of a package is."),
    "h5p_json": gettext_lazy(
        "The file cannot be read. Export the H5P again from where it was made."
    ),
    "h5p_broken": gettext_lazy(
        "“%(field)s” is missing or wrong. Export the H5P again from where it was made."
    ),
    "h5p_content": gettext_lazy("The H5P has no content. Export it again from where it was made."),
    "h5p_library": gettext_lazy(
        "The H5P needs “%(library)s”, which is not in the file. Export it from a site that puts "
        "its libraries in, such as Lumi or your own Moodle or WordPress."
    ),
    "h5p_file": gettext_lazy(
        "H5P does not allow this kind of file there. Take it out and export again."
    ),
    "pages_empty": gettext_lazy("The page to begin with is empty."),
}

# What is wrong with a package that plays all the same.
WARNINGS: dict[str, str | Promise] = {}


def why(refused: PackageRefused) -> str:
    """A refusal as a sentence, with the place in the package where there is one."""
    said = str(REFUSED[refused.why]) % dict(refused.detail)
    if not refused.place:
        return said
    return _("%(place)s: %(said)s") % {"place": refused.place, "said": said}


def warning(told: str | Mapping[str, Any]) -> str:
    """A warning as a sentence: a code, or `{"why": code, "place": …, …detail}`."""
    if isinstance(told, str):
        return str(WARNINGS.get(told, told))
    said = str(WARNINGS.get(str(told["why"]), told["why"])) % dict(told)
    if not told.get("place"):
        return said
    return _("%(place)s: %(said)s") % {"place": told["place"], "said": said}
