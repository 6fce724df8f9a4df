"""What someone shows and lacks, in words."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from gezel.kit.templatetags.kit import short_day
from gezel.people.api import Person
from gezel.skills.queries import SkillAsked
from gezel.skills.rules import Need
from gezel.skills.tests.builders import a_skill
from gezel.skills.words import needs_told, skills_told

pytestmark = pytest.mark.django_db
SEEN = date(2026, 3, 15)


def test_figures_are_said_in_the_readers_language(noor: Person) -> None:
    diesel = a_skill("Diesel")
    row = SkillAsked(diesel, 4, True, 2.44, 1.96, 2.9, 3, SEEN)
    need = Need(diesel, 1.6, True, 4, 2.4)
    for language, level, gap in (("en", "2.4", "1.6"), ("nl", "2,4", "1,6"), ("en", "2.4", "1.6")):
        with translation.override(language):
            (told,), (lacks,) = skills_told(noor, [row]), needs_told(noor, [need])
            assert told["newest_on"] == short_day(SEEN)
        assert (told["level"], told["low"], told["short"]) == (level, "2", gap)
        assert (lacks["held"], lacks["gap"], lacks["asked"]) == (level, gap, "4")
        assert level in told["bar"]


def test_a_skill_leads_to_where_its_level_comes_from(noor: Person) -> None:
    diesel = a_skill("Diesel")
    (told,) = skills_told(noor, [SkillAsked(diesel, 4, False, 2.0, 1.0, 3.0, 1, SEEN)])
    (lacks,) = needs_told(noor, [Need(diesel, 2.0, False, 4, 2.0)])
    assert told["ledger"] == lacks["ledger"] == reverse("skills:ledger", args=[noor.pk, diesel.pk])


def test_less_than_half_a_level_short_is_no_need_and_nothing_known_no_level(noor: Person) -> None:
    diesel = a_skill("Diesel")
    near = SkillAsked(diesel, 3, False, 2.6, 2.0, 3.0, 2, SEEN)
    unknown = SkillAsked(diesel, 3, False, 0.0, 0.0, 0.0, 0, None)
    close, nothing = skills_told(noor, [near, unknown])
    assert (close["short"], close["pieces_told"]) == ("", "2")
    assert (nothing["short"], nothing["pieces"], nothing["newest_on"]) == ("3", 0, "")
    assert "nothing known" in nothing["bar"]
    (lacks,) = needs_told(noor, [Need(diesel, 3.0, False, 3, 0.0)])
    assert lacks["held"] == ""


def test_a_day_asked_in_another_language_is_not_remembered_for_the_reader() -> None:
    with translation.override("nl"):
        assert short_day(SEEN, "en") == "15 Mar 2026"
    with translation.override("en"):
        assert short_day(SEEN) == "15 Mar 2026"
