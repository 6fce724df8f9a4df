"""`gezel import_esco DIR`: take in the ESCO package that lies in a folder."""

from gezel.skills.actions import import_esco
from gezel.skills.management.commands._take_in import TakeIn


class Command(TakeIn):
    help = "Take in ESCO: skills, occupations and what these ask. Repeatable; all or nothing."
    take_in = staticmethod(import_esco)
