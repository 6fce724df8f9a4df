"""How the organisation is called and looks."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezel.people import actions, policy
from gezel.people.forms import HUES, LogoForm, SettingsForm
from gezel.people.web import Request, at_work, require


@at_work
def settings(request: Request) -> HttpResponse:
    """HR sets name, language, colour, logo, and the smallest group that is shown."""
    require(request.visitor.is_hr)
    organisation = request.visitor.organisation
    named = organisation.accent_hue in dict(HUES)
    form = SettingsForm(
        initial={
            "name": organisation.name,
            "language": organisation.language,
            "hue": str(organisation.accent_hue) if named else "own",
            "accent_hue": organisation.accent_hue,
            "smallest_group": organisation.smallest_group,
        }
    )
    logo_form = LogoForm()
    if request.method == "POST" and request.POST.get("form") == "logo":
        logo_form = LogoForm(request.POST, request.FILES)
        if request.POST.get("remove"):
            actions.set_logo(organisation, None)
            return redirect("people:settings")
        if logo_form.is_valid():
            try:
                actions.set_logo(organisation, logo_form.cleaned_data["logo"].read())
            except actions.LogoRefused as refusal:
                logo_form.add_error("logo", str(refusal))
            else:
                messages.success(request, _("The logo is changed."))
                return redirect("people:settings")
    elif request.method == "POST":
        form = SettingsForm(request.POST)
        if form.is_valid():
            chosen = {k: v for k, v in form.cleaned_data.items() if k != "hue"}
            try:
                actions.change_settings(organisation, by=request.user, **chosen)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The settings are kept."))
                return redirect("people:settings")
    wrong = bool(form.errors or logo_form.errors)
    return render(
        request,
        "people/settings.html",
        {"form": form, "logo_form": logo_form, "organisation": organisation},
        status=422 if wrong else 200,
    )


@at_work
@require_safe
def logo(request: Request, pk: int) -> HttpResponseBase:
    """The logo, to who works there; drawn anew by us, so nothing but a picture."""
    organisation = get_object_or_404(policy.organisations_of(request.user).exclude(logo=""), pk=pk)
    try:
        file = organisation.logo.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
