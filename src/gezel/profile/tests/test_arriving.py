"""What someone brings: checked, shown, taken over once; a hostile file makes nothing else."""

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.people.api import Mandate, Organisation, Person, Visitor
from gezel.people.models import Employment
from gezel.people.tests.builders import a_colleague
from gezel.profile import queries
from gezel.profile.actions import Choice, NotTaken, forget_arrivals, receive, revoke, take_over
from gezel.profile.models import Arrival, Brought
from gezel.profile.rules.proofs import prove
from gezel.profile.tests.builders import a_credential
from gezel.profile.tests.test_leaving import archive_of, changed, inside
from gezel.skills.api import Evidence, Standing, levels
from gezel.skills.tests.builders import a_skill, an_evidence

pytestmark = pytest.mark.django_db
if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

AsVisitor = Callable[[Person], Visitor]
Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def moved(
    noor: Person, femke: Person, daan: Person, van_dijk: Organisation, de_linde: Organisation
) -> bytes:
    """Noor's archive of Van Dijk, where she no longer works; now she works at De Linde."""
    own = a_skill("Lassen", organisation=van_dijk)
    a_credential(noor, van_dijk, by=femke, skill=own)
    an_evidence(noor, a_skill("Plannen", organisation=van_dijk), level=2, kind="self", by=noor)
    data = archive_of(noor)
    yesterday = timezone.localdate() - timedelta(days=1)
    Employment.objects.filter(person=noor).update(ends_on=yesterday)
    new = a_colleague(de_linde, "Iemand Anders")
    Employment.objects.filter(person=new).update(person=noor)
    new.delete()
    return data


def items(arrival: Arrival) -> dict[tuple[str, str], str]:
    return {(i.kind, i.name): i.proof for i in arrival.items.all()}


def test_what_is_proved_and_what_is_stated_are_never_mixed(
    moved: bytes, noor: Person, de_linde: Organisation, as_visitor: AsVisitor
) -> None:
    here = a_skill("Lassen", organisation=de_linde)
    found = receive(as_visitor(noor), moved, name="archive.zip")

    assert items(found) == {
        ("credential", "Welding, level 3"): "verified",
        ("skill", "Lassen"): "verified",
        ("skill", "Plannen"): "stated",
    }
    proved = found.items.get(kind="skill", name="Lassen")
    assert not proved.already_here, "what it is at De Linde, Noor says"
    assert "Van Dijk" in proved.issuer
    assert proved.as_of is not None
    assert proved.guesses == [{"skill": here.pk, "how": "name"}]
    assert not Evidence.objects.filter(kind="earlier").exists(), "nothing counts before a yes"


def test_taken_over_it_counts_as_what_it_is_and_once(
    moved: bytes, noor: Person, de_linde: Organisation, as_visitor: AsVisitor
) -> None:
    proved, stated = (
        a_skill("Solderen", organisation=de_linde),
        a_skill("Roosteren", organisation=de_linde),
    )
    me = as_visitor(noor)
    found = receive(me, moved, name="archive.zip")
    by_name = {i.name: i.pk for i in found.items.filter(kind="skill")}
    choices = {by_name["Lassen"]: Choice(proved), by_name["Plannen"]: Choice(stated)}
    for _twice in range(2):
        take_over(found, me, choices)
    assert not levels([noor.pk], at=de_linde.pk), "for the person alone until they say so"

    told = {e.skill_id: e for e in Evidence.objects.filter(rests_on__startswith="profile:brought:")}
    assert {pk: (e.kind, e.level) for pk, e in told.items()} == {
        proved.pk: ("earlier", 3),
        stated.pk: ("self", 2),
    }
    assert told[proved.pk].given_by is None
    assert "Van Dijk" in told[proved.pk].note
    assert Standing.objects.get(person=noor, skill=proved).level > 2

    # The same file again is the same arrival; a newer archive of the same says nothing new.
    assert receive(me, moved, name="again.zip").pk == found.pk
    before = Evidence.objects.count()
    again = receive(me, archive_of(noor), name="newer.zip")
    take_over(
        again,
        me,
        {i.pk: Choice(proved) for i in again.items.filter(kind="skill", name="Lassen")},
    )
    assert Evidence.objects.count() == before


