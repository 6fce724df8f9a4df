# ruff: noqa: E501 # XML as others write it is wide
"""Common Cartridges of our own making."""

from collections.abc import Mapping

from gezel.kit.tests.zips import file, zipped

CC = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"

MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" xmlns="{CC}" xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>
<lom:lom><lom:general><lom:title><lom:string>Working safely</lom:string></lom:title></lom:general>
</lom:lom></metadata>
<organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">
 <item identifier="w1"><title>Before you begin</title>
  <item identifier="i1" identifierref="page"><title>Orange cables</title></item>
  <item identifier="i2" identifierref="talk"><title>Talk</title></item>
  <item identifier="i3" identifierref="site"><title>Site</title></item>
  <item identifier="i4" identifierref="tool"><title>Simulator</title></item>
 </item>
 <item identifier="w2"><title>Test yourself</title>
  <item identifier="i5" identifierref="quiz"><title>Questions</title></item>
  <item identifier="i6" identifierref="nowhere"><title>Gone</title></item>
 </item>
</item></organization></organizations>
<resources>
 <resource identifier="page" type="webcontent" href="wiki/orange.html"><file href="wiki/orange.html"/>
 </resource>
 <resource identifier="picture" type="webcontent" href="web_resources/cable.png">
 <file href="web_resources/cable.png"/></resource>
 <resource identifier="film" type="webcontent" href="web_resources/film.mp4">
 <file href="web_resources/film.mp4"/></resource>
 <resource identifier="talk" type="imsdt_xmlv1p3"><file href="talk.xml"/></resource>
 <resource identifier="site" type="imswl_xmlv1p3"><file href="site.xml"/></resource>
 <resource identifier="tool" type="imsbasiclti_xmlv1p3"><file href="tool.xml"/></resource>
 <resource identifier="quiz" type="imsqti_xmlv1p2/imscc_xmlv1p3/assessment"><file href="quiz.xml"/>
 </resource>
</resources></manifest>"""

PAGE = """<html><head><title>Orange cables</title><style>p{}</style></head><body>
<h2>Orange cables</h2><p>Stay <b>away</b> from <em>orange</em>.</p>
<img src="$IMS-CC-FILEBASE$/cable.png" alt="An orange cable"><ul><li>Look</li><li>Ask</li></ul>
<img src="../web_resources/cable.png"><img src="https://example.test/x.png" alt="elsewhere">
<script>alert(1)</script><p onclick="alert(2)">See <a href="javascript:alert(3)">this</a> and
<a href="https://example.test/a">that</a>.</p></body></html>"""

TALK = """<topic xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imsdt_v1p3"><title>Near misses</title>
<text texttype="text/html">&lt;p&gt;When did it nearly go wrong?&lt;/p&gt;</text></topic>"""
SITE = """<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"><title>Rules [EN]</title>
<url href="https://example.test/rules?a=1&amp;b=(2)"/></webLink>"""


def item(ident: str, profile: str, asked: str, marking: str, feedback: str = "") -> str:
    """A question in QTI 1.2."""
    return f"""<item ident="{ident}" title="{ident}"><itemmetadata><qtimetadata><qtimetadatafield>
<fieldlabel>cc_profile</fieldlabel><fieldentry>{profile}</fieldentry></qtimetadatafield>
</qtimetadata></itemmetadata><presentation>{asked}</presentation><resprocessing><outcomes>
<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>{marking}
</resprocessing>{feedback}</item>"""


def text(html: str, kind: str = "text/html") -> str:
    told = html.replace("&", "&amp;").replace("<", "&lt;")
    return f'<material><mattext texttype="{kind}">{told}</mattext></material>'


def choose(*labels: str, several: bool = False) -> str:
    told = "".join(
        f'<response_label ident="{place}">{text(label)}</response_label>'
        for place, label in enumerate(labels)
    )
    many = "Multiple" if several else "Single"
    return f'<response_lid ident="r" rcardinality="{many}"><render_choice>{told}</render_choice></response_lid>'


def right(test: str, shows: str = "") -> str:
    told = f'<displayfeedback feedbacktype="Response" linkrefid="{shows}"/>' if shows else ""
    return f"""<respcondition continue="No"><conditionvar>{test}</conditionvar>
