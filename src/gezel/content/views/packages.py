"""Bringing in packages that others made, and keeping them, in the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, policy, queries, words
from gezel.content.forms import NewPackageForm, PackageAboutForm, PackageFileForm
from gezel.content.models import Package
from gezel.content.rules import uploads
from gezel.content.rules.packages import PackageRefused
from gezel.kit.archives import ArchiveRefused
from gezel.people.api import Person, Request, at_work


def _package(request: Request, package_pk: int) -> Package:
    return get_object_or_404(
        policy.packages_to_edit(request.visitor).select_related("activity__organisation"),
        pk=package_pk,
    )


@at_work
def new(request: Request) -> HttpResponse:
    """Bring in a package; it stands in the catalogue as a draft."""
    organisation = request.visitor.organisation
    posted = request.method == "POST"
    form = NewPackageForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        organisation=organisation,
    )
    if form.is_bound and form.is_valid():
        try:
            with _file_of(request.user, form) as (path, name):
                package = actions.bring_package(
                    organisation,
                    actions.store(path),
                    by=request.user,
                    filename=name,
                    key=form.cleaned_data["key"],
                    **_about(form),
                )
        except (ArchiveRefused, PackageRefused, actions.Refused) as refused:
            form.add_error("file", _reason(refused))
        else:
            return redirect("content:package_edit", package.pk)
    return _form(request, "content/package_new.html", form)


def _about(form: Any) -> dict[str, Any]:
    return {
        "title": form.words("title"),
        "goal": form.words("goal"),
        "minutes": form.cleaned_data["minutes"],
        "teaches": form.teaches,
    }


@contextmanager
def _file_of(by: Person, form: Any) -> Iterator[tuple[Path, str]]:
    """The file a form brings: one that went ahead in parts, or one that came along."""
    if (ahead := form.cleaned_data.get("upload")) is not None:
        with actions.claim_upload(by, ahead, purpose="package") as arrived:
            yield arrived.path, arrived.name
        return
    came: Any = form.cleaned_data["file"]
    if (came.size or 0) > uploads.LARGEST_PACKAGE:
        raise actions.Refused(_("This file is larger than 2 GB. Choose a smaller one."))
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix=".came-") as kept:
        for chunk in came.chunks():
            kept.write(chunk)
        kept.flush()
        yield Path(kept.name), came.name or ""


def _reason(refused: Exception) -> str:
    if isinstance(refused, PackageRefused):
        return words.why(refused)
    if isinstance(refused, actions.Refused):
        return str(refused.messages[0])
    return str(refused)


def _form(request: Request, template: str, form: Any, **told: Any) -> HttpResponse:
    told |= {"form": form, "most": uploads.LARGEST_PACKAGE}
    return render(request, template, told, status=422 if form.is_bound else 200)


@at_work
@require_safe
def edit(request: Request, package_pk: int) -> HttpResponse:
    """A package as who brought it in sees it: its editions, and what can be done."""
    return _edit_page(request, _package(request, package_pk), PackageFileForm())


def _edit_page(request: Request, package: Package, form: PackageFileForm) -> HttpResponse:
    editions = [
        (brought, [words.warning(w) for w in brought.edition.manifest.get("warnings", ())])
        for brought in queries.editions(package)
    ]
    return _form(
        request,
        "content/package_edit.html",
        form,
        package=package,
        editions=editions,
        few=any(brought.few for brought, _warnings in editions),
        teaches=package.activity.teaches.select_related("skill"),
    )


@at_work
def about(request: Request, package_pk: int) -> HttpResponse:
    """Change the title, what it brings, the time or the skills."""
    package = _package(request, package_pk)
    form = PackageAboutForm(
        request.POST or None,
        organisation=package.activity.organisation,
        initial=PackageAboutForm.initial_of_package(package),
    )
    if request.method == "POST" and form.is_valid():
        actions.change_package(package, **_about(form))
        messages.success(request, _("Saved."))
        return redirect("content:package_edit", package.pk)
    return _form(request, "content/package_new.html", form, package=package)


@at_work
@require_POST
def edition(request: Request, package_pk: int) -> HttpResponse:
    """A new file is a new edition; who is under way keeps theirs."""
    package = _package(request, package_pk)
    form = PackageFileForm(request.POST, request.FILES)
    if form.is_valid():
        before = package.current_id
        try:
            with _file_of(request.user, form) as (path, name):
                made = actions.take_in(path, package, by=request.user, filename=name)
        except (ArchiveRefused, PackageRefused, actions.Refused) as refused:
            form.add_error("file", _reason(refused))
        else:
            if made.pk == before:
                messages.info(request, _("This is the edition that is there already."))
            else:
                messages.success(
                    request,
                    _("Edition %(number)s is there. Who begins from now on gets it.")
                    % {"number": made.number},
                )
            return redirect("content:package_edit", package.pk)
    return _edit_page(request, package, form)


@at_work
@require_POST
def offer(request: Request, package_pk: int) -> HttpResponse:
    """Put a package on offer, or take it off."""
    package = _package(request, package_pk)
    on = request.POST.get("state") != "closed"
    actions.offer_package(package, on=on)
    if on:
        messages.success(request, _("This is on offer: colleagues can find and play it."))
    else:
        messages.success(request, _("This is no longer on offer. Who is in it may finish."))
    return redirect("content:package_edit", package.pk)
