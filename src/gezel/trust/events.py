"""What trust announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ManyLooked:
    """Someone opened the data of a great many people in one day; told once a day, and anew each
    time that they came to the limit after a colleague let them go on."""

    looks_pk: int
    reader_pk: int
    organisation_pk: int
    time: int = 1
