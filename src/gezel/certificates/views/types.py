"""What HR keeps track of: certificates, their terms, who must have them, and tasks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.catalogue.api import Activity, activities_to_read
from gezel.certificates import actions, forms, policy, queries, words
from gezel.certificates.actions import AskFirst, ChangedMeanwhileError
from gezel.certificates.common import TEMPLATES
from gezel.certificates.models import CertificateType, Duty, TypeTerms, WorkTask
from gezel.certificates.noting import note
from gezel.certificates.views.shared import key, number
from gezel.people.api import Person, Request, at_work, require
from gezel.skills.api import Skill

MOST_ACTIVITIES = 2_000


@at_work
@require_safe
def types(request: Request) -> HttpResponse:
    """The certificates the organisation keeps track of, and where each term comes from."""
    visitor = request.visitor
    today = timezone.localdate()
    found = (
        policy.types_to_read(visitor)
        .prefetch_related(
            "terms", "duties__job", "duties__unit", "duties__location", "tasks", "shows__skill"
        )
        .order_by("name_nl", "name_en")
    )
    shown = {
        "types": [(type_, *_now(list(type_.terms.all()), today), _who(type_)) for type_ in found],
        "templates": TEMPLATES,
    }
    return render(request, "certificates/types.html", shown)


def _now(terms: Sequence[TypeTerms], today: date) -> tuple[TypeTerms | None, str]:
    """The terms of today and how they read."""
    begun = [one for one in terms if one.from_on <= today] or list(terms)[:1]
    return (begun[-1], words.term(begun[-1])) if begun else (None, "")


def _who(type_: CertificateType) -> list[str]:
    """Who must have it, in short; people by name are only counted."""
    told, named = [], 0
    for duty in type_.duties.all():
        if duty.person_id:
            named += 1
        else:
            told.append(duty_words(duty))
    told += [task.name for task in type_.tasks.all()]
    if named:
        told.append(_("%(n)s by name") % {"n": named})
    return told


def duty_words(duty: Duty) -> str:
    """Whom a duty names, without its dates."""
    parts: list[str] = []
    if duty.person_id and duty.person:
        parts.append(duty.person.name)
    if duty.job:
        parts.append(duty.job.name)
    if duty.unit:
        name = duty.unit.name
        parts.append(_("only %(unit)s") % {"unit": name} if duty.alone else name)
    if duty.location:
        parts.append(duty.location.name)
    if duty.least_hours is not None:
        parts.append(_("from %(hours)s hours a week") % {"hours": f"{duty.least_hours:g}"})
    return " · ".join(parts) or _("everyone")


@at_work
def edit_type(request: Request, pk: int | None = None) -> HttpResponse:
    """HR adds or changes a certificate: what it is, what it shows, and what brings it."""
    visitor = request.visitor
    require(visitor.is_hr)
    found = get_object_or_404(policy.types_to_edit(visitor), pk=pk) if pk else None
    skills = _skills_to_choose(request, found)
    activities = _activities_to_choose(request, found)
    template = TEMPLATES.get(request.GET.get("template", "")) if found is None else None
    posted = request.POST or None
    form = forms.TypeForm(
        posted,
        instance=CertificateType(organisation=visitor.organisation) if found is None else found,
        initial=template.fields if template else None,
    )
    terms = None if found else _terms_form(request, posted, template.terms if template else None)
    seen = found.version if found else 0
    shows = forms.ShowsRows(
        posted,
        prefix="shows",
        form_kwargs={"skills": [(k, s.name) for k, s in skills.items()]},
        initial=[{"skill": s.skill_id, "level": s.level} for s in found.shows.all()]
        if found
        else [],
    )
    brings = forms.BringsRows(
        posted,
        prefix="brings",
        form_kwargs={"activities": [(k, a.title) for k, a in activities.items()]},
        initial=[{"activity": b.activity_id, "what": b.what} for b in found.brought_by.all()]
        if found
        else [],
    )
    ends = forms.PathsForm(
        posted,
        organisation=visitor.organisation,
        initial={"paths": [b.path_id for b in found.brought_by_paths.all()]} if found else None,
    )
    stale = False
    every: list[Any] = [form, shows, brings, ends, *([terms] if terms else [])]
    if posted is not None and all([one.is_valid() for one in every]):  # noqa: C419 # all tell
        try:
            kept = actions.save_type(
                visitor.organisation,
                form.cleaned_data,
                terms=terms.terms if terms else None,
                shows=forms.shown_skills(shows, skills),
                brings=forms.brought(brings, activities),
                paths=ends.cleaned_data["paths"],
                certificate=found,
                seen=number(request.POST.get("version", "")),
                key=key(request),
            )
            if terms:
                kept.terms.get().also.set(terms.cleaned_data["also"])
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            if found is None:
                return redirect("certificates:duties", kept.pk)
            return redirect("certificates:types")
    wrong = posted is not None and not stale and any(_is_wrong(one) for one in every)
    now = timezone.localdate()
    told = {
        "form": form,
        "terms": terms,
        "shows": shows,
        "brings": brings,
        "ends": ends,
        "type": policy.types_to_edit(visitor).get(pk=pk) if pk else None,
        "versions": [(t, words.term(t), t.from_on > now) for t in found.terms.all()]
        if found
        else [],
        "seen": seen,
        "stale": stale,
        "beginning": actions.FROM_THE_BEGINNING,
    }
    status = 409 if stale else 422 if wrong else 200
    return render(request, "certificates/type.html", told, status=status)


def _is_wrong(form: Any) -> bool:
    return bool(form.total_error_count() if hasattr(form, "total_error_count") else form.errors)


def _terms_form(
    request: Request, posted: Any, initial: Any = None, *, but: int | None = None
) -> forms.TermsForm:
    types = policy.types_to_read(request.visitor).order_by("name_nl", "name_en")
    if but is not None:
        types = types.exclude(pk=but)
    return forms.TermsForm(posted, types=types, initial=initial)


def _skills_to_choose(request: Request, found: CertificateType | None) -> dict[str, Skill]:
    """What role profiles here ask, our own skills, and what the certificate shows already."""
    organisation = request.visitor.organisation
    asked = Skill.objects.filter(demands__profile__organisation=organisation)
    own = Skill.objects.filter(organisation=organisation)
    pks = set(asked.values_list("pk", flat=True)) | set(own.values_list("pk", flat=True))
    if found:
        pks |= set(found.shows.values_list("skill_id", flat=True))
    skills = Skill.objects.filter(pk__in=pks)
    return {str(s.pk): s for s in sorted(skills, key=lambda s: s.name.casefold())}


def _activities_to_choose(request: Request, found: CertificateType | None) -> dict[str, Activity]:
    """What is on offer here, by title, and what brings the certificate already."""
    there = activities_to_read(request.visitor).filter(organisation=request.visitor.organisation)[
        :MOST_ACTIVITIES
    ]
    chosen = {str(a.pk): a for a in there}
    if found:
        for one in found.brought_by.select_related("activity"):
            chosen[str(one.activity_id)] = one.activity
    return dict(sorted(chosen.items(), key=lambda pair: pair[1].title.casefold()))


# -- terms ----------------------------------------------------------------------------------------


@at_work
def change_terms(request: Request, pk: int) -> HttpResponse:
    """From a day on it says something else: looked at first, with whom it concerns, then kept."""
    type_ = get_object_or_404(policy.types_to_edit(request.visitor), pk=pk)
    latest = type_.terms.order_by("from_on").last()
    today = timezone.localdate()
    posted = request.POST or None
    names = forms.TermsForm.Meta.fields
    initial = {name: getattr(latest, name) for name in names if name != "also"} if latest else {}
    if latest:
        initial["also"] = list(latest.also.values_list("pk", flat=True))
    form = _terms_form(request, posted, initial, but=type_.pk)
    when = forms.FromForm(posted, initial={"from_on": today})
    preview = None
    if posted is not None and form.is_valid() & when.is_valid():
        from_on = when.cleaned_data["from_on"]
        if request.POST.get("how") == "keep":
            try:
                actions.change_terms(
                    type_, form.terms, from_on=from_on, also=form.cleaned_data["also"]
                )
            except ValidationError as problem:
                when.add_error("from_on", problem.messages[0])
            else:
                messages.success(request, _("Kept. What people hold already stays as it was."))
                return redirect("certificates:type", type_.pk)
        else:
            preview = queries.preview_of(
                type_, actions.new_terms(type_, form.terms, from_on), today
            )
    wrong = posted is not None and bool(form.errors or when.errors)
    told = {"form": form, "when": when, "type": type_, "preview": preview}
    return render(request, "certificates/terms.html", told, status=422 if wrong else 200)


@at_work
@require_POST
def take_back_terms(request: Request, pk: int) -> HttpResponse:
    """Terms under which nothing came in yet are taken back."""
    found = get_object_or_404(policy.terms_to_edit(request.visitor).select_related("type"), pk=pk)
    if actions.take_back_terms(found):
        messages.success(request, _("Taken back."))
    else:
        messages.warning(
            request, _("These stay: certificates came in under them, or they are the only ones.")
        )
    return redirect("certificates:type", found.type_id)


# -- duties ---------------------------------------------------------------------------------------


@at_work
def duties(request: Request, pk: int) -> HttpResponse:
    """Who must have it, with how many each duty hits; and who need not, with the reason."""
    visitor = request.visitor
    type_ = get_object_or_404(policy.types_to_edit(visitor), pk=pk)
    organisation, today = visitor.organisation, timezone.localdate()
    posted = request.POST if request.method == "POST" else None
    excusing = posted is not None and posted.get("form") == "exemption"
    form = forms.DutyForm(
        None if excusing else posted, organisation=organisation, initial={"from_on": today}
    )
    excuse = forms.ExemptionForm(
        posted if excusing else None, organisation=organisation, initial={"free_from": today}
    )
    ask_first = None
    if excusing and excuse.is_valid():
        given = excuse.cleaned_data
        try:
            actions.excuse(
                type_, given["someone"], reason=given["reason"], from_on=given["free_from"],
                until_on=given["free_until"], by=visitor.person, key=key(request),
            )  # fmt: skip
        except ValidationError as problem:
            excuse.add_error("free_until", problem.messages[0])
        else:
            messages.success(request, _("The exception stands."))
            return redirect("certificates:duties", type_.pk)
    elif posted is not None and not excusing and form.is_valid():
        dates = {name: form.cleaned_data[name] for name in ("from_on", "until_on")}
        try:
            actions.ask(type_, **dates, sure=posted.get("sure") == "yes", **form.who)
        except AskFirst as question:
            ask_first = question.hit
        except ValidationError as problem:
            form.add_error("until_on", problem.messages[0])
        else:
            messages.success(request, _("Saved."))
            return redirect("certificates:duties", type_.pk)
    there = list(
        Duty.objects.filter(type=type_)
        .select_related("type", "job", "unit", "location", "person")
        .order_by("from_on", "pk")
    )
    # Of who left, an exception is out of sight: what it excused them from is over.
    excused = type_.exemptions.filter(person__in=Person.objects.working_at(organisation))
    exemptions = list(excused.select_related("person", "made_by").order_by("-from_on"))
    note(request, [d.person for d in there if d.person] + [e.person for e in exemptions])
    told = {
        "type": type_,
        "form": form,
        "excuse": excuse,
        "hit": ask_first,
        "duties": [
            (d, duty_words(d), queries.hit_by(d.rule(), organisation, max(d.from_on, today)))
            for d in there
        ],
        "tasks": type_.tasks.all(),
        "exemptions": exemptions,
        "today": today,
    }
    wrong = form.errors or excuse.errors or ask_first
    status = 422 if posted is not None and wrong else 200
    return render(request, "certificates/duties.html", told, status=status)


@at_work
@require_safe
def count_duty(request: Request, pk: int) -> HttpResponse:
    """How many a duty would hit while it is being written."""
    visitor = request.visitor
    type_ = get_object_or_404(policy.types_to_edit(visitor), pk=pk)
    form = forms.DutyForm(request.GET, organisation=visitor.organisation)
    hit = None
    today = timezone.localdate()
    if form.is_valid():
        rule = actions.rule_of(type_, form.cleaned_data["from_on"], **form.who)
        hit = queries.hit_by(rule, visitor.organisation, max(rule.from_on, today))
    return render(request, "certificates/_hit.html", {"hit": hit})


@at_work
@require_POST
def drop_duty(request: Request, pk: int) -> HttpResponse:
    """Nobody must have it because of this duty any more."""
    found = get_object_or_404(policy.duties_to_edit(request.visitor).select_related("type"), pk=pk)
    actions.ask_no_more(found)
    messages.success(request, _("Removed. Nobody has to have it because of this any more."))
    return redirect("certificates:duties", found.type_id)


@at_work
@require_POST
def end_exemption(request: Request, pk: int) -> HttpResponse:
    """The exception ends; who must have it by a duty must have it again."""
    found = get_object_or_404(
        policy.exemptions_to_edit(request.visitor).select_related("type"), pk=pk
    )
    actions.excuse_no_more(found)
    messages.success(request, _("The exception has ended."))
    return redirect("certificates:duties", found.type_id)


# -- tasks ----------------------------------------------------------------------------------------


@at_work
@require_safe
def tasks(request: Request) -> HttpResponse:
    """Which certificates each task needs, and which jobs do it."""
    found = (
        policy.tasks_to_read(request.visitor)
        .prefetch_related("needs", "jobs")
        .order_by("name_nl", "name_en")
    )
    return render(request, "certificates/tasks.html", {"tasks": found})


@at_work
def edit_task(request: Request, pk: int | None = None) -> HttpResponse:
    """HR says what a task needs and who does it."""
    visitor = request.visitor
    require(visitor.is_hr)
    found = get_object_or_404(policy.tasks_to_edit(visitor), pk=pk) if pk else None
    posted = request.POST or None
    form = forms.TaskForm(
        posted,
        instance=found or WorkTask(organisation=visitor.organisation),
        organisation=visitor.organisation,
        types=policy.types_to_read(visitor).order_by("name_nl", "name_en"),
        initial=None if found else {"from_on": timezone.localdate()},
    )
    seen, stale = (found.version if found else 0), False
    if posted is not None and form.is_valid():
        given = dict(form.cleaned_data)
        needs, jobs = given.pop("needs"), given.pop("jobs")
        try:
            actions.save_task(
                visitor.organisation, given, needs=needs, jobs=jobs, task=found,
                seen=number(posted.get("version", "")), key=key(request),
            )  # fmt: skip
        except ChangedMeanwhileError:
            stale = True
        else:
            messages.success(request, _("Saved."))
            return redirect("certificates:tasks")
    told = {
        "form": form,
        "task": policy.tasks_to_edit(visitor).get(pk=pk) if pk else None,
        "seen": seen,
        "stale": stale,
    }
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "certificates/task.html", told, status=status)


@at_work
@require_POST
def drop_task(request: Request, pk: int) -> HttpResponse:
    """The task is not done here any more."""
    actions.drop_task(get_object_or_404(policy.tasks_to_edit(request.visitor), pk=pk))
    messages.success(request, _("Taken away."))
    return redirect("certificates:tasks")
