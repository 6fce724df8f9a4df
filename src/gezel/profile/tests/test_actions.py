"""Issuing for what was shown, withdrawing, and keys that are changed, put away and leaked."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone
from openbadgeslib.ob3 import OB3LdpVerifier
from pytest_django import Settings

from gezel.certificates.tests.builders import a_holding, a_type
from gezel.people.api import Organisation, Person
from gezel.profile import actions, jobs, queries, sealing
from gezel.profile.models import LIST_SIZE, Credential, SigningKey
from gezel.profile.rules.verdict import Finding, Verdict, check_document
from gezel.profile.tests.builders import a_credential, an_achievement, shows
from gezel.profile.tests.samples import a_badge, signed
from gezel.skills.api import Evidence


def now_says(document: Any) -> Finding:
    caches["near"].clear()
    return check_document(document, now=timezone.now(), sources=queries.OurOwn())


@pytest.mark.parametrize("kind", ["self", "colleague", "module"])
def test_what_nobody_assessed_is_not_certified(
    noor: Person, femke: Person, van_dijk: Organisation, kind: str
) -> None:
    achievement = an_achievement(van_dijk)
    shows(noor, achievement, kind=kind, level=5)

    with pytest.raises(ValidationError, match="assessed"):
        actions.issue(achievement, noor, by=femke)
    assert not Credential.objects.exists()


def test_a_lower_level_and_one_that_was_taken_back_do_not_bear_it_out(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    achievement = an_achievement(van_dijk, level=4)
    shows(noor, achievement, level=3)
    high = shows(noor, achievement, level=4)
    Evidence.objects.create(
        person=noor, skill=high.skill, kind="lead", level=3, corrects=high,
        observed_on=high.observed_on,
    )  # fmt: skip

    with pytest.raises(ValidationError):
        actions.issue(achievement, noor, by=femke)


def test_what_is_issued_is_valid_here_and_to_a_second_implementation(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)

    finding = now_says(credential.document)

    assert finding.verdict is Verdict.VALID, finding.reasons
    assert finding.status_as_of is not None
    pem = queries.opened(credential.signed_with).public_key()
    assert OB3LdpVerifier(pem).verify(json.dumps(credential.document)).achievement.name


def test_it_says_who_what_and_why_and_nothing_else_about_the_person(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    document = a_credential(noor, van_dijk, by=femke).document

    text = json.dumps(document)
    assert noor.name in text
    assert "Bevestigd door een leidinggevende" in text or "Confirmed by a lead" in text
    assert document["credentialSubject"]["achievement"]["criteria"]["narrative"]
    assert noor.email not in text


def test_the_same_ground_is_certified_once(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    first = a_credential(noor, van_dijk, by=femke)

    again = actions.issue(first.achievement, noor, by=femke)

    assert again == first


def test_nobody_certifies_themselves(femke: Person, van_dijk: Organisation) -> None:
    achievement = an_achievement(van_dijk)
    shows(femke, achievement)

    with pytest.raises(ValidationError, match="themselves"):
        actions.issue(achievement, femke, by=femke)


def test_a_confirmed_certificate_bears_it_out_while_it_counts(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    kind = a_type(van_dijk)
    achievement = an_achievement(van_dijk, certificate=kind, months=12)
    with pytest.raises(ValidationError):
        actions.issue(achievement, noor, by=femke)
    holding = a_holding(noor, kind)
    holding.state, holding.valid_until = "confirmed", None
    holding.save()

    credential = actions.issue(achievement, noor, by=femke)

    assert credential.ground == f"holding:{holding.pk}"
    assert credential.valid_until is not None
    assert now_says(credential.document).verdict is Verdict.VALID
    with time_machine.travel(timezone.now() + timedelta(days=500)):
        assert now_says(credential.document).verdict is Verdict.INVALID


def test_what_is_withdrawn_is_withdrawn_at_once_for_everyone(
    noor: Person, femke: Person, van_dijk: Organisation, django_capture_on_commit_callbacks: Any
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    other = a_credential(noor, van_dijk, by=femke, name_en="Other")
    assert queries.status_list(van_dijk, 0)  # now it is remembered

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.revoke(credential, reason="Given by mistake", by=femke)

    found = check_document(credential.document, now=timezone.now(), sources=queries.OurOwn())
    assert (found.verdict, found.revoked) == (Verdict.INVALID, True)
    assert now_says(other.document).verdict is Verdict.VALID
    assert not actions.revoke(credential, reason="Again", by=femke)
    credential.refresh_from_db()
    assert credential.reason == "Given by mistake"
    with pytest.raises(ValidationError):
        actions.revoke(other, reason="  ", by=femke)


def test_places_in_the_list_tell_nothing_and_a_full_list_gets_a_next(
    noor: Person, femke: Person, van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_credential(noor, van_dijk, by=femke)
    monkeypatch.setattr(actions.credentials, "FULL_AT", 1)

    second = a_credential(noor, van_dijk, by=femke)

    assert first.place < LIST_SIZE <= second.place < 2 * LIST_SIZE
    assert now_says(second.document).verdict is Verdict.VALID


def test_a_new_key_leaves_what_was_signed_before(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    before = a_credential(noor, van_dijk, by=femke)
    actions.make_key(van_dijk)
    after = a_credential(noor, van_dijk, by=femke)

    assert before.signed_with != after.signed_with
    assert SigningKey.objects.filter(retired_at=None).count() == 1
    for credential in (before, after):
        assert now_says(credential.document).verdict is Verdict.VALID


def test_what_a_leaked_key_signed_is_signed_anew_and_the_old_copy_is_in_doubt(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    old_copy = credential.document
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        key = credential.signed_with

        assert actions.mark_leaked(key, since=timezone.now() - timedelta(days=1))
        assert not actions.mark_leaked(key, since=timezone.now())
        assert actions.sign_again(key) == 1
        assert actions.sign_again(key) == 0

        credential.refresh_from_db()
        assert now_says(credential.document).verdict is Verdict.VALID
        assert now_says(old_copy).verdict is Verdict.UNKNOWN
        assert {k: v for k, v in old_copy.items() if k != "proof"} == {
            k: v for k, v in credential.document.items() if k != "proof"
        }


def test_secret_keys_lie_under_a_key_from_the_environment_that_can_be_changed(
    noor: Person, femke: Person, van_dijk: Organisation, settings: Settings
) -> None:
    key = a_credential(noor, van_dijk, by=femke).signed_with
    secret = queries.opened(key).private_bytes_raw()
    assert secret not in bytes(key.sealed)

    settings.SEALING_KEYS = ["a newer one"]
    assert actions.reseal() == 1
    assert actions.reseal() == 0
    settings.SECRET_KEY = "the installation has another"
    key.refresh_from_db()
    assert queries.opened(key).private_bytes_raw() == secret

    settings.SEALING_KEYS = ["newest", "a newer one"]
    assert actions.reseal() == 1
    settings.SEALING_KEYS = ["newest"]
    key.refresh_from_db()
    assert queries.opened(key).private_bytes_raw() == secret

    settings.SEALING_KEYS = []
    with pytest.raises(sealing.CannotOpen):
        queries.opened(key)
    assert [job.name for job, _told in jobs.tonight()]


def test_who_can_be_certified_costs_no_query_a_person(
    noor: Person,
    daan: Person,
    femke: Person,
    van_dijk: Organisation,
    django_assert_num_queries: Any,
) -> None:
    achievement = an_achievement(van_dijk)
    for person in (noor, daan):
        shows(person, achievement)
    shows(noor, achievement, level=5)
    everyone = Person.objects.filter(pk__in=[noor.pk, daan.pk, femke.pk])

    with django_assert_num_queries(2):
        found = queries.certifiable(achievement, everyone)
    assert [(p.name, s.level) for p, s in found] == [(noor.name, 5), (daan.name, 3)]

    actions.issue(achievement, noor, by=femke)
    assert [p for p, _shown in queries.certifiable(achievement, everyone)] == [daan]


def test_the_command_says_it_in_its_exit_code(
    noor: Person, femke: Person, van_dijk: Organisation, tmp_path: Any, capsys: Any
) -> None:
    document = a_credential(noor, van_dijk, by=femke).document
    file = tmp_path / "credential.json"

    def code(*options: str, **changed: Any) -> int:
        file.write_text(json.dumps({**document, **changed}))
        try:
            call_command("verify", str(file), *options)
        except SystemExit as stop:
            return int(str(stop.code))
        return 0

    assert code() == 0
    assert "This is genuine." in capsys.readouterr().out
    assert code(name="More") == 1
    assert "changed after it was signed" in capsys.readouterr().out
    assert code("--alone") == 2
    assert "was not asked" in capsys.readouterr().out
    assert code("--alone", "--key-as-written") == 2
    file.write_text(json.dumps(signed(a_badge("https://vandijk.example/issuer"))))
    call_command("verify", str(file))
    told = capsys.readouterr().out
    assert "who signed it is not proved" in told
    assert "NOT PROVEN: that this key belongs to https://vandijk.example/issuer" in told
    assert "genuine" not in told
    with pytest.raises(SystemExit) as stop:
        call_command("verify", str(file), "--strict")
    assert stop.value.code == 2


def test_all_of_one_organisation_in_one_record(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    two = [a_credential(noor, van_dijk, by=femke) for _ in range(2)]

    found = now_says(actions.bundle(two))

    assert found.verdict is Verdict.VALID, found.reasons
    assert len(found.within) == 2
    assert uuid.UUID(found.credential["id"].removeprefix("urn:uuid:"))
