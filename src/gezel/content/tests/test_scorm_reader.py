"""Reading SCORM manifests: what people have, what is broken, and what is said of it."""

import re
from pathlib import Path
from typing import Any

import pytest

from gezel.content import words
from gezel.content.rules.packages import Manifest, PackageRefused
from gezel.content.rules.packages.scorm import Scorm, with_parameters
from gezel.content.rules.packages.sequencing.engine import Sequencer

NS12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
)
NS2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" '
    'xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
)
ITEM = '<item identifier="one" identifierref="r"><title>One</title></item>'
RESOURCE = '<resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="a.html"/>'


def xml(
    items: str = ITEM,
    resources: str = RESOURCE,
    *,
    space: str = NS12,
    more: str = "",
    organization: str = "",
    of_resources: str = "",
) -> str:
    return (
        f'<manifest identifier="m" {space}><organizations default="o"><organization identifier="o" '
        f"{organization}><title>Knots</title>{items}</organization></organizations>"
        f"<resources {of_resources}>{resources}</resources>{more}</manifest>"
    )


def read(folder: Path, told: str | bytes, *names: str, at: str = "imsmanifest.xml") -> Manifest:
    (folder / at).parent.mkdir(parents=True, exist_ok=True)
    (folder / at).write_bytes(told if isinstance(told, bytes) else told.encode())
    return Scorm().read(folder, [at, *(names or ("a.html",))])


def test_a_course_of_scorm_12(tmp_path: Path) -> None:
    item = (
        '<item identifier="one" identifierref="r" parameters="?a=1"><title>One</title>'
        "<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>x</adlcp:datafromlms></item>"
    )
    told = read(tmp_path, xml(item))

    assert (told.form, told.title) == ("scorm12", "Knots")
    (unit,) = told.units
    assert (unit.identifier, unit.path, unit.tracked) == ("one", "a.html?a=1", True)
    rules = told.extra["tree"]["children"][0]["rules12"]
    assert (rules["mastery_score"], rules["launch_data"]) == ("80", "x")


@pytest.mark.parametrize(
    ("said", "rule", "warned"),
    [
        ("<adlcp:prerequisites type='aicc_script'>one</adlcp:prerequisites>", "one", []),
        ("<adlcp:prerequisites>one &amp;</adlcp:prerequisites>", "one &", ["prerequisites"]),
        ("<adlcp:prerequisites>nobody</adlcp:prerequisites>", "nobody", ["prerequisites"]),
        ("<adlcp:maxtimeallowed>0001:30:00.5</adlcp:maxtimeallowed>", "0001:30:00.5", []),
        ("<adlcp:maxtimeallowed>an hour</adlcp:maxtimeallowed>", "", ["time_limit"]),
        ("<adlcp:timelimitaction>Exit, message</adlcp:timelimitaction>", "exit,message", []),
        ("<adlcp:timelimitaction>stop</adlcp:timelimitaction>", "", ["time_limit"]),
    ],
)
def test_what_scorm_12_says_of_order_and_time(
    tmp_path: Path, said: str, rule: str, warned: list[str]
) -> None:
    items = (
        '<item identifier="one" identifierref="r"><title>One</title></item>'
        f'<item identifier="two" identifierref="r"><title>Two</title>{said}</item>'
    )
    told = read(tmp_path, xml(items))
    rules = told.extra["tree"]["children"][1]["rules12"]
    assert [value for value in rules.values() if value] == ([rule] if rule else [])
    assert [one["why"] for one in told.warnings] == warned  # type: ignore[index] # with their place


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are(tmp_path: Path, encoding: str) -> None:
    told = xml().replace("Knots", "Knopen voor Zoë")
    assert read(tmp_path, told.encode(encoding)).title == "Knopen voor Zoë"


@pytest.mark.parametrize(
    ("href", "names", "path"),
    [
        ("a.html", ("a.html",), "a.html"),
        ("a%20b.html", ("a b.html",), "a b.html"),
        ("A.HTML", ("a.html",), "a.html"),
        ("./x/../a.html", ("a.html",), "a.html"),
        ("a.html?p=1#top", ("a.html",), "a.html?p=1#top"),
        ("caf%E9.html", ("café.html",), "café.html"),
    ],
)
def test_addresses_as_people_write_them(
    tmp_path: Path, href: str, names: tuple[str, ...], path: str
) -> None:
    resource = RESOURCE.replace("a.html", href)
    assert read(tmp_path, xml(resources=resource), *names).units[0].path == path


