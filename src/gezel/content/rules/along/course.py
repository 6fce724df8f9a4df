# ruff: noqa: E501 # sentences of a page stand on one line
"""A module as a package that plays elsewhere: SCORM 2004, SCORM 1.2 or cmi5.

One page with everything in it, readable without script; a small script (`run.js`) checks answers
and reports them to the system it plays in. What is right stands in the page, as in our own player.
"""

import json
from collections.abc import Callable, Mapping
from html import escape
from importlib.resources import files
from typing import Any

from gezel.content.rules.along import Piece, Taken, Whole, caption_files, tracks
from gezel.content.rules.bodies import Checklist, Image, Question, Reflection, Text, Video
from gezel.content.rules.kinds import (
    Audio,
    Download,
    Embed,
    Matching,
    Number,
    Ordering,
    Practical,
    Short,
)
from gezel.content.rules.prose import to_html

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "check": "Check", "right": "Right.", "wrong": "Not right yet.", "finish": "Finish",
        "done": "You are through. You can close this page.", "open": "There are still questions to answer.",
        "answer": "Your answer", "choose": "Choose", "several": "Several answers may be right.",
        "transcript": "Read the same as text", "download": "Take along", "elsewhere": "See",
        "saved": "Saved", "alone": "Nothing is kept here: this page was not opened by a learning system.",
        "result": "{right} of {questions} right.", "again": "Try again", "place": "Place",
        "score": "Needed: {percent}%.",
    },
    "nl": {
        "check": "Controleren", "right": "Goed.", "wrong": "Nog niet goed.", "finish": "Afronden",
        "done": "Je bent klaar. Je kunt deze pagina sluiten.", "open": "Er zijn nog vragen te beantwoorden.",
        "answer": "Je antwoord", "choose": "Kies", "several": "Er kunnen meer antwoorden goed zijn.",
        "transcript": "Lees hetzelfde als tekst", "download": "Meenemen", "elsewhere": "Bekijk",
        "saved": "Bewaard", "alone": "Hier wordt niets bewaard: deze pagina is niet door een leersysteem geopend.",
        "result": "{right} van {questions} goed.", "again": "Opnieuw proberen", "place": "Plaats",
        "score": "Nodig: {percent}%.",
    },
}  # fmt: skip
# What elsewhere is only shown: nobody looks at the photo there, and a frame becomes a link.
OTHERWISE = frozenset({"practical", "embed"})
STAYS: frozenset[str] = frozenset()


def as_scorm2004(whole: Whole) -> Taken:
    """SCORM 2004, fourth edition: one SCO."""
    return _taken(whole, {"imsmanifest.xml": _manifest2004(whole, _names(whole)).encode()})


def as_scorm12(whole: Whole) -> Taken:
    """SCORM 1.2: one SCO."""
    return _taken(whole, {"imsmanifest.xml": _manifest12(whole, _names(whole)).encode()})


def as_cmi5(whole: Whole) -> Taken:
    """cmi5: a course of one assignable unit."""
    return _taken(whole, {"cmi5.xml": _structure(whole).encode()})


def _taken(whole: Whole, described: Mapping[str, bytes]) -> Taken:
    made: dict[str, bytes | Callable[[], bytes]] = {
        **described,
        "index.html": _page(whole).encode(),
        "run.js": _ours("run.js"),
        "run.css": _ours("run.css"),
    }
    made |= {f"files/{piece.name}": piece.data for piece in whole.pieces if piece.name}
    made |= caption_files(whole)
    kinds = frozenset(piece.kind for piece in whole.pieces)
    return Taken(made, kinds & OTHERWISE)


def _ours(name: str) -> bytes:
    return (files("gezel.content.rules.along") / name).read_bytes()


def _names(whole: Whole) -> list[str]:
    told = ["index.html", "run.js", "run.css"]
    media = {f"files/{p.name}" for p in whole.pieces if p.name}
    return told + sorted({*media, *caption_files(whole)})


# --- The page ------------------------------------------------------------------------------------


