"""Forms with which tests are made, in both languages."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.assessment.models import Item, Part, Test
from gezel.assessment.rules import bodies
from gezel.assessment.rules.bodies import LONGEST_LINE, LONGEST_PROMPT, MOST_OPTIONS, Words
from gezel.assessment.words import HARDNESS, WRONG
from gezel.skills.api import Skill

MOST_PARTS = 8


def _line(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_LINE, required=False, **kwargs)


def _area(label: Any, rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


# Rows of answers or steps that a new question shows at once.
FIRST_ROWS = 4


class PartsForm(forms.Form):
    """The parts of a test, one on each line, in one or both languages."""

    parts_nl = _area(_("Parts in Dutch, one on each line"), 4, max_length=1_200)
    parts_en = _area(_("Parts in English, one on each line"), 4, max_length=1_200)

    def _lines(self, language: str) -> list[str]:
        text = self.cleaned_data.get(f"parts_{language}", "")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        dutch, english = self._lines("nl"), self._lines("en")
        if not dutch and not english:
            self.add_error("parts_nl", _("Name at least one part, in at least one language."))
        if dutch and english and len(dutch) != len(english):
            self.add_error("parts_en", _("Give as many parts in both languages."))
        if max(len(dutch), len(english)) > MOST_PARTS:
            self.add_error("parts_nl", _("Give at most eight parts."))
        for language, lines in (("nl", dutch), ("en", english)):
            if any(len(line) > 120 for line in lines):
                self.add_error(f"parts_{language}", _("A part is longer than 120 characters."))
        return data

    @property
    def parts(self) -> list[Words]:
        dutch, english = self._lines("nl"), self._lines("en")
        many = max(len(dutch), len(english))
        return [
            Words(dutch[i] if dutch else "", english[i] if english else "") for i in range(many)
        ]

    @staticmethod
    def initial_of(test: Test) -> dict[str, Any]:
        parts = list(test.parts.all())
        return {
            f"parts_{code}": "\n".join(getattr(p, f"name_{code}") for p in parts)
            for code in ("nl", "en")
        }


class TestForm(PartsForm):
    """A new test: for which skill, and its parts."""

    __test__ = False

    skill = forms.ModelChoiceField(
        label=_("Skill"), queryset=Skill.objects.none(), empty_label=_("Choose a skill")
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    field_order = ("skill", "parts_nl", "parts_en", "key")

    def __init__(self, *args: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = skills  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    """A question of one kind. Every sentence comes in two fields: `name_nl` and `name_en`."""

    prompt_nl = _area(_("Question in Dutch"), 3, max_length=LONGEST_PROMPT)
    prompt_en = _area(_("Question in English"), 3, max_length=LONGEST_PROMPT)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("A photo from your phone is fine; we remove the place it was taken."),
    )
    without_picture = forms.BooleanField(label=_("Take the picture away"), required=False)
    alt_nl = _line(_("What there is to see, in Dutch"))
    alt_en = _line(_("What there is to see, in English"))
    part = forms.ModelChoiceField(label=_("Part"), queryset=Part.objects.none(), empty_label=None)
    hardness = forms.TypedChoiceField(
        label=_("Who gets it right half the time?"),
        choices=HARDNESS,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "Your word is where the test begins; answers correct it. Who stands one level higher "
            "gets it right about nine times out of ten."
        ),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(
        self, *args: Any, kind: str, test: Test, standing: Item | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.standing = standing
        self.fields["part"].queryset = test.parts.all()  # type: ignore[attr-defined]
        if standing is None or standing.media_id is None:
            del self.fields["without_picture"]
        if kind == Item.Kind.NUMBER:
            self.fields["value"] = _line(gettext("Right answer"))
            self.fields["off"] = _line(
                gettext("How far off is still right"), help_text=gettext("0 means exactly.")
            )
            self.fields["unit_nl"] = _line(gettext("Unit in Dutch (V, minutes, …)"))
            self.fields["unit_en"] = _line(gettext("Unit in English"))
        else:
            for row in range(1, MOST_OPTIONS + 1):
                self.fields[f"text{row}_nl"] = _line(
                    gettext("Answer %(n)s in Dutch") % {"n": row}
                    if self.has_options
                    else gettext("Step %(n)s in Dutch") % {"n": row}
                )
                self.fields[f"text{row}_en"] = _line(
                    gettext("Answer %(n)s in English") % {"n": row}
                    if self.has_options
                    else gettext("Step %(n)s in English") % {"n": row}
                )
                if self.has_options:
                    self.fields[f"right{row}"] = forms.BooleanField(
                        label=gettext("Answer %(n)s is right") % {"n": row}, required=False
                    )

    @property
    def has_options(self) -> bool:
        return self.kind in {Item.Kind.ONE, Item.Kind.SEVERAL}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of options or steps, for the page."""
        if self.kind == Item.Kind.NUMBER:
            return []
        return [
            {
                "number": row,
                "nl": self[f"text{row}_nl"],
                "en": self[f"text{row}_en"],
                "right": self[f"right{row}"] if self.has_options else None,
            }
            for row in range(1, MOST_OPTIONS + 1)
        ]

    @property
    def first_rows(self) -> list[dict[str, Any]]:
        """As many rows as most questions need."""
        return self.rows[:FIRST_ROWS]

    @property
    def more_rows(self) -> list[dict[str, Any]]:
        """The other rows, folded until one of them holds something."""
        return self.rows[FIRST_ROWS:]

    @property
    def more_in_use(self) -> bool:
        parts = (row[name] for row in self.more_rows for name in ("nl", "en", "right") if row[name])
        return any(part.value() or part.errors for part in parts)

    def _pair(self, name: str) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"{name}_{code}", "") or "" for code in ("nl", "en")}

    def _filled(self) -> list[int]:
        return [n for n in range(1, MOST_OPTIONS + 1) if any(self._pair(f"text{n}").values())]

    @property
    def body(self) -> dict[str, Any]:
        """The item as `rules.bodies` reads it."""
        told: dict[str, Any] = {"prompt": self._pair("prompt"), "alt": self._pair("alt")}
        if self.kind == Item.Kind.NUMBER:
            told |= {"value": self.cleaned_data.get("value"), "off": self.cleaned_data.get("off")}
            return told | {"unit": self._pair("unit")}
        rows = self._filled()
        if self.kind == Item.Kind.ORDER:
            return told | {"steps": [self._pair(f"text{n}") for n in rows]}
        return told | {
            "options": [
                {
                    "text": self._pair(f"text{n}"),
                    "right": bool(self.cleaned_data.get(f"right{n}")),
                }
                for n in rows
            ]
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        picture = data.get("picture") or (
            self.standing and self.standing.media_id and not data.get("without_picture")
        )
        if picture and not any(self._pair("alt").values()):
            self.add_error("alt_nl", _("Say what there is to see, for who does not see it."))
        for row in range(1, MOST_OPTIONS + 1):
            if data.get(f"right{row}") and row not in self._filled():
                self.add_error(f"text{row}_nl", _("This answer is ticked as right and is empty."))
        try:
            bodies.body_of(self.kind, self.body)
        except bodies.Malformed as error:
            self.add_error(self._field_of(error), self._words_of(error))
        return data

    def _field_of(self, error: bodies.Malformed) -> str:
        first = f"right{(self._filled() or [1])[0]}"
        if error.code in {"none_right", "one_right"} and self.has_options:
            return first
        if error.field in {"options", "steps"}:
            # With one filled in, the second is what is missing.
            return "text2_nl" if len(self._filled()) == 1 else "text1_nl"
        return error.field if error.field in self.fields else f"{error.field}_nl"

    def _words_of(self, error: bodies.Malformed) -> Any:
        if error.field == "off" and error.code == "missing":
            return _("Say how far off is still right; 0 means exactly.")
        if error.field == "value" and error.code == "missing":
            return _("Write the right answer, as a number.")
        return WRONG[error.code]

    @staticmethod
    def initial_of(item: Item) -> dict[str, Any]:
        body: Mapping[str, Any] = item.body
        told: dict[str, Any] = {
            "part": item.part_id,
            "hardness": item.hardness or "",
            "edition": item.edition,
            "value": body.get("value", ""),
            "off": body.get("off", ""),
        }
        for name in ("prompt", "alt", "unit"):
            for code, text in body.get(name, {}).items():
                told[f"{name}_{code}"] = text
        rows = body.get("options") or [{"text": s} for s in body.get("steps", [])]
        for n, row in enumerate(rows, 1):
            for code, text in row["text"].items():
                told[f"text{n}_{code}"] = text
            told[f"right{n}"] = row.get("right", False)
        return told


class BringForm(forms.Form):
    """A file of questions, and the language it is written in."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("GIFT (.txt, .gift) or Moodle XML (.xml), at most 20 MB and 1,000 questions."),
        widget=forms.FileInput(attrs={"accept": ".txt,.gift,.xml,text/plain,text/xml"}),
    )
    language = forms.ChoiceField(
        label=_("Written in"),
        choices=[("nl", _("Dutch")), ("en", _("English"))],
        help_text=_("The other language you add afterwards, question by question."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
