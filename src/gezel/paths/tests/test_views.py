"""The pages of paths: what each visitor can do there, what it costs, and what is told when not."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from gezel.catalogue.models import ActivityEffect
from gezel.catalogue.tests.builders import an_activity
from gezel.paths import actions
from gezel.paths.models import Enrolment, Mark, Path, Reply, Rule
from gezel.paths.rules import Kind, put
from gezel.paths.tests.builders import (
    a_block,
    a_lesson,
    a_path,
    a_question,
    a_rule,
    a_step,
    a_walker,
    leaf,
    people_on,
)
from gezel.people.api import Organisation, Person
from gezel.people.models import Employment, LeadLine
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.skills.tests.builders import a_skill
from gezel.trust.models import Reading

pytestmark = pytest.mark.django_db

Visit = Callable[[Person], Client]


def text(answer: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sent(answer: Any) -> bytes:
    """A file as it was sent."""
    return b"".join(answer.streaming_content)


# -- building -------------------------------------------------------------------------------------


def test_a_path_is_built_from_nothing_by_plain_forms(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    course = an_activity(van_dijk, "High-voltage day")
    answer = client.post(
        reverse("paths:new"), {"name_en": "EV technician", "key": str(uuid.uuid4())}
    )
    path = Path.objects.get()
    assert answer["Location"] == reverse("paths:build", args=[path.pk])

    def add(kind: str, into: str = "root", **fields: object) -> str:
        path.refresh_from_db()
        answer = client.post(
            reverse("paths:add_step", args=[path.pk, into, kind]),
            {"seen": path.revision, **fields},
        )
        assert answer.status_code == 302, text(answer)
        return str(answer["Location"].rpartition("#step-")[2])

    add("activity", activity=course.pk, due_days=14, done_before="on")
    choice = add("choice", en="Choose your way", pick=1)
    add("task", choice, en="Go along with Karim")
    add("task", choice, en="Watch the film")
    add("feedback", en="How was it?", readers="lead", opens_days=30)
    page = text(client.get(reverse("paths:build", args=[path.pk])))
    for told in ("High-voltage day", "by day 14", "1 of 2", "from day 30", "skipped by"):
        assert told in page
    path.refresh_from_db()
    client.post(reverse("paths:publish", args=[path.pk]), {"seen": path.revision})

    version = path.versions.get()
    assert [n.kind for n in version.structure.children] == [
        Kind.ACTIVITY, Kind.CHOICE, Kind.FEEDBACK,
    ]  # fmt: skip
    assert version.structure.children[0].skips[0].activity == course.pk


def test_a_blend_is_planned_as_one_thing_with_its_cost(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    path = a_path(van_dijk, published=False)
    theory = an_activity(van_dijk, "Read at home", form="online", own_percent=100, hours=2)
    practice = an_activity(van_dijk, "Practice day", hours=8, price_cents=42_500)
    answer = client.post(
        reverse("paths:add_step", args=[path.pk, "root", "blend"]),
        {
            "seen": path.revision, "en": "High voltage", "theory": theory.pk,
            "practice": practice.pk, "applied_en": "Isolate a car", "due_days": 60,
        },
    )  # fmt: skip
    assert answer.status_code == 302
    page = text(client.get(reverse("paths:build", args=[path.pk])))

    blend = Path.objects.get().structure.children[-1]
    assert [n.part for n in blend.children] == ["theory", "practice", "applied"]
    for told in ("theory at home", "practice together", "applied at work", "€"):
        assert told in page
    assert "10 h" in page or "10 hours" in page
    assert "8 h" in page or "8 hours" in page


def test_forms_stand_side_by_side_and_people_may_choose(
    van_dijk: Organisation, femke: Person, noor: Person, visit: Visit
) -> None:
    client = visit(femke)
    skill = a_skill("High-voltage safety")
    same = {skill: (1, 3)}
    day = an_activity(van_dijk, "Practice day", teaches=same, hours=8, price_cents=42_500)
    duo = an_activity(van_dijk, "With Karim", teaches=same, form="on_the_job", hours=6)
    ActivityEffect.objects.create(activity=duo, done=12, compared=10, gained=0.6, asked=0, use=0)
    path = a_path(
        van_dijk,
        a_block(Kind.BLEND, a_step("read", part="theory"), a_lesson("day", day, part="practice")),
        published=False,
    )
    address = reverse("paths:which_form", args=[path.pk, "day"])

    page = text(client.get(address))
    for told in (
        "by habit",
        "With Karim",
        "€ 425",
        "About half a level higher afterwards",
        "Not known yet: nobody here did it.",
    ):
        assert told in page, told
    assert client.post(address, {"activity": day.pk, "how": "beside"}).status_code == 404
    stale = client.post(address, {"activity": duo.pk, "how": "beside", "seen": 99})
    assert stale.status_code == 409
    posted = {"activity": duo.pk, "how": "beside", "seen": path.revision}
    assert client.post(address, posted).status_code == 302

    path.refresh_from_db()
    choice = path.structure.children[0].children[1]
    assert (choice.kind, choice.part) == (Kind.CHOICE, "practice")
    assert [n.activity for n in choice.children] == [day.pk, duo.pk]

    actions.publish(path, seen=path.revision)
    path.refresh_from_db()
    walker = a_walker(path, noor)
    actions.mark_done(walker, "read", on=timezone.localdate(), by=noor)
    walk = text(visit(noor).get(reverse("paths:walk", args=[walker.pk])))
    for told in ("on the job · 6 h", "8 h (8 h off the job)", "About half a level higher"):
        assert told in walk, told


def test_a_form_takes_the_place_of_another_and_bad_choices_are_told(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    skill = a_skill("High-voltage safety")
    day = an_activity(van_dijk, "Practice day", teaches={skill: (1, 3)})
    online = an_activity(van_dijk, "Online", teaches={skill: (1, 3)}, form="online")
    path = a_path(van_dijk, a_lesson("day", day), a_step("after"), published=False)
    address = reverse("paths:which_form", args=[path.pk, "day"])
    client.post(address, {"activity": online.pk, "how": "instead", "seen": path.revision})
    path.refresh_from_db()
    assert path.structure.children[0].activity == online.pk
    assert client.get(reverse("paths:which_form", args=[path.pk, "after"])).status_code == 404

    blend = reverse("paths:add_step", args=[path.pk, "root", "blend"])
    told = {"seen": path.revision, "en": "HV", "practice": day.pk, "practice_or": day.pk}
    assert "Choose another one" in text(client.post(blend, told))
    told = {"seen": path.revision, "en": "HV", "practice_or": day.pk, "theory": online.pk}
    assert "Choose this one first" in text(client.post(blend, told))
    told = {"seen": path.revision, "en": "HV", "practice": day.pk, "practice_or": online.pk}
    assert client.post(blend, told).status_code == 302
    path.refresh_from_db()
    (choice,) = path.structure.children[-1].children
    assert (choice.kind, choice.part, choice.pick) == (Kind.CHOICE, "practice", 1)


def test_bad_input_is_told_at_its_field_and_nothing_is_kept(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    path = a_path(van_dijk, published=False)
    address = reverse("paths:add_step", args=[path.pk, "root", "task"])

    answer = client.post(address, {"seen": path.revision, "opens_days": 20, "due_days": 10})
    assert answer.status_code == 422
    assert "Say what is to be done" in text(answer)
    assert "due before it opens" in text(answer)
    assert client.post(reverse("paths:new"), {"name_en": " "}).status_code == 422
    late = client.post(address, {"seen": path.revision - 1, "en": "Late"})
    assert late.status_code == 409
    assert "Someone changed this path meanwhile" in text(late)
    path.refresh_from_db()
    assert len(path.structure.children) == 2
    assert client.get(reverse("paths:add_step", args=[path.pk, "root", "x"])).status_code == 404
    assert client.get(reverse("paths:add_step", args=[path.pk, "no", "task"])).status_code == 404


def test_a_loop_is_refused_with_the_place_named(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk, a_step("first", needs=("last",)), a_step("last"), published=False)
    client = visit(femke)

    page = text(client.get(reverse("paths:build", args=[path.pk])))
    assert "These wait for each other in a circle: " in page
    assert "first → last" in page or "last → first" in page
    answer = client.post(reverse("paths:publish", args=[path.pk]), {"seen": path.revision})

    assert answer.status_code == 422
    assert not path.versions.exists()


def test_steps_are_moved_by_button_and_anywhere(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk, a_step("a"), a_block(Kind.PARALLEL, a_step("b")), published=False)
    client = visit(femke)

    def move(step: str, **how: object) -> list[str]:
        path.refresh_from_db()
        client.post(
            reverse("paths:move_step", args=[path.pk, step]), {"seen": path.revision, **how}
        )
        path.refresh_from_db()
        return [n.key for n in path.structure.walk()]

    assert move("a", way="down") == ["root", "block", "b", "a"]
    assert move("a", into="block", place=0) == ["root", "block", "a", "b"]
    assert move("block", into="block", place=0) == ["root", "block", "a", "b"]
    assert move("b", way="up") == ["root", "block", "b", "a"]
    assert move("b", way="up") == ["root", "block", "b", "a"]


def test_a_template_is_copied_and_can_be_published_as_it_is(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    for template in ("onboarding", "blend"):
        client.post(
            f"{reverse('paths:new')}?template={template}",
            {"name_nl": template, "key": str(uuid.uuid4())},
        )
        path = Path.objects.get(name_nl=template)
        client.post(reverse("paths:publish", args=[path.pk]), {"seen": path.revision})
        assert path.versions.count() == 1
        keys = [n.key for n in path.structure.walk()]
        assert len(set(keys)) == len(keys)


# -- walking --------------------------------------------------------------------------------------


def test_noor_walks_her_path_to_the_end(van_dijk: Organisation, noor: Person, visit: Visit) -> None:
    path = a_path(
        van_dijk,
        a_step("Read"),
        a_block(Kind.CHOICE, a_step("Ride-along"), a_step("Watch"), key="way"),
        a_question("How"),
    )
    enrolment = a_walker(path, noor)
    client = visit(noor)
    page = text(client.get(reverse("paths:mine")))
    assert "0 of 3 steps" in page
    walk = reverse("paths:walk", args=[enrolment.pk])
    assert "Opens after: Read" in text(client.get(walk))

    def send(what: str, step: str, **fields: object) -> Any:
        return client.post(reverse(f"paths:{what}", args=[enrolment.pk, step]), fields)

    client.post(reverse("paths:done", args=[enrolment.pk, "Read"]))
    refused = send("choose", "way", pick=[])
    assert refused.status_code == 422
    assert "Choose 1 of these." in text(refused)
    send("choose", "way", pick=["Watch"])
    send("done", "Watch")
    assert "Not needed: something else was chosen" in text(client.get(walk))
    assert "2 of 3 steps" in text(client.get(walk))
    send("reply", "How", text="Fine", key=str(uuid.uuid4()))
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.DONE
    assert "Completed on" in text(client.get(walk))
    assert "completed on" in text(client.get(reverse("paths:mine")))


def test_an_empty_answer_is_told_and_a_real_one_is_kept(
    van_dijk: Organisation, noor: Person, visit: Visit
) -> None:
    enrolment = a_walker(a_path(van_dijk, a_question("how"), a_step("then")), noor)
    client = visit(noor)
    address = reverse("paths:reply", args=[enrolment.pk, "how"])

    assert client.post(address, {"text": "  "}).status_code == 422
    assert not Reply.objects.exists()
    client.post(address, {"text": "<b>Fine</b>", "key": str(uuid.uuid4())})

    page = client.get(reverse("paths:walk", args=[enrolment.pk])).content.decode()
    assert "&lt;b&gt;Fine&lt;/b&gt;" in page


def test_only_noor_walks_hers_and_her_lead_reads_along(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    sam: Person,
    visit: Visit,
) -> None:
    enrolment = a_walker(a_path(van_dijk), noor)
    stranger = a_colleague(van_dijk, "Joost")
    walk, done = (
        reverse("paths:walk", args=[enrolment.pk]),
        reverse("paths:done", args=[enrolment.pk, "read"]),
    )

    assert {p.first_name: visit(p).get(walk).status_code for p in (daan, femke, sam, stranger)} == {
        "Daan": 200, "Femke": 200, "Sam": 404, "Joost": 404,
    }  # fmt: skip
    assert [visit(p).post(done).status_code for p in (daan, femke, sam, stranger)] == [404] * 4
    assert not Mark.objects.exists()
    assert set(Reading.objects.values_list("reader__first_name", "purpose")) == {
        ("Daan", "lead"), ("Femke", "hr"),
    }  # fmt: skip


def test_a_lead_sees_their_own_team_and_what_each_can_do_now(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    other = a_colleague(van_dijk, "Elsewhere Person")
    path = a_path(van_dijk, a_step("Practise", due_days=1))
    a_walker(path, noor, begins_on=timezone.localdate() - timedelta(days=5))
    a_walker(path, other)

    page = text(visit(daan).get(reverse("paths:team")))

    assert "Noor Jansen" in page
    assert "Practise" in page
    assert "Elsewhere Person" not in page
    assert "A step is late" in text(visit(daan).get(reverse("paths:panel_team")))


def test_between_jobs_a_path_stays_with_its_person(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    enrolment = a_walker(a_path(van_dijk), noor)
    Employment.objects.filter(person=noor).update(ends_on=timezone.localdate() - timedelta(days=1))
    walk = reverse("paths:walk", args=[enrolment.pk])

    assert visit(noor).get(walk).status_code == 200
    assert visit(daan).get(walk).status_code == 404
    assert visit(femke).get(walk).status_code == 404


# -- assigning ------------------------------------------------------------------------------------


def test_a_rule_is_written_part_by_part_with_the_count_beside_it(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    client = visit(femke)
    client.post(reverse("paths:new_rule", args=[path.pk]), {"key": str(uuid.uuid4())})
    rule = Rule.objects.get()
    page = reverse("paths:rule", args=[rule.pk])
    assert "3 of 3 people here" in text(client.get(page))

    def change(**fields: object) -> Any:
        rule.refresh_from_db()
        return client.post(
            reverse("paths:change_rule", args=[rule.pk]), {"seen": rule.revision, **fields}
        )

    change(what="add", at="", kind="job", job=noor.employments.get().job_id)
    told = text(client.get(page))
    assert "1 of 3 people here" in told
    assert "People in the job Mechanic." in told
    assert "Noor Jansen" in told
    wrong = change(what="add", at="", kind="started", way="less", days="x")
    assert wrong.status_code == 422
    change(what="turn", at="0")
    assert "2 of 3 people here" in text(client.get(page))
    change(what="turn", at="0")
    assert change(what="remove", at="9.9.9.9.9").status_code == 404

    rule.refresh_from_db()
    client.post(
        reverse("paths:use_rule", args=[rule.pk]), {"seen": rule.revision, "begins": "match"}
    )
    assert people_on(path) == {noor.pk}


def test_a_rule_for_everyone_asks_for_a_yes_with_the_count(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    rule = actions.make_rule(path)
    client = visit(femke)
    address = reverse("paths:use_rule", args=[rule.pk])

    answer = client.post(address, {"seen": rule.revision, "begins": "match"})
    assert answer.status_code == 422
    assert "That is right: 3 of 3 people." in text(answer)
    assert people_on(path) == set()
    client.post(address, {"seen": rule.revision, "begins": "match", "sure": "yes"})
    assert len(people_on(path)) == 3


def test_people_are_put_on_by_a_list_as_it_was_shown(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    sam: Person,
    visit: Visit,
) -> None:
    path = a_path(van_dijk)
    a_walker(path, daan)
    Employment.objects.filter(person=femke).update(number="77")
    client = visit(femke)
    address = reverse("paths:by_list", args=[path.pk])
    rows = [
        "E-mail;Startdatum", f"{noor.email.upper()};01-02-2027", f"{daan.email};", "77;",
        f"{sam.email};", f"{noor.email};", "nobody@example.test;31-02-2027",
    ]  # fmt: skip
    file = SimpleUploadedFile("list.csv", "\n".join(rows).encode("cp1252"))

    answer = client.post(address, {"file": file, "list_begins_on": "2027-03-01"})
    page = text(answer)
    assert "2 people would be put on it" in page
    assert page.count("Nobody who works here has this e-mail address") == 2
    assert "This person is in it twice." in page
    assert people_on(path) == {daan.pk}
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.content.decode())
        for name in ("digest", "list_begins_on")
    }
    kept = re.search(r'name="rows" hidden>([^<]*)<', answer.content.decode())
    assert kept
    form = {name: found.group(1) for name, found in hidden.items() if found} | {
        "rows": kept.group(1)
    }
    changed = client.post(address, {**form, "digest": "0"})
    assert changed.status_code == 409
    client.post(address, form)

    assert people_on(path) == {noor.pk, daan.pk, femke.pk}
    begins = dict(Enrolment.objects.values_list("person_id", "begins_on"))
    assert str(begins[noor.pk]) == "2027-02-01"
    assert str(begins[femke.pk]) == "2027-03-01"
    empty = SimpleUploadedFile("empty.csv", b"")
    assert client.post(address, {"file": empty}).status_code == 422
    broken = SimpleUploadedFile("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600)
    answer = client.post(address, {"file": broken, "list_begins_on": "2027-03-01"})
    assert answer.status_code == 422
    assert "old form" in text(answer)


def test_who_leaves_soon_is_found_in_their_unit_and_stands_there_once(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    workshop, office = a_unit(van_dijk, "Workshop"), a_unit(van_dijk, "Office")
    path, today = a_path(van_dijk), timezone.localdate()
    for person, unit in ((noor, workshop), (daan, office)):
        a_walker(path, person)
        Employment.objects.filter(person=person).update(unit=unit)
    Employment.objects.filter(person=noor).update(ends_on=today + timedelta(days=30))

    page = text(visit(femke).get(
        reverse("paths:people", args=[path.pk]), {"unit": workshop.path}
    ))  # fmt: skip

    assert "1 row" in page
    assert page.count(noor.name) == 1
    assert daan.name not in page


def test_who_no_longer_fits_is_shown_to_decide(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    rule = a_rule(path, leaf("job", job=noor.employments.get().job_id))
    actions.stop_rule(rule)
    enrolment = Enrolment.objects.get()
    client = visit(femke)

    assert "Nobody is dropped silently" in text(client.get(reverse("paths:people", args=[path.pk])))
    assert client.post(reverse("paths:stop", args=[enrolment.pk])).status_code == 422
    client.post(reverse("paths:stop", args=[enrolment.pk]), {"why": "Other job"})

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.why_ended) == (Enrolment.State.STOPPED, "Other job")
    assert "Other job" in text(visit(noor).get(reverse("paths:mine")))


def test_an_exception_is_written_down_with_its_reason(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    a_walker(path, noor)
    client = visit(femke)
    address = reverse("paths:exemptions", args=[path.pk])

    wrong = client.post(address, {"someone": "x@y.z", "reason": "", "free_from": "2026-01-01"})
    assert wrong.status_code == 422
    client.post(
        address,
        {"someone": noor.email, "reason": "Teaches it", "free_from": "2026-01-01",
         "key": str(uuid.uuid4())},
    )  # fmt: skip

    assert Enrolment.objects.get().state == Enrolment.State.EXEMPT
    assert "Teaches it" in text(client.get(address))


def test_moving_shows_what_changes_for_how_many_and_whom(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    for person in (noor, daan):
        a_walker(path, person)
    path.refresh_from_db()
    actions.change_draft(path, lambda r: put(r, a_step("extra"), "root"), seen=path.revision)
    path.refresh_from_db()
    client = visit(femke)
    answer = client.post(
        reverse("paths:publish", args=[path.pk]), {"seen": path.revision, "note": "One more"}
    )
    assert answer["Location"] == reverse("paths:versions", args=[path.pk])
    page = text(client.get(answer["Location"]))
    for told in ("2 people do not walk version 2", "New: extra", "Noor Jansen", "One more"):
        assert told in page

    client.post(
        reverse("paths:move", args=[path.pk]),
        {"who": "ticked", "enrolment": Enrolment.objects.get(person=noor).pk},
    )
    assert dict(Enrolment.objects.values_list("person_id", "version__number")) == {
        noor.pk: 2, daan.pk: 1,
    }  # fmt: skip
    client.post(reverse("paths:move", args=[path.pk]), {"who": "all"})
    assert set(Enrolment.objects.values_list("version__number", flat=True)) == {2}


# -- figures --------------------------------------------------------------------------------------


def test_the_report_tells_of_each_person_each_step(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    enrolment = a_walker(path, noor)
    a_walker(path, femke)
    today = timezone.localdate()
    actions.mark_done(enrolment, "read", on=today, by=noor)
    client = visit(femke)
    address = reverse("paths:people", args=[path.pk])

    csv = sent(client.get(f"{address}?export=csv")).decode()
    lines = [line for line in csv.splitlines() if "Noor" in line]
    assert len(lines) == 1
    assert today.isoformat() in lines[0]
    assert ",50,1,2," in lines[0]
    book = sent(client.get(f"{address}?export=xlsx"))
    rows = load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[0][-2:] == ["read", "practise"]
    assert [r[-2:] for r in rows if r[0] == "Noor Jansen"] == [[today, ""]]


def test_hours_off_the_job_planned_and_spent_are_summed(
    van_dijk: Organisation, noor: Person, femke: Person, daan: Person, visit: Visit
) -> None:
    """Classroom counts, own time and learning in the work do not; of a choice the first."""
    day = an_activity(van_dijk, form="classroom", hours=8)
    home = an_activity(van_dijk, form="online", hours=2, own_percent=75)
    work = an_activity(van_dijk, form="on_the_job", hours=40)
    path = a_path(
        van_dijk, a_lesson("day", day), a_lesson("home", home), a_lesson("work", work),
        kind=Kind.PARALLEL,
    )  # fmt: skip
    first, second, third = (a_walker(path, person) for person in (noor, femke, daan))
    today = timezone.localdate()
    actions.mark_done(first, "day", on=today, by=noor)
    actions.mark_done(second, "home", on=today, by=femke)
    actions.mark_done(third, "home", on=today, by=daan)
    actions.stop(third, why="Another job", on=today)

    client = visit(femke)
    page = text(client.get(reverse("paths:people", args=[path.pk])))
    # 8.5 for each of two, and the half hour of who stopped.
    assert "Planned 17.5 h Spent 9 h Still to come 8.5 h" in page
    figures = text(client.get(reverse("paths:figures", args=[path.pk])))
    assert "17 h 8.5 h" in figures, "under way or through"
    book = sent(client.get(reverse("paths:people", args=[path.pk]) + "?export=xlsx"))
    told = load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()
    rows, spent = {row[0]: row for row in told}, told[0].index("Hours off the job, spent")
    assert [rows[p.name][spent - 1 : spent + 1] for p in (noor, femke, daan)] == [
        [8.5, 8], [8.5, 0.5], [0.5, 0.5],
    ]  # fmt: skip


def test_hours_follow_what_an_activity_asks_and_what_was_spent_stays(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    day = an_activity(van_dijk, form="classroom", hours=8)
    path = a_path(van_dijk, a_lesson("day", day))
    open_, through = a_walker(path, noor), a_walker(path, daan)
    actions.mark_done(through, "day", on=timezone.localdate(), by=daan)
    day.hours = 6
    day.save()

    assert actions.count_hours(van_dijk, timezone.localdate()) == 1
    assert actions.count_hours(van_dijk, timezone.localdate()) == 0
    kept = dict(Enrolment.objects.values_list("pk", "minutes_left"))
    assert kept == {open_.pk: 360, through.pk: 0}
    assert Enrolment.objects.get(pk=through.pk).minutes_spent == 480
    # As they stood before hours were counted: they are counted in the first night.
    Enrolment.objects.update(minutes_spent=None, minutes_left=None)
    assert actions.count_hours(van_dijk, timezone.localdate()) == 2
    assert Enrolment.objects.get(pk=through.pk).minutes_spent == 360


def test_small_departments_stay_dark_to_who_sees_nobody_by_name(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    author = a_colleague(van_dijk, "Author", mandates=["author"])
    path = a_path(van_dijk)
    for name, size in (("Big", 9), ("Middle", 6), ("Small", 2)):
        unit = a_unit(van_dijk, name)
        for number in range(size):
            a_walker(path, a_colleague(van_dijk, f"{name}{number}", unit=unit))
    address = reverse("paths:figures", args=[path.pk])

    seen = text(visit(author).get(address))
    assert "Big 9" in seen
    assert "Small too few people to show" in seen
    assert "Middle too few people to show" in seen, "the small one could be subtracted"
    assert "Small 2" in text(visit(femke).get(address))
    for page in ("people", "by_list", "exemptions"):
        assert visit(author).get(reverse(f"paths:{page}", args=[path.pk])).status_code == 404
    assert "Big0" not in text(visit(author).get(reverse("paths:versions", args=[path.pk])))


def _cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_no_page_asks_once_per_person(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    a_walker(path, noor)
    pages = {
        daan: [reverse("paths:team"), reverse("paths:panel_mine")],
        femke: [
            reverse(f"paths:{name}", args=[path.pk])
            for name in ("people", "figures", "versions", "build")
        ]
        + [reverse("paths:all")],
    }
    a_walker(path, daan)
    clients = {person: visit(person) for person in pages}
    for person, addresses in pages.items():
        for address in addresses:
            clients[person].get(address)
    few = {a: _cost(clients[p], a) for p, addresses in pages.items() for a in addresses}
    for number in range(12):
        new = a_colleague(van_dijk, f"P{number}", lead=daan)
        LeadLine.objects.get_or_create(
            organisation=van_dijk, lead=daan, member=new, defaults={"depth": 1}
        )
        walker = a_walker(path, new)
        actions.mark_done(walker, "read", on=timezone.localdate(), by=new)
    for person, addresses in pages.items():
        for address in addresses:
            clients[person].get(address)
    many = {a: _cost(clients[p], a) for p, addresses in pages.items() for a in addresses}

    assert many == few
    assert max(many.values()) <= 22


# PostgreSQL plans rows of the same transaction as if there were none: minutes, now and then, which
# say nothing of a table that it knows. `bench paths` asks it of 10,000.
@pytest.mark.once
def test_five_thousand_people_on_a_path_are_pages_like_any_other(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    path = a_path(van_dijk)
    first = a_walker(path, a_colleague(van_dijk, "Aaltje Aalders"))
    model, today = Employment.objects.get(person=first.person), timezone.localdate()
    people = Person.objects.bulk_create(
        Person(
            email=f"p{n}@vandijk.example",
            first_name=f"P{n}",
            last_name="Van den Oudenaerde-Wijffels tot de Gruijter",
        )
        for n in range(5_003)
    )
    Employment.objects.bulk_create(
        Employment(
            person=person,
            organisation=van_dijk,
            unit_id=model.unit_id,
            job_id=model.job_id,
            starts_on=model.starts_on,
        )
        for person in people
    )
    Enrolment.objects.bulk_create(
        Enrolment(
            path=path, version=first.version, person=person, begins_on=today, steps_asked=2,
            minutes_spent=30, minutes_left=60,
        )
        for person in people
    )  # fmt: skip
    client, address = visit(femke), reverse("paths:people", args=[path.pk])
    client.get(address)

    with CaptureQueriesContext(connection) as asked:
        page = text(client.get(address))
    assert len(asked) <= 22
    assert "5,004 rows" in page
    assert "1–50 of 5,004" in page
    assert "5,004 under way, 0 of them late, 0 through" in page
    assert "Aaltje Aalders" in page
    assert "Planned 7,504.5 h" in page
    last = text(client.get(f"{address}?page=101"))
    assert "5,001–5,004 of 5,004" in last
    assert last.count("Van den Oudenaerde") == 4
    assert "5,003 rows" in text(client.get(f"{address}?q=oudenaerde"))
