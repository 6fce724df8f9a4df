"""What who gives a session saw people show."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.gatherings import actions, forms, policy, queries
from gezel.gatherings.models import Gathering
from gezel.gatherings.rules import seeing as rules
from gezel.gatherings.views.shared import key, note
from gezel.people.api import Person, Request, at_work
from gezel.skills.api import give_own_names, people_to_vouch_for


@at_work
def saw(request: Request, pk: int) -> HttpResponse:
    """Who was there, each with the skills of the activity: which level they showed, and in what.

    Holds nothing of what people can already: who looks says what they saw, not what is known.
    """
    visitor = request.visitor
    found: Gathering = get_object_or_404(
        policy.sessions_given_as_trainer(visitor).select_related(
            "activity", "series", "organisation"
        ),
        pk=pk,
    )
    taught = queries.taught_at(found)
    give_own_names([row.skill for row in taught], visitor.organisation)
    now = timezone.now()
    is_open = rules.is_open(found.starts_at, found.ends_at, now) and not found.is_cancelled
    there = queries.were_there(found) if taught and is_open else []
    people = [p for p in there if p.pk != visitor.person.pk]
    note(request, people)
    sent = request.POST if request.method == "POST" else None
    rows = {
        person: [forms.SawForm(sent, person=person, taught=row) for row in taught]
        for person in people
    }
    wrong = ""
    if sent is not None:
        told = [form for of in rows.values() for form in of]
        # All are looked at, so that all that is wrong is told at once.
        if not any([form.errors for form in told]):  # noqa: C419
            leads = people_to_vouch_for(visitor).filter(pk__in=[p.pk for p in people])
            try:
                added = actions.say_what_one_saw(
                    found,
                    [one for form in told if (one := form.saw) is not None],
                    by=visitor.person,
                    key=key(request),
                    leads=set(leads.values_list("pk", flat=True)),
                )
            except ValidationError as problem:
                wrong = _put(problem, told)
            else:
                messages.success(request, _told(len({piece.person_id for piece in added})))
                return redirect("gatherings:saw", pk)
        else:
            wrong = _("Nothing is kept yet. Look at what is marked below.")
    said = queries.said_at(found, visitor.person)
    shown = {
        "session": found,
        "rows": _shown(rows, said),
        "skills": [
            (row.skill, [told for told in row.skill.level_words if told[0] <= row.to_level])
            for row in taught
        ],
        "is_open": is_open,
        "begun": found.starts_at <= now,
        "until": rules.until(found.ends_at).astimezone(found.at_zone),
        "wrong": wrong,
        "key": key(request) if sent is not None else uuid.uuid4(),
    }
    return render(request, "gatherings/saw.html", shown, status=422 if wrong else 200)


def _told(people: int) -> str:
    if not people:
        return _("Nothing new was said; nothing is kept.")
    return ngettext(
        "Kept, with your name, of %(n)s person. They read it.",
        "Kept, with your name, of %(n)s people. They read it.",
        people,
    ) % {"n": people}


def _put(problem: ValidationError, told: list[forms.SawForm]) -> str:
    """What the action refused, at whom and what it is about; returns what stands on top."""
    if not hasattr(problem, "error_dict"):
        return str(problem.messages[0])
    by_name = {form.prefix: form for form in told}
    for name, errors in problem.error_dict.items():
        by_name[name].add_error("level", errors)
    return _("Nothing is kept yet. Look at what is marked below.")


def _shown(
    rows: Mapping[Person, list[forms.SawForm]], said: Mapping[tuple[int, int], queries.Said]
) -> list[tuple[Person, list[tuple[forms.SawForm, queries.Said | None]], int, bool]]:
    """Each person with their forms, of how many skills something was said, and whether one errs."""
    return [
        (
            person,
            [(form, said.get((person.pk, form.skill.pk))) for form in of],
            sum((person.pk, form.skill.pk) in said for form in of),
            any(form.errors for form in of if form.is_bound),
        )
        for person, of in rows.items()
    ]
