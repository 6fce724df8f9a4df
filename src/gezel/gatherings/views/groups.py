"""The groups of a session: forming them, changing them by hand, and seeing one's own."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.gatherings import grouping_words
from gezel.gatherings.actions import groups as actions
from gezel.gatherings.grouping import Asked, Hall
from gezel.gatherings.grouping_forms import GroupsForm, RuleForm, TwoForm, WishForm, initial_of
from gezel.gatherings.models import Division, Gathering, GroupMove, GroupWish, Place
from gezel.gatherings.rules.explaining import FEWEST_LEVELS, Hand, Told, explain
from gezel.gatherings.rules.groups import Impossible, faults
from gezel.gatherings.views.sessions import found_to_run
from gezel.gatherings.views.shared import add_errors, key, note
from gezel.people.api import Request, at_work, require

HISTORY = 20
# With more people than this groups are folded, and this many names tell which it is.
MANY, FIRST = 60, 3


def _number(told: str | None) -> int:
    return int(told) if told and told.isdecimal() and len(told) < 10 else -1


def _names(hall: Hall) -> dict[int, str]:
    return {key: seated.person.name for key, seated in hall.seated.items()}


# -- looking --------------------------------------------------------------------------------------


@at_work
@require_safe
def groups(request: Request, pk: int) -> HttpResponse:
    """The groups as they stand, or as they stood: `?division=` shows an earlier one to read."""
    gathering = found_to_run(request.visitor, pk)
    earlier = None
    if told := request.GET.get("division"):
        earlier = get_object_or_404(Division, gathering=gathering, pk=_number(told))
    return _page(request, gathering, earlier=earlier)


def _page(
    request: Request,
    gathering: Gathering,
    *,
    earlier: Division | None = None,
    form: GroupsForm | None = None,
    rule: RuleForm | None = None,
) -> HttpResponse:
    hall = Hall(gathering, earlier)
    people = [(key, seated.person.name) for key, seated in hall.seated.items()]
    note(request, [seated.person for seated in hall.seated.values()])
    asked = hall.asked()
    division = hall.division
    shown: dict[str, Any] = {
        "session": gathering,
        "hall": hall,
        "people": people,
        "division": division,
        "earlier": earlier,
        "form": form
        or GroupsForm(initial=initial_of(asked, division.mode if division else "rule")),
        "rule": rule or RuleForm(people=people),
        "rules": hall.rules,
        "history": list(
            Division.objects.filter(gathering=gathering).select_related("made_by")[:HISTORY]
        ),
    }
    if division is not None:
        shown |= _told(hall, asked, division)
        shown |= _looked_for(shown["cards"], request.GET.get("who", ""), len(people))
        if not earlier:
            shown["why_form"] = TwoForm(people=people)
    refused = any(one is not None and one.errors for one in (form, rule))
    return render(request, "gatherings/groups.html", shown, status=422 if refused else 200)


def _looked_for(cards: Sequence[dict[str, Any]], who: str, people: int) -> dict[str, Any]:
    """Of a large session groups are folded, or a phone scrolls past hundreds of names; who looks
    for someone has their group open. A group folded away shows its first names."""
    words = who.casefold().split()
    many = people > MANY
    anybody = False
    for card in cards:
        names = [seated.person.name for seated, _fixed in card["people"]]
        found = bool(words) and any(all(w in n.casefold() for w in words) for n in names)
        anybody = anybody or found
        card["open"] = not many or found
        card["first"] = ", ".join(names[:FIRST])
    return {"many": many, "who": who, "nobody_found": bool(words) and not anybody}


def _told(hall: Hall, asked: Asked, division: Division) -> dict[str, Any]:
    """Each group with its people, and what the whole brings beside chance."""
    keys = list(hall.where)
    case = hall.case(asked, keys)
    places = tuple(hall.where[key] for key in keys)
    told = explain(case, places)
    names = _names(hall)
    by_hand = GroupMove.objects.filter(division=division, undone_at=None).exists()
    broken = grouping_words.faults(faults(case, places), names, stands=True)
    return {
        "cards": _cards(hall, told, division, show_levels=not by_hand),
        "lines": grouping_words.lines(
            told,
            asked.dials,
            levels_known=not by_hand
            and sum(m.level is not None for m in case.members) >= 2 * FEWEST_LEVELS,
        ),
        "broken": list(dict.fromkeys(broken)),
        "by_hand": by_hand,
        "left_over": [hall.seated[key] for key in hall.left_over],
        "can_undo": by_hand
        or Division.objects.filter(
            gathering=hall.gathering, withdrawn_at=None, pk__lt=division.pk
        ).exists(),
    }


def _cards(
    hall: Hall, told: Told, division: Division, *, show_levels: bool
) -> list[dict[str, Any]]:
    return [
        {
            "group": group,
            "people": [
                (hall.seated[key], member.fixed)
                for key, member in sorted(
                    hall.members.items(), key=lambda item: hall.seated[item[0]].person.name
                )
                if member.group_id == group.pk
            ],
            "size": grouping_words.size(told.groups[group.position].size),
            "told": told.groups[group.position],
            "levels": grouping_words.levels(told.groups[group.position].levels)
            if show_levels
            else "",
        }
        for group in division.groups.all()
    ]


# -- forming --------------------------------------------------------------------------------------


@at_work
@require_POST
def form_groups(request: Request, pk: int) -> HttpResponse:
    """Groups are formed, or formed anew."""
    gathering = found_to_run(request.visitor, pk)
    form = GroupsForm(request.POST)
    if form.is_valid():
        own = key(request)
        try:
            actions.form_groups(
                gathering,
                # Another chance each time it is asked, and the same for a form sent twice.
                form.asked(seed=own.int % 1_000_000),
                form.cleaned_data["mode"],
                by=request.visitor.person,
                key=own,
            )
        except ValidationError as problem:
            add_errors(form, problem)
        except Impossible as refusal:
            names = _names(Hall(gathering))
            form.add_error(None, grouping_words.refusal(refusal.clash, names))
        except actions.ChangedMeanwhile:
            form.add_error(None, _changed())
        else:
            messages.success(request, _("The groups stand. Move people by hand where you like."))
            return redirect("gatherings:groups", pk)
    return _page(request, gathering, form=form)


def _changed() -> str:
    return _("Meanwhile somebody changed the groups or who is coming. Look at how it is now.")


def _back(request: Request, pk: int, at: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("gatherings:groups", args=[pk]) + at)


@at_work
@require_POST
def change(request: Request, pk: int) -> HttpResponse:
    """One step: evened out, split, merged, locked, kept, or the last one taken back."""
    gathering = found_to_run(request.visitor, pk)
    ways: dict[str, Callable[[Request, Gathering], str]] = {
        "even": _even,
        "split": _split,
        "merge": _merge,
        "undo": _undo,
        "lock": _lock,
        "keep": _keep,
        "call": _call,
    }
    what = ways.get(request.POST.get("what", ""))
    if what is None:
        raise Http404
    try:
        told = what(request, gathering)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    except Impossible as refusal:
        messages.error(request, grouping_words.refusal(refusal.clash, _names(Hall(gathering))))
    except actions.ChangedMeanwhile:
        messages.warning(request, _changed())
    else:
        if told:
            messages.success(request, told)
    return _back(request, pk)


def _call(request: Request, gathering: Gathering) -> str:
    division = Hall(gathering).division
    if division is not None:
        at = _number(request.POST.get("group"))
        actions.call_group(division, at, request.POST.get("name", "").replace("\x00", ""))
    return ""


def _even(request: Request, gathering: Gathering) -> str:
    actions.even_out(gathering, by=request.visitor.person, key=key(request))
    return _("Evened out, moving as few people as possible.")


def _split(request: Request, gathering: Gathering) -> str:
    at = _number(request.POST.get("group"))
    actions.split(gathering, at, by=request.visitor.person, key=key(request))
    return _("Split in two.")


def _merge(request: Request, gathering: Gathering) -> str:
    one, other = _number(request.POST.get("group")), _number(request.POST.get("other"))
    if min(one, other) < 0:
        raise ValidationError(_("Choose another group to merge it with."))
    actions.merge(gathering, one, other, by=request.visitor.person, key=key(request))
    return _("Merged.")


def _undo(request: Request, gathering: Gathering) -> str:
    division = Hall(gathering).division
    if division is None:
        raise ValidationError(_("There is nothing to take back."))
    if not actions.undo(division, version=_number(request.POST.get("version"))):
        raise ValidationError(_("There is nothing to take back."))
    return _("The last step is taken back.")


def _lock(request: Request, gathering: Gathering) -> str:
    if division := Hall(gathering).division:
        at = _number(request.POST.get("group"))
        actions.lock_group(division, at, locked=request.POST.get("on") == "1")
    return ""


def _keep(request: Request, gathering: Gathering) -> str:
    if division := Hall(gathering).division:
        person = _number(request.POST.get("person"))
        actions.keep_person(division, person, fixed=request.POST.get("on") == "1")
    return ""


@at_work
@require_POST
def rule(request: Request, pk: int) -> HttpResponse:
    """Two people must be together, or apart; or that is taken back."""
    gathering = found_to_run(request.visitor, pk)
    if drop := request.POST.get("drop"):
        actions.take_back_rule(gathering, _number(drop))
        return _back(request, pk, "#rules")
    hall = Hall(gathering)
    form = RuleForm(request.POST, people=_names(hall).items())
    if form.is_valid():
        told = form.cleaned_data
        one, other = (hall.seated[told[name]].person for name in ("one", "other"))
        try:
            actions.say(gathering, one, other, told["kind"])
        except ValidationError as problem:
            form.add_error("other", problem)
        else:
            messages.success(request, _("Saved. It counts the next time groups are formed."))
            return _back(request, pk, "#rules")
    return _page(request, gathering, rule=form)


# -- by hand --------------------------------------------------------------------------------------


@at_work
def move(request: Request, pk: int, person: int) -> HttpResponse:
    """Where someone could go and what that would bring; and going there."""
    gathering = found_to_run(request.visitor, pk)
    hall = Hall(gathering)
    division = hall.division
    if division is None or person not in hall.seated:
        raise Http404
    if request.method == "POST":
        return _do_move(request, hall, division, person)
    names = _names(hall)
    shown: dict[str, Any] = {
        "session": gathering,
        "division": division,
        "who": hall.seated[person],
        "here": hall.called.get(hall.where.get(person, -1)),
        "ways": [],
    }
    keys = list(hall.where)
    asked = hall.asked()
    if person in hall.where:
        hand = Hand(hall.case(asked, keys), tuple(hall.where[key] for key in keys))
        shown["ways"] = [
            {
                "group": way.group,
                "name": hall.called[way.group],
                "move": grouping_words.effect(way.move),
                "broken": grouping_words.faults(way.move.broken, names),
                "swap_with": names.get(way.swap_with or -1),
                "swap_key": way.swap_with,
                "swap": grouping_words.effect(way.swap) if way.swap else [],
                "swap_broken": grouping_words.faults(way.swap.broken, names) if way.swap else [],
            }
            for way in hand.options(person)
        ]
    else:
        shown["ways"] = [{"group": at, "name": name} for at, name in hall.called.items()]
    return render(request, "gatherings/groups_move.html", shown)


def _do_move(request: Request, hall: Hall, division: Division, person: int) -> HttpResponseRedirect:
    swap = _number(request.POST.get("swap"))
    to = _number(request.POST.get("group"))
    try:
        actions.move(
            division,
            person,
            to,
            swap=swap if swap > 0 else None,
            version=_number(request.POST.get("version")),
            step=key(request),
        )
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    except actions.ChangedMeanwhile:
        messages.warning(request, _changed())
    else:
        told = {"name": hall.seated[person].person.name, "group": hall.called.get(to, "")}
        messages.success(request, _("%(name)s is in “%(group)s” now.") % told)
    return _back(request, hall.gathering.pk)


@at_work
@require_safe
def why_not(request: Request, pk: int) -> HttpResponse:
    """Why two people are not in one group, and what it would cost."""
    gathering = found_to_run(request.visitor, pk)
    hall = Hall(gathering)
    require(hall.division is not None)
    names = _names(hall)
    inside = {key: names[key] for key in hall.where}
    form = TwoForm(request.GET or None, people=inside.items())
    shown: dict[str, Any] = {"session": gathering, "form": form}
    if form.is_valid():
        one, other = form.cleaned_data["one"], form.cleaned_data["other"]
        shown["names"] = (names[one], names[other])
        if one == other:
            form.add_error("other", _("Choose two different people."))
        elif hall.where[one] == hall.where[other]:
            shown["same"] = hall.called[hall.where[one]]
        else:
            keys = list(hall.where)
            hand = Hand(hall.case(hall.asked(), keys), tuple(hall.where[key] for key in keys))
            told = hand.why_not(one, other)
            shown |= {
                "moves": [names[key] for key in told.moves],
                "mover": told.moves[0],
                "effect": grouping_words.effect(told.effect),
                "broken": grouping_words.faults(told.effect.broken, names),
            }
    return render(request, "gatherings/groups_why.html", shown, status=422 if form.errors else 200)


# -- for who comes --------------------------------------------------------------------------------


@at_work
def mine(request: Request, pk: int) -> HttpResponse:
    """My group at a session, and with whom I would like to be."""
    place = get_object_or_404(
        Place.objects.seated().select_related("gathering", "gathering__activity"),
        gathering=pk,
        person=request.visitor.person,
        gathering__organisation=request.visitor.organisation,
    )
    gathering, me = place.gathering, request.visitor.person
    hall = Hall(gathering)
    wished = GroupWish.objects.filter(gathering=gathering, person=me, must=False)
    over = gathering.ends_at <= timezone.now()
    form = WishForm(
        request.POST or None,
        organisation=request.visitor.organisation,
        initial={"others": ", ".join(wished.values_list("other__email", flat=True))},
    )
    if request.method == "POST" and form.is_valid() and not over:
        actions.wish_for(gathering, me, form.cleaned_data["others"])
        messages.success(request, _("Kept. It counts as far as it can."))
        return redirect("gatherings:my_group", pk)
    group = hall.where.get(me.pk)
    shown = {
        "session": gathering,
        "form": form,
        "group": None if group is None else hall.called.get(group),
        "together": [seated for key, seated in hall.seated.items() if hall.where.get(key) == group]
        if group is not None
        else [],
        "over": over,
    }
    return render(request, "gatherings/groups_mine.html", shown, status=422 if form.errors else 200)
