"""Making together: co-authors, review, versions, unsaved words, thanks, questions, proofs."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.content import actions, queries
from gezel.content.actions import Outdated, add_block, change_block, finish, restore, start
from gezel.content.actions.versions import MOST_SNAPSHOTS, whole_of
from gezel.content.models import (
    Asking,
    Block,
    CoAuthor,
    ContentSettings,
    Media,
    Module,
    PeerReview,
    Proof,
    Snapshot,
    Writing,
)
from gezel.content.rules import kinds
from gezel.content.rules.bodies import Text, Words
from gezel.content.tests.builders import (
    PRACTICAL,
    QUESTION,
    TEXT,
    a_module,
    a_picture,
    answer_everything,
)
from gezel.kit.jobs import begin_night, run_waiting
from gezel.people.api import Organisation, Person, Visitor, give_mandate
from gezel.people.tests.builders import a_colleague
from gezel.skills.actions import correct
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill
from gezel.trust.models import Reading

pytestmark = pytest.mark.django_db

Visit = Callable[[Person], Client]


@pytest.fixture
def mine(van_dijk: Organisation, noor: Person) -> Module:
    """A draft of Noor's."""
    return a_module(van_dijk, (TEXT, QUESTION), shared_by=noor, state="draft")


@pytest.fixture
def karim(van_dijk: Organisation) -> Person:
    """A colleague who knows the craft."""
    return a_colleague(van_dijk, "Karim El Amrani")


def page(name: str, *args: Any) -> str:
    return reverse(f"content:{name}", args=args)


def text(words: str) -> Text:
    return Text(Words(en=words))


# --- Co-authors -------------------------------------------------------------------------------


def test_who_is_asked_along_may_change_and_not_take_off(
    mine: Module, noor: Person, karim: Person, daan: Person, visit: Visit
) -> None:
    client = visit(noor)
    found = client.post(page("co_authors", mine.pk), {"who": "karim"})
    assert "Karim El Amrani" in found.content.decode()
    client.post(page("co_authors", mine.pk), {"invite": karim.pk})

    theirs = visit(karim)
    assert theirs.get(page("edit", mine.pk)).status_code == 200
    added = theirs.post(page("add_block", mine.pk, "text"), {"version": 1, "body_en": "More"})
    assert added.status_code == 302
    for state in ("open", "closed"):
        assert theirs.post(page("offer", mine.pk), {"state": state}).status_code == 404
    assert theirs.post(page("co_authors", mine.pk), {"invite": daan.pk}).status_code == 404
    assert theirs.post(page("co_authors", mine.pk), {"end": karim.pk}).status_code == 302
    assert theirs.get(page("edit", mine.pk)).status_code == 404


def test_only_colleagues_are_found_and_asked_along(
    mine: Module, noor: Person, sam: Person, visit: Visit
) -> None:
    client = visit(noor)

    found = client.post(page("co_authors", mine.pk), {"who": "Sam"})
    assert "No colleague" in found.content.decode()
    assert client.post(page("co_authors", mine.pk), {"invite": sam.pk}).status_code == 404
    assert not mine.co_authors.exists()


def test_the_owner_is_no_co_author(mine: Module, noor: Person) -> None:
    with pytest.raises(ValidationError, match="theirs already"):
        actions.invite(mine, noor)


# --- Review -----------------------------------------------------------------------------------


def test_where_a_look_comes_first_nothing_goes_wide_without(
    mine: Module, van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, review_first=True)
    client = visit(noor)
    client.post(page("offer", mine.pk), {"state": "open"})
    mine.activity.refresh_from_db()
    assert mine.activity.state == "draft"

    assert "Femke" in client.get(page("edit", mine.pk)).content.decode()
    client.post(page("ask_review", mine.pk), {"reviewer": femke.pk})
    review = PeerReview.objects.get()
    first = mine.blocks.first()
    assert first is not None
    visit(femke).post(
        page("review", review.pk),
        {"version": 1, "changes": "1", f"remark_{first.pk}": "Say which lock."},
    )
    shown = client.get(page("edit", mine.pk)).content.decode()
    assert "Say which lock." in shown
    assert "asks for changes" in shown

    change_block(first, version=1, body=text("The red lock."))
    client.post(page("ask_review", mine.pk), {"reviewer": femke.pk})
    again = PeerReview.objects.get(state="asked")
    visit(femke).post(page("review", again.pk), {"version": 2, "approve": "1"})
    mine.activity.refresh_from_db()
    assert mine.activity.state == "open"


