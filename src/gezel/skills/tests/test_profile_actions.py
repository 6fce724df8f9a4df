"""HR says what roles ask: what was asked stays known, and nobody overwrites another."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from gezel.kit import events
from gezel.people.api import Job, Organisation, Person, Visitor
from gezel.skills import actions, queries
from gezel.skills.actions import OlderPicture
from gezel.skills.events import ProfileChanged
from gezel.skills.models import Demand, ProfileJob, RoleProfile, Skill, SkillAlias, SkillLabel
from gezel.skills.queries import profiles as read
from gezel.skills.queries import taxonomy
from gezel.skills.rules import Ask, Later, Picture
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = pytest.mark.django_db
APRIL = date(2027, 4, 1)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel("2026-11-22T09:00:00+01:00", tick=False):
        yield


def _asks(profile: RoleProfile, on: date) -> dict[str, int]:
    return {str(r.skill): r.level for r in queries.requirements(profile, on)}


def _save(profile: RoleProfile, asks: dict[int, Ask], **changes: object) -> actions.Saved:
    profile.refresh_from_db()
    now = read.picture(profile, TODAY)
    told = {"name_nl": now.name_nl, "name_en": now.name_en, "jobs": now.jobs, **changes}
    return actions.save_profile(
        profile,
        Picture(asks=asks, **told),  # type: ignore[arg-type] # a test's shorthand
        version=profile.version,
        on=TODAY,
    )


def test_a_new_level_counts_from_today_and_yesterday_keeps_saying_what_it_said(
    van_dijk: Organisation,
) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    _save(profile, {brakes.pk: Ask(4, essential=True)})

    assert _asks(profile, TODAY) == {"Brakes": 4}
    assert _asks(profile, TODAY - timedelta(days=1)) == {"Brakes": 2}
    profile.refresh_from_db()
    assert profile.version == 2


def test_changing_ones_mind_the_same_day_leaves_no_trace(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    _save(profile, {brakes.pk: Ask(4)})
    _save(profile, {brakes.pk: Ask(2)})

    assert Demand.objects.filter(profile=profile).count() == 1


def test_a_date_ahead_is_said_moved_and_taken_back(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    _save(profile, {brakes.pk: Ask(2, later=(Later(APRIL, 4),))})
    assert _asks(profile, APRIL) == {"Brakes": 4}

    later = APRIL + timedelta(days=30)
    _save(profile, {brakes.pk: Ask(2, later=(Later(later, 4),))})
    assert (_asks(profile, APRIL), _asks(profile, later)) == ({"Brakes": 2}, {"Brakes": 4})

    _save(profile, {brakes.pk: Ask(2)})
    assert Demand.objects.filter(profile=profile).count() == 1


def test_what_is_no_longer_asked_was_asked(van_dijk: Organisation) -> None:
    brakes, clutch = a_skill("Brakes"), a_skill("Clutch")
    profile = a_profile(van_dijk, {brakes: 2, clutch: 3})

    _save(profile, {brakes.pk: Ask(2)})

    assert _asks(profile, TODAY) == {"Brakes": 2}
    assert _asks(profile, TODAY - timedelta(days=1)) == {"Clutch": 3, "Brakes": 2}


def test_what_was_only_added_today_goes_without_a_trace(van_dijk: Organisation) -> None:
    profile = a_profile(van_dijk, {})
    brakes = a_skill("Brakes")
    actions.take_over(profile, {brakes.pk: Ask(3)}, on=TODAY)

    _save(profile, {})

    assert not Demand.objects.filter(profile=profile).exists()


def test_the_order_of_the_profile_is_kept(van_dijk: Organisation) -> None:
    one, two, three = (a_skill(name) for name in ("One", "Two", "Three"))
    profile = a_profile(van_dijk, {one: 2, two: 2, three: 2})

    _save(profile, {three.pk: Ask(2), one.pk: Ask(2), two.pk: Ask(2)})

    assert list(_asks(profile, TODAY)) == ["Three", "One", "Two"]


def test_saving_what_stands_changes_nothing(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    assert not _save(profile, {brakes.pk: Ask(2)}).changed
    profile.refresh_from_db()
    assert profile.version == 1


def test_who_saves_an_older_picture_is_told_and_changes_nothing(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})
    _save(profile, {brakes.pk: Ask(3)})

    with pytest.raises(OlderPicture):
        actions.save_profile(
            profile,
            Picture("Mechanic", "Mechanic", frozenset(), {brakes.pk: Ask(5)}),
            version=1,
            on=TODAY,
        )

    assert _asks(profile, TODAY) == {"Brakes": 3}


def test_how_far_a_level_ahead_may_turn_out_otherwise_is_kept(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})
    asks = {brakes.pk: Ask(2, later=(Later(APRIL, 4, low=3, high=5),))}

    _save(profile, asks)

    assert dict(read.picture(profile, TODAY).asks) == asks
    ahead = Demand.objects.get(profile=profile, from_on=APRIL)
    assert (ahead.low, ahead.level, ahead.high) == (3, 4, 5)
    _save(profile, {brakes.pk: Ask(2, later=(Later(APRIL, 4, low=3),))})
    ahead.refresh_from_db()
    assert (ahead.low, ahead.high) == (3, None)


@pytest.mark.parametrize("later", [Later(APRIL, 3, low=4), Later(APRIL, 3, high=2)])
def test_the_least_above_what_is_expected_is_refused_by_name(
    later: Later, van_dijk: Organisation
) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    with pytest.raises(ValidationError, match="Brakes from 1 April 2027: the least may not"):
        _save(profile, {brakes.pk: Ask(2, later=(later,))})

    assert _asks(profile, APRIL) == {"Brakes": 2}


def test_two_levels_from_one_date_are_refused_by_name(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    with pytest.raises(ValidationError, match="Brakes has two levels from 1 April 2027"):
        _save(profile, {brakes.pk: Ask(2, later=(Later(APRIL, 3), Later(APRIL, 4)))})

    assert _asks(profile, APRIL) == {"Brakes": 2}


@pytest.mark.parametrize(
    "ask",
    [
        Ask(6),
        Ask(2, later=(Later(APRIL, 9),)),
        Ask(2, later=(Later(APRIL, 4, high=6),)),
        Ask(2, later=(Later(TODAY, 3),)),
    ],
)
def test_what_nobody_can_mean_is_refused(ask: Ask, van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})

    with pytest.raises(ValidationError):
        _save(profile, {brakes.pk: ask})


def test_a_skill_or_job_of_another_organisation_is_not_there(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    theirs = a_skill("Care", organisation=de_linde)
    job = Job.objects.create(organisation=de_linde, name="Carer")
    profile = a_profile(van_dijk, {})

    with pytest.raises(ValidationError, match="not there"):
        _save(profile, {theirs.pk: Ask(2)})
    with pytest.raises(ValidationError, match="not there"):
        _save(profile, {}, jobs=frozenset({job.pk}))


def test_a_job_moves_and_it_is_said_and_who_edits_the_other_is_told(
    van_dijk: Organisation,
) -> None:
    old = a_profile(van_dijk, {}, name="Mechanic", job="Mechanic")
    new = a_profile(van_dijk, {}, name="EV technician", job=None)
    job = Job.objects.get(name="Mechanic")

    saved = _save(new, {}, jobs=frozenset({job.pk}))

    assert [(m.job, m.was) for m in saved.moved] == [(job, old)]
    assert ProfileJob.objects.get(job=job).profile == new
    old.refresh_from_db()
    assert old.version == 2


def test_a_change_is_announced(van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[ProfileChanged] = []
    monkeypatch.setitem(events._listeners, ProfileChanged, [told.append])
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {})

    _save(profile, {brakes.pk: Ask(3)})

    assert told == [ProfileChanged(profile.pk)]


def test_the_same_key_begins_one_profile(van_dijk: Organisation) -> None:
    key = uuid.uuid4()

    for _ in range(2):
        actions.begin_profile(van_dijk, name_nl="Monteur", name_en="", on=TODAY, key=key)

    assert RoleProfile.objects.count() == 1


def test_a_profile_needs_a_name(van_dijk: Organisation) -> None:
    with pytest.raises(ValidationError, match="name"):
        actions.begin_profile(van_dijk, name_nl=" ", name_en="", on=TODAY)


def test_a_copy_asks_the_same_now_and_ahead_and_has_no_jobs(van_dijk: Organisation) -> None:
    brakes = a_skill("Brakes")
    profile = a_profile(van_dijk, {brakes: 2})
    _save(profile, {brakes.pk: Ask(2, essential=True, later=(Later(APRIL, 4, True),))})

    copy = actions.copy_profile(profile, name_nl="Kopie", name_en="", on=TODAY)

    assert (_asks(copy, TODAY), _asks(copy, APRIL)) == ({"Brakes": 2}, {"Brakes": 4})
    assert not ProfileJob.objects.filter(profile=copy).exists()


def test_taking_over_adds_and_leaves_what_was_asked(van_dijk: Organisation) -> None:
    brakes, clutch = a_skill("Brakes"), a_skill("Clutch")
    profile = a_profile(van_dijk, {brakes: 4})

    added = actions.take_over(profile, {brakes.pk: Ask(1), clutch.pk: Ask(2)}, on=TODAY)

    assert added == 1
    assert _asks(profile, TODAY) == {"Brakes": 4, "Clutch": 2}
    profile.refresh_from_db()
    assert profile.version == 2


def test_a_profile_with_a_job_stays(van_dijk: Organisation) -> None:
    profile = a_profile(van_dijk, {})

    with pytest.raises(ValidationError, match="job"):
        actions.remove_profile(profile)

    ProfileJob.objects.all().delete()
    actions.remove_profile(profile)
    assert not RoleProfile.objects.exists()


# Skills of our own, and names of our own


def test_an_own_skill_is_found_here_and_nowhere_else(
    van_dijk: Organisation,
    femke: Person,
    sam: Person,
    as_visitor: "type[Visitor]",
) -> None:
    made = actions.make_skill(van_dijk, name_nl="Hoogvolt", name_en="High voltage")

    assert taxonomy.find_skills(as_visitor(femke), "high volt") == [made]
    assert taxonomy.find_skills(as_visitor(femke), "hoogvlot") == [made]
    assert taxonomy.find_skills(as_visitor(sam), "high volt") == []


def test_two_own_skills_of_one_name_are_refused(van_dijk: Organisation) -> None:
    actions.make_skill(van_dijk, name_nl="Hoogvolt", name_en="")

    with pytest.raises(ValidationError, match="already"):
        actions.make_skill(van_dijk, name_nl="hoogvolt", name_en="")


def test_the_same_key_makes_one_skill(van_dijk: Organisation) -> None:
    key = uuid.uuid4()

    one, two = (
        actions.make_skill(van_dijk, name_nl="Hoogvolt", name_en="", key=key) for _ in range(2)
    )

    assert one == two


def test_our_name_is_ours_alone_and_finds_the_skill(
    van_dijk: Organisation, femke: Person, sam: Person, as_visitor: "type[Visitor]"
) -> None:
    shared = a_skill("install electrical equipment")

    actions.name_skills(van_dijk, {shared.pk: ("Stroom aanleggen", "")})

    with translation.override("nl"):
        (found,) = taxonomy.find_skills(as_visitor(femke), "stroom")
        assert str(found) == "Stroom aanleggen"
        assert taxonomy.find_skills(as_visitor(sam), "stroom") == []
        assert str(Skill.objects.get(pk=shared.pk)) == "install electrical equipment"


def test_an_empty_name_takes_ours_away_and_the_confirmed_word_still_finds_it(
    van_dijk: Organisation, femke: Person, as_visitor: "type[Visitor]"
) -> None:
    shared = a_skill("install electrical equipment")
    actions.name_skills(van_dijk, {shared.pk: ("Stroom aanleggen", "")})

    assert actions.name_skills(van_dijk, {shared.pk: ("", "")}) == 1
    assert not SkillLabel.objects.exists()
    (found,) = taxonomy.find_skills(as_visitor(femke), "stroom")
    assert str(found) == "install electrical equipment"

    # It stands under "Also called", and there it is taken away.
    actions.remove_alias(SkillAlias.objects.get())
    assert taxonomy.find_skills(as_visitor(femke), "stroom") == []


def test_anothers_own_skill_gets_no_name_of_ours(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    theirs = a_skill("Care", organisation=de_linde)

    assert actions.name_skills(van_dijk, {theirs.pk: ("Zorg", "")}) == 0


def test_a_skill_in_use_without_dutch_is_listed_until_it_has_a_name(
    van_dijk: Organisation,
) -> None:
    bare = Skill.objects.create(name_en="Torque", uri="test:torque")
    a_profile(van_dijk, {bare: 2})
    Skill.objects.create(name_en="Not in use", uri="test:unused")

    assert list(taxonomy.skills_without_name(van_dijk)) == [bare]
    actions.name_skills(van_dijk, {bare.pk: ("Aanhaalmoment", "")})
    assert list(taxonomy.skills_without_name(van_dijk)) == []


def test_today_is_the_day_of_the_tests() -> None:
    assert timezone.localdate() == TODAY
