"""What someone lets an employer count of what was made elsewhere; it ends with their last day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from gezel.kit.events import announce
from gezel.people.api import Employment, Organisation, Person
from gezel.skills import queries
from gezel.skills.actions.evidence import recompute
from gezel.skills.events import EvidenceAdded
from gezel.skills.models import Showing, Standing, StandingAt
from gezel.skills.rules.spells import spell_began

# More people than that are estimated in the background when they begin somewhere.
AT_ONCE = 200
_A_CHUNK = 1_000


@transaction.atomic
def choose_what_counts(
    person: Person, organisation: Organisation, skill_pks: Collection[int], *, seen: int
) -> int:
    """From now on the employer counts what was made elsewhere of these skills, and of no others.

    The same choice again changes nothing. Returns how many skills changed.

    Args:
        seen: the newest piece the person looked at before choosing; later ones wait for a choice.
    """
    pieces = list(queries.pieces_elsewhere(person, organisation))
    chosen = {p.pk for p in pieces if p.read_as in set(skill_pks) and p.pk <= seen}
    shown = {p.pk for p in pieces if p.is_shown}
    # What came after the page was opened was not looked at, and stays as it is.
    wanted = chosen | {pk for pk in shown if pk > seen}
    changed = wanted ^ shown
    if not changed:
        return 0
    Showing.objects.filter(evidence__in=shown - wanted, organisation=organisation).delete()
    let_count(organisation, wanted - shown)
    skills = {p.read_as for p in pieces if p.pk in changed}
    estimate_for(person, organisation, skills)
    return len(skills)


def let_count(organisation: Organisation, evidence_pks: Collection[int]) -> None:
    """These pieces count at an employer from now on; estimating anew is the caller's."""
    today = timezone.localdate()
    Showing.objects.bulk_create(
        [Showing(evidence_id=pk, organisation=organisation, shown_on=today) for pk in evidence_pks],
        ignore_conflicts=True,
    )


def estimate_for(person: Person, organisation: Organisation, skill_pks: Collection[int]) -> None:
    """What an employer may count of these skills changed: the levels anew, and all that follows."""
    recompute([person.pk], skill_pks=skill_pks, told_at=organisation.pk)
    today = timezone.localdate()
    for skill in sorted(skill_pks):
        announce(EvidenceAdded(person.pk, skill, today))


@transaction.atomic
def begin_and_end_showing(organisation_pk: int, person_pks: Collection[int]) -> bool:
    """People began, ended or changed a job somewhere: what they showed ends with their spell, and
    who has evidence from elsewhere is estimated for that employer.

    Returns False where those are so many that the background must do it.
    """
    people = list(person_pks)
    waiting: set[int] = set()
    for start in range(0, len(people), _A_CHUNK):
        chunk = people[start : start + _A_CHUNK]
        end_showing(organisation_pk, chunk)
        waiting |= set(
            Standing.objects.filter(person__in=chunk)
            .exclude(all_from=organisation_pk)
            .values_list("person_id", flat=True)
            .distinct()
        )
    if len(waiting) > AT_ONCE:
        return False
    if waiting:
        recompute(waiting)
    return True


@transaction.atomic
def end_showing(organisation_pk: int, person_pks: Collection[int] | None = None) -> int:
    """What people showed an employer goes once they stopped working there, also when they came
    back since; with it the levels that employer reckoned. Returns how many choices went.

    Args:
        person_pks: only of these people; None is everyone.
    """
    today = timezone.localdate()
    shown = Showing.objects.filter(organisation=organisation_pk)
    apart = StandingAt.objects.filter(organisation=organisation_pk)
    if person_pks is not None:
        shown = shown.filter(evidence__person__in=person_pks)
        apart = apart.filter(person__in=person_pks)
    told = list(shown.values_list("pk", "evidence__person_id", "shown_on"))
    spells: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    if told:
        for person, starts_on, ends_on in Employment.objects.filter(
            organisation=organisation_pk, person__in={person for _pk, person, _on in told}
        ).values_list("person_id", "starts_on", "ends_on"):
            spells[person].append((starts_on, ends_on))
    began = {person: spell_began(spells[person], today) for _pk, person, _on in told}
    gone = [pk for pk, person, on in told if (start := began[person]) is None or on < start]
    if gone:
        Showing.objects.filter(pk__in=gone).delete()
        recompute({person for pk, person, _on in told if pk in set(gone)})
    here = Employment.objects.current().filter(
        organisation=organisation_pk, person=OuterRef("person")
    )
    apart.exclude(Exists(here)).delete()
    return len(gone)
