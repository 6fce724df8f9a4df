"""Evidence comes in, is corrected and disputed; nothing is overwritten."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gezel.kit.jobs import run_waiting
from gezel.people.api import Organisation, Person, Visitor
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.skills import actions, policy, queries
from gezel.skills.actions import add_evidence
from gezel.skills.models import (
    Evidence,
    EvidenceRequest,
    FadingRule,
    GroupPrior,
    NeedCount,
    NeedCounting,
    RaterFit,
    SourceFit,
    Standing,
)
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

AsVisitor = Callable[[Person], Visitor]
pytestmark = pytest.mark.django_db


def stored(person: Person) -> dict[int, float]:
    return dict(Standing.objects.filter(person=person).values_list("skill_id", "level"))


def test_a_second_opinion_stands_beside_the_first(noor: Person, daan: Person) -> None:
    skill = a_skill()
    mine = actions.rate_oneself(noor, skill, level=5, on=timezone.localdate())
    his = actions.vouch(noor, skill, level=2, by=daan, on=timezone.localdate())

    assert Evidence.objects.get(pk=mine.pk).level == 5
    told = queries.ledger(noor, skill, at=None)
    assert [e.evidence.pk for e in told.entries] == [his.pk, mine.pk]
    assert stored(noor)[skill.pk] == told.estimate.level == pytest.approx(2.625)


def test_a_form_sent_twice_is_one_piece(noor: Person) -> None:
    skill, key = a_skill(), uuid.uuid4()
    for _time in range(2):
        actions.rate_oneself(noor, skill, level=3, on=timezone.localdate(), key=key)

    assert Evidence.objects.count() == 1


def test_a_form_changed_after_sending_is_refused_in_words(noor: Person) -> None:
    skill, key = a_skill(), uuid.uuid4()
    actions.rate_oneself(noor, skill, level=3, on=timezone.localdate(), key=key)

    with pytest.raises(ValidationError, match="sent before"):
        actions.rate_oneself(noor, skill, level=4, on=timezone.localdate(), key=key)


@pytest.mark.parametrize("days", [1, -61 * 365])
def test_a_day_ahead_or_long_past_is_refused(noor: Person, days: int) -> None:
    with pytest.raises(ValidationError) as refused:
        an_evidence(noor, a_skill(), on=timezone.localdate() + timedelta(days=days))

    assert "observed_on" in refused.value.message_dict


def test_a_corrected_piece_stays_readable_and_counts_no_more(noor: Person, daan: Person) -> None:
    skill = a_skill()
    wrong = an_evidence(noor, skill, level=5, by=daan)
    right = actions.correct(wrong, by=daan, reason="That was another car.", level=2)

    told = queries.ledger(noor, skill, at=None)
    assert stored(noor)[skill.pk] == told.estimate.level == 2.076
    assert {e.evidence.pk: e.crossed for e in told.entries} == {wrong.pk: True, right.pk: False}


def test_a_piece_taken_back_leaves_nothing_that_counts(noor: Person, daan: Person) -> None:
    skill = a_skill()
    actions.correct(an_evidence(noor, skill, by=daan), by=daan, reason="Wrong person.")

    assert stored(noor) == {}
    assert queries.ledger(noor, skill, at=None).estimate.parts == ()
    assert len(queries.ledger(noor, skill, at=None).entries) == 2


def test_a_piece_is_corrected_once(noor: Person, daan: Person) -> None:
    wrong = an_evidence(noor, a_skill(), by=daan)
    actions.correct(wrong, by=daan, reason="Wrong person.")

    with pytest.raises(ValidationError, match="corrected before"):
        actions.correct(wrong, by=daan, reason="Again.", level=2)


def test_only_who_gave_a_piece_may_correct_it(
    noor: Person, daan: Person, femke: Person, as_visitor: AsVisitor
) -> None:
    piece = an_evidence(noor, a_skill(), by=daan)

    assert list(policy.evidence_to_correct(as_visitor(daan))) == [piece]
    for other in (noor, femke):
        assert not policy.evidence_to_correct(as_visitor(other))


def test_a_disputed_piece_stays_and_does_not_count(noor: Person, daan: Person) -> None:
    skill = a_skill()
    piece = an_evidence(noor, skill, level=2, by=daan)
    own = actions.rate_oneself(noor, skill, level=4, on=timezone.localdate())
    actions.object_to(piece, reason="I have done it alone since May.")

    told = queries.ledger(noor, skill, at=None)
    entry = next(e for e in told.entries if e.evidence == piece)
    assert [o.reason for o in entry.objections] == ["I have done it alone since May."]
    assert "until HR has decided" in entry.why_not
    assert [part.piece.key for part in told.estimate.parts] == [own.pk]
    assert stored(noor)[skill.pk] == told.estimate.level
    with pytest.raises(ValidationError):
        actions.object_to(piece, reason="  ")
    with pytest.raises(ValidationError, match="stands already"):
        actions.object_to(piece, reason="Once more.")


def test_a_form_sent_twice_is_one_objection(noor: Person, daan: Person) -> None:
    piece, key = an_evidence(noor, a_skill(), by=daan), uuid.uuid4()
    first = actions.object_to(piece, reason="No.", key=key)

    assert actions.object_to(piece, reason="No.", key=key) == first


@pytest.mark.parametrize("uphold", [True, False])
def test_hr_decides_whether_a_piece_counts(
    noor: Person, daan: Person, femke: Person, uphold: bool
) -> None:
    skill = a_skill()
    piece = an_evidence(noor, skill, level=2, by=daan)
    objection = actions.object_to(piece, reason="That was Karim's car.")
    assert actions.decide_objection(objection, by=femke, uphold=uphold, answer="Seen the order.")

    assert (skill.pk in stored(noor)) is not uphold
    objection.refresh_from_db()
    assert (objection.decided_by, objection.answer) == (femke, "Seen the order.")
    # The first decision counts, and nobody may object or take back after it.
    assert not actions.decide_objection(objection, by=femke, uphold=not uphold, answer="Oh.")
    assert not actions.withdraw_objection(objection)
    with pytest.raises(ValidationError, match="decided about this piece before"):
        actions.object_to(piece, reason="Again.")


def test_nobody_decides_about_their_own(noor: Person, daan: Person, as_visitor: AsVisitor) -> None:
    piece = an_evidence(noor, a_skill(), by=daan)
    objection = actions.object_to(piece, reason="No.")

    for one in (noor, daan):
        with pytest.raises(ValidationError, match="Someone else decides"):
            actions.decide_objection(objection, by=one, uphold=True, answer="Yes.")
        assert not policy.objections_to_decide(as_visitor(one))


def test_an_objection_taken_back_lets_the_piece_count(noor: Person, daan: Person) -> None:
    skill = a_skill()
    piece = an_evidence(noor, skill, level=2, by=daan)
    before = stored(noor)
    objection = actions.object_to(piece, reason="No.")
    assert stored(noor) == {}

    assert actions.withdraw_objection(objection)
    assert stored(noor) == before
    actions.object_to(piece, reason="Still, no.")


def test_nobody_vouches_for_themselves(noor: Person) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.vouch(noor, a_skill(), level=3, by=noor, on=timezone.localdate())

    assert "level" in refused.value.message_dict


def test_before_someone_was_known_nobody_can_have_seen_them(noor: Person, daan: Person) -> None:
    first = noor.employments.order_by("starts_on")[0].starts_on
    an_evidence(noor, a_skill(), by=daan, on=first)
    with pytest.raises(ValidationError) as refused:
        an_evidence(noor, a_skill("B"), by=daan, on=first - timedelta(days=1))

    assert "known here" in refused.value.message_dict["observed_on"][0]
    # What another organisation certified may be older.
    an_evidence(noor, a_skill("C"), kind="certificate", on=first - timedelta(days=900))


def test_the_night_learns_who_rates_strictly_and_adds_it_once(
    van_dijk: Organisation, daan: Person
) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(3)]
    team = [a_colleague(van_dijk, f"Person {n}", lead=daan) for n in range(8)]
    for n, person in enumerate(team):
        for skill in skills:
            for rater, kind, level in (
                (daan, "lead", 2), (team[n - 1], "colleague", 4), (team[n - 2], "colleague", 4),
                (team[n - 3], "colleague", 4),
            ):  # fmt: skip
                add_evidence(
                    person, skill, kind=kind, level=level, on=timezone.localdate(), by=rater,
                    organisation=van_dijk,
                )  # fmt: skip
    before = queries.levels([team[0].pk], at=None)[team[0].pk, skills[0].pk][0]
    actions.recompute_organisation(van_dijk)
    fit = RaterFit.objects.get(rater=daan)
    rows = RaterFit.objects.count(), SourceFit.objects.count()
    actions.recompute_organisation(van_dijk)

    assert fit.leniency < -0.2
    assert fit.ratees == 8
    assert (RaterFit.objects.count(), SourceFit.objects.count()) == rows
    told = queries.ledger(team[0], skills[0], at=None)
    part = next(p for p in told.estimate.parts if p.piece.rater == daan.pk)
    assert part.leniency > 0
    assert told.estimate.level != before
    # What was not known yet does not count for the day before.
    RaterFit.objects.update(fitted_on=timezone.localdate() + timedelta(days=1))
    assert not any(p.leniency for p in queries.ledger(team[0], skills[0], at=None).estimate.parts)


def test_a_role_with_enough_people_gives_a_start(van_dijk: Organisation, daan: Person) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 4})
    team = [a_colleague(van_dijk, f"Person {n}", job="Mechanic", lead=daan) for n in range(6)]
    for person in team[:4]:
        an_evidence(person, skill, level=4, by=daan)
    actions.recompute_organisation(van_dijk)
    assert not GroupPrior.objects.exists()
    for person in team[4:]:
        an_evidence(person, skill, level=4, by=daan)
    actions.recompute_organisation(van_dijk)

    prior = GroupPrior.objects.get()
    assert prior.people == 6
    assert queries.ledger(team[0], skill, at=None).estimate.start.people == 6


def test_an_organisations_own_fading_holds_from_its_day(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    skill = a_skill()
    an_evidence(noor, skill, level=5, by=daan, on=timezone.localdate() - timedelta(days=300))
    before = queries.ledger(noor, skill, at=None).estimate.level
    FadingRule.objects.create(
        organisation=van_dijk, of="technical", half_life_months=1, from_on=timezone.localdate()
    )

    assert queries.ledger(noor, skill, at=None).estimate.level < before
    yesterday = timezone.localdate() - timedelta(days=1)
    assert queries.ledger(noor, skill, yesterday, at=None).estimate.level == pytest.approx(
        before, abs=0.02
    )


def test_a_test_says_its_level_and_how_sure_it_is(noor: Person) -> None:
    skill = a_skill()
    add_evidence(
        noor, skill, kind="test", level=3, exact=3.4, sd=0.2, on=timezone.localdate(), by=None
    )

    told = queries.ledger(noor, skill, at=None).estimate
    assert told.level == pytest.approx(3.4, abs=0.05)
    assert told.sd < 0.2


def test_a_colleague_is_asked_and_answers(
    noor: Person, van_dijk: Organisation, as_visitor: AsVisitor
) -> None:
    skill, karim = a_skill(), a_colleague(van_dijk, "Karim El Amrani")
    asked = actions.ask_view(noor, skill, of=karim, organisation=van_dijk, note="The Zoe.")
    again = actions.ask_view(noor, skill, of=karim, organisation=van_dijk)
    assert asked == again
    assert list(policy.requests_to_answer(as_visitor(karim))) == [asked]

    given = actions.answer_request(asked, level=3, on=timezone.localdate(), note="Good work.")

    assert (given.kind, given.given_by, given.person) == ("colleague", karim, noor)
    asked.refresh_from_db()
    assert asked.answer == given
    assert asked.closed_at


def test_a_withdrawn_question_cannot_be_answered(noor: Person, van_dijk: Organisation) -> None:
    asked = actions.ask_view(
        noor, a_skill(), of=a_colleague(van_dijk, "Karim"), organisation=van_dijk
    )
    actions.close_request(asked)

    with pytest.raises(ValidationError, match="closed"):
        actions.answer_request(asked, level=3, on=timezone.localdate())
    assert not Evidence.objects.exists()
    assert EvidenceRequest.objects.get().closed_at


def test_what_is_stored_equals_what_is_computed(van_dijk: Organisation, daan: Person) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(3)]
    people = [a_colleague(van_dijk, f"Person {n}", lead=daan) for n in range(4)]
    for n, person in enumerate(people):
        for m, skill in enumerate(skills[: n + 1]):
            when = timezone.localdate() - timedelta(days=100 * n)
            an_evidence(person, skill, kind="self", level=1 + (n + m) % 5, on=when)
            an_evidence(person, skill, level=1 + m, by=daan, on=when)
    Standing.objects.all().delete()
    actions.recompute_organisation(van_dijk)

    computed = queries.estimates([p.pk for p in people], at=None)
    kept = queries.levels([p.pk for p in people], at=None)
    assert kept == {k: (e.level, e.sd, len(e.parts), e.newest_on) for k, e in computed.items()}
    assert len(kept) == 1 + 2 + 3 + 3


def test_on_an_earlier_day_only_what_was_seen_by_then_counts(noor: Person, daan: Person) -> None:
    skill = a_skill()
    an_evidence(noor, skill, level=1, by=daan, on=date(2026, 1, 10))
    an_evidence(noor, skill, level=4, by=daan, on=date(2026, 6, 10))

    assert queries.ledger(noor, skill, date(2026, 3, 1), at=None).estimate.level < 1.3
    assert queries.levels([noor.pk], date(2026, 3, 1), at=None)[noor.pk, skill.pk][0] < 1.3
    assert queries.levels([noor.pk], at=None)[noor.pk, skill.pk][0] > 3.5
    assert queries.ledger(noor, skill, date(2025, 1, 1), at=None).entries == []


def test_counts_follow_each_new_piece(van_dijk: Organisation, noor: Person, daan: Person) -> None:
    skill, later = a_skill(), timezone.localdate() + timedelta(days=100)
    profile = a_profile(van_dijk, {skill: 3}, essential=True)
    profile.demands.create(skill=skill, level=5, essential=True, from_on=later)
    a_colleague(van_dijk, "Karim", unit=a_unit(van_dijk, "Zwolle"))
    actions.count_needs(van_dijk)

    def short(on: date) -> list[tuple[int, int]]:
        counts = queries.stored_counts(van_dijk, by="unit", below=root(van_dijk), deep=False)
        found = queries.need_map(counts, [on])
        figure = found.figure(root(van_dijk).path, skill.pk, on)
        assert figure
        return [(figure.count.short, figure.count.people)]

    assert short(timezone.localdate()) == [(2, 2)]
    an_evidence(noor, skill, level=4, by=daan)
    assert short(timezone.localdate()) == [(1, 2)]
    assert short(later) == [(2, 2)]


def root(organisation: Organisation):  # type: ignore[no-untyped-def] # treebeard has no types
    from gezel.people.api import root_of

    return root_of(organisation)


def test_stored_counts_equal_live_ones(van_dijk: Organisation, daan: Person) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(3)]
    a_profile(van_dijk, {skills[0]: 3, skills[1]: 2})
    a_profile(van_dijk, {skills[1]: 4, skills[2]: 5}, name="Planner", job="Planner")
    units = [a_unit(van_dijk, f"Unit {n}") for n in range(3)]
    inner = a_unit(van_dijk, "Inner", below=units[0])
    for n in range(12):
        person = a_colleague(
            van_dijk,
            f"Person {n}",
            unit=[*units, inner][n % 4],
            job=["Mechanic", "Planner", "Porter"][n % 3],
        )
        an_evidence(person, skills[n % 3], level=1 + n % 5, by=daan)
    assert NeedCounting.objects.get().stale_since
    while run_waiting():
        pass
    assert NeedCounting.objects.get().stale_since is None

    for by in ("unit", "profile", "location"):
        told = {"by": by, "below": root(van_dijk), "deep": False}
        stored, live = (
            read(van_dijk, **told) for read in (queries.stored_counts, queries.live_counts)
        )
        assert stored
        assert stored == live


def test_who_leaves_is_counted_no_more(van_dijk: Organisation, noor: Person) -> None:
    from gezel.people.api import end_employment

    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    actions.count_needs(van_dijk)
    assert sum(NeedCount.objects.values_list("people", flat=True)) == 1

    end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))
    while run_waiting():
        pass
    assert sum(NeedCount.objects.values_list("people", flat=True)) == 0
