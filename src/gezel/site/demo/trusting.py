"""What the works council was asked and said, one objection, and what is kept, counted."""

import uuid
from datetime import date

from gezel.site.demo.cast import Stage
from gezel.trust.api import count_kept, object_to, record_decision, tell_anew

_TALK = (
    ("people.small_groups", "asked", date(2026, 9, 1), ""),
    ("people.small_groups", "refused", date(2026, 9, 29), ""),
    ("connect.personal_keys", "asked", date(2026, 9, 1), ""),
    (
        "connect.personal_keys",
        "conditions",
        date(2026, 9, 29),
        "Alleen voor het roosterpakket, en na een jaar opnieuw te bespreken.",
    ),
)


def build_trust(stage: Stage) -> None:
    """A council that refused one thing and agreed to another on conditions."""
    van_dijk = stage.organisations["van-dijk"]
    for setting, step, on, conditions in _TALK:
        record_decision(
            van_dijk,
            setting,
            step=step,
            decided_on=stage.story.on(on),
            decided_by="Ondernemingsraad Van Dijk",
            document="OR 2026-14",
            conditions=conditions,
            by=None,
            key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo council {setting} {step}"),
        )
    object_to(
        stage.people["karim"],
        van_dijk,
        kind="skills.Evidence",
        reason="Mijn bewijs van voor 2024 gaat over werk dat ik niet meer doe.",
    )
    for organisation in stage.organisations.values():
        count_kept(organisation)
    tell_anew()
