"""Rules that put people on a path: whom they mean, in words and in number, part by part."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gezel.kit.figures import grouped
from gezel.paths import actions, forms, policy, queries
from gezel.paths.kinds import Ground, in_words, kinds, leaf_words
from gezel.paths.models import Path, Rule
from gezel.paths.rules import conditions
from gezel.paths.rules.conditions import Condition, Group, Leaf, Place
from gezel.paths.web import key, number
from gezel.people.api import Request, at_work

SOME = 6


@at_work
@require_POST
def new_rule(request: Request, pk: int) -> HttpResponse:
    """A rule to be written; it counts for nobody yet."""
    path = get_object_or_404(policy.paths_to_assign(request.visitor), pk=pk)
    rule = actions.make_rule(path, key=key(request))
    return redirect("paths:rule", rule.pk)


@at_work
@require_safe
def rule(request: Request, pk: int) -> HttpResponse:
    """Whom a rule means, to change part by part, with how many that are today."""
    found = get_object_or_404(
        policy.rules_to_edit(request.visitor).select_related("path__organisation"), pk=pk
    )
    return _rule(request, found)


def _rule(
    request: Request,
    found: Rule,
    *,
    wrong: dict[str, Any] | None = None,
    ask: queries.Hit | None = None,
    stale: bool = False,
    problem: str = "",
    begins: str = "",
    status: int = 200,
) -> HttpResponse:
    found.refresh_from_db()
    ground = Ground(found.path.organisation)
    tree = found.draft_tree
    shown = {
        "rule": found,
        "path": found.path,
        "tree": _branch(tree, (), ground, wrong or {}),
        "sentence": in_words(tree, ground),
        "in_use": in_words(found.tree, ground) if found.active else "",
        "changed": found.condition != found.draft,
        "hit": queries.hit(tree, ground, timezone.localdate(), some=SOME),
        "use": forms.UseForm(initial={"begins": begins or found.begins}),
        "ask": ask,
        "stale": stale,
        "problem": problem,
        "put": found.enrolments.filter(state="open").count(),
    }
    part = "#rule" if request.htmx else ""
    return render(request, f"paths/rule.html{part}", shown, status=status)


def _branch(tree: Condition, place: Place, ground: Ground, wrong: dict[str, Any]) -> dict[str, Any]:
    """A part of a rule as its page draws it."""
    at = ".".join(map(str, place))
    if isinstance(tree, Leaf):
        return {"leaf": True, "at": at, "words": leaf_words(tree, ground)[0], "no": tree.no}
    deep = len(place) >= conditions.DEEPEST - 1
    adding = []
    if not deep or len(place) < conditions.DEEPEST:
        for code, kind in kinds().items():
            form = wrong.get(f"{at}/{code}") or _condition_form(code, at, ground)
            adding.append((code, kind.label, form, f"{at}/{code}" in wrong))
    return {
        "leaf": False,
        "at": at,
        "name": at or "all",
        "every": tree.every,
        "no": tree.no,
        "parts": [_branch(part, (*place, n), ground, wrong) for n, part in enumerate(tree.parts)],
        "adding": adding,
        "may_group": len(place) + 2 <= conditions.DEEPEST,
    }


def _condition_form(code: str, at: str, ground: Ground, data: QueryDict | None = None) -> Form:
    """The form of one kind of condition, for one group of the tree."""
    form = Form(data, auto_id=f"c-{at.replace('.', '-')}-{code}-%s")
    form.fields.update(kinds()[code].fields(ground))
    return form


def _place(text: str) -> Place:
    """Where in the tree, from an address: "1.0"."""
    if not text:
        return ()
    parts = text.split(".")
    if len(parts) > conditions.DEEPEST or not all(p.isascii() and p.isdecimal() for p in parts):
        raise Http404
    return tuple(int(part) for part in parts)


def _changed(tree: Condition, place: Place, what: str, leaf: Leaf | None) -> Condition:
    """One part more or less, turned round, or joined otherwise."""
    if leaf is not None:
        return conditions.added(tree, place, leaf)
    if what == "group":
        return conditions.added(tree, place, Group(every=False))
    if what == "turn":
        return conditions.turned(tree, place)
    if what in {"all", "any"}:
        return conditions.joined(tree, place, every=what == "all")
    if what == "remove":
        return conditions.without(tree, place)
    return tree


@at_work
@require_POST
def change_rule(request: Request, pk: int) -> HttpResponse:
    """One change of what is being written, and then the rule anew."""
    found = get_object_or_404(
        policy.rules_to_edit(request.visitor).select_related("path__organisation"), pk=pk
    )
    posted = request.POST
    at, what = posted.get("at", ""), posted.get("what", "")
    place = _place(at)
    leaf: Leaf | None = None
    if what == "add":
        code = posted.get("kind", "")
        if code not in kinds():
            raise Http404
        form = _condition_form(code, at, Ground(found.path.organisation), posted)
        if not form.is_valid():
            return _rule(request, found, wrong={f"{at}/{code}": form}, status=422)
        leaf = Leaf(code, dict(form.cleaned_data))

    def change(tree: Condition) -> Condition:
        return _changed(tree, place, what, leaf)

    try:
        actions.change_rule(found, change, seen=number(posted.get("seen")))
    except actions.ChangedMeanwhileError:
        return _rule(request, found, stale=True, status=409)
    except conditions.Wrong:
        problem = _("This rule would become too large. Make two rules of it.")
        return _rule(request, found, problem=problem, status=422)
    if request.htmx:
        return _rule(request, found)
    return redirect("paths:rule", found.pk)


@at_work
@require_POST
def use_rule(request: Request, pk: int) -> HttpResponse:
    """What was written counts from now on; nobody or everybody is asked about first."""
    found = get_object_or_404(
        policy.rules_to_edit(request.visitor).select_related("path__organisation"), pk=pk
    )
    begins = request.POST.get("begins", "")
    if begins not in set(Rule.Begins):
        begins = Rule.Begins.MATCH
    if found.path.state != Path.State.OPEN:
        problem = _("Publish this path first, or take it into use again.")
        return _rule(request, found, problem=problem, status=422)
    try:
        put = actions.use_rule(
            found, begins=begins, seen=number(request.POST.get("seen")),
            sure=request.POST.get("sure") == "yes",
        )  # fmt: skip
    except actions.ChangedMeanwhileError:
        return _rule(request, found, stale=True, status=409)
    except actions.AskFirst as question:
        return _rule(request, found, ask=question.hit, begins=begins, status=422)
    messages.success(
        request,
        ngettext(
            "The rule is in use. %(n)s person is put on this path.",
            "The rule is in use. %(n)s people are put on this path.",
            put,
        )
        % {"n": grouped(put)},
    )
    return redirect("paths:people", found.path_id)


@at_work
@require_POST
def stop_rule(request: Request, pk: int) -> HttpResponse:
    """It puts nobody on the path any more; who it put there stays until someone decides."""
    found = get_object_or_404(
        policy.rules_to_edit(request.visitor).select_related("path__organisation"), pk=pk
    )
    if found.active:
        actions.stop_rule(found)
        messages.success(
            request, _("The rule is stopped. Who it put on this path stays; decide below.")
        )
    else:
        actions.drop_rule(found)
        messages.success(request, _("Thrown away."))
    return redirect("paths:people", found.path_id)
