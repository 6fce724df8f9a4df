"""Everything that is declared about a person, read to be taken along."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile

from gezel.people.api import Person
from gezel.profile.models import Credential
from gezel.profile.rules.archive import fingerprint, plain
from gezel.records.api import Statement
from gezel.skills.api import Skill, SkillLink
from gezel.trust.api import Declaration, declarations

# Statements travel in the field's own form, a line each; credentials word for word beside it.
IN_THEIR_OWN_FORM = frozenset({"records.Statement"})
_AT_ONCE = 2_000


def installation() -> str:
    """How this installation is called in an archive."""
    return str(settings.BASE_URL).rstrip("/")


def _mark() -> str:
    return fingerprint(installation())[:8]


def taken_along() -> list[Declaration]:
    """The tables that a person takes along as facts, in the order of "who sees what"."""
    return [d for d in declarations() if d.model._meta.label not in IN_THEIR_OWN_FORM]


def rows_of(declaration: Declaration, person: Person) -> "models.QuerySet[Any]":
    """The rows of one table that are this person's to take."""
    mine = Q(pk__in=[])  # where nobody takes it, that is no row, and not every row
    for field in declaration.taken_by:
        mine |= Q(**{field: person.pk})
    found = declaration.model._base_manager.filter(mine).distinct().order_by("pk")
    links = [
        f.name
        for f in declaration.model._meta.concrete_fields
        if f.is_relation and f.name not in declaration.stays
    ]
    return found.select_related(*links) if links else found


def facts_of(
    declaration: Declaration, person: Person, files: dict[str, FieldFile]
) -> Iterator[dict[str, Any]]:
    """Rows as facts. Other people are named and no more; files are told by their place.

    Args:
        files: is told which files these rows name, by the name they get in the archive.
    """
    label = declaration.model._meta.label
    fields = [
        f
        for f in declaration.model._meta.concrete_fields
        if f.name not in declaration.stays and not f.primary_key
    ]
    source = installation()
    for row in rows_of(declaration, person).iterator(chunk_size=_AT_ONCE):
        said = {field.name: _said(row, field, person, files) for field in fields}
        yield {"table": label, "key": str(row.pk), "from": source, "fields": said}


def _said(
    row: models.Model, field: "models.Field[Any, Any]", person: Person, files: dict[str, FieldFile]
) -> Any:
    if field.is_relation:
        key = getattr(row, field.attname)
        if key is None:
            return None
        if field.related_model is get_user_model():
            return "me" if key == person.pk else {"name": str(getattr(row, field.name))}
        return {"id": str(key), "name": str(getattr(row, field.name))}
    value = getattr(row, field.name)
    if isinstance(value, FieldFile):
        if not value:
            return None
        # With a mark of where it is from: another Gezel has a file of the same name, perhaps.
        name = f"files/{_mark()}/{value.name}"
        files[name] = value
        return {"file": name}
    return plain(value)


def statements_to_take(person: Person) -> Iterator[dict[str, Any]]:
    """Every statement about this person as it was written, oldest first."""
    rows = Statement.objects.filter(person=person).order_by("stored", "pk")
    yield from rows.values_list("raw", flat=True).iterator(chunk_size=_AT_ONCE)


def skills_told(keys: Sequence[int]) -> list[dict[str, Any]]:
    """Skills by all names others may know them by."""
    links: dict[int, list[dict[str, str]]] = {}
    for skill, scheme, identifier in SkillLink.objects.filter(skill__in=keys).values_list(
        "skill_id", "scheme", "identifier"
    ):
        links.setdefault(skill, []).append({"scheme": scheme, "identifier": identifier})
    source = installation()
    return [
        {
            "from": source,
            "id": str(skill.pk),
            "names": {n: t for n, t in (("nl", skill.name_nl), ("en", skill.name_en)) if t},
            "uri": skill.uri,
            "links": links.get(skill.pk, []),
        }
        for skill in Skill.objects.filter(pk__in=keys).order_by("pk")
    ]


def own_credentials(person: Person) -> list[Credential]:
    """What was issued here to this person, with what it says about a skill."""
    return list(
        Credential.objects.filter(person=person)
        .select_related("organisation", "achievement")
        .order_by("issued_at", "pk")
    )