def test_an_approval_is_for_what_was_looked_at(
    mine: Module, noor: Person, femke: Person, visit: Visit
) -> None:
    review = actions.ask_review(mine, by=noor, reviewer=femke)
    client = visit(femke)
    client.get(page("review", review.pk))
    add_block(mine, kind="text", body=text("Slipped in"), by=noor)
    late = client.post(page("review", review.pk), {"version": 1, "approve": "1", "note": "Fine"})

    assert late.status_code == 422
    assert "changed while you were looking" in late.content.decode()
    assert 'name="version" value="2"' in late.content.decode()
    assert ">Fine</textarea>" in late.content.decode()
    review.refresh_from_db()
    assert review.state == "asked"


def test_nobody_reviews_their_own(mine: Module, noor: Person, karim: Person) -> None:
    actions.invite(mine, karim)
    for maker in (noor, karim):
        with pytest.raises(ValidationError, match="made themselves"):
            actions.ask_review(mine, by=noor, reviewer=maker)
    with pytest.raises(IntegrityError), transaction.atomic():
        PeerReview.objects.create(module=mine, version=1, asked_by=noor, reviewer=noor)


def test_who_became_a_maker_meanwhile_no_longer_approves(
    mine: Module, noor: Person, karim: Person
) -> None:
    review = actions.ask_review(mine, by=noor, reviewer=karim)
    actions.invite(mine, karim)

    with pytest.raises(ValidationError):
        actions.give_review(review, by=karim, approve=True, version=1)


def test_one_review_at_a_time_and_it_can_be_taken_back(
    mine: Module, noor: Person, femke: Person, daan: Person, visit: Visit
) -> None:
    first = actions.ask_review(mine, by=noor, reviewer=femke)
    assert actions.ask_review(mine, by=noor, reviewer=femke) == first
    with pytest.raises(ValidationError, match="already"):
        actions.ask_review(mine, by=noor, reviewer=daan)

    visit(noor).post(page("ask_review", mine.pk), {"back": "1"})
    assert visit(femke).get(page("review", first.pk)).status_code == 404
    assert actions.ask_review(mine, by=noor, reviewer=daan).reviewer == daan


def test_asking_for_changes_says_which(mine: Module, noor: Person, femke: Person) -> None:
    review = actions.ask_review(mine, by=noor, reviewer=femke)

    with pytest.raises(ValidationError, match="Say what should change"):
        actions.give_review(review, by=femke, approve=False, version=1)


def test_only_the_reviewer_sees_a_draft_and_its_files(
    mine: Module, noor: Person, daan: Person, karim: Person, visit: Visit
) -> None:
    assert visit(daan).get(page("preview", mine.pk)).status_code == 404
    actions.ask_review(mine, by=noor, reviewer=daan)

    assert visit(daan).get(page("preview", mine.pk)).status_code == 200
    assert visit(karim).get(page("preview", mine.pk)).status_code == 404
    assert visit(daan).get(page("edit", mine.pk)).status_code == 404


# --- Versions ---------------------------------------------------------------------------------


def test_each_change_is_a_version_and_any_can_be_put_back(
    mine: Module, noor: Person, visit: Visit
) -> None:
    before = whole_of(mine.pk)
    first = mine.blocks.first()
    assert first is not None
    change_block(first, version=1, body=text("Other words"), by=noor)
    add_block(mine, kind="text", body=text("One more"), by=noor)
    second = mine.blocks.all()[1]
    actions.move_block(second, up=True, by=noor)
    client = visit(noor)

    listed = client.get(page("versions", mine.pk)).content.decode()
    for done in ("As it was", "A block changed", "A block added", "Another order"):
        assert done in listed
    compared = client.get(page("version", mine.pk, 1)).content.decode()
    assert "Other words" in compared
    assert "Blijf af van **oranje**." in compared
    client.post(page("restore", mine.pk, 1))
    after = whole_of(mine.pk)

    assert [b["body"] for b in after["blocks"]] == [b["body"] for b in before["blocks"]]
    assert {k: after[k] for k in ("title", "goal", "minutes", "teaches")} == {
        k: before[k] for k in ("title", "goal", "minutes", "teaches")
    }
    # What stood before it was put back is a version too, and comes back as well.
    restore(mine, Snapshot.objects.get(module=mine, version=4), by=noor)
    assert [b["kind"] for b in whole_of(mine.pk)["blocks"]] == ["question", "text", "text"]


