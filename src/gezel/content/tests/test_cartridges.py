# ruff: noqa: E501 # XML as others write it is wide
"""Common Cartridges and question files as modules: what comes in, what does not, and why."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.content import words
from gezel.content.actions import drop_intake, known_already, look_at, sweep_intakes, take_over
from gezel.content.actions.files import Refused
from gezel.content.models import Block, Media, Module, ModuleIntake
from gezel.content.rules.cartridge import CartridgeRefused, is_cartridge, read_cartridge
from gezel.content.rules.cartridge.pages import PageRefused, Shown, Words, pieces_of
from gezel.content.rules.prose import to_html
from gezel.content.tests.builders import a_picture
from gezel.content.tests.cartridges import (
    MANIFEST,
    MORE_ITEMS,
    a_cartridge,
    cartridge_files,
    quiz,
)
from gezel.kit.archives import ArchiveRefused
from gezel.kit.tests.zips import file, zipped
from gezel.people.api import Organisation, Person

GIVEN = Path(__file__).resolve().parents[5] / "shared/data/conformance/common-cartridge"


def laid_out(folder: Path, files: dict[str, bytes]) -> list[str]:
    for name, data in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return list(files)


def markdown(html: str) -> str:
    return "\n\n".join(p.markdown for p in pieces_of(html) if isinstance(p, Words))


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>Some <b>bold </b>words</p>", "Some **bold** words"),
        ("<h1>Top</h1><h5>Low</h5>", "## Top\n\n#### Low"),
        ("<p>1. no list</p><p># no heading</p><p>- no</p>", "1\\. no list\n\n\\# no heading\n\n\\- no"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n   - b\n- c"),
        ("<ol start='3'><li>c</li></ol>", "3. c"),
        ("<p>a*b_c [d] <code>x*y</code></p>", "a\\*b\\_c \\[d\\] `x*y`"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
         "| A | B |\n| --- | --- |\n| 1 | 2 |"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
        ("<a href='https://a.test/(x)'>go</a>", "[go](https://a.test/%28x%29)"),
        ("<a href='javascript:alert(1)'>go</a><script>x</script>", "go"),
        ("line<br>line", "line\\\nline"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, told: str) -> None:
    assert markdown(html) == told


@pytest.mark.parametrize(
    "evil",
    ["<svg onload=alert(1)>", "<img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;",
     "<a href='data:text/html,x'>x</a>", "[x](javascript:alert(1))", "<math><mi//xlink:href='data:'>",
     "<p>\ue012\ue010\ue011</p>", "<iframe srcdoc='<script>'></iframe>"],
)  # fmt: skip
def test_what_a_page_hides_is_only_words(evil: str) -> None:
    made = to_html(markdown(evil))
    for bad in ("<script", "onerror", "onload", 'href="javascript', 'href="data', "<svg", "<img"):
        assert bad not in made.lower().replace("&lt;", "")


def test_pictures_films_and_files_stand_between_the_words() -> None:
    pieces = pieces_of(
        "<p>a<img src='x.png' alt='An x'> b</p><video src='f.mp4'><track src='c.vtt' srclang='en'>"
        "no film</video><p><a href='doc.pdf'>A form</a></p>"
    )
    shown = [(p.kind, p.source, p.words) for p in pieces if isinstance(p, Shown)]
    assert shown == [
        ("img", "x.png", "An x"),
        ("video", "f.mp4", ""),
        ("link", "doc.pdf", "A form"),
    ]
    assert "no film" not in str(pieces)


def test_pages_that_would_keep_us_busy_are_refused() -> None:
    for html in ("<div>" * 200, "x" * (2 << 20), "<b></b>" * 20_000):
        with pytest.raises(PageRefused):
            pieces_of(html)


def test_a_cartridge_becomes_modules(tmp_path: Path) -> None:
    names = laid_out(tmp_path, cartridge_files(a_picture()))
    assert is_cartridge(tmp_path, names)

    brought = read_cartridge(tmp_path, names, "en")

    assert brought.title == "Working safely"
    first, second = brought.modules
    assert (first.title, second.title) == ("Before you begin", "Test yourself")
    assert [b.kind for b in first.blocks] == [
        "text", "image", "text", "image", "text", "reflection", "text",
    ]  # fmt: skip
    assert (
        first.blocks[0]
        .body["body"]["en"]
        .startswith("## Orange cables\n\nStay **away** from *orange*")
    )
    assert first.blocks[1].body["alt"] == {"en": "An orange cable"}
    assert first.blocks[5].body["prompt"] == {"en": "When did it nearly go wrong?"}
    assert first.blocks[6].body["body"]["en"] == (
        "[Rules \\[EN\\]](https://example.test/rules?a=1&b=%282%29)"
    )
    assert "alert" not in str(first)
    heading, one, several, truth, essay = second.blocks
    assert heading.body["body"]["en"] == "## Questions"
    assert [(o["text"]["en"], o["right"], o.get("why", {}).get("en")) for o in one.body["options"]] == [
        ("Switch off", True, "Yes."), ("Measure", False, "That is later."),
    ]  # fmt: skip
    assert several.body["multiple"] is True
    assert [o["right"] for o in several.body["options"]] == [True, True, False]
    assert [o["right"] for o in truth.body["options"]] == [True, False]
    assert essay.body["prompt"]["en"] == "Tell what you did."
    assert {(left.what, left.why) for left in brought.left} == {
        ("Near misses", "discussion"), ("Simulator", "lti"), ("Gone", "missing"),
        ("elsewhere", "outside"), ("web_resources/cable.png", "no_alt"), ("empty", "none_right"),
        ("web_resources/film.mp4", "unused"),
    }  # fmt: skip
    assert all(words.left_out(left.why) for left in brought.left)


@pytest.mark.parametrize("version", ["1p0", "1p1", "1p2", "1p3"])
def test_each_version_is_read_and_a_thin_one_holds_its_links_itself(
    tmp_path: Path, version: str
) -> None:
    files = {
        name: data.replace(b"v1p3", f"v{version}".encode())
        for name, data in cartridge_files(a_picture()).items()
    }
    whole = read_cartridge(tmp_path, laid_out(tmp_path, files), "en")
    assert [len(made.blocks) for made in whole.modules] == [7, 5]
    link = files.pop("site.xml").decode()
    assert '<file href="site.xml"/>' in files["imsmanifest.xml"].decode()
    manifest = files["imsmanifest.xml"].decode().replace('<file href="site.xml"/>', link)
    files["imsmanifest.xml"] = manifest.encode()
    (tmp_path / "site.xml").unlink()
    assert read_cartridge(tmp_path, laid_out(tmp_path, files), "en") == whole


@pytest.mark.parametrize(
    "newer",
    [
        "<assessmentItem xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1'><itemBody/></assessmentItem>",
        '<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"/>',
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"/>',
    ],
    ids=["QTI 2.1", "QTI 3", "nothing"],
)
def test_questions_in_a_newer_form_are_told_and_leave_no_heading(
    tmp_path: Path, newer: str
) -> None:
    files = cartridge_files(a_picture()) | {"quiz.xml": newer.encode()}
    brought = read_cartridge(tmp_path, laid_out(tmp_path, files), "en")
    assert "## Questions" not in str(brought.modules)
    assert ("Questions", "no_items") in {(left.what, left.why) for left in brought.left}
    assert "QTI 2" in words.left_out("no_items")


def test_questions_in_own_words_numbers_and_files_come_in(tmp_path: Path) -> None:
    page = b"<p>See <a href='../web_resources/form.pdf'>the form</a> and <a href='x.exe'>x</a></p>"
    files = cartridge_files(
        a_picture(),
        **{
            "quiz.xml": quiz(*MORE_ITEMS).encode(),
            "wiki/orange.html": page,
            "web_resources/form.pdf": b"%PDF-1.7",
            "wiki/x.exe": b"MZ",
        },
    )
    brought = read_cartridge(tmp_path, laid_out(tmp_path, files), "nl")

    first, second = brought.modules
    assert [b.body["name"] for b in first.blocks if b.kind == "file"] == ["form.pdf"]
    _heading, gap, part, number, pairs = second.blocks
    assert gap.body["accepted"] == ["orange", "oranje"]
    assert part.body["accepted"] == ["lock"]
    assert (number.kind, number.body["value"], number.body["off"]) == ("number", "1.75", "0.25")
    assert [(p["left"]["nl"], p["right"]["nl"]) for p in pairs.body["pairs"]] == [
        ("L1", "brown"), ("N", "blue"),
    ]  # fmt: skip
    whys = {(left.what, left.why) for left in brought.left}
    assert whys >= {("part", "pattern"), ("pairs", "lures"), ("x", "file_kind")}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"imsmanifest.xml": None}, "no_manifest"),
        ({"imsmanifest.xml": b"<manifest"}, "xml_broken"),
        ({"imsmanifest.xml": b'<!DOCTYPE m SYSTEM "x"><manifest/>'}, "xml_doctype"),
        ({"imsmanifest.xml": b"<package/>"}, "not_manifest"),
        ({"imsmanifest.xml": MANIFEST.replace(
            '<item identifier="root">', '<item identifier="x"/>' * 2_001 + '<item identifier="root">'
        ).encode()}, "many"),
        ({"imsmanifest.xml": MANIFEST.replace(
            '<item identifier="root">', '<item identifier="root">' + "<item>" * 20 + "</item>" * 20
        ).encode()}, "many"),
    ],
)  # fmt: skip
def test_a_cartridge_that_cannot_be_read_says_why(
    tmp_path: Path, changed: dict[str, bytes | None], code: str
) -> None:
    names = laid_out(tmp_path, cartridge_files(a_picture(), **changed))
    with pytest.raises(CartridgeRefused) as refused:
        read_cartridge(tmp_path, names, "en")
    assert refused.value.why == code
    assert words.why_not(refused.value)


def test_addresses_that_lead_out_of_the_file_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(a_picture())
    inside = tmp_path / "in"
    page = b"<p>x</p><img src='../../secret.png' alt='s'><img src='/etc/passwd' alt='t'>"
    names = laid_out(inside, cartridge_files(a_picture(), **{"wiki/orange.html": page}))
    brought = read_cartridge(inside, names, "en")
    assert not [b for m in brought.modules for b in m.blocks if b.kind == "image"]


def looked_at(
    folder: Path, data: bytes, by: Person, organisation: Organisation, name: str = "c.imscc"
) -> ModuleIntake:
    archive = folder / "in.file"
    archive.write_bytes(data)
    return look_at(
        archive, organisation=organisation, by=by, name=name, language="en", key=uuid.uuid4()
    )


def test_nothing_is_made_until_someone_says_yes(
    tmp_path: Path, noor: Person, van_dijk: Organisation
) -> None:
    data = a_cartridge(cartridge_files(a_picture()))
    intake = looked_at(tmp_path, data, noor, van_dijk)
    assert not Module.objects.exists()
    assert [m["title"] for m in intake.found["modules"]] == ["Before you begin", "Test yourself"]

    made = take_over(intake)

    assert [m.activity.title_en for m in made] == ["Before you begin", "Test yourself"]
    assert {m.activity.state for m in made} == {"draft"}
    assert {m.activity.shared_by for m in made} == {noor}
    assert Media.objects.count() == 1, "the same picture twice is one file"
    assert made[0].blocks.filter(kind="image").count() == 2
    intake.refresh_from_db()
    assert not intake.path.exists()
    # Again: what came of it, and nothing new. The same file once more: known.
    assert take_over(intake) == made
    second = looked_at(tmp_path, data, noor, van_dijk)
    assert known_already(second) == intake
    assert Module.objects.count() == 2


def test_one_bad_picture_and_nothing_is_made(
    tmp_path: Path, noor: Person, van_dijk: Organisation
) -> None:
    cut = a_picture()[:80]
    files = cartridge_files(a_picture(), **{"web_resources/bad.png": cut})
    files["wiki/orange.html"] += b"<img src='$IMS-CC-FILEBASE$/bad.png' alt='Cut'>"
    intake = looked_at(tmp_path, a_cartridge(files), noor, van_dijk)

    with pytest.raises(Refused, match=r"bad\.png"):
        take_over(intake)

    assert not Module.objects.exists()
    assert not Block.objects.exists()
    assert not Media.objects.exists()
    assert not [p for p in (settings.MEDIA_ROOT / "media").rglob("*") if p.is_file()]
    intake.refresh_from_db()
    assert intake.state == "read"


def test_a_file_nobody_took_over_goes(tmp_path: Path, noor: Person, van_dijk: Organisation) -> None:
    left = looked_at(tmp_path, a_cartridge(cartridge_files(a_picture())), noor, van_dijk)
    dropped = looked_at(tmp_path, a_cartridge(cartridge_files(a_picture())), noor, van_dijk)
    drop_intake(dropped)
    assert not dropped.path.exists()
    assert sweep_intakes(timezone.now()) == 0
    assert sweep_intakes(timezone.now() + timedelta(days=2)) >= 1
    assert not left.path.exists()
    left.refresh_from_db()
    assert left.state == "dropped"
    with pytest.raises(CartridgeRefused):
        take_over(ModuleIntake.objects.get(pk=left.pk, state="dropped"))


GIFT = b"""::Cables:: What first? {=Switch off#Yes ~Measure#Later ####Always.}

Tell {}

Half {=a ~%50%b ~c}

Colour? {=orange =oranje}

Match {=a -> b =c -> d}

Ohm {#100:5}

Town {=Ams*dam}

Lures {=a -> b =c -> d = -> e}
"""


def test_questions_become_a_module(tmp_path: Path, noor: Person, van_dijk: Organisation) -> None:
    intake = looked_at(tmp_path, GIFT, noor, van_dijk, "safe_work.txt")
    (module,) = take_over(intake)

    assert module.activity.title_en == "safe work"
    question, essay, short, match, number, lured = module.blocks.all()
    assert lured.kind == "match"
    assert (short.kind, match.kind, number.body["off"]) == ("short", "match", "5")
    assert [o["why"]["en"] for o in question.body["options"]] == ["Yes", "Later"]
    assert essay.kind == "reflection"
    assert [(row["what"], row["why"]) for row in intake.found["left"]] == [
        ("Half", "question_half_right"),
        ("Town", "question_pattern"),
        ("Lures", "question_lures"),
    ]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", CartridgeRefused), (b"\x00\x01\x02", CartridgeRefused), (b"<html/>", CartridgeRefused),
        (b"// nothing", CartridgeRefused), (zipped(file("index.html")), CartridgeRefused),
        (zipped(file("../x")), ArchiveRefused), (b"PK\x03\x04", ArchiveRefused),
    ],
)  # fmt: skip
def test_other_files_are_refused_and_leave_nothing(
    tmp_path: Path, noor: Person, van_dijk: Organisation, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error) as refused:
        looked_at(tmp_path, data, noor, van_dijk)
    if isinstance(refused.value, CartridgeRefused):
        assert words.why_not(refused.value)
    assert not ModuleIntake.objects.exists()
    home = settings.MEDIA_ROOT / "intakes"
    assert not home.exists() or not list(home.iterdir())


OTHERS = {
    "canvas_cc_gem_course.imscc": (["Canvas CC Gem Course"], {"missing", "assignment"}),
    "latex.imscc": (["Example Module"], set()),
    "single-page.imscc": (["The Life of Paul"], {"empty"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_cartridges_of_others(
    tmp_path: Path, noor: Person, van_dijk: Organisation, name: str
) -> None:
    modules, left = OTHERS[name]
    path = GIVEN / name
    if not path.exists():
        pytest.skip(f"{name} is not here: shared/data/conformance")
    intake = looked_at(tmp_path, path.read_bytes(), noor, van_dijk, name)
    assert [m["title"] for m in intake.found["modules"]] == modules
    assert {row["why"] for row in intake.found["left"]} == left
    assert len(take_over(intake)) == len(modules)


def test_the_pages_from_file_to_drafts(
    visit: Any,
    noor: Person,
    daan: Person,
    tmp_path: Path,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    client: Client = visit(noor)
    came = SimpleUploadedFile("c.imscc", a_cartridge(cartridge_files(a_picture())))
    key = uuid.uuid4()
    answer = client.post(
        reverse("content:bring"), {"file": came, "language": "en", "key": str(key)}
    )
    assert answer.status_code == 302
    with django_assert_max_num_queries(12):
        page = client.get(answer["Location"]).content.decode()
    assert "Before you begin" in page
    assert "LTI" in page
    assert visit(daan).get(answer["Location"]).status_code == 404
    assert visit(daan).post(reverse("content:take_over", args=[key])).status_code == 404
    client.post(reverse("content:take_over", args=[key]))
    client.post(reverse("content:take_over", args=[key]))
    assert Module.objects.count() == 2
    assert "Test yourself" in client.get(answer["Location"]).content.decode()

    bad = SimpleUploadedFile("x.zip", b"PK nothing")
    answer = client.post(
        reverse("content:bring"), {"file": bad, "language": "en", "key": str(uuid.uuid4())}
    )
    assert answer.status_code == 422
    assert "not a ZIP file" in answer.content.decode()


def test_the_command_says_and_does_the_same(
    tmp_path: Path, noor: Person, van_dijk: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import CommandError, call_command

    from gezel.content.tests.h5ps import an_h5p

    course, piece = tmp_path / "c.imscc", tmp_path / "p.h5p"
    course.write_bytes(a_cartridge(cartridge_files(a_picture())))
    piece.write_bytes(an_h5p())
    where = ["--organisation", "van-dijk", "--by", noor.email]

    call_command("import", "package", str(course), *where, "--look")
    assert not Module.objects.exists()
    assert "- Simulator: This is a link to a tool" in capsys.readouterr().out
    call_command("import", "package", str(course), *where)
    call_command("import", "package", str(course), *where)
    assert Module.objects.count() == 2
    assert "does not come in twice" in capsys.readouterr().out
    call_command("import", "package", str(piece), *where)
    assert "Which cable? (h5p)" in capsys.readouterr().out
    (tmp_path / "x.zip").write_bytes(zipped(file("photo.jpg")))
    for broken in (
        [str(tmp_path / "x.zip"), *where],
        [str(tmp_path / "none.zip"), *where],
        [str(course), "--organisation", "nowhere", "--by", noor.email],
        [str(course), "--organisation", "van-dijk", "--by", "nobody@example.test"],
    ):
        with pytest.raises(CommandError, match="Nothing came in"):
            call_command("import", "package", *broken)
    assert not [p for p in (settings.MEDIA_ROOT / "intakes").iterdir() if p.is_file()]
