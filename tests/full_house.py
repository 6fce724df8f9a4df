"""Van Dijk with one real thing behind every address that needs one."""

import uuid
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import ContentFile
from django.utils import timezone

from gezel.assessment.actions import draft_item
from gezel.assessment.actions import receive as receive_questions
from gezel.assessment.actions import start as start_test
from gezel.assessment.tests import builders as assessment
from gezel.assessment.tests import dossiers
from gezel.catalogue.api import Activity
from gezel.catalogue.tests import builders as catalogue
from gezel.certificates.tests import builders as certificates
from gezel.connect.actions.own import own_token
from gezel.connect.post import stop_path
from gezel.connect.tests.builders import a_mail, a_token
from gezel.content.actions import (
    add_block,
    add_card,
    ask,
    ask_review,
    begin_package,
    begin_upload,
    keep_upload,
    look_at,
    send_proof,
    start,
    waive,
)
from gezel.content.models import Card, CardPace, DeckCard, Media
from gezel.content.rules.kinds import body_of
from gezel.content.tests import builders as content
from gezel.gatherings.actions import add_material, book, groups, set_up, tell, timetables
from gezel.gatherings.actions import choosing as choosings
from gezel.gatherings.grouping import Asked
from gezel.gatherings.models import Choosing, Gathering, Material, News, Proposed, Timetable
from gezel.gatherings.tests import builders as gatherings
from gezel.gatherings.tests import timetabling
from gezel.kit.models import Task
from gezel.paths.tests import builders as paths
from gezel.people.actions.importing import receive
from gezel.people.api import Organisation, Person, give_mandate, root_of
from gezel.people.models import Employment, Job, JoinRequest
from gezel.people.tests.builders import a_colleague
from gezel.plans.actions import make_wish, set_shared_goal, share
from gezel.plans.tests import builders as plans
from gezel.profile import actions as profile_actions
from gezel.profile import queries as profile_queries
from gezel.profile.tests import builders as profile_builders
from gezel.records.actions import make_key
from gezel.records.actions.forwarding import forward_to
from gezel.records.widened import FORWARDING
from gezel.skills.actions import confirm_alias
from gezel.skills.models import EvidenceRequest, Objection, Occupation
from gezel.skills.tests import builders as skills
from gezel.trust.actions import object_to
from gezel.trust.models import Erasure
from gezel.trust.tests import builders as trust
from gezel.trust.tests.builders import a_consent

LOG_PAGES = ("log", "checkpoint", "log_key", "tile", "consistency")
CSV = b"name,e-mail,unit,job\nNew One,new.one@example.test,Workshop,Mechanic\n"


def _a_deck(person: Person, card: Card) -> DeckCard:
    """A card that is due, in the deck of someone whose cards come a little sooner."""
    CardPace.objects.create(
        person=person, pace=0.8, reviews=140, knew=121, expected=127.6, version=1,
        worked_out_on=timezone.localdate(),
    )  # fmt: skip
    due_on = timezone.localdate() - timedelta(days=1)
    return DeckCard.objects.create(person=person, card=card, due_on=due_on)


def _of_trust(van_dijk: Organisation, noor: Person, daan: Person) -> dict[str, object]:
    """What Noor objects to and had erased, and a council that agreed to handing on."""
    a_consent(van_dijk, FORWARDING)
    objection = object_to(noor, van_dijk, kind="skills.Evidence", reason="Not needed.")
    return {
        "trust:take_back:pk": objection.pk,
        "trust:let_go_on:pk": trust.a_stop(daan, van_dijk).pk,
        "trust:answer:pk": objection.pk,
        "trust:gone:pk": Erasure.objects.create(person=noor, kinds=["content.Review"]).pk,
        "trust:object:kind": "skills.Evidence",
        "trust:decision:setting": "people.small_groups",
        "trust:consent_pack:setting": "people.small_groups",
        "trust:register_sheet:form": "csv",
        "trust:fill:place": "dpia.why",
    }


