"""The front door of certificates."""

from gezel.certificates.actions import confirm, refuse, register, save_type
from gezel.certificates.models import (
    CERTIFICATES_OF_A_PERSON,
    CertificateSkill,
    CertificateType,
    Duty,
    Holding,
)
from gezel.certificates.rules import valid_until

__all__ = [
    "CERTIFICATES_OF_A_PERSON",
    "CertificateSkill",
    "CertificateType",
    "Duty",
    "Holding",
    "confirm",
    "refuse",
    "register",
    "save_type",
    "valid_until",
]
