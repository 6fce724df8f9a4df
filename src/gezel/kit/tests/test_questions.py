"""Question files that others made: what is read, and what each one that cannot be read says."""

import base64
import contextlib
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.assessment.rules.bodies import kept_as
from gezel.kit import questions as files
from gezel.kit.questions import Question, Unreadable
from gezel.kit.questions.common import plain

GIFT = r"""
// A comment of the maker
$CATEGORY: $course$/EV/Isolating

::First step::[html]<p>What do you do <b>first</b>?</p> {
  =Switch off   # exactly
  ~Measure      # later
  ~%0%Phone someone
  #### General words
}

A vehicle at rest is free of voltage. {F}

::Isolation:: Least insulation in ohm per volt at 400 V DC? {#100:0}

::Range:: A good 12 V battery at rest {#12.4..12.8}

Which belong to it? {~%50%Date ~%50%Class ~%-100%Colour}

The meter shows {=zero ~nothing \{at all\}} before you begin.
"""


def read(content: bytes, language: str) -> tuple[str, list[Question]]:
    """As a test bank reads it, which asks only what can be marked."""
    return files.read(content, language, kept_as)


def by_number(text: str, language: str = "en") -> list[Question]:
    return read(text.encode(), language)[1]


def test_gift_as_moodle_writes_it_is_read() -> None:
    form, questions = read(GIFT.encode(), "en")

    assert form == "gift"
    assert [q.problems for q in questions] == [()] * 6
    first, statement, ohms, between, several, gap = questions
    assert first.title == "First step"
    assert first.part == "Isolating"
    assert first.body["prompt"]["en"] == "What do you do first?"
    assert [(o["text"]["en"], o["right"]) for o in first.body["options"]] == [
        ("Switch off", True), ("Measure", False), ("Phone someone", False),
    ]  # fmt: skip
    assert [n.code for n in first.notes] == ["feedback"]
    assert first.line == 5
    assert [o["right"] for o in statement.body["options"]] == [False, True]
    assert (ohms.kind, ohms.body["value"], ohms.body["off"]) == ("number", "100", "0")
    assert (between.body["value"], between.body["off"]) == ("12.6", "0.2")
    assert several.kind == "several"
    assert [o["right"] for o in several.body["options"]] == [True, True, False]
    assert gap.body["prompt"]["en"] == "The meter shows _____ before you begin."
    assert gap.body["options"][1]["text"]["en"] == "nothing {at all}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No answers here", "no_answers"),
        ("Half { =a ~b", "braces"),
        ("Write {}", "essay"),
        ("Say {=a =b}", "short_answer"),
        ("Match {=a -> b =c -> d}", "matching"),
        ("Number {#}", "number"),
        ("Number {#3:-1}", "number"),
        ("Number {#5..3}", "number"),
        ("Numbers {#=3:0 =%50%4:0}", "half_right"),
        ("Numbers {#=3:0 =4:0}", "half_right"),
        ("Number {#about three:1}", "number"),
        ("Half {=a ~%50%b ~c}", "half_right"),
        ("None right {~a ~b}", "none_right"),
        ("One {=a}", "short_answer"),
        ("Twice {=a ~A}", "twice"),
        ("Outside <img src='https://example.test/x.png'> {=a ~b}", "picture_elsewhere"),
        ("Begin {a =b}", "answers_begin"),
    ],
)
def test_a_gift_question_that_cannot_be_taken_says_why(text: str, code: str) -> None:
    (question,) = by_number(text)

    assert [p.code for p in question.problems] == [code]


def test_one_bad_question_says_its_line_and_leaves_the_others() -> None:
    questions = by_number("Good {=a ~b}\n\n\nBad {=a\n\nGood too {T}\n")

    assert [(q.line, bool(q.problems)) for q in questions] == [(1, False), (4, True), (6, False)]