def furnish(van_dijk: Organisation, noor: Person, daan: Person, femke: Person) -> dict[str, object]:
    """Make one of everything, mostly Noor's; the pieces of addresses that lead to it.

    A key is "page:argument" where one page means something of its own, else the argument.
    """
    skill = skills.a_skill(organisation=van_dijk)
    profile = skills.a_profile(van_dijk, {skill: 3})
    evidence = skills.an_evidence(noor, skill, level=2, kind="lead", by=daan)
    disputed = Objection.objects.create(
        evidence=skills.an_evidence(noor, skill, level=1, kind="colleague", by=daan), reason="No."
    )
    asked = EvidenceRequest.objects.create(
        organisation=van_dijk, person=noor, asked_of=daan, skill=skill
    )
    occupation = Occupation.objects.create(source="esco", uri="test:1", name_en="Mechanic")
    catalogue.a_preview(activity := catalogue.an_activity(van_dijk, teaches={skill: (1, 3)}))
    told = (content.TEXT, content.QUESTION, content.PRACTICAL)
    module = content.a_module(van_dijk, told, teaches={skill: 3})
    attempt = start(noor, module, organisation=van_dijk)
    card = add_card(module, front={"en": "Where?"}, back={"en": "Here."})
    deck_card = _a_deck(noor, card)
    add_block(module, kind="text", body=module.blocks.all()[0].content, by=femke)
    practical = module.blocks.get(kind="practical")
    film = add_block(
        module, kind="video", body=body_of("video", content.SAID_ON_FILM), by=femke,
        media=keep_upload(van_dijk, BytesIO(content.WEBM), expected="video"),
    )  # fmt: skip
    proof = send_proof(
        noor, practical, organisation=van_dijk, line="Locked.", looker=daan, key=uuid.uuid4(),
        media=keep_upload(van_dijk, BytesIO(content.a_picture()), expected="image"),
    )  # fmt: skip
    review = ask_review(module, by=femke, reviewer=daan)
    asking = ask(module, noor, text="Which lock?", key=uuid.uuid4())
    picture = Media.objects.create(
        organisation=van_dijk,
        file=ContentFile(content.a_picture(), "picture.png"),
        kind="image/png",
    )
    test = assessment.a_test(van_dijk, skill, items=3)
    sitting = start_test(noor, test, organisation=van_dijk)
    drawn = draft_item(
        test, part=test.parts.all()[0], kind="one", body=assessment.a_choice(), hardness=6,
        by=femke, picture=content.a_picture(),
    )  # fmt: skip
    playing = begin_package(noor, content.a_package(van_dijk), organisation=van_dijk)
    questions = receive_questions(
        test, by=femke, name="q.txt", language="en", content=b"Q {=a ~b}", key=uuid.uuid4()
    )
    kind = certificates.a_type(van_dijk)
    holding = certificates.a_holding(noor, kind)
    credential = profile_builders.a_credential(noor, van_dijk, by=femke, skill=skill)
    profile_builders.shows(daan, credential.achievement)
    goal = plans.a_goal(noor, skill=skill)
    step = plans.a_step(goal)
    share(goal, shared=True, by=noor)
    wish = make_wish(noor, van_dijk, text="Come along", by=daan, key=uuid.uuid4())
    shared = set_shared_goal(
        van_dijk,
        skill=skill,
        level=3,
        people=5,
        due_on=timezone.localdate() + timedelta(days=90),
        by=femke,
    )
    a_mail(daan, van_dijk, state="unsure", problem="")
    for person in (noor, femke):
        a_mail(person, van_dijk, state="sent", subject="Your forklift certificate, and 2 more")
    request = JoinRequest.objects.create(
        organisation=van_dijk,
        person=noor,
        first_name="Noor",
        unit=root_of(van_dijk),
        job=Job.objects.filter(organisation=van_dijk)[0],
        starts_on=timezone.localdate(),
    )
    intake = receive(van_dijk, by=femke, name="people.csv", content=CSV, key=uuid.uuid4())
    room = gatherings.a_room(van_dijk, seats=12, has="lift, beamer")
    session = gatherings.a_session(
        van_dijk, by=daan, days=-0.02, activity=activity, about="We open one up.", seats=12,
        trainers=(daan,), resources=((room, 1),),
    )  # fmt: skip
    gatherings.a_past_place(session, noor)
    gatherings.there(session, noor, "partly", minutes=60)
    add_material(
        session, when="before", title="Read this", link="https://example.test/a", key=uuid.uuid4()
    )
    asked_place = book(
        set_up(
            van_dijk, gatherings.a_plan(approval=True, least=4, seats=6), by=daan,
            key=uuid.uuid4(),
        ),
        noor, by=noor, key=uuid.uuid4(),
    )  # fmt: skip
    tell([noor.pk], session, "changed")
    divided = _divided(van_dijk, noor, daan, activity)
    with NamedTemporaryFile() as file:
        file.write(b"Q {=a ~b}")
        file.flush()
        came = look_at(
            Path(file.name), organisation=van_dijk, by=femke, name="q.txt", language="en",
            key=uuid.uuid4(),
        )  # fmt: skip
    return {
        **_of_trust(van_dijk, noor, daan),
        "person_pk": noor.pk,
        "skill_pk": skill.pk,
        "occupation_pk": occupation.pk,
        "activity_pk": activity.pk,
        "module_pk": module.pk,
        "card_pk": card.pk,
        "deck_pk": deck_card.pk,
        "block_pk": module.blocks.all()[0].pk,
        "media_pk": picture.pk,
        **{
            f"gatherings:{page}:pk": session.pk
            for page in (
                "session",
                "edit",
                "call_off",
                "go_on",
                "material",
                "book",
                "give_up",
                "reserve",
                "take_along",
                "screen",
                "here",
                "people",
                "mark",
                "add",
                "take_off",
                "round_off",
                "saw",
                "one",
            )
        },
        **{
            f"gatherings:{page}:pk": divided.pk
            for page in (
                "groups",
                "form_groups",
                "change_groups",
                "group_rule",
                "move_in_groups",
                "why_not_together",
                "my_group",
            )
        },
        "gatherings:move_in_groups:person": noor.pk,
        **_planning(van_dijk, noor, daan, femke),
        "gatherings:material_file:pk": session.pk,
        "gatherings:material_file:one": _paper(session).pk,
        "gatherings:decide:pk": asked_place.pk,
        "gatherings:seen:pk": News.objects.get(person=noor).pk,
        "gatherings:resource:pk": room.pk,
        "gatherings:panel_activity:pk": activity.pk,
        "gatherings:panel_blend:activities": str(activity.pk),
        "gatherings:panel_blend:walk": 1,
        "calendar_feed:secret": "nobody-made-this",
        "registration": attempt.registration,
        "kind": "text",
        "test_pk": test.pk,
        "item_pk": drawn.pk,
        "assessment:picture:name": drawn.media.name if drawn.media else "",
        "assessment:add:kind": "order",
        **{
            f"assessment:{page}:registration": sitting.registration
            for page in ("sit", "answer", "result", "keep")
        },
        **{f"assessment:{page}:pk": questions.pk for page in ("intake", "take_over", "drop")},
        **{f"content:{page}:pk": came.pk for page in ("intake", "take_over", "drop_intake")},
        **dossiers.addresses(van_dijk, noor, daan, femke),
        "evc:of_occupation:pk": occupation.pk,
        "package_pk": playing.package_id,
        **{
            f"content:package_{page}:registration": playing.registration
            for page in ("open", "commit", "go", "renew", "leave", "back", "result")
        },
        "content:practice:block_pk": practical.pk,
        **{f"content:edit_captions_{code}:block_pk": film.pk for code in ("nl", "en")},
        **{f"content:{page}:key": proof.key for page in ("look", "proof_photo", "take_back_proof")},
        "content:answer_asking:key": asking.key,
        "content:waivers:activity_pk": module.activity_id,
        "content:take_waiver_back:key": waive(
            noor, module.activity, reason="Administrative", by=daan, key=uuid.uuid4()
        ).key,
        "review_pk": review.pk,
        "number": 1,
        "content:panel_together:activity_pk": module.activity_id,
        "content:along_file:form": "scorm2004",
        "content:upload:pk": begin_upload(
            noor, van_dijk, purpose="image", name="photo.jpg", length=3
        ).pk,
        "content:cmi5_fetch:secret": "nothing-was-launched",
        "form": "csv",
        "name": "picture.png",
        "key": "no-such-key",
        "uidb36": "1",
        "people:unit:pk": root_of(van_dijk).pk,
        "people:person:pk": noor.pk,
        "people:give_mandate:pk": noor.pk,
        "people:end_mandate:pk": give_mandate(
            a_colleague(van_dijk, "Karim"), van_dijk, "author"
        ).pk,
        "people:end_employment:pk": Employment.objects.get(person=noor).pk,
        "people:logo:pk": van_dijk.pk,
        "people:answer:pk": request.pk,
        **{
            f"people:import_{page}:pk": intake.pk
            for page in ("columns", "preview", "confirm", "discard")
        },
        "skills:person:pk": noor.pk,
        "skills:ahead_person:pk": noor.pk,
        "skills:fading_of:of": "technical",
        "skills:answer:pk": asked.pk,
        "skills:withdraw:pk": asked.pk,
        "skills:correct:pk": evidence.pk,
        "skills:object:pk": evidence.pk,
        "skills:decide:pk": disputed.pk,
        "skills:withdraw_objection:pk": disputed.pk,
        **{
            f"skills:profile{page}:pk": profile.pk
            for page in ("", "_edit", "_add", "_ask", "_take_over", "_remove")
        },
        "skills:occupation:pk": occupation.pk,
        "skills:other_occupation:pk": occupation.pk,
        "skills:merge:pk": skill.pk,
        "skills:apart:pk": skill.pk,
        "skills:alias_add:pk": skill.pk,
        "skills:alias_remove:pk": confirm_alias(
            van_dijk, skill, language="en", words="Safe with volts", by=femke
        ).pk,
        "skills:other_role:pk": profile.pk,
        "skills:skill:pk": skill.pk,
        "skills:skill_edit:pk": skill.pk,
        "skills:skill_name:pk": skill.pk,
        "catalogue:activity:pk": activity.pk,
        "catalogue:edit:pk": activity.pk,
        "catalogue:dates:pk": activity.pk,
        "catalogue:preview_picture:pk": activity.pk,
        "catalogue:remove_preview:pk": activity.pk,
        "catalogue:hide_tip:pk": activity.pk,
        "certificates:holding:pk": holding.pk,
        "certificates:decide:pk": holding.pk,
        "certificates:file:pk": holding.pk,
        "certificates:person:pk": noor.pk,
        **{
            f"certificates:{page}:pk": kind.pk
            for page in ("type", "change_terms", "duties", "count_duty")
        },
        "certificates:take_back_terms:pk": kind.terms.get().pk,
        "certificates:drop_duty:pk": certificates.a_duty(kind, person=noor).pk,
        "certificates:end_exemption:pk": certificates.an_exemption(kind, noor, by=femke).pk,
        "certificates:decide_hours:pk": certificates.some_hours(noor, kind).pk,
        "certificates:seen:pk": certificates.a_reminder(noor, kind).pk,
        **{
            f"certificates:{page}:pk": certificates.a_task(
                van_dijk, needs=[kind], jobs=[Employment.objects.get(person=noor).job]
            ).pk
            for page in ("task", "drop_task")
        },
        **{
            f"certificates:load_{page}:pk": certificates.a_load(van_dijk, by=femke).pk
            for page in ("preview", "columns", "confirm", "discard")
        },
        "certificates:load_example:form": "csv",
        **paths.addresses(
            paths.a_full_path(van_dijk, activity, module.activity, skill),
            noor,
            skill,
            lead=daan,
            hr=femke,
        ),
        **{
            f"profile:{page}:pk": credential.pk
            for page in (
                "shared",
                "shared_file",
                "credential",
                "open",
                "close",
                "file",
                "revoke",
                "suspend",
                "lift",
                "bind",
            )
        },
        **{f"profile:{page}:pk": credential.achievement_id for page in ("achievement", "issue")},
        **{
            f"profile:{page}:slug": van_dijk.slug
            for page in ("did", "status", "suspended", "record")
        },
        **{
            f"profile:{page}:pk": profile_builders.a_share(noor).pk
            for page in (
                "share",
                "share_preview",
                "withdraw_share",
                "move_share",
                "renew_share",
            )
        },
        **{f"profile:{page}:code": "can" for page in ("write", "show_part")},
        **{
            f"profile:{page}:secret": "nobody-made-this"
            for page in ("read", "read_credential", "read_credential_file")
        },
        **{
            f"profile:{page}:pk": credential.pk
            for page in ("read_credential", "read_credential_file")
        },
        **{
            f"profile:{page}:pk": profile_builders.a_takeout(noor).pk
            for page in ("takeout", "drop_takeout")
        },
        **{
            f"profile:{page}:pk": profile_builders.an_arrival(noor, van_dijk, skill=skill).pk
            for page in ("arrival", "look_up_again", "drop_arrival", "take_key")
        },
        "profile:remove_own_key:pk": profile_actions.make_own_key(noor).pk,
        "profile:prove_to:question": (question := profile_queries.new_question("A school")),
        "profile:asked:address": profile_queries.address_of_answer(question),
        "connect:confirm_own:token": own_token(noor, "noor@thuis.example"),
        **{f"trust:{page}:slug": van_dijk.slug for page in LOG_PAGES},
        "trust:my_proof:pk": trust.an_event_about(noor, van_dijk).pk,
        "trust:remove_witness:pk": 1,
        "trust:tile:path": "0/000.p/1",
        "profile:status:number": 0,
        "profile:suspended:number": 0,
        "profile:file:form": "json",
        "profile:shared_file:form": "json",
        "profile:read_credential_file:form": "json",
        "profile:leaked:pk": credential.signed_with_id,
        **{
            f"plans:{page}:pk": goal.pk
            for page in ("goal", "edit_goal", "share", "end_goal", "write_wish", "confirm", "steps")
        },
        **{f"plans:{page}:pk": step.pk for page in ("step", "mark_step", "remove_step")},
        "plans:put_wish_aside:pk": wish.pk,
        "plans:edit_shared_goal:pk": shared.pk,
        "connect:settle_mail:pk": a_mail(noor, van_dijk).pk,
        "connect:stop_mail:token": stop_path(noor, None).rstrip("/").rpartition("/")[2],
        "connect:revoke:pk": a_token(van_dijk, femke).token.pk,
        "records:close_key:pk": make_key(van_dijk, name="Course shop", by=femke).key.pk,
        "records:change_forward:pk": forward_to(
            van_dijk,
            name="Elsewhere",
            address="https://store.example/xapi",
            user="",
            password="",
            version="1.0.3",
            verbs=[],
            includes_house=False,
            by=femke,
        ).pk,
        "kit:task:pk": Task.objects.create(name="x", asked_by=noor).pk,
        "kit:retry:pk": Task.objects.create(name="x", asked_by=noor, state="failed").pk,
        "mfa_remove_webauthn:pk": 1,
        "mfa_edit_webauthn:pk": 1,
    }


