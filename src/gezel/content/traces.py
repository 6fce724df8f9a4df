"""Photos of someone's work: they hang on the proof and not on the person."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from gezel.content.actions.practice import let_photos_go
from gezel.content.models import Proof
from gezel.trust.api import goes_along


def with_their_photos(proofs: QuerySet[Any]) -> Callable[[], None]:
    """Once the proofs went, alone or with the account, their photos go where nothing else shows
    those."""
    media = list(proofs.values_list("media", flat=True))
    return lambda: let_photos_go(media)


goes_along(Proof, with_their_photos)
