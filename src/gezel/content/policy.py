"""What may someone play, answer, look at and change?"""

import uuid

from django.db.models import Q, QuerySet
from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.content.models import (
    ATTEMPTS_OF_A_PERSON,
    INTAKES_OF_A_PERSON,
    UPLOADS_OF_A_PERSON,
    Attempt,
    Begun,
    Media,
    Module,
    ModuleIntake,
    Package,
    PackageAttempt,
    Upload,
)
from gezel.people.api import Visitor


def modules_to_play(visitor: Visitor) -> QuerySet[Module]:
    """What is on offer where one works, and what one is in the middle of there."""
    here = Module.objects.filter(activity__organisation=visitor.organisation)
    under_way = Attempt.objects.filter(person=visitor.person, completed_at=None)
    return here.filter(
        Q(activity__state=Activity.State.OPEN) | Q(pk__in=under_way.values("module"))
    )


def modules_to_edit(visitor: Visitor) -> QuerySet[Module]:
    """Who makes learning material changes all of it; a colleague changes what they share."""
    here = Module.objects.filter(activity__organisation=visitor.organisation)
    return here if visitor.is_author else here.filter(activity__shared_by=visitor.person)


def may_edit(visitor: Visitor, module: Module) -> bool:
    """The same for one module that is known to be of this organisation."""
    return visitor.is_author or module.activity.shared_by_id == visitor.person.pk


def own_attempts(visitor: Visitor) -> QuerySet[Attempt]:
    """One's own attempts, wherever one works by now; nobody else's, whoever asks."""
    return Attempt.objects.filter(person__in=ATTEMPTS_OF_A_PERSON.people_for(visitor))


def own_uploads(visitor: Visitor) -> QuerySet[Upload]:
    """Files someone is bringing in where they work now, as long as they are kept."""
    return Upload.objects.filter(
        person__in=UPLOADS_OF_A_PERSON.people_for(visitor),
        organisation=visitor.organisation,
        expires_at__gt=timezone.now(),
    )


def media_to_see(visitor: Visitor, module_pk: int) -> QuerySet[Media]:
    """The files in a module one may play or change, or once played."""
    played = own_attempts(visitor).values("module")
    allowed = Q(pk__in=played)
    if visitor.employment is not None:
        allowed |= Q(pk__in=modules_to_play(visitor).values("pk"))
        allowed |= Q(pk__in=modules_to_edit(visitor).values("pk"))
    return Media.objects.filter(
        pk__in=Module.objects.filter(allowed, pk=module_pk).values("blocks__media")
    )


def attempt_of_device(visitor: Visitor, registration: uuid.UUID) -> Attempt | None:
    """One's own attempt by the registration a device knows it by; also where it became part of
    a round that was open already."""
    named = Q(registration=registration) | Q(
        pk__in=Begun.objects.filter(registration=registration).values("attempt")
    )
    return own_attempts(visitor).filter(named).first()


def modules_once_handed(visitor: Visitor) -> QuerySet[Module]:
    """What may have been handed to a device of this visitor: all here that was ever on offer."""
    return Module.objects.filter(activity__organisation=visitor.organisation).exclude(
        activity__state=Activity.State.DRAFT
    )


def packages_to_edit(visitor: Visitor) -> QuerySet[Package]:
    """As with modules: authors all, a colleague what they share."""
    here = Package.objects.filter(activity__organisation=visitor.organisation)
    return here if visitor.is_author else here.filter(activity__shared_by=visitor.person)


def packages_to_play(visitor: Visitor) -> QuerySet[Package]:
    """What is on offer where one works, what one is in the middle of, and what one may change:
    who made it looks at it first."""
    here = Package.objects.filter(activity__organisation=visitor.organisation)
    under_way = PackageAttempt.objects.filter(
        person=visitor.person, completed_at=None, left_at=None
    )
    return here.filter(
        Q(activity__state=Activity.State.OPEN)
        | Q(pk__in=under_way.values("package"))
        | Q(pk__in=packages_to_edit(visitor).values("pk"))
    ).exclude(current=None)


def may_edit_package(visitor: Visitor, package: Package) -> bool:
    """The same for one package that is known to be of this organisation."""
    return visitor.is_author or package.activity.shared_by_id == visitor.person.pk


def own_package_attempts(visitor: Visitor) -> QuerySet[PackageAttempt]:
    """One's own, wherever one works by now; nobody else's, whoever asks."""
    return PackageAttempt.objects.filter(person__in=ATTEMPTS_OF_A_PERSON.people_for(visitor))


def package_attempts_to_play(visitor: Visitor) -> QuerySet[PackageAttempt]:
    """One's own, of where one works today: what the employer bought is played in its time."""
    return own_package_attempts(visitor).filter(
        package__activity__organisation=visitor.organisation
    )


def own_intakes(visitor: Visitor) -> QuerySet[ModuleIntake]:
    """The files one brought in oneself, where one works now."""
    return ModuleIntake.objects.filter(
        by__in=INTAKES_OF_A_PERSON.people_for(visitor), organisation=visitor.organisation
    ).order_by("-created_at")
