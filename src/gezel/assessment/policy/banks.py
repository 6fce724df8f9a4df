"""What may someone take, read and make?"""

from django.db.models import Q, QuerySet

from gezel.assessment.models import SITTINGS_OF_A_PERSON, Asked, Intake, Item, Sitting, Test
from gezel.people.api import Visitor


def tests_to_take(visitor: Visitor) -> QuerySet[Test]:
    """What is open where one works, and what one is in the middle of there."""
    here = Test.objects.filter(organisation=visitor.organisation)
    under_way = Sitting.objects.filter(person=visitor.person, ended_at=None)
    return here.filter(Q(state=Test.State.OPEN) | Q(pk__in=under_way.values("test")))


def own_sittings(visitor: Visitor) -> QuerySet[Sitting]:
    """One's own sittings, wherever one works by now; nobody else's, whoever asks."""
    return Sitting.objects.filter(person__in=SITTINGS_OF_A_PERSON.people_for(visitor))


def tests_to_make(visitor: Visitor) -> QuerySet[Test]:
    """HR and authors make the tests of their organisation."""
    here = Test.objects.filter(organisation=visitor.organisation)
    return here if visitor.is_author else here.none()


def items_to_make(visitor: Visitor) -> QuerySet[Item]:
    """The items of those tests."""
    return Item.objects.filter(test__in=tests_to_make(visitor))


def may_check(visitor: Visitor, item: Item) -> bool:
    """A second pair of eyes: whoever makes tests, except on what they wrote themselves."""
    return visitor.is_author and item.written_by_id != visitor.person.pk


def intakes(visitor: Visitor) -> QuerySet[Intake]:
    """Files of questions brought in for one of these tests."""
    return Intake.objects.filter(test__in=tests_to_make(visitor))


def items_with_a_picture(visitor: Visitor) -> QuerySet[Item]:
    """Items whose picture one may see: those put to oneself, and those one may make."""
    put = Asked.objects.filter(sitting__in=own_sittings(visitor))
    allowed = Q(pk__in=put.values("item"))
    if visitor.employment is not None:
        allowed |= Q(pk__in=items_to_make(visitor).values("pk"))
    return Item.objects.filter(allowed).exclude(media=None)