def test_what_is_taken_over_counts_at_work_where_the_person_says_so(
    moved: bytes, noor: Person, de_linde: Organisation, as_visitor: AsVisitor
) -> None:
    proved = a_skill("Solderen", organisation=de_linde)
    me = as_visitor(noor)
    found = receive(me, moved, name="archive.zip")
    item = found.items.get(kind="skill", name="Lassen")

    take_over(found, me, {item.pk: Choice(proved)}, show=True)

    assert levels([noor.pk], at=de_linde.pk)[noor.pk, proved.pk][2] == 1


def test_what_someone_holds_from_elsewhere_stands_on_their_profile_once(
    moved: bytes, noor: Person, sam: Person, as_visitor: AsVisitor
) -> None:
    def held(person: Person) -> dict[str, bool]:
        found = queries.items_of(person, "hold", timezone.localdate())
        return {i.title: i.stated for i in found if i.key.startswith("brought:")}

    other = as_visitor(sam)
    arrival = receive(other, moved, name="archive.zip")
    assert held(sam) == {}, "looked at is not taken over"

    take_over(arrival, other, {})
    take_over(receive(other, archive_of(noor), name="newer.zip"), other, {})

    assert list(held(sam).values()) == [True], "of another person it is no more than stated"

    # One's own come home: they stand there already, signed.
    me = as_visitor(noor)
    take_over(receive(me, moved, name="archive.zip"), me, {})
    assert held(noor) == {}


def test_another_persons_archive_proves_nothing_about_me(
    moved: bytes, sam: Person, as_visitor: AsVisitor
) -> None:
    found = receive(as_visitor(sam), moved, name="archive.zip")

    assert set(items(found).values()) == {"stated"}
    reasons = found.items.get(kind="credential").reasons
    assert [r["code"] for r in reasons] == ["about_whom"]


def test_an_own_address_shows_that_it_is_about_me(
    moved: bytes, noor: Person, sam: Person, as_visitor: AsVisitor
) -> None:
    """In another installation one has another account, known there by one's own address."""
    EmailAddress.objects.create(user=noor, email="noor@thuis.example", verified=True)
    data = archive_of(noor)
    EmailAddress.objects.filter(user=noor).delete()
    EmailAddress.objects.create(user=sam, email="noor@thuis.example", verified=True)
    found = receive(as_visitor(sam), data, name="archive.zip")

    assert items(found)["credential", "Welding, level 3"] == "verified"


def test_a_withdrawn_credential_counts_no_more(
    moved: bytes, noor: Person, femke: Person, as_visitor: AsVisitor
) -> None:
    revoke(noor.credentials.get(), reason="By mistake.", by=femke)
    caches["near"].clear()
    found = receive(as_visitor(noor), moved, name="archive.zip")

    assert items(found)["credential", "Welding, level 3"] == "refused"
    assert items(found)["skill", "Lassen"] == "stated"


@pytest.mark.parametrize("name", ["profile.json", "credentials/"])
def test_a_changed_archive_is_refused_whole(
    moved: bytes, noor: Person, as_visitor: AsVisitor, name: str
) -> None:
    name = next(n for n in inside(moved).namelist() if n.startswith(name))
    other = changed(moved, name, lambda c: c.replace(b"3", b"5", 1))

    with pytest.raises(NotTaken, match="changed"):
        receive(as_visitor(noor), other, name="archive.zip")
    assert not Arrival.objects.exists()


