"""The organisations, their trees and their people."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gezel.catalogue.models import Activity
from gezel.content.models import Module
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
from gezel.site.demo.story import Story
from gezel.skills.api import RoleProfile, Skill


@dataclass
class Stage:
    """The story, and what was built of it so far, by its keys."""

    story: Story
    skills: dict[str, Skill] = field(default_factory=dict)
    profiles: dict[str, RoleProfile] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    employers: dict[str, Organisation] = field(default_factory=dict)
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    units: dict[tuple[str, str], Unit] = field(default_factory=dict)


def build_organisation(stage: Stage, told: dict[str, Any]) -> Organisation:
    """One organisation with its tree, places, jobs, people, leads and mandates."""
    about = told["organisation"]
    slug = about["slug"]
    organisation = found(
        about["name"], slug=slug, language=about["language"], accent_hue=about["accent_hue"]
    )
    stage.organisations[slug] = organisation
    for unit in told["unit"]:
        parent = unit.get("parent")
        stage.units[slug, unit["key"]] = (
            Unit.objects.add_child(
                stage.units[slug, parent], {"organisation": organisation, "name": unit["name"]}
            )
            if parent
            else root_of(organisation)
        )
    places = {
        place["key"]: Location.objects.create(organisation=organisation, name=place["name"])
        for place in told["location"]
    }
    for job in told["job"]:
        stage.jobs[slug, job["key"]] = Job.objects.create(
            organisation=organisation, name=job["name"]
        )
    _people(stage, told, organisation, places)
    redraw_lines(organisation)
    return organisation


def _people(
    stage: Stage,
    told: dict[str, Any],
    organisation: Organisation,
    places: dict[str, Location],
) -> None:
    slug = organisation.slug
    for p in told["person"]:
        person = Person(
            email=p["email"],
            first_name=p["first_name"],
            last_name=p["last_name"],
            # Only who reads another language than the house chose one: for the others the
            # device decides, as it does for people who came in by a staff list.
            language="" if p.get("language") == organisation.language else p.get("language", ""),
        )
        person.set_unusable_password()
        stage.people[p["key"]] = person
        stage.employers[p["key"]] = organisation
    Person.objects.bulk_create([stage.people[p["key"]] for p in told["person"]])
    Employment.objects.bulk_create(
        Employment(
            organisation=organisation,
            person=stage.people[p["key"]],
            unit=stage.units[slug, p["unit"]],
            job=stage.jobs[slug, p["job"]],
            location=places.get(p.get("location", "")),
            lead=stage.people.get(p.get("lead", "")),
            starts_on=stage.story.on(p["starts_on"]),
            ends_on=stage.story.on(p["ends_on"]) if "ends_on" in p else None,
            contract_hours=Decimal(str(p["hours"])),
            number=f"{100 + place}",
            education=p.get("education", ""),
            shift=p.get("shift", ""),
        )
        for place, p in enumerate(told["person"])
    )
    Mandate.objects.bulk_create(
        Mandate(
            organisation=organisation,
            person=stage.people[p["key"]],
            kind=kind,
            from_on=stage.story.on(p["starts_on"]),
        )
        for p in told["person"]
        for kind in p["mandates"]
    )
