"""What people do with the catalogue."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gezel.catalogue import actions, queries
from gezel.catalogue.models import Activity, HiddenTip
from gezel.catalogue.queries import Question
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person, visitor_of
from gezel.skills.api import Demand
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence


def titles(person: Person, text: str, **more: str) -> list[str]:
    found = queries.find(visitor_of(person), Question.read({"q": text, **more}))
    return [a.title for a in found.activities]


class TestOffering:
    def test_what_is_offered_is_found_at_once(self, noor: Person, van_dijk: Organisation) -> None:
        an_activity(van_dijk, "Measuring batteries", provider="Stroomwijzer")

        assert titles(noor, "bateries") == ["Measuring batteries"]
        assert titles(noor, "stroomwijzer") == ["Measuring batteries"]

    def test_by_the_skill_it_teaches_too(self, noor: Person, van_dijk: Organisation) -> None:
        an_activity(van_dijk, "A day along", teaches={a_skill("Welding"): (0, 2)})

        assert titles(noor, "welding") == ["A day along"]

    def test_a_form_sent_twice_is_one(self, van_dijk: Organisation) -> None:
        key = uuid.uuid4()
        fields = {"title_en": "A", "kind": "course", "mix": "formal", "form": "online", "hours": 1}

        one = actions.offer(van_dijk, fields=fields, key=key)

        assert actions.offer(van_dijk, fields=fields, key=key) == one
        assert Activity.objects.count() == 1

    def test_a_key_of_another_organisation_gives_nothing_away(
        self, van_dijk: Organisation, de_linde: Organisation
    ) -> None:
        key = uuid.uuid4()
        fields = {"title_en": "A", "kind": "course", "mix": "formal", "form": "online", "hours": 1}
        actions.offer(van_dijk, fields=fields, key=key)

        with pytest.raises(ValidationError):
            actions.offer(de_linde, fields=fields, key=key)

    def test_a_level_goes_up(self, van_dijk: Organisation) -> None:
        with pytest.raises(ValidationError):
            an_activity(van_dijk, teaches={a_skill(): (3, 3)})
        assert not Activity.objects.exists()

    def test_who_saves_an_older_picture_is_told(self, van_dijk: Organisation) -> None:
        activity = an_activity(van_dijk, "Old name")
        actions.change(activity, version=1, fields={"title_en": "New name"}, teaches=[])

        with pytest.raises(actions.Outdated):
            actions.change(activity, version=1, fields={"title_en": "Other"}, teaches=[])
        activity.refresh_from_db()
        assert (activity.title_en, activity.version) == ("New name", 2)

    def test_a_new_name_is_found_and_the_old_one_is_not(
        self, noor: Person, van_dijk: Organisation
    ) -> None:
        activity = an_activity(van_dijk, "Welding")
        actions.change(
            activity,
            version=1,
            fields={"title_en": "Soldering", "title_nl": "Solderen"},
            teaches=[],
        )

        assert titles(noor, "welding") == []
        assert titles(noor, "soldering") == ["Soldering"]

    def test_one_provider_a_name_whatever_the_capitals(self, van_dijk: Organisation) -> None:
        one = an_activity(van_dijk, provider="Innovam")
        other = an_activity(van_dijk, provider=" innovam ")

        assert one.provider == other.provider

    def test_what_is_erased_is_no_longer_found(self, noor: Person, van_dijk: Organisation) -> None:
        activity = an_activity(van_dijk, "Welding")
        pk = activity.pk
        activity.delete()
        actions.keep_findable([pk])

        assert titles(noor, "welding") == []


class TestLooking:
    def test_what_is_closed_is_not_found_even_by_its_name(
        self, noor: Person, van_dijk: Organisation
    ) -> None:
        an_activity(van_dijk, "Welding", state=Activity.State.CLOSED)
        an_activity(van_dijk, "Welding for beginners", state=Activity.State.DRAFT)

        assert titles(noor, "welding") == titles(noor, "") == []

    def test_nor_what_is_elsewhere(self, sam: Person, van_dijk: Organisation) -> None:
        an_activity(van_dijk, "Welding")

        assert titles(sam, "welding") == titles(sam, "") == titles(sam, "weldng") == []

    @pytest.mark.parametrize(
        ("asked", "left"),
        [
            ({"hours": "4"}, ["Short"]),
            ({"price": "0"}, ["Short"]),
            ({"mix": "practice"}, ["Long"]),
            ({"form": "online"}, ["Short"]),
            ({"kind": "workplace"}, ["Long"]),
            ({"daytime": "1"}, ["Short"]),
            ({"language": "en"}, ["Short"]),
            ({"sort": "hours"}, ["Short", "Long"]),
            ({"sort": "price"}, ["Short", "Long"]),
            ({"hours": "many", "price": "-3", "kind": "x", "page": "0"}, ["Long", "Short"]),
        ],
    )
    def test_filters_narrow_and_nonsense_does_not(
        self, noor: Person, van_dijk: Organisation, asked: dict[str, str], left: list[str]
    ) -> None:
        an_activity(van_dijk, "Short", form="online", hours=1)
        an_activity(
            van_dijk, "Long", mix="practice", kind="workplace", form="on_the_job", hours=40,
            price_cents=50_000, evening=True, in_english=False,
        )  # fmt: skip

        assert titles(noor, "", **asked) == left

    def test_by_skill_and_provider(self, noor: Person, van_dijk: Organisation) -> None:
        skill = a_skill()
        one = an_activity(van_dijk, "One", teaches={skill: (0, 1)}, provider="School")
        an_activity(van_dijk, "Other")

        assert titles(noor, "", skill=str(skill.pk)) == ["One"]
        assert titles(noor, "", provider=str(one.provider_id)) == ["One"]

    def test_a_filter_is_applied_before_the_best_are_chosen(
        self, noor: Person, van_dijk: Organisation
    ) -> None:
        for number in range(30):
            an_activity(van_dijk, f"Welding {number}", price_cents=100)
        an_activity(van_dijk, "An introduction to welding")

        assert titles(noor, "welding", price="0") == ["An introduction to welding"]

    def test_pages_go_on_where_the_last_ended(self, noor: Person, van_dijk: Organisation) -> None:
        for number in range(queries.PER_PAGE + 3):
            an_activity(van_dijk, f"Welding {number:02}")

        for text in ("", "welding"):
            first, second = (titles(noor, text, page=page) for page in ("1", "2"))
            assert (len(first), len(second)) == (queries.PER_PAGE, 3)
            assert not set(first) & set(second)
            assert titles(noor, text, page="99") == second


class TestTips:
    def test_because_the_role_asks_it(self, noor: Person, van_dijk: Organisation) -> None:
        skill = a_skill("High-voltage safety")
        a_profile(van_dijk, {skill: 4})
        an_evidence(noor, skill, level=2, kind="self")
        an_activity(van_dijk, "Fits", teaches={skill: (2, 3)})
        an_activity(van_dijk, "Too early", teaches={skill: (0, 2)})

        told = queries.tips_for(visitor_of(noor))

        assert [(t.activity.title, str(t.skill)) for t in told.tips] == [
            ("Fits", "High-voltage safety")
        ]
        want = told.tips[0].tip.want
        assert want is not None
        assert (want.asked, want.held, want.from_on) == (4, 1.9, None)

    def test_what_is_asked_within_a_year_is_told_with_its_day(
        self, noor: Person, van_dijk: Organisation
    ) -> None:
        skill = a_skill()
        ahead = timezone.localdate() + timedelta(days=100)
        profile = a_profile(van_dijk, {skill: 1})
        an_evidence(noor, skill, level=2, kind="self")
        Demand.objects.create(profile=profile, skill=skill, level=4, from_on=ahead)
        Demand.objects.create(
            profile=profile, skill=a_skill("Far away"), level=4,
            from_on=timezone.localdate() + timedelta(days=900),
        )  # fmt: skip

        (want,) = queries.wants_of(visitor_of(noor))

        assert (want.skill, want.asked, want.from_on) == (skill.pk, 4, ahead)

    def test_one_put_aside_makes_room_and_comes_back(
        self, noor: Person, van_dijk: Organisation
    ) -> None:
        skill = a_skill()
        a_profile(van_dijk, {skill: 3})
        activity = an_activity(van_dijk, "A", teaches={skill: (0, 1)}, hours=10)
        visitor = visitor_of(noor)

        actions.put_aside(noor, activity, for_good=False)
        assert queries.tips_for(visitor).tips == []
        later = timezone.localdate() + actions.NOT_NOW + timedelta(days=1)
        assert len(queries.tips_for(visitor, later).tips) == 1

        actions.put_aside(noor, activity, for_good=True)
        assert queries.tips_for(visitor, later).tips == []
        assert HiddenTip.objects.get().until_on is None

        actions.take_back(noor, activity.pk)
        assert len(queries.tips_for(visitor).tips) == 1

    def test_who_lacks_nothing_gets_a_small_first_step(
        self, noor: Person, van_dijk: Organisation
    ) -> None:
        an_activity(van_dijk, "Ten minutes", teaches={a_skill(): (0, 1)}, hours="0.2")
        an_activity(van_dijk, "Two days", teaches={a_skill(): (0, 1)}, hours=16)

        told = queries.tips_for(visitor_of(noor))

        assert told.first_step
        assert [t.activity.title for t in told.tips] == ["Ten minutes"]

    def test_nobody_is_tipped_what_they_made_themselves(
        self, noor: Person, daan: Person, van_dijk: Organisation
    ) -> None:
        skill = a_skill()
        an_activity(van_dijk, "Hers", teaches={skill: (0, 1)}, hours="0.1", shared_by=noor)
        an_activity(van_dijk, "His", teaches={skill: (0, 1)}, hours="0.2", shared_by=daan)

        assert [t.activity.title for t in queries.tips_for(visitor_of(noor)).tips] == ["His"]

    def test_none_for_who_wants_none(self, noor: Person, van_dijk: Organisation) -> None:
        an_activity(van_dijk, teaches={a_skill(): (0, 1)}, hours=1)
        actions.prefer(noor, wanted=False)

        told = queries.tips_for(visitor_of(noor))

        assert (told.tips, told.wanted) == ([], False)

    def test_wishes_are_kept(self, noor: Person, van_dijk: Organisation) -> None:
        skill = a_skill()
        a_profile(van_dijk, {skill: 3})
        an_activity(van_dijk, "Dear", teaches={skill: (0, 1)}, price_cents=100)
        an_activity(van_dijk, "Evening", teaches={skill: (0, 1)}, evening=True)
        an_activity(van_dijk, "Good", teaches={skill: (0, 1)}, form="online")
        actions.prefer(
            noor, free_only=True, no_evenings=True, most_hours=4, forms=["online"], language="en"
        )

        assert [t.activity.title for t in queries.tips_for(visitor_of(noor)).tips] == ["Good"]

    def test_nothing_of_another_organisation(
        self, noor: Person, van_dijk: Organisation, de_linde: Organisation
    ) -> None:
        skill = a_skill()
        a_profile(van_dijk, {skill: 3})
        an_activity(de_linde, teaches={skill: (0, 1)})

        assert queries.tips_for(visitor_of(noor)).tips == []

    def test_on_a_day_before_the_role_asked_it(self, noor: Person, van_dijk: Organisation) -> None:
        a_profile(van_dijk, {a_skill(): 3}, from_on=date(2026, 1, 1))

        assert queries.wants_of(visitor_of(noor), date(2024, 6, 1)) == []
