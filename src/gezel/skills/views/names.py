"""HR puts the words right: names that are missing, other names, and skills that are one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gezel.people.api import Request, at_work, require
from gezel.skills import actions, policy
from gezel.skills.forms.names import AliasForm, NamesForm
from gezel.skills.models import Skill, SkillAlias
from gezel.skills.queries import taxonomy
from gezel.skills.views.asked import key_asked, words_asked

# As many as someone types in one sitting, so that saving is never far away.
PER_PAGE = 25


@at_work
def names(request: Request) -> HttpResponse:
    """Skills our roles ask without a name in Dutch or English: most asked first, many at once."""
    require(request.visitor.is_hr)
    organisation = request.visitor.organisation
    language = "en" if request.GET.get("missing") == "en" else "nl"
    missing = taxonomy.skills_without_name(organisation, language)
    page = Paginator(missing, PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        typed = _named_in(request, missing)
        form = NamesForm(typed, language, request.POST)
        if form.is_valid():
            try:
                count = actions.name_skills(organisation, form.names(), by=request.user)
            except ValidationError as refused:
                form.tell(refused)
            else:
                told = ngettext("%(count)s name saved.", "%(count)s names saved.", count)
                messages.success(request, told % {"count": count})
                return redirect(request.get_full_path())
    else:
        form = NamesForm(list(page), language)
    return render(
        request,
        "skills/skill_names.html",
        {
            "page": page,
            "form": form,
            "language": language,
            "counts": {
                each: taxonomy.skills_without_name(organisation, each).count()
                for each in ("nl", "en")
            },
        },
        status=422 if request.method == "POST" else 200,
    )


def _named_in(request: Request, missing: "QuerySet[Skill]") -> list[Skill]:
    """The skills of the form that was sent, as far as they still lack a name."""
    keys = [
        int(key)
        for field in request.POST
        if (key := field.removeprefix("name-")).isascii() and key.isdigit() and len(key) < 16
    ]
    return list(missing.filter(pk__in=keys[:200]))


@at_work
@require_POST
def alias_add(request: Request, pk: int) -> HttpResponse:
    """Confirm another name of a skill: it helps find it, and match texts to it."""
    require(request.visitor.is_hr)
    found = get_object_or_404(Skill.objects.usable_by(request.visitor), pk=pk)
    form = AliasForm(request.POST)
    if form.is_valid():
        actions.confirm_alias(
            request.visitor.organisation, found, by=request.user, **form.cleaned_data
        )
        messages.success(
            request,
            _("“%(words)s” now finds this skill too.") % {"words": form.cleaned_data["words"]},
        )
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("skills:skill", found.pk)


@at_work
@require_POST
def alias_remove(request: Request, pk: int) -> HttpResponse:
    """Take back another name."""
    require(request.visitor.is_hr)
    alias = get_object_or_404(
        SkillAlias.objects.filter(organisation=request.visitor.organisation), pk=pk
    )
    actions.remove_alias(alias)
    messages.success(request, _("“%(words)s” is gone.") % {"words": alias.words})
    return redirect("skills:skill", alias.skill_id)


@at_work
def likely(request: Request) -> HttpResponse:
    """Skills that may be one, by their names: a list to look at, nothing happens by itself."""
    require(request.visitor.is_hr)
    pairs = taxonomy.likely_same(request.visitor.organisation)
    return render(request, "skills/skill_likely.html", {"pairs": pairs})


@at_work
def merge(request: Request, pk: int) -> HttpResponse:
    """Say that a skill of our own is the same as another, after seeing what that does."""
    visitor = request.visitor
    found = get_object_or_404(policy.skills_to_edit(visitor), pk=pk)
    if found.merged_into_id is not None:
        return redirect("skills:skill", found.merged_into_id)
    organisation = visitor.organisation
    words, into_pk = words_asked(request, "q"), key_asked(request, "into")
    into = None
    if into_pk is not None:
        into = get_object_or_404(
            Skill.objects.usable_by(visitor).worded_by(organisation), pk=into_pk
        )
    error = ""
    if request.method == "POST" and into is not None:
        try:
            stays = actions.merge_skill(found, into, organisation=organisation, by=request.user)
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            messages.success(
                request,
                _("%(skill)s is read as %(into)s from now on. You can take it back on this page.")
                % {"skill": found, "into": into},
            )
            return redirect("skills:skill", stays.pk)
    return render(
        request,
        "skills/skill_merge.html",
        {
            "skill": found,
            "into": into,
            "words": words,
            "found": [s for s in taxonomy.find_skills(visitor, words, limit=15) if s.pk != pk]
            if words
            else [],
            "pairs": [] if into or words else taxonomy.likely_same(organisation, only=found),
            "preview": actions.preview_merge(found, into, organisation) if into else None,
            "error": error,
        },
        status=422 if request.method == "POST" else 200,
    )


@at_work
@require_POST
def apart(request: Request, pk: int) -> HttpResponse:
    """Take back that a skill is the same as another."""
    found = get_object_or_404(policy.skills_to_edit(request.visitor), pk=pk)
    actions.separate_skill(found, organisation=request.visitor.organisation)
    messages.success(request, _("%(skill)s stands by itself again.") % {"skill": found})
    return redirect("skills:skill", found.pk)