PIXEL = base64.b64encode(b"\x89PNG not really").decode()
MOODLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/Protection</text></category></question>
<question type="multichoice"><name><text>Gloves</text></name>
 <questiontext format="html"><text><![CDATA[<p>What do you check?</p>
 <p><img src="@@PLUGINFILE@@/g.png" alt="A glove"></p><script>alert(1)</script>]]></text>
 <file name="g.png" encoding="base64">{PIXEL}</file></questiontext>
 <single>false</single>
 <answer fraction="50"><text>The date</text><feedback><text>yes</text></feedback></answer>
 <answer fraction="50"><text>The class</text></answer>
 <answer fraction="-100"><text>The colour</text></answer></question>
<question type="truefalse"><questiontext><text>Orange means high voltage.</text></questiontext>
 <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>
 </question>
<question type="numerical"><questiontext><text>How many minutes?</text></questiontext>
 <answer fraction="100"><text>5</text><tolerance>0.5</tolerance></answer>
 <units><unit><multiplier>1</multiplier><unit_name>min</unit_name></unit></units></question>
<question type="ordering"><questiontext><text>In order</text></questiontext>
 <answer fraction="2.0"><text>Lock</text></answer><answer fraction="1.0"><text>Off</text></answer>
 </question>
<question type="essay"><questiontext><text>Tell</text></questiontext></question>
<question type="numerical"><questiontext><text>How many?</text></questiontext>
 <answer fraction="100"><text>5</text></answer></question>
<question type="multichoice"><questiontext><text>None</text></questiontext><single>true</single>
 <answer fraction="0"><text>a</text></answer><answer fraction="0"><text>b</text></answer></question>
