"""Reading ESCO and O*NET, in the official downloads' layout and in our compact one.

A reader opens a folder, checks every row and gives one `Framework`: plain values, no database.
What does not fit is refused whole, with the file, the line and what to do (`BadPackage`).
"""

from gezel.skills.frameworks.base import (
    BadPackage,
    Framework,
    OccupationRow,
    RelationRow,
    SkillRow,
)
from gezel.skills.frameworks.esco import read_esco
from gezel.skills.frameworks.onet import read_onet

__all__ = [
    "BadPackage",
    "Framework",
    "OccupationRow",
    "RelationRow",
    "SkillRow",
    "read_esco",
    "read_onet",
]
