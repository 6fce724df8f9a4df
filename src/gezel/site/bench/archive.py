"""How long it takes to take five years of learning along, and to check that without us."""

import io
import tempfile
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import process_time

from django.utils import timezone

from gezel.people.api import Job, Organisation, Person, employ, found, root_of
from gezel.profile.actions import issue, make_archive
from gezel.profile.models import Achievement
from gezel.profile.queries import did_document
from gezel.profile.rules import verify
from gezel.records.models import Statement
from gezel.site.bench.figures import Figure, at_most, seconds
from gezel.skills.api import Evidence, Skill
from gezel.trust.models import Reading

# 230 working days a year with about nine statements each, and what goes with that.
STATEMENTS, SKILLS, PIECES, CREDENTIALS, READINGS = 10_000, 80, 600, 20, 2_000


def measure() -> Iterator[Figure]:
    """One person with much; the archive, its size, and each credential in it."""
    organisation, person, lead = _people()
    _learned(organisation, person, lead)
    made = io.BytesIO()

    def write() -> None:
        made.seek(0)
        made.truncate()
        make_archive(person, made)

    told = f"{STATEMENTS:,} statements, {PIECES} pieces of evidence, {CREDENTIALS} credentials"
    yield at_most(
        "archive: five years of learning", seconds(write, cpu=True), "s CPU", 5, conditions=told
    )
    yield Figure("archive: its size", made.tell() / 1e6, "MB", conditions=told)
    yield from _checked(made.getvalue(), organisation)


def _people() -> tuple[Organisation, Person, Person]:
    organisation = found("Bench", slug=f"bench-{uuid.uuid4().hex[:8]}")
    job = Job.objects.create(organisation=organisation, name="Mechanic")
    people = [
        Person.objects.create_user(f"{name}-{uuid.uuid4().hex[:8]}@bench.example", first_name=name)
        for name in ("Noor", "Daan")
    ]
    for one in people:
        employ(
            one,
            organisation,
            unit=root_of(organisation),
            job=job,
            starts_on=timezone.localdate() - timedelta(days=5 * 365),
        )
    return organisation, people[0], people[1]


def _learned(organisation: Organisation, person: Person, lead: Person) -> None:
    today, now = timezone.localdate(), timezone.now()
    skills = [
        Skill.objects.create(organisation=organisation, name_en=f"Skill {n}", name_nl=f"Kunde {n}")
        for n in range(SKILLS)
    ]
    Evidence.objects.bulk_create(
        Evidence(
            person=person,
            skill=skills[n % SKILLS],
            organisation=organisation,
            kind=Evidence.Kind.LEAD,
            level=3,
            given_by=lead,
            observed_on=today - timedelta(days=n),
            note="Seen at the bench, twice, on a Tuesday.",
        )
        for n in range(PIECES)
    )
    for n in range(CREDENTIALS):
        achievement = Achievement.objects.create(
            organisation=organisation,
            skill=skills[n],
            level=3,
            name_en=f"Achievement {n}",
            criteria_en="Shown at the bench.",
        )
        issue(achievement, person, by=lead)
    Statement.objects.bulk_create(
        (
            Statement(
                id=(pk := uuid.uuid4()),
                shelf=-organisation.pk,
                organisation=organisation,
                person=person,
                verb="http://adlnet.gov/expapi/verbs/completed",
                object_id=f"https://bench.example/modules/{n % 300}",
                timestamp=now - timedelta(hours=n),
                stored=now - timedelta(seconds=STATEMENTS - n),
                raw={
                    "id": str(pk),
                    "actor": {"account": {"homePage": "https://bench.example", "name": "1"}},
                    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
                    "object": {
                        "id": f"https://bench.example/modules/{n % 300}",
                        "definition": {"name": {"nl": f"Module {n % 300}"}},
                    },
                    "result": {"success": True, "score": {"raw": 8, "max": 10}},
                    "timestamp": (now - timedelta(hours=n)).isoformat(),
                },
            )
            for n in range(STATEMENTS)
        ),
        batch_size=1_000,
    )
    Reading.objects.bulk_create(
        Reading(
            reader=lead,
            about=person,
            matter="skills",
            purpose="lead",
            hour=now - timedelta(hours=n),
        )
        for n in range(READINGS)
    )


def _checked(data: bytes, organisation: Organisation) -> Iterator[Figure]:
    """The program in the archive, with the issuer's keys and without a network."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.zip"
        path.write_bytes(data)
        archive = verify.Archive(path)
        keys = verify.Keys()
        keys.add(did_document(organisation), trusted=True)
        names = [n for n in archive.names if n.startswith("credentials/") and n.endswith(".json")]
        lists = {}
        for name in archive.names:
            if name.startswith("status/"):
                listed = verify.read_json(archive.read(name))
                lists[listed["id"]] = listed
        began = process_time()
        for name in names:
            verdict, lines = verify.credential_lines(archive, name, keys, lists, timezone.now())
            if verdict != verify.VALID:
                raise RuntimeError(f"what was just signed is {verdict}: {lines}")
        each = 1000 * (process_time() - began) / len(names)
    yield at_most(
        "archive: verify.py, each credential with its status",
        each,
        "ms CPU",
        50,
        conditions=f"{len(names)} credentials, Python's own library only",
    )
