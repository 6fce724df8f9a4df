"""Who may work on a dossier, read it, or know that it is there."""

from django.db.models import Q, QuerySet

from gezel.assessment.models import (
    KNOWN_DOSSIERS,
    AskedStatement,
    Dossier,
    DossierObjection,
    DossierRole,
    EvcPerson,
    Standard,
)
from gezel.people.api import Visitor


def standards_to_read(visitor: Visitor) -> QuerySet[Standard]:
    """What is in use where one works, and what one's own dossiers and roles are held against."""
    read = Q(pk__in=dossiers_to_read(visitor).values("standard"))
    if visitor.employment is not None:
        here = Standard.objects.filter(organisation=visitor.organisation)
        if visitor.is_hr:
            read |= Q(pk__in=here.values("pk"))
        read |= Q(pk__in=here.filter(state=Standard.State.LIVE).values("pk"))
    return Standard.objects.filter(read)


def standards_to_begin(visitor: Visitor) -> QuerySet[Standard]:
    """A dossier begins with what is in use where one works; nothing withdrawn, nothing replaced."""
    return Standard.objects.filter(organisation=visitor.organisation, state=Standard.State.LIVE)


def standards_to_make(visitor: Visitor) -> QuerySet[Standard]:
    """HR makes the standards of its organisation."""
    here = Standard.objects.filter(organisation=visitor.organisation)
    return here if visitor.is_hr else here.none()


def tasks_to_answer(visitor: Visitor) -> QuerySet[EvcPerson]:
    """Where one was asked to guide or assess: by one's address, or as oneself."""
    return EvcPerson.objects.filter(
        Q(person=visitor.person) | Q(person=None, email__iexact=visitor.person.email)
    )


def own_dossiers(visitor: Visitor) -> QuerySet[Dossier]:
    """One's own, wherever one works by now."""
    return Dossier.objects.filter(person=visitor.person)


def roles_carried(visitor: Visitor) -> QuerySet[DossierRole]:
    """The roles one may act in today."""
    return DossierRole.objects.open_to(visitor.person.pk)


def roles_shut(visitor: Visitor) -> QuerySet[DossierRole]:
    """Roles one carries but may not act in: one came into the candidate's line since."""
    return DossierRole.objects.filter(person=visitor.person, ended_at=None).in_line()


def objections_to_decide(visitor: Visitor) -> QuerySet[DossierObjection]:
    """What was laid before one by name, as long as one works there."""
    found = DossierObjection.objects.filter(to=visitor.person)
    if visitor.employment is None:
        return found.none()
    return found.filter(dossier__organisation=visitor.organisation)


def dossiers_to_read(visitor: Visitor) -> QuerySet[Dossier]:
    """One's own, those one guides or assesses, those one is to decide about. Not a lead's, not
    HR's: whether they may know is `dossiers_to_know`."""
    return Dossier.objects.filter(
        Q(person=visitor.person)
        | Q(pk__in=roles_carried(visitor).values("dossier"))
        | Q(pk__in=objections_to_decide(visitor).values("dossier"))
    )


def dossiers_to_know(visitor: Visitor) -> QuerySet[Dossier]:
    """What candidates opened to the people who lead them and to HR; nothing else, not even how
    many there are."""
    return Dossier.objects.filter(
        organisation=visitor.organisation,
        opened_at__isnull=False,
        person__in=KNOWN_DOSSIERS.people_for(visitor),
    )


def statements_to_give(visitor: Visitor) -> QuerySet[AskedStatement]:
    """What colleagues asked of one, while one works there and the dossier runs."""
    found = AskedStatement.objects.filter(of=visitor.person, answered_at=None)
    if visitor.employment is None:
        return found.none()
    return found.filter(dossier__organisation=visitor.organisation, dossier__ended_at=None)


def has_part_in_evc(visitor: Visitor) -> bool:
    """Whether something runs in which one has a part, as most people have not: one question."""
    return (
        Dossier.objects.filter(ended_at=None)
        .filter(
            Q(person=visitor.person)
            | Q(pk__in=roles_carried(visitor).values("dossier"))
            | Q(pk__in=statements_to_give(visitor).values("dossier"))
        )
        .exists()
    )


def part_of(visitor: Visitor, dossier: Dossier) -> str:
    """What one is in a dossier that one may read: candidate, guide, assessor or decider."""
    if dossier.person_id == visitor.person.pk:
        return "candidate"
    role = roles_carried(visitor).filter(dossier=dossier).first()
    return role.kind if role else "decider"
