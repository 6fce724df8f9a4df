"""What is asked of groups, as a form."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.actions.groups import MOST_GROUPS, MOST_WISHES
from gezel.gatherings.forms import PeopleField
from gezel.gatherings.grouping import Asked
from gezel.gatherings.models import Division, GroupWish
from gezel.gatherings.rules.groups import Dials
from gezel.people.api import Organisation, Person

DIALS = ("levels", "units", "new", "wishes", "even")
HOW_MUCH = [(0, _("does not count")), (1, _("a little")), (2, _("fairly")), (3, _("most"))]


def _dial(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=HOW_MUCH, coerce=int)


class GroupsForm(forms.Form):
    """How many groups, how large, and what counts."""

    mode = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        choices=[
            (Division.Mode.RULE, _("By rule: what counts is set below")),
            (Division.Mode.WISH, _("By wish: who people asked to be with")),
            (Division.Mode.CHANCE, _("At random, within the rules")),
        ],
    )
    groups = forms.IntegerField(
        label=_("Number of groups"),
        min_value=1,
        max_value=MOST_GROUPS,
        error_messages={"min_value": _("Make at least one group.")},
    )
    smallest = forms.IntegerField(label=_("At least this many in a group"), required=False,
                                  min_value=1, max_value=10_000)  # fmt: skip
    largest = forms.IntegerField(label=_("At most this many in a group"), required=False,
                                 min_value=1, max_value=10_000)  # fmt: skip
    levels = _dial(_("Spread levels"))
    units = _dial(_("Mix departments"))
    new = _dial(_("Meet new people"))
    wishes = _dial(_("People's own wishes"))
    even = _dial(_("Even sizes"))
    not_alone = forms.BooleanField(
        label=_("No new colleague alone among old hands"), required=False
    )
    same_times = forms.BooleanField(
        label=_("A group shares a part of the day at work"), required=False
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        smallest, largest = told.get("smallest"), told.get("largest")
        if smallest and largest and smallest > largest:
            self.add_error("largest", _("This is less than the smallest group."))
        return told

    def asked(self, seed: int) -> Asked:
        """What was asked, with the seed of its chance."""
        told = self.cleaned_data
        return Asked(
            groups=told["groups"],
            smallest=told["smallest"],
            largest=told["largest"],
            dials=Dials(**{dial: told[dial] for dial in DIALS}),
            not_alone=told["not_alone"],
            same_times=told["same_times"],
            seed=seed,
        )


def initial_of(asked: Asked, mode: str) -> dict[str, Any]:
    """What was asked, as the form has it."""
    return {
        "mode": mode if mode in {"rule", "wish", "chance"} else Division.Mode.RULE,
        "groups": asked.groups,
        "smallest": asked.smallest,
        "largest": asked.largest,
        "not_alone": asked.not_alone,
        "same_times": asked.same_times,
    } | {dial: getattr(asked.dials, dial) for dial in DIALS}


class TwoForm(forms.Form):
    """Two of the people who come."""

    one = forms.TypedChoiceField(label=_("Who"), coerce=int)
    other = forms.TypedChoiceField(label=_("and who"), coerce=int)

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *people]
        for name in ("one", "other"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 # for the type checker
            field.choices = choices


class RuleForm(TwoForm):
    """Two people who must be together, or apart."""

    kind = forms.ChoiceField(
        label=_("must be"), choices=GroupWish.Kind.choices, initial=GroupWish.Kind.APART
    )


class WishForm(forms.Form):
    """With whom someone would like to be, by address: who comes is not for everyone to read."""

    others = PeopleField(label=_("Colleagues"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = self.fields["others"]
        assert isinstance(others, PeopleField)  # noqa: S101 # for the type checker
        others.organisation = organisation

    def clean_others(self) -> tuple[Person, ...]:
        told: tuple[Person, ...] = self.cleaned_data["others"]
        if len(told) > MOST_WISHES:
            raise forms.ValidationError(gettext("Name at most %(n)s people.") % {"n": MOST_WISHES})
        return told