def test_bases_add_up(tmp_path: Path) -> None:
    resource = RESOURCE.replace('href="a.html"', 'href="a.html" xml:base="deep/"')
    told = xml(resources=resource, of_resources='xml:base="content/"')
    assert read(tmp_path, told, "content/deep/a.html").units[0].path == "content/deep/a.html"


@pytest.mark.parametrize(
    ("query", "fragment", "parameters", "whole"),
    [
        ("", "", "?a=1", "?a=1"),
        ("", "", "&&a=1", "?a=1"),
        ("x=1", "", "?a=1", "?x=1&a=1"),
        ("", "top", "#other", "#top"),
        ("", "", "#top", "#top"),
        ("", "", "", ""),
    ],
)
def test_parameters_are_joined_as_scorm_says(
    query: str, fragment: str, parameters: str, whole: str
) -> None:
    assert with_parameters(query, fragment, parameters) == whole


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (xml().replace("<organizations", "<other").replace("</organizations", "</other"),
         "no_organization"),
        (xml(items=""), "nothing_to_play"),
        (xml(resources=""), "no_resource"),
        (xml(resources=RESOURCE.replace('href="a.html"', "")), "no_href"),
        (xml(resources=RESOURCE.replace("a.html", "gone.html")), "launch_missing"),
        (xml(resources=RESOURCE.replace("a.html", "../../etc/passwd")), "launch_outside"),
        (xml(resources=RESOURCE.replace("a.html", "https://evil.example/")), "launch_outside"),
        (xml(resources=RESOURCE.replace("a.html", "//evil.example/a")), "launch_outside"),
        ("<other/>", "no_manifest"),
        ("<manifest", "xml_broken"),
        ("", "xml_broken"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + b"<manifest>caf\xe9</manifest>",
         "xml_broken"),
        ('<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + xml(), "xml_doctype"),
        ("<manifest>" + "<item>" * 220 + "</item>" * 220 + "</manifest>", "xml_depth"),
        (xml(items="".join(f'<item identifier="i{n}"/>' for n in range(5_001))), "too_many_items"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_says_why(tmp_path: Path, told: str | bytes, why: str) -> None:
    with pytest.raises(PackageRefused) as refused:
        read(tmp_path, told)
    assert refused.value.why == why
    assert refused.value.place.startswith("imsmanifest.xml")
    assert words.why(refused.value)


def test_a_manifest_in_a_folder_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(PackageRefused) as refused:
        read(tmp_path, xml(), at="my course/imsmanifest.xml")
    assert "my course" in words.why(refused.value)


def test_what_is_odd_is_told_and_plays(tmp_path: Path) -> None:
    resources = RESOURCE.replace(
        "/>",
        '><file href="gone.png"/><file href="https://cdn.example/x.js"/>'
        '<dependency identifierref="none"/></resource>',
    )
    odd = read(tmp_path, xml(ITEM + ITEM + '<item identifier="e"/>', resources))
    codes = {warning["why"] for warning in odd.warnings}  # type: ignore[index]

    assert codes == {
        "files_missing", "file_outside", "no_dependency", "identifier_twice", "empty_item"
    }  # fmt: skip
    assert all(words.warning(one) for one in odd.warnings)
    assert len({unit.identifier for unit in odd.units}) == 2


def test_each_code_has_its_sentence() -> None:
    source = (Path(words.__file__).parent / "rules/packages/scorm.py").read_text(encoding="utf-8")
    refused = set(re.findall(r'PackageRefused\("(\w+)"', source))
    warned = set(re.findall(r'self\.warn\(\s*"(\w+)"', source))
    assert refused
    assert warned
    assert refused <= set(words.REFUSED)
    assert warned <= set(words.WARNINGS)


# ---- sequencing: cases of our own ---------------------------------------------------------------


def sequencer(folder: Path, items: str, *, of_all: str = "", more: str = "") -> Sequencer:
    """A sequencer over items "one", "two", … that all open the same page."""
    told = read(folder, xml(items + of_all, space=NS2004, more=more))
    return Sequencer(told.extra["tree"], {}, {})


def leaf(name: str, sequencing: str = "") -> str:
    return (
        f'<item identifier="{name}" identifierref="r"><title>{name}</title>'
        f"<imsss:sequencing>{sequencing}</imsss:sequencing></item>"
    )


FLOW = '<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>'


def rule(kind: str, condition: str, action: str) -> str:
    return (
        f"<imsss:sequencingRules><imsss:{kind}ConditionRule><imsss:ruleConditions>"
        f'<imsss:ruleCondition condition="{condition}"/></imsss:ruleConditions>'
        f'<imsss:ruleAction action="{action}"/></imsss:{kind}ConditionRule></imsss:sequencingRules>'
    )


def score(told: Sequencer, **values: Any) -> None:
    current = told.current
    assert current is not None
    for name, value in values.items():
        current.primary.set(name, value)


def test_one_after_another_to_the_end(tmp_path: Path) -> None:
    told = sequencer(tmp_path, leaf("one") + leaf("two"), of_all=FLOW)

    assert told.request("start").opens == "one"
    assert not told.is_valid("previous")
    assert told.request("continue").opens == "two"
    assert told.request("previous").opens == "one"
    assert told.request("continue").opens == "two"
    assert told.request("continue").ended
    assert told.root.completed is True


def test_a_part_that_is_satisfied_is_skipped(tmp_path: Path) -> None:
    items = leaf("one") + leaf("two", rule("pre", "always", "skip")) + leaf("three")
    told = sequencer(tmp_path, items, of_all=FLOW)

    told.request("start")
    assert told.request("continue").opens == "three"
    assert told.request("previous").opens == "one"


def test_attempts_run_out(tmp_path: Path) -> None:
    limited = leaf("one", '<imsss:limitConditions attemptLimit="1"/>')
    told = sequencer(tmp_path, limited + leaf("two"), of_all=FLOW)

    told.request("start")
    told.request("continue")
    assert told.request("choice", "one").why == "DB.1.1-3"


def test_who_stops_goes_on_where_they_were(tmp_path: Path) -> None:
    told = sequencer(tmp_path, leaf("one") + leaf("two"), of_all=FLOW)
    told.request("start")
    told.request("continue")
    assert told.request("suspendAll").ended

    again = Sequencer(told.tree, told.state, told.shared)
    assert again.request("resumeAll").opens == "two"
    assert again.by_id["two"].attempts == 1


def test_measures_roll_up_by_their_weight(tmp_path: Path) -> None:
    light = leaf("one", '<imsss:rollupRules objectiveMeasureWeight="1"/>')
    heavy = leaf("two", '<imsss:rollupRules objectiveMeasureWeight="3"/>')
    told = sequencer(tmp_path, light + heavy, of_all=FLOW)
    told.request("start")
    score(told, measure=1.0)
    told.request("continue")
    score(told, measure=0.2)
    told.request("exitAll")

    assert told.root.primary.measure == pytest.approx(0.4)


def test_rules_of_a_shared_set_hold_where_nothing_else_is_said(tmp_path: Path) -> None:
    shared = (
        '<imsss:sequencingCollection><imsss:sequencing ID="s"><imsss:controlMode flow="true" '
        'choice="false"/></imsss:sequencing></imsss:sequencingCollection>'
    )
    told = sequencer(
        tmp_path, leaf("one") + leaf("two"), of_all='<imsss:sequencing IDRef="s"/>', more=shared
    )

    assert told.request("start").opens == "one"
    assert told.request("choice", "two").why == "NB.2.1-10"


def test_some_are_chosen_by_lot_and_stay(tmp_path: Path) -> None:
    items = "".join(leaf(name) for name in ("one", "two", "three", "four"))
    lot = (
        '<imsss:sequencing><imsss:controlMode flow="true"/><imsss:randomizationControls '
        'selectionTiming="once" selectCount="2" randomizationTiming="once" reorderChildren="true"/>'
        "</imsss:sequencing>"
    )
    told = sequencer(tmp_path, items, of_all=lot)
    first = told.request("start").opens
    second = told.request("continue").opens
    assert told.request("continue").ended

    assert len({first, second}) == 2
    assert told.request("start").opens == first
