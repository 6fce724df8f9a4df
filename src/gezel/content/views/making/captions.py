"""Writing the captions of a film, beside the film."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from gezel.content import actions
from gezel.content.actions import Outdated
from gezel.content.forms import CaptionsForm
from gezel.content.rules import captions as rules
from gezel.content.rules.bodies import Video, Words
from gezel.content.views.making.shared import block_to_edit, module_to_edit, take_new_version
from gezel.people.api import Request, at_work


@at_work
def captions(request: Request, module_pk: int, block_pk: int, language: str) -> HttpResponse:
    """Write the captions of a film in one language, or take them from a file."""
    module = module_to_edit(request, module_pk)
    block = block_to_edit(module, block_pk)
    body = block.content
    if not isinstance(body, Video):
        raise Http404
    stands = getattr(body.captions, language)
    lines = rules.lines_of(rules.cues_of(stands)) if stands else ""
    form = CaptionsForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"version": module.version, "lines": lines},
    )
    if form.is_bound and form.is_valid():
        try:
            kept = actions.change_block(
                block, version=form.cleaned_data["version"], body=_with(body, form, language),
                by=request.user,
            )  # fmt: skip
        except Outdated as error:
            take_new_version(form, module, error)
        else:
            told = ngettext("%(count)d caption is kept.", "%(count)d captions are kept.",
                            len(form.cues)) % {"count": len(form.cues)}  # fmt: skip
            messages.success(request, told)
            return redirect(f"content:edit_captions_{language}", module.pk, kept.pk)
    shown = {"form": form, "module": module, "standing": block, "body": body, "language": language}
    return render(request, "content/captions.html", shown, status=422 if form.is_bound else 200)


def _with(body: Video, form: CaptionsForm, language: str) -> Video:
    written = rules.webvtt(form.cues) if form.cues else ""
    transcript = body.transcript.kept()
    if form.cleaned_data["transcript"] and form.cues:
        transcript[language] = rules.running_text(form.cues)
    return Video(
        body.title, Words(**transcript), Words(**(body.captions.kept() | {language: written}))
    )
