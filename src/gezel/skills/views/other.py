"""Another role or occupation: how near it is, how far, and the way there.

What someone explores is theirs alone: these pages note no reading and keep nothing, and there is
none about someone else. The programme of HR shows a group, never a person in it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.people.api import Request, Visitor, at_work, require
from gezel.skills import policy, queries, rules
from gezel.skills.models import Occupation, RoleProfile, Source
from gezel.skills.queries import near as nearby
from gezel.skills.queries import other, taxonomy
from gezel.skills.queries.offer import wage_cents
from gezel.skills.queries.programme import people_in, programme
from gezel.skills.rules import distance as far
from gezel.skills.views.asked import day_asked, key_asked, words_asked

ROLES, OCCUPATIONS = 12, 12
# What makes a goal of it stands in a room above: asked by name, never imported.
SET_GOAL, MAKE_PLANS = "plans:set_goal", "plans:make"


@at_work
def near(request: Request) -> HttpResponse:
    """Roles near you: those here, and those of ESCO or O*NET, nearest first; or by words."""
    visitor = request.visitor
    words = words_asked(request, "q")
    role, _demands = queries.own_demands(visitor)
    others = policy.profiles_to_read(visitor)
    if role:
        others = others.exclude(pk=role.pk)
    sources = [name for name in (Source.ESCO, Source.ONET) if name in taxonomy.releases()]
    source = request.GET.get("from", "")
    source = source if source in sources else (sources[0] if sources else "")
    every = request.GET.get("roles") == "all"
    context: dict[str, object] = {
        "words": words,
        "role": role,
        "sources": [(name, Source(name).label) for name in sources],
        "source": source,
    }
    if words:
        named = Q(name_nl__icontains=words) | Q(name_en__icontains=words)
        context["profiles"] = sorted(others.filter(named)[:30], key=lambda p: p.name.casefold())
        context["occupations"] = taxonomy.find_occupations(words, limit=20)
    else:
        context["here"] = nearby.near_roles(visitor, others, most=500 if every else ROLES)
        context["outside"] = (
            nearby.near_occupations(visitor, source, most=OCCUPATIONS) if source else None
        )
    return render(request, "skills/other_near.html", context)


@at_work
def role(request: Request, pk: int) -> HttpResponse:
    """You beside another role of the organisation, as it asks today or from a day ahead."""
    visitor = request.visitor
    found = get_object_or_404(policy.profiles_to_read(visitor), pk=pk)
    demands = queries.demands_of([found.pk]).get(found.pk, [])
    today = timezone.localdate()
    asked_on = day_asked(request, "asked_on", ahead=True)
    day = asked_on if asked_on and asked_on > today else today
    own_role, own = queries.own_demands(visitor)
    asks = other.asks_of_profile(demands, day)
    apart = (
        other.asks_of_profile(own, today).targets if own_role and own_role.pk != found.pk else None
    )
    return _page(
        request,
        other.compared(visitor, asks, apart),
        {
            "profile": found,
            "name": found.name,
            "apart_name": own_role.name if own_role else "",
            "is_own": own_role is not None and own_role.pk == found.pk,
            "later_dates": rules.later_dates(demands, today),
            "asked_on": asked_on if day != today else None,
            "goal": _address(SET_GOAL),
            "make": _address(MAKE_PLANS),
        },
    )


@at_work
def occupation(request: Request, pk: int) -> HttpResponse:
    """You beside an occupation of ESCO or O*NET."""
    visitor = request.visitor
    found = get_object_or_404(Occupation, pk=pk)
    asks = other.asks_of_occupation(taxonomy.asked_by(found, visitor.organisation))
    start = _occupation_now(request, visitor)
    apart = None
    if start and start.pk != found.pk:
        apart = other.asks_of_occupation(taxonomy.asked_by(start, visitor.organisation)).targets
    return _page(
        request,
        other.compared(visitor, asks, apart),
        {
            "occupation": found,
            "name": found.name,
            "apart_name": start.name if start else "",
            "goal": _address(SET_GOAL),
        },
    )


def _occupation_now(request: Request, visitor: Visitor) -> Occupation | None:
    """From where to reckon between occupations: as asked (`?from=`), else that of one's role."""
    if (pk := key_asked(request, "from")) is not None:
        return Occupation.objects.filter(pk=pk).first()
    own_role, _demands = queries.own_demands(visitor)
    return own_role.occupation if own_role else None


