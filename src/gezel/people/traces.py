"""Traces of people in staff lists on their way in, which lead to no account."""

import json
import zlib

from gezel.people.models import Intake, IntakeLine
from gezel.trust.api import Erased, also_forget


def forget_in_lists(erased: Erased) -> int:
    """Rows of a list that bear the address of someone who erased their account go from it."""
    found = 0
    address = erased.email.casefold()
    for intake in Intake.objects.exclude(state=Intake.State.DONE).exclude(table=b""):
        rows = json.loads(zlib.decompress(bytes(intake.table)))
        left = [r for r in rows if address not in (str(cell).strip().casefold() for cell in r)]
        if len(left) < len(rows):
            found += len(rows) - len(left)
            packed = zlib.compress(json.dumps(left, ensure_ascii=False).encode("utf-8"), 3)
            Intake.objects.filter(pk=intake.pk).update(table=packed, rows=len(left))
    for words in {erased.email, erased.name} - {""}:
        found += IntakeLine.objects.filter(who__icontains=words).delete()[0]
    return found


also_forget(forget_in_lists)