def test_putting_back_keeps_the_answers_of_who_is_in_the_middle(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    module = a_module(van_dijk, (TEXT, QUESTION), shared_by=noor)
    attempt = start(daan, module, organisation=van_dijk)
    first = module.blocks.first()
    assert first is not None
    change_block(first, version=1, body=text("New"), by=noor)
    restore(module, Snapshot.objects.get(module=module, version=1), by=noor)

    played = queries.play(attempt).steps
    standing = module.blocks.current()
    assert played[0].body == first.content == standing[0].content
    assert played[1].block.pk == standing[1].pk


def test_fifty_versions_are_kept(mine: Module, noor: Person) -> None:
    block = mine.blocks.first()
    assert block is not None
    for number in range(MOST_SNAPSHOTS + 5):
        change_block(block, version=number + 1, body=text(f"Words {number}"), by=noor)

    assert mine.snapshots.count() == MOST_SNAPSHOTS
    assert mine.snapshots.latest("version").version == MOST_SNAPSHOTS + 6


def test_two_in_different_blocks_do_not_hinder_each_other(mine: Module) -> None:
    first, second = mine.blocks.all()
    change_block(first, version=1, body=text("Mine"))
    question = second.content
    change_block(second, version=1, body=question)
    add_block(mine, kind="text", body=text("And this"), version=1)

    with pytest.raises(Outdated):
        change_block(first, version=1, body=text("Late"))


def test_the_second_of_two_sees_both_versions_and_loses_nothing(
    van_dijk: Organisation, noor: Person, femke: Person, daan: Person, visit: Visit
) -> None:
    """Also when someone plays it, so that the block they both write in is another row by now."""
    module = a_module(van_dijk, (TEXT,), shared_by=noor)
    start(daan, module, organisation=van_dijk)
    here = page("change_block", module.pk, module.blocks.get().pk)
    visit(femke).post(here, {"version": 1, "body_en": "Hers"})
    late = visit(noor).post(here, {"version": 1, "body_en": "Mine"})
    shown = late.content.decode()

    assert late.status_code == 422
    assert "Two versions" in shown
    assert "Hers" in shown
    assert ">\nMine</textarea>" in shown
    again = visit(noor).post(here, {"version": 2, "body_en": "Hers and mine"})
    assert again.status_code == 302
    assert module.blocks.current().get().body["body"]["en"] == "Hers and mine"


def test_words_in_a_block_that_was_taken_out_come_back_as_a_new_one(
    mine: Module, noor: Person, femke: Person, visit: Visit
) -> None:
    block = mine.blocks.first()
    assert block is not None
    here = page("change_block", mine.pk, block.pk)
    visit(femke).post(page("remove_block", mine.pk, block.pk), {"version": 1})
    late = visit(noor).post(here, {"version": 1, "body_en": "Mine", "kind": "text"})

    assert late.status_code == 422
    assert "Mine" in late.content.decode()
    assert f'action="{page("add_block", mine.pk, "text")}"' in late.content.decode()


def test_blocks_stand_in_the_order_they_were_dragged_to(
    mine: Module, noor: Person, visit: Visit
) -> None:
    first, second = mine.blocks.values_list("pk", flat=True)
    client = visit(noor)

    dragged = client.post(page("order_blocks", mine.pk), {"order": f"{second},{first},999,x,"})
    assert dragged.status_code == 204
    assert list(mine.blocks.values_list("pk", flat=True)) == [second, first]
    client.post(page("order_blocks", mine.pk), {"order": f"{second},{first}"})
    assert Module.objects.get(pk=mine.pk).version == 2


# --- Unsaved words ----------------------------------------------------------------------------


def test_what_one_was_writing_comes_back_and_goes_once_saved(
    mine: Module, noor: Person, femke: Person, visit: Visit
) -> None:
    block = mine.blocks.first()
    assert block is not None
    here = page("change_block", mine.pk, block.pk)
    told = {"kind": "text", "block": block.pk, "version": 1}
    client = visit(noor)
    later = client.post(page("writing", mine.pk), told | {"turn": 2, "body_en": "Half a"})
    earlier = client.post(page("writing", mine.pk), told | {"turn": 1, "body_en": "H"})

    assert (later.json(), earlier.json()) == ({"kept": True}, {"kept": False})
    assert "Half a" in client.get(here).content.decode()
    assert "Half a" not in visit(femke).get(here).content.decode()
    client.post(here, {"version": 1, "body_en": "Half a word, and the rest"})
    assert not Writing.objects.exists()


def test_a_new_block_that_was_not_saved_comes_back_too_and_can_be_thrown_away(
    mine: Module, noor: Person, visit: Visit
) -> None:
    client = visit(noor)
    told = {"kind": "reflection", "block": "", "turn": 1, "prompt_nl": "Wat nu"}
    for _twice in range(2):
        assert client.post(page("writing", mine.pk), told).json() == {"kept": True}
    here = page("add_block", mine.pk, "reflection")
    assert "Wat nu" in client.get(here).content.decode()

    client.post(page("writing", mine.pk), {"kind": "reflection", "drop": "1"})
    assert "Wat nu" not in client.get(here).content.decode()


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"kind": "nothing"}, 400), ({"kind": "text", "body_en": "x" * 300_001}, 413)],
)
def test_nonsense_is_not_kept(
    mine: Module, noor: Person, visit: Visit, fields: dict[str, str], status: int
) -> None:
    answer = visit(noor).post(page("writing", mine.pk), fields | {"turn": 1})

    assert answer.status_code == status
    assert not Writing.objects.exists()


