"""What is suggested, in cases from practice."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gezel.catalogue.rules import (
    FORMAL,
    OTHERS,
    PRACTICE,
    Offer,
    Preferences,
    Tip,
    Want,
    first_steps,
    fits,
    score,
    tips,
)

ANY = Preferences()


def an_offer(
    key: str,
    teaches: dict[str, tuple[int, int]],
    *,
    mix: str = FORMAL,
    form: str = "online",
    hours: float = 4,
    price: int = 0,
    evening: bool = False,
    dutch: bool = True,
    english: bool = False,
) -> Offer:
    return Offer(
        key, mix, form, hours, price * 100, dutch, english, evening,
        tuple((skill, low, high) for skill, (low, high) in teaches.items()),
    )  # fmt: skip


def keys(found: list[Tip]) -> list[object]:
    return [tip.offer.key for tip in found]


class TestWhatIsSuggested:
    def test_what_is_essential_comes_before_a_wider_gap(self) -> None:
        found = tips(
            [Want("presenting", 5, 0.5), Want("height", 2, 1.0, essential=True)],
            [
                an_offer("talk", {"presenting": (0, 2)}),
                an_offer("ladder", {"height": (1, 2)}, hours=16, price=800),
            ],
            ANY,
        )

        assert keys(found) == ["ladder", "talk"]

    def test_who_stands_at_two_is_not_sent_to_a_beginners_course(self) -> None:
        found = tips(
            [Want("hv", 4, 2.1)],
            [an_offer("first", {"hv": (0, 2)}), an_offer("next", {"hv": (2, 3)})],
            ANY,
        )

        assert keys(found) == ["next"]

    def test_nor_to_one_that_begins_far_above_them(self) -> None:
        assert tips([Want("hv", 5, 1.0)], [an_offer("expert", {"hv": (3, 5)})], ANY) == []

    def test_the_smaller_step_comes_first(self) -> None:
        found = tips(
            [Want("hv", 5, 1.0)],
            [an_offer("leap", {"hv": (1, 4)}), an_offer("step", {"hv": (1, 2)})],
            ANY,
        )

        assert keys(found) == ["step", "leap"]

    def test_of_equals_the_shorter_and_the_cheaper_comes_first(self) -> None:
        found = tips(
            [Want("hv", 3, 1.0)],
            [
                an_offer("dear", {"hv": (1, 2)}, price=900),
                an_offer("long", {"hv": (1, 2)}, hours=20),
                an_offer("good", {"hv": (1, 2)}),
            ],
            ANY,
        )

        assert found[0].offer.key == "good"

    def test_each_need_has_its_turn(self) -> None:
        found = tips(
            [Want("hv", 4, 1.0, essential=True), Want("talk", 3, 2.0)],
            [
                an_offer("hv 1", {"hv": (1, 2)}),
                an_offer("hv 2", {"hv": (1, 2)}, hours=5),
                an_offer("hv 3", {"hv": (1, 2)}, hours=6),
                an_offer("talk 1", {"talk": (2, 3)}),
            ],
            ANY,
        )

        assert set(keys(found)) == {"hv 1", "hv 2", "talk 1"}

    def test_one_of_three_is_in_practice_or_with_others(self) -> None:
        offers = [an_offer(f"course {i}", {"hv": (1, 2)}, hours=i) for i in range(1, 6)]
        walk_along = an_offer("walk along", {"hv": (1, 2)}, mix=PRACTICE, hours=30)

        found = tips([Want("hv", 3, 1.0)], [*offers, walk_along], ANY)

        assert keys(found) == ["course 1", "course 2", "walk along"]

    def test_what_is_asked_later_comes_after_what_is_asked_now(self) -> None:
        found = tips(
            [Want("later", 3, 1.0, from_on=date(2027, 4, 1)), Want("now", 3, 1.0)],
            [an_offer("a", {"later": (1, 2)}), an_offer("b", {"now": (1, 2)})],
            ANY,
        )

        assert keys(found) == ["b", "a"]

    def test_an_activity_that_serves_two_needs_is_one_tip_for_the_more_pressing(self) -> None:
        found = tips(
            [Want("nice", 5, 0.0), Want("must", 2, 1.0, essential=True)],
            [an_offer("both", {"nice": (0, 2), "must": (1, 2)})],
            ANY,
        )

        assert [(tip.want.skill if tip.want else None) for tip in found] == ["must"]

    def test_who_switched_tips_off_gets_none(self) -> None:
        off = Preferences(wanted=False)

        assert tips([Want("hv", 3, 1.0)], [an_offer("a", {"hv": (1, 2)})], off) == []
        assert first_steps([an_offer("a", {"hv": (0, 1)}, hours=1)], off) == []


class TestPreferences:
    def test_each_wish_is_kept(self) -> None:
        offer = an_offer("a", {"hv": (1, 2)}, hours=4, price=100, evening=True)

        assert ANY.allow(offer)
        assert Preferences(most_hours=4).allow(offer)
        assert not Preferences(most_hours=3).allow(offer)
        assert not Preferences(free_only=True).allow(offer)
        assert not Preferences(no_evenings=True).allow(offer)
        assert not Preferences(forms=frozenset({"classroom"})).allow(offer)
        assert Preferences(forms=frozenset({"online"})).allow(offer)
        assert Preferences(language="nl").allow(offer)
        assert not Preferences(language="en").allow(offer)


class TestFirstSteps:
    def test_small_free_and_for_beginners_the_shortest_first(self) -> None:
        found = first_steps(
            [
                an_offer("an hour", {"a": (0, 1)}, hours=1),
                an_offer("ten minutes", {"a": (0, 1)}, hours=0.2),
                an_offer("costs", {"a": (0, 1)}, hours=0.2, price=5),
                an_offer("a day", {"a": (0, 1)}, hours=8),
                an_offer("for experts", {"a": (3, 4)}, hours=0.2),
            ],
            ANY,
        )

        assert keys(found) == ["ten minutes", "an hour"]
        assert all(tip.want is None for tip in found)


skills = st.sampled_from(["a", "b", "c", "d"])
wants = st.lists(
    st.builds(
        Want, skills, st.integers(1, 5), st.floats(0, 5), st.booleans(),
        st.none() | st.just(date(2027, 4, 1)),
    ),
    max_size=4,
    unique_by=lambda w: w.skill,
)  # fmt: skip
taught = st.tuples(skills, st.integers(0, 4), st.integers(1, 5)).filter(lambda t: t[1] < t[2])
offers = st.lists(
    st.builds(
        Offer,
        st.integers(),
        st.sampled_from([PRACTICE, OTHERS, FORMAL]),
        st.sampled_from(["online", "classroom"]),
        st.floats(0, 400),
        st.integers(0, 1_000_000),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.lists(taught, max_size=3, unique_by=lambda t: t[0]).map(tuple),
    ),
    max_size=12,
    unique_by=lambda o: o.key,
)
preferences = st.builds(
    Preferences,
    st.booleans(),
    st.none() | st.floats(0, 100),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(["online", "classroom"])),
    st.sampled_from(["", "nl", "en"]),
)


class TestAlways:
    @given(wants, offers, preferences, st.integers(1, 5))
    def test_every_tip_is_wanted_fits_and_adds_up(
        self, wants: list[Want], offers: list[Offer], preferences: Preferences, most: int
    ) -> None:
        found = tips(wants, offers, preferences, most=most)

        assert len(found) <= most
        assert len({tip.offer.key for tip in found}) == len(found)
        for tip in found:
            assert tip.want in wants
            assert preferences.allow(tip.offer)
            assert fits(tip.want, tip.from_level, tip.to_level)
            assert tip.parts == score(tip.want, tip.offer, tip.from_level, tip.to_level)
        assert [t.score for t in found] == sorted((t.score for t in found), reverse=True)

    @given(wants, offers)
    def test_something_informal_is_among_them_when_it_fits(
        self, wants: list[Want], offers: list[Offer]
    ) -> None:
        found = tips(wants, offers, ANY)
        informal = tips(wants, [o for o in offers if o.mix != FORMAL], ANY)

        if len(found) > 1 and informal:
            assert any(tip.offer.mix != FORMAL for tip in found)

    @given(wants, offers)
    def test_essential_never_comes_after_what_is_not(
        self, wants: list[Want], offers: list[Offer]
    ) -> None:
        told = [tip.want.essential for tip in tips(wants, offers, ANY) if tip.want]

        assert told == sorted(told, reverse=True)

    @given(wants, offers)
    def test_the_order_they_came_in_does_not_matter(
        self, wants: list[Want], offers: list[Offer]
    ) -> None:
        assert tips(wants, offers, ANY) == tips(wants[::-1], offers[::-1], ANY)
