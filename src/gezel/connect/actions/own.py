"""An address of one's own beside the employer's: it stays when the employer's mailbox closes."""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gezel.people.api import Employment, Person

SALT = "gezel.connect.own-address"
COUNTS_FOR_SECONDS = 3 * 24 * 3_600


def own_address_of(person: Person) -> str:
    """The confirmed address beside the one by which work knows someone; empty without one."""
    found = (
        EmailAddress.objects.filter(user=person, verified=True)
        .exclude(email__iexact=person.email)
        .order_by("pk")
        .values_list("email", flat=True)
        .first()
    )
    return found or ""


def ask_own_address(request: HttpRequest, person: Person, email: str) -> None:
    """Send a link to an address that someone says is theirs. It counts once they opened it.

    Whether someone else has it is not told here: then the link does nothing.

    Raises:
        ValidationError: it is the employer's address already, or a link was just sent.
    """
    address = email.strip().lower()
    if address == person.email.lower():
        raise ValidationError(
            {"email": _("This is the address by which work knows you. Give one of your own.")}
        )
    if not ratelimit.consume(
        request, app="allauth.account", action="confirm_email", key=address
    ) or not ratelimit.consume(request, app="allauth.account", action="manage_email", user=person):
        raise ValidationError(
            {"email": _("We just sent you a link. Wait a moment and look there.")}
        )
    link = settings.BASE_URL + reverse("connect:confirm_own", args=[own_token(person, address)])
    get_adapter(request).send_mail(
        "connect/email/own_address", address, {"user": person, "link": link, "person": person}
    )


def own_token(person: Person, address: str) -> str:
    """What a link holds to confirm that this address is theirs."""
    return signing.dumps([person.pk, address], salt=SALT)


def read_own_token(token: str) -> tuple[int, str] | None:
    """Whose address a link confirms; None where the link is too old or not ours."""
    try:
        found = signing.loads(token, salt=SALT, max_age=COUNTS_FOR_SECONDS)
    except signing.BadSignature:
        return None
    return int(found[0]), str(found[1])


def confirm_own_address(person: Person, email: str) -> bool:
    """The address is shown to be theirs: from now on they sign in with it too.

    Earlier own addresses give way. False where it is someone else's.
    """
    taken = Person.objects.get_queryset().filter(email__iexact=email).exclude(pk=person.pk)
    if taken.exists():
        return False
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(user=person).exclude(
                email__in=[email, person.email.lower()]
            ).delete()
            EmailAddress.objects.update_or_create(
                user=person, email=email, defaults={"verified": True, "primary": False}
            )
    except IntegrityError:
        return False
    return True


def people_who_left_with_an_own_address() -> QuerySet[Person]:
    """Who works nowhere any more and is still known by the address of an employer."""
    at_work = Employment.objects.filter(person=OuterRef("pk"))
    own = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True, primary=False)
    still = Employment.objects.current().filter(person=OuterRef("pk"))
    return Person.objects.get_queryset().filter(Exists(own), Exists(at_work)).exclude(Exists(still))


def own_address_leads() -> int:
    """For who works nowhere any more the own address is the one that counts, and the only one.

    The mailbox at work is the employer's: whoever reads it could ask for a new password there.
    Returns for how many people.
    """
    done = 0
    for person in people_who_left_with_an_own_address():
        own = own_address_of(person)
        if not own:
            continue
        with transaction.atomic():
            EmailAddress.objects.filter(user=person).exclude(email=own).delete()
            EmailAddress.objects.filter(user=person, email=own).update(primary=True)
            Person.objects.get_queryset().filter(pk=person.pk).update(email=own)
        done += 1
    return done
