"""Work of the catalogue in the background."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.catalogue import actions, effects, previews
from gezel.catalogue.models import Activity
from gezel.kit.jobs import Errand, Outcome, Progress, job, nightly
from gezel.people.api import Organisation


@job(title=gettext_lazy("Remove who shared what is no longer on offer"))
def forget(progress: Progress) -> Outcome:
    """Every night: what was kept as long as we said it would be, goes."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_old(timezone.localdate())})


@job(title=gettext_lazy("Look at a link that was shared"))
def look_at_link(progress: Progress, *, activity: int) -> Outcome:
    """The page behind a link is read once, where the house allows it (`GEZEL_ASK_LINKS`)."""
    there = Activity.objects.filter(pk=activity, preview=None).values_list("link", flat=True)
    link = there.first()
    found = previews.look_at(link) if link and settings.ASK_LINKS else None
    if not link or found is None or not actions.keep_preview(activity, link, found):
        return Outcome(_("Nothing to show beside the link: the page did not tell what it is."))
    return Outcome(
        _("What the page tells of itself stands beside the link."),
        url=reverse("catalogue:activity", args=[activity]),
    )


@job(title=gettext_lazy("Count what learning activities bring"))
def count_effects(progress: Progress, *, organisation: int) -> Outcome:
    """Every night: levels before and after, and what people say they will use."""
    found = Organisation.objects.filter(pk=organisation).first()
    counted = effects.count(found, timezone.localdate()) if found is not None else 0
    return Outcome("", figures={"activities": counted})


def tonight() -> list[Errand]:
    """What is to be done every night."""
    told = Activity.objects.order_by("organisation").values_list("organisation", flat=True)
    counts: list[Errand] = [(count_effects, {"organisation": pk}) for pk in told.distinct()]
    return [(forget, {}), *counts]


nightly(tonight)
