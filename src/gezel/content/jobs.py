"""Work of content in the background."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content import actions
from gezel.kit.jobs import Errand, Progress, job


@job(title=_("Remove uploads nobody went on with"))
def remove_uploads(progress: Progress) -> None:
    """Every night: a file that was begun and left goes after a day."""
    actions.sweep_uploads(timezone.now())


def tonight() -> list[Errand]:
    """What is to be done every night."""
    return [(remove_uploads, {})]
