"""The first steps of HR in an empty house: what makes Gezel of use, in the order that works.

Whether a step is done is read from what is there, so nothing is kept of it; one who does them in
another order, or by the command, is told the same. Once the needed steps are done the panel is
gone, and is not asked for again.
"""

from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.certificates.api import CertificateType
from gezel.connect.api import invitations_of
from gezel.kit.prepared import prepared
from gezel.people.api import Employment, Mandate, Organisation, Request, at_work, require
from gezel.skills.api import Demand

# The first four: without them there are no needs to see and nothing that helps. The others suit
# most, not all.
NEEDED = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: where, how it is called, why, and whether it is done."""

    url: str
    icon: str
    label: str
    why: str
    done: bool


@at_work
def first_steps(request: Request) -> HttpResponse:
    """For HR, until the house is furnished: what to do first, each a link."""
    require(request.visitor.is_hr)
    organisation = request.visitor.organisation
    remembered = f"furnished:{organisation.pk}"
    if caches["near"].get(remembered):
        raise Http404
    steps = _steps(organisation, request.visitor.person.pk)
    if all(step.done for step in steps[:NEEDED]):
        caches["near"].set(remembered, True)
        raise Http404
    following = next((step for step in steps if not step.done), None)
    told = {"steps": steps, "following": following, "done": sum(step.done for step in steps)}
    return render(request, "site/panel_first_steps.html", told)


@prepared
def _there(organisation: int, own: int) -> QuerySet[Organisation, Any]:
    here = {"organisation": organisation}
    return Organisation.objects.filter(pk=organisation).values_list(
        Exists(Employment.objects.filter(**here).exclude(person=own)),
        Exists(Demand.objects.filter(profile__organisation=organisation)),
        Exists(Activity.objects.filter(**here)),
        Exists(invitations_of(Organisation(pk=organisation))),
        Exists(CertificateType.objects.filter(**here)),
        Exists(Mandate.objects.filter(**here, kind=Mandate.Kind.COUNCIL)),
    )


def _steps(organisation: Organisation, own: int) -> tuple[Step, ...]:
    """One question, whatever there is."""
    (is_there,) = _there(organisation.pk, own)
    told = (
        (
            "people:import",
            "upload",
            _("Bring your people in"),
            _("A list from your HR system or Excel. You see what would change before it does."),
        ),
        (
            "skills:profiles",
            "briefcase",
            _("Say what jobs ask"),
            _("A role profile for each job: five to ten skills. From there the needs show."),
        ),
        (
            "catalogue:new",
            "book-open",
            _("Put something on offer"),
            _("A course you buy, or a colleague to walk along with: it is tipped to who needs it."),
        ),
        (
            "connect:invite_all",
            "send",
            _("Let people in"),
            _("Everyone gets a mail with a link to choose a password. Best after the first three."),
        ),
        (
            "certificates:types",
            "badge-check",
            _("Say which certificates must be held"),
            _("Then Gezel tells in time whose lapses. You can load the ones people hold."),
        ),
        (
            "trust:organisation",
            "shield-check",
            _("Let the works council read along"),
            _("What is kept, why, and who reads it. Give someone of the council that task."),
        ),
    )
    return tuple(
        Step(reverse(name), icon, label, why, bool(done))
        for (name, icon, label, why), done in zip(told, is_there, strict=True)
    )
