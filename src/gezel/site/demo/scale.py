"""An organisation of any size, in bulk, the same every time: for measuring, not for reading.

Shaped like a real one: teams of about twelve with a lead, leads led by leads, twenty jobs that
each ask ten skills now and more from a later date, evidence for most of what is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from gezel.catalogue.api import Activity, ActivitySkill, keep_findable
from gezel.certificates.api import (
    CertificateType,
    Duty,
    Holding,
    TypeTerms,
    reckon_everyone,
)
from gezel.people.api import (
    Employment,
    Job,
    Location,
    Mandate,
    Organisation,
    Person,
    Unit,
    found,
    redraw_lines,
    root_of,
)
from gezel.plans.api import Agreement, Goal, Step
from gezel.skills.api import (
    Demand,
    Evidence,
    Piece,
    ProfileJob,
    RoleProfile,
    Skill,
    Standing,
    count_needs,
    estimate,
    fades_as,
    published_half_life,
)

TEAM = 12
JOBS = 20
ASKED = 10
CERTIFICATES = 12
SKILLS = 120
BATCH = 2_000

Row = TypeVar("Row", bound=models.Model)


def _keep(model: type[Row], rows: Iterable[Row]) -> None:
    """Write rows a batch at a time, never all in memory."""
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        model._default_manager.bulk_create(batch)


def _pour(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as quickly as the database takes them, past the model: for the largest tables.

    A column that is not named and may not be empty gets the model's own default.
    """
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in names]
    others = [
        field
        for field in model._meta.concrete_fields
        if field not in fields and not (field.null or field.primary_key)
    ]
    defaults = [field.get_default() for field in others]
    fields += others
    columns = [connection.ops.quote_name(str(field.column)) for field in fields]
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *defaults))
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"INSERT INTO {into} VALUES ({places})",  # noqa: S608 # names of our own columns
                cast("Any", ([_plain(value) for value in (*row, *defaults)] for row in rows)),
            )


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value


