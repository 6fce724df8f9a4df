"""`{% translate %}`, `{% url %}` and `{% icon %}` say what they would say anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError, engines
from django.urls import NoReverseMatch, set_script_prefix
from django.utils import translation
from django.utils.safestring import mark_safe

from gezel.kit.figures import Grouped
from gezel.kit.templatetags import known


def said(source: str, **told: object) -> str:
    return str(engines["django"].from_string(source).render(told))


def test_a_sentence_is_said_in_the_language_of_each_reader() -> None:
    for language, word in (("en", "Search"), ("nl", "Zoeken"), ("en", "Search")):
        with translation.override(language):
            assert said('{% translate "Search" %}') == word


def test_a_sentence_with_signs_comes_whole() -> None:
    assert said('{% translate "50 % <b>more</b>" %}') == "50 % <b>more</b>"


def test_what_is_more_than_a_plain_sentence_is_left_to_django() -> None:
    assert said('{% translate "Search"|upper %}') == "SEARCH"
    assert said('{% translate "Search" as word %}<{{ word }}>') == "<Search>"
    assert said("{% translate word %}", word="<Search>") == "&lt;Search&gt;"


def test_an_address_is_the_same_from_memory() -> None:
    source = '{% url "skills:person" pk %}'
    assert [said(source, pk=pk) for pk in (3, 4, 3, "5")] == [
        "/skills/people/3/",
        "/skills/people/4/",
        "/skills/people/3/",
        "/skills/people/5/",
    ]
    assert said('{% url "skills:person" pk=3 %}') == "/skills/people/3/"
    assert said('{% url "skills:mine" as here %}{{ here }}') == "/skills/mine/"


def test_an_address_that_is_not_there_is_told_unless_it_may_be_absent() -> None:
    assert said('{% url "nowhere" as here %}[{{ here }}]') == "[]"
    with pytest.raises(NoReverseMatch):
        said('{% url "nowhere" %}')


def test_an_icon_is_drawn_the_same_from_memory() -> None:
    once = said('{% icon "search" %}')
    assert once.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in once
    assert said("{% icon name %}", name="search") == once
    assert said('{% icon "search" %}{% icon "search" %}') == once + once
    assert 'role="img" aria-label="Found"' in said('{% icon "search" "Found" %}')


SENTENCES = (
    "{% bt %}50 % of {{ word }}, {{ amount }} or {{ price }}{% endbt %}",
    "{% bt with a=word|upper b=day %}{{ a }} {{ b }} {{ word }}{% endbt %}",
    "{% bt count n=amount %}{{ n }} card{% plural %}{{ n }} cards{% endbt %}",
    "{% bt count n=many with w=word %}{{ n }} {{ w }}{% plural %}{{ n }} {{ w }}s{% endbt %}",
    "{% bt with n=amount count m=n %}{{ m }}{% plural %}{{ m }}s{% endbt %}",
    "{% bt count n=price %}{{ n }} card{% plural %}{{ n }} cards{% endbt %}",
    "{% bt asvar kept %}{{ word }}!{% endbt %}[{{ kept }}]",
    "{% bt trimmed %}\n  {{ word }}\n  {{ safe }}\n{% endbt %}",
    "{% bt context 'May' %}{{ word }}{% endbt %}",
    "{% bt %}{{ nobody }} and {{ true }} {{ nothing }}{% endbt %}",
    "{% autoescape off %}{% bt %}{{ word }}{{ safe }}{% endbt %}{% endautoescape %}",
    "{% load l10n %}{% localize off %}{% bt %}{{ amount }} {{ price }}{% endbt %}{% endlocalize %}",
)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("source", SENTENCES)
def test_a_sentence_with_values_is_the_one_django_says(source: str, language: str) -> None:
    theirs = Engine(
        builtins=["django.templatetags.i18n"], libraries={"l10n": "django.templatetags.l10n"}
    )
    source = source.replace("bt", "blocktranslate")
    for amount in (0, 1, 2, 12345):
        told = {
            "word": '<i>"it\'s" & 100 %</i>',
            "safe": mark_safe("<b>bold</b>"),
            "amount": amount,
            "many": Grouped(amount),
            "price": Decimal("1234.5"),
            "day": date(2026, 11, 27),
            "true": True,
            "nothing": None,
        }
        with translation.override(language):
            wanted = theirs.from_string(source).render(Context(told))
            assert said(source, **told) == said(source, **told) == wanted


def test_a_count_that_is_none_is_refused_as_django_does() -> None:
    source = "{% blocktranslate count n=n %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}"
    with pytest.raises(TemplateSyntaxError):
        said(source, n="two")


def test_a_translation_that_names_what_is_not_there_is_said_untranslated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for wrong in ("%(other)s gevonden", "%(word)z"):
        monkeypatch.setattr(known, "gettext", lambda text, wrong=wrong: wrong)
        known._told.cache_clear()
        monkeypatch.setattr("django.utils.translation.gettext", lambda text: text)
        source = "{% blocktranslate %}Found: {{ word }}{% endblocktranslate %}"
        assert said(source, word="<x>") == "Found: &lt;x&gt;"
    known._told.cache_clear()


def test_a_label_that_is_no_safe_text_is_escaped_whoever_came_first() -> None:
    source = '{% icon "search" label %}'
    for label, shown in (
        (mark_safe("<b>"), "<b>"),
        ("<b>", "&lt;b&gt;"),
        (mark_safe("<b>"), "<b>"),
    ):
        assert f'aria-label="{shown}"' in said(source, label=label)


@pytest.mark.parametrize(
    "text", ["short", "e\u0301e\u0301e\u0301", "<i>", "<i> & longer", mark_safe("<i>"), ""]
)
def test_a_text_is_cut_as_django_cuts_it(text: str) -> None:
    source = "{{ text|truncatechars:5 }}"
    assert said(source, text=text) == Engine().from_string(source).render(Context({"text": text}))


@dataclass(frozen=True)
class Shown:
    title: str
    parts: tuple[tuple[str, bool], ...] = ()


@dataclass
class Changing:
    title: str


PIECE = "{% remembered a=one %}[{{ a }}{{ other }}{{ request }}]{% endremembered %}"


def test_a_piece_is_rendered_once_for_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "{% remembered a=one %}{{ a.title }}{% for p, b in a.parts %}{{ p }}{% endfor %}"
    template = Template(f"{source}{{% endremembered %}}")

    def told(part: str) -> str:
        return template.render(Context({"one": Shown("a", ((part, True),))}))

    assert [told("b"), told("b")] == ["ab", "ab"]
    monkeypatch.setattr(template.nodelist[0], "nodelist", None)  # what renders anew now fails
    assert told("b") == "ab"
    with pytest.raises(AttributeError):
        told("c")


def test_what_is_equal_but_shows_otherwise_is_another_piece() -> None:
    template = engines["django"].from_string("{% remembered a=one %}{{ a }}{% endremembered %}")
    values = [1, True, 1.0, Decimal("1.0"), Decimal("1.00"), "<b>", mark_safe("<b>"), None, "None"]
    told = [template.render({"one": value}) for value in values]
    assert told == ["1", "True", "1.0", "1.0", "1.00", "&lt;b&gt;", "<b>", "None", "None"]


def test_what_is_equal_but_shows_otherwise_within_a_value_is_another_piece() -> None:
    template = engines["django"].from_string(
        "{% remembered a=one %}{{ a.0 }}{{ a.title }}{{ a.parts.0.0 }}{% endremembered %}"
    )
    values: list[Any] = [1, True, 1.0, "<b>", mark_safe("<b>")]
    told = ["1", "True", "1.0", "&lt;b&gt;", "<b>"]
    for wrapped in (lambda v: (v,), Shown, lambda v: Shown("", ((v, True),))):
        assert [template.render({"one": wrapped(value)}) for value in values] == told


def test_what_people_write_stays_text_in_a_piece() -> None:
    hostile = "<script>alert('1')</script>\" onload={{ other }}"
    safe = "[&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&quot; onload={{ other }}]"
    assert said(PIECE, one=hostile) == said(PIECE, one=hostile) == safe
    source = f"{{% autoescape off %}}{PIECE}{{% endautoescape %}}{PIECE}"
    assert said(source, one="<i>") == "[<i>][&lt;i&gt;]"


def test_a_piece_sees_nothing_but_what_it_is_remembered_by() -> None:
    told = [said(PIECE, one="x", other=secret, request="r") for secret in ("mine", "yours")]
    assert told == ["[x]", "[x]"]


def test_a_piece_is_said_in_the_language_of_each_reader() -> None:
    template = engines["django"].from_string(
        '{% remembered a=one %}{% translate "Search" %} {{ a|day }}{% endremembered %}'
    )
    for language, words in (("en", "Search 3"), ("nl", "Zoeken 3"), ("en", "Search 3")):
        with translation.override(language):
            assert template.render({"one": date(2026, 11, 3)}).startswith(words)


@pytest.mark.parametrize("value", [["a"], {"a": 1}, {"a"}, Changing("a"), object(), (1, ["a"])])
def test_what_may_change_is_nothing_to_remember_by(value: object) -> None:
    with pytest.raises(TypeError, match="told values"):
        said(PIECE, one=value)


@pytest.mark.parametrize(
    "source",
    [
        "{% remembered %}a{% endremembered %}",
        "{% remembered one %}a{% endremembered %}",
        "{% remembered a=one %}{% csrf_token %}{% endremembered %}",
        "{% remembered a=one %}{% if a %}{% fresh_key %}{% endif %}{% endremembered %}",
        "{% remembered a=one %}{% with_query a=1 %}{% endremembered %}",
        '{% remembered a=one %}{% now "Y" %}{% endremembered %}',
    ],
)
def test_what_differs_each_time_is_refused_where_it_is_written(source: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="remembered"):
        said(source, one="x")


def test_no_more_pieces_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "PIECES", 3)
    monkeypatch.setattr(known, "_pieces", {})
    template = engines["django"].from_string("{% remembered a=one %}{{ a }}{% endremembered %}")
    assert [template.render({"one": n}) for n in range(10)] == [str(n) for n in range(10)]
    assert len(known._pieces) <= 3


def test_a_template_that_is_included_and_a_piece_within_are_said_in_the_same_language() -> None:
    inner: Any = engines["django"].from_string('{% translate "Search" %}')
    outer = engines["django"].from_string(
        '{% translate "Search" %} {% include inner %}'
        '{% remembered a="x" %} {% translate "Search" %}{% endremembered %}'
    )
    for language, word in (("nl", "Zoeken"), ("en", "Search"), ("nl", "Zoeken")):
        with translation.override(language):
            assert outer.render({"inner": inner.template}).split() == [word] * 3


def test_an_address_follows_the_list_that_holds_when_it_is_said() -> None:
    template = engines["django"].from_string('{% url "home" %}')
    assert template.render({}) == "/"
    set_script_prefix("/gezel/")
    try:
        assert template.render({}) == "/gezel/"
    finally:
        set_script_prefix("/")


def test_no_template_switches_language_half_way() -> None:
    """Its sentences and addresses are said in the language it began in."""
    rooms = Path(known.__file__).parents[2]
    switching = [
        file.name
        for kind in ("html", "txt")
        for file in rooms.glob(f"*/templates/**/*.{kind}")
        if re.search(r"{%-?\s*language\b", file.read_text())
    ]
    assert switching == []


def test_the_address_of_a_file_is_the_same_from_memory() -> None:
    written, told = '{% static "kit/mark.svg" %}', "{% static name %}"
    assert said(written) == said(written) == said(told, name="kit/mark.svg")
    assert said('{% static "kit/mark.svg" as here %}<{{ here }}>') == f"<{said(written)}>"
    assert said('{% static "kit/"|add:name %}', name="mark.svg") == said(written)
    assert said("{% static name %}", name="other.svg").endswith("/other.svg")
