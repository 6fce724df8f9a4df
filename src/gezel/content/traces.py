"""Photos of someone's work: they hang on the proof and not on the person."""

from gezel.content.actions.practice import drop_proofs
from gezel.content.models import Proof
from gezel.trust.api import Erased, also_forget


def drop_photos(erased: Erased) -> int:
    """What someone sent in as proof goes, with its photo where nothing else shows that."""
    mine = list(Proof.objects.filter(person=erased.pk).values_list("pk", flat=True))
    drop_proofs(mine)
    return len(mine)


also_forget(drop_photos)
