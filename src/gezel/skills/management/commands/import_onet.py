"""`gezel import_onet DIR`: take in the O*NET package that lies in a folder."""

from gezel.skills.actions import import_onet
from gezel.skills.management.commands._take_in import TakeIn


class Command(TakeIn):
    help = "Take in O*NET: skills, occupations and what these ask. Repeatable; all or nothing."
    take_in = staticmethod(import_onet)
