"""Whatever points at a person says why, who may read it, on what ground and until when."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from gezel.trust.api import declarations

# Tables that point at a person and say nothing about them, each with the reason.
EXCUSED = {
    "people.LeadLine": "unrolled from Employment.lead, remade at each change, holds nothing new",
    "kit.Task": "work somebody asked for; gone after ninety days, shown to that person only",
}


def pointing_at_people() -> dict[type[models.Model], list[str]]:
    """Every table with a direct link to a person, and the fields that make it."""
    person = get_user_model()
    found = {}
    for model in apps.get_models(include_auto_created=True):
        links = [
            f.name
            for f in model._meta.get_fields()
            if f.concrete and f.is_relation and f.related_model is person
        ]
        if links:
            found[model] = links
    return found


def test_every_table_about_people_is_declared() -> None:
    declared = {d.model for d in declarations()}
    silent = {
        model._meta.label: links
        for model, links in pointing_at_people().items()
        if model not in declared and model._meta.label not in EXCUSED
    }

    assert silent == {}, "say what it is for: @personal_data on the model"


def test_no_excuse_outlives_its_table() -> None:
    labels = {model._meta.label for model in pointing_at_people()}
    declared = {d.model._meta.label for d in declarations()}

    assert set(EXCUSED) <= labels
    assert not set(EXCUSED) & declared


def test_every_declaration_can_be_read_and_counted(db: None) -> None:
    """The fields it names lead to a person, and every sentence is a sentence."""
    for declaration in declarations():
        where = declaration.model._meta.label
        for path in declaration.person:
            list(declaration.model._base_manager.filter(**{path: 1})[:1])
        for sentence in (declaration.purpose, declaration.ground, declaration.term):
            assert str(sentence).endswith("."), (where, sentence)
        assert str(declaration.what)[0].isupper(), where
        assert declaration.audience.relations, where


def test_what_is_about_a_person_leads_to_that_person() -> None:
    """Beside links: no table keeps an e-mail address or a name of someone without saying so."""
    declared = {d.model for d in declarations()}
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("gezel.") and model not in declared
        for field in model._meta.concrete_fields
        if isinstance(field, models.EmailField)
        or field.name in {"first_name", "last_name", "birth_date", "phone"}
    ]

    assert loose == []