def _page(whole: Whole) -> str:
    say = SAID[whole.language]
    told = {
        "key": whole.key,
        "pass": whole.pass_percent,
        "words": dict(say),
        "questions": {},
    }
    maker = _Maker(whole.language, say, told["questions"])
    blocks = "\n".join(
        f'<section class="block" id="b{place}" data-kind="{piece.kind}">'
        f"{maker.block(place, piece)}</section>"
        for place, piece in enumerate(whole.pieces, 1)
    )
    goal = f'<p class="goal">{escape(whole.goal)}</p>' if whole.goal else ""
    # In a page, JSON ends nothing it stands in.
    data = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return f"""<!DOCTYPE html>
<html lang="{whole.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(whole.title)}</title>
<link rel="stylesheet" href="run.css">
</head>
<body>
<header><h1>{escape(whole.title)}</h1>{goal}</header>
<main>
{blocks}
<section class="block end"><button type="button" id="finish">{say["finish"]}</button>
<p id="result" role="status"></p></section>
</main>
<script type="application/json" id="told">{data}</script>
<script src="run.js"></script>
</body>
</html>
"""


class _Maker:
    """Each kind of block as HTML; what is right goes to `questions`, by block."""

    def __init__(self, language: str, say: Mapping[str, str], questions: Any) -> None:
        self.language, self.say, self.questions = language, say, questions

    def said(self, words: Any) -> str:
        return str(words.said_in(self.language)) if words else ""

    def text(self, words: Any) -> str:
        return escape(self.said(words)).replace("\n", "<br>")

    def block(self, place: int, piece: Piece) -> str:
        body = piece.body
        if isinstance(body, Text):
            return to_html(self.said(body.body))
        if isinstance(body, Image | Video | Audio | Download | Embed):
            return self._shown(place, piece, body)
        if isinstance(body, Reflection):
            return self._written(place, self.text(body.prompt))
        if isinstance(body, Practical):
            return to_html(self.said(body.prompt)) + self._written(place, self.say["answer"])
        if isinstance(body, Checklist):
            items = "".join(
                f'<label><input type="checkbox" value="{n}"> {self.text(item)}</label>'
                for n, item in enumerate(body.items)
            )
            return f"<fieldset><legend>{self.text(body.prompt) or '✓'}</legend>{items}</fieldset>"
        return self._question(place, body)

    def _shown(
        self, place: int, piece: Piece, body: Image | Video | Audio | Download | Embed
    ) -> str:
        source = f"files/{escape(piece.name)}"
        if isinstance(body, Image):
            caption = f"<figcaption>{self.text(body.caption)}</figcaption>" if body.caption else ""
            return f'<figure><img src="{source}" alt="{self.text(body.alt)}">{caption}</figure>'
        if isinstance(body, Download):
            return (
                f'<p><a href="{source}" download="{escape(body.name)}">{self.say["download"]}: '
                f"{self.text(body.title)}</a></p>"
            )
        if isinstance(body, Embed):
            return (
                f'<p><a href="{escape(body.url)}" target="_blank" rel="noopener noreferrer">'
                f"{self.say['elsewhere']}: {self.text(body.title)}</a></p>"
            )
        tag, inside = "audio", ""
        if isinstance(body, Video):
            tag, inside = "video", tracks(place, body, above="", language=self.language)
        return (
            f'<h2>{self.text(body.title)}</h2><{tag} controls src="{source}">{inside}</{tag}>'
            "<details>"
            f"<summary>{self.say['transcript']}</summary>"
            f"{to_html(self.said(body.transcript))}</details>"
        )

    def _written(self, place: int, prompt: str) -> str:
        return f'<label for="w{place}">{prompt}</label><textarea id="w{place}" rows="4"></textarea>'

    def _question(self, place: int, body: Any) -> str:
        told: dict[str, Any] = {
            "why": self.said(body.why) if not isinstance(body, Question) else ""
        }
        hint = ""
        if isinstance(body, Question):
            kind = "checkbox" if body.multiple else "radio"
            hint = f'<p class="hint">{self.say["several"]}</p>' if body.multiple else ""
            inside = "".join(
                f'<label><input type="{kind}" name="q{place}" value="{o.key}"> '
                f"{self.text(o.text)}</label>"
                for o in body.options
            )
            told |= {
                "kind": "choice",
                "right": sorted(body.right),
                "whys": {o.key: self.said(o.why) for o in body.options if o.why},
            }
        elif isinstance(body, Short):
            inside = self._line(place)
            told |= {"kind": "fill-in", "right": list(body.accepted)}
        elif isinstance(body, Number):
            inside = self._line(place, self.text(body.unit), mode="decimal")
            told |= {"kind": "numeric", "right": [str(body.value), str(body.off)]}
        elif isinstance(body, Matching):
            rights = sorted(range(len(body.pairs)), key=lambda n: self.said(body.pairs[n].right))
            inside = self._selects(
                place,
                [self.text(pair.left) for pair in body.pairs],
                [(str(n), self.text(body.pairs[n].right)) for n in rights],
            )
            told |= {"kind": "matching", "right": [str(n) for n in range(len(body.pairs))]}
        else:
            inside, told = self._order(place, body, told)
        self.questions[f"b{place}"] = told
        return (
            f"<form data-question><fieldset><legend>{self.text(body.prompt)}</legend>{hint}{inside}"
            f"</fieldset><button>{self.say['check']}</button>"
            '<div class="verdict" role="status"></div></form>'
        )

    def _order(
        self, place: int, body: Ordering, told: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        steps = sorted(range(len(body.steps)), key=lambda n: self.said(body.steps[n]))
        places = [(str(n), str(n + 1)) for n in range(len(steps))]
        inside = self._selects(
            place,
            [f"{self.text(body.steps[n])} <small>({self.say['place']})</small>" for n in steps],
            places,
        )
        return inside, told | {"kind": "sequencing", "right": [str(n) for n in steps]}

    def _line(self, place: int, unit: str = "", mode: str = "text") -> str:
        return (
            f'<label for="q{place}">{self.say["answer"]}</label>'
            f'<input id="q{place}" inputmode="{mode}" maxlength="200" autocomplete="off"> {unit}'
        )

    def _selects(self, place: int, lefts: list[str], rights: list[tuple[str, str]]) -> str:
        options = "".join(f'<option value="{key}">{word}</option>' for key, word in rights)
        return "".join(
            f'<p class="pair"><label for="q{place}-{n}">{left}</label>'
            f'<select id="q{place}-{n}"><option value="">{self.say["choose"]}</option>{options}'
            "</select></p>"
            for n, left in enumerate(lefts)
        )


# --- What describes it ---------------------------------------------------------------------------


def _resource(names: list[str], kind: str) -> str:
    listed = "".join(f'<file href="{escape(name)}"/>' for name in names)
    return (
        f'<resources><resource identifier="r1" type="webcontent" adlcp:{kind}="sco" '
        f'href="index.html">{listed}</resource></resources>'
    )


def _manifest2004(whole: Whole, names: list[str]) -> str:
    title = escape(whole.title)
    least = f"{whole.pass_percent / 100:.2f}"
    objectives = (
        "<imsss:sequencing><imsss:objectives>"
        '<imsss:primaryObjective satisfiedByMeasure="true" objectiveID="whole">'
        f"<imsss:minNormalizedMeasure>{least}</imsss:minNormalizedMeasure>"
        "</imsss:primaryObjective></imsss:objectives>"
        '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>'
        "</imsss:sequencing>"
        if whole.pass_percent
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="gezel-{whole.key}" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"
 xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="o1"><organization identifier="o1"><title>{title}</title>
<item identifier="i1" identifierref="r1"><title>{title}</title>{objectives}</item>
</organization></organizations>
{_resource(names, "scormType")}
</manifest>
"""


def _manifest12(whole: Whole, names: list[str]) -> str:
    title = escape(whole.title)
    mastery = (
        f"<adlcp:masteryscore>{whole.pass_percent}</adlcp:masteryscore>"
        if whole.pass_percent
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="gezel-{whole.key}" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o1"><organization identifier="o1"><title>{title}</title>
<item identifier="i1" identifierref="r1"><title>{title}</title>{mastery}</item>
</organization></organizations>
{_resource(names, "scormtype")}
</manifest>
"""


def _structure(whole: Whole) -> str:
    def said(tag: str, words: str) -> str:
        told = f'<langstring lang="{whole.language}">{escape(words)}</langstring>'
        return f"<{tag}>{told}</{tag}>"

    about = whole.goal or whole.title
    mastery = f' masteryScore="{whole.pass_percent / 100:.2f}"' if whole.pass_percent else ""
    asked = any(isinstance(p.body, Question | Number | Short | Matching | Ordering)
                for p in whole.pieces)  # fmt: skip
    move_on = "CompletedAndPassed" if asked and whole.pass_percent else "Completed"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="urn:uuid:{whole.key}">{said("title", whole.title)}{said("description", about)}</course>
<au id="urn:uuid:{whole.key}/all" moveOn="{move_on}"{mastery} launchMethod="AnyWindow">
{said("title", whole.title)}{said("description", about)}<url>index.html</url></au>
</courseStructure>
"""
