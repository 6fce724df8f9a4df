"""Ten thousand broken, mislabelled and hostile files of every form, through the real intake.

Each comes in whole or is refused with a sentence; nothing else may happen, and nothing may stay
behind of what was refused. With GEZEL_DRILL_PACKAGES, a folder of packages that others made, those
are broken instead of ours.
"""

import gc
import os
import random
import resource
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation

from gezel.catalogue.api import Activity
from gezel.content import words
from gezel.content.actions import Refused, drop_intake, look_at, take_over
from gezel.content.actions.packages import take_in
from gezel.content.models import Edition, ModuleIntake, Package
from gezel.content.rules.cartridge import CartridgeRefused
from gezel.content.rules.packages import PackageRefused
from gezel.kit.archives import ArchiveRefused
from gezel.kit.pictures import PictureRefused, drawn_anew
from gezel.kit.sheets import SheetError
from gezel.kit.sheets import read as read_sheet
from gezel.people.api import Job as Work
from gezel.people.api import Organisation, Person, employ, found, root_of
from gezel.site.bench.figures import Figure, at_most
from gezel.site.drill.mutants import changed_bytes, changed_text, mutant_of
from gezel.site.drill.specimens import files_of, packages_in, plain_files

MOST_MEMORY = 100
PICTURES = {"png", "jpeg", "gif", "webp"}


@dataclass
class Outcome:
    """What became of all mutants."""

    tried: Counter[str] = field(default_factory=Counter)
    came_in: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    megabytes: float = 0


