"""What Gezel already holds of someone and could stand as evidence in a dossier.

Rooms below are asked here; a room above says how it is to be asked (`tell_facts`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.assessment.models import Dossier, Sitting
from gezel.certificates.api import CertificateSkill, Holding
from gezel.people.api import Person
from gezel.skills.api import Evidence

MOST_FACTS = 60


@dataclass(frozen=True, slots=True)
class OwnFact:
    """Something Gezel holds: where, what it is called, what it says, of which day and skills."""

    address: str
    kind: str
    name: str
    about: str
    on: date | None
    skills: frozenset[int] = frozenset()


Facts = Callable[[Person], Sequence[OwnFact]]
_told: list[Facts] = []


def tell_facts(facts: Facts) -> None:
    """A room above says how to be asked for what it holds of someone."""
    if facts not in _told:
        _told.append(facts)


def own_facts(person: Person) -> list[OwnFact]:
    """All that could be brought in, newest first. The person's own: nobody else asks this."""
    found = [*_certificates(person), *_sittings(person), *_evidence(person)]
    for source in _told:
        found += source(person)
    return sorted(found, key=lambda f: f.on or date.min, reverse=True)[:MOST_FACTS]


def facts_to_bring(dossier: Dossier) -> list[OwnFact]:
    """What is not in the dossier yet."""
    there = set(dossier.pieces.exclude(rests_on="").values_list("rests_on", flat=True))
    return [fact for fact in own_facts(dossier.person) if fact.address not in there]


def _certificates(person: Person) -> list[OwnFact]:
    held = list(
        Holding.objects.filter(person=person, state=Holding.State.CONFIRMED)
        .select_related("type")
        .order_by("-issued_on")[:MOST_FACTS]
    )
    shows: dict[int, set[int]] = {}
    rows = CertificateSkill.objects.filter(type__in={h.type_id for h in held})
    for kind, skill in rows.values_list("type", "skill"):
        shows.setdefault(kind, set()).add(skill)
    return [
        OwnFact(
            f"certificates:holding:{h.pk}",
            _("Certificate"),
            str(h.type),
            " · ".join(part for part in (h.type.issuer, h.number) if part),
            h.issued_on,
            frozenset(shows.get(h.type_id, ())),
        )
        for h in held
    ]


def _sittings(person: Person) -> list[OwnFact]:
    """Tests whose result is not in the profile: there it would be found as evidence."""
    taken = (
        Sitting.objects.filter(person=person, ended_at__isnull=False, in_profile_at=None)
        .select_related("test__skill")
        .defer("pool")
        .order_by("-ended_at")[:20]
    )
    return [
        OwnFact(
            f"assessment:sitting:{s.registration}",
            _("Skill test"),
            s.test.skill.name,
            _("Level %(level)s") % {"level": s.result["level"]} if s.result else "",
            timezone.localdate(s.ended_at),
            frozenset({s.test.skill_id}),
        )
        for s in taken
    ]


def _evidence(person: Person) -> list[OwnFact]:
    """What others or a test showed. One's own view is no evidence here: that is the account."""
    rows = (
        Evidence.objects.filter(person=person, corrected_by=None, level__gt=0)
        .exclude(kind__in=[Evidence.Kind.SELF, Evidence.Kind.CERTIFICATE, Evidence.Kind.EVC])
        .select_related("skill", "given_by")
        .order_by("-observed_on")[:MOST_FACTS]
    )
    return [
        OwnFact(
            f"skills:evidence:{e.pk}",
            str(e.get_kind_display()).capitalize(),
            e.skill.name,
            " · ".join(
                part
                for part in (
                    _("Level %(level)s") % {"level": e.level},
                    e.given_by.name if e.given_by else "",
                    e.note,
                )
                if part
            ),
            e.observed_on,
            frozenset({e.skill_id}),
        )
        for e in rows
    ]