# --- Thanks and questions ---------------------------------------------------------------------


def test_thanks_and_a_question_come_back_to_the_maker_and_the_answer_goes_back(
    van_dijk: Organisation, noor: Person, daan: Person, karim: Person, visit: Visit
) -> None:
    module = a_module(van_dijk, shared_by=karim)
    player = visit(noor)
    player.post(page("thank", module.pk), {"line": "Saved me an hour"})
    asked = {"text": "Which lock?", "key": str(uuid.uuid4())}
    player.post(page("ask", module.pk), asked)
    player.post(page("ask", module.pk), asked)
    board = visit(karim).get(page("panel_making")).content.decode()

    assert "Saved me an hour" in board
    assert "Which lock?" in board
    asking = Asking.objects.get()
    assert visit(daan).post(page("answer_asking", asking.key), {"text": "No"}).status_code == 404
    visit(karim).post(page("answer_asking", asking.key), {"text": "The red one."})
    here = visit(daan).get(page("panel_together", module.activity_id)).content.decode()
    for there in ("Saved me an hour", "Which lock?", "The red one.", "Noor Jansen"):
        assert there in here
    assert visit(daan).post(page("answer_asking", asking.key), {"back": "1"}).status_code == 404
    player.post(page("answer_asking", asking.key), {"back": "1"})
    player.post(page("thank", module.pk), {"back": "1"})
    assert not Asking.objects.exists()
    assert not module.thanks.exists()


def test_nobody_thanks_themselves(mine: Module, noor: Person) -> None:
    with pytest.raises(ValidationError):
        actions.thank(mine, noor)


