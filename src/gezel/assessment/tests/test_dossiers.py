"""A dossier from start to result: who may, who may not, who sees what, and what is kept."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image
from pytest_django import Settings

from gezel.assessment import actions, jobs, letters, paper, policy, queries
from gezel.assessment.actions import PieceSaid
from gezel.assessment.models import (
    Dossier,
    DossierObjection,
    DossierPiece,
    DossierRole,
    EvcPerson,
    Judgement,
    Outcome,
    Standard,
)
from gezel.assessment.tests.dossiers import (
    Cast,
    a_cast,
    a_dossier,
    a_piece,
    a_report,
    a_standard,
    agree_on,
    judge_all,
    may,
)
from gezel.certificates.tests import builders as certificates
from gezel.connect.models import Message
from gezel.content.models import Media
from gezel.kit.jobs import begin_night, run_waiting
from gezel.people.api import Organisation, Person, Visitor, redraw_lines
from gezel.people.models import Employment
from gezel.people.tests.builders import a_colleague
from gezel.profile.queries import taken_along
from gezel.profile.queries.taking import rows_of
from gezel.skills.api import estimates
from gezel.skills.tests import builders as skills
from gezel.trust.models import Reading

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


@pytest.fixture
def cast(van_dijk: Organisation) -> Cast:
    return a_cast(van_dijk)


@pytest.fixture
def standard(van_dijk: Organisation) -> Standard:
    return a_standard(van_dijk, skill=skills.a_skill(organisation=van_dijk))


def page(name: str, dossier: Dossier, *more: object) -> str:
    return reverse(f"evc:{name}", args=[dossier.key, *more])


# -- who guides, who judges ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["guide", "assessor"])
def test_a_lead_never_guides_or_assesses_and_the_page_says_why(
    *, van_dijk: Organisation, noor: Person, daan: Person, standard: Standard, cast: Cast,
    visit: Visit, kind: str,
) -> None:  # fmt: skip
    may(van_dijk, daan, guide=True, assess=True)
    dossier = a_dossier(noor, standard, cast)

    with pytest.raises(ValidationError, match="lead the candidate"):
        actions.choose(dossier, daan, kind=kind, seat=int(kind == "assessor"))
    answer = visit(noor).get(page("people", dossier, kind, int(kind == "assessor")))
    assert f'value="{daan.pk}"' not in answer.content.decode()
    assert "They lead the candidate" in answer.content.decode()


def test_whom_the_candidate_leads_and_the_candidate_do_not_judge(
    van_dijk: Organisation, daan: Person, noor: Person, standard: Standard, cast: Cast
) -> None:
    for person in (daan, noor):
        may(van_dijk, person, assess=True)
    dossier = a_dossier(daan, standard, cast)

    for person in (daan, noor):
        with pytest.raises(ValidationError):
            actions.choose(dossier, person, kind="assessor", seat=1)


def test_guide_and_assessor_are_never_one_person_also_not_after_the_guide_stepped_back(
    van_dijk: Organisation, noor: Person, standard: Standard, cast: Cast
) -> None:
    may(van_dijk, cast.guide, guide=True, assess=True)
    dossier = a_dossier(noor, standard, cast)
    with pytest.raises(ValidationError, match="who guides does not judge"):
        actions.choose(dossier, cast.guide, kind="assessor", seat=1)
    actions.hand_back(dossier.roles.get(), why="A friend of the family.")

    with pytest.raises(ValidationError, match="who guides does not judge"):
        actions.choose(dossier, cast.guide, kind="assessor", seat=1)


@pytest.mark.parametrize("what", ["both", "self", "seat"])
def test_the_database_holds_guide_assessor_and_candidate_apart(
    noor: Person, standard: Standard, cast: Cast, what: str
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    person = {"both": cast.guide, "self": noor, "seat": cast.first}[what]
    with pytest.raises(IntegrityError), transaction.atomic():
        DossierRole.objects.create(
            dossier=dossier, candidate=noor, person=person, kind="assessor", seat=1
        )


def test_who_did_not_say_yes_cannot_be_chosen(
    van_dijk: Organisation, noor: Person, standard: Standard, cast: Cast
) -> None:
    karim = a_colleague(van_dijk, "Karim")
    actions.ask_for_evc(van_dijk, email=karim.email, may_guide=True, may_assess=False)
    dossier = a_dossier(noor, standard, cast, to="intake")

    with pytest.raises(ValidationError, match="does not do this here"):
        actions.choose(dossier, karim, kind="guide")


def test_someone_from_elsewhere_in_the_installation_can_assess(
    *,
    van_dijk: Organisation,
    noor: Person,
    sam: Person,
    standard: Standard,
    cast: Cast,
    visit: Visit,
) -> None:
    task = actions.ask_for_evc(van_dijk, email=sam.email, may_guide=False, may_assess=True)
    assert "asks you something" in visit(sam).get(reverse("evc:home")).content.decode()
    visit(sam).post(reverse("evc:answer_task", args=[task.pk]), {"answer": "yes"})
    dossier = a_dossier(noor, standard, cast)
    assert visit(sam).get(page("dossier", dossier)).status_code == 404
    actions.choose(dossier, sam, kind="assessor", seat=1)

    assert visit(sam).get(page("dossier", dossier)).status_code == 200
    assert Reading.objects.get(reader=sam).purpose == "evc_assessor"


def test_asking_by_address_tells_nobody_whether_there_is_an_account(
    femke: Person, visit: Visit
) -> None:
    told = []
    for email in (femke.email, "nobody@example.test"):
        answer = visit(femke).post(
            reverse("evc:ask_for"), {"email": email, "may_guide": "on"}, follow=True
        )
        told.append(answer.content.decode().split("messages", 1)[-1].count("Asked."))
    assert told[0] == told[1] == 1
    assert not EvcPerson.objects.exclude(person=None, state="asked").exists()


def test_who_becomes_the_lead_later_is_shut_out_flagged_and_cannot_judge(
    *, van_dijk: Organisation, noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    assert visit(cast.first).get(page("judging", dossier)).status_code == 200
    Employment.objects.filter(person=noor).update(lead=cast.first)
    redraw_lines(van_dijk)

    for name in ("dossier", "judging"):
        assert visit(cast.first).get(page(name, dossier)).status_code == 404
    assert "is shut for you" in visit(cast.first).get(reverse("evc:home")).content.decode()
    with pytest.raises(ValidationError, match="not any more"):
        judge_all(dossier, cast.first)
    own = visit(noor).get(page("dossier", dossier)).content.decode()
    assert "in the reporting line since" in own
    assert "has come into your reporting line" in own
    other = may(van_dijk, a_colleague(van_dijk, "Carla Drie"), assess=True)
    actions.choose(dossier, other, kind="assessor", seat=1)
    told = queries.desk(dossier, part="candidate", reader=noor.pk)
    assert not told.situation.conflicted


def test_a_guide_who_left_the_organisation_reads_no_more(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    yesterday = timezone.localdate() - timedelta(days=1)
    Employment.objects.filter(person=cast.guide).update(
        starts_on=yesterday - timedelta(days=400), ends_on=yesterday
    )
    assert visit(cast.guide).get(page("dossier", dossier)).status_code == 404


# -- the employer ----------------------------------------------------------------------------------


def test_lead_and_hr_find_no_trace_until_the_candidate_says_so_and_none_after(
    *, noor: Person, daan: Person, femke: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    def pages() -> list[str]:
        """What lead and HR read, without the tokens of forms."""
        told = [
            visit(person).get(reverse(name)).content.decode().partition("<main")[2]
            for person, name in (
                (daan, "evc:home"), (daan, "evc:opened"), (femke, "evc:home"),
                (femke, "evc:opened"), (femke, "evc:setup"),
            )
        ]  # fmt: skip
        return [re.sub(r"[A-Za-z0-9]{40,}", "", page) for page in told]

    before = pages()
    dossier = a_dossier(noor, standard, cast, to="result", results="shown,not_yet")
    assert pages() == before
    for person in (daan, femke):
        assert visit(person).get(page("dossier", dossier)).status_code == 404
        assert visit(person).get(reverse("evc:panel")).status_code == 404

    visit(noor).post(page("employer", dossier), {"known": "yes"})
    for person in (daan, femke):
        answer = visit(person).get(reverse("evc:opened")).content.decode()
        assert noor.name in answer
        assert "1 of 2 parts shown" in answer
        assert "Together we found this." not in answer
        assert visit(person).get(page("dossier", dossier)).status_code == 404
        assert Reading.objects.filter(reader=person, about=noor, matter="evc").exists()
    visit(noor).post(page("employer", dossier), {"known": "no"})
    for person in (daan, femke):
        assert noor.name not in visit(person).get(reverse("evc:opened")).content.decode()


def test_after_the_last_day_an_opened_dossier_is_shut_to_the_former_employer(
    noor: Person, daan: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    actions.tell_employer(dossier, known=True)
    Employment.objects.filter(person=noor).update(
        starts_on=timezone.localdate() - timedelta(days=900),
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    assert noor.name not in visit(daan).get(reverse("evc:opened")).content.decode()
    assert visit(noor).get(page("dossier", dossier)).status_code == 200


# -- evidence --------------------------------------------------------------------------------------


def test_what_gezel_holds_comes_in_with_one_tap_and_ties_itself(
    *, van_dijk: Organisation, noor: Person, daan: Person, standard: Standard, cast: Cast,
    visit: Visit,
) -> None:  # fmt: skip
    part = standard.parts.first()
    assert part
    assert part.skill
    seen = skills.an_evidence(noor, part.skill, level=3, kind="lead", by=daan)
    skills.an_evidence(noor, part.skill, level=5, kind="self", by=noor)
    held = certificates.a_holding(noor, certificates.a_type(van_dijk), confirmed_by=daan)
    dossier = a_dossier(noor, standard, cast)
    assert {f.address for f in queries.facts_to_bring(dossier)} == {
        f"skills:evidence:{seen.pk}", f"certificates:holding:{held.pk}",
    }  # fmt: skip
    for _twice in range(2):
        visit(noor).post(page("gather", dossier), {"fact": f"skills:evidence:{seen.pk}"})
    visit(noor).post(page("gather", dossier), {"fact": "skills:evidence:999999"})

    piece = dossier.pieces.get()
    assert list(piece.parts.all()) == [part]
    assert piece.done_on == seen.observed_on
    told = queries.desk(dossier, part="candidate", reader=noor.pk)
    assert [len(pieces) for _part, pieces in told.matrix] == [1, 0]


@pytest.fixture
def media(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


def _send(visit: Visit, dossier: Dossier, kind: str, name: str, data: bytes) -> int:
    answer = visit(dossier.person).post(
        page("add", dossier, kind),
        {"key": uuid.uuid4(), "name": "It", "file": SimpleUploadedFile(name, data)},
    )
    return answer.status_code


@pytest.mark.usefixtures("media")
def test_a_document_is_only_a_download_and_a_page_in_disguise_is_refused(
    noor: Person, daan: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    assert _send(visit, dossier, "document", "report.pdf", b"<script>alert(1)</script>") == 422
    assert _send(visit, dossier, "document", "page.html", b"<html></html>") == 422
    assert _send(visit, dossier, "photo", "photo.jpg", b"no picture") == 422
    assert not dossier.pieces.exists()
    assert not Media.objects.exists()
    assert _send(visit, dossier, "document", "verslag \u202efdp.txt", b"Wat ik deed.") == 302
    found = dossier.pieces.get()
    answer = visit(cast.guide).get(page("piece_file", dossier, found.key))

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert visit(daan).get(page("piece_file", dossier, found.key)).status_code == 404


@pytest.mark.usefixtures("media")
def test_a_photo_is_drawn_anew_and_gone_when_taken_out(
    noor: Person, standard: Standard, cast: Cast, visit: Visit, django_capture_on_commit_callbacks:
    Callable[..., object],
) -> None:  # fmt: skip
    dossier = a_dossier(noor, standard, cast)
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "JPEG")
    assert _send(visit, dossier, "photo", "photo.jpg", drawn.getvalue()) == 302
    found = dossier.pieces.get()
    assert found.media
    assert found.media.kind == "image/webp"
    assert visit(noor).get(page("piece", dossier, found.key)).status_code == 200

    visit(noor).post(page("remove_piece", dossier, found.key))
    assert not Media.objects.exists()


def test_evidence_stands_still_while_it_is_judged(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    piece = dossier.pieces.filter(kind="account").get()
    with pytest.raises(ValidationError):
        actions.remove_piece(piece)
    with pytest.raises(ValidationError):
        a_piece(dossier)
    with pytest.raises(ValidationError, match="Only an assessor"):
        a_report(dossier, cast.guide)
    assert visit(noor).get(page("add", dossier, "document")).status_code == 404
    assert visit(cast.guide).get(page("add", dossier, "interview")).status_code == 404


def test_a_colleague_answers_in_their_own_words_and_sees_nothing_else(
    *, van_dijk: Organisation, noor: Person, sam: Person, standard: Standard, cast: Cast,
    visit: Visit,
) -> None:  # fmt: skip
    dossier = a_dossier(noor, standard, cast)
    karim = a_colleague(van_dijk, "Karim Bel")
    parts = list(standard.parts.all()[:1])
    answer = visit(noor).post(
        page("ask", dossier) + "?q=karim",
        {"key": uuid.uuid4(), "of": karim.pk, "question": "What did you see?",
         "parts": [parts[0].pk], "q": "karim"},
    )  # fmt: skip
    assert answer.status_code == 302
    asked = dossier.asked.get()
    address = reverse("evc:statement", args=[asked.key])
    assert visit(sam).get(address).status_code == 404
    assert visit(cast.guide).get(address).status_code == 404
    shown = visit(karim).get(address).content.decode()
    assert "What did you see?" in shown
    assert standard.name not in shown
    assert visit(karim).get(page("dossier", dossier)).status_code == 404
    visit(karim).post(address, {"knows": "Same shift.", "said": "Neat work."})

    piece = dossier.pieces.get()
    assert (piece.kind, piece.by, piece.about) == ("statement", karim, "Neat work.")
    assert list(piece.parts.all()) == parts
    assert visit(karim).get(address).status_code == 404


def test_who_guides_does_not_testify_and_a_question_is_asked_once(
    van_dijk: Organisation, noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast)
    karim = a_colleague(van_dijk, "Karim Bel")
    for of in (cast.guide, noor):
        with pytest.raises(ValidationError):
            actions.ask_statement(dossier, of, question="?", parts=[], key=uuid.uuid4())
    actions.ask_statement(dossier, karim, question="?", parts=[], key=uuid.uuid4())
    with pytest.raises(ValidationError, match="already"):
        actions.ask_statement(dossier, karim, question="?", parts=[], key=uuid.uuid4())


# -- judging ---------------------------------------------------------------------------------------

SECRET = "Only-the-first-wrote-this"


def test_no_query_shows_one_assessor_the_others_judgement_before_both_are_final(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    judge_all(dossier, cast.first, why=SECRET)

    def seen(person: Person, part: str) -> set[int | None]:
        told = queries.desk(Dossier.objects.get(pk=dossier.pk), part=part, reader=person.pk)
        assert {j.role.person_id for v in told.views.values() for j in v.values()} == {
            j.role.person_id for j in queries.judgements_to_read(told)
        }
        return {j.role.person_id for j in queries.judgements_to_read(told)}

    for final in (False, True):
        if final:
            actions.finish_judging(dossier, by=cast.first)
        assert seen(cast.second, "assessor") == set()
        assert seen(cast.first, "assessor") == {cast.first.pk}
        assert seen(noor, "candidate") == seen(cast.guide, "guide") == set()
    judge_all(dossier, cast.second)
    assert seen(cast.second, "assessor") == {cast.second.pk}
    actions.finish_judging(dossier, by=cast.second)
    both = {cast.first.pk, cast.second.pk}
    assert seen(cast.first, "assessor") == seen(cast.second, "assessor") == both
    assert seen(noor, "candidate") == set()
    agree_on(dossier, cast)
    assert seen(noor, "candidate") == seen(cast.guide, "guide") == both


def test_no_page_shows_one_assessor_the_others_judgement_before_both_are_final(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    judge_all(dossier, cast.first, results="not_yet", why=SECRET)
    part = standard.parts.first()
    assert part

    def everything(person: Person) -> str:
        addresses = [
            *(
                page(name, dossier)
                for name in ("dossier", "judging", "together", "result", "hours")
            ),
            page("judge", dossier, part.pk),
            page("take_along", dossier, "zip"),
            page("take_along", dossier, "pdf"),
        ]
        client, told = visit(person), ""
        for address in addresses:
            told += b"".join(client.get(address)).decode(errors="ignore")
        return told

    for final in (False, True):
        if final:
            actions.finish_judging(dossier, by=cast.first)
        for person in (cast.second, noor, cast.guide):
            shown = everything(person)
            assert SECRET not in shown
            assert "not shown yet" not in shown.replace('not_yet">', "").replace(
                "<span>not shown yet</span>", ""
            )
    assert visit(cast.second).get(page("together", dossier)).status_code == 404
    judge_all(dossier, cast.second)
    actions.finish_judging(dossier, by=cast.second)
    assert SECRET in visit(cast.second).get(page("together", dossier)).content.decode()
    assert SECRET not in everything(noor)


def test_the_paper_holds_no_judgement_before_there_is_a_result(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    judge_all(dossier, cast.first, why=SECRET)
    told = paper.told_of(queries.desk(dossier, part="candidate", reader=noor.pk))

    assert SECRET not in json.dumps(told)


def test_nothing_is_final_half_or_on_one_instrument(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    with pytest.raises(ValidationError, match="Not judged in full yet: Part 1, Part 2"):
        actions.finish_judging(dossier, by=cast.first)
    judge_all(dossier, cast.first)
    DossierPiece.objects.filter(kind="interview").delete()
    with pytest.raises(ValidationError, match="Only one instrument"):
        actions.finish_judging(dossier, by=cast.first)
    a_report(dossier, cast.second, kind="visit")
    actions.finish_judging(dossier, by=cast.first)
    with pytest.raises(ValidationError, match="that stands"):
        judge_all(dossier, cast.first)


def test_two_who_differ_stay_visible_and_neither_agrees_with_themselves(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    parts = list(standard.parts.all())
    judge_all(dossier, cast.first, results="shown")
    judge_all(dossier, cast.second, results="shown,not_yet")
    with pytest.raises(ValidationError, match="Not all assessors"):
        actions.propose_outcome(dossier, {}, by=cast.first)
    for assessor in (cast.first, cast.second):
        actions.finish_judging(dossier, by=assessor)
    answer = visit(cast.first).get(page("together", dossier)).content.decode()
    assert answer.count("you differ") == 1
    with pytest.raises(ValidationError, match="reason for “Part 2”"):
        actions.propose_outcome(
            dossier, {parts[0].pk: ("shown", "x"), parts[1].pk: ("partly", " ")}, by=cast.first
        )
    found = {p.pk: ("shown" if p == parts[0] else "partly", "Talked.") for p in parts}
    actions.propose_outcome(dossier, found, by=cast.first)
    with pytest.raises(ValidationError, match="not who wrote it"):
        actions.agree_outcome(dossier, by=cast.first)
    seen = actions.proposal_mark(queries.desk(dossier, part="assessor", reader=cast.second.pk))
    actions.propose_outcome(dossier, found, by=cast.first)
    with pytest.raises(ValidationError, match="changed since"):
        actions.agree_outcome(dossier, by=cast.second, seen=seen)
    actions.agree_outcome(dossier, by=cast.second)
    dossier.refresh_from_db()

    assert dossier.stage == "result"
    told = visit(noor).get(page("result", dossier)).content.decode()
    assert "came to different results first" in told
    assert "A partial result: 1 of 2 parts" in told
    assert cast.first.name in told


def test_the_database_lets_no_assessor_of_two_agree_with_themselves(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast, to="result")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).update(agreed_by=dossier.proposed_by_id)


def test_one_assessor_where_that_is_how_it_is_set(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast, to="result", assessors=1, results="shown,partly")

    assert [o.result for o in dossier.outcomes.order_by("part")] == ["shown", "partly"]


# -- after the result ------------------------------------------------------------------------------


def test_nothing_goes_in_the_profile_unless_the_candidate_puts_it_there(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast, to="result")
    assert not noor.evidence.exists()
    for _twice in range(2):
        visit(noor).post(page("keep", dossier))

    evidence = noor.evidence.get()
    assert (evidence.kind, evidence.level, evidence.sd) == ("evc", 3, 0.43)
    found = estimates([noor.pk], timezone.localdate(), skill_pks=[evidence.skill_id], at=None)
    assert 2.6 < found[noor.pk, evidence.skill_id].level < 3.2
    ledger = visit(noor).get(reverse("skills:ledger", args=[noor.pk, evidence.skill_id]))
    assert "EVC result" in ledger.content.decode()


def test_what_is_left_becomes_steps_of_a_goal_only_the_candidate_reads(
    *, van_dijk: Organisation, noor: Person, cast: Cast, visit: Visit
) -> None:
    standard = a_standard(van_dijk, parts=3, skill=skills.a_skill(organisation=van_dijk))
    dossier = a_dossier(noor, standard, cast, to="result", results="not_yet,shown,partly")
    part = standard.parts.first()
    assert part
    due = timezone.localdate() + timedelta(days=200)
    for _twice in range(2):
        answer = visit(noor).post(
            page("plan", dossier), {"to": f"part-{part.pk}", "due_on": due.isoformat()}
        )
        assert answer.status_code == 302
    dossier.refresh_from_db()

    assert dossier.goal
    assert not dossier.goal.shared
    assert [s.title for s in dossier.goal.steps.order_by("position")] == ["Part 1", "Part 3"]
    assert dossier.stage == "plan"


def test_a_shared_goal_takes_no_steps_while_the_employer_does_not_know(
    van_dijk: Organisation, noor: Person, standard: Standard, cast: Cast
) -> None:
    from gezel.plans.tests.builders import a_goal

    goal = a_goal(noor, skill=skills.a_skill(organisation=van_dijk, name="Other"), shared=True)
    dossier = a_dossier(noor, standard, cast, to="result", results="not_yet")
    due = timezone.localdate() + timedelta(days=200)
    with pytest.raises(ValidationError):
        actions.plan_the_rest(dossier, due_on=due, goal=goal)
    assert not goal.steps.exists()


def test_an_objection_goes_to_someone_by_name_who_had_no_part_in_it(
    *, van_dijk: Organisation, noor: Person, femke: Person, standard: Standard, cast: Cast,
    visit: Visit,
) -> None:  # fmt: skip
    dossier = a_dossier(noor, standard, cast, to="result", results="not_yet")
    with pytest.raises(ValidationError, match="Nobody who stands outside"):
        actions.object_to_result(dossier, reason="No.", key=uuid.uuid4())
    actions.set_up(
        van_dijk, candidate_hours=40, guide_hours=12, assessors=2,
        objections_to=cast.first, deputy=femke,
    )  # fmt: skip
    assert visit(femke).get(page("dossier", dossier)).status_code == 404
    objection = actions.object_to_result(dossier, reason="They forgot my story.", key=uuid.uuid4())
    assert objection.to == femke
    assert visit(femke).get(page("dossier", dossier)).status_code == 200
    answer = visit(femke).post(
        page("decide", dossier, objection.key), {"decision": "anew", "because": "They did."}
    )
    assert answer.status_code == 302
    dossier.refresh_from_db()

    assert (dossier.stage, dossier.round, dossier.result_at) == ("assessment", 2, None)
    told = queries.desk(dossier, part="assessor", reader=cast.second.pk)
    assert not told.are_open
    assert not list(queries.judgements_to_read(told))
    assert Judgement.objects.filter(role__dossier=dossier, round=1).count() == 4
    judge_all(dossier, cast.first)
    assert not list(queries.judgements_to_read(told))


def test_the_objection_page_says_who_decides(
    *, van_dijk: Organisation, noor: Person, femke: Person, standard: Standard, cast: Cast,
    visit: Visit,
) -> None:  # fmt: skip
    actions.set_up(
        van_dijk, candidate_hours=40, guide_hours=12, assessors=2, objections_to=femke, deputy=None
    )
    dossier = a_dossier(noor, standard, cast, to="result")
    assert f"It goes to {femke.name}" in visit(noor).get(page("object", dossier)).content.decode()
    visit(noor).post(page("object", dossier), {"key": uuid.uuid4(), "reason": "No."})
    assert DossierObjection.objects.get().to == femke
    with pytest.raises(ValidationError, match="not decided yet"):
        actions.round_off(dossier)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_gezel_never_claims_to_issue_an_ervaringscertificaat(
    *, noor: Person, standard: Standard, cast: Cast, visit: Visit, language: str, settings: Settings
) -> None:
    dossier = a_dossier(noor, standard, cast, to="result")
    says = {"nl": "geen Ervaringscertificaat", "en": "not an Ervaringscertificaat"}[language]
    with translation.override(language):
        told = paper.told_of(queries.desk(dossier, part="candidate", reader=noor.pk))
    assert says in told["labels"]["disclaimer"]
    assert says in told["labels"]["not_one"]
    client = visit(noor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert says in client.get(page("result", dossier)).content.decode()
    answer = client.get(page("take_along", dossier, "zip"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert says in packed.read("README.txt").decode()
    assert packed.read("dossier.pdf").startswith(b"%PDF")


@pytest.mark.usefixtures("media")
def test_the_archive_holds_every_file_under_a_name_of_our_own(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    _send(visit, dossier, "document", "../../etc/passwd.txt", b"Wat ik deed.")
    actions.add_piece(dossier, PieceSaid(name="=SUM(1)"), kind="account", by=noor)
    out = io.BytesIO()
    paper.archive(queries.desk(dossier, part="candidate", reader=noor.pk), out)
    packed = zipfile.ZipFile(out)

    assert sorted(packed.namelist()) == [
        "README.txt", "dossier.json", "dossier.pdf", "files/001.txt", "index.csv",
    ]  # fmt: skip
    assert packed.read("files/001.txt") == b"Wat ik deed."
    assert "'=SUM(1)" in packed.read("index.csv").decode()


# -- standards, hours, terms -----------------------------------------------------------------------


def test_a_withdrawn_standard_goes_on_where_it_runs_and_begins_nothing(
    *, noor: Person, daan: Person, femke: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    with pytest.raises(ValidationError, match="Say why"):
        actions.withdraw_standard(standard, why=" ")
    visit(femke).post(
        reverse("evc:standard_step", args=[standard.pk]),
        {"step": "withdraw", "why": "The law changed."},
    )
    told = visit(noor).get(page("dossier", dossier)).content.decode()
    assert "The law changed." in told
    assert visit(daan).get(reverse("evc:standard", args=[standard.pk])).status_code == 404
    standard.refresh_from_db()
    with pytest.raises(ValidationError, match="not in use any more"):
        actions.begin_dossier(daan, standard, organisation=standard.organisation)
    a_piece(dossier)


def test_a_new_version_leaves_dossiers_under_way_with_theirs(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast)
    fresh = actions.new_version(standard)
    assert actions.new_version(standard) == fresh
    actions.put_standard_in_use(fresh)
    standard.refresh_from_db()
    dossier.refresh_from_db()

    assert (standard.state, fresh.version, dossier.standard) == ("replaced", 2, standard)
    assert [p.name for p in fresh.parts.all()] == [p.name for p in standard.parts.all()]
    with pytest.raises(ValidationError, match="stays as it is"):
        actions.save_part(standard, None, actions.PartSaid(name_en="x"))


def test_a_file_is_looked_at_first_and_comes_in_as_a_draft(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    told = {"format": "gezel-standard-1", "name": {"en": "Baker"},
            "parts": [{"name": {"en": "<b>Bakes</b>"},
                       "criteria": {"en": ["Neatly"]}}]}  # fmt: skip
    address, key = reverse("evc:bring_standard"), uuid.uuid4()
    file = SimpleUploadedFile("baker.json", json.dumps(told).encode())
    answer = visit(femke).post(address, {"key": key, "file": file})
    assert answer.status_code == 200
    assert "&lt;b&gt;Bakes&lt;/b&gt;" in answer.content.decode()
    assert not Standard.objects.exists()
    for _twice in range(2):
        visit(femke).post(address, {"key": key, "text": json.dumps(told), "take": "1"})
    made = Standard.objects.get()
    assert (made.state, made.source, made.parts.get().criteria) == ("draft", "file", ["Neatly"])
    bad = visit(femke).post(address, {"key": key, "text": '{"format": 1}', "take": "1"})
    assert bad.status_code == 422
    assert visit(noor).get(address).status_code == 404


def test_essential_skills_of_an_occupation_become_parts(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    from gezel.skills.models import Occupation

    occupation = Occupation.objects.create(source="esco", uri="t:1", name_en="Mechanic")
    skill, other = skills.a_skill(name="Brakes"), skills.a_skill(name="Talking")
    occupation.asks.create(skill=skill, essential=True)
    occupation.asks.create(skill=other, essential=False)
    found = visit(femke).get(reverse("evc:new_standard"), {"q": "mech"}).content.decode()
    assert "Mechanic" in found
    key = uuid.uuid4()
    for _twice in range(2):
        visit(femke).post(reverse("evc:of_occupation", args=[occupation.pk]), {"key": key})

    made = Standard.objects.get()
    assert [p.skill for p in made.parts.all()] == [skill]


def test_hours_are_kept_per_person_and_one_takes_back_ones_own(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    today = timezone.localdate().isoformat()
    for person, hours in ((noor, "1.5"), (cast.guide, "0.75")):
        visit(person).post(
            page("hours", dossier), {"key": uuid.uuid4(), "on": today, "hours": hours}
        )
    bad = visit(noor).post(
        page("hours", dossier), {"key": uuid.uuid4(), "on": "2049-01-01", "hours": "1"}
    )
    assert bad.status_code == 422
    assert "lies ahead" in bad.content.decode()
    told = visit(noor).get(page("dossier", dossier)).content.decode()
    assert "1.5 of 40 hours" in told
    row = dossier.hours.get(by=cast.guide)
    assert visit(noor).post(page("take_back_hours", dossier, row.key)).status_code == 404


def test_a_dossier_goes_two_years_after_its_last_step_and_what_was_kept_of_it_stays(
    noor: Person, daan: Person, standard: Standard, cast: Cast
) -> None:
    old = a_dossier(noor, standard, cast, to="result")
    young = a_dossier(daan, standard, cast)
    actions.put_result_in_profile(old)
    now = timezone.now()
    Dossier.objects.filter(pk=old.pk).update(last_at=now - timedelta(days=731))
    Dossier.objects.filter(pk=young.pk).update(last_at=now - timedelta(days=729))
    assert jobs.tonight()
    begin_night(timezone.localtime().replace(hour=3, minute=0))
    while run_waiting():
        pass

    assert list(Dossier.objects.all()) == [young]
    assert not DossierRole.objects.filter(candidate=noor).exists()
    assert noor.evidence.filter(kind="evc").exists()


def test_thrown_away_is_gone_for_everyone(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast, to="result")
    visit(cast.guide).post(page("end", dossier), {"how": "throw_away"})
    assert Dossier.objects.exists()
    visit(noor).post(page("end", dossier), {"how": "throw_away"})
    assert not Dossier.objects.exists()
    assert not Judgement.objects.exists()


def test_a_dossier_is_read_in_a_fixed_number_of_queries(
    noor: Person, standard: Standard, cast: Cast, visit: Visit
) -> None:
    dossier = a_dossier(noor, standard, cast)
    a_piece(dossier)
    client = visit(noor)

    def asked() -> int:
        client.get(page("dossier", dossier))
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(page("dossier", dossier))
        return len(found)

    few = asked()
    for n in range(12):
        a_piece(dossier, name=f"Story {n}")
    assert asked() == few


def test_a_stage_is_not_passed_twice_and_a_closed_dossier_stays_as_it_is(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast)
    with pytest.raises(ValidationError, match="moved on"):
        actions.ready_for_intake(dossier, aim="Again.")
    actions.stop(dossier)
    with pytest.raises(ValidationError, match="closed"):
        a_piece(dossier)
    again = actions.begin_dossier(noor, standard, organisation=standard.organisation)
    assert again != dossier
    assert again == actions.begin_dossier(noor, standard, organisation=standard.organisation)


def test_who_may_know_is_asked_of_the_policy_alone(
    noor: Person,
    daan: Person,
    standard: Standard,
    cast: Cast,
    as_visitor: Callable[[Person], Visitor],
) -> None:
    dossier = a_dossier(noor, standard, cast)
    assert not policy.dossiers_to_know(as_visitor(daan)).exists()
    actions.tell_employer(dossier, known=True)
    assert policy.dossiers_to_know(as_visitor(daan)).exists()
    assert not policy.dossiers_to_read(as_visitor(daan)).exists()


def test_who_is_chosen_hears_of_it_and_who_stepped_back_before_it_went_out_does_not(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    for person in (noor, cast.guide):
        Person.objects.filter(pk=person.pk).update(last_login=timezone.now())
    dossier = a_dossier(noor, standard, cast)
    message = Message.objects.get(person=cast.guide, kind="assessment.evc")
    told = letters.EVC.write(message)
    assert told
    assert noor.name not in told.subject
    actions.hand_back(dossier.roles.get(), why="A friend.")

    assert letters.EVC.write(message) is None


def test_no_archive_of_a_person_holds_what_assessors_wrote_alone(
    noor: Person, standard: Standard, cast: Cast
) -> None:
    dossier = a_dossier(noor, standard, cast, to="assessment")
    judge_all(dossier, cast.first, why=SECRET)
    for person in (noor, cast.first, cast.second, cast.guide):
        assert not [
            row
            for declaration in taken_along()
            if declaration.model in {Judgement, Outcome}
            for row in rows_of(declaration, person)
        ]
