"""Pages of the catalogue: what they show, to whom, and what they do with odd input."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.models import Activity, HiddenTip, TipPreference
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person
from gezel.skills.api import Demand
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

Visit = Callable[[Person], Client]
SEARCH = reverse("catalogue:search")
HTMX = {"HX-Request": "true"}
LONG = "Ontzettend lange titel " * 13  # 299 letters
RTL = "السلامة في الجهد العالي"


def page(client: Client, address: str, **data: Any) -> str:
    response = client.get(address, data)
    assert response.status_code == 200
    return response.content.decode()


class TestSearchPage:
    def test_an_empty_catalogue_says_how_to_begin(
        self, noor: Person, femke: Person, visit: Visit
    ) -> None:
        assert reverse("catalogue:share") in page(visit(noor), SEARCH)
        assert reverse("catalogue:new") in page(visit(femke), SEARCH)

    def test_a_card_tells_why_it_fits(
        self, noor: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        skill = a_skill("Welding")
        a_profile(van_dijk, {skill: 4})
        an_evidence(noor, skill, level=2, kind="self")
        an_activity(van_dijk, "Welding with Piet", teaches={skill: (2, 3)}, price_cents=12_550)

        text = page(visit(noor), SEARCH)

        assert "You need Welding: your role asks 4, you show 1.9." in text
        assert "€ 125.50" in text

    def test_as_one_types_only_the_results_come(
        self, noor: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        an_activity(van_dijk, "Welding")
        an_activity(van_dijk, "Talking")

        response = visit(noor).get(SEARCH, {"q": "weldin", "kind": "", "hours": ""}, headers=HTMX)
        text = response.content.decode()

        assert "<html" not in text
        assert "Welding" in text
        assert "Talking" not in text
        assert response["HX-Push-Url"] == f"{SEARCH}?q=weldin"

    def test_no_result_helps_on(self, noor: Person, van_dijk: Organisation, visit: Visit) -> None:
        an_activity(van_dijk, "Welding in practice")
        client = visit(noor)

        assert "Nothing found" in page(client, SEARCH, q="swimming")
        near = page(client, SEARCH, q="welding swimming")
        assert "This comes nearest" in near
        assert "<mark>Welding</mark> in practice" in near
        filtered = page(client, SEARCH, q="welding", price="0", mix="practice")
        assert "Nothing within these filters" in filtered
        assert f'href="{"?q=welding&amp;price=0"}"' in filtered

    def test_the_question_is_shown_and_never_run(
        self, noor: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        an_activity(van_dijk)
        text = page(visit(noor), SEARCH, q='"><script>alert(1)</script>')

        assert "<script>alert" not in text

    @pytest.mark.parametrize(
        "odd",
        [
            {"q": "\0"}, {"q": "x" * 5_000}, {"page": "999999999999"}, {"hours": "1e9"},
            {"skill": "999999999"}, {"provider": "999999999"}, {"price": "٣"}, {"sort": "pk"},
            {"state": "draft"}, {"export": "exe"}, {"q": RTL}, {"daytime": "yes"},
        ],
    )  # fmt: skip
    def test_odd_questions_get_a_page(
        self, noor: Person, van_dijk: Organisation, visit: Visit, odd: dict[str, str]
    ) -> None:
        an_activity(van_dijk)

        assert visit(noor).get(SEARCH, odd).status_code == 200
        assert visit(noor).get(SEARCH, odd, headers=HTMX).status_code == 200

    def test_a_draft_shows_to_who_keeps_the_catalogue_only(
        self, noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        draft = an_activity(van_dijk, "Secret plan", state=Activity.State.DRAFT)

        assert "Secret plan" in page(visit(femke), SEARCH, state="draft")
        assert "Secret plan" not in page(visit(noor), SEARCH, state="draft")
        address = reverse("catalogue:activity", args=[draft.pk])
        assert "A draft" in page(visit(femke), address)
        assert visit(noor).get(address).status_code == 404

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_what_was_found_can_be_taken_along(
        self, noor: Person, van_dijk: Organisation, visit: Visit, form: str
    ) -> None:
        an_activity(van_dijk, "=Welding()", price_cents=100)
        an_activity(van_dijk, "Talking")

        response = visit(noor).get(SEARCH, {"q": "welding", "export": form})
        body = b"".join(response)

        assert response.status_code == 200
        if form == "csv":
            assert b"Welding" in body
            assert b"\n=Welding" not in body
            assert b"Talking" not in body
        else:
            assert body.startswith(b"PK")

    def test_few_questions_to_the_database_however_many_there_are(
        self,
        noor: Person,
        van_dijk: Organisation,
        visit: Visit,
        django_assert_max_num_queries: Any,
    ) -> None:
        skills = {a_skill(f"Skill {n}"): 3 for n in range(6)}
        a_profile(van_dijk, skills)
        for number in range(30):
            an_activity(
                van_dijk, f"Welding {number}", teaches=dict.fromkeys(skills, (0, 1)),
                provider=f"School {number}", shared_by=noor,
            )  # fmt: skip
        client = visit(noor)
        client.get(SEARCH)

        with django_assert_max_num_queries(12):
            assert client.get(SEARCH, {"q": "welding"}).status_code == 200
        with django_assert_max_num_queries(12):
            assert client.get(SEARCH, {"page": "2"}).status_code == 200
        with django_assert_max_num_queries(12):
            assert client.get(SEARCH, {"q": "weldng"}, headers=HTMX).status_code == 200


class TestActivityPage:
    def test_from_where_to_where_beside_oneself(
        self, noor: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        fits, high, done = a_skill("Fits"), a_skill("High"), a_skill("Done")
        ahead = timezone.localdate() + timedelta(days=60)
        profile = a_profile(van_dijk, {done: 1})
        Demand.objects.create(profile=profile, skill=fits, level=4, from_on=ahead)
        an_evidence(noor, fits, level=2, kind="self")
        an_evidence(noor, done, level=4, kind="self")
        activity = an_activity(
            van_dijk, teaches={fits: (2, 3), high: (3, 4), done: (0, 2)}, why_it_helped="It clicked"
        )

        text = page(visit(noor), reverse("catalogue:activity", args=[activity.pk]))

        assert "Because you need Fits: your role asks 4 from" in text
        assert "a next step you need" in text
        assert "first something before it" in text
        assert "you are there already" in text
        assert "It clicked" in text

    def test_something_like_it(self, noor: Person, van_dijk: Organisation, visit: Visit) -> None:
        skill = a_skill()
        one = an_activity(van_dijk, "One", teaches={skill: (0, 1)})
        an_activity(van_dijk, "Much like it", teaches={skill: (1, 2)})
        an_activity(van_dijk, "Closed", teaches={skill: (1, 2)}, state=Activity.State.CLOSED)

        text = page(visit(noor), reverse("catalogue:activity", args=[one.pk]))

        assert "Much like it" in text
        assert "Closed" not in text

    def test_long_names_and_other_scripts_show_as_they_are(
        self, noor: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        activity = an_activity(
            van_dijk, RTL, provider=LONG[:200], location=LONG[:200], title_nl=LONG[:250]
        )

        text = page(visit(noor), reverse("catalogue:activity", args=[activity.pk]))

        assert f"<bdi>{RTL}</bdi>" in text


class TestWalls:
    def test_sam_sees_nothing_of_van_dijk(
        self, sam: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        skill = a_skill("Own skill", organisation=van_dijk)
        activity = an_activity(van_dijk, "Welding", teaches={skill: (0, 1)})
        client = visit(sam)

        for query in ({}, {"q": "welding"}, {"skill": str(skill.pk)}, {"export": "csv"}):
            response = client.get(SEARCH, query)
            body = b"".join(response)
            assert b"Welding" not in body.replace(b'value="welding"', b"")
            assert b"Own skill" not in body
        for name, args in (
            ("activity", [activity.pk]),
            ("edit", [activity.pk]),
            ("new", []),
            ("panel_teaches", [skill.pk]),
        ):
            assert client.get(reverse(f"catalogue:{name}", args=args)).status_code == 404
        aside = client.post(reverse("catalogue:hide_tip", args=[activity.pk]), {"for": "good"})
        assert aside.status_code == 404
        assert not HiddenTip.objects.exists()

    def test_only_hr_and_authors_put_on_offer(
        self, noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        activity = an_activity(van_dijk)
        for address in (
            reverse("catalogue:new"),
            reverse("catalogue:edit", args=[activity.pk]),
        ):
            assert visit(noor).get(address).status_code == 404
            assert visit(daan).get(address).status_code == 404
            assert visit(femke).get(address).status_code == 200

    def test_a_module_is_changed_in_its_own_workshop(
        self, femke: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        module = an_activity(van_dijk, kind=Activity.Kind.MODULE)

        assert visit(femke).get(reverse("catalogue:edit", args=[module.pk])).status_code == 404

    def test_nobody_without_an_account(self, client: Client, db: None) -> None:
        for name in ("search", "new", "share", "tips", "panel_tips"):
            assert client.get(reverse(f"catalogue:{name}")).status_code == 302


def an_entry(**changes: object) -> dict[str, object]:
    """A form filled in well, some answers changed; None leaves one out."""
    entry: dict[str, object] = {
        "title_nl": "Lassen", "title_en": "Welding", "kind": "course", "mix": "formal",
        "form": "classroom", "hours": "8", "price": "425.50", "in_dutch": "on", "state": "open",
        "key": str(uuid.uuid4()), "provider_name": "Innovam",
    }  # fmt: skip
    return {k: v for k, v in (entry | changes).items() if v is not None}


class TestOffering:
    def test_the_whole_of_it(self, femke: Person, van_dijk: Organisation, visit: Visit) -> None:
        skill = a_skill("Welding")
        entry = an_entry(skill=str(skill.pk), **{f"from-{skill.pk}": "1", f"to-{skill.pk}": "3"})
        client = visit(femke)

        response = client.post(reverse("catalogue:new"), entry)
        again = client.post(reverse("catalogue:new"), entry)

        activity = Activity.objects.get()
        assert response["Location"] == again["Location"]
        assert response["Location"] == reverse("catalogue:activity", args=[activity.pk])
        assert activity.price_cents == 42_550
        assert str(activity.provider) == "Innovam"
        assert [(t.skill, t.from_level, t.to_level) for t in activity.teaches.all()] == [
            (skill, 1, 3)
        ]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"price": "-1"}, {"price": "99999999999"}, {"price": "veel"}, {"hours": "0"},
            {"hours": "-2"}, {"title_en": LONG}, {"title_nl": "", "title_en": ""},
            {"link": "javascript:alert(1)"}, {"link": "data:text/html,x"}, {"link": "ftp://x.nl"},
            {"in_dutch": None}, {"kind": "module"}, {"mix": "x"}, {"state": "x"},
            {"title_nl": "a\0b"}, {"summary_nl": "x" * 5_001},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_told_at_its_field_and_nothing_is_kept(
        self, femke: Person, visit: Visit, wrong: dict[str, object]
    ) -> None:
        response = visit(femke).post(reverse("catalogue:new"), an_entry(**wrong))

        assert response.status_code == 422
        assert b'class="error"' in response.content
        assert not Activity.objects.exists()

    def test_levels_that_do_not_go_up(self, femke: Person, visit: Visit) -> None:
        skill = a_skill()
        entry = an_entry(skill=str(skill.pk), **{f"from-{skill.pk}": "3", f"to-{skill.pk}": "3"})

        response = visit(femke).post(reverse("catalogue:new"), entry)

        assert response.status_code == 422
        assert b"must be higher" in response.content

    def test_a_skill_is_found_and_added_without_losing_the_rest(
        self, femke: Person, de_linde: Organisation, visit: Visit
    ) -> None:
        from gezel.skills.actions.findable import make_skills_findable

        skill = a_skill("Welding stainless steel")
        hidden = a_skill("Welding elsewhere", organisation=de_linde)
        make_skills_findable([skill, hidden])
        client = visit(femke)

        found = client.post(
            reverse("catalogue:new"), an_entry(find="1", skill_text="welding", title_en="My title")
        )
        assert found.status_code == 200
        assert b"Welding stainless steel" in found.content
        assert b"Welding elsewhere" not in found.content
        assert b"My title" in found.content
        added = client.post(
            reverse("catalogue:new"), an_entry(add=str(skill.pk)), headers=HTMX
        ).content.decode()
        assert f'name="skill" value="{skill.pk}"' in added
        assert "<html" not in added
        other = client.post(reverse("catalogue:new"), an_entry(add=str(hidden.pk)))
        assert b"Welding elsewhere" not in other.content
        assert not Activity.objects.exists()

    def test_two_who_change_at_once(
        self, femke: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        activity = an_activity(van_dijk, "Welding")
        address = reverse("catalogue:edit", args=[activity.pk])
        client = visit(femke)

        first = client.post(address, an_entry(version="1", title_en="First"))
        second = client.post(address, an_entry(version="1", title_en="Second"))

        assert first.status_code == 302
        assert second.status_code == 422
        assert b"Someone changed this activity" in second.content
        assert b"Second" in second.content
        assert b'name="version" value="2"' in second.content
        third = client.post(address, an_entry(version="2", title_en="Second"))
        assert third.status_code == 302
        activity.refresh_from_db()
        assert (activity.title_en, activity.version) == ("Second", 3)


class TestSharing:
    GOOD = {
        "link": "https://example.org/welding", "title": "A clear film", "why": "I saw it at last",
        "minutes": "15", "language": "en",
    }  # fmt: skip

    def test_it_is_on_offer_at_once_with_a_name(
        self, noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
    ) -> None:
        response = visit(noor).post(
            reverse("catalogue:share"), self.GOOD | {"key": str(uuid.uuid4())}
        )

        shared = Activity.objects.get()
        assert response["Location"] == reverse("catalogue:activity", args=[shared.pk])
        assert (shared.kind, shared.shared_by, shared.state) == ("reading", noor, "open")
        text = page(visit(daan), SEARCH, q="clear film")
        assert "I saw it at last" in text
        assert "Noor Jansen" in text

    def test_back_in_the_browser_and_sent_again_is_still_one(
        self, noor: Person, daan: Person, visit: Visit
    ) -> None:
        def send(person: Person, **other: str) -> Any:
            told = self.GOOD | {"key": str(uuid.uuid4())} | other
            return visit(person).post(reverse("catalogue:share"), told, follow=True)

        first = send(noor)
        again = send(noor, title="A clearer film")
        assert again.redirect_chain[-1][0] == first.redirect_chain[-1][0]
        assert "You shared this link before" in again.content.decode()
        assert [one.title_en for one in Activity.objects.all()] == ["A clear film"]
        send(noor, link="https://example.org/brazing")
        send(daan)
        assert Activity.objects.count() == 3
        Activity.objects.filter(shared_by=noor).update(state="closed")
        assert "your colleagues can find it now" in send(noor).content.decode()

    def test_who_shared_it_may_change_it_and_other_colleagues_may_not(
        self, noor: Person, daan: Person, visit: Visit
    ) -> None:
        visit(noor).post(reverse("catalogue:share"), self.GOOD)
        address = reverse("catalogue:edit", args=[Activity.objects.get().pk])

        assert visit(noor).get(address).status_code == 200
        assert visit(daan).get(address).status_code == 404

    @pytest.mark.parametrize(
        "wrong",
        [
            {"link": "javascript:alert(document.cookie)"}, {"link": "vbscript:x"}, {"link": ""},
            {"link": "https://"}, {"title": LONG}, {"title": ""}, {"why": "x" * 501},
            {"minutes": "-5"}, {"minutes": "0"}, {"language": "fr"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(
        self, noor: Person, visit: Visit, wrong: dict[str, str]
    ) -> None:
        response = visit(noor).post(reverse("catalogue:share"), self.GOOD | wrong)

        assert response.status_code == 422
        assert not Activity.objects.exists()


class TestTips:
    @pytest.fixture
    def tip(self, noor: Person, van_dijk: Organisation) -> Activity:
        skill = a_skill("Welding")
        a_profile(van_dijk, {skill: 4}, essential=True)
        an_evidence(noor, skill, level=2, kind="self")
        return an_activity(van_dijk, "Welding with Piet", teaches={skill: (2, 3)}, mix="practice")

    def test_the_panel_tells_why(self, noor: Person, tip: Activity, visit: Visit) -> None:
        text = page(visit(noor), reverse("catalogue:panel_tips"))

        assert "Because you need Welding: your role asks 4, the evidence shows 1.9." in text
        assert "This goes from 2 to 3: 4 h, free, in English, in practice." in text

    def test_the_panel_is_cheap(
        self, noor: Person, tip: Activity, visit: Visit, django_assert_max_num_queries: Any
    ) -> None:
        client = visit(noor)
        client.get(reverse("catalogue:panel_tips"))

        with django_assert_max_num_queries(3 + 4):  # session, person, visitor; and its own
            client.get(reverse("catalogue:panel_tips"))

    def test_not_now_by_form_and_by_htmx(self, noor: Person, tip: Activity, visit: Visit) -> None:
        client = visit(noor)
        address = reverse("catalogue:hide_tip", args=[tip.pk])

        plain = client.post(address, {"for": "now", "next": "/learn/"})
        quick = client.post(address, {"for": "good"}, headers=HTMX)
        elsewhere = client.post(address, {"for": "now", "next": "https://evil.example/"})

        assert plain["Location"] == "/learn/"
        assert "Welding with Piet" not in quick.content.decode()
        assert elsewhere["Location"] == "/"
        assert HiddenTip.objects.get().person == noor

    def test_the_sum_is_shown_and_can_be_checked(
        self, noor: Person, tip: Activity, visit: Visit
    ) -> None:
        text = page(visit(noor), reverse("catalogue:tips"))

        # 100 essential, 2.1 levels short at 10, begins nearly where one stands 19, four hours -1.
        assert "How it came here: 138.5 points" in text
        for part in ("+100", "+21", "+19", "-1"):
            assert part in text

    def test_switched_off_the_panel_is_gone(
        self, noor: Person, tip: Activity, visit: Visit
    ) -> None:
        client = visit(noor)
        response = client.post(reverse("catalogue:tips"), {"language": "nl", "forms": ["online"]})

        assert response.status_code == 302
        kept = TipPreference.objects.get(person=noor)
        assert (kept.wanted, kept.language, kept.forms) == (False, "nl", ["online"])
        assert client.get(reverse("catalogue:panel_tips")).status_code == 404
        assert "You switched tips off" in page(client, reverse("catalogue:tips"))

    @pytest.mark.parametrize("wrong", [{"most_hours": "-1"}, {"forms": "x"}, {"language": "fr"}])
    def test_odd_wishes_are_refused(
        self, noor: Person, visit: Visit, wrong: dict[str, str]
    ) -> None:
        response = visit(noor).post(reverse("catalogue:tips"), {"wanted": "on"} | wrong)

        assert response.status_code == 422
        assert not TipPreference.objects.exists()

    def test_put_aside_is_seen_and_taken_back(
        self, noor: Person, tip: Activity, visit: Visit
    ) -> None:
        client = visit(noor)
        client.post(reverse("catalogue:hide_tip", args=[tip.pk]), {"for": "good"})

        assert "for good" in page(client, reverse("catalogue:tips"))
        client.post(reverse("catalogue:take_back"), {"activity": str(tip.pk)})
        assert not HiddenTip.objects.exists()

    def test_nobody_else_can_read_or_change_it(
        self, noor: Person, daan: Person, femke: Person, tip: Activity, visit: Visit
    ) -> None:
        visit(noor).post(reverse("catalogue:hide_tip", args=[tip.pk]), {"for": "good"})

        for other in (daan, femke):
            client = visit(other)
            assert "for good" not in page(client, reverse("catalogue:tips"))
            client.post(reverse("catalogue:take_back"), {"activity": str(tip.pk)})
        assert HiddenTip.objects.filter(person=noor).exists()

    def test_what_teaches_a_skill(self, noor: Person, tip: Activity, visit: Visit) -> None:
        skill = tip.teaches.get().skill

        text = page(visit(noor), reverse("catalogue:panel_teaches", args=[skill.pk]))

        assert "Welding with Piet" in text
        assert "from 2 to 3" in text
