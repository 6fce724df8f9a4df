"""What people do with skills: one function per sentence of the business.

`evidence` is what people showed; `profiles` is what roles ask; `frameworks` takes in ESCO and
O*NET.
"""

from gezel.skills.actions.evidence import add_evidence, rate_oneself, recompute, vouch
from gezel.skills.actions.frameworks import TakenIn, Tally, import_esco, import_onet

__all__ = [
    "TakenIn",
    "Tally",
    "add_evidence",
    "import_esco",
    "import_onet",
    "rate_oneself",
    "recompute",
    "vouch",
]
