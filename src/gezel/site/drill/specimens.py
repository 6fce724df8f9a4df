# ruff: noqa: E501 # XML as others write it is wide
"""Good files of every form that people bring in, made here: what the mutants come from."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

PICTURE_SIZE = (40, 30)


def picture(form: str = "PNG") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", PICTURE_SIZE, "orange").save(out, form)
    return out.getvalue()


_SCORM12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Knots</title>
<item identifier="i1" identifierref="r1"><title>One</title>
<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:maxtimeallowed>00:10:00</adlcp:maxtimeallowed>
</item><item identifier="i2" identifierref="r2" isvisible="true" parameters="?a=1"><title>Two</title>
</item></organization></organizations>
<resources><resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="one.html">
<file href="one.html"/></resource><resource identifier="r2" type="webcontent"
 adlcp:scormtype="asset" href="two.html"><file href="two.html"/><dependency identifierref="r1"/>
</resource></resources></manifest>"""
_SCORM2004 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"
 xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Knots</title>
<item identifier="i1" identifierref="r1"><title>One</title><imsss:sequencing>
<imsss:controlMode choice="true" flow="true"/><imsss:limitConditions attemptLimit="2"/>
<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions conditionCombination="any">
<imsss:ruleCondition condition="satisfied"/></imsss:ruleConditions>
<imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>
<imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true">
<imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure></imsss:primaryObjective>
</imsss:objectives></imsss:sequencing></item>
<item identifier="i2" identifierref="r1"><title>Two</title></item></organization></organizations>
<resources><resource identifier="r1" type="webcontent" adlcp:scormType="sco" href="one.html">
<file href="one.html"/></resource></resources>
<imsss:sequencingCollection/></manifest>"""
_CMI5 = """<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://example.test/knots"><title><langstring lang="en-US">Knots</langstring></title>
<description><langstring lang="en-US">To tie</langstring></description></course>
<block id="https://example.test/b"><title><langstring lang="en-US">Part</langstring></title>
<description><langstring lang="en-US">A part</langstring></description>
<au id="https://example.test/au" moveOn="CompletedOrPassed" masteryScore="0.8"
 launchMethod="AnyWindow"><title><langstring lang="en-US">One</langstring></title>