def forged(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """An archive someone made themselves: the list fits, and nobody signed it."""
    made, digests = io.BytesIO(), {}
    with inside(data) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "profile.json":
                told = json.loads(content)
                change(told)
                content = json.dumps(told).encode()
            if name != "manifest.json":
                digests[name] = hashlib.sha256(content).hexdigest()
                new.writestr(name, content)
        manifest = json.loads(old.read("manifest.json"))
        manifest["files"] = digests
        del manifest["proof"]
        new.writestr("manifest.json", json.dumps(manifest))
    return made.getvalue()


def test_a_forged_archive_makes_no_roles_people_or_proof(
    moved: bytes, noor: Person, de_linde: Organisation, as_visitor: AsVisitor
) -> None:
    """Attack 19: an archive that says to hold mandates, other people, organisations."""

    def widen(told: dict[str, Any]) -> None:
        source = told["installation"]
        for table, fields in (
            ("people.Mandate", {"person": "me", "kind": "hr", "organisation": {"id": "1"}}),
            ("people.Person", {"email": "evil@example.test", "first_name": "Evil"}),
            ("people.Organisation", {"name": "Evil"}),
            ("people.Employment", {"person": "me", "organisation": {"id": str(de_linde.pk)}}),
            ("profile.Credential", {"person": "me", "document": {}}),
        ):
            told["facts"].append({"table": table, "key": "1", "from": source, "fields": fields})
        told["claims"][0]["level"] = 5
        told["roles"] = ["hr"]

    tables = (Mandate, Person, Organisation, Employment)
    before = [model.objects.count() for model in tables]
    me = as_visitor(noor)
    found = receive(me, forged(moved, widen), name="archive.zip")
    skill = a_skill("Solderen", organisation=de_linde)
    take_over(found, me, {i.pk: Choice(skill) for i in found.items.filter(name="Lassen")})

    assert [model.objects.count() for model in tables] == before
    assert not as_visitor(noor).mandates
    # The credential itself is genuine; what the unsigned profile says of its level is not.
    assert items(found)["skill", "Lassen"] == "stated"
    assert not Evidence.objects.filter(kind="earlier").exists()


def test_what_was_brought_gets_no_signature_of_ours_as_if_it_were_ours(
    moved: bytes, noor: Person, as_visitor: AsVisitor
) -> None:
    """A claim slipped into an archive, taken over and taken along again, is nobody's word."""

    def claim(told: dict[str, Any]) -> None:
        told["claims"][0]["level"] = 5

    me = as_visitor(noor)
    take_over(receive(me, forged(moved, claim), name="archive.zip"), me, {})
    told = json.loads(inside(archive_of(noor)).read("profile.json"))

    assert [c["level"] for c in told["claims"]] == [3]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 broken",
        b"not a credential",
        b'{"SkillsPassport": {"LearnerInfo": {}}}',
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<nothing/>",
        b'{"a": 1, "a": 2}',
        b'{"a": 1}',
        b'{"@context": ["https://www.w3.org/ns/did/v1"], "id": "did:web:a.example"}',
        b"[" * 100_000,
    ],
)
def test_what_is_nothing_we_read_is_refused_in_words(
    data: bytes, noor: Person, as_visitor: AsVisitor
) -> None:
    with pytest.raises(NotTaken, match=r"\w"):
        receive(as_visitor(noor), data, name="x")
    assert not Arrival.objects.exists()


def test_a_bomb_and_a_climbing_name_are_refused(noor: Person, as_visitor: AsVisitor) -> None:
    for name, content in (("profile.json", b"0" * 300_000_000), ("../evil", b"x")):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as found:
            found.writestr("manifest.json", "{}")
            found.writestr(name, content)
        with pytest.raises(NotTaken):
            receive(as_visitor(noor), made.getvalue(), name="x.zip")


