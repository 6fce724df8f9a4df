"""The forms with which HR names skills: many at once, and another name of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gezel.skills.actions.skills import LONGEST_NAME
from gezel.skills.models import Skill


class NamesForm(forms.Form):
    """A field for each skill without a name in a language; what stays empty stays unnamed."""

    def __init__(
        self, skills: Sequence[Skill], language: str, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.language = language
        self.skills = {f"name-{skill.pk}": skill for skill in skills}
        for place, (field, skill) in enumerate(self.skills.items()):
            roles = getattr(skill, "roles", 0)
            asked = ngettext("asked by %(count)s role", "asked by %(count)s roles", roles)
            attributes = {"lang": language, "autocomplete": "off"}
            if place == 0:
                attributes["autofocus"] = "autofocus"
            self.fields[field] = forms.CharField(
                label=skill.name,
                help_text=" · ".join(
                    part
                    for part in (asked % {"count": roles}, Truncator(skill.about).chars(160))
                    if part
                ),
                max_length=LONGEST_NAME,
                required=False,
                widget=forms.TextInput(attrs=attributes),
            )

    def names(self) -> dict[int, tuple[str, str]]:
        """Key → (Dutch, English), of what was filled in; the other language as it stands."""
        given = {}
        for field, skill in self.skills.items():
            words = " ".join(self.cleaned_data[field].split())
            if words:
                nl, en = skill.own_nl or "", skill.own_en or ""
                given[skill.pk] = (words, en) if self.language == "nl" else (nl, words)
        return given

    def tell(self, refused: ValidationError) -> None:
        """What the action refused, at the field it is about."""
        told = refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}
        for key, errors in told.items():
            field = f"name-{key}"
            for error in errors:
                self.add_error(field if field in self.fields else None, error)


class AliasForm(forms.Form):
    """Another name of a skill, as people here say it."""

    words = forms.CharField(label=_("Another name"), max_length=LONGEST_NAME)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("nl", _("Dutch")), ("en", _("English"))]
    )
