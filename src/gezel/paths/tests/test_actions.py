"""Building, publishing, walking and moving, through what people do."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gezel.catalogue.tests.builders import an_activity
from gezel.content.actions import finish, start, take_waiver_back, waive
from gezel.content.models import Waiver
from gezel.content.tests.builders import a_module, answer_everything
from gezel.kit.events import listen
from gezel.paths import actions, queries
from gezel.paths.events import PathCompleted
from gezel.paths.models import Enrolment, Mark, Path, Reply, Version
from gezel.paths.rules import Kind, Readers, Skip, put, without
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
from gezel.people.tests.builders import a_colleague
from gezel.skills.tests.builders import a_skill, an_evidence

pytestmark = pytest.mark.django_db


def now_of(enrolment: Enrolment) -> list[str]:
    enrolment.refresh_from_db()
    return [i.node.key for i in queries.tell(enrolment, timezone.localdate()).now]


def test_who_saves_an_older_picture_is_told(van_dijk: Organisation) -> None:
    path = a_path(van_dijk, published=False)
    seen = path.revision
    actions.change_draft(path, lambda root: put(root, a_step("new"), "root"), seen=seen)

    with pytest.raises(actions.ChangedMeanwhileError):
        actions.change_draft(path, lambda root: without(root, "read"), seen=seen)

    path.refresh_from_db()
    assert [c.key for c in path.structure.children] == ["read", "practise", "new"]


def test_a_path_with_something_wrong_is_not_published(van_dijk: Organisation) -> None:
    path = a_path(van_dijk, a_step("a", needs=("b",)), a_step("b"), published=False)

    with pytest.raises(actions.NotReady) as refused:
        actions.publish(path, seen=path.revision)

    assert [p.what for p in refused.value.problems] == ["circle"]
    assert not Version.objects.exists()


def test_publishing_twice_makes_one_version(van_dijk: Organisation) -> None:
    path = a_path(van_dijk)

    again = actions.publish(path, seen=path.revision)

    assert again.number == 1
    assert path.versions.count() == 1


def test_steps_that_are_done_lead_to_the_end_and_that_is_told(
    van_dijk: Organisation, noor: Person
) -> None:
    heard: list[PathCompleted] = []
    listen(PathCompleted, heard.append)
    enrolment = a_walker(a_path(van_dijk), noor)
    today = timezone.localdate()

    actions.mark_done(enrolment, "read", on=today, by=noor)
    enrolment.refresh_from_db()
    assert (enrolment.steps_settled, enrolment.steps_asked, enrolment.percent) == (1, 2, 50)
    assert enrolment.next_due_on == today + timedelta(days=30)

    actions.mark_done(enrolment, "practise", on=today, by=noor)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.completed_on) == (Enrolment.State.DONE, today)
    assert heard == [PathCompleted(enrolment.pk, enrolment.path_id, noor.pk, today)]


def test_a_step_is_taken_back_until_the_path_is_done(van_dijk: Organisation, noor: Person) -> None:
    enrolment = a_walker(a_path(van_dijk), noor)
    actions.mark_done(enrolment, "read", on=timezone.localdate(), by=noor)

    actions.mark_undone(enrolment, "read", by=noor)

    assert now_of(enrolment) == ["read"]
    assert enrolment.steps_settled == 0
    assert Mark.objects.count() == 2


def test_a_step_sent_twice_is_done_once(van_dijk: Organisation, noor: Person) -> None:
    enrolment = a_walker(a_path(van_dijk), noor)
    key = uuid.uuid4()

    for _time in range(2):
        actions.mark_done(enrolment, "read", on=timezone.localdate(), by=noor, key=key)

    assert Mark.objects.count() == 1


def test_a_step_of_tomorrow_is_not_done_today(van_dijk: Organisation, noor: Person) -> None:
    enrolment = a_walker(a_path(van_dijk), noor)

    with pytest.raises(ValidationError):
        actions.mark_done(enrolment, "read", on=timezone.localdate() + timedelta(days=1), by=noor)

    assert not Mark.objects.exists()


def test_a_finished_module_ticks_its_step_and_only_playing_does(
    van_dijk: Organisation, noor: Person
) -> None:
    module = a_module(van_dijk)
    enrolment = a_walker(a_path(van_dijk, a_lesson("lesson", module.activity)), noor)
    with pytest.raises(ValidationError):
        actions.mark_done(enrolment, "lesson", on=timezone.localdate(), by=noor)

    attempt = start(noor, module, organisation=van_dijk)
    answer_everything(attempt)
    finish(attempt, organisation=van_dijk)

    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.DONE
    mark = Mark.objects.get()
    assert mark.because == {"activity": module.activity_id}
    actions.tick(noor.pk, module.activity_id, timezone.localdate())
    assert Mark.objects.count() == 1
    with pytest.raises(ValidationError):
        actions.mark_undone(enrolment, "lesson", by=noor)


def test_what_someone_shows_is_skipped_at_the_start_and_later(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    skill = a_skill()
    path = a_path(
        van_dijk,
        a_step("isolate", skips=(Skip(skill=skill.pk, level=2),)),
        a_step("measure", skips=(Skip(skill=skill.pk, level=4),)),
    )
    an_evidence(noor, skill, level=3, kind="test", by=None)
    enrolment = a_walker(path, noor)

    assert now_of(enrolment) == ["measure"]
    mark = Mark.objects.get()
    assert mark.because == {"skill": skill.pk, "level": 2}

    for kind in ("certificate", "lead", "test"):
        an_evidence(noor, skill, level=5, kind=kind, by=daan)
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.DONE


def test_doing_it_anyway_stays_so(van_dijk: Organisation, noor: Person, daan: Person) -> None:
    skill = a_skill()
    path = a_path(
        van_dijk, a_step("isolate", skips=(Skip(skill=skill.pk, level=2),)), a_step("next")
    )
    an_evidence(noor, skill, level=3, kind="test", by=None)
    enrolment = a_walker(path, noor)

    actions.do_anyway(enrolment, "isolate", by=noor)
    assert now_of(enrolment) == ["isolate"]
    an_evidence(noor, skill, level=5, by=daan)

    assert now_of(enrolment) == ["isolate"]


def test_what_someone_need_not_do_is_skipped_until_that_is_taken_back(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    lesson = a_module(van_dijk).activity
    path = a_path(van_dijk, a_lesson("lesson", lesson), a_step("next"))
    enrolment = a_walker(path, noor)
    later = a_path(van_dijk, a_lesson("lesson", lesson), a_step("last"), name="Later")

    def let_off() -> Waiver:
        return waive(
            noor, lesson, reason="Equivalent AU", words="In Dutch", by=daan, key=uuid.uuid4()
        )

    waiver = let_off()
    assert now_of(enrolment) == ["next"]
    assert now_of(a_walker(later, noor)) == ["last"]
    (lesson_told, _next) = queries.tell(enrolment, timezone.localdate()).root.children
    assert lesson_told.why == "Skipped: done here in another form"

    take_waiver_back(waiver)
    assert now_of(enrolment) == ["lesson"]
    let_off()
    assert now_of(enrolment) == ["next"]
    actions.do_anyway(enrolment, "lesson", by=noor)
    take_waiver_back(Waiver.objects.get(taken_back_at=None))
    let_off()
    assert now_of(enrolment) == ["lesson"], "who does it anyway goes on"


def test_a_test_lets_off_what_a_path_asks(van_dijk: Organisation, noor: Person) -> None:
    skill = a_skill()
    lesson = a_module(van_dijk, teaches={skill: 3}).activity
    enrolment = a_walker(a_path(van_dijk, a_lesson("lesson", lesson), a_step("next")), noor)

    an_evidence(noor, skill, level=3, kind="test", by=None)

    assert now_of(enrolment) == ["next"]
    assert Waiver.objects.get().reason == "Tested Out"
    later = a_path(van_dijk, a_lesson("again", lesson), a_step("last"), name="Later")
    assert now_of(a_walker(later, noor)) == ["last"]


def test_what_was_done_on_another_path_is_skipped(van_dijk: Organisation, noor: Person) -> None:
    course = an_activity(van_dijk)
    first = a_walker(a_path(van_dijk, a_lesson("course", course), name="One"), noor)
    actions.mark_done(first, "course", on=timezone.localdate(), by=noor)

    second = a_walker(
        a_path(
            van_dijk,
            a_lesson("again", course, skips=(Skip(activity=course.pk),)),
            a_step("other"),
            name="Two",
        ),
        noor,
    )

    assert now_of(second) == ["other"]


def test_two_of_three_are_chosen_and_chosen_again(van_dijk: Organisation, noor: Person) -> None:
    path = a_path(van_dijk, a_block(Kind.CHOICE, *(a_step(k) for k in "abc"), pick=2))
    enrolment = a_walker(path, noor)

    with pytest.raises(ValidationError, match="Choose 2"):
        actions.choose(enrolment, ["a"], choice="block", by=noor)
    actions.choose(enrolment, ["a", "b"], choice="block", by=noor)
    assert now_of(enrolment) == ["a", "b"]
    actions.mark_done(enrolment, "b", on=timezone.localdate(), by=noor)
    actions.choose(enrolment, ["c"], choice="block", by=noor)

    assert now_of(enrolment) == ["c"]


def test_an_answer_is_kept_for_whom_the_question_said(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, as_visitor: object
) -> None:
    from gezel.paths import policy
    from gezel.people.middleware import visitor_of

    path = a_path(
        van_dijk,
        a_question("how", Readers.LEAD),
        a_question("secret", Readers.NOBODY),
        a_question("hr", Readers.HR),
        kind=Kind.PARALLEL,
    )
    enrolment = a_walker(path, noor)
    for step in ("how", "secret", "hr"):
        actions.reply(enrolment, step, text=f"{step}!", by=noor, key=uuid.uuid4())

    def seen(person: Person) -> set[str]:
        return set(
            policy.replies_to_read(visitor_of(person), enrolment).values_list("text", flat=True)
        )

    assert seen(noor) == {"how!", "secret!", "hr!"}
    assert seen(daan) == {"how!"}
    assert seen(femke) == {"hr!"}
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.DONE


def test_an_answer_sent_twice_is_one(van_dijk: Organisation, noor: Person) -> None:
    enrolment = a_walker(a_path(van_dijk, a_question("how"), a_step("then")), noor)
    key = uuid.uuid4()

    for _time in range(2):
        actions.reply(enrolment, "how", text="Fine", by=noor, key=key)

    assert Reply.objects.count() == Mark.objects.count() == 1


def test_a_question_of_day_thirty_is_not_answered_on_day_one(
    van_dijk: Organisation, noor: Person
) -> None:
    enrolment = a_walker(a_path(van_dijk, a_question("how", opens_days=30)), noor)

    with pytest.raises(ValidationError, match="later"):
        actions.reply(enrolment, "how", text="Fine", by=noor, key=uuid.uuid4())


def test_who_is_under_way_keeps_their_version_until_moved(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_path(van_dijk)
    enrolment = a_walker(path, noor)
    actions.mark_done(enrolment, "read", on=timezone.localdate(), by=noor)
    path.refresh_from_db()
    actions.change_draft(
        path, lambda root: put(without(root, "practise"), a_step("new"), "root"), seen=path.revision
    )
    path.refresh_from_db()
    assert actions.publish(path, seen=path.revision).number == 2

    assert now_of(enrolment) == ["practise"]
    told = queries.preview(path, timezone.localdate())
    assert told.changes == ["New: new", "Gone: practise"]
    assert (told.count, told.finish, told.more, told.lose) == (1, 0, 0, 0)

    assert actions.move(path) == 1
    assert now_of(enrolment) == ["new"]
    assert enrolment.steps_settled == 1
    assert actions.move(path) == 0


def test_a_path_somebody_followed_is_not_thrown_away(van_dijk: Organisation, noor: Person) -> None:
    path, empty = a_path(van_dijk), a_path(van_dijk, name="Other")
    a_walker(path, noor)

    actions.drop_path(empty)
    with pytest.raises(ValidationError):
        actions.drop_path(path)

    assert list(Path.objects.all()) == [path]


def test_a_path_out_of_use_takes_nobody_on(van_dijk: Organisation, noor: Person) -> None:
    path = a_path(van_dijk)
    actions.set_in_use(path, in_use=False)
    path.refresh_from_db()

    with pytest.raises(ValidationError):
        a_walker(path, noor)


def test_who_is_exempt_is_taken_off_and_no_rule_puts_them_back_until_it_ends(
    van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    path = a_path(van_dijk)
    a_rule(path)
    today = timezone.localdate()
    assert noor.pk in people_on(path)

    exemption = actions.excuse(
        path, noor, reason="Teaches it", from_on=today, until_on=None, by=femke
    )
    actions.run_rules(van_dijk, today)
    actions.run_rules_for(van_dijk, [noor.pk], today)
    assert noor.pk not in people_on(path)

    actions.excuse_no_more(exemption)
    actions.run_rules_for(van_dijk, [noor.pk], today)
    assert noor.pk in people_on(path)


def test_exceptions_go_two_years_after_they_ended(
    van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    path = a_path(van_dijk)
    today = timezone.localdate()
    old = actions.excuse(
        path, noor, reason="Then", from_on=today - timedelta(days=900),
        until_on=today - timedelta(days=732), by=femke,
    )  # fmt: skip
    actions.excuse(
        path, noor, reason="Later", from_on=today - timedelta(days=900),
        until_on=today - timedelta(days=700), by=femke,
    )  # fmt: skip

    actions.forget_old_exemptions(today)

    assert [e.reason for e in path.exemptions.all()] == ["Later"]
    assert old.reason == "Then"


def test_whom_hr_stopped_no_rule_puts_back(van_dijk: Organisation, noor: Person) -> None:
    path = a_path(van_dijk)
    a_rule(path)
    enrolment = Enrolment.objects.get(path=path, person=noor)

    with pytest.raises(ValidationError):
        actions.stop(enrolment, why=" ", on=timezone.localdate())
    actions.stop(enrolment, why="Agreed with Noor", on=timezone.localdate())
    actions.run_rules(van_dijk, timezone.localdate())

    assert noor.pk not in people_on(path)


def test_two_who_put_the_same_person_on_a_path_make_one_enrolment(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_path(van_dijk)
    today = timezone.localdate()

    assert actions.enrol(path, [noor.pk, noor.pk], begins_on=today, how="hand") == 1
    assert actions.enrol(path, [noor.pk], begins_on=today, how="list") == 0


def test_a_rule_that_is_stopped_leaves_people_where_they_are_and_marks_them(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_path(van_dijk)
    rule = a_rule(path, leaf("job", job=noor.employments.get().job_id))

    actions.stop_rule(rule)

    enrolment = Enrolment.objects.get(path=path, person=noor)
    assert enrolment.is_open
    assert enrolment.unmatched_on == timezone.localdate()
    actions.let_stay(enrolment)
    actions.run_rules(van_dijk, timezone.localdate())
    enrolment.refresh_from_db()
    assert enrolment.unmatched_on is None


def test_a_colleague_who_begins_is_put_on_the_path_from_their_first_day(
    van_dijk: Organisation,
) -> None:
    path = a_path(van_dijk)
    a_rule(path, leaf("started", way="less", days=90), begins="first_day")
    first_day = timezone.localdate() - timedelta(days=4)

    new = a_colleague(van_dijk, "Nieuw Hier", starts_on=first_day)
    actions.run_rules_for(van_dijk, [new.pk], timezone.localdate())

    assert Enrolment.objects.get(path=path).begins_on == first_day


def test_what_was_applied_at_work_is_told_in_a_few_words(
    van_dijk: Organisation, noor: Person
) -> None:
    path = a_path(
        van_dijk,
        a_block(Kind.BLEND, a_step("theory", part="theory"), a_step("work", part="applied")),
    )
    walker = a_walker(path, noor)
    today = timezone.localdate()
    actions.mark_done(walker, "theory", on=today, by=noor)

    with pytest.raises(ValidationError):
        actions.mark_done(walker, "work", on=today, by=noor)
    assert now_of(walker) == ["work"]

    actions.reply(walker, "work", text="Isolated a car.", by=noor, key=uuid.uuid4())
    walker.refresh_from_db()
    assert walker.state == Enrolment.State.DONE
    assert Reply.objects.get().readers == Readers.LEAD


def test_what_is_still_to_come_off_the_job_counts_what_is_chosen_and_not_done(
    van_dijk: Organisation, noor: Person
) -> None:
    online = an_activity(van_dijk, "Read at home", form="online", own_percent=50, hours=4)
    day = an_activity(van_dijk, "Practice day", hours=8)
    duo = an_activity(van_dijk, "With Karim", form="on_the_job", hours=6)
    path = a_path(
        van_dijk,
        a_lesson("read", online),
        a_block(Kind.CHOICE, a_lesson("day", day), a_lesson("duo", duo)),
    )
    walker = a_walker(path, noor)

    def left() -> tuple[float, float]:
        walker.refresh_from_db()
        (row,) = queries.rows([walker], timezone.localdate())
        return row.left.hours, row.left.off_the_job

    assert left() == (12.0, 10.0)
    actions.mark_done(walker, "read", on=timezone.localdate(), by=noor)
    assert left() == (8.0, 8.0)
    actions.choose(walker, ["duo"], choice="block", by=noor)
    assert left() == (6.0, 0.0)


def test_what_was_done_on_a_path_counts_as_done_unless_it_was_taken_back(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    course = an_activity(van_dijk, "Practice day")
    path = a_path(van_dijk, a_lesson("day", course), a_step("after"))
    today = timezone.localdate()
    for person in (noor, daan):
        actions.mark_done(a_walker(path, person), "day", on=today, by=person)
    actions.mark_undone(Enrolment.objects.get(person=daan), "day", by=daan)

    assert list(queries.completions_here(van_dijk.pk)) == [(course.pk, noor.pk, today)]
