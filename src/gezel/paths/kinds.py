"""The plain conditions a rule is made of: what each asks of the database, and how it reads.

A condition is asked of employments that run on a day. It gives a piece of one question (a `Q`), so
that a rule of any size is one question about everyone. Rooms above add kinds of their own with
`tell_kind` (`certificates`: holds a certificate).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.paths.rules.conditions import Condition, Group, Leaf, leaves, told
from gezel.people.api import Job, Location, Organisation, Unit
from gezel.skills.api import Demand, Level, ProfileJob, Skill, one_with, shown_at

NOBODY = Q(pk__in=[])
# Half a level is a gap; levels are rounded to a tenth before they are compared.
SHORT = 0.45


@dataclass
class Ground:
    """What conditions of an organisation stand on: its units, jobs, places. Asked when needed."""

    organisation: Organisation
    kept: dict[str, Any] = field(default_factory=dict)
    looked_up: dict[int, str | None] = field(default_factory=dict)

    @cached_property
    def units(self) -> dict[int, tuple[str, str, int]]:
        """Unit → (address in the tree, name, depth)."""
        return {
            pk: (path, name, depth)
            for pk, path, name, depth in Unit.objects.filter(organisation=self.organisation)
            .order_by("path")
            .values_list("pk", "path", "name", "depth")
        }

    @cached_property
    def jobs(self) -> dict[int, str]:
        return dict(Job.objects.filter(organisation=self.organisation).values_list("pk", "name"))

    @cached_property
    def places(self) -> dict[int, str]:
        return dict(
            Location.objects.filter(organisation=self.organisation).values_list("pk", "name")
        )

    @cached_property
    def skills(self) -> dict[int, str]:
        """The skills that roles here ask and our own."""
        found = Skill.objects.filter(
            Q(demands__profile__organisation=self.organisation) | Q(organisation=self.organisation)
        ).distinct()
        return {s.pk: s.name for s in sorted(found, key=lambda s: s.name.casefold())}

    def path_of(self, unit: int) -> str | None:
        """The address of a unit in the tree; None if there is no such unit here."""
        if "units" not in self.__dict__ and unit in self.looked_up:
            return self.looked_up[unit]
        there = self.units.get(unit)
        return there[0] if there else None

    def look_up_units(self, wanted: Iterable[int]) -> None:
        """One question for these alone: for whoever needs few of the thousands there may be."""
        pks = set(wanted)
        if not pks or "units" in self.__dict__:
            return
        self.looked_up = dict.fromkeys(pks, None) | dict(
            Unit.objects.filter(organisation=self.organisation, pk__in=pks).values_list(
                "pk", "path"
            )
        )

    def once(self, what: str, ask: Callable[[], Any]) -> Any:
        """For kinds of other rooms: asked once for all conditions of a page."""
        if what not in self.kept:
            self.kept[what] = ask()
        return self.kept[what]


Value = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """One sort of plain condition.

    Args:
        code: how it is kept.
        label: how it is called where one adds it.
        fields: what is filled in; what comes out of them is the value.
        asks: the piece of the question about employments. It asks the database nothing itself and
            is the same for the same value, units and day: it is kept in SQL for a day.
        words: how it reads, after "people": "in the job Mechanic".
        wrong: a message at a field where the value cannot be, else nothing.
    """

    code: str
    label: str | Promise
    fields: Callable[[Ground], dict[str, forms.Field]]
    asks: Callable[[Value, Ground, date], Q]
    words: Callable[[Value, Ground], str]


_kinds: dict[str, ConditionKind] = {}


def tell_kind(kind: ConditionKind) -> None:
    """One more sort of condition; told once, when the house is opened."""
    _kinds[kind.code] = kind


def kinds() -> Mapping[str, ConditionKind]:
    """All that are known, in the order in which they were told."""
    return _kinds


def pick(label: str, choices: Mapping[int, str]) -> forms.TypedChoiceField:
    """A field to choose one of many by its number."""
    return forms.TypedChoiceField(
        label=label, coerce=int, choices=[("", "–"), *((pk, n) for pk, n in choices.items())]
    )


# -- our own --------------------------------------------------------------------------------------


def _unit_fields(ground: Ground) -> dict[str, forms.Field]:
    named = {pk: "\u2003" * (depth - 1) + name for pk, (_path, name, depth) in ground.units.items()}
    return {
        "unit": pick(_("Unit"), named),
        "below": forms.BooleanField(
            label=_("and the units below it"), required=False, initial=True
        ),
    }


def _unit_asks(value: Value, ground: Ground, _on: date) -> Q:
    path = ground.path_of(value["unit"])
    if path is None:
        return NOBODY
    if not value.get("below"):
        return Q(unit=value["unit"])
    return Q(unit__path__startswith=path)


def _unit_words(value: Value, ground: Ground) -> str:
    there = ground.units.get(value["unit"])
    if there is None:
        return _("in a unit that is no longer there")
    if value.get("below"):
        return _("in %(unit)s and below") % {"unit": there[1]}
    return _("in %(unit)s itself") % {"unit": there[1]}


def _started_fields(_ground: Ground) -> dict[str, forms.Field]:
    return {
        "way": forms.ChoiceField(
            label=_("In service for"),
            choices=[("less", _("less than")), ("more", _("at least"))],
        ),
        "days": forms.IntegerField(label=_("Days"), min_value=1, max_value=20_000, initial=90),
    }


def _started_asks(value: Value, _ground: Ground, on: date) -> Q:
    since = on - timedelta(days=value["days"])
    return Q(starts_on__gt=since) if value["way"] == "less" else Q(starts_on__lte=since)


def _started_words(value: Value, _ground: Ground) -> str:
    if value["way"] == "less":
        return _("in service for less than %(days)s days") % {"days": value["days"]}
    return _("in service for at least %(days)s days") % {"days": value["days"]}


def _hours_fields(_ground: Ground) -> dict[str, forms.Field]:
    return {
        "way": forms.ChoiceField(
            label=_("A contract of"), choices=[("least", _("at least")), ("most", _("at most"))]
        ),
        "hours": forms.IntegerField(label=_("Hours a week"), min_value=0, max_value=60),
    }


def _hours_asks(value: Value, _ground: Ground, _on: date) -> Q:
    # Who has no hours written down is neither.
    known = Q(contract_hours__isnull=False)
    if value["way"] == "least":
        return known & Q(contract_hours__gte=value["hours"])
    return known & Q(contract_hours__lte=value["hours"])


def _hours_words(value: Value, _ground: Ground) -> str:
    if value["way"] == "least":
        return _("with a contract of at least %(hours)s hours") % {"hours": value["hours"]}
    return _("with a contract of at most %(hours)s hours") % {"hours": value["hours"]}


def _skill_fields(ground: Ground) -> dict[str, forms.Field]:
    return {
        "skill": pick(_("Skill"), ground.skills),
        "level": forms.TypedChoiceField(
            label=_("Shows less than level"),
            coerce=int,
            choices=[(level.value, f"{level.value} · {level.label}") for level in Level],
            initial=3,
        ),
    }


def _skill_asks(value: Value, _ground: Ground, _on: date) -> Q:
    return ~shown_at(
        OuterRef("organisation"),
        person=OuterRef("person"),
        skill__in=one_with([value["skill"]]),
        level__gte=value["level"] - SHORT,
    )


def _skill_words(value: Value, ground: Ground) -> str:
    name = ground.skills.get(value["skill"], _("a skill that is no longer asked"))
    return _("short of level %(level)s in %(skill)s") % {"level": value["level"], "skill": name}


def _role_fields(_ground: Ground) -> dict[str, forms.Field]:
    return {
        "which": forms.ChoiceField(
            label=_("Short of what their role asks"),
            choices=[
                ("essential", _("in an essential skill")),
                ("any", _("in any skill")),
            ],
        )
    }


def _role_asks(value: Value, _ground: Ground, on: date) -> Q:
    profile = ProfileJob.objects.filter(job=OuterRef(OuterRef("job"))).values("profile")
    newest = (
        Demand.objects.filter(profile=OuterRef("profile"), skill=OuterRef("skill"), from_on__lte=on)
        .order_by("-from_on", "-pk")
        .values("pk")[:1]
    )
    held = shown_at(
        OuterRef(OuterRef("organisation")),
        person=OuterRef(OuterRef("person")),
        skill=Coalesce(OuterRef("skill__merged_into"), OuterRef("skill")),
        level__gte=OuterRef("level") - SHORT,
    )
    asked = Demand.objects.filter(
        ~held, profile__in=profile, level__gt=0, from_on__lte=on, pk=Subquery(newest)
    )
    if value["which"] == "essential":
        asked = asked.filter(essential=True)
    return Q(Exists(asked))


def _role_words(value: Value, _ground: Ground) -> str:
    if value["which"] == "essential":
        return _("short of what their role asks in an essential skill")
    return _("short of what their role asks in a skill")


for _kind in (
    ConditionKind("unit", gettext_lazy("Unit"), _unit_fields, _unit_asks, _unit_words),
    ConditionKind(
        "job",
        gettext_lazy("Job"),
        lambda ground: {"job": pick(_("Job"), ground.jobs)},
        lambda value, _ground, _on: Q(job=value["job"]),
        lambda value, ground: (
            _("in the job %(job)s") % {"job": ground.jobs[value["job"]]}
            if value["job"] in ground.jobs
            else _("in a job that is no longer there")
        ),
    ),
    ConditionKind(
        "place",
        gettext_lazy("Place of work"),
        lambda ground: {"place": pick(_("Place of work"), ground.places)},
        lambda value, _ground, _on: Q(location=value["place"], location__isnull=False),
        lambda value, ground: (
            _("working in %(place)s") % {"place": ground.places[value["place"]]}
            if value["place"] in ground.places
            else _("working in a place that is no longer there")
        ),
    ),
    ConditionKind(
        "started",
        gettext_lazy("How long in service"),
        _started_fields,
        _started_asks,
        _started_words,
    ),
    ConditionKind(
        "hours", gettext_lazy("Contract hours"), _hours_fields, _hours_asks, _hours_words
    ),
    ConditionKind(
        "skill", gettext_lazy("Level of a skill"), _skill_fields, _skill_asks, _skill_words
    ),
    ConditionKind(
        "role", gettext_lazy("What their role asks"), _role_fields, _role_asks, _role_words
    ),
):
    tell_kind(_kind)


# -- a whole tree ---------------------------------------------------------------------------------


def asked(tree: Condition, ground: Ground, on: date) -> Q:
    """The tree as one piece of a question about employments that run on a day.

    A tree with a kind nobody tells of any more means nobody, whichever way round: no rule may
    hit everyone because a room was taken out.
    """
    if not all_known(tree):
        return NOBODY

    def leaf(one: Leaf) -> Q:
        found = _kinds[one.kind].asks(one.value, ground, on)
        return ~found if one.no else found

    def group(one: Group, parts: list[Q]) -> Q:
        found = EVERYBODY if one.every else NOBODY
        if parts:
            found = parts[0]
            for part in parts[1:]:
                found = found & part if one.every else found | part
        return ~found if one.no else found

    return told(tree, leaf, group)


EVERYBODY = Q(pk__isnull=False)


def all_known(tree: Condition) -> bool:
    """Whether some room tells of every condition in it."""
    return all(one.kind in _kinds for one in leaves(tree))


def in_words(tree: Condition, ground: Ground) -> str:
    """The tree as a sentence without a verb: "in Workshop and below, and in the job Mechanic"."""
    if isinstance(tree, Group) and not tree.parts:
        return _("everyone") if tree.every != tree.no else _("nobody")
    return told(tree, lambda one: leaf_words(one, ground), _joined)[0]


def leaf_words(one: Leaf, ground: Ground) -> tuple[str, bool]:
    """How a plain condition reads; the second tells that it is one piece."""
    kind = _kinds.get(one.kind)
    words = kind.words(one.value, ground) if kind else _("a condition that is no longer known")
    return (_("not %(what)s") % {"what": words} if one.no else words), True


def _joined(one: Group, parts: list[tuple[str, bool]]) -> tuple[str, bool]:
    pieces = [words if whole else f"({words})" for words, whole in parts]
    if not pieces:
        return _("everyone") if one.every != one.no else _("nobody"), True
    joiner = _("%(one)s, and %(other)s") if one.every else _("%(one)s, or %(other)s")
    words = pieces[0]
    for piece in pieces[1:]:
        words = joiner % {"one": words, "other": piece}
    if one.no:
        return _("not %(what)s") % {"what": f"({words})"}, True
    return words, len(pieces) == 1