@transaction.atomic
def build_scale(size: int) -> dict[str, int]:
    """An organisation of `size` people named `scale-<size>`; returns counts."""
    random = Random(size)
    organisation = found(f"Schaal {size}", slug=f"scale-{size}")
    skills = _skills()
    jobs = _jobs(organisation, skills, random)
    people = _people(organisation, size)
    teams = _units(organisation, -(-size // TEAM))
    _employ(organisation, people, teams, list(jobs), random)
    redraw_lines(organisation)
    Mandate.objects.create(
        organisation=organisation, person=people[0], kind=Mandate.Kind.HR, from_on=date(2020, 1, 1)
    )
    _evidence(organisation, jobs, size)
    _offer(organisation, skills, random)
    _plans(organisation, people, skills, random)
    _certificates(organisation, list(jobs), size)
    count_needs(organisation)
    return {"people": size, "teams": len(teams), "jobs": len(jobs)}


@transaction.atomic
def build_holders(size: int) -> Organisation:
    """An organisation of people with jobs and certificates and nothing else, for measuring these.

    Twelve types; three asked of each job; three to four holdings a person on average.
    """
    organisation = found(f"Houders {size}", slug=f"holders-{size}")
    people = _people(organisation, size)
    teams = _units(organisation, -(-size // TEAM))
    jobs = [
        Job.objects.create(organisation=organisation, name=f"Functie {n + 1}") for n in range(JOBS)
    ]
    _employ(organisation, people, teams, jobs, Random(size))
    redraw_lines(organisation)
    Mandate.objects.create(
        organisation=organisation, person=people[0], kind=Mandate.Kind.HR, from_on=date(2020, 1, 1)
    )
    _certificates(organisation, jobs, size)
    return organisation


def _skills() -> list[Skill]:
    """A hundred and twenty shared skills: the demo's where they are, else plain ones."""
    known = list(Skill.objects.filter(organisation=None).order_by("pk")[:SKILLS])
    missing = [
        Skill(
            uri=f"urn:gezel:scale:{n}",
            name_nl=f"Vaardigheid {n}",
            name_en=f"Skill {n}",
            kind=Skill.Kind.values[n % len(Skill.Kind.values)],
        )
        for n in range(len(known), SKILLS)
    ]
    return known + Skill.objects.bulk_create(missing)


def _jobs(
    organisation: Organisation, skills: list[Skill], random: Random
) -> dict[Job, dict[Skill, int]]:
    """Jobs with what they ask today; half of it goes up from a later date."""
    ahead = timezone.localdate() + timedelta(days=130)
    asks: dict[Job, dict[Skill, int]] = {}
    for n in range(JOBS):
        job = Job.objects.create(organisation=organisation, name=f"Functie {n + 1}")
        profile = RoleProfile.objects.create(
            organisation=organisation, name_nl=f"Functie {n + 1}", name_en=f"Role {n + 1}"
        )
        ProfileJob.objects.create(profile=profile, job=job)
        asks[job] = {skill: random.randint(2, 4) for skill in random.sample(skills, ASKED)}
        for place, (skill, level) in enumerate(asks[job].items()):
            Demand.objects.create(
                profile=profile,
                skill=skill,
                level=level,
                essential=place < 4,
                position=place,
                from_on=date(2020, 1, 1),
            )
            if place % 2:
                Demand.objects.create(
                    profile=profile,
                    skill=skill,
                    level=level + 1,
                    essential=place < 4,
                    position=place,
                    from_on=ahead,
                )
    return asks


def _people(organisation: Organisation, size: int) -> list[Person]:
    first = ("Noor", "Sem", "Fatma", "Jan", "Li", "Aya", "Bram", "Eva", "Omar", "Puck")
    last = ("de Vries", "Yılmaz", "Jansen", "El Amrani", "Bakker", "Chen", "Visser", "Smit")
    made = [
        Person(
            email=f"p{n}@{organisation.slug}.example",
            first_name=first[n % len(first)],
            last_name=f"{last[n % len(last)]} {n}",
            password="!",
        )
        for n in range(size)
    ]
    _keep(Person, made)
    return list(
        Person.objects.filter(email__endswith=f"@{organisation.slug}.example").order_by("pk")
    )


def _units(organisation: Organisation, teams: int) -> list[Unit]:
    """A tree of regions, departments and teams; returns the teams.

    Written level by level with the paths treebeard would give: one by one it asks four queries
    a unit, and ten thousand of those take minutes.
    """
    root = root_of(organisation)
    departments = -(-teams // 20)
    regions = -(-teams // 400)
    above = _level(organisation, [root] * regions, "Regio")
    above = _level(organisation, [above[n // 20] for n in range(departments)], "Afdeling")
    found = _level(organisation, [above[n // 20] for n in range(teams)], "Team")
    root.refresh_from_db()
    return found


def _level(organisation: Organisation, parents: list[Unit], word: str) -> list[Unit]:
    """One unit below each parent named, in order; parents may be named more than once."""
    children: dict[int, int] = defaultdict(int)
    made = []
    for number, parent in enumerate(parents, 1):
        children[parent.pk] += 1
        made.append(
            Unit(
                organisation=organisation,
                name=f"{word} {number}",
                depth=parent.depth + 1,
                path=Unit._get_path(parent.path, parent.depth + 1, children[parent.pk]),
            )
        )
    _keep(Unit, made)
    for parent in {p.pk: p for p in parents}.values():
        parent.numchild = children[parent.pk]
    Unit.objects.bulk_update({p.pk: p for p in parents}.values(), ["numchild"], batch_size=BATCH)
    return list(
        Unit.objects.filter(organisation=organisation, depth=made[0].depth).order_by("path")
    )


def _employ(
    organisation: Organisation,
    people: list[Person],
    teams: list[Unit],
    jobs: list[Job],
    random: Random,
) -> None:
    places = [
        Location.objects.create(organisation=organisation, name=f"Locatie {n + 1}")
        for n in range(8)
    ]

    def rows() -> Iterator[Employment]:
        for n, person in enumerate(people):
            team, place = divmod(n, TEAM)
            head = people[team * TEAM]
            # The head of a team is led by the head of the first team of the department.
            above = people[team // 20 * 20 * TEAM] if team % 20 else people[0]
            lead = head if place else above
            yield Employment(
                organisation=organisation,
                person=person,
                unit=teams[team],
                job=jobs[team % len(jobs)] if place else jobs[0],
                location=places[team % len(places)],
                lead=None if lead.pk == person.pk else lead,
                number=str(n),
                starts_on=date(2015 + random.randint(0, 10), random.randint(1, 12), 1),
                contract_hours=random.choice((24, 32, 36, 40)),
            )

    _keep(Employment, rows())


def _evidence(organisation: Organisation, jobs: dict[Job, dict[Skill, int]], size: int) -> None:
    """One piece for most of what is asked, and the estimate that follows from it by our rule."""
    today, now = timezone.localdate(), timezone.now()
    asked = {job.pk: [(skill.pk, level) for skill, level in a.items()] for job, a in jobs.items()}
    lasts = {
        skill.pk: published_half_life(fades_as(skill.kind, is_knowledge=skill.is_knowledge))
        for a in jobs.values()
        for skill in a
    }
    seats = list(
        Employment.objects.filter(organisation=organisation)
        .order_by("pk")
        .values_list("person_id", "job_id", "lead_id")
    )

    def shown() -> Iterator[tuple[int, int, int | None, int, date]]:
        random = Random(size + 1)
        for person, job, lead in seats:
            for skill, level in asked[job]:
                if random.random() < 0.85:
                    seen = max(1, min(5, level + random.choice((-2, -1, -1, 0, 0, 1))))
                    yield person, skill, lead, seen, today - timedelta(random.randint(0, 500))

    @cache
    def follows(level: int, seen: date, half_life: float) -> tuple[float, float]:
        found = estimate([Piece(1, Evidence.Kind.LEAD, level, seen, 1)], today, half_life=half_life)
        return found.level, found.sd

    keys = Random(size + 2)
    _pour(
        Evidence,
        (
            *("person", "skill", "organisation", "kind", "level", "given_by", "observed_on"),
            *("note", "rests_on", "key", "created_at"),
        ),
        (
            (
                *(person, skill, organisation.pk, Evidence.Kind.LEAD.value, level, lead, seen),
                *("", "", UUID(int=keys.getrandbits(128), version=4), now),
            )
            for person, skill, lead, level, seen in shown()
        ),
    )
    _pour(
        Standing,
        ("person", "skill", "level", "sd", "pieces", "newest_on", "computed_on", "all_from"),
        (
            (person, skill, *follows(level, seen, lasts[skill]), 1, seen, today, organisation.pk)
            for person, skill, _lead, level, seen in shown()
        ),
    )


def _offer(organisation: Organisation, skills: list[Skill], random: Random) -> None:
    themes = ("Veiligheid", "Klantcontact", "Meten", "Samenwerken", "Digitaal", "Planning")
    kinds, mixes, forms = Activity.Kind.values, Activity.Mix.values, Activity.Form.values
    made = [
        Activity(
            organisation=organisation,
            title_nl=f"{themes[n % len(themes)]} in de praktijk, deel {n}",
            title_en=f"Practice, part {n}",
            kind=kinds[1 + n % (len(kinds) - 1)],
            mix=mixes[n % len(mixes)],
            form=forms[n % len(forms)],
            hours=random.choice((1, 2, 4, 8, 16)),
            price_cents=random.choice((0, 0, 9_900, 45_000)),
        )
        for n in range(600)
    ]
    _keep(Activity, made)
    keep_findable(Activity.objects.filter(organisation=organisation).values_list("pk", flat=True))
    _keep(
        ActivitySkill,
        (
            ActivitySkill(activity=a, skill=skill, from_level=low, to_level=low + 1)
            for a in Activity.objects.filter(organisation=organisation)
            for skill, low in [(random.choice(skills), random.randint(0, 3))]
        ),
    )


def _plans(
    organisation: Organisation, people: list[Person], skills: list[Skill], random: Random
) -> None:
    due = timezone.localdate() + timedelta(days=200)
    _keep(
        Goal,
        (
            Goal(
                person=person,
                organisation=organisation,
                kind="skill",
                skill=random.choice(skills),
                level=4,
                due_on=due,
                shared=True,
            )
            for person in people[1::3]
        ),
    )
    _keep(
        Agreement,
        (Agreement(goal=goal) for goal in Goal.objects.filter(organisation=organisation)),
    )
    _keep(
        Step,
        (
            Step(goal=goal, title=f"Stap {n + 1}", due_on=due - timedelta(days=30 * n), position=n)
            for goal in Goal.objects.filter(organisation=organisation).iterator()
            for n in range(4)
        ),
    )


def _certificates(organisation: Organisation, jobs: list[Job], size: int) -> None:
    """Three certificates asked of each job, and three to four holdings a person on average."""
    today, now = timezone.localdate(), timezone.now()
    kept = CertificateType.objects.bulk_create(
        CertificateType(
            organisation=organisation,
            name_nl=f"Certificaat {n + 1}",
            name_en=f"Certificate {n + 1}",
        )
        for n in range(CERTIFICATES)
    )
    terms = {
        one.type_id: one
        for one in TypeTerms.objects.bulk_create(
            TypeTerms(
                type=type_,
                ends=TypeTerms.Ends.NEVER if n % 4 == 3 else TypeTerms.Ends.MONTHS,
                months=(12, 24, 36, None)[n % 4],
                # One in three renews without losing days, so that chains have to be followed.
                from_previous=n % 3 == 0,
                basis=TypeTerms.Basis.values[n % len(TypeTerms.Basis.values)],
            )
            for n, type_ in enumerate(kept)
        )
    }
    asked = {
        job.pk: [kept[(n + 3 * k) % CERTIFICATES] for k in range(3)] for n, job in enumerate(jobs)
    }
    Duty.objects.bulk_create(
        Duty(type=type_, job_id=job, from_on=date(2020, 1, 1))
        for job, types in asked.items()
        for type_ in types
    )
    # All of it before anything is poured: PostgreSQL answers no question while a COPY goes in.
    seats = list(
        Employment.objects.filter(organisation=organisation)
        .order_by("pk")
        .values_list("person_id", "job_id", "lead_id")
    )
    random = Random(size + 3)

    def held() -> Iterator[tuple[CertificateType, int, int | None, date, bool]]:
        for person, job, lead in seats:
            extra = random.choice(kept)
            for type_ in (*asked[job], extra):
                fate = random.random()
                months = terms[type_.pk].months or 36
                if fate < 0.06:
                    continue  # missing
                if fate < 0.70:
                    ago = random.randint(0, months * 30 - 70)  # valid
                elif fate < 0.80:
                    ago = months * 30 - random.randint(0, 60)  # about to lapse
                else:
                    ago = months * 30 + random.randint(5, 300)  # lapsed
                yield type_, person, lead, today - timedelta(days=ago), True
                if fate > 0.85:
                    waits = fate > 0.92  # a renewal: confirmed, or waiting for someone
                    yield type_, person, lead, today - timedelta(random.randint(1, 40)), not waits

    keys = Random(size + 4)
    states = {True: Holding.State.CONFIRMED.value, False: Holding.State.WAITING.value}
    _pour(
        Holding,
        (
            *("type", "person", "issued_on", "valid_until", "terms", "state"),
            *("registered_by", "decided_by", "decided_at", "key", "created_at"),
        ),
        (
            (
                *(type_.pk, person, issued, None, terms[type_.pk].pk, states[seen], person),
                lead if seen and lead != person else None,
                *(now if seen else None, UUID(int=keys.getrandbits(128), version=4), now),
            )
            for type_, person, lead, issued, seen in held()
        ),
    )
    reckon_everyone(organisation.pk)
