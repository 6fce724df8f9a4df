"""An instruction in five minutes, on a phone: what, step by step, a question, and done.

Each page keeps what it takes before the next one comes, so a phone that dies loses one line at
most. What is made is a module like any other: it can be changed in the editor afterwards.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.content import actions, policy, queries
from gezel.content.forms.quick import AskForm, BeginForm, FinishForm, StepForm
from gezel.content.models import Block, Media, Module
from gezel.content.rules import kinds, uploads
from gezel.content.rules.bodies import Words
from gezel.content.views.making.editing import first_words
from gezel.content.views.making.shared import module_to_edit
from gezel.people.api import Request, at_work, require
from gezel.skills.api import Skill, propose

MINUTES_A_STEP = 1
MOST_PROPOSED = 5


def _in_my_words(text: str) -> Words:
    """What someone writes is in the language they read in."""
    return Words(nl=text) if (get_language() or "en").startswith("nl") else Words(en=text)


@at_work
def begin(request: Request) -> HttpResponse:
    """What it is about; from here on it is a draft that stays."""
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        module = actions.draft_module(
            request.visitor.organisation,
            by=request.user,
            title=_in_my_words(form.cleaned_data["title"]),
            goal=_in_my_words(form.cleaned_data["goal"]),
            minutes=5,
            key=form.cleaned_data["key"],
        )
        return redirect("content:quick_steps", module.pk)
    told = {"form": form, "at": 1}
    return render(request, "content/quick_begin.html", told, status=422 if form.errors else 200)


@at_work
def steps(request: Request, module_pk: int) -> HttpResponse:
    """Step by step: a photo or film from the camera, and a line."""
    module = module_to_edit(request, module_pk)
    form = StepForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _add_step(request, module, form)
        except actions.Refused as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("Kept. The next step?"))
            return redirect("content:quick_steps", module.pk)
    told = {
        "form": form,
        "at": 2,
        "module": module,
        "blocks": _shown(module),
        "most": uploads.PURPOSES["video"],
    }
    return render(request, "content/quick_steps.html", told, status=422 if form.errors else 200)


def _shown(module: Module) -> list[tuple[Block, Words]]:
    blocks = module.blocks.current().select_related("media")
    return [(block, first_words(block)) for block in blocks]


def _add_step(request: Request, module: Module, form: StepForm) -> None:
    """A photo, a film or only words, each as the block that fits."""
    line = _in_my_words(form.cleaned_data["line"]).kept()
    media = _brought(request, form)
    kind, raw = Block.Kind.TEXT, {"body": line}
    if media is not None and media.kind in uploads.FILMS:
        kind, raw = Block.Kind.VIDEO, {"title": line, "transcript": line}
    elif media is not None:
        kind, raw = Block.Kind.IMAGE, {"alt": line, "caption": line}
    actions.add_block(
        module, kind=kind, body=kinds.body_of(kind, raw), media=media, by=request.user
    )


def _brought(request: Request, form: StepForm) -> Media | None:
    """The photo or film of a step, told apart by what is in it."""
    organisation = request.visitor.organisation

    def kept(file: Any) -> Media:
        film = uploads.kind_of(file.read(uploads.HEAD)) in uploads.FILMS
        file.seek(0)
        return actions.keep_upload(organisation, file, expected="video" if film else "image")

    if (ahead := form.cleaned_data.get("upload")) is not None:
        with (
            actions.claim_upload(request.user, ahead, purpose="video") as arrived,
            arrived.path.open("rb") as file,
        ):
            return kept(file)
    sent = form.cleaned_data.get("file")
    return kept(sent) if sent is not None else None


@at_work
def question(request: Request, module_pk: int) -> HttpResponse:
    """A question or two, so that a colleague sees whether it came across; or none."""
    module = module_to_edit(request, module_pk)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        wrong = [{"text": _in_my_words(text).kept(), "right": False} for text in form.wrong]
        right = {
            "text": _in_my_words(told["right"]).kept(),
            "why": _in_my_words(told["why"]).kept(),
            "right": True,
        }
        # Not always the first: who only looks where the right one stands learns nothing.
        place = len(told["prompt"]) % (len(wrong) + 1)
        raw = {
            "prompt": _in_my_words(told["prompt"]).kept(),
            "options": [*wrong[:place], right, *wrong[place:]],
        }
        body = kinds.body_of(Block.Kind.QUESTION, raw)
        actions.add_block(module, kind=Block.Kind.QUESTION, body=body, by=request.user)
        messages.success(request, _("Kept. Another question, or on?"))
        return redirect("content:quick_question", module.pk)
    asked = [shown for shown in _shown(module) if shown[0].kind == Block.Kind.QUESTION]
    page = {"form": form, "at": 3, "module": module, "asked": asked}
    return render(request, "content/quick_question.html", page, status=422 if form.errors else 200)


@at_work
def finish(request: Request, module_pk: int) -> HttpResponse:
    """Which skill it shows, who looks first, and out it goes."""
    module = module_to_edit(request, module_pk)
    require(policy.may_take_off(request.visitor, module))
    must = actions.must_be_reviewed(module)
    form = FinishForm(
        request.POST or None,
        skills=_proposed(request, module),
        reviewers=queries.usual_reviewers(request.visitor, module),
        must=must,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _let_go(request, module, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("catalogue:activity", module.activity_id) if (
                form.reviewer is None
            ) else redirect("content:edit", module.pk)  # fmt: skip
    told = {"form": form, "at": 4, "module": module, "must": must, "blocks": _shown(module)}
    return render(request, "content/quick_finish.html", told, status=422 if form.errors else 200)


def _proposed(request: Request, module: Module) -> list[Skill]:
    """Skills that the title, goal and steps seem to speak of, of those one works with here."""
    here = set(queries.teachable_skills(request.visitor.organisation).values_list("pk", flat=True))
    words = [module.activity.title, module.goal, *(str(w.nl or w.en) for _b, w in _shown(module))]
    told = propose(request.visitor, "\n".join(words)[:4_000])
    return [p.skill for p in told.found if p.skill.pk in here][:MOST_PROPOSED]


def _let_go(request: Request, module: Module, form: FinishForm) -> None:
    """Its time and skill told, and then on offer, or on to who looks first."""
    blocks = module.blocks.current()
    asks = blocks.filter(kind=Block.Kind.QUESTION).exists()
    if not blocks.exists():
        raise ValidationError(_("Add at least one step first."))
    activity = module.activity
    actions.change_module(
        module,
        version=Module.objects.values_list("version", flat=True).get(pk=module.pk),
        title=Words(activity.title_nl, activity.title_en),
        goal=Words(module.goal_nl, module.goal_en),
        minutes=max(2, blocks.count() * MINUTES_A_STEP),
        pass_percent=80 if asks else 0,
        teaches=form.teaches,
        by=request.user,
    )
    if (reviewer := form.reviewer) is not None:
        actions.ask_review(module, by=request.user, reviewer=reviewer)
        messages.success(request, _("%(name)s is asked to look.") % {"name": reviewer.name})
    else:
        actions.open_up(module)
        messages.success(request, _("Thank you: your colleagues can find it now."))
