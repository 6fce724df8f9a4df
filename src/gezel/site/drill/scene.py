"""Who writes in a drill, and the server they write to."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.content.api import make_module, start
from gezel.people.api import Job as Work
from gezel.people.api import Organisation, Person, employ, found, root_of
from gezel.plans.api import set_goal
from gezel.site.bench.serving import free_port, wait_until_ready
from gezel.site.bench.sessions import cookie
from gezel.skills.api import Skill


@dataclass(frozen=True, slots=True)
class Writer:
    """Someone with a skill to rate, a plan to add to and a module under way."""

    person_pk: int
    skill_pk: int
    goal_pk: int
    registration: str
    block_pk: int
    cookie: str
    """Session and request token, as their browser would send them."""
    token: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The organisation of a drill."""

    organisation: Organisation
    writers: list[Writer]


def set_scene(writers: int = 6) -> Scene:
    """A fresh database with an organisation in which everyone has something to write."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        organisation = found("Proefbedrijf", slug="drill")
        skill = Skill.objects.create(name_nl="Meten", name_en="Measuring")
        work = Work.objects.create(organisation=organisation, name="Monteur")
        activity = Activity.objects.create(
            organisation=organisation,
            title_nl="Proefmodule",
            title_en="Trial module",
            kind=Activity.Kind.MODULE,
            hours=1,
        )
        words = {"nl": "Wat nam je mee?", "en": "What did you take along?"}
        module = make_module(
            activity, goal=words, minutes=5, blocks=[{"kind": "reflection", "prompt": words}]
        )
        block = module.blocks.get()
        made = []
        for number in range(writers):
            person = Person.objects.create_user(f"w{number}@drill.example")
            today = timezone.localdate()
            employ(
                person,
                organisation,
                unit=root_of(organisation),
                job=work,
                starts_on=today - timedelta(days=400),
            )
            goal = set_goal(
                person,
                organisation=organisation,
                skill=skill,
                level=4,
                due_on=today + timedelta(days=200),
            )
            attempt = start(person, module, organisation=organisation)
            token = secrets.token_hex(16)
            made.append(
                Writer(
                    person.pk,
                    skill.pk,
                    goal.pk,
                    str(attempt.registration),
                    block.pk,
                    f"{cookie(person)}; {settings.CSRF_COOKIE_NAME}={token}",
                    token,
                )
            )
    connection.close()
    return Scene(organisation, made)


class Server:
    """Gezel on one port, to be killed and started again."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; returns the seconds until it was ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gezel.site", "serve", "--port", str(self.port), *self.options],
            env=os.environ | {"GEZEL_BASE_URL": f"http://localhost:{self.port}"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return wait_until_ready(self.port)

    def kill(self) -> None:
        """As the power cut does it: every process of it at once, without a word."""
        kill_group(self.process)
        self.process = None


def kill_group(process: subprocess.Popen[bytes] | None) -> None:
    """SIGKILL for a process that we started and all that it started."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
