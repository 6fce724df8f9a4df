"""Work of content in the background."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gezel.catalogue.api import Taught
from gezel.content import actions, words
from gezel.content.actions import launches
from gezel.content.actions.bringing import sweep_intakes
from gezel.content.actions.packages import sweep_packages
from gezel.content.actions.receiving import Arrived, drop_upload
from gezel.content.models import ModuleIntake, Package, Proof, Upload, Writing
from gezel.content.rules.bodies import Words
from gezel.content.rules.cartridge import CartridgeRefused
from gezel.content.rules.packages import PackageRefused
from gezel.kit.archives import ArchiveRefused
from gezel.kit.jobs import Errand, Outcome, Progress, Refused, job
from gezel.people.api import Organisation, Person

A_YEAR = timedelta(days=365)
A_MONTH = timedelta(days=30)


NOT_TAKEN = (ArchiveRefused, PackageRefused, CartridgeRefused, actions.Refused)


@job(title=_("Bring in a package"))
def bring_in_package(
    progress: Progress,
    *,
    upload: str,
    asker: int,
    organisation: int,
    form_key: str,
    about: dict[str, Any],
) -> Outcome:
    """A package too large to look into while someone waits."""
    # A try that was killed at the very end had done it all.
    done = Package.objects.filter(
        activity__key=form_key, activity__organisation=organisation
    ).first()
    if done is None:
        person = Person.objects.get(pk=asker)
        with _claimed(person, upload, "package") as arrived:
            stored = _stored(progress, upload, arrived)
            done = actions.bring_package(
                Organisation.objects.get(pk=organisation),
                stored,
                by=person,
                filename=arrived.name,
                key=uuid.UUID(form_key),
                title=Words(**about["title"]),
                goal=Words(**about["goal"]),
                minutes=about["minutes"],
                teaches=[Taught(*told) for told in about["teaches"]],
            )
    return Outcome(
        gettext("The package is in. Look at it, and put it on offer."),
        url=reverse("content:package_edit", args=[done.pk]),
    )


@job(title=_("Bring in a new edition"))
def bring_in_edition(
    progress: Progress, *, upload: str, asker: int, package: int, since: str
) -> Outcome:
    """The same for a new file of a package that is there; `since` is when it was asked."""
    found = Package.objects.filter(pk=package).first()
    if found is None:
        raise Refused(gettext("The package is no longer there."))
    person = Person.objects.get(pk=asker)
    made = found.editions.filter(
        brought_by=person, created_at__gte=datetime.fromisoformat(since)
    ).first()
    before = found.current_id
    if made is None:
        with _claimed(person, upload, "package") as arrived:
            stored = _stored(progress, upload, arrived)
            made = actions.add_edition(found, stored, by=person, filename=arrived.name)
    return Outcome(
        gettext("This is the edition that is there already.")
        if made.pk == before and made.created_at < datetime.fromisoformat(since)
        else gettext("Edition %(number)s is there. Who begins from now on gets it.")
        % {"number": made.number},
        url=reverse("content:package_edit", args=[found.pk]),
    )


@job(title=_("Look into a course"))
def look_into_course(
    progress: Progress,
    *,
    upload: str,
    asker: int,
    organisation: int,
    language: str,
    form_key: str,
) -> Outcome:
    """See what modules a large file would come to."""
    person = Person.objects.get(pk=asker)
    found = ModuleIntake.objects.filter(pk=form_key, by=person).first()
    if found is None:
        with _claimed(person, upload, "course") as arrived:
            found = actions.look_at(
                arrived.path,
                organisation=Organisation.objects.get(pk=organisation),
                by=person,
                name=arrived.name,
                language=language,
                key=uuid.UUID(form_key),
            )
    return Outcome(
        gettext("The file is looked into. See what would come in."),
        url=reverse("content:intake", args=[found.pk]),
    )


@job(title=_("Make modules of a course"))
def make_modules(progress: Progress, *, intake: str) -> Outcome:
    """Someone said yes to a large file: every module of it, or none."""
    found = ModuleIntake.objects.select_related("organisation", "by").filter(pk=intake).first()
    if found is None:
        raise Refused(gettext("The uploaded file is no longer there. Choose it again."))
    with _told_why():
        made = actions.take_over(found)
    return Outcome(
        ngettext(
            "%(n)s module is made, as a draft of yours.",
            "%(n)s modules are made, as drafts of yours.",
            len(made),
        )
        % {"n": len(made)},
        url=reverse("content:intake", args=[found.pk]),
    )


def _stored(progress: Progress, upload: str, arrived: Arrived) -> actions.Stored:
    progress.message = gettext("Unpacking the file")

    def tell(done: int, whole: int) -> None:
        # In thousands of bytes, so that the largest fits the row.
        progress.all, progress.done = whole >> 10, done >> 10

    return actions.store(arrived.path, tell=tell, room=f"job-{upload}")


@contextmanager
def _claimed(by: Person, upload: str, purpose: str) -> Iterator[Arrived]:
    """The file that arrived. Whether it is used or refused, nothing of it stays."""
    number = uuid.UUID(upload)
    try:
        with _told_why(), actions.claim_upload(by, number, purpose=purpose) as arrived:
            yield arrived
    except Refused:
        for left in Upload.objects.filter(pk=number, person=by):
            drop_upload(left)
        raise


@contextmanager
def _told_why() -> Iterator[None]:
    try:
        yield
    except NOT_TAKEN as refused:
        raise Refused(words.reason(refused)) from refused


@job(title=_("Remove uploads nobody went on with"))
def remove_uploads(progress: Progress) -> None:
    """Every night: a file that was begun and left goes after a day."""
    actions.sweep_uploads(timezone.now())


@job(title=_("Remove packages that never came in whole"))
def remove_leftover_packages(progress: Progress) -> None:
    """Every night: folders that no package is in."""
    sweep_packages()


@job(title=_("Close cmi5 sessions nobody ended"))
def close_silent_launches(progress: Progress) -> None:
    """A session that has been silent for hours is abandoned, as soon as there is one."""
    launches.abandon_silent(timezone.now())


@job(title=_("Remove cmi5 registrations of other systems after two years"))
def forget_registrations(progress: Progress) -> None:
    """Every night: what another system registered goes two years after its last launch."""
    launches.forget_outside(timezone.now())


def soon() -> list[Errand]:
    """What is to be done now, looked for every minute."""
    if launches.silent_sessions(timezone.now()).exists():
        return [(close_silent_launches, {})]
    return []


@job(title=_("Remove files nobody made modules of"))
def remove_intakes(progress: Progress) -> None:
    """Every night: a file that was looked at and left goes after a day."""
    sweep_intakes(timezone.now())


@job(title=_("Remove photos of work after a year"))
def remove_proofs(progress: Progress) -> None:
    """Every night: the photo goes a year after it was looked at, and what was never looked at a
    year after it was sent. The evidence stays."""
    old = timezone.now() - A_YEAR
    looked = Q(looked_at__lt=old) | Q(looked_at=None, sent_at__lt=old)
    actions.drop_proofs(list(Proof.objects.filter(looked).values_list("pk", flat=True)))


@job(title=_("Remove what was written and never saved"))
def remove_writings(progress: Progress) -> None:
    """Every night: a form someone left goes after thirty days."""
    Writing.objects.filter(at__lt=timezone.now() - A_MONTH).delete()


@job(title=_("Finish packages that were completed and left"))
def finish_packages(progress: Progress) -> None:
    """Every night: whoever closed the window at the end has completed it all the same."""
    actions.finish_left_alone(timezone.now())


@job(title=_("Work out how fast cards come back"))
def fit_paces(progress: Progress) -> None:
    """Every night: the pace of everyone, from their reviews."""
    actions.fit_paces(timezone.now())


@job(title=_("Make a film small for phones"))
def make_film_small(progress: Progress, *, media: int) -> None:
    """A small film beside the one that came, and its picture. Twice is as once."""
    actions.shrink(media)


def films_waiting() -> list[Errand]:
    """Films that came in and wait, one after another: each takes a core."""
    if not actions.can_shrink():
        return []
    return [
        (make_film_small, {"media": pk})
        for pk in actions.films_to_shrink().values_list("pk", flat=True)[:1]
    ]


def tonight() -> list[Errand]:
    """What is to be done every night."""
    return [
        (remove_uploads, {}),
        (remove_leftover_packages, {}),
        (forget_registrations, {}),
        (remove_intakes, {}),
        (remove_proofs, {}),
        (remove_writings, {}),
        (finish_packages, {}),
        (fit_paces, {}),
    ]
