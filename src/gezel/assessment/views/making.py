"""Making tests: banks, questions, the second pair of eyes, figures."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gezel.assessment import actions, policy, queries
from gezel.assessment.forms import BringForm, ItemForm, PartsForm, TestForm
from gezel.assessment.models import Intake, Item, Test
from gezel.assessment.rules import choosing, measuring
from gezel.assessment.words import FLAGS, GRAVE, HARDNESS_WORDS, IN_FILE, UNREADABLE
from gezel.kit import questions as files
from gezel.kit.figures import tenth
from gezel.kit.tables import Column, Filter, Table
from gezel.people.api import Request, at_work, require


def _test(request: Request, test_pk: int) -> Test:
    return get_object_or_404(
        policy.tests_to_make(request.visitor).select_related("skill", "organisation"), pk=test_pk
    )


def _item(request: Request, item_pk: int) -> Item:
    return get_object_or_404(
        policy.items_to_make(request.visitor).select_related(
            "test__skill", "test__organisation", "part", "media", "written_by", "reviewed_by"
        ),
        pk=item_pk,
    )


def _try(request: Request, do: Callable[[], object], done: str = "") -> bool:
    try:
        do()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    if done:
        messages.success(request, done)
    return True


def _top_exposure(test: Test, rules: choosing.Rules) -> int | None:
    """The share of tests with the most shown question (%); a fixed form shows all to everyone."""
    if test.started < 20 or getattr(test, "live", 0) < rules.smallest_bank:
        return None
    return round(100 * (getattr(test, "top_exposure", None) or 0))


@at_work
@require_safe
def banks(request: Request) -> HttpResponse:
    """Which skills have a test, how large the banks are, how much their questions are shown."""
    require(request.visitor.is_author)
    rules = choosing.VERSIONS[choosing.VERSION]
    rows = [
        (test, _top_exposure(test, rules))
        for test in queries.banks(policy.tests_to_make(request.visitor))
    ]
    told = {"rows": rows, "smallest": rules.smallest_bank}
    return render(request, "assessment/banks.html", told)


@at_work
def new(request: Request) -> HttpResponse:
    """A test for another skill."""
    require(request.visitor.is_author)
    organisation = request.visitor.organisation
    form = TestForm(request.POST or None, skills=queries.skills_without_test(organisation))
    if request.method == "POST" and form.is_valid():
        test = actions.make_test(
            organisation,
            form.cleaned_data["skill"],
            parts=form.parts,
            key=form.cleaned_data["key"],
        )
        return redirect("assessment:bank", test.pk)
    return render(
        request, "assessment/new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@at_work
def parts(request: Request, test_pk: int) -> HttpResponse:
    """Rename the parts of a test, or add one."""
    test = _test(request, test_pk)
    form = PartsForm(request.POST or None, initial=PartsForm.initial_of(test))
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_parts(test, form.parts)
        except ValidationError as error:
            form.add_error("parts_nl", error.messages[0])
        else:
            messages.success(request, _("Saved."))
            return redirect("assessment:bank", test.pk)
    told = {"form": form, "test": test}
    return render(request, "assessment/new.html", told, status=422 if form.is_bound else 200)


def _exposure(item: Item, test: Test) -> int | None:
    """In what share of the tests it was shown (%); nothing where too few were taken to say."""
    tests = test.started - item.since_started
    return round(100 * item.shown / tests) if tests >= 20 else None


def _flag_pills(item: Item) -> SafeString:
    grave = [f for f in item.figures.get("flags", []) if f in GRAVE]
    if not grave:
        return SafeString("")
    return format_html('<span class="pill warn">{}</span>', _("look at it"))


@at_work
@require_safe
def bank(request: Request, test_pk: int) -> HttpResponseBase:
    """All questions of a test: what is in use, what waits to be checked."""
    test = _test(request, test_pk)
    state = Item.State
    everything = Item.objects.filter(test=test)
    table: Table[Item] = Table(
        request,
        everything if request.GET.get("state") else everything.exclude(state=state.RETIRED),
        key="items",
        columns=[
            Column("question", gettext_lazy("Question"), "first_words",
                   link=lambda i: reverse("assessment:item", args=[i.pk])),
            Column("part", gettext_lazy("Part"), lambda i: str(i.part), sort=("part__position",)),
            Column("kind", gettext_lazy("Kind"), lambda i: i.get_kind_display(), sort=("kind",),
                   hidden=True),
            Column("state", gettext_lazy("State"), lambda i: i.get_state_display(),
                   sort=("state",)),
            Column("for", gettext_lazy("Half right at"),
                   lambda i: HARDNESS_WORDS.get(i.hardness or 0, "–"), sort=("hardness",)),
            Column("version", gettext_lazy("Version"), "version", numeric=True, hidden=True),
            Column("shown", gettext_lazy("Shown in"), lambda i: _percent(_exposure(i, test)),
                   sort=("shown",), numeric=True),
            Column("flags", gettext_lazy("Figures"),
                   lambda i: ", ".join(i.figures.get("flags", [])),
                   html=_flag_pills),
        ],
        related=("part",),
        search=lambda rows, words: rows.filter(
            Q(body__prompt__nl__icontains=words) | Q(body__prompt__en__icontains=words)
        ),
        filters=[
            Filter("state", gettext_lazy("State"), lambda: state.choices,
                   lambda rows, value: rows.filter(state=value),
                   blank=gettext_lazy("All but retired")),
            Filter("part", gettext_lazy("Part"),
                   lambda: [(str(p.pk), str(p)) for p in test.parts.all()],
                   lambda rows, value: rows.filter(part=int(value))),
        ],
        sort="part",
        empty=gettext_lazy("Write the first question, or bring in a file."),
    )  # fmt: skip
    found = dict(test.items.order_by().values_list("state").annotate(Count("pk")))
    counts = {code: found.get(code, 0) for code in state.values}
    rules = choosing.VERSIONS[choosing.VERSION]
    told = {
        "test": test,
        "counts": counts,
        "kinds": Item.Kind.choices,
        "adaptive": counts[state.LIVE] >= rules.smallest_bank,
        "smallest": rules.smallest_bank,
        "parts": test.parts.all(),
    }
    return table.answer("assessment/bank.html", told)


def _percent(share: int | None) -> str:
    return "–" if share is None else f"{share} %"


@at_work
@require_POST
def open_up(request: Request, test_pk: int) -> HttpResponse:
    """Put a test on offer, or take it off."""
    test = _test(request, test_pk)
    if request.POST.get("state") == "closed":
        _try(request, lambda: actions.close_test(test),
             _("Nobody begins this test any more. Who is in it may finish."))  # fmt: skip
    else:
        _try(request, lambda: actions.open_test(test), _("Colleagues can take this test now."))
    return redirect("assessment:bank", test.pk)


@at_work
def add(request: Request, test_pk: int, kind: str) -> HttpResponse:
    """A new question of some kind."""
    if kind not in Item.Kind.values:
        raise Http404
    return _item_form(request, _test(request, test_pk), kind, None)


@at_work
def change(request: Request, item_pk: int) -> HttpResponse:
    """Change a question; one in use gets a new version."""
    item = _item(request, item_pk)
    return _item_form(request, item.test, item.kind, item)


def _item_form(request: Request, test: Test, kind: str, standing: Item | None) -> HttpResponse:
    posted = request.method == "POST"
    form = ItemForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        kind=kind,
        test=test,
        standing=standing,
        initial=ItemForm.initial_of(standing) if standing else None,
    )
    if form.is_bound and form.is_valid() and (kept := _kept(request, test, form, standing)):
        return redirect("assessment:item", kept.pk)
    told = {"form": form, "test": test, "kind": Item.Kind(kind), "standing": standing}
    return render(request, "assessment/item_form.html", told, status=422 if form.is_bound else 200)


def _kept(request: Request, test: Test, form: ItemForm, standing: Item | None) -> Item | None:
    """Keep what the form says, or nothing, and the form tells why."""
    data = form.cleaned_data
    told: dict[str, Any] = {
        "part": data["part"],
        "body": form.body,
        "hardness": data["hardness"],
        "by": request.user,
        "picture": data.get("picture"),
    }
    try:
        if standing is None:
            return actions.draft_item(test, kind=form.kind, key=data["key"], **told)
        return actions.change_item(
            standing,
            edition=data["edition"] or 0,
            without_picture=data.get("without_picture", False),
            **told,
        )
    except actions.Outdated as error:
        if standing is not None:
            standing.refresh_from_db()
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["edition"] = str(standing.edition)  # type: ignore[index]
        form.add_error(None, error)
    except actions.NotPossible as error:
        form.add_error(None, error)
    except ValidationError as error:  # the picture cannot be taken in
        form.add_error("picture", error)
    return None


def _figures_of(item: Item) -> dict[str, Any] | None:
    """The figures of an item in words; nothing where too few answered."""
    kept = item.figures
    if not kept:
        return None
    found = measuring.level_of(item.difficulty)
    letters = dict(zip("abcdefgh", getattr(item.content, "options", ()), strict=False))
    return {
        "item": item,
        "answers": kept["answers"],
        "right": round(100 * kept["share_right"]),
        "found": tenth(found),
        "said": tenth(item.hardness / 2) if item.hardness else "–",
        "apart": kept["correlation"],
        "infit": kept["infit"],
        "options": [
            (letters[o["key"]], round(100 * o["share"]))
            for o in kept["options"]
            if o["key"] in letters
        ]
        if kept["answers"] >= 20
        else [],
        "flags": [(code, FLAGS[code]) for code in kept["flags"]],
        "grave": any(code in GRAVE for code in kept["flags"]),
    }


@at_work
@require_safe
def item(request: Request, item_pk: int) -> HttpResponse:
    """One question as its makers see it: how it looks, what is right, where it stands."""
    found = _item(request, item_pk)
    told = {
        "item": found,
        "test": found.test,
        "question": queries.shown(found, 1),
        "versions": queries.history(found),
        "may_check": policy.may_check(request.visitor, found),
        "hardness": HARDNESS_WORDS.get(found.hardness or 0),
        "figures": _figures_of(found),
        "exposure": _exposure(found, found.test),
        "smallest": found.test.organisation.smallest_group,
    }
    return render(request, "assessment/item.html", told)


@at_work
@require_POST
def step(request: Request, item_pk: int) -> HttpResponse:
    """Check a question, send it back, put it in use, let it count, or retire it."""
    found = _item(request, item_pk)
    what = request.POST.get("step", "")
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "approve": (
            lambda: actions.approve(found, by=request.user),
            _("Checked. It can be put in use."),
        ),
        "send_back": (
            lambda: actions.send_back(
                found, by=request.user, remark=request.POST.get("remark", "")
            ),
            _("Sent back, with what to look at."),
        ),
        "use": (lambda: actions.put_in_use(found), _("This question is in use.")),
        "count": (lambda: actions.trial_passed(found), _("This question counts from now on.")),
        "retire": (lambda: actions.retire(found), _("This question is retired.")),
    }
    if what not in steps:
        raise Http404
    do, done = steps[what]
    if what == "approve":
        require(policy.may_check(request.visitor, found))
    _try(request, do, done)
    return redirect("assessment:item", found.pk)


@at_work
@require_safe
def figures(request: Request, test_pk: int) -> HttpResponse:
    """What the answers say about the questions: which fail, which are fine."""
    test = _test(request, test_pk)
    items = test.items.exclude(state__in=[Item.State.DRAFT, Item.State.REVIEWED]).select_related(
        "part"
    )
    rows = [(_figures_of(i), i, _exposure(i, test)) for i in items]
    known = [(told, i, shown) for told, i, shown in rows if told]
    order = {code: place for place, code in enumerate(FLAGS)}
    look = [row for row in known if row[0]["grave"]]
    look.sort(key=lambda row: (min(order[c] for c, _w in row[0]["flags"]), row[1].pk))
    told = {
        "test": test,
        "look": look,
        "known": sorted(known, key=lambda row: row[0]["answers"], reverse=True),
        "unknown": len(rows) - len(known),
        "smallest": test.organisation.smallest_group,
    }
    return render(request, "assessment/figures.html", told)


@at_work
def bring(request: Request, test_pk: int) -> HttpResponse:
    """Choose a file of questions; what was brought in before stands below."""
    test = _test(request, test_pk)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            intake = actions.receive(
                test,
                by=request.user,
                name=file.name,
                language=form.cleaned_data["language"],
                content=file.read(files.LARGEST_FILE + 1),
                key=form.cleaned_data["key"],
            )
        except files.Unreadable as error:
            form.add_error("file", str(UNREADABLE[error.code]) % {"line": error.line})
        else:
            return redirect("assessment:intake", intake.pk)
    earlier = test.intakes.select_related("by").defer("content").order_by("-created_at")[:20]
    told = {"form": form, "test": test, "earlier": earlier}
    return render(request, "assessment/bring.html", told, status=422 if form.errors else 200)


def _intake(request: Request, pk: uuid.UUID) -> Intake:
    return get_object_or_404(
        policy.intakes(request.visitor).select_related("test__skill", "test__organisation"), pk=pk
    )


@at_work
@require_safe
def intake(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What the file would bring, question by question, and every problem at its question."""
    found = _intake(request, pk)
    told: dict[str, Any] = {"intake": found, "test": found.test}
    if found.state == Intake.State.READ:
        looked = actions.preview(found)
        told |= {
            "form": looked.form,
            "new": [_in_words(q) for q in looked.new],
            "known": looked.known,
            "wrong": [_in_words(q) for q in looked.wrong],
            "parts": [str(p) for p in found.test.parts.all()],
        }
    return render(request, "assessment/intake.html", told)


def _in_words(question: files.Question) -> dict[str, Any]:
    kinds = dict(Item.Kind.choices)
    return {
        "question": question,
        "kind": kinds.get(question.kind, ""),
        "prompt": next(iter(question.body.get("prompt", {}).values()), ""),
        "problems": [IN_FILE[p.code] for p in question.problems],
        "notes": list(dict.fromkeys(IN_FILE[n.code] for n in question.notes)),
    }


@at_work
@require_POST
def take_over(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Someone says: do it. All that was shown as new comes in as drafts, or nothing does."""
    found = _intake(request, pk)
    raw = request.POST.get("expected", "")
    expected = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 6 else -1
    if _try(request, lambda: actions.bring_in(found, by=request.user, expected=expected),
            _("The questions are in the bank, as drafts to check.")):  # fmt: skip
        return redirect("assessment:bank", found.test_id)
    return redirect("assessment:intake", found.pk)


@at_work
@require_POST
def drop(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Someone thinks better of it."""
    found = _intake(request, pk)
    _try(request, lambda: actions.drop(found), _("The file is thrown away; nothing came in."))
    return redirect("assessment:bring", found.test_id)
