"""A credential in the language of who reads it: what is signed, what is shown, what is told."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from gezel.people.api import Organisation, Person
from gezel.profile import actions, paper, queries
from gezel.profile.models import Brought, Credential
from gezel.profile.rules import baking
from gezel.profile.rules.arriving import number_of
from gezel.profile.rules.verdict import Verdict, check, check_document
from gezel.profile.rules.wording import editions, languages, whole_in, wording
from gezel.profile.tests.builders import a_credential, an_achievement, shows
from gezel.profile.tests.samples import NOW, a_badge, as_text, entry, signed
from gezel.profile.tests.test_leaving import archive_of, inside
from gezel.trust.models import Event

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


# -- rules ------------------------------------------------------------------------------------


def test_only_what_is_whole_is_a_language_and_the_house_comes_first() -> None:
    both = {"nl": ("Lassen", "Getoond."), "en": ("Welding", "Shown.")}

    assert whole_in(both, "nl") == ["nl", "en"]
    assert whole_in(both, "en") == ["en", "nl"]
    assert whole_in({**both, "nl": ("Lassen", "")}, "nl") == ["en"]
    assert whole_in({"nl": ("Lassen", ""), "en": ("", "Shown.")}, "nl") == []


def test_another_issuers_way_of_naming_in_languages_is_read() -> None:
    badge = a_badge()
    badge["credentialSubject"]["achievement"]["name"] = [
        {"@value": "Welding", "@language": "en"},
        {"@value": "Lassen", "@language": "nl-NL"},
    ]
    document = signed(badge)

    assert check(as_text(document), now=NOW).verdict is Verdict.VALID
    assert languages(document) == ["en", "nl-NL"]
    assert (wording(document, "nl").name, wording(document, "nl").language) == ("Lassen", "nl-NL")
    assert wording(document, "de").name == "Welding"


def test_who_says_no_language_is_told_to_speak_none() -> None:
    assert languages(a_badge()) == []
    assert (wording(a_badge(), "nl").name, wording(a_badge(), "nl").language) == ("Welding", "")
    assert wording({"name": ["x", {"@value": 3}], "evidence": ["?"]}, "nl").name == "x"


def test_editions_are_one_by_their_place_in_the_list_and_others_by_their_identifier() -> None:
    badge = a_badge(credentialStatus=entry())
    achievement = badge["credentialSubject"]["achievement"]
    assert number_of(badge) == [badge["id"]]

    # Older versions of an achievement are related too, and are no language of it.
    achievement |= {"inLanguage": "en", "related": [{"id": "urn:x:1", "type": ["Related"]}]}
    assert (editions(badge), number_of(badge)) == ([], [badge["id"]])
    achievement["related"][0]["inLanguage"] = "nl"
    assert editions(badge) == ["nl"]
    assert number_of({**badge, "id": "urn:x:2"}) == number_of(badge) != [badge["id"]]
    assert number_of({**badge, "credentialStatus": "?"}) == [badge["id"]]
    assert number_of({}) == []


# -- what is issued ---------------------------------------------------------------------------


def valid(document: dict[str, Any]) -> bool:
    found = check_document(document, now=timezone.now(), sources=queries.OurOwn())
    return found.verdict is Verdict.VALID


def test_what_hr_wrote_in_both_is_signed_in_both_each_as_the_standard_has_it(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)

    assert languages(credential.document) == [van_dijk.language]
    assert all(valid(one) for one in credential.documents)
    told = {languages(one)[0]: wording(one, "") for one in credential.documents}
    assert set(told) == {"nl", "en"}
    assert (told["nl"].name, told["en"].name) == ("Lassen, niveau 3", "Welding, level 3")
    assert told["nl"].about == "Last plaat en profiel naar tekening."
    assert told["nl"].evidence[0][0] == "Bevestigd door een leidinggevende"
    assert told["en"].evidence[0][0] == "Confirmed by a lead"
    first, second = credential.documents
    assert first["id"] == credential.pk.urn != second["id"]
    assert first["credentialStatus"] == second["credentialStatus"]
    for one, other in ((first, second), (second, first)):
        achievement = one["credentialSubject"]["achievement"]
        named = other["credentialSubject"]["achievement"]
        assert achievement["related"] == [
            {"id": named["id"], "type": ["Related"], "inLanguage": named["inLanguage"]}
        ]
        assert achievement["id"] != named["id"]
    assert len(first["@context"]) == 2


def test_words_in_one_language_are_not_said_to_be_in_that_of_the_house(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    here, other = van_dijk.language, "en" if van_dijk.language == "nl" else "nl"

    one = a_credential(noor, van_dijk, by=femke, **{f"name_{here}": "", f"criteria_{here}": ""})

    assert (languages(one.document), one.editions) == ([other], [])
    assert "related" not in one.document["credentialSubject"]["achievement"]


def test_mixed_words_say_no_language_at_all(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    mixed = a_credential(noor, van_dijk, by=femke, name_nl="", criteria_en="")

    assert (languages(mixed.document), mixed.editions) == ([], [])
    assert "inLanguage" not in mixed.document["credentialSubject"]["achievement"]
    assert valid(mixed.document)


def test_withdrawn_is_withdrawn_and_signed_anew_is_signed_anew_in_every_language(
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    django_capture_on_commit_callbacks: Any,
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    ids = [one["id"] for one in credential.documents]
    key = credential.signed_with
    actions.mark_leaked(key, since=timezone.now() - timedelta(days=1))
    assert not any(valid(one) for one in credential.documents)

    assert actions.sign_again(key) == 1

    credential.refresh_from_db()
    assert [one["id"] for one in credential.documents] == ids
    assert all(valid(one) for one in credential.documents)
    assert Event.objects.filter(kind="credential.signed_again").count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.revoke(credential, reason="By mistake", by=femke)
    assert not any(valid(one) for one in credential.documents)
    assert Event.objects.filter(kind="credential.revoked").count() == 1


def test_each_language_has_a_place_in_the_log_that_is_its_own(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    first, second = a_credential(noor, van_dijk, by=femke).documents

    places = [queries.place_in_log(one) for one in (first, second)]

    assert len({place.event.pk for place in places if place}) == 2
    # The words of one with the identifier of the other stand nowhere.
    assert queries.place_in_log({**second, "id": first["id"]}) is None
    assert queries.place_in_log({**first, "issuer": {"id": "did:web:else:did:van-dijk"}}) is None
    assert queries.place_in_log({**first, "credentialStatus": {"statusListIndex": "x"}}) is None


# -- what is shown ----------------------------------------------------------------------------


def said(client: Client, address: str, language: str, **sent: Any) -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    Person.objects.update(language=language)
    answer = client.post(address, sent) if sent else client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everyone_reads_it_in_their_own_language_and_can_have_the_other(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    Credential.objects.filter(pk=credential.pk).update(open_until=timezone.localdate())
    _, secret = actions.share_profile(
        noor, label="X", until=timezone.localdate(), chosen=("all:hold",), key=credential.pk
    )

    for who, address, file in (
        (noor, reverse("profile:credential", args=[credential.pk]),
         reverse("profile:file", args=[credential.pk, "json"])),
        (None, reverse("profile:shared", args=[credential.pk]),
         reverse("profile:shared_file", args=[credential.pk, "json"])),
        (None, reverse("profile:read_credential", args=[secret, credential.pk]),
         reverse("profile:read_credential_file", args=[secret, credential.pk, "json"])),
    ):  # fmt: skip
        client = visit(who) if who else Client()
        dutch, english = said(client, address, "nl"), said(client, address, "en")
        assert '<h1 lang="nl">Lassen, niveau 3</h1>' in dutch
        assert '<p lang="nl">Getoond aan de bank' in dutch
        assert '<h1 lang="en">Welding, level 3</h1>' in english
        assert "English. Its issuer signed it in Dutch too" in english
        assert 'href="?in=nl">Read it in Dutch</a>' in english
        assert f"{file}?in=en" in english
        other = said(client, address + "?in=nl", "en")
        assert '<h1 lang="nl">Lassen, niveau 3</h1>' in other
        assert "This is genuine." in other
        assert f"{file}?in=nl" in other
        assert json.loads(said(client, f"{file}?in=nl", "en")) == credential.document_in("nl")
        assert json.loads(said(client, file, "en")) == credential.document_in("en")
        assert json.loads(said(client, f"{file}?in=zz", "en")) == credential.document


def test_an_outsider_with_a_file_reads_what_that_file_says_and_that_there_is_another(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)

    page = said(
        Client(), reverse("profile:verify"), "en", text=json.dumps(credential.document_in("nl"))
    )

    assert '<bdi lang="nl">Lassen, niveau 3</bdi>' in page
    assert "Dutch. Its issuer signed it in English too, as a file of its own." in page
    assert "Read it in" not in page


def test_of_what_was_changed_neither_issuer_nor_language_is_said_to_be_proved(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    document = {**a_credential(noor, van_dijk, by=femke).document, "name": "Everything, level 5"}

    page = said(Client(), reverse("profile:verify"), "en", text=json.dumps(document))

    assert "Do not rely on this." in page
    assert "It says Van Dijk, which is not proved." in page
    assert "proved by its address" not in page
    assert "Signed in" not in page
    assert "<dt>Unchanged since</dt><dd>not proved</dd>" in page


def test_what_was_withdrawn_is_still_what_was_signed(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    actions.revoke(credential, reason="By mistake", by=femke)
    caches["near"].clear()

    page = said(Client(), reverse("profile:verify"), "en", text=json.dumps(credential.document))

    assert "Withdrawn: this no longer counts." in page
    assert "proved by its address" in page
    assert "not proved" not in page


def test_who_reads_another_language_is_told_and_their_screen_reader_hears_it(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    only = a_credential(noor, van_dijk, by=femke, name_nl="", criteria_nl="")
    Credential.objects.filter(pk=only.pk).update(open_until=timezone.localdate())

    for page in ("profile:credential", "profile:shared"):
        dutch = said(visit(noor), reverse(page, args=[only.pk]), "nl")
        assert '<h1 lang="en">Welding, level 3</h1>' in dutch
        assert "Alleen Engels." in dutch
        assert "?in=" not in dutch
    with translation.override("nl"):
        told = paper.told_on(only, only.document, link="https://learn.example/x")
        assert (told["language"], told["spoken"], told["title"]) == ("nl", "en", "Welding, level 3")
        assert told["note"].startswith("Alleen Engels.")
        drawn = paper.page(only, only.document, link="https://learn.example/x")
        assert drawn.startswith(b"%PDF")


def test_paper_pictures_lists_and_profile_speak_the_readers_language(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    me, hr = visit(noor), visit(femke)

    for code, name, evidence in (
        ("nl", "Lassen, niveau 3", "Bevestigd door een leidinggevende: Niveau 3 van 5"),
        ("en", "Welding, level 3", "Confirmed by a lead: Level 3 of 5"),
    ):
        document = credential.document_in(code)
        with translation.override(code):
            told = paper.told_on(credential, document, link="https://learn.example/x")
        assert (told["title"], told["spoken"], told["note"]) == (name, code, "")
        assert told["evidence"].startswith(evidence)
        svg = said(me, reverse("profile:file", args=[credential.pk, "svg"]), code)
        assert f'aria-label="{name}"' in svg
        assert json.loads(baking.unbake_svg(svg.encode())) == document
        for page in ("profile:mine", "profile:own"):
            assert name in said(me, reverse(page), code)
        assert name in said(hr, reverse("profile:given"), code)
        record = said(me, reverse("profile:record", args=[van_dijk.slug]), code)
        assert json.loads(record)["credentialSubject"]["verifiableCredential"] == [document]


def test_hr_is_told_before_issuing_in_one_language(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    one = an_achievement(van_dijk, name_en="")
    both = an_achievement(van_dijk, skill=one.skill)
    mixed = an_achievement(van_dijk, skill=one.skill, name_en="", criteria_nl="")
    shows(noor, both)
    pages = [said(visit(femke), reverse("profile:issue", args=[a.pk]), "en")
             for a in (one, both, mixed)]  # fmt: skip

    assert "signed in Dutch only" in pages[0]
    assert "Change the words" not in pages[1]
    assert "not in one language" in pages[2]


# -- taken along and brought ------------------------------------------------------------------


def test_an_archive_holds_every_language_and_brings_the_credential_once(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    data = archive_of(noor)
    packed = inside(data)

    names = {n for n in packed.namelist() if n.startswith("credentials/") and n.endswith(".json")}

    held = [json.loads(packed.read(name)) for name in names]
    assert sorted(one["id"] for one in held) == sorted(one["id"] for one in credential.documents)
    page = packed.read("index.html").decode()
    assert all(name in page for name in names)
    for code, name in (("nl", "Lassen, niveau 3"), ("en", "Welding, level 3")):
        with translation.override(code):
            looked = actions.look_through(noor, data, sources=queries.OurOwn())
        brought = [item for item in looked.items if item.kind == "credential"]
        assert [(item.name, item.proof) for item in brought] == [(name, "verified")]
        assert len({item.key for item in brought}) == 1


def test_what_is_false_never_takes_the_place_of_what_is_true(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    record = actions.bundle([credential])
    false = {**credential.here, "name": "Welding, level 5"}
    record["credentialSubject"]["verifiableCredential"] = [false, credential.here, credential.here]
    file = SimpleUploadedFile("record.json", as_text(record), "application/json")

    answer = visit(noor).post(reverse("profile:arriving"), {"file": file}, follow=True)

    assert answer.status_code == 200
    items = Brought.objects.filter(person=noor).order_by("proof")
    assert [item.proof for item in items] == ["refused", "verified"]
