"""Forms with which colleagues make modules, in both languages."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Taught
from gezel.content import queries
from gezel.content.models import Block, Module, Package
from gezel.content.rules import bodies
from gezel.content.rules.bodies import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_ITEMS,
    Body,
    Malformed,
    Words,
    body_of,
)
from gezel.people.api import Organisation
from gezel.skills.api import Level

SKILL_ROWS = 3
OPTION_ROWS = 6


def _line(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_LINE, required=False, **kwargs)


def _area(label: Any, rows: int = 6, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        **kwargs,
    )


class _Bilingual(forms.Form):
    """A form whose fields come in pairs: `name_nl` and `name_en`."""

    def words(self, name: str) -> Words:
        return Words(
            self.cleaned_data.get(f"{name}_nl", ""), self.cleaned_data.get(f"{name}_en", "")
        )

    def pair(self, name: str) -> dict[str, str]:
        return self.words(name).kept()


class AboutForm(_Bilingual):
    """What a module is called, what it brings, how long it takes, what it teaches."""

    title_nl = forms.CharField(label=_("Title in Dutch"), max_length=250, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=250, required=False)
    goal_nl = forms.CharField(
        label=_("What someone can do afterwards, in Dutch"), max_length=500, required=False
    )
    goal_en = forms.CharField(
        label=_("What someone can do afterwards, in English"), max_length=500, required=False
    )
    minutes = forms.IntegerField(
        label=_("Minutes it takes"), min_value=1, max_value=600, initial=15
    )
    pass_percent = forms.IntegerField(
        label=_("Right answers needed (%)"),
        min_value=0,
        max_value=100,
        initial=80,
        help_text=_("0 means that nobody can fail."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    # Whether there is a title already where none is given.
    own_title = False

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        skills = queries.teachable_skills(organisation)
        levels = [("", "–"), *((level.value, f"{level.value} · {level.label}") for level in Level)]
        for row in range(1, SKILL_ROWS + 1):
            self.fields[f"skill_{row}"] = forms.ModelChoiceField(
                label=gettext("Skill %(number)s") % {"number": row},
                queryset=skills,
                required=False,
                empty_label=gettext("none"),
            )
            self.fields[f"level_{row}"] = forms.TypedChoiceField(
                label=gettext("up to level"),
                choices=levels,
                coerce=int,
                empty_value=None,
                required=False,
            )

    @property
    def skill_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"skill_{row}"], self[f"level_{row}"]) for row in range(1, SKILL_ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.own_title and not self.words("title"):
            self.add_error("title_nl", _("Give a title, in at least one language."))
        seen: set[int] = set()
        for row in range(1, SKILL_ROWS + 1):
            skill, level = data.get(f"skill_{row}"), data.get(f"level_{row}")
            if skill and not level:
                self.add_error(f"level_{row}", _("Choose the level this module brings someone to."))
            if level and not skill and f"skill_{row}" not in self.errors:
                self.add_error(f"skill_{row}", _("Choose the skill this level belongs to."))
            if skill and skill.pk in seen:
                self.add_error(f"skill_{row}", _("This skill is chosen twice."))
            seen.add(skill.pk if skill else 0)
        return data

    @property
    def teaches(self) -> list[Taught]:
        rows = [
            (self.cleaned_data.get(f"skill_{row}"), self.cleaned_data.get(f"level_{row}"))
            for row in range(1, SKILL_ROWS + 1)
        ]
        # A module of ours brings someone one level up, unless it starts from nothing.
        return [Taught(skill.pk, level - 1, level) for skill, level in rows if skill and level]

    @staticmethod
    def initial_of(module: Module) -> dict[str, Any]:
        taught: dict[str, Any] = {}
        for row, t in enumerate(module.activity.teaches.order_by("pk")[:SKILL_ROWS], 1):
            taught |= {f"skill_{row}": t.skill_id, f"level_{row}": t.to_level}
        return taught | {
            "title_nl": module.activity.title_nl,
            "title_en": module.activity.title_en,
            "goal_nl": module.goal_nl,
            "goal_en": module.goal_en,
            "minutes": module.minutes,
            "pass_percent": module.pass_percent,
            "version": module.version,
        }


class BlockForm(_Bilingual):
    """The form of one kind of block. `pairs` are the fields that come in two languages."""

    kind = ""
    pairs: tuple[str, ...] = ()
    version = forms.IntegerField(widget=forms.HiddenInput)
    body: Body

    @property
    def bound_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"{name}_nl"], self[f"{name}_en"]) for name in self.pairs]

    def raw(self) -> dict[str, Any]:
        """The body as `rules.bodies` reads it."""
        return {name: self.pair(name) for name in self.pairs}

    def need(self, name: str) -> None:
        """A field that must be there in at least one language."""
        fine = f"{name}_nl" not in self.errors and f"{name}_en" not in self.errors
        if fine and not self.words(name):
            self.add_error(f"{name}_nl", _("Write this in at least one language."))

    def check(self) -> None:
        """What this kind asks beyond its fields."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check()
        if not self.errors:
            try:
                self.body = body_of(self.kind, self.raw())
            except Malformed as error:
                raise ValidationError(
                    _("This cannot be kept like this (%(why)s)."), params={"why": str(error)}
                ) from error
        return data

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        """The fields of a body that stands."""
        return {
            f"{name}_{language}": text
            for name, words in body.kept().items()
            if isinstance(words, Mapping)
            for language, text in words.items()
            if isinstance(text, str)
        }


