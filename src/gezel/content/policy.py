"""What may someone play, answer, look at and change?"""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.content.models import (
    ATTEMPTS_OF_A_PERSON,
    INTAKES_OF_A_PERSON,
    PROOFS_OF_A_PERSON,
    UPLOADS_OF_A_PERSON,
    WAIVERS_OF_A_PERSON,
    Asking,
    Attempt,
    Begun,
    CoAuthor,
    Media,
    Module,
    ModuleIntake,
    Package,
    PackageAttempt,
    PeerReview,
    Proof,
    Upload,
    Waiver,
    Writing,
)
from gezel.people.api import HR, LINE, Audience, Person, PersonQuerySet, Visitor

_LINE = Audience(LINE)


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
    if visitor.is_author:
        return here
    together = CoAuthor.objects.filter(person=visitor.person)
    return here.filter(Q(activity__shared_by=visitor.person) | Q(pk__in=together.values("module")))


def may_edit(visitor: Visitor, module: Module) -> bool:
    """The same for one module that is known to be of this organisation."""
    return may_take_off(visitor, module) or makes_too(visitor, module)


def told_who_makes(modules: QuerySet[Module], visitor: Visitor) -> QuerySet[Module]:
    """The same modules, each knowing whether the visitor makes it too: asked in one query."""
    mine = CoAuthor.objects.filter(module=OuterRef("pk"), person=visitor.person)
    return modules.annotate(made_too=Exists(mine))


def makes_too(visitor: Visitor, module: Module) -> bool:
    """Whether someone was asked to make this module with its owner."""
    known: bool | None = getattr(module, "made_too", None)
    if known is not None:
        return known
    return CoAuthor.objects.filter(module=module, person=visitor.person).exists()


def may_take_off(visitor: Visitor, module: Module) -> bool:
    """Its owner, authors and HR put a module on offer, take it off, and say who makes it too."""
    return visitor.is_author or module.activity.shared_by_id == visitor.person.pk


def reviews_to_give(visitor: Visitor) -> QuerySet[PeerReview]:
    """Modules of colleagues that one was asked to look at before they go wide."""
    return PeerReview.objects.filter(
        reviewer=visitor.person,
        state=PeerReview.State.ASKED,
        module__activity__organisation=visitor.organisation,
    ).order_by("asked_at", "pk")


def modules_to_preview(visitor: Visitor) -> QuerySet[Module]:
    """What one may change, and what one is asked to review."""
    return Module.objects.filter(
        Q(pk__in=modules_to_edit(visitor).values("pk"))
        | Q(pk__in=reviews_to_give(visitor).order_by().values("module"))
    )


def _of_who_works_here(visitor: Visitor) -> QuerySet[Asking]:
    """What someone asked goes out of sight when they leave."""
    at_work = Person.objects.working_at(visitor.organisation)
    return Asking.objects.filter(person__in=at_work)


def askings_to_answer(visitor: Visitor) -> QuerySet[Asking]:
    """Questions about what one makes; authors and HR answer for who left."""
    made = modules_to_edit(visitor)
    if visitor.is_author:
        mine = Q(activity__shared_by=visitor.person) | Q(activity__shared_by=None)
        made = made.filter(mine | Q(co_authors__person=visitor.person))
    return _of_who_works_here(visitor).filter(module__in=made.values("pk"), answer="")


def askings_here(visitor: Visitor) -> QuerySet[Asking]:
    """Questions about modules on offer where one works: everyone who may play reads them."""
    here = visitor.organisation
    return _of_who_works_here(visitor).filter(module__activity__organisation=here)


def activities_to_waive(visitor: Visitor) -> QuerySet[Activity]:
    """Modules and packages on offer here that one may let others off: who leads people, and who
    makes learning material by mandate; where the organisation wants it so, also who made this."""
    here = Activity.objects.filter(
        Q(pk__in=Module.objects.values("activity")) | Q(pk__in=Package.objects.values("activity")),
        organisation=visitor.organisation,
        state=Activity.State.OPEN,
    )
    if visitor.leads or visitor.is_author:
        return here
    return here.filter(
        made_by(visitor.person.pk), organisation__content_settings__makers_waive=True
    )


