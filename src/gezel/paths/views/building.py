"""Making paths: the list, the steps, versions, and how a path goes by department."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.catalogue.api import Activity, activities_to_read
from gezel.kit.figures import euro, grouped, hours
from gezel.kit.jobs import enqueue
from gezel.paths import actions, forms, policy, queries, rules, words
from gezel.paths.common import activities_in, new_key, read_activities, title
from gezel.paths.jobs import move_everyone
from gezel.paths.kinds import Ground
from gezel.paths.models import Path
from gezel.paths.patterns import TEMPLATES
from gezel.paths.rules import ROOT, Kind, Node
from gezel.paths.web import key, note, number
from gezel.people.api import Request, at_work, require

MOST_ACTIVITIES = 2_000
# More people than this are moved in the background.
MOVED_AT_ONCE = 200


@at_work
@require_safe
def everything(request: Request) -> HttpResponse:
    """The paths of the organisation: those in use, those being made, and how many follow them."""
    visitor = request.visitor
    require(visitor.is_author)
    found = (
        policy.paths_to_build(visitor)
        .annotate(
            under_way=Count("enrolments", filter=Q(enrolments__state="open"), distinct=True),
            through=Count("enrolments", filter=Q(enrolments__state="done"), distinct=True),
            to_decide=Count(
                "enrolments",
                filter=Q(enrolments__state="open", enrolments__unmatched_on__isnull=False),
                distinct=True,
            ),
            by_rule=Count("rules", filter=Q(rules__active=True), distinct=True),
        )
        .order_by("state", "name_nl", "name_en")
    )
    smallest = visitor.organisation.smallest_group
    shown = {
        "paths": [
            (path, visitor.is_hr or path.under_way == 0 or path.under_way >= smallest)
            for path in found
        ],
        "templates": TEMPLATES,
    }
    return render(request, "paths/all.html", shown)


@at_work
def new(request: Request) -> HttpResponse:
    """A new path, empty or from a common one."""
    visitor = request.visitor
    require(visitor.is_author)
    template = TEMPLATES.get(request.GET.get("template", ""))
    initial = {"name_nl": template.name_nl, "name_en": template.name_en} if template else None
    form = forms.AboutForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        path = actions.make_path(
            visitor.organisation,
            form.cleaned_data,
            structure=template.make() if template else None,
            key=key(request),
        )
        return redirect("paths:build", path.pk)
    status = 422 if form.errors else 200
    shown = {"form": form, "template": template, "path": None}
    return render(request, "paths/about.html", shown, status=status)


@at_work
def about(request: Request, pk: int) -> HttpResponse:
    """Another name, or what it is for."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    seen = path.revision
    form = forms.AboutForm(request.POST or None, instance=path)
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_path(path, form.cleaned_data, seen=number(request.POST.get("seen")))
        except actions.ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("paths:build", path.pk)
    status = 409 if stale else 422 if form.errors else 200
    shown = {"form": form, "path": path, "seen": seen, "stale": stale, "template": None}
    return render(request, "paths/about.html", shown, status=status)


@at_work
@require_safe
def build(request: Request, pk: int) -> HttpResponse:
    """The steps of a path, to order, change and publish."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    return _built(request, path)


def _built(
    request: Request, path: Path, *, stale: bool = False, problem: str = "", status: int = 200
) -> HttpResponse:
    path.refresh_from_db()
    root, wrong = queries.pieces(path)
    newest = path.versions.order_by("-number").first()
    shown = {
        "path": path,
        "root": root,
        "wrong": wrong,
        "ready": not rules.problems(root.node),
        "newest": newest,
        "changed": newest is None or newest.content != path.draft,
        "behind": newest is not None
        and path.enrolments.filter(state="open").exclude(version=newest).exists(),
        "followed": path.enrolments.exists(),
        "publish": forms.PublishForm(),
        "stale": stale,
        "problem": problem,
        "kinds": Kind,
    }
    part = "#builder" if request.htmx else ""
    return render(request, f"paths/build.html{part}", shown, status=status)


def _change(request: Request, pk: int, change: Callable[[Node], Node]) -> HttpResponse:
    """One change of the draft, and then the page anew."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    try:
        actions.change_draft(path, change, seen=number(request.POST.get("seen")))
    except actions.ChangedMeanwhileError:
        return _built(request, path, stale=True, status=409)
    except ValidationError as wrong:
        return _built(request, path, problem=wrong.messages[0], status=422)
    if request.htmx:
        return _built(request, path)
    return redirect("paths:build", path.pk)