</quiz>"""


def test_moodle_xml_is_read_and_its_html_is_gone() -> None:
    form, questions = read(MOODLE.encode(), "nl")

    assert form == "moodle"
    gloves, statement, minutes, order, essay, exact, none_right = questions
    assert gloves.kind == "several"
    assert gloves.part == "Protection"
    assert gloves.body["prompt"]["nl"] == "What do you check?"
    assert gloves.body["alt"]["nl"] == "A glove"
    assert gloves.picture == b"\x89PNG not really"
    assert [o["text"]["nl"] for o in statement.body["options"]] == ["Waar", "Niet waar"]
    assert minutes.body["unit"]["nl"] == "min"
    assert [s["nl"] for s in order.body["steps"]] == ["Off", "Lock"]
    assert [q.problems[0].code for q in (essay, none_right)] == ["essay", "none_right"]
    # As Moodle has it: where no tolerance is told, the number itself is right.
    assert (exact.problems, exact.body["value"], exact.body["off"]) == ((), "5", "0")


def asked(kind: str, inner: str, text: str = "What?", along: str = "") -> Question:
    """The one question of a Moodle file, as a module reads it: any kind may come in."""
    xml = (
        f"<quiz><question type='{kind}'><questiontext><text><![CDATA[{text}]]></text>{along}"
        f"</questiontext>{inner}</question></quiz>"
    )
    (question,) = files.read(xml.encode(), "en", lambda _kind, body: body)[1]
    return question


def codes(question: Question) -> tuple[list[str], list[str]]:
    return [p.code for p in question.problems], [n.code for n in question.notes]


@pytest.mark.parametrize(
    "kind",
    ["cloze", "calculated", "calculatedsimple", "calculatedmulti", "ddwtos", "gapselect",
     "ddmarker", "ddimageortext", "random", "randomsamatch", "stack", "coderunner", ""],
)  # fmt: skip
def test_a_kind_that_moodle_has_and_we_have_not_is_told(kind: str) -> None:
    answer = "<answer fraction='100'><text>{={a}*2}</text><tolerance>1</tolerance></answer>"
    question = asked(kind, answer, "{a} times {=__import__('os')}?")
    assert codes(question) == (["cloze" if kind == "cloze" else "type"], [])


def answered(text: str) -> str:
    return f"<answer fraction='100'><text>{text}</text></answer>"


def test_an_answer_with_a_star_is_not_taken_to_the_letter() -> None:
    assert codes(asked("shortanswer", answered("Ams*dam"))) == (["pattern"], [])
    assert codes(by_kind("Town {=Ams*dam}")) == (["pattern"], [])
    for star in (asked("shortanswer", answered(r"5 \* 3")), by_kind(r"Sum {=5 \* 3}")):
        assert star.body["answers"] == [{"en": "5 * 3"}]


def by_kind(text: str) -> Question:
    (question,) = files.read(text.encode(), "en", lambda _kind, body: body)[1]
    return question


def test_what_comes_in_otherwise_is_noted() -> None:
    capitals = asked("shortanswer", f"<usecase>1</usecase>{answered('NaCl')}")
    assert codes(capitals) == ([], ["capitals"])
    assert codes(asked("shortanswer", f"<usecase>0</usecase>{answered('NaCl')}")) == ([], [])
    pair = "<subquestion><text>{}</text><answer><text>{}</text></answer></subquestion>"
    pairs = "".join(pair.format(*words) for words in (("a", "1"), ("b", "2"), ("", "3")))
    assert codes(asked("matching", pairs)) == ([], ["lures"])
    assert codes(by_kind("Match {=a -> 1 =b -> 2 = -> 3}")) == ([], ["lures"])
    assert codes(by_kind("Match {=a -> 1 =b -> 2}")) == ([], [])


def test_the_picture_is_the_one_that_is_shown() -> None:
    shown = "<p>Which?</p><img alt='A glove' src='@@PLUGINFILE@@/my%20glove.png?time=1'>"
    other = base64.b64encode(b"other").decode()
    files = (
        f"<file name='else.png' path='/' encoding='base64'>{other}</file>"
        f"<file name='my glove.png' path='/' encoding='base64'>{PIXEL}</file>"
    )
    assert asked("essay", "", shown, files).picture == b"\x89PNG not really"
    inline = f'<img alt="A glove" src="data:image/png;base64,{PIXEL * 2_000}">'
    question = asked("essay", "", f"<p>Which?</p>{inline}")
    assert codes(question) == ([], [])
    assert question.body["prompt"] == {"en": "Which?"}
    assert question.picture.startswith(b"\x89PNG")
    for text, told, code in (
        (shown, files.replace("my glove", "your glove"), "picture_elsewhere"),
        (shown, files.replace("base64", "hex"), "picture"),
        ("<img alt='x' src='data:image/png;base64,%%%'>", "", "picture"),
        ("<img alt='x' src='data:text/html,hello'>", "", "picture_elsewhere"),
        ("<img alt='x'>", files, "picture_elsewhere"),
        ("Hear <audio src='@@PLUGINFILE@@/a.mp3'></audio>", "", "media"),
        ("See <svg></svg>", "", "media"),
    ):
        assert codes(asked("essay", "", text, told)) == ([code], []), text
    assert codes(by_kind("Hear <video src='x'></video> {=a ~b}")) == (["media"], [])


def test_cells_of_a_table_stay_apart() -> None:
    assert plain("<table><tr><th>a</th><td>1</td></tr><tr><td>2</td></tr></table>") == "a 1\n2"


BOMB = """<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<quiz><question type="essay"><name><text>&c;</text></name></question></quiz>"""
OUTSIDE = """<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"   \n\n", "empty"),
        (BOMB.encode(), "doctype"),
        (OUTSIDE.encode(), "doctype"),
        (b"<quiz><question>", "broken"),
        (b"<html></html>", "not_moodle"),
        (b"<quiz></quiz>", "no_questions"),
        (b"// only a comment", "no_questions"),
        (b"<quiz>" + b"<a>" * 100 + b"</a>" * 100 + b"</quiz>", "deep"),
        (b'<?xml version="1.0" encoding="klingon"?><quiz/>', "encoding"),
        (b"PK\x03\x04\x00\x00rest", "binary"),
        (b"x {=a ~b}\n\n" * 1_001, "many"),
        (b"x" * (20 * 1024 * 1024 + 1), "large"),
        (b"x" * (4 * 1024 * 1024 + 1), "large_text"),
        (b"<quiz>" + b"x" * 4_000_001 + b"</quiz>", "deep"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_and_quickly(content: bytes, code: str) -> None:
    began = time.process_time()

    with pytest.raises(Unreadable) as refused:
        read(content, "en")

    assert refused.value.code == code
    assert time.process_time() - began < 1


def test_the_same_question_is_known_again_in_another_file() -> None:
    (one,) = by_number("::T:: What? {=a ~b}")
    (two,) = by_number("// other\n\n::Another title:: [html]<p>What?</p> { =a ~b }")

    assert one.digest == two.digest
    assert one.digest != by_number("What? {=a ~b}", "nl")[0].digest


@pytest.mark.parametrize(
    "evil", ["<div>", "<img ", "<br ", "<<b>div>", "&#", "<script>", "{", "=", "::", "<p><b><i>"]
)
def test_nothing_that_is_repeated_keeps_us_busy(evil: str) -> None:
    """Seconds of work for a small file would be a way to bring us down."""
    many = evil * (300_000 // len(evil))
    short = evil * (15_000 // len(evil))
    escaped = short.replace("&", "&amp;").replace("<", "&lt;")
    question = (
        f"<question type='essay'><questiontext><text>{escaped}</text></questiontext></question>"
    )
    files = [
        f"Q {many} {{=a ~b}}\n\nQ {short} {{={short} ~b}}".encode(),
        f"<quiz>{question * 10}</quiz>".encode(),
    ]
    for content in files:
        began = time.process_time()
        with contextlib.suppress(Unreadable):
            read(content, "en")
        assert time.process_time() - began < 2


def test_markup_is_gone_however_it_is_hidden() -> None:
    for text in (
        "<b>bold</b>", "<scr<b></b>ipt>x</script>", "<<b>img src=x onerror=alert(1)>", "a < b > c",
        "<img src=x onerror=alert(1)//", "<style>p{}</style>words", "5 < 6",
    ):  # fmt: skip
        told = plain(text)
        assert not re.search(r"</?[a-z][^<]*>", told, re.IGNORECASE), told
    assert plain("5 < 6 and 7 > 2") == "5 < 6 and 7 > 2"
    assert plain("x < y and y > z") == "x < y and y > z"
    assert plain("<p>one</p><p>two&nbsp;&amp; three</p>") == "one\ntwo & three"


WIDER = r"""
// What a bank cannot mark, a module may ask all the same.
Tell what you did. {}

Only words, no question.

The capital of France? {=Paris =%100%Parijs#as we say it}

Match. {=cat -> kat =dog -> hond = -> koe}

Why? {=Because#it rains ~Not####Look outside.}
"""


def test_who_asks_more_gets_more() -> None:
    """Open questions, texts, own words, pairs, and the reason behind an answer."""
    _form, (tell, words, capital, match, why) = files.read(
        WIDER.encode(), "en", lambda _kind, body: body
    )

    assert [q.problems for q in (tell, words, capital, match, why)] == [()] * 5
    assert (tell.kind, tell.body) == ("essay", {"prompt": {"en": "Tell what you did."}})
    assert (words.kind, words.body["body"]["en"]) == ("text", "Only words, no question.")
    assert (capital.kind, [a["en"] for a in capital.body["answers"]]) == (
        "short", ["Paris", "Parijs"],
    )  # fmt: skip
    assert match.kind == "match"
    assert [(p["left"]["en"], p["right"]["en"]) for p in match.body["pairs"]] == [
        ("cat", "kat"), ("dog", "hond"),
    ]  # fmt: skip
    assert match.body["lures"] == [{"en": "koe"}]
    assert why.body["why"]["en"] == "Look outside."
    assert why.body["options"][0]["why"]["en"] == "it rains"


@pytest.mark.parametrize(
    ("sign", "told", "read_as"),
    [
        ("[markdown]", r"Keep **away** from `orange`, *always*", "Keep away from orange, always"),
        ("[markdown]", r"One\n\n* two\n* three", "One\ntwo\nthree"),
        ("[html]", "<p>Keep <b>away</b></p><p>now &amp; here</p>", "Keep away\nnow & here"),
        ("[plain]", "Which is bold: <b> or **this** &amp;", "Which is bold: <b> or **this** &amp;"),
        ("[moodle]", "Keep <b>away</b>\nfrom R&D", "Keep away\nfrom R&D"),
        ("", "Two ** stars & <i>more</i> 5 < 6", "Two ** stars & more 5 < 6"),
        ("[PLAIN]", "[html] is a word", "[html] is a word"),
        ("[other]", "stays", "[other]stays"),
    ],
)
def test_how_a_text_is_written_is_told_by_its_sign(sign: str, told: str, read_as: str) -> None:
    """In front of the question, an answer, or what is said about one (docs: GIFT format)."""
    cases: tuple[tuple[str, Callable[[Question], Any]], ...] = (
        (f"{sign}{told} {{=a ~b}}", lambda q: q.body["prompt"]),
        (f"Q {{={sign}{told} ~b}}", lambda q: q.body["options"][0]["text"]),
        (f"Q {{=a#{sign}{told} ~b}}", lambda q: q.body["options"][0]["why"]),
        (f"Q {{=a ~b####{sign}{told}}}", lambda q: q.body["why"]),
        (f"Q {{={sign}{told} -> x =c -> d}}", lambda q: q.body["pairs"][0]["left"]),
        (f"Q {{=x -> {sign}{told} =c -> d}}", lambda q: q.body["pairs"][0]["right"]),
        (f"Q {{={sign}{told}}}", lambda q: q.body["answers"][0]),
    )
    for text, read_from in cases:
        if text.startswith("Q {=") and text.endswith(f"{told}}}") and "*" in told:
            continue  # a star in an answer to type in stands for anything, whatever the sign
        question = by_kind(text.replace("\n\n", r"\n\n"))  # an empty line would end it
        assert question.problems == (), text
        assert read_from(question) == {"en": read_as}, text


def test_the_sign_of_the_question_counts_for_its_answers() -> None:
    question = by_kind("[markdown]**Which**? {=**this** ~[plain]**that**####*so*}")
    assert [o["text"]["en"] for o in question.body["options"]] == ["this", "**that**"]
    assert (question.body["prompt"]["en"], question.body["why"]["en"]) == ("Which?", "so")


def test_what_is_said_to_right_and_wrong_answers_is_kept_where_it_belongs() -> None:
    """{T#wrong#right}, a number with what is said about it, words with theirs."""
    options = by_kind("Orange? {TRUE#Look again.#Yes, [it] is.}").body["options"]
    assert [o["why"] for o in options] == [{"en": "Yes, [it] is."}, {"en": "Look again."}]
    options = by_kind("Orange? {F#Look again.}").body["options"]
    assert [o.get("why") for o in options] == [{"en": "Look again."}, None]
    number = by_kind("Born? {#=1822:0#In Ohio. =%0%1900#No. ~#Too far.}")
    assert (number.body["value"], number.body["off"]) == ("1822", "0")
    assert number.body["why"] == {"en": "In Ohio."}
    assert codes(number) == ([], ["remark", "feedback"])
    assert by_kind("How many? {#3:1#Three.}").body["why"] == {"en": "Three."}
    assert by_kind("How many? {#-1.5..2}").body["off"] == "1.75"
    short = by_kind("Capital? {=Paris#Yes. =Parijs#Yes. =%100%Lutetia#Long ago. =%0%Lyon#No.}")
    assert [a["en"] for a in short.body["answers"]] == ["Paris", "Parijs", "Lutetia"]
    assert short.body["why"] == {"en": "Yes.\nLong ago."}
    assert codes(short) == ([], ["feedback", "remark"])
    assert codes(by_kind("Tell {####Well done}")) == ([], ["feedback", "remark"])
    assert by_kind("Q {=a#one#two ~b####all}").body["why"] == {"en": "all"}


def test_signs_with_a_backslash_are_only_signs() -> None:
    question = by_kind(
        r"::A\:\: b::Is 1 \= 2 \{not\} \~ \# \\ C\:? \(x^2\) "
        r"{=\=\~\#\{\}\: ~two\nlines#a \#1 \-> b}"
    )
    assert question.title == "A:: b"
    assert question.body["prompt"]["en"] == r"Is 1 = 2 {not} ~ # \ C:? \(x^2\)"
    assert question.body["options"][0]["text"]["en"] == "=~#{}:"
    assert question.body["options"][1]["text"]["en"] == "two\nlines"
    assert question.body["options"][1]["why"]["en"] == r"a #1 \-> b"


def test_lines_and_categories_of_other_machines() -> None:
    (question,) = by_number("$CATEGORY: $course$/Old/Tools//Machines/\r\r// x\rQ {=a\r~b}\r")
    assert question.part == "Tools/Machines"
    assert question.line == 4
    assert len(question.body["options"]) == 2


def test_moodle_says_how_a_text_is_written_and_what_is_said_of_an_answer() -> None:
    answers = (
        "<answer fraction='100' format='plain_text'><text>true</text>"
        "<feedback format='markdown'><text>**Yes**</text></feedback></answer>"
        "<answer fraction='0'><text>false</text><feedback><text>No &amp;amp; no</text></feedback>"
        "</answer><hint><text>Look</text></hint>"
    )
    statement = asked("truefalse", answers)
    assert [o["why"]["en"] for o in statement.body["options"]] == ["Yes", "No & no"]
    assert codes(statement) == ([], ["remark", "feedback"])
    plain_text = "<answer fraction='100' format='plain_text'><text>&lt;b&gt;</text></answer>"
    wrong = "<answer fraction='0' format='html'><text>&lt;b&gt;i&lt;/b&gt;</text></answer>"
    choice = asked("multichoice", plain_text + wrong)
    assert [o["text"]["en"] for o in choice.body["options"]] == ["<b>", "i"]
    said = "<answer fraction='100'><text>5</text><feedback><text>So.</text></feedback></answer>"
    assert asked("numerical", said).body["why"] == {"en": "So."}
    assert asked("shortanswer", said).body["why"] == {"en": "So."}


@pytest.mark.parametrize(
    "evil", ["[", "*a ", "`", "<", "> ", "![", "](", "_", "&#", "- ", "|", "\\"]
)
def test_no_markdown_keeps_us_busy(evil: str) -> None:
    began = time.process_time()
    for many in (1_900, 3_900, 60_000):
        with contextlib.suppress(Unreadable):
            by_number(f"[markdown]{evil * (many // len(evil))} {{=a ~b}}")
    assert time.process_time() - began < 2


def test_moodle_questions_in_own_words_are_read_for_who_asks_them() -> None:
    quiz = """<quiz>
    <question type="description"><questiontext><text>Read this first.</text></questiontext>
    </question>
    <question type="shortanswer"><questiontext><text>Say it</text></questiontext>
    <answer fraction="100"><text>earth</text></answer><answer fraction="0"><text>*</text></answer>
    </question>
    <question type="matching"><questiontext><text>Match</text></questiontext>
    <subquestion><text>L1</text><answer><text>brown</text></answer></subquestion>
    <subquestion><text></text><answer><text>pink</text></answer></subquestion></question>
    <question type="multichoice"><questiontext><text>Which?</text></questiontext>
    <generalfeedback><text>All of it</text></generalfeedback>
    <answer fraction="100"><text>a</text><feedback><text>yes</text></feedback></answer>
    <answer fraction="0"><text>b</text></answer></question></quiz>"""
    _form, (words, short, match, one) = files.read(quiz.encode(), "en", lambda _kind, body: body)

    assert words.body == {"body": {"en": "Read this first."}}
    assert short.body["answers"] == [{"en": "earth"}]
    assert match.body["pairs"] == [{"left": {"en": "L1"}, "right": {"en": "brown"}}]
    assert match.body["lures"] == [{"en": "pink"}]
    assert one.body["options"][0]["why"] == {"en": "yes"}
    assert one.body["why"] == {"en": "All of it"}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read(content, "nl")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_of_a_good_file_makes_it_stumble(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([GIFT.encode(), MOODLE.encode()]))
    mutated = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(mutated) - 1))
        mutated[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        read(bytes(mutated), "en")