def drill(rounds: int) -> Iterator[Figure]:
    """A round is one mutant; a fifth of them are plain files, the rest packages."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    with TemporaryDirectory(prefix="gezel-mutants-") as room:
        outcome = run(rounds, Path(room), seed=20_261_126)
    for told in outcome.errors[:10]:
        print(told)
    if os.environ.get("GEZEL_DRILL_PACKAGES"):
        kinds = f"of {len(outcome.tried)} files, packages of others among them"
    else:
        kinds = ", ".join(f"{form} {n}" for form, n in sorted(outcome.tried.items()))
    conditions = f"{rounds} mutants: {kinds}; {sum(outcome.came_in.values())} came in whole"
    for name, found_, unit in (
        ("server errors", outcome.errors, "errors"),
        ("files outside", outcome.outside, "files"),
        ("left behind", outcome.left, "files"),
    ):
        yield at_most(f"packages: {name}", len(found_), unit, 0, conditions=conditions)
    yield at_most(
        "packages: extra memory", round(outcome.megabytes, 1), "MB", MOST_MEMORY,
        conditions="highest of the process, over what it was after the first fifty",
    )  # fmt: skip


def run(many: int, room: Path, *, seed: int) -> Outcome:
    """Bring in so many mutants, in an empty room, and look what stays of them."""
    outcome = Outcome()
    organisation, person = _cast()
    packages, plain = _good()
    file = room / "in" / "came.zip"
    file.parent.mkdir(parents=True)
    before = _all_files(room.parent, room)
    home = Path(settings.MEDIA_ROOT)
    gc.collect()
    start = 0
    # Flushing the disk ten thousand times is not what is tried here.
    with mock.patch("os.sync"):
        for number in range(many):
            dice = random.Random(f"{seed}-{number}")
            forms = [*packages] * 3 + [*plain]
            form = forms[number % len(forms)]
            data = _mutant(form, dice)
            file.write_bytes(data)
            outcome.tried[form] += 1
            with translation.override(dice.choice(("nl", "en"))):
                try:
                    came = _bring(form, file, organisation, person, data)
                    outcome.came_in[form] += came
                except Exception:
                    told = traceback.format_exc(limit=-4)
                    outcome.errors.append(f"{form} {seed}-{number}\n{told}")
            if number == min(50, many // 2):
                start = _memory()
    outcome.megabytes = (_memory() - start) / 1024
    outcome.left = _left(home)
    outcome.outside = sorted(_all_files(room.parent, room) - before)
    return outcome


@lru_cache
def _good() -> tuple[dict[str, Mapping[str, bytes]], dict[str, bytes]]:
    theirs = os.environ.get("GEZEL_DRILL_PACKAGES")
    return packages_in(Path(theirs)) if theirs else files_of(), plain_files()


def _mutant(form: str, dice: random.Random) -> bytes:
    packages, plain = _good()
    if form in packages:
        return mutant_of(packages[form], dice)
    if form in PICTURES or dice.random() < 0.3:
        return changed_bytes(plain[form], dice)
    return changed_text(plain[form], dice)


def _bring(form: str, file: Path, organisation: Organisation, person: Person, data: bytes) -> bool:
    """As the pages do it; True where it came in, False where it was refused with a sentence."""
    form = form.partition(":")[0]
    if form in PICTURES:
        return _says(lambda: drawn_anew(data, within=(200, 200)), PictureRefused, repr)
    if form == "csv":
        return _says(lambda: read_sheet(data), SheetError, str)
    if form in {"cartridge", "gift", "moodle"}:
        return _modules(file, organisation, person, form)

    def take() -> None:
        activity = Activity.objects.create(
            organisation=organisation, title_en="Mutant", kind="module", mix="formal",
            form="online", hours=1,
        )  # fmt: skip
        package = Package.objects.create(activity=activity)
        try:
            edition = take_in(file, package, by=person, filename="came.zip")
            for told in edition.manifest["warnings"]:
                words.warning(told)
        finally:
            if not package.editions.exists():
                activity.delete()

    try:
        return _says(take, PackageRefused, words.why)
    except ArchiveRefused as refused:
        _in_words(str(refused))
        return False


def _modules(file: Path, organisation: Organisation, person: Person, form: str) -> bool:
    try:
        intake = look_at(
            file, organisation=organisation, by=person, name=f"came.{form}", language="en",
            key=uuid.uuid4(),
        )  # fmt: skip
    except CartridgeRefused as refused:
        _in_words(words.why_not(refused))
        return False
    except ArchiveRefused as refused:
        _in_words(str(refused))
        return False
    for row in intake.found["left"]:
        _in_words(words.left_out(row["why"]))
    try:
        take_over(intake)
    except Refused as refused:
        _in_words(refused.messages[0])
        drop_intake(intake)
        return False
    return True


def _says(
    act: Callable[[], object], refused: type[Exception], sentence: Callable[..., str]
) -> bool:
    try:
        act()
    except refused as error:
        _in_words(sentence(error))
        return False
    return True


def _in_words(sentence: str) -> None:
    if not sentence:
        raise RuntimeError("refused without a word")


def _cast() -> tuple[Organisation, Person]:
    organisation = found("Mutants", slug=f"mutants-{uuid.uuid4().hex[:6]}")
    person = Person.objects.create_user(f"{uuid.uuid4().hex}@drill.example")
    work = Work.objects.create(organisation=organisation, name="Breker")
    employ(
        person,
        organisation,
        unit=root_of(organisation),
        job=work,
        starts_on=timezone.localdate() - timedelta(days=400),
    )
    return organisation, person


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _all_files(folder: Path, but: Path) -> set[str]:
    """Everything beside the room, one level deep: what slipped out of it would stand there."""
    return {
        str(path)
        for path in [*folder.glob("evil*"), *folder.glob("*/evil*"), *Path("/etc").glob("evil*")]
        if but not in path.parents
    }


def _left(home: Path) -> list[str]:
    """What stands among our files and no row speaks of."""
    spoken = set(Edition.objects.values_list("digest", flat=True))
    left = [
        str(path)
        for path in [*home.glob("packages/.new-*"), *home.glob("packages/??/*")]
        if path.name not in spoken
    ]
    waiting = {str(pk) for pk in ModuleIntake.objects.filter(state="read").values_list("pk")}
    left += [str(p) for p in home.glob("intakes/*") if p.name not in waiting]
    return left + [str(path) for path in home.rglob("evil*")]
