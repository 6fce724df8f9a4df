"""What the demo organisations certify, and the credentials that people hold."""

from typing import Any

from gezel.certificates.models import CertificateType
from gezel.profile.actions import issue, suspend
from gezel.profile.models import Achievement
from gezel.site.demo.cast import Stage
from gezel.trust.actions import note_computations, seal_all


def build_credentials(stage: Stage, told: dict[str, Any]) -> None:
    """Achievements with their criteria; given to who is named, who must have shown it."""
    hr = {stage.employers[key].pk: stage.people[key] for key in ("femke", "rachida")}
    for t in told["achievement"]:
        organisation = stage.organisations[t["org"]]
        certificate = None
        if "certificate" in t:
            named = {
                c.name_nl: c for c in CertificateType.objects.filter(organisation=organisation)
            }
            kinds = {k["key"]: k["name"]["nl"] for k in stage.story.read("certificates")["type"]}
            certificate = named[kinds[t["certificate"]]]
        achievement = Achievement.objects.create(
            organisation=organisation,
            skill=stage.skills[t["skill"]] if "skill" in t else None,
            level=t.get("level"),
            certificate=certificate,
            months=t.get("months"),
            can_be_suspended=t.get("can_be_suspended", False),
            **{
                f"{word}_{n}": t[word][n] for word in ("name", "about", "criteria") for n in t[word]
            },
        )
        for key in t["given"]:
            credential = issue(achievement, stage.people[key], by=hr[organisation.pk])
            if key == t.get("suspended", {}).get("of"):
                suspend(credential, reason=t["suspended"]["why"], by=hr[organisation.pk])


def sign_the_logs() -> None:
    """What happened so far stands in the logs, signed as it is every night."""
    note_computations()
    seal_all()
