"""What skills keeps as long as it said, and no longer."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from gezel.skills.models import EvidenceRequest, RaterFit

REQUESTS_KEPT = timedelta(days=30)
FITS_KEPT = timedelta(days=730)


def forget_old() -> int:
    """Remove questions that were closed thirty days ago, and what was fitted of raters more than
    two years ago where a newer figure took its place; how many rows that were."""
    closed = EvidenceRequest.objects.filter(closed_at__lt=timezone.now() - REQUESTS_KEPT)
    newer = RaterFit.objects.filter(
        organisation=OuterRef("organisation"),
        rater=OuterRef("rater"),
        kind=OuterRef("kind"),
        fitted_on__gt=OuterRef("fitted_on"),
    )
    fits = RaterFit.objects.filter(
        Exists(newer), fitted_on__lt=timezone.localdate() - FITS_KEPT
    ).values_list("pk", flat=True)
    gone = RaterFit.objects.filter(pk__in=list(fits)).delete()[0]
    return gone + closed.delete()[0]
