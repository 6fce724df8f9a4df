"""Forms for role profiles and skills. A whole profile is one form, so saving is one act."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils import formats
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.skills import rules
from gezel.skills.models import Level, RoleProfile, Skill
from gezel.skills.queries.profiles import JobChoice
from gezel.skills.queries.taxonomy import Suggested

# More skills than any role profile has; a page beyond this is a mistake, or malice.
MOST_SKILLS = 400


class NameForm(forms.Form):
    """The name of a role, in one language at least."""

    name_nl = forms.CharField(
        label=gettext_lazy("Name in Dutch"),
        help_text=gettext_lazy("One language is enough to begin with."),
        max_length=200,
        required=False,
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        # A field with an error of its own is absent here; it has been told already.
        if not self.errors and not (told["name_nl"] or told["name_en"]):
            self.add_error("name_nl", _("Give the role a name, in Dutch or in English."))
        return told


class CopyForm(NameForm):
    """A new role like another."""

    copy = forms.ModelChoiceField(
        label=gettext_lazy("Copy which role?"), queryset=RoleProfile.objects.none()
    )

    def __init__(self, *args: Any, profiles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["copy"]
        assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - declared above
        chosen.queryset = profiles


def level_options(chosen: str, *empty: tuple[str, str]) -> SafeString:
    """The levels as options of a select; `empty` are those before them, as (value, words).

    A profile of 80 skills has two thousand options. Made once for each choice and not once for
    each select, they take a few milliseconds and not a hundred.
    """
    levels = [(str(level.value), f"{level.value} · {level.label}") for level in Level]
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == chosen else "", words)
            for value, words in (*empty, *levels)
        ),
    )


class Options:
    """Level options by what is chosen, each made once for a page."""

    def __init__(self, *empty: tuple[str, str]) -> None:
        self._empty = empty
        self._made: dict[str, SafeString] = {}

    def __getitem__(self, chosen: str) -> SafeString:
        if chosen not in self._made:
            self._made[chosen] = level_options(chosen, *self._empty)
        return self._made[chosen]


@dataclass(slots=True)
class LaterRow:
    """A date ahead as typed; an empty date means: no such demand.

    `wrong` names the control that `error` is about: from_on, level, low or high.
    """

    from_on: str = ""
    level: str = ""
    essential: bool = False
    low: str = ""
    high: str = ""
    error: str = ""
    wrong: str = ""
    options: str = ""
    low_options: str = ""
    high_options: str = ""

    def refuse(self, wrong: str, error: str) -> None:
        """Say what is wrong with which control."""
        self.wrong, self.error = wrong, error

    @property
    def day(self) -> date | None:
        """The date as a date, where it is one: what the folded line tells."""
        return _day(self.from_on)


@dataclass(slots=True)
class SkillRow:
    """What was typed about one skill."""

    skill: Skill
    level: str
    essential: bool
    place: str
    later: list[LaterRow] = field(default_factory=list)
    ticked: bool = False
    error: str = ""
    # The level and weight as they stand, to tell what a change would do.
    stood_at: int = 0
    options: str = ""

    @property
    def opened(self) -> bool:
        """Whether the part with dates ahead has something to mend."""
        return any(row.error for row in self.later)


@dataclass(slots=True)
class JobRow:
    """A job to tick, with the profile it would move away from."""

    choice: JobChoice
    ticked: bool

    @property
    def pk(self) -> int:
        return self.choice.job.pk


class ProfileForm:
    """A role profile as one form: names, jobs and what is asked, now and from dates ahead.

    Not a form set: a profile of 80 skills is four hundred controls, whose rows are drawn as
    plain HTML. What was typed comes back as it was, also where it cannot be read.
    """

    def __init__(
        self,
        picture: rules.Picture,
        *,
        skills: Mapping[int, Skill],
        jobs: Sequence[JobChoice],
        on: date,
        data: QueryDict | None = None,
    ) -> None:
        self.base = picture
        self.on = on
        self.data = data
        self.errors: list[str] = []
        if data is None:
            self.names = NameForm(initial={"name_nl": picture.name_nl, "name_en": picture.name_en})
            ticked = picture.jobs
            self.rows = [
                _row_of(skills[pk], ask, place)
                for place, (pk, ask) in enumerate(picture.asks.items(), 1)
                if pk in skills
            ]
        else:
            self.names = NameForm(data)
            ticked = frozenset(_numbers(data.getlist("job")))
            self.rows = [
                self._typed(skills[pk])
                for pk in dict.fromkeys(_numbers(data.getlist("skill"))[:MOST_SKILLS])
                if pk in skills
            ]
        self.jobs = [JobRow(choice, choice.job.pk in ticked) for choice in jobs]

    def _typed(self, skill: Skill) -> SkillRow:
        assert self.data is not None  # noqa: S101 - only called with data
        told = self.data
        later = [
            LaterRow(
                told.get(f"from-{skill.pk}-{at}", "").strip(),
                told.get(f"then-{skill.pk}-{at}", ""),
                f"then-essential-{skill.pk}-{at}" in told,
                told.get(f"low-{skill.pk}-{at}", ""),
                told.get(f"high-{skill.pk}-{at}", ""),
            )
            for at in range(min(_number(told.get(f"laters-{skill.pk}", "0")), 20))
        ]
        before = self.base.asks.get(skill.pk)
        return SkillRow(
            skill,
            told.get(f"now-{skill.pk}", ""),
            f"essential-{skill.pk}" in told,
            told.get(f"place-{skill.pk}", ""),
            later,
            ticked=f"tick-{skill.pk}" in told,
            stood_at=before.level if before else 0,
        )

    def is_valid(self) -> bool:
        """Read what was typed; after this `picture` holds it, or the rows tell what is wrong."""
        names_fit = self.names.is_valid()
        asks: dict[int, rules.Ask] = {}
        for row in self._in_order():
            ask = self._ask(row)
            if ask is not None and (ask.level or ask.later):
                asks[row.skill.pk] = ask
        wrong = sum(bool(row.error) or any(r.error for r in row.later) for row in self.rows)
        if not names_fit or wrong:
            return False
        self.picture = rules.Picture(
            self.names.cleaned_data["name_nl"],
            self.names.cleaned_data["name_en"],
            frozenset(row.pk for row in self.jobs if row.ticked),
            asks,
        )
        return True

    def _in_order(self) -> list[SkillRow]:
        """The rows by the number typed: moved up goes before who has that number, down behind."""
        was = {pk: place for place, pk in enumerate(self.base.asks, 1)}

        def place(row: SkillRow) -> tuple[int, int]:
            stood = was.get(row.skill.pk, len(was) + 1)
            wanted = _number(row.place) or stood
            return wanted, (wanted > stood) - (wanted < stood)

        return sorted(self.rows, key=place)

    def _ask(self, row: SkillRow) -> rules.Ask | None:
        level = _level(row.level)
        if level is None:
            row.error = _("Choose a level.")
            return None
        later: list[rules.Later] = []
        for each in row.later:
            told = self._later(each, {known.from_on for known in later})
            if told is not None:
                later.append(told)
        return rules.Ask(level, row.essential and level > 0, rules.by_date(later))

    def _later(self, row: LaterRow, taken: set[date]) -> rules.Later | None:
        """A line with a date ahead as the rule needs it; None where it is empty or refused."""
        if not row.from_on:
            if row.level or row.low or row.high:
                row.refuse("from_on", _("From which date? Or choose no level here."))
            return None
        day, then = _day(row.from_on), _level(row.level)
        if day is None:
            row.refuse(
                "from_on",
                _("Write the date as %(example)s.")
                % {"example": formats.date_format(self.on, "SHORT_DATE_FORMAT")},
            )
        elif day <= self.on:
            row.refuse(
                "from_on", _("This date does not lie ahead. Change the level of now instead.")
            )
        elif day in taken:
            row.refuse(
                "from_on",
                _("There are two levels from %(date)s. Keep one of them.")
                % {"date": formats.date_format(day, "DATE_FORMAT")},
            )
        elif then is None:
            row.refuse("level", _("Choose a level."))
        else:
            return self._between(row, rules.Later(day, then, row.essential and then > 0))
        return None

    @staticmethod
    def _between(row: LaterRow, expected: rules.Later) -> rules.Later | None:
        """With the least and the most, where they are said and can be meant."""
        low, high = _level(row.low), _level(row.high)
        if row.low and low is None:
            row.refuse("low", _("Choose a level from the scale for “at least”, or leave it open."))
        elif row.high and high is None:
            row.refuse("high", _("Choose a level from the scale for “at most”, or leave it open."))
        elif low is not None and low > expected.level:
            row.refuse(
                "low",
                _("“At least” lies above the expected level. Choose %(level)s or lower.")
                % {"level": expected.level},
            )
        elif high is not None and high < expected.level:
            row.refuse(
                "high",
                _("“At most” lies below the expected level. Choose %(level)s or higher.")
                % {"level": expected.level},
            )
        else:
            # As expected is no range: then nothing was said about how it may turn out.
            same = {expected.level}
            return replace(
                expected,
                low=None if low in same else low,
                high=None if high in same else high,
            )
        return None

    def apply_to_ticked(self) -> int:
        """Fill in one level, weight or date for all ticked skills; nothing is saved yet.

        Returns for how many skills.
        """
        assert self.data is not None  # noqa: S101 - a bulk change is posted
        level, from_on = self.data.get("bulk_level", ""), self.data.get("bulk_from", "").strip()
        weight = self.data.get("bulk_weight", "")
        count = 0
        for row in self.rows:
            if not row.ticked:
                continue
            count += 1
            row.ticked = False
            if from_on:
                essential = row.essential if not weight else weight == "essential"
                blank = next((r for r in row.later if not r.from_on), None)
                if blank is None:
                    blank = LaterRow()
                    row.later.append(blank)
                blank.from_on, blank.level, blank.essential = from_on, level, essential
                continue
            if level:
                row.level = level
            if weight:
                row.essential = weight == "essential"
        return count

    def with_room(self) -> "ProfileForm":
        """Give every skill one empty line for a date ahead."""
        now = Options(("0", _("not asked")))
        then = Options(("", "–"), ("0", _("not asked")))
        span = Options(("", _("as expected")), ("0", _("not asked")))
        for row in self.rows:
            if not row.later or row.later[-1].from_on or row.later[-1].level:
                row.later.append(LaterRow())
            row.options = now[row.level]
            for each in row.later:
                each.options = then[each.level]
                each.low_options, each.high_options = span[each.low], span[each.high]
        return self

    @property
    def base_text(self) -> str:
        return picture_as_text(self.base)

    @property
    def has_errors(self) -> bool:
        return bool(
            self.errors
            or (self.names.is_bound and self.names.errors)
            or any(row.error or any(r.error for r in row.later) for row in self.rows)
        )


def _row_of(skill: Skill, ask: rules.Ask, place: int) -> SkillRow:
    return SkillRow(
        skill,
        str(ask.level),
        ask.essential,
        str(place),
        [
            LaterRow(r.from_on.isoformat(), str(r.level), r.essential, _text(r.low), _text(r.high))
            for r in ask.later
        ],
        stood_at=ask.level,
    )


def _text(level: int | None) -> str:
    return "" if level is None else str(level)


def _number(text: str | None) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number for number in map(_number, texts) if number]


def _level(text: str) -> int | None:
    return int(text) if text in {"0", "1", "2", "3", "4", "5"} else None


def _day(text: str) -> date | None:
    try:
        return forms.DateField().to_python(text)
    except ValidationError:
        return None


def picture_as_text(picture: rules.Picture) -> str:
    """A picture that a form can carry along, so that nothing typed is lost on the way."""
    return json.dumps(
        {
            "nl": picture.name_nl,
            "en": picture.name_en,
            "jobs": sorted(picture.jobs),
            "asks": [
                [
                    *(pk, ask.level, ask.essential),
                    [
                        [r.from_on.isoformat(), r.level, r.essential, r.low, r.high]
                        for r in ask.later
                    ],
                ]
                for pk, ask in picture.asks.items()
            ],
        },
        separators=(",", ":"),
    )


def picture_from_text(text: str) -> rules.Picture | None:
    """The picture a form carried along; None where it is not one."""
    try:
        told = json.loads(text)
        return rules.Picture(
            str(told["nl"])[:200],
            str(told["en"])[:200],
            frozenset(_key(job) for job in told["jobs"]),
            {
                _key(pk): rules.Ask(
                    int(level),
                    bool(essential),
                    rules.by_date(
                        rules.Later(
                            date.fromisoformat(day),
                            int(then),
                            bool(weight),
                            *(None if level is None else int(level) for level in span[:2]),
                        )
                        for day, then, weight, *span in later
                    ),
                )
                for pk, level, essential, later in told["asks"][:MOST_SKILLS]
            },
        )
    except (ValueError, TypeError, KeyError):
        return None


def _key(told: object) -> int:
    """A key as a database can hold it."""
    key = int(str(told))
    if not 0 < key < 2**63:
        raise ValueError(key)
    return key


class TakeOverForm:
    """Which skills of an occupation to take over, and at which level; a row each."""

    def __init__(
        self, suggested: Sequence[Suggested], *, data: QueryDict | None, asked: Iterable[int] = ()
    ) -> None:
        already = set(asked)
        self.essential_level = str(rules.SUGGESTED_ESSENTIAL)
        self.optional_level = str(rules.SUGGESTED_OPTIONAL)
        self.all_optional = False
        if data is not None:
            self.essential_level = data.get("essential_level", self.essential_level)
            self.optional_level = data.get("optional_level", self.optional_level)
            self.all_optional = "all_optional" in data
        options = Options(("", _("as for all")))
        self.rows = [
            TakeOverRow(
                each,
                options,
                already=each.skill.pk in already,
                taken=each.essential if data is None else f"take-{each.skill.pk}" in data,
                level=(str(each.level) if each.from_framework else "")
                if data is None
                else data.get(f"level-{each.skill.pk}", ""),
                essential=each.essential if data is None else f"essential-{each.skill.pk}" in data,
            )
            for each in suggested
        ]

    @property
    def essential(self) -> "list[TakeOverRow]":
        return [row for row in self.rows if row.suggested.essential]

    @property
    def optional(self) -> "list[TakeOverRow]":
        return [row for row in self.rows if not row.suggested.essential]

    def asks(self) -> dict[int, rules.Ask]:
        """What was chosen; a level left open follows the one for its group."""
        found = {}
        for row in self.rows:
            everything = self.all_optional and not row.suggested.essential
            if row.already or not (row.taken or everything):
                continue
            group = self.essential_level if row.essential else self.optional_level
            level = _level(row.level) or _level(group) or row.suggested.level
            found[row.suggested.skill.pk] = rules.Ask(level, row.essential)
        return found


@dataclass(frozen=True, slots=True)
class TakeOverRow:
    """One skill of an occupation to tick."""

    suggested: Suggested
    all_options: Options
    already: bool
    taken: bool
    level: str
    essential: bool

    @property
    def skill(self) -> Skill:
        return self.suggested.skill

    @property
    def options(self) -> SafeString:
        return self.all_options[self.level]


class SkillForm(forms.Form):
    """A skill of our own, with what each level means."""

    name_nl = forms.CharField(label=gettext_lazy("Name in Dutch"), max_length=250, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=250, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Skill.Kind.choices, initial=Skill.Kind.TECHNICAL
    )
    is_knowledge = forms.BooleanField(
        label=gettext_lazy("It is knowledge rather than doing"), required=False
    )
    about_nl = forms.CharField(
        label=gettext_lazy("What it is, in Dutch"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )
    about_en = forms.CharField(
        label=gettext_lazy("What it is, in English"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )
    address = forms.CharField(
        label=gettext_lazy("Address elsewhere"),
        help_text=gettext_lazy("For example its page at ESCO, CompetentNL or a branch standard."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in Level:
            for language, spoken in (("nl", _("in Dutch")), ("en", _("in English"))):
                self.fields[f"level_{language}_{level.value}"] = forms.CharField(
                    label=f"{level.value} · {level.label}, {spoken}", max_length=300, required=False
                )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if address:
            URLValidator(
                schemes=["http", "https"], message=_("Write a whole address, with https://.")
            )(address)
        return address

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and not (told["name_nl"] or told["name_en"]):
            self.add_error("name_nl", _("Give the skill a name, in Dutch or in English."))
        return told

    def levels(self, language: str) -> list[str]:
        return [self.cleaned_data[f"level_{language}_{level.value}"] for level in Level]

    def level_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """For each level its two fields, Dutch and English."""
        return [(self[f"level_nl_{n.value}"], self[f"level_en_{n.value}"]) for n in Level]

    @staticmethod
    def initial_of(skill: Skill, address: str) -> dict[str, Any]:
        """What a form for this skill begins with."""
        told: dict[str, Any] = {
            name: getattr(skill, name)
            for name in ("name_nl", "name_en", "kind", "is_knowledge", "about_nl", "about_en")
        }
        told["address"] = address
        for language in ("nl", "en"):
            for at, words in enumerate(getattr(skill, f"levels_{language}"), 1):
                told[f"level_{language}_{at}"] = words
        return told


class OwnNameForm(forms.Form):
    """What this organisation calls a shared skill."""

    name_nl = forms.CharField(
        label=gettext_lazy("Our name in Dutch"), max_length=250, required=False
    )
    name_en = forms.CharField(
        label=gettext_lazy("Our name in English"), max_length=250, required=False
    )