@at_work
def add_step(request: Request, pk: int, into: str, kind: str) -> HttpResponse:
    """A new step or block, at the end of a block."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    try:
        sort = Kind(kind)
    except ValueError:
        raise Http404 from None
    if sort is Kind.BLEND:
        return _add_blend(request, path, into)
    return _step(request, path, Node(new_key(), sort), into)


@at_work
def edit_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Change a step or a block."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    node = rules.found(path.structure, step)
    if node is None or step == ROOT:
        raise Http404
    parent = rules.parent_of(path.structure, step)
    return _step(request, path, node, parent.key if parent else ROOT, known=True)


def _step(
    request: Request, path: Path, node: Node, into: str, *, known: bool = False
) -> HttpResponse:
    root = path.structure
    block = rules.found(root, into)
    if block is None or not block.is_block:
        raise Http404
    titles = _titles(path, root)
    below = {n.key for n in node.walk()}
    form = forms.StepForm(
        request.POST or None,
        node=node,
        activities=_activities(request, node),
        skills=list(Ground(path.organisation).skills.items()),
        others=[(n.key, titles[n.key]) for n in root.walk() if n.key not in {*below, ROOT}],
        blocks=forms.block_choices(root, titles, node) if known else [],
        in_blend=block.kind is Kind.BLEND,
        initial=forms.filled_in(node) | {"into": into} if known else {"pick": 1, "level": 3},
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        filled, target = form.filled, form.cleaned_data.get("into") or into
        try:
            actions.change_draft(
                path,
                _put_or_change(filled, into, target, known=known),
                seen=number(request.POST.get("seen")),
            )
        except actions.ChangedMeanwhileError:
            stale = True
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            return redirect(f"{_address(path)}#step-{filled.key}")
    shown = {
        "form": form,
        "path": path,
        "node": node,
        "kind": words.KINDS[node.kind],
        "known": known,
        "block": titles[into],
        "seen": number(request.POST.get("seen")) or path.revision,
        "stale": stale,
    }
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "paths/step.html", shown, status=status)


def _put_or_change(node: Node, into: str, target: str, *, known: bool) -> Callable[[Node], Node]:
    def change(root: Node) -> Node:
        if not known:
            return rules.put(root, node, target)
        now = rules.changed(root, node)
        if target == into:
            return now
        block = rules.found(now, target)
        return rules.moved(now, node.key, target, len(block.children) if block else 0)

    return change


def _add_blend(request: Request, path: Path, into: str) -> HttpResponse:
    block = rules.found(path.structure, into)
    if block is None or not block.is_block:
        raise Http404
    form = forms.BlendForm(request.POST or None, activities=_activities(request, None))
    stale = False
    if request.method == "POST" and form.is_valid():
        filled = form.filled
        try:
            actions.change_draft(
                path,
                lambda root: rules.put(root, filled, into),
                seen=number(request.POST.get("seen")),
            )
        except actions.ChangedMeanwhileError:
            stale = True
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            return redirect(f"{_address(path)}#step-{filled.key}")
    shown = {
        "form": form,
        "path": path,
        "seen": number(request.POST.get("seen")) or path.revision,
        "stale": stale,
    }
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "paths/blend.html", shown, status=status)


def _address(path: Path) -> str:
    return redirect("paths:build", path.pk).url


def _titles(path: Path, root: Node) -> dict[str, str]:
    """How every step and block is called, the whole by the name of the path."""
    activities = read_activities(activities_in(root))
    return {
        n.key: path.name if n.key == ROOT else title(n, activities) or str(words.KINDS[n.kind])
        for n in root.walk()
    }


def _activities(request: Request, node: Node | None) -> Sequence[tuple[int, str]]:
    """What is on offer here, by title, with hours; and what the step has already."""
    found: dict[int, Activity] = {
        a.pk: a
        for a in activities_to_read(request.visitor).exclude(state=Activity.State.DRAFT)[
            :MOST_ACTIVITIES
        ]
    }
    if node is not None and node.activity is not None and node.activity not in found:
        found |= read_activities([node.activity])
    return sorted(
        ((pk, _told_of(a)) for pk, a in found.items()),
        key=lambda pair: pair[1].casefold(),
    )


def _told_of(activity: Activity) -> str:
    """An activity to choose, with what makes the choice: its form, its hours, its price."""
    told = [activity.get_form_display(), hours(activity.hours)]
    cents = activity.price_cents + activity.travel_cents
    return f"{activity.title} ({', '.join([*told, euro(cents)] if cents else told)})"


# -- which form -----------------------------------------------------------------------------------


@at_work
def which_form(request: Request, pk: int, step: str) -> HttpResponse:
    """The forms in which a step can be done side by side, with cost, absence and effect; one takes
    its place, or people choose."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    root = path.structure
    node = rules.found(root, step)
    standing = [n for n in _standing(root, node) if n.activity is not None]
    if node is None or not standing:
        raise Http404
    pks = [n.activity for n in standing if n.activity is not None]
    shown = queries.forms_beside(pks, request.visitor, path.organisation)
    if request.method == "POST":
        chosen = number(request.POST.get("activity"))
        if chosen not in {form.activity.pk for form in shown if not form.stands}:
            raise Http404  # nobody was offered this
        answer = _change(request, pk, _form_taken(request.POST.get("how", ""), standing, chosen))
        return answer if answer.status_code >= 400 else redirect("paths:which_form", pk, step)
    titles = _titles(path, root)
    context = {
        "path": path,
        "forms": shown,
        "title": titles[node.key],
        "several": len(standing) > 1,
        "classroom": all(a.activity.form == Activity.Form.CLASSROOM for a in shown if a.stands),
        "seen": path.revision,
        "step": step,
    }
    return render(request, "paths/which_form.html", context)


