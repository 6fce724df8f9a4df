"""Who gives a session says what they saw people show: evidence in `skills`, as a colleague or lead.

Having been there shows nothing; this is what somebody with a name saw, of whom, when and where.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import ActivitySkill
from gezel.gatherings import policy, queries
from gezel.gatherings.actions.telling import put_on_page
from gezel.gatherings.models import Gathering, News
from gezel.gatherings.rules import seeing as rules
from gezel.people.api import Person
from gezel.skills.api import Evidence, GivenPiece, add_evidence_of_many

# What is written here and the name of the session fit in a note of evidence together.
LONGEST = 280
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Saw:
    """What a trainer saw one person show of one skill, and in which work."""

    person: int
    skill: int
    level: int
    words: str

    @property
    def name(self) -> str:
        """As the page calls its fields, so that what is refused stands there."""
        return f"{self.person}-{self.skill}"


def say_what_one_saw(
    gathering: Gathering,
    seen: Sequence[Saw],
    *,
    by: Person,
    key: uuid.UUID,
    leads: Collection[int] = (),
    now: datetime | None = None,
) -> list[Evidence]:
    """Who gives it as trainer says what they saw: all of it, or nothing where something is wrong.

    A view of the day of the session: a colleague's, or a lead's of those they lead, so that of one
    giver the newest counts whatever page it was said on. Corrected for how strict they rate, as any
    other. What says the same as what stands adds nothing; the same `key` again is the same form.
    People read it on their own page; there is no mail.

    Args:
        leads: those among them whom the trainer leads.

    Raises:
        ValidationError: by name of person and skill what is wrong there, or as a whole: someone
            who does not give it, or it is not the time.
    """
    at = now or timezone.now()
    if gathering.is_cancelled:
        raise ValidationError(_("This session is cancelled."))
    if not policy.gives_as_trainer(by, gathering):
        raise ValidationError(_("Only the trainer says what they saw."))
    if not rules.is_open(gathering.starts_at, gathering.ends_at, at):
        raise ValidationError(
            _("You can say this from when it begins until thirty days after it ended.")
        )
    with transaction.atomic():
        # Of two forms at once the second sees what the first said.
        Gathering.objects.select_for_update().get(pk=gathering.pk)
        taught = {row.skill_id: row for row in queries.taught_at(gathering)}
        people = {p.pk: p for p in queries.were_there(gathering)}
        said = queries.said_at(gathering, by)
        if wrong := _wrong(seen, by, people, taught, said):
            raise ValidationError(wrong)
        day = rules.seen_on(
            timezone.localdate(gathering.starts_at, gathering.at_zone), timezone.localdate(at)
        )
        pieces = {
            one.name: GivenPiece(
                people[one.person],
                taught[one.skill].skill,
                Evidence.Kind.LEAD if one.person in leads else Evidence.Kind.COLLEAGUE,
                one.level,
                day,
                by,
                gathering.organisation,
                uuid.uuid5(key, one.name),
                note=note_of(gathering, one.words),
                rests_on=queries.ground_of(gathering),
            )
            for one in seen
            if _is_new(one, said.get((one.person, one.skill)), gathering)
        }
        given = add_evidence_of_many(pieces)
        if any(given[name].note != piece.note for name, piece in pieces.items()):
            raise ValidationError(
                _("This form was sent before, with other words. Open the page again.")
            )
        added = list(given.values())
        put_on_page({piece.person_id for piece in added}, gathering, News.What.SAW)
        return added


def _is_new(one: Saw, before: queries.Said | None, gathering: Gathering) -> bool:
    """Whether it says anything that does not stand already."""
    said = (one.level, note_of(gathering, one.words))
    return before is None or (before.level, before.note) != said


def _wrong(
    seen: Sequence[Saw],
    by: Person,
    people: Mapping[int, Person],
    taught: Mapping[int, ActivitySkill],
    said: Mapping[tuple[int, int], queries.Said],
) -> dict[str, str]:
    skills = [rules.Taught(row.skill_id, row.to_level) for row in taught.values()]
    wrong: dict[str, str] = {}
    for one in seen:
        before = said.get((one.person, one.skill))
        if one.person == by.pk:
            wrong[one.name] = _("Nobody says this about themselves.")
        elif one.person not in people:
            wrong[one.name] = _("They were not noted as there, or no longer work here.")
        elif not rules.may_name(one.level, one.skill, skills):
            wrong[one.name] = _("Choose a level the activity is about.")
        elif not one.words.strip():
            wrong[one.name] = _("Say what you saw: they read it with the level.")
        elif before is not None and before.disputed:
            wrong[one.name] = _(
                "They see what you said differently. HR decides; it is not said again from here."
            )
    return wrong


def note_of(gathering: Gathering, words: str) -> str:
    """What the person reads in their ledger: at which session, and what was seen."""
    return f"{gathering.name[:LONGEST_NAME]}: {' '.join(words.split())[:LONGEST]}"
