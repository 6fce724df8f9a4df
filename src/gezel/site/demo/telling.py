"""The profile that someone wrote about themselves, and what of it they share."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from gezel.profile.actions import arrange, share_profile, write_part
from gezel.profile.models import Opening, Share
from gezel.site.demo.cast import Stage


def build_profiles(stage: Stage, told: dict[str, Any]) -> None:
    """Stories, order and pins; then links, opened on the days that are told."""
    for t in told["profile"]:
        person = stage.people[t["person"]]
        arrange(person, t["order"])
        for code, story in t["story"].items():
            pins = [f"skill:{stage.skills[key].pk}" for key in t["pins"].get(code, [])]
            # Written in lines that fit a screen; on the page a paragraph is one.
            write_part(person, code, story=" ".join(story.split()), pins=pins, version=1)
    today = stage.story.today
    for t in told["share"]:
        share, _secret = share_profile(
            stage.people[t["person"]],
            label=t["label"],
            note=t["note"],
            chosen=t["chosen"],
            until=today + timedelta(days=t["days"]),
            key=uuid4(),
        )
        made = max(ago for ago, _times in t["opened"]) + 1
        Share.objects.filter(pk=share.pk).update(made_at=share.made_at - timedelta(days=made))
        Opening.objects.bulk_create(
            Opening(share=share, on=today - timedelta(days=ago), times=times)
            for ago, times in t["opened"]
        )