def _standing(root: Node, node: Node | None) -> Sequence[Node]:
    """The step and the others of its choice; of a choice itself, what there is to choose."""
    if node is None:
        return ()
    parent = rules.parent_of(root, node.key)
    if node.kind is Kind.CHOICE:
        return node.children
    return parent.children if parent is not None and parent.kind is Kind.CHOICE else (node,)


def _form_taken(how: str, standing: Sequence[Node], activity: int) -> Callable[[Node], Node]:
    first = standing[0]

    def change(root: Node) -> Node:
        if how == "instead" and len(standing) == 1:
            skips = tuple(s for s in first.skips if s.activity is None)
            return rules.changed(root, replace(first, activity=activity, skips=skips))
        other = Node(new_key(), Kind.ACTIVITY, activity=activity)
        return rules.beside(root, first.key, other, choice=new_key())

    return change


@at_work
@require_POST
def remove_step(request: Request, pk: int, step: str) -> HttpResponse:
    """It goes, with what is in it."""
    return _change(request, pk, lambda root: rules.without(root, step) if step != ROOT else root)


@at_work
@require_POST
def move_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Up or down by a button, or anywhere by dragging."""
    posted = request.POST

    def change(root: Node) -> Node:
        block = rules.parent_of(root, step)
        if block is None:
            return root
        if into := posted.get("into"):
            return rules.moved(root, step, into, number(posted.get("place")))
        here = [child.key for child in block.children].index(step)
        place = here + (1 if posted.get("way") == "down" else -1)
        return rules.moved(root, step, block.key, place) if place >= 0 else root

    return _change(request, pk, change)


@at_work
@require_POST
def order(request: Request, pk: int) -> HttpResponse:
    """The whole is followed in order, or in any order."""
    kind = Kind.PARALLEL if request.POST.get("order") == "any" else Kind.SEQUENCE
    return _change(request, pk, lambda root: rules.changed(root, Node(ROOT, kind)))


@at_work
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """What was written becomes a version."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    form = forms.PublishForm(request.POST)
    try:
        version = actions.publish(
            path,
            seen=number(request.POST.get("seen")),
            note=form.cleaned_data["note"] if form.is_valid() else "",
        )
    except actions.ChangedMeanwhileError:
        return _built(request, path, stale=True, status=409)
    except actions.NotReady:
        return _built(request, path, problem=_("Mend what is marked below first."), status=422)
    messages.success(request, _("Version %(n)s is published.") % {"n": version.number})
    if path.enrolments.filter(state="open").exclude(version=version).exists():
        return redirect("paths:versions", path.pk)
    return redirect("paths:build", path.pk)


