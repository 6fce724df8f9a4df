"""HR's side of EVC: standards, who guides and assesses, hours, and dossiers opened to them."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.assessment import actions, policy, queries
from gezel.assessment.forms import (
    AskForEvcForm,
    KeyedForm,
    SetupForm,
    StandardFileForm,
    StandardForm,
    StandardPartForm,
    WithdrawForm,
)
from gezel.assessment.models import EvcPerson, Standard, StandardPart
from gezel.assessment.rules.standards import StandardRead
from gezel.assessment.views.evc.common import kept, tried
from gezel.people.api import PersonQuerySet, Request, at_work, require
from gezel.skills.api import Occupation, Skill, find_skills
from gezel.trust.api import note_reading


def _standard(request: Request, pk: int) -> Standard:
    return get_object_or_404(
        policy.standards_to_make(request.visitor).select_related("organisation"), pk=pk
    )


@at_work
@require_safe
def setup(request: Request) -> HttpResponse:
    """How EVC goes here: standards, people, hours."""
    require(request.visitor.is_hr)
    return render(request, "assessment/evc/setup.html", _setup_told(request))


def _setup_told(
    request: Request, form: SetupForm | None = None, ask: AskForEvcForm | None = None
) -> dict[str, object]:
    organisation = request.visitor.organisation
    found = queries.standards(policy.standards_to_make(request.visitor))
    return {
        "standards": found.order_by("name_nl", "name_en", "-version"),
        "tasks": EvcPerson.objects.filter(organisation=organisation)
        .exclude(state=EvcPerson.State.ENDED)
        .select_related("person")
        .order_by("state", "email"),
        "form": form
        or SetupForm(instance=queries.setup_of(organisation), people=_colleagues(request)),
        "ask": ask or AskForEvcForm(),
    }


def _colleagues(request: Request) -> PersonQuerySet:
    """Who can be named to decide: HR and works council know the ways, and are few."""
    return queries.who_could_decide(request.visitor.organisation)


@at_work
@require_POST
def save_setup(request: Request) -> HttpResponse:
    """Hours, assessors, and who decides on objections."""
    require(request.visitor.is_hr)
    organisation = request.visitor.organisation
    form = SetupForm(
        request.POST, instance=queries.setup_of(organisation), people=_colleagues(request)
    )
    if form.is_valid() and kept(form, lambda: actions.set_up(organisation, **form.cleaned_data)):
        messages.success(request, _("Saved. Dossiers under way keep what was agreed."))
        return redirect("evc:setup")
    return render(request, "assessment/evc/setup.html", _setup_told(request, form), status=422)


@at_work
@require_POST
def ask_for(request: Request) -> HttpResponse:
    """Ask someone to guide or assess here."""
    require(request.visitor.is_hr)
    form = AskForEvcForm(request.POST)
    if form.is_valid() and kept(
        form, lambda: actions.ask_for_evc(request.visitor.organisation, **form.cleaned_data)
    ):
        messages.success(
            request,
            _("Asked. Whoever signs in with this address finds the question under EVC."),
        )
        return redirect("evc:setup")
    return render(
        request, "assessment/evc/setup.html", _setup_told(request, None, form), status=422
    )


@at_work
@require_POST
def end_task(request: Request, pk: int) -> HttpResponse:
    """Take someone off the list of who guides or assesses."""
    require(request.visitor.is_hr)
    task = get_object_or_404(EvcPerson, pk=pk, organisation=request.visitor.organisation)
    actions.end_task(task)
    messages.success(request, _("Off the list. Dossiers they work on go on."))
    return redirect("evc:setup")


@at_work
def new_standard(request: Request) -> HttpResponse:
    """A standard of one's own, or of an occupation."""
    visitor = request.visitor
    require(visitor.is_hr)
    form = StandardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = actions.make_standard(visitor.organisation, **data)
        return redirect("evc:edit_standard", made.pk)
    words = request.GET.get("q", "").strip()[:200]
    told = {
        "form": form,
        "words": words,
        "found": queries.occupations_called(words) if words else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/new_standard.html", told, status=status)


@at_work
@require_POST
def of_occupation(request: Request, pk: int) -> HttpResponse:
    """A draft with the essential skills of an occupation as its parts."""
    visitor = request.visitor
    require(visitor.is_hr)
    occupation = get_object_or_404(Occupation, pk=pk, retired=False)
    sent = KeyedForm(request.POST)
    require(sent.is_valid())
    key = sent.cleaned_data["key"]
    made: list[Standard] = []
    if tried(
        request,
        lambda: made.append(
            actions.standard_of_occupation(visitor.organisation, occupation, key=key)
        ),
    ):
        return redirect("evc:edit_standard", made[0].pk)
    return redirect("evc:new_standard")


@at_work
def bring_standard(request: Request) -> HttpResponse:
    """A standard from a qualification file: first a look at what would come in."""
    visitor = request.visitor
    require(visitor.is_hr)
    form = StandardFileForm(request.POST or None, request.FILES or None)
    read: StandardRead | None = None
    skills: Mapping[str, Skill] = {}
    if request.method == "POST" and form.is_valid() and form.read is not None:
        read = form.read
        skills = queries.skills_of_addresses(visitor, {part.skill for part in read.parts})
        if "take" in request.POST:
            made = actions.standard_of_file(
                visitor.organisation, read, skills=skills, key=form.cleaned_data["key"]
            )
            messages.success(request, _("Taken over as a draft. Look at it, and put it in use."))
            return redirect("evc:edit_standard", made.pk)
    told = {
        "form": form,
        "read": read,
        "rows": [(part, skills.get(part.skill)) for part in read.parts] if read else [],
    }
    status = 422 if form.is_bound and read is None else 200
    return render(request, "assessment/evc/bring_standard.html", told, status=status)


@at_work
def edit_standard(request: Request, pk: int) -> HttpResponse:
    """A standard as HR sees it: its parts, its versions, what can be done with it."""
    standard = _standard(request, pk)
    form = StandardForm(
        request.POST or None,
        initial={n: getattr(standard, n) for n in ("name_nl", "name_en", "code")},
    )
    if request.method == "POST" and form.is_valid():
        data = {n: form.cleaned_data[n] for n in ("name_nl", "name_en", "code")}
        if kept(form, lambda: actions.rename_standard(standard, **data)):
            messages.success(request, _("Saved."))
            return redirect("evc:edit_standard", standard.pk)
    told = {
        "standard": standard,
        "parts": standard.parts.select_related("skill"),
        "versions": policy.standards_to_make(request.visitor)
        .filter(lineage=standard.lineage)
        .exclude(pk=standard.pk)
        .order_by("-version"),
        "form": form,
        "withdraw": WithdrawForm(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/edit_standard.html", told, status=status)


@at_work
def part(request: Request, pk: int, part_pk: int = 0) -> HttpResponse:
    """A part of a draft: make it, change it."""
    standard = _standard(request, pk)
    require(standard.state == Standard.State.DRAFT)
    standing = get_object_or_404(standard.parts, pk=part_pk) if part_pk else None
    words = " ".join((request.POST.get("q") or request.GET.get("q", "")).split())[:100]
    skills = find_skills(request.visitor, words, limit=12) if words else []
    if standing and standing.skill and standing.skill not in skills:
        skills = [standing.skill, *skills]
    form = StandardPartForm(
        request.POST or None,
        skills=skills,
        initial=StandardPartForm.initial_of(standing) if standing else None,
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and kept(form, lambda: actions.save_part(standard, standing, form.said))
    ):
        return redirect("evc:edit_standard", standard.pk)
    told = {"standard": standard, "part": standing, "form": form, "words": words, "skills": skills}
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/part.html", told, status=status)


@at_work
@require_POST
def remove_part(request: Request, pk: int, part_pk: int) -> HttpResponse:
    """Take a part out of a draft."""
    standard = _standard(request, pk)
    found = get_object_or_404(StandardPart, pk=part_pk, standard=standard)
    tried(request, lambda: actions.remove_part(standard, found), _("Removed."))
    return redirect("evc:edit_standard", standard.pk)


@at_work
@require_POST
def standard_step(request: Request, pk: int) -> HttpResponse:
    """Put a standard in use, make a new version, withdraw it, or throw a draft away."""
    standard = _standard(request, pk)
    step = request.POST.get("step", "")
    if step == "use":
        done = _("In use. Candidates can begin with it.")
        tried(request, lambda: actions.put_standard_in_use(standard), done)
    elif step == "version":
        standard = actions.new_version(standard)
    elif step == "withdraw":
        why = request.POST.get("why", "")
        done = _("Withdrawn. Nobody begins with it any more; who is under way goes on.")
        tried(request, lambda: actions.withdraw_standard(standard, why=why), done)
    elif step == "drop":
        actions.drop_draft(standard)
        return redirect("evc:setup")
    else:
        raise Http404
    return redirect("evc:edit_standard", standard.pk)


@at_work
@require_safe
def opened(request: Request) -> HttpResponse:
    """Dossiers that candidates opened to who leads them and to HR: that they run, where they
    stand, the hours; the result once there is one. Never the evidence, never the reasons."""
    visitor = request.visitor
    require(visitor.is_hr or visitor.leads)
    rows = queries.known_dossiers(policy.dossiers_to_know(visitor))
    note_reading(
        reader_pk=visitor.person.pk,
        about=[row.dossier.person_id for row in rows],
        matter="evc",
        purpose="hr" if visitor.is_hr else "lead",
    )
    told = {"rows": rows, "setup": queries.setup_of(visitor.organisation)}
    return render(request, "assessment/evc/opened.html", told)
