"""Files in an EVC dossier: they are kept as media and not by the piece that shows them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from gezel.assessment.actions import let_go
from gezel.assessment.models import DossierPiece
from gezel.trust.api import goes_along


def with_their_files(pieces: QuerySet[Any]) -> Callable[[], None]:
    """Once the pieces went, their files go where nothing else shows those."""
    media = list(pieces.filter(media__isnull=False).values_list("media", flat=True).distinct())
    return lambda: let_go(media)


goes_along(DossierPiece, with_their_files)
