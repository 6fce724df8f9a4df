"""Keeping the catalogue: HR and authors offer, everyone may share what helped them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.catalogue import actions, jobs, policy, queries
from gezel.catalogue.forms import LEVELS_AFTER, LEVELS_BEFORE, ActivityForm, ShareForm
from gezel.catalogue.models import Activity, LinkPreview
from gezel.kit.jobs import enqueue
from gezel.people.api import Request, at_work, require
from gezel.skills.api import Proposal, Skill, find_skills, propose, skills_by_key

MOST_OFFERED = 8
# Of a long summary the beginning tells what it is about.
MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """A skill chosen in the form, with its levels and what is wrong with them."""

    skill: Skill
    before: int
    after: int
    error: str = ""


@dataclass(slots=True)
class Chooser:
    """The part of the form where skills are searched, added and taken away.

    All by buttons of the form itself (`find`, `add`, `drop`), so it works without a script.
    """

    rows: list[Row] = field(default_factory=list)
    text: str = ""
    offered: list[Skill] = field(default_factory=list)
    searched: bool = False
    moved: bool = False
    proposed: list[Proposal] | None = None
    """Skills the title and what it brings seem to speak of; None: that was not asked."""
    prepared: bool = True

    before = LEVELS_BEFORE
    after = LEVELS_AFTER

    @property
    def valid(self) -> bool:
        return not any(row.error for row in self.rows)

    @property
    def taught(self) -> list[actions.Taught]:
        return [actions.Taught(row.skill.pk, row.before, row.after) for row in self.rows]


def _chooser(request: Request, start: Mapping[int, tuple[int, int]]) -> Chooser:
    """The skills as the form holds them now, after the button that was pressed."""
    data = request.POST
    if request.method != "POST":
        skills = skills_by_key(request.visitor, list(start)) if start else {}
        return Chooser([Row(skills[pk], *levels) for pk, levels in start.items() if pk in skills])
    wanted = {
        int(pk): _levels(data, pk)
        for pk in data.getlist("skill")[: actions.MOST_SKILLS]
        if _is_key(pk) and pk != data.get("drop")
    }
    added = data.get("add", "")
    if _is_key(added) and len(wanted) < actions.MOST_SKILLS:
        wanted.setdefault(int(added), (0, 2))
    skills = skills_by_key(request.visitor, list(wanted)) if wanted else {}
    chooser = Chooser(
        [_row(skills[pk], *levels) for pk, levels in wanted.items() if pk in skills],
        text=data.get("skill_text", "").replace("\0", "")[:200],
        moved=any(name in data for name in ("find", "add", "drop", "propose")),
    )
    if "propose" in data or "proposing" in data:
        told = propose(request.visitor, _told(data))
        chooser.proposed = [p for p in told.found if p.skill.pk not in wanted]
        chooser.prepared = told.ready
    if "find" in data and chooser.text.strip():
        chooser.searched = True
        chooser.offered = [
            s
            for s in find_skills(request.visitor, chooser.text, limit=MOST_OFFERED)
            if s.pk not in wanted
        ]
    return chooser


def _told(data: QueryDict) -> str:
    """What the form says so far of what can be learned, a sentence for each field."""
    fields = ("title", "title_nl", "title_en", "summary_nl", "summary_en", "why")
    told = (data.get(name, "").replace("\0", "").strip()[:MOST_READ] for name in fields)
    return "\n".join(text for text in told if text)


def _part(request: Request) -> str:
    """Of the page only what changes: what is proposed as one types, or all about skills."""
    if not request.htmx:
        return ""
    return "#proposed" if "propose" in request.POST else "#skills"


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 15


def _levels(data: QueryDict, pk: str) -> tuple[int, int]:
    def level(name: str, otherwise: int) -> int:
        value = data.get(f"{name}-{pk}", "")
        return int(value) if value in {"0", "1", "2", "3", "4", "5"} else otherwise

    return level("from", 0), level("to", 1)


def _row(skill: Skill, before: int, after: int) -> Row:
    error = "" if before < after else _("The level afterwards must be higher.")
    return Row(skill, before, after, error)


@at_work
def new(request: Request) -> HttpResponse:
    """Put something on offer."""
    require(policy.may_offer(request.visitor))
    return _edit(request, Activity(organisation=request.visitor.organisation))


@at_work
def edit(request: Request, pk: int) -> HttpResponse:
    """Change what is on offer, or take it off."""
    found = get_object_or_404(
        policy.activities_to_edit(request.visitor).select_related("provider", "organisation"),
        pk=pk,
    )
    return _edit(request, found)


def _edit(request: Request, found: Activity) -> HttpResponse:
    old = found.pk is not None
    version = found.version
    start = {t.skill_id: (t.from_level, t.to_level) for t in found.teaches.all()} if old else {}
    chooser = _chooser(request, start)
    if chooser.moved:
        # Only looking for a skill: nothing is judged yet, and nothing is lost.
        form = ActivityForm(instance=found, initial=request.POST.dict() | _boxes(request.POST))
        page = _page(request, found, form, chooser, old=old)
        return render(request, f"catalogue/edit.html{_part(request)}", page)
    form = ActivityForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and chooser.valid:
        told = dict(form.fields_told())
        provider = form.cleaned_data["provider_name"]
        try:
            if old:
                asked = request.POST.get("version", "")
                kept = found
                actions.change(
                    Activity.objects.select_related("organisation").get(pk=found.pk),
                    version=int(asked) if _is_key(asked) else 0,
                    fields=told,
                    teaches=chooser.taught,
                    provider=provider,
                )
            else:
                kept = actions.offer(
                    request.visitor.organisation,
                    fields=told,
                    teaches=chooser.taught,
                    provider=provider,
                    key=_key(request.POST),
                )
        except actions.Outdated as error:
            found.version = version
            form.add_error(None, error)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("catalogue:activity", kept.pk)
    status = 422 if request.method == "POST" else 200
    page = _page(request, found, form, chooser, old=old)
    return render(request, "catalogue/edit.html", page, status=status)


def _boxes(data: QueryDict) -> dict[str, Any]:
    """A box that is not ticked is not sent; here it means: not ticked."""
    return {name: name in data for name in ("in_dutch", "in_english", "evening", "mandatory")}


def _page(
    request: Request, found: Activity, form: ActivityForm, chooser: Chooser, *, old: bool
) -> dict[str, Any]:
    asked = request.POST.get("version", "")
    return {
        "activity": found if old else None,
        "form": form,
        "chooser": chooser,
        "key": _key(request.POST) or uuid.uuid4(),
        # After a conflict the form carries the version that now stands: who looks and saves
        # again, means it.
        "version": found.version if form.errors or not _is_key(asked) else asked,
        "providers": queries.providers_of(request.visitor.organisation),
    }


def _key(data: QueryDict) -> uuid.UUID | None:
    try:
        return uuid.UUID(data.get("key", ""))
    except ValueError:
        return None


@at_work
def share(request: Request) -> HttpResponse:
    """Share something that helped you; it is on offer at once, with your name."""
    chooser = _chooser(request, {})
    if chooser.moved:
        form = ShareForm(initial=request.POST.dict())
        page = {"form": form, "chooser": chooser, "key": _key(request.POST) or uuid.uuid4()}
        return render(request, f"catalogue/share.html{_part(request)}", page)
    form = ShareForm(request.POST or None, initial={"language": queries.reader_language()})
    if request.method == "POST" and form.is_valid() and chooser.valid:
        told = form.cleaned_data
        before = queries.shared_before(request.visitor, told["link"])
        if before is not None and before.key != _key(request.POST):
            messages.info(
                request, _("You shared this link before. It stands once; here you may change it.")
            )
            return redirect("catalogue:activity", before.pk)
        try:
            with transaction.atomic():
                shared = actions.share(
                    request.visitor.person,
                    request.visitor.organisation,
                    title=told["title"],
                    link=told["link"],
                    why=told["why"],
                    hours=_hours(told["minutes"]),
                    language=told["language"],
                    teaches=chooser.taught,
                    key=_key(request.POST),
                )
                if settings.ASK_LINKS:
                    enqueue(
                        jobs.look_at_link,
                        by=request.user,
                        key=shared.key,
                        activity=shared.pk,
                    )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Thank you: your colleagues can find it now."))
            if settings.ASK_LINKS:
                messages.info(request, _("What the page tells of itself follows in a moment."))
            return redirect("catalogue:activity", shared.pk)
    page = {"form": form, "chooser": chooser, "key": _key(request.POST) or uuid.uuid4()}
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/share.html", page, status=status)


@require_safe
@at_work
def preview_picture(request: Request, pk: int) -> HttpResponse:
    """The picture beside a shared link: of our own drawing, never fetched from elsewhere."""
    found = get_object_or_404(
        LinkPreview.objects.exclude(picture=None),
        activity__in=policy.activities_to_read(request.visitor).filter(pk=pk),
    )
    return HttpResponse(
        bytes(found.picture or b""),
        content_type="image/webp",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"},
    )


@require_POST
@at_work
def remove_preview(request: Request, pk: int) -> HttpResponse:
    """What was found beside a link goes; the link and its title stay."""
    found = get_object_or_404(policy.activities_to_edit(request.visitor), pk=pk)
    actions.drop_preview(found)
    messages.success(request, _("Removed. The link and its title are still there."))
    return redirect("catalogue:activity", found.pk)


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))
