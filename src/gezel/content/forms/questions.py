"""Forms of the sorts of question."""

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.content.forms.base import BlockForm, area, line
from gezel.content.models import Block
from gezel.content.rules import bodies
from gezel.content.rules.kinds import (
    LONGEST_SHORT,
    MOST_ACCEPTED,
    MOST_STEPS,
    folded,
    number_in,
)

OPTION_ROWS = 6


class QuestionForm(BlockForm):
    kind = Block.Kind.QUESTION
    pairs = ("prompt",)
    prompt_nl = line(_("Question in Dutch"))
    prompt_en = line(_("Question in English"))
    multiple = forms.BooleanField(label=_("More than one answer is right"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, OPTION_ROWS + 1):
            self.fields[f"text{row}_nl"] = line(gettext("Answer in Dutch"))
            self.fields[f"text{row}_en"] = line(gettext("Answer in English"))
            self.fields[f"right{row}"] = forms.BooleanField(
                label=gettext("This answer is right"), required=False
            )
            self.fields[f"why{row}_nl"] = line(gettext("Why, in Dutch"))
            self.fields[f"why{row}_en"] = line(gettext("Why, in English"))

    @property
    def option_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "number": row,
                "text": (self[f"text{row}_nl"], self[f"text{row}_en"]),
                "right": self[f"right{row}"],
                "why": (self[f"why{row}_nl"], self[f"why{row}_en"]),
            }
            for row in range(1, OPTION_ROWS + 1)
        ]

    def _options(self) -> list[dict[str, Any]]:
        return [
            {
                "key": bodies.OPTION_KEYS[row - 1],
                "text": self.pair(f"text{row}"),
                "right": self.cleaned_data.get(f"right{row}", False),
                "why": self.pair(f"why{row}"),
            }
            for row in range(1, OPTION_ROWS + 1)
            if self.words(f"text{row}")
        ]

    def check(self) -> None:
        self.need("prompt")
        options = self._options()
        right = sum(option["right"] for option in options)
        if len(options) < 2:
            self.add_error("text1_nl", _("Give at least two answers to choose from."))
        elif not right:
            self.add_error("right1", _("Tick which answer is right."))
        elif right > 1 and not self.cleaned_data.get("multiple"):
            self.add_error("multiple", _("You ticked more than one right answer: tick this too."))

    def raw(self) -> dict[str, Any]:
        return super().raw() | {
            "multiple": self.cleaned_data["multiple"],
            "options": self._options(),
        }

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        told = BlockForm.initial_of(body) | {"multiple": body.multiple}
        for row, option in enumerate(body.options, 1):
            told |= {
                f"text{row}_nl": option.text.nl,
                f"text{row}_en": option.text.en,
                f"right{row}": option.right,
                f"why{row}_nl": option.why.nl,
                f"why{row}_en": option.why.en,
            }
        return told


class OrderForm(BlockForm):
    kind = Block.Kind.ORDER
    pairs = ("prompt", "steps", "why")
    prompt_nl = line(_("Question in Dutch"))
    prompt_en = line(_("Question in English"))
    steps_nl = area(
        _("Steps in the right order, in Dutch"), help_text=_("One on each line; we shuffle them.")
    )
    steps_en = area(_("Steps in the right order, in English"))
    why_nl = line(_("Why, in Dutch"))
    why_en = line(_("Why, in English"))

    def check(self) -> None:
        self.need("prompt")
        self.check_listed("steps", MOST_STEPS)
        if "steps_nl" not in self.errors and len(self._steps()) < 2:
            self.add_error("steps_nl", _("Give at least two steps, one on each line."))

    def _steps(self) -> list[dict[str, str]]:
        dutch, english = self.listed("steps").values()
        return [{"nl": nl, "en": en} for nl, en in zip_longest(dutch, english, fillvalue="")]

    def raw(self) -> dict[str, Any]:
        return {
            "prompt": self.pair("prompt"), "steps": self._steps(), "why": self.pair("why"),
        }  # fmt: skip

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {
            f"steps_{language}": "\n".join(getattr(step, language) for step in body.steps)
            for language in ("nl", "en")
        }


