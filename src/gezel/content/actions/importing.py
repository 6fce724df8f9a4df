"""Learning material from the command line: what the pages do, in one go and told in lines."""

import uuid
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from gezel.content import words
from gezel.content.actions.bringing import drop_intake, known_already, look_at, take_over
from gezel.content.actions.files import Refused
from gezel.content.actions.packages import bring_package, store
from gezel.content.models import ModuleIntake
from gezel.content.rules.bodies import Words
from gezel.content.rules.cartridge import CartridgeRefused
from gezel.content.rules.packages import PackageRefused
from gezel.kit.archives import ArchiveRefused
from gezel.people.api import Organisation, Person


class FileRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A file that does not come in; `str()` says why."""


def import_file(
    file: Path, *, organisation: str, by: str, language: str = "en", look: bool = False
) -> Iterator[str]:
    """Bring in a package or make modules, as drafts; line by line what is done.

    Args:
        organisation: its slug.
        by: the e-mail address of whose draft it is.
        look: only say what would come in; nothing is made.

    Raises:
        FileRefused: the file is refused, or there is no such organisation or person. Nothing is
            made then.
        OSError: the file cannot be read.
    """
    place = Organisation.objects.filter(slug=organisation).first()
    if place is None:
        raise FileRefused(f"There is no organisation called {organisation!r}.")
    person = Person.objects.filter(email__iexact=by, employments__organisation=place).first()
    if person is None:
        raise FileRefused(f"Nobody there has the address {by!r}.")
    try:
        yield from _brought(file, place, person, language, look=look)
    except CartridgeRefused as refused:
        raise FileRefused(words.why_not(refused)) from refused
    except PackageRefused as refused:
        raise FileRefused(words.why(refused)) from refused
    except Refused as refused:
        raise FileRefused(str(refused.messages[0])) from refused
    except ArchiveRefused as refused:
        raise FileRefused(str(refused)) from refused


def _brought(
    file: Path, place: Organisation, person: Person, language: str, *, look: bool
) -> Iterator[str]:
    key = uuid.uuid4()
    try:
        intake = look_at(
            file, organisation=place, by=person, name=file.name, language=language, key=key
        )
    except CartridgeRefused as refused:
        if refused.why not in {"package", "no_manifest"}:
            raise
        yield from _package(file, place, person, language, look=look)
        return
    yield from _lines(intake)
    known = known_already(intake)
    if known is not None or look:
        drop_intake(intake)
        if known is not None:
            yield _("This very file came in here before. It does not come in twice.")
        return
    for module in take_over(intake):
        yield _("Made: %(title)s (a draft)") % {"title": module.activity.title}


def _lines(intake: ModuleIntake) -> Iterator[str]:
    for row in intake.found["modules"]:
        kinds = ", ".join(f"{n} × {kind}" for kind, n in row["kinds"].items())
        yield f"+ {row['title']}: {kinds}"
    for row in intake.found["left"]:
        sign = "~" if row["why"] in words.COMES_IN_OTHERWISE else "-"
        yield f"{sign} {row['what']}: {words.left_out(row['why'])}"


def _package(
    file: Path, place: Organisation, person: Person, language: str, *, look: bool
) -> Iterator[str]:
    stored = store(file)
    manifest = stored.manifest
    yield f"+ {manifest.title} ({manifest.form})"
    yield from (f"~ {words.warning(told)}" for told in manifest.warnings)
    if look:
        return
    title = Words(**{language: manifest.title or file.stem})
    package = bring_package(
        place, stored, by=person, title=title, goal=Words(), minutes=manifest.minutes or 15,
        filename=file.name,
    )  # fmt: skip
    yield _("Made: %(title)s (a draft)") % {"title": package.activity.title}
