"""What catalogue does on news from other rooms: what is taught stays findable by every name."""

from gezel.catalogue.actions import keep_findable
from gezel.catalogue.models import ActivitySkill
from gezel.kit.events import listen
from gezel.kit.search import BATCH
from gezel.skills.events import SkillNamesChanged


def _names_changed(event: SkillNamesChanged) -> None:
    """Activities that teach a skill are found by its names, so these are put in anew."""
    pks = sorted(event.skill_pks)
    for at in range(0, len(pks), BATCH):
        taught = ActivitySkill.objects.filter(skill__in=pks[at : at + BATCH])
        if event.organisation_pk is not None:
            taught = taught.filter(activity__organisation=event.organisation_pk)
        keep_findable(taught.values_list("activity", flat=True))


def begin() -> None:
    """Listen from now on."""
    listen(SkillNamesChanged, _names_changed)