class MatchForm(BlockForm):
    kind = Block.Kind.MATCH
    pairs = ("prompt", "why")
    prompt_nl = line(_("Question in Dutch"))
    prompt_en = line(_("Question in English"))
    why_nl = line(_("Why, in Dutch"))
    why_en = line(_("Why, in English"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, OPTION_ROWS + 1):
            self.fields[f"left{row}_nl"] = line(gettext("This, in Dutch"))
            self.fields[f"left{row}_en"] = line(gettext("This, in English"))
            self.fields[f"right{row}_nl"] = line(gettext("belongs to, in Dutch"))
            self.fields[f"right{row}_en"] = line(gettext("belongs to, in English"))

    @property
    def match_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "number": row,
                "left": (self[f"left{row}_nl"], self[f"left{row}_en"]),
                "right": (self[f"right{row}_nl"], self[f"right{row}_en"]),
            }
            for row in range(1, OPTION_ROWS + 1)
        ]

    def _pairs(self) -> list[dict[str, Any]]:
        return [
            {"left": self.pair(f"left{row}"), "right": self.pair(f"right{row}")}
            for row in range(1, OPTION_ROWS + 1)
            if self.words(f"left{row}") or self.words(f"right{row}")
        ]

    def check(self) -> None:
        self.need("prompt")
        if len(self._pairs()) < 2:
            self.add_error("left1_nl", _("Give at least two pairs."))
        for row in range(1, OPTION_ROWS + 1):
            left, right = self.words(f"left{row}"), self.words(f"right{row}")
            if bool(left) != bool(right):
                where = "right" if left else "left"
                self.add_error(f"{where}{row}_nl", _("A pair needs both sides."))

    def raw(self) -> dict[str, Any]:
        return {"prompt": self.pair("prompt"), "pairs": self._pairs(), "why": self.pair("why")}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        told = BlockForm.initial_of(body)
        for row, pair in enumerate(body.pairs, 1):
            told |= {
                f"left{row}_nl": pair.left.nl, f"left{row}_en": pair.left.en,
                f"right{row}_nl": pair.right.nl, f"right{row}_en": pair.right.en,
            }  # fmt: skip
        return told


class NumberForm(BlockForm):
    kind = Block.Kind.NUMBER
    pairs = ("prompt", "unit", "why")
    singles = ("value", "off")
    prompt_nl = line(_("Question in Dutch"))
    prompt_en = line(_("Question in English"))
    value = forms.CharField(label=_("The right number"), max_length=40)
    off = forms.CharField(
        label=_("How much more or less is still right"),
        max_length=40,
        required=False,
        help_text=_("Empty: only exactly this number."),
    )
    unit_nl = forms.CharField(label=_("Unit in Dutch"), max_length=40, required=False)
    unit_en = forms.CharField(label=_("Unit in English"), max_length=40, required=False)
    why_nl = line(_("Why, in Dutch"))
    why_en = line(_("Why, in English"))

    def check(self) -> None:
        self.need("prompt")
        for name in self.singles:
            given = self.cleaned_data.get(name)
            if given and number_in(given) is None:
                self.add_error(name, _("Write a number, such as 12 or 0,5."))
        off = number_in(self.cleaned_data.get("off") or "0")
        if off is not None and off < 0:
            self.add_error("off", _("Less than nothing is not possible here."))

    def raw(self) -> dict[str, Any]:
        value, off = self.cleaned_data.get("value") or "", self.cleaned_data.get("off") or "0"
        return super().raw() | {"value": value, "off": off}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {"value": body.value, "off": body.off}


class ShortForm(BlockForm):
    kind = Block.Kind.SHORT
    pairs = ("prompt", "why")
    singles = ("accepted",)
    prompt_nl = line(_("Question in Dutch"))
    prompt_en = line(_("Question in English"))
    accepted = area(
        _("Right answers, one on each line"),
        help_text=_(
            "In any language. Capitals, accents and a full stop at the end do not matter; "
            "other spellings you give here yourself."
        ),
    )
    why_nl = line(_("Why, in Dutch"))
    why_en = line(_("Why, in English"))

    def check(self) -> None:
        self.need("prompt")
        given = self.lines("accepted")
        if not [text for text in given if folded(text)]:
            self.add_error("accepted", _("Give at least one right answer."))
        elif len(given) > MOST_ACCEPTED:
            self.add_error("accepted", _("Give at most %(most)s.") % {"most": MOST_ACCEPTED})
        elif any(len(text) > LONGEST_SHORT for text in given):
            self.add_error("accepted", _("An answer is longer than 200 characters."))

    def raw(self) -> dict[str, Any]:
        return super().raw() | {"accepted": [t for t in self.lines("accepted") if folded(t)]}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {"accepted": "\n".join(body.accepted)}
