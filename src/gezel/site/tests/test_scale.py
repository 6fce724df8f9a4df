"""The organisation to measure on is built from the tables as they are now."""

from __future__ import annotations

import pytest

from gezel.people.api import Organisation
from gezel.site.demo.scale import build_scale
from gezel.skills.api import Evidence, Standing

pytestmark = pytest.mark.django_db


def test_a_small_one_has_evidence_behind_every_estimate() -> None:
    told = build_scale(40)

    organisation = Organisation.objects.get(slug="scale-40")
    assert told["people"] == 40
    assert Evidence.objects.filter(organisation=organisation).count() == Standing.objects.count()
    assert Standing.objects.count() > 40