def _paper(session: Gathering) -> Material:
    """A file of a session."""
    return add_material(
        session, when="after", file=ContentFile(b"%PDF-1.7 x", name="a.pdf"), key=uuid.uuid4()
    )


def _planning(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> dict[str, object]:
    """The pieces of addresses that lead to a timetable and a choice."""
    timetable, moved = _timetable(van_dijk, noor, daan, femke)
    choosing = _choosing(van_dijk, noor, femke)
    return {
        **{
            f"gatherings:{page}:pk": timetable.pk
            for page in (
                "timetable",
                "edit_timetable",
                "timetable_new_wanted",
                "timetable_wanted",
                "timetable_new_giver",
                "timetable_giver",
                "timetable_people",
                "timetable_drop",
                "timetable_wish",
                "timetable_propose",
                "timetable_stop",
                "timetable_board",
                "timetable_move",
                "timetable_change",
                "timetable_accept",
                "timetable_reopen",
                "timetable_leave",
            )
        },
        "gatherings:timetable_wanted:one": moved.wanted_id,
        "gatherings:timetable_giver:one": timetable.givers.get().pk,
        "gatherings:timetable_move:one": moved.pk,
        "gatherings:timetable_change:one": moved.pk,
        **{
            f"gatherings:{page}:pk": choosing.pk
            for page in ("choosing", "edit_choosing", "share_out", "choose")
        },
    }


def _timetable(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> tuple[Timetable, Proposed]:
    """A timetable with a session proposed, and a wish that does not come true."""
    made = timetabling.a_timetable(
        van_dijk, by=femke, wish_until=timezone.localdate() + timedelta(days=3)
    )
    one, other = (
        timetabling.wanted(made, catalogue.an_activity(van_dijk, title)) for title in ("One", "Two")
    )
    timetables.keep_giver(made, daan, [one], timetabling.NEVER)
    timetables.add_wishers(made, [noor.pk, a_colleague(van_dijk, "Wishing").pk], [one, other])
    timetabling.planned(made)
    return made, Proposed.objects.get()


def _choosing(van_dijk: Organisation, noor: Person, femke: Person) -> Choosing:
    """A choice among two sessions in which Noor has said something."""
    sessions = [gatherings.a_session(van_dijk, by=femke, days=d, seats=5) for d in (9, 10)]
    made = timetabling.a_choosing(van_dijk, *sessions, by=femke)
    choosings.choose(made, noor, sessions)
    return made


def _divided(van_dijk: Organisation, noor: Person, daan: Person, activity: Activity) -> Gathering:
    """A session with groups formed twice, someone who came later, and a rule."""
    session = gatherings.a_session(van_dijk, by=daan, days=9, activity=activity)
    for name in ("Aleid van der Group-Schimmelpenninck Langenaam", "Bo", "Cas", "Din", "Ed"):
        gatherings.a_place(session, a_colleague(van_dijk, name))
    gatherings.a_place(session, noor)
    for mode in ("rule", "chance"):
        groups.form_groups(session, Asked(groups=2), mode, by=daan, key=uuid.uuid4())
    late = a_colleague(van_dijk, "Late")
    gatherings.a_place(session, late)
    groups.say(session, noor, late, "apart")
    return session
