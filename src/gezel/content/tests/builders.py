"""Short ways to modules and attempts, through the actions the product uses."""

import io
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from PIL import Image

from gezel.catalogue.api import Activity, ActivitySkill
from gezel.content.actions import Given, keep_answers, make_module
from gezel.content.api import Attempt, Module
from gezel.content.models import Edition, Package
from gezel.content.queries import play
from gezel.content.rules.bodies import Checklist, Question, Reflection
from gezel.content.rules.kinds import Body, Matching, Number, Ordering, Short
from gezel.people.api import Organisation, Person
from gezel.skills.api import Skill

TEXT = {
    "kind": "text",
    "body": {
        "nl": "## Kabels\n\nBlijf af van **oranje**.",
        "en": "## Cables\n\nKeep away from **orange**.",
    },
}
QUESTION = {
    "kind": "question",
    "prompt": {"nl": "Wat doe je eerst?", "en": "What do you do first?"},
    "option": [
        {"text": {"nl": "Uitschakelen", "en": "Switch off"}, "right": True,
         "why": {"nl": "Precies.", "en": "Exactly."}},
        {"text": {"nl": "Meten", "en": "Measure"}, "right": False,
         "why": {"nl": "Dat komt later.", "en": "That comes later."}},
    ],
}  # fmt: skip
SEVERAL = {
    "kind": "question",
    "multiple": True,
    "prompt": {"nl": "Wat controleer je?", "en": "What do you check?"},
    "option": [
        {"text": {"nl": "De datum", "en": "The date"}, "right": True},
        {"text": {"nl": "De klasse", "en": "The class"}, "right": True},
        {"text": {"nl": "De kleur", "en": "The colour"}, "right": False},
    ],
}
REFLECTION = {
    "kind": "reflection",
    "prompt": {"nl": "Wat neem je mee?", "en": "What do you take along?"},
}
CHECKLIST = {
    "kind": "checklist",
    "prompt": {"nl": "Loop dit na", "en": "Go through this"},
    "items": {"nl": ["Slot", "Kaartje"], "en": ["Padlock", "Tag"]},
}
WEBVTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nSwitch off.\n\n00:02.000 --> 00:04.000\nLock.\n"
# The first bytes of a WebM file; enough to be known as one, and nobody decodes it here.
WEBM = (
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    + bytes(range(256)) * 40
)
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    b'<rect width="10" height="10"/></svg>'
)
PICTURE = {"kind": "image", "file": "parts.svg", "alt": {"nl": "De delen", "en": "The parts"}}
FILM = {
    "kind": "video", "file": "isolate.webm", "captions_en": "isolate.en.vtt",
    "title": {"nl": "Vier stappen", "en": "Four steps"},
    "transcript": {"nl": "Uit, slot, wachten, meten.", "en": "Off, lock, wait, measure."},
}  # fmt: skip
RECORDING = {
    "kind": "audio", "file": "hum.mp3",
    "title": {"nl": "Hoe het klinkt", "en": "What it sounds like"},
    "transcript": {"nl": "Een zoem, dan stilte.", "en": "A hum, then silence."},
}  # fmt: skip
HANDOUT = {
    "kind": "file", "file": "checklist.pdf",
    "title": {"nl": "De lijst om mee te nemen", "en": "The list to take along"},
}  # fmt: skip
ORDER = {
    "kind": "order",
    "prompt": {"nl": "In welke volgorde?", "en": "In which order?"},
    "steps": [{"nl": "Uit", "en": "Off"}, {"nl": "Slot", "en": "Lock"},
              {"nl": "Meten", "en": "Measure"}],
    "why": {"en": "A lock before you measure."},
}  # fmt: skip
MATCH = {
    "kind": "match",
    "prompt": {"nl": "Wat hoort bij wat?", "en": "What belongs together?"},
    "pairs": [{"left": {"en": "Orange"}, "right": {"en": "High voltage"}},
              {"left": {"en": "Black"}, "right": {"en": "12 volt"}}],
}  # fmt: skip
NUMBER = {
    "kind": "number",
    "prompt": {"nl": "Hoeveel minuten wacht je?", "en": "How many minutes do you wait?"},
    "value": "10", "off": "0.5", "unit": {"nl": "minuten", "en": "minutes"},
    "why": {"en": "The capacitors need that."},
}  # fmt: skip
SHORT = {
    "kind": "short",
    "prompt": {"nl": "Hoe heet de stekker?", "en": "What is the plug called?"},
    "accepted": ["service plug", "servicestekker"],
}
PRACTICAL = {
    "kind": "practical", "looker": "lead",
    "prompt": {"nl": "Vergrendel een auto.", "en": "Lock out a car."},
}  # fmt: skip
EMBED = {
    "kind": "embed", "url": "https://player.vimeo.com/video/1",
    "title": {"nl": "De fabrikant legt uit", "en": "The maker explains"},
}  # fmt: skip
MP3 = b"ID3\x04" + bytes(200)
PDF = b"%PDF-1.7\n" + bytes(50)
LATER_KINDS = (RECORDING, HANDOUT, ORDER, MATCH, NUMBER, SHORT, PRACTICAL, EMBED)
SAID_ON_FILM = {name: FILM[name] for name in ("title", "transcript")} | {"captions": {"en": WEBVTT}}
FILES = {"parts.svg": DRAWING, "isolate.webm": WEBM, "isolate.en.vtt": WEBVTT.encode(),
         "hum.mp3": MP3, "checklist.pdf": PDF}  # fmt: skip