class TextForm(BlockForm):
    kind = Block.Kind.TEXT
    pairs = ("body",)
    body_nl = _area(_("Text in Dutch"), 14, help_text=_("Markdown: ## heading, **bold**, - list."))
    body_en = _area(_("Text in English"), 14)

    def check(self) -> None:
        self.need("body")


class ImageForm(BlockForm):
    kind = Block.Kind.IMAGE
    pairs = ("alt", "caption")
    file = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("A photo from your phone is fine; we remove the place it was taken."),
    )
    alt_nl = _line(_("What there is to see, in Dutch"))
    alt_en = _line(_("What there is to see, in English"))
    caption_nl = _line(_("Caption in Dutch"))
    caption_en = _line(_("Caption in English"))

    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def check(self) -> None:
        self.need("alt")


class VideoForm(BlockForm):
    kind = Block.Kind.VIDEO
    pairs = ("title", "transcript")
    file = forms.FileField(
        label=_("Video"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm"}),
        help_text=_("MP4 or WebM, at most 1 GB."),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title_nl = _line(_("Title in Dutch"))
    title_en = _line(_("Title in English"))
    transcript_nl = _area(_("What is said and shown, in Dutch"))
    transcript_en = _area(_("What is said and shown, in English"))
    captions_nl = forms.FileField(label=_("Captions in Dutch (WebVTT)"), required=False)
    captions_en = forms.FileField(label=_("Captions in English (WebVTT)"), required=False)

    def check(self) -> None:
        self.need("title")
        self.need("transcript")


class QuestionForm(BlockForm):
    kind = Block.Kind.QUESTION
    pairs = ("prompt",)
    prompt_nl = _line(_("Question in Dutch"))
    prompt_en = _line(_("Question in English"))
    multiple = forms.BooleanField(label=_("More than one answer is right"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, OPTION_ROWS + 1):
            self.fields[f"text{row}_nl"] = _line(gettext("Answer in Dutch"))
            self.fields[f"text{row}_en"] = _line(gettext("Answer in English"))
            self.fields[f"right{row}"] = forms.BooleanField(
                label=gettext("This answer is right"), required=False
            )
            self.fields[f"why{row}_nl"] = _line(gettext("Why, in Dutch"))
            self.fields[f"why{row}_en"] = _line(gettext("Why, in English"))

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


class ReflectionForm(BlockForm):
    kind = Block.Kind.REFLECTION
    pairs = ("prompt",)
    prompt_nl = _line(_("What to think about, in Dutch"))
    prompt_en = _line(_("What to think about, in English"))

    def check(self) -> None:
        self.need("prompt")


class ChecklistForm(BlockForm):
    kind = Block.Kind.CHECKLIST
    pairs = ("prompt", "items")
    prompt_nl = _line(_("Heading in Dutch"))
    prompt_en = _line(_("Heading in English"))
    items_nl = _area(_("Points in Dutch, one on each line"))
    items_en = _area(_("Points in English, one on each line"))

    def _lines(self, language: str) -> list[str]:
        text = self.cleaned_data.get(f"items_{language}", "")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def check(self) -> None:
        self.need("items")
        dutch, english = self._lines("nl"), self._lines("en")
        if dutch and english and len(dutch) != len(english):
            self.add_error("items_en", _("Give as many points in both languages."))
        if max(len(dutch), len(english)) > MOST_ITEMS:
            self.add_error("items_nl", _("Give at most 30 points."))
        if any(len(line) > LONGEST_LINE for line in (*dutch, *english)):
            self.add_error("items_nl", _("A point is longer than 1000 characters."))

    def raw(self) -> dict[str, Any]:
        return {
            "prompt": self.pair("prompt"),
            "items": {"nl": self._lines("nl"), "en": self._lines("en")},
        }

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {
            f"items_{language}": "\n".join(getattr(item, language) for item in body.items)
            for language in ("nl", "en")
        }


BLOCK_FORMS: Mapping[str, type[BlockForm]] = {
    form.kind: form
    for form in (TextForm, ImageForm, VideoForm, QuestionForm, ReflectionForm, ChecklistForm)
}


class PackageAboutForm(AboutForm):
    """What a package is called, what it brings, how long it takes, what it teaches."""

    pass_percent = None  # type: ignore[assignment] # a package judges for itself

    @staticmethod
    def initial_of_package(package: Package) -> dict[str, Any]:
        """The form as it stands."""
        activity = package.activity
        taught: dict[str, Any] = {}
        for row, t in enumerate(activity.teaches.order_by("pk")[:SKILL_ROWS], 1):
            taught |= {f"skill_{row}": t.skill_id, f"level_{row}": t.to_level}
        return taught | {
            "title_nl": activity.title_nl,
            "title_en": activity.title_en,
            "goal_nl": activity.summary_nl,
            "goal_en": activity.summary_en,
            "minutes": round(activity.hours * 60) or 1,
        }


class PackageFileForm(forms.Form):
    """A new edition of a package."""

    file = forms.FileField(
        label=_("The package, as a ZIP file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".zip,.h5p,.imscc,application/zip"}),
        help_text=_("SCORM 1.2 or 2004, cmi5, H5P or plain web pages; at most 2 GB."),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("file") and not data.get("upload") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return data


class NewPackageForm(PackageAboutForm, PackageFileForm):
    """A package with its place in the catalogue. Without a title it keeps its own."""

    own_title = True
