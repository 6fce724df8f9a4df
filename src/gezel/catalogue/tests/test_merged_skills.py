"""A skill that was merged: tips, the panel and the filter read it as the one that stays."""

from collections.abc import Callable

import pytest
from django.test import Client

from gezel.catalogue.queries import activities_teaching, tips_for, wants_of
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person, Visitor
from gezel.skills.actions import merge_skill
from gezel.skills.models import Skill
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence


@pytest.fixture
def merged(van_dijk: Organisation, femke: Person) -> tuple[Skill, Skill]:
    own = a_skill("Remmen", organisation=van_dijk)
    shared = a_skill("repair brakes")
    merge_skill(own, shared, organisation=van_dijk, by=femke)
    return own, shared


def test_what_teaches_either_name_helps_who_is_asked_either(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, as_visitor: Callable[[Person], Visitor],
    merged: tuple[Skill, Skill],
) -> None:  # fmt: skip
    own, shared = merged
    a_profile(van_dijk, {own: 3, shared: 2}, name="Mechanic")
    an_evidence(noor, own, level=1, by=daan)
    under_own = an_activity(van_dijk, title="Under the old name", teaches={own: (1, 3)})
    under_shared = an_activity(van_dijk, title="Under the new name", teaches={shared: (1, 3)})
    visitor = as_visitor(noor)

    wants = wants_of(visitor)

    assert [(want.skill, want.asked) for want in wants] == [(shared.pk, 3)]
    assert wants[0].held > 0
    assert {told.activity for told in tips_for(visitor).tips} == {under_own, under_shared}
    assert set(activities_teaching(visitor, shared.pk, from_level=1.0)) == {
        under_own,
        under_shared,
    }


def test_the_panel_and_the_filter_show_both(
    *,
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client],
    merged: tuple[Skill, Skill],
) -> None:  # fmt: skip
    own, shared = merged
    an_activity(van_dijk, title="Under the old name", teaches={own: (1, 3)})
    client = visit(noor)

    for address in (f"/learn/panels/teaches/{shared.pk}/", f"/learn/?skill={shared.pk}"):
        assert "Under the old name" in client.get(address).content.decode(), address