EVERYTHING = (TEXT, PICTURE, FILM, QUESTION, SEVERAL, REFLECTION, CHECKLIST)


def a_picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, (20, 120, 110)).save(drawn, form)
    return drawn.getvalue()


def an_activity(
    organisation: Organisation,
    title: str = "High-voltage safety",
    *,
    teaches: Mapping[Skill, int] | None = None,
    state: str = Activity.State.OPEN,
    shared_by: Person | None = None,
) -> Activity:
    activity = Activity.objects.create(
        organisation=organisation, title_nl=title, title_en=title, kind="module", mix="formal",
        form="online", hours="0.5", in_english=True, state=state, shared_by=shared_by,
    )  # fmt: skip
    for skill, level in (teaches or {}).items():
        ActivitySkill.objects.create(activity=activity, skill=skill, to_level=level)
    return activity


def a_module(
    organisation: Organisation,
    blocks: Sequence[Mapping[str, Any]] = (TEXT, QUESTION),
    *,
    title: str = "High-voltage safety",
    teaches: Mapping[Skill, int] | None = None,
    pass_percent: int = 80,
    state: str = Activity.State.OPEN,
    shared_by: Person | None = None,
) -> Module:
    return make_module(
        an_activity(organisation, title, teaches=teaches, state=state, shared_by=shared_by),
        goal={"nl": "Na deze module weet je waar je afblijft.",
              "en": "After this module you know what to keep your hands off."},
        minutes=15,
        pass_percent=pass_percent,
        blocks=blocks,
        media=FILES,
    )  # fmt: skip


def fitting(body: Body, *, right: bool = True) -> dict[str, Any]:
    """A value that answers this block, rightly or not."""
    value: dict[str, Any] = {"seen": True}
    if isinstance(body, Question):
        wrong = [option.key for option in body.options if not option.right][:1]
        value = {"chosen": sorted(body.right) if right else wrong}
    elif isinstance(body, Ordering | Matching):
        name, many = ("order", body.steps) if isinstance(body, Ordering) else ("pairs", body.pairs)
        rightly = list(range(len(many)))
        value = {name: rightly if right else rightly[::-1]}
    elif isinstance(body, Number):
        value = {"number": str(body.value if right else body.value + body.off + 1)}
    elif isinstance(body, Short):
        value = {"short": body.accepted[0] if right else "no idea"}
    elif isinstance(body, Reflection):
        value = {"text": "I will ask first."}
    elif isinstance(body, Checklist):
        value = {"ticked": [0]}
    return value


def answer_everything(attempt: Attempt, *, right: bool = True, at: datetime | None = None) -> None:
    """Give every open block an answer."""
    moment = at or timezone.now()
    keep_answers(
        attempt,
        [
            Given(uuid.uuid4(), step.block.pk, moment, fitting(step.body, right=right))
            for step in play(attempt).steps
            if step.said is None
        ],
        at=moment,
    )


def a_package(
    organisation: Organisation,
    *,
    form: str = "scorm12",
    units: Sequence[Mapping[str, Any]] = (),
    teaches: Mapping[Skill, int] | None = None,
    files: Mapping[str, bytes] | None = None,
    extra: Mapping[str, Any] | None = None,
    title: str = "Knots",
    state: str = "open",
) -> Package:
    """A package as if it had been read, with its files on the disk."""
    activity = Activity.objects.create(
        organisation=organisation, title_en=title, kind="module", mix="formal", form="online",
        hours=1, state=state,
    )  # fmt: skip
    for skill, level in (teaches or {}).items():
        ActivitySkill.objects.create(
            activity=activity, skill=skill, from_level=level - 1, to_level=level
        )
    package = Package.objects.create(activity=activity)
    told = units or [
        {"identifier": "one", "title": title, "path": "index.html", "tracked": True, "extra": {}}
    ]
    edition = Edition.objects.create(
        package=package,
        number=1,
        form=form,
        title=title,
        digest=uuid.uuid4().hex * 2,
        size=1,
        files=1,
        manifest={
            "title": title, "languages": [], "minutes": None, "warnings": [],
            "units": list(told), "extra": dict(extra or {}),
        },
    )  # fmt: skip
    for name, data in (files or {"index.html": b"<!doctype html><title>Knots</title>"}).items():
        target = edition.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    package.current = edition
    package.save()
    return package
