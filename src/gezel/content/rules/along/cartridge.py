"""A module as a Common Cartridge 1.3: pages, topics, and questions in QTI 1.2.

Beside each page of text stands its Markdown, which we read again when the cartridge comes back.
"""

import re
from collections.abc import Callable, Sequence
from html import escape

from gezel.content.rules.along import Piece, Taken, Whole, caption_files, tracks
from gezel.content.rules.bodies import Checklist, Image, Question, Reflection, Text, Video
from gezel.content.rules.kinds import (
    Audio,
    Download,
    Embed,
    Matching,
    Number,
    Practical,
    Short,
)
from gezel.content.rules.prose import to_html

_CC = "http://www.imsglobal.org/xsd/imsccv1p3"
_ASSESSMENT = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"
_QUESTIONS = (Question, Number, Short, Matching)
# What elsewhere is a page, a link or an assignment, and comes back here as a text.
OTHERWISE = frozenset({"checklist", "practical", "embed", "video", "audio"})
# Common Cartridge knows no question about an order.
STAYS = frozenset({"order"})


def as_cartridge(whole: Whole) -> Taken:
    """The files of the cartridge."""
    return _Cartridge(whole).taken()


class _Cartridge:
    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.files: dict[str, bytes | Callable[[], bytes]] = {}
        self.items: list[str] = []
        self.resources: list[str] = []
        self.quiz: list[str] = []
        self.captions = caption_files(whole)

    def said(self, words: object) -> str:
        return str(words.said_in(self.whole.language)) if words else ""  # type: ignore[attr-defined]

    def taken(self) -> Taken:
        for place, piece in enumerate(self.whole.pieces, 1):
            if isinstance(piece.body, _QUESTIONS):
                self.quiz.append(self._question(place, piece.body))
                continue
            self._end_quiz(place)
            self._piece(place, piece)
        self._end_quiz(len(self.whole.pieces) + 1)
        self.files["imsmanifest.xml"] = self._manifest().encode()
        kinds = {piece.kind for piece in self.whole.pieces}
        return Taken(self.files, frozenset(kinds & OTHERWISE), frozenset(kinds & STAYS))

    def _piece(self, place: int, piece: Piece) -> None:
        body = piece.body
        if isinstance(body, Text):
            markdown = self.said(body.body)
            self.files[f"pages/{place}.md"] = markdown.encode()
            self._page(place, to_html(markdown), _heading(markdown), extra=f"pages/{place}.md")
        elif isinstance(body, Image):
            self._image(place, piece, body)
        elif isinstance(body, Download):
            self._file(place, piece, body)
        elif isinstance(body, Reflection):
            self._topic(place, self.said(body.prompt))
        elif isinstance(body, Checklist):
            told = "".join(f"<li>{escape(self.said(item))}</li>" for item in body.items)
            self._page(
                place, f"<p>{escape(self.said(body.prompt))}</p><ul>{told}</ul>", "Checklist"
            )
        elif isinstance(body, Practical):
            self._page(place, to_html(self.said(body.prompt)), "Practical")
        elif isinstance(body, Embed):
            self._link(place, self.said(body.title), body.url)
        elif isinstance(body, Video | Audio):
            self._film(place, piece, body)

    def _add(self, place: int | str, title: str, kind: str, href: str, *more: str) -> None:
        files = "".join(f'<file href="{escape(name)}"/>' for name in (href, *more))
        main = f' href="{escape(href)}"' if kind == "webcontent" else ""
        self.items.append(
            f'<item identifier="i{place}" identifierref="r{place}"><title>{escape(title)}</title>'
            "</item>"
        )
        self.resources.append(
            f'<resource identifier="r{place}" type="{kind}"{main}>{files}</resource>'
        )

    def _page(
        self, place: int, html: str, title: str, *, extra: str = "", media: Sequence[str] = ()
    ) -> None:
        language = self.whole.language
        name = f"pages/{place}.html"
        self.files[name] = (
            f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
            f"<title>{escape(title)}</title></head><body>\n{html}\n</body></html>\n"
        ).encode()
        self._add(place, title, "webcontent", name, *filter(None, (extra, *media)))

    def _image(self, place: int, piece: Piece, body: Image) -> None:
        self.files[f"media/{piece.name}"] = piece.data
        alt, caption = self.said(body.alt), self.said(body.caption)
        below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        html = (
            f'<figure><img src="../media/{escape(piece.name)}" alt="{escape(alt)}">{below}</figure>'
        )
        self._page(place, html, alt[:80], media=[f"media/{piece.name}"])

    def _film(self, place: int, piece: Piece, body: Video | Audio) -> None:
        self.files[f"media/{piece.name}"] = piece.data
        tag, inside, captions = "audio", "", []
        if isinstance(body, Video):
            tag = "video"
            inside = tracks(place, body, above="../", language=self.whole.language)
            captions = [n for n in self.captions if n.startswith(f"captions/{place}-")]
        self.files |= {name: self.captions[name] for name in captions}
        title = self.said(body.title)
        html = (
            f'<{tag} controls src="../media/{escape(piece.name)}" title="{escape(title)}">{inside}'
            f"</{tag}>{to_html(self.said(body.transcript))}"
        )
        self._page(place, html, title, media=[f"media/{piece.name}", *captions])

    def _file(self, place: int, piece: Piece, body: Download) -> None:
        name = f"files/{place}/{file_name(body.name)}"
        self.files[name] = piece.data
        self._add(place, self.said(body.title), "webcontent", name)

    def _topic(self, place: int, prompt: str) -> None:
        name = f"topics/{place}.xml"
        text = escape(f"<p>{escape(prompt)}</p>")
        self.files[name] = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<topic xmlns="{_CC}/imsdt_v1p3">'
            f"<title>{escape(prompt[:80])}</title>"
            f'<text texttype="text/html">{text}</text></topic>\n'
        ).encode()
        self._add(place, prompt[:80], "imsdt_xmlv1p3", name)

    def _link(self, place: int, title: str, url: str) -> None:
        name = f"links/{place}.xml"
        self.files[name] = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<webLink xmlns="{_CC}/imswl_v1p3">'
            f'<title>{escape(title)}</title><url href="{escape(url)}"/></webLink>\n'
        ).encode()
        self._add(place, title, "imswl_xmlv1p3", name)

    # --- Questions -------------------------------------------------------------------------------

    def _end_quiz(self, place: int) -> None:
        """Questions that stand together are one assessment."""
        if not self.quiz:
            return
        name = f"quizzes/{place}.xml"
        title = escape(self.whole.title)
        self.files[name] = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<questestinterop '
            'xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
            f'<assessment ident="q{place}" title="{title}"><qtimetadata>'
            + _field("cc_profile", "cc.exam.v0p1")
            + "</qtimetadata>"
            f'<section ident="root_section">{"".join(self.quiz)}</section></assessment>'
            "</questestinterop>\n"
        ).encode()
        self._add(f"q{place}", self.whole.title, _ASSESSMENT, name)
        self.quiz = []

    def _question(self, place: int, body: Question | Number | Short | Matching) -> str:
        feedback: dict[str, str] = {}
        more = ""
        if isinstance(body, Question):
            profile, asked, marking = self._choices(body, feedback)
        elif isinstance(body, Matching):
            profile, asked, marking = self._pairs(body)
        elif isinstance(body, Number):
            profile = "cc.fib.v0p1"
            low, high = body.value - body.off, body.value + body.off
            asked = _WRITE
            marking = _right(
                f'<vargte respident="r">{low}</vargte><varlte respident="r">{high}</varlte>'
            )
            if body.unit:
                more = _field("x_gezel_unit", self.said(body.unit))
        else:
            profile, asked = "cc.fib.v0p1", _WRITE
            marking = "".join(_right(_equal("r", text)) for text in body.accepted)
        if not isinstance(body, Question) and body.why:
            feedback["general_fb"] = self.said(body.why)
        told = "".join(
            f'<itemfeedback ident="{ident}"><flow_mat>{_material(text)}</flow_mat></itemfeedback>'
            for ident, text in feedback.items()
        )
        return (
            f'<item ident="i{place}" title="{place}"><itemmetadata><qtimetadata>'
            f"{_field('cc_profile', profile)}{more}</qtimetadata></itemmetadata>"
            f"<presentation>{_material(self.said(body.prompt))}{asked}</presentation>"
            '<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" '
            f'vartype="Decimal"/></outcomes>{marking}</resprocessing>{told}</item>'
        )

    def _choices(self, body: Question, feedback: dict[str, str]) -> tuple[str, str, str]:
        labels, shows = "", ""
        for option in body.options:
            labels += (
                f'<response_label ident="{option.key}">{_material(self.said(option.text))}'
                "</response_label>"
            )
            if option.why:
                feedback[f"{option.key}_fb"] = self.said(option.why)
                shows += (
                    f'<respcondition continue="Yes"><conditionvar>{_equal("r", option.key)}'
                    '</conditionvar><displayfeedback feedbacktype="Response" '
                    f'linkrefid="{option.key}_fb"/></respcondition>'
                )
        many = "Multiple" if body.multiple else "Single"
        asked = (
            f'<response_lid ident="r" rcardinality="{many}"><render_choice>{labels}'
            "</render_choice></response_lid>"
        )
        tests = "".join(
            _equal("r", o.key) if o.right else f"<not>{_equal('r', o.key)}</not>"
            for o in body.options
            if o.right or body.multiple
        )
        kind = "multiple_response" if body.multiple else "multiple_choice"
        marking = shows + _right(f"<and>{tests}</and>" if body.multiple else tests)
        return f"cc.{kind}.v0p1", asked, marking

    def _pairs(self, body: Matching) -> tuple[str, str, str]:
        labels = "".join(
            f'<response_label ident="{n}">{_material(self.said(pair.right))}</response_label>'
            for n, pair in enumerate(body.pairs)
        )
        asked = "".join(
            f'<response_lid ident="m{n}">{_material(self.said(pair.left))}'
            f"<render_choice>{labels}</render_choice></response_lid>"
            for n, pair in enumerate(body.pairs)
        )
        marking = "".join(_right(_equal(f"m{n}", str(n))) for n, _pair in enumerate(body.pairs))
        return "matching_question", asked, marking

    def _manifest(self) -> str:
        title = escape(self.whole.title)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<manifest identifier="gezel-{self.whole.key}" xmlns="{_CC}/imscp_v1p1" '
            'xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest">\n'
            "<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>"
            f"<lomimscc:lom><lomimscc:general><lomimscc:title><lomimscc:string>{title}"
            "</lomimscc:string></lomimscc:title>"
            f"<lomimscc:language>{self.whole.language}</lomimscc:language>"
            "</lomimscc:general></lomimscc:lom></metadata>\n"
            '<organizations><organization identifier="o" structure="rooted-hierarchy">'
            f'<item identifier="root"><item identifier="module"><title>{title}</title>\n'
            + "\n".join(self.items)
            + "\n</item></item></organization></organizations>\n<resources>\n"
            + "\n".join(self.resources)
            + "\n</resources></manifest>\n"
        )


_WRITE = '<response_str ident="r" rcardinality="Single"><render_fib/></response_str>'


def _material(text: str) -> str:
    return f'<material><mattext texttype="text/plain">{escape(text)}</mattext></material>'


def _field(label: str, entry: str) -> str:
    return (
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{escape(entry)}"
        "</fieldentry></qtimetadatafield>"
    )


def _equal(ident: str, value: str) -> str:
    return f'<varequal respident="{ident}">{escape(value)}</varequal>'


def _right(test: str) -> str:
    return (
        f'<respcondition continue="No"><conditionvar>{test}</conditionvar>'
        '<setvar action="Set" varname="SCORE">100</setvar></respcondition>'
    )


def file_name(name: str) -> str:
    """A name as it can stand in a package everywhere."""
    return re.sub(r"[^\w.() -]+", "_", name).strip(" .") or "file"


def _heading(markdown: str) -> str:
    """What a page is called: its first line, without marks."""
    first = markdown.strip().partition("\n")[0]
    return first.lstrip("# ").strip("*_ ")[:80] or "…"
