"""What of a certificate outlives its holder's account, because a law has the employer show it.

Only a certificate whose terms HR said come from the law, confirmed and by its source; the least:
which, when, until when. Until five years after it lapsed, when a claim about work done under it
is out of time (Dutch Civil Code, book 3, article 310).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.certificates.models import Holding, TypeTerms
from gezel.trust.api import LegalFact, kept_by_law

CLAIMS_END = timedelta(days=5 * 365 + 1)


def statutory(person: int) -> Sequence[LegalFact]:
    """Of one person, the certificates of which the least is kept, each with its law."""
    holdings = (
        Holding.objects.filter(
            person=person, state=Holding.State.CONFIRMED, terms__basis=TypeTerms.Basis.LAW
        )
        .exclude(terms__source_nl="", terms__source_en="")
        .select_related("type", "terms")
        .order_by("issued_on")
    )
    today = timezone.localdate()
    found = []
    for holding in holdings:
        ended: date = holding.valid_until or today
        until = ended + CLAIMS_END
        if until <= today or holding.terms is None:
            continue
        facts = {_("Issued on"): holding.issued_on.isoformat()}
        if holding.valid_until:
            facts[_("Valid until")] = holding.valid_until.isoformat()
        found.append(
            LegalFact(
                holding.type.organisation_id,
                str(holding.type),
                holding.terms.source,
                until,
                facts,
            )
        )
    return found


kept_by_law(Holding, statutory)