def test_the_page_of_what_one_makes_asks_as_little_for_many(
    van_dijk: Organisation,
    noor: Person,
    karim: Person,
    visit: Visit,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(8):
        module = a_module(van_dijk, shared_by=karim, title=f"Module {number}")
        actions.thank(module, noor, line="Thanks")
        actions.ask(module, noor, text="Why?", key=uuid.uuid4())
    client = visit(karim)
    client.get(page("making"))

    with django_assert_max_num_queries(11):
        client.get(page("making"))


# --- Proofs -----------------------------------------------------------------------------------


def a_photo(colour: int = 1) -> BytesIO:
    return BytesIO(a_picture(size=(30 + colour, 20)))


def a_proof(module: Module, person: Person, looker: Person, **more: Any) -> Proof:
    organisation = module.activity.organisation
    told: dict[str, Any] = {"line": "Locked out, tagged.", "key": uuid.uuid4()} | more
    return actions.send_proof(
        person, module.blocks.get(kind="practical"), organisation=organisation, looker=looker,
        media=actions.keep_upload(organisation, a_photo(), expected="image"), **told,
    )  # fmt: skip


@pytest.fixture
def practice(van_dijk: Organisation, karim: Person) -> Module:
    skill = a_skill("Lockout", organisation=van_dijk)
    return a_module(van_dijk, [PRACTICAL], teaches={skill: 3}, shared_by=karim)


def test_a_photo_goes_to_the_one_who_was_named_and_agreed(
    practice: Module, noor: Person, daan: Person, visit: Visit
) -> None:
    here = page("practice", practice.pk, practice.blocks.get().pk)
    client = visit(noor)
    shown = client.get(here)
    assert "Daan Visser" in shown.content.decode()
    told = {"line": "Locked out", "looker": daan.pk, "key": str(uuid.uuid4())}
    without = client.post(here, told | {"photo": SimpleUploadedFile("a.png", a_picture())})
    assert "Without your yes" in without.content.decode()
    assert not Proof.objects.exists()
    sent = client.post(
        here, told | {"agreed": "on", "photo": SimpleUploadedFile("a.png", a_picture())}
    )
    assert sent.status_code == 302
    proof = Proof.objects.get()

    assert b"Noor Jansen" in visit(daan).get(page("making")).content
    assert visit(daan).get(page("look", proof.key)).status_code == 200
    assert Reading.objects.get(reader=daan, about=noor).matter == "practice"
    visit(daan).post(page("look", proof.key), {"confirm": "1", "remark": "Neat."})
    visit(daan).post(page("look", proof.key), {"confirm": "1"})
    evidence = Evidence.objects.get(person=noor)
    assert (evidence.kind, evidence.level, evidence.given_by) == ("practical", 3, daan)
    assert "Neat." in client.get(here).content.decode()


@pytest.mark.parametrize("who", ["femke", "karim", "sam"])
def test_nobody_else_sees_a_photo_of_someones_work(
    *,
    practice: Module,
    noor: Person,
    daan: Person,
    who: str,
    visit: Visit,
    request: pytest.FixtureRequest,
) -> None:
    proof = a_proof(practice, noor, daan)
    client = visit(request.getfixturevalue(who))

    assert client.get(page("proof_photo", proof.key)).status_code == 404
    assert client.get(page("look", proof.key)).status_code == 404
    assert client.post(page("take_back_proof", proof.key)).status_code == 404


def test_what_a_colleague_confirms_is_work_that_was_looked_at(
    practice: Module, noor: Person, karim: Person, visit: Visit
) -> None:
    proof = a_proof(practice, noor, karim)
    visit(karim).post(page("look", proof.key), {"confirm": "1"})

    evidence = Evidence.objects.get(person=noor)
    assert (evidence.kind, evidence.given_by) == ("practical", karim)


def test_sent_back_says_what_is_missing_and_one_can_try_again(
    practice: Module, noor: Person, daan: Person, visit: Visit
) -> None:
    proof = a_proof(practice, noor, daan)
    with pytest.raises(ValidationError, match="waits for a look"):
        a_proof(practice, noor, daan)
    assert visit(daan).post(page("look", proof.key), {"return": "1"}).status_code == 422
    visit(daan).post(page("look", proof.key), {"return": "1", "remark": "Show the tag."})

    assert a_proof(practice, noor, daan).state == "sent"
    assert not Evidence.objects.exists()


def test_taken_back_is_gone_for_both(
    practice: Module, noor: Person, daan: Person, visit: Visit
) -> None:
    proof = a_proof(practice, noor, daan)
    path = proof.media.file.path
    with transaction.atomic():
        visit(noor).post(page("take_back_proof", proof.key))

    assert visit(daan).get(page("look", proof.key)).status_code == 404
    assert not Media.objects.filter(pk=proof.media_id).exists()
    assert path


def test_a_photo_that_an_older_version_shows_stays_until_that_version_goes(
    practice: Module, mine: Module, noor: Person, daan: Person
) -> None:
    """The same picture, drawn anew, is one file: of a proof, and of a block taken out since."""
    proof = a_proof(practice, noor, daan)
    block = add_block(
        mine, kind="image", body=kinds.body_of("image", {"alt": {"en": "A lock"}}),
        media=proof.media, by=noor,
    )  # fmt: skip
    mine.refresh_from_db()
    shown = Snapshot.objects.get(module=mine, version=mine.version)
    actions.remove_block(block, version=mine.version, by=noor)

    actions.take_back_proof(proof)
    assert Media.objects.filter(pk=proof.media_id).exists()
    mine.refresh_from_db()
    restore(mine, shown, by=noor)
    assert mine.blocks.current().get(kind="image").media_id == proof.media_id

    mine.blocks.filter(kind="image").delete()
    with pytest.raises(ProtectedError):
        proof.media.delete()
    Snapshot.objects.filter(module=mine).delete()
    proof.media.delete()


def test_who_left_is_out_of_sight(
    practice: Module, noor: Person, daan: Person, as_visitor: Callable[[Person], Visitor]
) -> None:
    from gezel.content.policy import proofs_to_look_at
    from gezel.people.models import Employment

    a_proof(practice, noor, daan)
    assert proofs_to_look_at(as_visitor(daan)).count() == 1
    yesterday = timezone.localdate() - timedelta(days=1)
    Employment.objects.filter(person=noor).update(ends_on=yesterday)
    assert proofs_to_look_at(as_visitor(daan)).count() == 0


def test_the_author_looks_where_there_is_no_lead(
    practice: Module, daan: Person, karim: Person, as_visitor: Callable[[Person], Visitor]
) -> None:
    assert queries.lookers_for(as_visitor(daan), practice, "lead") == [karim]
    assert queries.lookers_for(as_visitor(karim), practice, "lead") == []


def test_a_photo_outlives_the_account_of_who_looked(
    practice: Module, noor: Person, daan: Person, visit: Visit
) -> None:
    """It is the sender's: of another who leaves for good only the name goes."""
    proof = a_proof(practice, noor, daan)
    actions.confirm_proof(proof, by=daan)
    daan.delete()

    kept = Proof.objects.get(pk=proof.pk)
    assert (kept.looker, kept.state) == (None, Proof.State.CONFIRMED)
    shown = visit(noor).get(page("practice", practice.pk, practice.blocks.get().pk))
    assert "whoever you chose is no longer in Gezel" in shown.content.decode()


def test_after_a_year_the_photo_goes_and_the_evidence_stays(
    practice: Module, noor: Person, daan: Person
) -> None:
    old, fresh = a_proof(practice, noor, daan), None
    actions.confirm_proof(old, by=daan)
    Proof.objects.filter(pk=old.pk).update(looked_at=timezone.now() - timedelta(days=366))
    fresh = a_proof(practice, noor, daan)
    Writing.objects.create(
        person=noor, module=practice, kind="text", at=timezone.now() - timedelta(days=31)
    )
    begin_night(timezone.localtime().replace(hour=3, minute=0))
    while run_waiting():
        pass

    assert list(Proof.objects.all()) == [fresh]
    assert Evidence.objects.filter(person=noor).count() == 1
    assert not Writing.objects.exists()


def test_the_same_assignment_counts_once_a_year(
    practice: Module, noor: Person, daan: Person
) -> None:
    for _twice in range(2):
        actions.confirm_proof(a_proof(practice, noor, daan), by=daan)
    evidence = Evidence.objects.get(person=noor)
    assert (evidence.kind, evidence.rests_on) == (
        "practical", f"content:assignment:{practice.blocks.get().pk}",
    )  # fmt: skip
    # Taken back by who gave it, it counts no more, and the next may.
    correct(evidence, reason="Not hers.", by=daan)
    actions.confirm_proof(a_proof(practice, noor, daan), by=daan)
    assert Evidence.objects.filter(person=noor, level__gt=0, corrected_by=None).count() == 1


def test_authors_with_a_mandate_keep_their_keys(
    mine: Module, karim: Person, van_dijk: Organisation, visit: Visit
) -> None:
    assert visit(karim).get(page("edit", mine.pk)).status_code == 404
    give_mandate(karim, van_dijk, "author")

    assert visit(karim).get(page("edit", mine.pk)).status_code == 200
    assert visit(karim).post(page("offer", mine.pk), {"state": "open"}).status_code == 302
    assert Block.objects.filter(module=mine).count() == 2


def test_who_made_it_shows_nothing_by_answering_it(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Callable[..., Client]
) -> None:
    """Attack 42: who writes the questions writes the answers, and would show whatever they like."""
    skill = a_skill()
    module = a_module(van_dijk, teaches={skill: 3}, shared_by=noor)
    CoAuthor.objects.create(module=module, person=daan)
    told = {}
    for person in (noor, daan, femke):
        attempt = start(person, module, organisation=van_dijk)
        answer_everything(attempt)
        finish(attempt, organisation=van_dijk)
        page = reverse("content:result", args=[attempt.registration])
        told[person] = visit(person).get(page).content.decode()

    assert list(Evidence.objects.values_list("person", "level")) == [(femke.pk, 3)]
    line = "<b>A module you made yourself"
    assert [line in told[person] for person in (noor, daan, femke)] == [True, True, False]
    # Who joins in making it later keeps what it showed before.
    CoAuthor.objects.create(module=module, person=femke)
    assert line not in visit(femke).get(page).content.decode()
