"""Search: what people type, and what they meant by it."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gezel.kit import search
from gezel.kit.likeness import folded, one_slip_away, slips, stem
from gezel.kit.models import SearchEntry, SearchWord

HERE, ELSEWHERE = 1, 2

TITLES = [
    "Hoogspanningsveiligheid, de basis",
    "Veilig werken aan elektrische auto's",
    "Een lastig klantgesprek",
    "Gesprekken voeren",
    "Feedback geven",
    "Accu's meten en doormeten",
    "Diagnose van de aandrijflijn",
    "Veiligheid",
    "Bedrijfshulpverlening",
    "Café runnen",
]


def index(titles: list[str], *, organisation: int | None = HERE, first: int = 1) -> None:
    search.index(
        "activity",
        [search.Entry(pk, organisation, "nl", title) for pk, title in enumerate(titles, first)],
    )


def found(text: str, *, organisation: int | None = HERE, language: str = "nl") -> list[str]:
    hits = search.search(text, kinds=["activity"], organisation=organisation, language=language)
    return [TITLES[hit.object_id - 1] for hit in hits]


@pytest.fixture
def titles(db: None) -> None:
    index(TITLES)


class TestFinding:
    pytestmark = pytest.mark.usefixtures("titles")

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("Feedback geven", "Feedback geven"),
            ("feed", "Feedback geven"),
            ("FEEDBACK", "Feedback geven"),
            ("geven feedback", "Feedback geven"),
            ("cafe", "Café runnen"),
            ("hoogspaningsveiligheid", TITLES[0]),
            ("hoogspaningsveiligheit", TITLES[0]),
            ("hogsp", TITLES[0]),
            ("ohogspanning", TITLES[0]),
            ("feedbak", "Feedback geven"),
            ("feebdack", "Feedback geven"),
            ("diagnos aandrijflin", "Diagnose van de aandrijflijn"),
            ("gesprek klant", "Een lastig klantgesprek"),
            ("hulpverlening", "Bedrijfshulpverlening"),
            ("autos", "Veilig werken aan elektrische auto's"),
            ("elektrisch", "Veilig werken aan elektrische auto's"),
            ("meting", "Accu's meten en doormeten"),
        ],
    )
    def test_what_was_meant_comes_first(self, typed: str, meant: str) -> None:
        assert found(typed)[0] == meant

    def test_the_exact_title_comes_before_a_longer_one_and_a_compound(self) -> None:
        assert found("veiligheid")[:2] == ["Veiligheid", "Hoogspanningsveiligheid, de basis"]

    def test_a_bent_word_finds_its_family_after_itself(self) -> None:
        assert found("gesprek") == ["Gesprekken voeren", "Een lastig klantgesprek"]

    def test_nothing_like_it_finds_nothing(self) -> None:
        assert found("zwembad") == []

    def test_what_lacks_a_word_is_told_to_be_near(self) -> None:
        hits = search.search("feedback zwembad", kinds=["activity"], organisation=HERE)

        assert [(TITLES[h.object_id - 1], h.near) for h in hits] == [("Feedback geven", True)]

    def test_small_words_ask_nothing(self) -> None:
        assert found("hoe geef ik feedback aan een collega")[0] == "Feedback geven"

    def test_it_tells_which_words_answered(self) -> None:
        (hit,) = search.search("feedbak gev", kinds=["activity"], organisation=HERE)

        assert hit.matched == ("feedback", "geven")

    def test_no_more_than_asked_for(self) -> None:
        hits = search.search("e", kinds=["activity"], organisation=HERE, limit=1)

        assert len(hits) == 1


class TestLanguages:
    pytestmark = pytest.mark.django_db

    def test_a_thing_is_found_once_whatever_the_language(self) -> None:
        search.index(
            "activity",
            [
                search.Entry(1, HERE, "nl", "Feedback geven"),
                search.Entry(1, HERE, "en", "Giving feedback"),
            ],
        )

        for typed in ("feedback", "giving", "geven"):
            hits = search.search(typed, kinds=["activity"], organisation=HERE, language="nl")
            assert [h.object_id for h in hits] == [1]

    def test_of_equals_the_one_in_the_readers_language_comes_first(self) -> None:
        search.index(
            "activity",
            [
                search.Entry(1, HERE, "en", "Coaching basics"),
                search.Entry(2, HERE, "nl", "Coaching basis!"),
            ],
        )

        def order(language: str) -> list[int]:
            hits = search.search(
                "coaching", kinds=["activity"], organisation=HERE, language=language
            )
            return [h.object_id for h in hits]

        assert order("nl") == [2, 1]
        assert order("en") == [1, 2]

    def test_other_names_and_what_it_is_about_count_less_than_the_title(self) -> None:
        search.index(
            "activity",
            [
                search.Entry(1, HERE, "nl", "Meten", "ook over lassen en solderen"),
                search.Entry(2, HERE, "nl", "Lassen"),
            ],
        )

        hits = search.search("lassen", kinds=["activity"], organisation=HERE)

        assert [h.object_id for h in hits] == [2, 1]


class TestWalls:
    pytestmark = pytest.mark.django_db

    def test_nobody_finds_what_another_organisation_holds(self) -> None:
        index(TITLES, organisation=ELSEWHERE)

        for typed in ("feedback", "feedbak", "veiligheid", "f", "gesprek klant"):
            assert found(typed) == []
            assert found(typed, organisation=None) == []

    def test_what_is_shared_is_found_by_all(self) -> None:
        index(TITLES, organisation=None)

        assert found("feedback") == found("feedback", organisation=None) == ["Feedback geven"]

    def test_each_kind_by_itself(self) -> None:
        index(["Feedback geven"])
        search.index("skill", [search.Entry(1, HERE, "nl", "Feedback vragen")])

        both = search.search("feedback", kinds=["activity", "skill"], organisation=HERE)

        assert {(h.kind, h.object_id) for h in both} == {("activity", 1), ("skill", 1)}
        assert found("vragen") == []

    def test_one_may_look_among_some_only(self) -> None:
        index(TITLES)
        some = SearchWord.objects.filter(pk=-1)

        hits = search.search("feedback", kinds=["activity"], organisation=HERE, among=some)

        assert hits == []


class TestKeeping:
    pytestmark = pytest.mark.django_db

    def test_what_changes_is_found_by_its_new_name_only(self) -> None:
        index(TITLES)
        search.index("activity", [search.Entry(5, HERE, "nl", "Complimenten geven")])

        assert found("feedback") == []
        assert [h.object_id for h in _hits("complimenten")] == [5]

    def test_a_language_that_is_no_longer_there_is_no_longer_found(self) -> None:
        search.index(
            "activity",
            [search.Entry(1, HERE, "nl", "Lassen"), search.Entry(1, HERE, "en", "Welding")],
        )
        search.index("activity", [search.Entry(1, HERE, "nl", "Lassen")])

        assert _hits("welding") == []
        assert [h.object_id for h in _hits("lassen")] == [1]

    def test_what_is_forgotten_leaves_no_word_behind(self) -> None:
        index(TITLES)
        index(["Zwemmen met Noortje"], first=99)
        search.forget("activity", [99])

        assert _hits("noortje") == []
        assert not SearchWord.objects.filter(word__in=["noortje", "zwemmen"]).exists()
        assert SearchWord.objects.filter(word="feedback").exists()

    def test_a_word_that_others_use_stays(self) -> None:
        index(["Feedback geven", "Feedback vragen"])
        search.forget("activity", [1])

        assert [h.object_id for h in _hits("feedbak")] == [2]

    def test_deleted_rows_are_out_of_the_index_at_once(self) -> None:
        index(TITLES)
        SearchEntry.objects.filter(object_id=5).delete()

        assert found("feedback") == []

    def test_writing_twice_is_writing_once(self) -> None:
        index(TITLES)
        before = SearchEntry.objects.count(), SearchWord.objects.count()
        index(TITLES)

        assert (SearchEntry.objects.count(), SearchWord.objects.count()) == before

    def test_what_is_rolled_back_was_never_there(self) -> None:
        with transaction.atomic():
            index(TITLES)
            transaction.set_rollback(True)

        assert found("feedback") == []
        assert not SearchWord.objects.exists()

    def test_a_large_batch_keeps_both_languages_of_each_thing(self) -> None:
        search.index(
            "activity",
            (
                search.Entry(pk, HERE, language, f"Onderwerp{pk} {language}")
                for pk in range(search.BATCH + 20)
                for language in ("nl", "en")
            ),
        )

        assert SearchEntry.objects.count() == 2 * (search.BATCH + 20)


def _hits(text: str) -> list[search.Hit]:
    return search.search(text, kinds=["activity"], organisation=HERE)


NASTY = [
    "", " ", '"', '""', "'", "''; DROP TABLE kit_searchentry; --", "NEAR(", "a NEAR b", "*", "**",
    "AND", "OR NOT", "title:x", "{title}: x", "^x", "-x", "(", ")", "a*b*", "%", "_", "\\", "'\\'",
    "\x00", "a\x00b", "😀", "😀😀 feedback", "سلام عليكم", "שלום", "日本語", "ﬁets", "ß",
    "İstanbul", "ǆ",
    "\u202eabc", "\ud800", "x" * 10_000, "a b " * 3_000, "':*", "a' | 'b", "a & b", "!a", "<->",
    "²³½", "Ⅷ", "᾿", "\u0345", "e\u0301" * 200, "one two three four five six seven eight nine ten",
]  # fmt: skip


class TestAnyText:
    pytestmark = pytest.mark.usefixtures("titles")

    @pytest.mark.parametrize("text", NASTY)
    def test_no_question_breaks_it(self, text: str) -> None:
        hits = search.search(text, kinds=["activity"], organisation=HERE, language="nl")

        assert len(hits) <= 20

    @pytest.mark.parametrize("text", NASTY)
    def test_no_title_breaks_it_and_it_is_found_again(self, text: str) -> None:
        search.index("activity", [search.Entry(77, HERE, "nl", text, text)])

        if folded(text):
            assert 77 in [
                h.object_id
                for h in search.search(text[:300], kinds=["activity"], organisation=HERE)
            ]
        search.forget("activity", [77])
        assert not SearchEntry.objects.filter(object_id=77).exists()

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.text(max_size=80))
    def test_whatever_one_types(self, text: str) -> None:
        search.search(text, kinds=["activity"], organisation=HERE, language="nl")

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.text(min_size=1, max_size=60))
    def test_a_title_is_found_by_itself(self, title: str) -> None:
        search.index("activity", [search.Entry(78, HERE, "nl", title)])

        hits = search.search(title, kinds=["activity"], organisation=HERE)

        assert not folded(title) or 78 in [h.object_id for h in hits]


class TestLikeness:
    @given(st.text(max_size=40))
    @example("𝚨")
    @example("ᴬ")
    def test_folding_gives_only_words_and_folds_no_further(self, text: str) -> None:
        words = folded(text)

        assert all(word.isalnum() for word in words)
        assert folded(" ".join(words)) == words

    @given(st.text(alphabet="abcdeg", min_size=4, max_size=8))
    def test_every_word_one_slip_away_is_at_most_one_slip_away(self, word: str) -> None:
        assert all(slips(other, word + "") <= 1 for other in one_slip_away(word))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("gesprekken", "gesprek"), ("monteurs", "monteur"), ("gevaren", "gevaar"),
            ("bedrijven", "bedrijf"), ("vaardigheden", "vaardigheid"), ("batteries", "battery"),
            ("metingen", "meten"), ("coaching", "coach"), ("huizen", "huis"),
        ],
    )  # fmt: skip
    def test_words_that_bend_keep_their_stem(self, one: str, other: str) -> None:
        assert stem(one) == stem(other)

    def test_slips_count_letters_and_swaps(self) -> None:
        assert slips("feebdack", "feedback") == 1
        assert slips("hogsp", "hoogspanning") == 1
        assert slips("veiligheit", "hoogspanningsveiligheid", anywhere=True) == 1
        assert slips("zwembad", "feedback") > 2


@pytest.mark.django_db
def test_the_databases_own_index_agrees_with_the_table() -> None:
    index(TITLES)
    search.index("activity", [search.Entry(5, HERE, "nl", "Iets anders")])
    search.forget("activity", [1, 2])

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Raises when the index and the entries tell different things.
            cursor.execute(
                "INSERT INTO kit_searchentry_fts (kit_searchentry_fts, rank)"
                " VALUES ('integrity-check', 1)"
            )
    assert SearchEntry.objects.count() == len(TITLES) - 2