@at_work
@require_POST
def in_use(request: Request, pk: int) -> HttpResponse:
    """Out of use, or back into it."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    try:
        actions.set_in_use(path, in_use=request.POST.get("use") == "yes")
    except ValidationError as wrong:
        messages.warning(request, wrong.messages[0])
    return redirect("paths:build", path.pk)


@at_work
@require_POST
def drop(request: Request, pk: int) -> HttpResponse:
    """A path nobody followed is thrown away."""
    path = get_object_or_404(policy.paths_to_build(request.visitor), pk=pk)
    try:
        actions.drop_path(path)
    except ValidationError as wrong:
        messages.warning(request, wrong.messages[0])
        return redirect("paths:build", path.pk)
    messages.success(request, _("Thrown away."))
    return redirect("paths:all")


# -- versions -------------------------------------------------------------------------------------


@at_work
@require_safe
def versions(request: Request, pk: int) -> HttpResponse:
    """Which versions there were, and for HR what the newest changes for whom who is under way."""
    visitor = request.visitor
    path = get_object_or_404(policy.paths_to_build(visitor), pk=pk)
    preview = queries.preview(path, timezone.localdate())
    if visitor.is_hr:
        note(request, {e.person_id for e, _effect, _lost in preview.people}, "hr")
    smallest = visitor.organisation.smallest_group
    shown = {
        "path": path,
        "versions": list(path.versions.order_by("-number")),
        "preview": preview,
        "people": preview.people[:50] if visitor.is_hr else [],
        "told": visitor.is_hr or preview.count >= smallest,
    }
    return render(request, "paths/versions.html", shown)


@at_work
@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """Who is under way goes on in the newest version: all, or those who were ticked."""
    path = get_object_or_404(policy.paths_to_assign(request.visitor), pk=pk)
    if request.POST.get("who") == "all":
        if path.enrolments.filter(state="open").count() > MOVED_AT_ONCE:
            enqueue(move_everyone, by=request.user, path=path.pk)
            messages.success(
                request, _("They are moved in the background; you hear when it is done.")
            )
            return redirect("paths:versions", path.pk)
        moved = actions.move(path)
    else:
        ticked = [number(text) for text in request.POST.getlist("enrolment")]
        moved = actions.move(path, ticked)
    told: Any = _("%(n)s people go on in the newest version.") % {"n": grouped(moved)}
    messages.success(request, told)
    return redirect("paths:versions", path.pk)


# -- figures --------------------------------------------------------------------------------------


@at_work
@require_safe
def figures(request: Request, pk: int) -> HttpResponse:
    """How a path goes by department; small groups stay dark to who sees nobody by name."""
    visitor = request.visitor
    path = get_object_or_404(policy.paths_to_build(visitor), pk=pk)
    departments = queries.by_department(path, timezone.localdate(), everything=visitor.is_hr)
    shown = {"path": path, "departments": departments, "dark": any(d.dark for d in departments)}
    return render(request, "paths/figures.html", shown)
