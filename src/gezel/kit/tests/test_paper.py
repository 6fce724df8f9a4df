"""Whatever people write, there is a page; what no letter is found for is a box."""

from pathlib import Path

import pytest

from gezel.kit.paper import BOX, boxed, each_text, printed, readable

TEMPLATE = '#let told = json(bytes(sys.inputs.at("told")))\n#set document(title: told.title)\n#set text(font: "Libertinus Serif", lang: "en")\n= #told.title\n#told.words.join(" ")'  # fmt: skip # noqa: E501


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE)
    return path


@pytest.mark.parametrize(
    "words",
    [
        "Łukasz Çelik Nguyễn", "well done 👍🏽 👨\u200d👩\u200d👧", "李明",
        "ひらがな カタカナ 한국어",
        "محمد שלום नमस्ते", "paste\x0bd \x01 in", "\ue000 \ufeff \ufffe", "\u202eevil",
        "#let x = 1 $ \\ \"' <a>", "ไทย ꙮ 𒀀",
    ],
)  # fmt: skip
def test_every_text_is_a_page(template: Path, words: str) -> None:
    """An emoji in a note made none at all, and the page an error of the server."""
    made = printed(template, {"title": "Page", "words": [words, "and on"]})

    assert made.startswith(b"%PDF-")


def test_what_is_no_sign_goes_and_the_rest_stays() -> None:
    assert readable("a\x01b\x0bc\nd\te\ufefff\ud800g\ue000") == "abc\nd\tefg"
    assert readable("Zoë → ½ 李 👍") == "Zoë → ½ 李 👍"
    assert each_text({"a": ["x", {"b": "y"}], "n": 1, "t": True}, str.upper) == {
        "a": ["X", {"b": "Y"}], "n": 1, "t": True,
    }  # fmt: skip
    assert boxed("é 李 👍", {"CJK"}) == f"é {BOX} 👍"