def _page(request: Request, told: other.Compared, about: dict[str, object]) -> HttpResponse:
    context = {
        "told": told,
        "a_week": other.A_WEEK,
        "anchor": far.HOURS_A_LEVEL,
        "anchor_pieces": far.ANCHOR_PIECES,
        **about,
    }
    return render(request, "skills/other.html", context)


def _address(name: str) -> str:
    """Where a room above answers; empty where it is not there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


# --- a programme for a group ------------------------------------------------------------------


class ProgrammeForm(forms.Form):
    """From which role to which, and what an hour away from the work costs."""

    from_role = forms.ModelChoiceField(
        RoleProfile.objects.none(), label=gettext_lazy("From the role")
    )
    to_role = forms.ModelChoiceField(RoleProfile.objects.none(), label=gettext_lazy("To the role"))
    wage = forms.DecimalField(
        label=gettext_lazy("What an hour of work costs, in euros"),
        help_text=gettext_lazy(
            "Wage with employer's costs. It begins with your planning rules; another figure here "
            "counts for this page only."
        ),
        min_value=1,
        max_value=500,
        decimal_places=2,
    )

    def __init__(self, *args: object, visitor: Visitor, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]
        profiles = policy.profiles_to_read(visitor).order_by("name_nl", "name_en", "pk")
        for name in ("from_role", "to_role"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = profiles
        self.fields["wage"].initial = Decimal(wage_cents(visitor.organisation)) / 100

    def clean(self) -> dict[str, object]:
        told = super().clean() or {}
        if told.get("from_role") and told.get("from_role") == told.get("to_role"):
            self.add_error("to_role", _("Choose another role than the one people have now."))
        return told


@dataclass(frozen=True, slots=True)
class Cost:
    """What a programme costs, in cents: hours away from the work, and prices that are known."""

    low: int
    middle: int
    high: int
    fees: int


@at_work
def programme_page(request: Request) -> HttpResponse:
    """HR: everyone who holds one role on the way to another, as one group."""
    visitor = request.visitor
    require(visitor.is_hr)
    asked = any(request.GET.get(name) for name in ("from_role", "to_role"))
    form = ProgrammeForm(request.GET if asked else None, visitor=visitor)
    context: dict[str, object] = {"form": form, "smallest": visitor.organisation.smallest_group}
    status = 200
    if asked and form.is_valid():
        context |= _programme(visitor, form, day_asked(request, "asked_on", ahead=True))
    elif asked:
        status = 422
    return render(request, "skills/other_programme.html", context, status=status)


def _programme(visitor: Visitor, form: ProgrammeForm, asked_on: date | None) -> dict[str, object]:
    start, goal = form.cleaned_data["from_role"], form.cleaned_data["to_role"]
    today = timezone.localdate()
    day = asked_on if asked_on and asked_on > today else today
    people = people_in(start)
    demands = queries.demands_of([goal.pk]).get(goal.pk, [])
    asks = other.asks_of_profile(demands, day)
    told: dict[str, object] = {
        "start": start,
        "target": goal,
        "later_dates": rules.later_dates(demands, today),
        "asked_on": day if day != today else None,
        "people": len(people),
        "anchor": far.HOURS_A_LEVEL,
    }
    if len(people) < visitor.organisation.smallest_group:
        return {**told, "too_few": True}
    if not asks.targets:
        return {**told, "asks_nothing": True}
    found = programme(people, asks, visitor.organisation)
    cents = int(form.cleaned_data["wage"] * 100)
    low, middle, high = (
        _hundreds(hours * cents + found.fees) for hours in (found.low, found.hours, found.high)
    )
    cost = Cost(low, middle, high, _hundreds(found.fees))
    return {**told, "told": found, "cost": cost}


def _hundreds(cents: int) -> int:
    """To whole hundreds of euros: nobody knows it closer."""
    return round(cents / 10_000) * 10_000
