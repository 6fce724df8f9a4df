"""What a module is about."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Taught
from gezel.content import queries
from gezel.content.forms.base import Bilingual
from gezel.content.models import Module
from gezel.people.api import Organisation
from gezel.skills.api import Level

SKILL_ROWS = 3


class AboutForm(Bilingual):
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
