"""A gentle word in time: an address of one's own, and the archive, before the last day at work;
to HR that their organisation signs, and to whoever holds a credential what was decided on it."""

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.connect.api import Letter, Message, declare_kind, own_address_of, say_to
from gezel.kit.events import listen
from gezel.people.api import Employment, Mandate
from gezel.people.events import EmploymentChanged
from gezel.profile.events import CredentialDecided, FirstKeyMade
from gezel.profile.models import Credential


def _letter(message: Message) -> Letter | None:
    """If the last day still stands and nothing is arranged yet."""
    last = (
        Employment.objects.current()
        .filter(person=message.person, organisation=message.organisation, ends_on__isnull=False)
        .first()
    )
    if last is None or last.ends_on is None or own_address_of(message.person):
        return None
    day = formats.date_format(last.ends_on, "j F Y")
    return Letter(
        _("Take along what is yours"),
        (
            _("Your last day at %(where)s is %(day)s. What you learned and showed stays yours.")
            % {"where": last.organisation, "day": day},
            _(
                "Add an address of your own before then: the mailbox at work no longer reaches you "
                "after that day. And have your archive made."
            ),
        ),
        reverse("profile:leaving"),
        _("See to it"),
    )


LEAVING = declare_kind(
    "profile.leaving",
    title=gettext_lazy("What to arrange before you leave"),
    because=gettext_lazy("You get this because a last day at work was set for you."),
    write=_letter,
)


def _first_key(message: Message) -> Letter | None:
    """Of what HR may read and change; not who took something along."""
    if not _hr_of(message.organisation_id).filter(person=message.person_id).exists():
        return None
    return Letter(
        _("%(where)s has a signing key now") % {"where": message.organisation},
        (
            _(
                "Gezel made one, since someone takes along what is theirs and their employer signs "
                "that it is unchanged. It signs nothing else by itself: you decide what is issued."
            ),
            _("Do you want to keep it, make another, or mark it as leaked? You can, at any time."),
        ),
        reverse("profile:keys"),
        _("See the keys"),
    )


FIRST_KEY = declare_kind(
    "profile.first_key",
    title=gettext_lazy("That your organisation got a first signing key"),
    because=gettext_lazy("You get this because you work for HR."),
    write=_first_key,
    concerns=lambda visitor: "hr" in visitor.mandates,
)


def _decided(message: Message) -> Letter | None:
    """What HR decided, while it still stands so: in the words with which HR said why."""
    found = (
        Credential.objects.filter(pk=message.about["credential"], person=message.person)
        .select_related("organisation", "achievement")
        .first()
    )
    if found is None or message.about["what"] != _stands(found):
        return None
    told = {"name": found.wording.name, "where": found.organisation}
    subject, line, why = {
        "revoked": (
            _("%(name)s was withdrawn"),
            _("%(where)s withdrew it. Whoever checks it reads that it no longer counts."),
            found.reason,
        ),
        "suspended": (
            _("%(name)s does not count for now"),
            _("%(where)s suspended it. Whoever checks it reads that, until it is lifted."),
            found.suspended_because,
        ),
        "lifted": (
            _("%(name)s counts again"),
            _("%(where)s lifted the suspension. Whoever checks it reads that it counts."),
            "",
        ),
    }[message.about["what"]]
    lines = (line % told, *([_("Why: %(why)s") % {"why": why}] if why else []))
    path = reverse("profile:credential", args=[found.pk])
    return Letter(subject % told, lines, path, _("Look at it"))


def _stands(credential: Credential) -> str:
    if credential.revoked_at:
        return "revoked"
    return "suspended" if credential.suspended_at else "lifted"


DECIDED = declare_kind(
    "profile.decided",
    title=gettext_lazy("That a credential of yours was withdrawn, suspended or counts again"),
    because=gettext_lazy("You get this because it was issued to you, and others may check it."),
    write=_decided,
)


def _credential_decided(event: CredentialDecided) -> None:
    found = Credential.objects.get(pk=event.credential)
    say_to(
        [found.person_id],
        DECIDED,
        organisation=found.organisation_id,
        once=f"{event.credential} {event.what} {timezone.now().isoformat()}",
        about={"credential": event.credential, "what": event.what},
        # Who shows it today should not learn it from whoever looks at it.
        by=timezone.localdate(),
    )


def _hr_of(organisation: int | None) -> QuerySet[Mandate]:
    return Mandate.objects.current().filter(kind="hr", organisation=organisation)


def _first_key_made(event: FirstKeyMade) -> None:
    people = _hr_of(event.organisation_pk).values_list("person", flat=True)
    say_to(set(people), FIRST_KEY, organisation=event.organisation_pk, once="first")


def _last_day_set(event: EmploymentChanged) -> None:
    """For each of them whose last day lies ahead, once a day that is set."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    ending = Employment.objects.current().filter(
        organisation=event.organisation_pk, person__in=event.person_pks, ends_on__gte=tomorrow
    )
    for person, ends_on in ending.values_list("person_id", "ends_on"):
        say_to(
            [person],
            LEAVING,
            organisation=event.organisation_pk,
            once=f"{ends_on}",
            by=ends_on,
        )


def listen_for_last_days() -> None:
    """Said once, when the house starts."""
    listen(EmploymentChanged, _last_day_set)
    listen(FirstKeyMade, _first_key_made)
    listen(CredentialDecided, _credential_decided)