<description><langstring lang="en-US">The one</langstring></description>
<url>one.html?a=1</url><launchParameters>x</launchParameters></au></block></courseStructure>"""
_CARTRIDGE = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion></metadata>
<organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">
<item identifier="w"><title>Before you begin</title>
<item identifier="a" identifierref="page"><title>Cables</title></item>
<item identifier="b" identifierref="talk"><title>Talk</title></item>
<item identifier="c" identifierref="quiz"><title>Quiz</title></item></item></item></organization>
</organizations><resources>
<resource identifier="page" type="webcontent" href="wiki/page.html"><file href="wiki/page.html"/>
<dependency identifierref="picture"/></resource>
<resource identifier="picture" type="webcontent" href="cable.png"><file href="cable.png"/></resource>
<resource identifier="talk" type="imsdt_xmlv1p3"><file href="talk.xml"/></resource>
<resource identifier="quiz" type="imsqti_xmlv1p2/imscc_xmlv1p3/assessment"><file href="quiz.xml"/>
</resource></resources></manifest>"""
_QUIZ = """<?xml version="1.0"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="q" title="Q">
<section ident="s"><item ident="i" title="First"><itemmetadata><qtimetadata><qtimetadatafield>
<fieldlabel>cc_profile</fieldlabel><fieldentry>cc.multiple_choice.v0p1</fieldentry>
</qtimetadatafield></qtimetadata></itemmetadata><presentation><material>
<mattext texttype="text/html">&lt;p&gt;What first?&lt;/p&gt;</mattext></material>
<response_lid ident="r" rcardinality="Single"><render_choice><response_label ident="0"><material>
<mattext>Off</mattext></material></response_label><response_label ident="1"><material>
<mattext>On</mattext></material></response_label></render_choice></response_lid></presentation>
<resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>
<respcondition continue="No"><conditionvar><varequal respident="r">0</varequal></conditionvar>
<setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing></item>
<item ident="n" title="Number"><presentation><material><mattext>How much?</mattext></material>
<response_str ident="r"><render_fib/></response_str></presentation><resprocessing>
<respcondition><conditionvar><vargte respident="r">1.5</vargte><varlte respident="r">2</varlte>
</conditionvar><setvar varname="SCORE">100</setvar></respcondition></resprocessing></item>
</section></assessment></questestinterop>"""
_PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Cables</title></head><body>
<h1>Cables</h1><p>Stay <b>away</b> from <a href="https://example.test/">orange</a>.</p>
<ul><li>one<ul><li>two</li></ul></li></ul><table><tr><td>1</td><td>2</td></tr></table>
<img src="$IMS-CC-FILEBASE$/cable.png" alt="A cable"><pre>a
 b</pre></body></html>"""
_TALK = """<topic xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imsdt_v1p3"><title>Talk</title>
<text texttype="text/html">&lt;p&gt;When did it nearly go wrong?&lt;/p&gt;</text></topic>"""
_GIFT = """$CATEGORY: $course$/Safety
::First:: [html]<p>What <b>first</b>?</p> { =Off#right ~On#wrong ~%0%Out ####general }

Orange is high voltage. {T}

How many? {#12.4..12.8}

Match {=a -> b =c -> d}

Which? {~%50%Date ~%50%Class ~%-100%Colour}
"""
_MOODLE = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="category"><category><text>$course$/Safety</text></category></question>
<question type="multichoice"><name><text>Gloves</text></name><questiontext format="html"><text>
<![CDATA[<p>What do you check?</p>]]></text></questiontext><single>false</single>
<answer fraction="50"><text>Date</text><feedback><text>yes</text></feedback></answer>
<answer fraction="50"><text>Class</text></answer><answer fraction="-100"><text>Colour</text></answer>
</question><question type="numerical"><questiontext><text>How many?</text></questiontext>
<answer fraction="100"><text>5</text><tolerance>0.5</tolerance></answer></question></quiz>"""


def _ours(page: bytes) -> bytes:
    """A module as it lies in what was taken along from a Gezel, beside this page."""
    words = {"nl": "Kabels", "en": "Cables"}
    option = {"key": "a", "text": words, "right": True, "why": words}
    blocks = [
        {"kind": "text", "body": {"body": words}},
        {"kind": "image", "body": {"alt": words, "caption": words}, "file": "files/cable.png"},
        {"kind": "question", "body": {"prompt": words, "multiple": False, "options": [
            option, option | {"key": "b", "text": {"nl": "Aan", "en": "On"}, "right": False}]}},
        {"kind": "number", "body": {"prompt": words, "value": "12.6", "off": "0.2"}},
        {"kind": "practical", "body": {"prompt": words, "looker": "lead"}},
        {"kind": "embed", "body": {"title": words, "url": "https://www.example.test/x"}},
    ]  # fmt: skip
    told = {
        "gezel": 1, "key": "k", "title": words, "goal": words, "language": "nl", "minutes": 5,
        "enough": 80, "blocks": blocks,
        "beside": {"index.html": hashlib.sha256(page).hexdigest()},
    }  # fmt: skip
    return json.dumps(told).encode()


def files_of() -> dict[str, Mapping[str, bytes]]:
    """Form → name → content, of everything that comes in as a ZIP file."""
    page = b"<!doctype html><title>One</title><h1>One</h1>"
    library = {"machineName": "H5P.Try", "majorVersion": 1, "minorVersion": 0}
    told = {"title": "Try", "mainLibrary": "H5P.Try", "language": "en", "embedTypes": ["div"],
            "preloadedDependencies": [library]}  # fmt: skip
    home = {**library, "title": "Try", "patchVersion": 1, "runnable": 1,
            "preloadedJs": [{"path": "try.js"}]}  # fmt: skip
    return {
        "scorm12": {"imsmanifest.xml": _SCORM12.encode(), "one.html": page, "two.html": page},
        "scorm2004": {"imsmanifest.xml": _SCORM2004.encode(), "one.html": page},
        "cmi5": {"cmi5.xml": _CMI5.encode(), "one.html": page},
        "h5p": {
            "h5p.json": json.dumps(told).encode(),
            "content/content.json": b'{"question": "Which?"}',
            "H5P.Try-1.0/library.json": json.dumps(home).encode(),
            "H5P.Try-1.0/try.js": b"var tried = 1;",
        },
        "pages": {"site/index.html": _PAGE.encode(), "site/cable.png": picture()},
        "cartridge": {
            "imsmanifest.xml": _CARTRIDGE.encode(),
            "wiki/page.html": _PAGE.encode(),
            "cable.png": picture(),
            "talk.xml": _TALK.encode(),
            "quiz.xml": _QUIZ.encode(),
        },
        # What went out from here as a package comes back by the same door as a cartridge.
        "cartridge: ours": {
            "index.html": page,
            "files/cable.png": picture(),
            "gezel/module.json": _ours(page),
        },
    }


# What is larger is film or sound, which nobody reads on the way in: its beginning will do.
_READ = 100_000
_HREF = re.compile(rb'\bhref="([^"#?:]+)"')


def packages_in(folder: Path) -> dict[str, Mapping[str, bytes]]:
    """Form and name → name → content, of the packages and bare manifests that others made."""
    found: dict[str, Mapping[str, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".zip", ".h5p", ".imscc"}:
            with zipfile.ZipFile(path) as made:
                names = [n for n in made.namelist() if not n.endswith("/")]
                files = {name: made.read(name)[:_READ] for name in names}
        elif path.name.endswith((".imsmanifest.xml", ".cmi5.xml")):
            told = path.read_bytes()
            # What it speaks of did not come along: a page for each will do.
            pages = {name.decode(): b"<!doctype html><p>x" for name in _HREF.findall(told)}
            files = {**pages, ".".join(path.name.split(".")[-2:]): told}
        else:
            continue
        manifest = files.get("imsmanifest.xml", b"").replace(b"\x00", b"").lower()
        is_cartridge = b"imscc" in manifest or b"common cartridge" in manifest
        found[f"{'cartridge' if is_cartridge else 'package'}: {path.name}"] = files
    return found


def plain_files() -> dict[str, bytes]:
    """Form → content, of what comes in as one file."""
    return {
        "gift": _GIFT.encode(),
        "moodle": _MOODLE.encode(),
        "png": picture(),
        "jpeg": picture("JPEG"),
        "gif": picture("GIF"),
        "webp": picture("WEBP"),
        "csv": b"name;e-mail;unit;job\nNew One;new.one@example.test;Workshop;Mechanic\n" * 5,
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as an ordinary ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()
