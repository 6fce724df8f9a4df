"""Rules that put people on paths: written, looked at, taken into use, and run."""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When
from django.utils import timezone

from gezel.kit.prepared import prepared
from gezel.paths import queries
from gezel.paths.actions.building import ChangedMeanwhileError
from gezel.paths.actions.enrolling import put_on
from gezel.paths.kinds import NOBODY, Ground, all_known, asked
from gezel.paths.models import Enrolment, Exemption, Path, Rule
from gezel.paths.queries import Hit
from gezel.paths.rules import conditions
from gezel.paths.rules.conditions import Condition, Leaf
from gezel.people.api import Employment, Organisation

# People of one event whose rules are looked at at once; of more, everyone's are, in a job.
AT_ONCE = 500


class AskFirst(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The rule hits nobody or everybody, and that was not said to be meant."""

    def __init__(self, hit: Hit) -> None:
        super().__init__(f"{hit.people} of {hit.here}")
        self.hit = hit


@transaction.atomic
def make_rule(path: Path, *, key: uuid.UUID | None = None) -> Rule:
    """A rule to be written; it counts for nobody yet. The same key again is the same rule."""
    rule, _new = Rule.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={"path": path, "draft": conditions.written(conditions.EVERYONE)},
    )
    return rule


@transaction.atomic
def change_rule(rule: Rule, change: Callable[[Condition], Condition], *, seen: int) -> Rule:
    """One change of what is being written; what counts now stays as it is.

    Raises:
        ChangedMeanwhileError: it is no longer as it was when the page was opened.
        conditions.Wrong: the tree would become too large or too deep.
    """
    held = Rule.objects.select_for_update().get(pk=rule.pk)
    if held.revision != seen:
        raise ChangedMeanwhileError
    held.draft = conditions.written(change(held.draft_tree))
    held.revision += 1
    held.save(update_fields=["draft", "revision"])
    return held


@transaction.atomic
def use_rule(rule: Rule, *, begins: str, seen: int, sure: bool = False) -> int:
    """What was written counts from now on, and at once: gives how many it put on the path.

    Raises:
        ChangedMeanwhileError: it is no longer as it was when the page was opened.
        AskFirst: it hits nobody or everybody, and that was not said to be meant.
    """
    held = Rule.objects.select_for_update(of=("self",)).select_related("path").get(pk=rule.pk)
    if held.revision != seen:
        raise ChangedMeanwhileError
    organisation = held.path.organisation
    today = timezone.localdate()
    hit = queries.hit(held.draft_tree, Ground(organisation), today)
    if hit.is_odd and not sure:
        raise AskFirst(hit)
    held.condition, held.active, held.begins = held.draft, True, begins
    held.revision += 1
    held.save(update_fields=["condition", "active", "begins", "revision"])
    return run_rules(organisation, today, path=held.path)


@transaction.atomic
def stop_rule(rule: Rule) -> None:
    """It puts nobody on the path any more; who it put there stays, marked so that someone
    decides."""
    Rule.objects.filter(pk=rule.pk).update(active=False, revision=F("revision") + 1)
    run_rules(rule.path.organisation, timezone.localdate(), path=rule.path)


@transaction.atomic
def drop_rule(rule: Rule) -> None:
    """A rule that is not in use is thrown away; who it put on the path stays there."""
    Rule.objects.filter(pk=rule.pk, active=False).delete()


# -- running --------------------------------------------------------------------------------------


def run_rules(organisation: Organisation, on: date, *, path: Path | None = None) -> int:
    """Every rule of an organisation (or of one path) is held against everyone at work, in SQL.

    New ones are put on their path, who no longer fits is marked, who fits again loses the mark.
    Nobody is taken off. Three questions a path, whatever the number of people.
    """
    ground = Ground(organisation)
    put = 0
    for one, its_rules in _by_path(organisation, path).items():
        with transaction.atomic():
            put += _run(one, its_rules, ground, on)
    return put


@prepared
def _open_with_rules(organisation_pk: int) -> QuerySet[Path]:
    # What is being written does not count yet, and is most of what there is to read of a path.
    return (
        Path.objects.filter(organisation=organisation_pk, state=Path.State.OPEN)
        .filter(Exists(Rule.objects.filter(path=OuterRef("pk"))))
        .defer("draft")
    )


def _by_path(organisation: Organisation, path: Path | None = None) -> dict[Path, list[Rule]]:
    """Paths in use with their rules in use; also paths whose last rule was stopped."""
    found: dict[Path, list[Rule]] = {
        one: [] for one in _open_with_rules(organisation.pk) if path is None or one.pk == path.pk
    }
    if not found:
        return found
    by_pk = {one.pk: one for one in found}
    for rule in Rule.objects.filter(path__in=found, active=True).defer("draft"):
        found[by_pk[rule.path_id]].append(rule)
    return found


def _run(path: Path, its_rules: list[Rule], ground: Ground, on: date) -> int:
    here = Employment.objects.current(on).filter(organisation=ground.organisation)
    put = 0
    any_of_them = NOBODY
    for rule in its_rules:
        means = asked(rule.tree, ground, on)
        any_of_them = any_of_them | means
        # Asked of each employment there is: an index answers, whatever the number of enrolments.
        new = here.filter(means).filter(~Exists(_holding_off(path)), ~Exists(_exempt(path, on)))
        put += _put_by(rule, path, dict(new.values_list("person_id", "starts_on")), on)
    fits = Exists(here.filter(any_of_them, person=OuterRef("person")))
    by_rule = Enrolment.objects.filter(
        path=path, how=Enrolment.How.RULE, state=Enrolment.State.OPEN, stays=False
    )
    by_rule.filter(~fits, unmatched_on=None).update(unmatched_on=on)
    by_rule.filter(fits, unmatched_on__isnull=False).update(unmatched_on=None)
    Rule.objects.filter(pk__in=[rule.pk for rule in its_rules]).update(ran_at=timezone.now())
    return put


def _put_by(rule: Rule, path: Path, starts: dict[int, date], on: date) -> int:
    first_day = rule.begins == Rule.Begins.FIRST_DAY
    return put_on(
        path,
        starts,
        begins_on=on,
        how=Enrolment.How.RULE,
        rule=rule,
        begins=starts if first_day else None,
    )


def _holding_off(path: Path) -> QuerySet[Enrolment]:
    """Enrolments because of which no rule puts someone on it: under way, done, stopped by HR."""
    return Enrolment.objects.filter(path=path, person=OuterRef("person")).exclude(
        state=Enrolment.State.EXEMPT
    )


def _exempt(path: Path, on: date) -> QuerySet[Exemption]:
    return Exemption.objects.filter(path=path, person=OuterRef("person"), from_on__lte=on).exclude(
        until_on__lt=on
    )


@transaction.atomic
def run_rules_for(organisation: Organisation, person_pks: Collection[int], on: date) -> int:
    """The same for some people, when something of theirs changed: one question holds every rule
    of the organisation against them."""
    by_path = _by_path(organisation)
    every = [rule for its_rules in by_path.values() for rule in its_rules]
    if not by_path:
        return 0
    ground = Ground(organisation)
    fits, starts = _held_against(every, person_pks, ground, on)
    there: dict[int, list[Enrolment]] = defaultdict(list)
    for one in Enrolment.objects.filter(person__in=person_pks, path__in=by_path):
        there[one.path_id].append(one)
    exempt = set(
        Exemption.objects.filter(path__in=by_path, person__in=person_pks, from_on__lte=on)
        .exclude(until_on__lt=on)
        .values_list("path_id", "person_id")
    )
    put = 0
    lost, found = [], []
    for path, its_rules in by_path.items():
        known = {e.person_id for e in there[path.pk] if e.state != Enrolment.State.EXEMPT}
        known |= {person for which, person in exempt if which == path.pk}
        meant: set[int] = set()
        for rule in its_rules:
            new = fits[rule.pk] - known - meant
            meant |= fits[rule.pk]
            if new:
                put += _put_by(rule, path, {pk: starts[pk] for pk in new}, on)
        for one in there[path.pk]:
            if one.how == Enrolment.How.RULE and one.is_open and not one.stays:
                if one.person_id not in meant and one.unmatched_on is None:
                    lost.append(one.pk)
                elif one.person_id in meant and one.unmatched_on is not None:
                    found.append(one.pk)
    if lost:
        Enrolment.objects.filter(pk__in=lost).update(unmatched_on=on)
    if found:
        Enrolment.objects.filter(pk__in=found).update(unmatched_on=None)
    return put


def _held_against(
    every: list[Rule], person_pks: Collection[int], ground: Ground, on: date
) -> tuple[dict[int, set[int]], dict[int, date]]:
    """Rule → whom of these it means; person → the first day of their work here.

    What rules ask is much the same fifty times over, so each plain condition is asked once and
    the trees are decided by the rule that words are told from.
    """
    fits: dict[int, set[int]] = {rule.pk: set() for rule in every}
    starts: dict[int, date] = {}
    trees = {rule.pk: rule.tree for rule in every}
    trees = {pk: tree for pk, tree in trees.items() if all_known(tree)}
    # By which leaf it is: of fifty rules there are hundreds, and each is looked at for each person.
    told = {id(leaf): _told(leaf) for tree in trees.values() for leaf in conditions.leaves(tree)}
    ground.look_up_units(
        leaf.value["unit"]
        for tree in trees.values()
        for leaf in conditions.leaves(tree)
        if leaf.kind == "unit"
    )
    plain = tuple(sorted(set(told.values())))
    names = {one: f"condition_{number}" for number, one in enumerate(plain)}
    units = tuple(sorted(ground.looked_up.items()))
    for row in _answers(ground.organisation.pk, person_pks, on=on, plain=plain, units=units):
        starts[row["person_id"]] = row["starts_on"]
        for pk, tree in trees.items():
            if conditions.holds(tree, lambda leaf, row=row: bool(row[names[told[id(leaf)]]])):  # type: ignore[misc]
                fits[pk].add(row["person_id"])
    return fits, starts


@prepared
def _answers(
    organisation: int,
    people: Collection[int],
    *,
    on: date,
    plain: tuple[str, ...],
    units: tuple[tuple[int, str | None], ...],
) -> "QuerySet[Employment, dict[str, Any]]":
    """Of each of these people at work: the first day, and which of the plain conditions hold.

    Django takes longer to put fifty rules into SQL than the database to answer them, so that is
    done once for as long as neither the rules, nor the units they name, nor the day change.
    """
    ground = Ground(Organisation(), looked_up=dict(units))
    answers = {
        f"condition_{number}": Case(
            When(asked(Leaf(**json.loads(one)), ground, on), then=Value(1)), default=Value(0)
        )
        for number, one in enumerate(plain)
    }
    # The types know nothing of annotations that are named when it runs.
    here: Any = Employment.objects.current(on).filter(organisation=organisation, person__in=people)
    found: QuerySet[Employment, dict[str, Any]] = here.annotate(**answers).values(
        "person_id", "starts_on", *answers
    )
    return found


def _told(leaf: Leaf) -> str:
    """The same for plain conditions that ask the same, whichever way round."""
    return json.dumps({"kind": leaf.kind, "value": dict(leaf.value)}, sort_keys=True)
