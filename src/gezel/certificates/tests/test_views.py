"""Who may open which page of certificates, and what happens with bad input."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from gezel.catalogue.tests.builders import an_activity
from gezel.certificates.models import Brings, CertificateType, Holding
from gezel.certificates.tests.builders import (
    a_holding,
    a_pdf,
    a_picture,
    a_type,
    an_upload,
    days,
)
from gezel.people.api import Job, Organisation, Person, employ, end_employment, root_of
from gezel.people.tests.builders import a_colleague
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_profile, a_skill
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: object) -> Path:
    """Proofs of a test go where the test can count them."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined] # pytest-django gives no type
    return tmp_path


def body(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined] # Django's test response
    return content.decode()


def test_a_certificate_from_registering_to_evidence(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """Journey step 3: registered with a photo, confirmed by the lead, and it counts."""
    bhv = a_type(van_dijk, jobs=("Mechanic",), shows={a_skill("First aid"): 3})
    me, lead = visit(noor), visit(daan)
    assert "not registered yet" in body(me.get(reverse("certificates:mine")))

    me.post(
        reverse("certificates:register"),
        {"type": bhv.pk, "issued_on": days(-340).isoformat(), "number": "N-1",
         "file": an_upload(a_picture()), "key": str(uuid.uuid4())},
    )  # fmt: skip
    holding = Holding.objects.get()
    assert "Daan Visser" in body(me.get(reverse("certificates:holding", args=[holding.pk])))
    assert noor.name in body(lead.get(reverse("certificates:panel_team")))

    lead.post(reverse("certificates:decide", args=[holding.pk]), {"how": "confirm"})
    assert Evidence.objects.filter(person=noor, kind="certificate").count() == 1
    page = body(me.get(reverse("certificates:panel_mine")))
    assert "about to lapse" in page
    assert "big-number" in page


def test_refusing_needs_a_reason_that_the_holder_reads(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    holding = a_holding(noor, a_type(van_dijk))
    lead, address = visit(daan), reverse("certificates:decide", args=[holding.pk])
    assert lead.post(address, {"how": "refuse", "reason": ""}).status_code == 422
    lead.post(address, {"how": "refuse", "reason": "Blurred photo"})
    assert "Blurred photo" in body(visit(noor).get(reverse("certificates:mine")))


def test_nobody_decides_on_their_own(femke: Person, van_dijk: Organisation, visit: Visit) -> None:
    holding = a_holding(femke, a_type(van_dijk))
    hr = visit(femke)
    response = hr.post(reverse("certificates:decide", args=[holding.pk]), {"how": "confirm"})
    assert response.status_code == 404
    page = body(hr.get(reverse("certificates:holding", args=[holding.pk])))
    assert "Confirm this certificate" not in page


def test_sam_finds_every_door_closed(
    noor: Person, daan: Person, van_dijk: Organisation, sam: Person, visit: Visit
) -> None:
    bhv = a_type(van_dijk)
    holding = a_holding(noor, bhv)
    client = visit(sam)
    for address in (
        reverse("certificates:holding", args=[holding.pk]),
        reverse("certificates:file", args=[holding.pk]),
        reverse("certificates:person", args=[noor.pk]),
        reverse("certificates:register_for", args=[noor.pk]),
        reverse("certificates:type", args=[bhv.pk]),
        reverse("certificates:new_type"),
        reverse("certificates:overview"),
        reverse("certificates:panel_mine"),
        reverse("certificates:panel_team"),
        reverse("certificates:panel_organisation"),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(reverse("certificates:decide", args=[holding.pk])).status_code == 404
    assert "BHV" not in body(client.get(reverse("certificates:types")))
    wrong = client.post(
        reverse("certificates:register"), {"type": bhv.pk, "issued_on": days(-1).isoformat()}
    )
    assert wrong.status_code == 422


def test_a_lead_sees_what_brings_what_someone_lacks(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """Only for what asks attention: who has all they need is not sent anywhere."""
    course = an_activity(van_dijk, "BHV, one day")
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    Brings.objects.create(type=bhv, activity=course)
    where = reverse("catalogue:activity", args=[course.pk])
    page = reverse("certificates:person", args=[noor.pk])

    assert where in body(visit(daan).get(page))
    a_holding(noor, bhv, confirmed_by=daan)
    assert where not in body(visit(daan).get(page))


def test_a_colleague_who_does_not_lead_reads_nothing(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    holding = a_holding(noor, a_type(van_dijk))
    other = visit(a_colleague(van_dijk, "Olaf Other"))
    for name in ("holding", "file"):
        assert other.get(reverse(f"certificates:{name}", args=[holding.pk])).status_code == 404
    assert other.get(reverse("certificates:overview")).status_code == 404


def test_a_leaver_is_out_of_sight_and_keeps_all(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    holding = a_holding(noor, a_type(van_dijk), confirmed_by=daan)
    end_employment(noor.employments.get(), last_day=days(-1))
    for person in (daan, femke):
        client = visit(person)
        assert client.get(reverse("certificates:person", args=[noor.pk])).status_code == 404
        assert client.get(reverse("certificates:holding", args=[holding.pk])).status_code == 404
    assert visit(noor).get(reverse("certificates:holding", args=[holding.pk])).status_code == 200
    assert "BHV" in body(visit(noor).get(reverse("certificates:mine")))


def test_a_next_employer_does_not_see_what_the_former_kept(
    noor: Person,
    daan: Person,
    van_dijk: Organisation,
    de_linde: Organisation,
    visit: Visit,
) -> None:
    old = a_holding(noor, a_type(van_dijk, "Secret skill of Van Dijk"), confirmed_by=daan)
    end_employment(noor.employments.get(), last_day=days(-1))
    hr = a_colleague(de_linde, "Hanna HR", mandates=["hr"])
    employ(
        noor, de_linde, unit=root_of(de_linde), starts_on=days(0),
        job=Job.objects.get_or_create(organisation=de_linde, name="Carer")[0],
    )  # fmt: skip
    client = visit(hr)
    assert "Secret skill" not in body(client.get(reverse("certificates:person", args=[noor.pk])))
    assert client.get(reverse("certificates:holding", args=[old.pk])).status_code == 404


def test_reading_leaves_a_trace(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    a_holding(noor, a_type(van_dijk, jobs=("Mechanic",)))
    visit(daan).get(reverse("certificates:person", args=[noor.pk]))
    visit(femke).get(reverse("certificates:overview"))
    read = Reading.objects.filter(about=noor, matter="certificates")
    assert set(read.values_list("reader", "purpose")) == {(daan.pk, "lead"), (femke.pk, "hr")}


def test_a_proof_is_a_download_in_a_box(noor: Person, van_dijk: Organisation, visit: Visit) -> None:
    bhv, me = a_type(van_dijk), visit(noor)
    me.post(
        reverse("certificates:register"),
        {"type": bhv.pk, "issued_on": days(-1).isoformat(),
         "file": an_upload(a_pdf(), "x.html"), "key": str(uuid.uuid4())},
    )  # fmt: skip
    response = me.get(reverse("certificates:file", args=[Holding.objects.get().pk]))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"issued_on": ""},
        {"issued_on": "31-02-2026"},
        {"issued_on": "9999-01-01"},
        {"type": "999999"},
        {"type": "x"},
        {"valid_until": "2001-01-01"},
        {"number": "9" * 101},
    ],
)
def test_a_mistake_is_told_and_nothing_kept(
    noor: Person, van_dijk: Organisation, visit: Visit, wrong: dict[str, str]
) -> None:
    bhv = a_type(van_dijk)
    good = {"type": str(bhv.pk), "issued_on": days(-1).isoformat(), "key": str(uuid.uuid4())}
    response = visit(noor).post(reverse("certificates:register"), {**good, **wrong})
    assert response.status_code == 422
    assert not Holding.objects.exists()


def test_extra_fields_confirm_nothing(noor: Person, van_dijk: Organisation, visit: Visit) -> None:
    bhv = a_type(van_dijk)
    visit(noor).post(
        reverse("certificates:register"),
        {"type": bhv.pk, "issued_on": days(-1).isoformat(), "state": "confirmed",
         "decided_by": noor.pk, "person": noor.pk + 1, "key": str(uuid.uuid4())},
    )  # fmt: skip
    holding = Holding.objects.get()
    assert (holding.state, holding.person, holding.decided_by) == ("waiting", noor, None)


def type_form(**changes: str) -> dict[str, str]:
    return {
        "name_nl": "Bhv", "name_en": "", "issuer": "NIBHV", "ends": "months", "months": "12",
        "basis": "norm", "source_nl": "Norm", "source_en": "",
        "shows-TOTAL_FORMS": "1", "shows-INITIAL_FORMS": "0",
        "brings-TOTAL_FORMS": "1", "brings-INITIAL_FORMS": "0",
        "key": str(uuid.uuid4()), **changes,
    }  # fmt: skip


def test_hr_says_what_there_is_and_who_must_have_it(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    skill = a_skill("First aid")
    a_profile(van_dijk, {skill: 3}, job=None)
    mechanic = Job.objects.get(organisation=van_dijk, name="Mechanic")
    hr = visit(femke)
    template = reverse("certificates:new_type") + "?template=bhv"
    assert "NIBHV" in body(hr.get(template))
    form = type_form(**{"shows-0-skill": str(skill.pk), "shows-0-level": "3"})
    for _time in range(2):
        assert hr.post(reverse("certificates:new_type"), form).status_code == 302
    bhv = CertificateType.objects.get()
    assert bhv.organisation == van_dijk
    assert bhv.terms.get().months == 12
    duty = {"form": "duty", "job": str(mechanic.pk), "from_on": days(0).isoformat()}
    for _time in range(2):
        assert hr.post(reverse("certificates:duties", args=[bhv.pk]), duty).status_code == 302
    assert bhv.duties.get().job == mechanic
    assert "missing" in body(hr.get(reverse("certificates:overview")))
    assert visit(noor).get(reverse("certificates:new_type")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_nl": ""},
        {"months": "0"},
        {"months": "99999"},
        {"months": ""},
        {"ends": "yearly", "yearly_day": "31", "yearly_month": "2"},
        {"ends": "yearly"},
        {"ends": "day"},
        {"ends": "whenever"},
        {"window_days": "-1"},
        {"window_days": "99999"},
        {"hours_needed": "35"},
        {"hours_needed": "35", "hours_months": "60", "hours_practice": "36"},
        {"register_link": "javascript:alert(1)"},
        {"basis": "feeling"},
        {"brings-0-activity": "999999"},
        {"shows-0-skill": "999999"},
    ],
)
def test_a_type_with_a_mistake_is_told(femke: Person, visit: Visit, wrong: dict[str, str]) -> None:
    response = visit(femke).post(reverse("certificates:new_type"), type_form(**wrong))
    assert response.status_code == 422
    assert not CertificateType.objects.exists()


def test_two_people_editing_a_type_lose_nothing(
    femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk)
    hr, address = visit(femke), reverse("certificates:type", args=[bhv.pk])
    assert hr.post(address, type_form(name_nl="First", version="1")).status_code == 302
    second = hr.post(address, type_form(name_nl="Second", version="1"))
    assert second.status_code == 409
    assert "First" in body(second)
    assert 'value="Second"' in body(second)
    bhv.refresh_from_db()
    assert bhv.name_nl == "First"


@pytest.mark.parametrize(
    "query",
    ["?unit=x&type=-1&state=gone&ahead=99&on=2026-99-99&page=zero", "?on=0000-00-00", "?page=999"],
)
def test_a_strange_question_gets_the_whole_overview(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit, query: str
) -> None:
    a_type(van_dijk, jobs=("Mechanic",))
    response = visit(femke).get(reverse("certificates:overview") + query)
    assert response.status_code == 200
    assert noor.name in body(response)


def test_the_overview_narrows_and_looks_back(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_holding(noor, bhv, issued_on=days(-360), confirmed_by=daan)
    hr, address = visit(femke), reverse("certificates:overview")
    assert noor.name in body(hr.get(f"{address}?state=expiring"))
    assert noor.name not in body(hr.get(f"{address}?state=missing"))
    assert noor.name in body(hr.get(f"{address}?ahead=1"))
    past = f"{address}?state=valid&on={days(-200).isoformat()}"
    assert noor.name in body(hr.get(past))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_for_an_inspection_is_inert_and_noted(
    daan: Person, femke: Person, van_dijk: Organisation, visit: Visit, kind: str
) -> None:
    bhv = a_type(van_dijk, "=cmd()", jobs=("Mechanic",))
    evil = a_colleague(van_dijk, "=HYPERLINK(1) Evil")
    a_holding(evil, bhv, confirmed_by=daan)
    response = visit(femke).get(reverse("certificates:overview") + f"?export={kind}")
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined] # a streamed answer
    assert response.status_code == 200
    if kind == "csv":
        lines = data.decode("utf-8-sig").splitlines()
        assert "Confirmed by" in lines[0]
        assert all(not line.startswith("=") for line in lines)
    assert Reading.objects.filter(reader=femke, about=evil).exists()


def test_a_lead_exports_only_their_line(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    a_type(van_dijk, jobs=("Mechanic",))
    a_colleague(van_dijk, "Olaf Other")
    response = visit(daan).get(reverse("certificates:overview") + "?export=csv")
    data = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined] # streamed
    assert noor.name in data
    assert "Olaf" not in data


def test_hostile_text_is_shown_as_text(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    holding = a_holding(noor, a_type(van_dijk, "<b>ש</b>" * 20))
    Holding.objects.filter(pk=holding.pk).update(number="<script>alert(1)</script>")
    for client, address in (
        (visit(noor), reverse("certificates:mine")),
        (visit(daan), reverse("certificates:holding", args=[holding.pk])),
    ):
        assert "<script>alert(1)" not in body(client.get(address))


def test_pages_and_panels_ask_little(
    daan: Person,
    femke: Person,
    van_dijk: Organisation,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    people = [a_colleague(van_dijk, f"Member {n}", lead=daan) for n in range(8)]
    for n in range(4):
        certificate = a_type(van_dijk, f"Type {n}", jobs=("Mechanic",), shows={a_skill(f"S{n}"): 2})
        for person in people:
            a_holding(person, certificate, issued_on=days(-350), confirmed_by=daan)
    asked = [
        (people[0], "mine", 12), (femke, "types", 14),
        (femke, "overview", 12), (daan, "overview", 12), (daan, "team", 11),
        (people[0], "panel_mine", 8), (daan, "panel_team", 7), (femke, "panel_organisation", 6),
    ]  # fmt: skip
    for person, name, most in asked:
        client = visit(person)
        # What holds for all, and everyone's facts, are remembered until something changes.
        client.get(reverse(f"certificates:{name}"))
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"certificates:{name}")).status_code == 200


def test_a_lead_of_many_reads_the_first_eight_and_unfolds_the_rest(
    van_dijk: Organisation, daan: Person, visit: Visit
) -> None:
    """Nothing is left out: what is folded can be confirmed as well."""
    bhv = a_type(van_dijk)
    waiting = [a_holding(a_colleague(van_dijk, f"Piet {n}", lead=daan), bhv) for n in "ABCDEFGHIJ"]

    page = visit(daan).get(reverse("certificates:panel_confirm")).content.decode()

    before, folded = page.split("<summary>and 2 more</summary>")
    at = {one.pk: f'action="{reverse("certificates:decide", args=[one.pk])}"' for one in waiting}
    assert sum(at[one.pk] in before for one in waiting) == 8
    assert sum(at[one.pk] in folded for one in waiting) == 2
