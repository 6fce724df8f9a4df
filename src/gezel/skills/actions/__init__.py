"""What people do with skills: one function per sentence of the business.

`evidence` is what people showed; `profiles` is what roles ask; `frameworks` takes in ESCO and
O*NET.
"""

from gezel.skills.actions.evidence import add_evidence, rate_oneself, recompute, vouch

__all__ = ["add_evidence", "rate_oneself", "recompute", "vouch"]
