"""What the record store keeps."""

from gezel.records.models.documents import Document
from gezel.records.models.forwarding import Forward, Undelivered
from gezel.records.models.keys import Key
from gezel.records.models.readers import STATEMENTS_OF_A_PERSON
from gezel.records.models.statements import (
    Activity,
    Address,
    Attachment,
    JsonText,
    Mention,
    OnlyEverAdded,
    Reference,
    Shelf,
    Statement,
    StatementQuerySet,
)

__all__ = [
    "STATEMENTS_OF_A_PERSON",
    "Activity",
    "Address",
    "Attachment",
    "Document",
    "Forward",
    "JsonText",
    "Key",
    "Mention",
    "OnlyEverAdded",
    "Reference",
    "Shelf",
    "Statement",
    "StatementQuerySet",
    "Undelivered",
]
