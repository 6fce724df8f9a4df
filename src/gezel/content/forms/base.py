"""What all forms of this room have in common."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gezel.content.rules.bodies import LONGEST_LINE, LONGEST_TEXT, Malformed, Words
from gezel.content.rules.kinds import Body, body_of
from gezel.people.api import Organisation


def line(label: Any, **kwargs: Any) -> forms.CharField:
    """A field of one line, in one language."""
    return forms.CharField(label=label, max_length=LONGEST_LINE, required=False, **kwargs)


def area(label: Any, rows: int = 6, *, rich: bool = False, **kwargs: Any) -> forms.CharField:
    """A field of several lines, in one language; `rich` text is Markdown, with an editor."""
    return forms.CharField(
        label=label,
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows} | ({"data-rich": ""} if rich else {})),
        **kwargs,
    )


class Bilingual(forms.Form):
    """A form whose fields come in pairs: `name_nl` and `name_en`."""

    def words(self, name: str) -> Words:
        return Words(
            self.cleaned_data.get(f"{name}_nl", ""), self.cleaned_data.get(f"{name}_en", "")
        )

    def pair(self, name: str) -> dict[str, str]:
        return self.words(name).kept()


class BlockForm(Bilingual):
    """The form of one kind of block.

    `pairs` are the fields that come in two languages, `singles` those that come
    once.
    """

    kind = ""
    pairs: tuple[str, ...] = ()
    singles: tuple[str, ...] = ()
    version = forms.IntegerField(widget=forms.HiddenInput)
    body: Body

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation

    @property
    def is_rich(self) -> bool:
        """Whether an editor belongs to one of its fields."""
        return any("data-rich" in field.widget.attrs for field in self.fields.values())

    @property
    def bound_singles(self) -> list[forms.BoundField]:
        return [self[name] for name in self.singles]

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

    def lines(self, name: str) -> list[str]:
        """What stands in a field, line by line, without empty ones."""
        told = self.cleaned_data.get(name, "").splitlines()
        return [text.strip() for text in told if text.strip()]

    def listed(self, name: str) -> dict[str, list[str]]:
        return {language: self.lines(f"{name}_{language}") for language in ("nl", "en")}

    def check_listed(self, name: str, most: int) -> None:
        """Lines in two languages: as many in both, not too many, none too long."""
        dutch, english = self.listed(name).values()
        if dutch and english and len(dutch) != len(english):
            self.add_error(f"{name}_en", _("Give as many points in both languages."))
        if max(len(dutch), len(english)) > most:
            self.add_error(f"{name}_nl", _("Give at most %(most)s points.") % {"most": most})
        if any(len(text) > LONGEST_LINE for text in (*dutch, *english)):
            self.add_error(f"{name}_nl", _("A point is longer than 1000 characters."))

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
