"""My profile and the links to it: what stands there, who sees it, and until when."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gezel.certificates.tests.builders import a_holding, a_type
from gezel.content.tests.builders import a_module
from gezel.gatherings.tests.builders import a_past_place, a_session, there
from gezel.kit.text import in_language
from gezel.people.api import Employment, Organisation, Person, employ, end_employment, root_of
from gezel.plans.tests.builders import a_goal
from gezel.profile import actions, files, queries, sealing
from gezel.profile.models import Credential, Opening, Part, Share
from gezel.profile.rules.verdict import check
from gezel.profile.tests.builders import a_credential, a_link, a_share
from gezel.skills.tests.builders import a_skill, an_evidence
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]
STORY = "I **love** a humming inverter."


def body(response: Any) -> str:
    content: bytes = response.content
    return content.decode()


def read(secret: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(reverse("profile:read", args=[secret]), headers=headers)


def written(person: Person, code: str = "can", story: str = STORY, *pins: str) -> None:
    assert actions.write_part(person, code, story=story, pins=pins, version=_version(person, code))


def _version(person: Person, code: str) -> int:
    part = Part.objects.filter(person=person, code=code).first()
    return part.version if part else 0


@pytest.fixture
def rich(noor: Person, daan: Person, femke: Person, van_dijk: Organisation) -> dict[str, Any]:
    """Noor with one of everything."""
    skill = a_skill("insulation", organisation=van_dijk)
    an_evidence(noor, skill, level=3, kind="lead", by=daan)
    only_mine = a_skill("poetry")
    an_evidence(noor, only_mine, level=4, kind="self", by=noor)
    module = a_module(van_dijk)
    module.attempts.create(person=noor, completed_at=timezone.now(), passed=True)
    session = a_session(van_dijk, by=daan, days=-2, title="An evening of volts")
    a_past_place(session, noor)
    there(session, noor, "present", minutes=60)
    kind = a_type(van_dijk, "Working at height")
    holding = a_holding(noor, kind, confirmed_by=daan)
    credential = a_credential(noor, van_dijk, by=femke)
    goal = a_goal(noor, skill=skill)
    return {
        "skill": skill, "own": only_mine, "module": module, "session": session, "kind": kind,
        "holding": holding, "credential": credential, "goal": goal,
    }  # fmt: skip


def test_my_profile_holds_what_i_can_did_hold_and_want(
    noor: Person, rich: dict[str, Any], visit: Visit
) -> None:
    text = body(visit(noor).get(reverse("profile:own")))

    for told in (
        rich["skill"].name, rich["own"].name, rich["module"].activity.title, "An evening of volts",
        rich["kind"].name, rich["credential"].wording.name, rich["goal"].title,
        "Confirmed by a lead", "own view",
    ):  # fmt: skip
        assert str(told).lower() in text.lower(), told


def test_the_account_outlives_the_job_and_the_profile_with_it(
    noor: Person, van_dijk: Organisation, de_linde: Organisation, rich: dict[str, Any], visit: Visit
) -> None:
    """Between jobs, and with two, it reads the same."""
    me = visit(noor)
    titles = [rich["skill"].name, rich["kind"].name, rich["goal"].title, "An evening of volts"]
    yesterday = timezone.localdate() - timedelta(days=1)
    end_employment(noor.employments.get(), last_day=yesterday)
    between = body(me.get(reverse("profile:own")))
    share, secret = a_link(noor, "all:can", "all:did", "all:hold", "all:goals")
    assert share.is_open
    for page in (between, body(read(secret))):
        assert [t for t in titles if str(t) not in page] == []
    home = body(me.get(reverse("home")))
    assert reverse("profile:own") in home

    for organisation in (van_dijk, de_linde):
        job = organisation.jobs.first() or organisation.jobs.create(name="Mechanic")
        Employment.objects.create(
            person=noor, organisation=organisation, job=job,
            unit=root_of(organisation), starts_on=timezone.localdate(),
        )  # fmt: skip
    text = body(me.get(reverse("profile:own")))
    assert [t for t in titles if str(t) not in text] == []


def test_pages_ask_few_questions(noor: Person, rich: dict[str, Any], visit: Visit) -> None:
    for number in range(5):
        an_evidence(noor, a_skill(f"skill {number}"), level=2, kind="lead")
    share, secret = a_link(noor, "all:can", "all:did", "all:hold", "all:goals")
    me = visit(noor)
    me.get(reverse("profile:own"))
    read(secret)
    asked = {}
    for name, client, address in (
        ("own", me, reverse("profile:own")),
        ("arrange", me, reverse("profile:arrange")),
        ("write", me, reverse("profile:write", args=["did"])),
        ("shares", me, reverse("profile:shares")),
        ("new", me, reverse("profile:new_share")),
        ("share", me, reverse("profile:share", args=[share.pk])),
        ("preview", me, reverse("profile:share_preview", args=[share.pk])),
        ("patterns", me, reverse("profile:patterns")),
        ("read", Client(), reverse("profile:read", args=[secret])),
    ):
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert client.get(address).status_code == 200, name
        asked[name] = len([q for q in told if "SAVEPOINT" not in q["sql"]])

    assert {name: n for name, n in asked.items() if n > 13} == {}, asked


# -- arranging and writing -------------------------------------------------------------------------


def test_parts_are_moved_put_aside_and_shown_again(
    noor: Person, rich: dict[str, Any], visit: Visit
) -> None:
    me = visit(noor)
    order = "goals,about,can,did,hold"
    me.post(reverse("profile:arrange"), {"order": order})
    me.post(reverse("profile:arrange"), {"order": order})
    assert [part.code for part in queries.placed_by(noor)] == order.split(",")
    _share, secret = a_link(noor, "all:goals", "all:can")
    text = body(read(secret))
    assert text.index("Where I want to go") < text.index("What I can do</h2>")

    me.post(reverse("profile:show_part", args=["goals"]), {"shown": "no"})
    assert "Where I want to go" not in body(read(secret))
    assert "Put aside" in body(me.get(reverse("profile:own")))
    me.post(reverse("profile:show_part", args=["goals"]), {"shown": "yes"})
    assert "Where I want to go" in body(read(secret))

    for wrong in ("can,can,did,hold,about", "can", "", "x,about,can,did,hold"):
        answer = me.post(reverse("profile:arrange"), {"order": wrong}, follow=True)
        assert "does not hold every part" in body(answer)
    assert [part.code for part in queries.placed_by(noor)] == order.split(",")
    assert me.get(reverse("profile:write", args=["salary"])).status_code == 404


def test_a_story_is_words_and_nothing_that_does_something(
    noor: Person, rich: dict[str, Any], visit: Visit
) -> None:
    me = visit(noor)
    page = reverse("profile:write", args=["can"])
    hostile = (
        "# Me\n\n<script>alert(1)</script> **bold** [go](javascript:alert(1)) "
        "![x](https://elsewhere.example/p.png) \u202eevil"
    )
    me.post(page, {"story": hostile, "version": 0, "pin": [f"skill:{rich['skill'].pk}", "skill:0"]})
    part = Part.objects.get(person=noor, code="can")
    assert part.pins == [f"skill:{rich['skill'].pk}"]
    _share, secret = a_link(noor, "story:can")
    for text in (body(me.get(reverse("profile:own"))), body(read(secret))):
        story = text[text.index('class="prose story"') :]
        story = story[: story.index("</div>")]
        assert "<h3>Me</h3>" in story
        assert "<strong>bold</strong>" in story
        assert "\u202e" not in story
        assert "<script" not in story
        assert "<img" not in story
        assert "javascript" not in story.replace("](javascript:alert(1))", "")
    assert me.post(page, {"story": "x" * 4_001, "version": 1}).status_code == 422
    assert Part.objects.get(person=noor, code="can").story == part.story


def test_two_windows_do_not_write_over_each_other(noor: Person, visit: Visit) -> None:
    me, page = visit(noor), reverse("profile:write", args=["about"])
    assert me.post(page, {"story": "First", "version": 0}).status_code == 302
    assert me.post(page, {"story": "First", "version": 0}).status_code == 302  # sent twice
    answer = me.post(page, {"story": "Second", "version": 0})
    # The row there was before anything was written counts as the same: it was changed since.
    assert answer.status_code == 409
    assert "Second" in body(answer)
    assert "changed in another window" in body(answer)
    assert Part.objects.get(person=noor, code="about").story == "First"
    assert me.post(page, {"story": "Second", "version": 2}).status_code == 302
    assert Part.objects.get(person=noor, code="about").story == "Second"


# -- a link ----------------------------------------------------------------------------------------


def test_choose_look_make_read_who_looked_withdraw(
    noor: Person, rich: dict[str, Any], visit: Visit
) -> None:
    me, outsider = visit(noor), Client()
    written(noor)
    new = reverse("profile:new_share")
    assert rich["skill"].name in body(me.get(new))
    sent = {
        "label": "Recruiter", "note": "Nice to meet you", "facts": "live", "key": str(uuid.uuid4()),
        "until": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "chosen": ["story:can", f"skill:{rich['skill'].pk}"],
    }  # fmt: skip
    preview = body(me.post(new, sent | {"step": "preview"}))
    assert not Share.objects.exists()
    made = body(me.post(new, sent | {"step": "make"}))
    secret = made.split("/shared/")[1].split("/")[0]
    assert len(secret) >= 43
    share = Share.objects.get()
    assert secret not in f"{share.digest}{share.__dict__}"
    # Sent twice is one link, and its address is not told again.
    answer = me.post(new, sent | {"step": "make"}, follow=True)
    assert Share.objects.count() == 1
    assert "/shared/" not in body(answer)

    page = read(secret, outsider)
    text = body(page)
    assert page["X-Robots-Tag"].startswith("noindex")
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "humming" in text
    assert "Nice to meet you" in text
    assert rich["skill"].name in text
    for hidden in ("Recruiter", noor.email, rich["own"].name, "Working at height", "Daan"):
        assert hidden not in text, hidden

    def core(page: str) -> str:
        """The page between its bounds, without what tells a preview from the page itself."""
        found = page[page.index('<div class="reader">') : page.index("What this page is")]
        return found.replace(' class="as-h2"', "")

    assert core(preview) == core(text)
    assert core(body(me.get(reverse("profile:share_preview", args=[share.pk])))) == core(text)

    assert Opening.objects.get().times == 1
    outsider.head(reverse("profile:read", args=[secret]))
    read(secret, outsider, **{"sec-fetch-site": "same-origin"})
    read(secret, me)
    assert Opening.objects.get().times == 1
    read(secret, outsider)
    assert Opening.objects.get().times == 2
    told = body(me.get(reverse("profile:share", args=[share.pk])))
    assert "2</b> times" in told.replace("\n", " ")
    assert {f.name for f in Opening._meta.concrete_fields} == {"id", "share", "on", "times"}

    me.post(reverse("profile:withdraw_share", args=[share.pk]))
    assert read(secret, outsider).status_code == 404
    assert "You withdrew it" in body(me.get(reverse("profile:share", args=[share.pk])))


def test_an_ended_a_withdrawn_and_an_invented_link_give_one_answer(noor: Person) -> None:
    shares = [a_link(noor) for _ in range(3)]
    Share.objects.filter(pk=shares[0][0].pk).update(
        until=timezone.localdate() - timedelta(days=1), made_at=timezone.now()
    )
    actions.withdraw_share(shares[1][0])
    answers = {}
    for name, secret in (
        ("ended", shares[0][1]),
        ("withdrawn", shares[1][1]),
        ("never", "x" * 43),
        ("strange", "%00"),
    ):
        with CaptureQueriesContext(connection) as told:
            answer = read(secret)
        assert answer.status_code == 404
        page = body(answer)
        assert noor.last_name not in page
        headers = sorted((k, v) for k, v in answer.items() if k != "Content-Security-Policy")
        answers[name] = (_without_nonce(page), headers, len(told))

    assert len({repr(answer) for answer in answers.values()}) == 1
    assert "Ask the one who gave it to you" in answers["never"][0]
    Person.objects.filter(pk=noor.pk).update(is_active=False)
    assert read(shares[2][1]).status_code == 404


def _without_nonce(page: str) -> str:
    return "\n".join(line for line in page.split("\n") if "csrf" not in line.lower())


def test_a_rehire_does_not_revive_old_shares(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """Nor does leaving or coming back open anything to who employs someone."""
    ended, withdrawn, standing = (a_link(noor) for _ in range(3))
    today = timezone.localdate()
    Share.objects.filter(pk=ended[0].pk).update(until=today - timedelta(days=1))
    actions.withdraw_share(withdrawn[0])
    was = noor.employments.get()
    end_employment(was, last_day=today - timedelta(days=1))
    # What the person gave for a time is theirs to give: it neither ends nor begins with the job.
    assert read(standing[1]).status_code == 200
    employ(noor, van_dijk, job=was.job, unit=was.unit, lead=daan, starts_on=today)

    assert [read(link[1]).status_code for link in (ended, withdrawn, standing)] == [404, 404, 200]
    for share, _secret in (ended, withdrawn):
        assert not actions.move_share(share, until=today + timedelta(days=9))
        assert not actions.renew_address(share)
        for employer in (daan, femke):
            for page in ("share", "share_preview"):
                address = reverse(f"profile:{page}", args=[share.pk])
                assert visit(employer).get(address).status_code == 404
    assert [read(link[1]).status_code for link in (ended, withdrawn)] == [404, 404]


def test_no_employer_sees_a_profile_or_a_story(
    noor: Person, daan: Person, femke: Person, sam: Person, visit: Visit
) -> None:
    written(noor, "about", "My canary sings at dawn")
    share = a_share(noor, "story:about")
    for other in (daan, femke, sam):
        client = visit(other)
        for name in ("share", "share_preview"):
            assert client.get(reverse(f"profile:{name}", args=[share.pk])).status_code == 404
        for name in ("withdraw_share", "move_share", "renew_share"):
            assert client.post(reverse(f"profile:{name}", args=[share.pk])).status_code == 404
        for page in ("profile:own", "profile:shares", "profile:new_share", "trust:who_sees_what"):
            assert "canary" not in body(client.get(reverse(page)))
    assert Share.objects.get().withdrawn_at is None


def test_who_is_signed_in_is_named_and_told_so(
    noor: Person, sam: Person, daan: Person, visit: Visit
) -> None:
    _share, secret = a_link(noor)
    text = body(read(secret, visit(sam)))
    assert "sees that you looked" in text
    read(secret, visit(daan))

    assert set(Reading.objects.filter(about=noor).values_list("reader", "matter", "purpose")) == {
        (sam.pk, "profile", "link"),
        (daan.pk, "profile", "link"),
    }
    looked = body(visit(noor).get(reverse("trust:who_looked")))
    assert "had a link that you made" in looked
    assert "A new employer" in body(visit(noor).get(reverse("trust:who_sees_what")))


def test_as_it_is_read_or_as_it_was_that_day(noor: Person, daan: Person, rich: Any) -> None:
    today = timezone.localdate()
    _live, live = a_link(noor, "all:can", "all:hold")
    frozen, then = a_link(noor, "all:can", "all:hold", as_of=today - timedelta(days=1))
    later = a_skill("brazing")
    an_evidence(noor, later, level=2, kind="lead", by=daan)
    actions.revoke(rich["credential"], reason="By mistake", by=daan)

    assert later.name in body(read(live))
    assert "at the moment you read it" in body(read(live))
    assert "withdrawn</span>" in body(read(live))
    assert later.name not in body(read(then))
    assert "Facts as they stood on" in body(read(then))
    Share.objects.filter(pk=frozen.pk).update(as_of=today)
    # What no longer counts says so, also on a page of before.
    assert "withdrawn</span>" in body(read(then))


def test_a_credential_on_the_page_leads_to_its_verification(
    noor: Person, femke: Person, van_dijk: Organisation, rich: dict[str, Any]
) -> None:
    credential = rich["credential"]
    _with, secret = a_link(noor, f"credential:{credential.pk}")
    _without, other = a_link(noor, "all:can")
    assert reverse("profile:read_credential", args=[secret, credential.pk]) in body(read(secret))
    answer = Client().get(reverse("profile:read_credential", args=[secret, credential.pk]))
    assert "This is genuine." in body(answer)
    assert answer["Referrer-Policy"] == "no-referrer"
    json_ = ["json"]
    file = Client().get(
        reverse("profile:read_credential_file", args=[secret, credential.pk, *json_])
    )
    assert file.json() == credential.document_in("en")
    for page, form in (("read_credential", []), ("read_credential_file", json_)):
        for secret_, pk in ((other, credential.pk), ("x", credential.pk), (secret, uuid.uuid4())):
            address = reverse(f"profile:{page}", args=[secret_, pk, *form])
            assert Client().get(address).status_code == 404
    # Alone it is still closed: one link opens nothing else.
    assert Client().get(reverse("profile:shared", args=[credential.pk])).status_code == 404


def test_a_reader_takes_what_is_shown_in_every_form_and_nothing_else(
    noor: Person, daan: Person, rich: dict[str, Any]
) -> None:
    """Each form holds the signature and is genuine on `/verify/`; the PDF is to read."""
    credential = rich["credential"]
    share, secret = a_link(noor, f"credential:{credential.pk}")
    _other, elsewhere = a_link(noor, "all:can")
    page = body(Client().get(reverse("profile:read_credential", args=[secret, credential.pk])))

    for form in ("json", "jwt", "png", "svg"):
        taken = take(secret, credential, form)
        assert address_of(secret, credential, form) in page
        assert taken["Content-Disposition"].startswith("attachment")
        assert taken["Cache-Control"] == "no-store, private"
        told = check(taken.content, now=timezone.now(), sources=queries.OurOwn())
        assert (told.verdict, told.ground) == ("valid", "domain"), form
    paper = take(secret, credential, "pdf").content
    assert paper.startswith(b"%PDF")
    # The address of the link is a secret: it goes no further than its owner sent it.
    assert secret.encode() not in paper
    # The bundle proves a place in the log: that is its owner's to hand over.
    for form in ("bundle", "exe", "json5"):
        assert take(secret, credential, form).status_code == 404
    for form in files.SHOWN:
        assert take(elsewhere, credential, form).status_code == 404
    actions.revoke(credential, reason="By mistake", by=daan)
    assert take(secret, credential, "jwt").status_code == 404
    assert take(secret, credential, "png").status_code == 200
    actions.withdraw_share(share)
    for form in files.SHOWN:
        assert take(secret, credential, form).status_code == 404


def address_of(secret: str, credential: Credential, form: str) -> str:
    return reverse("profile:read_credential_file", args=[secret, credential.pk, form])


def take(secret: str, credential: Credential, form: str) -> HttpResponse:
    return cast("HttpResponse", Client().get(address_of(secret, credential, form)))


def test_where_the_key_is_shut_a_reader_is_told_and_takes_another_form(
    noor: Person, rich: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(_lies: bytes) -> bytes:
        raise sealing.CannotOpen

    credential = rich["credential"]
    _share, secret = a_link(noor, "all:hold")
    monkeypatch.setattr(sealing, "unseal", shut)

    answer = take(secret, credential, "jwt")
    assert (answer.status_code, "Take another form" in answer.content.decode()) == (503, True)
    assert take(secret, credential, "json").status_code == 200


def test_names_with_confusable_letters_are_marked(noor: Person, rich: dict[str, Any]) -> None:
    _share, secret = a_link(noor)
    assert "mixes alphabets" not in body(read(secret))
    Person.objects.filter(pk=noor.pk).update(last_name="J\u0430nsen")  # a Cyrillic а
    assert "mixes alphabets" in body(read(secret))


def test_another_cannot_choose_what_is_not_theirs(
    noor: Person, sam: Person, rich: dict[str, Any], visit: Visit
) -> None:
    them = visit(sam)
    sent = {
        "label": "x", "facts": "live", "key": str(uuid.uuid4()), "step": "make",
        "until": timezone.localdate().isoformat(), "chosen": [f"skill:{rich['own'].pk}"],
    }  # fmt: skip
    answer = them.post(reverse("profile:new_share"), sent)
    assert answer.status_code == 422
    assert "Choose at least one thing" in body(answer)
    # A choice that came into the table all the same shows nothing of another.
    _share, secret = a_link(sam, f"credential:{rich['credential'].pk}", f"goal:{rich['goal'].pk}")
    text = body(read(secret))
    assert "Nothing to show at the moment" in text
    assert "Lassen" not in text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"label": ""}, "This field is required"),
        ({"label": "\u202e "}, "Say for whom this is"),
        ({"until": ""}, "This field is required"),
        ({"until": "2001-01-01"}, "from today until a year"),
        ({"until": "2140-01-01"}, "from today until a year"),
        ({"chosen": []}, "Choose at least one thing"),
        ({"facts": "never"}, "Select a valid choice"),
        ({"note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_kept(
    noor: Person, visit: Visit, changed: dict[str, Any], says: str
) -> None:
    sent = {
        "label": "Someone", "facts": "live", "key": str(uuid.uuid4()), "step": "make",
        "until": timezone.localdate().isoformat(), "chosen": ["all:can"],
    } | changed  # fmt: skip
    answer = visit(noor).post(reverse("profile:new_share"), sent)

    assert answer.status_code == 422
    assert says in body(answer)
    assert not Share.objects.exists()


def test_no_more_are_open_than_one_keeps_count_of(noor: Person, visit: Visit) -> None:
    for _ in range(30):
        a_share(noor)
    sent = {
        "label": "One more", "facts": "live", "key": str(uuid.uuid4()), "step": "make",
        "until": timezone.localdate().isoformat(), "chosen": ["all:can"],
    }  # fmt: skip
    answer = visit(noor).post(reverse("profile:new_share"), sent)

    assert answer.status_code == 422
    assert "Withdraw one first" in body(answer)


def test_a_lost_address_is_replaced_and_the_day_can_move(noor: Person, visit: Visit) -> None:
    me = visit(noor)
    share, secret = a_link(noor)
    text = body(me.post(reverse("profile:renew_share", args=[share.pk])))
    fresh = text.split("/shared/")[1].split("/")[0]
    assert read(secret).status_code == 404
    assert read(fresh).status_code == 200
    move = reverse("profile:move_share", args=[share.pk])
    assert me.post(move, {"until": "2001-01-01"}).status_code == 422
    me.post(move, {"until": (timezone.localdate() + timedelta(days=90)).isoformat()})
    share.refresh_from_db()
    assert share.until == timezone.localdate() + timedelta(days=90)


def test_the_page_speaks_the_language_one_chooses_on_it(noor: Person) -> None:
    _share, secret = a_link(noor)
    address = reverse("profile:read", args=[secret])
    assert 'lang="nl"' in body(Client().get(address + "?lang=nl"))[:200]
    assert "Wat ik kan" in body(Client().get(address, headers={"accept-language": "nl"}))
    assert Client().get(address + "?lang=xx").status_code == 200
    # It is that page's alone: what this process does next speaks as before.
    assert in_language(nl="a", en="b") == "b"
