"""The keeper of translations finds exactly the sentences that Django looks up.

Each template below is rendered by Django itself, with a catalogue made from what the keeper
found. A sentence it missed, or read a little differently, stays English on the page.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polib
import pytest
from django.template import Context, Engine
from django.template.loader import get_template
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real


def the_tool() -> ModuleType:
    path = Path(__file__).parent.parent / "tools/words.py"
    spec = importlib.util.spec_from_file_location("words_tool", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


words = the_tool()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A house with one room, so that other rooms' words play no part."""
    folder = tmp_path / "house" / "hall"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").touch()
    return folder


@pytest.fixture
def forget_catalogues() -> Iterator[None]:
    yield
    trans_real._translations = {}  # type: ignore[attr-defined]


def translate_all(room: Path) -> Path:
    """Extract, translate every sentence by putting it between ‹ and ›, compile."""
    words.extract(room.parent)
    path = room / "locale/nl/LC_MESSAGES/django.po"
    po = polib.pofile(str(path))
    for entry in po:
        sign = "‹" + (entry.msgctxt + ": " if entry.msgctxt else "")
        if entry.msgid_plural:
            entry.msgstr_plural = {0: f"{sign}{entry.msgid}›", 1: f"{sign}{entry.msgid_plural}›"}
        else:
            entry.msgstr = f"{sign}{entry.msgid}›"
    po.save()
    assert words.check(room.parent) == 0
    words.compile_all(room.parent)
    return room / "locale"


CASES = {
    '{% translate "Plain" %}': "‹Plain›",
    """{% translate "It's quoted \\"twice\\"" %}""": """‹It's quoted "twice"›""",
    '{% translate "100% sure" %}': "‹100% sure›",
    '{% translate "May" context "month" %}': "‹month: May›",
    '{% translate "Kept" as kept %}[{{ kept }}]': "[‹Kept›]",
    '{% translate "shout"|upper %}': "‹SHOUT›",
    '{{ _("In a variable") }}': "‹In a variable›",
    '{{ missing|default:_("Nothing yet") }}': "‹Nothing yet›",
    "{% if name == _('Never') %}{% endif %}{% firstof missing _('Tag') %}": "‹Tag›",
    "{% blocktranslate %}Hello {{ name }}, 100%{% endblocktranslate %}": "‹Hello Noor, 100%›",
    "{% blocktrans with who=name|upper %}Dear {{ who }}{% endblocktrans %}": "‹Dear NOOR›",
    "{% blocktranslate trimmed %}\n  One line\n    and {{ name }}\n{% endblocktranslate %}": (
        "‹One line and Noor›"
    ),
    "{% blocktranslate %}\n  Kept as\n  it is {% endblocktranslate %}": ("‹\n  Kept as\n  it is ›"),
    "{% blocktrans count n=many %}{{ n }} goal{% plural %}{{ n }} goals{% endblocktrans %}": (
        "‹3 goals›"
    ),
    "{% blocktranslate count n=one trimmed context 'plan' %}\n One of {{ name }}\n{% plural %}\n"
    " {{ n }} of {{ name }}\n{% endblocktranslate %}": "‹plan: One of Noor›",
    "<a title=\"{% translate 'In an attribute' %}\" href='#'>": (
        "<a title=\"‹In an attribute›\" href='#'>"
    ),
    "{% comment %}{% translate 'Left out' %}{% endcomment %}{# _('Too') #}ok": "ok",
    "{% verbatim %}{% translate 'Shown' %}{% endverbatim %}": "{% translate 'Shown' %}",
}


@pytest.mark.parametrize("source", CASES)
@pytest.mark.usefixtures("forget_catalogues")
def test_what_the_tool_finds_in_a_template_is_what_django_looks_up(source: str, room: Path) -> None:
    (room / "templates/page.html").write_text(source, encoding="utf-8")
    # Something is always marked, so that there is a catalogue in every case.
    (room / "views.py").write_text("_('A title')\n", encoding="utf-8")
    template = Engine(builtins=["django.templatetags.i18n"], autoescape=False).from_string(source)

    locale = translate_all(room)
    with override_settings(LOCALE_PATHS=[str(locale)]), translation.override("nl"):
        shown = template.render(Context({"name": "Noor", "one": 1, "many": 3}))

    assert shown == CASES[source]


@pytest.mark.usefixtures("forget_catalogues")
def test_sentences_in_the_attributes_of_a_component_are_found(room: Path) -> None:
    source = "<c-button label=\"{% translate 'Save' %}\" :hint=\"_('Right away')\" />"
    (room / "templates/page.html").write_text(source, encoding="utf-8")
    button = room / "templates/cotton/button.html"
    button.parent.mkdir()
    button.write_text("{{ label }} {{ hint }}", encoding="utf-8")
    # Cotton finds components by the project's own engine, so that one is swapped for a bare one.
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(room / "templates")],
        "OPTIONS": {
            "loaders": ["django_cotton.cotton_loader.Loader"],
            "builtins": ["django.templatetags.i18n", "django_cotton.templatetags.cotton"],
        },
    }

    locale = translate_all(room)
    with (
        override_settings(LOCALE_PATHS=[str(locale)], TEMPLATES=[engine]),
        translation.override("nl"),
    ):
        shown = get_template("page.html").render()

    assert shown.strip() == "‹Save› ‹Right away›"


