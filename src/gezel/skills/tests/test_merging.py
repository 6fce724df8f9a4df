"""Two skills turn out to be one: rules, what is read afterwards, and taking it back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gezel.people.api import Organisation, Person, Visitor
from gezel.skills import actions, queries, rules
from gezel.skills.models import Demand, Evidence, NeedCount, Skill, SkillAlias, Standing
from gezel.skills.queries import profiles
from gezel.skills.queries.taxonomy import find_skills
from gezel.skills.rules.merging import Both, asked_twice, joined, likely_same
from gezel.skills.rules.needs import DatedDemand, demand_on
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

NOW, APRIL = date(2026, 1, 1), date(2027, 4, 1)
TODAY = timezone.localdate()


def _asks(skill: str, level: int, on: date = NOW, *, essential: bool = False) -> DatedDemand:
    return DatedDemand(skill, level, essential, on)


# --- rules ------------------------------------------------------------------------------------


def test_a_role_that_asks_both_names_asks_the_most() -> None:
    told = joined([_asks("a", 3, essential=True), _asks("b", 4), _asks("c", 1)], {"a": "b"})

    assert demand_on(told, NOW) == demand_on([_asks("b", 4, essential=True), _asks("c", 1)], NOW)


def test_a_name_that_ends_does_not_end_the_other() -> None:
    """Asked 3 under one name until April; under the other 2 goes on."""
    demands = [_asks("a", 3), _asks("a", 0, APRIL), _asks("b", 2)]

    told = joined(demands, {"a": "b"})

    assert [r.level for r in demand_on(told, NOW)] == [3]
    assert [r.level for r in demand_on(told, APRIL)] == [2]


def test_one_name_alone_is_only_read_as_the_other() -> None:
    assert joined([_asks("a", 3)], {"a": "b"}) == [_asks("b", 3)]
    assert joined([_asks("a", 3)], {}) == [_asks("a", 3)]


def test_what_merging_settles_is_told_before() -> None:
    demands = [_asks("a", 3), _asks("b", 2), _asks("b", 4, APRIL), _asks("c", 1)]

    assert asked_twice(demands, {"a": "b"}, date(2026, 11, 1)) == [
        Both("b", NOW, (3, 2), 3),
        Both("b", APRIL, (3, 4), 4),
    ]
    assert asked_twice([_asks("a", 3), _asks("b", 3)], {"a": "b"}, NOW) == []


def test_names_that_look_alike_are_proposed_likest_first() -> None:
    own = {1: [["remmen", "repareren"]], 2: [["luister"]]}
    others = {**own, 3: [["reparatie", "remmen"]], 4: [["remmen", "reparer"]], 5: [["taart"]]}

    found = likely_same(own, others)

    assert [(a, b) for a, b, _ in found] == [(1, 4), (1, 3)]
    assert all(0 < likeness <= 1 for *_, likeness in found)


# --- what is read afterwards ------------------------------------------------------------------


@pytest.fixture
def brakes(van_dijk: Organisation) -> Skill:
    return a_skill("Remmen", organisation=van_dijk)


@pytest.fixture
def braking(db: None) -> Skill:
    """The shared one."""
    return a_skill("repair brakes")


def test_evidence_and_demand_count_for_the_skill_that_stays(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person,
    brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    a_profile(van_dijk, {brakes: 4}, name="Mechanic")
    piece = an_evidence(noor, brakes, level=3, by=daan)
    an_evidence(noor, braking, level=2, kind="self")

    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)

    told = queries.skills_of(noor, at=None)
    assert [(row.skill, row.asked, row.pieces) for row in told.rows] == [(braking, 4, 2)]
    assert told.outside == []
    # Who still asks by the old key finds the same figure.
    levels = dict(Standing.objects.filter(person=noor).values_list("skill_id", "level"))
    assert levels[brakes.pk] == levels[braking.pk] == pytest.approx(told.rows[0].level)
    assert len(queries.ledger(noor, braking, at=None).entries) == 2
    # Nothing was rewritten.
    piece.refresh_from_db()
    assert piece.skill == brakes
    assert Demand.objects.get().skill == brakes


def test_new_evidence_under_either_name_moves_the_one_level_and_the_counts(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person,
    brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    a_profile(van_dijk, {brakes: 3}, name="Mechanic")
    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)
    actions.count_needs(van_dijk)
    assert [(c.skill, c.short) for c in NeedCount.objects.all()] == [(braking, 1)]

    an_evidence(noor, brakes, level=4, by=daan)

    assert [(c.skill, c.short) for c in NeedCount.objects.all()] == [(braking, 0)]
    assert Standing.objects.get(person=noor, skill=braking).level > 3


def test_the_edited_profile_asks_under_the_name_that_stays(
    van_dijk: Organisation, femke: Person, brakes: Skill, braking: Skill
) -> None:
    profile = a_profile(van_dijk, {brakes: 4, braking: 2}, name="Mechanic")
    Demand.objects.create(
        profile=profile, skill=brakes, level=5, from_on=TODAY + timedelta(days=90)
    )
    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)
    shown = profiles.picture(profile, TODAY)
    assert {pk: (ask.level, [d.level for d in ask.later]) for pk, ask in shown.asks.items()} == {
        braking.pk: (4, [5])
    }
    assert profiles.profile_rows([profile], van_dijk)[0].skills == 1
    rows = set(Demand.objects.values_list("pk", flat=True))

    # Another name leaves both as they were written; another level settles it under one name.
    named = replace(shown, name_nl="Monteur")
    actions.save_profile(profile, named, version=profile.version, on=TODAY)
    assert set(Demand.objects.values_list("pk", flat=True)) == rows
    lower = replace(named, asks={braking.pk: rules.Ask(3)})
    actions.save_profile(profile, lower, version=profile.version + 1, on=TODAY)

    assert profiles.picture(profile, TODAY).asks == {braking.pk: rules.Ask(3)}
    yesterday = profiles.picture(profile, TODAY - timedelta(days=1))
    assert yesterday.asks[braking.pk].level == 4


def test_taken_back_it_is_as_it_was(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person,
    brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    a_profile(van_dijk, {brakes: 4}, name="Mechanic")
    an_evidence(noor, brakes, level=3, by=daan)
    before = [(r.skill, r.asked, r.level) for r in queries.skills_of(noor, at=None).rows]
    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)

    actions.separate_skill(brakes, organisation=van_dijk)
    actions.separate_skill(brakes, organisation=van_dijk)

    assert [(r.skill, r.asked, r.level) for r in queries.skills_of(noor, at=None).rows] == before
    assert not Standing.objects.filter(skill=braking).exists()
    assert not SkillAlias.objects.exists()


def test_the_old_names_find_the_skill_that_stays(
    *, van_dijk: Organisation, femke: Person, brakes: Skill, braking: Skill,
    as_visitor: "type[Visitor]",
) -> None:  # fmt: skip
    actions.make_skills_findable([brakes, braking])

    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)
    assert find_skills(as_visitor(femke), "Remmen") == [braking]
    assert SkillAlias.objects.filter(confirmed_by=femke, skill=braking).count() == 2

    actions.separate_skill(brakes, organisation=van_dijk)
    assert find_skills(as_visitor(femke), "Remmen") == [brakes]


def test_others_of_another_house_get_no_figure_for_a_skill_that_is_not_theirs(
    *,
    van_dijk: Organisation, de_linde: Organisation, sam: Person, femke: Person,
    brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    an_evidence(sam, braking, level=3, kind="self")

    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)
    actions.recompute([sam.pk])

    assert list(Standing.objects.filter(person=sam).values_list("skill", flat=True)) == [braking.pk]


def test_the_preview_counts_and_changes_nothing(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person,
    brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    mechanic = a_profile(van_dijk, {brakes: 3, braking: 2}, name="Mechanic")
    an_evidence(noor, brakes, level=3, by=daan)
    earlier = a_skill("Remwerk", organisation=van_dijk)
    actions.merge_skill(earlier, brakes, organisation=van_dijk, by=femke)

    told = actions.preview_merge(brakes, braking, van_dijk)

    assert (told.evidence, told.people, told.profiles) == (1, 1, [mechanic])
    assert [(s.profile, s.both.levels, s.both.level) for s in told.settled] == [
        (mechanic, (3, 2), 3)
    ]
    assert told.along == [earlier]
    brakes.refresh_from_db()
    assert brakes.merged_into is None


def test_what_was_merged_before_goes_along(
    *, van_dijk: Organisation, femke: Person, brakes: Skill, braking: Skill
) -> None:
    earlier = a_skill("Remwerk", organisation=van_dijk)
    actions.merge_skill(earlier, brakes, organisation=van_dijk, by=femke)

    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)

    earlier.refresh_from_db()
    assert earlier.merged_into == braking


def test_what_nobody_could_mean_is_refused_by_name_and_keeps_nothing(
    *,
    van_dijk: Organisation, de_linde: Organisation, femke: Person, brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    theirs = a_skill("Theirs", organisation=de_linde)
    other = a_skill("Remwerk", organisation=van_dijk)
    gone = a_skill("gone")
    Skill.objects.filter(pk=gone.pk).update(retired=True)

    for going, staying, why in (
        (brakes, brakes, "into itself"),
        (brakes, theirs, "not yours"),
        (theirs, brakes, "your own"),
        (braking, brakes, "your own"),
        (brakes, gone, "no longer offered"),
    ):
        with pytest.raises(ValidationError, match=why):
            actions.merge_skill(going, staying, organisation=van_dijk, by=femke)
    actions.merge_skill(brakes, other, organisation=van_dijk, by=femke)
    # Round in a circle: the other way about, and again into a third.
    with pytest.raises(ValidationError, match="was itself merged"):
        actions.merge_skill(other, brakes, organisation=van_dijk, by=femke)
    with pytest.raises(ValidationError, match="merged before"):
        actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)

    assert set(Skill.objects.exclude(merged_into=None)) == {brakes}
    assert SkillAlias.objects.exclude(skill=other).count() == 0


def test_a_name_that_hr_fills_in_helps_find_from_then_on(
    *, van_dijk: Organisation, femke: Person, braking: Skill, as_visitor: "type[Visitor]"
) -> None:
    ours = Skill.objects.create(organisation=van_dijk, name_en="Recording")

    count = actions.name_skills(
        van_dijk, {braking.pk: ("remklussen", ""), ours.pk: ("vastleggen", "")}, by=femke
    )
    actions.name_skills(van_dijk, {braking.pk: ("remwerk", "")}, by=femke)

    assert count == 2
    assert Skill.objects.get(pk=ours.pk).name_nl == "vastleggen"
    # The name of before still finds it.
    assert find_skills(as_visitor(femke), "remklussen") == [braking]
    assert find_skills(as_visitor(femke), "remwerk") == [braking]
    alias = SkillAlias.objects.get(words="remklussen")
    actions.remove_alias(alias)
    assert find_skills(as_visitor(femke), "remklussen") == []


def test_evidence_of_the_past_is_read_as_one_as_well(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person,
    brakes: Skill, braking: Skill,
) -> None:  # fmt: skip
    day = timezone.localdate() - timedelta(days=40)
    an_evidence(noor, brakes, level=3, by=daan, on=day)
    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)

    told = queries.levels([noor.pk], day + timedelta(days=1), at=None)

    assert told[noor.pk, braking.pk] == told[noor.pk, brakes.pk]
    assert Evidence.objects.get().skill == brakes
