"""Who is on a path: put there by hand, by a list or by a rule; going on, stopping, exempt."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.content.api import let_off_by_tests
from gezel.kit.events import announce
from gezel.paths import queries
from gezel.paths.actions.reckoning import reckon
from gezel.paths.actions.walking import skip_what_is_shown, skip_what_is_waived
from gezel.paths.common import activities_in
from gezel.paths.events import Enrolled
from gezel.paths.letters import tell_who_was_put_on
from gezel.paths.models import Enrolment, Exemption, Path, Rule
from gezel.people.api import Person

BATCH = 2_000
KEPT_AFTER_THE_END = timedelta(days=731)


@transaction.atomic
def enrol(
    path: Path,
    person_pks: Iterable[int],
    *,
    begins_on: date,
    how: str,
    by: Person | None = None,
    begins: dict[int, date] | None = None,
) -> int:
    """People are put on a path, in its newest version; who is on it already stays as they are.

    Gives how many were new. What they show already is skipped at once.

    Raises:
        ValidationError: the path was not published, or is out of use.
    """
    if path.state != Path.State.OPEN:
        raise ValidationError(_("Publish this path first, or take it into use again."))
    return put_on(path, person_pks, begins_on=begins_on, how=how, by=by, begins=begins)


def put_on(
    path: Path,
    person_pks: Iterable[int],
    *,
    begins_on: date,
    how: str,
    by: Person | None = None,
    rule: Rule | None = None,
    begins: dict[int, date] | None = None,
) -> int:
    """The same, for who looked already whether the path is in use."""
    version = path.versions.order_by("-number").first()
    if version is None:
        raise ValidationError(_("Publish this path first."))
    new = 0
    pks = sorted(set(person_pks))
    for start in range(0, len(pks), BATCH):
        part = pks[start : start + BATCH]
        there = set(
            Enrolment.objects.filter(
                path=path, person__in=part, state=Enrolment.State.OPEN
            ).values_list("person_id", flat=True)
        )
        new += _begin(
            [
                Enrolment(
                    path=path,
                    version=version,
                    person_id=pk,
                    begins_on=(begins or {}).get(pk, begins_on),
                    how=how,
                    rule=rule,
                    enrolled_by=by,
                )
                for pk in part
                if pk not in there
            ]
        )
    return new


def _begin(fresh: list[Enrolment]) -> int:
    """They are on it from now; of two who put the same people on it at once, one does."""
    if not fresh:
        return 0
    path, version = fresh[0].path, fresh[0].version
    let_off_by_tests([one.person_id for one in fresh], activities_in(version.structure))
    Enrolment.objects.bulk_create(fresh, ignore_conflicts=True)
    kept = list(
        Enrolment.objects.filter(
            path=path,
            version=version,
            person__in=[one.person_id for one in fresh],
            state=Enrolment.State.OPEN,
        )
    )
    for one in kept:
        one.version = version
    skip_what_is_shown(kept)
    skip_what_is_waived(kept)
    reckon(kept)
    tell_who_was_put_on(kept, organisation=path.organisation_id)
    announce(Enrolled(path.pk, tuple(one.person_id for one in kept), timezone.localdate()))
    return len(kept)


@transaction.atomic
def stop(enrolment: Enrolment, *, why: str, on: date) -> None:
    """HR takes someone off a path, with the reason; what they did stays. No rule puts them back.

    Raises:
        ValidationError: no reason is given.
    """
    if not why.strip():
        raise ValidationError(_("Say why: they read this, and so does who leads them."))
    Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.OPEN).update(
        state=Enrolment.State.STOPPED,
        ended_on=on,
        why_ended=why.strip()[:300],
        unmatched_on=None,
        minutes_left=0,
    )


@transaction.atomic
def let_stay(enrolment: Enrolment) -> None:
    """HR decides that someone goes on although the rule no longer means them."""
    Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.OPEN).update(
        stays=True, unmatched_on=None
    )


@transaction.atomic
def excuse(
    path: Path,
    person: Person,
    *,
    reason: str,
    from_on: date,
    until_on: date | None,
    by: Person,
    key: uuid.UUID | None = None,
) -> Exemption:
    """Someone need not follow a path, for a reason; who is on it is taken off.

    The same key again is the same exception.

    Raises:
        ValidationError: it ends before it begins.
    """
    if until_on is not None and until_on < from_on:
        raise ValidationError({"until_on": _("It cannot end before it begins. Check both dates.")})
    exemption, new = Exemption.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "path": path,
            "person": person,
            "reason": reason,
            "from_on": from_on,
            "until_on": until_on,
            "made_by": by,
        },
    )
    if exemption.path_id != path.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    today = timezone.localdate()
    if new and from_on <= today:
        Enrolment.objects.filter(path=path, person=person, state=Enrolment.State.OPEN).update(
            state=Enrolment.State.EXEMPT, ended_on=today, why_ended=reason, unmatched_on=None,
            minutes_left=0,
        )  # fmt: skip
    return exemption


@transaction.atomic
def excuse_no_more(exemption: Exemption) -> None:
    """The exception ended yesterday; that it was there stays to be read. Rules may put them on
    the path again."""
    yesterday = timezone.localdate() - timedelta(days=1)
    if exemption.from_on > yesterday:
        exemption.delete()
    else:
        Exemption.objects.filter(pk=exemption.pk).update(until_on=yesterday)


def forget_old_exemptions(today: date) -> None:
    """Exceptions that ended two years ago go, as they said they would."""
    Exemption.objects.filter(until_on__lt=today - KEPT_AFTER_THE_END).delete()


@transaction.atomic
def move(path: Path, enrolment_pks: Collection[int] | None = None) -> int:
    """Who is under way goes on in the newest version; what they did there counts where it stands.

    Gives how many moved. None means everyone under way.
    """
    version = path.versions.order_by("-number").first()
    if version is None:
        return 0
    found = Enrolment.objects.select_for_update(of=("self",)).filter(
        path=path, state=Enrolment.State.OPEN
    )
    if enrolment_pks is not None:
        found = found.filter(pk__in=enrolment_pks)
    moved = 0
    moving = list(found.exclude(version=version).select_related("version").order_by("pk"))
    for start in range(0, len(moving), BATCH):
        part = moving[start : start + BATCH]
        for one in part:
            one.version = version
        Enrolment.objects.bulk_update(part, ["version"])
        skip_what_is_shown(part)
        skip_what_is_waived(part)
        reckon(part)
        moved += len(part)
    return moved


# -- by a list ------------------------------------------------------------------------------------


@transaction.atomic
def enrol_listed(
    path: Path, listed: "queries.Listed", *, digest: str, begins_on: date, by: Person
) -> int:
    """People of a list are put on a path, as it was shown.

    Raises:
        ListChanged: since it was shown, something came out otherwise; look again.
    """
    if listed.digest != digest:
        raise ListChanged
    return enrol(
        path,
        [row.person_pk for row in listed.new if row.person_pk],
        begins_on=begins_on,
        how=Enrolment.How.LIST,
        by=by,
        begins={
            row.person_pk: row.begins_on for row in listed.new if row.person_pk and row.begins_on
        },
    )


class ListChanged(Exception):  # noqa: N818 - reads as what it is where it is raised
    """What a list would do is no longer what was shown."""