@pytest.mark.usefixtures("forget_catalogues")
def test_sentences_in_python_are_found(room: Path) -> None:
    source = """
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext

def shown(n):
    return [
        _("Two" " halves"),
        str(gettext_lazy("Later\\r\\non")),
        translation.gettext("By module"),
        pgettext("month", "May"),
        ngettext("%(n)s need", "%(n)s needs", n) % {"n": n},
        npgettext("skills", "One gap", "{n} gaps", n).format(n=n),
    ]
"""
    (room / "views.py").write_text(source, encoding="utf-8")
    names: dict[str, object] = {}
    exec(source, names)

    locale = translate_all(room)
    with override_settings(LOCALE_PATHS=[str(locale)]), translation.override("nl"):
        shown = names["shown"](2)  # type: ignore[operator]

    assert shown == [
        "‹Two halves›",
        "‹Later\non›",
        "‹By module›",
        "‹month: May›",
        "‹2 needs›",
        "‹skills: 2 gaps›",
    ]


def test_a_text_that_can_not_be_read_from_the_source_is_reported(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (room / "views.py").write_text(
        "_(title)\n_(f'Dear {name}')\n_(label)  # words: marked elsewhere\n", encoding="utf-8"
    )

    assert words.extract(room.parent) == 1
    assert capsys.readouterr().out.splitlines() == [
        "hall/views.py:1: _() is given no literal text",
        "hall/views.py:2: _() is given no literal text",
    ]


def test_tests_and_migrations_say_nothing_to_people(room: Path) -> None:
    for folder in ("tests", "migrations"):
        (room / folder).mkdir()
        (room / folder / "a.py").write_text("_('Unseen')\n", encoding="utf-8")

    assert words.extract(room.parent) == 0
    assert not (room / "locale").exists()


def test_an_untranslated_sentence_fails_the_check(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (room / "views.py").write_text("_('A goal')\n", encoding="utf-8")

    assert words.check(room.parent) == 1
    assert "out of date" in capsys.readouterr().out

    words.extract(room.parent)
    capsys.readouterr()
    assert words.check(room.parent) == 1
    assert "'A goal' is not translated" in capsys.readouterr().out


def test_a_second_extract_changes_nothing_and_keeps_translations(room: Path) -> None:
    (room / "views.py").write_text("_('B')\n_('A')\n", encoding="utf-8")
    translate_all(room)
    path = room / "locale/nl/LC_MESSAGES/django.po"
    before = path.read_text(encoding="utf-8")

    words.extract(room.parent)
    assert path.read_text(encoding="utf-8") == before
    assert before.index('msgid "A"') < before.index('msgid "B"')
    assert "views.py:" not in before

    (room / "views.py").write_text("_('A')\n", encoding="utf-8")
    words.extract(room.parent)
    assert [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(path))] == [("A", "‹A›")]


def test_a_sentence_that_moves_to_another_room_keeps_its_translation(room: Path) -> None:
    (room / "views.py").write_text("_('Moved')\n_('Stays')\n", encoding="utf-8")
    translate_all(room)
    attic = room.parent / "attic"
    attic.mkdir()
    (attic / "__init__.py").touch()
    (attic / "views.py").write_text("_('Moved')\n", encoding="utf-8")
    (room / "views.py").write_text("_('Stays')\n", encoding="utf-8")

    words.extract(room.parent)

    po = polib.pofile(str(attic / "locale/nl/LC_MESSAGES/django.po"))
    assert [(entry.msgid, entry.msgstr) for entry in po] == [("Moved", "‹Moved›")]


def test_two_rooms_may_not_translate_one_sentence_differently(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attic = room.parent / "attic"
    attic.mkdir()
    for folder in (room, attic):
        (folder / "__init__.py").touch()
        (folder / "views.py").write_text("_('Level')\n", encoding="utf-8")
    words.extract(room.parent)
    for folder, said in ((room, "Niveau"), (attic, "Peil")):
        path = folder / "locale/nl/LC_MESSAGES/django.po"
        po = polib.pofile(str(path))
        po[0].msgstr = said
        po.save()
    capsys.readouterr()

    assert words.check(room.parent) == 1
    assert "'Level' is translated differently" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Hi %(name)s", msgstr="Dag %(name)s"), ""),
        (polib.POEntry(msgid="Hi %(name)s", msgstr="Dag %(naam)s"), "filled in: naam, name"),
        (polib.POEntry(msgid="Hi {name}", msgstr="Dag"), "filled in: name"),
        (polib.POEntry(msgid="%(n)s is 5%%", msgstr="%(n)s is 5%"), "per cent"),
        (polib.POEntry(msgid="100% done", msgstr="100% klaar"), ""),
        (polib.POEntry(msgid="A", msgstr=" "), "not translated"),
        (polib.POEntry(msgid="A", msgstr="B", flags=["fuzzy"]), "fuzzy"),
        (
            polib.POEntry(
                msgid="%(n)s goal",
                msgid_plural="%(n)s goals",
                msgstr_plural={0: "één doel", 1: "%(n)s doelen"},
            ),
            "",
        ),
        (
            polib.POEntry(
                msgid="One goal",
                msgid_plural="%(n)s goals",
                msgstr_plural={0: "één doel", 1: "doelen"},
            ),
            "filled in: n",
        ),
    ],
)
def test_a_translation_that_would_break_is_told(entry: polib.POEntry, fault: str) -> None:
    told = "; ".join(words.faults(entry))

    assert fault in told
    assert bool(told) == bool(fault)