def may_let_off(visitor: Visitor, activity: Activity, *, makes: bool) -> bool:
    """The same for one activity that is known to be a module or package of this organisation.

    Args:
        makes: whether the visitor may change it.
    """
    if activity.state != Activity.State.OPEN:
        return False
    if visitor.leads or visitor.is_author:
        return True
    return makes and made_and_may_let_off(visitor).filter(pk=activity.pk).exists()


def made_by(person_pk: int) -> Q:
    """Activities whose module or package someone made or brought in, alone or with others."""
    together = CoAuthor.objects.filter(person=person_pk).values("module__activity")
    return Q(shared_by=person_pk) | Q(pk__in=together)


def made_and_may_let_off(visitor: Visitor) -> QuerySet[Activity]:
    """What one made oneself, where the organisation lets whoever makes something let others off."""
    return Activity.objects.filter(
        made_by(visitor.person.pk),
        organisation=visitor.organisation,
        organisation__content_settings__makers_waive=True,
    )


def people_to_let_off(visitor: Visitor, activity: Activity) -> PersonQuerySet:
    """Whom one may say need not do this: a lead their line, authors, HR and, where the
    organisation wants it so, who made it, everyone here; nobody themselves."""
    if visitor.is_author or made_and_may_let_off(visitor).filter(pk=activity.pk).exists():
        found = Person.objects.working_at(visitor.organisation)
    else:
        found = _LINE.people_for(visitor)
    return found.exclude(pk=visitor.person.pk)


def waivers_to_see(visitor: Visitor) -> QuerySet[Waiver]:
    """Of one's line, of whom one let off oneself, and for HR of everyone here; never one's own."""
    return Waiver.objects.filter(
        person__in=WAIVERS_OF_A_PERSON.people_for(visitor).exclude(pk=visitor.person.pk),
        activity__organisation=visitor.organisation,
    ).filter(
        Q(by=visitor.person) | Q(person__in=Audience(LINE, HR).people_for(visitor)),
    )


def waivers_to_take_back(visitor: Visitor) -> QuerySet[Waiver]:
    """Those one sees, of people one may let off today."""
    if visitor.is_author:
        theirs = Q(person__in=Person.objects.working_at(visitor.organisation))
    else:
        here = Person.objects.working_at(visitor.organisation)
        made = Q(activity__in=made_and_may_let_off(visitor), person__in=here)
        theirs = Q(person__in=_LINE.people_for(visitor)) | made
    return waivers_to_see(visitor).filter(theirs)


def own_writings(visitor: Visitor) -> QuerySet[Writing]:
    """What one was writing and has not saved; nobody else gets it."""
    return Writing.objects.filter(person=visitor.person)


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


def own_proofs(visitor: Visitor) -> QuerySet[Proof]:
    """Photos of one's own work, the newest first."""
    return Proof.objects.filter(person=visitor.person).order_by("-sent_at", "-pk")


def proofs_to_look_at(visitor: Visitor) -> QuerySet[Proof]:
    """What colleagues chose one to look at, where one works now and they do too."""
    return Proof.objects.filter(
        looker=visitor.person,
        organisation=visitor.organisation,
        person__in=PROOFS_OF_A_PERSON.people_for(visitor),
    ).order_by("sent_at", "pk")


def proofs_to_see(visitor: Visitor) -> QuerySet[Proof]:
    """One's own, and what one was chosen to look at."""
    seen = Q(person=visitor.person)
    if visitor.employment is not None:
        seen |= Q(pk__in=proofs_to_look_at(visitor).order_by().values("pk"))
    return Proof.objects.filter(seen)


def media_to_see(visitor: Visitor, module_pk: int) -> QuerySet[Media]:
    """The files in a module one may play or change, or once played."""
    played = own_attempts(visitor).values("module")
    allowed = Q(pk__in=played)
    if visitor.employment is not None:
        allowed |= Q(pk__in=modules_to_play(visitor).values("pk"))
        allowed |= Q(pk__in=modules_to_preview(visitor).values("pk"))
    shown = Media.objects.filter(
        pk__in=Module.objects.filter(allowed, pk=module_pk).values("blocks__media")
    )
    return Media.objects.filter(
        Q(pk__in=shown) | Q(pk__in=shown.values("small")) | Q(pk__in=shown.values("poster"))
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
