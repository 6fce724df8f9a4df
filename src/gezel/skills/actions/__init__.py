"""What people do with skills: one function per sentence of the business.

`evidence` is what people showed; `profiles` is what roles ask; `frameworks` takes in ESCO and
O*NET; `counts` keeps the figures behind the need map.
"""

from gezel.skills.actions.counts import count_needs, mark_stale, recompute_organisation, recount
from gezel.skills.actions.evidence import (
    add_evidence,
    answer_request,
    ask_view,
    close_request,
    correct,
    object_to,
    rate_oneself,
    recompute,
    vouch,
)
from gezel.skills.actions.frameworks import TakenIn, Tally, import_esco, import_onet

__all__ = [
    "TakenIn",
    "Tally",
    "add_evidence",
    "answer_request",
    "ask_view",
    "close_request",
    "correct",
    "count_needs",
    "import_esco",
    "import_onet",
    "mark_stale",
    "object_to",
    "rate_oneself",
    "recompute",
    "recompute_organisation",
    "recount",
    "vouch",
]