EUROPASS = b"""<?xml version="1.0" encoding="UTF-8"?>
<SkillsPassport xmlns="http://europass.cedefop.europa.eu/Europass"><LearnerInfo>
<EducationList><Education><Period><To year="2019" month="--07"/></Period>
<Title>MBO 4 Mechatronics</Title></Education></EducationList>
<Skills><Linguistic><ForeignLanguageList><ForeignLanguage><Description><Label>German</Label></Description>
</ForeignLanguage></ForeignLanguageList></Linguistic>
<Computer><Description>&lt;li&gt;Spreadsheets&lt;/li&gt;&lt;li&gt;CAD&lt;/li&gt;</Description></Computer>
</Skills></LearnerInfo></SkillsPassport>"""
CANDIDATE = b"""<Candidate xmlns="http://www.europass.eu/1.0"><CandidateProfile>
<EducationOrganizationAttendance><EducationDegree><DegreeName>BSc</DegreeName></EducationDegree>
</EducationOrganizationAttendance><PersonQualifications><PersonCompetency>
<CompetencyName>Welding</CompetencyName></PersonCompetency></PersonQualifications>
</CandidateProfile></Candidate>"""


def test_a_europass_profile_is_what_someone_states(noor: Person, as_visitor: AsVisitor) -> None:
    found = receive(as_visitor(noor), EUROPASS, name="cv.xml")
    assert items(found) == {
        ("credential", "MBO 4 Mechatronics"): "stated",
        ("skill", "German"): "stated",
        ("skill", "Spreadsheets"): "stated",
        ("skill", "CAD"): "stated",
    }
    newer = receive(as_visitor(noor), CANDIDATE, name="cv.xml")
    assert items(newer) == {("credential", "BSc"): "stated", ("skill", "Welding"): "stated"}
    as_json = {
        "SkillsPassport": {
            "LearnerInfo": {
                "Education": [{"Title": "HBO", "Period": {"To": {"Year": 2020}}}],
                "Skills": {"Computer": {"Description": "Python; SQL"}},
            }
        }
    }
    last = receive(as_visitor(noor), json.dumps(as_json).encode(), name="cv.json")
    assert {name for _kind, name in items(last)} == {"HBO", "Python", "SQL"}


def test_a_skill_without_a_level_asks_for_my_own_view(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    skill = a_skill("CAD", organisation=van_dijk)
    me = visit(noor)
    file = io.BytesIO(EUROPASS)
    file.name = "cv.xml"
    answer = me.post(reverse("profile:arriving"), {"file": file})
    found = Arrival.objects.get()
    assert answer["Location"] == reverse("profile:arrival", args=[found.pk])
    item = found.items.get(name="CAD")
    page = reverse("profile:arrival", args=[found.pk])
    refused = me.post(page, {f"skill-{item.pk}": skill.pk})
    assert refused.status_code == 422
    assert Arrival.objects.get().state == "shown"

    me.post(page, {f"skill-{item.pk}": skill.pk, f"level-{item.pk}": 2})
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.level, evidence.given_by) == ("self", 2, noor)
    assert Arrival.objects.get().state == "taken"


def test_a_badge_a_record_and_an_old_badge_come_in(
    noor: Person, femke: Person, van_dijk: Organisation, as_visitor: AsVisitor
) -> None:
    one = a_credential(noor, van_dijk, by=femke)
    me = as_visitor(noor)
    found = receive(me, json.dumps(one.document).encode(), name="badge.json")
    assert set(items(found).values()) == {"verified"}
    png = inside(archive_of(noor)).read(f"credentials/{one.pk}.png")
    assert set(items(receive(me, png, name="badge.png")).values()) == {"verified"}

    edubadge = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://api.edubadges.example/public/assertions/1",
        "recipient": {"type": "email", "hashed": False, "identity": noor.email},
        "badge": {
            "type": "BadgeClass",
            "name": "Research skills",
            "issuer": {"type": "Issuer", "name": "A university", "id": "https://u.example"},
        },
        "issuedOn": "2024-05-01T00:00:00Z",
        "verification": {"type": "HostedBadge"},
    }
    old = receive(me, json.dumps(edubadge).encode(), name="edubadge.json")
    assert set(items(old).values()) == {"stated"}, "its host was not asked"


