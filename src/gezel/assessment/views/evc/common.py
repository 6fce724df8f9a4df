"""What every page of a dossier begins with: find it for this visitor, and note who reads."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from gezel.assessment import policy, queries
from gezel.people.api import Request, require
from gezel.trust.api import note_reading

# Why someone may read a dossier, as "who looked" tells it to the candidate.
PURPOSES = {"guide": "evc_guide", "assessor": "evc_assessor", "decider": "evc_decider"}


def desk_of(request: Request, key: uuid.UUID, *parts: str) -> queries.Desk:
    """The dossier, to who has a part in it; with `parts` only to who has one of those."""
    visitor = request.visitor
    dossier = get_object_or_404(
        policy.dossiers_to_read(visitor).select_related("person", "organisation", "standard"),
        key=key,
    )
    part = policy.part_of(visitor, dossier)
    require(not parts or part in parts)
    if part != "candidate":
        note_reading(
            reader_pk=visitor.person.pk,
            about=[dossier.person_id],
            matter="evc",
            purpose=PURPOSES[part],
        )
    return queries.desk(dossier, part=part, reader=visitor.person.pk)


def kept(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Do what the form asks; where that cannot be, the form says why, at the field it is about."""
    try:
        act()
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, words in told.items():
            form.add_error(name if name in form.fields else None, words)
        return False
    return True


def tried(request: Request, act: Callable[[], object], done: str = "") -> bool:
    """Do what a button asks, and say what came of it."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return False
    if done:
        messages.success(request, done)
    return True


def form_page(
    request: Request,
    told: queries.Desk | None,
    form: forms.BaseForm,
    **words: Any,
) -> HttpResponse:
    """A page with one form: `title`, `lead`, `submit`, and where one came from."""
    context = {"desk": told, "dossier": told.dossier if told else None, "form": form, **words}
    status = 422 if form.is_bound else 200
    return render(request, "assessment/evc/form.html", context, status=status)
