"""What people announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmploymentChanged:
    """People began, ended or changed an employment here."""

    organisation_pk: int
    person_pks: tuple[int, ...]
