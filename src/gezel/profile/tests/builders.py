"""Something to certify, and someone it was issued to."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from gezel.people.api import Organisation, Person
from gezel.profile.actions import issue, share_profile
from gezel.profile.models import (
    Achievement,
    Arrival,
    Brought,
    Credential,
    Share,
    Takeout,
)
from gezel.skills.api import Evidence, Skill
from gezel.skills.tests.builders import a_skill


def an_achievement(
    organisation: Organisation, *, skill: Skill | None = None, level: int = 3, **fields: Any
) -> Achievement:
    """What the organisation certifies: a skill from a level, if nothing else is told."""
    if skill is None and "certificate" not in fields:
        skill = a_skill("welding")
    told = {
        "name_en": "Welding, level 3",
        "name_nl": "Lassen, niveau 3",
        "about_en": "Welds plate and profile to the drawing.",
        "about_nl": "Last plaat en profiel naar tekening.",
        "criteria_nl": "Getoond aan de bank, gezien door wie de werkplaats leidt.",
        "criteria_en": "Shown at the bench, seen by who leads the workshop.",
    } | fields
    return Achievement.objects.create(
        organisation=organisation, skill=skill, level=level if skill else None, **told
    )


def shows(
    person: Person,
    achievement: Achievement,
    *,
    kind: str = "lead",
    level: int | None = None,
    by: Person | None = None,
) -> Evidence:
    """Evidence that bears it out."""
    assert achievement.skill is not None
    return Evidence.objects.create(
        person=person,
        skill=achievement.skill,
        organisation=achievement.organisation,
        kind=kind,
        level=level or achievement.level or 1,
        given_by=by,
        observed_on=timezone.localdate(),
    )


def a_credential(
    person: Person, organisation: Organisation, *, by: Person, **fields: Any
) -> Credential:
    """Issued to someone who showed it."""
    achievement = an_achievement(organisation, **fields)
    shows(person, achievement)
    return issue(achievement, person, by=by)


def a_link(person: Person, *chosen: str, **fields: Any) -> tuple[Share, str]:
    """A link to all someone can, if nothing else is chosen; and the secret of its address."""
    told: dict[str, Any] = {
        "label": "A new employer",
        "until": timezone.localdate() + timedelta(days=30),
        "key": uuid.uuid4(),
    } | fields
    return share_profile(person, chosen=chosen or ("all:can",), **told)


def a_share(person: Person, *chosen: str, **fields: Any) -> Share:
    """The same, where nobody opens it."""
    return a_link(person, *chosen, **fields)[0]


def a_takeout(person: Person) -> Takeout:
    """An archive that is asked for and still being made."""
    return Takeout.objects.create(person=person)


def an_arrival(person: Person, organisation: Organisation, *, skill: Skill) -> Arrival:
    """A file that was looked through: one of each proof, and a skill to choose."""
    arrival = Arrival.objects.create(
        person=person,
        organisation=organisation,
        name="archive-of-an-earlier-employer.zip",
        digest=uuid.uuid4().hex,
        form=Arrival.Form.ARCHIVE,
        file="arrivals/none.zip",
        told={"made_at": "2026-01-01T00:00:00", "installation": "https://a.example", "signed": []},
        facts=3,
        statements=1,
    )
    for proof in Brought.Proof:
        for kind in Brought.Kind:
            Brought.objects.create(
                arrival=arrival,
                person=person,
                kind=kind,
                key=f"{proof}",
                name=f"Welding {proof}",
                proof=proof,
                issuer="Van Dijk, proved by its address: van-dijk.example",
                reasons=[{"code": "issuer_not_reached", "told": {"issuer": "did:web:a.example"}}],
                as_of=timezone.now(),
                level=None if proof == Brought.Proof.STATED else 3,
                shown_on=timezone.localdate(),
                guesses=[{"skill": skill.pk, "how": "name"}],
            )
    return arrival