<setvar action="Set" varname="SCORE">100</setvar>{told}</respcondition>"""


def equal(value: str) -> str:
    return f'<varequal respident="r">{value}</varequal>'


WRITE = '<response_str ident="r" rcardinality="Single"><render_fib/></response_str>'
ITEMS = [
    item(
        "one", "cc.multiple_choice.v0p1",
        text("<p>What first?</p>") + choose("Switch off", "Measure"),
        '<respcondition continue="Yes"><conditionvar><varequal respident="r">1</varequal>'
        '</conditionvar><displayfeedback feedbacktype="Response" linkrefid="1_fb"/></respcondition>'
        + right(equal("0")),
        f'<itemfeedback ident="1_fb"><flow_mat>{text("That is later.")}</flow_mat></itemfeedback>'
        f'<itemfeedback ident="correct_fb"><flow_mat>{text("Yes.")}</flow_mat></itemfeedback>',
    ),
    item(
        "several", "cc.multiple_response.v0p1",
        text("Which?") + choose("Date", "Class", "Colour", several=True),
        right(f"<and>{equal('0')}{equal('1')}<not>{equal('2')}</not></and>"),
    ),
    item(
        "truth", "cc.true_false.v0p1", text("Orange is HV.") + choose("True", "False"),
        right(equal("0")),
    ),
    item("essay", "cc.essay.v0p1", text("Tell what you did.") + WRITE, ""),
    item(
        "empty", "cc.multiple_choice.v0p1", text("Nothing right") + choose("a", "b"), "",
    ),
]  # fmt: skip


def _side(ident: str, left: str) -> str:
    labels = "".join(
        f'<response_label ident="{n}">{text(word)}</response_label>'
        for n, word in enumerate(("brown", "blue", "pink"))
    )
    return f'<response_lid ident="{ident}">{text(left)}<render_choice>{labels}</render_choice></response_lid>'


MORE_ITEMS = [
    item(
        "gap", "cc.fib.v0p1", text("Colour?") + WRITE,
        right(equal("orange")) + right(equal("oranje")),
    ),
    item(
        "part", "cc.pattern_match.v0p1", text("Say it") + WRITE,
        right("<varsubstring respident='r'>lock</varsubstring>"),
    ),
    item(
        "number", "numerical_question", text("Volt?") + WRITE,
        right("<vargte respident='r'>1.5</vargte><varlte respident='r'>2.0</varlte>"),
    ),
    item(
        "pairs", "matching_question", text("Match") + _side("a", "L1") + _side("b", "N"),
        right("<varequal respident='a'>0</varequal>") + right("<varequal respident='b'>1</varequal>"),
    ),
]  # fmt: skip


def quiz(*items: str) -> str:
    return f"""<?xml version="1.0"?><questestinterop xmlns="{QTI}"><assessment ident="a" title="Quiz">
<section ident="root_section">{"".join(items or ITEMS)}</section></assessment></questestinterop>"""


def cartridge_files(picture: bytes, **changed: bytes | None) -> dict[str, bytes]:
    """Name → content; `changed` replaces a file (None: leaves it out)."""
    files = {
        "imsmanifest.xml": MANIFEST.encode(),
        "wiki/orange.html": PAGE.encode(),
        "web_resources/cable.png": picture,
        "web_resources/film.mp4": b"\x00\x00\x00\x18ftypmp42",
        "talk.xml": TALK.encode(),
        "site.xml": SITE.encode(),
        "tool.xml": b"<cartridge_basiclti_link/>",
        "quiz.xml": quiz().encode(),
    }
    for name, data in changed.items():
        if data is None:
            del files[name]
        else:
            files[name] = data
    return files


def a_cartridge(files: Mapping[str, bytes]) -> bytes:
    """The same as one .imscc file."""
    return zipped(*(file(name, data) for name, data in files.items()))
