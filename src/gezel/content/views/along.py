"""Taking a module along to another system."""

import re
from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezel.content import policy
from gezel.content.actions import along as actions
from gezel.content.models import Block, Module
from gezel.content.rules.along import cartridge, course
from gezel.people.api import Request, at_work

FORMS = {
    "scorm2004": ("SCORM 2004", _("Plays in nearly every learning system, and reports its score.")),
    "scorm12": ("SCORM 1.2", _("The same for older systems.")),
    "cmi5": ("cmi5", _("Plays in newer systems, and reports in xAPI.")),
    "cartridge": ("Common Cartridge 1.3", _("To change elsewhere: pages, topics and questions.")),
}
_ENDINGS = {"cartridge": "imscc"}


def _module(request: Request, module_pk: int) -> Module:
    return get_object_or_404(
        policy.modules_to_edit(request.visitor).select_related("activity"), pk=module_pk
    )


@at_work
@require_safe
def along(request: Request, module_pk: int) -> HttpResponse:
    """In which forms it can go along, and what is otherwise there."""
    module = _module(request, module_pk)
    kinds = set(module.blocks.current().values_list("kind", flat=True))
    names = dict(Block.Kind.choices)
    changed = {form: cartridge if form == "cartridge" else course for form in FORMS}
    told = {
        "module": module,
        "forms": [
            {
                "form": form,
                "name": name,
                "why": why,
                "otherwise": [names[kind] for kind in sorted(kinds & changed[form].OTHERWISE)],
                "stays": [names[kind] for kind in sorted(kinds & changed[form].STAYS)],
            }
            for form, (name, why) in FORMS.items()
        ],
        "language": "nl" if (get_language() or "").startswith("nl") else "en",
        "empty": not kinds,
        "too_large": actions.is_too_large(module),
    }
    return render(request, "content/along.html", told)


@at_work
@require_safe
def along_file(request: Request, module_pk: int, form: str) -> HttpResponseBase:
    """The file itself, in the language that was asked for."""
    module = _module(request, module_pk)
    language = request.GET.get("language", "en")
    if form not in FORMS or language not in {"nl", "en"} or actions.is_too_large(module):
        raise Http404
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    actions.take_along(module, form, language=language, into=file)
    file.seek(0)
    name = re.sub(r"[^\w-]+", "-", module.activity.title).strip("-")[:60] or "module"
    ending = _ENDINGS.get(form, "zip")
    return FileResponse(file, as_attachment=True, filename=f"{name}-{form}-{language}.{ending}")
