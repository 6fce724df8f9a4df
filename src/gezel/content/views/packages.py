"""Bringing in packages that others made, and keeping them, in the browser."""

import uuid
from dataclasses import asdict, astuple
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, jobs, policy, queries, words
from gezel.content.forms import NewPackageForm, PackageAboutForm, PackageFileForm
from gezel.content.models import Package, Upload
from gezel.content.rules import uploads
from gezel.content.views.arriving import file_of, too_large_to_wait_for
from gezel.kit.jobs import enqueue
from gezel.people.api import Request, at_work


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
            if (large := too_large_to_wait_for(request, form, purpose="package")) is not None:
                return _bring_later(request, form, large)
            with file_of(request.user, form, purpose="package") as (path, name):
                package = actions.bring_package(
                    organisation,
                    actions.store(path),
                    by=request.user,
                    filename=name,
                    key=form.cleaned_data["key"],
                    **_about(form),
                )
        except jobs.NOT_TAKEN as refused:
            form.add_error("file", words.reason(refused))
        else:
            return redirect("content:package_edit", package.pk)
    return _form(request, "content/package_new.html", form)


def _bring_later(request: Request, form: Any, large: Upload) -> HttpResponse:
    """A job takes in a file that takes long; the page it leads to tells how far that is."""
    said = _about(form)
    task = enqueue(
        jobs.bring_in_package,
        by=request.user,
        key=large.pk,
        upload=str(large.pk),
        asker=request.user.pk,
        organisation=request.visitor.organisation.pk,
        form_key=str(form.cleaned_data["key"] or uuid.uuid4()),
        about={
            "title": asdict(said["title"]),
            "goal": asdict(said["goal"]),
            "minutes": said["minutes"],
            "teaches": [astuple(taught) for taught in said["teaches"]],
        },
    )
    return redirect("kit:task", task.pk)


def _about(form: Any) -> dict[str, Any]:
    return {
        "title": form.words("title"),
        "goal": form.words("goal"),
        "minutes": form.cleaned_data["minutes"],
        "teaches": form.teaches,
    }


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
            if (large := too_large_to_wait_for(request, form, purpose="package")) is not None:
                task = enqueue(
                    jobs.bring_in_edition,
                    by=request.user,
                    key=large.pk,
                    upload=str(large.pk),
                    package=package.pk,
                    since=timezone.now().isoformat(),
                    asker=request.user.pk,
                )
                return redirect("kit:task", task.pk)
            with file_of(request.user, form, purpose="package") as (path, name):
                made = actions.take_in(path, package, by=request.user, filename=name)
        except jobs.NOT_TAKEN as refused:
            form.add_error("file", words.reason(refused))
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
