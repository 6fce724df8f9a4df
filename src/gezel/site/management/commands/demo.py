"""`gezel demo`: the two invented organisations; with `--people N` one of any size."""

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from gezel.catalogue.api import count_effects
from gezel.people.api import Organisation
from gezel.site.demo import (
    abilities,
    assessing,
    blending,
    bringing,
    cast,
    certifying,
    learning,
    making,
    meeting,
    recognising,
    routes,
    telling,
    trusting,
)
from gezel.site.demo.scale import build_scale
from gezel.site.demo.story import ORGANISATIONS, Story
from gezel.site.house import bring_up_to_date


class Command(BaseCommand):
    help = "Build the demo organisations, the same way every time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if any are there")
        parser.add_argument("--people", type=int, help="an organisation of so many, for measuring")

    def handle(self, *args: Any, **options: Any) -> None:
        began = perf_counter()
        bring_up_to_date()
        if size := options["people"]:
            if not 10 <= size <= 1_000_000:
                raise CommandError("Ask for 10 to 1,000,000 people.")
            counts = build_scale(size)
        elif Organisation.objects.filter(slug__in=["van-dijk", "de-linde"]).exists():
            if options["if_empty"]:
                return
            raise CommandError("The demo organisations are here already.")
        else:
            counts = build_demo()
        if options["verbosity"]:
            told = ", ".join(f"{number:,} {what}" for what, number in counts.items())
            self.stdout.write(f"Demo: {told} in {perf_counter() - began:.1f} s")


@transaction.atomic
def build_demo(story: Story | None = None) -> dict[str, int]:
    """Both organisations whole, or nothing; returns counts of what was made."""
    stage = cast.Stage(story or Story())
    told = {name: stage.story.read(name) for name in ORGANISATIONS}
    skills = stage.story.read("skills")
    abilities.build_skills(stage, skills)
    for name, organisation in told.items():
        made = cast.build_organisation(stage, organisation)
        abilities.build_skills(stage, skills, name, made)
        abilities.build_profiles(stage, organisation, made)
        abilities.set_fading(stage, organisation, made)
        abilities.build_evidence(stage, organisation, made)
    abilities.build_words(stage, stage.story.read("words"))
    learning.build_activities(stage, stage.story.read("activities"))
    bringing.bring_packages(stage)
    learning.build_certificates(stage, stage.story.read("certificates"))
    for organisation in told.values():
        learning.play_modules(stage, organisation)
    making.make_together(stage)
    assessing.build_tests(stage)
    learning.build_plans(stage, stage.story.read("plans"))
    meeting.build_sessions(stage)
    blending.show_before_and_after(stage)
    for made in stage.organisations.values():
        abilities.finish_evidence(made)
    certifying.build_credentials(stage, stage.story.read("credentials"))
    recognising.build_dossiers(stage)
    routes.build_paths(stage)
    blending.build_blend(stage)
    for made in stage.organisations.values():
        count_effects(made, stage.story.today)
    telling.build_profiles(stage, stage.story.read("profiles"))
    trusting.build_trust(stage)
    certifying.sign_the_logs()
    return {
        "organisations": len(stage.organisations),
        "people": len(stage.people),
        "skills": len(stage.skills),
        "activities": len(stage.activities),
        "modules": len(stage.modules),
    }