def test_a_key_anyone_can_make_proves_nothing(
    noor: Person, femke: Person, van_dijk: Organisation, as_visitor: AsVisitor
) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from gezel.profile.rules.keys import multikey

    secret = Ed25519PrivateKey.generate()
    public = multikey(secret.public_key())
    document = dict(a_credential(noor, van_dijk, by=femke).document)
    del document["credentialStatus"]
    document["id"] = f"urn:uuid:{uuid.uuid4()}"
    document["issuer"] = {**document["issuer"], "id": f"did:key:{public}"}
    made = prove(document, secret, method=f"did:key:{public}#{public}", at=timezone.now())
    found = receive(as_visitor(noor), json.dumps(made).encode(), name="badge.json")

    assert set(items(found).values()) == {"stated"}
    assert [r["code"] for r in found.items.get().reasons] == ["only_a_key"]


def test_only_its_owner_sees_what_was_brought(
    *, moved: bytes, noor: Person, sam: Person, femke: Person, as_visitor: AsVisitor, visit: Visit
) -> None:
    found = receive(as_visitor(noor), moved, name="archive.zip")
    for other in (sam, femke):
        for name in ("arrival", "drop_arrival", "look_up_again"):
            address = reverse(f"profile:{name}", args=[found.pk])
            assert visit(other).post(address).status_code == 404


def test_the_page_asks_no_more_for_more_items(
    *,
    noor: Person,
    van_dijk: Organisation,
    as_visitor: AsVisitor,
    visit: Visit,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    names = [f"Skill {n}" for n in range(40)]
    for name in names:
        a_skill(name, organisation=van_dijk)
    told = {
        "SkillsPassport": {
            "LearnerInfo": {"Skills": {"Computer": {"Description": ";".join(names)}}}
        }
    }
    found = receive(as_visitor(noor), json.dumps(told).encode(), name="cv.json")
    assert found.items.count() == 40

    me = visit(noor)
    me.get(reverse("profile:arrival", args=[found.pk]))
    with django_assert_max_num_queries(16):
        me.get(reverse("profile:arrival", args=[found.pk]))


def test_a_rich_profile_goes_round_and_every_fact_is_the_same(
    moved: bytes, noor: Person, sam: Person, as_visitor: AsVisitor, settings: Any
) -> None:
    """Taken along, brought into another installation, taken along again: nothing got lost."""
    settings.BASE_URL = "https://elders.example"
    me = as_visitor(sam)
    take_over(receive(me, moved, name="archive.zip"), me, {})
    with inside(moved) as first, inside(archive_of(sam)) as second:
        told = [json.loads(one.read("profile.json")) for one in (first, second)]
        for word in ("facts", "skills", "claims"):
            lines = [{json.dumps(x, sort_keys=True) for x in one[word]} for one in told]
            assert lines[0]
            assert lines[0] <= lines[1]
            added = [json.loads(x) for x in lines[1] - lines[0]]
            assert {one["from"] for one in added} <= {"https://elders.example"}
        for name in first.namelist():
            if name.startswith(("credentials", "files/", "issuers/", "status/")):
                assert first.read(name) == second.read(name), name
        said = [set(one.read("statements.jsonl").splitlines()) for one in (first, second)]
        assert said[0] <= said[1]


def test_what_nobody_took_over_goes_after_a_month(
    moved: bytes, noor: Person, as_visitor: AsVisitor, django_capture_on_commit_callbacks: Any
) -> None:
    me = as_visitor(noor)
    looked = receive(me, moved, name="archive.zip")
    taken = receive(me, EUROPASS, name="cv.xml")
    take_over(taken, me, {})
    Arrival.objects.update(brought_at=timezone.now() - timedelta(days=31))
    name = looked.file.name or ""
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_arrivals() == 1

    assert list(Arrival.objects.all()) == [taken]
    assert not Brought.objects.filter(arrival=looked.pk).exists()
    assert not default_storage.exists(name)
