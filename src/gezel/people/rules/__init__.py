"""What people decides without a database: reporting lines, and what an import would do."""

from gezel.people.rules.columns import guess_columns
from gezel.people.rules.importing import (
    Account,
    Change,
    Known,
    Places,
    Plan,
    Remark,
    address,
    needs_brake,
    plan,
)
from gezel.people.rules.lines import lines, loops

__all__ = [
    "Account",
    "Change",
    "Known",
    "Places",
    "Plan",
    "Remark",
    "address",
    "guess_columns",
    "lines",
    "loops",
    "needs_brake",
    "plan",
]
